"""Examples as arrays: data sets, their splits, and mini-batches scaled on the way out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlpviz.data.scaling import ROWS_AT_A_TIME, shift_and_factor

Positions: TypeAlias = slice | Sequence[int] | NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Inputs with their targets, one example a row, kept as read-only views.

    Attributes
    ----------
    inputs : (N, n_in) uint8 or float32
        The numbers as stored, finite.
    targets : (N, K) float32
        What the network should give, finite; one-hot for classes, or K = 1 for two classes.
    labels : (N,) int64, or None
        The class of each example; None for regression.

    Raises
    ------
    ValueError
        When a shape, a type or a number does not fit.
    """

    inputs: NDArray[np.uint8] | NDArray[np.float32]
    targets: NDArray[np.float32]
    labels: NDArray[np.int64] | None = None
    _of_class: NDArray[np.float32] | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        _check_table("inputs", self.inputs, ("uint8", "float32"))
        _check_table("targets", self.targets, ("float32",))
        n = len(self.inputs)
        if len(self.targets) != n:
            raise ValueError(
                f"targets has {len(self.targets)} rows, inputs has {n}: give one row per example"
            )
        object.__setattr__(self, "inputs", read_only(self.inputs))
        object.__setattr__(self, "targets", read_only(self.targets))
        if self.labels is not None:
            if self.labels.shape != (n,) or self.labels.dtype != np.int64:
                raise ValueError(
                    f"labels is {self.labels.dtype} of shape {self.labels.shape}: give int64 of shape ({n},)"
                )
            object.__setattr__(self, "labels", read_only(self.labels))
            object.__setattr__(self, "_of_class", _targets_of_classes(self.targets, self.labels))

    def __len__(self) -> int:
        return len(self.inputs)

    def answers_at(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.int64] | None]:
        """The targets of some examples, (B, K), and their labels, (B,)."""
        labels = None if self.labels is None else self.labels.take(rows)
        if self._of_class is None or labels is None:
            return self.targets.take(rows, axis=0), labels
        return self._of_class.take(labels, axis=0), labels  # the processor has those few at hand


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Dataset:
    """Examples with the words and sizes needed to show them.

    Attributes
    ----------
    name, title, description : str
        The name in `DATASETS` or of the file, the heading, and one or two sentences.
    training, test : Examples
        `test` is None where the data set has no test examples of its own.
    classes : tuple of str
        The class of label i is `classes[i]`; empty for regression.
    image_shape : (height, width), or None
        How one row of inputs is laid out as a picture.
    value_range : (low, high), or None
        What an input can be, such as (0, 255) for pixels; None for plain numbers.
    input_names : tuple of str
        One name per input, or empty.

    Raises
    ------
    ValueError
        When the parts do not fit together.
    """

    name: str
    title: str
    description: str
    training: Examples
    test: Examples | None = None
    classes: tuple[str, ...] = ()
    image_shape: tuple[int, int] | None = None
    value_range: tuple[float, float] | None = None
    input_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        where = f"dataset {self.name!r}"
        _check_examples(f"{where}, training", self.training, self.n_in, self.n_out, len(self.classes))
        if self.test is not None:
            _check_examples(f"{where}, test", self.test, self.n_in, self.n_out, len(self.classes))
        one_sigmoid = self.n_out == 1 and len(self.classes) == 2
        if self.classes and self.n_out != len(self.classes) and not one_sigmoid:
            raise ValueError(
                f"{where}: {len(self.classes)} classes with {self.n_out} targets per example: "
                "give one target per class (or a single one for two classes)"
            )
        if self.image_shape is not None and self.image_shape[0] * self.image_shape[1] != self.n_in:
            height, width = self.image_shape
            raise ValueError(
                f"{where}: image_shape is {height} x {width}: give one pixel per input ({self.n_in})"
            )
        if self.value_range is not None and not self.value_range[0] < self.value_range[1]:
            raise ValueError(
                f"{where}: value_range is {self.value_range}: give the lower end, then the higher"
            )
        if self.input_names and len(self.input_names) != self.n_in:
            raise ValueError(
                f"{where}: {len(self.input_names)} input_names: give one per input ({self.n_in})"
            )

    @property
    def n_in(self) -> int:
        """Numbers in one example."""
        return int(self.training.inputs.shape[1])

    @property
    def n_out(self) -> int:
        """Targets of one example (K)."""
        return int(self.training.targets.shape[1])


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Some rows of the examples, and the scaling with which a network sees them.

    The network's input is x = (stored - shift) * factor.

    Attributes
    ----------
    examples : Examples
    rows : (n,) int64
        Which examples belong to this split.
    shift, factor : float32 scalar or (n_in,) float32

    Raises
    ------
    ValueError
        When a row is not among the examples, or shift or factor has another shape or is not finite.
    """

    examples: Examples
    rows: NDArray[np.int64]
    shift: np.float32 | NDArray[np.float32]
    factor: np.float32 | NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.rows.ndim != 1 or self.rows.dtype != np.int64:
            raise ValueError(
                f"rows is {self.rows.dtype} of shape {self.rows.shape}: give int64 of shape (n,)"
            )
        n = len(self.examples)
        if len(self.rows) and not 0 <= self.rows.min() <= self.rows.max() < n:
            low, high = self.rows.min(), self.rows.max()
            raise ValueError(f"rows go from {low} to {high}: the examples are 0 to {n - 1}")
        object.__setattr__(self, "rows", read_only(self.rows))
        for name in ("shift", "factor"):
            value = _scalar_or_row(name, getattr(self, name), self.examples.inputs.shape[1])
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.rows)

    def batch(self, positions: Positions) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The inputs, scaled, and targets of a mini-batch.

        Parameters
        ----------
        positions : index array or slice
            Positions in this split, 0 to `len(split)` - 1.

        Returns
        -------
        x : (B, n_in) float32
        targets : (B, K) float32

        Raises
        ------
        IndexError
            When a position is not in the split.
        """
        x, targets, _ = self.labelled_batch(positions)
        return x, targets

    def labelled_batch(
        self, positions: Positions
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64] | None]:
        """The same with the labels, (B,); None for regression, which has none."""
        rows = self.rows[positions]
        targets, labels = self.examples.answers_at(rows)
        return self.scaled(self.examples.inputs.take(rows, axis=0)), targets, labels

    def scaled(self, stored: NDArray[Any]) -> NDArray[np.float32]:
        """Stored numbers, (n_in,) or (B, n_in), as the network sees them: (stored - shift) * factor."""
        x = stored.astype(np.float32)
        if isinstance(self.shift, np.ndarray) or self.shift != 0:
            x -= self.shift
        x *= self.factor
        return x

    def inputs_at(self, positions: Positions) -> NDArray[np.uint8] | NDArray[np.float32]:
        """The inputs as stored, not scaled: (B, n_in)."""
        return self.examples.inputs.take(self.rows[positions], axis=0)

    def labels_at(self, positions: Positions) -> NDArray[np.int64]:
        """The class labels, (B,); ValueError for regression, which has none."""
        if self.examples.labels is None:
            raise ValueError("these examples have no labels: regression has targets only")
        return self.examples.labels.take(self.rows[positions])


