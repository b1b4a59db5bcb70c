"""A combo box that changes only when it is meant to: not by a turn of the wheel that was to scroll."""

from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox


class Choice(QComboBox):
    """A combo box without the wheel."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
