"""The scalars of every step: columns that only grow, read as prefixes that never change."""

import csv
from collections.abc import Mapping
from typing import TYPE_CHECKING, TextIO

import numpy as np
import numpy.typing as npt

from mlpviz.training.probes import PROBES

if TYPE_CHECKING:
    from mlpviz.training.trainer import Step

Column = npt.NDArray[np.float64]


class Table:
    """Append-only columns of equal length. One thread may append while others read."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self._places = {name: i for i, name in enumerate(names)}
        self._values = np.empty((len(names), 256))
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def append(self, row: Mapping[str, float]) -> None:
        """Add one value to each column, NaN to those that the row leaves out."""
        n = self._length
        if n == self._values.shape[1]:
            grown = np.empty((len(self.names), 2 * n))
            grown[:, :n] = self._values
            self._values = grown
        self._values[:, n] = [row.get(name, np.nan) for name in self.names]
        self._length = n + 1  # only now can a reader see the row

    def copy(self, names: tuple[str, ...] = (), until: float = np.inf) -> "Table":
        """A table of its own: further columns are empty so far, rows after the step `until` are left out."""
        n = self._length
        kept = n if until == np.inf else int(np.searchsorted(self.view("step"), until, side="right"))
        twin = Table((*self.names, *names))
        twin._values = np.full((len(twin.names), max(256, n)), np.nan)
        twin._values[: len(self.names), :kept] = self._values[:, :kept]
        twin._length = kept
        return twin

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
        tables = list(self._tables.values())
        columns = {name: self.view(name) for name in self._table_of}
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["step", *columns])
        if not tables:
            return
        cursors = dict.fromkeys(columns, 0)
        for step in tables[0].view("step"):
            row: list[str] = [str(int(step))]
            for name, (steps, values) in columns.items():
                i = cursors[name]
                if i < len(steps) and steps[i] == step:
                    row.append(_cell(name, values[i]))
                    cursors[name] = i + 1
                else:
                    row.append("")
            writer.writerow(row)

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
        header = next(rows, [])
        if header[:1] != ["step"] or len(set(header)) != len(header):
            raise ValueError("the first row must name the columns, the first of them step")
        for place, cells in enumerate(rows, 2):
            if len(cells) != len(header):
                raise ValueError(f"row {place} has {len(cells)} cells, not {len(header)}")
            try:
                row = {
                    name: float(cell) if cell else float("nan")
                    for name, cell in zip(header, cells, strict=True)
                }
            except ValueError as error:
                raise ValueError(f"row {place}: {error}") from error
            for group in ("every step", "sparse", "validation"):
                names = [name for name in header[1:] if _group_of(name) == group]
                if names and (group == "every step" or any(row[name] == row[name] for name in names)):
                    history._record(group, {"step": row["step"], **{name: row[name] for name in names}})
        return history

    def _record(self, group: str, row: Mapping[str, float]) -> None:
        table = self._tables.get(group)
        if table is None:
            table = Table(tuple(row))
            table.append(row)
            self._tables[group] = table
            self._table_of.update({name: table for name in table.names if name != "step"})
            return
        new = tuple(name for name in row if name not in table)
        if new:  # a fork measures something that the run it came from did not
            table = self._tables[group] = table.copy(new)
            self._table_of.update({name: table for name in table.names if name != "step"})
        table.append(row)


def _group_of(name: str) -> str:
    """How often a column is measured."""
    if name.startswith("validation_"):
        return "validation"
    probe = PROBES.get(name.partition(".")[0])
    return "every step" if probe is None or probe.every == 1 else "sparse"


def _cell(name: str, value: float) -> str:
    if np.isnan(value):
        return ""
    return str(int(value)) if name in ("epoch", "examples") else repr(float(value))
