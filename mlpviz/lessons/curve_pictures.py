"""Pictures of the glossary that are curves: functions, costs, and what happens over the steps."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from mlpviz.lessons.sketch import Point, Sketch
from mlpviz.nn import SGD, Layer, LeakyReLU, ReLU, Sigmoid, Tanh
from mlpviz.nn.arrays import Array
from mlpviz.training.probes import SATURATED_BELOW

Colors = Mapping[str, str]


# ---------------------------------------------------------------------- functions


def _values(layer: Layer, x: Array) -> tuple[Array, Array]:
    """What a layer makes of each number, and its slope there; both by the layer's own code."""
    y, cache = layer.forward(x[:, None])
    return y[:, 0], layer.backward(np.ones_like(y), cache)[:, 0]


def _function(layer: Layer, x: Point, y: Point, colors: Colors, marks: tuple[int, ...] = (1,)) -> Sketch:
    s = Sketch(colors, x, y)
    s.axes()
    at = np.linspace(*x, 400)  # an even number: none of them is 0, where a slope may jump
    values, slopes = _values(layer, at)
    pieces = (at < 0, at > 0) if isinstance(layer, (ReLU, LeakyReLU)) else (at == at,)
    for piece in pieces:
        s.curve(at[piece], slopes[piece], "backward", 1.5, "6 4")
    s.curve(at, values, "forward")
    for mark in marks:
        s.words((-0.01 * (x[1] - x[0]), mark), f"{mark}".replace("-", "−"), "secondary", "end")
    s.words((x[0], y[1]), "output", "forward", "start")
    words = "slope, at most ¼" if isinstance(layer, Sigmoid) else "slope, dashed"
    s.words((x[0], y[1] - 0.13 * (y[1] - y[0])), words, "backward", "start")
    return s


def _saturation(colors: Colors) -> Sketch:
    s = Sketch(colors, (-8, 8), (-0.1, 1.25))
    x = np.linspace(-8, 8, 401)
    y, slope = _values(Sigmoid(), x)
    edge = float(x[slope > SATURATED_BELOW * slope.max()].max())
    for side in (-1, 1):
        s.box((side * edge, -0.1), (side * 8, 1.05), "hover")
        s.words((side * 0.5 * (edge + 8), 1.18), "saturated", "warning")
    s.axes()
    s.curve(x, y, "forward")
    return s


def _dead_relu(colors: Colors) -> Sketch:
    s = Sketch(colors, (-4, 2), (-0.5, 2.0), width=400)
    s.axes()
    x = np.linspace(-4, 2, 61)
    s.curve(x, _values(ReLU(), x)[0], "forward")
    for z in (-3.4, -2.9, -2.5, -1.8, -1.4, -0.8):
        s.dot((z, 0), "backward", 4)
    s.words((-2.1, 0.45), "every example: output 0, slope 0", "backward")
    return s


def _threshold(colors: Colors) -> Sketch:
    s = Sketch(colors, (-3, 3), (-0.3, 1.5))
    s.axes()
    s.line([(-3, 0), (0, 0)], "forward")
    s.line([(0, 1), (3, 1)], "forward")
    s.dot((0, 0), "forward", 4, filled=False)
    s.dot((0, 1), "forward", 4)
    s.words((-1.6, 0.25), "no", "secondary")
    s.words((1.6, 1.25), "yes", "secondary")
    s.words((0, -0.2), "threshold", "secondary")
    return s


# ---------------------------------------------------------------------- costs


def _two_minima(x: Array) -> Array:
    return 0.06 * x**4 - 0.55 * x**2 + 0.22 * x + 1.9


def _convex(colors: Colors) -> Sketch:
    s = Sketch(colors, (0, 10), (-0.4, 3.4))
    x = np.linspace(-2, 2, 101)
    s.curve(x + 2.2, 0.7 * x**2, "forward")
    s.line([(0.7, 0.7 * 2.25), (4.0, 0.7 * 3.24)], "secondary", 1.5, "5 4")
    s.words((2.2, 3.2), "convex")
    x = np.linspace(-3.2, 3.0, 201)
    s.curve(0.68 * x + 7.6, _two_minima(x), "backward")
    low = [(0.68 * a + 7.6, float(_two_minima(np.array(a)))) for a in (-2.2, 1.9)]
    s.line(low, "secondary", 1.5, "5 4")
    s.words((7.6, 3.2), "not convex")
    return s


