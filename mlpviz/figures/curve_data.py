"""One curve that grows: what of it to draw, how far it reaches, and its value at a point."""

import numpy as np
from numpy.typing import ArrayLike

from mlpviz.figures.curves import Average, Column, Extremes, Floats, decimate


class CurveData:
    """Points in ascending order of x that are handed over again and again, each time a few more.

    Only what is new is looked at. What is not finite becomes NaN, where the line breaks.
    """

    def __init__(self) -> None:
        self.clear()

    def __len__(self) -> int:
        return len(self._x)

    @property
    def x(self) -> Floats:
        """The abscissas so far, (n,)."""
        return self._x

    @property
    def y(self) -> Floats:
        """The values so far, (n,), NaN where they were not finite."""
        return self._values(log=False).view

    def clear(self) -> None:
        """Forget every point."""
        self._x, self._y = np.empty(0), np.empty(0)
        self._linear, self._log = _Values(log=False), _Values(log=True)
        self._average: Average | None = None

    def set_data(self, x: ArrayLike, y: ArrayLike) -> bool:
        """Take the whole series; return whether anything is new.

        Parameters
        ----------
        x, y : (n,) arrays
            Not copied: they must not change afterwards. Usually a longer prefix of the same growing arrays as
            last time. A series that is shorter, or differs at the first or at the last point known, is taken
            as another one and read from the start.
        """
        x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        if x.shape != y.shape or x.ndim != 1:
            raise ValueError(f"a curve needs as many x as y in one row, not {x.shape} and {y.shape}")
        known = len(self)
        is_other = known > 0 and not self._continues(x, y)
        if is_other:
            self.clear()
        self._x, self._y = x, y
        return is_other or len(x) > known

    def line(
        self, low: float, high: float, bins: int, log: bool = False, smoothing: float = 0.0
    ) -> tuple[Floats, Floats]:
        """Return the points to draw between two abscissas, thinned by :func:`mlpviz.figures.curves.decimate`.

        Parameters
        ----------
        low, high, bins
            As there.
        log : bool
            Return the decimal logarithm of the values, NaN where they are not greater than zero.
        smoothing : float
            The weight of a moving average, 0 for the values themselves.
        """
        if smoothing > 0.0:
            thin_x, thin_y = self._averages(smoothing).line(self.x, self.y, low, high, bins)
        else:
            values = self._values(log)
            thin_x, thin_y = decimate(self.x, values.view, low, high, bins, values.extremes())
        if not log:
            return thin_x, thin_y
        return thin_x, np.log10(np.where(thin_y > 0.0, thin_y, np.nan))

    def bounds(self, log: bool = False, smoothing: float = 0.0) -> tuple[float, float] | None:
        """Return the smallest and the largest finite value, of those above zero if `log`, or None.

        With the weight of a moving average those of the average.
        """
        if smoothing > 0.0:
            average = self._averages(smoothing)
            low, high = (average.lowest_positive if log else average.lowest), average.highest
        else:
            values = self._values(log)
            low, high = values.lowest, values.highest
        return (low, high) if low <= high else None

    def nearest(self, x: float) -> int | None:
        """Return the index of the point nearest to an abscissa; None in an empty series."""
        if not len(self):
            return None
        right = int(np.searchsorted(self.x, x))
        if right == 0:
            return 0
        if right == len(self) or x - self.x[right - 1] <= self.x[right] - x:
            return right - 1
        return right

    def smoothed_at(self, index: int, smoothing: float) -> float:
        """Return the moving average at a point."""
        return float(self._averages(smoothing).window(self.y, index, index + 1)[0])

    def _continues(self, x: np.ndarray, y: np.ndarray) -> bool:
        known = len(self)
        return len(x) >= known and all(
            _same(x[i], self._x[i]) and _same(y[i], self._y[i]) for i in (0, known - 1)
        )

    def _values(self, log: bool) -> "_Values":
        values = self._log if log else self._linear
        values.extend(self._y)
        return values

    def _averages(self, weight: float) -> Average:
        if self._average is None or self._average.weight != weight:
            self._average = Average(weight)
        self._average.extend(self.y)
        return self._average


class _Values:
    """The values of a growing curve as they are drawn: NaN where they are not finite, or have no logarithm.

    Only where there are such values are others kept than those that were handed over.
    """

    def __init__(self, log: bool) -> None:
        self._smallest = 0.0 if log else -np.inf
        self._own: Column | None = None
        self._extremes = Extremes()
        self.view: Floats = np.empty(0)
        self.lowest, self.highest = np.inf, -np.inf

    def extend(self, y: Floats) -> None:
        """Take the whole series, which is at least as long as last time."""
        new = y[len(self.view) :]
        if not len(new):
            return
        drawn = (new > self._smallest) & (new < np.inf)
        if self._own is None and not drawn.all():
            self._own = Column()
            self._own.append(self.view)
        if self._own is not None:
            new = np.where(drawn, new, np.nan)
            self._own.append(new)
        self.view = y if self._own is None else self._own.view
        self.lowest = float(np.fmin.reduce(new, initial=self.lowest))
        self.highest = float(np.fmax.reduce(new, initial=self.highest))

    def extremes(self) -> Extremes:
        """Those of all values so far."""
        self._extremes.extend(self.view)
        return self._extremes


def _same(new: float, known: float) -> bool:
    return bool(new == known or (np.isnan(known) and np.isnan(new)))
