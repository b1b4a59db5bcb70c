"""What the specifications of the mathematics share: every layer, every loss, both precisions."""

import inspect

import numpy as np
import pytest

from mlpviz.nn import LAYERS, LOSSES


def every_loss():
    """Each loss of the table, and each of its scalings where it has some."""
    for name, loss in LOSSES.items():
        for scaling in getattr(loss, "scalings", [None]):
            yield pytest.param((loss, scaling), id=name + (f"-{scaling}" if scaling else ""))


@pytest.fixture(params=LAYERS)
def kind(request):
    """The name of a layer, one after the other all of the table."""
    return request.param


@pytest.fixture(params=every_loss())
def loss(request):
    kind_of_loss, scaling = request.param
    return kind_of_loss(scaling) if scaling else kind_of_loss()


@pytest.fixture(params=[np.float32, np.float64])
def dtype(request):
    return request.param


@pytest.fixture(scope="session")
def make_layer():
    """A function that builds a layer of any class, as wide behind as in front; all parameters are random."""

    def make_layer(kind, width, seed=0, dtype=np.float64):
        cls = LAYERS[kind] if isinstance(kind, str) else kind
        rng = np.random.default_rng(seed)
        place = {"n_in": width, "n_out": width, "n": width, "rng": rng, "dtype": dtype}
        wanted = inspect.signature(cls).parameters
        layer = cls(**{name: value for name, value in place.items() if name in wanted})
        for array in [*layer.params.values(), *layer.statistics.values()]:  # a bias of 0 hides mistakes
            array += (0.2 * rng.random(array.shape)).astype(dtype)
        return layer

    return make_layer


@pytest.fixture(scope="session")
def one_hot():
    """A function that gives n rows, each with a single 1; fit to be the targets of every loss."""

    def one_hot(n, width, seed=0, dtype=np.float64):
        return np.eye(width, dtype=dtype)[np.random.default_rng(seed).integers(0, width, n)]

    return one_hot
