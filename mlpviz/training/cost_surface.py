"""The loss as a function of one or two parameters, all others held: a curve or a surface."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlpviz.data import Split
from mlpviz.nn import BinaryCrossEntropy, Linear, Loss, Network, Optimizer, SoftmaxCrossEntropy, SquaredError
from mlpviz.nn.arrays import Array
from mlpviz.nn.losses import log_softmax
from mlpviz.training.parameters import Parameter

ALL_UP_TO = 1000
SAMPLE_SIZE = 500
_NUMBERS_AT_A_TIME = 100_000  # what a pass holds at once: it must fit a cache, and leave soon if cancelled


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """The examples that the loss is measured on, in float64.

    Attributes
    ----------
    x, targets
        Inputs as the network sees them (N, n_in), and targets (N, K).
    n_all
        How many training examples there are; N of them are in the sample.
    """

    x: Array
    targets: Array
    n_all: int

    @property
    def is_whole(self) -> bool:
        """Whether these are all examples."""
        return len(self.x) == self.n_all


def sample_of(split: Split) -> Sample:
    """All examples where they are few; else a fixed number drawn evenly, always the same ones."""
    n = len(split)
    if n <= ALL_UP_TO:
        positions = np.arange(n)
    else:
        # By lot: equal spacing could fall in with the order of the classes.
        positions = np.sort(np.random.default_rng(0).permutation(n)[:SAMPLE_SIZE])
    x, targets = split.batch(positions)
    return Sample(x.astype(np.float64), targets.astype(np.float64), n)


def losses_of(loss: Loss, y: Array, targets: Array) -> Array:
    """The loss of each of G networks from their outputs (G, N, K): what ``loss.value`` gives, (G,)."""
    n = y.shape[1]
    match loss:
        case SquaredError():
            return _per_square(loss, *y.shape[1:]) * ((y - targets) ** 2).sum(axis=(1, 2))
        case BinaryCrossEntropy():
            wrong = np.logaddexp(0, y) - targets * y
            return wrong.sum(axis=(1, 2)) / n
        case SoftmaxCrossEntropy():
            logs = log_softmax(y.reshape(-1, y.shape[2])).reshape(y.shape)
            return -(targets * logs).sum(axis=(1, 2)) / n
    return np.array([loss.value(outputs, targets) for outputs in y])


def _per_square(loss: SquaredError, n: int, k: int) -> float:
    """What one squared difference counts, 1/N for the scaling "sum"."""
    return loss.value(np.ones((n, k)), np.zeros((n, k))) / (n * k)


class LossSlice:
    """The loss over some parameters of a network, in evaluation mode and float64.

    Only what lies behind the first of these parameters is computed anew for each point. Where they sit in
    the last layer and the error is squared, the loss is a quadratic, known from a few sums.

    Parameters
    ----------
    network
        Its other parameters are held.
    parameters
        One or two addresses, of different parameters.
    """

    def __init__(self, network: Network, sample: Sample, loss: Loss, parameters: Sequence[Parameter]) -> None:
        self.parameters = tuple(parameters)
        self._loss, self._targets = loss, sample.targets
        self._layers = network.astype(np.float64).layers
        for p in self.parameters:  # what a parameter adds is put in for each point
            self._layers[p.layer].params[p.name][p.index] = 0.0
        self._first = min(p.layer for p in self.parameters)
        with np.errstate(all="ignore"):
            self._passed = [sample.x]  # what goes into each layer while the chosen parameters are 0
            for layer in self._layers:
                self._passed.append(layer.forward(self._passed[-1])[0])
            self._quadratic = self._as_quadratic() if self._first == len(self._layers) - 1 else None

    def at(self, values: npt.ArrayLike, cancelled: Callable[[], bool] = lambda: False) -> Array:
        """The losses at points, (G,), where values are (P, G); those left out when cancelled are NaN."""
        points = np.atleast_2d(np.asarray(values, np.float64))
        with np.errstate(all="ignore"):
            if self._quadratic is not None:
                return self._quadratic.at(points)
            widest = max(passed.shape[1] for passed in self._passed[self._first + 2 :] or self._passed[-1:])
            size = max(1, _NUMBERS_AT_A_TIME // (len(self._targets) * widest))
            losses = np.full(points.shape[1], np.nan)
            for start in range(0, len(losses), size):
                if cancelled():
                    break
                part = slice(start, start + size)
                losses[part] = losses_of(self._loss, self._outputs(points[:, part]), self._targets)
            return losses

    def grid(self, x: Array, y: Array, cancelled: Callable[[], bool] = lambda: False) -> Array:
        """The losses where the first parameter is x (A,) and the second y (B,), an array (B, A)."""
        columns, rows = np.meshgrid(x, y)
        return self.at(np.stack([columns.ravel(), rows.ravel()]), cancelled).reshape(columns.shape)

    def _outputs(self, points: Array) -> Array:
        """The network's outputs (G, N, K) at points (P, G).

        What the chosen parameters change is at first the columns of their own units, and these alone are
        carried on until a layer mixes them: in a wide layer that is a hundredth of the work.
        """
        columns: list[int] = []  # those that differ from self._passed
        new: Array = np.empty((points.shape[1], len(self._targets), 0))  # and what they are, (G, N, columns)
        for i in range(self._first, len(self._layers)):
            layer, h, z = self._layers[i], self._passed[i], self._passed[i + 1]
            if isinstance(layer, Linear):
                columns, new = self._mixed(i, points, columns, new)
            elif layer.n_in is None:  # each column for itself
                new = layer.forward(new.reshape(-1, len(columns)))[0].reshape(new.shape)
            else:
                new = layer.forward(_whole(h, columns, new).reshape(-1, h.shape[1]))[0]
                new = new.reshape(points.shape[1], *z.shape)
                columns = list(range(z.shape[1]))
        return _whole(self._passed[-1], columns, new)

    def _mixed(self, i: int, points: Array, columns: list[int], new: Array) -> tuple[list[int], Array]:
        """The columns that layer i, one of weighted sums, gives other than before, and what they are."""
        h, z = self._passed[i], self._passed[i + 1]
        here = [(p, value) for p, value in zip(self.parameters, points, strict=True) if p.layer == i]
        if columns:
            given = list(range(z.shape[1]))
            out = z + (new - h[:, columns]) @ self._layers[i].params["weight"][columns]
        else:
            given = sorted({p.index[-1] for p, _ in here})
            out = np.repeat(z[None, :, given], points.shape[1], axis=0)
        for p, value in here:
            fed: Array = np.ones((1, len(h)))
            if p.name == "weight":
                source = p.index[0]
                fed = new[:, :, columns.index(source)] if source in columns else h[None, :, source]
            out[:, :, given.index(p.index[-1])] += value[:, None] * fed
        return given, out

    def _as_quadratic(self) -> "_Quadratic | None":
        if not isinstance(self._loss, SquaredError):
            return None
        h, y = self._passed[-2:]
        wrong = y - self._targets
        feeds = [h[:, p.index[0]] if p.name == "weight" else np.ones(len(y)) for p in self.parameters]
        units = np.array([p.index[-1] for p in self.parameters])
        slopes = np.array([feed @ wrong[:, unit] for feed, unit in zip(feeds, units, strict=True)])
        squares = np.array(feeds) @ np.array(feeds).T * (units[:, None] == units)
        factor = _per_square(self._loss, *y.shape)
        return _Quadratic(factor * float((wrong**2).sum()), 2 * factor * slopes, factor * squares)


def _whole(passed: Array, columns: list[int], new: Array) -> Array:
    """All columns (G, N, width): those of `passed` (N, width) but for the new ones."""
    if len(columns) == passed.shape[1]:
        return new
    whole = np.repeat(passed[None], len(new), axis=0)
    whole[:, :, columns] = new
    return whole


@dataclass(frozen=True, slots=True, eq=False)
class _Quadratic:
    """L(v) = constant + slopes · v + v · squares · v."""

    constant: float
    slopes: Array
    squares: Array

    def at(self, points: Array) -> Array:
        curved = (points * (self.squares @ points)).sum(axis=0)
        return np.maximum(self.constant + self.slopes @ points + curved, 0.0)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What lies ahead: the loss of a network on the sample, and what one step over it would add."""

    loss: float
    updates: tuple[float, ...]


def outlook(
    network: Network, optimizer: Optimizer, sample: Sample, loss: Loss, parameters: Sequence[Parameter]
) -> Outlook:
    """The loss, and the next update of some parameters; network and optimizer stay as they are."""
    with np.errstate(all="ignore"):
        twin = network.astype(np.float64)
        value, gradients = twin.loss_and_gradients(sample.x, sample.targets, loss)
        updates = optimizer.copy().updates(twin.params, gradients)
    return Outlook(value, tuple(p.of(updates) for p in parameters))
