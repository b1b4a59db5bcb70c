"""The row of choices, the legend's signs, and the mosaic of units."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QToolButton

from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.glyphs import SHAPES, GlyphEntry, glyph
from mlpviz.gui.widgets.mosaic_view import cell_center
from mlpviz.gui.widgets.segments import Segment, Segments
from mlpviz.gui.widgets.unit_mosaic import Badge, UnitMosaic


@pytest.fixture
def theme(qapp) -> Theme:
    return Theme("light")


@pytest.fixture
def row(qtbot) -> Segments:
    segments = [Segment(key, key.upper(), f"about {key}") for key in ("one", "two", "three")]
    row = Segments("row", "What is shown", segments, prefix="my_")
    qtbot.addWidget(row)
    row.show()
    return row


def button(row: Segments, key: str) -> QToolButton:
    found = row.findChild(QToolButton, f"choice_my_{key}")
    assert found is not None
    return found


def test_the_first_choice_holds_until_another_is_made(qtbot, row):
    assert row.current == "one"
    with qtbot.waitSignal(row.chosen, check_params_cb=lambda key: key == "three"):
        qtbot.mouseClick(button(row, "three"), Qt.MouseButton.LeftButton)
    assert row.current == "three"
    assert not button(row, "one").isChecked()


def test_programs_choose_silently(qtbot, row):
    with qtbot.assertNotEmitted(row.chosen):
        row.choose("two")
    assert row.current == "two"


def test_only_what_is_offered_is_there(row):
    row.offer(["one", "three"])
    assert [button(row, key).isVisible() for key in ("one", "two", "three")] == [True, False, True]
    row.offer(["two"])
    assert button(row, "two").isVisible()


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_about_the_origin_and_of_its_size(shape):
    outline = glyph(shape, 10.0)
    rect = outline if shape == "circle" else outline.boundingRect()
    assert rect.contains(0.0, 0.0)
    assert 7.0 < max(rect.width(), rect.height()) < 14.0


def test_an_entry_of_a_legend_says_what_its_sign_stands_for(qtbot, theme):
    entry = GlyphEntry(theme, "entry")
    qtbot.addWidget(entry)
    entry.show_sign("held out", "circle", QColor("red"), True, "never trained on")
    assert (entry.text, entry.accessibleName(), entry.toolTip()) == (
        "held out",
        "held out",
        "never trained on",
    )
    narrow = entry.sizeHint().width()
    hollow = entry.grab().toImage()
    entry.show_sign("held out for good", "line")
    assert entry.sizeHint().width() > narrow
    assert entry.grab().toImage() != hollow


@pytest.fixture
def units(qtbot, theme) -> UnitMosaic:
    view = UnitMosaic(theme, "units")
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.set_images(np.zeros((4, 20, 30), np.float32), 1.0)
    view.show()
    return view


def test_a_second_click_takes_the_choice_back(qtbot, units):
    click = lambda: qtbot.mouseClick(  # noqa: E731
        units.viewport(), Qt.MouseButton.LeftButton, pos=cell_center(units, 2)
    )
    click()
    assert units.selection == 2
    with qtbot.waitSignal(units.dropped), qtbot.assertNotEmitted(units.selected):
        click()
    assert units.selection is None


def test_each_unit_can_have_a_sign(units):
    plain = units.viewport().grab().toImage()
    colors = [QColor("blue"), QColor("gold"), QColor("gold"), QColor("blue")]
    units.set_badges([Badge(sign, color) for sign, color in zip("−++−", colors, strict=True)])
    signed = units.viewport().grab().toImage()
    assert signed != plain
    units.set_badges([Badge("", color, "square") for color in colors])
    assert units.viewport().grab().toImage() != signed
    units.set_badges([])
    assert units.viewport().grab().toImage() == plain


def test_a_sign_never_hides_a_tiny_map(units):
    units.set_images(np.zeros((400, 20, 30), np.float32), 1.0)
    plain = units.viewport().grab().toImage()
    units.set_badges([Badge("+", QColor("red"))] * 400)
    assert units.viewport().grab().toImage() == plain


def test_names_follow_the_theme_and_the_size(qtbot, units, theme):
    """They are kept as a picture while nothing about them changes."""

    def place_and_ground() -> tuple[QRectF, QColor]:
        place = next(iter(units.names().values()))
        middle = place.topLeft().toPoint() + QPoint(3, int(place.height() / 2))
        return place, units.viewport().grab().toImage().pixelColor(middle)

    units.resize(420, 320)
    before, ground = place_and_ground()
    assert ground == theme.color("card")
    theme.set_mode("dark")
    assert place_and_ground() == (before, theme.color("card"))
    units.resize(620, 420)
    qtbot.wait(10)
    _, ground = place_and_ground()
    assert ground == theme.color("card")
