"""A network of one or two inputs as the function it is: its output, and its units', over the data's range."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mlpviz.data import Dataset, Split, Splits
from mlpviz.figures.colors import HIGHEST, LOWEST, Indices, Lut, signed_limit
from mlpviz.nn import LeakyReLU, Loss, Network, ReLU, Sigmoid, SquaredError, Tanh
from mlpviz.nn.closed_form import least_squares, slope_through_origin
from mlpviz.training.evaluation import correct

Floats = NDArray[np.floating[Any]]
Kind = Literal["threshold", "classes", "value"]

MARGIN = 0.08  # of the range of the data, on each side
MOST_POINTS = 1500  # of each split; more cannot be told apart
CLASS_COLORS = 8
_LEVELS = (HIGHEST - LOWEST + 1) // CLASS_COLORS
FEW_MARGIN = 0.22  # of so few examples that their signs are large
FEW = 8
CONSTANT = 1e-3  # of its scale: what varies by less is the same everywhere
_LIKE_UNITS = 4.0  # inputs whose ranges differ by less are drawn to one scale
_LEAST_PART = 0.75  # of a room that an area fills for the sake of one scale: the data fill two thirds then


# ---------------------------------------------------------------------- where


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of the plane: from `left` to `right`, and from `bottom` up to `top`."""

    left: float
    right: float
    bottom: float
    top: float

    @property
    def width(self) -> float:
        """Its extent to the right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Its extent upwards."""
        return self.top - self.bottom

    def filling(self, aspect: float) -> "Area":
        """The area grown about its middle, so that in a room a step is as long in both directions.

        It grows only as long as it fills most of the room: in a very wide or high one the longer
        direction is stretched.

        Parameters
        ----------
        aspect : float
            Width of the room over its height. Where one side is much longer than the other the two
            inputs measure different things, and the area stays as it is.
        """
        if not 1 / _LIKE_UNITS < self.width / self.height < _LIKE_UNITS:
            return self
        width = min(max(self.width, self.height * aspect), self.width / _LEAST_PART)
        height = min(max(self.height, self.width / aspect), self.height / _LEAST_PART)
        x, y = (self.left + self.right) / 2, (self.bottom + self.top) / 2
        return Area(x - width / 2, x + width / 2, y - height / 2, y + height / 2)


def reach(values: Floats, margin: float = MARGIN) -> tuple[float, float]:
    """The ends of an axis that shows all values with a margin; equal values lie in its middle."""
    low, high = float(np.min(values)), float(np.max(values))
    span = high - low or max(abs(low), 1.0)
    if high == low:
        low, high = low - span / 2, high + span / 2
    return low - margin * span, high + margin * span


def data_area(inputs: Floats) -> Area:
    """The area of some examples with two inputs, (N, 2), with a margin."""
    margin = FEW_MARGIN if len(inputs) <= FEW else MARGIN
    return Area(*reach(inputs[:, 0], margin), *reach(inputs[:, 1], margin))


def grid_shape(cells: int, aspect: float) -> tuple[int, int]:
    """Rows and columns of about so many nearly square cells in a room, at least 2 of each."""
    columns = max(2, round(float(np.sqrt(cells * aspect))))
    return max(2, round(cells / columns)), columns


def grid_inputs(area: Area, shape: tuple[int, int]) -> NDArray[np.float32]:
    """The middles of the cells of a grid over an area, (rows · columns, 2); the first row is the top one."""
    rows, columns = shape
    x = area.left + (np.arange(columns) + 0.5) / columns * area.width
    y = area.top - (np.arange(rows) + 0.5) / rows * area.height
    return np.stack(np.broadcast_arrays(x[None, :], y[:, None]), axis=-1).reshape(-1, 2).astype(np.float32)


# ---------------------------------------------------------------------- what is asked


@dataclass(frozen=True, slots=True)
class Task:
    """How the outputs of a run are read as one picture; it never changes while the run trains.

    Attributes
    ----------
    kind
        ``"threshold"``: one output decides between two classes; ``"classes"``: the largest of several
        outputs does; ``"value"``: the one output is the answer.
    loss
    threshold
        Where a single output's yes begins; None where there are no classes.
    center, limit
        Of the colour scale: its middle, and what lies between the middle and either end.
    """

    kind: Kind
    loss: Loss
    threshold: float | None
    center: float
    limit: float

    def answers(self, y: Floats) -> Floats:
        """The number that is shown of each output, (N, K) -> (N,): a probability where there is one."""
        return self.loss.probabilities(y)[:, 0]

    def decided(self, y: Floats) -> tuple[NDArray[np.int64], Floats]:
        """The class of the largest output, (N,), and by how much it exceeds the next one, 0 to 1."""
        said = self.loss.probabilities(y)
        ordered = np.partition(said, -2, axis=1)
        return said.argmax(axis=1), np.clip(ordered[:, -1] - ordered[:, -2], 0.0, 1.0)


