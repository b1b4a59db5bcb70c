"""How quantities are called, in LaTeX and in plain text, and how numbers are written in a formula."""

import math

from mlpviz.nn.arrays import Array

MOST_TERMS = 4  # a sum of more products is written as one number

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def plain(latex: str) -> str:
    """A short symbol of ours as plain text: ``\\frac{\\partial L}{\\partial W_1}`` becomes ∂L/∂W₁."""
    text = latex
    if text.startswith(r"\frac{\partial L}{\partial "):
        text = "∂L/∂" + text[len(r"\frac{\partial L}{\partial ") : -1]
    for name, sign in (
        (r"\Delta ", "Δ"),
        (r"\delta", "δ"),
        (r"\gamma", "γ"),
        (r"\beta", "β"),
        (r"\hat ", ""),
    ):
        text = text.replace(name, sign)
    head, underscore, tail = text.partition("_")
    tail = tail.strip("{}")
    if not underscore:
        return text
    return head + tail.translate(_SUBSCRIPTS) if tail.isdecimal() else f"{head} {tail}"


def derivative(symbol: str) -> str:
    """∂L by a symbol, in LaTeX."""
    return rf"\frac{{\partial L}}{{\partial {symbol}}}"


def at(symbol: str, *indices: int) -> str:
    """One entry of a quantity, in LaTeX: W_1 at (3, 7) is ``W_1[3, 7]``."""
    places = r",\,".join(map(str, indices))
    return f"{symbol}[{places}]"


def number(value: float, digits: int = 3) -> str:
    """A number in LaTeX, to three significant digits: 0.00123, or -8.34 x 10^-5."""
    value = float(value)
    if math.isnan(value):
        return r"\mathrm{NaN}"
    if math.isinf(value):
        return r"\infty" if value > 0 else r"-\infty"
    if value == 0:
        return "0"  # −0 too
    if value == int(value) and abs(value) < 1000:
        return _tight_sign(str(int(value)))
    if 0.9995 <= value < 1:  # three digits would call it 1
        return f"1 - {number(1 - value, 2)}"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    power = int(exponent)
    if -4 < power < 5:
        return _tight_sign(f"{value:.{max(0, digits - 1 - power)}f}")
    return rf"{_tight_sign(mantissa)}\cdot 10^{{{_tight_sign(str(power))}}}"


def _tight_sign(text: str) -> str:
    """A minus that belongs to its number, not one between two."""
    return text.replace("-", "{-}")


def factor(value: float, digits: int = 3) -> str:
    """A number as a factor or term: in brackets if it is negative or has a power of ten."""
    text = number(value, digits)
    return rf"({text})" if text.startswith("{-}") or "10^" in text or " - " in text else text


def products(left: Array, right: Array) -> str:
    """A sum of products in LaTeX: each spelled out if they are few, otherwise the sum as one number."""
    if len(left) > MOST_TERMS:
        return factor((left * right).sum())
    return " + ".join(rf"{factor(a)} \cdot {factor(b)}" for a, b in zip(left, right, strict=True))


def told(value: float, digits: int = 3) -> str:
    """A number in a sentence, to so many digits: 0.00123, or −8.34·10⁻⁵."""
    mantissa, _, exponent = f"{float(value) + 0.0:.{digits}g}".partition("e")  # + 0.0: no −0
    power = f"·10{str(int(exponent)).translate(_SUPERSCRIPTS)}" if exponent else ""
    return mantissa.replace("-", "−") + power
