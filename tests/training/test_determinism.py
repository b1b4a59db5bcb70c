"""The same experiment gives the same bits: again, interrupted, looked at, restored and replayed."""

import copy
import itertools
import threading

import numpy as np
import pytest
import threadpoolctl
from hypothesis import given
from hypothesis import strategies as st

from mlpviz.training import Trainer
from mlpviz.training.blas import use_blas_threads

NUMPYS_BLAS = threadpoolctl.ThreadpoolController().select(user_api="blas")
"""As loaded now: what other tests load later has threads of its own, which are none of a run's business."""

OPTIMIZERS = [
    {"optimizer": "sgd"},
    {"optimizer": "sgd", "momentum": 0.9, "weight_decay": 0.01, "learning_rate": 0.05},
    {"optimizer": "sgd", "momentum": 0.9, "nesterov": True, "learning_rate": 0.05},
    {"optimizer": "rmsprop", "learning_rate": 0.01},
    {"optimizer": "adam", "learning_rate": 0.01, "weight_decay": 0.1},
]
BY_OPTIMIZER = pytest.mark.parametrize("settings", OPTIMIZERS, ids=lambda s: "-".join(map(str, s.values())))


def go_on(trainer, until=10**9, changes=()):
    """Train up to a step, making live changes where they are due; what the steps said."""
    steps = []
    while not trainer.finished and trainer.index < until:
        for index, setting, value in changes:
            if index == trainer.index:
                trainer.change(setting, value)
        steps += itertools.islice(trainer.steps(), 1)
    return steps


@pytest.fixture(scope="session")
def same(bits, told):
    """A function that trains two runs to their ends and asserts that they cannot be told apart."""

    def same(one, other, changes=()):
        assert one.index == other.index
        assert bits(one.network) == bits(other.network)
        a, b = go_on(one, changes=changes), go_on(other, changes=changes)
        assert told(a) == told(b)
        assert a or one.finished
        assert bits(one.network) == bits(other.network)
        assert repr(one.evaluate("test")) == repr(other.evaluate("test"))

    return same


@BY_OPTIMIZER
def test_twice(experiment, any_layer, same, settings):
    every = experiment(any_layer, **settings)
    same(Trainer(every), Trainer(every))


def test_another_learning_rate_shows(experiment, bits):
    """What the tests here call equal could have been told apart."""
    one, other = Trainer(experiment()), Trainer(experiment(learning_rate=0.300001))
    go_on(one, 3)
    go_on(other, 3)
    assert bits(one.network) != bits(other.network)


def test_two_runs_in_turn(experiment, any_layer, same):
    every = experiment(any_layer, momentum=0.9, learning_rate=0.05)
    alone, first = Trainer(every), Trainer(every)
    second = Trainer(every.with_settings({"seed": 1}))
    for _ in zip(first.steps(), second.steps(), strict=True):
        pass
    go_on(alone)
    same(alone, first)


def test_in_pieces(experiment, any_layer, same):
    """Each step from a generator of its own, as a window that pauses would do it."""
    every = experiment(any_layer, optimizer="adam", learning_rate=0.01)
    whole, pieces = Trainer(every), Trainer(every)
    for _ in whole.steps():
        assert go_on(pieces, pieces.index + 1)
    same(whole, pieces)


def test_whatever_is_looked_at_in_between(experiment, any_layer, same):
    every = experiment(any_layer, momentum=0.9, learning_rate=0.05)
    alone, watched = Trainer(every), Trainer(every)
    for _ in alone.steps():
        go_on(watched, watched.index + 1)
        x, targets = watched.splits.validation.batch(slice(0, 5))
        watched.network.trace(x, targets, watched.loss)
        watched.snapshot().network.trace(x, targets, watched.loss)
        watched.network.loss_and_gradients(x, targets, watched.loss, True, np.random.default_rng(0))
        for which in ("training", "validation", "test"):
            watched.evaluate(which)
        watched.state()
        watched.check_change("learning_rate", 1.0)
        assert watched.progress
    same(alone, watched)


