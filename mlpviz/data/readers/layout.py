"""How a CSV table is laid out: what parts its columns, whether it has a header, which column is the label."""

import csv
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from mlpviz.data.names import unknown_name
from mlpviz.data.readers.records import MAX_INPUTS, Reading, brief

DELIMITERS = {"\t": "tab", ";": "semicolon", ",": "comma", "|": "bar"}
LABEL_NAMES = ("label", "labels", "class", "classes", "target", "targets", "species", "category", "y")
DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the numbers and the label of a row are.

    Attributes
    ----------
    delimiter : str
    decimal_comma : bool
        Whether numbers are written as 3,14.
    header : bool
        Whether the first row holds names.
    names : tuple of str
        Of all columns; empty without a header.
    width : int
        Number of columns.
    label : int
        The column of the label, from 0.
    inputs : tuple of int
        The columns of the inputs.
    notes : tuple of str
        What was found out; one sentence each.
    """

    delimiter: str
    decimal_comma: bool
    header: bool
    names: tuple[str, ...]
    width: int
    label: int
    inputs: tuple[int, ...]
    notes: tuple[str, ...]


def find_layout(path: Path, sample: list[str], reading: Reading) -> Layout:
    """The layout of a table, from its first lines.

    Raises
    ------
    ValueError
        When the lines are no table, or the label column is not in it.
    """
    delimiter, rows = _parted(path, sample)
    width = len(rows[0])
    if width > MAX_INPUTS + 1:
        raise ValueError(
            f"{path}, row 1: {width:,} columns: mlpviz shows up to {MAX_INPUTS:,} inputs an example"
        )
    decimal_comma = delimiter != "," and _has_decimal_comma(rows)
    header = _has_header(rows, decimal_comma) if reading.header == "auto" else reading.header == "yes"
    names = tuple(brief(cell.strip()) if cell.strip() else "" for cell in rows[0]) if header else ()
    examples = rows[1:] if header else rows
    if not examples:
        raise ValueError(f"{path}: there are no examples below the header: give at least two rows")
    label = _label_column(path, names, width, reading.label_column)
    inputs = [i for i in range(width) if i != label]
    words = [i for i in inputs if _is_word(examples[0][i : i + 1], decimal_comma)]
    notes = []
    if decimal_comma:
        notes.append("Numbers are written with a decimal comma.")
    if words:
        left_out = ", ".join(repr(column_name(names, i)) for i in words[:5]) + (
            ", …" if len(words) > 5 else ""
        )
        plural = "s" if len(words) > 1 else ""
        them = "they are" if len(words) > 1 else "it is"
        notes.append(
            f"Column{plural} {left_out} hold{'' if plural else 's'} words, not numbers: {them} left out."
        )
    inputs = [i for i in inputs if i not in set(words)]
    if not inputs:
        raise ValueError(
            f"{path}: beside the label, {column_name(names, label)!r}, there is no column of numbers: "
            "give at least one, or choose another label column"
        )
    return Layout(delimiter, decimal_comma, header, names, width, label, tuple(inputs), tuple(notes))


def column_name(names: tuple[str, ...], i: int) -> str:
    """What column i, from 0, is called."""
    return (names[i] if names else "") or f"column {i + 1}"


def _parted(path: Path, sample: list[str]) -> tuple[str, list[list[str]]]:
    """What parts the columns, by which most rows become equally long; and the rows that are not blank."""
    best: tuple[int, str, list[list[str]]] | None = None
    for delimiter in DELIMITERS:
        try:
            rows = [row for row in csv.reader(sample, delimiter=delimiter) if any(row)]
        except csv.Error:
            continue
        if not rows:
            raise ValueError(f"{path} is empty: a CSV table has an example a row")
        width = len(rows[0])
        alike = Counter(map(len, rows))[width] if width > 1 else 0
        if best is None or alike > best[0]:
            best = alike, delimiter, rows
    if best is None:
        raise ValueError(f"{path}, row 1: not a row of a CSV table: is a quotation mark not closed?")
    alike, delimiter, rows = best
    if alike == 0:
        raise ValueError(
            f"{path} has one column only: a table has columns of numbers and one of labels, parted by "
            "commas, "
            "semicolons or tabs"
        )
    return delimiter, rows


def _has_decimal_comma(rows: list[list[str]]) -> bool:
    cells = [cell.strip() for row in rows for cell in row]
    with_comma = sum(1 for cell in cells if DECIMAL_COMMA.fullmatch(cell))
    with_point = sum(1 for cell in cells if "." in cell and _number(cell, False))
    return with_comma > with_point


def _has_header(rows: list[list[str]], decimal_comma: bool) -> bool:
    """Whether somewhere in the first row a word stands above a number."""
    return len(rows) > 1 and any(
        cell.strip() and not _number(cell, decimal_comma) and _number(below, decimal_comma)
        for cell, below in zip(rows[0], rows[1], strict=False)
    )


def _is_word(cells: list[str], decimal_comma: bool) -> bool:
    """Whether a cell, if it is there, begins like a word: what stands for a missing value does not."""
    text = cells[0].strip() if cells else ""
    return (text[:1].isalpha() or ":" in text or "/" in text) and not (
        _number(text, decimal_comma) or text.lower() in ("na", "n/a", "nan", "null", "none")
    )


def _number(cell: str, decimal_comma: bool) -> bool:
    try:
        float(cell.replace(",", ".") if decimal_comma else cell)
    except ValueError:
        return False
    return True


def _label_column(path: Path, names: tuple[str, ...], width: int, wanted: str) -> int:
    if not wanted:
        lower = [name.lower() for name in names]
        return next((lower.index(name) for name in LABEL_NAMES if name in lower), width - 1)
    if wanted in names:
        return names.index(wanted)
    number = wanted.removeprefix("column ")
    if number.isascii() and number.isdigit() and len(number) < 9:
        if 1 <= int(number) <= width:
            return int(number) - 1
        raise ValueError(f"label_column: {path} has no column {number}: its columns are 1 to {width}")
    known = names[:20] if names else ("1", f"{width}")
    raise ValueError(f"label_column: {path}: {unknown_name('column', brief(wanted), map(brief, known))}")
