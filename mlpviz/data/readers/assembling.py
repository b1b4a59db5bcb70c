"""From arrays as a file holds them to a data set: shapes, types, classes, and the words about them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpviz.data.dataset import Dataset, Examples, one_hot
from mlpviz.data.idx import MAX_BYTES
from mlpviz.data.readers.labels import Labels, classes_of, numbers_of
from mlpviz.data.readers.records import MAX_INPUTS, OwnData, Reading, Understanding

BLOCK_ROWS = 4096
PIXEL_NAME = re.compile(r"(?:pixel|px|p)?[ _-]?(?:\d+|\d+[x_, ]\d+)", re.IGNORECASE)
FEWEST_PIXELS = 64
LARGEST_PIXEL = 255


@dataclass(slots=True)
class Part:
    """Examples as a file holds them.

    Attributes
    ----------
    inputs : (N, ...) ndarray
        Numbers of any type and shape: (N, height, width) for pictures.
    labels : (N,) or (N, K) ndarray, or list of str
    place : callable
        Names the place of example i, such as "row 12".
    label_place : callable, optional
        Names the place of label i, where that is another file or array.
    """

    inputs: NDArray[Any]
    labels: NDArray[Any] | Sequence[str]
    place: Callable[[int], str]
    label_place: Callable[[int], str] | None = None

    def place_of_label(self, i: int) -> str:
        return (self.label_place or self.place)(i)


@dataclass(slots=True)
class Findings:
    """What a reader found beside the numbers; the fields are those of `Understanding`."""

    path: Path
    format: str
    files: tuple[Path, ...]
    label: str
    input_names: tuple[str, ...] = ()
    class_names: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    label_column: int | None = None
    header: bool | None = None
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def assemble(training: Part, test: Part | None, found: Findings, reading: Reading) -> OwnData:
    """The data set that was found, and what was understood of it.

    Raises
    ------
    ValueError
        When shapes, numbers or labels do not make a data set; the sentence names the place.
    """
    parts = [part for part in (training, test) if part is not None]
    for part in parts:
        part.inputs = _without_channels(part, found)
    shape = training.inputs.shape[1:]
    if test is not None and test.inputs.shape[1:] != shape:
        raise ValueError(
            f"{test.place(0)} has the shape {_times(test.inputs.shape[1:])}, but {training.place(0)} has "
            f"{_times(shape)}: training and test examples must have the same"
        )
    image_shape, value_range = _as_pictures(parts, found)
    for part in parts:
        part.inputs = part.inputs.reshape(len(part.inputs), -1)
        _check_finite(part)
    labels = classes_of(training, test, found, reading)
    examples = [_examples(part, labels, i) for i, part in enumerate(parts)]
    dataset = Dataset(
        name=found.path.name,
        title=found.path.name if found.path.is_dir() else found.path.stem,
        description=_description(found, examples, image_shape),
        training=examples[0],
        test=examples[1] if test is not None else None,
        classes=labels.classes,
        image_shape=image_shape,
        value_range=value_range,
        input_names=found.input_names,
    )
    return OwnData(dataset, _understanding(dataset, found))


# ---------------------------------------------------------------------- inputs


def _without_channels(part: Part, found: Findings) -> NDArray[Any]:
    """The inputs as (N, n) or (N, height, width), in a type that a data set stores."""
    inputs, place = part.inputs, part.place(0)
    if inputs.dtype.kind not in "buif":
        raise ValueError(f"{place}: the inputs are of the type {inputs.dtype}: give numbers")
    if inputs.ndim == 0 or inputs.size == 0:
        raise ValueError(f"{found.path}: there are no examples in it: give at least two")
    if inputs.ndim == 4 and inputs.shape[3] == 1:
        inputs = inputs[:, :, :, 0]
    elif inputs.ndim == 4 and inputs.shape[1] == 1:
        inputs = inputs[:, 0]
    elif inputs.ndim == 4 and 3 in (inputs.shape[1], inputs.shape[3]):
        raise ValueError(
            f"{place}: the pictures have three colour channels ({_times(inputs.shape[1:])}): "
            "make them grey, (height, width), first"
        )
    if inputs.ndim == 1:
        inputs = inputs[:, None]
    if inputs.ndim > 3:
        raise ValueError(
            f"{place}: an example has the shape {_times(inputs.shape[1:])}: "
            "give rows of numbers or grey pictures, (height, width)"
        )
    n_in = int(np.prod(inputs.shape[1:]))
    if n_in > MAX_INPUTS:
        raise ValueError(
            f"{place}: an example has {n_in:,} inputs: mlpviz shows up to {MAX_INPUTS:,}, which is a picture "
            "of 256 x 256; make the pictures smaller or leave columns out"
        )
    if inputs.dtype == np.bool_:
        inputs = inputs.astype(np.uint8)
    if inputs.dtype not in (np.uint8, np.float32):
        if inputs.size * 4 > MAX_BYTES:
            raise ValueError(f"{found.path}: the examples would fill more than 1 GiB: give fewer of them")
        stored = inputs
        with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is found below
            inputs = stored.astype(np.float32)
        _note_rounding(stored, inputs, found)
    return inputs


def _note_rounding(stored: NDArray[Any], inputs: NDArray[np.float32], found: Findings) -> None:
    """Say so where whole numbers are too large for float32."""
    if (
        stored.dtype.kind in "iu"
        and stored.dtype.itemsize > 2
        and not (inputs[:BLOCK_ROWS] == stored[:BLOCK_ROWS]).all()
    ):
        found.warnings.append(
            "Some inputs are whole numbers above 16,777,216, which are rounded to 7 digits."
        )


def _as_pictures(
    parts: list[Part], found: Findings
) -> tuple[tuple[int, int] | None, tuple[float, float] | None]:
    """How the inputs are laid out and what they can be; whole numbers that are pixels become bytes."""
    training = parts[0].inputs
    if training.ndim == 3:
        image_shape: tuple[int, int] | None = (int(training.shape[1]), int(training.shape[2]))
    else:
        image_shape = _square(training.shape[1]) if _could_be_pixels(found.input_names) else None
    if training.dtype == np.uint8 and image_shape is None:
        return None, (0, LARGEST_PIXEL)
    if image_shape is None:
        return None, None
    are_bytes = training.dtype == np.uint8
    if not are_bytes and all(_fits_bytes(part.inputs) for part in parts):
        for part in parts:
            part.inputs = part.inputs.astype(np.uint8)
    low, high = _range(parts)
    if training.ndim == 2:
        if parts[0].inputs.dtype != np.uint8:
            return None, None
        height, width = image_shape
        found.notes.append(
            f"Each row holds {height * width} whole numbers from {low:g} to {high:g}: "
            f"they are shown as pictures of {height} x {width} pixels."
        )
    if parts[0].inputs.dtype == np.uint8:
        return image_shape, (0, LARGEST_PIXEL if are_bytes or high > LARGEST_PIXEL / 2 else max(high, 1))
    return image_shape, (0, 1) if 0 <= low <= high <= 1 else None


def _could_be_pixels(names: tuple[str, ...]) -> bool:
    return all(PIXEL_NAME.fullmatch(name) for name in names)


def _square(n: int) -> tuple[int, int] | None:
    side = round(n**0.5)
    return (side, side) if n >= FEWEST_PIXELS and side * side == n else None


def _fits_bytes(inputs: NDArray[Any]) -> bool:
    """Whether all are whole numbers from 0 to 255, so that bytes hold them exactly."""
    for block in _blocks(inputs):
        with np.errstate(invalid="ignore"):
            if not ((block >= 0) & (block <= LARGEST_PIXEL) & (block == np.floor(block))).all():
                return False
    return True


def _check_finite(part: Part) -> None:
    if part.inputs.dtype == np.uint8:
        return
    for b, block in enumerate(_blocks(part.inputs)):
        bad = ~np.isfinite(block)
        if bad.any():
            row, column = np.argwhere(bad)[0]
            what = "NaN" if np.isnan(block[row, column]) else "infinite, or too large for a 32-bit float"
            raise ValueError(
                f"{part.place(b * BLOCK_ROWS + int(row))}: input {int(column) + 1} is {what}: "
                "give finite numbers only"
            )


def _blocks(inputs: NDArray[Any]) -> list[NDArray[Any]]:
    return [inputs[i : i + BLOCK_ROWS] for i in range(0, len(inputs), BLOCK_ROWS)]


def _range(parts: list[Part]) -> tuple[float, float]:
    with np.errstate(invalid="ignore"):
        low = min(float(part.inputs.min()) for part in parts)
        return low, max(float(part.inputs.max()) for part in parts)


# ---------------------------------------------------------------------- together


def _examples(part: Part, labels: Labels, i: int) -> Examples:
    if not labels.classes:
        return Examples(part.inputs, numbers_of(labels.values[i]))
    if len(part.inputs) * (len(labels.classes) * 4 + 8) + part.inputs.nbytes > MAX_BYTES:
        raise ValueError(
            f"{part.place(0)}: {len(part.inputs):,} examples of {len(labels.classes)} classes would fill "
            "more "
            "than 1 GiB: give fewer of them"
        )
    return Examples(part.inputs, one_hot(labels.values[i], len(labels.classes)), labels.values[i])


def _understanding(dataset: Dataset, found: Findings) -> Understanding:
    parts = [part for part in (dataset.training, dataset.test) if part is not None]
    counts = [
        tuple(np.bincount(part.labels, minlength=len(dataset.classes)).tolist())
        for part in parts
        if part.labels is not None
    ]
    low = min(float(part.inputs.min()) for part in parts)
    high = max(float(part.inputs.max()) for part in parts)
    if counts and min(counts[0]) < 5:
        rarest = dataset.classes[int(np.argmin(counts[0]))]
        plural = "" if min(counts[0]) == 1 else "s"
        found.warnings.append(f"Class {rarest!r} has only {min(counts[0])} example{plural} to learn from.")
    if not dataset.classes:
        spread = float(dataset.training.targets.std(dtype=np.float64))
        if not 0.01 <= spread <= 100:
            found.warnings.append(
                f"The numbers to predict spread by {spread:.3g} (standard deviation): a network learns them "
                "slowly unless you bring them to about 1 in the file; nothing is rescaled for you."
            )
    return Understanding(
        path=found.path,
        format=found.format,
        files=found.files,
        training=len(dataset.training),
        test=0 if dataset.test is None else len(dataset.test),
        stored="bytes" if dataset.training.inputs.dtype == np.uint8 else "32-bit floats",
        smallest=low,
        largest=high,
        label=found.label,
        classes=dataset.classes,
        counts=counts[0] if counts else (),
        test_counts=counts[1] if len(counts) > 1 else (),
        columns=found.columns,
        label_column=found.label_column,
        header=found.header,
        notes=tuple(found.notes),
        warnings=tuple(found.warnings),
    )


def _description(found: Findings, examples: list[Examples], image_shape: tuple[int, int] | None) -> str:
    n = f"{len(examples[0]):,} examples"
    if len(examples) > 1:
        n += f" to learn from and {len(examples[1]):,} to test with"
    n_in = examples[0].inputs.shape[1]
    shape = f"{n_in} number{'s' if n_in > 1 else ''}"
    if image_shape is not None:
        shape = f"{image_shape[0]} x {image_shape[1]} grey pixels"
    return f"{found.format[0].upper()}{found.format[1:]} {found.path.name!r}: {n}, each of {shape}."


def _times(shape: Sequence[int]) -> str:
    return " x ".join(map(str, shape)) or "a single number"
