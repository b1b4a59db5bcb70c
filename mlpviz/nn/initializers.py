"""Where weights start: a normal distribution whose width suits the size of the layer."""

import math
import re
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from mlpviz.nn.arrays import Array


def he(n_in: int, n_out: int) -> float:
    """He: variance 2 / n_in, which keeps signals alive through ReLUs (He et al., 2015)."""
    return math.sqrt(2 / n_in)


def glorot(n_in: int, n_out: int) -> float:
    """Glorot: variance 2 / (n_in + n_out), a compromise between both directions (Glorot and Bengio, 2010)."""
    return math.sqrt(2 / (n_in + n_out))


def lecun(n_in: int, n_out: int) -> float:
    """LeCun: variance 1 / n_in, so that a sum of n_in inputs keeps their spread (LeCun et al., 1998)."""
    return math.sqrt(1 / n_in)


def normal(n_in: int, n_out: int) -> float:
    """Normal: standard deviation 1, or the one in brackets, as in normal(0.1)."""
    return 1.0


def zeros(n_in: int, n_out: int) -> float:
    """Zeros: every entry 0. Good for biases; equal weights would make all units of a layer the same."""
    return 0.0


def templates(n_in: int, n_out: int) -> float:
    """Templates: the mean image of each class, standardised. Not drawn, but made of the training examples."""
    return 0.0


INITIALIZERS: dict[str, Callable[[int, int], float]] = {
    "he": he,
    "glorot": glorot,
    "lecun": lecun,
    "normal": normal,
    "zeros": zeros,
    "templates": templates,
}
"""Each gives the standard deviation of the entries from the layer's numbers of inputs and outputs."""

_NORMAL = re.compile(r"normal\(\s*([^)\s]+)\s*\)")


def standard_deviation(initializer: str, n_in: int, n_out: int) -> float:
    """The standard deviation that an initializer, such as ``"he"`` or ``"normal(0.1)"``, asks for.

    Raises
    ------
    ValueError
        If the name is unknown or the number in brackets is not a finite one of at least 0.
    """
    if initializer in INITIALIZERS:
        return INITIALIZERS[initializer](n_in, n_out)
    match = _NORMAL.fullmatch(initializer)
    if match is None:
        raise ValueError(
            f"unknown initializer {initializer!r}: use one of {', '.join(INITIALIZERS)}, or normal(0.1) "
            "to give the standard deviation"
        )
    try:
        deviation = float(match[1])
    except ValueError:
        deviation = math.nan
    if not (math.isfinite(deviation) and deviation >= 0):
        raise ValueError(
            f"initializer {initializer!r}: the standard deviation must be a number of at least 0"
        )
    return deviation


def initialize(
    initializer: str,
    shape: tuple[int, ...],
    n_in: int,
    n_out: int,
    rng: np.random.Generator | None,
    dtype: npt.DTypeLike = np.float32,
) -> Array:
    """Fresh parameters of the given shape; drawn in float64, so every dtype starts from the same numbers.

    Parameters
    ----------
    initializer
        A name of `INITIALIZERS`, or ``"normal(s)"`` with a standard deviation s.
    shape
        ``(n_in, n_out)`` for a weight, ``(n_out,)`` for a bias.
    n_in, n_out
        The layer's numbers of inputs and outputs.
    rng
        The random generator to draw from; nothing is drawn where the standard deviation is 0.
    """
    deviation = standard_deviation(initializer, n_in, n_out)
    if deviation == 0:
        return np.zeros(shape, dtype)
    if rng is None:
        raise ValueError(
            f"initializer {initializer!r} draws random numbers: pass rng=np.random.default_rng(seed)"
        )
    return (deviation * rng.standard_normal(shape)).astype(dtype)
