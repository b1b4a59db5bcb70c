"""One unit: its weights large, its votes for the next layer, and the examples that excite it most."""

import time

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from mlpviz.data import Split
from mlpviz.figures.numbers import format_number
from mlpviz.figures.weights import column_images
from mlpviz.gui.theme import Theme, set_role
from mlpviz.gui.widgets.bars import Bars
from mlpviz.gui.widgets.mosaic_view import MosaicView
from mlpviz.gui.widgets.names import in_words
from mlpviz.gui.widgets.tensor_image import Cell, TensorImage
from mlpviz.gui.workspace import Workspace

LOOKED_AT = 2000
"""Examples among which the most exciting ones are sought: of validation, or of training if there is none."""

SHOWN = 9
PATIENCE_S = 0.4  # between two looks while training: its words and examples cost more than its picture


class UnitPanel(QWidget):
    """What there is to know of one unit of an affine layer."""

    def __init__(self, workspace: Workspace, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel_unit")
        self._workspace = workspace
        self._looked_at = 0.0
        self._inputs: NDArray | None = None
        self._title = QLabel()
        self._title.setObjectName("label_unit")
        self._title.setTextFormat(Qt.TextFormat.RichText)
        self._title.setWordWrap(True)
        self._weights = TensorImage(theme, "image_unit_weights", "Weights of the unit")
        self._weights.setMinimumSize(96, 96)
        self._weights.cell_hovered.connect(self._cell_hovered)
        self._incoming = Bars(theme, "bars_unit_weights", "Weights of the unit")
        self._votes_title = self._caption("votes for")
        self._votes_title.setToolTip(
            "The unit's weights into the next layer: above the line it speaks for a class, below against it"
        )
        self._votes = Bars(theme, "bars_unit_votes", "Votes of the unit")
        self._excited_title = self._caption("excited most by")
        self._excited_title.setToolTip(
            f"Of {LOOKED_AT} validation examples, those on which the unit's weighted sum is largest"
        )
        self._excited = MosaicView(
            theme, "mosaic_excited", "Examples that excite the unit most", "pixel", "example"
        )
        self._excited.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(2)
        self._grid.addWidget(self._title, 0, 0, 1, 3)
        self.set_enlarged(False)
        self._hovered: Cell | None = None
        self._shown: tuple[int, int, int] | None = None

    @staticmethod
    def _caption(text: str) -> QLabel:
        label = QLabel(text)
        set_role(label, "subtitle")
        return label

    def set_enlarged(self, enlarged: bool) -> None:
        """Lay the parts out for a strip below other things, or for all the room of a card."""
        first = 2 if enlarged else 1  # the row of the captions, the pictures below it
        columns = 3 if enlarged else 1
        picture: QWidget
        for picture in (self._weights, self._incoming):
            self._grid.addWidget(picture, 1, 0, 1 if enlarged else 2, columns)
        for column, (title, picture) in enumerate(
            ((self._votes_title, self._votes), (self._excited_title, self._excited)), 0 if enlarged else 1
        ):
            self._grid.addWidget(title, first, column)
            self._grid.addWidget(picture, first + 1, column)
        for column, stretch in enumerate((1, 1, 0) if enlarged else (4, 5, 5)):
            self._grid.setColumnStretch(column, stretch)
        for row, stretch in enumerate((0, 3, 0, 1) if enlarged else (0, 0, 1, 0)):
            self._grid.setRowStretch(row, stretch)

    def forget_run(self) -> None:
        """A new run has other examples."""
        self._inputs = None
        self._shown = None

    def show_unit(self, position: int, unit: int, matrix: NDArray, limit: float) -> None:
        """Show a unit of the affine layer at a position in the network.

        Parameters
        ----------
        matrix
            What is on show of the layer (weights, gradient, …), (n_in, n_out); with the limit of its scale.
        """
        snapshot, dataset = self._workspace.snapshot, self._workspace.dataset
        if snapshot is None:
            return
        moved = self._shown != (position, unit, id(self._workspace.run))
        patient = self._workspace.training and time.monotonic() - self._looked_at < PATIENCE_S
        if patient and not moved:
            return
        self._looked_at = time.monotonic()
        self._shown = (position, unit, id(self._workspace.run))
        column = matrix[:, unit]
        is_image = dataset.image_shape is not None and len(column) == dataset.n_in
        self._weights.setVisible(is_image)
        self._incoming.setVisible(not is_image)
        if dataset.image_shape is not None and is_image:
            self._weights.set_array(column_images(column[:, None], dataset.image_shape)[0], limit)
        else:
            self._incoming.set_values(column, [str(i) for i in range(len(column))])
        votes = self._votes_of(position, unit)
        self._votes.setVisible(votes is not None)
        self._votes_title.setVisible(votes is not None)
        self._grid.setColumnStretch(1, 5 if votes is not None else 0)
        if votes is not None:
            self._votes.set_values(votes, self._names(len(votes)))
        self._title.setText(self._words(position, unit, votes))
        self._show_exciting(position, unit)

    def _votes_of(self, position: int, unit: int) -> NDArray | None:
        assert self._workspace.snapshot is not None
        for layer in self._workspace.snapshot.network.layers[position + 1 :]:
            if "weight" in layer.params:
                return layer.params["weight"][unit]
        return None

    def _names(self, n: int) -> list[str]:
        classes = self._workspace.dataset.classes
        return list(classes) if len(classes) == n else [str(i) for i in range(n)]

    def _words(self, position: int, unit: int, votes: NDArray | None) -> str:
        assert self._workspace.snapshot is not None
        params = self._workspace.snapshot.network.layers[position].params
        norm = float(np.linalg.norm(params["weight"][:, unit]))
        words = [
            f"<b>Unit {unit}</b>",
            f"norm {format_number(norm)}",
        ]
        if "bias" in params:
            words.append(f"bias {format_number(float(params['bias'][unit]), signed=True)}")
        if votes is not None and len(votes) > 1:
            names = self._names(len(votes))
            best, worst = (names[int(k)] for k in (votes.argmax(), votes.argmin()))
            if len(names) != len(self._workspace.dataset.classes):
                best, worst = f"unit {best} of the next layer", f"unit {worst}"
            words.append(f"votes most for <b>{in_words(best)}</b>, against <b>{in_words(worst)}</b>")
        elif votes is None and len(self._workspace.dataset.classes) == params["weight"].shape[1]:
            words.append(f"the output for <b>{in_words(self._workspace.dataset.classes[unit])}</b>")
        if self._hovered is not None:
            cell = self._hovered
            words.append(f"({cell.row}, {cell.column}): {format_number(cell.value, 4, signed=True)}")
        return " · ".join(words)

    def _cell_hovered(self, cell: Cell | None) -> None:
        self._hovered = cell
        if self._shown is not None and self._workspace.snapshot is not None:
            position, unit, _ = self._shown
            self._title.setText(self._words(position, unit, self._votes_of(position, unit)))

    def _show_exciting(self, position: int, unit: int) -> None:
        dataset, snapshot = self._workspace.dataset, self._workspace.snapshot
        visible = dataset.image_shape is not None
        self._excited.setVisible(visible)
        self._excited_title.setVisible(visible)
        if snapshot is None or dataset.image_shape is None:
            return
        split = self._split()
        if self._inputs is None:
            self._inputs, _ = split.batch(slice(0, LOOKED_AT))
        y = self._inputs
        for layer in snapshot.network.layers[:position]:
            y, _ = layer.forward(y)
        sums = y @ snapshot.network.layers[position].params["weight"][:, unit]
        best = np.argsort(-sums, kind="stable")[:SHOWN]
        stored = split.inputs_at(best).reshape(-1, *dataset.image_shape)
        params = snapshot.network.layers[position].params
        bias = float(params["bias"][unit]) if "bias" in params else 0.0
        labels = split.labels_at(best)
        self._excited.set_images(
            stored,
            limits=float(dataset.value_range[1]) if dataset.value_range else None,
            labels=[
                f"a {dataset.classes[label]}: weighted sum {format_number(float(sums[i]) + bias)}"
                for i, label in zip(best, labels, strict=True)
            ],
        )

    def _split(self) -> Split:
        run = self._workspace.run
        assert run is not None
        splits = run.trainer.splits
        return splits.validation if len(splits.validation) else splits.training
