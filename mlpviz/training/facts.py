"""What a run shows, in numbers: each fact is told where the shape of data and network makes it one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpviz.data import Dataset, Split, Splits
from mlpviz.nn import Linear, Loss, Network, SoftmaxCrossEntropy, SquaredError, collapsed, least_squares
from mlpviz.training.evaluation import correct, evaluate
from mlpviz.training.history import History
from mlpviz.training.probes import PROBES, column
from mlpviz.training.trainer import Trainer
from mlpviz.training.verdict import FEW_EXAMPLES, gradient_norm, stands_still, usual_share

LOOKED_AT = 1000  # examples of which scores are compared
DEEP = 4  # layers of weights, from which on it matters how the gradient comes down
FAR_ABOVE = 10.0  # times the lowest loss there is
TINY_LOSS = 1e-6
UNEVEN = 3.0  # the commonest class comes so many times as often as the rarest


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a run shows.

    Attributes
    ----------
    key
        Its name in ``train --json``.
    numbers
        What was measured, as plain values.
    sentence
        The same in words.
    is_good
        Whether it is what one would wish for.
    """

    key: str
    numbers: dict[str, Any]
    sentence: str
    is_good: bool = True


@dataclass(frozen=True, slots=True)
class Shown:
    """What facts are told of: a network after some training, its data and its history.

    `finished` says that nothing is left to train.
    """

    dataset: Dataset
    splits: Splits
    network: Network
    loss: Loss
    threshold: float | None
    history: History
    finished: bool = False

    @property
    def weighted(self) -> list[int]:
        """Positions of the layers of weighted sums; on screen layer 1, layer 2 and so on."""
        return [i for i, layer in enumerate(self.network.layers) if isinstance(layer, Linear)]


def shown_by(trainer: Trainer, history: History) -> Shown:
    """What a trainer has come to; its network must not be trained meanwhile."""
    return Shown(
        trainer.dataset,
        trainer.splits,
        trainer.network,
        trainer.loss,
        trainer.threshold,
        history,
        trainer.finished,
    )


def facts(shown: Shown) -> list[Fact]:
    """Everything there is to tell of a run as it stands."""
    with np.errstate(all="ignore"):  # a diverged network is told of as well
        return [fact for rule in FACTS for fact in rule(shown)]


def _cases(shown: Shown) -> Iterator[Fact]:
    """How many of a handful of examples are right."""
    training = shown.splits.training
    if shown.threshold is None or len(training) > FEW_EXAMPLES:
        return
    x, targets = training.batch(slice(None))
    right = int(np.count_nonzero(correct(shown.network.predict(x), targets, shown.threshold)))
    sentence = f"{right} of {len(x)} cases are right."
    yield Fact("cases", {"right": right, "of": len(x)}, sentence, is_good=right == len(x))


def _plateau(shown: Shown) -> Iterator[Fact]:
    """That a run which has not learnt hardly moves any more; of few examples only, for it looks at all."""
    training, (_, losses) = shown.splits.training, shown.history.view("loss")
    if shown.threshold is None or len(training) > LOOKED_AT:
        return
    evaluation = evaluate(shown.network, training, shown.loss, shown.threshold)
    assert evaluation.accuracy is not None
    if evaluation.accuracy >= usual_share(len(training)):
        return
    gradient = gradient_norm(shown.network, training, shown.loss)
    if stands_still(losses, gradient):
        yield Fact(
            "plateau",
            {"loss": evaluation.loss, "gradient_norm": gradient},
            f"It stands on a plateau: the loss is {evaluation.loss:.3g}, and the gradient of all parameters "
            f"together {f'only {gradient:.1e}' if gradient else 'zero'}.",
            is_good=False,
        )


def _least_squares(shown: Shown) -> Iterator[Fact]:
    """How near a single layer of weighted sums came to the best there is."""
    layer = shown.network.layers[0]
    if len(shown.network.layers) > 1 or not isinstance(layer, Linear):
        return
    if not isinstance(shown.loss, SquaredError) or shown.dataset.image_shape is not None:
        return
    x, targets = shown.splits.training.batch(slice(None))
    has_bias = "bias" in layer.params
    best = least_squares(x, targets, bias=has_bias)
    loss = evaluate(shown.network, shown.splits.training, shown.loss, None).loss
    lowest = evaluate(Network([best]), shown.splits.training, shown.loss, None).loss
    numbers: dict[str, Any] = {"loss": loss, "least_squares_loss": lowest}
    if is_singular(x, has_bias):
        numbers |= {"singular": True, "largest_difference": None}
        yield Fact(
            "least_squares",
            numbers,
            "The inputs depend on each other, so that many weights fit equally well: least squares has no "
            f"single answer. The loss is {loss:.4g}, the lowest there is {lowest:.4g}.",
        )
        return
    distance = max(float(np.abs(array - best.params[name]).max()) for name, array in layer.params.items())
    numbers |= {"singular": False, "largest_difference": distance}
    numbers |= {name: array.tolist() for name, array in best.params.items() if name in layer.params}
    yield Fact(
        "least_squares",
        numbers,
        f"The loss is {loss:.4g}, and the lowest there is {lowest:.4g}: the parameters are {distance:.2g} "
        "from those of least squares.",
        is_good=not shown.finished or loss < FAR_ABOVE * lowest + TINY_LOSS,
    )


def is_singular(x: np.ndarray, bias: bool) -> bool:
    """Whether the inputs, (N, n_in), and a constant for the bias depend on each other."""
    columns = np.column_stack([x, np.ones(len(x))]) if bias else x
    return bool(np.linalg.matrix_rank(columns.astype(np.float64)) < columns.shape[1])


