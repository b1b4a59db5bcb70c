"""The networks that are timed: digits, ReLUs, a sigmoid and the squared error, in several sizes."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice, pairwise

import numpy as np

from benchmarks.timing import seconds
from mlpviz.data import Dataset, load_dataset
from mlpviz.nn.layers import sigmoid
from mlpviz.training import Experiment, History, Trainer
from mlpviz.training.evaluation import CHUNK
from mlpviz.training.presets import load_preset

INPUTS, CLASSES = 784, 10
LEARNING_RATE = 0.05  # at which none of them diverges; it makes no difference to the time
STRETCH_S = 0.15
LONGEST_EPOCH_S = 0.5


@dataclass(frozen=True)
class Case:
    """`digits` with other hidden layers, batch size and threads."""

    hidden: tuple[int, ...] = (100,)
    batch_size: int = 100
    threads: int = 1
    validation_size: int = 5000

    def __str__(self) -> str:
        alike = len(self.hidden) > 2 and len(set(self.hidden)) == 1
        hidden = f"{len(self.hidden)}x{self.hidden[0]}" if alike else "-".join(map(str, self.hidden))
        threads = "" if self.threads == 1 else f", {self.threads} threads"
        return f"{INPUTS}-{hidden}-{CLASSES}, batch {self.batch_size}{threads}"

    @property
    def widths(self) -> tuple[int, ...]:
        """Of the inputs and of each affine layer."""
        return INPUTS, *self.hidden, CLASSES

    @property
    def experiment(self) -> Experiment:
        """What mlpviz trains."""
        layers: list[dict[str, object]] = []
        for units in (*self.hidden, CLASSES):
            layers += [{"kind": "affine", "units": units, "initializer": "he"}, {"kind": "relu"}]
        layers[-1] = {"kind": "sigmoid"}
        return load_preset("digits").with_settings(
            {
                "layers": layers,
                "batch_size": self.batch_size,
                "blas_threads": self.threads,
                "validation_size": self.validation_size,
                "learning_rate": LEARNING_RATE,
                "epochs": 1_000_000,
            }
        )


@functools.cache
def digits() -> Dataset:
    """The examples, read once."""
    return load_dataset("digits")


class Training:
    """mlpviz itself: batches gathered and scaled, every probe, the history and the validation included.

    Attributes
    ----------
    validations
        How many times the validation split was measured in the last stretch.
    """

    def __init__(self, case: Case) -> None:
        self.trainer, self.history = Trainer(case.experiment, digits()), History()
        self.validations = 0
        self._steps = self.trainer.steps()

    def run(self, steps: int) -> None:
        """Train so many steps."""
        before = self._validated()
        for step in islice(self._steps, steps):
            self.history.append(step)
        self.validations = self._validated() - before
        assert self.trainer.divergence is None

    def _validated(self) -> int:
        return len(self.history.view("validation_loss")[0])


class Products:
    """The matrix products of a step, in its order and on operands of its shapes, and nothing else.

    Forwards one for each affine layer; backwards one for the gradient of each weight, and one for the way
    down to the layer below. A validation is the products of the way forward, as many examples at a time as
    the trainer takes. What they give is thrown away.

    Attributes
    ----------
    step, validation
        The operands of each product.
    """

    def __init__(self, case: Case) -> None:
        rng = np.random.default_rng(0)

        def array(*shape: int) -> np.ndarray:
            return rng.standard_normal(shape).astype(np.float32)

        weights = [array(n_in, n_out) for n_in, n_out in pairwise(case.widths)]
        x, *upstream = (array(case.batch_size, width) for width in case.widths)
        inputs = [x, *upstream[:-1]]
        self.step = list(zip(inputs, weights, strict=True))
        for i in reversed(range(len(weights))):
            self.step.append((inputs[i].T, upstream[i]))
            if i > 0:
                self.step.append((upstream[i], weights[i].T))
        self.validation = []
        for start in range(0, case.validation_size, CHUNK):
            n = min(CHUNK, case.validation_size - start)
            self.validation += [(array(n, len(weight)), weight) for weight in weights]

    def run(self, steps: int, validations: int = 0) -> None:
        """Do the products of so many steps, and of so many times the validation split."""
        for _ in range(steps):
            for a, b in self.step:
                np.dot(a, b)
        for _ in range(validations):
            for a, b in self.validation:
                np.dot(a, b)


class PlainLoop:
    """The same updates written out in NumPy, as simply as can be and with nothing measured.

    Batches are drawn at random and scaled as the trainer's are.
    """

    def __init__(self, case: Case) -> None:
        trainer = Trainer(case.experiment, digits())
        self._examples, self._batch_size = trainer.splits.training, case.batch_size
        self._rng = np.random.default_rng(0)
        self._rows = np.empty(0, np.int64)
        self.weights = [layer.weight.copy() for layer in trainer.network.layers if layer.params]
        self.biases = [layer.bias.copy() for layer in trainer.network.layers if layer.params]

    def run(self, steps: int) -> None:
        """Train so many steps."""
        for _ in range(steps):
            if len(self._rows) < self._batch_size:
                self._rows = self._rng.permutation(len(self._examples))
            rows, self._rows = np.split(self._rows, [self._batch_size])
            self.step(*self._examples.batch(rows))

    def step(self, x: np.ndarray, targets: np.ndarray) -> None:
        """One mini-batch."""
        outputs = [x]
        for weight, bias in zip(self.weights, self.biases, strict=True):
            z = outputs[-1] @ weight
            z += bias
            outputs.append(sigmoid(z) if weight is self.weights[-1] else np.maximum(z, 0))
        *inputs, y = outputs
        upstream = 2 / len(x) * (y - targets) * y * (1 - y)
        for i in reversed(range(len(inputs))):
            of_weight, of_bias = inputs[i].T.dot(upstream), upstream.sum(axis=0)
            if i > 0:
                upstream = (upstream @ self.weights[i].T) * (inputs[i] > 0)
            self.weights[i] -= LEARNING_RATE * of_weight
            self.biases[i] -= LEARNING_RATE * of_bias


def steps_at_a_time(run: Callable[[int], object], case: Case, whole_epoch: bool = False) -> int:
    """How many steps to time at a time: whole epochs if they are short or asked for, else a part of one.

    An epoch has one validation; so the share of it is the same in every stretch of whole epochs.
    """
    run(5)
    per_step_s = seconds(lambda: run(10)) / 10
    epoch = (len(digits().training) - case.validation_size) // case.batch_size
    if case.validation_size and (whole_epoch or epoch * per_step_s < LONGEST_EPOCH_S):
        return epoch * max(1, round(STRETCH_S / (epoch * per_step_s)))
    return max(1, round(STRETCH_S / per_step_s))
