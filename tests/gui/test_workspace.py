"""The model behind the window: one run at a time, verbs that can be undone, painting within bounds."""

import itertools
import logging
import threading
import time
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication, QWidget

from mlpviz.gui.refresher import REFRESHES_PER_SECOND, Unhurried
from mlpviz.gui.stretch_thread import Stretch
from mlpviz.gui.workspace import Workspace
from mlpviz.training import Trainer


def parameters(network) -> list[np.ndarray]:
    return [array for layer in network.layers for _, array in sorted(layer.params.items())]


def same(left, right) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(parameters(left), parameters(right), strict=True))


def train(qtbot, workspace: Workspace, stretch: Stretch = Stretch.ALL, steps: int = 1) -> None:
    with qtbot.waitSignal(workspace.run.rested, timeout=10_000):
        workspace.train(stretch, steps)
    settle()


def settle() -> None:
    for _ in range(3):
        QCoreApplication.processEvents()


# ---------------------------------------------------------------------- runs


def test_there_is_nothing_before_the_first_run(qapp):
    workspace = Workspace()
    assert (workspace.run, workspace.snapshot, workspace.training, workspace.finished) == (
        None,
        None,
        False,
        False,
    )
    workspace.train()
    workspace.pause()
    workspace.fetch()
    workspace.shut_down()
    with pytest.raises(RuntimeError, match="no run"):
        _ = workspace.experiment


def test_a_new_run_is_at_its_first_step(workspace, digits):
    assert workspace.experiment == digits
    assert workspace.snapshot is workspace.initial
    assert workspace.snapshot.step == len(workspace.history) == 0
    assert workspace.findings() == []
    assert not workspace.is_loading


def test_it_says_so_while_an_experiment_loads(qtbot, workspace, moons):
    go_on = threading.Event()

    def make_trainer() -> Trainer:
        go_on.wait(5)
        return Trainer(moons)

    before = workspace.run
    with qtbot.waitSignal(workspace.loading):
        workspace.open(make_trainer)
    assert workspace.is_loading
    assert workspace.run is before
    with qtbot.waitSignal(workspace.run_changed):
        go_on.set()
    assert not workspace.is_loading
    assert workspace.experiment == moons


@pytest.mark.parametrize("first_ends_first", [True, False])
def test_of_two_that_load_only_the_last_counts(qtbot, workspace, moons, plane, first_ends_first):
    gates = threading.Event(), threading.Event()
    told: list[str] = []
    workspace.run_changed.connect(lambda: told.append(workspace.experiment.title))

    def slow(gate: threading.Event, experiment):
        def make_trainer() -> Trainer:
            gate.wait(5)
            return Trainer(experiment)

        return make_trainer

    workspace.open(slow(gates[0], moons), Stretch.ALL)
    workspace.open(slow(gates[1], plane))
    for gate in gates if first_ends_first else reversed(gates):
        gate.set()
        settle()
    qtbot.waitUntil(lambda: not workspace.is_loading)
    qtbot.waitUntil(lambda: not workspace._retiring)
    assert told == ["Plane"]
    assert not workspace.training


def test_a_run_can_begin_to_train_as_soon_as_it_is_ready(qtbot, workspace, moons):
    workspace.open_experiment(moons, Stretch.EPOCH)
    qtbot.waitUntil(lambda: not workspace.is_loading and not workspace.training)
    assert len(workspace.history) == 10


def test_what_cannot_be_made_is_refused_and_the_run_goes_on(qtbot, workspace, digits):
    train(qtbot, workspace, Stretch.STEPS, 3)
    before = workspace.run
    with qtbot.waitSignal(workspace.refused) as refused:
        workspace.open_experiment(digits.with_settings({"layers.2.units": 12}))
    assert "12 outputs" in refused.args[0]
    assert workspace.run is before
    assert not workspace.is_loading
    train(qtbot, workspace, Stretch.STEPS, 2)
    assert len(workspace.history) == 5


