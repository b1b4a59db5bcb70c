"""An experiment that is likely to learn a data set: what to begin with for data of one's own."""

import math
import os
from dataclasses import replace
from pathlib import Path

import numpy as np

from mlpviz.data import Dataset, Reading
from mlpviz.training.experiment import Experiment
from mlpviz.training.layer_spec import LayerSpec

FEW, MANY = 500, 5000
"""Below the one a step takes 10 examples, from the other on 100."""

MANY_INPUTS = 100
STEPS = 3000
FEWEST_EPOCHS, MOST_EPOCHS, MOST_EPOCHS_OF_FEW = 10, 40, 100
NARROWEST, WIDEST = 16, 128
LARGEST_VALIDATION = 5000
WIDE_ENOUGH = 0.25
"""So much of the value range the inputs must fill for "natural" to make them large enough to learn from."""


def propose_experiment(
    dataset: Dataset,
    path: Path | str,
    reading: Reading | None = None,
    sha256: str = "",
    title: str = "",
    scaling: str = "",
) -> Experiment:
    """An experiment for own data, with what it does to the inputs said in its description.

    One hidden layer of ReLUs, wider for more inputs and outputs; softmax and cross-entropy for classes, the
    squared error for numbers; Adam, whose steps suit inputs of any size.

    Parameters
    ----------
    dataset : Dataset
        As it was read.
    path : Path or str
        Where it was read from.
    reading : Reading, optional
        How it was read.
    sha256 : str
        Its `dataset_sha256`, which is checked whenever it is read again.
    title : str
        What to call it; the data set's own title if empty.
    scaling : str
        A name in `SCALINGS`; that of `proposed_scaling` if empty.
    """
    reading = reading or Reading()
    n = len(dataset.training)
    validation = 0 if n < 20 else min(LARGEST_VALIDATION, n // 10)
    left = n - validation
    batch = min(left, 100 if n >= MANY else 32 if n >= FEW else 10)
    most = MOST_EPOCHS_OF_FEW if n < FEW else MOST_EPOCHS
    epochs = min(most, max(FEWEST_EPOCHS, math.ceil(STEPS * batch / left)))
    scaling = scaling or proposed_scaling(dataset)
    return Experiment(
        title=title or dataset.title,
        description=f"{dataset.description} {scaling_effect(dataset, scaling)}",
        dataset=os.path.abspath(path),
        dataset_sha256=sha256,
        label_column=reading.label_column,
        header=reading.header,
        targets=reading.targets,
        input_scaling=scaling,
        validation_size=validation,
        layers=(
            LayerSpec("affine", {"units": proposed_width(dataset), "initializer": "he"}),
            LayerSpec("relu"),
            LayerSpec("affine", {"units": dataset.n_out, "initializer": "glorot"}),
        ),
        loss="softmax_cross_entropy" if dataset.classes else "squared_error",
        loss_scaling="mean",
        optimizer="adam",
        learning_rate=0.001 if n >= MANY or dataset.n_in > MANY_INPUTS else 0.003,
        batch_size=batch,
        epochs=epochs,
    )


def proposed_width(dataset: Dataset) -> int:
    """How many hidden units: near the geometric mean of inputs and outputs, a power of two."""
    mean = math.sqrt(dataset.n_in * dataset.n_out)
    return min(WIDEST, max(NARROWEST, 2 ** round(math.log2(mean))))


def proposed_scaling(dataset: Dataset) -> str:
    """What to do to the inputs.

    Pixels from 0 to 1; light ones from −1 to 1, for where nearly all inputs are near 1 each update moves all
    units alike, and ReLUs die; other numbers to mean 0 and standard deviation 1.
    """
    if dataset.value_range is None:
        return "standard"
    low, high = dataset.value_range
    inputs = dataset.training.inputs
    if float(inputs.max()) - low < WIDE_ENOUGH * (high - low):
        return "standard"
    return "signed" if float(inputs.mean(dtype=np.float64)) > (low + high) / 2 else "natural"


def scaling_effect(dataset: Dataset, scaling: str) -> str:
    """What a scaling does to the inputs of a data set, in one sentence with its numbers."""
    low, high = (float(value) for value in (dataset.training.inputs.min(), dataset.training.inputs.max()))
    stored = f"{low:.4g} to {high:.4g}".replace("-", "−")
    if scaling == "standard":
        return (
            f"Each input, {stored} as stored, minus its mean over the training split, divided by its "
            "standard deviation."
        )
    if scaling == "raw" or dataset.value_range is None:
        return f"The inputs are left as they are stored, {stored}."
    lowest, highest = dataset.value_range
    ends = "−1 to 1" if scaling == "signed" else "0 to 1"
    return f"The inputs, {stored} as stored, are mapped from {lowest:g} to {highest:g} onto {ends}."


def on_data(
    experiment: Experiment, dataset: Dataset, path: Path | str, reading: Reading, sha256: str
) -> Experiment:
    """An experiment's own settings on other data.

    Raises
    ------
    ValueError
        When its network does not fit the data; the sentence says what would.
    """
    moved = replace(
        experiment,
        dataset=os.path.abspath(path),
        dataset_sha256=sha256,
        label_column=reading.label_column,
        header=reading.header,
        targets=reading.targets,
    )
    _check_sizes(moved, dataset)
    return moved


def _check_sizes(experiment: Experiment, dataset: Dataset) -> None:
    last = next(
        (i for i, layer in reversed(list(enumerate(experiment.layers))) if layer.units is not None), None
    )
    if last is not None and experiment.layers[last].units != dataset.n_out:
        units = experiment.layers[last].units
        what = f"{len(dataset.classes)} classes" if dataset.classes else f"{dataset.n_out} numbers to predict"
        raise ValueError(
            f"layers: {experiment.title} ends with {units} output{'s' * (units != 1)}, but {dataset.name} "
            "has "
            f"{what}: add --set layers.{last}.units={dataset.n_out}, or leave the experiment out and one is "
            "proposed"
        )
    n = len(dataset.training)
    if experiment.validation_size >= n or experiment.training_size + experiment.validation_size > n:
        raise ValueError(
            f"validation_size is {experiment.validation_size} and training_size "
            f"{experiment.training_size}, but "
            f"{dataset.name} has {n} training examples: add --set validation_size={n // 10} "
            "--set training_size=0"
        )
