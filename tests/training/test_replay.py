"""A replay stands where the run stood, to the last bit, with all that was measured and changed on the way."""

import copy
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpviz.training import History, Trainer
from mlpviz.training.fork import fork
from mlpviz.training.parameters import ParameterPath
from mlpviz.training.replay import Replay
from mlpviz.training.trainer import Change

OPTIMIZERS = [
    {"optimizer": "sgd", "momentum": 0.9, "weight_decay": 0.01},
    {"optimizer": "rmsprop", "learning_rate": 0.01},
    {"optimizer": "adam", "learning_rate": 0.01},
]
BY_OPTIMIZER = pytest.mark.parametrize("settings", OPTIMIZERS, ids=lambda s: s["optimizer"])
LINEAR = ({"kind": "affine", "units": 1},)
LEAPS = {"dataset": "line", "learning_rate": 30, "epochs": 500, "batch_size": 20, "validation_size": 10}
"""Settings of a line whose numbers are soon no longer finite."""


class Run:
    """A run as a window leads it: with history and path, and settings that change meanwhile."""

    def __init__(self, experiment):
        self.trainer, self.history = Trainer(experiment), History()
        self.path = ParameterPath.of(self.trainer.network)
        self._take_down()

    def train(self, steps):
        for step in itertools.islice(self.trainer.steps(), steps):
            self.history.append(step)
            self._take_down()
        return self

    def change(self, setting, value):
        self.trainer.change(setting, value)
        return self

    def again(self, path_from=0):
        trainer = self.trainer
        return Replay(
            trainer.original, trainer.changes, trainer.index, trainer.divergence is not None, path_from
        )

    def _take_down(self):
        if self.path is not None:
            self.path.append(self.trainer.index, self.trainer.network)


def pulled(replay):
    """A replay brought to its end."""
    for _ in replay.steps():
        pass
    return replay


def columns(history):
    return {name: [part.tobytes() for part in history.view(name)] for name in sorted(history.names)}


def states(trainer):
    """All that a trainer holds, as plain values and bytes."""
    state = copy.deepcopy(trainer.state())
    state["arrays"] = {key: array.tobytes() for key, array in state["arrays"].items()}
    return repr(state)


def assert_same(replay, run):
    assert states(replay.trainer) == states(run.trainer)
    assert replay.trainer.experiment == run.trainer.experiment
    assert columns(replay.history) == columns(run.history)
    there, here = run.trainer.snapshot(), replay.trainer.snapshot()
    for first, second in zip(there.gradients + there.updates, here.gradients + here.updates, strict=True):
        assert first.keys() == second.keys()
        assert all(first[name].tobytes() == second[name].tobytes() for name in first)
    assert (here.step, here.epoch, here.batch.tolist()) == (there.step, there.epoch, there.batch.tolist())


@pytest.fixture
def run(experiment):
    return lambda *layers, **settings: Run(experiment(*layers, **settings))


