"""A row for each seed: how it ended, in numbers; a click on a heading sorts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from mlpviz.figures.numbers import format_number, format_percent
from mlpviz.training.seed_result import SeedResult
from mlpviz.training.verdict import FLAT_CHANGE, FLAT_GRADIENT

_PAD_PX = 20  # of a cell, the room for the sort mark included
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, the widest text below it, what it means; what is read off a run, how that is written."""

    title: str
    widest: str
    help: str
    read: Callable[[SeedResult], Any]
    write: Callable[[Any], str] = format_number


COLUMNS = (
    Column("Seed", "Seed ", "What weights, order and split were drawn from", lambda r: r.seed, str),
    Column(
        "Verdict",
        "not learnt",
        "What became of the run. A plateau: it has not learnt, the gradient of the whole network is below "
        f"{FLAT_GRADIENT:g}, and over the last quarter of the steps the loss moved by less than "
        f"{100 * FLAT_CHANGE:g} %",
        lambda r: r.verdict,
        str,
    ),
    Column("Loss", "0.000286", "Of the whole training split at the end", lambda r: r.train_loss),
    Column(
        "Right",
        "99.99 %",
        "Which share of the training split the network names right at the end",
        lambda r: r.train_accuracy,
        format_percent,
    ),
    Column("At step", "At step ", "From which step on it met the criterion", lambda r: r.learnt_step),
    Column(
        "Gradient",
        "0.00014 ",
        "Norm of the whole network's gradient at the end: close to 0 where nothing moves any more",
        lambda r: r.gradient_norm,
        lambda value: format_number(value, 2),
    ),
)


class SeedModel(QAbstractTableModel):
    """The rows, in the order they are sorted by."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.runs: list[SeedResult] = []
        self._by, self._descending = 0, False

    def set_runs(self, runs: Sequence[SeedResult]) -> None:
        """Take these runs instead of the ones before."""
        self.beginResetModel()
        self.runs = self._sorted(runs)
        self.endResetModel()

    def row_of(self, seed: int | None) -> int | None:
        """Where a seed stands; None where it is not there."""
        return next((i for i, run in enumerate(self.runs) if run.seed == seed), None)

    def _sorted(self, runs: Sequence[SeedResult]) -> list[SeedResult]:
        read = COLUMNS[self._by].read
        there = sorted((r for r in runs if read(r) is not None), key=lambda r: r.seed)
        there.sort(key=read, reverse=self._descending)
        return there + sorted((r for r in runs if read(r) is None), key=lambda r: r.seed)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._by, self._descending = column, order == Qt.SortOrder.DescendingOrder
        self.set_runs(self.runs)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.runs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        run, column = self.runs[index.row()], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            value = column.read(run)
            return "–" if value is None else column.write(value)
        if role == Qt.ItemDataRole.TextAlignmentRole and column.title != "Verdict":
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return (run.message or None) if role == Qt.ItemDataRole.ToolTipRole else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return COLUMNS[section].title
            if role == Qt.ItemDataRole.ToolTipRole:
                return COLUMNS[section].help
        return None


class SeedTable(QTableView):
    """All seeds; one row is chosen at a time, Enter or a double click asks to open it."""

    chosen = Signal(int)
    """The seed of the row that was chosen."""
    opened = Signal(int)
    """The seed of the row that is to be opened."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("table_seeds")
        self.setAccessibleName("Seeds")
        self._model = SeedModel(self)
        self._quiet = False
        self.setModel(self._model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSortingEnabled(True)
        self.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(24)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for place, column in enumerate(COLUMNS):
            if column.title in ("Verdict", "Loss", "Gradient"):  # which are long and must not be cut
                header.setSectionResizeMode(place, QHeaderView.ResizeMode.ResizeToContents)
        header.setHighlightSections(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.selectionModel().currentRowChanged.connect(self._row_changed)
        self.activated.connect(lambda index: self.opened.emit(self._model.runs[index.row()].seed))
        self._model.modelReset.connect(lambda: self.show_seed(self._seed))
        self._seed: int | None = None

    @property
    def seeds(self) -> list[int]:
        """In the order of the rows."""
        return [run.seed for run in self._model.runs]

    def set_runs(self, runs: Sequence[SeedResult]) -> None:
        """Show these runs; the chosen seed stays chosen."""
        self._quiet = True
        self._model.set_runs(runs)
        self._quiet = False
        self.executeDelayedItemsLayout()  # or it would be painted twice

    def show_seed(self, seed: int | None) -> None:
        """Choose the row of a seed, if it is there."""
        self._seed = seed
        row = self._model.row_of(seed)
        if row is not None and row != self.currentIndex().row():
            self.selectRow(row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many columns as there is room for, the first ones first."""
        needed = 0
        for i, column in enumerate(COLUMNS):
            needed += self.fontMetrics().horizontalAdvance(column.widest) + _PAD_PX
            self.setColumnHidden(i, needed > self.viewport().width())
        super().resizeEvent(event)

    def _row_changed(self, index: QModelIndex) -> None:
        if index.isValid() and not self._quiet:
            self._seed = self._model.runs[index.row()].seed
            self.chosen.emit(self._seed)
