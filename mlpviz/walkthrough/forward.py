"""The stages of the forward pass: the input, sums, and what each unit makes of its sum."""

import numpy as np

from mlpviz.nn import Affine, Layer, Network, title
from mlpviz.nn.arrays import Array
from mlpviz.walkthrough.elementwise import constants, put_in, telling_of
from mlpviz.walkthrough.naming import Pass
from mlpviz.walkthrough.stages import Choice, code_of
from mlpviz.walkthrough.symbols import at, factor, number, products, told


def tell_input(p: Pass) -> None:
    x = p.inputs[0]
    p.add(
        "forward",
        "Input",
        None,
        title="The example goes in",
        formula=rf"x \in \mathbb{{R}}^{{{len(p.x)}}}",
        worked=lambda c: rf"{at('x', c.unit)} = {number(p.x[c.unit])}",
        words=lambda c: "Each input is one number. The network sees nothing but these.",
        code=code_of(Network.predict),
        quantities=(x,),
    )


def tell_affine(p: Pass, i: int, layer: Affine) -> None:
    x, z = p.inputs[i], p.outputs[i]
    w, b = p.parameter(i, "weight"), p.parameter(i, "bias")

    def worked(c: Choice) -> str:
        total = products(x.values, layer.weight[:, c.unit])
        general = rf"\sum_i {x.symbol}[i]\,{w.symbol}[i, {c.unit}] + {at(b.symbol, c.unit)}"
        bias = factor(layer.bias[c.unit])
        return rf"{at(z.symbol, c.unit)} = {general} = {total} + {bias} = {number(z.values[c.unit])}"

    def words(c: Choice) -> str:
        n = len(x.values)
        return (
            f"Unit {c.unit} multiplies each of its {n} inputs by a weight of its own, adds the products "
            f"up, and adds its bias: {told(z.values[c.unit])}. {_most(x.values * layer.weight[:, c.unit])}"
        )

    p.add(
        "forward",
        p.operation(i),
        i,
        title="Weighted sums",
        formula=rf"{z.symbol} = {x.symbol}\,{w.symbol} + {b.symbol}",
        worked=worked,
        words=words,
        code=code_of(type(layer).forward),
        quantities=(x, w, b, z),
    )


def tell_units(p: Pass, i: int, layer: Layer) -> None:
    x, y = p.inputs[i], p.outputs[i]
    telling = telling_of(layer)

    def worked(c: Choice) -> str:
        numbers = put_in(telling.formula, factor(x.values[c.unit]))
        for symbol, value in constants(layer, c.unit).items():
            numbers = numbers.replace(symbol, factor(value))
        return rf"{at(y.symbol, c.unit)} = {numbers} = {number(y.values[c.unit])}"

    p.add(
        "forward",
        p.operation(i),
        i,
        title=title(type(layer)),
        formula=rf"{y.symbol} = {put_in(telling.formula, x.symbol)}",
        worked=worked,
        words=lambda c: (
            f"{telling.words} Unit {c.unit}: {told(x.values[c.unit])} becomes {told(y.values[c.unit])}."
        ),
        code=code_of(type(layer).forward),
        quantities=(x, *(p.parameter(i, name) for name in layer.params), y),
    )


def _most(terms: Array) -> str:
    """The terms that count most in a sum."""
    largest = np.argsort(-np.abs(terms), kind="stable")[:3]
    return "The largest terms: " + ", ".join(f"[{i}]: {told(terms[i])}" for i in largest) + "."
