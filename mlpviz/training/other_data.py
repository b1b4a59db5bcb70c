"""Other data for a trained network: judged with the inputs, scaling and classes it was trained with."""

import numpy as np
from numpy.typing import NDArray

from mlpviz.data import Dataset, Examples, Split
from mlpviz.training.trainer import Trainer


def splits_of(trainer: Trainer, dataset: Dataset) -> dict[str, Split]:
    """The examples of another data set as splits that the network of a run can be judged on.

    They are scaled by what the run's training split was scaled by, and their classes are found by name.

    Returns
    -------
    dict
        "data", and "data, test" where the data set has test examples of its own.

    Raises
    ------
    ValueError
        When inputs, classes or targets are not those of the network; the sentence says which.
    """
    _check_inputs(trainer.dataset, dataset)
    training = trainer.splits.training
    parts = {"data": dataset.training, "data, test": dataset.test}
    return {
        name: Split(examples, np.arange(len(examples)), training.shift, training.factor)
        for name, part in parts.items()
        if part is not None
        for examples in [_in_terms_of(trainer.dataset, dataset, part)]
    }


def _check_inputs(known: Dataset, other: Dataset) -> None:
    if known.image_shape and other.image_shape and known.image_shape != other.image_shape:
        raise ValueError(
            f"{other.name} holds pictures of {_by(other.image_shape)} pixels, but the network was trained on "
            f"{_by(known.image_shape)}: give pictures of that size"
        )
    if known.n_in != other.n_in:
        raise ValueError(
            f"{other.name} has {other.n_in} inputs an example, but the network was trained on {known.n_in}: "
            "give data with the same inputs"
        )
    if known.input_names and other.input_names and known.input_names != other.input_names:
        i = next(i for i, name in enumerate(known.input_names) if name != other.input_names[i])
        raise ValueError(
            f"{other.name}: input {i + 1} is {other.input_names[i]!r}, but the network was trained with "
            f"{known.input_names[i]!r} there: give the same columns in the same order"
        )
    if known.value_range != other.value_range:
        raise ValueError(
            f"{other.name}: an input is {_range(other.value_range)}, but the network was trained on inputs "
            "that are "
            f"{_range(known.value_range)}: store them in the same way"
        )


def _in_terms_of(known: Dataset, other: Dataset, examples: Examples) -> Examples:
    if bool(known.classes) != bool(other.classes):
        what = ("classes", "numbers to predict") if known.classes else ("numbers", "classes")
        raise ValueError(
            f"the network was trained on {what[0]}, but the labels of {other.name} are {what[1]}"
        )
    if examples.labels is None:
        if known.n_out != other.n_out:
            raise ValueError(
                f"{other.name} has {other.n_out} numbers to predict, but the network has {known.n_out} "
                "outputs"
            )
        return examples
    strange = [name for name in other.classes if name not in known.classes]
    if strange:
        raise ValueError(
            f"{other.name} has the class {strange[0]!r}, which the network does not know: it knows "
            f"{', '.join(map(repr, known.classes[:12]))}{', …' if len(known.classes) > 12 else ''}"
        )
    labels = np.array([known.classes.index(name) for name in other.classes])[examples.labels]
    return Examples(examples.inputs, _targets_by_class(known)[labels], labels)


def _targets_by_class(known: Dataset) -> NDArray[np.float32]:
    """What the network was told to give for each class, (classes, K)."""
    targets = np.zeros((len(known.classes), known.n_out), np.float32)
    assert known.training.labels is not None
    there, first = np.unique(known.training.labels, return_index=True)
    targets[there] = known.training.targets[first]
    return targets


def _by(shape: tuple[int, int]) -> str:
    return f"{shape[0]} x {shape[1]}"


def _range(value_range: tuple[float, float] | None) -> str:
    return "a plain number" if value_range is None else f"from {value_range[0]:g} to {value_range[1]:g}"
