"""How much memory does the open window take while the digits are trained, and does it stay the same?"""

import json
from pathlib import Path

from benchmarks.window import DIGITS, open_window, wait_ms
from mlpviz.gui.stretch_thread import Stretch
from mlpviz.training import History

STEPS = 100_000
FROM = 20_000  # by then all that is made once is made
MB = 1e6


def resident_mb() -> float:
    """What the process has in memory now, from Linux."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if "VmRSS" in line)
    return int(line.split()[1]) * 1024 / MB


def history_mb(history: History) -> float:
    """The numbers that a history keeps."""
    return sum(column.nbytes for column in history.arrays().values()) / MB


def measure() -> dict[str, float]:
    """A run at full speed on the Train page."""
    with open_window(DIGITS) as window:
        workspace = window.workspace
        at_first = resident_mb()
        workspace.train(Stretch.STEPS, FROM)
        before, history_before = _at_rest(window)
        workspace.train(Stretch.STEPS, STEPS - FROM)
        after, history_after = _at_rest(window)
    tens_of_thousands = (STEPS - FROM) / 10_000
    return {
        "memory: resident before the first step, MB": at_first,
        "memory: resident after 100,000 steps, MB": after,
        "memory: of it the history, MB": history_after,
        "memory: growth per 10,000 steps besides the history, MB": (
            (after - before) - (history_after - history_before)
        )
        / tens_of_thousands,
    }


def _at_rest(window) -> tuple[float, float]:
    """Once it rests: what is resident, and of it the history."""
    while window.workspace.training:
        wait_ms(100)
    wait_ms(500)
    return resident_mb(), history_mb(window.workspace.history)


if __name__ == "__main__":
    print(json.dumps(measure()))
