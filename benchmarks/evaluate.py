"""How soon is the Evaluate page filled, how fast does it answer a click, and what does it cost training?"""

import json
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.window import PaintCounter, wait_ms
from mlpviz.gui.main_window import MainWindow
from mlpviz.gui.stretch_thread import Stretch
from mlpviz.gui.theme import Theme
from mlpviz.gui.workspace import Workspace
from mlpviz.training import Trainer
from mlpviz.training.presets import load_preset

FIRST_STEPS = 1500
SECONDS = 4.0
ROUNDS = 3


def wait_until(is_so: Callable[[], bool], seconds: float = 30.0, poll_ms: int = 1) -> None:
    """Run the event loop until something is so, looked at every so often."""
    loop, timer, deadline = QEventLoop(), QTimer(), QTimer()
    timer.timeout.connect(lambda: loop.quit() if is_so() else None)
    deadline.timeout.connect(loop.quit)
    timer.start(poll_ms)
    deadline.start(int(1000 * seconds))
    if not is_so():
        loop.exec()
    timer.stop()
    deadline.stop()
    assert is_so(), "it took too long"


def open_window() -> tuple[MainWindow, Workspace]:
    """A window on the digits network after some steps, on another page."""
    workspace = Workspace()
    window = MainWindow(workspace, Theme("light"))
    window.show()
    loop = QEventLoop()
    workspace.run_changed.connect(loop.quit)
    workspace.open(lambda: Trainer(load_preset("digits").with_settings({"epochs": 100_000})))
    loop.exec()
    workspace.train(Stretch.STEPS, FIRST_STEPS)
    wait_until(lambda: not workspace.training)
    wait_ms(200)
    return window, workspace


def seconds_to_fill(while_training: bool) -> float:
    """From `show_page` until every split is judged and painted; the page is made for the first time."""
    window, workspace = open_window()
    if while_training:
        workspace.train(Stretch.ALL)
        wait_ms(1000)
    started = time.perf_counter()
    window.show_page("evaluate")
    assessor = window.page.assessor
    counter = PaintCounter()
    counter.watch("splits", window.page.findChild(QWidget, "button_split_test"))
    painted_before: list[int] = []
    assessor.assessed.connect(lambda _name: painted_before.append(counter.counts["splits"]))
    wait_until(
        lambda: (
            len(assessor.assessments) == len(assessor.splits)
            and counter.counts["splits"] > painted_before[-1]
        )
    )
    seconds = time.perf_counter() - started
    window.close()
    window.deleteLater()
    return seconds


def click(widget: QWidget, place: QPointF) -> None:
    """Press and release the left button."""
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    everywhere = widget.mapToGlobal(place)
    for kind, held in ((QEvent.Type.MouseButtonPress, left), (QEvent.Type.MouseButtonRelease, left)):
        QApplication.sendEvent(widget, QMouseEvent(kind, place, everywhere, left, held, none))


def click_times_ms(window: MainWindow) -> list[float]:
    """From a click on each cell of the confusion matrix until its examples are painted."""
    plot, gallery, times = window.page.confusion.map, window.page.gallery, []
    counter = PaintCounter()
    counter.watch("pictures", gallery.pictures.viewport())
    counter.watch("sentence", gallery.findChild(QWidget, "label_gallery_empty"))
    n = len(plot.matrix)
    for row in range(n):
        for column in range(n):
            wait_ms(30)
            before, started = sum(counter.counts.values()), time.perf_counter()
            click(plot, plot.cell_rect(row, column).center())
            wait_until(lambda before=before: sum(counter.counts.values()) > before)
            times.append(1000 * (time.perf_counter() - started))
    return times


def share_of_training(window: MainWindow, workspace: Workspace) -> float:
    """Steps per second with the page judging now and then, over those while it judges nothing."""
    shares = []
    assessor = window.page.assessor
    for _ in range(ROUNDS):
        rates = []
        for is_visible in (True, False):
            assessor.is_visible = is_visible
            wait_ms(300)
            steps, started = len(workspace.history), time.perf_counter()
            wait_ms(1000 * SECONDS)
            rates.append((len(workspace.history) - steps) / (time.perf_counter() - started))
        shares.append(rates[0] / rates[1])
    return statistics.median(shares)


def measure() -> dict[str, float]:
    """All of it, on 784-100-10 with the 10,000 test digits."""
    application = QApplication(sys.argv[:1])
    Theme("light").apply(application)
    results = {
        f"evaluate page filled, {name}, seconds": statistics.median(
            seconds_to_fill(training) for _ in range(ROUNDS)
        )
        for name, training in (("at rest", False), ("while training", True))
    }
    window, workspace = open_window()
    window.show_page("evaluate")
    wait_until(lambda: len(window.page.assessor.assessments) == len(window.page.assessor.splits))
    wait_ms(300)
    for name in ("at rest", "while training"):
        times = click_times_ms(window)
        results[f"confusion cell to its pictures, {name}, median, ms"] = float(np.median(times))
        results[f"confusion cell to its pictures, {name}, 95th percentile, ms"] = float(
            np.percentile(times, 95)
        )
        results[f"confusion cell to its pictures, {name}, worst, ms"] = max(times)
        if name == "at rest":
            workspace.train(Stretch.ALL)
            wait_ms(1000)
    results["steps per second with the evaluate page judging"] = share_of_training(window, workspace)
    window.close()
    return results


if __name__ == "__main__":
    print(json.dumps(measure()))
