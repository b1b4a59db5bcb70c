"""The pictures of the glossary: classes, numbers, networks, what a run leaves behind, and curves."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise

import numpy as np

from mlpviz.figures.colors import HIGHEST, LOWEST, signed_scale
from mlpviz.lessons.curve_pictures import CURVES, Colors
from mlpviz.lessons.sketch import Point, Sketch
from mlpviz.nn.arrays import Array

CORNERS: tuple[Point, ...] = ((0, 0), (0, 1), (1, 0), (1, 1))


def draw(name: str, colors: Colors, dark: bool) -> Sketch:
    """Draw a picture.

    Parameters
    ----------
    name
        One of `PICTURES`.
    colors
        The theme's, by their names.
    dark
        Whether the ground is dark.

    Raises
    ------
    ValueError
        If there is no such picture.
    """
    if name == "colour_scale":
        return _colour_scale(colors, dark)
    if name not in PICTURES:
        raise ValueError(f"the glossary has no picture {name!r}; known are: {', '.join(sorted(PICTURES))}")
    return PICTURES[name](colors)


# ---------------------------------------------------------------------- classes


def _plane(colors: Colors, ones: set[Point], title: str) -> Sketch:
    s = Sketch(colors, (-0.7, 1.7), (-0.6, 1.6), width=240)
    s.line([(-0.45, 1.5), (-0.45, -0.4), (1.6, -0.4)], "field_line", 1.0)
    for corner in CORNERS:
        is_one = corner in ones
        s.dot(corner, "validation" if is_one else "training", 8, filled=is_one)
        s.words((corner[0] + 0.14, corner[1]), "1" if is_one else "0", "secondary", "start")
    s.words((0.5, 1.62), title, "secondary")
    return s


def _gate_and(colors: Colors) -> Sketch:
    s = _plane(colors, {(1, 1)}, "AND")
    s.line([(0.3, 1.4), (1.4, 0.3)], "accent", 2.0, "6 4")
    return s


def _xor(colors: Colors) -> Sketch:
    s = _plane(colors, {(0, 1), (1, 0)}, "XOR: whichever line you try")
    for ends in (((-0.3, 0.5), (1.4, 0.5)), ((0.5, -0.3), (0.5, 1.4))):
        s.line(ends, "secondary", 1.0, "3 4")
    return s


def _clouds(colors: Colors) -> tuple[Sketch, Array, Array]:
    s = Sketch(colors, (-3, 3), (-2, 2))
    rng = np.random.default_rng(3)
    left, right = rng.normal((-1.5, 0.5), 0.45, (14, 2)), rng.normal((1.4, -0.4), 0.45, (14, 2))
    return s, left, right


def _scatter(s: Sketch, left: Array, right: Array) -> None:
    for points, color, filled in ((left, "training", False), (right, "validation", True)):
        for x, y in points.tolist():
            s.dot((x, y), color, 4, filled)


def _separable(colors: Colors) -> Sketch:
    s, left, right = _clouds(colors)
    _scatter(s, left, right)
    s.line([(-0.6, -1.9), (0.5, 1.9)], "accent", 2.0, "6 4")
    return s


def _boundary(colors: Colors) -> Sketch:
    s, left, right = _clouds(colors)
    middle = right * 0.6 + np.array([-1.2, 0.9])
    _scatter(s, left * np.array([1, 0.8]) + np.array([-0.4, -0.7]), middle)
    x = np.linspace(-2.9, 2.0, 101)
    s.curve(x, 1.1 - 1.15 * np.exp(-((x + 0.1) ** 2) / 0.9) - 0.55 * (x + 1.2), "accent")
    return s


def _confusion(colors: Colors) -> Sketch:
    s = Sketch(colors, (0, 10), (0, 6.2))
    counts = ((48, 1, 1), (2, 45, 3), (0, 6, 44))
    for row, line in enumerate(counts):
        y = 4.5 - 1.5 * row
        s.words((2.3, y - 0.75), f"was {row + 1}", "secondary", "end")
        for column, count in enumerate(line):
            x = 2.8 + 2.4 * column
            right = row == column
            s.box(
                (x, y), (x + 2.3, y - 1.4), "accent_soft" if right else "hover", "error" if count == 6 else ""
            )
            s.words((x + 1.15, y - 0.7), str(count), "text" if right else "secondary", bold=right)
    for column in range(3):
        s.words((3.95 + 2.4 * column, 5.1), f"said {column + 1}", "secondary")
    s.words((6.3, 6.1), "six times a 3 was taken for a 2", "error")
    return s


def _calibration(colors: Colors) -> Sketch:
    s = Sketch(colors, (0, 1), (0, 1), width=260, height=220, margin=30)
    s.line([(0, 1), (0, 0), (1, 0)], "field_line", 1.0)
    s.line([(0, 0), (1, 1)], "secondary", 1.0, "4 4")
    points = [(p, p - 0.9 * p * (1 - p) ** 0.5 * 0.45) for p in (0.15, 0.35, 0.55, 0.75, 0.93)]
    s.line(points, "training")
    for point in points:
        s.dot(point, "training", 4)
    s.words((0.5, -0.1), "certainty", "secondary")
    s.words((0.02, 1.06), "share right", "secondary", "start")
    s.words((0.98, 0.3), "too sure", "training", "end")
    return s


# ---------------------------------------------------------------------- numbers and examples


def _histogram(colors: Colors) -> Sketch:
    s = Sketch(colors, (-3, 3), (0, 1.1))
    counts, edges = np.histogram(np.random.default_rng(0).normal(0, 1, 2000), 18, (-3, 3))
    for count, left, right in zip(counts / counts.max(), edges[:-1], edges[1:], strict=True):
        s.box((float(left) + 0.02, 0), (float(right) - 0.02, float(count)), "training")
    s.line([(-3, 0), (3, 0)], "field_line", 1.0)
    s.words((0, -0.08), "0", "secondary")
    return s


def _colour_scale(colors: Colors, dark: bool) -> Sketch:
    s = Sketch(colors, (-1, 1), (0, 1), height=90)
    table = signed_scale(dark)[LOWEST : HIGHEST + 1]
    edges = np.linspace(-1, 1, 65)
    for left, right in pairwise(edges):
        r, g, b, _ = table[round(float((left + right) / 2 + 1) / 2 * (len(table) - 1))]
        s.box((float(left), 0.3), (float(right) + 0.01, 1), f"#{r:02X}{g:02X}{b:02X}")
    for at, text in ((-1, "− below zero"), (0, "0"), (1, "above zero +")):
        s.words((at, 0.0), text, "secondary", {-1: "start", 0: "middle", 1: "end"}[at])
    return s


def _split(colors: Colors) -> Sketch:
    s = Sketch(colors, (0, 70), (0, 3), width=400, height=110)
    parts = (
        (0, 55, "training: to learn from", "training"),
        (55, 60, "validation", "validation"),
        (60, 70, "test", "good"),
    )
    for left, right, _, color in parts:
        s.box((left, 1), (right - 0.5, 2.2), color, round_px=3)
    s.words((27, 0.4), parts[0][2], "training")
    s.words((57, 2.75), "validation: to watch", "validation_text")
    s.words((70, 0.4), "test: at the end", "good", "end")
    return s


def _batches(colors: Colors) -> Sketch:
    s = Sketch(colors, (0, 24), (0, 4), width=400, height=130)
    for k in range(24):
        color = ("training", "validation", "good", "backward")[k // 6]
        s.dot((k + 0.5 + 0.4 * (k // 6 - 1.5), 2.2), color, 5)
    for k in range(4):
        s.words((3 + 6.4 * k - 0.6, 3.3), f"batch {k + 1}", "secondary")
    s.line([(0, 1.2), (0, 0.9), (24, 0.9), (24, 1.2)], "field_line", 1.5)
    s.words((12, 0.2), "one epoch: each example once", "secondary")
    return s


# ---------------------------------------------------------------------- networks and words


def _network(colors: Colors, layer: int | None = None, unit: bool = False, names: bool = True) -> Sketch:
    s = Sketch(colors, (0, 10), (0, 6), width=360)
    columns = [(1.2, (1.6, 3.0, 4.4)), (5.0, (0.9, 2.3, 3.7, 5.1)), (8.8, (2.3, 3.7))]
    for a in range(2):
        for y0 in columns[a][1]:
            for y1 in columns[a + 1][1]:
                lit = unit and a == 0 and y1 == columns[1][1][2]
                s.line(
                    [(columns[a][0], y0), (columns[a + 1][0], y1)],
                    "accent" if lit else "field_line",
                    2 if lit else 1,
                )
    for k, (x, ys) in enumerate(columns):
        for y in ys:
            lit = k == layer if not unit else (k == 1 and y == ys[2])
            s.dot((x, y), "accent" if lit else "secondary", 9, filled=lit)
    if names:
        for k, name in enumerate(("inputs", "layer 1, hidden", "layer 2, output")):
            s.words((columns[k][0], -0.25), name, "accent" if k == layer else "secondary")
    if unit:
        s.words((5.0, 6.1), "one unit and its weights", "accent")
    return s


_FLOW: dict[str, tuple[Point, tuple[str, ...]]] = {
    "experiment": ((1.2, 3.2), ("run",)),
    "run": ((4.0, 3.2), ("history", "snapshot", "checkpoint")),
    "history": ((7.0, 4.7), ()),
    "snapshot": ((7.0, 3.2), ("trace",)),
    "checkpoint": ((7.0, 1.7), ()),
    "trace": ((10.0, 3.2), ("walkthrough",)),
    "walkthrough": ((10.0, 1.7), ("stage",)),
    "stage": ((10.0, 0.2), ()),
}
_HALF = (1.15, 0.42)


def _word(colors: Colors, word: str) -> Sketch:
    """How the words for a run hang together, one of them lit."""
    s = Sketch(colors, (0, 11.3), (-0.4, 5.3), width=460, height=210, margin=8)
    for name, ((x, y), leads_to) in _FLOW.items():
        for other in leads_to:
            (to_x, to_y), _ = _FLOW[other]
            if x == to_x:
                s.arrow((x, y - _HALF[1]), (to_x, to_y + _HALF[1]), "secondary", 1.2)
            else:
                s.arrow((x + _HALF[0], y), (to_x - _HALF[0], to_y), "secondary", 1.2)
        lit = name == word
        s.box(
            (x - _HALF[0], y - _HALF[1]),
            (x + _HALF[0], y + _HALF[1]),
            "accent_soft" if lit else "card",
            "accent" if lit else "field_line",
            5,
        )
        s.words((x, y), name, "accent" if lit else "text", bold=lit)
    return s


PICTURES: dict[str, Callable[[Colors], Sketch]] = {
    **CURVES,
    "gate_and": _gate_and,
    "xor": _xor,
    "separable": _separable,
    "boundary": _boundary,
    "confusion": _confusion,
    "calibration": _calibration,
    "histogram": _histogram,
    "split": _split,
    "batches": _batches,
    "layers": _network,
    "hidden_layer": partial(_network, layer=1),
    "unit": partial(_network, unit=True, names=False),
    **{f"word_{word}": partial(_word, word=word) for word in _FLOW},
}