class TestTheSame:
    @BY_OPTIMIZER
    @given(steps=st.integers(0, 16))
    def test_as_the_run_with_every_kind_of_layer(self, experiment, any_layer, settings, steps):
        first = Run(experiment(any_layer, **settings)).train(steps)
        assert_same(pulled(first.again()), first)

    def test_as_a_run_whose_settings_were_changed_on_the_way(self, run):
        first = run().train(3).change("learning_rate", 0.1).change("batch_size", 10).train(4)
        first.change("epochs", 6).train(2)
        assert_same(pulled(first.again()), first)

    def test_as_a_run_changed_before_its_first_step(self, run):
        first = run().change("learning_rate", 0.1).train(2)
        assert_same(pulled(first.again()), first)

    def test_as_a_run_that_was_changed_after_its_last_step(self, run):
        first = run().train(3).change("learning_rate", 0.1)
        replay = pulled(first.again())
        assert replay.trainer.experiment.learning_rate == 0.1
        assert_same(replay, first)

    def test_as_a_run_that_was_changed_and_never_trained(self, run):
        first = run().change("learning_rate", 0.1)
        assert_same(pulled(first.again()), first)

    def test_as_a_run_that_came_to_its_end_and_was_lengthened(self, run):
        first = run(epochs=1).train(99).change("epochs", 2).train(99)
        assert first.trainer.finished
        assert_same(pulled(first.again()), first)

    def test_as_a_run_that_diverged(self, run):
        first = run(LINEAR, **LEAPS).train(999)
        assert first.trainer.divergence is not None
        replay = pulled(first.again())
        assert replay.trainer.divergence == first.trainer.divergence
        assert_same(replay, first)

    def test_as_a_run_just_before_it_diverged(self, run):
        whole = run(LINEAR, **LEAPS).train(999)
        first = run(LINEAR, **LEAPS).train(whole.trainer.index)
        replay = pulled(Replay(first.trainer.original, until=whole.trainer.index))
        assert replay.trainer.divergence is None
        assert_same(replay, first)

    def test_as_a_run_that_was_changed_just_before_it_diverged(self, run):
        end = run(LINEAR, **LEAPS).train(999).trainer.index
        first = run(LINEAR, **LEAPS).train(end + 1).change("learning_rate", 25.0).train(99)
        assert first.trainer.divergence is not None
        assert first.trainer.index == end
        replay = pulled(first.again())
        assert replay.trainer.changes == [Change(end + 1, "learning_rate", 25.0)]
        assert_same(replay, first)

    def test_as_a_fork_that_a_change_saved_from_diverging(self, run):
        lost = run(LINEAR, **LEAPS).train(999)
        saved, history = fork(lost.trainer, lost.history, {"learning_rate": 0.01})
        for step in itertools.islice(saved.steps(), 3):
            history.append(step)
        replay = pulled(Replay(saved.original, saved.changes, saved.index))
        assert states(replay.trainer) == states(saved)
        assert columns(replay.history) == columns(history)

    def test_the_trainer_goes_on_as_the_run_does(self, run, told, bits):
        first = run().train(5)
        replay = pulled(first.again())
        there, here = (list(trainer.steps()) for trainer in (first.trainer, replay.trainer))
        assert told(there) == told(here)
        assert bits(first.trainer.network) == bits(replay.trainer.network)


class TestPath:
    def test_is_that_of_the_run(self, run):
        first = run().train(6)
        path = pulled(first.again()).path
        (steps, values), (own_steps, own_values) = first.path.view(), path.view()
        assert own_steps.tolist() == steps.tolist() == list(range(7))
        assert np.array_equal(own_values, values)

    def test_begins_where_that_of_the_run_began(self, run):
        path = pulled(run().train(6).again(path_from=4)).path
        assert path.view()[0].tolist() == [4, 5, 6]

    def test_there_is_none_of_a_network_too_large_for_one(self, run):
        first = run([{"kind": "affine", "units": 400}, {"kind": "affine", "units": 3}]).train(1)
        assert first.path is None
        assert pulled(first.again()).path is None


class TestNotReached:
    def test_a_run_that_ends_before_says_where(self, experiment):
        replay = Replay(experiment(epochs=1), until=6)
        with pytest.raises(ValueError, match="the run ends at step 5, not at step 6"):
            pulled(replay)

    def test_a_run_that_diverges_before_says_where(self, experiment, run):
        end = run(LINEAR, **LEAPS).train(999).trainer.index
        with pytest.raises(ValueError, match=f"the run ends at step {end}, not at step {end + 5}"):
            pulled(Replay(experiment(LINEAR, **LEAPS), until=end + 5))

    def test_a_run_that_does_not_diverge_where_it_is_said_to(self, experiment):
        with pytest.raises(ValueError, match="goes on after step 3, where it is said to have diverged"):
            pulled(Replay(experiment(), until=3, diverges=True))
