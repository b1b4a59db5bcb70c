"""Three ways to read a picture: mean images as templates, one trained linear layer, and hidden units."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mlpviz.data import Dataset, Examples, Split
from mlpviz.data.dataset import one_hot
from mlpviz.nn import Affine, Network
from mlpviz.nn.arrays import Array
from mlpviz.nn.closed_form import mean_image_templates
from mlpviz.training.evaluation import CHUNK
from mlpviz.training.experiment import Experiment
from mlpviz.training.layer_spec import LayerSpec
from mlpviz.training.trainer import Trainer

LINEAR_STEPS = 1000
LINEAR_BATCH = 100
MEASURED = 1000
"""Training examples from which the linear layer's learning rate is chosen."""


@dataclass(frozen=True, slots=True, eq=False)
class Reader:
    """A way to read a picture that is one matrix product: its weights are one picture a class.

    Attributes
    ----------
    layer
        The weights (n_in, n_classes) and biases.
    largest
        Pixels are divided by it, the largest there can be; None: they are scaled as the network's.
    accuracy
        On the split asked for, 0 to 1.
    words
        How it came to its weights.
    """

    layer: Affine
    largest: float | None
    accuracy: float
    words: str

    def scores(self, split: Split, stored: npt.NDArray[np.generic]) -> Array:
        """The score of each class, (n_classes,), for one picture as stored, (n_in,)."""
        x = split.scaled(stored) if self.largest is None else stored.astype(np.float32) / self.largest
        return self.layer.forward(x[None])[0][0]


@dataclass(frozen=True, slots=True, eq=False)
class UnitVotes:
    """The first hidden units that matter most for one answer, the strongest first.

    Attributes
    ----------
    units
        Their numbers, (m,).
    activations, votes
        (m,) each: what a unit gives for this picture, and by how much the answer's score changes with it.
        With one hidden layer the vote is the unit's weight into that output; with more it is seen through
        the layers above, as they stand for this picture.
    """

    units: npt.NDArray[np.int64]
    activations: Array
    votes: Array

    @property
    def shares(self) -> Array:
        """Activation times vote, (m,): what each adds to the answer's score."""
        return self.activations * self.votes


def template_reader(training: Split, judged: Split, n_classes: int, largest: float = 1.0) -> Reader:
    """The mean image of each class as its template, found on one split and judged on another.

    Parameters
    ----------
    largest
        What a pixel can be at most.

    Raises
    ------
    ValueError
        If a class has no training example, or a mean image tells nothing.
    """
    labels = training.labels_at(slice(None))
    stored: Any = training.inputs_at(slice(None))  # whole numbers too: a quarter of the memory
    layer = mean_image_templates(stored, labels, n_classes)
    images = f"{len(training):,}".replace(",", "\u202f")
    words = f"not trained: means of {images} images"
    return _judged(Reader(layer, largest, math.nan, words), judged)


def linear_reader(
    experiment: Experiment, dataset: Dataset, which: str, cancelled: Callable[[], bool] = lambda: False
) -> Reader | None:
    """A linear layer with softmax cross-entropy, trained for about a thousand steps on the same data.

    Parameters
    ----------
    which
        The split it is judged on: "training", "validation" or "test".
    cancelled
        Asked after every step; if so the answer is None.

    Raises
    ------
    ValueError
        If the training diverges.
    """
    trainer = Trainer(linear_experiment(experiment, dataset), _one_hot(dataset))
    for _ in trainer.steps():
        if cancelled():
            return None
    if trainer.divergence is not None:
        raise ValueError(f"the linear layer: {trainer.divergence.sentence}")
    layer = trainer.network.layers[0]
    assert isinstance(layer, Affine)
    epochs = trainer.experiment.epochs
    words = f"trained here: {epochs} epoch{'s' if epochs > 1 else ''}, softmax"
    return _judged(Reader(layer, None, math.nan, words), getattr(trainer.splits, which))


