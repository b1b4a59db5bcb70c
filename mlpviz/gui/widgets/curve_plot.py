"""Curves over the steps of a run: legend, logarithmic axis, smoothing, zoom, values under the pointer."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QMenu, QToolButton, QWidget

from mlpviz.figures.ticks import axis_range
from mlpviz.gui.theme import Theme, set_role
from mlpviz.gui.widgets.card import MARGIN_PX, Card
from mlpviz.gui.widgets.legend import Legend, LegendEntry
from mlpviz.gui.widgets.plot_canvas import LEFT_PX, PlotCanvas
from mlpviz.gui.widgets.plot_series import PlotSeries
from mlpviz.gui.widgets.readout import ValuesReadout

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

SMOOTHING = {"off": 0.0, "light": 0.9, "strong": 0.98}
"""Names of the moving averages and the weight of the past in each: about 10 and 50 steps count."""

MENU_TIP = "Axis, smoothing and fit. In the plot: wheel zooms, drag pans, double click fits"


class CurvePlot(Card):
    """A card with curves that grow while a network trains.

    The owner hands over data whenever it likes and calls :meth:`refresh` a few times a second; nothing is
    drawn in between, nor while the plot is hidden. The picture follows the data until the user zooms or pans,
    and again after *Fit* (the button, a double click, or F).

    Parameters
    ----------
    theme : Theme
    title : str
    object_name : str
        Also the beginning of the names of its parts: ``<name>_menu``, ``<name>_fit``,
        ``<name>_legend_<key>``.
    y_label : str
        What is measured, beside the title.
    log : bool
        Start with a logarithmic axis.
    percent : bool
        The values are parts of one, shown as percentages, never logarithmically.
    x_label : str
    parent : QWidget, optional

    Attributes
    ----------
    menu : QMenu
        The plot's own menu, also on the right mouse button; owners may add actions.
    """

    legend_share = 0.32
    """How much of the card's height a legend in rows of its own may take; without that there is none."""
    range_changed = Signal()
    """Sent after the user zoomed, panned, fitted or switched the axis."""

    def __init__(
        self,
        theme: Theme,
        title: str,
        object_name: str,
        y_label: str = "",
        log: bool = False,
        percent: bool = False,
        x_label: str = "step",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, title, object_name, y_label, parent)
        self._series: dict[str, PlotSeries] = {}
        self._entries: dict[str, LegendEntry] = {}
        self._entry_of: dict[str, str] = {}
        self._percent, self._log, self._smoothing = percent, log and not percent, "light"
        self._x_label = x_label
        self._end_x: float | None = None
        self._following, self._dirty = True, True
        self._build_plot()
        self._build_header()
        self._describe()
        self.setMinimumSize(220, 140)
        theme.changed.connect(self._restyle)
        self._restyle()

    # What the owner says

    def add_series(
        self,
        key: str,
        name: str,
        color: str | int,
        dash: bool = False,
        smooth: bool = True,
        markers: bool = False,
        with_entry_of: str | None = None,
        pale: bool = True,
        joined: bool = True,
        reach: float = 1.0,
    ) -> None:
        """Add a line.

        Parameters
        ----------
        key : str
            How the owner calls it.
        name : str
            What the legend calls it.
        color : str or int
            A colour of the palette by name (``"training"``), or by the number of a layer.
        dash : bool
            Broken instead of solid; with the number of a layer its own pattern, of which that of layer 0 is
            solid.
        smooth : bool
            Whether smoothing applies to it.
        markers : bool
            Show each point as a dot while there are few.
        with_entry_of : str, optional
            The key of another line, whose entry in the legend hides this one too; by default its own.
        pale : bool
            Show the values themselves behind their moving average.
        joined : bool
            Join dots by a line while there are few.
        reach : float
            By how much longer than that of other lines its moving average is.
        """
        if key in self._series:
            raise ValueError(f"the plot {self.objectName()} already has a series {key!r}")
        series = PlotSeries(self.theme, name, color, dash, smooth, markers, pale, joined, reach)
        self._series[key] = series
        self._plot.drawn = tuple(self._series.values())
        self._dirty = True
        self._entry_of[key] = with_entry_of or key
        if with_entry_of is not None:
            series.visible = self._entries[with_entry_of].isChecked()
            return
        entry = LegendEntry(
            self.theme, name, color, series.dashes, f"{self.objectName()}_legend_{key.replace('.', '_')}"
        )
        entry.toggled.connect(self._apply_legend)
        self._entries[key] = entry
        self._legend.add(entry)
        self._place_legend()

    def remove_series(self, key: str) -> None:
        """Take a line away."""
        self._series.pop(key)
        self._plot.drawn = tuple(self._series.values())
        self._plot.update()
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._legend.remove(entry)
            self._place_legend()
        self._dirty = True

    def clear_series(self) -> None:
        """Take every line away."""
        for key in reversed(tuple(self._series)):
            self.remove_series(key)

    def series_keys(self) -> tuple[str, ...]:
        """Return the keys of the lines, in the order of the legend."""
        return tuple(self._series)

    def set_data(self, key: str, x: "ArrayLike", y: "ArrayLike") -> None:
        """Hand over the whole line, at most with new points at its end since last time.

        Parameters
        ----------
        key : str
        x : (n,) array
            Ascending.
        y : (n,) array
            Where not finite, the line breaks.
        """
        if self._series[key].data.set_data(x, y):
            self._dirty = True

    def clear_data(self) -> None:
        """Empty every line, take the marks away and follow the data again."""
        for series in self._series.values():
            series.data.clear()
        self.set_marks(())
        self._hide_readout()
        self.fit()

    def set_marks(self, marks: Sequence[tuple[float, str]]) -> None:
        """Show vertical marks with a word or two each; they replace the ones before."""
        marks = [(float(x), text) for x, text in marks]
        if marks != self._plot.marks:
            self._plot.marks = marks
            self._plot.update()

    def set_end_x(self, x: float | None) -> None:
        """Let the axis reach at least to `x`, the last step to come; None: to the data's end."""
        if x != self._end_x:
            self._end_x = x
            self._dirty = True

    def set_x_label(self, x_label: str, whole: bool = True) -> None:
        """Say what the lines go over: steps, which are `whole`, or seconds. New data are to follow."""
        if x_label == self._x_label:
            return
        self._x_label = x_label
        self._plot.corner, self._plot.bottom.whole = x_label, whole
        self._describe()
        self.clear_data()

    def set_subtitle(self, subtitle: str) -> None:
        """Change the quiet words beside the title, which leave the legend so much less room."""
        super().set_subtitle(subtitle)
        self._place_legend()

    def set_left_px(self, width: int) -> None:
        """Give the numbers at the left, and the words below them, so much room."""
        self._plot.left_px = width
        self._plot.update()

    def set_log(self, log: bool) -> None:
        """Switch the axis of values to logarithmic or back, and fit it."""
        if self._percent or log == self._log:
            return
        self._log = log
        self._log_action.setChecked(log)
        self._apply_axis()
        self.fit()

    def set_smoothing(self, name: str) -> None:
        """Choose the moving average: "off", "light" or "strong"."""
        if name not in SMOOTHING:
            raise ValueError(f"smoothing is one of {', '.join(SMOOTHING)}, not {name!r}")
        self._smoothing = name
        self._smoothing_actions[name].setChecked(True)
        self._draw_lines()
        self._dirty = True

    @property
    def log(self) -> bool:
        """Whether the axis of values is logarithmic."""
        return self._log

    @property
    def smoothing(self) -> str:
        """The moving average on show: "off", "light" or "strong"."""
        return self._smoothing

    @property
    def following(self) -> bool:
        """Whether the axes follow the data; not after the user zoomed, until *Fit*."""
        return self._following

    def refresh(self) -> None:
        """Draw what is new, if there is anything and the plot can be seen."""
        if not self._dirty or not self.isVisible():
            return
        self._dirty = False
        if self._following:
            self._fit_range()
        self._draw_lines()

    def fit(self) -> None:
        """Show everything, and follow the data from now on."""
        self._following = True
        self._fit_button.hide()
        self._dirty = True
        self.refresh()
        self.range_changed.emit()

    def view_state(self) -> dict[str, Any]:
        """The axis, the smoothing, and what was zoomed to."""
        state: dict[str, Any] = {"log": self._log, "smoothing": self._smoothing}
        if not self._following:
            state["range"] = [list(ends) for ends in self._plot.ranges]
        return state

    def set_view_state(self, state: Mapping[str, Any]) -> None:
        """Set axis, smoothing and range again; ValueError if one of them cannot be."""
        self.set_log(state.get("log") is True)
        self.set_smoothing(str(state.get("smoothing", self._smoothing)))
        wanted = state.get("range")
        if wanted is None:
            self.fit()
            return
        try:
            x, y = ((float(low), float(high)) for low, high in wanted)
            is_range = all(-math.inf < low < high < math.inf for low, high in (x, y))
        except (TypeError, ValueError, OverflowError):
            is_range = False
        if not is_range:
            raise ValueError(f"{self.objectName()}: the range must be two intervals, not {wanted!r:.60}")
        self._following = False
        self._plot.set_ranges(x, y)
        self._draw_lines()

    def numbers(self) -> "dict[str, NDArray]":
        """For each line that is shown its steps and values, as measured."""
        import numpy as np  # the window opens without

        shown = {series.name: series.data for series in self._series.values() if series.visible}
        if not shown:
            return {}
        steps = np.unique(np.concatenate([data.x for data in shown.values()]))
        found = {self._x_label: steps}
        for name, data in shown.items():
            found[f"{self.title} ({name})"] = column = np.full(len(steps), np.nan)
            column[np.searchsorted(steps, data.x)] = data.y
        return found

    # How it is built

    def _build_plot(self) -> None:
        name = self.objectName()
        self._plot = PlotCanvas(self.theme, self._percent)
        self._plot.setObjectName(f"{name}_plot")
        self._plot.setAccessibleName(f"plot of {self.title}")
        self._plot.corner = self._x_label
        if self._percent:
            self._plot.mark_height = 0.27  # accuracies rise, losses fall: where the curves are not
        self._plot.zoomed.connect(self._user_zoomed)
        self._plot.pointed.connect(self._show_readout)
        self._plot.left_alone.connect(self._hide_readout)
        self._plot.fit_wanted.connect(self.fit)
        self._plot.stepped.connect(self._step_readout)
        self._plot.menu_wanted.connect(self._show_menu)
        self._readout = ValuesReadout(self.theme, f"{name}_readout", self._percent, self._plot)
        self._nothing = QLabel("All zero: a logarithmic axis cannot show that", self._plot)
        self._nothing.setObjectName(f"{name}_nothing")
        self._nothing.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        set_role(self._nothing, "subtitle")
        self._nothing.hide()
        self._plot.resized.connect(self._resized)
        self.body.addWidget(self._plot, 1)

    def _build_header(self) -> None:
        name = self.objectName()
        self._legend = Legend()
        self.set_header_middle(self._legend)
        self._fit_button = _flat_button("Fit", f"{name}_fit", "Show everything again and follow the run (F)")
        self._fit_button.clicked.connect(self.fit)
        self._fit_button.hide()
        self.add_header_widget(self._fit_button)
        self.menu = QMenu(self)
        self.menu.setObjectName(f"{name}_menu_list")
        self._log_action = QAction("Logarithmic axis", self.menu, checkable=True, checked=self._log)
        self._log_action.setObjectName(f"{name}_log")
        self._log_action.setVisible(not self._percent)
        self._log_action.toggled.connect(self.set_log)
        self.menu.addAction(self._log_action)
        self._smoothing_actions: dict[str, QAction] = {}
        group = QActionGroup(self.menu)
        submenu = self.menu.addMenu("Smoothing")
        for choice, weight in SMOOTHING.items():
            text = choice if weight == 0.0 else f"{choice}: mean of about {1.0 / (1.0 - weight):.0f} steps"
            action = QAction(text, group, checkable=True, checked=choice == self._smoothing)
            action.setObjectName(f"{name}_smoothing_{choice}")
            action.setData(choice)
            submenu.addAction(action)
            self._smoothing_actions[choice] = action
        group.triggered.connect(self._smoothing_chosen)
        fit = self.menu.addAction("Fit")
        fit.setObjectName(f"{name}_fit_all")
        fit.triggered.connect(self.fit)
        self._menu_button = _flat_button(
            "",
            f"{name}_menu",
            MENU_TIP,
        )
        self._menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu_button.setMenu(self.menu)
        self.add_header_widget(self._menu_button)
        self._apply_axis()

    def _describe(self) -> None:
        self.setAccessibleDescription(
            f"Curves of {self.title} over {self._x_label}. In the plot, left and right read the values, "
            "F fits the axes."
        )

    def _show_menu(self, place: QPoint) -> None:
        self.menu.popup(place)

    def _resized(self) -> None:
        self._dirty = True
        self.refresh()

    def _apply_axis(self) -> None:
        self._plot.left.log = self._log
        words = "log" if self._log else ("view" if self._percent else "linear")
        self._menu_button.setText(f"{words} ▾")
        self._menu_button.setAccessibleName(f"{self.title}: {words} axis, smoothing, fit")

    def _smoothing_chosen(self, action: QAction) -> None:
        self.set_smoothing(action.data())

    def _apply_legend(self) -> None:
        for key, series in self._series.items():
            series.visible = self._entries[self._entry_of[key]].isChecked()
        self._dirty = True
        self.refresh()

    def _restyle(self) -> None:
        for series in self._series.values():
            series.restyle()
        self._plot.update()

    # What it draws

    def _fit_range(self) -> None:
        shown = [s for s in self._series.values() if s.visible and not s.is_empty]
        smoothing = SMOOTHING[self._smoothing]
        bounds = [b for s in shown if (b := s.bounds(self._log, smoothing)) is not None]
        first = min((float(s.data.x[0]) for s in shown), default=0.0)
        last = max((float(s.data.x[-1]) for s in shown), default=1.0)
        if self._end_x is not None:
            last = max(last, self._end_x)
        if 0.0 < first <= 0.05 * last:
            first = 0.0
        low = min((b[0] for b in bounds), default=0.1 if self._log else 0.0)
        high = max((b[1] for b in bounds), default=1.0)
        self._nothing.setVisible(bool(shown) and not bounds)
        self._nothing.move(LEFT_PX + 14, max(10, self._plot.height() // 2 - 20))
        y_range = axis_range(low, high, self._log, self._percent)
        self._plot.set_ranges((first, last if last > first else first + 1.0), y_range)

    def _draw_lines(self) -> None:
        low, high = self._plot.bottom.range
        bins = max(100, int(self._plot.inside.width()))
        ratio = self.theme.pixel_ratio(self)
        for series in self._series.values():
            series.choose(low, high, bins, self._log, SMOOTHING[self._smoothing], ratio)
        self._plot.update()

    def _user_zoomed(self) -> None:
        self._following = False
        self._draw_lines()
        self._fit_button.show()
        self.range_changed.emit()

    # What it says about a point

    def _show_readout(self, place: QPointF) -> None:
        if not self._plot.inside.contains(place) or not self._read_at(self._plot.x_at(place)):
            self._hide_readout()

    def _step_readout(self, direction: int) -> None:
        low, high = self._plot.bottom.range
        at = self._plot.crosshair
        if at is None:
            self._read_at(high if direction < 0 else low)
            return
        step = max(1.0 if self._plot.bottom.whole else 0.0, (high - low) / 200.0)
        self._read_at(min(max(at + direction * step, low), high))

    def _read_at(self, x: float) -> bool:
        shown = [s for s in self._series.values() if s.visible and not s.is_empty]
        if not shown:
            return False
        longest = max(shown, key=lambda s: len(s.data))
        at = float(longest.data.x[longest.data.nearest(x) or 0])
        area = self._plot.readout_area
        self._readout.tell(self._x_label, at, shown, SMOOTHING[self._smoothing], area.right())
        self._readout.show_in(area, self._plot.place_of(at, 0.0).x())
        self._set_crosshair(at)
        return True

    def _hide_readout(self) -> None:
        self._set_crosshair(None)
        self._readout.hide()

    def _set_crosshair(self, x: float | None) -> None:
        if x != self._plot.crosshair:
            self._plot.crosshair = x
            self._plot.update()

    def _place_legend(self) -> None:
        """Beside the title where there is room, else in rows of its own, if the curves have room then."""
        sizes = [entry.sizeHint() for entry in self._entries.values()]
        widths = [size.width() + self._legend.spacing_px for size in sizes]
        self.place_middle(sum(widths))
        room, rows, x = self.width() - 2 * MARGIN_PX, 1, 0
        for width in widths:
            if x and x + width > room:
                rows, x = rows + 1, 0
            x += width
        height = rows * max((size.height() for size in sizes), default=0) if self.middle_is_below else 0
        self._legend.setVisible(height <= self.legend_share * max(self.height(), self.minimumHeight()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_legend()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()


def _flat_button(text: str, object_name: str, tool_tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setObjectName(object_name)
    button.setToolTip(tool_tip)
    set_role(button, "flat")
    return button
