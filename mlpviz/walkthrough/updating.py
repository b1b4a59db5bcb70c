"""The stages of the update: what each parameter becomes, and whether the promise was kept."""

from collections.abc import Sequence

import numpy as np

from mlpviz.nn import Layer, Loss, Network
from mlpviz.nn.arrays import Array, Arrays
from mlpviz.walkthrough.naming import PARAMETERS, Pass
from mlpviz.walkthrough.stages import Choice, Quantity, code_of, scalar
from mlpviz.walkthrough.symbols import at, factor, number, told


def tell_update(p: Pass, i: int, layer: Layer, name: str) -> None:
    w, g = p.parameter(i, name), p.gradient_of(i, name)
    update = Quantity(rf"\Delta {w.symbol}", p.updates[i][name], "update", w.axes, "what the optimizer adds")
    eta = p.optimizer.learning_rate
    is_plain = np.array_equal(update.values, -eta * g.values)

    how_far = (
        "Against the gradient, by the learning rate."
        if is_plain
        else "How far it goes, the optimizer decides: from this gradient and from those before."
    )

    def entry(c: Choice) -> tuple[int, ...]:
        return (c.source, c.unit) if w.values.ndim == 2 else (c.unit,)

    def worked(c: Choice) -> str:
        place = entry(c)
        before, step = w.values[place], update.values[place]
        digits = next((d for d in range(3, 9) if number(before, d) != number(before + step, d)), 3)
        how = rf"{number(before, digits)} - {number(eta)} \cdot {factor(g.values[place])}"
        how = how if is_plain else rf"{number(before, digits)} + {factor(step)}"
        return rf"{at(w.symbol, *place)} \leftarrow {how} = {number(before + step, digits)}"

    p.add(
        "update",
        p.operation(i),
        i,
        parameter=name,
        title=f"The {PARAMETERS.get(name, (name, name))[1]} move",
        formula=rf"{w.symbol} \leftarrow {w.symbol} - \eta\,{g.symbol}"
        if is_plain
        else rf"{w.symbol} \leftarrow {w.symbol} + \Delta {w.symbol}",
        worked=worked,
        words=lambda c: (
            f"{how_far} This is what the example would do by itself; in training the whole batch decides."
        ),
        code=code_of(type(p.optimizer).update),
        quantities=(w, g, update),
    )


def tell_after(p: Pass) -> None:
    promised, measured = loss_change(p.network, p.updates, p.x[None], p.target[None], p.loss)
    if any(update.any() for layer in p.updates for update in layer.values()):
        idle = None
    elif p.optimizer.learning_rate == 0:
        idle = "The learning rate is 0, so no step was made."
    else:
        idle = "The gradient is zero, so no step was made."
    quantities = (
        Quantity("L", scalar(p.trace.loss), "loss", (), "the loss before"),
        Quantity(r"\Delta L_{promised}", scalar(promised), "loss", (), "the gradient's promise"),
        Quantity(r"\Delta L_{measured}", scalar(measured), "loss", (), "what the loss really did"),
    )
    p.add(
        "after",
        "After",
        None,
        title="Was the promise kept?",
        formula=r"\Delta L \approx \sum_\theta \frac{\partial L}{\partial \theta}\,\Delta\theta",
        worked=lambda c: (
            rf"\text{{promised }} {number(promised)}, \quad \text{{measured }} {number(measured)}"
        ),
        words=lambda c: _promise_words(p.trace.loss, promised, measured, idle),
        code=code_of(loss_change),
        quantities=quantities,
    )


def loss_change(
    network: Network, updates: list[Arrays], x: Array, target: Array, loss: Loss
) -> tuple[float, float]:
    """The change of the loss that the gradient promises for an update, Σ ∂L/∂θ Δθ, and the real one.

    Both in float64, on a copy of the network: in float32 a small change would drown in rounding.
    """
    before = network.astype(np.float64)
    x, target = x.astype(np.float64), target.astype(np.float64)
    value, gradients = before.loss_and_gradients(x, target, loss)
    after = before.copy()
    promised = 0.0
    for layer, layer_updates, layer_gradients in zip(after.layers, updates, gradients, strict=True):
        for name, update in layer_updates.items():
            promised += float((layer_gradients[name] * update).sum())
            layer.params[name] += update
    return promised, loss.value(after.predict(x), target) - value


def last_change(
    network: Network, updates: Sequence[Arrays], x: Array, target: Array, loss: Loss
) -> tuple[float, float]:
    """The change of the loss that the step promised which led to a network, and the real one.

    Parameters
    ----------
    network
        As it is after the step.
    updates
        What the step added to each parameter.
    x, target
        The batch that it was made for.
    """
    before = network.astype(np.float64)
    for layer, layer_updates in zip(before.layers, updates, strict=True):
        for name, update in layer_updates.items():
            layer.params[name] -= update
    return loss_change(before, list(updates), x, target, loss)


def _promise_words(loss: float, promised: float, measured: float, idle: str | None) -> str:
    """Whether a promise was kept; `idle` says why no step was made, if none was."""
    if idle is not None:
        return idle
    really = f"{'rose' if measured > 0 else 'fell'} by {told(abs(measured))}"
    if not np.isfinite([promised, measured]).all():
        return "The numbers are beyond what can be computed with, so nothing can be promised."
    if promised >= 0:
        return (
            f"The optimizer did not go down this gradient, which promised a rise of {told(promised)}: "
            f"it remembers earlier ones. The loss {really}."
        )
    kept = measured / promised
    if measured > 0:
        verdict = f"Broken: the loss {really}"
    elif kept < 0.8:
        verdict = f"Kept in part: the loss {really}, {100 * kept:.0f} % of it"
    elif kept <= 1.2:
        verdict = f"Kept: the loss {really}, {100 * kept:.0f} % of it"
    else:
        verdict = f"More than kept: the loss {really}"
    below = " That would end below 0, where no loss can be." if loss + promised < 0 else ""
    return (
        f"The gradient promised a fall of {told(-promised)}.{below} {verdict}. "
        "A slope holds only nearby: the shorter the step, the closer the promise."
    )
