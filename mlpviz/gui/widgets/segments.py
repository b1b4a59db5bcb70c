"""A row of choices of which one holds."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from mlpviz.gui.theme import set_role
from mlpviz.gui.widgets.flow_layout import FlowLayout


class Segment(NamedTuple):
    """One choice: its key, which also ends its object name, its word, and what it is."""

    key: str
    title: str
    tip: str


class Segments(QWidget):
    """Buttons in a row, one of them pressed; the first one at the beginning.

    Parameters
    ----------
    object_name : str
    name : str
        For screen readers: what is chosen.
    segments : sequence of Segment
    prefix : str
        Each button is called ``choice_<prefix><key>``.
    wraps : bool
        Go on in a second row where one is too narrow.
    parent : QWidget, optional
    """

    chosen = Signal(str)
    """The key that the user chose."""

    def __init__(
        self,
        object_name: str,
        name: str,
        segments: Sequence[Segment],
        prefix: str = "",
        wraps: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName(name)
        self._segments = tuple(segments)
        self._group = QButtonGroup(self)
        row = FlowLayout(self, spacing_px=0) if wraps else QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for i, segment in enumerate(self._segments):
            button = QToolButton()
            button.setText(segment.title)
            button.setObjectName(f"choice_{prefix}{segment.key}")
            button.setToolTip(segment.tip)
            button.setCheckable(True)
            set_role(button, "segment")
            self._group.addButton(button, i)
            row.addWidget(button)
        if isinstance(row, QHBoxLayout):
            row.addStretch(1)
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(lambda i: self.chosen.emit(self._segments[i].key))

    @property
    def current(self) -> str:
        """The key of the choice that holds."""
        return self._segments[self._group.checkedId()].key

    def choose(self, key: str) -> None:
        """Make a choice without telling anybody."""
        self._group.button([segment.key for segment in self._segments].index(key)).setChecked(True)

    def offer(self, keys: Collection[str]) -> None:
        """Show these choices only."""
        for i, segment in enumerate(self._segments):
            self._group.button(i).setVisible(segment.key in keys)
