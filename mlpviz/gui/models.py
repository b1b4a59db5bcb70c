"""Opening and writing models in the window: files are read and written off its thread."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMessageBox

from mlpviz.figures.numbers import format_number

if TYPE_CHECKING:
    from mlpviz.data import Dataset
    from mlpviz.gui.main_window import MainWindow
    from mlpviz.gui.panels.model_dialog import Offer
    from mlpviz.training import Experiment, Trainer

FILTER = "Models (*.safetensors *.npz);;All files (*)"


def choose_model(window: "MainWindow") -> None:
    """Ask for a file of weights, and open it."""
    name, _ = QFileDialog.getOpenFileName(window, "Open model", "", FILTER)
    if name:
        open_model(window, Path(name))
        window.recent.add(Path(name).absolute())


def open_model(window: "MainWindow", path: Path) -> None:
    """Read a file of weights, show what was understood, and make a run of it if the user wants it.

    Whatever is wrong with the file is said in a message; the current run goes on.
    """
    _desk(window).read(path)


def export_model(window: "MainWindow") -> None:
    """Ask for a name, and write the network as it is now in the format of its ending."""
    run = window.workspace.run
    if run is None:
        return
    from mlpviz.files.models import MODEL_FORMATS

    filters = [f"{words} (*{suffix})" for suffix, words in MODEL_FORMATS.items()]
    name, chosen = QFileDialog.getSaveFileName(window, "Export model", "model", ";;".join(filters))
    if not name:
        return
    path = Path(name)
    if path.suffix.lower() not in MODEL_FORMATS:
        suffix = dict(zip(filters, MODEL_FORMATS, strict=True)).get(chosen, next(iter(MODEL_FORMATS)))
        path = path.with_name(path.name + suffix)
    twins: list[Trainer] = []
    run.between_steps(lambda: twins.append(_twin(run.trainer)))
    _desk(window).write(twins[0], path)


def _twin(trainer: "Trainer") -> "Trainer":
    """A trainer with a copy of the network, to be written while training goes on."""
    twin = copy.copy(trainer)
    twin.network = trainer.network.copy()
    return twin


def _desk(window: "MainWindow") -> "_Desk":
    desk = window.findChild(_Desk)
    return desk if desk is not None else _Desk(window)


class _Desk(QObject):
    """Reads and writes models for one window, one at a time."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self.setObjectName("models")
        self._window = window
        self._background = window.workspace.make_background()
        self._background.failed.connect(self._say)
        self._disconnect: Callable[[], None] | None = None

    def read(self, path: Path) -> None:
        """Read a file off this thread, then show it."""
        run = self._window.workspace.run
        current = None if run is None else (run.experiment, run.trainer.dataset)
        self._background.ask(lambda _task: _offer(path, current), self._show)

    def write(self, trainer: "Trainer", path: Path) -> None:
        """Write a model off this thread, then say what was written."""

        def work(_task: object) -> str:
            from mlpviz.files.models import export_model

            try:
                return export_model(trainer, path)
            except OSError as error:
                words = error.strerror or str(error)
                raise ValueError(f"{path} could not be written: {words}; choose another place") from error

        self._background.ask(work, lambda said: self._window.state_line.say(said, "good"))

    def _show(self, offer: "Offer") -> None:
        from mlpviz.gui.panels.model_dialog import ModelDialog

        workspace = self._window.workspace
        dialog = ModelDialog(self._window.theme, offer, _loses(self._window), self._window)
        dialog.wanted.connect(self._open)
        workspace.run_changed.connect(dialog.opened)
        workspace.refused.connect(dialog.refused)

        def let_go() -> None:
            workspace.run_changed.disconnect(dialog.opened)
            workspace.refused.disconnect(dialog.refused)
            dialog.deleteLater()

        dialog.finished.connect(let_go)
        dialog.open()

    def _open(self, experiment: "Experiment") -> None:
        workspace = self._window.workspace
        if workspace.run is None:
            workspace.open_experiment(experiment)
        else:
            workspace.edit_experiment(experiment, f"model {Path(experiment.initial_weights).name}")

    def _say(self, sentence: str) -> None:
        box = QMessageBox(QMessageBox.Icon.Warning, "mlpviz", sentence, parent=self._window)
        box.setObjectName("dialog_message")
        box.exec()


def _offer(path: Path, current: "tuple[Experiment, Dataset] | None") -> "Offer":
    """The file as understood, and the datasets that fit it: the one on show first, if it does."""
    from mlpviz.files.models.opening import all_sizes, fitting_datasets, likely_dataset, named_dataset
    from mlpviz.gui.panels.model_dialog import Offer
    from mlpviz.training.imported import read_weights

    readings = read_weights(path)
    sizes = all_sizes()
    if current is not None:
        sizes.add((current[1].n_in, current[1].n_out))
    readings = tuple(reading for reading in readings if reading.sizes in sizes) or readings
    weights = readings[0]
    datasets = fitting_datasets(weights)
    if current is not None:
        experiment, data = current
        fits = (data.n_in, data.n_out) == weights.sizes
        if fits and named_dataset(weights) in ("", experiment.dataset):
            return Offer(readings, {experiment.dataset: data, **datasets}, experiment.dataset, experiment)
    return Offer(readings, datasets, likely_dataset(weights))


def _loses(window: "MainWindow") -> str:
    """What is lost by opening another run."""
    steps = 0 if window.workspace.run is None else len(window.workspace.history)
    if not steps:
        return ""
    title = window.workspace.experiment.title
    return (
        f"The {format_number(steps)} steps of “{title}” would be lost: save a checkpoint first to keep them."
    )