def task_of(dataset: Dataset, loss: Loss, threshold: float | None) -> Task | None:
    """How to show what a network makes of a data set; None where no picture of one or two inputs fits."""
    if dataset.n_in > 2 or (dataset.n_in == 1 and dataset.n_out > 1):
        return None
    targets = dataset.training.targets
    if not dataset.classes:
        largest = float(np.abs(targets).max())
        return Task("value", loss, None, 0.0, largest or 1.0) if dataset.n_out == 1 else None
    if dataset.n_out > 1:
        return Task("classes", loss, threshold, 0.5, 0.5)
    assert threshold is not None
    center = float(loss.probabilities(np.array([[threshold]]))[0, 0])
    spread = float(targets.max() - targets.min()) / 2
    return Task("threshold", loss, threshold, center, spread or 1.0)


@dataclass(frozen=True, slots=True)
class Points:
    """The examples on show, those of the training split first.

    Attributes
    ----------
    inputs, scaled : (P, n_in) float32
        As stored, and as the network sees them.
    targets : (P, K)
    labels : (P,), or None
    n_training : int
        How many belong to the training split; the rest were held out.
    n_examples : int
        How many there are in the training split altogether.
    """

    inputs: NDArray[np.float32]
    scaled: NDArray[np.float32]
    targets: Floats
    labels: NDArray[np.int64] | None
    n_training: int
    n_examples: int

    def __len__(self) -> int:
        return len(self.inputs)


def points_of(splits: Splits) -> Points:
    """The examples of all splits, or evenly chosen ones where they are very many."""
    parts = [part for part in (splits.training, splits.validation, splits.test) if part is not None]
    chosen = [(part, _evenly(len(part))) for part in parts]
    batches = [part.batch(rows) for part, rows in chosen]
    has_labels = splits.training.examples.labels is not None
    return Points(
        np.concatenate([part.inputs_at(rows) for part, rows in chosen]).astype(np.float32),
        np.concatenate([x for x, _ in batches]),
        np.concatenate([targets for _, targets in batches]),
        np.concatenate([part.labels_at(rows) for part, rows in chosen]) if has_labels else None,
        len(chosen[0][1]),
        len(splits.training),
    )


def _evenly(n: int) -> NDArray[np.int64]:
    return np.linspace(0, max(n - 1, 0), min(n, MOST_POINTS)).round().astype(np.int64)


# ---------------------------------------------------------------------- what the network makes of it


def hidden_ends(network: Network) -> list[int]:
    """For each hidden layer the position of its last operation, whose output is the units' own.

    A layer is a weight and all that follows it until the next weight.
    """
    weights = [i for i, layer in enumerate(network.layers) if "weight" in layer.params]
    return [i - 1 for i in weights[1:]]


@dataclass(frozen=True, slots=True)
class UnitScale:
    """How the outputs of a layer's units are drawn.

    Attributes
    ----------
    signed
        Whether they can be below zero.
    level
        Where a unit changes over from one side to the other.
    limit
        The end of the scale; None where it is the largest output that there is.
    words
        The activation's name: "tanh".
    """

    signed: bool
    level: float
    limit: float | None
    words: str


def unit_scale(network: Network, end: int) -> UnitScale:
    """The scale for the units whose outputs leave the operation at a position of the network."""
    for layer in reversed(network.layers[: end + 1]):
        match layer:
            case ReLU():
                return UnitScale(False, 0.0, None, "ReLU")
            case Sigmoid():
                return UnitScale(False, 0.5, 1.0, "sigmoid")
            case Tanh():
                return UnitScale(True, 0.0, 1.0, "tanh")
            case LeakyReLU():
                return UnitScale(True, 0.0, None, "leaky ReLU")
        if layer.params:
            break
    return UnitScale(True, 0.0, None, "no activation")


def next_weight(network: Network, end: int) -> Floats:
    """The weight that units meet next, (n, n_next); `end` is the last operation of their layer."""
    return next(layer.params["weight"] for layer in network.layers[end + 1 :] if "weight" in layer.params)


def part_limit(maps: Floats, weight: Floats) -> float:
    """The end of a scale for the maps of units, (n, rows, columns), times their weights, (n,)."""
    return signed_limit(np.abs(maps).max(axis=(1, 2)) * np.abs(weight))


