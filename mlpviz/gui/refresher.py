"""Repaints what is visible while training, for a bounded share of the time."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer

REFRESHES_PER_SECOND = 10.5
LEAST_REFRESHES_PER_SECOND = 5.0
PAINTING_SHARE = 0.3  # of the time at most, where the least rate allows it
TOGETHER_S = 0.008  # parts that take no longer are repainted together: each turn has its own price
NEARLY = 0.2  # of the time between two repaints: what is due so soon goes with what is due now


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
    """Repaints what is visible while training, a few parts at a time, for a bounded share of the time.

    Painting everything at once could hold up the window's thread for tens of milliseconds, and input
    with it. So each tick of the timer is the turn of the part that is most behind its rate, and of as many
    others as are due and do not make the turn long; the pause between two ticks follows from what all parts
    were measured to cost. Before a turn of the first part, which is the beginning of a round, `fetch` is
    called. A part may ask for a lower rate: `Unhurried`. `begins` is called before each turn, and `ended`
    after its painting, with the time of the next.

    Attributes
    ----------
    is_on
        Whether it was started, and not stopped since.
    rounds
        How many it has made.
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
        self._timer.setSingleShot(True)  # the next turn waits for the painting of this one
        self._timer.timeout.connect(self._tick)
        self._after = QTimer(self)  # comes after the painting that a part asked for
        self._after.setObjectName("after_painting_timer")
        self._after.setSingleShot(True)
        self._after.setInterval(0)
        self._after.timeout.connect(self._painted)
        self._parts: list[Callable[[], None]] = []
        self._costs_s: list[float] = []
        self._due: list[float] = []
        self._rates: list[float] = []
        self._turn: list[int] = []
        self._turn_began = 0.0
        self.is_on = False
        self.rounds = 0

    def set_parts(self, parts: list[Callable[[], None]]) -> None:
        """What is visible now; each call repaints one part of it."""
        self._parts = parts
        self._costs_s = [TOGETHER_S] * len(parts)  # nothing goes together before it was measured
        self._due = [0.0] * len(parts)
        self._turn = []
        self._find_rates()
        if self.is_on:
            self.start()

    def start(self) -> None:
        """Refresh from now on."""
        self.is_on = True
        if self._parts:
            self._timer.start(self._interval_ms())

    def stop(self) -> None:
        """Refresh no more by itself."""
        self.is_on = False
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
        self._turn = self._next_turn()
        self._begins()
        if 0 in self._turn:
            self._fetch()
        self._turn_began = time.perf_counter()
        for i in self._turn:
            period_s = 1.0 / self._rates[i]  # counted from when it was due, so that delays do not add up
            self._due[i] = max(self._due[i], self._turn_began - 0.5 * period_s) + period_s
        for part in [self._parts[i] for i in self._turn]:
            part()
        self._after.start()

    def _next_turn(self) -> list[int]:
        """The part that is most behind, of those due the hurried ones first; and what goes with it."""
        now = time.perf_counter()
        behind = [(now - due) * rate for due, rate in zip(self._due, self._rates, strict=True)]
        first, *others = sorted(
            range(len(behind)),
            key=lambda i: (behind[i] >= -0.05 and not isinstance(self._parts[i], Unhurried), behind[i]),
            reverse=True,
        )
        turn, cost_s = [first], self._costs_s[first]
        for i in others:
            if behind[i] >= -NEARLY and cost_s + self._costs_s[i] <= TOGETHER_S:
                turn.append(i)
                cost_s += self._costs_s[i]
        return turn

    def _painted(self) -> None:
        if self._turn:  # or the page was changed meanwhile
            cost_s = time.perf_counter() - self._turn_began
            more = cost_s / max(1e-6, sum(self._costs_s[i] for i in self._turn))
            for i in self._turn:
                self._costs_s[i] *= more
            if 0 in self._turn:
                self.rounds += 1
                self._find_rates()
            self._timer.start(self._interval_ms())
        self._ended(time.perf_counter() + 0.001 * self._timer.remainingTime())

    def _find_rates(self) -> None:
        """How often each part is refreshed in a second, from what they cost."""
        wishes = [part.per_second if isinstance(part, Unhurried) else math.inf for part in self._parts]
        shares = [min(1.0, wish / REFRESHES_PER_SECOND) for wish in wishes]
        cost_s = sum(cost * share for cost, share in zip(self._costs_s, shares, strict=True))
        rate = min(REFRESHES_PER_SECOND, PAINTING_SHARE / max(cost_s, 1e-4))
        rate = max(rate, LEAST_REFRESHES_PER_SECOND)
        self._rates = [min(rate, wish) for wish in wishes]

    def _interval_ms(self) -> int:
        """To the next turn, when a part is due."""
        return min(max(1, int(1000 * (min(self._due) - time.perf_counter()))), 200)