def _minimum(colors: Colors) -> Sketch:
    s = Sketch(colors, (-3.4, 3.2), (-0.3, 2.9))
    x = np.linspace(-3.2, 2.95, 201)
    y = _two_minima(x)
    s.curve(x, y, "forward")
    for part, text in ((x < 0, "minimum"), (x > 1, "local minimum")):
        k = int(np.argmin(np.where(part, y, np.inf)))
        s.dot((x[k], y[k]), "accent")
        s.words((x[k], y[k] - 0.3), text, "accent")
    k = int(np.argmax(np.where(np.abs(x) < 1, y, -np.inf)))
    s.dot((x[k], y[k]), "secondary", 4, filled=False)
    s.words((x[k], y[k] + 0.3), "flat, and no minimum", "secondary")
    return s


def _steps_on_a_curve(s: Sketch, rate: float, start: float, count: int, shift: float, color: str) -> None:
    """Gradient descent on w² by the optimizer's own code, drawn at `shift`."""
    optimizer, w = SGD(rate), np.array(start)
    points = []
    for _ in range(count + 1):
        points.append((float(w) + shift, float(w) ** 2))
        w = w + optimizer.update(w, 2 * w)
    s.line(points, color, 1.5)
    for point in points:
        s.dot(point, color, 3)


def _learning_rates(colors: Colors) -> Sketch:
    s = Sketch(colors, (-2.2, 12.2), (-0.6, 5.3), width=420)
    at = np.linspace(-2.1, 2.1, 81)
    for k, (rate, start, text, color) in enumerate(
        (
            (0.03, -1.9, "too small", "secondary"),
            (0.3, -1.9, "good", "good"),
            (1.06, -1.25, "too large", "error"),
        )
    ):
        s.curve(at + 5 * k, at**2, "field_line")
        _steps_on_a_curve(s, rate, start, 5, 5 * k, color)
        s.words((5 * k, -0.5), text, color)
    return s


def _overshoot(colors: Colors) -> Sketch:
    s = Sketch(colors, (-2.4, 2.4), (-0.3, 5.4))
    at = np.linspace(-2.3, 2.3, 81)
    s.curve(at, at**2, "field_line")
    _steps_on_a_curve(s, 1.1, -0.8, 5, 0.0, "error")
    return s


def _bowl(s: Sketch) -> None:
    turn = np.linspace(0, 2 * np.pi, 121)
    for level in (0.15, 0.6, 1.4, 2.6, 4.2):
        ring = zip(
            (np.sqrt(level) * np.cos(turn)).tolist(),
            (np.sqrt(level / 3) * np.sin(turn)).tolist(),
            strict=True,
        )
        s.line(ring, "field_line", 1.0, closed=True)
    s.words((0, 0), "★", "accent")


def _level_lines(colors: Colors) -> Sketch:
    s = Sketch(colors, (-2.2, 2.2), (-1.24, 1.24))
    _bowl(s)
    point = np.array([-1.2, 0.55])
    downhill = -np.array([2 * point[0], 6 * point[1]])
    end = point + 0.2 * downhill
    s.dot((point[0], point[1]), "text", 4)
    s.arrow((point[0], point[1]), (end[0], end[1]), "accent", 2)
    s.words((-1.2, 0.85), "against the gradient", "accent")
    return s


def _descent(colors: Colors) -> Sketch:
    s = Sketch(colors, (-2.2, 2.2), (-1.24, 1.24))
    _bowl(s)
    optimizer, w = SGD(0.13), np.array([-1.8, 0.75])
    points = []
    for _ in range(16):
        points.append((float(w[0]), float(w[1])))
        w = w + optimizer.update(w, w * np.array([2.0, 6.0]))
    s.line(points, "accent")
    for point in points:
        s.dot(point, "accent", 2.5)
    return s


