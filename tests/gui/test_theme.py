"""Both palettes can be read, and a change of theme reaches the application."""

from dataclasses import asdict

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton, QSpinBox

from mlpviz.gui.stylesheet import stylesheet
from mlpviz.gui.theme import DARK, DASHES, LIGHT, Theme, inset_text, mix, set_role, text_font

PALETTES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


@pytest.fixture
def app(qapp):
    """The application, with the look it had given back afterwards."""
    palette, font = qapp.palette(), qapp.font()
    yield qapp
    qapp.setStyleSheet("")
    qapp.setPalette(palette)
    qapp.setFont(font)


def contrast(a: str, b: str) -> float:
    """The contrast of two colours after WCAG 2.1, 1 to 21."""

    def luminance(color: str) -> float:
        parts = [part / 255.0 for part in bytes.fromhex(color[1:])]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_the_one_of_the_standard():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@PALETTES
@pytest.mark.parametrize("ground", ["card", "ground", "hover"])
@pytest.mark.parametrize(
    "text", ["text", "secondary", "accent", "validation_text", "good", "warning", "error"]
)
def test_words_stand_out_from_every_ground(palette, text, ground):
    assert contrast(getattr(palette, text), getattr(palette, ground)) >= 4.5


@PALETTES
@pytest.mark.parametrize("text", ["text", "secondary", "accent"])
def test_words_stand_out_from_the_ground_of_what_is_chosen(palette, text):
    assert contrast(getattr(palette, text), palette.accent_soft) >= 4.5


@PALETTES
def test_other_pairs_that_carry_words(palette):
    assert contrast(palette.accent_text, palette.accent) >= 4.5
    for role in ("forward", "backward", "training"):
        assert contrast(getattr(palette, role), palette.card) >= 4.5


@PALETTES
def test_lines_of_layers_stand_out_and_differ(palette):
    assert len(palette.series) == len(set(palette.series)) >= 6
    assert len(DASHES) == len(set(DASHES)) >= len(palette.series)
    assert all(contrast(color, palette.card) >= 3.0 for color in palette.series)
    assert contrast(palette.validation, palette.card) >= 2.9


@PALETTES
def test_every_colour_is_written_alike(palette):
    for color in (*(c for c in asdict(palette).values() if isinstance(c, str)), *palette.series):
        assert QColor(color).name().upper() == color


@PALETTES
def test_the_style_sheet_is_understood(palette, app):
    app.setStyleSheet(stylesheet(palette))  # Qt warns about what it cannot read, and warnings are errors
    assert "$" not in app.styleSheet()


def test_a_change_of_theme_restyles_the_application(app, qtbot):
    theme = Theme("light")
    theme.apply(app)
    assert app.palette().color(QPalette.ColorRole.Window).name().upper() == LIGHT.ground
    with qtbot.waitSignal(theme.changed):
        theme.set_mode("dark")
    assert theme.dark
    assert theme.palette is DARK
    assert app.palette().color(QPalette.ColorRole.Window).name().upper() == DARK.ground
    assert DARK.card in app.styleSheet()
    with qtbot.assertNotEmitted(theme.changed):
        theme.set_mode("dark")


def test_the_system_is_followed(qapp):
    theme = Theme()
    assert theme.mode == "system"
    assert theme.dark == (qapp.styleHints().colorScheme().name == "Dark")


def test_an_unknown_mode_is_refused(qapp):
    with pytest.raises(ValueError, match="system, light, dark"):
        Theme("sepia")


def test_colours_by_role_and_by_number(qapp):
    theme = Theme("dark")
    assert theme.color("accent").name().upper() == DARK.accent
    assert theme.color(0) == theme.color(len(DARK.series))
    assert mix(QColor("#000000"), QColor("#FFFFFF"), 0.25).name() == "#bfbfbf"


def test_text_is_never_tiny(qapp):
    assert text_font(5).pixelSize() == 11


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_arrows_of_fields_can_be_seen(app, qtbot, mode):
    theme = Theme(mode)
    theme.apply(app)
    for field in (QComboBox(), QSpinBox()):
        qtbot.addWidget(field)
        field.resize(120, 28)
        picture = field.grab().toImage()
        ground = QColor(theme.palette.card)
        right = [picture.pixelColor(x, y) for x in range(98, 116) for y in range(5, 23)]
        assert max(abs(color.lightness() - ground.lightness()) for color in right) > 60


def test_roles_and_insets_are_taken_at_once(app, qtbot):
    theme = Theme("light")
    theme.apply(app)
    label, button, box = QLabel("a"), QPushButton("b"), QSpinBox()
    for widget in (label, button, box):
        qtbot.addWidget(widget)
    set_role(button, "primary")
    button.resize(60, 30)
    assert button.grab().toImage().pixelColor(6, 15).name().upper() == LIGHT.accent
    set_role(label, "error")
    assert label.property("role") == "error"
    inset_text(box)
    assert box.lineEdit().textMargins().left() == 6
    assert isinstance(QApplication.instance(), QApplication)
