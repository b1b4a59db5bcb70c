"""What does the open window cost training at full speed, how late is its thread, how soon does it answer?"""

import json
import random
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from PySide6.QtCore import QCoreApplication, QElapsedTimer, QEvent, QEventLoop, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.timing import seconds
from mlpviz.data import Dataset
from mlpviz.gui.main_window import MainWindow
from mlpviz.gui.stretch_thread import Stretch
from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.curve_plot import CurvePlot
from mlpviz.gui.workspace import Workspace
from mlpviz.training import Experiment, History, Trainer
from mlpviz.training.presets import load_preset
from mlpviz.training.race import Contender, Race
from mlpviz.training.sweep import seeds_of, sweep

SECONDS = 3.0
ROUNDS = 3
TICK_MS = 5
DIGITS = load_preset("digits").with_settings({"epochs": 100_000})
SEEDS, PROCESSES = 20, 2
OTHER_PAGES = ("step_through", "evaluate", "many_seeds", "learn")


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

    def watch_plots(self, page: QWidget) -> None:
        """Count those of all curves that can be seen."""
        for plot in page.findChildren(CurvePlot):
            if plot.isVisible():
                name = plot.objectName()
                self.watch(name, plot.findChild(QWidget, f"{name}_plot"))

    def restart(self) -> None:
        """Count from zero."""
        self.counts = dict.fromkeys(self.counts, 0)

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


def headless_rate(seconds: float, experiment: Experiment, dataset: Dataset | None = None) -> float:
    """Steps per second without a window; their scalars are kept as `mlpviz train` keeps them."""
    trainer, history = Trainer(experiment, dataset), History()
    started, n = time.perf_counter(), 0
    for step in trainer.steps():
        history.append(step)
        n += 1
        if time.perf_counter() - started > seconds:
            break
    return n / (time.perf_counter() - started)


def headless_race(seconds: float, experiments: list[Experiment]) -> float:
    """Steps per second of a race without a window, those of all runs together."""
    race = Race([Contender(str(i), Trainer(experiment)) for i, experiment in enumerate(experiments)])
    started, n = time.perf_counter(), 0
    while time.perf_counter() - started < seconds:
        race.advance()
        n += 1
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


def lateness_ms(seconds: float) -> list[float]:
    """By how much each tick of a timer comes late, for so long."""
    late: list[float] = []
    timer = lateness_timer(late)
    timer.start()
    wait_ms(1000 * seconds)
    timer.stop()
    return late


