"""What a network says of every example of a split: its answers, its certainty, and in which order to look."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlpviz.data import Split
from mlpviz.nn import Loss, Network
from mlpviz.nn.arrays import Array
from mlpviz.training.evaluation import in_pieces, named

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

UNSAID = -1
"""The answer of a network whose outputs are not finite numbers: none."""


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """One pass of a network over the N examples of a split, in evaluation mode.

    Attributes
    ----------
    outputs, targets
        (N, K), as the network gives them and as they should be.
    loss
        Over the whole split.
    n_classes
        0 for regression; the next four are then None.
    labels, predictions
        (N,) the true class and the class said; ``UNSAID`` where an output is not finite.
    shares
        (N, n_classes) how certain the network is of each class, 0 to 1; see `class_shares`.
    margins
        (N,) by how much the largest output is above the second; for one output its distance from the
        threshold. In the outputs' own unit.
    """

    outputs: Array
    targets: Array
    loss: float
    n_classes: int
    labels: Indices | None
    predictions: Indices | None
    shares: Array | None
    margins: Array | None

    def __len__(self) -> int:
        return len(self.outputs)

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        """(N,) whether the class said is the true one; all False for regression."""
        if self.predictions is None:
            return np.zeros(len(self), bool)
        return self.predictions == self.labels

    @property
    def accuracy(self) -> float | None:
        """The part of the examples that is named right, 0 to 1; None for regression."""
        return None if self.predictions is None else int(np.count_nonzero(self.right)) / len(self)

    @property
    def certainty(self) -> Floats:
        """(N,) the share of the class said, 0 to 1; NaN where nothing was said."""
        if self.predictions is None or self.shares is None:
            return np.full(len(self), np.nan)
        chosen = self.shares[np.arange(len(self)), np.maximum(self.predictions, 0)].astype(np.float64)
        return np.where(self.predictions == UNSAID, np.nan, chosen)

    @property
    def unsaid(self) -> int:
        """For how many examples the outputs are not finite numbers."""
        return int(np.count_nonzero(~np.isfinite(self.outputs).all(axis=1)))


def judge(
    network: Network,
    split: Split,
    loss: Loss,
    threshold: float | None,
    n_classes: int,
    cancelled: Callable[[], bool] = lambda: False,
) -> Judgement | None:
    """Let a network say something of every example of a split.

    Parameters
    ----------
    threshold
        Where a single output's yes begins; None if the task has no classes.
    n_classes
        0 for regression.
    cancelled
        Asked now and then; if so the answer is None.

    Raises
    ------
    ValueError
        If the split is empty.
    """
    if len(split) == 0:
        raise ValueError("there is no example to judge: the split is empty")
    outputs, targets, total = [], [], 0.0
    for y, t, value in in_pieces(network, split, loss):
        outputs.append(y)
        targets.append(t)
        total += value * len(y)
        if cancelled():
            return None
    y, t, mean = np.concatenate(outputs), np.concatenate(targets), total / len(split)
    if threshold is None or not n_classes:
        return Judgement(y, t, mean, 0, None, None, None, None)
    stored = split.examples.targets
    shares = class_shares(loss, y, float(stored.min()), float(stored.max()))
    labels = split.labels_at(slice(None))
    with np.errstate(invalid="ignore"):
        return Judgement(y, t, mean, n_classes, labels, said(y, threshold), shares, margins_of(y, threshold))


def said(y: Array, threshold: float) -> Indices:
    """The class that outputs (N, K) name, (N,): the largest, or whether a single one is above the threshold.

    ``UNSAID`` where an output is not a finite number.
    """
    return np.where(np.isfinite(y).all(axis=1), named(y, threshold), UNSAID)


def class_shares(loss: Loss, y: Array, low: float = 0.0, high: float = 1.0) -> Array:
    """How certain a network is of each class, from its outputs (N, K): (N, K), or (N, 2) for one output.

    What is taken for certainty:

    - with a loss on scores, the probabilities that it makes of them (softmax, or the sigmoid of each);
    - with the squared error, the outputs themselves, measured from the target of "no" (`low`) to that of
      "yes" (`high`) and cut off at 0 and 1. For sigmoid outputs and targets 0 and 1 that is the output.
      They need not add up to 1;
    - one output is the certainty of the second class, and one minus it that of the first.
    """
    with np.errstate(all="ignore"):
        shares = loss.probabilities(y)
        if not loss.on_scores:
            shares = np.clip((shares - low) / (high - low if high > low else 1.0), 0.0, 1.0)
    return shares if y.shape[1] > 1 else np.concatenate([1 - shares, shares], axis=1)


def margins_of(y: Array, threshold: float) -> Array:
    """By how much the largest output is above the second, (N,); a single one: how far from the threshold."""
    if y.shape[1] == 1:
        return np.abs(y[:, 0] - threshold)
    best = np.partition(y, -2, axis=1)
    return best[:, -1] - best[:, -2]


def mistakes(judgement: Judgement) -> Indices:
    """The examples named wrong, the surest mistake first: by certainty, then by margin, then in order.

    Those of which nothing was said come last.
    """
    assert judgement.margins is not None
    wrong = np.flatnonzero(~judgement.right)
    return surest_first(judgement, wrong)


def surest_first(judgement: Judgement, examples: Indices) -> Indices:
    """Some examples, the surest first; those of which nothing was said last."""
    assert judgement.margins is not None
    certainty, margins = judgement.certainty[examples], judgement.margins[examples]
    return examples[np.lexsort((-np.nan_to_num(margins), -np.nan_to_num(certainty, nan=-1.0)))]


def least_certain(judgement: Judgement) -> Indices:
    """All examples, those of the smallest margin first; those of which nothing was said last."""
    assert judgement.margins is not None
    return np.argsort(judgement.margins, kind="stable")  # NaN is sorted to the end


def in_cell(judgement: Judgement, label: int | None, answer: int | None) -> Indices:
    """The examples of a true class that were said to be another; None for any class.

    The mistakes come first, and of them as of the others the surest.
    """
    chosen = np.ones(len(judgement), bool)
    if label is not None:
        chosen &= judgement.labels == label
    if answer is not None:
        chosen &= judgement.predictions == answer
    wrong, right = np.flatnonzero(chosen & ~judgement.right), np.flatnonzero(chosen & judgement.right)
    return np.concatenate([surest_first(judgement, wrong), surest_first(judgement, right)])
