"""The menu of data sets: those that come with mlpviz, own data by their file name, and a way to open some."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from mlpviz.data import DATASETS, Reading, load_dataset
from mlpviz.gui.widgets.choice import Choice
from mlpviz.training import SETTINGS, Experiment
from mlpviz.training.experiment import OWN_DATA

OF_OWN_DATA = tuple(name for name, field in SETTINGS.items() if field.metadata["group"] == OWN_DATA)


class DatasetChoice(Choice):
    """Tells what was chosen; own data that were on show stay on offer."""

    chosen = Signal(str)
    """The name or the path of a data set."""
    data_wanted = Signal()
    """A file with own data is to be opened."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._own: Experiment | None = None
        for name in DATASETS:
            self.addItem(name.replace("_", " "), name)
        self.insertSeparator(self.count())
        self.addItem("Open data …", None)
        self.setItemData(
            self.count() - 1,
            "Your own: a CSV table, an NPZ archive or IDX files",
            Qt.ItemDataRole.ToolTipRole,
        )
        self.activated.connect(self._activated)

    def show_dataset(self, dataset: str, experiment: Experiment) -> None:
        """Show which data set it is; own data of `experiment`, the one on show, are offered from now on."""
        if experiment.has_own_data and experiment != self._own:
            if self._own is not None:
                self.removeItem(0)
            self._own = experiment
            self.insertItem(0, experiment.dataset_name, experiment.dataset)
            self.setItemData(0, experiment.dataset, Qt.ItemDataRole.ToolTipRole)
        self.setCurrentIndex(self.findData(dataset))
        help = str(SETTINGS["dataset"].metadata["help"])
        self.setToolTip(help if dataset in DATASETS else f"{help}\n{dataset}")

    def fitted(self, experiment: Experiment, dataset: str) -> dict[str, Any]:
        """What has to change in an experiment with its data set, so that sizes and outputs fit it."""
        own = self._own if self._own is not None and self._own.dataset == dataset else None
        settings = {name: getattr(own, name) if own else SETTINGS[name].default for name in OF_OWN_DATA}
        reading = Reading() if own is None else own.reading
        data = load_dataset(dataset, reading, str(settings["dataset_sha256"]))
        layers = [
            {name: value for name, value in layer.as_table().items() if not str(value).startswith("values(")}
            for layer in experiment.layers
        ]
        for layer in reversed(layers):
            if "units" in layer:
                layer["units"] = data.n_out
                break
        n = len(data.training)
        return {
            **settings,
            "layers": layers,
            "validation_size": min(experiment.validation_size, n // 10),
            "training_size": 0,
            "batch_size": min(experiment.batch_size, n - n // 10),
            "input_scaling": "natural" if own is None else own.input_scaling,
        }

    def _activated(self, index: int) -> None:
        if self.itemData(index) is None:
            self.data_wanted.emit()
        else:
            self.chosen.emit(self.itemData(index))


def in_words(dataset: str) -> str:
    """What a data set is called in a sentence."""
    return dataset if dataset in DATASETS else Path(dataset).name
