"""What is asked of a reader, and what it gives: a data set, and what was understood of the file."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mlpviz.data.dataset import Dataset
from mlpviz.data.names import unknown_name

MAX_INPUTS = 1 << 16
MAX_CLASSES = 1000
LONGEST_REASON = 120

HEADERS: dict[str, str] = {
    "auto": "found out: a first row of words above numbers is a header",
    "yes": "the first row holds the names of the columns",
    "no": "the first row is an example like all others",
}
TARGETS: dict[str, str] = {
    "auto": "found out: words and repeated whole numbers are classes, other numbers are to be predicted",
    "classes": "each different label is a class",
    "numbers": "the labels are numbers to predict, which is regression",
}

Progress = Callable[[float], None]
"""Told now and then what part, 0 to 1, is read; it may raise `CancelledError`."""


class CancelledError(Exception):
    """Nobody waits for the data any more."""


def unheeded(part: float) -> None:
    """A `Progress` for those who do not look."""


def brief(reason: object) -> str:
    """What another library says of a damaged file, or a name in it, short and on one line."""
    text = " ".join(str(reason).split()) or type(reason).__name__
    return text if len(text) <= LONGEST_REASON else f"{text[:LONGEST_REASON]}…"


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read, where the file itself does not say.

    Attributes
    ----------
    label_column : str
        Of a CSV table: the name of the column with the labels, or its number, from 1. "" finds it: a column
        called label, class, target, species or y, or else the last.
    header : str
        Of a CSV table: a name in `HEADERS`.
    targets : str
        A name in `TARGETS`.

    Raises
    ------
    ValueError
        When a name is unknown.
    """

    label_column: str = ""
    header: str = "auto"
    targets: str = "auto"

    def __post_init__(self) -> None:
        for what, known in (("header", HEADERS), ("targets", TARGETS)):
            if getattr(self, what) not in known:
                raise unknown_name(what, getattr(self, what), known)


@dataclass(frozen=True, slots=True)
class Understanding:
    """What was understood of a data set, by the same reading that gave its examples.

    Attributes
    ----------
    path : Path
        The file or folder that was named.
    format : str
        In words, such as "CSV table".
    files : tuple of Path
        The files that hold the examples.
    training, test : int
        Numbers of examples.
    stored : str
        What an input is, in words: "whole numbers, 0 to 255".
    smallest, largest : float
        Of all inputs.
    label : str
        Where the labels are, in words: "column 'species'".
    classes : tuple of str
    counts, test_counts : tuple of int
        Examples of each class.
    columns : tuple of str
        Of a CSV table, all its columns: each can be chosen for the label.
    label_column : int or None
        Of a CSV table, which of its columns holds the labels, from 0.
    header : bool or None
        Of a CSV table, whether its first row holds names.
    notes : tuple of str
        What was found out rather than told by the file, and what was left out; one sentence each.
    warnings : tuple of str
        What is likely to go wrong; one sentence each.
    """

    path: Path
    format: str
    files: tuple[Path, ...]
    training: int
    test: int
    stored: str
    smallest: float
    largest: float
    label: str
    classes: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    test_counts: tuple[int, ...] = ()
    columns: tuple[str, ...] = ()
    label_column: int | None = None
    header: bool | None = None
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnData:
    """A data set that somebody brought, and what was understood of it."""

    dataset: Dataset
    understood: Understanding
