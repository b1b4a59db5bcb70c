"""What does the window cost beside a large network, history or data set; how late is it in half a minute?"""

import json
from dataclasses import replace

import numpy as np

from benchmarks.window import (
    DIGITS,
    SECONDS,
    PaintCounter,
    headless_rate,
    lateness_ms,
    open_window,
    side_by_side,
    wait_ms,
)
from mlpviz.data import Dataset, Examples, load_dataset
from mlpviz.gui.stretch_thread import Stretch
from mlpviz.gui.workspace import Workspace
from mlpviz.training import Experiment, History
from mlpviz.training.layer_spec import LayerSpec


def many_images() -> Dataset:
    """The digits over and over, 200,000 of them to train on."""
    dataset = load_dataset("digits")
    places = np.arange(200_000) % len(dataset.training)
    training = dataset.training
    assert training.labels is not None
    many = Examples(training.inputs[places], training.targets[places], training.labels[places])
    return replace(dataset, training=many)


def at_large() -> dict[str, float]:
    """Long histories, wide and deep networks, and many images, on the Train page."""

    def layers(*widths: int) -> tuple[LayerSpec, ...]:
        hidden = [
            layer
            for width in widths
            for layer in (LayerSpec("affine", {"units": width, "initializer": "he"}), LayerSpec("relu"))
        ]
        last = LayerSpec("affine", {"units": 10, "initializer": "he"}), LayerSpec("sigmoid")
        return (*hidden, *last)

    wide, deep = (
        replace(DIGITS, layers=layers(*widths), learning_rate=0.01) for widths in ((2000,), (100,) * 9)
    )
    cases: dict[str, tuple[Experiment, Dataset | None]] = {
        "2,000 hidden units": (wide, None),
        "ten layers": (deep, None),
        "200,000 images": (DIGITS, many_images()),
        "a million steps": (DIGITS, None),
    }
    found = {}
    for name, (experiment, dataset) in cases.items():
        with open_window(experiment, dataset) as window:
            workspace = window.workspace
            if name == "a million steps":
                fill_history(workspace, 1_000_000)
            counter = PaintCounter()
            counter.watch("weights", window.page.weights.mosaic.viewport())  # type: ignore[attr-defined]
            counter.watch_plots(window.page)
            measured = side_by_side(
                window,
                counter,
                lambda experiment=experiment, dataset=dataset: headless_rate(
                    SECONDS / 2, experiment, dataset
                ),
                lambda workspace=workspace: len(workspace.history),
                rounds=2,
            )
        found |= {f"{name}: {what}": value for what, value in measured.items()}
    return found


def fill_history(workspace: Workspace, n: int) -> None:
    """Let a run have so many steps behind it: those of a few hundred, over and over."""
    workspace.train(Stretch.STEPS, 500)
    while workspace.training:
        wait_ms(50)
    places = np.arange(n) % 500
    columns = workspace.history.arrays().items()
    long = {name: values[places] for name, values in columns if len(values) == 500}
    long["step"] = np.arange(1.0, n + 1)
    assert workspace.run is not None
    workspace.run.history = History.from_arrays(long)
    workspace.run.trainer.index = n


def measure() -> dict[str, float]:
    """Half a minute of `digits`, and what is large."""
    with open_window(DIGITS) as window:
        window.workspace.train(Stretch.ALL)
        wait_ms(1000)
        late = lateness_ms(30.0)
        window.workspace.pause()
        wait_ms(200)
    return {
        "half a minute: lateness of a 5 ms timer, 99th percentile, ms": float(np.percentile(late, 99)),
        "half a minute: lateness of a 5 ms timer, worst, ms": max(late),
    } | at_large()


if __name__ == "__main__":
    print(json.dumps(measure()))
