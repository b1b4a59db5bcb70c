"""From labels as they stand in a file to classes, or to numbers that are to be predicted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlpviz.data.readers.records import MAX_CLASSES, Reading

if TYPE_CHECKING:
    from mlpviz.data.readers.assembling import Findings, Part

MOST_GUESSED_CLASSES = 100
LONGEST_NAME = 200
LARGEST_NUMBER = 1e15


@dataclass(slots=True)
class Labels:
    """The classes with each part's labels (N,) int64; or no classes, and each part's numbers (N, K)."""

    classes: tuple[str, ...]
    values: list[NDArray[Any]]


def classes_of(training: "Part", test: "Part | None", found: "Findings", reading: Reading) -> Labels:
    """What the labels are, as `reading.targets` wants them or as they look.

    Raises
    ------
    ValueError
        When labels are missing, are all the same, or do not fit together; the sentence names the place.
    """
    parts = [part for part in (training, test) if part is not None]
    for part in parts:
        if len(part.labels) != len(part.inputs):
            raise ValueError(
                f"{part.place_of_label(0)}: there are {len(part.labels):,} labels for {len(part.inputs):,} "
                "examples: give one label for each"
            )
    found_labels = [_plain(part) for part in parts]
    if reading.targets == "numbers":
        return Labels(
            (), [_as_numbers(part, labels) for part, labels in zip(parts, found_labels, strict=True)]
        )
    first = found_labels[0]
    if reading.targets == "auto" and not _look_like_classes(first):
        numbers = [_as_numbers(part, labels) for part, labels in zip(parts, found_labels, strict=True)]
        found.notes.append("The labels are numbers to predict, not classes: this is regression.")
        return Labels((), numbers)
    return _as_classes(parts, found_labels, found)


def numbers_of(values: NDArray[Any]) -> NDArray[np.float32]:
    """Numbers to predict as targets, (N, K) float32."""
    return values.astype(np.float32).reshape(len(values), -1)


def _plain(part: "Part") -> NDArray[Any]:
    """The labels as (N,) or (N, K) numbers where they all are numbers, else as (N,) strings."""
    labels = part.labels
    if not isinstance(labels, np.ndarray):
        for i, label in enumerate(labels):
            _check_name(part, i, label)
        return _numbers_or_words(labels)
    if labels.dtype.kind == "U":
        return _plain(_like(part, [str(label) for label in labels.reshape(len(labels), -1)[:, 0]]))
    if labels.dtype.kind not in "buif":
        raise ValueError(
            f"{part.place_of_label(0)}: the labels are of the type {labels.dtype}: give numbers or words"
        )
    if labels.dtype.kind == "b":
        labels = labels.astype(np.uint8)
    if labels.ndim > 2:
        labels = labels.reshape(len(labels), -1)
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        row = int(np.argmin(np.isfinite(labels).reshape(len(labels), -1).all(axis=1)))
        raise ValueError(
            f"{part.place_of_label(row)}: the label is NaN or infinite: give finite numbers only"
        )
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim == 2 and labels.shape[1] > 1 and _is_one_hot(labels):
        labels = labels.argmax(axis=1)
    return labels


def _like(part: "Part", labels: Sequence[str]) -> "Part":
    return type(part)(part.inputs, labels, part.place, part.label_place)


def _check_name(part: "Part", i: int, label: str) -> None:
    if not label:
        raise ValueError(f"{part.place_of_label(i)}: there is no label: fill it in or leave the example out")
    if len(label) > LONGEST_NAME or not label.isprintable():
        raise ValueError(
            f"{part.place_of_label(i)}: {label[:30]!r} is no name of a class: is the label somewhere else?"
        )


def _numbers_or_words(labels: Sequence[str]) -> NDArray[Any]:
    try:
        numbers = np.array([float(label) for label in labels])
    except ValueError:
        return np.array(labels)
    if not np.isfinite(numbers).all():
        return np.array(labels)
    whole = (numbers == np.floor(numbers)).all() and np.abs(numbers).max() < 2**53
    return numbers.astype(np.int64) if whole else numbers


def _is_one_hot(labels: NDArray[Any]) -> bool:
    return bool(((labels == 0) | (labels == 1)).all() and (labels.sum(axis=1) == 1).all())


def _look_like_classes(labels: NDArray[Any]) -> bool:
    """Words are; so are whole numbers of which there are few, each twice on average or more."""
    if labels.dtype.kind == "U":
        return True
    if labels.ndim > 1 or not (labels == np.floor(labels)).all() or np.abs(labels).max() > LARGEST_NUMBER:
        return False
    n_different = len(np.unique(labels))
    return n_different <= MOST_GUESSED_CLASSES and 2 * n_different <= len(labels)


def _as_numbers(part: "Part", labels: NDArray[Any]) -> NDArray[Any]:
    if labels.dtype.kind == "U":
        for i, label in enumerate(labels):
            try:
                float(label)
            except ValueError:
                raise ValueError(
                    f"{part.place_of_label(i)}: the label {str(label)!r} is not a number: choose another "
                    "label "
                    "column, or take the labels as classes"
                ) from None
        raise ValueError(f"{part.place_of_label(0)}: a label is NaN or infinite: give finite numbers only")
    with np.errstate(over="ignore"):
        numbers = labels.astype(np.float32)
    if not np.isfinite(numbers).all():
        row = int(np.argmin(np.isfinite(numbers).reshape(len(numbers), -1).all(axis=1)))
        raise ValueError(f"{part.place_of_label(row)}: the label is too large for a 32-bit float")
    return numbers


def _as_classes(parts: "list[Part]", found_labels: list[NDArray[Any]], found: "Findings") -> Labels:
    first = found_labels[0]
    if first.ndim > 1:
        raise ValueError(
            f"{parts[0].place_of_label(0)}: there are {first.shape[1]} numbers a label, and not a single 1 "
            "among 0s: "
            "they can only be numbers to predict"
        )
    if found.class_names:
        return _named(parts, found_labels, found.class_names)
    if len({labels.dtype.kind == "U" for labels in found_labels}) > 1:
        found_labels = [np.array([_name(label) for label in labels]) for labels in found_labels]
    for part, labels in zip(parts, found_labels, strict=True):
        _check_whole(part, labels)
    known = np.unique(found_labels[0])
    _check_classes(parts[0], known)
    values = []
    for part, labels in zip(parts, found_labels, strict=True):
        places = np.searchsorted(known, labels).clip(max=len(known) - 1)
        strange = known[places] != labels
        if strange.any():
            i = int(np.argmax(strange))
            raise ValueError(
                f"{part.place_of_label(i)}: no training example has the label {_name(labels[i])!r}: "
                "test examples must be of the same classes"
            )
        values.append(places.astype(np.int64))
    return Labels(tuple(_name(label) for label in known), values)


def _check_whole(part: "Part", labels: NDArray[Any]) -> None:
    if labels.dtype.kind != "f":
        return
    wrong = (labels != np.floor(labels)) | (np.abs(labels) > LARGEST_NUMBER)
    if wrong.any():
        i = int(np.argmax(wrong))
        raise ValueError(
            f"{part.place_of_label(i)}: the label {labels[i]:g} is not a class: give whole numbers or "
            "words, choose "
            "another label column, or take the labels as numbers to predict"
        )


def _named(parts: "list[Part]", found_labels: list[NDArray[Any]], names: tuple[str, ...]) -> Labels:
    """Labels that count through names which the file gives."""
    for part, labels in zip(parts, found_labels, strict=True):
        if labels.dtype.kind == "U":
            raise ValueError(
                f"{part.place_of_label(0)}: the labels are words beside a list of class names: give numbers"
            )
        wrong = (labels < 0) | (labels >= len(names)) | (labels != np.floor(labels))
        if wrong.any():
            i = int(np.argmax(wrong))
            raise ValueError(
                f"{part.place_of_label(i)}: the label is {labels[i]:g}, but there are {len(names)} class "
                "names: "
                f"labels go from 0 to {len(names) - 1}"
            )
    _check_classes(parts[0], np.unique(found_labels[0]))
    return Labels(names, [labels.astype(np.int64) for labels in found_labels])


def _check_classes(part: "Part", known: NDArray[Any]) -> None:
    if len(known) < 2:
        raise ValueError(
            f"{part.place_of_label(0)}: all labels are {_name(known[0])!r}: give examples of at least two "
            "classes, or "
            "choose another label column"
        )
    if len(known) > MAX_CLASSES:
        raise ValueError(
            f"{part.place_of_label(0)}: there are {len(known):,} different labels, and up to "
            f"{MAX_CLASSES:,} classes "
            "can be told apart: choose another label column, or take the labels as numbers to predict"
        )


def _name(label: Any) -> str:
    return str(label) if isinstance(label, str) else f"{label:.0f}"
