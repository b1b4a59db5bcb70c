"""The settings of the experiment, to read and to change."""

from html import escape
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mlpviz.data import SCALINGS, load_dataset
from mlpviz.figures.numbers import format_number
from mlpviz.gui.icons import set_icon
from mlpviz.gui.panels.dataset_choice import DatasetChoice, in_words
from mlpviz.gui.panels.layer_list import LayerList
from mlpviz.gui.panels.preset_choice import PresetChoice
from mlpviz.gui.theme import Theme, set_role
from mlpviz.gui.widgets.choice import Choice
from mlpviz.gui.widgets.number_field import NumberField
from mlpviz.gui.workspace import Workspace
from mlpviz.nn import LOSSES, OPTIMIZERS, sentence
from mlpviz.training import LIVE_SETTINGS, SETTINGS, Experiment
from mlpviz.training.array_files import short
from mlpviz.training.initial_weights import would_fit

GROUPS = {"training": "Training", "network": "Network", "loss": "Loss", "data": "Data"}
CAPTIONED = ("loss",)  # the caption of the group says what it is, so the field has the whole row
FIELD_PX = 112
CHOICE_HELP: dict[str, dict[str, str]] = {
    "input_scaling": SCALINGS,
    "loss": {name: sentence(kind) for name, kind in LOSSES.items()},
    "optimizer": {name: sentence(kind) for name, kind in OPTIMIZERS.items()},
}


