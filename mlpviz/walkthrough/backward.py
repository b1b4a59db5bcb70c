"""The stages of the backward pass: gradients of parameters, and what each layer hands down."""

from mlpviz.nn import Layer, Linear, title
from mlpviz.walkthrough.elementwise import put_in, slopes, telling_of
from mlpviz.walkthrough.naming import PARAMETERS, Pass
from mlpviz.walkthrough.stages import Choice, code_of
from mlpviz.walkthrough.symbols import MOST_TERMS, at, factor, number, products, told


def tell_gradient(p: Pass, i: int, layer: Layer, name: str) -> None:
    x, upstream, g = p.inputs[i], p.upstream(i), p.gradient_of(i, name)
    affine_weight = isinstance(layer, Linear) and name == "weight"
    if affine_weight:
        formula = rf"{x.symbol}^\top\,{upstream.symbol}"
    elif name == "gamma":
        formula = rf"{upstream.symbol} \circ \hat x"
    elif name in ("bias", "beta"):
        formula = upstream.symbol
    else:
        slope = rf"\frac{{\partial {p.outputs[i].symbol}}}{{\partial {p.parameter(i, name).symbol}}}"
        formula = rf"{upstream.symbol}\,{slope}"

    def entry(c: Choice) -> tuple[int, ...]:
        return (c.source, c.unit)[-g.values.ndim :]

    def worked(c: Choice) -> str:
        value = number(g.values[entry(c)])
        if not affine_weight:
            return rf"{at(g.symbol, *entry(c))} = {value}"
        left, right = number(x.values[c.source]), factor(upstream.values[c.unit])
        return rf"{at(g.symbol, *entry(c))} = {left} \cdot {right} = {value}"

    def words(c: Choice) -> str:
        if affine_weight:
            return (
                f"Every weight into unit {c.unit} gets the same gradient {told(upstream.values[c.unit])}, "
                "times the input it looks at: where the input is 0, nothing."
            )
        value = told(g.values[entry(c)])
        if name in ("bias", "beta"):
            return f"It is added to the sum as it is, so it gets the unit's gradient as it is: {value}."
        if name == "gamma":
            return f"It multiplies the normalised input, so that is its factor: {value}."
        return f"How much the output changes with it, times the gradient that arrives: {value}."

    p.add(
        "backward",
        p.operation(i),
        i,
        parameter=name,
        title=f"Gradient of the {PARAMETERS.get(name, (name, name))[1]}",
        formula=rf"{g.symbol} = {formula}",
        worked=worked,
        words=words,
        code=code_of(type(layer).gradients, f'"{name}"'),
        quantities=(x, upstream, g) if affine_weight else (upstream, g),
    )


def tell_back_sums(p: Pass, i: int, layer: Linear) -> None:
    upstream, down, w = p.upstream(i), p.downstream(i), p.parameter(i, "weight")

    def worked(c: Choice) -> str:
        few = len(upstream.values) <= MOST_TERMS
        total = products(upstream.values, layer.weight[c.unit]) + " = " if few else ""
        general = rf"\sum_j {upstream.symbol}[j]\,{w.symbol}[{c.unit}, j]"
        return rf"{at(down.symbol, c.unit)} = {general} = {total}{number(down.values[c.unit])}"

    is_first = not any(layer.params for layer in p.network.layers[:i])
    note = " Training does not need it, for nothing below has weights." if is_first else ""
    p.add(
        "backward",
        p.operation(i),
        i,
        title="Back through the weights",
        formula=rf"{down.symbol} = {upstream.symbol}\,{w.symbol}^\top",
        worked=worked,
        words=lambda c: (
            f"Unit {c.unit} went into every unit of the layer. What each of them passes back "
            f"is weighted and added up: {told(down.values[c.unit])}.{note}"
        ),
        code=code_of(type(layer).backward),
        quantities=(upstream, w, down),
    )


def tell_units_back(p: Pass, i: int, layer: Layer) -> None:
    x, y, upstream, down = p.inputs[i], p.outputs[i], p.upstream(i), p.downstream(i)
    telling = telling_of(layer)
    slope = slopes(layer, p.trace.inputs[i])

    def worked(c: Choice) -> str:
        left, right = factor(upstream.values[c.unit]), factor(slope[c.unit])
        return rf"{at(down.symbol, c.unit)} = {left} \cdot {right} = {number(down.values[c.unit])}"

    p.add(
        "backward",
        p.operation(i),
        i,
        title=f"Back through {title(type(layer))}",
        formula=rf"{down.symbol} = {upstream.symbol} \circ {put_in(telling.slope, x.symbol, y.symbol)}",
        worked=worked,
        words=lambda c: f"{telling.slope_words} Unit {c.unit}: slope {told(slope[c.unit])}.",
        code=code_of(type(layer).backward),
        quantities=(x, y, upstream, down),
    )
