"""How much of an axis is on show while something moves on it: it grows, but neither jitters nor runs away."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

MARGIN = 0.06  # of the span: nearer to the edge than this, and the view grows
ROOM = 0.3  # of the span: how far beyond a point it then grows, so that it seldom has to
MOST_GROWTH = 8.0
MOST_EXPECTED = 2.5


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of a plane: x from left to right, y from bottom to top."""

    left: float
    right: float
    bottom: float
    top: float


class ViewRange:
    """An interval about some points that grows in steps, up to a multiple of what it was.

    Parameters
    ----------
    centre
        What lies in the middle at first, such as the optimum.
    points
        What is to be seen from the start; what is not finite is left out.
    smallest
        The least distance from the centre to the ends.

    Attributes
    ----------
    low, high
        The ends.
    """

    def __init__(self, centre: float, points: Iterable[float], smallest: float = 1.0) -> None:
        far = max((abs(point - centre) for point in points if math.isfinite(point)), default=0.0)
        half = max(smallest, 1.4 * far)
        self.low, self.high = centre - half, centre + half
        self._centre, self._half = centre, half

    def shrink(self) -> None:
        """Go back to where it began."""
        self.low, self.high = self._centre - self._half, self._centre + self._half

    def expect(self, point: float) -> None:
        """Grow for what comes next, unless that would make all else small."""
        if abs(point - self._centre) <= MOST_EXPECTED * self._half:
            self.include([point])

    def include(self, points: Iterable[float]) -> bool:
        """Grow until the points are in view, as far as the limit allows; whether all of them are."""
        finite = [point for point in points if math.isfinite(point)]
        if not finite:
            return True
        low, high = min(finite), max(finite)
        span = self.high - self.low
        if low < self.low + MARGIN * span:
            self.low = max(min(self.low, low - ROOM * span), self._centre - MOST_GROWTH * self._half)
        if high > self.high - MARGIN * span:
            self.high = min(max(self.high, high + ROOM * span), self._centre + MOST_GROWTH * self._half)
        return self.low <= low and high <= self.high


def map_window(x: ViewRange, y: ViewRange, width: float, height: float) -> Window:
    """The window of a map that shows two ranges, a unit as long across as up, in so many pixels.

    Only then does a step against the gradient leave a level line at a right angle.
    """
    scale = max((x.high - x.low) / width, (y.high - y.low) / height) / 2
    across, up = (x.low + x.high) / 2, (y.low + y.high) / 2
    return Window(across - scale * width, across + scale * width, up - scale * height, up + scale * height)


def curve_window(x: ViewRange, losses: Iterable[float]) -> Window:
    """The window of a curve: all of its finite losses, and the ground at 0 where they come near it."""
    finite = [loss for loss in losses if math.isfinite(loss)]
    low, high = min(finite, default=0.0), max(finite, default=1.0)
    if high <= low:
        high = low + max(abs(low), 1.0)
    bottom = low - 0.08 * (high - low)
    if 0 <= low < 0.5 * high:
        bottom = -0.05 * high
    return Window(x.low, x.high, bottom, high)
