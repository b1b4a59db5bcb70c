"""The dialog before weights are taken: what was understood, and choices for what no file of weights tells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from mlpviz.data import SCALINGS, Dataset
from mlpviz.files.models.opening import (
    ACTIVATIONS,
    OUTPUTS,
    Choices,
    assumptions,
    chosen,
    default_choices,
    experiment_of,
)
from mlpviz.gui.theme import Theme, set_role
from mlpviz.gui.widgets.card import GAP_PX
from mlpviz.gui.widgets.choice import Choice
from mlpviz.gui.widgets.data_table import Column, DataTable
from mlpviz.nn import LOSSES, SquaredError, sentence
from mlpviz.training import Experiment
from mlpviz.training.imported import LAYOUTS, ImportedWeights

MOST_ROWS = 5  # of the table without scrolling
AS_IN_FILE = "as in the file"
HELP = {
    "layout": "How the weight of a layer lies in the file: its shapes alone do not tell",
    "dataset": "The examples to look at the network with, and to train it on",
    "activation": "What follows each hidden layer: it has no parameters, so a file of weights does not tell",
    "output": "What follows the last layer. The cross-entropies work on scores and need nothing there",
    "loss": "How wrong an output is: for the loss curve, and for training on",
    "loss_scaling": "Of the squared error: sum over the outputs, mean over them, or half the sum",
    "input_scaling": "What was done to the inputs when the network was trained: with another the answers are "
    "wrong. PyTorch's ToTensor() is natural; followed by Normalize((0.5,), (0.5,)) it is signed",
}


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """What can be opened: the ways to read the file, and by name the datasets that fit.

    `like` is an experiment on `first`, the dataset to begin with, where that is the one on show.
    """

    readings: Sequence[ImportedWeights]
    datasets: Mapping[str, Dataset]
    first: str
    like: Experiment | None = None


class ModelDialog(QDialog):
    """Shows what was understood layer by layer, and lets dataset, activation, loss and scaling be chosen.

    Parameters
    ----------
    theme : Theme
    offer : Offer
    loses : str
        What is lost by opening, in a sentence; empty for nothing.
    parent : QWidget, optional
    """

    wanted = Signal(object)
    """An experiment is to take the current one's place. The dialog stays until it is told how it went."""

    def __init__(self, theme: Theme, offer: Offer, loses: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dialog_model")
        self.setWindowTitle(f"Open model: {offer.readings[0].path.name}")
        self._offer = offer
        self._fields: dict[str, Choice] = {}
        box = QVBoxLayout(self)
        box.setContentsMargins(GAP_PX, GAP_PX, GAP_PX, GAP_PX)
        box.setSpacing(GAP_PX)
        self._table = DataTable(theme, "table_model_layers", "Layers of the model")
        self._table.setSortingEnabled(False)
        self._table.setSelectionMode(DataTable.SelectionMode.NoSelection)
        box.addWidget(self._label("label_model", "title"))
        box.addWidget(self._table)
        box.addWidget(self._label("label_model_notes", "subtitle"))
        box.addLayout(self._build_form())
        box.addWidget(self._label("label_model_assumed", "subtitle"))
        box.addWidget(self._label("label_model_accuracy", "subtitle"))
        box.addWidget(self._label("label_model_loses", "warning"))
        box.addWidget(self._label("error_model", "error"))
        box.addStretch(1)
        box.addLayout(self._build_buttons())
        self._set(
            "label_model_accuracy",
            "How good it is on these examples is not known yet: the Evaluate page will tell.",
        )
        self._set("label_model_loses", loses)
        self._choices = default_choices(self.weights, offer.first, offer.datasets[offer.first])
        self._fill()
        self._show()
        self._open.setFocus()
        self.resize(770, 300)
        self._make_room()

    # ------------------------------------------------------------------ parts

    def _label(self, name: str, role: str) -> QLabel:
        label = QLabel()
        label.setObjectName(name)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)  # names come from a file of anyone's
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        set_role(label, role)
        return label

    def _build_form(self) -> QFormLayout:
        self._form = QFormLayout()
        self._form.setVerticalSpacing(6)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        titles = {"layout": "Weights lie", "input_scaling": "Input scaling", "loss_scaling": "Loss scaling"}
        for name, tip in HELP.items():
            field = Choice()
            field.setObjectName(f"field_model_{name}")
            field.setAccessibleName(titles.get(name, name.capitalize()))
            field.setAccessibleDescription(tip)
            field.setToolTip(tip)
            field.activated.connect(lambda _row, name=name: self._edit(name))
            self._fields[name] = field
            self._form.addRow(titles.get(name, name.capitalize()), field)
        return self._form

    def _build_buttons(self) -> QHBoxLayout:
        cancel = QPushButton("Cancel")
        cancel.setObjectName("button_cancel_model")
        cancel.setToolTip("Close, and leave everything as it is (Esc)")
        cancel.clicked.connect(self.reject)
        self._open = QPushButton("Open")
        self._open.setObjectName("button_open_model")
        self._open.setToolTip("Make a run that starts from these weights, in place of the current one")
        self._open.setDefault(True)
        set_role(self._open, "primary")
        self._open.clicked.connect(self._want)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self._open)
        return row

    def _fill(self) -> None:
        """Put into each list what it offers."""
        known = {
            "layout": {r.layout: LAYOUTS[r.layout] for r in self._offer.readings},
            "dataset": {name: data.title for name, data in self._offer.datasets.items()},
            "activation": {name: name.replace("_", " ") for name in ACTIVATIONS},
            "output": {name: "nothing" if name == "none" else name for name in OUTPUTS},
            "loss": {name: name.replace("_", " ") for name in LOSSES},
            "loss_scaling": {name: name for name in SquaredError.scalings},
            "input_scaling": {name: f"{name}: {words}" for name, words in SCALINGS.items()},
        }
        if self._choices.are_known:
            known["activation"] = {AS_IN_FILE: AS_IN_FILE, **known["activation"]}
        for name, words in known.items():
            for value, text in words.items():
                self._fields[name].addItem(text, value)
                if name == "loss":
                    tip = sentence(LOSSES[value])
                    self._fields[name].setItemData(
                        self._fields[name].count() - 1, tip, Qt.ItemDataRole.ToolTipRole
                    )

    # ------------------------------------------------------------------ choosing

    @property
    def weights(self) -> ImportedWeights:
        """The way to read the file that is chosen; the first, before there is a choice."""
        layout = self._fields["layout"].currentData()
        return next((r for r in self._offer.readings if r.layout == layout), self._offer.readings[0])

    @property
    def choices(self) -> Choices:
        """What is chosen."""
        return self._choices

    def experiment(self) -> Experiment:
        """The experiment that starts from the weights.

        Raises
        ------
        ValueError
            If something does not fit; the sentence says what.
        """
        name = self._choices.dataset
        like = self._offer.like if name == self._offer.first else None
        return experiment_of(self.weights, self._choices, self._offer.datasets[name], like)

    def _edit(self, name: str) -> None:
        """A choice was made."""
        value = self._fields[name].currentData()
        if name == "layout":
            pass
        elif name == "dataset":
            usual = default_choices(self.weights, value, self._offer.datasets[value])
            self._choices = chosen(self._choices, dataset=value, loss=usual.loss)
        elif value == AS_IN_FILE:
            dataset = self._choices.dataset
            self._choices = default_choices(self.weights, dataset, self._offer.datasets[dataset])
        else:
            self._choices = chosen(self._choices, **{name: value})
        self._show()

    def _show(self) -> None:
        """Show the file as it is understood now, and every choice."""
        weights, choices = self.weights, self._choices
        sizes = [weights.n_in, *(layer.n_out for layer in weights.layers if layer.kind != "batch_norm")]
        self._set("label_model", f"{weights.path.name}: {' – '.join(map(str, sizes))}")
        self._table.set_columns(
            [
                Column(
                    "In the file", "What the file calls the layer", [each.words for each in weights.layers]
                ),
                Column(
                    "Taken as",
                    "The layer of the experiment",
                    [f"{each.kind.replace('_', ' ')} {each.n_in} → {each.n_out}" for each in weights.layers],
                ),
            ]
        )
        self._table.setFixedHeight(min(self._table.content_height(), 26 * (MOST_ROWS + 1) + 8))
        self._set("label_model_notes", " ".join(weights.notes))
        self._set("label_model_assumed", " ".join(assumptions(weights, choices)))
        for name in ("dataset", "output", "loss", "loss_scaling", "input_scaling"):
            self._choose(name, getattr(choices, name))
        self._choose("activation", AS_IN_FILE if choices.are_known else choices.activation)
        self._form.setRowVisible(self._fields["layout"], len(self._offer.readings) > 1)
        self._form.setRowVisible(self._fields["activation"], len(sizes) > 2)
        self._form.setRowVisible(self._fields["output"], not choices.are_known)
        self._form.setRowVisible(self._fields["loss_scaling"], choices.loss == "squared_error")
        try:
            self.experiment()
        except ValueError as error:
            self._refuse(str(error))
        else:
            self._refuse("")
        self._open.setEnabled(not self._error)
        self._make_room()

    def _make_room(self) -> None:
        """Grow with what is to be shown, which no layout of a window does by itself."""
        layout = self.layout()
        assert layout is not None
        layout.activate()
        self.resize(self.width(), max(self.height(), layout.totalHeightForWidth(self.width())))

    def _choose(self, name: str, value: str) -> None:
        self._fields[name].setCurrentIndex(max(0, self._fields[name].findData(value)))

    # ------------------------------------------------------------------ opening

    def _want(self) -> None:
        self._refuse("")
        self._open.setEnabled(False)
        self.wanted.emit(self.experiment())

    def opened(self) -> None:
        """The run is there."""
        self.accept()

    def refused(self, sentence: str) -> None:
        """The run could not be made: say why, so that another choice can be made."""
        self._refuse(sentence)
        self._open.setEnabled(True)

    def _refuse(self, sentence: str) -> None:
        self._error = sentence
        self._set("error_model", sentence)
        if sentence:
            self._make_room()

    def _set(self, name: str, words: str) -> None:
        label = self.findChild(QLabel, name)
        assert label is not None
        label.setText(words)
        label.setVisible(bool(words))
