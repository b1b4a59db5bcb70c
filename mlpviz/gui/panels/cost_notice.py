"""Asks before a click on the landscape throws steps away."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from mlpviz.figures.numbers import format_number
from mlpviz.gui.theme import set_role


class CostNotice(QFrame):
    """A question with two answers, or a sentence with one; hidden while there is nothing to say.

    Attributes
    ----------
    had_focus
        Whether the keys went to it until it was dismissed.
    """

    accepted = Signal(tuple)
    """Start at the point that was asked about."""
    dismissed = Signal()
    """There is no question any more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice_cost")
        set_role(self, "card")
        self.had_focus = False
        self._point: tuple[float, ...] = ()
        self._words = QLabel()
        self._words.setObjectName("label_cost_notice")
        self._words.setWordWrap(True)
        self.accept = QPushButton("Start here")
        self.accept.setObjectName("button_start_here")
        self.accept.setToolTip("Make a new run that starts at this point; Ctrl+Z takes it back")
        set_role(self.accept, "primary")
        self.accept.clicked.connect(lambda: self.accepted.emit(self._point))
        self.keep = QPushButton("Keep")
        self.keep.setObjectName("button_keep_run")
        self.keep.setToolTip("Let the run go on as it is")
        self.keep.clicked.connect(self.dismiss)
        buttons = QHBoxLayout()
        buttons.addWidget(self.accept)
        buttons.addWidget(self.keep)
        buttons.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 8, 12, 10)
        box.addWidget(self._words)
        box.addLayout(buttons)
        self.hide()

    def ask(self, point: tuple[float, ...], question: str, steps: int) -> None:
        """Ask whether to start at a point, which would lose steps."""
        self._point = point
        made = "1 step made so far" if steps == 1 else f"{format_number(steps)} steps made so far"
        self._words.setText(f"{question} This starts anew; the {made} would be lost.")
        self.accept.show()
        self.keep.setText("Keep")
        self.show()
        self.accept.setFocus()

    def refuse(self, sentence: str) -> None:
        """Say why it cannot be done."""
        self._words.setText(sentence)
        self.accept.hide()
        self.keep.setText("Close")
        self.show()
        self.keep.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape keeps the run; Enter presses the button with the focus, and is not for what lies below."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            (self.keep if self.keep.hasFocus() else self.accept).click()
        else:
            super().keyPressEvent(event)

    def dismiss(self) -> None:
        """Say no more."""
        if not self.isHidden():
            self.had_focus = self.accept.hasFocus() or self.keep.hasFocus()
            self.hide()
            self.dismissed.emit()
