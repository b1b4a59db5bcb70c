"""Bars on a logarithmic axis, side by side for several runs, in groups."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from mlpviz.figures.log_bars import LogAxis
from mlpviz.figures.numbers import format_number
from mlpviz.figures.ticks import tick_labels
from mlpviz.gui.theme import SMALLEST_TEXT_PX, Theme, mix, text_font

PATTERNS = (
    Qt.BrushStyle.SolidPattern,
    Qt.BrushStyle.BDiagPattern,
    Qt.BrushStyle.Dense4Pattern,
    Qt.BrushStyle.FDiagPattern,
    Qt.BrushStyle.DiagCrossPattern,
    Qt.BrushStyle.HorPattern,
    Qt.BrushStyle.VerPattern,
    Qt.BrushStyle.CrossPattern,
)
"""Beside the colour, the filling tells runs apart; the first is solid."""

_LEFT_PX = 56
_TOP_PX = 16
_WIDEST_BAR_PX = 34


@dataclass(frozen=True, slots=True)
class BarRow:
    """One row of bars, one for each group.

    Attributes
    ----------
    name
        What they show, for the words under the pointer: "Sigmoid, f'".
    color
        The number of a run, for colour and filling.
    values
        One for each group, or fewer where the last ones have none; what has no place on the axis is left out.
    pale
        Drawn lighter: the first of two parts.
    """

    name: str
    color: int
    values: Sequence[float]
    pale: bool = False


@dataclass(frozen=True, slots=True)
class MarkRow:
    """A short line for each group, across the bars of one run: what they come to together."""

    name: str
    color: int
    values: Sequence[float]


class LogBars(QWidget):
    """Groups of bars; the pointer or the arrow keys choose a group, whose numbers are then told.

    Parameters
    ----------
    theme : Theme
    object_name : str
    name : str
        For screen readers: what the numbers are.
    base : float, optional
        What the bars stand on; 1 for factors. Without it the lower end of the axis.
    """

    told = Signal(str)
    """The numbers of the group under the pointer, in words; empty when it left."""

    def __init__(
        self,
        theme: Theme,
        object_name: str,
        name: str,
        base: float | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFont(text_font(SMALLEST_TEXT_PX))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # spare what lies below
        self._theme, self._base = theme, base
        self._groups: Sequence[str] = ()
        self._bars: Sequence[BarRow] = ()
        self._marks: Sequence[MarkRow] = ()
        self._rows: list[BarRow | MarkRow] = []
        self._axis = LogAxis(0.1, 1.0, base)
        self._chosen = -1
        theme.changed.connect(self.update)

    @property
    def bars(self) -> Sequence[BarRow]:
        """The rows on show."""
        return self._bars

    def set_bars(self, groups: Sequence[str], bars: Sequence[BarRow], marks: Sequence[MarkRow] = ()) -> None:
        """Show rows of bars, each with a value for each group, and marks across those of a run."""
        self._groups, self._bars, self._marks = groups, bars, marks
        rows: list[BarRow | MarkRow] = [*bars, *marks]
        self._rows = rows
        self._axis = LogAxis.of((value for row in rows for value in row.values), self._base)
        if self._chosen >= len(groups):
            self._chosen = -1
        self.setAccessibleDescription("; ".join(map(self.words, range(len(groups)))))
        if self._chosen >= 0:
            self.told.emit(self.words(self._chosen))
        self.update()

    def words(self, group: int) -> str:
        """All numbers of a group."""
        return f"{self._groups[group]}: {', '.join(self.lines(group))}"

    def lines(self, group: int) -> list[str]:
        """The same, a line for each row that has a value there."""
        values = [(row.name, row.values[group]) for row in self._rows if group < len(row.values)]
        return [f"{name} {'–' if math.isnan(value) else format_number(value)}" for name, value in values]

    def group_at(self, x: float) -> int:
        """The group at a place in the widget, -1 for none."""
        room = self._room()
        if not self._groups or not room.left() <= x < room.right():
            return -1
        return int((x - room.left()) / (room.width() / len(self._groups)))

    def sizeHint(self) -> QSize:
        return QSize(320, 220)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, 110)

    # ------------------------------------------------------------------ pointer and keys

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and (i := self.group_at(event.pos().x())) >= 0:
            QToolTip.showText(event.globalPos(), "\n".join([self._groups[i], *self.lines(i)]), self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._choose(self.group_at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        self._choose(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if by is None or not self._groups:
            super().keyPressEvent(event)
            return
        at = self._chosen if self._chosen >= 0 else (len(self._groups) if by < 0 else -1)
        self._choose(min(len(self._groups) - 1, max(0, at + by)))

    def _choose(self, group: int) -> None:
        if group != self._chosen:
            self._chosen = group
            self.told.emit(self.words(group) if group >= 0 else "")
            self.update()

    # ------------------------------------------------------------------ painting

    def _room(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_LEFT_PX, _TOP_PX, -4, -self.fontMetrics().height() - 6)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("card"))
        room = self._room()
        if self._groups and room.height() > 20:
            self._paint_axis(painter, room)
            pitch = room.width() / len(self._groups)
            for i in range(len(self._groups)):
                self._paint_group(
                    painter, QRectF(room.left() + i * pitch, room.top(), pitch, room.height()), i
                )
            foot = self._y(room, self._axis.foot)
            painter.setPen(QPen(self._theme.color("secondary"), 1.0))
            painter.drawLine(QLineF(room.left(), foot, room.right(), foot))
        if self.hasFocus():
            painter.setPen(QPen(self._theme.color("accent"), 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    @staticmethod
    def _y(room: QRectF, place: float) -> float:
        return room.bottom() - place * room.height()

    def _paint_axis(self, painter: QPainter, room: QRectF) -> None:
        ticks = self._axis.ticks(max(2, int(room.height() / 34)))
        line_px = self.fontMetrics().height()
        for value, label in zip(ticks, tick_labels(ticks), strict=True):
            y = self._y(room, self._axis.place(value) or 0.0)
            painter.setPen(QPen(self._theme.color("line"), 1.0))
            painter.drawLine(QLineF(room.left(), y, room.right(), y))
            painter.setPen(self._theme.color("secondary"))
            place = QRectF(0, y - line_px / 2, _LEFT_PX - 6, line_px)
            words = f"× {label}" if self._base is not None else label
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_group(self, painter: QPainter, area: QRectF, group: int) -> None:
        if group == self._chosen:
            painter.fillRect(area.adjusted(1, -_TOP_PX + 2, -1, 0), self._theme.color("hover"))
        width = min(_WIDEST_BAR_PX, 0.84 * area.width() / max(1, len(self._bars)))
        left = area.center().x() - width * len(self._bars) / 2
        across: dict[int, QRectF] = {}
        taken: list[QRectF] = []
        said: list[tuple[QRectF, QRectF, BarRow]] = []
        for k, row in enumerate(self._bars):
            slot = QRectF(left + k * width, area.top(), width, area.height())
            across[row.color] = across.get(row.color, slot).united(slot)
            if group < len(row.values):
                bar = self._paint_bar(painter, slot, row, row.values[group])
                if bar is not None:
                    taken.append(bar)
                    said.append((bar, self._label_place(slot, bar, row.values[group]), row))
        for mark in self._marks:
            place = self._axis.place(mark.values[group]) if group < len(mark.values) else None
            if place is not None and mark.color in across:
                slot, y = across[mark.color], self._y(area, place)
                painter.setPen(QPen(self._theme.color("text"), 2.0))
                painter.drawLine(QLineF(slot.left() + 1, y, slot.right() - 1, y))
                taken.append(QRectF(slot.left() + 1, y - 1, slot.width() - 2, 2))
        self._paint_labels(painter, group, said, taken)
        painter.setPen(self._theme.color("secondary"))
        below = QRectF(area.left(), area.bottom() + 3, area.width(), self.fontMetrics().height())
        label = self._groups[group]
        if self.fontMetrics().horizontalAdvance(label) > area.width() - 4:
            label = label.split()[-1]  # the number without "layer"
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, label)

    def _label_place(self, slot: QRectF, bar: QRectF, value: float) -> QRectF:
        """Beyond the end of a bar, as wide as its number."""
        width = self.fontMetrics().horizontalAdvance(format_number(value, 2)) + 2
        up = (self._axis.place(value) or 0.0) >= self._axis.foot
        return QRectF(slot.center().x() - width / 2, bar.top() - 15 if up else bar.bottom() + 1, width, 14)

    def _paint_labels(
        self, painter: QPainter, group: int, said: list[tuple[QRectF, QRectF, BarRow]], taken: list[QRectF]
    ) -> None:
        """Write what fits between the bars; the others are told under the pointer."""
        for bar, middle, row in said:
            beyond = middle.translated(0, 7 if middle.top() >= bar.bottom() else -7)
            free = [
                place
                for place in (middle, beyond)
                if not any(other is not bar and other.intersects(place) for other in taken)
            ]
            if not free:
                continue
            place = free[0]
            taken.append(place)
            painter.setPen(QColor(self._theme.color(row.color)))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, format_number(row.values[group], 2))

    def _paint_bar(self, painter: QPainter, slot: QRectF, row: BarRow, value: float) -> QRectF | None:
        """Paint one bar; where it stands, or None where the value has no place."""
        place = self._axis.place(value)
        foot = self._y(slot, self._axis.foot)
        if place is None:
            painter.setPen(self._theme.color("secondary"))
            none = QRectF(slot.left() - 6, foot - 16, slot.width() + 12, 14)
            painter.drawText(none, Qt.AlignmentFlag.AlignCenter, "0" if value == 0 else "–")
            return None
        y = self._y(slot, place)
        bar = QRectF(QPointF(slot.left() + 1, y), QPointF(slot.right() - 1, foot)).normalized()
        paint_sample(painter, bar, self._theme, row.color, row.pale)
        return bar


def paint_sample(painter: QPainter, place: QRectF, theme: Theme, color: int, pale: bool = False) -> None:
    """Fill a place as the bars of a run are filled."""
    full, card = theme.color(color), theme.color("card")
    pattern = PATTERNS[color % len(PATTERNS)]
    painter.fillRect(
        place, mix(full, card, 0.18 if pale else 0.45) if pattern != PATTERNS[0] or pale else full
    )
    if pattern != PATTERNS[0] and not pale:
        painter.fillRect(place, QBrush(full, pattern))
    painter.setPen(QPen(full, 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(place)
