"""A loss landscape: a curve over one parameter or a map over two, with the path that training has taken."""

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from mlpviz.figures.cost_scene import Marks, Point, Points
from mlpviz.figures.ticks import linear_ticks, tick_labels
from mlpviz.figures.view_range import Window
from mlpviz.gui.theme import SMALLEST_TEXT_PX, Theme, text_font
from mlpviz.gui.widgets.path_painter import STAR_PX, PathPainter, polygon

_LEFT_PX, _RIGHT_PX, _TOP_PX, _BOTTOM_PX = 62, 12, 8, 40
_STEP_PX, _LEAP_PX = 2, 20
_BY_KEYBOARD = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


class CostView(QWidget):
    """Paints the landscape and the marks on it, and tells where the pointer or the crosshair is.

    Parameters
    ----------
    theme : Theme
    object_name : str
    parent : QWidget, optional
    """

    pointed = Signal(float, float)
    """The pointer, or the crosshair of the arrow keys, is at a point of the landscape."""
    left = Signal()
    """It is nowhere."""
    placed = Signal(float, float)
    """A point was clicked, or Enter was pressed at the crosshair."""
    resized = Signal()

    def __init__(self, theme: Theme, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setFont(text_font(SMALLEST_TEXT_PX + 1))
        self._theme = theme
        self._window = Window(-1.0, 1.0, -1.0, 1.0)
        self._labels: tuple[Sequence[str], Sequence[str]] = ([""], [""])
        self._image, self._image_window = QImage(), self._window
        self._curve: Points | None = None
        self._ground: QPixmap | None = None
        self._is_picture = False
        self._marks = Marks()
        self._candidate: Point | None = None
        self._crosshair: QPointF | None = None  # in the widget's pixels
        self._by_keyboard = False
        self._readout = QLabel(self)
        self._readout.setObjectName(f"{object_name}_readout")
        self._readout.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._readout.hide()
        theme.changed.connect(self._restyle)
        self._restyle()

    # ------------------------------------------------------------------ what the owner says

    @property
    def window_on_show(self) -> Window:
        """What is in view."""
        return self._window

    @property
    def marks(self) -> Marks:
        """What lies on the landscape."""
        return self._marks

    def plot_rect(self) -> QRectF:
        """Where the landscape lies in the widget."""
        return QRectF(self.rect()).adjusted(_LEFT_PX, _TOP_PX, -_RIGHT_PX, -_BOTTOM_PX)

    def set_labels(self, x: Sequence[str], y: Sequence[str]) -> None:
        """Name the axes, each in some wordings, the longest first: the first that has room is shown."""
        self._labels = (x, y)
        self._repaint_ground()

    def set_window(self, window: Window) -> None:
        """Choose what is in view."""
        if window != self._window:
            self._window = window
            self._repaint_ground()
            if self._crosshair is not None:  # it is at another point now
                self.pointed.emit(*self.to_point(self._crosshair))

    def set_map(self, image: QImage, window: Window) -> None:
        """Show a picture of the surface, which covers a window; none while it is an empty one."""
        self._image, self._image_window, self._curve = image, window, None
        self._repaint_ground()

    def set_curve(self, points: Points) -> None:
        """Show a curve, (n, 2), its x ascending."""
        self._image, self._curve = QImage(), points
        self._repaint_ground()

    def set_marks(self, marks: Marks) -> None:
        """Show other marks."""
        self._marks = marks
        self.update()

    def set_candidate(self, point: Point | None) -> None:
        """Mark a point that may become the start, or none."""
        self._candidate = point
        self.update()

    def tell(self, html: str) -> None:
        """Say something of the point that the crosshair is at."""
        self._readout.setText(html)
        self._readout.adjustSize()
        self._place_readout()
        self._readout.setVisible(bool(html) and self._crosshair is not None)

    def to_pixel(self, point: Point) -> QPointF:
        """Where a point of the landscape is in the widget."""
        rect, window = self.plot_rect(), self._window
        across = (point[0] - window.left) / (window.right - window.left)
        up = (point[1] - window.bottom) / (window.top - window.bottom)
        return QPointF(rect.left() + across * rect.width(), rect.bottom() - up * rect.height())

    def to_point(self, pixel: QPointF) -> Point:
        """Which point of the landscape is at a place in the widget."""
        rect, window = self.plot_rect(), self._window
        across = (pixel.x() - rect.left()) / max(rect.width(), 1.0)
        up = (rect.bottom() - pixel.y()) / max(rect.height(), 1.0)
        return (
            window.left + across * (window.right - window.left),
            window.bottom + up * (window.top - window.bottom),
        )

    def sizeHint(self) -> QSize:
        return QSize(420, 320)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 160)

    # ------------------------------------------------------------------ pointer and keys

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._by_keyboard = False
        if event.button() == Qt.MouseButton.LeftButton and self.plot_rect().contains(event.position()):
            self.placed.emit(*self.to_point(event.position()))
        else:
            event.ignore()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        plain = modifiers in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
        step = _LEAP_PX if modifiers == Qt.KeyboardModifier.ShiftModifier else _STEP_PX
        match event.key() if plain else None:
            case Qt.Key.Key_Left:
                self._move(-step, 0)
            case Qt.Key.Key_Right:
                self._move(step, 0)
            case Qt.Key.Key_Up:
                self._move(0, -step)
            case Qt.Key.Key_Down:
                self._move(0, step)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self._crosshair is not None:
                self.placed.emit(*self.to_point(self._crosshair))
            case Qt.Key.Key_Escape if self._crosshair is not None:
                self._point_at(None)
            case _:
                event.ignore()

    def _move(self, right_px: float, down_px: float) -> None:
        """Move the crosshair; at first it is where training is."""
        rect = self.plot_rect()
        if self._crosshair is None:
            place = rect.center() if self._marks.now is None else self.to_pixel(self._marks.now)
        else:
            place = self._crosshair + QPointF(right_px, down_px)
        x = min(max(place.x(), rect.left()), rect.right())
        self._point_at(QPointF(x, min(max(place.y(), rect.top()), rect.bottom())))

    def _point_at(self, place: QPointF | None) -> None:
        inside = place is not None and self.plot_rect().adjusted(-1, -1, 1, 1).contains(place)
        if not inside and self._crosshair is None:
            return
        self._crosshair = place if inside else None
        if self._crosshair is None:
            self._readout.hide()
            self.left.emit()
        else:
            self.pointed.emit(*self.to_point(self._crosshair))
        pointer = Qt.CursorShape.CrossCursor if inside else Qt.CursorShape.ArrowCursor
        self.setCursor(pointer)
        self.update()

    def _place_readout(self) -> None:
        """In the corner that is farthest from the crosshair."""
        if self._crosshair is None:
            return
        rect = self.plot_rect().adjusted(6, 6, -6, -6)
        size = self._readout.size()
        at_left = self._crosshair.x() > rect.center().x()
        at_top = self._crosshair.y() > rect.center().y()
        self._readout.move(
            round(rect.left() if at_left else rect.right() - size.width()),
            round(rect.top() if at_top else rect.bottom() - size.height()),
        )

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._by_keyboard = event.reason() in _BY_KEYBOARD
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self._by_keyboard:
            self._point_at(None)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._point_at(None)
        self._repaint_ground()
        self.resized.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.DevicePixelRatioChange):
            self._repaint_ground()

    def become_picture(self) -> None:
        """Paint words and lines as such: nothing moves that would have to be quick."""
        self._is_picture = True
        self._repaint_ground()

    def _repaint_ground(self) -> None:
        self._ground = None
        self.update()

    # ------------------------------------------------------------------ painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        rect = self.plot_rect()
        if rect.width() < 10 or rect.height() < 10:
            return
        if self._ground is None and not self._is_picture:
            self._ground = self._painted_ground(rect)
        painter = QPainter(self)
        if self._ground is None:
            self._paint_ground(painter, rect)
        else:
            painter.drawPixmap(0, 0, self._ground)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(rect)
        self._paint_marks(painter)
        self._paint_crosshair(painter, rect)
        painter.setClipping(False)
        if self.hasFocus() and self._by_keyboard:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.color("accent"), 2.0))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def _painted_ground(self, rect: QRectF) -> QPixmap:
        """Axes and landscape, which stay while marks move; while training each call of Qt may cost a wait."""
        ground = QPixmap(self.size() * self._theme.pixel_ratio(self))
        ground.setDevicePixelRatio(self._theme.pixel_ratio(self))
        painter = QPainter(ground)
        painter.setFont(self.font())
        self._paint_ground(painter, rect)
        painter.end()
        return ground

    def _paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        painter.fillRect(self.rect(), self._theme.color("card"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_axes(painter, rect)
        painter.setClipRect(rect)
        if self._curve is not None:
            self._paint_curve(painter, rect)
        elif not self._image.isNull():
            self._paint_map(painter)
        painter.setClipping(False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._theme.color("line"), 1.0))
        if self._curve is None:
            painter.drawRect(rect)

    def _paint_axes(self, painter: QPainter, rect: QRectF) -> None:
        window, metrics = self._window, self.fontMetrics()
        secondary, line = self._theme.color("secondary"), self._theme.color("line")
        across = linear_ticks(window.left, window.right, max(2, int(rect.width() / 56)))
        for value, label in zip(across, tick_labels(across), strict=True):
            x = self.to_pixel((value, window.bottom)).x()
            painter.setPen(QPen(line, 1.0))
            painter.drawLine(QPointF(x, rect.bottom()), QPointF(x, rect.bottom() + 4))
            painter.setPen(secondary)
            below = QRectF(x - 40, rect.bottom() + 5, 80, metrics.height())
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, label)
        up = linear_ticks(window.bottom, window.top, max(2, int(rect.height() / 40)))
        for value, label in zip(up, tick_labels(up), strict=True):
            y = self.to_pixel((window.left, value)).y()
            painter.setPen(QPen(line, 1.0))
            start = rect.left() - 4 if self._curve is None else rect.right()
            painter.drawLine(QPointF(start, y), QPointF(rect.left(), y))
            painter.setPen(secondary)
            beside = QRectF(14, y - metrics.height() / 2, rect.left() - 21, metrics.height())
            painter.drawText(beside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, label)
        painter.setPen(self._theme.color("text"))
        below = QRectF(rect.left(), rect.bottom() + 6 + metrics.height(), rect.width(), metrics.height())
        middle = Qt.AlignmentFlag.AlignCenter
        painter.drawText(below, middle, self._fitting(self._labels[0], rect.width()))
        painter.save()
        painter.translate(0, rect.bottom())
        painter.rotate(-90)
        along = QRectF(0, 0, rect.height(), metrics.height())
        painter.drawText(along, middle, self._fitting(self._labels[1], rect.height()))
        painter.restore()

    def _fitting(self, wordings: Sequence[str], room_px: float) -> str:
        fit = (words for words in wordings if self.fontMetrics().horizontalAdvance(words) <= room_px)
        return next(fit, wordings[-1])

    def _paint_map(self, painter: QPainter) -> None:
        covered = self._image_window
        corner = self.to_pixel((covered.left, covered.top))
        target = QRectF(corner, self.to_pixel((covered.right, covered.bottom)))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, self._image)

    def _paint_curve(self, painter: QPainter, rect: QRectF) -> None:
        assert self._curve is not None
        pixels = self._pixels(self._curve)
        pixels[:, 1] = np.clip(pixels[:, 1], -20_000, 20_000)  # more than a painter can take
        line = polygon(pixels)
        if line.count() < 2:
            return
        ground = QPolygonF(line)
        ground.append(QPointF(line.last().x(), rect.bottom()))
        ground.append(QPointF(line.first().x(), rect.bottom()))
        shade = self._theme.color("forward")
        shade.setAlphaF(0.10)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade)
        painter.drawPolygon(ground)
        painter.setPen(QPen(self._theme.color("forward"), 2.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(line)

    def _paint_marks(self, painter: QPainter) -> None:
        brush, marks = PathPainter(painter, self._theme, self.plot_rect()), self._marks
        if marks.valley is not None:
            start, end = marks.valley
            brush.valley(self.to_pixel(start), self.to_pixel(end))
        for points in marks.earlier:
            brush.path(self._pixels(points), faint=True)
        brush.path(self._pixels(marks.path))
        if marks.optimum is not None:
            brush.star(self.to_pixel(marks.optimum))
        if marks.start is not None:
            brush.start(self.to_pixel(marks.start))
        if self._candidate is not None:
            brush.candidate(self.to_pixel(self._candidate))
        if marks.now is not None:
            now = self.to_pixel(marks.now)
            if marks.step_to is not None:
                brush.arrow(now, self.to_pixel(marks.step_to))
            hides = marks.optimum is not None and _apart(now, self.to_pixel(marks.optimum)) < STAR_PX
            brush.now(now, small=hides)

    def _pixels(self, points: Points) -> Points:
        """Points of the landscape in the widget's pixels."""
        rect, window = self.plot_rect(), self._window
        pixels = np.empty(points.shape)
        pixels[:, 0] = (
            rect.left() + (points[:, 0] - window.left) / (window.right - window.left) * rect.width()
        )
        pixels[:, 1] = (
            rect.bottom() - (points[:, 1] - window.bottom) / (window.top - window.bottom) * rect.height()
        )
        return pixels[np.isfinite(pixels).all(axis=1)]

    def _paint_crosshair(self, painter: QPainter, rect: QRectF) -> None:
        if self._crosshair is None:
            return
        painter.setPen(QPen(self._theme.color("text"), 1.0, Qt.PenStyle.DotLine))
        lines = QPainterPath(QPointF(self._crosshair.x(), rect.top()))
        lines.lineTo(self._crosshair.x(), rect.bottom())
        if self._curve is None:
            lines.moveTo(rect.left(), self._crosshair.y())
            lines.lineTo(rect.right(), self._crosshair.y())
        painter.drawPath(lines)

    def _restyle(self) -> None:
        colors = self._theme.palette
        self._readout.setStyleSheet(
            f"background: {colors.card}; color: {colors.text}; border: 1px solid {colors.field_line};"
            "border-radius: 6px; padding: 3px 6px;"
        )
        self._repaint_ground()


def _apart(one: QPointF, other: QPointF) -> float:
    return math.hypot(one.x() - other.x(), one.y() - other.y())
