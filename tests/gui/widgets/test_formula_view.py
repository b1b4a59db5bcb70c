"""A formula on the screen: its ink, its lines, when it is rendered, and what is read and copied."""

import gc
import subprocess
import sys
import weakref

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mlpviz.figures.formulas import Drawing, FormulaCache, pieces_of, render
from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.formula_view import FormulaView

LONG = r"z_1[0] = \sum_i x[i]\,W_1[i, 0] + b_1[0] = 0.108 + 0.250 = 0.358"


class CountingRenderer:
    """Renders, and remembers what."""

    def __init__(self) -> None:
        self.rendered: list[str] = []

    def __call__(self, latex: str) -> Drawing:
        self.rendered.append(latex)
        return render(latex)


@pytest.fixture
def theme(qapp) -> Theme:
    return Theme("light")


@pytest.fixture
def renderer() -> CountingRenderer:
    return CountingRenderer()


@pytest.fixture
def cache(renderer) -> FormulaCache:
    return FormulaCache(100, renderer)


@pytest.fixture
def view(qtbot, theme, cache) -> FormulaView:
    view = FormulaView(theme, "formula_test", "the formula", cache=cache)
    qtbot.addWidget(view)
    view.resize(600, 60)
    with qtbot.waitExposed(view):
        view.show()
    view.clearFocus()
    return view


def show(qtbot, view: FormulaView, latex: str, plain_text: str = "") -> None:
    """Set a formula, and wait until it is on show."""
    view.set_formula(latex, plain_text)
    qtbot.waitUntil(lambda: not view.pending)


def colors_of(view: QWidget) -> set[str]:
    image = view.grab().toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def inked_columns(view: QWidget) -> list[int]:
    image = view.grab().toImage()
    ground = image.pixelColor(0, 0)
    return [
        x
        for x in range(image.width())
        if any(image.pixelColor(x, y) != ground for y in range(image.height()))
    ]


def test_the_ink_has_the_colour_of_the_theme_and_follows_it(view, qtbot, theme):
    show(qtbot, view, r"\frac{\partial L}{\partial W} = \sqrt{x}")
    assert theme.color("text").name() in colors_of(view)
    light = theme.color("text").name()
    theme.set_mode("dark")
    assert theme.color("text").name() in colors_of(view)
    assert light not in colors_of(view)


def test_a_formula_can_be_in_the_secondary_colour(qtbot, theme, cache):
    view = FormulaView(theme, "formula_second", secondary=True, cache=cache)
    qtbot.addWidget(view)
    view.resize(200, 40)
    show(qtbot, view, r"\frac{a}{b}")
    assert theme.color("secondary").name() in colors_of(view)
    assert theme.color("text").name() not in colors_of(view)


def test_a_formula_stands_in_the_middle_or_at_the_left(view, qtbot, theme, cache):
    show(qtbot, view, "a = b")
    columns = inked_columns(view)
    assert abs((columns[0] + columns[-1]) / 2 - 300) < 5
    left = FormulaView(theme, "formula_left", centered=False, cache=cache)
    qtbot.addWidget(left)
    left.resize(600, 60)
    show(qtbot, left, "a = b")
    assert inked_columns(left)[0] < 12


def test_narrow_takes_two_lines_and_more_height(view, qtbot):
    show(qtbot, view, LONG)
    wide, narrow = view.arrangement(600), view.arrangement(250)
    assert (wide.lines, narrow.lines) == (1, 2)
    assert narrow.size_px >= 11
    assert view.heightForWidth(250) > view.heightForWidth(600)


def test_a_layout_gives_it_the_height_it_needs(qtbot, theme, cache):
    page = QWidget()
    qtbot.addWidget(page)
    layout = QVBoxLayout(page)
    view = FormulaView(theme, "formula_laid_out", cache=cache)
    layout.addWidget(view)
    layout.addStretch(1)
    page.resize(280, 400)
    with qtbot.waitExposed(page):
        page.show()
    show(qtbot, view, LONG)
    qtbot.waitUntil(lambda: view.height() >= view.heightForWidth(view.width()))


def test_a_new_formula_follows_in_the_next_turn_and_the_old_picture_stays_until_then(view, qtbot, renderer):
    show(qtbot, view, "a = b")
    before = view.grab().toImage()
    view.set_formula("c = d", "c is d")
    assert "c" not in renderer.rendered
    assert view.grab().toImage() == before
    qtbot.waitUntil(lambda: view.grab().toImage() != before)
    assert "c" in renderer.rendered


def test_of_several_formulas_only_the_newest_is_rendered(view, qtbot, renderer):
    for latex in ("p", "q", "r"):
        view.set_formula(latex)
    qtbot.waitUntil(lambda: "r" in renderer.rendered)
    assert renderer.rendered == ["r"]


def test_a_formula_in_the_cache_is_shown_at_once_and_not_rendered_again(view, qtbot, renderer, theme):
    show(qtbot, view, "a = b")
    old = view.grab().toImage()
    show(qtbot, view, "c = d")
    rendered = list(renderer.rendered)
    view.set_formula("a = b")
    assert view.grab().toImage() == old
    theme.set_mode("dark")
    view.grab()
    assert renderer.rendered == rendered


