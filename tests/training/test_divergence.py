"""A run whose numbers are no longer finite stops by itself, says why, and keeps the last good network."""

import itertools
import math
import re

import numpy as np
import pytest

from mlpviz.training import History, Snapshot, Trainer

LINEAR = ({"kind": "affine", "units": 1},)


def diverge(trainer):
    """Train to the end; a snapshot of the start and of each step, by its number."""
    snapshots = {0: trainer.snapshot()}
    losses = {}
    for step in trainer.steps():
        snapshots[step.index] = trainer.snapshot()
        losses[step.index] = step.loss
    return snapshots, losses


@pytest.fixture(
    params=[
        pytest.param(({"dataset": "line", "learning_rate": 30}, LINEAR), id="line"),
        pytest.param(({"dataset": "plane", "learning_rate": 1e4}, LINEAR), id="plane"),
        pytest.param(({"dataset": "plane", "learning_rate": 1e30}, LINEAR), id="at once"),
        pytest.param(({"dataset": "iris_two", "learning_rate": 0.5}, LINEAR), id="iris"),
        pytest.param(({"dataset": "plane", "learning_rate": 50, "momentum": 0.9}, LINEAR), id="momentum"),
        pytest.param(
            (
                {"learning_rate": 1e20, "optimizer": "adam"},
                ({"kind": "affine", "units": 5}, {"kind": "relu"}, {"kind": "affine", "units": 3}),
            ),
            id="adam",
        ),
        pytest.param(
            ({"learning_rate": 1e3}, ({"kind": "affine", "units": 5}, {"kind": "affine", "units": 3})),
            id="deep",
        ),
        pytest.param(
            (
                {"learning_rate": 1e6},
                ({"kind": "affine", "units": 5}, {"kind": "batch_norm"}, {"kind": "affine", "units": 3}),
            ),
            id="batch_norm",
        ),
    ]
)
def diverged(request, experiment):
    """A trainer that has diverged, with its snapshots and losses."""
    settings, layers = request.param
    trainer = Trainer(experiment(layers, epochs=500, batch_size=20, validation_size=10, **settings))
    return trainer, *diverge(trainer)


class TestTooLargeALearningRate:
    def test_stops_the_run(self, diverged):
        trainer, snapshots, _ = diverged
        assert trainer.divergence is not None
        assert trainer.finished
        assert list(trainer.steps()) == []
        assert max(snapshots) < 500

    def test_is_told_with_the_step_at_which_it_showed(self, diverged):
        trainer, snapshots, losses = diverged
        assert all(map(math.isfinite, losses.values()))
        assert trainer.divergence.step == max(snapshots) + 1

    def test_is_named_as_the_likely_cause(self, diverged):
        trainer, *_ = diverged
        sentence = trainer.divergence.sentence
        assert "\n" not in sentence
        assert f"at step {trainer.divergence.step}; " in sentence
        assert f"learning rate {trainer.experiment.learning_rate:g} is the likely cause" in sentence
        assert "The last good network is kept" in sentence

    def test_keeps_the_network_from_before_the_update_that_ruined_it(self, diverged, bits, all_finite):
        trainer, snapshots, _ = diverged
        kept = trainer.snapshot()
        assert all_finite(trainer.network)
        assert kept.step == trainer.index
        assert bits(kept.network) == bits(snapshots[kept.step].network)
        assert kept.step >= trainer.divergence.step - 2

    def test_and_that_network_has_a_finite_loss(self, diverged):
        trainer, snapshots, losses = diverged
        kept = trainer.network
        index = trainer.index + 1  # the step that was made from there had a finite loss
        x, targets = trainer.splits.training.batch(snapshots[index].batch)
        assert kept.loss_and_gradients(x, targets, trainer.loss, True)[0] == pytest.approx(losses[index])

    def test_keeps_no_gradients_of_another_network(self, diverged):
        trainer, snapshots, _ = diverged
        kept = trainer.snapshot()
        for of_kept, of_then in zip(kept.gradients, snapshots[kept.step].gradients, strict=True):
            for name, gradient in of_kept.items():
                np.testing.assert_array_equal(gradient, of_then[name])

    def test_keeps_all_else_as_it_was_after_that_step(self, diverged):
        """Above all what the optimizer remembers: what goes on from there is as exact as any run."""
        trainer, *_ = diverged
        other = Trainer(trainer.experiment)
        list(itertools.islice(other.steps(), trainer.index))
        kept, then = trainer.state(), other.state()
        for part in ("position", "dropout", "changes"):
            assert kept[part] == then[part]
        for part in ("parameters", "arrays"):
            assert {name: a.tobytes() for name, a in kept[part].items()} == {
                name: a.tobytes() for name, a in then[part].items()
            }

    def test_counts_the_examples_of_the_steps_that_were_kept(self, diverged):
        """What the run reports fits together: as many examples as went into the network that is kept."""
        trainer, snapshots, _ = diverged
        batches = [snapshots[i].batch for i in range(1, trainer.index + 1)]
        assert trainer.progress == sum(map(len, batches)) / len(trainer.splits.training)

    def test_is_still_known_after_a_restart(self, diverged, bits):
        trainer, *_ = diverged
        again = Trainer(trainer.experiment)
        again.restore(trainer.state())
        assert again.divergence == trainer.divergence
        assert again.finished
        assert list(again.steps()) == []
        assert bits(again.network) == bits(trainer.network)
        assert again.index == trainer.index


