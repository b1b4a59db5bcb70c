"""The layers that treat each unit by itself: their formula and slope, with a place for the number."""

from dataclasses import dataclass

import numpy as np

from mlpviz.nn import BatchNorm, Dropout, Layer, LeakyReLU, ReLU, Sigmoid, Tanh, title
from mlpviz.nn.arrays import Array


@dataclass(frozen=True, slots=True)
class Telling:
    """How an elementwise layer is told.

    Attributes
    ----------
    symbol
        What its output is called.
    formula, slope
        f(x) and f'(x) in LaTeX; ``«x»`` and ``«y»`` stand for input and output.
    words, slope_words
        One sentence on what it does, and on what its slope does to a gradient.
    """

    symbol: str
    formula: str
    slope: str
    words: str
    slope_words: str


TELLINGS: dict[type[Layer], Telling] = {
    ReLU: Telling(
        "a",
        r"\max(0,\, «x»)",
        r"[«x» > 0]",
        "A unit below zero is silent; above zero it passes its sum on unchanged.",
        "The gradient passes where the unit was above zero, and stops where it was silent.",
    ),
    LeakyReLU: Telling(
        "a",
        r"\max(«x»,\, s\,«x»)",
        r"(1 \text{ if } «x» > 0 \text{ else } s)",
        "Above zero a unit passes its sum on; below zero only a small share of it.",
        "The gradient passes whole where the unit was above zero, and shrunk by the slope s elsewhere.",
    ),
    Sigmoid: Telling(
        "a",
        r"\frac{1}{1 + e^{-«x»}}",
        r"«y»\,(1 - «y»)",
        "The sum becomes a number between 0 and 1: a soft step.",
        "The gradient is multiplied by the slope, at most ¼ and almost 0 where the unit is saturated.",
    ),
    Tanh: Telling(
        "a",
        r"\tanh(«x»)",
        r"(1 - «y»^2)",
        "The sum becomes a number between −1 and 1: a soft step.",
        "The gradient is multiplied by the slope, at most 1 and almost 0 where the unit is saturated.",
    ),
    Dropout: Telling(
        "d",
        "«x»",
        "1",
        "Dropout only drops units in training; when the network is used it passes everything on.",
        "Nothing was dropped, so the gradient passes unchanged.",
    ),
    BatchNorm: Telling(
        "n",
        r"\gamma\,\frac{«x» - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta",
        r"\frac{\gamma}{\sqrt{\sigma^2 + \varepsilon}}",
        "Each unit is centred and scaled by the mean and variance gathered in training, then stretched by γ "
        "and moved by β.",
        "Outside training mean and variance are fixed numbers, so the gradient is multiplied by one factor "
        "for each unit.",
    ),
}


def telling_of(layer: Layer) -> Telling:
    """How a layer is told; in general words if it is one that this module does not know."""
    known = TELLINGS.get(type(layer))
    if known is not None:
        return known
    name = rf"\mathrm{{{title(type(layer))}}}"
    return Telling(
        "a",
        rf"{name}(«x»)",
        rf"{name}'(«x»)",
        "Each number is transformed by itself.",
        "The gradient is multiplied by the slope.",
    )


def put_in(template: str, x: str, y: str = "") -> str:
    """A formula with its input and output put in."""
    return template.replace("«x»", x).replace("«y»", y)


def constants(layer: Layer, unit: int) -> dict[str, float]:
    """The other numbers of a layer's formula, by their symbol, for a unit."""
    if isinstance(layer, LeakyReLU):
        return {"s": layer.slope}
    if isinstance(layer, BatchNorm):
        return {
            r"\gamma": layer.params["gamma"][unit],
            r"\mu": layer.statistics["mean"][unit],
            r"\sigma^2": layer.statistics["variance"][unit],
            r"\varepsilon": layer.epsilon,
            r"\beta": layer.params["beta"][unit],
        }
    return {}


def slopes(layer: Layer, x: Array) -> Array:
    """f'(x) of an elementwise layer for x (1, n): what it makes of an upstream gradient of ones, (n,)."""
    y, cache = layer.forward(x)
    return layer.backward(np.ones_like(y), cache)[0]