# ---------------------------------------------------------------------- curves over the steps


def _axes_of_steps(colors: Colors, y: str) -> Sketch:
    s = Sketch(colors, (0, 10), (0, 3))
    s.line([(0, 3), (0, 0), (10, 0)], "field_line", 1.0)
    s.words((10, -0.25), "steps", "secondary", "end")
    s.words((0.2, 3.1), y, "secondary", "start")
    return s


def _overfitting(colors: Colors) -> Sketch:
    s = _axes_of_steps(colors, "loss")
    x = np.linspace(0, 10, 101)
    training = 2.6 * np.exp(-0.45 * x) + 0.1
    validation = 2.6 * np.exp(-0.45 * x) + 0.25 + 0.012 * x**2
    lowest = int(np.argmin(validation))
    s.line([(x[lowest], 0), (x[lowest], 3)], "secondary", 1.0, "3 4")
    s.words((x[lowest] + 0.15, 2.9), "best here", "secondary", "start")
    s.curve(x, training, "training")
    s.curve(x, validation, "validation", dash="7 4")
    s.words((10, 1.8), "validation", "validation_text", "end")
    s.words((10, 0.35), "training", "training", "end")
    return s


def _plateau(colors: Colors) -> Sketch:
    s = _axes_of_steps(colors, "loss")
    x = np.linspace(0, 10, 201)
    y = 0.15 + 1.5 * _values(Sigmoid(), 2.5 * (6.8 - x))[0] + 1.1 * np.exp(-2.2 * x)
    s.curve(x, y, "training")
    s.words((4.6, 2.1), "plateau: hardly any gradient", "secondary")
    return s


def _fork(colors: Colors) -> Sketch:
    s = _axes_of_steps(colors, "loss")
    x = np.linspace(0, 10, 101)
    before = 2.7 * np.exp(-0.3 * x)
    split = 40
    s.curve(x[: split + 1], before[: split + 1], "text")
    s.curve(x[split:], before[split:], "training")
    s.curve(x[split:], before[split] * np.exp(-0.75 * (x[split:] - x[split])), "backward", dash="7 4")
    s.dot((x[split], before[split]), "accent")
    s.words((x[split] + 0.15, before[split] + 0.25), "fork", "accent", "start")
    return s


def _seeds(colors: Colors) -> Sketch:
    s = _axes_of_steps(colors, "loss")
    x = np.linspace(0, 10, 101)
    for start, color, dash in (
        (1.5, "training", ""),
        (3.2, "good", "7 4"),
        (5.4, "forward", "2 4"),
        (30, "error", "9 3"),
    ):
        s.curve(
            x,
            0.15 + 2.0 * _values(Sigmoid(), 1.6 * (start - x))[0] + 0.5 * np.exp(-1.5 * x),
            color,
            1.5,
            dash,
        )
    s.words((10, 2.45), "this seed stays", "error", "end")
    return s


CURVES: dict[str, Callable[[Colors], Sketch]] = {
    "relu": partial(_function, ReLU(), (-3, 3), (-0.4, 3)),
    "leaky_relu": partial(_function, LeakyReLU(0.1), (-3, 3), (-0.6, 3)),
    "sigmoid": partial(_function, Sigmoid(), (-6, 6), (-0.1, 1.2)),
    "tanh": partial(_function, Tanh(), (-3.5, 3.5), (-1.2, 1.5), marks=(-1, 1)),
    "saturation": _saturation,
    "dead_relu": _dead_relu,
    "threshold": _threshold,
    "convex": _convex,
    "minimum": _minimum,
    "learning_rates": _learning_rates,
    "overshoot": _overshoot,
    "level_lines": _level_lines,
    "descent": _descent,
    "overfitting": _overfitting,
    "plateau": _plateau,
    "fork": _fork,
    "seeds": _seeds,
}
"""Each picture by its name."""
