"""Repaints what is visible while training, for a bounded share of the time."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

LEAST_REFRESHES_PER_SECOND = 11.0
MOST_REFRESHES_PER_SECOND = 15.0
PAINTING_SHARE = 0.1  # of the time, where the least rate allows it


class Refresher(QObject):
    """Repaints what is visible while training, one part at a time, for a bounded share of the time.

    Painting everything at once would hold up the window's thread for tens of milliseconds, and input
    with it. So each tick of the timer refreshes one part, and the pause between two ticks follows
    from what a round of all parts was measured to cost. At the beginning of a round `fetch` is called.
    """

    def __init__(self, fetch: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._fetch = fetch
        self._timer = QTimer(self)
        self._timer.setObjectName("refresh_timer")
        self._timer.timeout.connect(self._tick)
        self._after = QTimer(self)  # comes after the painting that a part asked for
        self._after.setObjectName("after_painting_timer")
        self._after.setSingleShot(True)
        self._after.setInterval(1)
        self._after.timeout.connect(self._painted)
        self._parts: list[Callable[[], None]] = []
        self._next = 0
        self._costs_s: list[float] = []
        self._started = 0.0
        self.rounds = 0

    def set_parts(self, parts: list[Callable[[], None]]) -> None:
        """What is visible now; each call repaints one part of it."""
        self._parts = parts
        self._next = 0
        self._costs_s = [0.002] * len(parts)
        if self._timer.isActive():
            self.start()

    def start(self) -> None:
        """Refresh from now on."""
        if self._parts:
            self._timer.start(self._interval_ms())

    def stop(self) -> None:
        """Refresh no more by itself."""
        self._timer.stop()
        self._after.stop()

    def refresh_all(self) -> None:
        """Repaint all parts now."""
        for part in self._parts:
            part()

    def _tick(self) -> None:
        if not self._parts:
            return
        if self._next == 0:
            self._fetch()
        self._started = time.perf_counter()
        self._parts[self._next]()
        self._after.start()

    def _painted(self) -> None:
        if self._next >= len(self._parts):
            return  # the page was changed meanwhile
        self._costs_s[self._next] = time.perf_counter() - self._started
        self._next = (self._next + 1) % len(self._parts)
        if self._next == 0:
            self.rounds += 1
            self._timer.setInterval(self._interval_ms())

    def _interval_ms(self) -> int:
        """Between two parts, from what a round costs."""
        cost_s = sum(self._costs_s)
        rate = min(MOST_REFRESHES_PER_SECOND, PAINTING_SHARE / max(cost_s, 1e-4))
        rate = max(rate, LEAST_REFRESHES_PER_SECOND)
        return max(1, int(1000 / rate / len(self._parts)))
