"""A network: layers in order, run forwards for an answer and backwards for the gradients."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from mlpviz.nn.arrays import Array, Arrays, Out
from mlpviz.nn.layers import Layer
from mlpviz.nn.losses import Loss


@dataclass(frozen=True, slots=True)
class LayerTrace:
    """What passed through one layer: values forwards, gradients backwards. Row i belongs to example i."""

    inputs: Array
    outputs: Array
    upstream: Array
    downstream: Array
    gradients: Arrays


@dataclass(frozen=True, slots=True)
class Trace:
    """The record of one pass of chosen examples through a network and back.

    ``trace.layers[i].inputs`` and ``trace.inputs[i]`` are the same array; so with the other four.
    """

    loss: float
    layers: tuple[LayerTrace, ...]

    @property
    def inputs(self) -> list[Array]:
        return [layer.inputs for layer in self.layers]

    @property
    def outputs(self) -> list[Array]:
        return [layer.outputs for layer in self.layers]

    @property
    def upstream(self) -> list[Array]:
        return [layer.upstream for layer in self.layers]

    @property
    def downstream(self) -> list[Array]:
        return [layer.downstream for layer in self.layers]

    @property
    def gradients(self) -> list[Arrays]:
        return [layer.gradients for layer in self.layers]


class Network:
    """A multilayer perceptron: each layer's output is the next one's input.

    Raises
    ------
    ValueError
        If there is no layer, or a layer's width does not fit the one before it.
    """

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = list(layers)
        if not self.layers:
            raise ValueError("a network needs at least one layer")
        width = None
        for position, layer in enumerate(self.layers):
            if width is not None and layer.n_in not in (None, width):
                raise ValueError(
                    f"layer {position} ({type(layer).__name__}) takes {layer.n_in} inputs, "
                    f"but the layers before it give {width}"
                )
            width = layer.n_out or width

    @property
    def params(self) -> list[Arrays]:
        """The parameters of each layer, in order; ``{}`` where there are none."""
        return [layer.params for layer in self.layers]

    @property
    def n_parameters(self) -> int:
        """How many numbers training adjusts."""
        return sum(array.size for params in self.params for array in params.values())

    def predict(self, x: Array) -> Array:
        """The last layer's output, (N, K), for inputs (N, n_in)."""
        for layer in self.layers:
            x, _ = layer.forward(x)
        return x

    def forward(
        self, x: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[list[Array], list[Any]]:
        """Every layer's output, the last being the network's, and every layer's cache for the way back."""
        outputs, caches = [], []
        for layer in self.layers:
            x, cache = layer.forward_training(x, rng) if training else layer.forward(x)
            outputs.append(x)
            caches.append(cache)
        return outputs, caches

    def backward(self, upstream: Array, caches: Sequence[Any]) -> dict[int, Array]:
        """Backpropagation: the upstream gradient of each layer by its position, given that of the last.

        Below the first layer with parameters nobody needs a gradient, so the walk ends there.
        """
        last = len(self.layers) - 1
        first = next((i for i, layer in enumerate(self.layers) if layer.params), last)
        upstreams = {last: upstream}
        for i in range(last, first, -1):
            upstreams[i - 1] = self.layers[i].backward(upstreams[i], caches[i])
        return upstreams

    def gradients(
        self, upstreams: Mapping[int, Array], caches: Sequence[Any], out: Sequence[Out] = ()
    ) -> list[Arrays]:
        """The gradients of each layer's parameters, in order, given what `backward` found.

        They are written into the arrays ``out``, if given.
        """
        return [
            layer.gradients(upstreams[i], caches[i], *out[i : i + 1]) if i in upstreams else {}
            for i, layer in enumerate(self.layers)
        ]

    def loss_and_gradients(
        self,
        x: Array,
        targets: Array,
        loss: Loss,
        training: bool = False,
        rng: np.random.Generator | None = None,
    ) -> tuple[float, list[Arrays]]:
        """The loss of a batch, and for each layer in order the gradients of its parameters.

        Parameters
        ----------
        x, targets
            Inputs (N, n_in) and targets (N, K), floats.
        training, rng
            Whether Dropout and BatchNorm behave as in training, and the generator Dropout draws from.
        """
        outputs, caches = self.forward(x, training, rng)
        y = outputs[-1]
        upstreams = self.backward(loss.gradient(y, targets), caches)
        return loss.value(y, targets), self.gradients(upstreams, caches)

    def trace(self, x: Array, targets: Array, loss: Loss) -> Trace:
        """Everything that one pass in evaluation mode computes, forwards and backwards."""
        outputs, caches = self.forward(x)
        inputs = [x, *outputs[:-1]]
        upstream = loss.gradient(outputs[-1], targets)
        layers: list[LayerTrace] = []
        for i, layer in reversed(list(enumerate(self.layers))):
            downstream = layer.backward(upstream, caches[i])
            gradients = layer.gradients(upstream, caches[i])
            layers.insert(0, LayerTrace(inputs[i], outputs[i], upstream, downstream, gradients))
            upstream = downstream
        return Trace(loss.value(outputs[-1], targets), tuple(layers))

    def copy(self) -> Self:
        """A network of its own with equal parameters."""
        return type(self)([layer.copy() for layer in self.layers])

    def astype(self, dtype: npt.DTypeLike) -> Self:
        """A copy in another precision, such as np.float64 for checking gradients."""
        return type(self)([layer.copy(dtype) for layer in self.layers])
