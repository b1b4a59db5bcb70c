"""How long from pressing Train to 97 % of the test digits, beside the same updates in bare NumPy?"""

import json
import sys
from itertools import count

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.evaluate import click, wait_until
from benchmarks.timing import median_ratio, seconds
from benchmarks.window import wait_ms
from mlpviz.gui.main_window import MainWindow
from mlpviz.gui.theme import Theme
from mlpviz.gui.workspace import Workspace
from mlpviz.training import History, Trainer
from mlpviz.training.blas import use_blas_threads
from mlpviz.training.presets import load_preset
from mlpviz.training.seeds import stream

PRESET = "digits-cross-entropy"  # the first of the presets to get there, with digits-batchnorm close behind
ACCURACY = 0.97
ROW = f"{PRESET} to {100 * ACCURACY:g} %"
LOOKED_AT_EVERY = 25
POLL_MS = 5
ROUNDS = 5
ROUNDING = 1e-3


def train_until(accuracy: float) -> Trainer:
    """The preset trained until it reads so many of the test digits, looked at every so many steps."""
    trainer = Trainer(load_preset(PRESET))
    for step in trainer.steps():
        if step.index % LOOKED_AT_EVERY == 0 and trainer.evaluate("test").accuracy >= accuracy:
            return trainer
    raise AssertionError(f"{PRESET} never reads {accuracy:.0%}")


def train(steps: int) -> None:
    """The preset without a window, with its history, as `mlpviz train` does it."""
    trainer, history = Trainer(load_preset(PRESET)), History()
    for step in trainer.steps():
        history.append(step)
        if step.index == steps:
            return


class BareNumPy:
    """The updates of the preset written out in NumPy, with nothing measured; the digits lie scaled in memory.

    The same initial weights, the same batches in the same order: one hidden layer of ReLUs, softmax,
    cross-entropy, plain gradient descent.

    Attributes
    ----------
    weights
        W, b of the hidden layer and W, b of the outputs, after the last run.
    """

    def __init__(self) -> None:
        self._experiment = load_preset(PRESET)
        trainer = Trainer(self._experiment)
        self._start = [array.copy() for params in trainer.network.params for array in params.values()]
        self._x, self._targets = trainer.splits.training.batch(slice(None))
        self.weights: list[np.ndarray] = []

    def run(self, steps: int) -> None:
        """Train so many steps from the beginning."""
        size, rate, seed = (
            getattr(self._experiment, name) for name in ("batch_size", "learning_rate", "seed")
        )
        self.weights = w1, b1, w2, b2 = [array.copy() for array in self._start]
        n = len(self._x)
        use_blas_threads(1)
        for epoch in count(1):
            order = stream(seed, "order", epoch).permutation(n)
            for start in range(0, n, size):
                if steps == 0:
                    return
                steps -= 1
                rows = order[start : start + size]
                x, targets = self._x[rows], self._targets[rows]
                z = x @ w1 + b1
                hidden = np.maximum(z, 0)
                scores = hidden @ w2 + b2
                e = np.exp(scores - scores.max(axis=1, keepdims=True))
                upstream = (e / e.sum(axis=1, keepdims=True) - targets) / len(rows)
                below = (upstream @ w2.T) * (z > 0)
                w2 -= rate * (hidden.T @ upstream)
                b2 -= rate * upstream.sum(axis=0)
                w1 -= rate * (x.T @ below)
                b1 -= rate * below.sum(axis=0)


class Window:
    """The window on the preset, whose Train button can be pressed."""

    def __init__(self) -> None:
        self.workspace = Workspace()
        self._window = MainWindow(self.workspace, Theme("light"))
        self._window.show()

    def make_ready(self) -> None:
        """A new run at its first step, on show."""
        before = self.workspace.run
        self.workspace.open_experiment(load_preset(PRESET))
        wait_until(lambda: self.workspace.run is not before)
        wait_ms(500)

    def run(self, steps: int) -> None:
        """Press Train, and wait until so many steps are made."""
        button = self._window.findChild(QWidget, "button_train")
        click(button, QRectF(button.rect()).center())
        wait_until(lambda: len(self.workspace.history) >= steps, poll_ms=POLL_MS)

    def rest(self) -> None:
        """Stop training."""
        self.workspace.pause()
        wait_until(lambda: not self.workspace.training)

    def close(self) -> None:
        """End it."""
        self._window.close()
        for part in (self._window, self.workspace):
            part.deleteLater()


def measure() -> dict[str, float]:
    """Medians over several rounds: the window, bare NumPy and mlpviz without a window in turn."""
    application = QApplication(sys.argv[:1])
    Theme("light").apply(application)
    trainer = train_until(ACCURACY)
    steps = trainer.index
    window, bare = Window(), BareNumPy()
    window_s, bare_s, headless_s = [], [], []
    for _ in range(1 + ROUNDS):
        window.make_ready()
        window_s.append(seconds(lambda: window.run(steps)))
        window.rest()
        bare_s.append(seconds(lambda: bare.run(steps)))
        headless_s.append(seconds(lambda: train(steps)))
    window.close()
    check_same_weights(trainer, bare)
    shown, floor, headless = np.array([window_s, bare_s, headless_s])[:, 1:]  # the first round warms
    row = {
        "steps": steps,
        "window, seconds": float(np.median(shown)),
        "without it, seconds": float(np.median(headless)),
        "bare NumPy, seconds": float(np.median(floor)),
        "window over bare NumPy": median_ratio(shown, floor),
    }
    return {f"{ROW} | {name}": value for name, value in row.items()}


def check_same_weights(trainer: Trainer, bare: BareNumPy) -> None:
    """See to it that the two sides did the same: their weights agree but for what rounding became of."""
    trained = [array for params in trainer.network.params for array in params.values()]
    for own, other in zip(trained, bare.weights, strict=True):
        np.testing.assert_allclose(other, own, rtol=0, atol=ROUNDING)


if __name__ == "__main__":
    print(json.dumps(measure()))
