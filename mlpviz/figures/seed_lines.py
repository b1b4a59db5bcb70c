"""Many runs in one picture: their curves joined into few lines, their ends as dots, and which one is near."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mlpviz.training.seed_result import SeedResult

Floats = npt.NDArray[np.float64]


class SeedLines:
    """The loss of many runs, over their steps and at their end.

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
        positive = [v for run in runs for v in (*run.curve.loss, run.train_loss) if v > 0 and np.isfinite(v)]
        self._least = min(positive, default=1.0)
        self._curves = [(np.array(run.curve.steps, np.float64), self.heights(run.curve.loss)) for run in runs]
        self._ends = self.heights([run.train_loss for run in runs])

    def heights(self, losses: Sequence[float] | Floats) -> Floats:
        """Where losses lie on the axis, (n,)."""
        values = np.asarray(losses, np.float64)
        return np.log10(np.fmax(values, self._least)) if self._log else values

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
        """Seeds and final heights of the runs of one verdict, each (n,)."""
        chosen = np.array([run.verdict == verdict for run in self.runs], bool)
        seeds = np.array([run.seed for run in self.runs], np.float64)
        return (seeds[chosen], self._ends[chosen]) if len(seeds) else (seeds, seeds)

    def bounds(self) -> tuple[float, float, float]:
        """The last step, and the lowest and the highest finite loss, neither logarithms."""
        losses = [v for run in self.runs for v in (*run.curve.loss, run.train_loss) if np.isfinite(v)]
        last = max((run.curve.steps[-1] for run in self.runs if run.curve.steps), default=1)
        if self._log:
            losses = [max(v, self._least) for v in losses]
        return float(last), min(losses, default=0.1), max(losses, default=1.0)

    def nearest_curve(self, x: float, y: float, reach: float) -> int | None:
        """The seed whose curve passes nearest above or below a place, if within reach; y is a height."""
        best, seed = reach, None
        for run, (steps, losses) in zip(self.runs, self._curves, strict=True):
            if len(steps) and steps[0] <= x <= steps[-1]:
                distance = abs(float(np.interp(x, steps, losses)) - y)
                if distance <= best:
                    best, seed = distance, run.seed
        return seed

    def nearest_end(self, x: float, y: float, reach_x: float, reach_y: float) -> int | None:
        """The seed whose dot is nearest to a place, if within reach; y is a height."""
        if not self.runs:
            return None
        seeds = np.array([run.seed for run in self.runs], np.float64)
        distance = np.nan_to_num(np.hypot((seeds - x) / reach_x, (self._ends - y) / reach_y), nan=np.inf)
        place = int(distance.argmin())
        return self.runs[place].seed if distance[place] <= 1 else None
