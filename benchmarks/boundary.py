"""What does watching the decision boundary cost a small network, which the interpreter's lock binds?"""

import json
import statistics
import sys
import time

import numpy as np
from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.window import PaintCounter, headless_rate, lateness_timer, wait_ms
from mlpviz.gui.main_window import MainWindow
from mlpviz.gui.stretch_thread import Stretch
from mlpviz.gui.theme import Theme
from mlpviz.gui.workspace import Workspace
from mlpviz.training import Trainer
from mlpviz.training.presets import load_preset

SECONDS = 4.0
ROUNDS = 5
EXPERIMENT = load_preset("spiral").with_settings({"epochs": 1_000_000})


def measure() -> dict[str, float]:
    """Medians over several rounds, in each the window's rate beside the headless one."""
    application = QApplication(sys.argv[:1])
    theme = Theme("light")
    theme.apply(application)
    workspace = Workspace()
    window = MainWindow(workspace, theme)
    window.show()
    loop = QEventLoop()
    workspace.run_changed.connect(loop.quit)
    workspace.open(lambda: Trainer(EXPERIMENT))
    loop.exec()
    counter = PaintCounter()
    page = window.page
    counter.watch("field", page.function.field)
    counter.watch("units", page.views.cards["units"].mosaic.viewport())
    for plot in (page.loss, page.accuracy, page.measures):
        counter.watch(plot.objectName(), plot.findChild(QWidget, f"{plot.objectName()}_plot"))
    shares, late_ms, fields, others = [], [], [], []
    for _ in range(ROUNDS):
        before = headless_rate(SECONDS / 2, EXPERIMENT)
        workspace.train(Stretch.ALL)
        wait_ms(500)
        counter.counts = dict.fromkeys(counter.counts, 0)
        steps, started = len(workspace.history), time.perf_counter()
        wait_ms(1000 * SECONDS)
        passed = time.perf_counter() - started
        rate = (len(workspace.history) - steps) / passed
        fields.append(counter.counts["field"] / passed)
        others.append(min(n for name, n in counter.counts.items() if name != "field") / passed)
        timer = lateness_timer(late_ms)  # only now: 200 ticks a second cost such a network a few percent
        timer.start()
        wait_ms(1000)
        timer.stop()
        workspace.pause()
        wait_ms(200)
        # Before and after, for on a busy machine the one or the other may be slowed by something else.
        shares.append(2 * rate / (before + headless_rate(SECONDS / 2, EXPERIMENT)))
    window.close()
    return {
        "boundary: share of headless steps per second": statistics.median(shares),
        "boundary: share, least of the rounds": min(shares),
        "boundary: repaints per second": statistics.median(fields),
        "boundary: repaints per second of the other pictures, fewest": statistics.median(others),
        "boundary: lateness of a 5 ms timer, 99th percentile, ms": float(np.percentile(late_ms, 99)),
    }


if __name__ == "__main__":
    print(json.dumps(measure()))
