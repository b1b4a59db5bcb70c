"""How a run is doing, in words and with its evidence."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from mlpviz.training.experiment import Experiment
from mlpviz.training.history import History
from mlpviz.training.probes import SILENT_FOR, column
from mlpviz.training.trainer import Divergence

SETTLING_STEPS = 30  # the first steps of a run may well be large
GROWING_STEPS = 6
RISING_STEPS = 4
RECENT = 3  # how many of the newest measurements a judgement rests on


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know about a run.

    Attributes
    ----------
    severity
        ``"good"``, ``"warning"`` or ``"error"``.
    text
        One sentence with its numbers.
    advice
        What it means and what could be tried.
    """

    severity: str
    text: str
    advice: str


def findings(experiment: Experiment, history: History, divergence: Divergence | None) -> list[Finding]:
    """What there is to say of a run, the most serious first; never empty once a step was made."""
    if divergence is not None:
        advice = "Reset, and try a learning rate ten times smaller."
        return [Finding("error", divergence.sentence, advice)]
    if len(history) == 0:
        return []
    found = [finding for rule in RULES for finding in rule(experiment, history)]
    return sorted(found, key=lambda f: f.severity != "error") or [_healthy(experiment, history)]


def affine_layers(experiment: Experiment) -> list[int]:
    """Positions of the affine and linear layers; on screen they are layer 1, layer 2 and so on."""
    return [i for i, layer in enumerate(experiment.layers) if layer.has_weight]


def layer_number(experiment: Experiment, position: int) -> int:
    """The number on screen of the layer that an operation belongs to: the affine layer at or before it."""
    return sum(i <= position for i in affine_layers(experiment))


def _saturated_outputs(experiment: Experiment, history: History) -> Iterator[Finding]:
    last = len(experiment.layers) - 1
    share = _recent(history, column("saturated_share", last))
    loss_ratio = _recent(history, "loss", 30) / max(float(history.view("loss")[1][:10].mean()), 1e-30)
    weight = affine_layers(experiment)[-1]
    gradient = column("gradient_norm", weight, "weight")
    at_first = history.view(gradient)[1][:10].max(initial=0.0)
    no_gradient = _recent(history, gradient) < 1e-6 * at_first  # though momentum may still move the weights
    no_update = _recent(history, column("update_ratio", weight, "weight")) < 1e-7
    if share > 0.99 and (no_gradient or no_update) and loss_ratio > 0.3:
        beyond = 1 / (1 - experiment.momentum)
        with_momentum = f", which momentum makes {beyond:.3g} times larger," if beyond > 1 else ""
        yield Finding(
            "error",
            f"{_percent(share)} of the outputs are saturated and pass almost no gradient: nothing is learnt.",
            f"The learning rate {experiment.learning_rate:g}{with_momentum} is probably too large: "
            "reset, and try a tenth of it.",
        )


def _dead_units(experiment: Experiment, history: History) -> Iterator[Finding]:
    for i, layer in enumerate(experiment.layers):
        share = history.last(column("dead_share", i)) if layer.kind == "relu" else None
        if share is not None and share > 0.25:
            yield Finding(
                "warning",
                f"Layer {layer_number(experiment, i)}: {_percent(share)} of the ReLUs never fired "
                f"in the last {SILENT_FOR} steps.",
                "They get no gradient and may stay dead for good. A smaller learning rate, initial weights "
                "by He's rule, or leaky ReLUs avoid it.",
            )


def _saturated_hidden(experiment: Experiment, history: History) -> Iterator[Finding]:
    for i, layer in enumerate(experiment.layers[:-1]):
        share = _recent(history, column("saturated_share", i)) if layer.kind in ("sigmoid", "tanh") else 0.0
        if share > 0.5:
            where = f"Layer {layer_number(experiment, i)}"
            yield Finding(
                "warning",
                f"{where}: {_percent(share)} of the {layer.kind} outputs are saturated.",
                "Hardly any gradient passes where the curve is flat. Smaller initial weights or scaled "
                "inputs help.",
            )


