"""A stage as a row of pictures: its operands, the signs between them, and what comes of them."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from mlpviz.nn import Linear, SoftmaxCrossEntropy, SquaredError
from mlpviz.nn.arrays import Array
from mlpviz.walkthrough.builder import Walkthrough
from mlpviz.walkthrough.elementwise import slopes
from mlpviz.walkthrough.stages import Choice, Quantity, Stage
from mlpviz.walkthrough.symbols import told

SIGNED: Literal["signed"] = "signed"
PLAIN: Literal["pixel"] = "pixel"


@dataclass(frozen=True, slots=True)
class Picture:
    """One vector to look at.

    Attributes
    ----------
    sign
        What stands before it: "", "×", "∘", "+", "−", "=", "→".
    caption
        Its name, with the chosen unit: "W₁[:, 61]".
    values
        (n,).
    axis
        What is counted along it; None if nothing else is counted alike.
    scale
        "signed", or "pixel" for what is never negative: pixels and activations.
    labels
        A word for each entry, if there are better ones than numbers.
    meaning
        A phrase for the tool tip.
    is_result
        Whether the stage computes it.
    limit
        The end of its scale; None for its own largest number.
    """

    sign: str
    caption: str
    values: Array
    axis: str | None
    scale: Literal["signed", "pixel"]
    meaning: str
    labels: tuple[str, ...] = ()
    is_result: bool = False
    limit: float | None = None


@np.errstate(all="ignore")  # NaN and ∞ are shown as what they are
def pictures(walkthrough: Walkthrough, stage: Stage, choice: Choice) -> list[Picture]:
    """The row of pictures of a stage, for a choice."""
    layer = None if stage.layer is None else walkthrough.network.layers[stage.layer]
    if stage.phase == "after":
        return _after(stage)
    if stage.phase == "update":
        return _update(stage, choice)
    if stage.phase == "backward" and stage.parameter is not None:
        return _gradient(walkthrough, stage, choice)
    if isinstance(layer, Linear):
        return _sums(stage, choice) if stage.phase == "forward" else _back_sums(stage, choice)
    if stage.phase == "backward" and layer is not None:
        return _back_units(walkthrough, stage)
    if stage.operation == "Loss":
        return _loss(walkthrough, stage)
    return _plain_row(stage)


def _vector(sign: str, quantity: Quantity, is_result: bool = False) -> Picture:
    return Picture(
        sign,
        quantity.name,
        quantity.values,
        quantity.axes[0],
        _scale(quantity),
        quantity.meaning,
        is_result=is_result,
        limit=_limit(quantity),
    )


def _limit(quantity: Quantity) -> float | None:
    """Numbers between 0 and 1 keep that scale: a small one is to look small."""
    between = bool(np.all((quantity.values >= 0) & (quantity.values <= 1)))
    return 1.0 if quantity.role in ("value", "target") and between else None


def _scale(quantity: Quantity) -> Literal["signed", "pixel"]:
    never_negative = quantity.role in ("value", "target") and bool(np.all(quantity.values >= 0))
    return PLAIN if never_negative else SIGNED


def _column(sign: str, quantity: Quantity, unit: int, is_result: bool = False) -> Picture:
    """What feeds one unit: a column of a matrix."""
    return Picture(
        sign,
        f"{quantity.name}[:, {unit}]",
        quantity.values[:, unit],
        quantity.axes[0],
        SIGNED,
        f"{quantity.meaning}, into unit {unit}",
        is_result=is_result,
    )


def _plain_row(stage: Stage) -> list[Picture]:
    *before, result = [q for q in stage.quantities if q.values.ndim == 1]
    row = [_vector("" if i == 0 else "·", quantity) for i, quantity in enumerate(before)]
    return [*row, _vector("→" if before else "", result, is_result=True)]


def _sums(stage: Stage, choice: Choice) -> list[Picture]:
    x, w, *biases, z = stage.quantities  # a linear layer has no biases
    products = x.values * w.values[:, choice.unit]
    caption = f"{x.name} ∘ {w.name}[:, {choice.unit}]"
    plus = ", plus the bias," if biases else ""
    meaning = f"each input times its weight: their sum{plus} is the unit's number"
    return [
        _vector("", x),
        _column("∘", w, choice.unit),
        Picture("=", caption, products, x.axes[0], SIGNED, meaning),
        _vector(" + ".join(["Σ", *(b.name for b in biases)]), z, is_result=True),
    ]


def _back_sums(stage: Stage, choice: Choice) -> list[Picture]:
    upstream, w, down = stage.quantities
    row = w.values[choice.unit]
    products = upstream.values * row
    return [
        _vector("", upstream),
        Picture(
            "∘",
            f"{w.name}[{choice.unit}, :]",
            row,
            w.axes[1],
            SIGNED,
            f"the weights from number {choice.unit} to every unit",
        ),
        Picture(
            "=",
            f"{upstream.name} ∘ {w.name}[{choice.unit}, :]",
            products,
            w.axes[1],
            SIGNED,
            "what each unit passes back: their sum is the gradient",
        ),
        _vector("Σ", down, is_result=True),
    ]


def _back_units(walkthrough: Walkthrough, stage: Stage) -> list[Picture]:
    x, _, upstream, down = stage.quantities
    assert stage.layer is not None
    slope = slopes(walkthrough.network.layers[stage.layer], walkthrough.trace.inputs[stage.layer])
    return [
        _vector("", x),
        _vector("", upstream),
        Picture(
            "∘", f"slope at {x.name}", slope, x.axes[0], SIGNED, "how steep each unit is where it stands"
        ),
        _vector("=", down, is_result=True),
    ]


def _gradient(walkthrough: Walkthrough, stage: Stage, choice: Choice) -> list[Picture]:
    if stage.result.values.ndim == 1:
        return _plain_row(stage)
    x, upstream, gradient = stage.quantities
    assert stage.layer is not None
    weight = walkthrough.network.layers[stage.layer].params["weight"]
    name = f"W{gradient.name.rpartition('W')[2]}"
    return [
        _vector("", x),
        _vector("×", upstream),
        _column("=", gradient, choice.unit, is_result=True),
        Picture(
            "moves",
            f"{name}[:, {choice.unit}]",
            weight[:, choice.unit],
            gradient.axes[0],
            SIGNED,
            "the weights as they are",
        ),
    ]


def _update(stage: Stage, choice: Choice) -> list[Picture]:
    w, _, update = stage.quantities
    after = Quantity(w.symbol, w.values + update.values, "parameter", w.axes, f"{w.meaning}, afterwards")
    if w.values.ndim == 1:
        before, change, becomes = _vector("", w), _vector("+", update), _vector("=", after, is_result=True)
    else:
        before, change = _column("", w, choice.unit), _column("+", update, choice.unit)
        becomes = _column("=", after, choice.unit, is_result=True)
    return [
        replace(before, caption=f"{before.caption} before"),
        change,
        replace(becomes, caption=f"{becomes.caption} after"),
    ]


def _loss(walkthrough: Walkthrough, stage: Stage) -> list[Picture]:
    if stage.phase == "backward":
        y, t, gradient = stage.quantities
        return [_vector("", y), _vector("−", t), _vector("→", gradient, is_result=True)]
    y, t, _ = stage.quantities
    if not isinstance(walkthrough.loss, SquaredError):
        row = [_vector("", y), _vector("", t)]
        if isinstance(walkthrough.loss, SoftmaxCrossEntropy):
            shares = -t.values * np.log(np.maximum(y.values, np.finfo(y.values.dtype).tiny))
            name = f"−t log {y.name}"
            row.append(Picture("→", name, shares, y.axes[0], PLAIN, "what each output adds", is_result=True))
        return row
    row = [_vector("", y), _vector("−", t)]
    if isinstance(walkthrough.loss, SquaredError):
        squares = (y.values - t.values) ** 2
        name = f"({y.name} − t)²"
        row.append(Picture("→", name, squares, y.axes[0], PLAIN, "what each output adds", is_result=True))
    return row


def _after(stage: Stage) -> list[Picture]:
    before, promised, measured = (float(quantity.values) for quantity in stage.quantities)
    values = np.array([before, before + promised, before + measured])
    words = ("before", "promised after", "measured after")
    labels = tuple(f"{word} {told(value, 4)}" for word, value in zip(words, values, strict=True))
    return [Picture("", "L", values, None, SIGNED, "the loss of this example", labels, is_result=True)]
