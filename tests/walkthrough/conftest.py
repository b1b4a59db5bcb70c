"""What the specifications of the walkthrough share: every preset in a small way, and small networks."""

from functools import lru_cache
from itertools import islice, pairwise

import numpy as np
import pytest

from mlpviz.nn import SGD, Affine, Network, Sigmoid, SquaredError
from mlpviz.training import Experiment, Trainer
from mlpviz.training.presets import load_preset, preset_names
from mlpviz.walkthrough import walk

STEPS = 3
SIGMOID_NET = (
    {"kind": "affine", "units": 2},
    {"kind": "sigmoid"},
    {"kind": "affine", "units": 1},
    {"kind": "sigmoid"},
)
TOYS = {
    "toy-xor": {"dataset": "gate_xor", "layers": SIGMOID_NET, "learning_rate": 2.0, "batch_size": 0},
    "toy-plane": {"dataset": "plane", "layers": ({"kind": "affine", "units": 1},), "loss_scaling": "mean"},
    "toy-line": {"dataset": "line", "layers": ({"kind": "linear", "units": 1},), "loss_scaling": "mean"},
    "toy-and": {
        "dataset": "gate_and",
        "loss": "binary_cross_entropy",
        "layers": ({"kind": "affine", "units": 1, "initializer": "glorot"},),
        "batch_size": 0,
    },
    "toy-iris": {
        "dataset": "iris",
        "loss": "softmax_cross_entropy",
        "optimizer": "adam",
        "layers": (
            {"kind": "affine", "units": 6},
            {"kind": "batch_norm"},
            {"kind": "leaky_relu"},
            {"kind": "dropout", "rate": 0.25},
            {"kind": "affine", "units": 5},
            {"kind": "tanh"},
            {"kind": "affine", "units": 3},
        ),
    },
}
SYSTEMS = (*preset_names(), *TOYS)


def experiment_of(name: str) -> Experiment:
    if name in TOYS:
        basis = {"title": name, "epochs": 50, "learning_rate": 0.1, "batch_size": 20}
        return Experiment.from_table({**basis, **TOYS[name], "layers": list(TOYS[name]["layers"])})
    preset = load_preset(name)
    if not preset.dataset.startswith("digits"):
        return preset
    sizes = {"training_size": 500, "validation_size": 100, "batch_size": min(preset.batch_size, 100)}
    return preset.with_settings(sizes)


@lru_cache
def trained(name: str) -> Trainer:
    trainer = Trainer(experiment_of(name))
    list(islice(trainer.steps(), STEPS))
    return trainer


@pytest.fixture(scope="session", params=SYSTEMS)
def trainer(request) -> Trainer:
    """Every preset, and toy networks of every kind, after a few steps. Not to be trained on."""
    return trained(request.param)


@pytest.fixture(scope="session")
def trainer_of():
    """A function that gives one of them by name."""
    return trained


@pytest.fixture(scope="session")
def walk_of():
    """A function that walks an example of a trainer's training split."""

    def walk_of(trainer, index=0):
        x, target = trainer.splits.training.batch(np.array([index]))
        return walk(trainer.network, x, target, trainer.loss, trainer.optimizer)

    return walk_of


@pytest.fixture
def net():
    """A function that makes a network of affine layers with these widths, others between; in float64."""

    def net(widths, *between, seed=0, end=(), dtype=np.float64):
        rng = np.random.default_rng(seed)
        layers = []
        for i, (n, k) in enumerate(pairwise(widths)):
            layers.append(Affine(n, k, rng=rng, bias_initializer="normal(0.3)", dtype=dtype))
            layers += [make(k).copy(dtype) for make in (between if i < len(widths) - 2 else end)]
        return Network(layers)

    return net


@pytest.fixture
def hand():
    """The 2-2-1 network whose numbers test_by_hand.py works out, and its example; in float64."""
    first, second = Affine(2, 2, dtype=np.float64, initializer="zeros"), Affine(2, 1, initializer="zeros")
    second = second.copy(np.float64)
    first.weight[:] = [[0.5, -0.3], [0.8, 0.2]]
    first.bias[:] = [0.1, -0.1]
    second.weight[:] = [[0.7], [-0.4]]
    second.bias[:] = [0.2]
    network = Network([first, Sigmoid(), second, Sigmoid()])
    return walk(network, np.array([[1.0, 0.0]]), np.array([[1.0]]), SquaredError(), SGD(0.5))
