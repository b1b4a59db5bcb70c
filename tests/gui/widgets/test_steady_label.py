"""Words that change many times a second."""

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.steady_label import SteadyLabel


class Arrangements(QObject):
    """Counts how often a page is arranged."""

    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


@pytest.fixture
def page(qtbot) -> QWidget:
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.addWidget(SteadyLabel(Theme("light"), "words"))
    layout.addWidget(QWidget(), 1)
    qtbot.addWidget(page)
    page.resize(200, 300)
    page.show()
    return page


def test_words_of_as_many_lines_arrange_nothing_anew(page, qtbot):
    label = page.findChild(SteadyLabel)
    label.set_text("<b>3.5</b> times")
    qtbot.wait(20)
    arrangements = Arrangements()
    page.installEventFilter(arrangements)
    label.set_text("<b>27.25</b> times")
    qtbot.wait(20)
    assert page.findChild(QLabel, "words").text() == "<b>27.25</b> times"
    assert arrangements.count == 0


def test_more_lines_get_their_room(page, qtbot):
    label = page.findChild(SteadyLabel)
    label.set_text("one line")
    qtbot.wait(20)
    height = label.height()
    label.set_text("one line<br>and another one")
    qtbot.waitUntil(lambda: label.height() >= 2 * height - 2)
    assert page.findChild(QLabel, "words").height() == label.height()
    label.set_text("one line")
    qtbot.waitUntil(lambda: label.height() == height)
