"""A small network on the screen: numbers, colours, the pointer and the keys."""

import gc
import weakref
from itertools import combinations, pairwise

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.network_graph import NetworkGraph

LAYERS = [
    (np.array([[1.0, -2.0], [0.25, 0.0]]), np.array([0.5, -0.5])),
    (np.array([[4.0], [-1.0]]), np.array([0.125])),
]
VALUES = [np.array([1.0, 0.0]), np.array([0.731, 0.0]), np.array([-0.25])]


@pytest.fixture
def theme(qapp) -> Theme:
    return Theme("light")


@pytest.fixture
def graph(qtbot, theme) -> NetworkGraph:
    graph = NetworkGraph(theme, "graph_test")
    qtbot.addWidget(graph)
    graph.resize(600, 320)
    graph.set_network(LAYERS, ["A", "B"], ["A xor B"])
    graph.set_values(VALUES)
    with qtbot.waitExposed(graph):
        graph.show()
    graph.clearFocus()
    return graph


def middle_of_node(graph: NetworkGraph, layer: int, unit: int) -> QPoint:
    return graph.places().nodes[layer, unit].center().toPoint()


def point_on_line(graph: NetworkGraph, edge: tuple[int, int, int]) -> QPoint:
    """A point of an edge that belongs to no number and no other edge."""
    for t in np.linspace(0.1, 0.9, 81):
        point = graph.places().edges[edge].pointAt(float(t)).toPoint()
        numbers = graph.places().labels.values()
        if graph.edge_at(QPointF(point)) == edge and not any(rect.contains(point) for rect in numbers):
            return point
    raise AssertionError(f"no point belongs to {edge} alone")


def colors_of(graph: NetworkGraph) -> set[str]:
    image = graph.grab().toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def tooltip_at(graph: NetworkGraph, point: QPoint) -> str:
    help_event = QHelpEvent(QEvent.Type.ToolTip, point, graph.mapToGlobal(point))
    QApplication.sendEvent(graph, help_event)
    text = QToolTip.text()
    QToolTip.hideText()
    return text


def test_clicking_a_node_tells_its_layer_and_unit(graph, qtbot):
    for layer, unit in ((0, 1), (1, 0), (2, 0)):
        with qtbot.waitSignal(graph.node_clicked) as clicked:
            qtbot.mouseClick(graph, Qt.MouseButton.LeftButton, pos=middle_of_node(graph, layer, unit))
        assert clicked.args == [layer, unit]


def test_clicking_an_edge_or_its_number_tells_its_layer_source_and_unit(graph, qtbot):
    for edge, label in graph.places().labels.items():
        for point in (label.center().toPoint(), point_on_line(graph, edge)):
            with qtbot.waitSignal(graph.edge_clicked) as clicked:
                qtbot.mouseClick(graph, Qt.MouseButton.LeftButton, pos=point)
            assert tuple(clicked.args) == edge