def test_a_healthy_run_does_not_diverge(experiment):
    trainer = Trainer(experiment())
    assert len(list(trainer.steps())) == 20
    assert trainer.divergence is None


def test_an_infinite_loss_and_one_that_is_no_number_are_told_apart(experiment):
    for value, word in ((np.inf, "infinite"), (np.nan, "NaN")):
        trainer = Trainer(experiment())
        next(trainer.steps())
        trainer.loss.value = lambda y, targets, value=value: float(value)
        assert list(trainer.steps()) == []
        assert trainer.divergence.sentence.startswith(f"The loss became {word} at step 2; learning rate 0.3 ")
        assert trainer.divergence.layer is None


class TestSpoiltGradient:
    """A gradient that is not finite while the loss still is: the layer is named, and no update is made."""

    @pytest.mark.parametrize(("layer", "name"), [(0, "weight"), (0, "bias"), (2, "weight"), (2, "bias")])
    @pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
    def test_names_the_layer(self, experiment, bits, layer, name, value):
        trainer = Trainer(experiment())
        list(itertools.islice(trainer.steps(), 6))
        before = bits(trainer.network)
        self.spoil(trainer, layer, name, value)
        assert list(trainer.steps()) == []
        assert trainer.divergence.step == 7
        assert trainer.divergence.layer == layer
        sentence = trainer.divergence.sentence
        assert re.match(rf"The gradient of \w+ {layer} \(affine\) is not finite at step 7; ", sentence)
        assert bits(trainer.network) == before
        assert trainer.index == 6

    def test_leaves_the_last_good_step_to_look_at(self, experiment, any_layer):
        trainer, healthy = (Trainer(experiment(any_layer, optimizer="adam")) for _ in range(2))
        for each in (trainer, healthy):
            list(itertools.islice(each.steps(), 6))
        self.spoil(trainer, 0, "weight", np.nan)
        assert list(trainer.steps()) == []
        seen, expected = trainer.snapshot(), healthy.snapshot()
        assert seen.batch.tolist() == expected.batch.tolist()
        for ours, theirs in zip(seen.updates, expected.updates, strict=True):
            assert {name: a.tobytes() for name, a in ours.items()} == {
                name: a.tobytes() for name, a in theirs.items()
            }

    def test_dropout_goes_on_where_it_was(self, experiment, any_layer, bits):
        """Once the gradient is mended, as by another loss, the run is what it would have been."""
        trainer, healthy = (Trainer(experiment(any_layer)) for _ in range(2))
        for each in (trainer, healthy):
            list(itertools.islice(each.steps(), 6))
        right = trainer.network.layers[0].gradients
        self.spoil(trainer, 0, "weight", np.nan)
        assert list(trainer.steps()) == []
        trainer.network.layers[0].gradients = right
        trainer.divergence = None
        list(trainer.steps()), list(healthy.steps())
        assert bits(trainer.network) == bits(healthy.network)

    def test_names_the_last_of_several_for_gradients_travel_backwards(self, experiment):
        trainer = Trainer(experiment())
        for layer in (0, 2):
            self.spoil(trainer, layer, "weight", np.nan)
        assert list(trainer.steps()) == []
        assert trainer.divergence.layer == 2

    def test_before_any_update_the_learning_rate_is_not_to_blame(self, experiment, bits):
        trainer = Trainer(experiment())
        before = bits(trainer.network)
        self.spoil(trainer, 0, "weight", np.nan)
        assert list(trainer.steps()) == []
        assert trainer.divergence.step == 1
        assert "learning rate" not in trainer.divergence.sentence
        assert "initial weights" in trainer.divergence.sentence
        assert bits(trainer.network) == before

    def spoil(self, trainer, layer, name, value):
        """Let a layer's gradient hold one bad entry from the next step on."""
        layer, steps = trainer.network.layers[layer], trainer.index
        right = layer.gradients

        def wrong(upstream, cache, out):
            gradients = right(upstream, cache, out)
            if trainer.index >= steps:
                gradients[name].flat[0] = value
            return gradients

        layer.gradients = wrong


def test_weights_that_are_no_numbers_from_the_start_are_told_at_step_1(experiment):
    trainer = Trainer(experiment())
    trainer.network.layers[2].params["weight"][0, 0] = np.nan
    assert list(trainer.steps()) == []
    assert trainer.divergence.step == 1
    assert trainer.index == 0
    assert "learning rate" not in trainer.divergence.sentence


def test_a_gradient_that_is_only_too_large_to_square_goes_on(experiment):
    """3e20 is a float32, its square is not: no reason to stop."""
    trainer = Trainer(experiment(learning_rate=1e-30))
    layer = trainer.network.layers[0]

    def too_large(upstream, cache, out):
        out["weight"][:], out["bias"][:] = 3e20, 0
        return out

    layer.gradients = too_large
    assert len(list(trainer.steps())) == 20
    assert trainer.divergence is None


def test_history_and_snapshot_of_a_diverged_run_can_be_used(experiment):
    trainer, history = Trainer(experiment(LINEAR, dataset="line", learning_rate=30, batch_size=0)), History()
    trainer.change("epochs", 500)
    for step in trainer.steps():
        history.append(step)
    assert np.isfinite(history.view("loss")[1]).all()
    assert isinstance(trainer.snapshot(), Snapshot)
    assert math.isfinite(trainer.evaluate("training").loss)
