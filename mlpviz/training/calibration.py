"""Is a network right as often as it is certain? Certainty against accuracy, in bins."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

BINS = 10


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
