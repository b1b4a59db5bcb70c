"""The biases of a layer as bars; those of the classes beside how often each class comes."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from mlpviz.figures.numbers import format_number
from mlpviz.gui.theme import Theme, set_role
from mlpviz.gui.widgets.bars import Bars
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.widgets.choice import Choice
from mlpviz.gui.workspace import Workspace
from mlpviz.nn import SoftmaxCrossEntropy
from mlpviz.training.facts import uneven_counts

NAMED_UNITS = 16  # so many labels can be read side by side
MARK = "━"
LOOKED_AT = 500


def has_biases(workspace: Workspace) -> bool:
    """Whether a layer of the current run has biases."""
    return any("bias" in params for params in workspace.initial.network.params)


def tells_frequencies(workspace: Workspace) -> bool:
    """Whether the last biases can take up how often each class comes: it differs, and the loss is softmax."""
    run = workspace.run
    assert run is not None
    counts = uneven_counts(workspace.dataset, run.trainer.splits.training)
    return counts is not None and isinstance(run.trainer.loss, SoftmaxCrossEntropy)


def tells_nothing_else(workspace: Workspace) -> bool:
    """Whether there is nothing to see but frequencies: every picture is the same."""
    run = workspace.run
    assert run is not None
    rows = run.trainer.splits.training.rows[:LOOKED_AT]
    inputs = workspace.dataset.training.inputs[rows]
    return tells_frequencies(workspace) and bool((inputs == inputs[0]).all())


class BiasesCard(Card):
    """One bar a unit, for a layer; where classes come unevenly often, with a line at the log frequency."""

    def __init__(self, workspace: Workspace, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Biases", "card_biases", parent=parent)
        self._workspace = workspace
        self._positions: list[int] = []
        self._frequencies: np.ndarray | None = None
        self.layer = Choice()
        self.layer.setObjectName("choice_biases_layer")
        self.layer.setAccessibleName("The layer whose biases are on show")
        self.layer.setToolTip("The layer whose biases are on show")
        set_role(self.layer, "flat")
        self.layer.currentIndexChanged.connect(self.refresh)
        self.add_header_widget(self.layer)
        self.bars = Bars(theme, "bars_biases", "The bias of each unit")
        self.bars.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.bars.bar_hovered.connect(self._hovered)
        self.bars.bar_clicked.connect(self._hovered)
        self._words = QLabel()
        self._words.setObjectName("label_biases")
        self._words.setWordWrap(True)
        set_role(self._words, "subtitle")
        self._under_pointer = QLabel(" ")
        self._under_pointer.setObjectName("label_biases_hover")
        self.body.addWidget(self._words)
        self.body.addWidget(self.bars, 1)
        self.body.addWidget(self._under_pointer)
        workspace.run_changed.connect(self._run_changed)

    def _run_changed(self) -> None:
        run = self._workspace.run
        if run is None:
            return
        layers = self._workspace.initial.network.layers
        self._positions = [i for i, layer in enumerate(layers) if "bias" in layer.params]
        numbers = [sum("weight" in layer.params for layer in layers[: i + 1]) for i in self._positions]
        self.layer.blockSignals(True)
        self.layer.clear()
        self.layer.addItems([f"layer {number}" for number in numbers])
        self.layer.setCurrentIndex(len(numbers) - 1)
        self.layer.blockSignals(False)
        self.layer.setVisible(len(numbers) > 1)
        self._frequencies = None
        if tells_frequencies(self._workspace):
            counts = uneven_counts(self._workspace.dataset, run.trainer.splits.training)
            assert counts is not None
            self._frequencies = np.log(counts / counts.sum())
        self.refresh()

    def refresh(self) -> None:
        """Show the newest snapshot."""
        snapshot = self._workspace.snapshot
        if snapshot is None or not self._positions or not self.isVisible():
            return
        position = self._positions[max(0, self.layer.currentIndex())]
        bias = snapshot.network.layers[position].params["bias"].astype(np.float64)
        classes = self._workspace.dataset.classes
        is_last = position == self._positions[-1] and len(bias) == len(classes)
        names = list(classes) if is_last else [str(i) for i in range(len(bias))]
        if is_last and self._frequencies is not None:
            self._show_with_frequencies(bias, names, self._frequencies)
        else:
            self._words.setText("What each unit adds to its weighted sum, whatever the inputs.")
            self.bars.set_values(bias, names)

    def become_picture(self) -> None:
        """Say of which layer, and how large each bar is."""
        self.set_title(f"Biases of {self.layer.currentText()}")
        self.bars.show_numbers()
        self._under_pointer.hide()

    def numbers(self) -> dict[str, np.ndarray]:
        """The biases of the layer on show."""
        snapshot = self._workspace.snapshot
        if snapshot is None or not self._positions:
            return {}
        position = self._positions[max(0, self.layer.currentIndex())]
        return {"bias": snapshot.network.layers[position].params["bias"]}

    def _show_with_frequencies(self, bias: np.ndarray, names: list[str], frequencies: np.ndarray) -> None:
        self._words.setText(
            f"Bars: the bias of each class. {MARK} the logarithm of how often it comes. Both less their "
            "means, for a constant added to all scores changes nothing."
        )
        self.bars.set_values(bias - bias.mean(), names)
        self.bars.set_marks(frequencies - frequencies.mean(), "log frequency less the mean:")

    def _hovered(self, i: int) -> None:
        snapshot = self._workspace.snapshot
        if i < 0 or snapshot is None or not self._positions:
            self._under_pointer.setText(" ")
            return
        self.bars.set_highlighted(i)
        position = self._positions[max(0, self.layer.currentIndex())]
        bias = float(snapshot.network.layers[position].params["bias"][i])
        words = f"unit {i}: bias {format_number(bias, signed=True)}"
        if self._frequencies is not None and len(self._frequencies) == len(self.bars.values):
            often = 100 * float(np.exp(self._frequencies[i]))
            words += (
                f"; class {self._workspace.dataset.classes[i]} is {format_number(often)} % of the examples"
            )
        self._under_pointer.setText(words)