@dataclass(frozen=True, slots=True)
class Survey:
    """What one forward pass says of a whole area, and of the points in it.

    Attributes
    ----------
    shape
        Rows and columns of the grid.
    outputs : (rows · columns, K)
        The network's outputs on the grid.
    at_points : (P, K)
        Its outputs for the points.
    hidden
        For each hidden layer its units' outputs on the grid, then for the points: (rows · columns + P, n).
    """

    shape: tuple[int, int]
    outputs: Floats
    at_points: Floats
    hidden: tuple[Floats, ...]

    def maps(self, layer: int, every: int = 1) -> Floats:
        """The units' own maps, (n, rows, columns), or of every so many cells; a view."""
        rows, columns = self.shape
        units = self.hidden[layer][: rows * columns].T
        return units.reshape(-1, rows, columns)[:, every // 2 :: every, every // 2 :: every]


def survey(network: Network, x: NDArray[np.float32], shape: tuple[int, int]) -> Survey:
    """Send a grid and some points through a network at once.

    Parameters
    ----------
    x : (rows · columns + P, n_in)
        The grid, then the points, as the network sees them.
    shape
        Rows and columns of the grid.
    """
    cells = shape[0] * shape[1]
    kept = dict.fromkeys(hidden_ends(network), x)
    y: Floats = x
    with np.errstate(over="ignore", invalid="ignore"):  # a diverged network is looked at as well
        for i, layer in enumerate(network.layers):
            y, _ = layer.forward(y)
            if i in kept:
                kept[i] = y
    return Survey(shape, y[:cells], y[cells:], tuple(kept.values()))


# ---------------------------------------------------------------------- in words and colours


def right(task: Task, points: Points, at_points: Floats) -> NDArray[np.bool_] | None:
    """Which points are told rightly, (P,); None where there are no classes."""
    if task.threshold is None:
        return None
    return correct(at_points, points.targets, task.threshold)


def constant(values: Floats, scale: float) -> float | None:
    """What a field is everywhere, up to a thousandth of its scale; None where it varies by more."""
    low, high = float(values.min()), float(values.max())
    return (low + high) / 2 if high - low < CONSTANT * scale else None


def loss_of_nothing(task: Task, points: Points) -> float:
    """The loss on the training points of saying their mean target whatever the input."""
    targets = points.targets[: points.n_training]
    return task.loss.value(np.broadcast_to(targets.mean(axis=0), targets.shape), targets)


def best_line(network: Network, task: Task, points: Points) -> tuple[Floats, Floats] | None:
    """The weight (n_in, 1) and bias (1,) of least squares on the training points, as the network sees them.

    None unless the network is one linear layer that learns to make a squared error small.
    """
    if len(network.layers) != 1 or task.kind != "value" or not isinstance(task.loss, SquaredError):
        return None
    x, targets = points.scaled[: points.n_training], points.targets[: points.n_training]
    if "bias" in network.layers[0].params:
        best = least_squares(x, targets)
        return best.weight, best.bias
    if x.shape[1] == 1 and x.any():
        return np.array([[slope_through_origin(x, targets)]]), np.zeros(1)
    best = least_squares(x, targets, bias=False)
    return best.weight, best.bias


def class_scale(colors: list[tuple[int, int, int]], ground: tuple[int, int, int], most: float) -> Lut:
    """A lookup table for :func:`class_indices`: each class from the ground, where undecided, to its colour.

    Parameters
    ----------
    colors : of CLASS_COLORS classes, RGB from 0 to 255
    ground : RGB
    most : float
        How much of its colour a class has where it is certain, 0 to 1: points on it have all.
    """
    part = most * np.linspace(0.12, 1.0, _LEVELS)[:, None]
    table = np.zeros((256, 4), np.uint8)
    table[:, 3] = 255
    for k, color in enumerate(colors):
        mixed = part * np.array(color) + (1.0 - part) * np.array(ground)
        table[LOWEST + k * _LEVELS : LOWEST + (k + 1) * _LEVELS, :3] = np.rint(mixed)
    return table


def class_indices(winner: NDArray[np.int64], certainty: Floats) -> Indices:
    """Entries of :func:`class_scale`: which class, and how certainly, 0 to 1 (0 where not finite)."""
    level = np.nan_to_num(certainty * (_LEVELS - 1), nan=0.0) + 0.5
    return (LOWEST + winner % CLASS_COLORS * _LEVELS + level.astype(np.int64)).astype(np.uint8)


def margins(said: Floats, shape: tuple[int, int]) -> list[Floats]:
    """For each class but the last: by how much its output exceeds the best other one, (rows, columns).

    Where it passes through zero the class's region ends.
    """
    fields = []
    for k in range(said.shape[1] - 1):
        others = np.delete(said, k, axis=1).max(axis=1)
        fields.append((said[:, k] - others).reshape(shape))
    return fields


def scaled_grid(area: Area, shape: tuple[int, int], split: Split, n_in: int) -> NDArray[np.float32]:
    """The grid's inputs as a network sees them: over the plane, or along the axis of a single input."""
    return split.scaled(grid_inputs(area, shape)[:, :n_in])
