"""Curves are drawn, follow the data, and can be read."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QLabel, QToolButton

from mlpviz.gui.theme import DARK, LIGHT, Theme
from mlpviz.gui.widgets.curve_plot import CurvePlot
from mlpviz.gui.widgets.legend import LegendEntry
from mlpviz.gui.widgets.plot_canvas import PlotCanvas


@pytest.fixture
def theme(qapp) -> Theme:
    return Theme("light")


@pytest.fixture
def plot(qtbot, theme) -> CurvePlot:
    plot = CurvePlot(theme, "Loss", "plot_loss")
    qtbot.addWidget(plot)
    plot.add_series("training", "training", "training")
    plot.add_series("validation", "validation", "validation", dash=True, smooth=False, markers=True)
    plot.resize(500, 260)
    with qtbot.waitExposed(plot):
        plot.show()
    return plot


@pytest.fixture
def filled(plot) -> CurvePlot:
    plot.set_data("training", np.arange(1, 1001), np.linspace(2.0, 0.1, 1000))
    plot.set_data("validation", np.arange(100, 1001, 100), np.linspace(1.9, 0.2, 10))
    plot.refresh()
    return plot


def part(plot: CurvePlot, kind: type, name: str):
    return plot.findChild(kind, f"plot_loss_{name}")


def area(plot: CurvePlot) -> PlotCanvas:
    return part(plot, PlotCanvas, "plot")


def seen(plot: CurvePlot, color: str) -> int:
    """The number of pixels of a colour in the plotting area."""
    picture = area(plot).grab().toImage()
    return sum(
        picture.pixelColor(x, y).name().upper() == color
        for x in range(picture.width())
        for y in range(picture.height())
    )


def points_drawn(plot: CurvePlot) -> int:
    lines = [line for series in plot._series.values() for line in (series.line, series.average)]
    return sum(len(line[0]) for line in lines if line is not None)


def view_range(plot: CurvePlot) -> tuple[tuple[float, float], tuple[float, float]]:
    return area(plot).ranges


def test_lines_appear_in_their_colours(plot, filled):
    assert seen(plot, LIGHT.training) > 100
    assert seen(plot, LIGHT.validation) > 50


def test_nothing_is_drawn_before_refresh(plot):
    plot.set_data("training", np.arange(10), np.ones(10))
    assert seen(plot, LIGHT.training) == 0
    plot.refresh()
    assert seen(plot, LIGHT.training) > 50


def test_a_hidden_plot_is_drawn_when_it_is_shown(plot, qtbot):
    plot.hide()
    plot.set_data("training", np.arange(10), np.ones(10))
    plot.refresh()
    plot.show()
    assert seen(plot, LIGHT.training) > 50


def test_a_change_of_theme_restyles_at_once(plot, filled, theme):
    theme.set_mode("dark")
    assert seen(plot, DARK.training) > 100
    assert seen(plot, DARK.card) > seen(plot, LIGHT.card)


def test_the_axes_follow_the_data(plot, filled):
    (low, high), (bottom, top) = view_range(plot)
    assert (low, high) == (0, 1000)
    assert bottom < 0.1
    assert top > 2.0
    plot.set_data("training", np.arange(1, 2001), np.linspace(2.0, 0.1, 2000))
    plot.refresh()
    assert view_range(plot)[0] == (0, 2000)
    plot.set_end_x(5000)
    plot.refresh()
    assert view_range(plot)[0] == (0, 5000)


def test_following_stops_on_zoom_until_fit(plot, filled, qtbot, zoom):
    fit = part(plot, QToolButton, "fit")
    assert plot.following
    assert not fit.isVisible()
    with qtbot.waitSignal(plot.range_changed):
        zoom(area(plot))
    assert not plot.following
    assert fit.isVisible()
    zoomed = view_range(plot)
    plot.set_data("training", np.arange(1, 3001), np.linspace(9.0, 0.1, 3000))
    plot.refresh()
    assert view_range(plot) == zoomed
    qtbot.mouseClick(fit, Qt.MouseButton.LeftButton)
    assert plot.following
    assert not fit.isVisible()
    assert view_range(plot)[0] == (0, 3000)


def test_on_an_axis_the_wheel_zooms_only_that_one(plot, filled, zoom):
    x, y = view_range(plot)
    zoom(area(plot), QPointF(5, area(plot).height() / 2))
    assert view_range(plot)[0] == x
    assert np.ptp(view_range(plot)[1]) < np.ptp(y)
    plot.fit()
    zoom(area(plot), QPointF(area(plot).width() / 2, area(plot).height() - 5))
    assert np.ptp(view_range(plot)[0]) < np.ptp(x)
    assert view_range(plot)[1] == y


def test_dragging_moves_what_was_taken_with_the_pointer(plot, filled, qtbot):
    canvas = area(plot)
    start = canvas.place_of(500.0, 1.0)
    end = start + QPointF(60, 20)
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start.toPoint())
    qtbot.mouseMove(canvas, end.toPoint())
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=end.toPoint())
    assert not plot.following
    assert (canvas.place_of(500.0, 1.0) - end).manhattanLength() < 3


def test_a_hand_that_trembles_while_it_clicks_does_not_drag(plot, filled, qtbot):
    canvas, before = area(plot), view_range(plot)
    place = canvas.rect().center()
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseMove(canvas, place + QPoint(2, 1))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=place + QPoint(2, 1))
    assert plot.following
    assert view_range(plot) == before


@pytest.mark.parametrize("how", ["double click", "key"])
def test_other_ways_to_fit(plot, filled, qtbot, how, zoom):
    zoom(area(plot))
    if how == "key":
        qtbot.keyClick(area(plot), Qt.Key.Key_F)
    else:
        place = area(plot).rect().center()
        qtbot.mouseDClick(area(plot), Qt.MouseButton.LeftButton, pos=place)
    assert plot.following


@pytest.mark.parametrize(
    "values",
    [np.zeros(50), np.r_[0.0, np.ones(49)], np.full(50, 0.1), np.full(50, np.nan), np.r_[1.0, [np.inf] * 49]],
)
def test_a_logarithmic_axis_copes_with_anything(plot, values):
    plot.set_log(True)
    plot.set_data("training", np.arange(len(values)), values)
    plot.refresh()
    area(plot).grab()
    assert np.isfinite(view_range(plot)).all()


def test_a_logarithmic_axis_shows_powers_of_ten(plot):
    plot.set_log(True)
    assert part(plot, QToolButton, "menu").text() == "log ▾"
    plot.set_data("training", np.arange(100), np.logspace(0, -3, 100))
    plot.refresh()
    _, (bottom, top) = view_range(plot)
    assert bottom == pytest.approx(-3.18)
    assert top == pytest.approx(0.18)
    assert [label for _, label in area(plot).left.ticks(200)] == ["0.001", "0.01", "0.1", "1"]


def test_accuracy_is_in_percent_and_never_logarithmic(qtbot, theme):
    plot = CurvePlot(theme, "Accuracy", "plot_accuracy", log=True, percent=True)
    qtbot.addWidget(plot)
    plot.set_log(True)
    assert not plot.log
    plot.findChild(PlotCanvas).set_ranges((0.0, 1.0), (0.4, 1.03))
    ticks = plot.findChild(PlotCanvas).left.ticks(160)
    assert [label[-1] for _, label in ticks] == ["%"] * len(ticks)
    assert max(place for place, _ in ticks) == 1.0


def test_smoothing_draws_the_mean_over_the_pale_curve(plot, theme):
    noise = np.random.default_rng(0).normal(size=500)
    plot.set_data("training", np.arange(500), noise)
    plot.set_smoothing("off")
    plot.refresh()
    rough = seen(plot, LIGHT.training)
    plot.set_smoothing("strong")
    assert plot.smoothing == "strong"
    assert seen(plot, LIGHT.training) < rough / 2
    with pytest.raises(ValueError, match="off, light, strong"):
        plot.set_smoothing("heavy")


def test_the_legend_hides_and_shows_a_line(plot, filled, qtbot):
    entry = part(plot, LegendEntry, "legend_training")
    assert entry.focusPolicy() & Qt.FocusPolicy.TabFocus
    qtbot.mouseClick(entry, Qt.MouseButton.LeftButton)
    assert seen(plot, LIGHT.training) == 0
    qtbot.keyClick(entry, Qt.Key.Key_Space)
    assert seen(plot, LIGHT.training) > 100


def test_a_line_breaks_where_values_are_not_finite(plot):
    y = np.ones(100)
    y[40:60] = np.nan
    plot.set_data("training", np.arange(100), y)
    plot.refresh()
    picture = area(plot).grab().toImage()

    def row_has_ink(step: float) -> bool:
        x = round(area(plot).place_of(step, 1.0).x())
        return any(picture.pixelColor(x, y).name().upper() == LIGHT.training for y in range(picture.height()))

    assert row_has_ink(20)
    assert not row_has_ink(50)
    assert row_has_ink(80)


def test_a_number_at_the_very_top_of_the_axis_is_not_cut(plot):
    canvas = area(plot)
    canvas.set_ranges((0.0, 10.0), (0.0, 10.0))
    canvas.zoomed.emit()
    picture = canvas.grab().toImage()
    rows = [
        [QColor(picture.pixel(x, y)).name().upper() for x in range(int(canvas.inside.left()))]
        for y in range(int(canvas.inside.top()) + 1)
    ]
    assert set(rows[0]) == {LIGHT.card}
    assert set(rows[-1]) != {LIGHT.card}  # the 10, which is among ticks however many there are


def test_a_value_alone_between_gaps_can_be_seen(plot):
    values = np.full(500, np.nan)
    values[[100, 300]] = 1.0, 2.0
    plot.set_data("training", np.arange(500), values)
    plot.set_smoothing("off")
    plot.refresh()
    canvas = area(plot)
    picture = canvas.grab().toImage()
    for x, y in ((100.0, 1.0), (300.0, 2.0)):
        place = canvas.place_of(x, y).toPoint()
        around = [QColor(picture.pixel(place + QPoint(i, j))) for i in range(-3, 4) for j in range(-3, 4)]
        assert sum(color.blue() > color.red() + 40 for color in around) >= 4


def test_a_single_point_can_be_seen(plot):
    plot.set_data("training", [5], [1.0])
    plot.refresh()
    assert seen(plot, LIGHT.training) > 5


def test_dots_at_the_ends_are_whole(plot):
    plot.set_data("validation", [100, 200], [1.0, 2.0])
    plot.refresh()
    canvas = area(plot)
    picture = canvas.grab().toImage()

    def is_dot(x: float, y: float) -> bool:
        return QColor(picture.pixel(round(x), round(y))).name().upper() == LIGHT.validation

    for end in (canvas.place_of(100.0, 1.0), canvas.place_of(200.0, 2.0)):
        assert is_dot(end.x() - 2, end.y())
        assert is_dot(end.x() + 1, end.y())


def test_the_readout_tells_all_values_under_the_pointer(plot, filled):
    readout = part(plot, QLabel, "readout")
    assert not readout.isVisible()
    area(plot).pointed.emit(area(plot).place_of(500.2, 1.0))
    assert readout.isVisible()
    for words in ("step 500", "training", "1.051", "validation", "1.144", "mean"):
        assert words in readout.text()
    QApplication.sendEvent(area(plot), QEvent(QEvent.Type.Leave))
    assert not readout.isVisible()


def test_in_a_narrow_plot_the_readout_says_less_rather_than_lose_its_edge(plot, filled, qtbot):
    plot.resize(240, 260)
    readout = part(plot, QLabel, "readout")
    for step in (300.0, 700.0):
        area(plot).pointed.emit(area(plot).place_of(step, 1.0))
        assert area(plot).rect().contains(readout.geometry())
        assert "training" in readout.text()
        assert "mean" not in readout.text()


def test_the_readout_is_reached_by_keyboard(plot, filled, qtbot):
    readout = part(plot, QLabel, "readout")
    qtbot.keyClick(area(plot), Qt.Key.Key_Left)
    assert "step 1\u202f000" in readout.text()
    qtbot.keyClick(area(plot), Qt.Key.Key_Left)
    assert "step 995" in readout.text()
    qtbot.keyClick(area(plot), Qt.Key.Key_Escape)
    assert not readout.isVisible()


def test_marks_stand_where_something_changed(plot, filled):
    before = seen(plot, LIGHT.secondary)
    plot.set_marks([(300, "learning rate 0.1"), (600, "momentum 0.9")])
    assert seen(plot, LIGHT.secondary) > before
    plot.set_marks([])
    assert seen(plot, LIGHT.secondary) == before


def test_on_a_sharp_screen_lines_of_axes_and_marks_are_as_fine_as_it_can_show(plot, filled):
    plot.set_marks([(300, "learning rate 0.1")])
    canvas = area(plot)
    picture = QImage(canvas.size() * 2, QImage.Format.Format_RGB32)
    picture.setDevicePixelRatio(2.0)
    canvas.render(picture)

    def thickest(color: str, places: list[tuple[int, int]]) -> int:
        inked = "".join(
            "#" if QColor(picture.pixel(*place)).name().upper() == color else " " for place in places
        )
        return max(map(len, inked.split()), default=0)

    right, middle = round(2 * canvas.inside.right()) - 20, round(2 * canvas.inside.center().y())
    mark = round(2 * canvas.place_of(300.0, 0.0).x())
    assert thickest(LIGHT.line, [(right, y) for y in range(picture.height())]) == 1
    across_the_mark = [[(x, y) for x in range(mark - 5, mark + 5)] for y in range(middle - 5, middle + 5)]
    assert max(thickest(LIGHT.secondary, places) for places in across_the_mark) == 1  # it is dotted


def test_series_come_and_go(plot, filled):
    with pytest.raises(ValueError, match="already has a series 'training'"):
        plot.add_series("training", "again", 0)
    plot.remove_series("training")
    assert plot.series_keys() == ("validation",)
    assert seen(plot, LIGHT.training) == 0
    plot.clear_series()
    assert plot.series_keys() == ()
    plot.refresh()
    plot.add_series("layer_2", "layer 2", 1, dash=True)
    plot.set_data("layer_2", [0, 1], [0.0, 1.0])
    plot.refresh()
    assert seen(plot, LIGHT.series[1]) > 50


def test_clearing_starts_anew(plot, filled, zoom):
    zoom(area(plot))
    plot.set_marks([(300, "x")])
    plot.clear_data()
    assert plot.following
    assert seen(plot, LIGHT.training) == 0


def test_a_wider_plot_is_drawn_with_more_points(plot):
    plot.set_data("training", np.arange(100_000), np.random.default_rng(0).normal(size=100_000))
    plot.refresh()
    before = points_drawn(plot)
    plot.resize(1500, 260)
    assert points_drawn(plot) > before


# Several runs in one plot


@pytest.fixture
def runs(qtbot, theme) -> CurvePlot:
    """A run with noise, drawn as its mean only, and the dots of its validation."""
    plot = CurvePlot(theme, "Loss", "plot_loss")
    qtbot.addWidget(plot)
    plot.add_series("run", "run", 0, dash=True, pale=False)
    plot.add_series(
        "dots", "run, validation", 0, smooth=False, markers=True, with_entry_of="run", joined=False
    )
    plot.resize(500, 260)
    with qtbot.waitExposed(plot):
        plot.show()
    noise = np.where(np.arange(1000) % 2, 0.1, 1.9)
    noise[0] = 1.0  # the mean begins there
    plot.set_data("run", np.arange(1, 1001), noise)
    plot.set_data("dots", [500, 1000], [1.0, 1.1])
    plot.refresh()
    return plot


def test_a_line_without_an_entry_of_its_own_goes_with_that_of_another(runs):
    entries = runs.findChildren(LegendEntry)
    assert [entry.text() for entry in entries] == ["run"]
    entries[0].click()
    assert not any(series.visible for series in runs._series.values())
    entries[0].click()
    assert all(series.visible for series in runs._series.values())
    runs.clear_series()
    assert runs.series_keys() == ()


def test_a_mean_without_its_values_sets_the_range(runs):
    _, (low, high) = runs._plot.ranges
    assert high < 1.9
    runs.set_smoothing("off")
    runs.refresh()
    _, (low, high) = runs._plot.ranges
    assert low <= 0.1 < 1.9 <= high


def test_dots_can_stand_alone(runs):
    series = runs._series["dots"]
    assert len(series.dots[0]) == 2
    assert series.line is None


def test_a_longer_reach_is_a_longer_mean(theme, runs):
    runs.add_series("slow", "slow", 1, reach=10)
    runs.add_series("single", "single", 2, reach=0.01)
    assert runs._series["run"].weight(0.9) == pytest.approx(0.9)
    assert runs._series["slow"].weight(0.9) == pytest.approx(0.99)
    assert runs._series["single"].weight(0.9) == 0
    assert runs._series["dots"].weight(0.9) == 0


def test_the_axis_can_be_another_one(runs):
    runs.set_x_label("seconds", whole=False)
    assert runs._series["run"].data.x.size == 0
    runs.set_data("run", np.linspace(0.001, 0.01, 10), np.ones(10))
    runs.refresh()
    runs._plot.set_ranges((0.0, 0.01), (0.0, 1.0))
    ticks = runs._plot.bottom.ticks(400)
    assert len(ticks) > 2
    assert "over seconds" in runs.accessibleDescription()


# ---------------------------------------------------------------------- room for the legend


def test_the_legend_has_rows_of_its_own_where_the_title_would_be_cut(make_plot):
    plot = make_plot(4)
    plot.resize(900, 300)
    QApplication.processEvents()
    assert not plot.middle_is_below
    plot.resize(300, 300)
    QApplication.processEvents()
    assert plot.middle_is_below
    assert plot._title.width() >= plot._title.sizeHint().width(), "the title is whole"
    assert plot._legend.isVisible()
    plot.resize(900, 300)
    QApplication.processEvents()
    assert not plot.middle_is_below


def test_words_beside_the_title_drive_the_legend_out_rather_than_cut_both(make_plot):
    plot = make_plot(1)
    plot.resize(400, 300)
    while not plot.middle_is_below:
        plot.resize(plot.width() - 5, 300)
    plot.resize(plot.width() + 5, 300)
    assert not plot.middle_is_below
    plot.set_subtitle("● validation")
    assert plot.middle_is_below
    plot.set_subtitle("")
    assert not plot.middle_is_below


def test_a_legend_that_would_leave_no_room_to_the_curves_is_left_out(make_plot):
    plot = make_plot(8)
    plot.resize(260, 160)
    QApplication.processEvents()
    assert not plot._legend.isVisible()
    plot.resize(900, 300)
    QApplication.processEvents()
    assert plot._legend.isVisible()


@pytest.fixture
def make_plot(qtbot, theme):
    """A plot with so many lines, on the screen."""

    def make(n):
        plot = CurvePlot(theme, "Gradient norm", "plot_test")
        for k in range(n):
            plot.add_series(str(k), f"layer {k + 1}", k)
        qtbot.addWidget(plot)
        with qtbot.waitExposed(plot):
            plot.show()
        return plot

    return make


# ---------------------------------------------------------------------- what is drawn of a line


def test_without_a_mean_a_line_is_wide_however_long_unless_it_is_noisy(plot):
    def thickest() -> int:
        """The most pixels of the line above each other, of a slope that passes through one only."""
        picture, inside = area(plot).grab().toImage(), area(plot).inside.toRect()
        column = [
            QColor(picture.pixel(inside.center().x(), y)) for y in range(inside.top(), inside.bottom() - 1)
        ]
        return sum(color.blue() > color.red() + 40 for color in column)

    plot.set_smoothing("off")
    plot.set_data("training", np.arange(5000), np.linspace(2.0, 1.0, 5000))
    plot.refresh()
    assert thickest() >= 2
    noise = np.random.default_rng(0).random(5000)
    noise[2000:3000] = 0.5
    plot.set_data("training", np.arange(5000), noise)
    plot.refresh()
    assert thickest() == 1


def test_a_line_two_pixels_wide_is_as_dark_on_the_screen_as_one_stroke(plot):
    plot.set_smoothing("off")
    plot.set_data("training", np.arange(200), np.sin(np.arange(200) / 20.0))
    plot.refresh()
    canvas, ground = area(plot), QColor(LIGHT.card)
    series = plot._series["training"]

    def ink(paint) -> float:
        image = QImage(canvas.size(), QImage.Format.Format_RGB32)
        image.fill(ground)
        painter = QPainter(image)
        paint(painter)
        painter.end()
        gray = image.convertToFormat(QImage.Format.Format_Grayscale8)
        pixels = np.frombuffer(gray.constBits(), np.uint8).reshape(gray.height(), -1)[:, : gray.width()]
        return float((pixels.max() - pixels.astype(float)).sum())

    def as_one_line(painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(series._line_pen)
        for piece in canvas.polylines(*series.line):
            painter.drawPolyline(piece)

    thin = ink(lambda painter: series.paint_behind(painter, canvas))
    whole = ink(as_one_line)
    assert thin == pytest.approx(whole, rel=0.15)