def test_clicking_beside_everything_tells_nothing(graph, qtbot):
    with qtbot.assertNotEmitted(graph.node_clicked), qtbot.assertNotEmitted(graph.edge_clicked):
        qtbot.mouseClick(graph, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
        qtbot.mouseClick(graph, Qt.MouseButton.RightButton, pos=middle_of_node(graph, 1, 1))


def test_hovering_tells_what_is_under_the_pointer(graph, qtbot):
    nodes, edges = [], []
    graph.node_hovered.connect(nodes.append)
    graph.edge_hovered.connect(edges.append)
    qtbot.mouseMove(graph, middle_of_node(graph, 1, 1))
    qtbot.mouseMove(graph, graph.places().labels[2, 1, 0].center().toPoint())
    QApplication.sendEvent(graph, QEvent(QEvent.Type.Leave))
    assert nodes == [(1, 1), None]
    assert edges == [(2, 1, 0), None]


def test_arrow_keys_walk_over_the_nodes_and_enter_clicks(graph, qtbot):
    hovered = []
    graph.node_hovered.connect(hovered.append)
    keys = Qt.Key
    for key in (keys.Key_Down, keys.Key_Down, keys.Key_Right, keys.Key_Up, keys.Key_Right, keys.Key_Right):
        qtbot.keyClick(graph, key)
    assert hovered == [(0, 1), (1, 1), (1, 0), (2, 0)]
    with qtbot.waitSignal(graph.node_clicked) as clicked:
        qtbot.keyClick(graph, Qt.Key.Key_Return)
    assert clicked.args == [2, 0]
    qtbot.keyClick(graph, Qt.Key.Key_Left)
    assert "unit 1 of layer 1" in graph.accessibleDescription()


def test_focus_is_seen_at_a_node(graph, qtbot, theme):
    accent = theme.color("accent").name()
    assert accent not in colors_of(graph)
    graph.activateWindow()
    graph.setFocus()
    qtbot.waitUntil(graph.hasFocus)
    assert accent in colors_of(graph)


def test_numbers_do_not_overlap(graph):
    for sizes in ((2, 2, 1), (2, 4, 3, 1)):
        layers = [(np.ones((a, b)), np.ones(b)) for a, b in pairwise(sizes)]
        graph.set_network(layers)
        places = graph.places()
        assert len(places.labels) == len(places.edges)
        for a, b in combinations(places.labels.values(), 2):
            assert not a.intersects(b)


def test_width_tells_the_size_and_hue_and_dash_tell_the_sign(graph):
    strong, weak, negative = graph.edge_pen(2, 0, 0), graph.edge_pen(1, 1, 0), graph.edge_pen(1, 0, 1)
    assert strong.widthF() > negative.widthF() > weak.widthF() >= 1.0
    assert strong.style() == weak.style() == Qt.PenStyle.SolidLine
    assert negative.style() == Qt.PenStyle.CustomDashLine
    gold, blue = strong.color(), negative.color()
    assert gold.red() > gold.blue()
    assert blue.blue() > blue.red()


def test_weights_next_to_nothing_are_thin_but_gradients_are_drawn_to_their_own_scale(graph):
    tiny = [(np.full((2, 2), 1e-8), np.zeros(2)), (np.full((2, 1), -1e-8), np.zeros(1))]
    graph.set_network(tiny)
    assert graph.edge_pen(1, 0, 0).widthF() == pytest.approx(1.0, abs=0.01)
    graph.set_gradients(tiny)
    assert graph.edge_pen(1, 0, 0).widthF() > 4.0


def test_a_weight_of_zero_is_a_thin_grey_line_and_nan_stands_out(graph, theme):
    assert graph.edge_pen(1, 1, 1).color() == theme.color("field_line")
    broken = [(np.full((2, 2), np.nan), np.zeros(2)), LAYERS[1]]
    graph.set_network(broken)
    assert graph.edge_pen(1, 0, 0).color() == QColor(229, 0, 155)
    graph.grab()


def test_gradients_can_take_the_place_of_weights(graph):
    before = graph.edge_pen(1, 0, 1)
    graph.set_gradients([(-weight, -bias) for weight, bias in LAYERS])
    assert before.style() != graph.edge_pen(1, 0, 1).style()
    tip = tooltip_at(graph, graph.places().labels[1, 0, 1].center().toPoint())
    assert tip == "gradient of the weight from A into unit 1 of layer 1: 2.000000"
    graph.set_gradients(None)
    assert graph.edge_pen(1, 0, 1) == before


def test_tooltips_have_the_full_number(graph):
    graph.set_values([np.array([0.123456789, 0.0]), *VALUES[1:]])
    assert tooltip_at(graph, middle_of_node(graph, 0, 0)) == "A: 0.1234568"
    assert tooltip_at(graph, middle_of_node(graph, 2, 0)) == (
        "unit 0 of layer 2 (A xor B): −0.2500000\nbias 0.1250000"
    )
    edge = graph.places().labels[1, 0, 1].center().toPoint()
    assert tooltip_at(graph, edge) == "weight from A into unit 1 of layer 1: −2.000000"


def test_a_highlight_is_seen_and_can_be_taken_back(graph, theme):
    plain = graph.grab().toImage()
    accent = theme.color("accent").name()
    graph.set_highlight(node=(1, 0))
    assert accent in colors_of(graph)
    graph.set_highlight(edge=(1, 0, 1))
    assert accent in colors_of(graph)
    graph.set_highlight(None, None)
    assert graph.grab().toImage() == plain


def test_the_picture_follows_the_theme(graph, theme):
    assert theme.color("text").name() in colors_of(graph)
    light = theme.color("ground").name()  # behind a bias
    assert light in colors_of(graph)
    theme.set_mode("dark")
    assert theme.color("text").name() in colors_of(graph)
    assert light not in colors_of(graph)


def test_values_are_written_into_the_nodes(graph):
    with_values = graph.grab(graph.places().nodes[2, 0].toRect()).toImage()
    graph.set_values([])
    assert graph.grab(graph.places().nodes[2, 0].toRect()).toImage() != with_values


@pytest.mark.parametrize("value", [1e-12, -1e-12, 123456.0, -0.000123, np.inf, np.nan])
def test_extreme_numbers_are_written_too(graph, value):
    graph.set_values([])
    empty = graph.grab(graph.places().nodes[2, 0].toRect()).toImage()
    graph.set_values([*VALUES[:2], np.array([value])])
    assert graph.grab(graph.places().nodes[2, 0].toRect()).toImage() != empty


def test_another_shape_forgets_what_belonged_to_the_old_one(graph):
    graph.set_highlight((1, 1), (1, 0, 1))
    graph.set_gradients(LAYERS)
    graph.set_network([(np.ones((3, 1)), np.zeros(1))])
    assert graph.sizes == (3, 1)
    assert tooltip_at(graph, middle_of_node(graph, 0, 2)) == "x[2]"
    graph.grab()


def test_wrong_shapes_are_refused(graph):
    with pytest.raises(ValueError, match="weight"):
        graph.set_network([(np.ones((2, 2)), np.ones(3))])
    with pytest.raises(ValueError, match="fits the layer before"):
        graph.set_network([(np.ones((2, 2)), np.ones(2)), (np.ones((3, 1)), np.ones(1))])
    with pytest.raises(ValueError, match="names"):
        graph.set_network(LAYERS, ["A"])
    with pytest.raises(ValueError, match="lengths"):
        graph.set_values([np.zeros(2)])
    with pytest.raises(ValueError, match="shapes"):
        graph.set_gradients(LAYERS[:1])
    assert graph.sizes == (2, 2, 1)


def test_it_says_which_networks_are_small_enough():
    assert NetworkGraph.fits((2, 2, 1))
    assert not NetworkGraph.fits((784, 100, 10))


def test_no_network_is_an_empty_picture(qtbot, theme):
    graph = NetworkGraph(theme, "graph_empty")
    qtbot.addWidget(graph)
    graph.resize(200, 100)
    assert len(colors_of(graph)) == 1
    qtbot.mouseClick(graph, Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    qtbot.keyClick(graph, Qt.Key.Key_Down)
    graph.set_network([])
    assert graph.sizeHint().isValid()


def test_it_is_drawn_at_its_smallest(graph):
    sizes = (2, 10, 4)
    graph.set_network([(np.ones((a, b)), np.ones(b)) for a, b in pairwise(sizes)])
    graph.resize(graph.minimumSizeHint())
    graph.grab()
    for a, b in combinations(graph.places().nodes.values(), 2):
        assert not a.intersects(b)


def test_a_deleted_view_is_gone_and_the_theme_forgets_it(theme):
    view = NetworkGraph(theme, "graph_gone")
    view.set_network(LAYERS)
    view.grab()
    wrapper = weakref.ref(view)
    view.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    theme.set_mode("dark")
    del view
    gc.collect()
    assert wrapper() is None


def test_a_layer_may_have_no_bias(qtbot, graph):
    with_bias = graph.grab().toImage()
    graph.set_network([(LAYERS[0][0], None), LAYERS[1]], ["A", "B"], ["A xor B"])
    assert {layer for layer, _ in graph.places().biases} == {2}
    assert graph.grab().toImage() != with_bias
    assert graph.node_at(graph.places().nodes[1, 0].center()) == (1, 0)
    graph.setFocus()
    qtbot.keyClick(graph, Qt.Key.Key_Right)
    assert "no bias" in graph.accessibleDescription()
    assert graph.limit == 4.0
