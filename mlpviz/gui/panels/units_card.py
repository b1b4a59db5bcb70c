"""Each hidden unit's own map: what it makes of every input."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QWidget

from mlpviz.figures.colors import LEVELS_A_SIDE, ZERO, signed_limit, signed_scale
from mlpviz.figures.fields import Survey, hidden_ends, next_weight, part_limit, unit_scale
from mlpviz.figures.numbers import MINUS, format_number
from mlpviz.gui.surveyor import Surveyor, UnitPlace
from mlpviz.gui.theme import Theme, set_role
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.widgets.choice import Choice
from mlpviz.gui.widgets.color_bar import ColorBar
from mlpviz.gui.widgets.glyphs import SHAPES
from mlpviz.gui.widgets.segments import Segment, Segments
from mlpviz.gui.widgets.unit_mosaic import Badge, UnitMosaic
from mlpviz.gui.workspace import Workspace

MOST_CELLS = 60_000
"""Of all maps together: more are seen only where a unit is shown large."""

STRIPE_ROWS = 24
PARTS = (
    Segment("unit_outputs", "Output", "What each unit gives for every input, after its activation"),
    Segment(
        "unit_parts",
        "× weight",
        "Each unit's output times its weight into the network's output: "
        "the maps, added up with the bias, are the output's weighted sum",
    ),
)


def has_hidden_units(workspace: Workspace) -> bool:
    """Whether the current run's network has hidden layers whose units can be mapped."""
    return workspace.dataset.n_in <= 2 and bool(hidden_ends(workspace.initial.network))


