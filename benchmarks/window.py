"""What does the window cost training at full speed, and how late is its thread, on the Train page?"""

import json
import statistics
import sys
import time

import numpy as np
from PySide6.QtCore import QElapsedTimer, QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from mlpviz.gui.main_window import MainWindow
from mlpviz.gui.stretch_thread import Stretch
from mlpviz.gui.theme import Theme
from mlpviz.gui.workspace import Workspace
from mlpviz.training import Experiment, History, Trainer
from mlpviz.training.presets import load_preset

SECONDS = 4.0
ROUNDS = 3
TICK_MS = 5


class PaintCounter(QObject):
    """Counts the paint events of each widget it watches."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: dict[str, int] = {}

    def watch(self, name: str, widget) -> None:
        """Count a widget's paint events under a name."""
        self.counts[name] = 0
        widget.setProperty("counted_as", name)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count, and let the event pass."""
        if event.type() == QEvent.Type.Paint:
            self.counts[watched.property("counted_as")] += 1
        return False


def wait_ms(milliseconds: float) -> None:
    """Run the event loop for a while."""
    loop = QEventLoop()
    QTimer.singleShot(int(milliseconds), loop.quit)
    loop.exec()


def headless_rate(seconds: float, experiment: Experiment) -> float:
    """Steps per second without a window; their scalars are kept as `mlpviz train` keeps them."""
    trainer, history = Trainer(experiment), History()
    started, n = time.perf_counter(), 0
    for step in trainer.steps():
        history.append(step)
        n += 1
        if n % 50 == 0 and time.perf_counter() - started > seconds:
            break
    return n / (time.perf_counter() - started)


def lateness_timer(late_ms: list[float]) -> QTimer:
    """A timer that notes by how much each of its ticks comes late."""
    clock = QElapsedTimer()
    clock.start()
    due = [float(TICK_MS)]
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.setInterval(TICK_MS)

    def tick() -> None:
        now = clock.nsecsElapsed() / 1e6
        late_ms.append(max(0.0, now - due[0]))
        due[0] = now + TICK_MS

    timer.timeout.connect(tick)
    return timer


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
    experiment = load_preset("digits").with_settings({"epochs": 100_000})
    workspace.open(lambda: Trainer(experiment))
    loop.exec()
    counter = PaintCounter()
    page = window.page
    counter.watch("weights", page.weights.mosaic.viewport())
    for plot in (page.loss, page.accuracy, page.measures):
        counter.watch(plot.objectName(), plot.findChild(QWidget, f"{plot.objectName()}_plot"))
    shares, late_ms, repaints = [], [], []
    for _ in range(ROUNDS):
        alone = headless_rate(SECONDS / 2, experiment)
        workspace.train(Stretch.ALL)
        wait_ms(500)
        counter.counts = dict.fromkeys(counter.counts, 0)
        timer = lateness_timer(late_ms)
        steps, started = len(workspace.history), time.perf_counter()
        timer.start()
        wait_ms(1000 * SECONDS)
        timer.stop()
        passed = time.perf_counter() - started
        shares.append((len(workspace.history) - steps) / passed / alone)
        repaints.append(min(counter.counts.values()) / passed)
        workspace.pause()
        wait_ms(200)
    window.close()
    return {
        "share of headless steps per second": statistics.median(shares),
        "repaints per second of each picture": statistics.median(repaints),
        "lateness of a 5 ms timer, 99th percentile, ms": float(np.percentile(late_ms, 99)),
        "lateness of a 5 ms timer, worst, ms": max(late_ms),
    }


if __name__ == "__main__":
    print(json.dumps(measure()))
