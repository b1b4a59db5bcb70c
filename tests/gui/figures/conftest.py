"""Runs to take pictures of, and a reader of SVG that is not ours."""

import itertools
import re
from dataclasses import dataclass
from functools import cache
from xml.etree import ElementTree

import pytest
from PySide6.QtGui import QTransform

from mlpviz.files.recipes import View
from mlpviz.gui.figures.catalogue import figure_entry
from mlpviz.gui.figures.contents import content_again, raced
from mlpviz.gui.figures.exporting import image_of, picture_file
from mlpviz.gui.figures.taking import taken_copy
from mlpviz.training import Experiment
from mlpviz.training.comparisons import load_comparison
from mlpviz.training.presets import load_preset
from mlpviz.training.replay import Replay

DIGITS = {"training_size": 600, "validation_size": 200, "batch_size": 50, "epochs": 3, "layers.0.units": 16}
EXPERIMENTS = {
    "digits": (load_preset("digits").with_settings(DIGITS), 20),
    "one layer": (load_preset("linear-collapse").with_settings({**DIGITS, "layers.0.units": 6}), 4),
    "moons": (load_preset("moons").with_settings({"epochs": 9}), 30),
    "plane": (load_preset("plane"), 20),
    "line": (load_preset("line"), 20),
    "xor": (load_preset("xor"), 30),
    "imbalanced": (load_preset("imbalanced"), 10),
    "three": (
        Experiment.from_table(
            {"title": "Clouds", "dataset": "blobs", "loss": "softmax_cross_entropy", "batch_size": 20,
             "layers": [{"kind": "affine", "units": 4}, {"kind": "relu"}, {"kind": "affine", "units": 3}]}
        ),
        9,
    ),
}  # fmt: skip
"""Experiments by name, each with the steps that it is trained."""

SEEDS = {
    "experiment": load_preset("xor").with_settings({"epochs": 60}).to_toml(),
    "seeds": [0, 1, 2],
    "asked": 3,
    "share": None,
}
SEVERAL = {
    "several": lambda: raced(load_comparison("depth"), 12),
    "seeds": lambda: content_again("many_seeds", SEEDS),
}
"""What pages of several runs show, beside a run that they do not."""

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Words:
    """A text of an SVG file: what it says, size and colour, its box, and the box that it is clipped to."""

    text: str
    size: float
    color: str
    box: tuple[float, float, float, float]
    clip: tuple[float, float, float, float]


@cache
def replay_of(name, steps):
    replay = Replay(EXPERIMENTS[name][0], until=steps)
    for _ in replay.steps():
        pass
    return replay


@pytest.fixture(scope="session")
def run_of():
    """A function that gives a run of that name, held still after its steps or as many as asked for."""

    @cache
    def run_of(name, steps=None):
        if name in SEVERAL:
            run = taken_copy(replay_of("xor", 0))
            *_, run.content = SEVERAL[name]()
            return run
        return taken_copy(replay_of(name, EXPERIMENTS[name][1] if steps is None else steps))

    return run_of


@pytest.fixture(scope="session")
def view_of():
    """A function that gives a view of a picture in its own size."""

    def view_of(figure, choices=None, **parts):
        width, height = figure_entry(figure).size
        return View(figure, choices or {}, **{"width": width, "height": height, **parts})

    return view_of


@pytest.fixture
def pixels(qtbot, run_of):
    """A function that paints a view of a run; its pixels as bytes."""
    return lambda view, run: bytes(image_of(view, run_of(run) if isinstance(run, str) else run).constBits())


@pytest.fixture(scope="session")
def svg_of(qapp, run_of):
    """A function that gives a view of a run as an SVG file; of the same run and view the same file."""
    made = {}

    def svg_of(view, run):
        key = run, repr(view)
        if key not in made:
            made[key] = picture_file(view, run_of(run), ".svg")
        return made[key]

    return svg_of


@pytest.fixture(scope="session")
def words_of():
    """A function that gives the texts of an SVG file, with where they are."""

    def words_of(content):
        root = ElementTree.fromstring(content)
        clips = {
            clip.get("id"): _bounds(path.get("d") for path in clip) for clip in root.iter(f"{SVG}clipPath")
        }
        found = []
        for group in root.iter():
            for element in group.findall(f"{SVG}text"):
                clip = (
                    re.fullmatch(r"url\(#(\w+)\)", group.get("clip-path", "")) if group is not root else None
                )
                found.append(_words(element, clips[clip[1]] if clip else (0.0, 0.0, 1e9, 1e9)))
        return found

    return words_of


def _words(element, clip):
    x, y, length, size = (float(element.get(name)) for name in ("x", "y", "textLength", "font-size"))
    transform = QTransform()
    if element.get("transform"):
        a, b, c, d, e, f = map(float, re.findall(r"-?[\d.]+(?:e-?\d+)?", element.get("transform")))
        transform = QTransform(a, b, c, d, e, f)
    # Letters without descent are 0.73 of the size high, in the font that ships.
    corners = [transform.map(*corner) for corner in itertools.product((x, x + length), (y - 0.73 * size, y))]
    xs, ys = zip(*corners, strict=True)
    return Words(
        "".join(element.itertext()), size, element.get("fill"), (min(xs), min(ys), max(xs), max(ys)), clip
    )


def _bounds(paths):
    xs, ys = [], []
    for x, y in itertools.chain.from_iterable(re.findall(r"(-?[\d.]+) (-?[\d.]+)", path) for path in paths):
        xs.append(float(x)), ys.append(float(y))
    return min(xs), min(ys), max(xs), max(ys)
