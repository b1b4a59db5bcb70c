"""The stages of the forward pass: the input, sums, and what each unit makes of its sum."""

import numpy as np

from mlpviz.nn import Layer, Linear, Network, title
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


def tell_sums(p: Pass, i: int, layer: Linear) -> None:
    """The weighted sums of an affine layer, or of a linear one, which has no biases."""
    x, z = p.inputs[i], p.outputs[i]
    w = p.parameter(i, "weight")
    b = p.parameter(i, "bias") if "bias" in layer.params else None

    def worked(c: Choice) -> str:
        total = products(x.values, layer.weight[:, c.unit])
        general = rf"\sum_i {x.symbol}[i]\,{w.symbol}[i, {c.unit}]"
        if b is not None:
            general += rf" + {at(b.symbol, c.unit)}"
            total += rf" + {factor(b.values[c.unit])}"
        return rf"{at(z.symbol, c.unit)} = {general} = {total} = {number(z.values[c.unit])}"

    def words(c: Choice) -> str:
        n = len(x.values)
        inputs = "its input" if n == 1 else f"each of its {n} inputs"
        added = ["multiplies " + inputs + " by a weight of its own"]
        added += ["adds the products up"] * (n > 1) + ["adds its bias"] * (b is not None)
        doing = ", ".join(added[:-1]) + (", and " if len(added) > 1 else "") + added[-1]
        result = f"Unit {c.unit} {doing}: {told(z.values[c.unit])}."
        return f"{result} {_most(x.values * layer.weight[:, c.unit])}" if n > 1 else result

    p.add(
        "forward",
        p.operation(i),
        i,
        title="Weighted sums",
        formula=rf"{z.symbol} = {x.symbol}\,{w.symbol}" + (f" + {b.symbol}" if b is not None else ""),
        worked=worked,
        words=words,
        code=code_of(type(layer).forward),
        quantities=(x, w, b, z) if b is not None else (x, w, z),
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
