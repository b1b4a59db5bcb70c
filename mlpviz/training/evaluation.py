"""How good a network is on a split: its loss and accuracy, in evaluation mode."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlpviz.data import Split
from mlpviz.nn import Loss, Network
from mlpviz.nn.arrays import Array

CHUNK = 250  # examples at a time, which stay in the processor's cache


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Loss and accuracy (0 to 1) over a whole split; accuracy is None for a task without classes."""

    loss: float
    accuracy: float | None


def evaluate(network: Network, split: Split, loss: Loss, threshold: float | None) -> Evaluation:
    """The loss and accuracy of a network over all examples of a split.

    Parameters
    ----------
    threshold
        Where a single output's yes begins; None if the task has no classes.
    """
    total, right = 0.0, 0
    for y, targets, value in in_pieces(network, split, loss):
        total += value * len(y)
        if threshold is not None:
            right += int(np.count_nonzero(correct(y, targets, threshold)))
    return Evaluation(total / len(split), right / len(split) if threshold is not None else None)


def in_pieces(network: Network, split: Split, loss: Loss) -> Iterator[tuple[Array, Array, float]]:
    """Outputs (B, K), targets (B, K) and mean loss of some examples at a time, in order."""
    for start in range(0, len(split), CHUNK):
        x, targets = split.batch(slice(start, start + CHUNK))
        with np.errstate(all="ignore"):  # a diverged network is judged as well: its loss is not finite
            y = network.predict(x)
            value = loss.value(y, targets)
        yield y, targets, value


def correct(y: Array, targets: Array, threshold: float) -> npt.NDArray[np.bool_]:
    """Which rows name the right class, booleans (N,)."""
    if targets.shape[1] > 1:
        return named(y, threshold) == targets.argmax(axis=1)
    return named(y, threshold) == (targets[:, 0] > 0)  # they are 0 and 1, or −1 and 1


def named(y: Array, threshold: float) -> npt.NDArray[np.integer | np.bool_]:
    """The class that each row names, (N,): the largest output, or of a single one whether it is enough."""
    return y.argmax(axis=1) if y.shape[1] > 1 else y[:, 0] > threshold