def _collapse(shown: Shown) -> Iterator[Fact]:
    """Layers of weighted sums in a row are one layer."""
    layers = shown.network.layers
    for first, last in rows_of_sums(shown.network):
        several = [layer for layer in layers[first : last + 1] if isinstance(layer, Linear)]
        one = collapsed(several)
        x, _ = _watched(shown.splits).batch(slice(0, LOOKED_AT))
        inside = Network(layers[:first]).predict(x) if first else x
        y = Network(several).predict(inside).astype(np.float64)
        difference = float(np.abs(y - one.forward(inside.astype(np.float64))[0]).max())
        largest = float(np.abs(y).max())
        numbers = {
            "operations": [first, last],
            "shape": list(one.weight.shape),
            "largest_difference": difference,
            "largest_score": largest,
        }
        yield Fact(
            "collapse",
            numbers,
            f"The {last - first + 1} layers with nothing between them are one of {one.n_in} x {one.n_out}: "
            f"its scores differ from theirs by {difference:.1g} at most, where the largest is {largest:.3g}.",
        )


def rows_of_sums(network: Network) -> list[tuple[int, int]]:
    """First and last position of each row of two or more layers of weighted sums with nothing between."""
    found, first = [], None
    for i, layer in enumerate([*network.layers, None]):
        if isinstance(layer, Linear):
            first = i if first is None else first
        elif first is not None:
            found.append((first, i - 1))
            first = None
    return [(first, last) for first, last in found if last > first]


def _vanishing(shown: Shown) -> Iterator[Fact]:
    """How the gradient of the first step shrinks on its way down a deep network."""
    if len(shown.weighted) < DEEP:
        return
    norms = [shown.history.view(column("gradient_norm", i, "weight"))[1][:1] for i in shown.weighted]
    if not all(len(norm) for norm in norms):
        return
    first, last = float(norms[0][0]), float(norms[-1][0])
    ratio = last / first if first else float("inf")
    yield Fact(
        "first_gradient",
        {"norms": [float(norm[0]) for norm in norms], "last_over_first": ratio},
        f"In the first step the gradient of layer {len(norms)} was {ratio:.3g} times that of layer 1.",
    )


def _saturated(shown: Shown) -> Iterator[Fact]:
    """How much of each hidden layer stood on the flat ends of its curve at the first step."""
    shares = {}
    for i, layer in enumerate(shown.network.layers[:-1]):
        if PROBES["saturated_share"].applies(layer):
            _, values = shown.history.view(column("saturated_share", i))
            if len(values):
                shares[f"layer {sum(k <= i for k in shown.weighted)}"] = float(values[0])
    if shares and max(shares.values()) > 0.1:
        told = ", ".join(f"{100 * share:.0f} % of {name}" for name, share in shares.items())
        yield Fact("saturated_at_start", shares, f"Saturated at the first step: {told}.")


def _test(shown: Shown) -> Iterator[Fact]:
    """How many test examples are right, once the run is over."""
    test = shown.splits.test
    if not shown.finished or shown.threshold is None or test is None or len(test) == 0:
        return
    accuracy = evaluate(shown.network, test, shown.loss, shown.threshold).accuracy
    assert accuracy is not None
    yield Fact(
        "test",
        {"accuracy": accuracy, "of": len(test)},
        f"{100 * accuracy:.2f} % of the {len(test):,} test examples are right.".replace(
            ",", "\N{NARROW NO-BREAK SPACE}"
        ),
    )


def _frequencies(shown: Shown) -> Iterator[Fact]:
    """The last biases beside the logarithms of how often each class comes."""
    last = shown.network.layers[-1]
    counts = uneven_counts(shown.dataset, shown.splits.training)
    if not isinstance(shown.loss, SoftmaxCrossEntropy) or counts is None or "bias" not in last.params:
        return
    bias = last.params["bias"].astype(np.float64)
    frequency = np.log(counts / counts.sum())
    gap = (bias - bias.mean()) - (frequency - frequency.mean())
    common, rare = int(counts.argmax()), int(counts.argmin())
    names = shown.dataset.classes
    seven = float(bias[common] - bias[rare])
    numbers = {
        "biases": bias.tolist(),
        "log_frequencies": frequency.tolist(),
        "largest_difference": float(np.abs(gap).max()),
        "commonest": names[common],
        "rarest": names[rare],
        "bias_difference": seven,
        "log_frequency_difference": float(frequency[common] - frequency[rare]),
    }
    yield Fact(
        "class_frequencies",
        numbers,
        f"Class {names[common]} comes {counts[common] / counts[rare]:.3g} times as often as {names[rare]}, "
        f"and its bias is {seven:.3g} larger. Up to a constant the biases are within "
        f"{numbers['largest_difference']:.2g} of the logarithms of the frequencies.",
    )


def uneven_counts(dataset: Dataset, training: Split) -> NDArray[np.int64] | None:
    """How often each class comes, if all do and some much more often than others; else None."""
    if not dataset.classes:
        return None
    counts = np.bincount(training.labels_at(slice(None)), minlength=len(dataset.classes))
    return counts if counts.min() > 0 and counts.max() >= UNEVEN * counts.min() else None


FACTS: tuple[Callable[[Shown], Iterator[Fact]], ...] = (
    _plateau,
    _cases,
    _least_squares,
    _collapse,
    _vanishing,
    _saturated,
    _frequencies,
    _test,
)


def _watched(splits: Splits) -> Split:
    return splits.validation if len(splits.validation) else splits.training
