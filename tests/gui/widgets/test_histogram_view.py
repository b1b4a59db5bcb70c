"""A histogram about zero: every number counted once, the limits in words."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QWidget

from mlpviz.gui.theme import DARK, LIGHT, Theme
from mlpviz.gui.widgets.histogram_view import HistogramView

WIDTH, HEIGHT = 308, 220


class Watcher(QObject):
    """Counts how often a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.paints = 0
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.paints += event.type() == QEvent.Type.Paint
        return False


@pytest.fixture
def theme(qapp) -> Theme:
    return Theme("light")


@pytest.fixture
def view(qtbot, theme) -> HistogramView:
    view = HistogramView(theme, "histogram_test", "Histogram of the weights")
    qtbot.addWidget(view)
    view.resize(WIDTH, HEIGHT)
    with qtbot.waitExposed(view):
        view.show()
    return view


def bar_heights(view: HistogramView, accent: str) -> list[int]:
    """Pixels of the bars' colour in each of 61 columns."""
    image: QImage = view.grab().toImage()
    color = QColor(accent)
    pitch = (WIDTH - 8) / 61
    columns = [int(4 + (i + 0.4) * pitch) for i in range(61)]
    return [sum(image.pixelColor(x, y) == color for y in range(HEIGHT)) for x in columns]


def test_bars_are_as_tall_as_their_counts(view):
    values = np.concatenate([np.full(100, -1.0), np.full(50, 0.0), np.full(25, 1.0)])
    view.set_values(values)
    heights = bar_heights(view, LIGHT.accent)
    assert heights[0] > 100
    assert heights[30] == pytest.approx(heights[0] / 2, abs=2)
    assert heights[60] == pytest.approx(heights[0] / 4, abs=2)
    assert [i for i, height in enumerate(heights) if height > 2] == [0, 30, 60]


def test_zero_is_in_the_middle_though_the_numbers_lean_to_one_side(view):
    view.set_values(np.array([0.0, 0.0, 0.0, 4.0]))
    heights = bar_heights(view, LIGHT.accent)
    assert np.argmax(heights) == 30
    assert heights[60] > 0
    assert heights[0] == 0


def test_it_tells_the_numbers_to_screen_readers_and_in_the_tool_tip(view):
    view.set_values(np.array([[-1.0, 0.5], [0.25, 2.0]]))
    rms = np.sqrt(np.mean([1.0, 0.25, 0.0625, 4.0]))
    words = f"4 numbers from −1.00 to 2.00, root mean square {rms:.2f}"
    assert view.accessibleDescription() == view.toolTip() == words
    assert view.accessibleName() == "Histogram of the weights"


def test_the_words_at_its_foot_change_with_the_limit(view):
    def foot() -> QImage:
        return view.grab(view.rect().adjusted(0, HEIGHT - 20, 0, 0)).toImage()

    view.set_values(np.array([-1.0, 1.0]))
    one = foot()
    view.set_values(np.array([-7.5, 7.5]))
    assert foot() != one


def test_the_theme_changes_its_colour(view, theme):
    view.set_values(np.linspace(-1, 1, 500))
    assert max(bar_heights(view, LIGHT.accent)) > 50
    QApplication.processEvents()
    watcher = Watcher(view)
    theme.set_mode("dark")
    QApplication.processEvents()
    assert watcher.paints == 1
    assert max(bar_heights(view, DARK.accent)) > 50
    assert max(bar_heights(view, LIGHT.accent)) == 0


@pytest.mark.parametrize("values", [np.zeros(10), np.array([np.nan, 1.0, np.inf]), np.full(5, np.nan)])
def test_odd_numbers_are_survived(view, values):
    """A layer of zeros, and one that diverges."""
    view.set_values(values)
    view.grab()
    assert view.accessibleDescription().startswith(f"{values.size} numbers")


def test_it_shows_nothing_before_it_was_given_anything(view):
    assert max(bar_heights(view, LIGHT.accent)) == 0
