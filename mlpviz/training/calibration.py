"""Is a network right as often as it is certain? Certainty against accuracy, in bins."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

BINS = 10
WELL = 0.01
"""The calibration error up to which a network counts as well calibrated."""
EVEN = 1 / 3
"""The part of the calibration error that must lie to one side for a network to be too sure or too modest."""
FEW = 100
"""Examples below which a verdict says how few there are."""


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Certainty against accuracy in B bins of equal width; NaN in empty ones.

    Attributes
    ----------
    counts
        (B,) how many examples have a certainty in the bin.
    certainty, accuracy
        (B,) their mean certainty, and the part of them that is named right.
    error
        The expected calibration error: Σ over bins of (count / N) · |accuracy − mean certainty|, 0 to 1.
        M. P. Naeini, G. F. Cooper, M. Hauskrecht, "Obtaining well calibrated probabilities using Bayesian
        binning", AAAI 2015; C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, "On calibration of modern neural
        networks", ICML 2017, equation 3. NaN where there is no example.
    """

    counts: npt.NDArray[np.int64]
    certainty: Floats
    accuracy: Floats
    error: float

    @property
    def edges(self) -> Floats:
        """(B + 1,) where the bins begin and end."""
        return np.linspace(0.0, 1.0, len(self.counts) + 1)


def calibration(certainty: Floats, right: npt.NDArray[np.bool_], bins: int = BINS) -> Calibration:
    """Sort examples into bins of certainty.

    Parameters
    ----------
    certainty
        (N,) from 0 to 1; NaN where nothing was said, which is left out.
    right
        (N,) whether the class said is the true one.
    bins
        How many; bin b holds what is above b/B and at most (b + 1)/B, the first one 0 as well.

    Raises
    ------
    ValueError
        If there is no bin, or a certainty is not from 0 to 1.
    """
    if bins < 1:
        raise ValueError(f"bins must be at least 1, not {bins}")
    known = ~np.isnan(certainty)
    certain, correct = certainty[known], right[known]
    if len(certain) and not 0 <= certain.min() <= certain.max() <= 1:
        raise ValueError(f"a certainty is from 0 to 1, not {certain.min():g} to {certain.max():g}")
    place = np.clip(np.ceil(certain * bins).astype(np.int64) - 1, 0, bins - 1)
    counts = np.bincount(place, minlength=bins)
    mean, accuracy = (
        np.divide(
            np.bincount(place, weights=values, minlength=bins),
            counts,
            out=np.full(bins, np.nan),
            where=counts > 0,
        )
        for values in (certain, correct)
    )
    gaps = np.abs(accuracy - mean)[counts > 0]
    error = float((counts[counts > 0] * gaps).sum() / len(certain)) if len(certain) else float("nan")
    return Calibration(counts, mean, accuracy, error)


def in_words(found: Calibration) -> str:
    """A calibration in one sentence: sure too often, too modest, both, or well calibrated; "" without any.

    The bin that is named is the one that adds most to the error on that side.
    """
    n = int(found.counts.sum())
    if n == 0:
        return ""
    few = f" It was seen on only {n} example{'s' if n > 1 else ''}." if n < FEW else ""
    if found.error <= WELL:
        within = _percent(found.error)
        words = f"Well calibrated: certainty and accuracy agree within {within} on average."
        return words + few
    gaps = np.nan_to_num(found.certainty - found.accuracy) * found.counts / n
    lean = float(gaps.sum()) / found.error
    sure, modest = int(gaps.argmax()), int(gaps.argmin())
    if lean > EVEN:
        return f"Sure too often: {_where(found, sure)} of the time.{few}"
    if lean < -EVEN:
        return f"Too modest: {_where(found, modest)} of the time.{few}"
    return (
        f"Too sure here, too modest there: {_where(found, sure)} of the time, and "
        f"{_where(found, modest)}.{few}"
    )


def _where(found: Calibration, b: int) -> str:
    said, was = _percent(float(found.certainty[b])), _percent(float(found.accuracy[b]))
    return f"where it says {said} it is right {was}"


def _percent(part: float) -> str:
    """In whole numbers where they tell enough, never rounded to a false 0 or 100."""
    digits = 0 if 0.05 <= part <= 0.95 or part in (0.0, 1.0) else 1
    return f"{100 * part:.{digits}f}\u202f%"
