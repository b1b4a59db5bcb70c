"""How long until the window is on screen, beside a bare window with one plot, and what is that time made of?

A window counts as on screen once its plots, and the controls named below, were really painted.
"""

import json
import os
import statistics
import subprocess
import sys
import time

ROUNDS = 9

PYTHON = "import time; print('begun', time.time())"
IMPORTS = "import time, numpy, PySide6.QtWidgets, pyqtgraph; print('imported', time.time())"

BARE = """
import sys
from PySide6.QtWidgets import QApplication, QMainWindow
import pyqtgraph as pg
application = QApplication(sys.argv[:1])
window = QMainWindow()
plot = pg.PlotWidget()
plot.plot([1, 2, 3])
window.setCentralWidget(plot)
window.resize(1440, 900)
window.show()
from benchmarks.startup import tell_when_painted
tell_when_painted([plot], window.close)
application.exec()
"""

MLPVIZ = """
from PySide6.QtWidgets import QApplication
def tell(application, run=QApplication.exec):
    from benchmarks.startup import tell_of_mlpviz
    tell_of_mlpviz()
    return run()
QApplication.exec = tell
from mlpviz.cli import main
main([])
"""

SEEN = ("plot_loss_plot", "plot_accuracy_plot", "plot_measures_plot", "button_train", "button_page_train")
"""Widgets of mlpviz that must have been painted."""


def tell_when_painted(widgets, then=lambda: None) -> None:
    """Print the time when every one of these widgets has been painted, and go on."""
    from PySide6.QtCore import QEvent, QObject, QTimer
    from PySide6.QtWidgets import QAbstractScrollArea

    class Watcher(QObject):
        def eventFilter(self, target, event):
            if event.type() == QEvent.Type.Paint and target in waiting:
                waiting.remove(target)
                if not waiting:
                    QTimer.singleShot(0, painted)  # once the whole window is
            return False

    def painted() -> None:
        print("painted", time.time(), flush=True)
        then()

    watcher = Watcher(widgets[0])
    waiting = [each.viewport() if isinstance(each, QAbstractScrollArea) else each for each in widgets]
    for each in waiting:
        each.installEventFilter(watcher)


def tell_of_mlpviz() -> None:
    """Print the time when the window is painted, and when the digits can be trained on; then end."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication, QWidget

    (window,) = (w for w in QApplication.topLevelWidgets() if w.objectName() == "main_window")

    def ready() -> None:
        assert window.training_bar.action_train.isEnabled()
        print("ready", time.time(), flush=True)
        window.close()

    tell_when_painted([window.findChild(QWidget, name) for name in SEEN])
    window.workspace.run_changed.connect(lambda: QTimer.singleShot(0, ready))


def seconds(program: str) -> dict[str, float]:
    """Seconds from the start of a process that runs the program to each moment that it tells of."""
    environment = {**os.environ, "XDG_CONFIG_HOME": os.devnull}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # compiled once, as it is where it was installed
    started = time.time()
    printed = subprocess.run(
        [sys.executable, "-c", program], check=True, env=environment, capture_output=True, text=True
    ).stdout
    return {line.split()[0]: float(line.split()[1]) - started for line in printed.splitlines()}


def measure() -> dict[str, float]:
    """Medians; the programs are started in turn, and each ratio is of two that ran one after the other."""
    for program in (BARE, MLPVIZ):
        seconds(program)  # compiles what is new, and warms the disk
    rounds = []
    for _ in range(ROUNDS):
        bare, mlpviz = seconds(BARE)["painted"], seconds(MLPVIZ)
        rounds.append(
            {
                "window on screen over a bare window": mlpviz["painted"] / bare,
                "Python alone, seconds": seconds(PYTHON)["begun"],
                "Python with NumPy, PySide6 and pyqtgraph, seconds": seconds(IMPORTS)["imported"],
                "a bare window, seconds": bare,
                "the window, seconds": mlpviz["painted"],
                "digits ready after the window, seconds": mlpviz["ready"] - mlpviz["painted"],
            }
        )
    return {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}


if __name__ == "__main__":
    print(json.dumps(measure()))