class TestState:
    @BY_OPTIMIZER
    @given(
        at=st.integers(0, 20),
        layers=st.sampled_from(["any", "linear"]),
        changes=st.lists(
            st.tuples(
                st.integers(0, 19),
                st.sampled_from(
                    [("learning_rate", 0.02), ("weight_decay", 0.05), ("batch_size", 40), ("batch_size", 7)]
                ),
            ),
            max_size=3,
        ),
    )
    def test_goes_on_bit_for_bit_from_any_step(
        self, experiment, any_layer, same, settings, at, layers, changes
    ):
        layers = any_layer if layers == "any" else [{"kind": "affine", "units": 3}]
        start = experiment(layers, **settings)
        changes = [(step, *change) for step, change in changes]
        straight, stopped, restored = Trainer(start), Trainer(start), Trainer(start)
        go_on(straight, at, changes)
        go_on(stopped, at, changes)
        restored.restore(stopped.state())
        assert restored.changes == stopped.changes
        assert (restored.epoch, restored.at_epoch_end) == (stopped.epoch, stopped.at_epoch_end)
        assert (restored.finished, restored.progress) == (stopped.finished, stopped.progress)
        same(straight, restored, changes)

    def test_counts_silent_units_on(self, experiment, told):
        """Units that were silent for 60 steps before are dead 40 steps later."""
        layers = [{"kind": "affine", "units": 4}, {"kind": "relu"}, {"kind": "affine", "units": 3}]
        start = experiment(layers, epochs=40, learning_rate=1e-6)
        straight, restored = Trainer(start), Trainer(start)
        straight.network.layers[0].params["bias"] = np.full(4, -50, np.float32)
        go_on(straight, 60)
        restored.restore(straight.state())
        [last] = [step for step in go_on(restored, 101) if step.index == 101]
        assert last.sparse_probes["dead_share.1"] == 1
        assert told([last]) == told(go_on(straight, 101)[-1:])

    @BY_OPTIMIZER
    def test_is_a_copy(self, experiment, any_layer, same, settings):
        start = experiment(any_layer, **settings)
        straight, stopped, restored = Trainer(start), Trainer(start), Trainer(start)
        go_on(straight, 7)
        go_on(stopped, 7)
        state = stopped.state()
        go_on(stopped)
        restored.restore(state)
        go_on(restored)
        restored = Trainer(start)
        restored.restore(state)
        same(straight, restored)

    def test_can_be_taken_of_a_run_that_has_not_begun(self, experiment, same):
        fresh, restored = Trainer(experiment()), Trainer(experiment())
        restored.restore(fresh.state())
        same(fresh, restored)

    @BY_OPTIMIZER
    def test_takes_back_a_run_that_went_on(self, experiment, any_layer, same, settings):
        start = experiment(any_layer, **settings)
        straight, back = Trainer(start), Trainer(start)
        go_on(straight, 7)
        go_on(back, 7)
        state = back.state()
        go_on(back, 13)
        back.restore(state)
        same(straight, back)

    def test_takes_back_a_live_change_made_since(self, experiment, same):
        straight, back = Trainer(experiment()), Trainer(experiment())
        go_on(straight, 7)
        go_on(back, 7)
        state = back.state()
        back.change("learning_rate", 3.0)
        back.change("batch_size", 3)
        back.restore(state)
        assert back.changes == []
        assert back.experiment == experiment()
        same(straight, back)

    def test_takes_back_a_divergence_since(self, experiment):
        line = {"dataset": "line", "batch_size": 0, "epochs": 500, "learning_rate": 30}
        trainer = Trainer(experiment([{"kind": "affine", "units": 1}], **line))
        go_on(trainer, 5)
        state = trainer.state()
        go_on(trainer)
        diverged = trainer.divergence
        assert diverged
        trainer.restore(state)
        assert trainer.divergence is None
        assert (trainer.index, trainer.finished) == (5, False)
        go_on(trainer)
        assert trainer.divergence == diverged

    def test_shows_no_gradients_of_another_step(self, experiment):
        """After going back the snapshot holds those of the step it stands at, or none."""
        trainer = Trainer(experiment())
        go_on(trainer, 7)
        state, then = trainer.state(), trainer.snapshot()
        go_on(trainer, 13)
        trainer.restore(state)
        now = trainer.snapshot()
        assert (now.step, now.epoch) == (7, 2)
        for field in ("gradients", "updates"):
            for of_now, of_then in zip(getattr(now, field), getattr(then, field), strict=True):
                for name, array in of_now.items():
                    np.testing.assert_array_equal(array, of_then[name])
        assert now.batch.tolist() in ([], then.batch.tolist())

    @pytest.mark.parametrize(
        "other",
        [
            {"layers.0.units": 5},
            {"layers": [{"kind": "affine", "units": 3}]},
            {"dataset": "iris"},
            {"layers.1.kind": "tanh"},
            {"optimizer": "adam"},
        ],
        ids=str,
    )
    def test_of_another_experiment_is_refused_and_changes_nothing(self, experiment, same, other):
        start = experiment(momentum=0.9, validation_size=0)
        trainer, untouched = Trainer(start), Trainer(start)
        settings = {"momentum": 0.0, **other} if "optimizer" in other else other
        source = Trainer(start.with_settings(settings))
        go_on(source, 5)
        with pytest.raises(ValueError, match=r"."):
            trainer.restore(source.state())
        same(untouched, trainer)

    @pytest.mark.parametrize("settings", [{"optimizer": "adam"}, {"momentum": 0.9}], ids=str)
    def test_must_tell_all_that_the_optimizer_remembers(self, experiment, same, settings):
        trainer, untouched = (Trainer(experiment(**settings)) for _ in range(2))
        source = Trainer(experiment(**settings))
        go_on(source, 3)
        kept = [key for key in source.state()["arrays"] if key.startswith("optimizer.")]
        assert len(kept) == len(source.optimizer.remembers) * 4
        for lost in ([kept[0]], [key for key in kept if key.endswith(kept[0].rpartition(".")[2])][:-1]):
            state = source.state()
            for key in lost:
                del state["arrays"][key]
            with pytest.raises(ValueError, match=f"{lost[0]} is missing|not whole"):
                trainer.restore(state)
            same(untouched, trainer)

    def test_cannot_have_made_more_steps_with_one_parameter_than_with_others(self, experiment, same):
        trainer, untouched = (Trainer(experiment(optimizer="adam")) for _ in range(2))
        source = Trainer(experiment(optimizer="adam"))
        go_on(source, 3)
        state = source.state()
        state["arrays"]["optimizer.0.bias.step"] += 1
        with pytest.raises(ValueError, match="equally many steps with each parameter"):
            trainer.restore(state)
        same(untouched, trainer)


