"""Where weights start: a normal distribution whose width suits the size of the layer, or given numbers."""

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

LARGEST = 1e30
"""Of a standard deviation: what float32 can hold with room to spare; more is a mistake."""

_NORMAL = re.compile(r"normal\(\s*([^)\s]+)\s*\)")
_VALUES = re.compile(r"values\(([^()]*)\)")


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
            f"unknown initializer {initializer!r:.80}: use one of {', '.join(INITIALIZERS)}, normal(0.1) "
            "to give the standard deviation, or values(1.5, -2) to give the very numbers"
        )
    try:
        deviation = float(match[1])
    except ValueError:
        deviation = math.nan
    if not 0 <= deviation <= LARGEST:
        raise ValueError(
            f"initializer {initializer!r:.80}: the standard deviation must be a number of at least 0"
        )
    return deviation


def given_values(initializer: str) -> list[float] | None:
    """The numbers in brackets of ``"values(1.5, -2)"``; None for an initializer of another kind.

    Raises
    ------
    ValueError
        If there is no number in the brackets, or one that is not finite.
    """
    match = _VALUES.fullmatch(initializer)
    if match is None:
        return None
    if not match[1].strip():
        raise ValueError("initializer values() has no numbers: give them in brackets, as in values(1.5, -2)")
    return [_finite(word.strip()) for word in match[1].split(",")]


def values_initializer(parameters: Array) -> str:
    """The initializer that gives these very parameters, of any shape: ``"values(1.5, -2.0)"``.

    Each number is written with as few digits as give it back, bit for bit, in the array's own precision.

    Raises
    ------
    ValueError
        If a number is not finite.
    """
    if not np.isfinite(parameters).all():
        raise ValueError("a parameter is not a finite number, so nothing can start from it")
    return f"values({', '.join(_shortest(value) for value in parameters.ravel())})"


def _shortest(value: np.floating) -> str:
    short = str(value.item()) if value.dtype == np.float64 else str(value)
    # Read as float64 and rounded to float32, the fewest digits could in principle end up one bit off.
    return short if value.dtype.type(float(short)) == value else repr(value.item())


def _finite(word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"initializer values(…): {word!r:.40} must be a finite number, such as 1.5")
    return value


def _as_given(values: list[float], shape: tuple[int, ...], dtype: npt.DTypeLike) -> Array:
    """The numbers in the parameter's shape, row by row."""
    if len(values) != math.prod(shape):
        which, what = ("bias_initializer", f"bias has {shape[0]}") if len(shape) == 1 else ("initializer", "")
        what = what or f"weight is {shape[0]} x {shape[1]}"
        has = "1 number" if len(values) == 1 else f"{len(values)} numbers"
        raise ValueError(f"{which} values(…) has {has}, but the {what}: give {math.prod(shape)}")
    with np.errstate(over="ignore"):  # looked for just below
        parameters = np.array(values).astype(dtype).reshape(shape)
    if not np.isfinite(parameters).all():
        raise ValueError(
            f"initializer values(…): {max(values, key=abs):g} is too large for {np.dtype(dtype)}"
        )
    return parameters


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
        A name of `INITIALIZERS`; ``"normal(s)"`` with a standard deviation s; or ``"values(1.5, -2)"``,
        the very numbers, row by row.
    shape
        ``(n_in, n_out)`` for a weight, ``(n_out,)`` for a bias.
    n_in, n_out
        The layer's numbers of inputs and outputs.
    rng
        The random generator to draw from; nothing is drawn where the standard deviation is 0 or the
        numbers are given.

    Raises
    ------
    ValueError
        If the initializer is unknown, its numbers do not fit, or there is no generator to draw from.
    """
    values = given_values(initializer)
    if values is not None:
        return _as_given(values, shape, dtype)
    deviation = standard_deviation(initializer, n_in, n_out)
    if deviation == 0:
        return np.zeros(shape, dtype)
    if rng is None:
        raise ValueError(
            f"initializer {initializer!r} draws random numbers: pass rng=np.random.default_rng(seed)"
        )
    return (deviation * rng.standard_normal(shape)).astype(dtype)
