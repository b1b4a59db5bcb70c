"""Where a small network is drawn: columns, and numbers that overlap neither each other nor nodes."""

from itertools import combinations

import pytest

from mlpviz.figures.graph_layout import Box, GraphLayout, fits, graph_layout

# A card of 560 x 300 pixels, with nodes of 50, tags of 50 x 15 and numbers of 54 x 16 pixels.
NODE = (50 / 560, 50 / 300)
TAG = (50 / 560, 15 / 300)
LABEL = (54 / 560, 16 / 300)
SMALL = [(2, 1), (2, 2, 1), (2, 4, 3, 1), (3, 3), (1, 4, 1), (4, 3, 3)]


def edges_of(sizes: tuple[int, ...]) -> set[tuple[int, int, int]]:
    return {
        (layer, i, j)
        for layer in range(1, len(sizes))
        for i in range(sizes[layer - 1])
        for j in range(sizes[layer])
    }


def layout_of(*sizes: int) -> GraphLayout:
    return graph_layout(sizes, NODE, TAG, LABEL)


@pytest.mark.parametrize("sizes", SMALL)
def test_every_edge_of_a_small_network_has_a_number_and_no_two_overlap(sizes):
    layout = layout_of(*sizes)
    assert set(layout.labels) == edges_of(sizes)
    for a, b in combinations(layout.labels.values(), 2):
        assert not a.overlaps(b)


@pytest.mark.parametrize("sizes", SMALL)
def test_numbers_overlap_no_node_and_no_tag(sizes):
    layout = layout_of(*sizes)
    for label in layout.labels.values():
        assert not any(label.overlaps(box) for box in (*layout.nodes.values(), *layout.biases.values()))


@pytest.mark.parametrize("sizes", [(10, 6), (2, 10, 4), (6, 10), (7, 8), (4, 6, 3)])
@pytest.mark.parametrize("scale", [0.3, 1.0, 3.0])
def test_where_there_is_no_room_numbers_are_left_out_rather_than_overlap(sizes, scale):
    label = (LABEL[0] * scale, LABEL[1] * scale)
    layout = graph_layout(sizes, NODE, TAG, label)
    assert set(layout.labels) <= edges_of(sizes)
    for a, b in combinations(layout.labels.values(), 2):
        assert not a.overlaps(b)


@pytest.mark.parametrize("width", [180, 200, 240, 280, 340, 500])
@pytest.mark.parametrize("height", [160, 200, 300])
def test_two_edges_that_cross_have_both_their_numbers_or_none(width, height):
    """One alone at the crossing: whose would it be?"""
    layout = graph_layout(
        (2, 2, 1), (50 / width, 50 / height), (50 / width, 15 / height), (50 / width, 16 / height)
    )
    assert ((1, 0, 1) in layout.labels) == ((1, 1, 0) in layout.labels)


def test_a_column_too_near_leaves_no_room_for_numbers():
    assert graph_layout((2, 2, 2), (0.3, 0.1), (0.3, 0.05), (0.2, 0.05)).labels == {}


@pytest.mark.parametrize("sizes", SMALL)
def test_a_number_lies_on_its_edge(sizes):
    layout = layout_of(*sizes)
    for (layer, source, unit), label in layout.labels.items():
        start, end = layout.nodes[layer - 1, source], layout.nodes[layer, unit]
        t = (label.x - start.x) / (end.x - start.x)
        assert 0.0 < t < 1.0
        assert label.y == pytest.approx(start.y + t * (end.y - start.y))


def test_layers_are_columns_from_left_to_right_and_units_go_down():
    nodes = layout_of(2, 4, 3, 1).nodes
    columns = [{nodes[layer, unit].x for unit in range(n)} for layer, n in enumerate((2, 4, 3, 1))]
    assert all(len(column) == 1 for column in columns)
    x = [column.pop() for column in columns]
    assert x == sorted(x)
    assert [nodes[1, unit].y for unit in range(4)] == pytest.approx([0.125, 0.375, 0.625, 0.875])
    assert nodes[3, 0].y == 0.5


@pytest.mark.parametrize("sizes", SMALL)
def test_everything_is_inside_from_side_to_side(sizes):
    layout = layout_of(*sizes)
    for box in (*layout.nodes.values(), *layout.biases.values(), *layout.labels.values()):
        assert box.x - box.width / 2 > -1e-9
        assert box.x + box.width / 2 < 1.0 + 1e-9
        assert 0.0 < box.y < 1.0


def test_units_have_a_tag_at_their_lower_rim_and_inputs_have_none():
    layout = layout_of(2, 3)
    assert set(layout.biases) == {(1, 0), (1, 1), (1, 2)}
    for place, tag in layout.biases.items():
        node = layout.nodes[place]
        assert (tag.x, tag.y) == (node.x, node.y + node.height / 2)


def test_in_a_crowded_column_no_tag_hides_a_unit():
    node, tag, label = (26 / 400, 26 / 200), (50 / 400, 15 / 200), (50 / 400, 16 / 200)
    layout = graph_layout((2, 8, 1), node, tag, label)
    assert not any(place[0] == 1 for place in layout.biases)
    for place, box in layout.biases.items():
        assert not any(box.overlaps(other) for at, other in layout.nodes.items() if at != place)


def test_where_units_are_close_a_number_hides_no_other_edge():
    label = (50 / 330, 16 / 110)
    layout = graph_layout((2, 2, 1), (40 / 330, 40 / 110), (50 / 330, 15 / 110), label)
    assert {(1, 0, 0), (1, 1, 1)} <= set(layout.labels), "those that cross nothing"
    for (layer, source, unit), box in layout.labels.items():
        for other_layer, i, j in edges_of((2, 2, 1)) - {(layer, source, unit)}:
            start, end = layout.nodes[other_layer - 1, i], layout.nodes[other_layer, j]
            if start.x < box.x < end.x:
                y = start.y + (box.x - start.x) / (end.x - start.x) * (end.y - start.y)
                assert abs(y - box.y) > box.height / 2


def test_the_same_network_is_always_drawn_the_same():
    first = layout_of(4, 6, 3)
    graph_layout.cache_clear()
    assert layout_of(4, 6, 3) == first


def test_boxes_that_touch_do_not_overlap():
    assert Box(0, 0, 2, 2).overlaps(Box(1, 1, 1, 1))
    assert not Box(0, 0, 2, 2).overlaps(Box(2, 0, 2, 2))
    assert not Box(0, 0, 2, 2).overlaps(Box(0, 5, 2, 2))


@pytest.mark.parametrize("sizes", [(1, 1), (2, 2, 1), (10, 6), (2, 10, 4)])
def test_small_networks_fit(sizes):
    assert fits(sizes)


@pytest.mark.parametrize("sizes", [(), (2,), (11, 1), (1, 11), (10, 7), (784, 100, 10), (0, 2)])
def test_others_do_not(sizes):
    assert not fits(sizes)
