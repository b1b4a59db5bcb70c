"""A table of numbers and words that can be sorted, and whose rows can be chosen and opened."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from mlpviz.figures.numbers import format_number
from mlpviz.gui.theme import Theme

UNDEFINED = "–"
_HEAD_PX, _CELL_PX = 13, 20  # beside the words: padding
_ARROWS = {Qt.SortOrder.AscendingOrder: " ▴", Qt.SortOrder.DescendingOrder: " ▾"}
_NO_ARROW = "QHeaderView::up-arrow, QHeaderView::down-arrow { image: none; width: 0px; height: 0px; }"
_WIDEST_HEAD_PX = 100
_WIDEST_PART = 0.4  # of the table
_LONG_WORD = 16
_MEASURED = 50  # rows
Index = QModelIndex | QPersistentModelIndex


def number(value: Any) -> str:
    """A number as it is shown; a dash for what is not defined."""
    return UNDEFINED if np.isnan(value) else format_number(value)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its head, what it means, its values (n,) of numbers or words, and how one is written.

    `why_not`, where given, is the tooltip of values that are not defined.
    """

    title: str
    tip: str
    values: NDArray | Sequence[str]
    write: Callable[[Any], str] = number
    why_not: str = ""


class _Rows(QAbstractTableModel):
    """The columns as Qt asks for them, in the order they were sorted into."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.columns: Sequence[Column] = ()
        self.order: NDArray[np.int64] = np.zeros(0, np.int64)
        self._sorted_by = (-1, Qt.SortOrder.AscendingOrder)

    def set_columns(self, columns: Sequence[Column]) -> None:
        self.beginResetModel()
        self.columns = columns
        self.order = np.arange(len(columns[0].values) if columns else 0)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  (Qt's own default)
        return 0 if parent.isValid() else len(self.order)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        column = self.columns[index.column()]
        value = column.values[int(self.order[index.row()])]
        is_word = isinstance(value, str)
        if role == Qt.ItemDataRole.DisplayRole:
            return value if is_word else column.write(value)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if is_word else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ToolTipRole and is_word and len(value) >= _LONG_WORD:
            return value  # it may be cut
        if role == Qt.ItemDataRole.ToolTipRole and not is_word and column.why_not and np.isnan(value):
            return column.why_not
        return None

    def texts(self, column: int, most: int) -> list[str]:
        """What stands in the first rows of a column."""
        return [str(self.data(self.index(row, column))) for row in range(min(most, len(self.order)))]

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            by, order = self._sorted_by
            return column.title + (_ARROWS[order] if section == by else "")
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tip
        if role == Qt.ItemDataRole.TextAlignmentRole:
            is_word = len(column.values) > 0 and isinstance(column.values[0], str)
            side = Qt.AlignmentFlag.AlignLeft if is_word else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, what is not defined last; -1 for the order that was handed over."""
        self.layoutAboutToBeChanged.emit()
        self._sorted_by = column, order
        n = len(self.order)
        if not 0 <= column < len(self.columns):
            self.order = np.arange(n)
        else:
            values = np.asarray(self.columns[column].values)
            ranks = np.unique(values, return_inverse=True)[1].astype(np.float64)
            if values.dtype.kind == "f":
                ranks[np.isnan(values)] = np.nan  # sorted last either way
            sign = -1 if order == Qt.SortOrder.DescendingOrder else 1
            self.order = np.argsort(sign * ranks, kind="stable")
        self.layoutChanged.emit()
        if self.columns:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)


