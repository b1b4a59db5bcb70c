"""Layers with nothing between them as the one layer that they are."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QWidget

from mlpviz.data import Split
from mlpviz.figures.colors import signed_limit
from mlpviz.figures.numbers import format_number
from mlpviz.figures.weights import column_images
from mlpviz.gui.theme import SMALLEST_TEXT_PX, Theme, set_role, text_font
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.widgets.color_bar import ColorBar
from mlpviz.gui.widgets.mosaic_view import MosaicView
from mlpviz.gui.widgets.tensor_image import HeatMap
from mlpviz.gui.workspace import Workspace
from mlpviz.nn import Affine, Layer, Linear, Network, collapsed
from mlpviz.training.facts import rows_of_sums

LOOKED_AT = 500
"""Examples on which the scores of the layers and of the one layer are compared."""

_SPACE = "\N{NO-BREAK SPACE}"
_NAME_PAD_PX = 4.0
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def can_collapse(workspace: Workspace) -> bool:
    """Whether some layers of the current run are one."""
    return bool(rows_of_sums(workspace.initial.network))


class NamedMosaic(MosaicView):
    """A mosaic with a name in the lower left corner of each picture."""

    _names: Sequence[str] = ()

    @property
    def names(self) -> Sequence[str]:
        """What stands in the corners."""
        return self._names

    def set_names(self, names: Sequence[str]) -> None:
        """Write a name into each picture, or none into any."""
        self._names = names
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if len(self._names) != self.grid.n:
            return
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(text_font(SMALLEST_TEXT_PX, bold=True))
        metrics = painter.fontMetrics()
        height = metrics.height() + 1.0
        for i, name in enumerate(self._names):
            cell = self.cell_rect(i)
            room = int(cell.width() - 2 * _NAME_PAD_PX)
            if room < metrics.height() or cell.height() < 2 * height:
                continue
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
            width = max(height, metrics.horizontalAdvance(text) + 2 * _NAME_PAD_PX)
            place = QRectF(cell.left(), cell.bottom() - height, width, height)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.theme.color("card"))
            painter.drawRect(place)
            painter.setPen(self.theme.color("text"))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()


class CollapsedCard(Card):
    """The product of the weights, W₁W₂…, each unit as an image, or as a matrix."""

    def __init__(self, workspace: Workspace, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "As one layer", "card_collapsed", parent=parent)
        self._workspace = workspace
        self._inputs: tuple[Split, NDArray] | None = None
        self._one: Affine | None = None
        self._words = QLabel()
        self._words.setObjectName("label_collapsed")
        self._words.setWordWrap(True)
        set_role(self._words, "subtitle")
        self._under_pointer = QLabel()
        self._under_pointer.setObjectName("label_collapsed_hover")
        set_role(self._under_pointer, "subtitle")
        self.mosaic = NamedMosaic(
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
        several = [layer for layer in layers[first : last + 1] if isinstance(layer, Linear)]
        self._one = one = collapsed(several)
        start = sum(isinstance(layer, Linear) for layer in layers[:first]) + 1
        numbers = [str(k).translate(SUBSCRIPTS) for k in range(start, start + last - first + 1)]
        product = "".join(f"W{k}" for k in numbers)
        self.set_subtitle(f"{product}: {one.n_in} → {one.n_out}")
        # A break may come after a plus, but of two or three layers the formula is so short as to need none.
        plus = f"{_SPACE}+{_SPACE if len(numbers) <= 3 else ' '}"
        ends = plus.join(
            "".join([f"b{k}", *(f"W{after}" for after in numbers[i + 1 :])]) for i, k in enumerate(numbers)
        )
        equals = f"{_SPACE}={_SPACE}"
        self._words.setText(
            f"With nothing between them the layers are one: W{equals}{product}, b{equals}{ends}. "
            "These are its weights: more units in between add nothing. "
            f"{self._difference(layers[:first], several, one)}"
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
            self.mosaic.set_names(classes if of_class else [str(j) for j in range(one.n_out)])
            self._pictures.setCurrentWidget(self.mosaic)
        else:
            self.matrix.set_array(one.weight)
            self._pictures.setCurrentWidget(self.matrix)

    def numbers(self) -> dict[str, NDArray]:
        """Weight and bias of the one layer."""
        return {} if self._one is None else {"weight": self._one.weight, "bias": self._one.bias}

    def _difference(self, before: Sequence[Layer], several: Sequence[Linear], one: Affine) -> str:
        """By how much the outputs of the one layer differ from those of the layers, on some examples."""
        run = self._workspace.run
        assert run is not None
        splits = run.trainer.splits
        split = splits.training if splits.validation is None else splits.validation
        if self._inputs is None or self._inputs[0] is not split:
            self._inputs = split, split.batch(slice(0, LOOKED_AT))[0]
        x = self._inputs[1]
        with np.errstate(all="ignore"):  # a network that diverged is looked at as well
            inside = Network(before).predict(x) if before else x
            y = Network(several).predict(inside)
            difference = float(np.abs(y - one.forward(inside.astype(np.float64))[0]).max())
        at_most = format_number(difference, 1)
        return f"On {len(x)} examples the outputs of both differ by at most{_SPACE}{at_most}."

    def _hovered(self, i: int) -> None:
        self._under_pointer.setText(self.mosaic.label(i) if i >= 0 else "")
