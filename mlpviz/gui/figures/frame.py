"""Sets a picture up apart from the screen: the very page and cards of the window, on a run held still."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, runtime_checkable

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFrame,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from mlpviz.figures.numbers import format_number
from mlpviz.files.recipes import View
from mlpviz.gui.figures.catalogue import FigureEntry, figure_entry
from mlpviz.gui.figures.choices import choose
from mlpviz.gui.figures.contents import Content
from mlpviz.gui.figures.still import StillRun, StillWorkspace
from mlpviz.gui.pages import PAGES, Page
from mlpviz.gui.stylesheet import stylesheet
from mlpviz.gui.theme import Theme, own_font, qt_palette, set_role, text_font
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.widgets.formula_view import FormulaView
from mlpviz.gui.widgets.legend import LegendEntry
from mlpviz.locations import resource_path

FAMILY, FIXED_FAMILY = "DejaVu Sans", "DejaVu Sans Mono"
PAGE_SIZE = (1440, 900)
_SIDES_PX = 6
_ROUNDS = 4  # of laying out: words that wrap decide heights, which decide widths

_PLAIN = """
QWidget#figure, QWidget#figure_bench {{ background: {card}; }}
"""


@runtime_checkable
class BecomesPicture(Protocol):
    """A widget that a picture shows otherwise than the screen, where one can scroll and point."""

    def become_picture(self) -> None:
        """Do without scrolling and pointing."""


@runtime_checkable
class HasContent(Protocol):
    """A page that shows more than the current run."""

    def take_content(self) -> Content | None:
        """What it shows now, taken between two steps; None where that is nothing."""

    def show_content(self, content: Content) -> None:
        """Show what was taken from such a page."""


@contextmanager
def picture_of(view: View, run: StillRun, pixel_ratio: float) -> Iterator[QWidget]:
    """A widget to be painted that shows what a view asks for; it is never seen on the screen.

    Parameters
    ----------
    view
    run
        Must not go on.
    pixel_ratio
        Pixels of the picture per pixel of the view; 1 for vectors.

    Raises
    ------
    ValueError
        If there is no such picture, the run cannot be shown so, or there is no such choice.
    """
    entry = figure_entry(view.figure)
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    load_fonts()
    theme = Theme(view.theme, pixel_ratio=pixel_ratio)
    workspace = StillWorkspace()
    made: list[QWidget] = []
    try:
        with own_font(FAMILY):
            if entry.page:
                yield _figure(entry, view, run, theme, workspace, made)
            else:
                yield _window(view, run, theme, workspace, made)
    finally:
        workspace.shut_down()
        for widget in reversed(made):
            widget.close()
        for each in (*reversed(made), workspace, theme):
            each.deleteLater()
            QCoreApplication.sendPostedEvents(each, QEvent.Type.DeferredDelete)  # and nobody else's


def load_fonts() -> None:
    """Make the fonts that come with the program known, once."""
    global _loaded
    if not _loaded:
        for path in sorted(resource_path("fonts").glob("*.ttf")):
            QFontDatabase.addApplicationFont(str(path))
        _loaded = True


_loaded = False


def caption_of(run: StillRun, page: Page | None = None, last: int | None = None) -> str:
    """What a picture shows, in words: the experiment, step and seed, and what its page adds to that.

    With the step of a film's last frame these are the longest words of all frames, or nearly.
    """
    own = getattr(page, "caption_of_picture", None)
    if own is not None:
        return str(own())
    trainer = run.trainer
    epochs = trainer.experiment.epochs
    words = [
        trainer.experiment.title,
        f"step {format_number(run.now.step if last is None else last)}",
        f"epoch {run.now.epoch if last is None else epochs} of {epochs}",
        f"seed {trainer.experiment.seed}",
    ]
    about = getattr(page, "about_picture", None)
    if about is not None:
        words.append(about())
    return " · ".join(words)


# ---------------------------------------------------------------------- a part of a page


def _figure(
    entry: FigureEntry,
    view: View,
    run: StillRun,
    theme: Theme,
    workspace: StillWorkspace,
    made: list[QWidget],
) -> QWidget:
    bench = _unseen(theme, "figure_bench", made)
    bench.resize(*PAGE_SIZE)
    page = _page(entry.page, workspace, theme)
    _column(bench).addWidget(page)
    bench.show()
    workspace.show_run(run)
    if run.content is not None and isinstance(page, HasContent):
        page.show_content(run.content)
    frame = _unseen(theme, "figure", made)
    column = _column(frame)
    column.setContentsMargins(_SIDES_PX, 4, _SIDES_PX, 6)
    column.setSpacing(4)
    parts = _parts(page, entry, run) or [page]
    owners = [owner for part in parts for owner in _owners(part, page)]
    _bring_forward(owners)
    _refresh(page, owners)
    choose(page, view.choices)
    frame.resize(view.width, view.height)
    if len(parts) == 1 and isinstance(parts[0], Card):
        set_role(parts[0], "panel")  # the picture's own edge is frame enough
    for part in parts:
        column.addWidget(part, 1)
        part.show()
    words = _caption(frame, entry, view, run, page)
    column.addWidget(words)
    frame.show()
    _settle(frame)
    _refresh(page, owners)
    _settle(frame)
    _leave_controls_out(frame, entry)
    _dress(frame, theme)
    _settle(frame)
    frame.resize(view.width, view.height)
    _settle(frame)
    for widget in [*frame.findChildren(QWidget), frame]:
        if isinstance(widget, BecomesPicture):
            widget.become_picture()
    _settle(frame)
    return frame


def _column(top: QWidget) -> QVBoxLayout:
    """Widgets one above the other, whose wishes do not change the size of the whole."""
    column = QVBoxLayout(top)
    column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
    return column


def _page(key: str, workspace: StillWorkspace, theme: Theme) -> Page:
    return next(entry for entry in PAGES if entry.key == key).load()(workspace, theme)


def _parts(page: Page, entry: FigureEntry, run: StillRun) -> list[QWidget]:
    """Those parts of a picture that the run has something to show in."""
    reasons = {name: page.why_not(name) for name in entry.parts}
    if reasons and all(reasons.values()):
        title, why = run.experiment.title, next(iter(reasons.values()))
        raise ValueError(f"there is no picture {entry.name!r} of {title!r}: {why}")
    found = [page.findChild(QWidget, name) for name, why in reasons.items() if not why]
    return [part for part in found if part is not None]


def _owners(part: QWidget, page: Page) -> list[QWidget]:
    """What brings a part up to date: itself, and what it is a part of."""
    owners: list[QWidget] = []
    widget: QWidget | None = part
    while widget is not None and widget is not page:
        owners.append(widget)
        widget = widget.parentWidget()
    return owners


def _bring_forward(owners: list[QWidget]) -> None:
    """Show what stands behind another view in the page: some views are not made before they are seen."""
    for widget in owners:
        stack = widget.parentWidget()
        if isinstance(stack, QStackedWidget) and not isinstance(stack.parentWidget(), QTabWidget):
            stack.setCurrentWidget(widget)


def _caption(frame: QWidget, entry: FigureEntry, view: View, run: StillRun, page: Page) -> QLabel:
    text = caption_of(run, page) if view.caption is None else view.caption
    label = QLabel(text, frame)
    label.setObjectName("label_figure_caption")
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setContentsMargins(14, 0, 14, 4)
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    set_role(label, "subtitle")
    if view.frames and view.caption is None:  # or a film would jump where its words take another line
        label.setText(caption_of(run, page, view.frames[-1]))
        label.setFont(text_font())
        label.setMinimumHeight(label.heightForWidth(view.width - 2 * _SIDES_PX))
        label.setText(text)
    label.setVisible(bool(text))
    return label


def _refresh(page: Page, parts: list[QWidget]) -> None:
    for refresh in page.parts():
        getattr(refresh, "refresh", refresh)()  # an Unhurried one, or the function itself
    for part in parts:
        if hasattr(part, "refresh"):
            part.refresh()


def _leave_controls_out(frame: QWidget, entry: FigureEntry) -> None:
    """A picture has no buttons: nobody can press them. What a menu in a title says stays as words."""
    for name in entry.leaves_out:
        for widget in frame.findChildren(QWidget, name):
            _take_room_from(widget)
    for card in frame.findChildren(Card):
        card.show_title()
    for widget in frame.findChildren(QWidget):
        if isinstance(widget, LegendEntry):
            if not widget.isChecked():
                _take_room_from(widget)
        elif isinstance(widget, (QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit)):
            _take_room_from(widget)


def _take_room_from(widget: QWidget) -> None:
    widget.setFixedSize(0, 0)
    widget.hide()


# ---------------------------------------------------------------------- the window


def _window(
    view: View, run: StillRun, theme: Theme, workspace: StillWorkspace, made: list[QWidget]
) -> QWidget:
    from mlpviz.gui.main_window import MainWindow

    choices = dict(view.choices)
    key = choices.pop("page", PAGES[0].key)
    window = MainWindow(workspace, theme)
    made.append(window)
    _prepare(window, theme)
    window.setMinimumSize(1, 1)
    window.resize(view.width, view.height)
    window.show_page(str(key))
    beside = choices.pop("experiment", None)
    if isinstance(beside, bool):
        window.action_experiment.setChecked(beside)
    window.show()
    workspace.show_run(run)
    if run.content is not None and isinstance(window.page, HasContent):
        window.page.show_content(run.content)
    _refresh(window.page, [])
    choose(window.page, choices)
    _settle(window)
    _refresh(window.page, [])
    _dress(window, theme)
    _settle(window)
    return window


# ---------------------------------------------------------------------- in common


def _unseen(theme: Theme, name: str, made: list[QWidget]) -> QWidget:
    widget = QFrame()
    widget.setObjectName(name)
    made.append(widget)
    _prepare(widget, theme)
    widget.setStyleSheet(widget.styleSheet() + _PLAIN.format(card=theme.palette.card))
    return widget


def _prepare(widget: QWidget, theme: Theme) -> None:
    """Let a window be laid out and painted without being seen, in the look of the picture."""
    widget.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    widget.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
    widget.setFont(text_font())
    widget.setPalette(qt_palette(theme.palette))
    widget.setStyleSheet(stylesheet(theme.palette))


def _dress(top: QWidget, theme: Theme) -> None:
    """Give every widget the picture's colours, and the program's own font in the size and weight it has."""
    palette = qt_palette(theme.palette)
    for widget in [top, *top.findChildren(QWidget)]:
        font = QFont(widget.font())
        is_fixed = isinstance(widget, QPlainTextEdit)  # source code
        if font.pixelSize() <= 0:
            font.setPixelSize(text_font().pixelSize())
        font.setFamilies([FIXED_FAMILY if is_fixed else FAMILY])
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        font.setStyleStrategy(QFont.StyleStrategy.PreferAntialias | QFont.StyleStrategy.NoSubpixelAntialias)
        widget.setFont(font)
        widget.setPalette(palette)


def _settle(top: QWidget) -> None:
    """Lay out what is to be laid out, and finish what would else be drawn a moment later."""
    for widget in top.findChildren(QWidget):
        if shiboken6.isValid(widget):  # else it went with its parent
            QCoreApplication.sendPostedEvents(widget, QEvent.Type.DeferredDelete)
    for _ in range(_ROUNDS):
        for widget in [top, *top.findChildren(QWidget)]:
            if isinstance(widget, FormulaView):
                widget.finish()
            QCoreApplication.sendPostedEvents(widget, QEvent.Type.MetaCall)  # shows what came in since
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
