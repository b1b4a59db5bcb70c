"""How well a network fits numbers: the root mean square error, R², and the largest residuals."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlpviz.training.judgement import Judgement

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """How far outputs are from their targets, per output.

    Attributes
    ----------
    rmse
        (K,) √(mean of (y − t)²), in the unit of the target.
    r_squared
        (K,) 1 − Σ(y − t)² / Σ(t − mean of t)²: 1 for a perfect fit, 0 for one no better than always
        answering the mean, less for worse. NaN where all targets are equal.
    """

    rmse: Floats
    r_squared: Floats


def fit_of(judgement: Judgement) -> Fit:
    """The fit of a judgement's outputs, (N, K), to their targets."""
    targets = judgement.targets.astype(np.float64)
    with np.errstate(all="ignore"):
        squares = (residuals(judgement) ** 2).sum(axis=0)
        spread = ((targets - targets.mean(axis=0)) ** 2).sum(axis=0)
        r_squared = np.where(np.ptp(targets, axis=0) > 0, 1 - squares / spread, np.nan)
    return Fit(np.sqrt(squares / len(targets)), r_squared)


def residuals(judgement: Judgement) -> Floats:
    """What each output is too large by, y − t, (N, K)."""
    return judgement.outputs.astype(np.float64) - judgement.targets


def largest_residuals(judgement: Judgement) -> npt.NDArray[np.int64]:
    """All examples, the one farthest from its target first; those that are not finite come first of all."""
    with np.errstate(all="ignore"):
        sizes = np.hypot.reduce(residuals(judgement), axis=1)  # squares of the tiniest would be 0
    return np.argsort(-np.nan_to_num(sizes, nan=np.inf, posinf=np.inf), kind="stable")
