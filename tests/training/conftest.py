"""What the specifications of training share: small experiments, and a run taken down to the last bit."""

import numpy as np
import pytest

from mlpviz.training import Experiment

RELU_NET = (
    {"kind": "affine", "units": 6},
    {"kind": "relu"},
    {"kind": "affine", "units": 3},
    {"kind": "sigmoid"},
)


@pytest.fixture(scope="session")
def experiment():
    """A function that makes an experiment: three clouds of points, 2-6-3, 120 examples in batches of 25."""

    def experiment(layers=RELU_NET, **settings):
        basis = {"dataset": "blobs", "validation_size": 30, "batch_size": 25, "epochs": 4}
        return Experiment.from_table({**basis, "learning_rate": 0.3, **settings, "layers": list(layers)})

    return experiment


@pytest.fixture(scope="session")
def bits():
    """A function that gives every bit of a network: its parameters and its running statistics."""

    def bits(network):
        return [
            {name: array.tobytes() for name, array in {**layer.params, **layer.statistics}.items()}
            for layer in network.layers
        ]

    return bits


@pytest.fixture(scope="session")
def told():
    """A function that takes down all that steps say; a number that is no number equals itself."""

    def told(steps):
        return [repr(step) for step in steps]

    return told


@pytest.fixture(scope="session")
def any_layer():
    """A network with every kind of layer, for the three clouds."""
    return (
        {"kind": "affine", "units": 8},
        {"kind": "batch_norm"},
        {"kind": "relu"},
        {"kind": "dropout", "rate": 0.25},
        {"kind": "affine", "units": 6},
        {"kind": "leaky_relu"},
        {"kind": "affine", "units": 5},
        {"kind": "tanh"},
        {"kind": "affine", "units": 3},
        {"kind": "sigmoid"},
    )


@pytest.fixture(scope="session")
def all_finite():
    """A function that says whether a network holds finite numbers only."""

    def all_finite(network):
        arrays = [a for layer in network.layers for a in (*layer.params.values(), *layer.statistics.values())]
        return all(np.isfinite(array).all() for array in arrays)

    return all_finite
