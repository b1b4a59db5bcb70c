"""One curve that grows: what of it to draw, how far it reaches, and its value at a point."""

import numpy as np
from numpy.typing import ArrayLike

from mlpviz.figures.curves import Floats, Smoother, decimate


class CurveData:
    """Points in ascending order of x that are handed over again and again, each time a few more.

    Only what is new is looked at. What is not finite becomes NaN, where the line breaks.
    """

    def __init__(self) -> None:
        self._weight = 0.0
        self.clear()

    def __len__(self) -> int:
        return len(self._x)

    @property
    def x(self) -> Floats:
        """The abscissas so far, (n,)."""
        return self._x.view

    @property
    def y(self) -> Floats:
        """The values so far, (n,), NaN where they were not finite."""
        return self._y.view

    def clear(self) -> None:
        """Forget every point."""
        self._x, self._y, self._smooth = _Column(), _Column(), _Column()
        self._smoother = Smoother(self._weight)
        self._lowest, self._highest, self._lowest_positive = np.inf, -np.inf, np.inf

    def set_data(self, x: ArrayLike, y: ArrayLike) -> bool:
        """Take the whole series; return whether anything is new.

        Parameters
        ----------
        x, y : (n,) arrays
            Usually a longer prefix of the same growing arrays as last time. A series that is shorter, or
            differs at the first or at the last point known, is taken as another one and read from the start.
        """
        x, y = np.asarray(x), np.asarray(y)
        if x.shape != y.shape or x.ndim != 1:
            raise ValueError(f"a curve needs as many x as y in one row, not {x.shape} and {y.shape}")
        known = len(self)
        if known and not self._continues(x, y):
            self.clear()
            self._append(x, y)
            return True
        self._append(x[known:], y[known:])
        return len(x) > known

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
        y = self._smoothed(smoothing) if smoothing > 0.0 else self.y
        if log and self._lowest <= 0.0:
            y = np.where(y > 0.0, y, np.nan)
        thin_x, thin_y = decimate(self.x, y, low, high, bins, envelope=smoothing == 0.0)
        return thin_x, np.log10(thin_y) if log else thin_y

    def bounds(self, log: bool = False, smoothing: float = 0.0) -> tuple[float, float] | None:
        """Return the smallest and the largest finite value, of those above zero if `log`, or None.

        With the weight of a moving average those of the average.
        """
        low, high = (self._lowest_positive if log else self._lowest), self._highest
        if smoothing > 0.0 and low <= high:
            y = self._smoothed(smoothing)
            if log:
                y = y[y > 0.0]
            low, high = float(np.fmin.reduce(y, initial=np.inf)), float(np.fmax.reduce(y, initial=-np.inf))
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
        return float(self._smoothed(smoothing)[index])

    def _continues(self, x: np.ndarray, y: np.ndarray) -> bool:
        known = len(self)
        return len(x) >= known and all(x[i] == self.x[i] and _same(y[i], self.y[i]) for i in (0, known - 1))

    def _append(self, x: np.ndarray, y: np.ndarray) -> None:
        if not len(x):
            return
        values = y.astype(np.float64)
        finite = np.isfinite(values)
        if not finite.all():
            values[~finite] = np.nan
        self._x.append(x)
        self._y.append(values)
        self._lowest = float(np.fmin(self._lowest, np.fmin.reduce(values)))
        self._highest = float(np.fmax(self._highest, np.fmax.reduce(values)))
        if self._lowest > 0.0:
            self._lowest_positive = self._lowest
        else:
            self._lowest_positive = min(
                self._lowest_positive, float(values[values > 0.0].min(initial=np.inf))
            )

    def _smoothed(self, weight: float) -> Floats:
        if weight != self._weight:
            self._weight, self._smoother, self._smooth = weight, Smoother(weight), _Column()
        if len(self._smooth) < len(self):
            self._smooth.append(self._smoother.extend(self.y[len(self._smooth) :]))
        return self._smooth.view


class _Column:
    """Floats in one row that grows by doubling."""

    def __init__(self) -> None:
        self._room = np.empty(256)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def view(self) -> Floats:
        return self._room[: self._length]

    def append(self, values: np.ndarray) -> None:
        end = self._length + len(values)
        if end > len(self._room):
            room = np.empty(max(end, 2 * len(self._room)))
            room[: self._length] = self.view
            self._room = room
        self._room[self._length : end] = values
        self._length = end


def _same(new: float, known: float) -> bool:
    return bool(new == known or (np.isnan(known) and not np.isfinite(new)))
