"""Where bars on a logarithmic axis stand: the decades it shows, and the place of a value between them."""

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LogAxis:
    """A logarithmic axis from 10^low to 10^high, both whole.

    Attributes
    ----------
    base
        The value that bars stand on: those above it go up, those below it down. None: they stand on the
        lower end.
    """

    low: int
    high: int
    base: float | None = None

    @classmethod
    def of(cls, values: Iterable[float], base: float | None = None) -> "LogAxis":
        """The fewest whole decades that hold all values that can be drawn, and the base; one at least."""
        logs = [math.log10(value) for value in values if math.isfinite(value) and value > 0]
        if base is not None:
            logs.append(math.log10(base))
        if not logs:
            return cls(-1, 0, base)
        low, high = math.floor(min(logs)), math.ceil(max(logs))
        return cls(low, max(high, low + 1), base)

    def place(self, value: float) -> float | None:
        """From 0 at the lower end to 1 at the upper; None where the value has no place: 0, NaN, infinity."""
        if not (math.isfinite(value) and value > 0):
            return None
        part = (math.log10(value) - self.low) / (self.high - self.low)
        return min(1.0, max(0.0, part))

    @property
    def foot(self) -> float:
        """The place that bars stand on."""
        return 0.0 if self.base is None else self.place(self.base) or 0.0

    def decades(self, most: int) -> list[float]:
        """The powers of ten to be marked, at most so many, evenly spaced."""
        step = max(1, math.ceil((self.high - self.low + 1) / max(1, most)))
        anchor = 0 if self.base is not None else self.high
        return [10.0**k for k in range(self.low, self.high + 1) if (k - anchor) % step == 0]
