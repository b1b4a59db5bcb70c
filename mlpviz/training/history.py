"""The scalars of every step: columns that only grow, read as prefixes that never change."""

import csv
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np
import numpy.typing as npt

from mlpviz.training.probes import PROBES

if TYPE_CHECKING:
    from mlpviz.training.trainer import Step

Column = npt.NDArray[np.float64]

GROUPS = ("every step", "sparse", "validation")
"""The tables of a history, by how often they get a row."""

MOST_COLUMNS = 10_000


class Table:
    """Append-only columns of equal length. One thread may append while others read."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self._places = {name: i for i, name in enumerate(names)}
        self._values = np.empty((len(names), _room_for(0)))
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def holds(self, row: Mapping[str, float]) -> bool:
        """Whether there is a column for each value of a row."""
        return row.keys() <= self._places.keys()

    def append(self, row: Mapping[str, float]) -> None:
        """Add one value to each column, NaN to those that the row leaves out."""
        n = self._length
        if n == self._values.shape[1]:
            grown = np.empty((len(self.names), _room_for(2 * n)))
            grown[:, :n] = self._values
            self._values = grown
        self._values[:, n] = [row.get(name, math.nan) for name in self.names]
        self._length = n + 1  # only now can a reader see the row

    def copy(self, names: tuple[str, ...] = (), until: float = np.inf) -> "Table":
        """A table of its own: further columns are empty so far, rows after the step `until` are left out."""
        n = self._length
        kept = n if until == np.inf else int(np.searchsorted(self.view("step"), until, side="right"))
        twin = Table((*self.names, *names))
        twin._values = np.full((len(twin.names), _room_for(n)), np.nan)
        twin._values[: len(self.names), :kept] = self._values[:, :kept]
        twin._length = kept
        return twin

    def prefix(self) -> "Table":
        """The table as it stands, for another thread: shares the rows, and has room for no others."""
        n = self._length
        twin = Table(self.names)
        twin.fill(self._values[:, :n])
        return twin

    def fill(self, values: npt.NDArray[np.float64]) -> None:
        """Hold these rows and no others; a row of `values`, (columns, n), for each name."""
        self._values, self._length = values, values.shape[1]

    def view(self, name: str) -> Column:
        """The column as it stands: a prefix that is never written again, (n,)."""
        n = self._length  # before the values: a table that grows in between holds at least these rows
        return self._values[self._places[name], :n]


class History:
    """All scalars of a run: those of each step, those taken now and then, and those of validation."""

    def __init__(self) -> None:
        self._tables: dict[str, Table] = {}
        self._table_of: dict[str, Table] = {}

    def append(self, step: "Step") -> None:
        """Record a step."""
        self._record(
            "every step",
            {
                "step": step.index,
                "epoch": step.epoch,
                "examples": step.examples,
                "loss": step.loss,
                "accuracy": float("nan") if step.accuracy is None else step.accuracy,
                **step.probes,
            },
        )
        if step.sparse_probes:
            self._record("sparse", {"step": step.index, **step.sparse_probes})
        if step.validation is not None:
            accuracy = step.validation.accuracy
            self._record(
                "validation",
                {
                    "step": step.index,
                    "validation_loss": step.validation.loss,
                    "validation_accuracy": float("nan") if accuracy is None else accuracy,
                },
            )

    def __len__(self) -> int:
        """The number of steps recorded."""
        return len(self._tables.get("every step", ()))

    def copy(self, until: float = np.inf) -> "History":
        """A history of its own that grows apart from this one; rows after the step `until` are left out."""
        twin = History()
        for group, table in self._tables.items():
            twin._tables[group] = own = table.copy(until=until)
            twin._table_of.update({name: own for name in own.names if name != "step"})
        return twin

    def prefix(self) -> "History":
        """The history as it stands, at no cost: rows are shared, and none will be added."""
        twin = History()
        for group, table in self._tables.items():
            twin._tables[group] = own = table.prefix()
            twin._table_of.update({name: own for name in own.names if name != "step"})
        return twin

    @property
    def names(self) -> list[str]:
        """The columns there are, besides the step."""
        return list(self._table_of)

    def view(self, name: str) -> tuple[Column, Column]:
        """Steps and values of one column, both (n,); empty while nothing was recorded under the name."""
        table = self._table_of.get(name)
        if table is None:
            return np.empty(0), np.empty(0)
        values = table.view(name)
        return table.view("step")[: len(values)], values

    def last(self, name: str) -> float | None:
        """The newest value of a column; None while there is none."""
        _, values = self.view(name)
        return float(values[-1]) if len(values) else None

    def write_csv(self, file: TextIO) -> None:
        """A row a step, a column a name; empty where nothing was measured at that step."""
        names = self.names
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["step", *names])
        if not names:
            return
        steps = next(iter(self._tables.values())).view("step")
        columns = [_cells("step", steps), *(_cells(name, self._spread(name, steps)) for name in names)]
        writer.writerows(zip(*columns, strict=True))

    def _spread(self, name: str, steps: Column) -> Column:
        """A column with a value for each of the steps, NaN where it was not measured."""
        at, values = self.view(name)
        if len(at) == len(steps):
            return values
        spread = np.full(len(steps), np.nan)
        places = np.searchsorted(steps, at)
        inside = places < len(steps)
        spread[places[inside]] = values[inside]
        return spread

    @classmethod
    def read_csv(cls, file: TextIO) -> "History":
        """The history that `write_csv` wrote.

        Raises
        ------
        ValueError
            If the file is none, naming the row.
        """
        history = cls()
        rows = csv.reader(file)
        try:
            header = next(rows, [])
            names = _checked_names(header)
            groups = {group: [name for name in names if _group_of(name) == group] for group in GROUPS}
            last = 0.0
            for place, cells in enumerate(rows, 2):
                if len(cells) != len(header):
                    raise ValueError(f"row {place} has {len(cells)} cells, not {len(header)}")
                try:
                    row = {
                        name: float(cell) if cell else math.nan
                        for name, cell in zip(header, cells, strict=True)
                    }
                except ValueError as error:
                    raise ValueError(f"row {place}: {error}") from error
                if not (row["step"] > last and row["step"].is_integer()):
                    raise ValueError(f"row {place}: step must be a whole number that grows from row to row")
                last = row["step"]
                for group, members in groups.items():
                    if members and (group == GROUPS[0] or any(row[name] == row[name] for name in members)):
                        history._record(group, {name: row[name] for name in ("step", *members)})
        except csv.Error as error:
            raise ValueError(f"row {rows.line_num}: {error}") from error
        return history

    def arrays(self) -> dict[str, Column]:
        """All columns by name, and their steps: ``step``, ``step.sparse`` and ``step.validation``."""
        found = {name: self.view(name)[1] for name in self.names}
        return {**{_steps_of(group): table.view("step") for group, table in self._tables.items()}, **found}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> "History":
        """The history that `arrays` told of.

        Raises
        ------
        ValueError
            If columns and steps do not fit together; the sentence names the column.
        """
        history = cls()
        for group in GROUPS:
            steps = arrays.get(_steps_of(group), np.empty(0))
            names = [name for name in arrays if not _is_steps(name) and _group_of(name) == group]
            for name in (_steps_of(group), *names):
                array = arrays.get(name, steps)
                if array.dtype != np.float64 or array.shape != steps.shape or array.ndim != 1:
                    raise ValueError(
                        f"{name} is {array.dtype} of shape {array.shape}: columns must be float64, "
                        f"and as long as {_steps_of(group)}"
                    )
            if not (np.isfinite(steps).all() and np.all(np.diff(steps, prepend=0) > 0) and _whole(steps)):
                raise ValueError(f"{_steps_of(group)} must hold whole numbers that grow")
            if names:
                _checked_names(["step", *names])
                table = history._tables[group] = Table(("step", *names))
                table.fill(np.stack([steps, *(arrays[name] for name in names)]))
                history._table_of.update(dict.fromkeys(names, table))
        return history

    def _record(self, group: str, row: Mapping[str, float]) -> None:
        table = self._tables.get(group)
        if table is None:
            table = Table(tuple(row))
            table.append(row)
            self._tables[group] = table
            self._table_of.update({name: table for name in table.names if name != "step"})
            return
        if not table.holds(row):  # a fork measures something that the run it came from did not
            table = self._tables[group] = table.copy(tuple(name for name in row if name not in table))
            self._table_of.update({name: table for name in table.names if name != "step"})
        table.append(row)


def _room_for(n: int) -> int:
    """How many rows to make room for: columns a power of two apart would share few lines of the cache."""
    return max(256, n) // 16 * 16 + 24


def _group_of(name: str) -> str:
    """How often a column is measured."""
    if name.startswith("validation_"):
        return "validation"
    probe = PROBES.get(name.partition(".")[0])
    return "every step" if probe is None or probe.every == 1 else "sparse"


def _steps_of(group: str) -> str:
    return "step" if group == GROUPS[0] else f"step.{group}"


def _is_steps(name: str) -> bool:
    return name.partition(".")[0] == "step"


def _whole(values: Column) -> bool:
    return bool(np.all(values % 1 == 0))


def _checked_names(header: list[str]) -> list[str]:
    """The names of the columns, besides the step."""
    if header[:1] != ["step"] or len(set(header)) != len(header):
        raise ValueError("the first row must name the columns, the first of them step")
    if len(header) > MOST_COLUMNS:
        raise ValueError(f"there are {len(header)} columns, more than the {MOST_COLUMNS} that a run can have")
    return header[1:]


def _cells(name: str, values: Column) -> list[str]:
    if name in ("step", "epoch", "examples"):
        return [str(int(value)) if value == value else "" for value in values.tolist()]
    return [repr(value) if value == value else "" for value in values.tolist()]
