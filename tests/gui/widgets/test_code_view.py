"""Source lines on the screen: what is lit, how it is coloured, how high it is, and that it can be copied."""

import gc
import weakref

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QLabel, QPlainTextEdit

from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.code_view import CODE_PX, CodeView

LINES = ("def forward(self, x):", "    # the sum", "    return x @ self.weight + 'b'")


@pytest.fixture
def theme(qapp) -> Theme:
    return Theme("light")


@pytest.fixture
def view(qtbot, theme) -> CodeView:
    view = CodeView(theme, "code_test")
    qtbot.addWidget(view)
    view.resize(420, 200)
    view.set_code("nn/layers.py · Affine.forward", LINES, {2}, "forward")
    with qtbot.waitExposed(view):
        view.show()
    return view


@pytest.fixture
def text(view) -> QPlainTextEdit:
    return view.findChild(QPlainTextEdit, "text_code_test")


def ground_of_line(text: QPlainTextEdit, line: int) -> QColor:
    """The colour behind a line, at the right where it has no letters."""
    block = text.document().findBlockByNumber(line)
    top = text.blockBoundingGeometry(block).translated(text.contentOffset()).top()
    image = text.viewport().grab().toImage()
    return image.pixelColor(image.width() - 4, int(top) + CODE_PX // 2)


def colors_of(text: QPlainTextEdit) -> set[str]:
    image = text.viewport().grab().toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def test_lines_and_their_place_are_shown(view, text):
    assert view.text == text.toPlainText() == "\n".join(LINES)
    assert view.place == "nn/layers.py · Affine.forward"
    assert view.findChild(QLabel, "place_code_test").text() == view.place


def test_lit_lines_are_tinted_from_edge_to_edge(text):
    assert ground_of_line(text, 0) == ground_of_line(text, 1)
    assert ground_of_line(text, 2) != ground_of_line(text, 0)


def test_the_tint_has_the_hue_of_its_role_and_follows_the_theme(view, text, theme):
    forward = ground_of_line(text, 2)
    assert abs(forward.hue() - theme.color("forward").hue()) < 12
    assert theme.color("forward").name() in colors_of(text)
    view.set_code("p", LINES, {2}, "backward")
    assert abs(ground_of_line(text, 2).hue() - theme.color("backward").hue()) < 12
    light = ground_of_line(text, 2)
    theme.set_mode("dark")
    assert ground_of_line(text, 2).lightness() < 80 < light.lightness()
    assert ground_of_line(text, 0) == theme.color("ground")


def test_no_line_needs_to_be_lit(view, text):
    view.set_code("p", LINES)
    assert ground_of_line(text, 0) == ground_of_line(text, 2)
    view.set_code("p", LINES, {1, 7})  # a line that is not there is not lit
    assert ground_of_line(text, 1) != ground_of_line(text, 0)


def test_an_unknown_role_is_refused(view):
    with pytest.raises(ValueError, match="accent, forward, backward"):
        view.set_code("p", LINES, {0}, "sideways")


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_keywords_strings_and_comments_have_colours_of_their_own(view, text, theme, mode):
    theme.set_mode(mode)
    formats = {}
    for number in range(len(LINES)):
        block = text.document().findBlockByNumber(number)
        for part in block.layout().formats():
            word = block.text()[part.start : part.start + part.length]
            formats[word] = part.format.foreground().color()
    assert formats["def"] == formats["return"] == theme.color("accent")
    assert formats["# the sum"] == theme.color("secondary")
    assert formats["'b'"] == theme.color("good")
    assert set(formats) == {"def", "return", "# the sum", "'b'"}


def test_text_can_be_selected_and_copied_but_not_changed(view, text, qtbot):
    assert text.isReadOnly()
    text.setFocus()
    qtbot.keyClick(text, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(text, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "\n".join(LINES)
    qtbot.keyClicks(text, "x")
    assert view.text == "\n".join(LINES)


def test_it_is_as_high_as_its_lines_up_to_eight(view, text):
    heights = []
    for n in (1, 3, 8, 30):
        view.set_code("p", ["pass"] * n)
        heights.append(text.height())
        assert text.verticalScrollBar().isVisible() == (n > 8)
    assert heights[0] < heights[1] < heights[2] == heights[3]


def test_a_long_line_is_scrolled_not_wrapped(view, text, qtbot):
    height = text.height()
    view.set_code("p", [*LINES, "x" * 300])
    qtbot.waitUntil(text.horizontalScrollBar().isVisible)
    assert text.document().blockCount() == 4
    assert text.height() > height
    assert not text.verticalScrollBar().isVisible()


def test_a_lit_line_far_down_is_brought_into_view(view, text):
    view.set_code("p", [f"line {i}" for i in range(40)], {30})
    assert text.firstVisibleBlock().blockNumber() == 29
    view.set_code("p", [f"line {i}" for i in range(40)], {1})
    assert text.firstVisibleBlock().blockNumber() == 0


def test_tab_leaves_the_lines(text):
    assert text.tabChangesFocus()
    assert text.accessibleDescription() == "nn/layers.py · Affine.forward"


def test_a_deleted_view_is_gone_and_the_theme_forgets_it(theme):
    view = CodeView(theme, "code_gone")
    view.set_code("p", LINES, {1})
    view.grab()
    wrapper = weakref.ref(view)
    view.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    theme.set_mode("dark")
    del view
    gc.collect()
    assert wrapper() is None
