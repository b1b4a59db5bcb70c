"""The legend of a plot: one entry per line, a click hides it and shows it again."""

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.flow_layout import FlowLayout

_SAMPLE_PX = 24
_PAD_PX = 4
_MARK_PX = 9


class Legend(QWidget):
    """The entries side by side, in as many rows as they need."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow = FlowLayout(self)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def spacing_px(self) -> int:
        """Between two entries."""
        return self._flow.spacing()

    def add(self, entry: "LegendEntry") -> None:
        """Put an entry behind the others."""
        self._flow.addWidget(entry)

    def remove(self, entry: "LegendEntry") -> None:
        """Take an entry away for good."""
        self._flow.removeWidget(entry)
        entry.deleteLater()


class LegendEntry(QAbstractButton):
    """A short sample of a line and its name; checked while the line is shown.

    Parameters
    ----------
    theme : Theme
    name : str
    color : str or int
        A colour of the palette by name, or by the number of a layer.
    dashes : tuple of float
        The dash pattern in pen widths; empty for a solid line.
    object_name : str
    parent : QWidget, optional
    mark : QPainterPath, optional
        To show instead of the line; it lies about the origin and is one wide.
    """

    def __init__(
        self,
        theme: Theme,
        name: str,
        color: str | int,
        dashes: tuple[float, ...],
        object_name: str,
        parent: QWidget | None = None,
        mark: QPainterPath | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._color, self._dashes, self._mark = theme, color, dashes, mark
        self._sample_px = _SAMPLE_PX if mark is None else 1.5 * _MARK_PX
        self.setText(name)
        self.setObjectName(object_name)
        self.setAccessibleName(f"show {name}")
        self.setToolTip(f"Hide or show “{name}”")
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        text = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(text + int(self._sample_px) + 6 + 2 * _PAD_PX, self.fontMetrics().height() + 6)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2.0
        color = self._color if self.isChecked() else "disabled"
        painter.setPen(line_pen(self._theme, color, self._dashes, 2.0 * self._theme.pixel_ratio(self)))
        if self._mark is not None:
            painter.save()
            painter.setPen(line_pen(self._theme, color, (), 2.0 * self._theme.pixel_ratio(self)))
            painter.translate(_PAD_PX + self._sample_px / 2.0, middle)
            painter.scale(_MARK_PX, _MARK_PX)
            painter.drawPath(self._mark)
            painter.restore()
        else:
            painter.drawLine(QLineF(QPointF(_PAD_PX, middle), QPointF(_PAD_PX + self._sample_px, middle)))
        quiet = self.underMouse() or not self.isChecked()
        role = "disabled" if not self.isChecked() else "text" if quiet else "secondary"
        painter.setPen(self._theme.color(role))
        font = self.font()
        font.setStrikeOut(not self.isChecked())
        painter.setFont(font)
        text = QRectF(_PAD_PX + self._sample_px + 6, 0, self.width(), self.height())
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        if self.hasFocus():
            painter.setPen(QPen(self._theme.color("accent"), 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.end()


def line_pen(theme: Theme, color: str | int, dashes: tuple[float, ...], width: float) -> QPen:
    """Return a cosmetic pen: its width is in pixels of the screen, whatever the scale of what it draws."""
    pen = QPen(theme.color(color), width)
    pen.setCosmetic(True)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if dashes:
        pen.setDashPattern(list(dashes))
    return pen
