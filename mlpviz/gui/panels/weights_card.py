"""The weights of a layer as pictures, and one unit of it in detail."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mlpviz.figures.colors import signed_limit, signed_limits
from mlpviz.figures.numbers import format_number
from mlpviz.figures.weights import ORDERS, column_images, column_norms, seen_from_input, unit_order
from mlpviz.gui.panels.unit_panel import UnitPanel
from mlpviz.gui.theme import Theme, set_role
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.widgets.choice import Choice
from mlpviz.gui.widgets.color_bar import ColorBar
from mlpviz.gui.widgets.flow_layout import FlowLayout
from mlpviz.gui.widgets.histogram_view import HistogramView
from mlpviz.gui.widgets.mosaic_view import MosaicView
from mlpviz.gui.widgets.tensor_image import Cell, HeatMap
from mlpviz.gui.workspace import Workspace

QUANTITIES = {
    "weights": ("Weights", "The weights as they are now"),
    "gradient": ("Gradient", "The gradient of the last step: how the loss changes with each weight"),
    "update": ("Update", "What the last step added to each weight"),
    "change": ("Change", "How far each weight has moved since before the first step"),
}
TO_TRAIN = ": press Train, or Batch"
UNIT_HEIGHT_PX = 196
QWIDGETSIZE_MAX = 16_777_215  # Qt's "no limit", a macro that Python does not see
VIEWS = {"images": "images", "matrix": "matrix", "histogram": "histogram"}


class WeightsCard(Card):
    """Shows a layer's weights, gradient, last update or change, and the unit that was chosen."""

    def __init__(self, workspace: Workspace, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Weights", "card_weights", parent=parent)
        self._workspace = workspace
        self._positions: list[int] = []
        self._order: NDArray = np.zeros(0, np.int64)
        self._unit = 0
        self._only: list[int] | None = None
        self._limit: float | None = None  # where the scale is held, as in a film
        self._compact = self._is_enlarged = False
        self._build_pictures(theme)
        self._build_choices(theme)
        self._build_unit(theme)
        workspace.run_changed.connect(self._run_changed)

    # ------------------------------------------------------------------ parts

    def _build_quantities(self) -> QWidget:
        widget = QWidget()
        row = QHBoxLayout(widget)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._quantity = QButtonGroup(self)
        self._quantity.setExclusive(True)
        for i, (name, (title, tip)) in enumerate(QUANTITIES.items()):
            button = QToolButton()
            button.setText(title)
            button.setObjectName(f"choice_{name}")
            button.setCheckable(True)
            button.setToolTip(tip)
            set_role(button, "segment")
            self._quantity.addButton(button, i)
            row.addWidget(button)
        self._quantity.button(0).setChecked(True)
        self._quantity.idClicked.connect(self.refresh)
        return widget

    def _build_pictures(self, theme: Theme) -> None:
        self.mosaic = MosaicView(theme, "mosaic_weights", "Weights of each unit as an image")
        self.mosaic.selected.connect(lambda i: self.choose_unit(int(self._order[i])))
        self.mosaic.activated.connect(lambda _i: self.enlarge(True))
        self.mosaic.hovered.connect(self._unit_hovered)
        self.matrix = HeatMap(theme, "matrix_weights", "input", "unit", "Weights as a matrix")
        self.matrix.cell_hovered.connect(self._cell_hovered)
        self.matrix.cell_clicked.connect(lambda cell: self.choose_unit(cell.column))
        self._histogram = HistogramView(theme, "histogram_weights", "Histogram of the weights")
        self._pictures = QStackedWidget()
        for widget in (self.mosaic, self.matrix, self._histogram):
            self._pictures.addWidget(widget)
        self._empty = QLabel()
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        set_role(self._empty, "subtitle")
        self._pictures.addWidget(self._empty)

    def _build_choices(self, theme: Theme) -> None:
        self._layer = self._combo("choice_layer", "The layer on show", ())
        self._layer.currentIndexChanged.connect(self._layer_changed)
        self._view = self._combo(
            "choice_view",
            "Images: each unit's weights laid out like the input. From the second layer on they are seen "
            "through the layers below, as if nothing but weights lay between",
            tuple(VIEWS.values()),
        )
        self._view.currentIndexChanged.connect(self.refresh)
        self._sorting = self._combo(
            "choice_order",
            "The order of the units: by number, by the size of their weights, "
            "or by the class they speak for most",
            tuple(f"by {order}" for order in ORDERS),
        )
        self._sorting.currentIndexChanged.connect(self.refresh)
        self._scaling = self._combo(
            "choice_scale",
            "One colour scale for all units, or each unit stretched to its own",
            ("one scale", "one each"),
        )
        self._scaling.currentIndexChanged.connect(self.refresh)
        self._bar = ColorBar(theme, "color_bar_weights", "signed", "weight")
        self._bar.setMinimumWidth(150)
        self._words = QLabel()
        self._words.setObjectName("label_weights_hover")
        # Words that come and go must not change the width of the column.
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        set_role(self._words, "subtitle")
        choices = QWidget()
        flow = FlowLayout(choices, spacing_px=2)
        for widget in (self._layer, self._build_quantities(), self._view, self._sorting, self._scaling):
            flow.addWidget(widget)
        legend = QHBoxLayout()
        legend.addWidget(self._words, 3)
        legend.addWidget(self._bar, 2)
        self._all_units = QWidget()
        box = QVBoxLayout(self._all_units)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addWidget(choices)
        box.addWidget(self._pictures, 1)
        box.addLayout(legend)
        self.body.addWidget(self._all_units, 1)

    @staticmethod
    def _combo(name: str, tip: str, items: Sequence[str]) -> QComboBox:
        combo = Choice()
        combo.setObjectName(name)
        combo.setToolTip(tip)
        combo.setAccessibleName(tip.split(":")[0])
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        combo.addItems(list(items))
        set_role(combo, "flat")
        return combo

    def _build_unit(self, theme: Theme) -> None:
        self._rule = QFrame()
        set_role(self._rule, "rule")
        self.body.addWidget(self._rule)
        self._back = QToolButton()
        self._back.setObjectName("button_all_units")
        self._back.setText("‹ All units")
        self._back.setShortcut("Esc")
        set_role(self._back, "link")
        self._back.clicked.connect(lambda: self.enlarge(False))
        self._back.hide()
        self.body.addWidget(self._back, 0, Qt.AlignmentFlag.AlignLeft)
        self._unit_panel = UnitPanel(self._workspace, theme)
        self._unit_panel.setFixedHeight(UNIT_HEIGHT_PX)
        self.body.addWidget(self._unit_panel)

    # ------------------------------------------------------------------ what is on show

    @property
    def quantity(self) -> str:
        """ "weights", "gradient", "update" or "change"."""
        return list(QUANTITIES)[self._quantity.checkedId()]

    @property
    def unit(self) -> int:
        """The number of the unit shown in detail."""
        return self._unit

    def choose_unit(self, unit: int) -> None:
        """Show a unit in detail."""
        self._unit = unit
        if self._compact and not self._is_enlarged:
            self.enlarge(True)
        else:
            self.refresh()

    def set_compact(self, compact: bool) -> None:
        """Where there is little room: show a unit only in place of the others, not below them."""
        if compact != self._compact:
            self._compact = compact
            self.enlarge(False, focus=False)

    def enlarge(self, on: bool, focus: bool = True) -> None:
        """Give all the room to the chosen unit, or take it back."""
        self._is_enlarged = on
        self._all_units.setVisible(not on)
        self._back.setVisible(on)
        self._rule.setVisible(not self._compact)
        self._unit_panel.setVisible(on or not self._compact)
        self._unit_panel.set_enlarged(on)
        self._unit_panel.setMinimumHeight(UNIT_HEIGHT_PX)
        self._unit_panel.setMaximumHeight(QWIDGETSIZE_MAX if on else UNIT_HEIGHT_PX)
        reached = self._back if on else self._pictures.currentWidget()
        if focus and reached is not None:
            reached.setFocus()
        self.refresh()

    def view_state(self) -> dict[str, Any]:
        """Which unit is chosen, whether it has all the room, and to which units the images are limited."""
        state: dict[str, Any] = {"unit": self._unit, "enlarged": self._is_enlarged}
        if self._only is not None:
            state["only"] = self._only
        if self._limit is not None:
            state["limit"] = self._limit
        return state

    @property
    def limit(self) -> float | None:
        """The end of the colour scale on show; None where each unit has its own, or there is none."""
        return self._bar.limit if self._bar.isVisible() else None

    def set_view_state(self, state: Mapping[str, Any]) -> None:
        """Choose units again; ValueError if the layer has none of that number."""
        unit, only, n = state.get("unit", 0), state.get("only"), self._weight.shape[1]
        if only is not None and not (isinstance(only, list) and only):
            raise ValueError(f"units must be a list of at least one unit, not {only!r:.40}")
        for each in [unit, *(only or ())]:
            if type(each) is not int or not 0 <= each < n:
                raise ValueError(f"there is no unit {each!r:.20}: they are 0 to {n - 1}")
        limit = state.get("limit")
        if limit is not None and not (type(limit) in (int, float) and 0 < limit < np.inf):
            raise ValueError(f"the limit of the colour scale must be a number above 0, not {limit!r:.20}")
        self._unit, self._only, self._limit = unit, None if only is None else list(only), limit
        self.enlarge(state.get("enlarged") is True, focus=False)

    def become_picture(self) -> None:
        """All units, or the one that was enlarged: no picture is of both."""
        if not self._is_enlarged:
            self._unit_panel.hide()
            self._rule.hide()
            self.mosaic.set_selected(None)
        self._empty.setText(self._empty.text().replace(TO_TRAIN, ""))

    def numbers(self) -> dict[str, NDArray]:
        """The matrix on show, (n_in, n_out), and the units in the order of their images."""
        matrix = self._matrix()
        if matrix is None:
            return {}
        return {self.quantity: matrix, "order": self._order} if len(self._order) else {self.quantity: matrix}

    def _run_changed(self) -> None:
        layers = self._workspace.experiment.layers
        self._positions = [i for i, layer in enumerate(layers) if layer.has_weight]
        names = []
        for k, i in enumerate(self._positions):
            n_in, n_out = self._workspace.initial.network.layers[i].params["weight"].shape
            names.append(f"layer {k + 1}: {n_in} → {n_out}")
        if names != [self._layer.itemText(i) for i in range(self._layer.count())]:
            self._layer.blockSignals(True)
            self._layer.clear()
            self._layer.addItems(names)
            self._layer.blockSignals(False)
            self._unit = 0
            self._choose_view()
        self._unit_panel.forget_run()
        self.refresh()

    def _layer_changed(self) -> None:
        self._unit = 0
        self._choose_view()
        self.refresh()

    def _choose_view(self) -> None:
        """The first layer of an image network as images, every other as a matrix."""
        has_images = self._workspace.dataset.image_shape is not None
        self._view.model().item(0).setEnabled(has_images)  # type: ignore[attr-defined]
        first = self._layer.currentIndex() == 0
        self._view.blockSignals(True)
        self._view.setCurrentIndex(0 if has_images and first else 1)
        self._view.blockSignals(False)

    def _matrix(self) -> NDArray | None:
        """The numbers on show, (n_in, n_out); None where there are none yet."""
        snapshot = self._workspace.snapshot
        assert snapshot is not None
        position = self._positions[self._layer.currentIndex()]
        if self.quantity == "weights":
            return self._weight
        if self.quantity == "gradient":
            return snapshot.gradients[position].get("weight")
        if self.quantity == "update":
            return snapshot.updates[position].get("weight")
        return self._weight - self._workspace.initial.network.layers[position].params["weight"]

    @property
    def _weight(self) -> NDArray:
        """The weight matrix of the layer on show."""
        assert self._workspace.snapshot is not None
        position = self._positions[self._layer.currentIndex()]
        return self._workspace.snapshot.network.layers[position].params["weight"]

    def refresh(self) -> None:
        """Show the newest snapshot."""
        workspace = self._workspace
        if workspace.run is None or workspace.snapshot is None or not self._positions:
            return
        index = self._layer.currentIndex()
        matrix = self._matrix()
        self.set_title(f"{QUANTITIES[self.quantity][0]} of layer {index + 1}")
        if matrix is None:
            self._show_nothing()
            matrix = workspace.snapshot.network.layers[self._positions[index]].params["weight"]
        else:
            self._bar.show()
            self._bar.set_quantity(self.quantity)
            self._bar.set_limit(self._show_matrix(matrix, index))
        own = signed_limit(matrix[:, self._unit]) if self._scaling.currentIndex() else signed_limit(matrix)
        self._unit_panel.show_unit(self._positions[index], self._unit, matrix, own)

    def _show_nothing(self) -> None:
        """Say why there is no gradient or update to be seen."""
        snapshot = self._workspace.snapshot
        if self._workspace.divergence is not None:
            words = "There is none: the run diverged, and its last step was taken back."
        elif snapshot is not None and snapshot.step > 0:
            words = f"There is none until the next step{TO_TRAIN}."
        else:
            words = f"There is none before the first step{TO_TRAIN}."
        self._empty.setText(words)
        self._pictures.setCurrentWidget(self._empty)
        self._bar.hide()

    def _show_matrix(self, matrix: NDArray, index: int) -> float | None:
        """Put the numbers on show into the picture that was chosen; returns the end of its scale."""
        view = list(VIEWS)[self._view.currentIndex()]
        is_mosaic = view == "images"
        self._sorting.setVisible(is_mosaic)
        self._scaling.setVisible(is_mosaic)
        self._bar.setVisible(view != "histogram")
        n_in, n_out = matrix.shape
        if view == "histogram":
            self.set_subtitle(f"{format_number(matrix.size)} numbers")
            self._histogram.set_values(matrix)
            self._pictures.setCurrentWidget(self._histogram)
            return None
        if view == "matrix":
            self.set_subtitle(f"{n_in} inputs, {n_out} units")
            self.matrix.set_array(matrix, self._limit)
            self._pictures.setCurrentWidget(self.matrix)
            return self.matrix.limit
        return self._show_images(matrix, index)

    def _show_images(self, matrix: NDArray, index: int) -> float | None:
        workspace = self._workspace
        assert workspace.snapshot is not None
        network, image_shape = workspace.snapshot.network, workspace.dataset.image_shape
        assert image_shape is not None
        units = "" if self._only is None else f"{len(set(self._only))} of "
        size = f"{units}{matrix.shape[1]} units, {image_shape[0]} × {image_shape[1]}"
        self.set_subtitle(f"seen from the input: {size}" if index else size)
        weights = [network.layers[i].params["weight"] for i in self._positions]
        votes = weights[index + 1] if index + 1 < len(weights) else None
        self._order = unit_order(ORDERS[self._sorting.currentIndex()], weights[index], votes)
        if self._only is not None:
            self._order = self._order[np.isin(self._order, self._only)]
        seen = seen_from_input([*weights[:index], matrix])
        images = column_images(seen, image_shape)
        if not np.array_equal(self._order, np.arange(len(images))):  # else a view does
            images = images[self._order]
        one_each = self._scaling.currentIndex() == 1
        limits = signed_limits(images) if one_each else (self._limit or signed_limit(seen))
        self.mosaic.set_images(images, limits, self._labels(self._positions[index], votes))
        self._pictures.setCurrentWidget(self.mosaic)
        where = np.flatnonzero(self._order == self._unit)
        self.mosaic.set_selected(int(where[0]) if len(where) else None)
        return None if one_each else float(limits)

    def _labels(self, position: int, votes: NDArray | None) -> Callable[[int], str]:
        """What each picture is called; found when somebody points at one."""
        assert self._workspace.snapshot is not None
        params = self._workspace.snapshot.network.layers[position].params
        weight, bias, order = params["weight"], params.get("bias"), self._order
        classes = self._workspace.dataset.classes

        def label(cell: int) -> str:
            j = int(order[cell])
            says = ""
            if votes is not None and len(classes) == votes.shape[1]:
                says = f" · speaks most for {classes[int(votes[j].argmax())]}"
            elif votes is None and len(classes) == weight.shape[1]:
                says = f" · the output for {classes[j]}"
            norm = format_number(float(column_norms(weight[:, j : j + 1])[0]))
            shift = "" if bias is None else f" · bias {format_number(float(bias[j]), signed=True)}"
            return f"unit {j} · norm {norm}{shift}{says}"

        return label

    # ------------------------------------------------------------------ under the pointer

    def _unit_hovered(self, i: int) -> None:
        self._words.setText(self.mosaic.label(i) if i >= 0 else "")

    def _cell_hovered(self, cell: Cell | None) -> None:
        if cell is None:
            self._words.clear()
        else:
            value = format_number(cell.value, 4, signed=True)
            self._words.setText(f"input {cell.row} into unit {cell.column}: {value}")
