"""What the formulas of a lesson may speak of: the run as it stands, by names that learners know."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpviz.data import Splits
from mlpviz.nn import Linear, Loss, Network
from mlpviz.training import Experiment, History, Snapshot, Trainer
from mlpviz.training.calibration import calibration
from mlpviz.training.confusion import confusion_matrix, per_class
from mlpviz.training.cost_problem import CostProblem
from mlpviz.training.evaluation import correct, evaluate
from mlpviz.training.judgement import Judgement, judge, least_certain, mistakes
from mlpviz.training.optimum import optimum
from mlpviz.training.shrinking import first_examples, shrinking
from mlpviz.walkthrough import last_change, walk
from mlpviz.walkthrough.pulls import pulls_on_weight

Values = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Live:
    """A run as a lesson looks at it, whoever trains it.

    Attributes
    ----------
    experiment
        With all changes made so far.
    snapshot, initial
        The network on show, and before the first step.
    history
    splits, loss, threshold
        As the trainer has them.
    places
        What the window adds: the page on show, the stage, the example; plain values by name.
    compared
        The runs in the list of the Compare page.
    """

    experiment: Experiment
    snapshot: Snapshot
    initial: Snapshot
    history: History
    splits: Splits
    loss: Loss
    threshold: float | None
    input_names: tuple[str, ...] = ()
    places: Mapping[str, Any] | None = None
    compared: tuple["Live", ...] = ()

    @classmethod
    def of(cls, trainer: Trainer, history: History) -> "Live":
        """A trainer between two steps."""
        return cls(
            trainer.experiment,
            trainer.snapshot(),
            trainer.initial_snapshot(),
            history,
            trainer.splits,
            trainer.loss,
            trainer.threshold,
            trainer.dataset.input_names,
        )

    @property
    def network(self) -> Network:
        """The network on show."""
        return self.snapshot.network


Quantity = Callable[[Live], Any]

PLACES = (
    "page",
    "stage",
    "example",
    "operation",
    "phase",
    "unit",
    "source",
    "asked",
    "cell",
    "drawing_said",
    "seeds_trained",
    "seeds_learnt",
)
"""What the window says of itself; empty words and −1 where there is no window."""

_WORDS = ("page", "operation", "phase", "asked")


def _affine(network: Network) -> list[int]:
    return [i for i, layer in enumerate(network.layers) if isinstance(layer, Linear)]


def _of_layer(arrays: Any, network: Network, layer: int, name: str) -> Values:
    """An array of the layer that is called so on screen, counted from 1."""
    positions = _affine(network)
    if not 1 <= layer <= len(positions):
        raise IndexError(f"there is no layer {layer}: they are 1 to {len(positions)}")
    found: Mapping[str, Values] = arrays[positions[layer - 1]]
    if name not in found:
        raise KeyError(f"layer {layer} has no {name} here")
    return found[name]


def _params(which: Callable[[Live], Any]) -> Quantity:
    def quantity(live: Live) -> Callable[..., Values]:
        return lambda layer, name="weight": _of_layer(which(live), live.network, layer, name)

    return quantity


def _change(live: Live) -> Callable[..., Values]:
    def change(layer: int, name: str = "weight") -> Values:
        now = _of_layer(live.network.params, live.network, layer, name)
        return now - _of_layer(live.initial.network.params, live.network, layer, name)

    return change


def _split(live: Live, name: str) -> Any:
    found = live.splits.by_name()
    if name not in found:
        raise KeyError(f"there are no {name} examples: there are {', '.join(found)}")
    return found[name]


def _loss_over(live: Live) -> Callable[..., float]:
    return lambda split="training": evaluate(live.network, _split(live, split), live.loss, None).loss


def _accuracy_over(live: Live) -> Callable[..., float]:
    def accuracy(split: str = "training") -> float:
        found = evaluate(live.network, _split(live, split), live.loss, live.threshold).accuracy
        if found is None:
            raise TypeError("this task has no classes, so there is no accuracy")
        return found

    return accuracy


def _output(live: Live) -> Callable[..., Values]:
    """The outputs for one example, or those of one operation on the way, (n,)."""

    def output(split: str, index: int, operation: int = -1) -> Values:
        x, _ = _split(live, split).batch(np.array([index]))
        outputs, _ = live.network.forward(x)
        return outputs[operation][0]

    return output


def _inputs(live: Live) -> Callable[..., Values]:
    return lambda split, index: _split(live, split).batch(np.array([index]))[0][0]


def _targets(live: Live) -> Callable[..., Values]:
    return lambda split, index: _split(live, split).batch(np.array([index]))[1][0]


def _all(live: Live, part: int) -> Callable[..., Values]:
    """The inputs of all examples of a split, (N, n_in), or their targets, (N, K)."""
    return lambda split: _split(live, split).batch(slice(None))[part]


def _trace(live: Live, split: str, index: int) -> Any:
    x, targets = _split(live, split).batch(np.array([index]))
    return live.network.trace(x, targets, live.loss)


def _example_gradient(live: Live) -> Callable[..., Values]:
    """The gradient that one example alone would give."""

    def gradient(split: str, index: int, layer: int, name: str = "weight") -> Values:
        return _of_layer(_trace(live, split, index).gradients, live.network, layer, name)

    return gradient


def _gradient_over(live: Live) -> Callable[..., Values]:
    """The gradient over all examples of a split, of the network as it stands: what a step would see."""

    def gradient(split: str, layer: int, name: str = "weight") -> Values:
        x, targets = _split(live, split).batch(slice(None))
        found = live.network.trace(x, targets, live.loss).gradients
        return _of_layer(found, live.network, layer, name)

    return gradient


def _upstream(live: Live) -> Callable[..., Values]:
    """∂L/∂ the output of an operation, for one example, (n,)."""
    return lambda split, index, operation: _trace(live, split, index).upstream[operation][0]


def _loss_changes(live: Live, split: str | None, index: int) -> tuple[float, float]:
    """Promise and result of an example's own step, a what-if; or of the last real one, on its batch."""
    if split is not None:
        x, targets = _split(live, split).batch(np.array([index]))
        stages = walk(live.network, x, targets, live.loss, live.snapshot.optimizer).stages
        _, promised, measured = (float(quantity.values) for quantity in stages[-1].quantities)
        return promised, measured
    if live.snapshot.step == 0:
        raise TypeError("no step was made yet")
    x, targets = live.splits.training.batch(live.snapshot.batch)
    return last_change(live.network, live.snapshot.updates, x, targets, live.loss)


