"""The plotting area of a curve plot: what the pointer and the keys mean, and the focus."""

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)

from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.plot_axes import PlotAxis
from mlpviz.gui.widgets.plot_keys import tell_key

_BY_KEYBOARD = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


class PlotArea(pg.PlotWidget):
    """The plotting area: tells where the pointer is and which keys were pressed, and shows the focus."""

    pointed = Signal(QPointF)
    left = Signal()
    fit_wanted = Signal()
    stepped = Signal(int)
    menu_wanted = Signal(QPoint)
    resized = Signal()

    def __init__(self, theme: Theme, axes: dict[str, PlotAxis]) -> None:
        super().__init__(axisItems=axes, background=theme.color("card"), enableMenu=False)
        menu = self.getPlotItem().ctrlMenu  # made even where none is wanted, and a window of its own
        menu.setParent(self, menu.windowFlags())
        self._theme = theme
        self._by_keyboard = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(pg.PlotWidget.Shape.NoFrame)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # spare what lies below
        self.scene().sigMouseMoved.connect(self._pointer_moved)

    def _pointer_moved(self, place: QPointF) -> None:
        self.pointed.emit(QPointF(place))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.left.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self.fit_wanted.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.accept()
        self.menu_wanted.emit(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        tell_key(event, self.stepped, self.fit_wanted, self.left)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._by_keyboard = event.reason() in _BY_KEYBOARD
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus() and self._by_keyboard:
            painter = QPainter(self.viewport())
            painter.setPen(QPen(self._theme.color("accent"), 2.0))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))
            painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()
