"""Whether a run has learnt its examples, and whether one that has not stands on a plateau."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlpviz.data import Split
from mlpviz.nn import Loss, Network, SquaredError, least_squares
from mlpviz.nn.arrays import Array, Arrays
from mlpviz.training.evaluation import CHUNK, Evaluation
from mlpviz.training.trainer import Trainer

FEW_EXAMPLES = 20
"""With so few training examples or fewer, all of them have to be right, as the four of XOR."""

USUAL_SHARE = 0.95
"""With more, this share of them has to be right, unless another one is asked for."""

NEAR_BEST = 0.05
"""How far above the least possible loss a fit may end, as a share of it, to count as learnt."""

TINY_LOSS = 1e-6
"""Added to that, for examples that can be fitted without any loss."""

FLAT_GRADIENT = 1e-3
"""On a plateau the gradient of the whole network, over all training examples, has a norm below this."""

FLAT_CHANGE = 0.01
"""And over the last quarter of the steps the loss moved by less than this share of itself."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """What a run must reach in the end to have learnt its training examples.

    Attributes
    ----------
    accuracy
        The least share of the training examples that must be right, above 0 to 1; None without classes.
    loss
        The largest training loss allowed, for a task without classes; None where no least loss is known.
    words
        The criterion as people read it.
    """

    accuracy: float | None
    loss: float | None
    words: str

    def holds(self, evaluation: Evaluation) -> bool | None:
        """Whether it is reached; None where the task has no criterion."""
        if self.accuracy is not None and evaluation.accuracy is not None:
            return evaluation.accuracy >= self.accuracy
        return None if self.loss is None else evaluation.loss <= self.loss

    def holds_each(self, losses: Array, accuracies: Array | None) -> npt.NDArray[np.bool_]:
        """Where in rows of losses and accuracies (n,) it is reached."""
        if self.accuracy is not None and accuracies is not None:
            return accuracies >= self.accuracy
        return np.zeros(len(losses), bool) if self.loss is None else losses <= self.loss


def criterion(trainer: Trainer, share: float | None = None) -> Criterion:
    """The criterion for a trainer's experiment.

    For classes: the share of its training examples that the network names right at the end, in
    evaluation mode; all of them where they are 20 or fewer, 95 % otherwise, or what is asked for. For
    targets without classes and a single layer of weights: a squared error within 5 % of the least
    squares one. For anything else no least loss is known, and there is no verdict.

    Parameters
    ----------
    share
        The share to ask for, above 0 to 1.

    Raises
    ------
    ValueError
        If the share is impossible, or the task has no classes to name.
    """
    if share is not None and not 0 < share <= 1:
        raise ValueError(f"learnt must be a share above 0 and up to 1, such as 0.95, not {share:g}")
    if trainer.threshold is not None:
        least = share if share is not None else usual_share(len(trainer.splits.training))
        of_them = "all" if least == 1.0 else f"at least {100 * least:.4g} %"
        return Criterion(least, None, f"{of_them} of the training examples are right at the end")
    if share is not None:
        raise ValueError(
            f"learnt is a share of right answers, but dataset {trainer.dataset.name!r} has no classes: "
            "leave it out"
        )
    best = _least_loss(trainer)
    if best is None:
        return Criterion(None, None, "no verdict: for this task no least loss is known to compare with")
    words = f"the training loss ends within {100 * NEAR_BEST:.0f} % of that of least squares"
    return Criterion(None, (1 + NEAR_BEST) * best + TINY_LOSS, words)


def usual_share(n: int) -> float:
    """How much of so many training examples has to be right, unless another share is asked for."""
    return 1.0 if n <= FEW_EXAMPLES else USUAL_SHARE


def _least_loss(trainer: Trainer) -> float | None:
    """The loss of least squares, where the network is one layer of weights with a squared error."""
    layer = trainer.network.layers[0]
    if len(trainer.network.layers) > 1 or not isinstance(trainer.loss, SquaredError):
        return None
    x, targets = trainer.splits.training.batch(slice(None))
    best = least_squares(x, targets, bias="bias" in layer.params)
    y, _ = best.forward(x.astype(np.float64))
    return trainer.loss.value(y, targets.astype(np.float64))


def gradient_norm(network: Network, split: Split, loss: Loss) -> float:
    """The norm of the gradient of all parameters, over a whole split in evaluation mode."""
    total: list[Arrays] = []
    with np.errstate(all="ignore"):  # a diverged network is measured as well
        for start in range(0, len(split), CHUNK):
            x, targets = split.batch(slice(start, start + CHUNK))
            _, gradients = network.loss_and_gradients(x, targets, loss)
            part = len(x) / len(split)
            parts = [{name: part * a for name, a in layer.items()} for layer in gradients]
            total = parts if not total else [_sum(*pair) for pair in zip(total, parts, strict=True)]
        squares = sum(float(np.sum(a.astype(np.float64) ** 2)) for layer in total for a in layer.values())
        return float(np.sqrt(squares))


def _sum(one: Arrays, other: Arrays) -> Arrays:
    return {name: one[name] + other[name] for name in one}


def stands_still(losses: Sequence[float] | npt.NDArray[np.float64], gradient: float) -> bool:
    """Whether a run that has not learnt is on a plateau.

    Parameters
    ----------
    losses
        Of every step, in order.
    gradient
        The norm of the whole network's gradient at the end.
    """
    quarter = max(len(losses) // 4, 2)
    if not gradient < FLAT_GRADIENT or len(losses) < quarter:
        return False
    earlier, later = (float(np.mean(part)) for part in np.array_split(np.asarray(losses[-quarter:]), 2))
    return abs(later - earlier) <= FLAT_CHANGE * max(abs(earlier), 1e-12)
