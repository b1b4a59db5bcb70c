"""Where the nodes, edges and numbers of a small network are drawn, so that no two numbers overlap."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

MOST_UNITS = 10
MOST_WEIGHTS = 60

Node = tuple[int, int]
"""A layer and a unit; layer 0 are the inputs."""
Edge = tuple[int, int, int]
"""A layer from 1, a source in the layer before, and a unit."""
Size = tuple[float, float]
"""Width and height."""

_CANDIDATES = 17
_SWEEPS = 12
_OVERLAP, _CROSSING, _NEAR, _OFF_CENTRE = 100.0, 1.0, 0.6, 0.5  # how bad it is for a number to …
_THROUGH = 4.0  # … have another edge run through its middle: whose number is it?
_CLEARANCE = 2.2  # times their height: nearer ones are hard to tell apart
_CROWDED = 0.25  # times the distance of two units: a number so high that would hide other edges is left out
_ROOMY = 2.2  # times the height of a tag: a smaller unit would be hidden by it


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its centre."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: "Box") -> bool:
        """Whether the two have more than an edge in common."""
        return (
            abs(self.x - other.x) < (self.width + other.width) / 2 - 1e-9
            and abs(self.y - other.y) < (self.height + other.height) / 2 - 1e-9
        )


@dataclass(frozen=True, slots=True)
class GraphLayout:
    """Where everything lies in the unit square, y downwards.

    Attributes
    ----------
    nodes
        The inputs and the units.
    biases
        The tags at the lower rims of the units; none where they would hide units.
    labels
        The numbers of edges, each with its centre on its edge; an edge whose number would overlap
        something has none.
    """

    nodes: dict[Node, Box]
    biases: dict[Node, Box]
    labels: dict[Edge, Box]


def fits(sizes: Sequence[int]) -> bool:
    """Whether a network is small enough to be drawn with all its nodes and edges.

    Parameters
    ----------
    sizes
        The number of inputs, and of units of each affine layer.
    """
    weights = sum(n_in * n_out for n_in, n_out in pairwise(sizes))
    return len(sizes) > 1 and all(1 <= n <= MOST_UNITS for n in sizes) and weights <= MOST_WEIGHTS


@lru_cache(maxsize=16)
def graph_layout(sizes: tuple[int, ...], node: Size, tag: Size, label: Size) -> GraphLayout:
    """Lay a network out from left to right, each layer a column.

    Parameters
    ----------
    sizes
        The number of inputs, and of units of each affine layer.
    node, tag, label
        The sizes of a node, of the tag with a bias, and of the number at an edge, in the unit square.
    """
    column = max(node[0], tag[0])
    step = (1.0 - column) / max(1, len(sizes) - 1)
    nodes = {
        (layer, unit): Box(column / 2 + layer * step, (unit + 0.5) / n, *node)
        for layer, n in enumerate(sizes)
        for unit in range(n)
    }
    biases = {place: Box(box.x, box.y + box.height / 2, *tag) for place, box in nodes.items() if place[0] > 0}
    biases = {place: box for place, box in biases.items() if _is_clear(place, box, nodes, biases)}
    labels: dict[Edge, Box] = {}
    for layer in range(1, len(sizes)):
        edges = [(layer, i, j) for i in range(sizes[layer - 1]) for j in range(sizes[layer])]
        ends = np.array([[_point(nodes[layer - 1, i]), _point(nodes[layer, j])] for _, i, j in edges])
        places = _label_places(ends, column, label)
        labels |= {
            edge: Box(float(x), float(y), *label)
            for edge, (x, y) in zip(edges, places, strict=True)
            if np.isfinite(x)
        }
    return GraphLayout(nodes, biases, labels)


def _is_clear(place: Node, tag: Box, nodes: dict[Node, Box], tags: dict[Node, Box]) -> bool:
    """Whether a tag hides neither another unit or tag nor much of its own unit."""
    others = [box for boxes in (nodes, tags) for other, box in boxes.items() if other != place]
    return nodes[place].height >= _ROOMY * tag.height and not any(tag.overlaps(box) for box in others)


def _point(box: Box) -> tuple[float, float]:
    return box.x, box.y


def _label_places(ends: NDArray[np.float64], column: float, label: Size) -> NDArray[np.float64]:
    """The centres of the numbers of the edges between two columns; NaN for those without room.

    Parameters
    ----------
    ends : (n, 2, 2) array
        Both ends of each edge, (x, y).
    column : float
        The width of a column of nodes, which numbers keep clear of.

    Returns
    -------
    (n, 2) array
    """
    start, along = ends[:, 0], ends[:, 1] - ends[:, 0]
    margin = (column + label[0]) / 2 / along[0, 0]
    if margin > 0.5:
        return np.full(start.shape, np.nan)
    t = np.linspace(margin, 1.0 - margin, _CANDIDATES)
    candidates = start[:, None] + t[None, :, None] * along[:, None]  # (n, candidates, 2)
    crossings = _crossings(start, along, candidates, label)
    cost = _CROSSING * crossings
    cost += _THROUGH * _crossings(start, along, candidates, (0.0, label[1]))
    cost += _OFF_CENTRE * np.abs(t - 0.5) + 1e-4 * t
    best, least = None, np.inf
    n = len(ends)
    for first in (  # all in the middle; each source, then each target, at a distance of its own
        np.full(n, _CANDIDATES // 2),
        _staggered(start[:, 1]),
        _staggered(ends[:, 1, 1]),
    ):
        chosen, badness = _descend(candidates, cost, first, label)
        if badness < least:
            best, least = chosen, badness
    assert best is not None
    places = candidates[np.arange(n), best]
    if label[1] > _CROWDED * _pitch(ends):
        places[crossings[np.arange(n), best] > 0] = np.nan
    return _without_overlaps(places, label)


def _pitch(ends: NDArray[np.float64]) -> float:
    """The least distance between two units of a column, 1 where neither column has two."""
    return min((float(np.diff(np.unique(y)).min(initial=1.0)) for y in ends[:, :, 1].T), default=1.0)


def _staggered(y: NDArray[np.float64]) -> NDArray[np.int64]:
    _, rank = np.unique(y, return_inverse=True)
    return rank * (_CANDIDATES - 1) // max(1, int(rank.max()))


def _crossings(
    start: NDArray[np.float64], along: NDArray[np.float64], candidates: NDArray[np.float64], label: Size
) -> NDArray[np.float64]:
    """How many other edges run through a number's box, (n, candidates).

    An edge runs through if it is inside the box's height somewhere within the box's width.
    """
    slope = along[:, 1] / along[:, 0]
    x, y = candidates[..., 0, None], candidates[..., 1, None]
    left = start[:, 1] + slope * (x - label[0] / 2 - start[:, 0])
    right = start[:, 1] + slope * (x + label[0] / 2 - start[:, 0])
    inside = (np.minimum(left, right) < y + label[1] / 2) & (np.maximum(left, right) > y - label[1] / 2)
    own = np.eye(len(start), dtype=bool)[:, None, :]
    return (inside & ~own).sum(axis=2).astype(np.float64)


def _descend(
    candidates: NDArray[np.float64], cost: NDArray[np.float64], first: NDArray[np.int64], label: Size
) -> tuple[NDArray[np.int64], float]:
    """Move one number at a time to where it disturbs least, until none moves; and how bad the result is."""
    chosen = first.copy()
    near = label[0], _CLEARANCE * label[1]
    n = len(chosen)
    rows = np.arange(n)
    for _ in range(_SWEEPS):
        moved = False
        for e in range(n):
            others = candidates[rows != e, chosen[rows != e]]
            badness = cost[e] + _OVERLAP * _overlaps(candidates[e], others, label).sum(axis=1)
            badness += _NEAR * _overlaps(candidates[e], others, near).sum(axis=1)
            to = int(badness.argmin())
            if badness[to] < badness[chosen[e]]:
                chosen[e], moved = to, True
        if not moved:
            break
    places = candidates[rows, chosen]
    overlaps, nearby = ((_overlaps(places, places, size).sum() - n) / 2 for size in (label, near))
    return chosen, float(cost[rows, chosen].sum() + _OVERLAP * overlaps + _NEAR * nearby)


def _overlaps(a: NDArray[np.float64], b: NDArray[np.float64], label: Size) -> NDArray[np.bool_]:
    """Whether the boxes about each of the points `a` and `b` overlap, (len(a), len(b))."""
    inside = np.abs(a[:, None] - b[None]) < np.array(label)
    return inside[..., 0] & inside[..., 1]


def _without_overlaps(places: NDArray[np.float64], label: Size) -> NDArray[np.float64]:
    """Take away the numbers that overlap most, until none do; of the last two neither stays.

    One alone, where two edges cross, could belong to either.
    """
    places = places.copy()
    while True:
        counts = _overlaps(places, places, label).sum(axis=1)  # NaN overlaps nothing, not even itself
        if len(counts) == 0 or counts.max() <= 1:
            return places
        places[counts == 2 if counts.max() == 2 else counts.argmax()] = np.nan
