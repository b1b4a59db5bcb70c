"""Repaints what is visible while training, for a bounded share of the time."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer

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
    with it. So each tick of the timer refreshes the one part that is most behind its rate, and the pause
    between two ticks follows from what all parts were measured to cost. Before the first part, which is
    the beginning of a round, `fetch` is called. A part may ask for a lower rate: `Unhurried`. `begins` is
    called before each part, and `ended` after its painting, with the time of the next.
    """

    def __init__(
        self,
        fetch: Callable[[], None],
        parent: QObject,
        begins: Callable[[], None] = lambda: None,
        ended: Callable[[float], None] = lambda _: None,
    ) -> None:
        super().__init__(parent)
        self._fetch, self._begins, self._ended = fetch, begins, ended
        self._timer = QTimer(self)
        self._timer.setObjectName("refresh_timer")
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._after = QTimer(self)  # comes after the painting that a part asked for
        self._after.setObjectName("after_painting_timer")
        self._after.setSingleShot(True)
        self._after.setInterval(0)
        self._after.timeout.connect(self._painted)
        self._parts: list[Callable[[], None]] = []
        self._costs_s: list[float] = []
        self._refreshed_at: list[float] = []
        self._rates: list[float] = []
        self._current = 0
        self.rounds = 0

    def set_parts(self, parts: list[Callable[[], None]]) -> None:
        """What is visible now; each call repaints one part of it."""
        self._parts = parts
        self._costs_s = [0.002] * len(parts)
        self._refreshed_at = [0.0] * len(parts)
        self._find_rates()
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
        self._ended(math.inf)

    def refresh_all(self) -> None:
        """Repaint all parts now."""
        for part in self._parts:
            part()

    def _tick(self) -> None:
        if not self._parts:
            return
        self._current = self._most_behind()
        self._begins()
        if self._current == 0:
            self._fetch()
        self._refreshed_at[self._current] = time.perf_counter()
        self._parts[self._current]()
        self._after.start()

    def _most_behind(self) -> int:
        """The part whose turn it is; of those that are due the hurried ones first."""
        now = time.perf_counter()
        behind = [(now - at) * rate for at, rate in zip(self._refreshed_at, self._rates, strict=True)]
        if not self._is_mixed:
            return behind.index(max(behind))
        hurried = [not isinstance(part, Unhurried) for part in self._parts]
        return max(range(len(behind)), key=lambda i: (behind[i] >= 0.95 and hurried[i], behind[i]))

    @property
    def _is_mixed(self) -> bool:
        return any(isinstance(part, Unhurried) for part in self._parts)

    def _painted(self) -> None:
        if self._current < len(self._parts):  # or the page was changed meanwhile
            self._costs_s[self._current] = time.perf_counter() - self._refreshed_at[self._current]
            if self._current == 0:
                self.rounds += 1
                self._find_rates()
            if self._current == 0 or self._is_mixed:
                self._timer.setInterval(self._interval_ms())
        self._ended(time.perf_counter() + 0.001 * self._timer.remainingTime())

    def _find_rates(self) -> None:
        """How often each part is refreshed in a second, from what they cost."""
        wishes = [part.per_second if isinstance(part, Unhurried) else math.inf for part in self._parts]
        shares = [min(1.0, wish / LEAST_REFRESHES_PER_SECOND) for wish in wishes]
        cost_s = sum(cost * share for cost, share in zip(self._costs_s, shares, strict=True))
        most = LEAST_REFRESHES_PER_SECOND if self._is_mixed else MOST_REFRESHES_PER_SECOND
        rate = min(most, PAINTING_SHARE / max(cost_s, 1e-4))
        rate = max(rate, LEAST_REFRESHES_PER_SECOND)
        self._rates = [min(rate, wish) for wish in wishes]

    def _interval_ms(self) -> int:
        """To the next part: all follow each other evenly, or each comes when it is due."""
        if not self._is_mixed:
            return max(1, int(1000 / sum(self._rates)))
        due = min(at + 1.0 / rate for at, rate in zip(self._refreshed_at, self._rates, strict=True))
        return min(max(1, int(1000 * (due - time.perf_counter()))), 100)
