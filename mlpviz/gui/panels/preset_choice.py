"""The menu of the experiments that come with mlpviz, in families of what they learn from."""

from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlpviz.data import DATASET_FAMILIES
from mlpviz.gui.theme import text_font
from mlpviz.gui.widgets.choice import Choice
from mlpviz.training import Experiment
from mlpviz.training.presets import load_preset, preset_names


class PresetChoice(Choice):
    """A menu with a heading above each family, which cannot be chosen.

    Attributes
    ----------
    experiments
        Every preset by name.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("field_preset")
        self.setAccessibleName("Preset")
        self.setToolTip("An experiment that comes with mlpviz: choosing one starts it anew")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.experiments = {name: load_preset(name) for name in preset_names()}
        in_order = sorted(self.experiments, key=lambda name: list(DATASET_FAMILIES).index(self._family(name)))
        for family, names in groupby(in_order, self._family):
            self._add_heading(family)
            for name in names:
                experiment = self.experiments[name]
                self.addItem(experiment.title, name)
                tip = f"{name}: {experiment.description}"
                self.setItemData(self.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.setMaxVisibleItems(self.count())
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 24)

    def _family(self, name: str) -> str:
        dataset = self.experiments[name].dataset
        return next(family for family, members in DATASET_FAMILIES.items() if dataset in members)

    def _add_heading(self, family: str) -> None:
        self.addItem(family)
        row = self.count() - 1
        self.setItemData(row, text_font(bold=True), Qt.ItemDataRole.FontRole)
        self.setItemData(row, 0, Qt.ItemDataRole.UserRole - 1)  # Qt's way to say: not to be chosen

    def show_experiment(self, experiment: Experiment) -> None:
        """Show which preset an experiment is, or that it is a changed one, or its title."""
        for name, preset in self.experiments.items():
            if preset == experiment:
                self.setCurrentIndex(self.findData(name))
                return
        is_preset = any(preset.title == experiment.title for preset in self.experiments.values())
        self.setCurrentIndex(-1)
        self.setPlaceholderText(f"{experiment.title}, changed" if is_preset else experiment.title)