def _vanishing(experiment: Experiment, history: History) -> Iterator[Finding]:
    affine = affine_layers(experiment)
    first, last = (_recent(history, column("gradient_norm", i, "weight")) for i in (affine[0], affine[-1]))
    if len(affine) > 2 and first > 0 and last / first > 100:
        yield Finding(
            "warning",
            f"The gradient of layer 1 is {last / first:.0f} times smaller than that of layer {len(affine)}.",
            "It vanishes on its way down, so the first layers hardly learn. "
            "ReLUs or batch normalisation help.",
        )


def _growing(experiment: Experiment, history: History) -> Iterator[Finding]:
    _, losses = history.view("loss")
    first, now = float(losses[: GROWING_STEPS // 2].mean()), float(losses[-GROWING_STEPS // 2 :].mean())
    latest = losses[-RISING_STEPS:]
    rises = len(latest) == RISING_STEPS and (np.diff(latest) > 0).all() and latest[-1] > 1.5 * latest[0]
    if len(losses) >= GROWING_STEPS and now > 10 * first:
        yield Finding(
            "error",
            f"The loss has grown from {first:.3g} to {now:.3g}: the run diverges.",
            f"Each step jumps further than it should: the learning rate {experiment.learning_rate:g} is the "
            "likely cause. Reset, and try a smaller one.",
        )
    elif rises and experiment.batch_size == 0:  # all examples; with fewer it may be chance
        yield Finding(
            "warning",
            f"The loss rises with every step, from {latest[0]:.3g} to {latest[-1]:.3g}.",
            f"Each step jumps too far over the lowest point: the learning rate {experiment.learning_rate:g} "
            "is the likely cause. Reset, and try a smaller one.",
        )


def _update_size(experiment: Experiment, history: History) -> Iterator[Finding]:
    for i in affine_layers(experiment):
        ratio = _recent(history, column("update_ratio", i, "weight"))
        if ratio > 0.1 and len(history) > SETTLING_STEPS:
            where = f"Layer {layer_number(experiment, i)}"
            yield Finding(
                "warning",
                f"{where}: a step moves the weights by {_percent(ratio)} of their size.",
                "That is large: once training has settled, a few thousandths are usual. "
                "Try a smaller learning rate.",
            )


def _overfitting(experiment: Experiment, history: History) -> Iterator[Finding]:
    _, losses = history.view("validation_loss")
    rising = len(losses) >= 4 and losses[-1] > 1.15 * losses.min() and losses.argmin() < len(losses) - 2
    if rising and _recent(history, "loss", 30) < 0.8 * losses[-1]:
        yield Finding(
            "warning",
            f"The validation loss is {_percent(losses[-1] / losses.min() - 1)} above its lowest value.",
            "From there on the network learnt its training examples by heart: stop earlier, or use dropout "
            "or weight decay.",
        )


RULES: tuple[Callable[[Experiment, History], Iterator[Finding]], ...] = (
    _growing,
    _saturated_outputs,
    _dead_units,
    _saturated_hidden,
    _vanishing,
    _update_size,
    _overfitting,
)


def _healthy(experiment: Experiment, history: History) -> Finding:
    ratios = [_recent(history, column("update_ratio", i, "weight")) for i in affine_layers(experiment)]
    words = f"Healthy: a step moves the weights by {_percent(max(ratios))} of their size"
    relus = [i for i, layer in enumerate(experiment.layers) if layer.kind == "relu"]
    if relus:
        dead = max(history.last(column("dead_share", i)) or 0.0 for i in relus)
        words += f", {_percent(dead)} of the ReLUs never fire"
    return Finding("good", words + ".", "Nothing in the measurements points to trouble.")


def _percent(share: float) -> str:
    percent = 100 * share
    return f"{percent:.0f}\N{NO-BREAK SPACE}%" if percent >= 10 else f"{percent:.2g}\N{NO-BREAK SPACE}%"


def _recent(history: History, name: str, count: int = RECENT) -> float:
    """The mean of a column's newest values; 0 where nothing was measured."""
    _, values = history.view(name)
    values = values[-count:]
    values = values[np.isfinite(values)]
    return float(values.mean()) if len(values) else 0.0