def test_an_older_formula_that_waits_does_not_replace_one_that_was_at_hand(view, qtbot, renderer):
    show(qtbot, view, "a = b")
    picture = view.grab().toImage()
    view.set_formula("q = r")
    view.set_formula("a = b")
    qtbot.wait(20)
    assert view.grab().toImage() == picture
    assert "q" not in renderer.rendered


@pytest.mark.parametrize("latex", [r"\nonsense + 1", r"\frac{1}{", "x_"])
def test_what_cannot_be_rendered_is_shown_as_plain_text(view, qtbot, theme, latex):
    show(qtbot, view, latex, "plain words")
    assert view.falls_back
    assert view.arrangement(600) is None
    assert theme.color("text").name() in colors_of(view)
    assert view.heightForWidth(50) > view.heightForWidth(400)
    show(qtbot, view, "a = b")
    assert not view.falls_back


def test_no_formula_is_an_empty_picture(view):
    view.set_formula("", "")
    assert len(colors_of(view)) == 1
    assert view.sizeHint().isValid()


def test_it_is_sharp_at_twice_the_scale(view, qtbot, theme):
    show(qtbot, view, "x")
    image = QImage(QSize(1200, 120), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(2.0)
    image.fill(QColor("white"))
    view.render(image)
    ink = theme.color("text")
    rows = [y for y in range(120) if any(image.pixelColor(x, y) == ink for x in range(560, 640))]
    assert len(rows) >= 12  # the x-height of 18 px letters, doubled; a blurred one has hardly any full ink


def test_prefetching_fills_the_cache_one_formula_a_turn(view, qtbot, cache, renderer):
    view.prefetch(["a", "b", "c"])
    assert renderer.rendered == []
    qtbot.waitUntil(lambda: cache.has(pieces_of("c")))
    assert renderer.rendered == ["a", "b", "c"]


def test_prefetching_stops_when_hidden_and_goes_on_when_shown(view, qtbot, cache, renderer):
    view.hide()
    view.prefetch(["a", "b"])
    qtbot.wait(20)
    assert renderer.rendered == []
    view.show()
    view.hide()
    qtbot.wait(20)
    assert len(renderer.rendered) <= 1
    view.show()
    qtbot.waitUntil(lambda: cache.has(pieces_of("b")))


def test_nothing_rings_after_the_view_is_gone(qtbot, theme, cache, renderer):
    view = FormulaView(theme, "formula_gone", cache=cache)
    with qtbot.waitExposed(view):
        view.show()
    view.set_formula("a = b")
    view.prefetch(["c"])
    view.deleteLater()
    with qtbot.waitSignal(view.destroyed):
        pass
    qtbot.wait(20)
    theme.set_mode("dark")


def test_the_plain_text_is_for_screen_readers_tooltip_and_clipboard(view, qtbot):
    view.set_formula("a_1 = b", "a₁ = b")
    assert view.accessibleName() == "the formula"
    assert view.accessibleDescription() == view.toolTip() == view.plain_text == "a₁ = b"
    copies = {action.text(): action for action in view.actions()}
    copies["Copy LaTeX"].trigger()
    assert QGuiApplication.clipboard().text() == "a_1 = b"
    copies["Copy as text"].trigger()
    assert QGuiApplication.clipboard().text() == "a₁ = b"


def test_the_copy_key_copies_the_text(view, qtbot):
    view.set_formula("a", "plain")
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    view.setFocus()
    QGuiApplication.clipboard().clear()
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "plain"


def test_focus_is_seen(view, qtbot, theme):
    show(qtbot, view, "a")
    assert theme.color("accent").name() not in colors_of(view)
    view.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    assert theme.color("accent").name() in colors_of(view)


def test_letters_are_never_wanted_below_the_smallest_size(qtbot, theme, cache):
    view = FormulaView(theme, "formula_small", size_px=6, cache=cache)
    qtbot.addWidget(view)
    show(qtbot, view, "a")
    assert view.arrangement(200).size_px == 11


def test_importing_the_view_does_not_import_ziamath():
    code = "import sys, mlpviz.gui.widgets.formula_view; sys.exit('ziamath' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_deleted_view_is_gone_and_the_theme_forgets_it(theme):
    view = FormulaView(theme, "formula_gone")
    view.set_formula("a = b")
    view.prefetch(["c"])
    view.grab()
    wrapper = weakref.ref(view)
    view.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    theme.set_mode("dark")
    del view
    gc.collect()
    assert wrapper() is None


def test_in_a_view_that_is_too_low_a_formula_is_smaller_and_whole(view, qtbot):
    show(qtbot, view, r"\frac{a}{b}")
    usual = inked_columns(view)
    view.resize(600, 30)
    columns = inked_columns(view)
    assert 0 < columns[-1] - columns[0] < usual[-1] - usual[0]
    image = view.grab().toImage()
    ground = image.pixelColor(0, 0)
    for y in (0, image.height() - 1):
        assert all(image.pixelColor(x, y) == ground for x in range(image.width()))
