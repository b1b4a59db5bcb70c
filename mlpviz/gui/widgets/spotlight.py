"""Lights the part of the window that a lesson speaks of: a frame around it that takes no clicks."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from mlpviz.gui.theme import Theme

FOLLOW_EVERY_MS = 120
_REACH_PX = 4
_GLOW_PX = 7
_ALPHA = 36


class Spotlight(QWidget):
    """Lies over a window and frames some of its widgets, wherever they are moved to.

    Parameters
    ----------
    theme : Theme
    window : QWidget
        What it lies over.
    """

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("spotlight")
        self._theme, self._window = theme, window
        self._names: tuple[str, ...] = ()
        self._rects: list[QRect] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._timer = QTimer(self)
        self._timer.setObjectName("spotlight_timer")
        self._timer.setInterval(FOLLOW_EVERY_MS)
        self._timer.timeout.connect(self.follow)
        window.installEventFilter(self)
        self.hide()

    @property
    def rects(self) -> list[QRect]:
        """Where the light is, in the window."""
        return self._rects

    def light(self, names: Sequence[str]) -> None:
        """Frame the widgets of these object names, as far as they are to be seen; none for none."""
        self._names = tuple(names)
        if not names:
            self._timer.stop()
            self.hide()
            return
        self._timer.start()
        self.follow()

    def follow(self) -> None:
        """See where they are now."""
        rects = []
        for name in self._names:
            for widget in self._window.findChildren(QWidget, name):
                if widget.isVisible():
                    seen = seen_part(widget, self._window)
                    if not seen.isEmpty():
                        rects.append(seen.adjusted(-_REACH_PX, -_REACH_PX, _REACH_PX, _REACH_PX))
        if rects != self._rects or self.isHidden():
            self._rects = rects
            self.setGeometry(self._window.rect())
            self.raise_()
            self.setVisible(bool(rects))
            self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize and self._names:
            self._rects = []
            self.follow()
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        accent = self._theme.color("accent")
        glow = QColor(accent)
        glow.setAlpha(_ALPHA)
        for rect in self._rects:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(glow, _GLOW_PX))
            painter.drawRoundedRect(rect, 9, 9)
            painter.setPen(QPen(accent, 2.0))
            painter.drawRoundedRect(rect, 9, 9)
        painter.end()


def seen_part(widget: QWidget, window: QWidget) -> QRect:
    """The part of a widget that nothing it lies in cuts off, in its window.

    Its own ``visibleRegion`` is without what its children cover, so that of a list or a mosaic is empty.
    """
    seen = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
    around = widget.parentWidget()
    while around is not None:
        seen &= QRect(around.mapTo(window, QPoint(0, 0)), around.size())
        around = None if around is window else around.parentWidget()
    return seen
