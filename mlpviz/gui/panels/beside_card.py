"""The weights of two runs side by side, and what the second one's are more than the first one's."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QStackedWidget, QWidget

from mlpviz.figures.colors import signed_limit
from mlpviz.figures.numbers import format_number
from mlpviz.figures.weights import column_images, column_norms
from mlpviz.gui.compared_run import ComparedRun
from mlpviz.gui.comparison import Comparison
from mlpviz.gui.theme import Theme, set_role
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.widgets.choice import Choice
from mlpviz.gui.widgets.color_bar import ColorBar
from mlpviz.gui.widgets.mosaic_view import MosaicView
from mlpviz.gui.widgets.tensor_image import HeatMap
from mlpviz.training.differences import cannot_subtract
from mlpviz.training.health import affine_layers

PLACES = ("first", "second", "difference")


class BesideCard(Card):
    """Layer 1 of two chosen runs and their difference, all three on one scale."""

    def __init__(self, comparison: Comparison, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Weights of layer 1", "card_beside", parent=parent)
        self._comparison = comparison
        self._pictures = QWidget()
        self._grid = grid = QGridLayout(self._pictures)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(14)
        self.choices = [
            self._choice(grid, i, tip) for i, tip in enumerate(("The first run", "The second run"))
        ]
        minus = QLabel("second − first")
        minus.setToolTip("Each weight of the second run minus the same weight of the first one")
        set_role(minus, "caption")
        grid.addWidget(minus, 0, 2)
        self.mosaics, self.matrices, self._stacks = [], [], []
        for i, place in enumerate(PLACES):
            mosaic = MosaicView(theme, f"mosaic_{place}", f"Weights of layer 1, {place}")
            matrix = HeatMap(theme, f"matrix_{place}", "input", "unit", f"Weights of layer 1, {place}")
            mosaic.hovered.connect(self._hovered)
            mosaic.selected.connect(self._select)
            stack = QStackedWidget()
            stack.addWidget(mosaic)
            stack.addWidget(matrix)
            grid.addWidget(stack, 1, i)
            grid.setColumnStretch(i, 1)
            self.mosaics.append(mosaic)
            self.matrices.append(matrix)
            self._stacks.append(stack)
        grid.setRowStretch(1, 1)
        self._bar = ColorBar(theme, "color_bar_beside", "signed", "weight")
        self._told = QLabel()
        self._told.setObjectName("label_beside_told")
        set_role(self._told, "subtitle")
        legend = QHBoxLayout()
        legend.addWidget(self._told, 3)
        legend.addWidget(self._bar, 2)
        self._refusal = QLabel()
        self._refusal.setObjectName("label_beside_refusal")
        self._refusal.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._refusal.setWordWrap(True)
        set_role(self._refusal, "subtitle")
        self.body.addWidget(self._refusal)
        self.body.addWidget(self._pictures, 1)
        self.body.addLayout(legend)
        self._norms: NDArray = np.zeros(0)
        self._arrays: tuple[NDArray, ...] = ()
        self._noun = "unit"

    def _choice(self, grid: QGridLayout, column: int, tip: str) -> Choice:
        choice = Choice()
        choice.setObjectName(f"choice_{PLACES[column]}_run")
        choice.setAccessibleName(tip)
        choice.setToolTip(tip)
        choice.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        choice.activated.connect(lambda _row: self.refresh())
        grid.addWidget(choice, 0, column)
        return choice

    def set_runs(self) -> None:
        """Offer the runs that are shown."""
        for k, choice in enumerate(self.choices):
            before = choice.currentData()
            choice.clear()
            for run in self._comparison.shown:
                choice.addItem(run.name, run.slot)
            kept = choice.findData(before)
            choice.setCurrentIndex(kept if kept >= 0 else min(k, choice.count() - 1))
        if self.choices[0].currentIndex() == self.choices[1].currentIndex() and self.choices[0].count() > 1:
            other = 1 if self.choices[0].currentIndex() == 0 else 0
            self.choices[1].setCurrentIndex(other)
        self.refresh()

    def _chosen(self) -> list[ComparedRun]:
        by_slot = {run.slot: run for run in self._comparison.shown}
        return [by_slot[choice.currentData()] for choice in self.choices if choice.currentData() in by_slot]

    def refresh(self) -> None:
        """Show the newest weights of both."""
        runs = self._chosen()
        if len(runs) < 2:
            self._refuse("Weights are laid side by side once there are two runs in the list.")
            return
        first, second = (_first_weight(run) for run in runs)
        refusal = cannot_subtract(runs[0].experiment, runs[1].experiment, first.shape, second.shape)
        if refusal is not None:
            self._refuse(refusal)
            return
        self._refusal.hide()
        difference = second - first
        self._arrays = first, second, difference
        limit = max(map(signed_limit, self._arrays))
        shape = runs[0].trainer.dataset.image_shape
        self._norms = column_norms(difference)
        self._noun = _noun(runs[0])
        for matrix, mosaic, heat_map, stack in zip(
            self._arrays, self.mosaics, self.matrices, self._stacks, strict=True
        ):
            if shape is None:
                heat_map.set_array(matrix, limit)
                stack.setCurrentWidget(heat_map)
            else:
                mosaic.set_images(column_images(matrix, shape), limit, self._labels(len(matrix.T)))
                stack.setCurrentWidget(mosaic)
        self._bar.set_limit(limit)
        self._bar.show()
        self._pictures.show()
        self._show_stacks(True)
        moved = format_number(float(np.linalg.norm(difference)))
        self.set_subtitle(f"‖second − first‖ = {moved}, all on one scale")

    def become_picture(self) -> None:
        """Say in words which runs are laid beside each other, where a menu chooses them on screen."""
        for column, choice in enumerate(self.choices):
            name = QLabel(choice.currentText())
            set_role(name, "caption")
            self._grid.addWidget(name, 0, column)

    def numbers(self) -> dict[str, NDArray]:
        """The weights of the first run, those of the second, and their difference."""
        return {} if self._refusal.isVisible() else dict(zip(PLACES, self._arrays, strict=True))

    def _labels(self, n: int) -> list[str]:
        return [f"{self._noun} {j} · differs by {format_number(float(self._norms[j]))}" for j in range(n)]

    def _refuse(self, sentence: str) -> None:
        self._refusal.setText(sentence)
        self._refusal.show()
        self._pictures.setVisible(len(self._chosen()) == 2)  # so that another run can be chosen
        self._show_stacks(False)
        self._bar.hide()
        self.set_subtitle("")

    def _show_stacks(self, visible: bool) -> None:
        for stack in self._stacks:
            stack.setVisible(visible)

    def _hovered(self, unit: int) -> None:
        if not 0 <= unit < len(self._norms):
            unit = self.mosaics[0].selection or 0
            if self.mosaics[0].selection is None or unit >= len(self._norms):
                self._told.clear()
                return
        norm = format_number(float(self._norms[unit]))
        self._told.setText(f"{self._noun} {unit} differs by {norm} (norm)")

    def _select(self, unit: int) -> None:
        """Frame the same unit in all three."""
        for mosaic in self.mosaics:
            mosaic.set_selected(unit)
        self._hovered(unit)


def _noun(run: ComparedRun) -> str:
    """What a column of the first weight matrix belongs to."""
    is_output = len(affine_layers(run.experiment)) == 1
    return "class" if is_output and run.trainer.dataset.classes else "unit"


def _first_weight(run: ComparedRun) -> NDArray:
    """The first weight matrix of the network on show, (n_in, n_out)."""
    layers = run.snapshot.network.layers
    return next(layer.params["weight"] for layer in layers if "weight" in layer.params)
