"""Where bars on a logarithmic axis stand: what it reaches, and the place of a value on it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from mlpviz.figures.ticks import log_ticks

ROUND = (1.0, 2.0, 5.0, 10.0)
ROOM = 1.4


@dataclass(frozen=True, slots=True)
class LogAxis:
    """A logarithmic axis between two round numbers.

    Attributes
    ----------
    low, high
        Its ends: 1, 2 or 5 times a power of ten.
    base
        The value that bars stand on: those above it go up, those below it down. None: they stand on the
        lower end.
    """

    low: float
    high: float
    base: float | None = None

    @classmethod
    def of(cls, values: Iterable[float], base: float | None = None) -> "LogAxis":
        """The axis that holds all values that can be drawn, and the base.

        It goes on a little beyond them: the smallest bar has a height, and there is room for words.
        """
        drawn = [value for value in values if math.isfinite(value) and value > 0]
        if base is not None:
            drawn.append(base)
        if not drawn:
            return cls(0.1, 1.0, base)
        low, high = _round(min(drawn) / ROOM, up=False), _round(max(drawn) * ROOM, up=True)
        return cls(low, high if high > low else 10 * low, base)

    def place(self, value: float) -> float | None:
        """From 0 at the lower end to 1 at the upper; None where the value has no place: 0, NaN, infinity."""
        if not (math.isfinite(value) and value > 0):
            return None
        part = math.log(value / self.low) / math.log(self.high / self.low)
        return min(1.0, max(0.0, part))

    @property
    def foot(self) -> float:
        """The place that bars stand on."""
        return 0.0 if self.base is None else self.place(self.base) or 0.0

    def ticks(self, most: int) -> list[float]:
        """Round numbers to be marked, about so many at most."""
        return log_ticks(self.low, self.high, most)


def _round(value: float, up: bool) -> float:
    """The next round number above or below."""
    power = 10.0 ** math.floor(math.log10(value))
    steps = [power * step for step in ROUND]
    if up:
        return next((step for step in steps if step >= value * (1 - 1e-9)), steps[-1])
    return next((step for step in reversed(steps) if step <= value * (1 + 1e-9)), steps[0])
