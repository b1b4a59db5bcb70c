"""The stages of the loss: probabilities, how wrong the answer is, and where the error starts."""

from typing import Any

from mlpviz.nn import BinaryCrossEntropy, Loss, SoftmaxCrossEntropy, SquaredError, title
from mlpviz.nn import layers as nn_layers
from mlpviz.nn import losses as nn_losses
from mlpviz.walkthrough.naming import Pass
from mlpviz.walkthrough.stages import Choice, Quantity, code_of, scalar
from mlpviz.walkthrough.symbols import at, factor, number, told

GROWTH = 0.001  # small enough for a slope to say what becomes of it


def tell_probabilities(p: Pass) -> None:
    """A loss on scores first makes probabilities of them; that is a stage of its own."""
    p.answer = p.outputs[-1]
    if not p.loss.on_scores:
        return
    z = p.outputs[-1]
    probabilities = p.loss.probabilities(z.values[None])[0]
    p.answer = Quantity("p", probabilities, "value", z.axes, "the probability given to each class")
    softmax = isinstance(p.loss, SoftmaxCrossEntropy)
    general = rf"\frac{{e^{{{z.symbol}}}}}{{\sum_j e^{{{z.symbol}[j]}}}}"
    general = general if softmax else rf"\frac{{1}}{{1 + e^{{-{z.symbol}}}}}"
    p.add(
        "loss",
        "Softmax" if softmax else "Sigmoid",
        None,
        title="Scores become probabilities",
        formula=rf"p = {general}",
        worked=lambda c: rf"{at('p', c.unit)} = {number(probabilities[c.unit])}",
        words=lambda c: (
            (
                "The larger a score, the larger its share; the shares add up to 1."
                if softmax
                else "Each score becomes a probability between 0 and 1."
            )
            + f" Output {c.unit} gets {told(probabilities[c.unit])}."
        ),
        code=code_of(nn_losses.softmax if softmax else nn_layers.sigmoid),
        quantities=(z, p.answer),
    )


def tell_loss(p: Pass) -> None:
    y, t = p.answer, p.target_quantity()
    value = Quantity("L", scalar(p.trace.loss), "loss", (), "how wrong the answer is")
    general, worked = _loss_formula(p.loss, y, t)
    p.add(
        "loss",
        "Loss",
        None,
        title=f"How wrong: {title(type(p.loss)).lower()}",
        formula=rf"L = {general}",
        worked=lambda c: rf"{worked(c)} \qquad L = {number(p.trace.loss)}",
        words=lambda c: (
            f"One number says how far the whole answer is from the target: {told(p.trace.loss)}."
            + (_most_wrong(y, t) if isinstance(p.loss, SquaredError) else "")
        ),
        code=code_of(type(p.loss).value),
        quantities=(y, t, value),
    )


def tell_loss_gradient(p: Pass) -> None:
    out, y, t = p.outputs[-1], p.answer, p.target_quantity()
    upstream = p.upstream(len(p.network.layers) - 1)
    scale = _gradient_scale(p.loss, len(p.target))
    formula = rf"{scale}({y.symbol} - t)" if scale else rf"{y.symbol} - t"

    def worked(c: Choice) -> str:
        numbers = rf"{number(y.values[c.unit])} - {factor(t.values[c.unit])}"
        return rf"{scale}({numbers}) = {number(upstream.values[c.unit])}"

    p.add(
        "backward",
        "Loss",
        None,
        title="Where the error starts",
        formula=rf"{upstream.symbol} = {formula}",
        worked=lambda c: rf"{at(upstream.symbol, c.unit)} = {worked(c)}",
        words=lambda c: (
            f"If output {c.unit} grew by {GROWTH}, the loss would {_change(upstream.values[c.unit])}."
        ),
        code=code_of(type(p.loss).gradient),
        quantities=(y, t, upstream) if y is not out else (out, t, upstream),
    )


def _loss_formula(loss: Loss, y: Quantity, t: Quantity) -> tuple[str, Any]:
    if isinstance(loss, SquaredError):
        scale = {"sum": "", "mean": r"\frac{1}{K}", "half": r"\frac{1}{2}"}[loss.scaling]

        def squared(c: Choice) -> str:
            difference = rf"({number(y.values[c.unit])} - {factor(t.values[c.unit])})^2"
            return rf"{difference} = {number((y.values[c.unit] - t.values[c.unit]) ** 2)}"

        return rf"{scale}\sum_j ({y.symbol}[j] - t[j])^2", squared
    if isinstance(loss, BinaryCrossEntropy):
        general = rf"-\sum_j (t[j] \log {y.symbol}[j] + (1 - t[j]) \log (1 - {y.symbol}[j]))"

        def crossed(c: Choice) -> str:
            p, target = y.values[c.unit], t.values[c.unit]
            return (
                rf"-({number(target)} \cdot \log {factor(p)} + "
                rf"{number(1 - target)} \cdot \log {factor(1 - p)})"
            )

        return general, crossed
    return (
        rf"-\sum_j t[j] \log {y.symbol}[j]",
        lambda c: rf"-{number(t.values[c.unit])} \cdot \log {factor(y.values[c.unit])}",
    )


def _gradient_scale(loss: Loss, outputs: int) -> str:
    if isinstance(loss, SquaredError):
        return {"sum": "2", "mean": rf"\frac{{2}}{{{outputs}}}", "half": ""}[loss.scaling]
    return ""


def _change(slope: float) -> str:
    """What a slope says of a small step."""
    if slope == 0:
        return "not change"
    return f"{'rise' if slope > 0 else 'fall'} by about {told(abs(slope) * GROWTH)}"


def _most_wrong(y: Quantity, t: Quantity) -> str:
    """The output that adds most to a squared error."""
    squares = (y.values - t.values) ** 2
    k = int(squares.argmax())
    return f" Output {k} is furthest off: {told(y.values[k])} in place of {told(t.values[k])}."
