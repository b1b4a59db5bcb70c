"""The stage on show: its operands and result as pictures, linked to each other."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from mlpviz.gui.follower import Edit, Follower
from mlpviz.gui.theme import Theme, set_role
from mlpviz.gui.widgets.card import MARGIN_PX, Card
from mlpviz.gui.widgets.number_field import NumberField
from mlpviz.gui.widgets.vector_view import VectorView
from mlpviz.nn import Linear
from mlpviz.walkthrough.pictures import Picture, pictures

MOST_PICTURES = 4
SIGN_WORDS = {
    "∘": "times, entry by entry",
    "×": "times one number, the chosen entry of the next picture",
    "+": "plus, entry by entry",
    "−": "minus, entry by entry",
    "=": "gives",
    "→": "becomes",
    "Σ": "added up to one number, which is the chosen entry of the next picture",
    "moves": "an update goes against this gradient, and moves these weights",
}
PHASE_WORDS = {
    "forward": "Forward",
    "loss": "Loss",
    "backward": "Backward",
    "update": "Update",
    "after": "After",
}
PHASE_ROLES = {"forward": "forward", "loss": "forward", "backward": "backward"}


class StageCard(Card):
    """Pictures in a row with signs between them; what is pointed at in one is lit in all.

    The page says when to show another stage.
    """

    def __init__(self, follower: Follower, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "", "card_stage", parent=parent)
        self._follower = follower
        self._row: list[Picture] = []
        self.hidden_result = False
        self._heading = QLabel()
        self._heading.setObjectName("label_stage")
        self._heading.setTextFormat(Qt.TextFormat.RichText)
        self._heading.setMinimumWidth(1)  # its words are chosen for the room there is
        self.set_title_widget(self._heading)
        self._signs: list[QLabel] = []
        self.views: list[VectorView] = []
        row = QHBoxLayout()
        row.setSpacing(6)
        for i in range(MOST_PICTURES):
            sign = QLabel()
            sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
            sign.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
            set_role(sign, "sign")
            view = VectorView(theme, f"picture_{i}")
            view.hovered.connect(lambda index, i=i: self._hovered(i, index))
            view.clicked.connect(lambda index, i=i: self._clicked(i, index))
            self._signs.append(sign)
            self.views.append(view)
            row.addWidget(sign)
            row.addWidget(view, 1)
        self.body.addLayout(row, 1)
        self._hand = QWidget()
        self._hand.setObjectName("panel_by_hand")
        self._fields: dict[str, tuple[QLabel, NumberField]] = {}
        self.body.addWidget(self._build_hand())
        follower.pointed.connect(self._mark)
        theme.changed.connect(self.show_stage)

    def _build_hand(self) -> QWidget:
        """Fields that set a number by hand: the input, weight and bias that are pointed at."""
        box = QVBoxLayout(self._hand)
        box.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        row.setSpacing(6)
        self._hand_title = QLabel("Set by hand")
        set_role(self._hand_title, "subtitle")
        self._hand_title.setToolTip("On a copy of the network: everything after the number follows at once")
        row.addWidget(self._hand_title)
        for name in ("x", "weight", "bias"):
            label, field = QLabel(), NumberField(f"field_hand_{name}", whole=False)
            field.setFixedWidth(88)
            field.setAccessibleName(f"{name} set by hand")
            field.committed.connect(lambda value, name=name: self._set_by_hand(name, value))
            label.setBuddy(field)
            self._fields[name] = (label, field)
            row.addWidget(label)
            row.addWidget(field)
        self.undo_edits = QToolButton()
        self.undo_edits.setObjectName("button_undo_hand")
        self.undo_edits.setText("Undo")
        self.undo_edits.setToolTip("Back to the numbers as they were")
        set_role(self.undo_edits, "link")
        self.undo_edits.clicked.connect(self._follower.undo_edits)
        row.addWidget(self.undo_edits)
        row.addStretch(1)
        box.addLayout(row)
        return self._hand

    def set_tight(self, tight: bool) -> None:
        """Leave the room to the pictures, where there is little."""
        self._hand.setVisible(not tight)
        for view in self.views:
            view.set_tight(tight)

    # ------------------------------------------------------------------ showing

    def show_stage(self) -> None:
        """Show the stage on show, for what is pointed at."""
        follower = self._follower
        if follower.walkthrough is None:
            return
        self._show_heading()
        self._show_pictures()
        self._show_hand()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._follower.walkthrough is not None:
            self._show_heading()

    def _show_heading(self) -> None:
        """Which stage this is, in as many words as there is room for."""
        walkthrough, stage = self._follower.walkthrough, self._follower.stage
        assert walkthrough is not None
        in_phase = [s for s in walkthrough.stages if s.phase == stage.phase]
        color = getattr(self.theme.palette, PHASE_ROLES.get(stage.phase, "accent"))
        place = f"{PHASE_WORDS[stage.phase]} {in_phase.index(stage) + 1} of {len(in_phase)}"
        room = self.width() - 2 * MARGIN_PX - self._heading.fontMetrics().horizontalAdvance(f"{place}  ")
        tries = (f"{stage.operation} · {stage.title}", stage.title, stage.operation)
        metrics = self._heading.fontMetrics()
        words = next((words for words in tries if metrics.horizontalAdvance(words) <= room), "")
        self._heading.setText(f"<span style='color:{color}'>{place}</span> &nbsp;{words}")
        self._heading.setToolTip(f"{stage.operation} · {stage.title}")

    def _show_pictures(self) -> None:
        follower = self._follower
        assert follower.walkthrough is not None
        self._row = pictures(follower.walkthrough, follower.stage, follower.choice)[:MOST_PICTURES]
        dataset = follower.workspace.dataset
        for i, (sign, view) in enumerate(zip(self._signs, self.views, strict=True)):
            shown = i < len(self._row)
            view.setVisible(shown)
            sign.setVisible(shown and bool(self._row[i].sign))
            if not shown:
                continue
            picture = self._row[i]
            sign.setText(picture.sign)
            is_word = len(picture.sign) > 1 and picture.sign.isalpha()
            set_role(sign, "subtitle" if is_word else "sign")
            sign.setToolTip(SIGN_WORDS.get(picture.sign.partition(" ")[0], ""))
            labels = picture.labels
            if not labels and len(picture.values) == len(dataset.classes) and picture.axis != "inputs":
                labels = dataset.classes
            elif not labels and picture.axis == "inputs" and dataset.input_names:
                labels = dataset.input_names
            image_shape = dataset.image_shape if picture.axis == "inputs" else None
            view.set_vector(
                picture.caption,
                picture.values,
                picture.scale,
                picture.meaning,
                image_shape=image_shape,
                labels=labels,
                limit=picture.limit,
            )
            view.set_covered(self.hidden_result and picture.is_result)
        self._mark()

    def _mark(self) -> None:
        """Light what is pointed at, and what is chosen, wherever it occurs."""
        follower = self._follower
        if follower.walkthrough is None:
            return
        for picture, view in zip(self._row, self.views, strict=False):
            if picture.axis is not None:
                view.set_marked(follower.chosen(picture.axis), follower.hovered(picture.axis))
            else:
                view.set_marked(None, None)

    def _hovered(self, i: int, index: int) -> None:
        axis = self._row[i].axis if i < len(self._row) else None
        if axis is not None:
            self._follower.hover(axis, None if index < 0 else index)

    def _clicked(self, i: int, index: int) -> None:
        axis = self._row[i].axis if i < len(self._row) else None
        if axis is not None:
            self._follower.point(axis, index)
            self._show_pictures()
            self._show_hand()

    # ------------------------------------------------------------------ numbers by hand

    def _targets(self) -> dict[str, Edit]:
        """What each field would set, with the number as it is."""
        follower = self._follower
        stage, walkthrough = follower.stage, follower.walkthrough
        assert walkthrough is not None
        source, unit = follower.choice.source, follower.choice.unit
        if stage.operation == "Input":
            return {"x": Edit(None, "x", (unit,), float(walkthrough.x[0, unit]))}
        layer = None if stage.layer is None else walkthrough.network.layers[stage.layer]
        if stage.phase != "forward" or not isinstance(layer, Linear) or stage.layer is None:
            return {}
        source = follower.chosen(stage.quantities[0].axes[0])
        weight = float(layer.weight[source, unit])
        targets = {"weight": Edit(stage.layer, "weight", (source, unit), weight)}
        if "bias" in layer.params:
            targets["bias"] = Edit(stage.layer, "bias", (unit,), float(layer.params["bias"][unit]))
        if stage.quantities[0].axes == ("inputs",):
            targets = {"x": Edit(None, "x", (source,), float(walkthrough.x[0, source])), **targets}
        return targets

    def _show_hand(self) -> None:
        targets, edits = self._targets(), self._follower.edits
        self._hand_title.setVisible(bool(targets))
        symbols = {"x": "x", "weight": "W", "bias": "b"}
        for name, (label, field) in self._fields.items():
            label.setVisible(name in targets)
            field.setVisible(name in targets)
            if name in targets:
                place = ", ".join(map(str, targets[name].index))
                label.setText(f"{symbols[name]}[{place}]")
                field.setAccessibleName(f"{symbols[name]} at {place}")
                field.set_value(float(f"{targets[name].value:.5g}"))
        self.undo_edits.setVisible(bool(edits))
        if edits:
            self.undo_edits.setText(f"Undo {len(edits)} change{'s' if len(edits) > 1 else ''} by hand")

    def _set_by_hand(self, name: str, value: object) -> None:
        target = self._targets().get(name)
        if target is None:
            return
        assert self._follower.walkthrough is not None
        largest = float(np.finfo(self._follower.walkthrough.x.dtype).max)
        if not isinstance(value, (int, float)) or not abs(value) <= largest:  # NaN neither
            self._fields[name][1].set_invalid(True)
            self._fields[name][1].setToolTip(f"a number is needed, such as 0.5, not {value!r}")
            return
        self._fields[name][1].setToolTip("")
        self._follower.edit(Edit(target.layer, target.name, target.index, float(value)))

    def result_value(self) -> float:
        """The chosen number of the stage's result."""
        choice, values = self._follower.choice, self._follower.stage.result.values
        place = {2: (choice.source, choice.unit), 1: (choice.unit,)}.get(values.ndim, ())
        return float(values[place])
