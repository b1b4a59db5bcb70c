"""The reader of CSV tables: a row an example, one column the label."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np

from mlpviz.data.idx import MAX_BYTES
from mlpviz.data.readers.assembling import Findings, Part, assemble
from mlpviz.data.readers.layout import Layout, column_name, find_layout
from mlpviz.data.readers.records import OwnData, Progress, Reading, unheeded

LONGEST_LINE = 1 << 22
MOST_LINES_A_ROW = 1000
SAMPLE_ROWS = 100
CELLS_AT_A_TIME = 1 << 16  # so that a window that reads in the background stays quick
MISSING = ("", "?", "na", "n/a", "nan", "null", "none", "-")
COUNTER_NAMES = ("", "id", "index", "row", "no", "unnamed: 0")


def read_table(path: Path, reading: Reading, progress: Progress = unheeded) -> OwnData:
    """The examples in a CSV table.

    Columns of words are left out, and told, as is a column that only counts the rows.

    Raises
    ------
    ValueError
        When the file is not such a table; the sentence names row and column.
    """
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(f"{path} is larger than 1 GiB: give fewer rows")
    layout = layout_of(path, reading)
    values = bytearray()
    labels: list[str] = []
    lines: list[int] = []
    columns = layout.inputs
    with _open(path) as file:
        size = max(1, path.stat().st_size)
        rows = _rows(file, path, layout)
        for chunk in _chunks(rows, layout.width):
            for line, row in chunk:
                labels.append(row[layout.label].strip())
                lines.append(line)
            values += _numbers(path, layout, chunk).tobytes()
            if len(values) > MAX_BYTES:
                raise ValueError(f"{path}: the examples fill more than 1 GiB: give fewer rows")
            progress(min(1.0, file.buffer.tell() / size))  # type: ignore[attr-defined]
    inputs = np.frombuffer(values, np.float32).reshape(len(labels), len(columns))
    found = Findings(
        path=path,
        format="CSV table",
        files=(path,),
        label=f"column {column_name(layout.names, layout.label)!r}",
        input_names=tuple(layout.names[i] or f"column {i + 1}" for i in columns) if layout.header else (),
        columns=tuple(column_name(layout.names, i) for i in range(layout.width)),
        label_column=layout.label,
        header=layout.header,
        notes=list(layout.notes),
    )
    inputs = _without_counter(inputs, found, lines)
    part = Part(inputs, labels, lambda i: f"{path}, row {lines[i]:,}")
    return assemble(part, None, found, reading)


def layout_of(path: Path, reading: Reading) -> Layout:
    """How a table is laid out, from its first rows.

    Raises
    ------
    ValueError
        When they are no table.
    """
    with _open(path) as file:
        sample = [line for line, _ in zip(_lines(file, path), range(SAMPLE_ROWS), strict=False)]
    return find_layout(path, sample, reading)


def _open(path: Path) -> IO[str]:
    return path.open(encoding="utf-8-sig", newline="")


def _lines(file: IO[str], path: Path) -> Iterator[str]:
    """The lines of the file, none of which may be so long that it fills the memory."""
    number = 0
    while True:
        try:
            line = file.readline(LONGEST_LINE)
        except UnicodeDecodeError as error:
            raise ValueError(_wrong_text(path)) from error
        if not line:
            return
        number += 1
        if len(line) == LONGEST_LINE:
            raise ValueError(
                f"{path}, row {number:,}: the row is longer than 4 MiB: is this a table of numbers?"
            )
        if "\0" in line:
            raise ValueError(
                f"{path}, row {number:,}: there is a zero byte in it: save the table as text in UTF-8 (not "
                "UTF-16)"
            )
        yield line


def _wrong_text(path: Path) -> str:
    """Where a file stops being UTF-8."""
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), start=1):
            try:
                line.decode("utf-8-sig")
            except UnicodeDecodeError as error:
                return (
                    f"{path}, row {number:,}: the byte {line[error.start]:02x} is not text in UTF-8: "
                    "save the table as CSV in UTF-8"
                )
    return f"{path} is not text in UTF-8: save the table as CSV in UTF-8"


def _rows(file: IO[str], path: Path, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    """The rows of examples, each with its number, from 1, as an editor shows it; blank ones are left out."""
    given = 0

    def counted() -> Iterator[str]:
        nonlocal given
        for line in _lines(file, path):
            given += 1
            if given - reader.line_num > MOST_LINES_A_ROW or given - last > MOST_LINES_A_ROW:
                raise ValueError(
                    f"{path}, row {last + 1:,}: the row goes on for more than {MOST_LINES_A_ROW:,} lines: "
                    "is a quotation mark not closed?"
                )
            yield line

    last = 0
    reader = csv.reader(counted(), delimiter=layout.delimiter)
    awaits_header = layout.header
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise ValueError(f"{path}, row {last + 1:,}: not a row of a CSV table ({error})") from error
        if row is None:
            return
        first, last = last + 1, reader.line_num
        if not any(row):
            continue
        if awaits_header:
            awaits_header = False
            continue
        if len(row) != layout.width:
            raise ValueError(
                f"{path}, row {first:,}: {len(row)} value{'s' * (len(row) != 1)} where the first row has "
                f"{layout.width}: give each row the same number of values"
            )
        yield first, row


def _chunks(rows: Iterator[tuple[int, list[str]]], width: int) -> Iterator[list[tuple[int, list[str]]]]:
    chunk: list[tuple[int, list[str]]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) * width >= CELLS_AT_A_TIME:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _numbers(path: Path, layout: Layout, chunk: list[tuple[int, list[str]]]) -> np.ndarray:
    """The inputs of some rows, (n, columns) float32."""
    columns = layout.inputs
    contiguous = columns == tuple(range(columns[0], columns[-1] + 1))
    table = []
    for _, row in chunk:
        table.append(row[columns[0] : columns[-1] + 1] if contiguous else [row[i] for i in columns])
    if layout.decimal_comma:
        table = [[cell.replace(",", ".") for cell in row] for row in table]
    try:
        with np.errstate(over="ignore"):
            numbers = np.array(table, np.float32)
        if np.isfinite(numbers).all():
            return numbers
    except ValueError:
        pass  # found cell by cell, for the sentence
    for (line, _), row in zip(chunk, table, strict=True):
        for column, cell in zip(columns, row, strict=True):
            _check_number(f"{path}, row {line:,}, column {column_name(layout.names, column)!r}", cell)
    raise AssertionError("each of these cells is a number")


def _check_number(place: str, cell: str) -> None:
    if cell.strip().lower() in MISSING:
        what = "there is no value" if not cell.strip() else f"{cell.strip()!r} stands for a missing value"
        raise ValueError(f"{place}: {what}: fill it in, or leave the row or the column out")
    try:
        with np.errstate(over="ignore"):
            is_finite = np.isfinite(np.float32(cell))
    except ValueError:
        raise ValueError(f"{place}: {cell[:40]!r} is not a number: correct it or leave the row out") from None
    if not is_finite:
        raise ValueError(f"{place}: {cell[:40]!r} is not finite as a 32-bit float: give finite numbers only")


def _without_counter(inputs: np.ndarray, found: Findings, lines: list[int]) -> np.ndarray:
    """The inputs without a column that only counts the rows, from 0 or 1."""
    if not found.input_names or inputs.shape[1] < 2 or len(inputs) < 3:
        return inputs
    names = [name.strip().lower() for name in found.input_names]
    if names[0] not in COUNTER_NAMES and names[0] != "column 1":
        return inputs
    if not (np.diff(inputs[:, 0]) == 1).all() or inputs[0, 0] not in (0, 1):
        return inputs
    found.notes.append(f"Column {found.input_names[0]!r} only counts the rows: it is left out.")
    found.input_names = found.input_names[1:]
    return np.ascontiguousarray(inputs[:, 1:])
