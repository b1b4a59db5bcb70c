"""Which pictures can be taken of what is on screen, and each of them as a view."""

from PySide6.QtWidgets import QWidget

from mlpviz.files.recipes import View
from mlpviz.gui.figures.catalogue import FIGURES, FigureEntry, figure_of
from mlpviz.gui.figures.choices import choices_of
from mlpviz.gui.pages import Page


def offered(page: Page) -> list[FigureEntry]:
    """The pictures that are to be seen on a page, and the window itself."""
    return [entry for entry in FIGURES if entry.page in ("", page.key) and _is_seen(entry, page)]


def picture_with(page: Page, widget: QWidget | None) -> FigureEntry | None:
    """The picture that a widget of a page is a part of."""
    while widget is not None and widget is not page:
        entry = figure_of(widget.objectName())
        if entry is not None:
            return entry
        widget = widget.parentWidget()
    return next((entry for entry in FIGURES if entry.page == page.key and not entry.parts), None)


def view_of(entry: FigureEntry, page: Page, experiment_is_shown: bool, size: tuple[int, int]) -> View:
    """A picture as it is on screen now.

    Parameters
    ----------
    entry
    page
        On show.
    experiment_is_shown
        Beside the page: for the window.
    size
        Of the window.
    """
    theme = "dark" if page.theme.dark else "light"
    if not entry.page:
        parts = [] if page.key == "step_through" else [page]  # there each control is a verb
        choices = {"page": page.key, "experiment": experiment_is_shown, **choices_of(page, parts)}
        return View(entry.name, choices, theme, *size)
    return View(entry.name, choices_of(page, _parts(entry, page)), theme, *entry.size)


def _parts(entry: FigureEntry, page: Page) -> list[QWidget]:
    found = [page.findChild(QWidget, name) for name in entry.parts]
    return [widget for widget in found if widget is not None]


def _is_seen(entry: FigureEntry, page: Page) -> bool:
    parts = _parts(entry, page)
    return len(parts) == len(entry.parts) and all(part.isVisible() for part in parts)
