"""How long does it take to show the next stage of the walkthrough while training runs at full speed?"""

import json
import sys
import time

import numpy as np
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from benchmarks.window import wait_ms
from mlpviz.gui.main_window import MainWindow
from mlpviz.gui.stretch_thread import Stretch
from mlpviz.gui.theme import Theme
from mlpviz.gui.workspace import Workspace
from mlpviz.training import Trainer
from mlpviz.training.presets import load_preset

CHANGES = 120
WIDTHS = {"784-100-10": 100, "784-800-10": 800}


def painted(window: MainWindow) -> None:
    """Wait until what was posted, layout and painting included, is done."""
    loop = QEventLoop()
    QTimer.singleShot(1, loop.quit)
    loop.exec()


def measure() -> dict[str, float]:
    """Median and 99th percentile of the time from a step to the painted stage, in milliseconds."""
    application = QApplication(sys.argv[:1])
    theme = Theme("light")
    theme.apply(application)
    workspace = Workspace()
    window = MainWindow(workspace, theme)
    window.show_page("step_through")
    window.show()
    results = {}
    for name, width in WIDTHS.items():
        loop = QEventLoop()
        workspace.run_changed.connect(loop.quit)
        settings = {"epochs": 100_000, "layers.0.units": width}
        workspace.open(lambda settings=settings: Trainer(load_preset("digits").with_settings(settings)))
        loop.exec()
        wait_ms(500)
        follower = window.page.follower
        workspace.train(Stretch.ALL)
        wait_ms(1000)
        times = []
        for i in range(CHANGES):
            wait_ms(20)
            started = time.perf_counter()
            follower.jump((follower.cursor.index + 1) % follower.cursor.count)
            painted(window)
            if i >= follower.cursor.count:  # the first round fills the cache of formulas
                times.append(1000 * (time.perf_counter() - started))
        workspace.pause()
        wait_ms(300)
        results[f"next stage of {name}, median, ms"] = float(np.median(times))
        results[f"next stage of {name}, 99th percentile, ms"] = float(np.percentile(times, 99))
    window.close()
    return results


if __name__ == "__main__":
    print(json.dumps(measure()))
