"""What many seeds say together: how many learnt it, where the others stand, how their curves spread."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from mlpviz.training.seed_result import SeedResult

GRID_POINTS = 101
SAME_LEVEL = 0.03
"""Plateaus whose losses differ by less than this share of themselves are one level."""

Column = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Quantiles:
    """The extremes, the quartiles and the median of some numbers."""

    lowest: float
    lower_quartile: float
    median: float
    upper_quartile: float
    highest: float


@dataclass(frozen=True, slots=True)
class Level:
    """Runs that stand on a plateau at about the same loss (their median), and their largest gradient."""

    loss: float
    gradient_norm: float
    seeds: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """The quantiles of many curves at common steps, each (n,); of the runs that came so far.

    Attributes
    ----------
    steps
        Ascending, from 1 to the last step of the longest run.
    """

    steps: Column
    lowest: Column
    lower_quartile: Column
    median: Column
    upper_quartile: Column
    highest: Column


@dataclass(frozen=True, slots=True, eq=False)
class Summary:
    """Many seeds together.

    Attributes
    ----------
    seeds
        How many there are.
    judged
        How many of them can be said to have learnt or not: all, or none where the task has no criterion.
    learnt, plateau, diverged, moving
        How many learnt it, stand on a plateau, diverged, or were still on their way when the steps ended.
    levels
        The plateaus, the most frequent first.
    loss, accuracy
        Of the training split at the end; accuracy is None for a task without classes.
    loss_curve
        The spread of the loss over the steps: of each run the mean over its last epoch.
    """

    seeds: int
    judged: int
    learnt: int
    plateau: int
    diverged: int
    moving: int
    levels: tuple[Level, ...]
    loss: Quantiles
    accuracy: Quantiles | None
    loss_curve: Spread

    @property
    def sentence(self) -> str:
        """How many learnt it, and what became of the others: one line that says all."""
        others = [
            f"{_stand(len(level.seeds))} on a plateau at loss {level.loss:.3g}" for level in self.levels
        ]
        if self.diverged:
            others.append(f"{self.diverged} diverged")
        if not self.judged:
            middle = f"{self.seeds} trained: median of the training loss {self.loss.median:.3g}"
            return "; ".join([middle, *others])
        if self.moving:
            others.append(f"{self.moving} had not learnt it, but still moved")
        return "; ".join([f"{self.learnt} of {self.seeds} learnt it", *others]).replace(
            "; 1 stand ", "; 1 stands "
        )

    def as_table(self) -> dict[str, Any]:
        """All of it as plain values, for JSON."""
        curve = {f.name: getattr(self.loss_curve, f.name).tolist() for f in fields(self.loss_curve)}
        return {
            "learnt": self.learnt if self.judged else None,
            "plateau": self.plateau,
            "diverged": self.diverged,
            "still_moving": self.moving,
            "sentence": self.sentence,
            "plateaus": [asdict(level) for level in self.levels],
            "quantiles": {
                "train_loss": asdict(self.loss),
                "train_accuracy": None if self.accuracy is None else asdict(self.accuracy),
                "loss_curve": curve,
            },
        }


def summary(results: Iterable[SeedResult]) -> Summary:
    """Look at all results together.

    Raises
    ------
    ValueError
        If there is none.
    """
    runs = sorted(results, key=lambda run: run.seed)
    if not runs:
        raise ValueError("there is no result to sum up: train at least one seed")
    accuracies = [run.train_accuracy for run in runs if run.train_accuracy is not None]
    verdicts = [run.verdict for run in runs]
    return Summary(
        seeds=len(runs),
        judged=sum(run.learnt is not None for run in runs),
        learnt=verdicts.count("learnt"),
        plateau=verdicts.count("plateau"),
        diverged=verdicts.count("diverged"),
        moving=verdicts.count("not learnt"),
        levels=_levels([run for run in runs if run.status == "plateau"]),
        loss=_quantiles([run.train_loss for run in runs]),
        accuracy=_quantiles(accuracies) if accuracies else None,
        loss_curve=_spread(runs),
    )


def _stand(count: int) -> str:
    return "1 stands" if count == 1 else f"{count} stand"


def _quantiles(values: Sequence[float]) -> Quantiles:
    finite = np.asarray(values)[np.isfinite(values)]
    if len(finite) == 0:
        return Quantiles(*[float("nan")] * 5)
    return Quantiles(*np.quantile(finite, (0, 0.25, 0.5, 0.75, 1)).tolist())


def _levels(runs: Sequence[SeedResult]) -> tuple[Level, ...]:
    groups: list[list[SeedResult]] = []
    for run in sorted(runs, key=lambda run: run.train_loss):
        if groups and run.train_loss <= (1 + SAME_LEVEL) * groups[-1][0].train_loss:
            groups[-1].append(run)
        else:
            groups.append([run])
    levels = [
        Level(
            float(np.median([run.train_loss for run in group])),
            max(run.gradient_norm for run in group),
            tuple(sorted(run.seed for run in group)),
        )
        for group in groups
    ]
    return tuple(sorted(levels, key=lambda level: (-len(level.seeds), level.loss)))


def _spread(runs: Sequence[SeedResult]) -> Spread:
    """Between the points that were kept of a curve it is taken as straight; after its end as not there."""
    last = max((run.curve.steps[-1] for run in runs if run.curve.steps), default=1)
    steps = np.unique(np.linspace(1, last, GRID_POINTS).round())
    curves = [run.curve for run in runs if run.curve.steps]
    if not curves:
        nothing = np.full(len(steps), np.nan)
        return Spread(steps, *[nothing] * 5)
    table = np.array([np.interp(steps, curve.steps, curve.mean_loss, right=np.nan) for curve in curves])
    quantile = np.nanquantile if np.isnan(table).any() else np.quantile  # the same, but 20 times as fast
    return Spread(steps, *quantile(table, (0, 0.25, 0.5, 0.75, 1), axis=0))