@contextmanager
def open_window(experiment: Experiment, dataset: Dataset | None = None) -> Iterator[MainWindow]:
    """A window with a run that is ready to be trained."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    theme = Theme("light")
    theme.apply(application)
    workspace = Workspace()
    window = MainWindow(workspace, theme)
    window.show()
    loop = QEventLoop()
    workspace.run_changed.connect(loop.quit)
    workspace.open(lambda: Trainer(experiment, dataset))
    loop.exec()
    wait_ms(300)
    yield window
    window.close()


def side_by_side(
    window: MainWindow,
    counter: PaintCounter,
    alone: Callable[[], float],
    steps_made: Callable[[], int],
    rounds: int = ROUNDS,
) -> dict[str, float]:
    """Medians over several rounds, in each the rate beside the window between two without it."""
    driver = window.page.driver
    shares, repaints, late, before = [], [], [], alone()
    for _ in range(rounds):
        driver.train(Stretch.ALL)
        wait_ms(500)
        counter.restart()
        steps, started = steps_made(), time.perf_counter()
        wait_ms(1000 * SECONDS)
        passed = time.perf_counter() - started
        rate = (steps_made() - steps) / passed
        repaints.append(min(counter.counts.values(), default=0) / passed)
        late += lateness_ms(1.0)  # only now: 200 ticks a second cost a small network a few percent
        driver.pause()
        wait_ms(200)
        after = alone()
        shares.append(2 * rate / (before + after))
        before = after
    measured = {
        "share of headless steps per second": statistics.median(shares),
        "repaints per second of each picture": statistics.median(repaints),
        "lateness of a 5 ms timer, 99th percentile, ms": float(np.percentile(late, 99)),
        "lateness of a 5 ms timer, worst, ms": max(late),
    }
    return measured if counter.counts else {k: v for k, v in measured.items() if "repaints" not in k}


def answers_ms(window: MainWindow, seconds: float) -> list[float]:
    """From moving the pointer to another unit to its name on the screen, while training."""
    mosaic = window.page.weights.mosaic  # type: ignore[attr-defined]
    words = window.page.findChild(QWidget, "label_weights_hover")
    found: list[float] = []
    sent = [0.0]

    class Painted(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint and sent[0]:
                found.append(1000 * (time.perf_counter() - sent[0]))
                sent[0] = 0.0
            return False

    painted, random_times = Painted(), random.Random(0)
    words.installEventFilter(painted)
    over = threading.Event()

    def move() -> None:
        """From another thread, so that it comes at any moment."""
        cell = 0
        while not over.wait(random_times.uniform(0.05, 0.15)):
            cell = (cell + 1) % 10
            place = mosaic.cell_rect(cell).center()
            none = Qt.MouseButton.NoButton
            event = QMouseEvent(
                QEvent.Type.MouseMove, place, QPointF(place), none, none, Qt.KeyboardModifier.NoModifier
            )
            sent[0] = time.perf_counter()
            QCoreApplication.postEvent(mosaic.viewport(), event)

    thread = threading.Thread(target=move)
    thread.start()
    wait_ms(1000 * seconds)
    over.set()
    thread.join()
    words.removeEventFilter(painted)
    return found


def on_pages() -> dict[str, float]:
    """The digits on each page."""
    found = {}
    with open_window(DIGITS) as window:
        workspace, page = window.workspace, window.page
        counter = PaintCounter()
        counter.watch("weights", page.weights.mosaic.viewport())  # type: ignore[attr-defined]
        counter.watch_plots(page)

        def alone() -> float:
            return headless_rate(SECONDS / 2, DIGITS)

        def steps_made() -> int:
            return len(workspace.history)

        found |= side_by_side(window, counter, alone, steps_made)
        workspace.train(Stretch.ALL)
        wait_ms(500)
        answers = answers_ms(window, 4.0)
        workspace.pause()
        wait_ms(200)
        found["input to repaint, 95th percentile, ms"] = float(np.percentile(answers, 95))
        found["input to repaint, worst, ms"] = max(answers)
        for name in OTHER_PAGES:
            window.show_page(name)
            wait_ms(500)
            measured = side_by_side(window, PaintCounter(), alone, steps_made, rounds=1)
            found |= {f"{name}: {what}": value for what, value in measured.items()}
    return found | while_comparing() | while_sweeping()


def while_comparing() -> dict[str, float]:
    """Two runs on the Compare page."""
    experiments = [DIGITS, DIGITS.with_settings({"learning_rate": 0.1})]
    with open_window(DIGITS) as window:
        window.show_page("compare")
        comparison = window.page.comparison  # type: ignore[attr-defined]
        for i, experiment in enumerate(experiments):
            comparison.add_experiment(f"run {i}", experiment)
        while len(comparison.runs) < len(experiments):
            wait_ms(50)
        wait_ms(500)
        counter = PaintCounter()
        counter.watch_plots(window.page)
        measured = side_by_side(
            window,
            counter,
            lambda: headless_race(SECONDS / 2, experiments),
            lambda: sum(len(run.lane.contender.history) for run in comparison.runs),
            rounds=2,
        )
    return {f"compare: {what}": value for what, value in measured.items()}


def while_sweeping() -> dict[str, float]:
    """Many seeds of XOR on the Seeds page: in the window's process, and side by side."""
    experiment, found = load_preset("xor"), {}
    seeds = seeds_of(experiment, SEEDS)
    with open_window(experiment) as window:
        window.show_page("many_seeds")
        page = window.page
        page.bar.count = SEEDS  # type: ignore[attr-defined]
        wait_ms(500)
        for jobs, name in ((1, "sweep"), (PROCESSES, "sweep side by side")):
            page.bar.set_jobs(jobs)  # type: ignore[attr-defined]
            list(sweep(experiment, seeds[:2], jobs=jobs))  # what is needed is imported
            before = seconds(lambda jobs=jobs: list(sweep(experiment, seeds, jobs=jobs)))
            beside = seconds(lambda: until_swept(page))
            after = seconds(lambda jobs=jobs: list(sweep(experiment, seeds, jobs=jobs)))
            late: list[float] = []
            timer = lateness_timer(late)
            timer.start()
            until_swept(page)  # only now: 200 ticks a second cost such a network a few percent
            timer.stop()
            found |= {
                f"{name}: share of headless runs per second": (before + after) / (2 * beside),
                f"{name}: lateness of a 5 ms timer, 99th percentile, ms": float(np.percentile(late, 99)),
                f"{name}: lateness of a 5 ms timer, worst, ms": max(late),
            }
    return found


def until_swept(page) -> None:
    """Let the Seeds page train its seeds."""
    loop = QEventLoop()
    page.ended.connect(loop.quit)
    page.start()
    loop.exec()


def measure() -> dict[str, float]:
    """Every page."""
    return on_pages()


if __name__ == "__main__":
    print(json.dumps(measure()))
