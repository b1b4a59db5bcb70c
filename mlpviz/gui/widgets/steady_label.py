"""Words that change many times a second."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from mlpviz.gui.theme import Theme


class SteadyLabel(QWidget):
    """Rich text on a card. Only where it takes more or fewer lines than before is the page arranged anew.

    A `QLabel` asks for that at every change of its words, however alike they are.

    Parameters
    ----------
    theme : Theme
    object_name : str
        That of the label inside.
    """

    def __init__(self, theme: Theme, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._height = 0
        self._label = QLabel(self)
        self._label.setObjectName(object_name)
        self._label.setTextFormat(Qt.TextFormat.RichText)
        self._label.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # spare what lies below
        theme.changed.connect(self.update)

    def set_text(self, text: str) -> None:
        """Say something else."""
        if text == self._label.text():
            return
        self._label.setText(text)
        before, self._height = self._height, self.heightForWidth(self.width())
        if self._height != before:
            self.updateGeometry()

    def heightForWidth(self, width: int) -> int:
        return self._label.heightForWidth(width)

    def sizeHint(self) -> QSize:
        return self._label.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self._label.minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._label.resize(event.size())
        self._height = self.heightForWidth(self.width())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("card"))
        painter.end()