def test_a_failure_of_what_was_overtaken_is_not_told(qtbot, workspace, moons):
    gate = threading.Event()

    def fail() -> Trainer:
        gate.wait(5)
        raise ValueError("too late")

    with qtbot.assertNotEmitted(workspace.refused):
        workspace.open(fail)
        with qtbot.waitSignal(workspace.run_changed):
            workspace.open_experiment(moons)
        gate.set()
        qtbot.waitUntil(lambda: not workspace._retiring)
        settle()
    assert workspace.experiment == moons


def test_the_newest_snapshot_is_on_show_at_rest(qtbot, workspace):
    train(qtbot, workspace)
    assert workspace.snapshot.step == 36
    assert same(workspace.snapshot.network, workspace.run.trainer.network)
    assert workspace.finished
    workspace.train()
    assert not workspace.training


def test_what_is_on_show_can_be_traced_while_it_trains_and_is_never_written(qtbot, workspace):
    snapshot = workspace.initial
    kept = [array.copy() for array in parameters(snapshot.network)]
    train(qtbot, workspace)
    assert all(np.array_equal(a, b) for a, b in zip(kept, parameters(snapshot.network), strict=True))
    with pytest.raises(ValueError, match="read-only"):
        parameters(workspace.snapshot.network)[0][0] = 1


# ---------------------------------------------------------------------- beginning again


def test_reset_goes_back_to_the_same_weights_and_the_same_run(qtbot, workspace, headless, digits):
    first = workspace.initial
    train(qtbot, workspace)
    with qtbot.waitSignal(workspace.run_changed):
        workspace.reset()
    assert workspace.initial is not first
    assert same(workspace.initial.network, first.network)
    assert len(workspace.history) == 0
    train(qtbot, workspace)
    assert same(workspace.snapshot.network, headless(digits).network)


def test_reset_keeps_the_settings_changed_while_training(qtbot, workspace):
    train(qtbot, workspace, Stretch.STEPS, 2)
    with qtbot.waitSignal(workspace.settings_changed):
        workspace.change_setting("learning_rate", 0.25)
    with qtbot.waitSignal(workspace.run_changed):
        workspace.reset()
    assert workspace.experiment.learning_rate == 0.25
    assert workspace.changes == []


def test_a_new_seed_gives_other_weights_and_can_be_undone_and_done_again(qtbot, workspace):
    first = workspace.initial.network
    with qtbot.waitSignal(workspace.run_changed):
        workspace.new_seed()
    second = workspace.initial.network
    assert workspace.experiment.seed == 1
    assert not np.array_equal(parameters(first)[1], parameters(second)[1])
    assert workspace.undo_stack.undoText() == "seed 1"
    with qtbot.waitSignal(workspace.run_changed):
        workspace.undo_stack.undo()
    assert workspace.experiment.seed == 0
    assert same(workspace.initial.network, first)
    with qtbot.waitSignal(workspace.run_changed):
        workspace.undo_stack.redo()
    assert same(workspace.initial.network, second)
    with qtbot.waitSignal(workspace.run_changed):
        workspace.undo_stack.undo()
    assert same(workspace.initial.network, first)


def test_an_edit_that_was_refused_cannot_be_undone(qtbot, workspace, digits):
    with qtbot.waitSignal(workspace.refused):
        workspace.edit_experiment(digits.with_settings({"layers.2.units": 12}), "units 12")
    assert workspace.undo_stack.count() == 0
    with qtbot.waitSignal(workspace.run_changed):
        workspace.reset()
    assert workspace.undo_stack.count() == 0


# ---------------------------------------------------------------------- live settings


def test_a_live_change_can_be_undone_and_is_recorded_each_time(qtbot, workspace):
    train(qtbot, workspace, Stretch.STEPS, 3)
    with qtbot.waitSignal(workspace.settings_changed):
        workspace.change_setting("learning_rate", 0.125)
    assert workspace.experiment.learning_rate == 0.125
    train(qtbot, workspace, Stretch.STEPS, 2)
    with qtbot.waitSignal(workspace.settings_changed):
        workspace.undo_stack.undo()
    assert workspace.experiment.learning_rate == 0.5
    assert [(c.step, c.value) for c in workspace.changes] == [(3, 0.125), (5, 0.5)]


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("learning_rate", -1.0, "greater than 0"),
        ("momentum", 1.0, "less than 1"),
        ("batch_size", 601, "at most 600"),
        ("learning_rate", float("nan"), "finite"),
        ("seed", 3, "live setting"),
    ],
)
def test_an_impossible_change_changes_nothing(workspace, digits, setting, value, words):
    with pytest.raises(ValueError, match=words):
        workspace.change_setting(setting, value)
    assert workspace.experiment == digits
    assert (workspace.changes, workspace.undo_stack.count()) == ([], 0)


