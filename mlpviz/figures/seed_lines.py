"""Many runs in one picture: their curves joined into few lines, their ends as dots, and which one is near."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mlpviz.training.seed_result import SeedResult

Floats = npt.NDArray[np.float64]


class SeedLines:
    """The loss of many runs, over their steps (the mean of an epoch's batches) and at their end.

    Parameters
    ----------
    runs
        In the order in which they are to be drawn.
    log
        Heights are decimal logarithms; what is not above zero then lies at the smallest loss that is.
    """

    def __init__(self, runs: Sequence[SeedResult], log: bool) -> None:
        self.runs = list(runs)
        self._log = log
        self._seeds = np.array([run.seed for run in self.runs], np.float64)
        steps = [np.array(run.curve.steps, np.float64) for run in self.runs]
        losses = [np.array(run.curve.mean_loss, np.float64) for run in self.runs]
        ends = np.array([run.train_loss for run in self.runs], np.float64)
        sane = np.array([run.status != "diverged" for run in self.runs], bool)
        if not sane.any():
            sane[:] = True
        seen = np.concatenate([*(part for part, each in zip(losses, sane, strict=True) if each), ends[sane]])
        self._seen = seen[np.isfinite(seen)]
        self._least = float(self._seen[self._seen > 0].min(initial=np.inf))
        self._last = max((float(part[-1]) for part in steps if len(part)), default=1.0)
        self._curves = list(zip(steps, map(self.heights, losses), strict=True))
        self._ends = self._below_ceiling(self.heights(ends), sane)

    @property
    def smooth(self) -> bool:
        """Whether the curves are means of several batches."""
        return any(run.curve.mean_loss != run.curve.loss for run in self.runs)

    def heights(self, losses: Sequence[float] | Floats) -> Floats:
        """Where losses lie on the axis, (n,)."""
        values = np.asarray(losses, np.float64)
        return np.log10(np.fmax(values, self._least)) if self._log else values

    @staticmethod
    def _below_ceiling(ends: Floats, sane: npt.NDArray[np.bool_]) -> Floats:
        """A run that diverged stands just above the others: at its true height it would squeeze them."""
        known = ends[sane & np.isfinite(ends)]
        if sane.all() or len(known) == 0:
            return ends
        ceiling = known.max() + max(0.12 * np.ptp(known), 0.05 * abs(known.max()), 1e-6)
        return np.where(sane, ends, np.fmin(ends, ceiling))

    def joined(self, verdict: str) -> tuple[Floats, Floats]:
        """The curves of all runs of one verdict as one line, broken by NaN; each (n,)."""
        parts = [curve for curve, run in zip(self._curves, self.runs, strict=True) if run.verdict == verdict]
        gap = np.array([np.nan])
        if not parts:
            return gap[:0], gap[:0]
        x = np.concatenate([part for steps, _ in parts for part in (steps, gap)])
        return x, np.concatenate([part for _, losses in parts for part in (losses, gap)])

    def curve(self, seed: int) -> tuple[Floats, Floats]:
        """One run's curve, each (n,); empty for a seed that is not there."""
        for run, curve in zip(self.runs, self._curves, strict=True):
            if run.seed == seed:
                return curve
        return np.empty(0), np.empty(0)

    def ends(self, verdict: str) -> tuple[Floats, Floats]:
        """Seeds and final heights of the runs of one verdict, each (n,); of diverged ones cut short."""
        chosen = np.array([run.verdict == verdict for run in self.runs], bool)
        return self._seeds[chosen], self._ends[chosen]

    def bounds(self) -> tuple[float, float, float]:
        """The last step, and the lowest and the highest loss to be seen, neither logarithms.

        Runs that diverged may leave the picture, unless all did.
        """
        losses = np.maximum(self._seen, self._least) if self._log else self._seen
        if len(losses) == 0 or not np.isfinite(losses).all():
            return self._last, 0.1, 1.0
        return self._last, float(losses.min()), float(losses.max())

    def nearest_curve(self, x: float, y: float, reach: float) -> int | None:
        """The seed whose curve passes nearest above or below a place, if within reach; y is a height."""
        best, seed = reach, None
        for run, (steps, losses) in zip(self.runs, self._curves, strict=True):
            if len(steps) and steps[0] <= x <= steps[-1]:
                distance = abs(float(np.interp(x, steps, losses)) - y)
                if distance <= best:
                    best, seed = distance, run.seed
        return seed

    def end(self, seed: int) -> float:
        """The height of a run's dot; NaN for one that has none."""
        places = np.flatnonzero(self._seeds == seed)
        return float(self._ends[places[0]]) if len(places) else float("nan")

    def nearest_end(self, x: float, y: float, reach_x: float, reach_y: float) -> int | None:
        """The seed whose dot is nearest to a place, if within reach; y is a height."""
        if not self.runs:
            return None
        distance = np.nan_to_num(
            np.hypot((self._seeds - x) / reach_x, (self._ends - y) / reach_y), nan=np.inf
        )
        place = int(distance.argmin())
        return self.runs[place].seed if distance[place] <= 1 else None
