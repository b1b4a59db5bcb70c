"""Single parameters of a network: how one is addressed, what people call it, and the path it has taken."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mlpviz.nn import Linear, Network
from mlpviz.nn.arrays import Arrays

MOST_RECORDED = 1000
"""Networks of more parameters keep no path: copying them at each step would slow training."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """The address of one weight or bias.

    Attributes
    ----------
    layer, name, index
        Position in ``network.layers``, ``"weight"`` or ``"bias"``, and where in that array.
    symbol, words
        What it is called on an axis, "w1", and in a sentence, "the weight of x1".
    """

    layer: int
    name: str
    index: tuple[int, ...]
    symbol: str
    words: str

    def of(self, arrays: Sequence[Arrays]) -> float:
        """Its entry in arrays by layer and name, such as ``network.params`` or gradients."""
        return float(arrays[self.layer][self.name][self.index])


def parameters_of(network: Network, input_names: Sequence[str] = ()) -> list[Parameter]:
    """All weights and biases, layer by layer, weights row by row."""
    return [_named(network, *address, input_names) for address in _addresses(network)]


def largest_gradients(
    network: Network, gradients: Sequence[Arrays], most: int, input_names: Sequence[str] = ()
) -> list[Parameter]:
    """The weights and biases by which the loss changes most, the largest first, `most` of them at most."""
    places = [(i, name, gradients[i][name]) for i, name in _arrays(network) if name in gradients[i]]
    sizes = np.concatenate([np.abs(gradient).ravel() for _, _, gradient in places] or [np.empty(0)])
    starts = np.cumsum([0, *(gradient.size for _, _, gradient in places)])
    found = []
    for place in np.argsort(-np.nan_to_num(sizes), kind="stable")[:most]:
        k = int(np.searchsorted(starts, place, side="right")) - 1
        i, name, gradient = places[k]
        index = tuple(int(n) for n in np.unravel_index(place - starts[k], gradient.shape))
        found.append(_named(network, i, name, index, input_names))
    return found


def _arrays(network: Network) -> Iterator[tuple[int, str]]:
    """The arrays that hold weights and biases."""
    for i, layer in enumerate(network.layers):
        if isinstance(layer, Linear):
            yield from ((i, name) for name in layer.params)


def _addresses(network: Network) -> Iterator[tuple[int, str, tuple[int, ...]]]:
    for i, name in _arrays(network):
        for index in np.ndindex(network.params[i][name].shape):
            yield i, name, index


def _named(
    network: Network, position: int, name: str, index: tuple[int, ...], input_names: Sequence[str]
) -> Parameter:
    """A parameter with its symbol and words; of a single unit short ones."""
    layers = [i for i, layer in enumerate(network.layers) if isinstance(layer, Linear)]
    number, (n_in, n_out) = layers.index(position) + 1, network.params[position]["weight"].shape
    single, place = len(layers) == 1 and n_out == 1, ",".join(map(str, index))
    if name == "bias":
        if single:
            return Parameter(position, name, index, "b", "the bias")
        words = f"layer {number}: bias of unit {index[0]}"
        return Parameter(position, name, index, f"b{number}[{place}]", words)
    source = f"unit {index[0]}" if number > 1 else _input_name(index[0], n_in, input_names)
    if single:
        symbol = "w" if n_in == 1 else f"w{index[0] + 1}"
        return Parameter(position, name, index, symbol, f"the weight of {source}")
    words = f"layer {number}: weight from {source} into unit {index[1]}"
    return Parameter(position, name, index, f"W{number}[{place}]", words)


def _input_name(i: int, n_in: int, names: Sequence[str]) -> str:
    if names:
        return names[i]
    return "x" if n_in == 1 else f"x[{i}]"


class ParameterPath:
    """Where all parameters of a small network were at each step, in bounded memory.

    One thread may append while others read. When the store is full every second row is dropped, and
    from then on only every second step is kept; the first row always stays.

    Parameters
    ----------
    network
        Whose parameters are followed; it must not grow.
    capacity
        How many rows are kept at most.

    Attributes
    ----------
    every
        Of so many steps one is taken down.
    """

    def __init__(self, network: Network, capacity: int = 2048) -> None:
        self._places: dict[tuple[int, str], tuple[slice, tuple[int, ...]]] = {}
        start = 0
        for i, params in enumerate(network.params):
            for name, array in params.items():
                self._places[i, name] = slice(start, start + array.size), array.shape
                start += array.size
        self._columns = [(i, name, columns) for (i, name), (columns, _) in self._places.items()]
        self._steps = np.empty(capacity, np.int64)
        self._values = np.empty((capacity, start), np.float32)
        self._length = 0
        self.every = 1
        self._state = self._steps, self._values, 0

    @classmethod
    def of(cls, network: Network) -> "ParameterPath | None":
        """A path for a network; None where the network is too large to be followed."""
        return cls(network) if network.n_parameters <= MOST_RECORDED else None

    def append(self, step: int, network: Network) -> None:
        """Take down the parameters after a step, unless the path has become too long for each one."""
        if step % self.every:
            return
        n = self._length
        if n == len(self._steps):
            self._thin()
            n = self._length
            if step % self.every:
                return
        row = self._values[n]
        for i, name, columns in self._columns:
            row[columns] = network.layers[i].params[name].ravel()
        self._steps[n] = step
        self._length = n + 1
        self._state = self._steps, self._values, n + 1  # only now can a reader see the row

    def _thin(self) -> None:
        """Keep every second row, in new arrays: those who read the old ones are left alone."""
        self.every *= 2
        kept = np.flatnonzero((self._steps % self.every == 0) | (np.arange(len(self._steps)) == 0))
        steps, values = np.empty_like(self._steps), np.empty_like(self._values)
        steps[: len(kept)], values[: len(kept)] = self._steps[kept], self._values[kept]
        self._steps, self._values, self._length = steps, values, len(kept)

    def view(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """Steps (n,) and parameters (n, P): a prefix that is never written again."""
        steps, values, n = self._state
        return steps[:n], values[:n]

    def column(self, parameter: Parameter) -> int:
        """Where a parameter stands in a row."""
        columns, shape = self._places[parameter.layer, parameter.name]
        return columns.start + int(np.ravel_multi_index(parameter.index, shape))

    def network_at(self, row: npt.NDArray[np.float32], like: Network) -> Network:
        """A network in float64 whose parameters are those of a row; all else is as in `like`."""
        network = like.astype(np.float64)
        for (i, name), (columns, shape) in self._places.items():
            network.layers[i].params[name] = row[columns].astype(np.float64).reshape(shape)
        return network


def with_values(network: Network, parameters: Sequence[Parameter], values: Sequence[float]) -> Network:
    """A copy of a network with some parameters set."""
    changed = network.copy()
    for parameter, value in zip(parameters, values, strict=True):
        array: npt.NDArray[Any] = changed.params[parameter.layer][parameter.name]
        array[parameter.index] = value
    return changed