def test_more_epochs_let_a_finished_run_go_on(qtbot, workspace, headless, digits):
    train(qtbot, workspace)
    with qtbot.waitSignal(workspace.settings_changed):
        workspace.change_setting("epochs", 4)
    assert not workspace.finished
    train(qtbot, workspace)
    assert len(workspace.history) == 48
    assert same(workspace.snapshot.network, headless(digits.with_settings({"epochs": 4})).network)


def test_a_pace_holds_for_the_next_run_too(qtbot, workspace, moons):
    workspace.set_steps_per_second(0.01)
    with qtbot.waitSignal(workspace.run_changed):
        workspace.open_experiment(moons)
    workspace.train()
    qtbot.waitUntil(lambda: len(workspace.history) == 1)
    settle()
    assert len(workspace.history) == 1


def test_a_pace_chosen_while_a_run_loads_holds_too(qtbot, workspace, moons):
    gate = threading.Event()

    def make_trainer() -> Trainer:
        gate.wait(5)
        return Trainer(moons)

    workspace.open(make_trainer)
    workspace.set_steps_per_second(0.01)
    with qtbot.waitSignal(workspace.run_changed):
        gate.set()
    workspace.train()
    qtbot.waitUntil(lambda: len(workspace.history) > 0)
    settle()
    assert len(workspace.history) == 1


# ---------------------------------------------------------------------- when it goes wrong


def test_a_run_that_diverges_stops_with_the_last_good_network(qtbot, make_workspace, plane):
    workspace = make_workspace(plane.with_settings({"learning_rate": 1e6, "epochs": 100}))
    train(qtbot, workspace)
    assert workspace.divergence is not None
    assert workspace.finished
    assert all(np.isfinite(array).all() for array in parameters(workspace.snapshot.network))
    assert workspace.findings()[0].severity == "error"
    assert "learning rate 1e+06" in workspace.findings()[0].text


class Defective(Trainer):
    def _step(self):
        if self.index == 2:
            raise KeyError("a defect")
        return super()._step()


def test_a_defect_is_told_in_a_sentence_and_training_is_over(qtbot, workspace, digits, caplog):
    with qtbot.waitSignal(workspace.run_changed):
        workspace.open(lambda: Defective(digits))
    with caplog.at_level(logging.ERROR), qtbot.waitSignal(workspace.refused) as refused:
        workspace.train()
    assert "defect" in refused.args[0]
    assert "KeyError" not in refused.args[0]
    assert not workspace.training
    assert [record.exc_info[0] for record in caplog.records] == [KeyError]
    workspace.train()
    assert not workspace.training, "nothing trains, yet it says so"


# ---------------------------------------------------------------------- ending


@pytest.mark.parametrize("rate", [None, 0.01])
def test_shutting_down_while_it_trains_is_quick(qtbot, make_workspace, digits, rate):
    workspace = make_workspace(digits.with_settings({"epochs": 1_000_000}))
    workspace.set_steps_per_second(rate)
    workspace.train()
    run = workspace.run
    qtbot.waitUntil(lambda: len(run.history) > 0)
    started = time.monotonic()
    workspace.shut_down()
    assert time.monotonic() - started < 0.5
    assert run.isFinished()
    assert workspace.run is None
    settle()


# ---------------------------------------------------------------------- painting


@pytest.fixture
def endless(make_workspace, digits) -> Workspace:
    return make_workspace(digits.with_settings({"epochs": 1_000_000}))


def busy(seconds: float) -> None:
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass


def test_parts_are_repainted_in_turn_while_it_trains_and_all_at_rest(qtbot, endless):
    painted: list[str] = []
    endless.refresher.set_parts([lambda name=name: painted.append(name) for name in "abc"])
    settle()
    assert painted == []
    endless.train()
    qtbot.waitUntil(lambda: len(painted) >= 7)
    assert painted[:6] == ["a", "b", "c", "a", "b", "c"]
    with qtbot.waitSignal(endless.run.rested):
        endless.pause()
    assert painted[-3:] == ["a", "b", "c"]
    n = len(painted)
    qtbot.wait(200)
    assert len(painted) == n


def test_the_last_round_shows_the_last_step(qtbot, workspace):
    seen: list[int] = []
    workspace.refresher.set_parts([lambda: seen.append(workspace.snapshot.step)])
    train(qtbot, workspace)
    assert seen[-1] == 36


def test_cheap_parts_are_repainted_often_but_not_for_nothing(qtbot, endless):
    painted: list[float] = []
    endless.refresher.set_parts([lambda: painted.append(time.monotonic())])
    endless.train()
    qtbot.wait(500)
    assert 3 <= len(painted) <= 0.5 * 16 + 1


def test_costly_parts_leave_time_for_input(qtbot, endless):
    """Three parts of 15 ms each: never two without a look at what the user did in between."""
    order: list[str] = []

    def paint() -> None:
        order.append("paint")
        busy(0.015)

    endless.refresher.set_parts([paint] * 3)
    endless.train()
    deadline = time.monotonic() + 0.5
    while time.monotonic() < deadline:
        QApplication.processEvents()
        order.append("input")
    paints = order.count("paint")
    assert 3 <= paints <= 0.5 * 3 * 13 + 3
    assert not any(a == b == "paint" for a, b in itertools.pairwise(order))


def test_what_costs_more_is_repainted_less_often(qtbot, endless):
    """A painting that follows from a part counts for it."""

    class Slow(QWidget):
        def paintEvent(self, _event) -> None:
            busy(0.06)

    def seconds_between_rounds(first: Callable[[], object], *others: Callable[[], object]) -> float:
        """Without training, which would make the clock less sure."""
        began: list[float] = []

        def part() -> None:
            began.append(time.monotonic())
            first()

        endless.refresher.set_parts([part, *others])
        endless.refresher.start()
        qtbot.waitUntil(lambda: len(began) >= 8)
        return float(np.median(np.diff(began[3:])))

    slow = Slow()
    qtbot.addWidget(slow)
    slow.show()
    cheap = seconds_between_rounds(lambda: None)
    dear = seconds_between_rounds(*[lambda: busy(0.02)] * 3)
    dear_to_paint = seconds_between_rounds(slow.update)
    endless.refresher.stop()
    assert cheap == pytest.approx(1 / REFRESHES_PER_SECOND, rel=0.1)
    assert dear > 1.2 * cheap
    assert dear_to_paint > 1.2 * cheap


def test_a_part_that_asks_for_it_is_repainted_less_often_and_the_others_no_less(qtbot, endless):
    hurried: list[float] = []
    unhurried: list[float] = []
    slow = [Unhurried(lambda: unhurried.append(time.monotonic()), 4.0) for _ in range(3)]
    endless.refresher.set_parts([lambda: hurried.append(time.monotonic()), *slow])
    endless.train()
    qtbot.waitUntil(lambda: len(hurried) >= 2)
    hurried.clear()
    unhurried.clear()
    qtbot.wait(1000)
    assert 8 <= len(hurried) <= 16
    assert 6 <= len(unhurried) <= 3 * 6
    assert len(hurried) > 1.5 * len(unhurried) / 3
    with qtbot.waitSignal(endless.run.rested):
        endless.pause()
    unhurried.clear()
    endless.refresher.refresh_all()
    assert len(unhurried) == 3, "at rest everything is shown"


def test_words_are_told_a_few_times_a_second(qtbot, endless):
    told: list[int] = []
    endless.refresher.set_parts([lambda: None])
    endless.train()
    qtbot.waitUntil(lambda: endless.snapshot.step > 0)
    endless.refreshed.connect(lambda: told.append(len(endless.history)))
    qtbot.wait(500)
    assert 1 <= len(told) <= 3
