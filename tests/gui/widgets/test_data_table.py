"""A table: sorted by its heads or keys, rows chosen and opened, what is not defined comes last."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from mlpviz.gui.widgets.data_table import Column, DataTable

WORDS = ["ant", "bee", "cat", "dog"]
PARTS = np.array([0.5, np.nan, 0.25, 0.75])
COUNTS = np.array([10, 9, 100, 7])


@pytest.fixture
def table(qtbot, theme):
    widget = DataTable(theme, "table", "Animals")
    qtbot.addWidget(widget)
    widget.resize(400, 200)
    widget.set_columns(
        [
            Column("name", "Its name", WORDS),
            Column("part", "A part", PARTS, why_not="there is none"),
            Column("count", "How many", COUNTS),
        ]
    )
    widget.show()
    widget.activateWindow()
    widget.setFocus()
    qtbot.waitUntil(widget.hasFocus)
    return widget


def names(table):
    return [table.text(row, 0) for row in range(4)]


def click_head(qtbot, table, column):
    head = table.horizontalHeader()
    place = head.sectionViewportPosition(column) + 5
    qtbot.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=head.rect().topLeft() + _right(place))


def _right(x):
    from PySide6.QtCore import QPoint

    return QPoint(x, 8)


def test_what_it_shows(table):
    assert names(table) == WORDS
    assert [table.text(row, 1) for row in range(4)] == ["0.500", "–", "0.250", "0.750"]
    assert table.text(2, 2) == "100"
    index = table.model().index(1, 1)
    assert table.model().data(index, Qt.ItemDataRole.ToolTipRole) == "there is none"


def test_a_click_on_a_head_sorts_and_again_the_other_way(qtbot, table):
    click_head(qtbot, table, 2)
    assert names(table) == ["dog", "bee", "ant", "cat"]
    click_head(qtbot, table, 2)
    assert names(table) == ["cat", "ant", "bee", "dog"]


def test_what_is_not_defined_is_last_either_way(qtbot, table):
    click_head(qtbot, table, 1)
    assert names(table) == ["cat", "ant", "dog", "bee"]
    click_head(qtbot, table, 1)
    assert names(table) == ["dog", "ant", "cat", "bee"]


def test_keys_sort_too(qtbot, table):
    qtbot.keyClick(table, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    assert names(table) == ["dog", "bee", "ant", "cat"]
    qtbot.keyClick(table, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    assert names(table) == ["cat", "ant", "bee", "dog"]


def test_a_row_is_told_by_its_place_in_what_was_handed_over(qtbot, table):
    chosen, opened = [], []
    table.selected.connect(chosen.append)
    table.activated_row.connect(opened.append)
    click_head(qtbot, table, 2)  # dog bee ant cat
    table.set_selected(3)
    assert (table.selection, chosen) == (3, [])
    qtbot.keyClick(table, Qt.Key.Key_Down)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert (chosen, opened) == ([1], [1])
    place = table.visualRect(table.model().index(3, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert (chosen, opened) == ([1, 2], [1, 2])


def test_new_numbers_keep_the_order_and_the_choice(qtbot, table):
    click_head(qtbot, table, 2)
    table.set_selected(0)
    table.set_columns([Column("name", "", WORDS), Column("part", "", PARTS), Column("count", "", -COUNTS)])
    assert names(table) == ["cat", "ant", "bee", "dog"]
    assert table.selection == 0


def test_columns_fill_the_table(table):
    assert sum(table.columnWidth(i) for i in range(3)) == table.viewport().width()
    assert table.content_height() > 4 * 26
