"""A run trains in stretches, comes to rest at once when told to, and always leaves its last snapshot."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from mlpviz.gui.stretch_thread import Stretch
from mlpviz.gui.training_thread import TrainingThread
from mlpviz.training import Trainer

PROMPT_S = 0.5  # a person takes this for at once, and a busy machine still keeps to it


@pytest.fixture
def make_thread(qtbot) -> Iterator[Callable[[Callable[[], Trainer]], TrainingThread]]:
    threads: list[TrainingThread] = []

    def make(make_trainer: Callable[[], Trainer]) -> TrainingThread:
        threads.append(TrainingThread(make_trainer))
        return threads[-1]

    yield make
    for thread in threads:
        thread.stop()
        assert thread.wait(5000)


@pytest.fixture
def run(qtbot, make_thread, digits) -> TrainingThread:
    """A run that is ready for its first step."""
    thread = make_thread(lambda: Trainer(digits))
    with qtbot.waitSignal(thread.ready, timeout=5000):
        thread.start()
    return thread


def go(qtbot, run: TrainingThread, stretch: Stretch, steps: int = 1) -> None:
    with qtbot.waitSignal(run.rested, timeout=10_000):
        run.go(stretch, steps)


def parameters(network) -> list[np.ndarray]:
    return [array for layer in network.layers for _, array in sorted(layer.params.items())]


def same(left, right) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(parameters(left), parameters(right), strict=True))


def test_it_is_ready_before_its_first_step(run, digits):
    assert run.experiment == digits
    assert (run.training, len(run.history), run.trainer.index) == (False, 0, 0)
    assert run.mailbox.take() is run.initial
    assert same(run.initial.network, Trainer(digits).network)


def test_a_stretch_of_steps_is_exactly_so_many(qtbot, run):
    go(qtbot, run, Stretch.STEPS)
    assert len(run.history) == run.trainer.index == 1
    go(qtbot, run, Stretch.STEPS, 5)
    assert len(run.history) == run.trainer.index == 6
    assert not run.training


def test_an_epoch_ends_with_the_pass_that_is_under_way(qtbot, run):
    go(qtbot, run, Stretch.STEPS, 5)
    go(qtbot, run, Stretch.EPOCH)
    assert (len(run.history), run.trainer.epoch) == (12, 1)
    go(qtbot, run, Stretch.EPOCH)
    assert (len(run.history), run.trainer.epoch) == (24, 2)


def test_all_epochs_end_the_run_but_not_the_thread(qtbot, run):
    go(qtbot, run, Stretch.ALL)
    assert len(run.history) == 36
    assert run.trainer.finished
    assert not run.training
    assert run.isRunning()


def test_the_last_snapshot_is_left_where_an_older_one_lay(qtbot, run):
    run.mailbox.put(run.initial)  # nobody looks
    go(qtbot, run, Stretch.STEPS, 7)
    snapshot = run.mailbox.take()
    assert snapshot is not None
    assert snapshot.step == 7
    assert same(snapshot.network, run.trainer.network)


def test_pictures_are_copied_only_for_somebody_who_looks(qtbot, make_thread, digits):
    copies = []

    class Counting(Trainer):
        def snapshot(self):
            copies.append(self.index)
            return super().snapshot()

    run = make_thread(lambda: Counting(digits))
    with qtbot.waitSignal(run.ready):
        run.start()
    go(qtbot, run, Stretch.ALL)
    assert copies == [0, 36]  # the initial one filled the slot, the last one replaced it
    run.mailbox.take()
    run.change("epochs", 6)
    go(qtbot, run, Stretch.ALL)
    assert copies == [0, 36, 37, 72]


def test_a_tiny_network_at_full_speed_does_at_once_what_it_is_told(qtbot, make_thread, plane):
    run = make_thread(lambda: Trainer(plane.with_settings({"epochs": 1_000_000})))
    with qtbot.waitSignal(run.ready):
        run.start()
    run.mailbox.take()
    started = time.monotonic()
    run.go(Stretch.ALL)
    qtbot.waitUntil(lambda: not run.mailbox.empty)
    with qtbot.waitSignal(run.changed):
        run.change("learning_rate", 0.0625)
    with qtbot.waitSignal(run.rested):
        run.pause()
    assert time.monotonic() - started < PROMPT_S
    assert len(run.history) == run.trainer.index == run.mailbox.take().step
    go(qtbot, run, Stretch.STEPS, 3)
    assert len(run.history) == run.trainer.index == run.mailbox.take().step


def test_pausing_does_not_wait_for_a_slow_pace(qtbot, run):
    run.set_steps_per_second(1)
    run.go(Stretch.ALL)
    qtbot.waitUntil(lambda: len(run.history) == 1)
    started = time.monotonic()
    with qtbot.waitSignal(run.rested):
        run.pause()
    assert time.monotonic() - started < PROMPT_S
    assert len(run.history) == 1


def test_a_pause_before_the_first_step_is_a_rest_too(qtbot, make_thread, digits):
    busy = threading.Event()

    class Busy(Trainer):
        def change(self, setting, value):
            busy.wait(5)

    run = make_thread(lambda: Busy(digits))
    with qtbot.waitSignal(run.ready):
        run.start()
    run.change("epochs", 4)  # the thread has something else to do until both were asked for
    with qtbot.waitSignal(run.rested, timeout=2000):
        run.go(Stretch.ALL)
        run.pause()
        busy.set()
    assert len(run.history) == 0


def test_a_new_pace_holds_at_once(qtbot, run):
    run.set_steps_per_second(0.01)
    run.go(Stretch.ALL)
    qtbot.waitUntil(lambda: len(run.history) == 1)
    started = time.monotonic()
    with qtbot.waitSignal(run.rested, timeout=10_000):
        run.set_steps_per_second(None)
    assert len(run.history) == 36
    assert time.monotonic() - started < 5


def test_it_keeps_to_a_pace(qtbot, run):
    run.set_steps_per_second(100)
    started = time.monotonic()
    go(qtbot, run, Stretch.STEPS, 21)
    assert 0.19 < time.monotonic() - started < 2


@pytest.mark.parametrize("rate", [0.01, None])
def test_it_ends_at_once_when_stopped(qtbot, make_thread, digits, rate):
    run = make_thread(lambda: Trainer(digits.with_settings({"epochs": 1_000_000})))
    run.set_steps_per_second(rate)
    with qtbot.waitSignal(run.ready):
        run.start()
    run.go(Stretch.ALL)
    qtbot.waitUntil(lambda: len(run.history) > 0)
    started = time.monotonic()
    run.stop()
    assert run.wait(5000)
    assert time.monotonic() - started < PROMPT_S


def test_it_ends_when_stopped_before_it_is_ready(qtbot, make_thread, digits):
    loading = threading.Event()

    def make_trainer() -> Trainer:
        loading.wait(5)
        return Trainer(digits)

    run = make_thread(make_trainer)
    run.start()
    run.stop()
    loading.set()
    assert run.wait(5000)
    assert len(run.history) == 0


def test_a_change_holds_from_the_next_step_and_is_recorded(qtbot, run):
    go(qtbot, run, Stretch.STEPS, 4)
    with qtbot.waitSignal(run.changed):
        run.change("learning_rate", 0.125)
    go(qtbot, run, Stretch.STEPS, 1)
    snapshot = run.mailbox.take()
    assert run.experiment.learning_rate == 0.125
    assert [(c.step, c.setting, c.value) for c in run.trainer.changes] == [(4, "learning_rate", 0.125)]
    gradient, update = snapshot.gradients[0]["weight"], snapshot.updates[0]["weight"]
    np.testing.assert_allclose(update, -0.125 * gradient, rtol=1e-6)


def test_changes_while_it_trains_come_between_two_steps_and_can_be_replayed(qtbot, make_thread, digits):
    run = make_thread(lambda: Trainer(digits.with_settings({"epochs": 30})))
    with qtbot.waitSignal(run.ready):
        run.start()
    run.go(Stretch.ALL)
    for value in (0.1, 0.9, 0.3):
        run.change("learning_rate", value)
    run.change("batch_size", 20)
    qtbot.waitUntil(lambda: not run.training, timeout=10_000)
    replay = Trainer(digits.with_settings({"epochs": 30}), changes=run.trainer.changes)
    for _ in replay.steps():
        pass
    assert same(replay.network, run.trainer.network)


def test_something_can_be_done_between_two_steps(qtbot, run):
    places = []
    run.go(Stretch.ALL)
    run.between_steps(lambda: places.append((threading.current_thread(), run.trainer.index)))
    assert places[0][0] is not threading.current_thread()
    with pytest.raises(OSError, match="disk full"):
        run.between_steps(fail_to_write)
    qtbot.waitUntil(lambda: not run.training, timeout=10_000)
    assert len(run.history) == 36


def fail_to_write() -> None:
    raise OSError("disk full")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ValueError("layers: too few"), "layers: too few"),
        (FileNotFoundError("digits.gz is missing"), "digits.gz is missing"),
        (MemoryError(), "not enough memory"),
    ],
)
def test_what_cannot_be_made_is_told_in_a_sentence(qtbot, make_thread, error, words):
    def make_trainer() -> Trainer:
        raise error

    run = make_thread(make_trainer)
    with qtbot.waitSignal(run.failed) as failed:
        run.start()
    assert words in failed.args[0]
    assert run.wait(5000)


class Defective(Trainer):
    """Fails at its third step, as only a wrong program does."""

    def _step(self):
        if self.index == 2:
            raise KeyError("a defect")
        return super()._step()


@pytest.fixture
def broken(qtbot, make_thread, digits, caplog) -> TrainingThread:
    """A run that stopped because of a defect."""
    run = make_thread(lambda: Defective(digits))
    with qtbot.waitSignal(run.ready):
        run.start()
    with caplog.at_level(logging.ERROR), qtbot.waitSignal(run.failed) as failed:
        run.go(Stretch.ALL)
    assert run.wait(5000)
    run.setProperty("sentence", failed.args[0])
    return run


def test_a_defect_gives_a_sentence_and_a_log_entry(broken, caplog):
    sentence = broken.property("sentence")
    assert "defect" in sentence
    assert "KeyError" not in sentence
    assert len(broken.history) == 2
    assert not broken.training
    (record,) = caplog.get_records("setup")
    assert record.exc_info[0] is KeyError


def test_after_a_defect_nobody_waits_for_ever(broken):
    """Saving a checkpoint of a run that broke must answer, if only with a sentence."""

    def save() -> None:
        with contextlib.suppress(ValueError, OSError, RuntimeError):
            broken.between_steps(lambda: None)

    saver = threading.Thread(target=save, daemon=True)
    saver.start()
    saver.join(2)
    assert not saver.is_alive(), "between_steps waits for a thread that has ended"


def test_a_small_network_leaves_a_path_and_a_large_one_none(qtbot, make_thread, moons, run):
    small = make_thread(lambda: Trainer(moons))
    with qtbot.waitSignal(small.ready, timeout=5000):
        small.start()
    go(qtbot, small, Stretch.STEPS, 12)
    steps, values = small.path.view()
    np.testing.assert_array_equal(steps, range(13))
    for row, network in ((0, small.initial.network), (-1, small.mailbox.take().network)):
        np.testing.assert_array_equal(
            values[row], np.concatenate([a.ravel() for params in network.params for a in params.values()])
        )
    assert run.path is None


def test_once_it_has_ended_what_was_to_be_done_between_two_steps_is_done_all_the_same(run):
    run.stop()
    assert run.wait(5000)
    done = []
    run.between_steps(lambda: done.append(True))
    assert done == [True]
    assert not run.training
