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
application = QApplication(sys.argv[:1])
window = QMainWindow()
plot = pg.PlotWidget()
plot.plot([1, 2, 3])
window.setCentralWidget(plot)
window.resize(1440, 900)
window.show()
from benchmarks.startup import tell_when_painted
tell_when_painted(window)
application.exec()
"""

MLPVIZ = """
from PySide6.QtWidgets import QApplication
def tell(application, run=QApplication.exec):
    from benchmarks.startup import tell_when_painted, tell_when_ready
    window, = (w for w in QApplication.topLevelWidgets() if w.objectName() == "main_window")
    tell_when_painted(window)
    tell_when_ready(window)
    return run()
QApplication.exec = tell
from mlpviz.cli import main
main([])
"""


def tell_when_painted(window) -> None:
    """Print the time when a window has been painted, and end the program if it has nothing to load."""
    from PySide6.QtCore import QTimer

    def painted() -> None:
        print("painted", time.time(), flush=True)
        if not hasattr(window, "workspace"):
            window.close()

    QTimer.singleShot(0, lambda: (window.repaint(), QTimer.singleShot(0, painted)))


def tell_when_ready(window) -> None:
    """Print the time when the digits are loaded and Train can be pressed, and end the program."""
    from PySide6.QtCore import QTimer

    def ready() -> None:
        print("ready", time.time(), flush=True)
        window.close()

    window.workspace.run_changed.connect(lambda: QTimer.singleShot(0, ready))


def seconds(program: str) -> dict[str, float]:
    """Seconds from the start of a process that runs the program to each moment that it tells of."""
    environment = {**os.environ, "XDG_CONFIG_HOME": os.devnull}
    started = time.time()
    printed = subprocess.run(
        [sys.executable, "-c", program], check=True, env=environment, capture_output=True, text=True
    ).stdout
    return {line.split()[0]: float(line.split()[1]) - started for line in printed.splitlines()}


def measure() -> dict[str, float]:
    """Medians of the ratios, the programs started in turn."""
    for program in (BARE, MLPVIZ):
        seconds(program)  # warm the disk
    bare, window, ready = [], [], []
    for _ in range(ROUNDS):
        bare.append(seconds(BARE)["painted"])
        moments = seconds(MLPVIZ)
        window.append(moments["painted"] / bare[-1])
        ready.append(moments["ready"] - moments["painted"])
    return {
        "window on screen over a bare window": statistics.median(window),
        "a bare window, seconds": statistics.median(bare),
        "digits ready after the window, seconds": statistics.median(ready),
    }


if __name__ == "__main__":
    print(json.dumps(measure()))
