"""What is measured of the layers, each number worked out a second way."""

import numpy as np
import pytest

from mlpviz.training import Trainer
from mlpviz.training.probes import PROBES, SPARSELY

NET = (
    {"kind": "affine", "units": 7},
    {"kind": "relu"},
    {"kind": "affine", "units": 5},
    {"kind": "batch_norm"},
    {"kind": "tanh"},
    {"kind": "affine", "units": 3},
    {"kind": "sigmoid"},
)


def slopes(kind, x):
    """The slope of the curve at x, as a share of its largest, by a difference in float64."""
    x = x.astype(np.float64)
    curve = np.tanh if kind == "tanh" else lambda x: 4 / (1 + np.exp(-x))
    return (curve(x + 1e-5) - curve(x - 1e-5)) / 2e-5


@pytest.fixture
def pairs(experiment):
    """Thirty steps, each with the network before it, its batch and the snapshot after it."""

    def pairs(layers=NET, **settings):
        trainer = Trainer(experiment(layers, epochs=6, **settings))
        for _ in range(30):
            before = trainer.network.copy()
            step = next(trainer.steps())
            snapshot = trainer.snapshot()
            x, _ = trainer.splits.training.batch(snapshot.batch)
            yield step, before, x, snapshot

    return pairs


def test_columns_are_named_by_measurement_position_and_parameter(pairs):
    step = next(pairs())[0]
    parameters = ["0.weight", "0.bias", "2.weight", "2.bias", "3.gamma", "3.beta", "5.weight", "5.bias"]
    assert set(step.probes) == {f"gradient_norm.{name}" for name in parameters}
    expected = {f"{probe}.{name}" for probe in ("gradient_largest", "update_ratio") for name in parameters}
    assert set(step.sparse_probes) == expected | {"dead_share.1", "saturated_share.4", "saturated_share.6"}


def test_the_costly_ones_are_taken_at_the_first_step_and_every_tenth_after(pairs):
    assert [step.index for step, *_ in pairs() if step.sparse_probes] == [1, 11, 21]
    assert SPARSELY == 10


@pytest.mark.parametrize(
    "settings", [{}, {"optimizer": "adam", "learning_rate": 0.01}, {"momentum": 0.9}], ids=str
)
def test_gradients_and_updates(pairs, settings):
    for step, before, _, snapshot in pairs(**settings):
        for i, gradients in enumerate(snapshot.gradients):
            for name, gradient in gradients.items():
                key = f"{i}.{name}"
                norm = np.sqrt((gradient.astype(np.float64) ** 2).sum())
                assert step.probes[f"gradient_norm.{key}"] == pytest.approx(norm, rel=1e-5)
                if step.sparse_probes:
                    largest = max(gradient.max(), -gradient.min())
                    assert step.sparse_probes[f"gradient_largest.{key}"] == pytest.approx(largest, rel=1e-6)
                    weight = np.linalg.norm(before.layers[i].params[name].astype(np.float64))
                    update = np.linalg.norm(snapshot.updates[i][name].astype(np.float64))
                    ratio = step.sparse_probes[f"update_ratio.{key}"]
                    if weight:
                        assert ratio == pytest.approx(update / weight, rel=1e-5)
                    else:
                        assert np.isnan(ratio)


def test_the_update_ratio_of_weights_that_are_all_0_is_no_number(pairs):
    step = next(pairs())[0]
    assert np.isnan(step.sparse_probes["update_ratio.0.bias"])
    assert np.isfinite(step.sparse_probes["update_ratio.0.weight"])


@pytest.mark.parametrize("spread", [0.1, 2, 30])
def test_the_saturated_share(pairs, spread):
    """Slopes below a twentieth of the largest, over all units and examples of the batch."""
    layers = [
        {"kind": "affine", "units": 50, "initializer": f"normal({spread})"},
        {"kind": "tanh"},
        {"kind": "affine", "units": 3, "initializer": f"normal({spread})"},
        {"kind": "sigmoid"},
    ]
    for step, before, x, _ in pairs(layers, learning_rate=1e-6):
        if step.sparse_probes:
            a = before.layers[0].forward(x)[0]
            z = before.layers[2].forward(np.tanh(a))[0]
            tanh, sigmoid = (np.mean(slopes(kind, v) < 0.05) for kind, v in (("tanh", a), ("sigmoid", z)))
            assert step.sparse_probes["saturated_share.1"] == pytest.approx(tanh, abs=0.002)
            assert step.sparse_probes["saturated_share.3"] == pytest.approx(sigmoid, abs=0.02)


class TestDeadShare:
    """Two clouds of ten hidden units; three are silenced by a bias far below zero."""

    @pytest.fixture
    def trainer(self, experiment):
        layers = [{"kind": "affine", "units": 10}, {"kind": "relu"}, {"kind": "affine", "units": 3}]
        trainer = Trainer(experiment(layers, epochs=100, learning_rate=1e-6))
        trainer.network.layers[0].params["bias"] = np.full(10, 50, np.float32)
        return trainer

    def shares(self, trainer, until):
        """The share by step, wherever it was measured."""
        found = {}
        for step in trainer.steps():
            if step.sparse_probes:
                found[step.index] = step.sparse_probes["dead_share.1"]
            if step.index == until:
                return found
        return found

    def silence(self, trainer, *units):
        bias = trainer.network.layers[0].params["bias"].copy()
        bias[list(units)] = -50
        trainer.network.layers[0].params["bias"] = bias

    def test_counts_a_unit_after_100_silent_steps_and_not_before(self, trainer):
        self.silence(trainer, 2, 3, 7)
        assert self.shares(trainer, 121) == {1 + 10 * i: 0 if i < 10 else 0.3 for i in range(13)}

    def test_counts_from_the_last_time_a_unit_fired(self, trainer):
        next(trainer.steps())
        self.silence(trainer, 4)  # silent from step 2 on: the hundredth silent step is step 101
        assert self.shares(trainer, 111) == {11 + 10 * i: 0 if i < 9 else 0.1 for i in range(11)}

    def test_a_step_later_counts_a_measurement_later(self, trainer):
        for _ in range(2):
            next(trainer.steps())
        self.silence(trainer, 4)
        assert self.shares(trainer, 111) == {11 + 10 * i: 0 if i < 10 else 0.1 for i in range(11)}

    def test_a_unit_that_fires_again_is_alive(self, trainer):
        self.silence(trainer, 2, 3)
        assert self.shares(trainer, 101)[101] == 0.2
        trainer.network.layers[0].params["bias"] = np.full(10, 50, np.float32)
        assert self.shares(trainer, 111)[111] == 0

    def test_firing_on_one_example_is_enough(self, experiment):
        """A single weight of 1 and a bias so low that only the input of the rightmost point gets above it."""
        layers = [{"kind": "affine", "units": 1}, {"kind": "relu"}, {"kind": "affine", "units": 3}]
        trainer = Trainer(experiment(layers, batch_size=0, epochs=120, learning_rate=1e-9))
        x, _ = trainer.splits.training.batch(slice(None))
        first, second = np.sort(x[:, 0])[[-1, -2]]
        params = trainer.network.layers[0].params
        params["weight"] = np.array([[1], [0]], np.float32)
        params["bias"] = np.array([-(first + second) / 2], np.float32)
        assert set(self.shares(trainer, 111).values()) == {0}


def test_every_measurement_says_what_it_is():
    for probe in PROBES.values():
        assert probe.title
        assert probe.help.endswith(".")
        assert probe.every in (1, SPARSELY)