class ExperimentForm(QWidget):
    """A row for each setting of the current run. Live settings apply at once; others need a new network."""

    collapse_wanted = Signal()
    data_wanted = Signal()
    """A file with own data is to be opened."""

    def __init__(self, workspace: Workspace, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._theme = workspace, theme
        self._draft: dict[str, Any] = {}
        self._draft_preset: str | None = None
        self._draft_words: dict[str, str] = {}
        self._fields: dict[str, QWidget] = {}
        self._labels: dict[str, QLabel] = {}
        self._errors: dict[str, QLabel] = {}
        workspace.run_changed.connect(self._run_changed)
        workspace.settings_changed.connect(self.show_experiment)
        workspace.training_changed.connect(self._show_notice)
        workspace.refreshed.connect(self._show_notice)
        workspace.refused.connect(self._refused)
        theme.changed.connect(self._restyle)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self._build_notice())
        box.addWidget(self._build_form(), 1)
        self._restyle()
        self.show_experiment()

    # ------------------------------------------------------------------ parts

    def _build_form(self) -> QScrollArea:
        content = QWidget()
        form = QVBoxLayout(content)
        form.setContentsMargins(14, 12, 14, 12)
        form.setSpacing(6)
        form.addLayout(self._build_header())
        self.presets = PresetChoice()
        self.presets.activated.connect(self._preset_chosen)
        form.addWidget(self.presets)
        self._description = QLabel()
        self._description.setObjectName("label_description")
        self._description.setWordWrap(True)
        set_role(self._description, "subtitle")
        form.addWidget(self._description)
        for group, title in GROUPS.items():
            form.addSpacing(8)
            caption = QLabel(title)
            caption.setObjectName(f"caption_{group}")
            caption.setWordWrap(True)
            set_role(caption, "caption")
            self._labels[group] = caption
            form.addWidget(caption)
            form.addLayout(self._build_group(group))
        self._error = self._error_label("error_experiment")
        form.addWidget(self._error)
        form.addStretch(1)
        area = QScrollArea()
        area.setObjectName("scroll_experiment")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(content)
        return area

    def _build_header(self) -> QHBoxLayout:
        title = QLabel("Experiment")
        set_role(title, "title")
        collapse = QToolButton()
        collapse.setObjectName("button_collapse_experiment")
        collapse.setToolTip("Hide the experiment (Ctrl+E shows it again)")
        collapse.setAccessibleName("Hide the experiment")
        set_icon(collapse, "chevron_right", self._theme, "secondary")
        set_role(collapse, "flat")
        collapse.clicked.connect(self.collapse_wanted)
        row = QHBoxLayout()
        row.addWidget(title)
        row.addStretch(1)
        row.addWidget(collapse)
        return row

    def _build_group(self, group: str) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(0, 1)
        for name, field in SETTINGS.items():
            if field.metadata["group"] != group:
                continue
            row = grid.rowCount()
            self._errors[name] = self._error_label(f"error_{name}")
            if name == "layers":
                self.layers = LayerList(self._theme)
                self.layers.edited.connect(lambda layers, words: self._edit("layers", layers, words))
                grid.addWidget(self.layers, row, 0, 1, 2)
            else:
                self._fields[name] = widget = self._build_field(name)
                if name in CAPTIONED:
                    self._labels[name] = self._labels[group]
                    grid.addWidget(widget, row, 0, 1, 2)
                else:
                    self._labels[name] = label = self._build_label(name, widget)
                    widget.setFixedWidth(FIELD_PX)
                    grid.addWidget(label, row, 0)
                    grid.addWidget(widget, row, 1)
            grid.addWidget(self._errors[name], row + 1, 0, 1, 2)
        return grid

    def _build_label(self, name: str, widget: QWidget) -> QLabel:
        label = QLabel(self._label_text(name))
        label.setBuddy(widget)
        label.setToolTip(SETTINGS[name].metadata["help"])
        return label

    def _dot(self) -> str:
        return f"<span style='color:{self._theme.palette.accent}'>●</span>"

    def _label_text(self, name: str) -> str:
        title = SETTINGS[name].metadata["label"]
        return f"{title} {self._dot()}" if name in LIVE_SETTINGS else str(title)

    def _restyle(self) -> None:
        """Draw the dots in the theme's accent."""
        for name in LIVE_SETTINGS:
            self._labels[name].setText(self._label_text(name))
        self._labels["training"].setText(f"Training · {self._dot()} applies at once")

    def _build_field(self, name: str) -> QWidget:
        metadata, kind = SETTINGS[name].metadata, SETTINGS[name].type
        widget: QWidget
        if name == "dataset":
            widget = datasets = DatasetChoice()
            datasets.chosen.connect(self._dataset_chosen)
            datasets.data_wanted.connect(self._data_wanted)
        elif metadata["choices"]:
            widget = combo = Choice()
            for choice in metadata["choices"]:
                combo.addItem(choice.replace("_", " "), choice)
                tip = CHOICE_HELP.get(name, {}).get(choice)
                combo.setItemData(combo.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
            combo.activated.connect(lambda: self._edit(name, combo.currentData()))
        elif kind is bool:
            widget = box = QCheckBox()
            box.clicked.connect(lambda checked: self._edit(name, checked))
        else:
            widget = number = NumberField("", whole=kind is int)
            number.committed.connect(lambda value: self._edit(name, value))
        widget.setObjectName(f"field_{name}")
        widget.setAccessibleName(metadata["label"])
        widget.setAccessibleDescription(metadata["help"])
        widget.setToolTip(metadata["help"])
        return widget

    @staticmethod
    def _error_label(name: str) -> QLabel:
        label = QLabel()
        label.setObjectName(name)
        label.setWordWrap(True)
        label.hide()
        set_role(label, "error")
        return label

    def _build_notice(self) -> QFrame:
        self._notice = QFrame()
        self._notice.setObjectName("notice_new_network")
        set_role(self._notice, "card")
        self._notice_words = QLabel()
        self._notice_words.setWordWrap(True)
        self.start_anew = QPushButton("Start anew")
        self.start_anew.setObjectName("button_start_anew")
        self.start_anew.setToolTip("Make a new network with these changes")
        set_role(self.start_anew, "primary")
        self.start_anew.clicked.connect(self._apply_draft)
        self.discard = QPushButton("Keep this run")
        self.discard.setObjectName("button_discard_changes")
        self.discard.setToolTip("Keep the network as it is, and forget these changes (Esc)")
        self.discard.clicked.connect(self._discard_draft)
        buttons = QHBoxLayout()
        buttons.addWidget(self.start_anew)
        buttons.addWidget(self.discard)
        box = QVBoxLayout(self._notice)
        box.addWidget(self._notice_words)
        box.addLayout(buttons)
        self._notice.hide()
        return self._notice

    # ------------------------------------------------------------------ showing

    def _run_changed(self) -> None:
        self._forget_draft()
        self.show_experiment()

    def show_experiment(self) -> None:
        """Show the current run's experiment, with what was edited but not yet applied."""
        if self._workspace.run is None:
            return
        experiment = self._workspace.experiment
        table = {**experiment.as_table(), **self._draft}
        for name, widget in self._fields.items():
            if self._errors[name].text() and isinstance(widget, NumberField):
                continue  # the wrong value stays beside its sentence
            value = table[name]
            if isinstance(widget, DatasetChoice):
                widget.show_dataset(value, experiment)
            elif isinstance(widget, QComboBox):
                widget.setCurrentIndex(max(0, widget.findData(value)))
            elif isinstance(widget, QCheckBox):
                widget.setChecked(value)
            elif isinstance(widget, NumberField) and isinstance(value, (int, float)):
                widget.set_value(value)
        if "layers" not in self._draft:
            start = "from file" if experiment.initial_weights else ""
            self.layers.set_layers(experiment.layers, self._workspace.dataset.n_in, start)
        self._show_group_facts(table)
        self._description.setText(experiment.description)
        self._description.setVisible(bool(experiment.description))
        self.presets.show_experiment(experiment)

    def _show_group_facts(self, table: dict[str, Any]) -> None:
        workspace = self._workspace
        assert workspace.run is not None
        splits = workspace.run.trainer.splits
        sizes = {"training": splits.training, "validation": splits.validation, "test": splits.test}
        words = [f"{format_number(len(split))} {name}" for name, split in sizes.items() if split]
        self._labels["data"].setText("Data · " + ", ".join(words))
        n_parameters = workspace.initial.network.n_parameters
        plural = "" if n_parameters == 1 else "s"
        file = Path(table.get("initial_weights", "")).name
        start = f" · from {short(file)}" if file else ""
        self._labels["network"].setText(f"Network · {format_number(n_parameters)} parameter{plural}{start}")
        self._labels["network"].setToolTip(f"Its initial weights are those in {file}" if file else "")
        self._show_row("loss_scaling", table["loss"] == "squared_error")
        for name in ("momentum", "nesterov"):
            self._show_row(name, table["optimizer"] == "sgd")

    def _show_row(self, name: str, visible: bool) -> None:
        self._fields[name].setVisible(visible)
        self._labels[name].setVisible(visible)

    # ------------------------------------------------------------------ editing

    @property
    def _begun(self) -> bool:
        """Whether there are steps to lose."""
        workspace = self._workspace
        return workspace.run is not None and (len(workspace.history) > 0 or workspace.training)

    def _preset_chosen(self, index: int) -> None:
        name = self.presets.itemData(index)
        self._forget_draft()
        self._draft_preset = name
        self._draft_words = {"preset": self.presets.experiments[name].title}
        if self._begun:
            self._show_notice()
            self.start_anew.setFocus()  # Enter starts, Esc keeps the run
        else:
            self._apply_draft()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc keeps the run, while that is the question."""
        if event.key() == Qt.Key.Key_Escape and self._notice.isVisible():
            self._discard_draft()
            return
        super().keyPressEvent(event)

    @property
    def datasets(self) -> DatasetChoice:
        """The menu of data sets."""
        field = self._fields["dataset"]
        assert isinstance(field, DatasetChoice)
        return field

    def _dataset_chosen(self, dataset: str) -> None:
        self._edit("dataset", dataset, f"dataset {in_words(dataset)}")

    def _data_wanted(self) -> None:
        self.show_experiment()  # the menu shows again what there is
        self.data_wanted.emit()

    def _edit(self, name: str, value: Any, words: str = "") -> None:
        """A field was edited: apply it if that can be done at once, else keep it for a new network."""
        workspace = self._workspace
        if workspace.run is None:
            return
        words = words or f"{SETTINGS[name].metadata['label'].lower()} {value}"
        begun = self._begun
        self._show_error(name, "")
        self._draft_words.pop(name, None)
        if name not in self._draft and value == workspace.experiment.as_table()[name]:
            self.show_experiment()
            return
        try:
            if name in LIVE_SETTINGS and begun and name not in self._draft:
                workspace.change_setting(name, value)
                self._fields[name].setFocus()
                return
            draft = {**self._draft, name: value}
            if name == "optimizer" and value != "sgd":
                draft.update(momentum=0.0, nesterov=False)
            if name == "dataset":
                draft.update(self.datasets.fitted(workspace.experiment, str(value)))
            experiment = workspace.experiment.with_settings(draft)
            if self._outgrows_weights(experiment):
                draft.update(initial_weights="", initial_weights_sha256="")
                experiment = workspace.experiment.with_settings(draft)
                words += ", its weights drawn"
        except ValueError as error:
            self._show_error(name, str(error))
            if isinstance(self._fields.get(name), (QCheckBox, QComboBox)):
                self.show_experiment()  # what was chosen did not come about
            return
        if experiment == workspace.experiment:
            self._discard_draft()
            return
        if value == workspace.experiment.as_table()[name]:
            del draft[name]
            words = ""
        self._draft = draft
        if words:
            self._draft_words[name] = words
        if begun:
            self._show_notice()
            self.show_experiment()
        else:
            self._apply_draft()

    def _outgrows_weights(self, experiment: Experiment) -> bool:
        """Whether an edited experiment has no use for the file of weights that it started from."""
        before = self._workspace.experiment
        if not experiment.initial_weights:
            return False
        if not would_fit(before.layers, experiment.layers):
            return True
        other = experiment.dataset != before.dataset
        return other and load_dataset(*experiment.data_source).n_in != self._workspace.dataset.n_in

    def _apply_draft(self) -> None:
        if self._draft_preset is not None:
            preset = self.presets.experiments[self._draft_preset]
            self._workspace.edit_experiment(preset, f"preset {self._draft_preset}")
            return
        try:
            experiment = self._workspace.experiment.with_settings(self._draft)
        except ValueError as error:
            self._refused(str(error))
            return
        self._workspace.edit_experiment(experiment, ", ".join(self._draft_words.values()))

    def _discard_draft(self) -> None:
        self._forget_draft()
        self.show_experiment()

    def _forget_draft(self) -> None:
        self._draft.clear()
        self._draft_words.clear()
        self._draft_preset = None
        for name in self._errors:
            self._show_error(name, "")
        self._error.hide()
        self._notice.hide()

    def _show_notice(self) -> None:
        if self._workspace.run is None:
            return
        waiting = bool(self._draft) or self._draft_preset is not None
        self._notice.setVisible(waiting and self._begun)
        if waiting and self._begun:
            steps = format_number(len(self._workspace.history))
            self._notice_words.setText(
                f"<b>{escape(', '.join(self._draft_words.values()))}</b>: this needs a new network. "
                f"The {steps} steps made so far would be lost."
            )

    def _refused(self, sentence: str) -> None:
        """Show why an experiment could not be made, beside the field that the sentence names."""
        if not self._draft and self._draft_preset is None:
            return
        named = [name for name in self._errors if sentence.startswith(name)]
        if named:
            self._show_error(max(named, key=len), sentence)
        else:
            self._error.setText(sentence)
            self._error.show()

    def _show_error(self, name: str, sentence: str) -> None:
        self._errors[name].setText(sentence)
        self._errors[name].setVisible(bool(sentence))
        field = self._fields.get(name)
        if isinstance(field, NumberField):
            field.set_invalid(bool(sentence))