def _promised(live: Live) -> Callable[..., float]:
    return lambda split=None, index=0: _loss_changes(live, split, index)[0]


def _measured(live: Live) -> Callable[..., float]:
    return lambda split=None, index=0: _loss_changes(live, split, index)[1]


def _pulls(live: Live) -> Callable[..., Values]:
    """Each example's gradient for one weight, of the last mini-batch, (N,)."""

    def pulls(layer: int, source: int, unit: int) -> Values:
        position = _affine(live.network)[layer - 1]
        x, targets = live.splits.training.batch(live.snapshot.batch)
        return pulls_on_weight(live.network, x, targets, live.loss, position, source, unit).gradients

    return pulls


def _cases_right(live: Live) -> int:
    x, targets = live.splits.training.batch(slice(None))
    if live.threshold is None:
        raise TypeError("this task has no classes, so nothing is right or wrong")
    return int(np.count_nonzero(correct(live.network.predict(x), targets, live.threshold)))


def _best(live: Live) -> Callable[..., Values]:
    """Weight or bias of least squares."""

    def best(name: str = "weight") -> Values:
        problem = CostProblem.of(live.initial.network, live.splits.training, live.loss, live.input_names)
        found = optimum(live.initial.network, problem.sample, live.loss, live.input_names)
        if found is None:
            raise TypeError("there is no closed form for this network")
        return found.params[name]

    return best


def _history(live: Live) -> Callable[[str], Values]:
    return lambda name: live.history.view(name)[1]


def _last(live: Live) -> Callable[[str], float]:
    def last(name: str) -> float:
        value = live.history.last(name)
        return float("nan") if value is None else value

    return last


def _columns(live: Live) -> Callable[[str], list[str]]:
    return lambda probe: [name for name in live.history.names if name.split(".")[0] == probe]


def _gradient_norms(live: Live) -> Callable[[int], Values]:
    """The norm of each layer's gradient at a step, (layers,), first layer first."""

    def norms(step: int) -> Values:
        names = [name for name in live.history.names if name.startswith("gradient_norm.")]
        rows = [live.history.view(name) for name in names if name.endswith("weight")]
        return np.array([values[np.searchsorted(steps, step)] for steps, values in rows])

    return norms


def _saturated(live: Live) -> Callable[[int], float]:
    """The share of saturated outputs of an operation when it was last measured."""
    return lambda operation: _last(live)(f"saturated_share.{operation}")


def _shrinking(live: Live) -> Callable[[str], Values]:
    """Of the first hundred examples: "gradients", "deltas", "by_weights" or "by_slopes", layer 1 first."""

    def found(what: str) -> Values:
        sample = first_examples(live.splits, live.experiment.seed)
        return np.array(getattr(shrinking(live.network, *sample, live.loss), what))

    return found


def _judged(live: Live, split: str) -> Judgement:
    examples = _split(live, split)
    n_out = examples.examples.targets.shape[1]
    n_classes = 0 if live.threshold is None else max(n_out, 2)
    found = judge(live.network, examples, live.loss, live.threshold, n_classes)
    if found is None or not found.n_classes:
        raise TypeError("this task has no classes, so nothing is said of any")
    return found