class TestReplay:
    CHANGES = (
        (0, "weight_decay", 0.01),
        (3, "learning_rate", 0.02),
        (3, "momentum", 0.5),
        (4, "nesterov", True),
        (5, "batch_size", 40),
        (9, "learning_rate", 0.5),
        (11, "epochs", 6),
        (12, "batch_size", 9),
    )

    def test_makes_the_same_changes_at_the_same_steps(self, experiment, any_layer, told, bits):
        original = Trainer(experiment(any_layer))
        steps = go_on(original, changes=self.CHANGES)
        assert [(c.step, c.setting, c.value) for c in original.changes] == list(self.CHANGES)
        replay = Trainer(experiment(any_layer), changes=original.changes)
        assert told(replay.steps()) == told(steps)
        assert bits(replay.network) == bits(original.network)
        assert replay.changes == original.changes

    def test_a_change_makes_a_difference(self, experiment, any_layer, bits):
        original, other = Trainer(experiment(any_layer)), Trainer(experiment(any_layer))
        go_on(original, changes=self.CHANGES)
        go_on(other, changes=[change for change in self.CHANGES if change[1] != "weight_decay"])
        assert bits(original.network) != bits(other.network)

    @pytest.mark.parametrize("at", [0, 2, 3, 4, 5, 8, 9, 12])
    def test_stopped_on_the_way_goes_on_with_what_is_still_to_come(self, experiment, any_layer, same, at):
        original = Trainer(experiment(any_layer))
        go_on(original, changes=self.CHANGES)
        whole, stopped, restored = (
            Trainer(experiment(any_layer), changes=original.changes) for _ in range(3)
        )
        go_on(whole, at)
        go_on(stopped, at)
        restored.restore(stopped.state())
        same(whole, restored)
        assert restored.changes == original.changes

    def test_of_a_restored_run(self, experiment, any_layer, same, bits):
        """A run that was stopped and taken up again keeps the record of its changes."""
        original, restored = (Trainer(experiment(any_layer)) for _ in range(2))
        go_on(original, 6, self.CHANGES)
        restored.restore(original.state())
        go_on(restored, changes=[change for change in self.CHANGES if change[0] >= 6])
        replay = Trainer(experiment(any_layer), changes=restored.changes)
        go_on(replay)
        assert bits(replay.network) == bits(restored.network)


