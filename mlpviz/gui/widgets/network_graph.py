"""A small network as nodes and edges, with its numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from mlpviz.figures.colors import LEVELS_A_SIDE, NOT_FINITE_COLOR, ZERO, signed_limit, signed_scale
from mlpviz.figures.graph_layout import Box, Edge, Node, fits, graph_layout
from mlpviz.figures.numbers import MINUS, format_number
from mlpviz.gui.theme import SMALLEST_TEXT_PX, Theme, text_font

NODE_PX = 50.0
_SMALLEST_NODE_PX = 26.0
_TAG_PX = (50.0, 15.0)
_LABEL_PX = (50.0, 16.0)
_GAP_PX = 190
_NAME_PX = 130
_NEAR_PX = 5.0
_THINNEST_PX, _THICKEST_PX = 1.0, 5.0
_PALEST = 0.4  # a weight near zero is still to be seen
_PAD_PX = 6.0
_LEAST_LIMIT = 0.01  # of the scale of weights: where all are next to nothing, all are thin


class AffineNumbers(NamedTuple):
    """What an affine layer has: one number for each edge, and, unless it has no bias, for each unit."""

    weight: NDArray
    bias: NDArray | None


@dataclass(frozen=True, slots=True)
class Places:
    """Where everything is in the widget.

    Attributes
    ----------
    nodes, biases, labels, edges
        As in :class:`mlpviz.figures.graph_layout.GraphLayout`; an edge goes from centre to centre.
    """

    nodes: dict[Node, QRectF]
    biases: dict[Node, QRectF]
    labels: dict[Edge, QRectF]
    edges: dict[Edge, QLineF]


class NetworkGraph(QWidget):
    """Shows a network: inputs at the left, a column of units for each affine layer.

    An edge is coloured by its weight on the signed scale, as wide as the weight is large, and dashed if it
    is negative. A number without room, at an edge or for a bias, is left out; its tooltip has it.

    Parameters
    ----------
    theme : Theme
    object_name : str
    parent : QWidget, optional
    """

    node_clicked = Signal(int, int)
    """Layer (0: the inputs) and unit; clicked, or chosen with Enter."""
    edge_clicked = Signal(int, int, int)
    """Layer from 1, source and unit."""
    node_hovered = Signal(object)
    """(layer, unit) under the pointer or reached with the arrow keys; None when it was left."""
    edge_hovered = Signal(object)
    """(layer, source, unit) under the pointer; None when it was left."""

    def __init__(self, theme: Theme, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName("network")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFont(text_font(SMALLEST_TEXT_PX))
        self._theme = theme
        self._layers: list[AffineNumbers] = []
        self._gradients: list[AffineNumbers] | None = None
        self._values: list[NDArray] = []
        self._names: tuple[Sequence[str], Sequence[str]] = ((), ())
        self._places: Places | None = None
        self._current: Node = (0, 0)
        self._node: Node | None = None
        self._edge: Edge | None = None
        self._lit_node: Node | None = None
        self._lit_edge: Edge | None = None
        theme.changed.connect(self.update)

    @staticmethod
    def fits(sizes: Sequence[int]) -> bool:
        """Whether a network with so many inputs, and units in each affine layer, is small enough."""
        return fits(sizes)

    @property
    def values(self) -> tuple[NDArray, ...]:
        """The numbers in the nodes, level by level; none where none are shown."""
        return tuple(self._values)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of inputs, and of units of each layer; empty before there is a network."""
        if not self._layers:
            return ()
        return (self._layers[0].weight.shape[0], *(layer.weight.shape[1] for layer in self._layers))

    def set_network(
        self,
        layers: Sequence[tuple[ArrayLike, ArrayLike | None]],
        input_names: Sequence[str] = (),
        output_names: Sequence[str] = (),
    ) -> None:
        """Show a network. If its shape is another one, values, gradients and highlights are forgotten.

        Parameters
        ----------
        layers : sequence of (weight (n_in, n_out), bias (n_out,))
            The bias is None where a layer has none.
        input_names, output_names : sequence of str
            As many as there are inputs and outputs, or none.
        """
        before = self.sizes, self._names, self._without_bias
        self._layers = _checked(layers)
        n_in, n_out = (self.sizes[0], self.sizes[-1]) if self._layers else (0, 0)
        self._names = (
            tuple(input_names or [f"x[{i}]" for i in range(n_in)]),
            tuple(output_names or [f"y[{j}]" for j in range(n_out)]),
        )
        if (len(self._names[0]), len(self._names[1])) != (n_in, n_out):
            raise ValueError(f"a network with {n_in} inputs and {n_out} outputs needs as many names")
        if self.sizes != before[0]:
            self._gradients, self._values, self._current = None, [], (0, 0)
            self._node = self._edge = self._lit_node = self._lit_edge = None
            self.setAccessibleDescription(
                f"{n_in} inputs; units in each layer: {', '.join(map(str, self.sizes[1:]))}"
            )
            self.updateGeometry()
        if (self.sizes, self._names, self._without_bias) != before:
            self._places = None
        self.update()

    @property
    def _without_bias(self) -> list[int]:
        """The layers, from 1, that have no bias."""
        return [k + 1 for k, layer in enumerate(self._layers) if layer.bias is None]

    @property
    def limit(self) -> float:
        """The end of the colour scale: the largest weight, or gradient where these are shown."""
        return self._limit()

    def set_gradients(self, gradients: Sequence[tuple[ArrayLike, ArrayLike | None]] | None) -> None:
        """Show gradients of the same shapes in place of weights and biases, or these again."""
        checked = None if gradients is None else _checked(gradients)
        shapes = [layer.weight.shape for layer in self._layers]
        if checked is not None and [layer.weight.shape for layer in checked] != shapes:
            raise ValueError(f"the gradients need the shapes of the weights, {shapes}")
        self._gradients = checked
        self.update()

    def set_values(self, values: Sequence[ArrayLike]) -> None:
        """Write a number into each node.

        Parameters
        ----------
        values : sequence of arrays
            The inputs, then the outputs of each layer; or none at all.
        """
        arrays = [np.asarray(value).ravel() for value in values]
        if arrays and tuple(map(len, arrays)) != self.sizes:
            raise ValueError(f"the values need the lengths {self.sizes}, not {tuple(map(len, arrays))}")
        self._values = arrays
        self.update()

    def set_highlight(self, node: Node | None = None, edge: Edge | None = None) -> None:
        """Light a node, an edge, both or none."""
        self._lit_node, self._lit_edge = node, edge
        self.update()

    @property
    def highlight(self) -> tuple[Node | None, Edge | None]:
        """The node and the edge that are lit."""
        return self._lit_node, self._lit_edge

    def places(self) -> Places:
        """Where the nodes, edges and numbers are; an edge whose number is left out has no label."""
        if self._places is None:
            self._places = self._placed()
        return self._places

    def edge_pen(self, layer: int, source: int, unit: int) -> QPen:
        """How an edge is drawn: hue and dash tell the sign, width and depth the size."""
        return self._pen((layer, source, unit), self._limit())

    def node_at(self, point: QPointF) -> Node | None:
        """The node, or the tag of its bias, under a point of the widget."""
        places = self.places()
        for node, rect in places.nodes.items():
            if QLineF(rect.center(), point).length() <= rect.width() / 2:
                return node
        return next((node for node, rect in places.biases.items() if rect.contains(point)), None)

    def edge_at(self, point: QPointF) -> Edge | None:
        """The edge whose number, or line, is under a point of the widget."""
        places = self.places()
        if not places.edges or self.node_at(point) is not None:
            return None
        for edge, rect in places.labels.items():
            if rect.contains(point):
                return edge
        distances = {edge: _distance(line, point) for edge, line in places.edges.items()}
        nearest = min(distances, key=lambda edge: distances[edge])
        return nearest if distances[nearest] <= _NEAR_PX else None

    def sizeHint(self) -> QSize:
        return self._size(NODE_PX + 26.0, _GAP_PX)

    def minimumSizeHint(self) -> QSize:
        return self._size(_SMALLEST_NODE_PX + _TAG_PX[1] / 2 + 2.0, 110)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            point = QPointF(event.pos())
            node, edge = self.node_at(point), self.edge_at(point)
            if node is not None or edge is not None:
                words = self._edge_words(edge) if edge is not None else self._node_words(node or (0, 0))
                QToolTip.showText(event.globalPos(), words, self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.node_at(event.position()), self.edge_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(None, None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if not self.underMouse():
            self._hover(None, None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        node, edge = self.node_at(event.position()), self.edge_at(event.position())
        if node is not None:
            self._current = node
            self.node_clicked.emit(*node)
        elif edge is not None:
            self.edge_clicked.emit(*edge)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._layers or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            event.ignore()
            return
        layer, unit = self._current
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._move(layer, unit + (1 if key == Qt.Key.Key_Down else -1))
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            to = min(max(layer + (1 if key == Qt.Key.Key_Right else -1), 0), len(self.sizes) - 1)
            # To the unit at the same height, as far as the layers allow.
            self._move(to, unit if to == layer else int((unit + 0.5) / self.sizes[layer] * self.sizes[to]))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.node_clicked.emit(layer, unit)
        else:
            event.ignore()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._layers:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        places, shown, limit = self.places(), self._shown(), self._limit()
        sizes = {edge: abs(float(shown[edge[0] - 1].weight[edge[1:]])) for edge in places.edges}
        for edge in sorted(sizes, key=lambda edge: sizes[edge]):
            self._paint_edge(painter, places.edges[edge], edge, self._pen(edge, limit))
        for edge, rect in places.labels.items():
            self._paint_label(painter, rect, edge)
        for node, rect in places.nodes.items():
            self._paint_node(painter, rect, node)
        for (layer, unit), rect in places.biases.items():
            bias = shown[layer - 1].bias
            if bias is not None:
                self._paint_number(painter, rect, float(bias[unit]), "line", "ground")
        self._paint_names(painter, places)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._places = None

    def _paint_edge(self, painter: QPainter, line: QLineF, edge: Edge, pen: QPen) -> None:
        if edge in (self._lit_edge, self._edge):
            role = "accent" if edge == self._lit_edge else "field_line"
            painter.setPen(QPen(self._theme.color(role), pen.widthF() + 5.0))
            painter.drawLine(line)
            painter.setPen(QPen(self._theme.color("card"), pen.widthF() + 1.0))
            painter.drawLine(line)
        painter.setPen(pen)
        painter.drawLine(line)

    def _paint_label(self, painter: QPainter, rect: QRectF, edge: Edge) -> None:
        frame = "accent" if edge == self._lit_edge else "field_line" if edge == self._edge else "card"
        value = float(self._shown()[edge[0] - 1].weight[edge[1:]])
        self._paint_number(painter, rect, value, frame, "card")

    def _paint_number(self, painter: QPainter, rect: QRectF, value: float, frame: str, ground: str) -> None:
        """A signed number in a small box with round ends."""
        painter.setPen(QPen(self._theme.color(frame), 1.0))
        painter.setBrush(self._theme.color(ground))
        box = rect.adjusted(1.0, 0.5, -1.0, -0.5)
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        painter.setPen(self._theme.color("text"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._fitted(value, rect.width() - 7.0, True))

    def _paint_node(self, painter: QPainter, rect: QRectF, node: Node) -> None:
        lit, current = node == self._lit_node, node == self._current and self.hasFocus()
        role = "accent" if lit else "secondary" if node == self._node else "field_line"
        circle = rect.adjusted(1.5, 1.5, -1.5, -1.5)
        painter.setPen(QPen(self._theme.color(role), 2.5 if lit else 1.5))
        painter.setBrush(self._theme.color("accent_soft" if lit else "card"))
        painter.drawEllipse(circle)
        if current:
            painter.setPen(QPen(self._theme.color("accent"), 2.0, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(rect.adjusted(-2.0, -2.0, 2.0, 2.0))
        if self._values:
            painter.setPen(self._theme.color("text"))
            text = self._fitted(float(self._values[node[0]][node[1]]), rect.width() - 3.0, False)
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    def _pen(self, edge: Edge, limit: float) -> QPen:
        value = float(self._shown()[edge[0] - 1].weight[edge[1:]])
        if not np.isfinite(value):
            return QPen(QColor(*NOT_FINITE_COLOR), _THICKEST_PX, Qt.PenStyle.DotLine)
        part = min(1.0, abs(value) / limit)
        width = _THINNEST_PX + part * (_THICKEST_PX - _THINNEST_PX)
        pen = QPen(_signed_color(self._theme, value, part), width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if value < 0:
            pen.setDashPattern([6.0 / width + 1.0, 4.0 / width])
        return pen

    def _paint_names(self, painter: QPainter, places: Places) -> None:
        last, metrics = len(self.sizes) - 1, self.fontMetrics()
        painter.setPen(self._theme.color("text"))
        for layer, names, side in ((0, self._names[0], -1), (last, self._names[1], 1)):
            for unit, name in enumerate(names):
                rect = places.nodes[layer, unit]
                text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, _NAME_PX)
                width, middle = self._names_px(names), rect.center().y()
                gap = max(rect.width(), _TAG_PX[0]) / 2 + 6.0
                left = rect.center().x() + (gap if side > 0 else -gap - width)
                align = Qt.AlignmentFlag.AlignLeft if side > 0 else Qt.AlignmentFlag.AlignRight
                place = QRectF(left, middle - 10.0, width, 20.0)
                painter.drawText(place, align | Qt.AlignmentFlag.AlignVCenter, text)
        painter.setPen(self._theme.color("secondary"))
        for layer in range(last + 1):
            x = places.nodes[layer, 0].center().x()
            place = QRectF(x - 60.0, 0.0, 120.0, metrics.height() + 2.0)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, f"layer {layer}" if layer else "inputs")

    def _shown(self) -> list[AffineNumbers]:
        return self._layers if self._gradients is None else self._gradients

    def _limit(self) -> float:
        largest = max(signed_limit(layer.weight) if np.any(layer.weight) else 0.0 for layer in self._shown())
        if self._gradients is None and largest:
            return max(largest, _LEAST_LIMIT)
        return largest or 1.0

    def _placed(self) -> Places:
        if not self._layers:
            return Places({}, {}, {}, {})
        left, right = (self._names_px(names) for names in self._names)
        top = self.fontMetrics().height() + _PAD_PX
        area = QRectF(self.rect()).adjusted(left + _PAD_PX, top, -right - _PAD_PX, -_PAD_PX)
        width, height = max(1.0, area.width()), max(1.0, area.height())
        node_px = max(_SMALLEST_NODE_PX, min(NODE_PX, height / max(self.sizes) - _TAG_PX[1] / 2 - 2.0))
        layout = graph_layout(
            self.sizes,
            (node_px / width, node_px / height),
            (_TAG_PX[0] / width, _TAG_PX[1] / height),
            (_LABEL_PX[0] / width, _LABEL_PX[1] / height),
        )

        def rect(box: Box) -> QRectF:
            rect = QRectF(0.0, 0.0, box.width * width, box.height * height)
            rect.moveCenter(QPointF(area.left() + box.x * width, area.top() + box.y * height))
            return rect

        nodes = {node: rect(box) for node, box in layout.nodes.items()}
        edges = {
            (layer, i, j): QLineF(nodes[layer - 1, i].center(), nodes[layer, j].center())
            for layer in range(1, len(self.sizes))
            for i in range(self.sizes[layer - 1])
            for j in range(self.sizes[layer])
        }
        without = self._without_bias
        biases = {node: rect(box) for node, box in layout.biases.items() if node[0] not in without}
        return Places(nodes, biases, {edge: rect(box) for edge, box in layout.labels.items()}, edges)

    def _names_px(self, names: Sequence[str]) -> float:
        widths = [self.fontMetrics().horizontalAdvance(name) for name in names]
        return min(float(max(widths, default=0)), _NAME_PX) + 6.0

    def _size(self, pitch: float, gap: float) -> QSize:
        names = sum(self._names_px(names) for names in self._names)
        width = names + gap * max(1, len(self.sizes) - 1) + NODE_PX + 2 * _PAD_PX
        height = pitch * max((2, *self.sizes)) + self.fontMetrics().height() + 2 * _PAD_PX
        return QSize(int(width), int(height))

    def _fitted(self, value: float, room: float, signed: bool) -> str:
        """The number with as many digits as fit, at most three; nothing if none does."""
        metrics = QFontMetricsF(self.font())
        texts = [format_number(value, digits, signed) for digits in (3, 2, 1)]
        if np.isfinite(value):
            mantissa, _, power = f"{value:{'+' if signed else ''}.0e}".partition("e")
            texts.append(f"{mantissa}e{int(power)}".replace("-", MINUS))
        return next((text for text in texts if metrics.horizontalAdvance(text) <= room), "")

    def _node_words(self, node: Node) -> str:
        layer, unit = node
        value = f": {_full(self._values[layer][unit])}" if self._values else ""
        if layer == 0:
            return f"{self._names[0][unit]}{value}"
        what = "bias" if self._gradients is None else "gradient of the bias"
        name = f" ({self._names[1][unit]})" if layer == len(self.sizes) - 1 else ""
        biases = self._shown()[layer - 1].bias
        last = "no bias" if biases is None else f"{what} {_full(biases[unit])}"
        return f"unit {unit} of layer {layer}{name}{value}\n{last}"

    def _edge_words(self, edge: Edge) -> str:
        layer, source, unit = edge
        what = "weight" if self._gradients is None else "gradient of the weight"
        origin = self._names[0][source] if layer == 1 else f"unit {source} of layer {layer - 1}"
        value = _full(self._shown()[layer - 1].weight[source, unit])
        return f"{what} from {origin} into unit {unit} of layer {layer}: {value}"

    def _move(self, layer: int, unit: int) -> None:
        self._current = layer, min(max(unit, 0), self.sizes[layer] - 1)
        self._hover(self._current, None)
        self.update()

    def _hover(self, node: Node | None, edge: Edge | None) -> None:
        if node != self._node:
            self._node = node
            if node is not None:
                self.setAccessibleDescription(self._node_words(node))
            self.node_hovered.emit(node)
            self.update()
        if edge != self._edge:
            self._edge = edge
            if edge is not None:
                self.setAccessibleDescription(self._edge_words(edge))
            self.edge_hovered.emit(edge)
            self.update()


def _checked(layers: Sequence[tuple[ArrayLike, ArrayLike | None]]) -> list[AffineNumbers]:
    checked = [
        AffineNumbers(np.asarray(weight), None if bias is None else np.asarray(bias))
        for weight, bias in layers
    ]
    n = None
    for weight, bias in checked:
        fits_bias = bias is None or bias.shape == weight.shape[1:]
        if weight.ndim != 2 or not fits_bias or n not in (None, weight.shape[0]):
            raise ValueError(
                f"a layer needs a weight (n_in, n_out) that fits the layer before and a bias (n_out,), "
                f"not {weight.shape} and {None if bias is None else bias.shape}"
            )
        n = weight.shape[1]
    return checked


def _signed_color(theme: Theme, value: float, part: float) -> QColor:
    if value == 0.0:
        return theme.color("field_line")
    level = round((_PALEST + (1.0 - _PALEST) * part) * LEVELS_A_SIDE)
    return QColor(*map(int, signed_scale(theme.dark)[ZERO + (level if value > 0 else -level)]))


def _distance(line: QLineF, point: QPointF) -> float:
    """How far a point is from a line between two points."""
    along, off = line.p2() - line.p1(), point - line.p1()
    length = QPointF.dotProduct(along, along)
    t = min(max(QPointF.dotProduct(off, along) / length, 0.0), 1.0) if length > 0 else 0.0
    return QLineF(line.pointAt(t), point).length()


def _full(value: float) -> str:
    return format_number(value, 7)
