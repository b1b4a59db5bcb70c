"""What a graph of a network shows: its weights and biases layer by layer, and the names at its ends."""

from collections.abc import Sequence

from numpy.typing import NDArray

from mlpviz.data import Dataset
from mlpviz.nn import Network
from mlpviz.nn.arrays import Arrays

Numbers = tuple[NDArray, NDArray | None]
"""A weight (n_in, n_out) and a bias (n_out,), or None where the layer has none."""


def weight_positions(network: Network) -> list[int]:
    """The positions of the layers with a weight."""
    return [i for i, layer in enumerate(network.layers) if "weight" in layer.params]


def graph_sizes(network: Network) -> list[int]:
    """The number of inputs, and of units of each layer with a weight."""
    shapes = [network.layers[i].params["weight"].shape for i in weight_positions(network)]
    return [shapes[0][0], *(shape[1] for shape in shapes)]


def graph_numbers(arrays: Sequence[Arrays]) -> list[Numbers]:
    """Weight and bias of each layer that has a weight: of parameters, or of their gradients."""
    return [(layer["weight"], layer.get("bias")) for layer in arrays if "weight" in layer]


def graph_names(dataset: Dataset, sizes: Sequence[int]) -> tuple[Sequence[str], Sequence[str]]:
    """What the inputs and the outputs are called; outputs that are no classes have no name."""
    inputs = dataset.input_names or [f"x[{i}]" for i in range(sizes[0])]
    return inputs, dataset.classes if len(dataset.classes) == sizes[-1] else [""] * sizes[-1]