def test_an_array_put_in_the_place_of_a_parameter_is_trained(experiment, same):
    """As one that is written into."""
    trainer, other = (Trainer(experiment()) for _ in range(2))
    for each in (trainer, other):
        go_on(each, 2)
    layer = trainer.network.layers[0]
    layer.params["weight"] = layer.weight * 2
    other.network.layers[0].weight[...] *= 2
    go_on(trainer), go_on(other)
    same(trainer, other)


class TestThreads:
    """The last bits of a matrix product depend on how many threads shared it."""

    @pytest.fixture(autouse=True)
    def as_before(self):
        with NUMPYS_BLAS.limit(limits=None):
            yield

    def threads(self):
        return {info["num_threads"] for info in NUMPYS_BLAS.info()}

    @pytest.mark.parametrize("wanted", [1, 2])
    def test_each_step_sets_the_number_that_the_experiment_asks_for(self, experiment, wanted):
        trainer = Trainer(experiment(blas_threads=wanted))
        for _ in range(3):
            with NUMPYS_BLAS.limit(limits=3 - wanted):
                assert self.threads() == {3 - wanted}
                go_on(trainer, trainer.index + 1)
                assert self.threads() == {wanted}

    @pytest.mark.parametrize("wanted", [1, 2])
    def test_in_a_thread_of_its_own_too(self, experiment, wanted):
        """As in the window, where another thread has set its number before."""
        use_blas_threads(3 - wanted)
        assert self.threads() == {3 - wanted}
        thread = threading.Thread(target=go_on, args=(Trainer(experiment(blas_threads=wanted)),))
        thread.start()
        thread.join()
        assert self.threads() == {wanted}

    def test_an_evaluation_does_so_too(self, experiment):
        trainer = Trainer(experiment())
        with NUMPYS_BLAS.limit(limits=2):
            trainer.evaluate("test")
            assert self.threads() == {1}

    def test_one_thread_is_the_rule(self, experiment):
        assert experiment().blas_threads == 1

    def test_so_the_number_set_before_makes_no_difference(self, experiment, same):
        wide = [{"kind": "affine", "units": 200}, {"kind": "relu"}, {"kind": "affine", "units": 10}]
        settings = {"dataset": "digits", "training_size": 400, "validation_size": 0, "batch_size": 200}
        one, other = (Trainer(experiment(wide, learning_rate=0.01, **settings)) for _ in range(2))
        go_on(one)
        with NUMPYS_BLAS.limit(limits=2):
            go_on(other)
        same(one, other)


def test_an_experiment_and_a_state_can_be_copied(experiment, same):
    """A fork of a run: a deep copy of its state, and an experiment with one thing changed."""
    original = Trainer(experiment())
    go_on(original, 7)
    fork = Trainer(copy.deepcopy(original.experiment))
    fork.restore(copy.deepcopy(original.state()))
    same(original, fork)
