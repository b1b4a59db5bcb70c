"""What is kept of one seed's run: how it ended, and its curve, thin enough to hold thousands."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from mlpviz.training.trainer import Trainer
from mlpviz.training.verdict import Criterion, gradient_norm, stands_still

MOST_POINTS = 200
"""About so many points of a curve are kept."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Loss and accuracy of some of a run's steps, as tuples of equal length; equal runs compare equal.

    Attributes
    ----------
    steps
        Counted from 1, ascending; the first and the last step are among them.
    loss, accuracy
        Of the batch of that step; accuracy is empty for a task without classes.
    mean_loss
        Of the last epoch's worth of batches up to that step: what can be read where hundreds of noisy
        curves lie over each other. The loss itself where an epoch is one batch.
    """

    steps: tuple[int, ...] = ()
    loss: tuple[float, ...] = ()
    accuracy: tuple[float, ...] = ()
    mean_loss: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class SeedResult:
    """How the run of one seed ended.

    Attributes
    ----------
    status
        ``"finished"``; ``"plateau"`` where it finished without having learnt and hardly moves any more;
        ``"diverged"`` where its numbers were no longer finite (then all is told of the last good network).
    learnt
        Whether it met the criterion at the end; None for a task without one.
    steps, epochs
        How far it came.
    train_loss, train_accuracy, validation_loss, validation_accuracy, test_loss, test_accuracy
        Over whole splits in evaluation mode at the end; None where there is none.
    gradient_norm
        Of the whole network, over the training split, at the end.
    learnt_step
        The last step of the first epoch from which on every epoch met the criterion with the batches it
        trained on (each taken before its update); None where it did not learn.
    message
        A sentence on the plateau or the divergence; empty otherwise.
    curve
        The batch loss and accuracy over the steps.
    """

    seed: int
    status: str
    learnt: bool | None
    steps: int
    epochs: int
    train_loss: float
    train_accuracy: float | None
    validation_loss: float | None
    validation_accuracy: float | None
    test_loss: float | None
    test_accuracy: float | None
    gradient_norm: float
    learnt_step: int | None
    message: str
    curve: Curve

    @property
    def verdict(self) -> str:
        """In a word or two: learnt, plateau, diverged, not learnt, or trained where nothing can be said."""
        if self.status != "finished":
            return self.status
        return "trained" if self.learnt is None else "learnt" if self.learnt else "not learnt"


class Record:
    """Takes down the steps of a run as they come, and tells the result at the end."""

    def __init__(self, trainer: Trainer, criterion: Criterion) -> None:
        self._trainer, self._criterion = trainer, criterion
        self._losses: list[float] = []
        self._accuracies: list[float] = []
        self._epoch_starts: list[int] = []
        self._begins = True  # does the next step begin an epoch?

    def append(self, loss: float, accuracy: float | None) -> None:
        """Note the step that the trainer just made."""
        self._losses.append(loss)
        if accuracy is not None:
            self._accuracies.append(float(accuracy))
        if self._begins:
            self._epoch_starts.append(len(self._losses) - 1)
        self._begins = self._trainer.at_epoch_end

    def result(self) -> SeedResult:
        """Judge the trainer as it stands."""
        trainer = self._trainer
        trained = trainer.evaluate("training")
        assert trained is not None  # no split is made without training examples
        validation, test = trainer.evaluate("validation"), trainer.evaluate("test")
        gradient = gradient_norm(trainer.network, trainer.splits.training, trainer.loss)
        learnt = self._criterion.holds(trained)
        status, message = "finished", ""
        seed = trainer.experiment.seed
        if trainer.divergence is not None:
            status, message = "diverged", trainer.divergence.sentence
            learnt = None if learnt is None else False
        elif learnt is False and stands_still(self._losses, gradient):
            status = "plateau"
            message = f"seed {seed} stands on a plateau: loss {trained.loss:.3g}, gradient {gradient:.1e}"
        return SeedResult(
            seed,
            status,
            learnt,
            trainer.index,
            trainer.epoch,
            trained.loss,
            trained.accuracy,
            None if validation is None else validation.loss,
            None if validation is None else validation.accuracy,
            None if test is None else test.loss,
            None if test is None else test.accuracy,
            gradient,
            self._learnt_step() if learnt else None,
            message,
            self._curve(),
        )

    def _learnt_step(self) -> int:
        """Where the epochs that meet the criterion begin, seen from the end."""
        ends = np.array([*self._epoch_starts[1:], len(self._losses)])
        losses = self._epoch_means(self._losses)
        accuracies = self._epoch_means(self._accuracies) if self._accuracies else None
        missed = np.flatnonzero(~self._criterion.holds_each(losses, accuracies))
        first = missed[-1] + 1 if len(missed) else 0
        return int(ends[min(first, len(ends) - 1)])

    def _epoch_means(self, values: Sequence[float]) -> npt.NDArray[np.float64]:
        sums = np.add.reduceat(np.asarray(values), self._epoch_starts)
        return sums / np.diff([*self._epoch_starts, len(values)])

    def _curve(self) -> Curve:
        places = kept_places(self._losses)
        means = running_mean(self._losses, [*self._epoch_starts, len(self._losses)][1] if places else 1)
        return Curve(
            tuple(i + 1 for i in places),
            tuple(self._losses[i] for i in places),
            tuple(self._accuracies[i] for i in places) if self._accuracies else (),
            tuple(float(means[i]) for i in places),
        )


def running_mean(values: Sequence[float], width: int) -> npt.NDArray[np.float64]:
    """The mean of each value and the ones before it, `width` in all or as many as there are; (n,)."""
    array = np.asarray(values, np.float64)
    if width == 1:
        return array
    sums = np.concatenate([[0.0], np.cumsum(array)])
    ends = np.arange(1, len(array) + 1)
    starts = np.maximum(ends - width, 0)
    means: npt.NDArray[np.float64] = (sums[ends] - sums[starts]) / (ends - starts)
    return means


def kept_places(losses: Sequence[float], most: int = MOST_POINTS) -> list[int]:
    """Which of many points to keep: the lowest and the highest of even stretches, the first and the last."""
    values = np.asarray(losses)
    n = len(values)
    if n <= most:
        return list(range(n))
    places = {0, n - 1}
    for start, stop in pairwise(np.linspace(0, n, most // 2 + 1).astype(int).tolist()):
        part = values[start:stop]
        places |= {start + int(part.argmin()), start + int(part.argmax())}
    return sorted(places)
