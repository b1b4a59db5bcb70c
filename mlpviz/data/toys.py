"""Small data sets that can be seen whole: lines, planes, gates, clouds, moons, spirals and iris."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpviz.data.bundled import bundled_file
from mlpviz.data.dataset import Dataset, Examples, one_hot

IRIS_HEADER = ["sepal_length_cm", "sepal_width_cm", "petal_length_cm", "petal_width_cm", "species"]
IRIS_NAMES = ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)")
IRIS_SPECIES = ("setosa", "versicolor", "virginica")
IRIS_PER_SPECIES = 50


def line(n: int = 50, noise: float = 0.2, seed: int = 1, slope: float = 2.0) -> Dataset:
    """y = slope * x + noise, x uniform in -1 to 1; `noise` is the standard deviation of normal noise."""
    rng = _generator(n, noise, seed)
    x = rng.uniform(-1, 1, (n, 1))
    y = slope * x + rng.normal(0, noise, (n, 1))
    description = f"{n} points scattered about the line y = {slope:g} x, which goes through the origin."
    return _regression("line", "A line through the origin", description, x, y, ("x",))


def line_bias(
    n: int = 50, noise: float = 0.2, seed: int = 2, slope: float = 1.5, intercept: float = -1.0
) -> Dataset:
    """y = slope * x + intercept + noise, x uniform in 0 to 2: the bias and the weight lean on each other."""
    rng = _generator(n, noise, seed)
    x = rng.uniform(0, 2, (n, 1))
    y = slope * x + intercept + rng.normal(0, noise, (n, 1))
    description = f"{n} points scattered about the line y = {slope:g} x {_term(intercept)}."
    return _regression("line_bias", "A line with a bias", description, x, y, ("x",))


def plane(
    n: int = 200,
    noise: float = 0.2,
    seed: int = 3,
    slopes: tuple[float, float] = (1.5, -2.0),
    intercept: float = 0.5,
) -> Dataset:
    """y = slopes[0] * x1 + slopes[1] * x2 + intercept + noise, both inputs uniform in -1 to 1."""
    rng = _generator(n, noise, seed)
    x = rng.uniform(-1, 1, (n, 2))
    y = x @ np.array(slopes)[:, None] + intercept + rng.normal(0, noise, (n, 1))
    equation = f"y = {slopes[0]:g} x1 {_term(slopes[1])} x2 {_term(intercept)}"
    description = f"{n} points scattered about the plane {equation}."
    return _regression("plane", "A plane", description, x, y, ("x1", "x2"))


def gate_and() -> Dataset:
    """The logical and: 1 when both inputs are 1; four examples, targets (4, 1) of 0 and 1."""
    return _gate(
        "gate_and", "AND gate", "1 when both inputs are 1: one straight line suffices.", (0, 0, 0, 1)
    )


def gate_or() -> Dataset:
    """The logical or: 1 when an input is 1; four examples, targets (4, 1) of 0 and 1."""
    return _gate("gate_or", "OR gate", "1 when an input is 1: one straight line suffices.", (0, 1, 1, 1))


def gate_xor() -> Dataset:
    """The exclusive or: 1 when just one input is 1; four examples, targets (4, 1) of 0 and 1."""
    return _gate(
        "gate_xor", "XOR gate", "1 when just one input is 1: no straight line suffices.", (0, 1, 1, 0)
    )


def blobs(n: int = 150, n_test: int = 150, noise: float = 0.6, seed: int = 4) -> Dataset:
    """Three round clouds of standard deviation `noise` about the corners of a triangle; one-hot targets."""
    angles = np.deg2rad([90, 210, 330])
    centres = 2 * np.column_stack([np.cos(angles), np.sin(angles)])

    def draw(labels: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.float64]:
        cloud: NDArray[np.float64] = centres[labels] + rng.normal(0, noise, (len(labels), 2))
        return cloud

    description = "Three round clouds of points, one a class, that touch at their edges."
    classes = ("top", "left", "right")
    return _drawn("blobs", "Three clouds", description, classes, draw, n, n_test, noise, seed)


def moons(n: int = 200, n_test: int = 200, noise: float = 0.15, seed: int = 5) -> Dataset:
    """Two half circles of radius 1 that reach into each other, with normal noise; targets 0 and 1."""

    def draw(labels: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.float64]:
        angle = rng.uniform(0, np.pi, len(labels))
        upper = np.column_stack([np.cos(angle), np.sin(angle)])
        lower = np.column_stack([1 - np.cos(angle), 0.5 - np.sin(angle)])
        return np.where(labels[:, None] == 0, upper, lower) + rng.normal(0, noise, (len(labels), 2))

    description = "Two half circles of points that reach into each other: the boundary must bend."
    return _drawn("moons", "Two moons", description, ("upper", "lower"), draw, n, n_test, noise, seed)


def spirals(
    n: int = 400, n_test: int = 400, noise: float = 0.1, seed: int = 6, turns: float = 1.25
) -> Dataset:
    """Two arms that wind `turns` times round the origin, out to radius 3, with noise; targets 0 and 1."""

    def draw(labels: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.float64]:
        radius = rng.uniform(0.3, 3, len(labels))
        angle = 2 * np.pi * turns * radius / 3 + np.pi * labels
        arm: NDArray[np.float64] = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
        return arm + rng.normal(0, noise, (len(labels), 2))

    description = "Two arms of points that wind round each other: the boundary must wind along with them."
    return _drawn("spirals", "Two spirals", description, ("first", "second"), draw, n, n_test, noise, seed)


def iris(directory: Path | None = None) -> Dataset:
    """Fisher's iris: 150 flowers of three species, four lengths in cm, one-hot targets.

    Parameters
    ----------
    directory : Path, optional
        Where iris.csv is, if not among the program's own data.

    Raises
    ------
    FileNotFoundError, ValueError
        When the file is missing or is not what it should be.

    Notes
    -----
    R. A. Fisher, "The use of multiple measurements in taxonomic problems", Annals of Eugenics 7, 1936.
    """
    inputs, labels = _read_iris(directory)
    return Dataset(
        name="iris",
        title="Iris flowers",
        description="150 iris flowers of three species, with the length and width of sepal and petal.",
        training=Examples(inputs, one_hot(labels, 3), labels),
        classes=IRIS_SPECIES,
        input_names=IRIS_NAMES,
    )


def iris_two(directory: Path | None = None) -> Dataset:
    """Sepal and petal length of two species of `iris`: setosa (target -1) and versicolor (+1)."""
    inputs, labels = _read_iris(directory)
    two = labels < 2
    labels = labels[two]
    return Dataset(
        name="iris_two",
        title="Iris flowers, two species",
        description="100 iris flowers of two species, told apart by the lengths of sepal and petal.",
        training=Examples(inputs[two][:, [0, 2]], _column(2 * labels - 1), labels),
        classes=IRIS_SPECIES[:2],
        input_names=(IRIS_NAMES[0], IRIS_NAMES[2]),
    )


def _generator(n: int, noise: float, seed: int, at_least: int = 1) -> np.random.Generator:
    if n < at_least:
        raise ValueError(f"n is {n}: give at least {at_least} examples")
    if not 0 <= noise < np.inf:
        raise ValueError(f"noise is {noise}: give a standard deviation of 0 or more")
    return np.random.default_rng(seed)


def _term(value: float) -> str:
    return f"{'−' if value < 0 else '+'} {abs(value):g}"


def _column(values: NDArray[Any]) -> NDArray[np.float32]:
    return values.astype(np.float32).reshape(-1, 1)


def _regression(
    name: str, title: str, description: str, x: NDArray[Any], y: NDArray[Any], input_names: tuple[str, ...]
) -> Dataset:
    training = Examples(x.astype(np.float32), _column(y))
    return Dataset(name, title, description, training, input_names=input_names)


def _gate(name: str, title: str, description: str, outputs: tuple[int, ...]) -> Dataset:
    inputs = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
    labels = np.array(outputs, np.int64)
    training = Examples(inputs, _column(labels), labels)
    return Dataset(name, title, description, training, classes=("0", "1"), input_names=("x1", "x2"))


def _drawn(
    name: str,
    title: str,
    description: str,
    classes: tuple[str, ...],
    draw: Callable[[NDArray[np.int64], np.random.Generator], NDArray[np.float64]],
    n: int,
    n_test: int,
    noise: float,
    seed: int,
) -> Dataset:
    """Points drawn class by class in turn; the test examples are drawn after the training examples."""
    rng = _generator(min(n, n_test), noise, seed, at_least=len(classes))

    def examples(count: int) -> Examples:
        labels = np.arange(count) % len(classes)
        targets = _column(labels) if len(classes) == 2 else one_hot(labels, len(classes))
        return Examples(draw(labels, rng).astype(np.float32), targets, labels)

    return Dataset(
        name, title, description, examples(n), examples(n_test), classes=classes, input_names=("x1", "x2")
    )


def _read_iris(directory: Path | None) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    path = bundled_file("iris.csv", directory=directory)
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    if not rows or rows[0] != IRIS_HEADER:
        raise ValueError(f"{path}, line 1: the header should be {','.join(IRIS_HEADER)}")
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(IRIS_HEADER) or row[4] not in IRIS_SPECIES:
            raise ValueError(f"{path}, line {number}: give four lengths and one of {', '.join(IRIS_SPECIES)}")
    try:
        inputs = np.array([row[:4] for row in rows[1:]], np.float32)
    except ValueError as error:
        raise ValueError(f"{path}: a length is not a number ({error})") from error
    labels = np.array([IRIS_SPECIES.index(row[4]) for row in rows[1:]], np.int64)
    if np.bincount(labels, minlength=3).tolist() != [IRIS_PER_SPECIES] * 3:
        raise ValueError(f"{path} holds {len(labels)} flowers: there should be 50 of each of three species")
    return inputs, labels
