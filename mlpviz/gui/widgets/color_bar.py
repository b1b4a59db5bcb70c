"""The legend of a colour scale: its colours and the numbers at its ends."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlpviz.figures.colors import scale_strip
from mlpviz.figures.numbers import format_number
from mlpviz.figures.ticks import tick_labels
from mlpviz.gui.theme import SMALLEST_TEXT_PX, Theme, text_font
from mlpviz.gui.widgets.color_scales import Scale, checked_scale, lut_of
from mlpviz.gui.widgets.qimages import to_qimage

_BAR_PX = 9
_GAP_PX = 8


class ColorBar(QWidget):
    """Shows a scale from −limit over 0 to +limit, or from 0 to the limit, in one line.

    Parameters
    ----------
    theme : Theme
    object_name : str
    scale : "signed" or "pixel"
    quantity : str
        What the colours stand for, for tool tip and screen readers: "weight".
    parent : QWidget, optional
    """

    def __init__(
        self,
        theme: Theme,
        object_name: str,
        scale: Scale = "signed",
        quantity: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFont(text_font(SMALLEST_TEXT_PX + 1))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # spare what lies below
        self._theme, self._scale, self._quantity = theme, checked_scale(scale), quantity
        self._limit: float | None = 1.0
        self._center, self._part = 0.0, 1.0
        self._image: QImage | None = None
        theme.changed.connect(self._recolor)
        self._describe()

    @property
    def limit(self) -> float | None:
        """The number at the end, None where each picture has its own."""
        return self._limit

    def set_limit(self, limit: float | None) -> None:
        """Show the end of the scale; None where each picture has its own."""
        if limit == self._limit:
            return
        before = self.ends()
        self._limit = limit
        if self.ends() != before:
            self._describe()
            self.update()

    def set_center(self, center: float) -> None:
        """Show what the middle of a signed scale stands for, where that is not zero: a threshold."""
        if center != self._center:
            self._center = center
            self._describe()
            self.update()

    def set_part(self, part: float) -> None:
        """Show only this part of a signed scale, about its middle: the paler colours."""
        if part != self._part:
            self._part = part
            self._recolor()

    def set_scale(self, scale: Scale) -> None:
        """Choose the signed or the pixel scale."""
        if scale != self._scale:
            self._scale = checked_scale(scale)
            self._describe()
            self._recolor()

    def set_quantity(self, quantity: str) -> None:
        """Say what the colours stand for."""
        if quantity != self._quantity:
            self._quantity = quantity
            self._describe()

    def ends(self) -> tuple[str, str]:
        """Return the words at both ends."""
        if self._limit is None:
            return ("−max" if self._scale == "signed" else "0", "+max" if self._scale == "signed" else "max")
        if self._scale == "pixel":
            return "0", format_number(self._limit)
        if self._center:
            low, high = tick_labels([self._center - self._limit, self._center + self._limit])
            return low, high
        return format_number(-self._limit), format_number(self._limit, signed=True)

    def sizeHint(self) -> QSize:
        return QSize(230, self._tick_top() + self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        words = sum(self.fontMetrics().horizontalAdvance(word) for word in self.ends())
        return QSize(words + 2 * _GAP_PX + 48, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("card"))
        metrics = self.fontMetrics()
        low, high = self.ends()
        # Both ends get the same room, which has steps, so that the bar holds still while the limit changes.
        words = max(metrics.horizontalAdvance(low), metrics.horizontalAdvance(high))
        side = -(-words // 16) * 16 + _GAP_PX
        row = QRectF(0, 0, self.width(), metrics.height())
        bar = QRectF(side, (row.height() - _BAR_PX) / 2, max(8.0, self.width() - 2 * side), _BAR_PX)
        painter.setPen(self._theme.color("secondary"))
        painter.drawText(row.adjusted(0, 0, -(self.width() - side + _GAP_PX), 0), _RIGHT, low)
        painter.drawText(row.adjusted(self.width() - side + _GAP_PX, 0, 0, 0), _LEFT, high)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(bar, self._colored())
        painter.setPen(QPen(self._theme.color("line"), 1.0))
        painter.drawRect(bar.adjusted(-0.5, -0.5, 0.5, 0.5))
        if self._scale == "signed":
            middle = bar.center().x()
            painter.setPen(QPen(self._theme.color("secondary"), 1.0))
            painter.drawLine(round(middle), round(bar.bottom()) + 1, round(middle), round(bar.bottom()) + 4)
            zero = QRectF(middle - 20, self._tick_top(), 40, metrics.height())
            painter.drawText(zero, Qt.AlignmentFlag.AlignCenter, tick_labels([self._center])[0])
        painter.end()

    def _tick_top(self) -> int:
        height = self.fontMetrics().height()
        return (height + _BAR_PX) // 2 + 3 if self._scale == "signed" else 0

    def _describe(self) -> None:
        what = self._quantity or "value"
        low, high = self.ends()
        self.setAccessibleName(f"colour scale: {what}")
        if self._scale == "signed":
            middle = format_number(self._center) if self._center else "zero"
            text = f"{what}: blue below {middle}, gold above, from {low} to {high}"
        else:
            text = f"{what}: from {low} to {high}"
        self.setAccessibleDescription(text)
        self.setToolTip(text)

    def _colored(self) -> QImage:
        if self._image is None:
            strip = scale_strip(lut_of(self._scale, self._theme))
            cut = round((1.0 - self._part) * len(strip) / 2)
            self._image = to_qimage(strip[None, cut : len(strip) - cut])
        return self._image

    def _recolor(self) -> None:
        self._image = None
        self.updateGeometry()
        self.update()


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
