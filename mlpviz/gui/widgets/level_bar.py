"""The legend of a loss landscape: its colours, and the losses that some of them stand for."""

from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlpviz.figures.colors import loss_scale, scale_strip
from mlpviz.figures.cost_picture import HALVINGS, Levels
from mlpviz.figures.numbers import format_number
from mlpviz.gui.theme import SMALLEST_TEXT_PX, Theme, text_font
from mlpviz.gui.widgets.qimages import to_qimage

_BAR_PX = 9
_TICKS = (0.0, 1 / 3, 2 / 3, 1.0)


class LevelBar(QWidget):
    """One line of colours from the lowest loss in view to the highest, and four losses below it."""

    def __init__(self, theme: Theme, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName("colour scale: loss")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFont(text_font(SMALLEST_TEXT_PX))
        self._theme = theme
        self._levels = Levels(0.0, 1.0)
        theme.changed.connect(self.update)

    def set_levels(self, levels: Levels) -> None:
        """Show what the colours stand for."""
        if levels != self._levels:
            self._levels = levels
            text = (
                f"Loss from {format_number(levels.floor)}, the lowest in view, to "
                f"{format_number(levels.top)}. From line to line the loss comes half as close to the lowest."
            )
            self.setAccessibleDescription(text)
            self.setToolTip(text)
            self.update()

    def words(self) -> list[str]:
        """The losses below the bar, each once."""
        return list(self._ticks())

    def _ticks(self) -> dict[str, float]:
        """Losses in words, and where they stand; of equal ones the first alone."""
        ticks: dict[str, float] = {}
        for tick in _TICKS:
            ticks.setdefault(format_number(self._levels.loss_at(tick)), tick)
        return ticks

    def sizeHint(self) -> QSize:
        return QSize(220, _BAR_PX + 5 + self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(150, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        bar = QRectF(0.5, 0.5, self.width() - 1, _BAR_PX)
        strip = scale_strip(loss_scale(self._theme.dark))[None]
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(bar, to_qimage(strip))
        line = self._theme.color("text")
        line.setAlphaF(0.35)
        painter.setPen(QPen(line, 1.0))
        for k in range(1, HALVINGS):
            x = bar.left() + bar.width() * k / HALVINGS
            painter.drawLine(QPointF(x, bar.top()), QPointF(x, bar.bottom()))
        painter.setPen(QPen(self._theme.color("line"), 1.0))
        painter.drawRect(bar)
        painter.setPen(self._theme.color("secondary"))
        top, height = bar.bottom() + 3, self.fontMetrics().height()
        for x, width, word in self._placed_words():
            painter.drawText(QRectF(x, top, width, height), Qt.AlignmentFlag.AlignCenter, word)
        painter.end()

    def _placed_words(self) -> list[tuple[float, float, str]]:
        """Left end and width of each loss below the bar; where not all have room, of the first and last."""
        placed = []
        for word, tick in self._ticks().items():
            width = float(self.fontMetrics().horizontalAdvance(word) + 4)
            placed.append((min(max(tick * self.width() - width / 2, 0.0), self.width() - width), width, word))
        fit = all(x + width <= after[0] for (x, width, _), after in pairwise(placed))
        return placed if fit else [placed[0], placed[-1]]
