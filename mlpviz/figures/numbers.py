"""Numbers as text: significant digits, a real minus sign, thin spaces between thousands."""

import math
from numbers import Integral
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np

Number: TypeAlias = "float | np.floating | np.integer"

MINUS = "\u2212"
THIN_SPACE = "\u202f"
"""Narrow and never a place to break the line."""


def format_number(value: Number, digits: int = 3, signed: bool = False) -> str:
    """Write a number the way the window shows it.

    Parameters
    ----------
    value : int or float, also of NumPy
    digits : int
        Significant digits of a float; integers are written in full.
    signed : bool
        Write a plus sign before what is greater than zero.

    Returns
    -------
    str
        ``"0.00123"``, ``"−0.340"``, ``"1.23e−05"``, ``"1 812"`` (thin space), ``"NaN"``, ``"∞"``.
    """
    if isinstance(value, Integral):
        return _with_signs(f"{int(value):,}", signed and value > 0)
    number = float(value)
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return _with_signs("∞" if number > 0 else "-∞", signed and number > 0)
    if number == 0.0:
        return "0"
    scientific = f"{number:.{digits - 1}e}"
    exponent = int(scientific[scientific.index("e") + 1 :])  # after rounding: 9.999 has the exponent of 10
    fixed = f"{number:,.{max(0, digits - 1 - exponent)}f}"
    return _with_signs(fixed if -5 < exponent < 6 else scientific, signed and number > 0)


def format_percent(part: Number, digits: int = 3) -> str:
    """Write a part of one as a percentage: 0.968 is ``"96.8 %"``; never rounded up to a false 100 %."""
    number = 100.0 * float(part)
    if math.isfinite(number) and 99.95 <= number < 100.0:
        decimals = 2 if number < 99.995 else 3
        number = math.floor(number * 10**decimals) / 10**decimals
        return f"{number:.{decimals}f}{THIN_SPACE}%"
    return f"{format_number(number, digits) if number != 100.0 else '100'}{THIN_SPACE}%"


def _with_signs(text: str, plus: bool) -> str:
    return ("+" if plus else "") + text.replace("-", MINUS).replace(",", THIN_SPACE)
