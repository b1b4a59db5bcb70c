"""Where curves are drawn: axes, curves and marks in one painting, pointer, wheel and keys."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from mlpviz.figures.ticks import axis_ticks
from mlpviz.gui.theme import SMALLEST_TEXT_PX, Theme, text_font
from mlpviz.gui.widgets.legend import line_pen

if TYPE_CHECKING:
    from mlpviz.figures.curves import Floats

LEFT_PX = 52
_TOP_PX, _RIGHT_PX, _BOTTOM_PX = 6, 14, 22
_TEXT_OFFSET_PX = 6
_MARK_ROWS = 3
_DOTTED = (2.0, 3.0)
_PER_NOTCH = 1.02**-15
_NARROWEST, _WIDEST = 1e-12, 1e300
_BY_KEYBOARD = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)

Range = tuple[float, float]


@dataclass(slots=True)
class Axis:
    """One axis: what it reaches over, and how its numbers are written.

    Attributes
    ----------
    per_tick_px
        Room for each number.
    range
        Its ends; with `log` decimal logarithms of values.
    log, whole, percent
        As in :func:`mlpviz.figures.ticks.axis_ticks`.
    """

    per_tick_px: float
    range: Range = (0.0, 1.0)
    log: bool = False
    whole: bool = False
    percent: bool = False
    _known: tuple = field(default=(), repr=False)
    _ticks: list[tuple[float, str]] = field(default_factory=list, repr=False)

    def ticks(self, length_px: float) -> list[tuple[float, str]]:
        """Places and labels of the numbers, on so much room."""
        asked = (self.range, length_px, self.log, self.whole)
        if asked != self._known:
            most = max(2, int(length_px / self.per_tick_px))
            self._ticks = axis_ticks(*self.range, most, self.log, self.whole, self.percent)
            self._known = asked
        return self._ticks


class Drawn(Protocol):
    """What is drawn in the canvas; `canvas.polylines` makes pixels of numbers."""

    def paint_behind(self, painter: QPainter, canvas: "PlotCanvas") -> None:
        """Paint what lies behind the marks."""

    def paint_before(self, painter: QPainter, canvas: "PlotCanvas") -> None:
        """Paint what lies before them."""


class PlotCanvas(QWidget):
    """The plotting area: paints axes, curves and marks, tells where the pointer is, zooms, shows the focus.

    The wheel zooms, on an axis only that one; dragging pans. Left and right step, F fits, Escape lets go.

    Attributes
    ----------
    left, bottom
        The axes.
    drawn
        The curves.
    marks
        Vertical lines, each with a word or two.
    mark_height
        Where the first of the words stands, as a part of the height.
    corner
        What the bottom axis is about.
    crosshair
        Where a vertical line shows what is read; None for nowhere.
    """

    pointed = Signal(QPointF)
    clicked = Signal(QPointF)
    left_alone = Signal()
    fit_wanted = Signal()
    stepped = Signal(int)
    menu_wanted = Signal(QPoint)
    resized = Signal()
    zoomed = Signal()
    """The user zoomed or panned."""

    def __init__(self, theme: Theme, percent: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.left = Axis(36.0, percent=percent)
        self.bottom = Axis(90.0, whole=True)
        self.left_px = LEFT_PX
        self.drawn: Sequence[Drawn] = ()
        self.marks: Sequence[tuple[float, str]] = ()
        self.mark_height = 0.93
        self.corner = ""
        self.crosshair: float | None = None
        self._by_keyboard = False
        self._pressed: QPointF | None = None
        self._dragged: tuple[Range, Range] | None = None
        self.setFont(text_font(SMALLEST_TEXT_PX + 1))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # spare what lies below

    # Places

    @property
    def pixel_ratio(self) -> float:
        """How many pixels of the screen, or of the picture, one of its own is wide."""
        return self._theme.pixel_ratio(self)

    @property
    def inside(self) -> QRectF:
        """Where the curves lie."""
        return QRectF(self.rect()).adjusted(self.left_px, _TOP_PX, -_RIGHT_PX, -_BOTTOM_PX)

    @property
    def readout_area(self) -> QRect:
        """Where there is room to say something."""
        return self.inside.toRect().adjusted(4, 2, -4, -4)

    def set_ranges(self, x: Range, y: Range) -> None:
        """Show what lies between."""
        if (x, y) != (self.bottom.range, self.left.range):
            self.bottom.range, self.left.range = x, y
            self.update()

    @property
    def ranges(self) -> tuple[Range, Range]:
        """What the bottom and the left axis reach over."""
        return self.bottom.range, self.left.range

    def place_of(self, x: float, y: float) -> QPointF:
        """Where a point lies in the widget."""
        inside = self.inside
        (x_low, x_high), (y_low, y_high) = self.ranges
        return QPointF(
            inside.left() + (x - x_low) / (x_high - x_low) * inside.width(),
            inside.bottom() - (y - y_low) / (y_high - y_low) * inside.height(),
        )

    def x_at(self, place: QPointF) -> float:
        """The abscissa at a place in the widget."""
        inside, (low, high) = self.inside, self.bottom.range
        return low + (place.x() - inside.left()) / max(1.0, inside.width()) * (high - low)

    def y_at(self, place: QPointF) -> float:
        """The ordinate at a place in the widget."""
        inside, (low, high) = self.inside, self.left.range
        return low + (inside.bottom() - place.y()) / max(1.0, inside.height()) * (high - low)

    def polylines(self, x: "Floats", y: "Floats") -> list[QPolygonF]:
        """A line in pixels, in several pieces where values are NaN; a dash where one stands alone."""
        from mlpviz.gui.widgets.polygons import polylines  # the window opens without NumPy

        inside = self.inside
        (x_low, x_high), (y_low, y_high) = self.ranges
        across, up = inside.width() / (x_high - x_low), inside.height() / (y_high - y_low)
        return polylines(inside.left() + (x - x_low) * across, inside.bottom() - (y - y_low) * up)

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("card"))
        inside = self.inside
        if inside.width() > 0 and inside.height() > 0:
            self._paint_axes(painter, inside)
            painter.setClipRect(inside)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for each in self.drawn:
                each.paint_behind(painter, self)
            self._paint_marks(painter, inside)
            for each in self.drawn:
                each.paint_before(painter, self)
            if self.crosshair is not None:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
                painter.setPen(line_pen(self._theme, "secondary", (), 1.0))
                self._paint_upright(painter, inside, self.crosshair)
            painter.setClipping(False)
        if self.hasFocus() and self._by_keyboard:
            painter.setPen(QPen(self._theme.color("accent"), 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_axes(self, painter: QPainter, inside: QRectF) -> None:
        """Numbers at both, and lines across at the left one's."""
        metrics = self.fontMetrics()
        ascent, middle = metrics.ascent(), (metrics.ascent() - metrics.descent()) / 2
        (x_low, x_high), (y_low, y_high) = self.ranges
        heights = [
            (inside.bottom() - (place - y_low) / (y_high - y_low) * inside.height(), label)
            for place, label in self.left.ticks(inside.height())
        ]
        painter.setPen(line_pen(self._theme, "line", (), 1.0))
        right = int(inside.right())
        for y, _ in heights:
            painter.drawLine(int(inside.left()), round(y), right, round(y))
        base = int(inside.bottom())
        painter.drawLine(int(inside.left()), base, right, base)
        painter.setPen(self._theme.color("secondary"))
        for y, label in heights:
            x = inside.left() - _TEXT_OFFSET_PX - metrics.horizontalAdvance(label)
            painter.drawText(QPointF(x, y + middle), label)
        baseline = inside.bottom() + _TEXT_OFFSET_PX + ascent - 1
        for place, label in self.bottom.ticks(inside.width()):
            x = inside.left() + (place - x_low) / (x_high - x_low) * inside.width()
            x = min(x - metrics.horizontalAdvance(label) / 2, self.width() - metrics.horizontalAdvance(label))
            painter.drawText(QPointF(x, baseline), label)
        corner_px = inside.left() - _TEXT_OFFSET_PX - 4 - metrics.horizontalAdvance(self.corner)
        painter.drawText(QPointF(corner_px, baseline), self.corner)

    def _paint_marks(self, painter: QPainter, inside: QRectF) -> None:
        if not self.marks:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        font = text_font(SMALLEST_TEXT_PX)
        font.setFamilies(self.font().families())
        painter.setFont(font)
        metrics = painter.fontMetrics()
        painter.setPen(line_pen(self._theme, "secondary", _DOTTED, 1.0))
        for x, _ in self.marks:
            self._paint_upright(painter, inside, x)
        painter.setPen(self._theme.color("secondary"))
        for i, (x, words) in reversed(tuple(enumerate(self.marks))):  # an earlier word lies over a later one
            part = abs(self.mark_height - 0.11 * (i % _MARK_ROWS))
            box = QRectF(0, 0, metrics.horizontalAdvance(words) + 8, metrics.height())
            place = self.place_of(x, 0.0).x()
            box.moveLeft(place if place + box.width() <= inside.right() else place - box.width())
            box.moveTop(inside.bottom() - part * inside.height() - box.height() / 2)
            painter.fillRect(box, self._theme.color("card"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_upright(self, painter: QPainter, inside: QRectF, x: float) -> None:
        at = self.place_of(x, 0.0).x()
        if inside.left() - 1 <= at <= inside.right() + 1:
            painter.drawLine(round(at), int(inside.top()), round(at), int(inside.bottom()))

    # Pointer and keys

    def sizeHint(self) -> QSize:
        return QSize(256, 192)

    def minimumSizeHint(self) -> QSize:
        return QSize(70, 70)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            self.pointed.emit(event.position())
            return
        inside, by = self.inside, event.position() - self._pressed
        if self._dragged is None:
            if by.manhattanLength() < QApplication.startDragDistance():
                return  # a hand that trembles while it clicks
            self._dragged = self.ranges
        x, y = self._dragged
        across, up = self._axes_at(self._pressed)
        x_by = by.x() / max(1.0, inside.width()) * (x[1] - x[0]) if across else 0.0
        y_by = by.y() / max(1.0, inside.height()) * (y[1] - y[0]) if up else 0.0
        if x_by or y_by:
            self.set_ranges((x[0] - x_by, x[1] - x_by), (y[0] + y_by, y[1] + y_by))
            self.zoomed.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        was_click = self._pressed is not None and self._dragged is None
        self._pressed = self._dragged = None
        if was_click:
            self.clicked.emit(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.fit_wanted.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        factor = _PER_NOTCH ** (event.angleDelta().y() / 120.0)
        across, up = self._axes_at(event.position())
        x, y = self.ranges
        wanted = (
            _zoomed(x, self.x_at(event.position()), factor) if across else x,
            _zoomed(y, self.y_at(event.position()), factor) if up else y,
        )
        event.accept()
        if wanted != (x, y):
            self.set_ranges(*wanted)
            self.zoomed.emit()

    def _axes_at(self, place: QPointF) -> tuple[bool, bool]:
        """Whether what happens at a place concerns the bottom axis, and the left one."""
        inside = self.inside
        at_left, below = place.x() < inside.left(), place.y() > inside.bottom()
        return not at_left or below, not below or at_left

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.accept()
        self.menu_wanted.emit(event.globalPos())

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.left_alone.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        match event.key() if plain else None:
            case Qt.Key.Key_Left:
                self.stepped.emit(-1)
            case Qt.Key.Key_Right:
                self.stepped.emit(1)
            case Qt.Key.Key_F:
                self.fit_wanted.emit()
            case Qt.Key.Key_Escape:
                self.left_alone.emit()
            case _:
                event.ignore()  # it is somebody else's

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._by_keyboard = event.reason() in _BY_KEYBOARD
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()


def _zoomed(ends: Range, about: float, factor: float) -> Range:
    """A range made narrower about a place in it; as it was where numbers have no room for that."""
    low, high = about + (ends[0] - about) * factor, about + (ends[1] - about) * factor
    span = high - low
    sensible = span > _NARROWEST * max(abs(low), abs(high)) and max(abs(low), abs(high), span) < _WIDEST
    return (low, high) if sensible else ends
