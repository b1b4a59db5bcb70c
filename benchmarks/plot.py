"""The picture of how the cost of training grows: a panel for each sweep, on logarithmic axes."""

import math
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from benchmarks.scaling import SIDES, SWEEPS, Sweep
from mlpviz.figures.ticks import axis_range, log_ticks, tick_labels
from mlpviz.files.atomic import write_file
from mlpviz.gui.figures.frame import FAMILY, load_fonts
from mlpviz.gui.figures.headless import headless_application
from mlpviz.gui.figures.painting import to_image, to_png, to_svg
from mlpviz.gui.theme import LIGHT, own_font, text_font

SIZE = (1120, 740)
COLUMNS = 2
FOOT_PX = 28
LEFT_PX, RIGHT_PX, TOP_PX, BOTTOM_PX = 62, 158, 58, 44
LINE_PX, LABEL_PX = 12, 16
SCALE = 1.5
FOOT = (
    "Beside each line: its slope over the shaded range; 1 is cost in proportion. Both axes are logarithmic."
)
TITLE = "What training costs: mlpviz, PyTorch and the bare matrix products"

PENS = {
    "mlpviz": QPen(QColor(LIGHT.accent), 2.5),
    "PyTorch": QPen(QColor(LIGHT.validation_text), 1.5),
    "matrix products": QPen(QColor(LIGHT.secondary), 1.5, Qt.PenStyle.DashLine),
}


class Axis:
    """A logarithmic axis between two places of a panel."""

    def __init__(self, values: list[float], start_px: float, end_px: float) -> None:
        low, high = axis_range(min(values), max(values), log=True)
        self._low, self._per_decade = low, (end_px - start_px) / (high - low)
        self._start = start_px
        self.ticks = log_ticks(10**low, 10**high, most=6)
        self.labels = tick_labels(self.ticks)

    def at(self, value: float) -> float:
        """Where a value stands."""
        return self._start + (math.log10(value) - self._low) * self._per_decade


class GrowthPicture(QWidget):
    """A panel for each sweep whose numbers are among the results."""

    def __init__(self, results: Mapping[str, float]) -> None:
        super().__init__()
        self._results = results
        self.resize(*SIZE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(LIGHT.card))
        width = self.width() / COLUMNS
        height = (self.height() - FOOT_PX) / math.ceil(len(SWEEPS) / COLUMNS)
        for i, sweep in enumerate(SWEEPS):
            row, column = divmod(i, COLUMNS)
            self._paint_panel(painter, sweep, QRectF(column * width, row * height, width, height))
        _write(painter, LEFT_PX, self.height() - FOOT_PX, FOOT, LIGHT.secondary)
        painter.end()

    def _paint_panel(self, painter: QPainter, sweep: Sweep, panel: QRectF) -> None:
        lines = {side: times for side in SIDES if (times := sweep.times(self._results, side))}
        plot = panel.adjusted(LEFT_PX, TOP_PX, -RIGHT_PX, -BOTTOM_PX)
        x = Axis(list(sweep.cases), plot.left(), plot.right())
        y = Axis([t for times in lines.values() for t in times.values()], plot.bottom(), plot.top())
        self._paint_frame(painter, sweep, plot, x, y)
        for side, times in lines.items():
            painter.setPen(PENS[side])
            points = [QPointF(x.at(size), y.at(time)) for size, time in times.items()]
            painter.drawPolyline(points)
            if side == "mlpviz":
                painter.setBrush(PENS[side].color())
                for point in points:
                    painter.drawEllipse(point, 2.0, 2.0)
                painter.setBrush(Qt.BrushStyle.NoBrush)
        ends = {side: y.at(times[max(times)]) for side, times in lines.items()}
        self._name_lines(painter, sweep, plot.right() + 4, ends)

    def _paint_frame(self, painter: QPainter, sweep: Sweep, plot: QRectF, x: Axis, y: Axis) -> None:
        """Titles, the range of the slope, and the axes."""
        first, last = x.at(sweep.linear_from), x.at(max(sweep.cases))
        painter.fillRect(QRectF(first, plot.top(), last - first, plot.height()), QColor(LIGHT.accent_soft))
        _write(painter, plot.left(), plot.top() - 30, sweep.title.capitalize(), LIGHT.text, bold=True)
        _write(painter, plot.left(), plot.top() - 13, f"{sweep.unit}; {sweep.fixed}", LIGHT.secondary)
        for value, label in zip(y.ticks, y.labels, strict=True):
            painter.setPen(QColor(LIGHT.line))
            painter.drawLine(QPointF(plot.left(), y.at(value)), QPointF(plot.right(), y.at(value)))
            _write(painter, plot.left() - 8, y.at(value), label, LIGHT.secondary, Qt.AlignmentFlag.AlignRight)
        painter.setPen(QColor(LIGHT.field_line))
        painter.drawLine(plot.bottomLeft(), plot.bottomRight())
        below, centre = plot.bottom() + 14, Qt.AlignmentFlag.AlignHCenter
        for size, label in zip(sweep.cases, tick_labels(list(sweep.cases)), strict=True):
            _write(painter, x.at(size), below, label, LIGHT.secondary, centre)

    def _name_lines(self, painter: QPainter, sweep: Sweep, x: float, ends: dict[str, float]) -> None:
        """Each line's name and slope beside its end, from the highest down, none upon another."""
        lowest = -math.inf
        for side, end in sorted(ends.items(), key=lambda each: each[1]):
            lowest = max(end, lowest + LABEL_PX)
            slope = self._results[sweep.slope_key(side)]
            color = PENS[side].color().name()
            _write(painter, x, lowest, f"{side}  {slope:.2f}", color, bold=side == "mlpviz")


def _write(
    painter: QPainter,
    x: float,
    y: float,
    text: str,
    color: str,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    bold: bool = False,
) -> None:
    """Words on one line whose middle is at a height, from a place to the right, to the left or about it."""
    painter.setFont(text_font(LINE_PX, bold))
    painter.setPen(QColor(color))
    far = 1000.0
    shift = {Qt.AlignmentFlag.AlignLeft: 0.0, Qt.AlignmentFlag.AlignRight: far}.get(align, far / 2)
    painter.drawText(
        QRectF(x - shift, y - LINE_PX, far, 2 * LINE_PX), align | Qt.AlignmentFlag.AlignVCenter, text
    )


def write_plot(results: Mapping[str, float], out: Path) -> None:
    """Write the picture of the results of `scaling` as PNG or, where the name ends so, as SVG."""
    with headless_application(), own_font(FAMILY):
        load_fonts()
        picture = GrowthPicture(results)
        if out.suffix == ".svg":
            write_file(out, to_svg(picture, TITLE, "", ""))
        else:
            write_file(out, to_png(to_image(picture, SCALE)))
        picture.deleteLater()
