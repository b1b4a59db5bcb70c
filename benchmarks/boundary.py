"""What does watching the decision boundary cost a small network, which the interpreter's lock binds?"""

import json
import statistics
import time

import numpy as np

from benchmarks.window import PaintCounter, headless_rate, lateness_ms, open_window, wait_ms
from mlpviz.gui.main_window import MainWindow
from mlpviz.gui.stretch_thread import Stretch
from mlpviz.training.presets import load_preset

SECONDS = 4.0
ROUNDS = 5
EXPERIMENT = load_preset("spiral").with_settings({"epochs": 1_000_000})


def measure() -> dict[str, float]:
    """Medians over several rounds, in each the window's rate beside the headless one."""
    with open_window(EXPERIMENT) as window:
        return beside_headless(window)


def beside_headless(window: MainWindow) -> dict[str, float]:
    """The same, of a window with the run."""
    workspace, page = window.workspace, window.page
    counter = PaintCounter()
    counter.watch("field", page.function.field)  # type: ignore[attr-defined]
    counter.watch("units", page.views.cards["units"].mosaic.viewport())  # type: ignore[attr-defined]
    counter.watch_plots(page)
    shares, late_ms, fields, others = [], [], [], []
    for _ in range(ROUNDS):
        before = headless_rate(SECONDS / 2, EXPERIMENT)
        workspace.train(Stretch.ALL)
        wait_ms(500)
        counter.restart()
        steps, started = len(workspace.history), time.perf_counter()
        wait_ms(1000 * SECONDS)
        passed = time.perf_counter() - started
        rate = (len(workspace.history) - steps) / passed
        fields.append(counter.counts["field"] / passed)
        others.append(min(n for name, n in counter.counts.items() if name != "field") / passed)
        late_ms += lateness_ms(1.0)  # only now: 200 ticks a second cost such a network a few percent
        workspace.pause()
        wait_ms(200)
        # Before and after, for on a busy machine the one or the other may be slowed by something else.
        shares.append(2 * rate / (before + headless_rate(SECONDS / 2, EXPERIMENT)))
    return {
        "boundary: share of headless steps per second": statistics.median(shares),
        "boundary: share, least of the rounds": min(shares),
        "boundary: repaints per second": statistics.median(fields),
        "boundary: repaints per second of the other pictures, fewest": statistics.median(others),
        "boundary: lateness of a 5 ms timer, 99th percentile, ms": float(np.percentile(late_ms, 99)),
    }


if __name__ == "__main__":
    print(json.dumps(measure()))
