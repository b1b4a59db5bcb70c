"""How far an axis reaches, round numbers on it, and their labels."""

import math
from collections.abc import Sequence
from functools import partial

from mlpviz.figures.numbers import MINUS, THIN_SPACE

_ROOM = 0.06
_LARGEST_EXPONENT = 300.0
_MANTISSAS = ((1.0,), (1.0, 3.0), (1.0, 2.0, 5.0), (1.0, 1.5, 2.0, 3.0, 5.0, 7.0))


def axis_range(low: float, high: float, log: bool = False, percent: bool = False) -> tuple[float, float]:
    """Return the ends of an axis that shows two values and all between, with a little room around.

    Parameters
    ----------
    low, high : float
        Greater than zero if `log`; they may be equal.
    log : bool
        Return decimal logarithms.
    percent : bool
        The values are parts of one: hardly any room below zero, so that the label there keeps clear of the
        other axis, and hardly any above one.
    """
    if log:
        low, high = math.log10(low), math.log10(high)
        span = high - low
        return (low - 0.3, high + 0.3) if span < 1e-9 else (low - _ROOM * span, high + _ROOM * span)
    span = high - low
    if span <= 1e-12 * max(abs(low), abs(high)):
        span = abs(high) or 1.0
        low, high = low - 0.5 * span, high + 0.5 * span
    low, high = low - _ROOM * span, high + _ROOM * span
    if percent:
        low = max(low, -0.05 * (high - max(low, 0.0)))
        high = min(high, 1.0 + 0.03 * (1.0 - low))
    return low, high


def linear_ticks(low: float, high: float, most: int, whole: bool = False) -> list[float]:
    """Return multiples of 1, 2 or 5 times a power of ten between two values.

    Parameters
    ----------
    low, high : float
    most : int
        At most so many, at least 2 (in a narrow range fewer may lie inside).
    whole : bool
        Integers only.
    """
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return []
    rough = (high - low) / max(1, most)
    power = 10.0 ** math.floor(math.log10(rough))
    for factor in (1.0, 2.0, 5.0, 10.0):
        step = factor * power
        if whole:
            step = max(1.0, step)
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first + 1 <= max(2, most):
            break
    return [i * step for i in range(first, last + 1)]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Return readable values between two others, spread evenly on a logarithmic axis.

    Powers of ten, every second or third of them over many decades; 1 and 3, or 1, 2 and 5 of each over few;
    evenly spaced round numbers inside a narrow range.

    Parameters
    ----------
    low, high : float
        Greater than zero.
    most : int
        At most so many.
    """
    if not (0.0 < low < high < math.inf):
        return []
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    best: list[float] = []
    for mantissas in _MANTISSAS:
        ticks = [m * 10.0**k for k in range(first, last + 1) for m in mantissas]
        ticks = [t for t in ticks if low * (1 - 1e-9) <= t <= high * (1 + 1e-9)]
        if len(ticks) <= most:
            best = ticks
    if len(best) >= 3:
        return best
    if high / low < 10.0:
        linear = [t for t in linear_ticks(low, high, most) if t > 0.0]
        return linear if len(linear) > len(best) else best
    if best:
        return best
    every = -(-(last - first + 1) // max(1, most))
    decades = [10.0**k for k in range(first, last + 1) if k % every == 0]
    return [t for t in decades if low * (1 - 1e-9) <= t <= high * (1 + 1e-9)]


def axis_ticks(
    low: float, high: float, most: int, log: bool = False, whole: bool = False, percent: bool = False
) -> list[tuple[float, str]]:
    """Return places and labels of the numbers at an axis.

    Parameters
    ----------
    low, high : float
        Its ends; decimal logarithms of values if `log`, and then so are the places.
    most : int
        At most so many, at least 2.
    log : bool
    whole : bool
        Integers only: steps.
    percent : bool
        The values are parts of one, shown as percentages; none outside of that.
    """
    find = log_ticks if log else partial(linear_ticks, whole=whole)
    if log:
        low, high = (10.0 ** max(-_LARGEST_EXPONENT, min(end, _LARGEST_EXPONENT)) for end in (low, high))
    values = find(low, high, most)
    if len(values) < 2:  # one number alone says nothing of the scale
        values = find(low, high, most + 2)
    if percent:
        values = [v for v in values if -1e-9 <= v <= 1.0 + 1e-9]
    places = map(math.log10, values) if log else values
    return list(zip(places, tick_labels(values, percent), strict=True))


def tick_labels(values: Sequence[float], percent: bool = False) -> list[str]:
    """Write the ticks of one axis with as many decimals as tell them apart.

    Parameters
    ----------
    values : sequence of float
        Ascending, as :func:`linear_ticks` and :func:`log_ticks` return them.
    percent : bool
        The values are parts of one, to be read as percentages.
    """
    return [_label(100.0 * v if percent else v) + (f"{THIN_SPACE}%" if percent else "") for v in values]


def _label(value: float) -> str:
    if value == 0.0:
        return "0"
    size = abs(value)
    if size >= 1e6 or size < 1e-4:
        mantissa, exponent = f"{value:.3e}".split("e")
        mantissa = mantissa.rstrip("0").rstrip(".")
        return f"{mantissa}e{int(exponent)}".replace("-", MINUS)
    text = f"{value:,.10f}".rstrip("0").rstrip(".")
    return text.replace(",", THIN_SPACE).replace("-", MINUS)
