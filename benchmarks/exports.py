"""How long does each kind of picture take to be written, and a model?"""

import json
import tempfile
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.timing import in_turn, seconds
from mlpviz.files.models import MODEL_FORMATS, export_model
from mlpviz.files.recipes import View
from mlpviz.gui.figures.catalogue import FIGURES, FigureEntry
from mlpviz.gui.figures.exporting import PICTURE_ENDINGS, picture_file
from mlpviz.gui.figures.headless import headless_application
from mlpviz.gui.figures.still import StillRun
from mlpviz.gui.figures.taking import taken_from_replay
from mlpviz.training.presets import load_preset
from mlpviz.training.replay import Replay

RUNS = {"digits": 550, "moons": 200, "linear-collapse": 20}
"""Presets, and the steps after which they are shown: a picture is of the first that has something to show."""
OF_SEVERAL_RUNS = ("compare", "many_seeds")


def trained(name: str, steps: int) -> StillRun:
    """A run of a preset, held still after so many steps."""
    replay = Replay(load_preset(name), until=steps)
    for _ in replay.steps():
        pass
    return taken_from_replay(replay)


def view_of(entry: FigureEntry, run: StillRun) -> View | None:
    """A picture as it is exported where nothing else is asked for; None where the run has none such."""
    choices = {} if entry.page else {"page": "train"}
    view = View(entry.name, choices, "light", *entry.size, 1.0, None)
    try:
        picture_file(view, run, ".png")
    except ValueError:
        return None
    return view


def pictures(names: Iterable[str] | None = None, runs: dict[str, int] = RUNS) -> dict[str, float]:
    """Seconds for each kind of picture of a single run, or for those of some names, in each format."""
    shown = {name: trained(name, steps) for name, steps in runs.items()}
    results = {}
    for entry in FIGURES:
        if entry.page in OF_SEVERAL_RUNS or (names is not None and entry.name not in names):
            continue
        found = ((name, run, view_of(entry, run)) for name, run in shown.items())
        name, run, view = next(each for each in found if each[2] is not None)
        row = f"{entry.name} of {name}"
        results |= {
            f"{row} | {ending[1:].upper()}, seconds": seconds(partial(picture_file, view, run, ending))
            for ending in PICTURE_ENDINGS
        }
    return results


def models(run: StillRun) -> dict[str, float]:
    """Milliseconds for each format of a model."""
    with tempfile.TemporaryDirectory() as folder:
        outs = [Path(folder, f"model{ending}") for ending in MODEL_FORMATS]
        times = in_turn(*(partial(export_model, run.trainer, out) for out in outs))
    return {
        f"model of digits | {ending[1:]}, ms": 1000 * float(np.median(each))
        for ending, each in zip(MODEL_FORMATS, times, strict=True)
    }


def measure() -> dict[str, float]:
    """Each picture and each model, made once before it is timed."""
    with headless_application():
        return pictures() | models(trained("digits", RUNS["digits"]))


if __name__ == "__main__":
    print(json.dumps(measure()))
