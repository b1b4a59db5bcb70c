"""What a plot says about a place in it, in a small box over the plot."""

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QLabel, QWidget

from mlpviz.figures.numbers import format_number, format_percent
from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.plot_series import PlotSeries


class Readout(QLabel):
    """The box; the pointer passes through it.

    Parameters
    ----------
    theme : Theme
    object_name : str
    parent : QWidget
        The plot it lies over.
    """

    def __init__(self, theme: Theme, object_name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._theme = theme
        theme.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def show_in(self, area: QRect, x_px: float) -> None:
        """Stand at the top of an area, on the side where the place that it tells about is not."""
        left = area.left() if x_px >= area.center().x() else area.right() - self.width()
        self.move(max(0, min(left, area.right() - self.width())), area.top())
        self.show()

    def _restyle(self) -> None:
        colors = self._theme.palette
        self.setStyleSheet(
            f"background: {colors.card}; color: {colors.text}; border: 1px solid {colors.field_line};"
            "border-radius: 6px; padding: 3px 6px;"
        )


class ValuesReadout(Readout):
    """A table with a row for each line: its value, its moving average, and the step of its nearest point.

    Where there is no room for all of that, the values alone.

    Parameters
    ----------
    theme : Theme
    object_name : str
    percent : bool
        The values are parts of one.
    parent : QWidget
    """

    def __init__(self, theme: Theme, object_name: str, percent: bool, parent: QWidget) -> None:
        super().__init__(theme, object_name, parent)
        self.setTextFormat(Qt.TextFormat.RichText)
        self._percent = percent

    def tell(
        self, x_label: str, x: float, lines: Sequence[PlotSeries], smoothing: float, room_px: int
    ) -> None:
        """Write the values at `x`, and in so much room what else there is to say.

        `smoothing` is the weight of the moving average, 0 for none.
        """
        for with_notes in (True, False):
            head = f"<tr><td colspan='4'>{escape(x_label)} {_place(x)}</td></tr>"
            rows = "".join(self._row(line, x, smoothing, with_notes) for line in lines)
            self.setText(f"<table cellspacing='2'>{head}{rows}</table>")
            self.adjustSize()
            if self.width() <= room_px:
                break

    def _row(self, line: PlotSeries, x: float, smoothing: float, with_notes: bool) -> str:
        index = line.data.nearest(x)
        if index is None:
            return ""
        notes = []
        if with_notes and (weight := line.weight(smoothing)):
            notes.append(f"mean {self._number(line.data.smoothed_at(index, weight))}")
        if with_notes and line.data.x[index] != x:
            notes.append(f"at {_place(float(line.data.x[index]))}")
        color, quiet = self._theme.color(line.color).name(), self._theme.palette.secondary
        return (
            f"<tr><td><span style='color:{color}'>━</span></td><td>{escape(line.name)}&nbsp;</td>"
            f"<td align='right'><b>{self._number(float(line.data.y[index]))}</b>&nbsp;</td>"
            f"<td><span style='color:{quiet}'>{', '.join(notes)}</span></td></tr>"
        )

    def _number(self, value: float) -> str:
        return format_percent(value) if self._percent else format_number(value, 4)


def _place(x: float) -> str:
    return format_number(int(x) if x.is_integer() else x)
