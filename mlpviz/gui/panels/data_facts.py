"""What was understood of own data: headings and words, notes, and the classes with their counts."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from mlpviz.data.readers import OwnData
from mlpviz.data.readers.telling import facts
from mlpviz.figures.numbers import format_number
from mlpviz.gui.theme import Theme, set_role
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.widgets.data_table import Column, DataTable

WIDTH_PX = 380


class DataFacts(Card):
    """A card that tells what a reader understood."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "What was understood", "card_data_facts", parent=parent)
        self.setFixedWidth(WIDTH_PX)
        self._notes, self._warnings = QLabel(), QLabel()
        self._notes.setObjectName("label_data_notes")
        self._warnings.setObjectName("label_data_warnings")
        set_role(self._notes, "subtitle")
        set_role(self._warnings, "warning")
        content = QWidget()
        inside = QVBoxLayout(content)
        inside.setContentsMargins(0, 0, 8, 0)
        self._table = QGridLayout()
        self._table.setColumnStretch(1, 1)
        self._table.setHorizontalSpacing(12)
        inside.addLayout(self._table)
        for label in (self._notes, self._warnings):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)  # it holds names out of the file
            inside.addWidget(label)
        inside.addStretch(1)
        area = QScrollArea()
        area.setObjectName("scroll_data_facts")
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        self.classes = DataTable(theme, "table_data_classes", "The classes and their examples")
        self.body.addWidget(area, 3)
        self.body.addWidget(self.classes, 2)

    def show_data(self, own: OwnData) -> None:
        """Show what was understood."""
        while (item := self._table.takeAt(0)) is not None:
            widget = item.widget()
            assert widget is not None
            widget.deleteLater()
        for row, (heading, words) in enumerate(facts(own)):
            label, value = QLabel(heading), QLabel(words)
            set_role(label, "subtitle")
            value.setObjectName(f"label_data_{heading.lower().replace(' ', '_')}")
            value.setTextFormat(Qt.TextFormat.PlainText)
            value.setWordWrap(True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._table.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            self._table.addWidget(value, row, 1)
        for label, sentences in (
            (self._notes, own.understood.notes),
            (self._warnings, own.understood.warnings),
        ):
            label.setText("\n".join(sentences))
            label.setVisible(bool(sentences))
        self._show_classes(own)

    def _show_classes(self, own: OwnData) -> None:
        understood = own.understood
        self.classes.setVisible(bool(understood.classes))
        columns = [
            Column("class", "What an example can be", understood.classes),
            Column("to learn from", "Its training examples", np.array(understood.counts), format_number),
        ]
        if understood.test:
            tests = np.array(understood.test_counts)
            columns.append(Column("to test", "Its test examples", tests, format_number))
        self.classes.set_columns(columns if understood.classes else [])
