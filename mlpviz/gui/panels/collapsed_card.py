"""Layers with nothing between them as the one layer that they are."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QWidget

from mlpviz.figures.colors import signed_limit
from mlpviz.figures.numbers import format_number
from mlpviz.figures.weights import column_images
from mlpviz.gui.theme import Theme, set_role
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.widgets.color_bar import ColorBar
from mlpviz.gui.widgets.mosaic_view import MosaicView
from mlpviz.gui.widgets.tensor_image import HeatMap
from mlpviz.gui.workspace import Workspace
from mlpviz.nn import Linear, collapsed
from mlpviz.training.facts import rows_of_sums

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def can_collapse(workspace: Workspace) -> bool:
    """Whether some layers of the current run are one."""
    return bool(rows_of_sums(workspace.initial.network))


class CollapsedCard(Card):
    """The product of the weights, W₁W₂…, each unit as an image, or as a matrix."""

    def __init__(self, workspace: Workspace, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "As one layer", "card_collapsed", parent=parent)
        self._workspace = workspace
        self._words = QLabel()
        self._words.setObjectName("label_collapsed")
        self._words.setWordWrap(True)
        set_role(self._words, "subtitle")
        self._under_pointer = QLabel()
        self._under_pointer.setObjectName("label_collapsed_hover")
        set_role(self._under_pointer, "subtitle")
        self.mosaic = MosaicView(
            theme, "mosaic_collapsed", "Weights of the one layer, a picture for each unit"
        )
        self.mosaic.hovered.connect(
            lambda i: self._under_pointer.setText(self.mosaic.label(i) if i >= 0 else "")
        )
        self.matrix = HeatMap(theme, "matrix_collapsed", "input", "unit", "Weights of the one layer")
        self._pictures = QStackedWidget()
        self._pictures.addWidget(self.mosaic)
        self._pictures.addWidget(self.matrix)
        self._bar = ColorBar(theme, "color_bar_collapsed", "signed", "weight")
        self._bar.setMinimumWidth(150)
        foot = QHBoxLayout()
        foot.addWidget(self._under_pointer, 3)
        foot.addWidget(self._bar, 2)
        self.body.addWidget(self._words)
        self.body.addWidget(self._pictures, 1)
        self.body.addLayout(foot)

    def refresh(self) -> None:
        """Show the newest snapshot."""
        workspace, snapshot = self._workspace, self._workspace.snapshot
        if snapshot is None or not self.isVisible() or not can_collapse(workspace):
            return
        layers = snapshot.network.layers
        first, last = rows_of_sums(snapshot.network)[0]
        one = collapsed([layer for layer in layers[first : last + 1] if isinstance(layer, Linear)])
        start = sum(isinstance(layer, Linear) for layer in layers[:first]) + 1
        numbers = [str(k).translate(SUBSCRIPTS) for k in range(start, start + last - first + 1)]
        product = "".join(f"W{k}" for k in numbers)
        self.set_subtitle(f"{product}: {one.n_in} → {one.n_out}")
        ends = " + ".join(
            "".join([f"b{k}", *(f"W{after}" for after in numbers[i + 1 :])]) for i, k in enumerate(numbers)
        )
        self._words.setText(
            f"With nothing between them the layers are one: W = {product}, b = {ends}. "
            "These are its weights: more units in between add nothing."
        )
        self._bar.set_limit(signed_limit(one.weight))
        shape, classes = workspace.dataset.image_shape, workspace.dataset.classes
        if shape is not None and one.n_in == workspace.dataset.n_in:
            of_class = len(classes) == one.n_out
            labels = [
                f"{f'the score of {classes[j]}' if of_class else f'unit {j}'} · "
                f"bias {format_number(float(one.bias[j]), signed=True)}"
                for j in range(one.n_out)
            ]
            self.mosaic.set_images(column_images(one.weight, shape), signed_limit(one.weight), labels)
            self._pictures.setCurrentWidget(self.mosaic)
        else:
            self.matrix.set_array(one.weight)
            self._pictures.setCurrentWidget(self.matrix)

    def _hovered(self, i: int) -> None:
        self._under_pointer.setText(self.mosaic.label(i) if i >= 0 else "")