def linear_experiment(experiment: Experiment, dataset: Dataset) -> Experiment:
    """One affine layer on the data of an experiment, with the same split, scaling and seed.

    The learning rate is 50 divided by the mean squared length of an input: what suits pixels from 0 to 1
    (0.5 for the digits) then suits every scaling.
    """
    first = Experiment(
        title="Linear layer",
        dataset=experiment.dataset,
        seed=experiment.seed,
        input_scaling=experiment.input_scaling,
        training_size=experiment.training_size,
        validation_size=experiment.validation_size,
        blas_threads=experiment.blas_threads,
        loss="softmax_cross_entropy",
        layers=(LayerSpec("affine", {"units": len(dataset.classes), "initializer": "zeros"}),),
        batch_size=1,
    )
    training = Trainer(first, _one_hot(dataset)).splits.training
    x, _ = training.batch(slice(0, MEASURED))
    squared = float((x * x).sum(axis=1).mean())
    batch = min(LINEAR_BATCH, len(training))
    return replace(
        first,
        learning_rate=float(f"{50 / squared:.3g}") if squared > 0 else 1.0,
        batch_size=batch,
        epochs=math.ceil(LINEAR_STEPS / math.ceil(len(training) / batch)),
    )


def telling_units(network: Network, x: Array, answer: int, most: int) -> UnitVotes | None:
    """The units of the first hidden layer that matter most for an answer on x (1, n_in).

    Parameters
    ----------
    answer
        The class whose score is looked at; for a single output 1 is yes and 0 is no.
    most
        How many units at most: those with the largest |activation × vote|.

    Returns
    -------
    UnitVotes, or None for a network without hidden units
    """
    weighted = weight_layers(network)
    if len(weighted) < 2:
        return None
    outputs, caches = network.forward(x)
    activations = outputs[weighted[1] - 1][0]
    scores = outputs[weighted[-1]]
    upstream = np.zeros_like(scores)
    upstream[0, answer if scores.shape[1] > 1 else 0] = 1 if scores.shape[1] > 1 or answer else -1
    for i in range(weighted[-1], weighted[1] - 1, -1):
        upstream = network.layers[i].backward(upstream, caches[i])
    votes = upstream[0]
    units = np.argsort(-np.abs(np.nan_to_num(activations * votes)), kind="stable")[:most]
    return UnitVotes(units, activations[units], votes[units])


def class_scores(network: Network, x: Array) -> Array:
    """The last weighted sums for x (1, n_in), before any function on them: (K,); for one output (−z, z)."""
    outputs, _ = network.forward(x)
    z = outputs[weight_layers(network)[-1]][0]
    return z if len(z) > 1 else np.array([-z[0], z[0]])


def weight_layers(network: Network) -> list[int]:
    """The positions of the layers with weights."""
    return [i for i, layer in enumerate(network.layers) if "weight" in layer.params]


def standardized(values: Array, axis: int = -1) -> Array:
    """Numbers less their mean, divided by their standard deviation: one scale for what has several.

    All 0 where they are equal.
    """
    with np.errstate(all="ignore"):
        spread = values.std(axis=axis, keepdims=True)
        return np.where(spread > 0, (values - values.mean(axis=axis, keepdims=True)) / spread, 0.0)


def _judged(reader: Reader, split: Split) -> Reader:
    """The reader with its accuracy on a split."""
    right = 0
    for start in range(0, len(split), CHUNK):
        here = slice(start, start + CHUNK)
        x = split.batch(here)[0] if reader.largest is None else split.inputs_at(here).astype(np.float32)
        scores, _ = reader.layer.forward(x)  # the largest pixel changes no answer
        right += int(np.count_nonzero(scores.argmax(axis=1) == split.labels_at(here)))
    return replace(reader, accuracy=right / len(split))


def _one_hot(dataset: Dataset) -> Dataset:
    """The data set with one target per class, also where it has a single one for two classes."""
    if dataset.n_out == len(dataset.classes):
        return dataset

    def again(examples: Examples) -> Examples:
        assert examples.labels is not None
        return Examples(examples.inputs, one_hot(examples.labels, len(dataset.classes)), examples.labels)

    test = None if dataset.test is None else again(dataset.test)
    return replace(dataset, training=again(dataset.training), test=test)
