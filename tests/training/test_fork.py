"""A fork stands where its parent stands: unchanged it is its twin, changed it keeps to the same batches."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpviz.files import load_checkpoint, save_checkpoint
from mlpviz.training import History, Trainer
from mlpviz.training.fork import fork, from_the_start

OPTIMIZERS = [
    {"optimizer": "sgd"},
    {"optimizer": "sgd", "momentum": 0.9, "nesterov": True, "weight_decay": 0.01, "learning_rate": 0.05},
    {"optimizer": "rmsprop", "learning_rate": 0.01},
    {"optimizer": "adam", "learning_rate": 0.01, "weight_decay": 0.1},
]
BY_OPTIMIZER = pytest.mark.parametrize("settings", OPTIMIZERS, ids=lambda s: "-".join(map(str, s.values())))


def train(trainer, steps, history=None):
    """Make some steps; what they said."""
    made = list(itertools.islice(trainer.steps(), steps))
    for step in made:
        if history is not None:
            history.append(step)
    return made


@pytest.fixture
def run(experiment):
    """A function that makes a run that has made some steps, with its history."""

    def run(steps, *arguments, **settings):
        trainer, history = Trainer(experiment(*arguments, **settings)), History()
        train(trainer, steps, history)
        return trainer, history

    return run


def batches(trainer, steps):
    """Which examples the next steps are trained on."""
    return [trainer.snapshot().batch.tolist() for _ in itertools.islice(trainer.steps(), steps)]


class TestNothingChanged:
    @BY_OPTIMIZER
    @given(at=st.integers(0, 16))
    def test_goes_on_as_its_parent_does_to_the_last_bit(
        self, experiment, any_layer, bits, told, settings, at
    ):
        parent = Trainer(experiment(any_layer, **settings))
        train(parent, at)
        twin, _ = fork(parent, History())
        assert bits(twin.network) == bits(parent.network)
        assert told(train(twin, 99)) == told(train(parent, 99))
        assert bits(twin.network) == bits(parent.network)
        assert twin.finished
        assert repr(twin.evaluate("validation")) == repr(parent.evaluate("validation"))

    def test_even_where_both_diverge_at_the_next_step(self, run, bits):
        parent, history = run(3)
        parent.network.layers[0].params["weight"] = parent.network.layers[0].weight * np.float32(np.inf)
        twin, _ = fork(parent, history)
        train(parent, 1), train(twin, 1)
        assert twin.divergence == parent.divergence is not None
        assert (twin.index, twin.examples) == (parent.index, parent.examples)
        assert bits(twin.network) == bits(parent.network)

    def test_leaves_its_parent_alone(self, run, any_layer, told, bits):
        parent, history = run(5, any_layer, optimizer="adam")
        alone, _ = run(5, any_layer, optimizer="adam")
        twin, own = fork(parent, history)
        train(twin, 99, own)
        assert len(history) == 5
        assert told(train(parent, 99)) == told(train(alone, 99))
        assert bits(parent.network) == bits(alone.network)

    def test_shares_the_examples_in_memory(self, run):
        parent, history = run(1)
        twin, _ = fork(parent, history)
        assert twin.dataset is parent.dataset
        assert twin.splits is parent.splits

    def test_holds_the_past_of_its_parent_and_a_future_of_its_own(self, run):
        parent, history = run(5)
        twin, own = fork(parent, history)
        train(parent, 2, history)
        train(twin, 1, own)
        assert (len(history), len(own)) == (7, 6)
        assert own.view("loss")[1].tolist() == history.view("loss")[1][:6].tolist()


UNBOUNDED = ({"kind": "affine", "units": 6}, {"kind": "relu"}, {"kind": "affine", "units": 3})


class TestAnotherLiveSetting:
    @pytest.mark.parametrize(
        "settings",
        [
            {"learning_rate": 0.01},
            {"weight_decay": 0.1},
            {"momentum": 0.5},
            {"nesterov": True, "momentum": 0.5},
            {"epochs": 6},
        ],
        ids=str,
    )
    def test_sees_the_very_same_batches(self, run, any_layer, settings):
        parent, history = run(6, any_layer)
        other, _ = fork(parent, history, settings)
        assert batches(other, 10) == batches(parent, 10)
        assert other.experiment == parent.experiment.with_settings(settings)

    def test_goes_another_way_and_the_change_is_recorded(self, run, bits):
        parent, history = run(6)
        other, _ = fork(parent, history, {"learning_rate": 0.01})
        train(parent, 3), train(other, 3)
        assert bits(other.network) != bits(parent.network)
        assert [(c.step, c.setting, c.value) for c in other.changes] == [(6, "learning_rate", 0.01)]

    def test_is_the_run_that_was_changed_while_it_trained(self, run, any_layer, told):
        parent, history = run(6, any_layer, momentum=0.9, nesterov=True)
        other, _ = fork(parent, history, {"momentum": 0.0, "nesterov": False, "batch_size": 7})
        for setting, value in (("nesterov", False), ("momentum", 0.0), ("batch_size", 7)):
            parent.change(setting, value)
        assert told(train(other, 99)) == told(train(parent, 99))

    def test_an_impossible_value_is_refused(self, run):
        parent, history = run(2)
        with pytest.raises(ValueError, match="learning_rate must be greater than 0"):
            fork(parent, history, {"learning_rate": -1.0})
        with pytest.raises(ValueError, match="batch_size must be at most"):
            fork(parent, history, {"batch_size": 10_000})

    def test_a_run_that_diverged_goes_on_from_its_last_good_network(self, run, all_finite):
        parent, history = run(99, UNBOUNDED, learning_rate=1e3)
        assert parent.divergence is not None
        assert fork(parent, history)[0].divergence == parent.divergence
        other, own = fork(parent, history, {"learning_rate": 1e-20})
        steps = train(other, 3, own)
        assert len(steps) == 3
        assert all_finite(other.network)
        recorded = own.view("loss")[0].tolist()
        assert recorded == sorted(set(recorded)), "a step stands twice in the history"


SIGMOIDS = ({"kind": "affine", "units": 6}, {"kind": "sigmoid"}, {"kind": "affine", "units": 3})
REBUILT = [
    {"optimizer": "adam", "learning_rate": 0.01},
    {"loss": "softmax_cross_entropy"},
    {"loss_scaling": "mean"},
    {"layers.2.kind": "sigmoid"},
    {"layers.3.rate": 0.5},
]


class TestAnotherOptimizerLossOrActivation:
    @pytest.mark.parametrize("settings", REBUILT, ids=str)
    def test_keeps_parameters_place_and_batches(self, run, any_layer, bits, settings):
        parent, history = run(6, any_layer, momentum=0.5)
        if settings.get("optimizer"):
            settings = {**settings, "momentum": 0.0}
        other, own = fork(parent, history, settings)
        assert bits(other.network) == bits(parent.network)
        assert (other.index, other.epoch, other.examples) == (parent.index, parent.epoch, parent.examples)
        assert other.optimizer.memory == {}
        assert len(own) == 6
        assert batches(other, 10) == batches(parent, 10)

    @pytest.mark.parametrize("settings", REBUILT, ids=str)
    def test_its_checkpoint_goes_on_bit_for_bit(self, run, any_layer, told, bits, tmp_path, settings):
        parent, history = run(6, any_layer)
        parent.change("learning_rate", 0.2)
        other, own = fork(parent, history, settings)
        train(other, 3, own)
        other.change("weight_decay", 0.01)
        save_checkpoint(tmp_path / "fork", other, own)
        loaded = load_checkpoint(tmp_path / "fork")
        assert told(train(loaded, 99)) == told(train(other, 99))
        assert bits(loaded.network) == bits(other.network)

    def test_its_checkpoint_says_that_it_is_a_fork(self, run):
        """From its experiment alone the run could not be had again."""
        parent, history = run(6)
        other, _ = fork(parent, history, {"optimizer": "adam", "learning_rate": 0.01})
        assert (
            "Forked at step 6: optimizer sgd → adam, learning rate 0.3 → 0.01." in other.original.description
        )

    def test_a_relu_that_is_new_has_not_been_silent_before(self, run):
        parent, history = run(6, SIGMOIDS)
        other, _ = fork(parent, history, {"layers.1.kind": "relu"})
        assert other.last_fired[1].tolist() == [6] * 6

    def test_a_relu_that_stays_is_as_silent_as_it_was(self, run):
        parent, history = run(6)
        parent.last_fired[1][0] = 2
        other, _ = fork(parent, history, {"loss_scaling": "mean"})
        assert other.last_fired[1].tolist() == parent.last_fired[1].tolist()

    def test_its_history_takes_what_only_it_measures(self, run):
        parent, history = run(6, SIGMOIDS)
        other, own = fork(parent, history, {"layers.1.kind": "relu"})
        train(other, 10, own)
        train(parent, 10, history)
        steps, dead = own.view("dead_share.1")
        assert steps.tolist() == [1, 11]
        assert np.isnan(dead[0])
        assert dead[1] == 0
        assert np.isnan(own.view("saturated_share.1")[1][1])
        assert len(history.view("dead_share.1")[0]) == 0


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"seed": 1}, "seed: with another seed"),
        ({"dataset": "moons"}, "dataset: with another dataset"),
        ({"input_scaling": "standard"}, "input_scaling: with another input scaling"),
        ({"layers.0.units": 9}, "layers: with other sizes"),
        ({"layers": [{"kind": "affine", "units": 3}]}, "layers: with more or fewer layers"),
        ({"layers.0.initializer": "lecun"}, "layers.0.initializer: initial weights"),
    ],
    ids=str,
)
def test_what_decides_the_beginning_must_begin_there(run, settings, sentence):
    parent, history = run(6)
    with pytest.raises(ValueError, match=sentence) as error:
        fork(parent, history, settings)
    assert "must start from the beginning" in str(error.value)


class TestFromTheStart:
    def test_has_the_same_batches_and_initial_weights(self, run, experiment, bits):
        parent, _ = run(6)
        beside = from_the_start(parent, {"layers.1.kind": "sigmoid"})
        fresh = Trainer(experiment())
        assert beside.index == 0
        assert bits(beside.network) == bits(fresh.network)
        assert batches(beside, 8) == batches(fresh, 8)

    def test_takes_another_dataset(self, run):
        parent, _ = run(6)
        assert from_the_start(parent, {"dataset": "moons", "layers.2.units": 1}).dataset.name == "moons"
