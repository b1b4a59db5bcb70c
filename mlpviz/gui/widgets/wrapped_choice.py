"""A radio button whose words take as many lines as they need."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QRadioButton, QSizePolicy, QWidget

LEAST_PX = 120


class WrappedChoice(QRadioButton):
    """One of several answers; Qt's own radio button has one line, which a narrow panel would cut off.

    Parameters
    ----------
    words : str
    parent : QWidget, optional
    """

    def __init__(self, words: str, parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self._words = words
        self.setAccessibleName(words)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._wrap()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._wrap()

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST_PX, super().minimumSizeHint().height())

    def _wrap(self) -> None:
        metrics = self.fontMetrics()
        beside = self.sizeHint().width() - metrics.size(0, self.text()).width()  # the ring and its margins
        room = max(self.width() - beside, LEAST_PX)
        text = "\n".join(wrapped(self._words, room, metrics.horizontalAdvance))
        if text != self.text():
            self.setText(text)
            self.updateGeometry()


def wrapped(words: str, room_px: float, width_of: Callable[[str], float]) -> list[str]:
    """Words in lines that are no wider than the room, but for a single word that is.

    Parameters
    ----------
    words
    room_px
    width_of
        The width of a text in pixels.
    """
    lines: list[str] = []
    for word in words.split(" "):
        if lines and width_of(f"{lines[-1]} {word}") <= room_px:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