@dataclass(frozen=True, slots=True, eq=False)
class Splits:
    """What a run learns from, what it is watched with, and what it is judged by at the end.

    Attributes
    ----------
    training : Split
    validation : Split
        Of length 0 when none was asked for.
    test : Split, or None
    """

    training: Split
    validation: Split
    test: Split | None

    def by_name(self) -> dict[str, Split]:
        """Those that hold examples: "training", "validation", "test"."""
        named = {"training": self.training, "validation": self.validation, "test": self.test}
        return {name: split for name, split in named.items() if split is not None and len(split)}


def split(
    dataset: Dataset,
    rng: np.random.Generator,
    validation_size: int = 5000,
    training_size: int = 0,
    scaling: str = "natural",
) -> Splits:
    """Deal a data set's training examples into a training and a validation split.

    Random by `rng`, and stratified: to within one example, each class has its share of the validation split,
    and of the training split its share of what is left. Within a split the examples stay in stored order. The
    validation split does not depend on `training_size`.

    Parameters
    ----------
    dataset : Dataset
    rng : numpy.random.Generator
        The same generator state gives the same splits.
    validation_size : int
        Examples to hold out, 0 to N - 1.
    training_size : int
        Examples to train on; 0 means all that remain.
    scaling : str
        A name in `SCALINGS`; every split gets the same shift and factor. "standard" measures the training
        split only (standard deviation with divisor n) and only centres an input that is constant there.

    Returns
    -------
    Splits

    Raises
    ------
    ValueError
        When a size does not fit the data set, the scaling is unknown, or "signed" has no value range to map.
    """
    examples = dataset.training
    n = len(examples)
    if not 0 <= validation_size < n:
        raise ValueError(
            f"validation_size is {validation_size}, but dataset {dataset.name!r} has {n} training examples: "
            f"choose from 0 to {n - 1}"
        )
    remaining = n - validation_size
    if not 0 <= training_size <= remaining:
        raise ValueError(
            f"training_size is {training_size}, but dataset {dataset.name!r} with validation_size "
            f"{validation_size} has {remaining} examples left: choose from 1 to {remaining}, or 0 for all"
        )

    labels = np.zeros(n, np.int64) if examples.labels is None else examples.labels
    order = rng.permutation(n)
    validation_rows = _stratified(order, labels, validation_size)
    left = np.ones(n, bool)
    left[validation_rows] = False
    training_rows = _stratified(order[left[order]], labels, training_size or remaining)

    shift, factor = shift_and_factor(scaling, examples.inputs, training_rows, dataset.value_range)
    return Splits(
        training=Split(examples, training_rows, shift, factor),
        validation=Split(examples, validation_rows, shift, factor),
        test=None
        if dataset.test is None
        else Split(dataset.test, np.arange(len(dataset.test)), shift, factor),
    )


