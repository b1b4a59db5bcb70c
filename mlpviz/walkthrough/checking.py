"""Any entry of any gradient against its central difference in float64."""

from dataclasses import dataclass

import numpy as np

from mlpviz.nn import Loss, Network
from mlpviz.nn.arrays import Array
from mlpviz.nn.gradient_check import ZERO, Sides, is_right, loss_and_sides, same_sides

STEP = 1e-5


@dataclass(frozen=True, slots=True)
class EntryCheck:
    """One entry's gradient beside its central difference.

    Attributes
    ----------
    analytic, central
        Both in float64.
    h
        The step of the difference.
    error
        |analytic − central| over the largest |entry| of that gradient (absolute where all of it is 0).
    kink
        Whether a ReLU changed side between −h and +h, so that there is no derivative to compare with.
    largest
        The largest |entry| of that gradient.
    """

    analytic: float
    central: float
    h: float
    error: float
    kink: bool
    largest: float

    @property
    def passed(self) -> bool:
        """Below 1e-6; below 1e-10 in absolute terms is only rounding, and right as well."""
        return is_right(abs(self.analytic - self.central), self.largest)


def check_parameter(
    network: Network,
    x: Array,
    target: Array,
    loss: Loss,
    layer: int,
    name: str,
    index: tuple[int, ...],
    h: float = STEP,
) -> EntryCheck:
    """Check the gradient of one entry of a parameter, such as ``weight`` at (i, j) of layer 0."""
    network = network.astype(np.float64)
    x, target = x.astype(np.float64), target.astype(np.float64)
    _, gradients = network.loss_and_gradients(x, target, loss)
    array = network.layers[layer].params[name]

    def run(change: float) -> tuple[float, Sides]:
        before = array[index]
        array[index] = before + change
        result = loss_and_sides(network.layers, x, target, loss)
        array[index] = before
        return result

    return _compare(gradients[layer][name], index, run(h), run(-h), h)


def check_value(
    network: Network, x: Array, target: Array, loss: Loss, layer: int, unit: int, h: float = STEP
) -> EntryCheck:
    """Check the gradient by one number that goes into a layer; past the last layer, by an output."""
    network = network.astype(np.float64)
    x, target = x.astype(np.float64), target.astype(np.float64)
    trace = network.trace(x, target, loss)
    last = layer == len(network.layers)
    value = trace.outputs[-1] if last else trace.inputs[layer]
    gradient = trace.upstream[-1] if last else trace.downstream[layer]

    def run(change: float) -> tuple[float, Sides]:
        moved = value.copy()
        moved[0, unit] += change
        return loss_and_sides(network.layers[layer:], moved, target, loss)

    return _compare(gradient, (0, unit), run(h), run(-h), h)


def _compare(
    gradient: Array,
    index: tuple[int, ...],
    above: tuple[float, Sides],
    below: tuple[float, Sides],
    h: float,
) -> EntryCheck:
    central = (above[0] - below[0]) / (2 * h)
    analytic, largest = float(gradient[index]), float(np.abs(gradient).max())
    difference = abs(analytic - central)
    kink = not same_sides(above[1], below[1])
    error = difference / largest if largest > ZERO else difference
    return EntryCheck(analytic, central, h, error, kink, largest)
