"""How long until the window is on screen, beside a bare window with one plot?"""

import json
import os
import statistics
import subprocess
import sys
import time

ROUNDS = 5

BARE = """
import sys
from PySide6.QtWidgets import QApplication, QMainWindow
import pyqtgraph as pg
from benchmarks.startup import exit_when_painted
application = QApplication(sys.argv[:1])
window = QMainWindow()
plot = pg.PlotWidget()
plot.plot([1, 2, 3])
window.setCentralWidget(plot)
window.resize(1440, 900)
window.show()
exit_when_painted(window)
application.exec()
"""

MLPVIZ = """
from PySide6.QtWidgets import QApplication
from benchmarks.startup import exit_when_painted
from mlpviz.gui import main_window
show = main_window.MainWindow.show
def show_and_exit(window):
    show(window)
    exit_when_painted(window)
main_window.MainWindow.show = show_and_exit
from mlpviz.gui.application import run
run(None)
"""

READY = """
from PySide6.QtWidgets import QApplication
from PySide6.QtCore import QTimer
from mlpviz.gui import main_window
show = main_window.MainWindow.show
def show_and_exit(window):
    show(window)
    window.workspace.run_changed.connect(lambda: QTimer.singleShot(0, window.close))
main_window.MainWindow.show = show_and_exit
from mlpviz.gui.application import run
run(None)
"""


def exit_when_painted(window) -> None:
    """Close a window once it has been painted and the event loop is idle."""
    from PySide6.QtCore import QTimer

    QTimer.singleShot(0, lambda: (window.repaint(), QTimer.singleShot(0, window.close)))


def seconds(program: str) -> float:
    """How long a process running the program takes, from its start to its end."""
    environment = {**os.environ, "XDG_CONFIG_HOME": os.devnull}
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True, env=environment, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def measure() -> dict[str, float]:
    """Medians of the ratios, the programs started in turn."""
    for program in (BARE, MLPVIZ):
        seconds(program)  # warm the disk
    window, ready, bare = [], [], []
    for _ in range(ROUNDS):
        bare.append(seconds(BARE))
        window.append(seconds(MLPVIZ) / bare[-1])
        ready.append(seconds(READY) - bare[-1] * window[-1])
    return {
        "window on screen over a bare window": statistics.median(window),
        "a bare window, seconds": statistics.median(bare),
        "digits ready after the window, seconds": statistics.median(ready),
    }


if __name__ == "__main__":
    print(json.dumps(measure()))
