"""How the window looks: two palettes, the theme that chooses between them, and its fonts and pens."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QPalette
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QWidget

from mlpviz.gui.stylesheet import stylesheet

MODES = ("system", "light", "dark")
SMALLEST_TEXT_PX = 11
TEXT_PX = 13

DASHES: tuple[tuple[float, ...], ...] = (
    (),
    (4, 2),
    (1.5, 1.5),
    (5, 1.5, 1, 1.5),
    (2.5, 1),
    (1, 2.5),
    (3, 1, 1, 1, 1, 1),
    (6, 3),
)
"""Dash patterns in pen widths, the first a solid line; line k of a plot takes colour k and pattern k."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one look, as ``#RRGGBB``.

    ``ground`` lies behind ``card``; ``line`` separates; ``text`` and ``secondary`` are for words on both.
    ``accent`` is for what can be pressed and what is chosen, ``accent_soft`` for the ground of what is
    chosen. The rest name meanings; where one has a ``_text`` twin, words take the twin. ``series`` colours
    the lines of layers.
    """

    ground: str
    card: str
    line: str
    field_line: str
    hover: str
    text: str
    secondary: str
    disabled: str
    accent: str
    accent_text: str
    accent_soft: str
    forward: str
    backward: str
    training: str
    validation: str
    validation_text: str
    good: str
    warning: str
    error: str
    series: tuple[str, ...]


LIGHT = Palette(
    ground="#F6F6F3",
    card="#FFFFFF",
    line="#E3E3DE",
    field_line="#C9C9C3",
    hover="#EFEFEB",
    text="#1D2025",
    secondary="#646A73",
    disabled="#9A9FA6",
    accent="#6A4CCB",
    accent_text="#FFFFFF",
    accent_soft="#EEEAFA",
    forward="#0B7A75",
    backward="#B3266E",
    training="#2F6FDE",
    validation="#D9820B",
    validation_text="#A15C00",
    good="#2C7A3F",
    warning="#A15C00",
    error="#B3261E",
    series=("#0B7A75", "#B3266E", "#2F6FDE", "#A15C00", "#6A4CCB", "#4B7A12", "#5A626D", "#8C3B1E"),
)

DARK = Palette(
    ground="#16181C",
    card="#1F2227",
    line="#32363D",
    field_line="#4A4F58",
    hover="#2A2E35",
    text="#E8E9EB",
    secondary="#9BA1AA",
    disabled="#666C75",
    accent="#A48BFF",
    accent_text="#16181C",
    accent_soft="#2F2A45",
    forward="#4FC7BF",
    backward="#F07AB5",
    training="#6FA2FF",
    validation="#F5AE49",
    validation_text="#F5AE49",
    good="#6CC483",
    warning="#F5AE49",
    error="#FF8A80",
    series=("#4FC7BF", "#F07AB5", "#6FA2FF", "#F5AE49", "#A48BFF", "#A9CF5B", "#AEB5BF", "#E79A7C"),
)


class Theme(QObject):
    """Light, dark, or whichever the system shows; everything that paints asks it for colours.

    Parameters
    ----------
    mode : "system", "light" or "dark"
    parent : QObject, optional
    pixel_ratio : float, optional
        Of a picture that is made apart from the screen; by default the screen's.
    """

    changed = Signal()
    """Sent after the palette changed: restyle and repaint."""

    def __init__(
        self, mode: str = "system", parent: QObject | None = None, pixel_ratio: float | None = None
    ) -> None:
        super().__init__(parent)
        self._pixel_ratio = pixel_ratio
        self._mode = _checked(mode)
        self._dark = self._wanted_dark()
        self._colors: dict[str | int, QColor] = {}
        self._app: QApplication | None = None
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow)

    @property
    def mode(self) -> str:
        """What was asked for: "system", "light" or "dark"."""
        return self._mode

    @property
    def dark(self) -> bool:
        """What is shown."""
        return self._dark

    @property
    def palette(self) -> Palette:
        """The colours on show."""
        return DARK if self._dark else LIGHT

    def set_mode(self, mode: str) -> None:
        """Show "light", "dark", or follow the "system"; sends ``changed`` where that alters the picture."""
        self._mode = _checked(mode)
        self._follow()

    def apply(self, app: QApplication) -> None:
        """Give the application this look, now and at every change.

        Widgets made under a style sheet are styled anew each time they get a parent, so starting is
        faster with `prepare` before the window is made and this after it.
        """
        self.prepare(app)
        self._app = app
        self._restyle()

    def prepare(self, app: QApplication) -> None:
        """Give the application its style and font, which widgets measure themselves by."""
        if app.style().objectName() != "fusion":
            app.setStyle("Fusion")
        app.setFont(text_font())

    def color(self, role: str | int) -> QColor:
        """Return a colour by its name in :class:`Palette`, or the line colour of layer number `role`."""
        known = self._colors.get(role)
        if known is None:
            series = self.palette.series
            name = series[role % len(series)] if isinstance(role, int) else getattr(self.palette, role)
            known = self._colors[role] = QColor(name)
        return QColor(known)

    def pixel_ratio(self, widget: QWidget) -> float:
        """Return how many pixels of what a widget is painted on one of its own pixels is wide."""
        return self._pixel_ratio or widget.devicePixelRatioF()

    def _wanted_dark(self) -> bool:
        if self._mode == "system":
            return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return self._mode == "dark"

    def _follow(self) -> None:
        dark = self._wanted_dark()
        if dark == self._dark:
            return
        self._dark = dark
        self._colors.clear()
        self._restyle()
        self.changed.emit()

    def _restyle(self) -> None:
        if self._app is not None:
            self._app.setPalette(qt_palette(self.palette))
            self._app.setStyleSheet(stylesheet(self.palette))


def text_font(size_px: int = TEXT_PX, bold: bool = False) -> QFont:
    """Return the system's font in a size on screen, with figures of equal width where the font has them.

    Inside `own_font` it is the font that comes with the program.
    """
    font = QFont(_own_family or QGuiApplication.font())
    font.setPixelSize(max(SMALLEST_TEXT_PX, size_px))
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    font.setFeature(QFont.Tag("tnum"), 1)
    if _own_family:  # what a screen does to sharpen letters would differ from screen to screen
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        font.setStyleStrategy(QFont.StyleStrategy.PreferAntialias | QFont.StyleStrategy.NoSubpixelAntialias)
    return font


def text_metrics() -> QFontMetrics:
    """The sizes of words in `text_font`: those that a widget will have, which is being made."""
    return QFontMetrics(text_font())


@contextmanager
def own_font(family: str) -> Iterator[None]:
    """Within it, `text_font` is of this family: a picture looks the same wherever it is made."""
    global _own_family
    before, _own_family = _own_family, family
    try:
        yield
    finally:
        _own_family = before


_own_family = ""


def set_role(widget: QWidget, role: str) -> None:
    """Let the style sheet treat a widget as one of its roles.

    Frames: "card", "notice" (a bar above the page), "drop". Labels: "title", "subtitle", "caption" (of a
    group), "badge". Buttons: "primary", "flat", "link", "rail", "segment" (one of a row of choices). Any
    label: "good", "warning", "error".
    """
    widget.setProperty("role", role)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)


def inset_text(field: QAbstractSpinBox) -> None:
    """Move the number of a spin box in from its frame, like the words of the other fields.

    The padding of a style sheet does not reach it: Qt starts the text of a spin box at its very edge.
    """
    field.lineEdit().setTextMargins(6, 0, 0, 0)


def mix(color: QColor, ground: QColor, part: float) -> QColor:
    """Return a colour between two, opaque: `part` of `color` on `ground`."""
    rest = 1.0 - part
    return QColor.fromRgbF(
        part * color.redF() + rest * ground.redF(),
        part * color.greenF() + rest * ground.greenF(),
        part * color.blueF() + rest * ground.blueF(),
    )


def qt_palette(colors: Palette) -> QPalette:
    """Return the colours as Qt's own palette, for whatever the style sheet leaves to the Fusion style."""
    palette = QPalette()
    role = QPalette.ColorRole
    for name, color in (
        (role.Window, colors.ground),
        (role.WindowText, colors.text),
        (role.Base, colors.card),
        (role.AlternateBase, colors.ground),
        (role.Text, colors.text),
        (role.PlaceholderText, colors.secondary),
        (role.Button, colors.card),
        (role.ButtonText, colors.text),
        (role.BrightText, colors.error),
        (role.ToolTipBase, colors.card),
        (role.ToolTipText, colors.text),
        (role.Highlight, colors.accent),
        (role.HighlightedText, colors.accent_text),
        (role.Accent, colors.accent),
        (role.Link, colors.accent),
        (role.LinkVisited, colors.accent),
        (role.Light, colors.card),
        (role.Midlight, colors.line),
        (role.Mid, colors.field_line),
        (role.Dark, colors.field_line),
        (role.Shadow, colors.line),
    ):
        palette.setColor(name, QColor(color))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(colors.disabled))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(colors.field_line))
    return palette


def _checked(mode: str) -> str:
    if mode not in MODES:
        raise ValueError(f"the theme is one of {', '.join(MODES)}, not {mode!r}")
    return mode
