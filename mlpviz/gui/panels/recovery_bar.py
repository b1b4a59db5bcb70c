"""Above the page after a crash: what was left of the run, and whether to go on with it."""

import time

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from mlpviz.figures.numbers import format_number
from mlpviz.files.autosave import Leftover
from mlpviz.gui.theme import Theme, set_role


class RecoveryBar(QFrame):
    """One leftover after the other, the newest first; Escape puts the question off to the next start."""

    go_on = Signal(object)
    """With this Leftover."""

    def __init__(self, leftovers: list[Leftover], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar_recovery")
        self.setAccessibleName("A run that was interrupted")
        self._left = list(leftovers)
        set_role(self, "notice")
        self._words = QLabel()
        self._words.setObjectName("label_recovery")
        self._words.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(self._words, 1)
        for name, words, tip, do in (
            ("go_on", "&Go on with it", "Open the run as it was then; train, look, or save it", self._go_on),
            (
                "discard_leftover",
                "&Discard it",
                "Delete what is left of it; start afresh",
                self._discard,
            ),
            ("later", "&Later", "Keep it, and ask again at the next start (Esc)", self.put_off),
        ):
            button = QPushButton(words)
            button.setObjectName(f"button_{name}")
            button.setToolTip(tip)
            button.clicked.connect(do)
            row.addWidget(button)
        self._show()

    def put_off(self) -> None:
        """Leave all of them for the next start."""
        for leftover in self._left:
            leftover.release()
        self._left.clear()
        self._close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape is Later."""
        if event.key() == Qt.Key.Key_Escape:
            self.put_off()
        else:
            super().keyPressEvent(event)

    def _go_on(self) -> None:
        taken = self._left.pop(0)
        self.put_off()
        self.go_on.emit(taken)

    def _discard(self) -> None:
        self._left.pop(0).remove()
        if self._left:
            self._show()
        else:
            self._close()

    def _show(self) -> None:
        first, others = self._left[0], len(self._left) - 1
        more = f" There {'is one more' if others == 1 else f'are {others} more'}." if others else ""
        self._words.setText(
            f"mlpviz ended unexpectedly while training “{first.title}” "
            f"(step {format_number(first.step)}, {ago(time.time() - first.saved_at)}).{more}"
        )

    def _close(self) -> None:
        self.hide()
        self.deleteLater()


def ago(seconds: float) -> str:
    """How long ago something was, in words.

    >>> ago(40), ago(5 * 60), ago(3 * 3600), ago(49 * 3600)
    ('40 s ago', '5 min ago', '3 h ago', '2 days ago')
    """
    for size, unit in ((86_400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size or (seconds >= size and unit != "days"):
            return f"{seconds / size:.0f} {unit} ago"
    return f"{max(0, seconds):.0f} s ago"
