"""Export from the window: the dialog, the right-click menu of every picture, and the clipboard."""

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QMenu

from mlpviz.files.atomic import write_file
from mlpviz.files.recipes import View
from mlpviz.gui.figures.catalogue import FIGURES, FigureEntry
from mlpviz.gui.figures.offer import offered, view_of
from mlpviz.gui.widgets.curve_plot import CurvePlot

if TYPE_CHECKING:
    from mlpviz.gui.figures.still import StillRun
    from mlpviz.gui.main_window import MainWindow
    from mlpviz.gui.pages import Page

COPY_SCALE = 2.0
WHY_NOT = "There is nothing to take a picture of until a run is ready."


class Exporter:
    """Takes pictures out of a window.

    Parameters
    ----------
    window : MainWindow
    """

    def __init__(self, window: "MainWindow") -> None:
        self._window = window
        self.folder = ""

    # ------------------------------------------------------------------ verbs

    def open_dialog(self, entry: FigureEntry | None = None, ending: str = "") -> None:
        """Let a picture be chosen, looked at and saved; `entry` and `ending` are chosen at first."""
        window = self._window
        run = self._taken()
        if run is None:
            return
        from mlpviz.gui.figures.exporting import image_of
        from mlpviz.gui.figures.frame import caption_of
        from mlpviz.gui.panels.export_dialog import ExportDialog

        entries = offered(window.page)

        def view(chosen: FigureEntry) -> View:
            seen = self._view(chosen)
            return replace(seen, caption=caption_of(run, window.page)) if chosen.page else seen

        dialog = ExportDialog(
            window.theme,
            entries,
            entry if entry in entries else entries[0],
            view,
            lambda wanted: image_of(wanted, run),
            lambda wanted, kind: self._save(wanted, run, kind),
            window,
        )
        if ending:
            dialog.format.setCurrentIndex(dialog.format.findData(ending))
        dialog.show_preview()
        dialog.exec()
        dialog.deleteLater()

    def copy(self, entry: FigureEntry) -> None:
        """Put a picture, as it is on screen, on the clipboard."""
        run = self._taken()
        if run is None:
            return
        from mlpviz.gui.figures.exporting import image_of

        image: QImage = image_of(replace(self._view(entry), scale=COPY_SCALE), run)
        image.setDevicePixelRatio(1.0)
        QGuiApplication.clipboard().setImage(image)
        self._window.state_line.say(f"The picture is on the clipboard: {entry.title.lower()}", "good")

    def menu_for(self, entry: FigureEntry) -> QMenu:
        """The menu of a picture: to copy it, to save it, and to save its numbers."""
        menu = QMenu(self._window)
        menu.setObjectName("menu_picture")
        for action in self.actions_for(entry, menu):
            menu.addAction(action)
        return menu

    def actions_for(self, entry: FigureEntry, parent: QMenu) -> list[QAction]:
        """What can be done with a picture."""
        actions = []
        for name, words, do in (
            ("copy_picture", "Copy picture", lambda: self.copy(entry)),
            ("save_picture", "Save picture …", lambda: self.open_dialog(entry)),
            ("save_numbers", "Save its numbers …", lambda: self.open_dialog(entry, ".csv")),
        ):
            action = QAction(words, parent)
            action.setObjectName(f"action_{name}")
            action.triggered.connect(lambda _checked=False, do=do: do())
            actions.append(action)
        return actions

    def offer_in_plots(self, page: "Page") -> None:
        """Add what can be done with a picture to the menus that plots have of their own."""
        by_part = {entry.parts: entry for entry in FIGURES if entry.page == page.key}
        for plot in page.findChildren(CurvePlot):
            entry = by_part.get((plot.objectName(),))
            if entry is not None:
                plot.menu.addSeparator()
                plot.menu.addActions(self.actions_for(entry, plot.menu))

    def show_menu(self, entry: FigureEntry, place: QPoint) -> None:
        """Open the menu of a picture at a place of the screen."""
        menu = self.menu_for(entry)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    # ------------------------------------------------------------------ behind the verbs

    def _taken(self) -> "StillRun | None":
        """The run as it stands; None where there is none, which is said."""
        run = self._window.workspace.run
        if run is None:
            self._window.state_line.say(WHY_NOT)
            return None
        from mlpviz.gui.figures.taking import taken_from

        return taken_from(run, self._window.page.moment())

    def _view(self, entry: FigureEntry) -> View:
        window = self._window
        size = window.width(), window.height()
        return view_of(entry, window.page, window.action_experiment.isChecked(), size)

    def _save(self, view: View, run: "StillRun", ending: str) -> bool:
        """Ask where to, and write the file; False if none was chosen, and a ValueError if it cannot be."""
        from mlpviz.gui.figures.exporting import exported

        name = str(Path(self.folder) / f"{_slug(run)}-{view.figure}-step-{run.now.step}{ending}")
        chosen, _ = QFileDialog.getSaveFileName(
            self._window, "Save picture", name, f"{ending[1:].upper()} (*{ending})"
        )
        if not chosen:
            return False
        out = Path(chosen if Path(chosen).suffix.lower() == ending else chosen + ending)
        try:
            write_file(out, exported(view, run, out))
        except OSError as error:
            raise ValueError(f"{out} could not be written: {error.strerror}") from error
        self.folder = str(out.parent)
        self._window.state_line.say(f"Saved {out}", "good")
        return True


def _slug(run: "StillRun") -> str:
    """The experiment's title as the beginning of a file name."""
    words = re.findall(r"[a-z0-9]+", run.trainer.experiment.title.lower())
    return "-".join(words) or "run"
