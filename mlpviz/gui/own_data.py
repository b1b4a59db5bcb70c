"""Opening own data in the window: read, looked at, and taken or left."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

if TYPE_CHECKING:
    from mlpviz.gui.main_window import MainWindow
    from mlpviz.training import Experiment

FILE_FILTER = "Data (*.csv *.tsv *.txt *.npz *.gz *ubyte *.idx*);;All files (*)"


def open_data(window: "MainWindow", path: Path | str) -> None:
    """Show what is in a file or folder; the user takes it as the next run, or leaves everything as it was.

    It returns at once: the reading is done off the window's thread, and can be cancelled.
    """
    from mlpviz.gui.panels.data_preview import DataPreview

    preview = window.findChild(DataPreview, "dialog_data")
    if preview is None:
        preview = DataPreview(window.theme, window.workspace.make_background(), window)
        preview.taken.connect(lambda experiment: _take(window, experiment))
    workspace = window.workspace
    preview.open_path(Path(path), len(workspace.history) if workspace.ready else 0)


def choose_data_file(window: "MainWindow") -> None:
    """Let the user choose a file, and open it."""
    name, _ = QFileDialog.getOpenFileName(window, "Open data", "", FILE_FILTER)
    if name:
        open_data(window, name)
        window.recent.add(Path(name).absolute())


def _take(window: "MainWindow", experiment: "Experiment") -> None:
    workspace = window.workspace
    window.show_page("train")
    if workspace.ready:
        workspace.edit_experiment(experiment, f"data {experiment.dataset_name}")
    else:
        workspace.open_experiment(experiment)
