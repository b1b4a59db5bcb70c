"""What is odd about data and network before the first step: it can be trained, but hardly be meant so."""

from collections.abc import Callable, Iterator

import numpy as np

from mlpviz.data import Dataset, Splits
from mlpviz.nn import Network, Sigmoid, Tanh
from mlpviz.training.health import Finding

ROWS_AT_ONCE = 1000  # of pictures, which are seldom all the same


def cautions(dataset: Dataset, splits: Splits, network: Network) -> list[Finding]:
    """One warning for each thing that the learner should know, such as a class without an example."""
    return [finding for rule in RULES for finding in rule(dataset, splits, network)]


def _missing_classes(dataset: Dataset, splits: Splits, network: Network) -> Iterator[Finding]:
    if not dataset.classes:
        return
    labels = splits.training.labels_at(slice(None))
    counts = np.bincount(labels, minlength=len(dataset.classes))
    if np.count_nonzero(counts) == 1:
        only = dataset.classes[int(counts.argmax())]
        yield Finding(
            "warning",
            f"All {len(labels)} training examples are of class {only}.",
            "There is nothing to tell apart: always answering the same will look perfect. "
            "Train on more examples.",
        )
        return
    missing = [name for name, count in zip(dataset.classes, counts, strict=True) if count == 0]
    if missing:
        yield Finding(
            "warning",
            f"No training example is of class {', '.join(missing)}.",
            "The network never sees one, and learns never to say so. Train on more examples.",
        )


def _constant_inputs(dataset: Dataset, splits: Splits, network: Network) -> Iterator[Finding]:
    """Of pictures only if all pixels are: the edges of digits are always paper."""
    inputs, rows = dataset.training.inputs, splits.training.rows
    constant = np.ones(dataset.n_in, bool)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        constant &= (inputs[rows[start : start + ROWS_AT_ONCE]] == inputs[rows[0]]).all(axis=0)
        if not constant.any() or (dataset.image_shape is not None and not constant.all()):
            return
    if len(rows) < 2:
        return
    if constant.all():
        yield Finding(
            "warning",
            "Every training example has the same inputs.",
            "So no weight can tell them apart: the network learns one answer for all, by its biases.",
        )
        return
    names = dataset.input_names or [str(i) for i in range(dataset.n_in)]
    which = ", ".join(names[i] for i in np.flatnonzero(constant))
    yield Finding(
        "warning",
        f"The input {which} is the same in every training example.",
        "Its weight does what a bias does, so the two cannot be told apart: many pairs fit equally well.",
    )


def _out_of_reach(dataset: Dataset, splits: Splits, network: Network) -> Iterator[Finding]:
    last = network.layers[-1]
    reach = {Sigmoid: (0.0, 1.0), Tanh: (-1.0, 1.0)}.get(type(last))
    low, high = float(dataset.training.targets.min()), float(dataset.training.targets.max())
    if reach is not None and (low < reach[0] or high > reach[1]):
        yield Finding(
            "warning",
            f"The targets go from {low:.3g} to {high:.3g}, but the last layer gives only {reach[0]:g} to "
            f"{reach[1]:g}.",
            "What lies outside can never be met. Leave out the last activation, or take another one.",
        )


RULES: tuple[Callable[[Dataset, Splits, Network], Iterator[Finding]], ...] = (
    _missing_classes,
    _constant_inputs,
    _out_of_reach,
)