def one_hot(labels: NDArray[np.int64], n_classes: int) -> NDArray[np.float32]:
    """Targets (N, n_classes): 1 at each label, 0 elsewhere; labels (N,) from 0 to n_classes - 1."""
    return np.eye(n_classes, dtype=np.float32)[labels]


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """A C-contiguous view that cannot be written; the caller's own array stays as it was."""
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view


def _targets_of_classes(
    targets: NDArray[np.float32], labels: NDArray[np.int64]
) -> NDArray[np.float32] | None:
    """The targets of each class, (C, K); None where the examples of a class have different ones."""
    n_classes = max(2, targets.shape[1])
    if labels.min() < 0 or labels.max() >= n_classes:
        return None  # which no data set takes
    of_class = np.zeros((n_classes, targets.shape[1]), np.float32)
    of_class[labels] = targets
    return of_class if np.array_equal(of_class[labels], targets) else None


def _stratified(candidates: NDArray[np.int64], labels: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """`size` of the candidates, sorted: the first of each class by its share (largest remainders)."""
    own = labels[candidates]
    classes, counts = np.unique(own, return_counts=True)
    quotas, remainders = np.divmod(size * counts, len(candidates))
    quotas[np.argsort(-remainders, kind="stable")[: size - quotas.sum()]] += 1
    chosen = [candidates[own == label][:quota] for label, quota in zip(classes, quotas, strict=True)]
    return np.sort(np.concatenate(chosen))


def _check_table(field: str, array: NDArray[Any], types: tuple[str, ...]) -> None:
    if array.ndim != 2 or 0 in array.shape:
        raise ValueError(f"{field} has the shape {array.shape}: give one row per example, none of them empty")
    if array.dtype not in types:
        raise ValueError(f"{field} is {array.dtype}: give {' or '.join(types)}")
    for first in range(0, 0 if array.dtype == np.uint8 else len(array), ROWS_AT_A_TIME):
        is_finite = np.isfinite(array[first : first + ROWS_AT_A_TIME])
        if is_finite.all():
            continue
        row = first + int(np.argmin(is_finite.all(axis=1)))
        raise ValueError(f"{field}, row {row}, holds a number that is not finite: give finite numbers only")


def _check_examples(where: str, examples: Examples, n_in: int, n_out: int, n_classes: int) -> None:
    inputs, targets = examples.inputs.shape[1], examples.targets.shape[1]
    if (inputs, targets) != (n_in, n_out):
        raise ValueError(
            f"{where}: {inputs} inputs and {targets} targets per example: give {n_in} and {n_out}"
        )
    if (examples.labels is None) != (n_classes == 0):
        raise ValueError(f"{where}: give both labels and classes, or, for regression, neither")
    if examples.labels is not None:
        low, high = examples.labels.min(), examples.labels.max()
        if low < 0 or high >= n_classes:
            raise ValueError(f"{where}: labels go from {low} to {high}: give 0 to {n_classes - 1}")


def _scalar_or_row(field: str, value: ArrayLike, n_in: int) -> np.float32 | NDArray[np.float32]:
    array = np.asarray(value, np.float32)
    if array.shape not in ((), (n_in,)) or not np.isfinite(array).all():
        raise ValueError(f"{field} of shape {array.shape}: give one finite number, or one per input ({n_in})")
    return read_only(array) if array.ndim else np.float32(array)