class DataTable(QTableView):
    """Rows of a table; arrows choose one, Enter or a double click opens it, a click on a head sorts.

    Parameters
    ----------
    theme : Theme
    object_name, name : str
        The name is for screen readers.
    parent : QWidget, optional
    """

    selected = Signal(int)
    """The row chosen, by its place in what was handed over."""
    activated_row = Signal(int)
    """The row opened."""

    def __init__(self, theme: Theme, object_name: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName(name)
        self._rows = _Rows(self)
        self.setModel(self._rows)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(26)
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setMinimumSectionSize(44)
        head.setHighlightSections(False)
        head.setTextElideMode(Qt.TextElideMode.ElideRight)
        head.setStyleSheet(_NO_ARROW)  # Qt's own lies over the words; ours is one of them
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self.selectionModel().currentRowChanged.connect(self._row_changed)
        self.doubleClicked.connect(lambda index: self.activated_row.emit(int(self._rows.order[index.row()])))

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show other columns, in the order last sorted by."""
        head = self.horizontalHeader()
        section, order = head.sortIndicatorSection(), head.sortIndicatorOrder()
        chosen = self.selection
        self.selectionModel().blockSignals(True)
        self._rows.set_columns(columns)
        self._rows.sort(section if section < len(columns) else -1, order)
        self._fit_columns()
        self.selectionModel().blockSignals(False)
        self.set_selected(chosen)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def _fit_columns(self) -> None:
        """As wide as its words and numbers each; what room is left is shared out."""
        n = len(self._rows.columns)
        if n == 0:
            return
        advance = self.fontMetrics().horizontalAdvance
        wanted = [
            max(
                min(advance(column.title + " ▴") + _HEAD_PX, _WIDEST_HEAD_PX),
                max(map(advance, self._rows.texts(i, _MEASURED)), default=0) + _CELL_PX,
            )
            for i, column in enumerate(self._rows.columns)
        ]
        room = self.viewport().width()
        if sum(wanted) > room:  # long words are cut, not the columns beside them
            wanted = [min(width, max(_WIDEST_HEAD_PX, int(_WIDEST_PART * room))) for width in wanted]
        spare, rest = divmod(max(0, self.viewport().width() - sum(wanted)), n)
        for i, width in enumerate(wanted):
            self.setColumnWidth(i, width + spare + (rest if i == n - 1 else 0))

    def content_height(self) -> int:
        """How high the table is with all its rows in sight."""
        return self._height_of(self._rows.rowCount()) + 4

    def _height_of(self, rows: int) -> int:
        section = self.verticalHeader().defaultSectionSize()
        return self.horizontalHeader().sizeHint().height() + rows * section + 2 * self.frameWidth()

    def become_picture(self) -> None:
        """Show whole rows, as many as there is room for, and nothing to scroll with."""
        for policy in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            policy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMaximumHeight(self._height_of(self.n_seen))

    @property
    def n_seen(self) -> int:
        """How many rows are seen from top to bottom before anything is scrolled."""
        room = (self.height() - self._height_of(0)) // self.verticalHeader().defaultSectionSize()
        return max(0, min(self._rows.rowCount(), room))

    @property
    def selection(self) -> int | None:
        """The chosen row, by its place in what was handed over."""
        index = self.currentIndex()
        return int(self._rows.order[index.row()]) if index.isValid() else None

    def set_selected(self, row: int | None) -> None:
        """Choose a row without telling anybody, or none."""
        self.selectionModel().blockSignals(True)
        places = np.flatnonzero(self._rows.order == row) if row is not None else np.zeros(0, int)
        if len(places):
            index = self._rows.index(int(places[0]), 0)
            flags = QItemSelectionModel.SelectionFlag
            self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
            self.scrollTo(index)
        else:
            self.selectionModel().clear()
        self.selectionModel().blockSignals(False)
        self.viewport().update()

    def text(self, row: int, column: int) -> str:
        """What stands in a cell, by its place on show."""
        return str(self._rows.data(self._rows.index(row, column)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the chosen row; Alt with a digit sorts by that column."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.selection is not None:
            self.activated_row.emit(self.selection)
            return
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        column = event.key() - Qt.Key.Key_1
        if alt and 0 <= column < len(self._rows.columns):
            head = self.horizontalHeader()
            again = head.sortIndicatorSection() == column
            descending = again and head.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
            self.sortByColumn(
                column, Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
            )
            return
        super().keyPressEvent(event)

    def _row_changed(self, current: QModelIndex) -> None:
        if current.isValid():
            self.selected.emit(int(self._rows.order[current.row()]))
