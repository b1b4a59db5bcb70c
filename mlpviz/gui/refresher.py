"""Repaints what is visible while training, for a bounded share of the time."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer

LEAST_REFRESHES_PER_SECOND = 11.0
MOST_REFRESHES_PER_SECOND = 15.0
PAINTING_SHARE = 0.1  # of the time, where the least rate allows it


@dataclass(frozen=True, slots=True)
class Unhurried:
    """A part that need not be repainted in every round.

    Attributes
    ----------
    refresh
        Repaints it.
    per_second
        How often that is wanted at most.
    """

    refresh: Callable[[], None]
    per_second: float

    def __call__(self) -> None:
        self.refresh()


class Refresher(QObject):
    """Repaints what is visible while training, one part at a time, for a bounded share of the time.

    Painting everything at once would hold up the window's thread for tens of milliseconds, and input
    with it. So each tick of the timer refreshes one part, and the pause between two ticks follows
    from what a round of all parts was measured to cost. At the beginning of a round `fetch` is called.
    A part may ask for a lower rate (`Unhurried`): its tick passes idly until it is due again.
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
        self._refreshed_at: list[float] = []
        self._started = 0.0
        self.rounds = 0

    def set_parts(self, parts: list[Callable[[], None]]) -> None:
        """What is visible now; each call repaints one part of it."""
        self._parts = parts
        self._next = 0
        self._costs_s = [0.002] * len(parts)
        self._refreshed_at = [0.0] * len(parts)
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
        part = self._parts[self._next]
        if isinstance(part, Unhurried) and not self._is_due(part):
            self._go_on()
            return
        self._refreshed_at[self._next] = self._started
        part()
        self._after.start()

    def _is_due(self, part: Unhurried) -> bool:
        half_a_tick_s = 0.0005 * self._timer.interval()  # rather a little early than a whole round late
        passed_s = self._started - self._refreshed_at[self._next]
        return passed_s + half_a_tick_s >= 1.0 / part.per_second

    def _painted(self) -> None:
        if self._next >= len(self._parts):
            return  # the page was changed meanwhile
        self._costs_s[self._next] = time.perf_counter() - self._started
        self._go_on()

    def _go_on(self) -> None:
        self._next = (self._next + 1) % len(self._parts)
        if self._next == 0:
            self.rounds += 1
            self._timer.setInterval(self._interval_ms())

    def _interval_ms(self) -> int:
        """Between two parts, from what a round costs."""
        cost_s = sum(cost * self._share(part) for cost, part in zip(self._costs_s, self._parts, strict=True))
        rate = min(MOST_REFRESHES_PER_SECOND, PAINTING_SHARE / max(cost_s, 1e-4))
        rate = max(rate, LEAST_REFRESHES_PER_SECOND)
        return max(1, int(1000 / rate / len(self._parts)))

    @staticmethod
    def _share(part: Callable[[], None]) -> float:
        """In which share of the rounds a part is repainted, about."""
        if isinstance(part, Unhurried):
            return min(1.0, part.per_second / LEAST_REFRESHES_PER_SECOND)
        return 1.0