def _mixed_up(judged: Judgement) -> Values:
    """The confusion matrix without what is right."""
    matrix = confusion_matrix(judged)
    return matrix - np.diag(np.diag(matrix))


def _of_judgement(what: Callable[[Judgement], Any]) -> Quantity:
    return lambda live: lambda split: what(_judged(live, split))


def _of_run(live: Live) -> Callable[..., Any]:
    """Any quantity of a run in the list of the Compare page."""

    def of_run(place: int, name: str, *arguments: Any) -> Any:
        if not 0 <= place < len(live.compared):
            raise IndexError(f"there is no run {place} in the list: there are {len(live.compared)}")
        found = names_of(live.compared[place])[name]
        return found(*arguments) if callable(found) else found

    return of_run


def _checked(live: Live) -> Callable[[str], bool]:
    """Whether a control of the page on show is checked; False where there is no window."""
    found = (live.places or {}).get("checked")
    return found if callable(found) else lambda name: False


def _place(name: str) -> Quantity:
    return lambda live: (live.places or {}).get(name, "" if name in _WORDS else -1)


def _plain(function: Callable[..., Any]) -> Quantity:
    return lambda _live: function


QUANTITIES: dict[str, Quantity] = {
    "step": lambda live: live.snapshot.step,
    "epoch": lambda live: live.snapshot.epoch,
    "seed": lambda live: live.experiment.seed,
    "learning_rate": lambda live: live.experiment.learning_rate,
    "momentum": lambda live: live.experiment.momentum,
    "batch_size": lambda live: live.experiment.batch_size,
    "n_layers": lambda live: len(_affine(live.network)),
    "n_parameters": lambda live: live.network.n_parameters,
    "weight": _params(lambda live: live.network.params),
    "bias": lambda live: lambda layer: _of_layer(live.network.params, live.network, layer, "bias"),
    "initial": _params(lambda live: live.initial.network.params),
    "gradient": _params(lambda live: live.snapshot.gradients),
    "update": _params(lambda live: live.snapshot.updates),
    "change": _change,
    "loss_over": _loss_over,
    "accuracy_over": _accuracy_over,
    "batch_loss": lambda live: _last(live)("loss"),
    "output": _output,
    "inputs": _inputs,
    "targets": _targets,
    "all_inputs": lambda live: _all(live, 0),
    "all_targets": lambda live: _all(live, 1),
    "example_gradient": _example_gradient,
    "gradient_over": _gradient_over,
    "upstream": _upstream,
    "promised": _promised,
    "measured": _measured,
    "pulls": _pulls,
    "cases_right": _cases_right,
    "best": _best,
    "history": _history,
    "last": _last,
    "gradient_norms": _gradient_norms,
    "saturated": _saturated,
    "shrinking": _shrinking,
    "confusion": _of_judgement(confusion_matrix),
    "mistakes": _of_judgement(mistakes),
    "least_certain": _of_judgement(least_certain),
    "certainty": _of_judgement(lambda judged: judged.certainty),
    "said": _of_judgement(lambda judged: judged.predictions),
    "recall": _of_judgement(lambda judged: per_class(judged).recall),
    "mixed_up": _of_judgement(_mixed_up),
    "labels": _of_judgement(lambda judged: judged.labels),
    "calibration_error": _of_judgement(lambda judged: calibration(judged.certainty, judged.right).error),
    "n_compared": lambda live: len(live.compared),
    "of_run": _of_run,
    "checked": _checked,
    **{name: _place(name) for name in PLACES},
    "abs": _plain(np.abs),
    "sum": _plain(np.sum),
    "mean": _plain(np.mean),
    "max": _plain(np.max),
    "min": _plain(np.min),
    "argmax": _plain(lambda values: int(np.argmax(values))),
    "argmin": _plain(lambda values: int(np.argmin(values))),
    "norm": _plain(lambda values: float(np.linalg.norm(values))),
    "norms": _plain(lambda matrix: np.linalg.norm(matrix, axis=0)),
    "exp": _plain(np.exp),
    "log": _plain(np.log),
    "sqrt": _plain(np.sqrt),
    "sigmoid": _plain(lambda x: 1.0 / (1.0 + np.exp(-x))),
    "round": _plain(lambda value, digits=0: round(float(value), digits)),
    "len": _plain(len),
    "true": lambda _live: True,
    "false": lambda _live: False,
}
"""Names and functions of formulas. Layers are counted from 1, operations, units and examples from 0."""


def names_of(live: Live) -> dict[str, Any]:
    """All of them for a run; each is computed when it is asked for."""
    return _Lazy(live)


class _Lazy(dict[str, Any]):
    """Names that are computed on the first look."""

    def __init__(self, live: Live) -> None:
        super().__init__(dict.fromkeys(QUANTITIES))
        self._live = live

    def __getitem__(self, name: str) -> Any:
        return QUANTITIES[name](self._live)
