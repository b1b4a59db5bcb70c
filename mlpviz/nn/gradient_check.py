"""Are the gradients right? Each is compared with a central difference in float64."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from mlpviz.nn.arrays import Array
from mlpviz.nn.layers import Layer
from mlpviz.nn.losses import Loss
from mlpviz.nn.network import Network

Sides: TypeAlias = list[npt.NDArray[np.bool_]]

ZERO = 1e-10  # central differences in float64 tell nothing smaller from rounding


@dataclass(frozen=True, slots=True)
class ArrayCheck:
    """How one parameter array's gradient compares with central differences.

    Attributes
    ----------
    layer, name, shape
        The array: its position in ``network.layers``, its name, its shape.
    error
        The largest |analytic − central| among the checked entries, over the largest |entry| of the
        analytic gradient (absolute where all of it is zero to rounding).
    largest
        The largest |entry| of the analytic gradient.
    checked, kinks
        How many entries were compared, and at how many more a ReLU changed side between w − h and
        w + h, so that no derivative exists to compare with.
    """

    layer: int
    name: str
    shape: tuple[int, ...]
    error: float
    largest: float
    checked: int
    kinks: int

    @property
    def passed(self) -> bool:
        """Below 1e-6; below 1e-10 in absolute terms is only rounding, and right as well."""
        return is_right(self.error * (self.largest if self.largest > ZERO else 1), self.largest)


def is_right(difference: float, largest: float) -> bool:
    """Whether a |analytic − central| is small beside the largest entry, or no more than rounding."""
    return difference <= max(1e-6 * largest, ZERO)


def check_gradients(
    network: Network,
    x: Array,
    targets: Array,
    loss: Loss,
    entries: int | None = None,
    training: bool = False,
    seed: int = 0,
    h: float = 1e-5,
) -> list[ArrayCheck]:
    """Compare every parameter array's gradient with central differences (L(w+h) − L(w−h)) / 2h.

    Parameters
    ----------
    network
        Is copied to float64; the original is not touched.
    x, targets
        The batch, (N, n_in) and (N, K).
    entries
        How many entries of each array to check, drawn at random beside the largest; None for all.
    training, seed
        Check the training mode, with dropout drawing from this seed at every evaluation.

    Raises
    ------
    ValueError
        If `entries` is not at least 1.
    """
    if entries is not None and entries < 1:
        raise ValueError(f"entries must be at least 1, or None for all, not {entries}")
    network = network.astype(np.float64)
    x, targets = x.astype(np.float64), targets.astype(np.float64)
    rng = np.random.default_rng(seed)

    def run() -> tuple[float, Sides]:
        return loss_and_sides(network.layers, x, targets, loss, training, seed)

    _, gradients = network.loss_and_gradients(x, targets, loss, training, np.random.default_rng(seed))
    checks = []
    for position, layer in enumerate(network.layers):
        for name, weight in layer.params.items():
            analytic = gradients[position][name].reshape(-1)
            flat = weight.reshape(-1)  # a view: writing to it changes the network
            differences = []
            chosen = _choose(np.abs(analytic), entries, rng)
            for i in chosen:
                w = flat[i]
                flat[i] = w + h
                above, sides_above = run()
                flat[i] = w - h
                below, sides_below = run()
                flat[i] = w
                if same_sides(sides_above, sides_below):
                    differences.append(abs(analytic[i] - (above - below) / (2 * h)))
            worst = float(np.max(differences, initial=0))
            largest = float(np.abs(analytic).max())
            error = worst / largest if largest > ZERO else worst
            kinks = len(chosen) - len(differences)
            checks.append(ArrayCheck(position, name, weight.shape, error, largest, len(differences), kinks))
    return checks


def loss_and_sides(
    layers: Sequence[Layer], y: Array, targets: Array, loss: Loss, training: bool = False, seed: int = 0
) -> tuple[float, Sides]:
    """The loss of what goes into some layers, and on which side of its kink each unit was."""
    sides = []
    dropout_rng = np.random.default_rng(seed)
    for layer in layers:
        if layer.has_kink:
            sides.append(y > 0)
        y, _ = layer.forward_training(y, dropout_rng) if training else layer.forward(y)
    return loss.value(y, targets), sides


def same_sides(a: Sides, b: Sides) -> bool:
    """Whether no unit crossed its kink between two runs."""
    return all(np.array_equal(one, other) for one, other in zip(a, b, strict=True))


def _choose(sizes: Array, entries: int | None, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    if entries is None or entries >= sizes.size:
        return np.arange(sizes.size)
    chosen = rng.choice(sizes.size, entries, replace=False)
    if sizes.argmax() not in chosen:
        chosen[0] = sizes.argmax()
    return chosen
