"""The layers of an experiment as a list that can be edited."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mlpviz.gui.icons import set_icon
from mlpviz.gui.theme import Theme, set_role
from mlpviz.gui.widgets.choice import Choice
from mlpviz.gui.widgets.number_field import NumberField
from mlpviz.nn import INITIALIZERS, LAYERS, sentence, title
from mlpviz.training import LayerSpec
from mlpviz.training.layer_spec import layer_options

OPTION_LABELS = {
    "units": "Units",
    "initializer": "Weights start",
    "bias_initializer": "Biases start",
    "slope": "Slope",
    "rate": "Rate",
}


class LayerList(QWidget):
    """A row a layer; a press on it opens its options."""

    edited = Signal(list, str)
    """The layers as tables, after an edit by the user; and the edit in a word or two."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("list_layers")
        self._theme = theme
        self._layers: list[dict[str, Any]] = []
        self._n_in = 0
        self._start = ""
        self._open: int | None = None
        self._building = False
        self._rows = QVBoxLayout()
        self._rows.setSpacing(5)
        self.add_button = QToolButton()
        self.add_button.setObjectName("button_add_layer")
        self.add_button.setText("+ Add a layer")
        self.add_button.setToolTip("After the open layer; or before the last affine layer if none is open")
        self.add_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        set_role(self.add_button, "link")
        menu = QMenu(self.add_button)
        menu.setToolTipsVisible(True)
        for kind in LAYERS:
            action = menu.addAction(title(LAYERS[kind]), partial(self._add, kind))
            action.setObjectName(f"action_add_{kind}")
            action.setToolTip(sentence(LAYERS[kind]))
        self.add_button.setMenu(menu)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(5)
        box.addLayout(self._rows)
        box.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)

    def set_layers(self, layers: tuple[LayerSpec, ...], n_in: int, start: str = "") -> None:
        """Show layers, for a number of inputs; `start` says where their weights are from, if not drawn."""
        tables = [layer.as_table() for layer in layers]
        if tables != self._layers or n_in != self._n_in or start != self._start:
            self._layers, self._n_in, self._start = tables, n_in, start
            if self._open is not None and self._open >= len(tables):
                self._open = None
            self._rebuild()

    def _rebuild(self) -> None:
        """Make the rows anew; the focus stays with the field of that name."""
        self._building = True  # a field that goes away says that its editing is finished
        focused = self.focusWidget()
        name = focused.objectName() if focused is not None and focused.hasFocus() else ""
        while (item := self._rows.takeAt(0)) is not None:
            if (row := item.widget()) is not None:
                row.hide()
                row.deleteLater()
        width = self._n_in
        for i, layer in enumerate(self._layers):
            self._rows.addWidget(self._row(i, layer, width))
            width = layer.get("units", width)
        again = self.findChildren(QWidget, name)[-1:] if name else []
        for widget in again:
            widget.setFocus()
        self._building = False

    def _row(self, i: int, layer: dict[str, Any], n_in: int) -> QWidget:
        row = QFrame()
        row.setObjectName(f"layer_{i}")
        set_role(row, "card")
        box = QVBoxLayout(row)
        box.setContentsMargins(3, 2, 3, 2)
        box.setSpacing(2)
        head = QToolButton()
        head.setObjectName(f"button_layer_{i}")
        head.setText(_summary(layer, n_in, self._start))
        head.setToolTip(sentence(LAYERS[layer["kind"]]) + "\nPress to change it.")
        head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        set_icon(head, "chevron_down" if self._open == i else "chevron_right", self._theme, "secondary")
        set_role(head, "flat")
        head.clicked.connect(lambda: self._toggle(i))
        box.addWidget(head, 0, Qt.AlignmentFlag.AlignLeft)
        if self._open == i:
            box.addWidget(self._options(i, layer))
        return row

    def _options(self, i: int, layer: dict[str, Any]) -> QWidget:
        widget = QWidget()
        form = QFormLayout(widget)
        form.setContentsMargins(8, 2, 8, 6)
        form.setHorizontalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        kind = Choice()
        kind.setObjectName(f"field_layers_{i}_kind")
        for name in LAYERS:
            kind.addItem(title(LAYERS[name]), name)
        _may_shrink(kind)
        kind.setCurrentIndex(list(LAYERS).index(layer["kind"]))
        kind.activated.connect(lambda: self._change_kind(i, kind.currentData()))
        form.addRow("Kind", kind)
        for name, option in layer_options(layer["kind"]).items():
            value = layer.get(name, option.default)
            form.addRow(OPTION_LABELS.get(name, name), self._field(i, name, option.type, value))
        form.addRow(self._buttons(i))
        return widget

    def _field(self, i: int, name: str, kind: type, value: Any) -> QWidget:
        object_name = f"field_layers_{i}_{name}"
        if kind is str:
            combo = Choice()
            combo.setObjectName(object_name)
            combo.setEditable(True)
            combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
            for initializer, function in INITIALIZERS.items():
                combo.addItem(initializer)
                combo.setItemData(combo.count() - 1, function.__doc__, Qt.ItemDataRole.ToolTipRole)
            _may_shrink(combo)
            combo.setCurrentText(str(value))
            combo.setToolTip(
                "Where training starts from; normal(0.1) gives a standard deviation of its own, "
                "values(1.5, -2) the very numbers, row by row"
            )
            combo.activated.connect(lambda: self._change(i, name, combo.currentText()))
            edit = combo.lineEdit()
            assert edit is not None
            edit.editingFinished.connect(lambda: self._change(i, name, combo.currentText()))
            return combo
        field = NumberField(object_name, whole=kind is int)
        _may_shrink(field)
        field.set_value(value)
        field.committed.connect(lambda value: self._change(i, name, value))
        return field

    def _buttons(self, i: int) -> QWidget:
        row = QWidget()
        box = QHBoxLayout(row)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        last = len(self._layers) - 1
        for name, text, possible, press in (
            ("up", "Up", i > 0, lambda: self._move(i, -1)),
            ("down", "Down", i < last, lambda: self._move(i, 1)),
            ("remove", "Remove", last > 0, lambda: self._remove(i)),
        ):
            button = QToolButton()
            button.setObjectName(f"button_layers_{i}_{name}")
            button.setText(text)
            button.setEnabled(possible)
            button.clicked.connect(press)
            set_role(button, "flat")
            box.addWidget(button)
        box.addStretch(1)
        return row

    # ------------------------------------------------------------------ edits

    def _toggle(self, i: int) -> None:
        self._open = None if self._open == i else i
        self._rebuild()

    def _change(self, i: int, name: str, value: Any) -> None:
        if self._building:
            return
        option = layer_options(self._layers[i]["kind"])[name]
        if self._layers[i].get(name, option.default) != value:
            self._layers[i] = {**self._layers[i], name: value}
            self._tell(f"{OPTION_LABELS.get(name, name).lower()} {_short(value)}")

    def _change_kind(self, i: int, kind: str) -> None:
        if kind != self._layers[i]["kind"]:
            self._layers[i] = _fresh(kind, self._layers[i])
            self._tell(f"layer {i} {title(LAYERS[kind])}")

    def _add(self, kind: str) -> None:
        affine = [i for i, layer in enumerate(self._layers) if "units" in layer]
        place = affine[-1] if affine else len(self._layers)
        if self._open is not None:
            place = self._open + 1
        self._layers.insert(place, _fresh(kind, {}))
        self._open = place
        self._tell(f"add {title(LAYERS[kind])}")

    def _move(self, i: int, by: int) -> None:
        self._layers[i], self._layers[i + by] = self._layers[i + by], self._layers[i]
        self._open = i + by
        self._tell("move a layer")

    def _remove(self, i: int) -> None:
        removed = self._layers.pop(i)
        self._open = None
        self._tell(f"remove {title(LAYERS[removed['kind']])}")

    def _tell(self, words: str) -> None:
        layers = [dict(layer) for layer in self._layers]
        self._rebuild()
        self.edited.emit(layers, words)


def _may_shrink(field: QWidget) -> None:
    """Let the panel decide how wide a field is, not the field's longest choice."""
    field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)


def _short(value: Any) -> Any:
    """A value in words, of many given numbers only that there are some."""
    return (
        "values(…)" if isinstance(value, str) and value.startswith("values(") and len(value) > 12 else value
    )


def _fresh(kind: str, old: dict[str, Any]) -> dict[str, Any]:
    """A layer of a kind with its defaults; units are kept, or 30."""
    needed = {name for name, option in layer_options(kind).items() if option.default is None}
    return {"kind": kind, **{name: old.get(name, 30) for name in needed}}


def _summary(layer: dict[str, Any], n_in: int, start: str) -> str:
    words = title(LAYERS[layer["kind"]])
    if "units" in layer:
        words += f"  {n_in} → {layer['units']} · {start or _short(layer.get('initializer', 'he'))}"
    for name in ("rate", "slope"):
        if name in layer:
            words += f"  {layer[name]:g}" if isinstance(layer[name], (int, float)) else f"  {layer[name]}"
    return words
