"""Export from the window: the dialog, the right-click menu of every picture, and the clipboard."""

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QMenu, QProgressDialog, QWidget

from mlpviz.files.atomic import write_file
from mlpviz.files.recipes import View
from mlpviz.gui.figures.catalogue import FigureEntry, figure_of
from mlpviz.gui.figures.offer import offered, picture_with, view_of
from mlpviz.gui.widgets.curve_plot import CurvePlot

if TYPE_CHECKING:
    from mlpviz.gui.background import Background
    from mlpviz.gui.figures.still import StillRun
    from mlpviz.gui.main_window import MainWindow

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
        self._background: Background | None = None

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
            lambda wanted, kind: self._save(wanted, run, kind, dialog.frames.value()),
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
        from mlpviz.lessons.glossary import glossary

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
        told = next(filter(None, map(glossary().at, (*entry.parts, f"page_{entry.page}"))), None)
        if told is not None:
            action = QAction("What is this?", parent)
            action.setObjectName("action_what_is_this")
            action.triggered.connect(lambda: self._window.glossary.bring_up(told))
            actions.append(action)
        return actions

    def offer_in(self, plot: CurvePlot) -> None:
        """Add what can be done with a picture to the menu that a plot has of its own."""
        entry = figure_of(plot.objectName())
        if entry is not None:
            plot.menu.addSeparator()
            plot.menu.addActions(self.actions_for(entry, plot.menu))

    def show_menu(self, pointed_at: QWidget, place: QPoint) -> None:
        """Open the menu of the picture that a widget of the page is a part of, at a place of the screen."""
        entry = picture_with(self._window.page, pointed_at)
        if entry is None:
            return
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
        from mlpviz.gui.figures.frame import HasContent
        from mlpviz.gui.figures.taking import taken_from

        taken = taken_from(run, self._window.page.moment())
        if isinstance(self._window.page, HasContent):
            taken.content = self._window.page.take_content()
        return taken

    def _view(self, entry: FigureEntry) -> View:
        window = self._window
        size = window.width(), window.height()
        return view_of(entry, window.page, window.action_experiment.isChecked(), size)

    def _save(self, view: View, run: "StillRun", ending: str, frames: int) -> bool:
        """Ask where to, and write the file; False if none was chosen, and a ValueError if it cannot be."""
        from mlpviz.gui.figures.exporting import exported

        name = str(Path(self.folder) / f"{_slug(run)}-{view.figure}-step-{run.now.step}{ending}")
        chosen, _ = QFileDialog.getSaveFileName(
            self._window, "Save picture", name, f"{ending[1:].upper()} (*{ending})"
        )
        if not chosen:
            return False
        out = Path(chosen if Path(chosen).suffix.lower() == ending else chosen + ending)
        if ending == ".gif":
            self._film(view, run, frames, out)
        else:
            self._write(out, exported(view, run, out))
        return True

    def _film(self, view: View, run: "StillRun", frames: int, out: Path) -> None:
        """Make a film while the window can be used, and write it once it is done."""
        from mlpviz.gui.figures.filming import Filming

        window = self._window
        if self._background is None:
            self._background = window.workspace.make_background()
        filming = Filming(view, run, frames, out.suffix.lower(), self._background, window)
        progress = QProgressDialog("Making the film …", "Cancel", 0, 100, window)
        progress.setObjectName("dialog_film")
        progress.setWindowTitle("Export film")
        progress.setMinimumDuration(0)
        progress.setAutoClose(False)
        progress.setAutoReset(False)

        def end() -> None:
            progress.close()
            progress.deleteLater()
            filming.deleteLater()

        def fail(sentence: str) -> None:
            end()
            window.state_line.say(sentence)

        def finish(content: bytes) -> None:
            end()
            try:
                self._write(out, content)
            except ValueError as error:
                window.state_line.say(str(error))

        filming.progressed.connect(lambda part: progress.setValue(round(100 * part)))
        filming.finished.connect(finish)
        filming.failed.connect(fail)
        progress.canceled.connect(filming.cancel)
        progress.canceled.connect(end)
        window.workspace.shutting_down.connect(filming.cancel)
        progress.show()
        filming.start()

    def _write(self, out: Path, content: bytes) -> None:
        """Write a file and say so; ValueError with the reason if it cannot be written."""
        try:
            write_file(out, content)
        except OSError as error:
            raise ValueError(f"{out} could not be written: {error.strerror}") from error
        self.folder = str(out.parent)
        self._window.state_line.say(f"Saved {out}", "good")


def _slug(run: "StillRun") -> str:
    """The experiment's title as the beginning of a file name."""
    words = re.findall(r"[a-z0-9]+", run.trainer.experiment.title.lower())
    return "-".join(words) or "run"