class UnitsCard(Card):
    """Shows the units of a hidden layer; the pointer on one shows it large in place of the output."""

    def __init__(
        self, workspace: Workspace, theme: Theme, surveyor: Surveyor, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, "Units", "card_units", parent=parent)
        self._workspace, self._surveyor = workspace, surveyor
        self._layer = Choice()
        self._layer.setObjectName("choice_units_layer")
        self._layer.setAccessibleName("The layer whose units are shown")
        self._layer.setToolTip("The hidden layer whose units are shown")
        self._layer.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        set_role(self._layer, "title")
        self._layer.currentIndexChanged.connect(self._layer_changed)
        self.set_title_widget(self._layer)
        self._parts = Segments("choices_units", "What is shown of each unit", PARTS)
        self._parts.chosen.connect(self._parts_chosen)
        self.add_header_widget(self._parts)
        self.mosaic = UnitMosaic(theme, "mosaic_units", "What each unit makes of every input")
        self.mosaic.hovered.connect(self._hovered)
        self.mosaic.selected.connect(lambda i: surveyor.pin(UnitPlace(self.layer, i)))
        self.mosaic.dropped.connect(lambda: surveyor.pin(None))
        self._words = QLabel()
        self._words.setObjectName("label_unit_hover")
        self._about = ""  # what they say while no unit is pointed at
        set_role(self._words, "subtitle")
        # Words that come and go must not change the width of the column.
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._words.setMinimumWidth(80)
        self._bar = ColorBar(theme, "color_bar_units", "signed", "the units' output")
        foot = QHBoxLayout()
        foot.addWidget(self._words, 2)
        foot.addWidget(self._bar, 2)
        self.body.addWidget(self.mosaic, 1)
        self.body.addLayout(foot)
        surveyor.unit_changed.connect(self._unit_changed)
        surveyor.area_changed.connect(self.refresh)
        workspace.run_changed.connect(self._run_changed)
        theme.changed.connect(self.refresh)

    @property
    def layer(self) -> int:
        """The hidden layer on show, counted from 0."""
        return max(0, self._layer.currentIndex())

    def _run_changed(self) -> None:
        self.mosaic.set_selected(None)
        self._words.clear()
        if not has_hidden_units(self._workspace):
            return
        network = self._workspace.initial.network
        names = [f"Layer {k + 1}" for k in range(len(hidden_ends(network)))]
        if names != [self._layer.itemText(i) for i in range(self._layer.count())]:
            self._layer.blockSignals(True)
            self._layer.clear()
            self._layer.addItems(names)
            self._layer.setCurrentIndex(len(names) - 1)  # the one that the output is made of
            self._layer.blockSignals(False)
        self._offer_parts()

    def _layer_changed(self) -> None:
        self._words.clear()
        self.mosaic.set_selected(None)
        self._surveyor.pin(None)
        self._offer_parts()
        self.refresh()

    def _offer_parts(self) -> None:
        """A unit has a part in the answer if there is one output, which its weight leads to."""
        network = self._workspace.initial.network
        ends = hidden_ends(network)
        self._layer.setEnabled(len(ends) > 1)
        direct = self.layer == len(ends) - 1 and next_weight(network, ends[-1]).shape[1] == 1
        self._parts.setVisible(direct)
        if not direct:
            self._parts.choose("unit_outputs")
            self._surveyor.show_parts(False)

    def _parts_chosen(self, key: str) -> None:
        self._surveyor.show_parts(key == "unit_parts")
        self.refresh()

    def refresh(self) -> None:
        """Show the newest snapshot."""
        with np.errstate(all="ignore"):  # a network that diverged is shown as well
            self._show_newest()

    def _show_newest(self) -> None:
        snapshot = self._workspace.snapshot
        if not self.isVisible() or snapshot is None or not has_hidden_units(self._workspace):
            return
        survey = self._surveyor.survey()
        if survey is None or self.layer >= len(survey.hidden):
            return
        self.set_title_words(f"Units of layer {self.layer + 1}")
        end = hidden_ends(snapshot.network)[self.layer]
        scale, weight = unit_scale(snapshot.network, end), next_weight(snapshot.network, end)
        maps = self._maps(survey)
        n = len(weight)
        self._about = f"{n} {'unit' if n == 1 else 'units'}, {scale.words}"
        if not self._words.text():
            self._words.setText(self._about)
        as_parts = self._parts.current == "unit_parts"
        if as_parts:
            limit = part_limit(survey.maps(self.layer), weight[:, 0])  # that of the large picture, too
            maps = maps * weight[:, :1, None]
        else:
            limit = scale.limit or signed_limit(survey.maps(self.layer))
        signed = scale.signed or as_parts
        self.mosaic.set_scale("signed" if signed else "pixel")
        self.mosaic.set_images(maps, limit, self._labels(weight))
        self.mosaic.set_badges(self._badges(weight))
        self._bar.set_scale("signed" if signed else "pixel")
        self._bar.set_quantity("part in the output" if as_parts else "the units' output")
        self._bar.set_limit(limit)

    def _maps(self, survey: Survey) -> NDArray:
        rows, columns = survey.shape
        if self._surveyor.n_in == 1:  # a stripe: along it the input, and nothing across
            return np.repeat(survey.maps(self.layer)[:, :, 2::4], STRIPE_ROWS, axis=1)
        n = survey.hidden[self.layer].shape[1]
        every = 1
        while n * (rows // every) * (columns // every) > MOST_CELLS and min(rows, columns) // every > 12:
            every += 1
        return survey.maps(self.layer, max(2, every) if self._workspace.training else every)

    def _labels(self, weight: NDArray) -> list[str]:
        if weight.shape[1] == 1:
            into = [f" · weight {format_number(float(w), signed=True)}" for w in weight[:, 0]]
        elif weight.shape[1] == len(self._workspace.dataset.classes):
            names = self._workspace.dataset.classes
            into = [f" · speaks for {names[k]}" for k in weight.argmax(axis=1)]
        else:
            into = [""] * len(weight)
        return [f"unit {j}{words}" for j, words in enumerate(into)]

    def _badges(self, weight: NDArray) -> list[Badge]:
        """The sign of the weight into the one output, or the class that a unit speaks for most."""
        classes, n = self._workspace.dataset.classes, weight.shape[1]
        is_last = self.layer == self._layer.count() - 1
        if n == 1 and is_last:
            table, limit = signed_scale(self.theme.dark), signed_limit(weight)
            parts = np.clip(np.nan_to_num(weight[:, 0] / limit), -1.0, 1.0)
            levels = np.rint(parts * LEVELS_A_SIDE).astype(int)
            colors = [QColor(*map(int, table[ZERO + level][:3])) for level in levels]
            signs = ["+" if w > 0 else MINUS if w < 0 else "0" for w in weight[:, 0]]
            return [Badge(sign, color) for sign, color in zip(signs, colors, strict=True)]
        if n == len(classes) and is_last:
            return [
                Badge("", self.theme.color(k), SHAPES[k % len(SHAPES)])
                for k in weight.argmax(axis=1).tolist()
            ]
        return []

    def numbers(self) -> dict[str, NDArray]:
        """The units' maps, (n, rows, columns)."""
        survey = self._surveyor.survey()
        return {} if survey is None else {"maps": self._maps(survey)}

    # ------------------------------------------------------------------ under the pointer

    def _hovered(self, i: int) -> None:
        self._words.setText(self.mosaic.label(i) if i >= 0 else self._about)
        self._surveyor.hover(UnitPlace(self.layer, i) if i >= 0 else None)

    def _unit_changed(self) -> None:
        pinned = self._surveyor.pinned
        here = pinned is not None and pinned.layer == self.layer
        self.mosaic.set_selected(pinned.unit if pinned is not None and here else None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._surveyor.unit is not None:
            self._surveyor.pin(None)
        else:
            super().keyPressEvent(event)
