"""Long curves made small enough to draw, and smooth enough to read, without looking at everything twice."""

import itertools
from copy import copy

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_BLOCK = 64
_DIGITS_OF_A_FLOAT = 54  # binary ones, and one more
_KEPT = 16  # of so many entries together something is kept; what is finer is found again where it is wanted


class Column:
    """Floats in one row that grows by doubling."""

    def __init__(self) -> None:
        self._room = np.empty(256)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def view(self) -> Floats:
        """The entries so far, (n,)."""
        return self._room[: self._length]

    def append(self, values: Floats) -> None:
        """Add entries at the end."""
        end = self._length + len(values)
        if end > len(self._room):
            room = np.empty(max(end, 2 * len(self._room)))
            room[: self._length] = self.view
            self._room = room
        self._room[self._length : end] = values
        self._length = end


class Smoother:
    """An exponential moving average that follows a growing series at the price of its new entries.

    After k finite entries the average is  s_k = (1 - w) Σ_j w^(k-j) y_j / (1 - w^k): the weights of the
    entries seen so far add up to one, so that the average starts at the first entry instead of at zero (the
    bias correction of Kingma and Ba, arXiv:1412.6980, section 3). Entries that are not finite are left out
    and stay NaN.

    Parameters
    ----------
    weight : float
        How much of the past stays from one entry to the next, 0 <= weight < 1; about 1 / (1 - weight) entries
        count.
    """

    def __init__(self, weight: float) -> None:
        if not 0.0 <= weight < 1.0:
            raise ValueError(f"the weight of a moving average must be at least 0 and below 1, not {weight}")
        self.weight = weight
        self._sum = 0.0
        self._count = 0
        powers = weight ** np.arange(_BLOCK + 1, dtype=np.float64)
        distance = np.subtract.outer(np.arange(_BLOCK), np.arange(_BLOCK))
        self._within = np.where(distance >= 0, (1.0 - weight) * powers[np.abs(distance)], 0.0)
        self._carry = powers[1:]
        # From this count on the power is lost beside 1 in a float.
        self._settled = 1.0 - _DIGITS_OF_A_FLOAT / np.log2(weight) if weight else 1.0

    @property
    def state(self) -> tuple[float, int]:
        """The sum in the numerator, and how many finite entries are in it."""
        return self._sum, self._count

    def at(self, total: float, count: int) -> "Smoother":
        """Another one of the same weight, in that state."""
        other = copy(self)
        other._sum, other._count = total, count
        return other

    def extend(self, values: Floats) -> Floats:
        """Take the next entries and return the average after each, an array of the same length."""
        values = np.asarray(values, dtype=np.float64)
        finite = np.isfinite(values)
        if finite.all():
            return self._extend_finite(values)
        out = np.full(values.shape, np.nan)
        out[finite] = self._extend_finite(values[finite])
        return out

    def _extend_finite(self, values: Floats) -> Floats:
        n = len(values)
        padded = np.zeros(-(-n // _BLOCK) * _BLOCK)
        padded[:n] = values
        blocks = padded.reshape(-1, _BLOCK) @ self._within.T  # each as if nothing had been before it
        before, carried = [], float(self._carry[-1])
        for last in blocks[:, -1].tolist():
            before.append(self._sum)
            self._sum = last + carried * self._sum
        blocks += np.multiply.outer(before, self._carry)
        out = blocks.ravel()[:n]
        if n:
            self._sum = float(out[-1])
        first = self._count + 1
        self._count += n
        if first >= self._settled:
            return out
        return out / self.corrections(np.arange(first, first + n, dtype=np.float64))

    def corrections(self, counts: Floats) -> Floats:
        """1 - w^k for each of some ascending counts k: the weight of what was seen."""
        n_early = int(np.searchsorted(counts, self._settled))
        found = np.ones(len(counts))
        found[:n_early] -= self.weight ** counts[:n_early]
        return found


class Average:
    """The moving average of a growing series. Of every 16th entry it is kept, the others are found again.

    Attributes
    ----------
    lowest, highest, lowest_positive
        Of all averages; infinite where there is none.
    """

    def __init__(self, weight: float) -> None:
        self._smoother = Smoother(weight)
        self._length = 0
        self._known = 0  # of the entries those in whole groups
        self._sums, self._counts = Column(), Column()
        self.lowest, self.highest, self.lowest_positive = np.inf, -np.inf, np.inf

    @property
    def weight(self) -> float:
        """How much of the past stays from one entry to the next."""
        return self._smoother.weight

    def extend(self, y: Floats) -> None:
        """Take the whole series, which is at least as long as last time."""
        if len(y) == self._length:
            return
        self._length = len(y)
        whole = len(y) // _KEPT * _KEPT
        for start in range(self._known, whole, 4096 * _KEPT):  # a long series is not smoothed in one piece
            self._take(y[start : min(whole, start + 4096 * _KEPT)])
        self._known = whole
        self._note(self.window(y, whole, len(y)))

    def _take(self, values: Floats) -> None:
        total, count = self._smoother.state
        averages = self._smoother.extend(values)
        self._note(averages)
        finite = np.isfinite(averages)
        counts = count + np.cumsum(finite)
        sums = averages * self._smoother.corrections(counts)
        if not finite.all():  # there the sum is still that of the last finite entry
            last = np.maximum.accumulate(np.where(finite, np.arange(len(values)), -1))
            sums = np.where(last >= 0, sums[last], total)
        self._sums.append(sums[_KEPT - 1 :: _KEPT])
        self._counts.append(counts[_KEPT - 1 :: _KEPT].astype(np.float64))

    def _note(self, averages: Floats) -> None:
        low, high = (
            float(f.reduce(averages, initial=end)) for f, end in ((np.fmin, np.inf), (np.fmax, -np.inf))
        )
        self.lowest, self.highest = min(self.lowest, low), max(self.highest, high)
        if low <= 0.0:
            low = float(averages[averages > 0.0].min(initial=np.inf))
        self.lowest_positive = min(self.lowest_positive, low)

    def window(self, y: Floats, start: int, stop: int) -> Floats:
        """The average after each of the entries `start` to `stop` of the series."""
        groups = min(start, self._known) // _KEPT
        state = (self._sums.view[groups - 1], int(self._counts.view[groups - 1])) if groups else (0.0, 0)
        first = groups * _KEPT
        return self._smoother.at(*state).extend(y[first:stop])[start - first :]

    def line(self, x: Floats, y: Floats, low: float, high: float, bins: int) -> tuple[Floats, Floats]:
        """As :func:`decimate` of the averages; of each group the last is enough for what is smooth."""
        start, stop, size = grouping(x, low, high, bins)
        if size == 1:
            return x[start:stop], self.window(y, start, stop)
        ends = np.arange(start + size - 1, stop, size)
        if size < _KEPT:
            averages = self.window(y, start, stop)[ends - start]
        else:
            kept = (ends + 1) // _KEPT - 1
            averages = self._sums.view[kept] / self._smoother.corrections(self._counts.view[kept])
            averages = np.where(np.isfinite(y[ends]), averages, np.nan)
        if stop > start and (not len(ends) or ends[-1] != stop - 1):
            ends = np.append(ends, stop - 1)
            averages = np.append(averages, self.window(y, stop - 1, stop))
        return x[ends], averages


class Extremes:
    """The smallest and the largest of each 16, 32, 64, … entries of a growing series.

    They follow it at the price of its new entries, so that the envelope of a long curve is found without
    looking at all of it. NaN is left out where there is anything else.
    """

    def __init__(self) -> None:
        self._levels: list[tuple[Column, Column]] = [(Column(), Column())]

    def extend(self, y: Floats) -> None:
        """Take the whole series, which is at least as long as last time."""
        known = len(self._levels[0][0])
        groups = y[known * _KEPT : len(y) // _KEPT * _KEPT].reshape(-1, _KEPT)
        if not len(groups):
            return
        for column, extreme in zip(self._levels[0], (np.fmin, np.fmax), strict=True):
            column.append(extreme.reduce(groups, axis=1))
        for level in itertools.count(1):
            finer = self._levels[level - 1]
            if level == len(self._levels):
                self._levels.append((Column(), Column()))
            known, whole = len(self._levels[level][0]), len(finer[0]) // 2
            if whole == known:
                return  # and so nothing new for those above
            for column, parts, extreme in zip(self._levels[level], finer, (np.fmin, np.fmax), strict=True):
                new = parts.view[2 * known : 2 * whole]
                column.append(extreme(new[::2], new[1::2]))

    def groups(self, size: int, start: int, stop: int) -> tuple[Floats, Floats] | None:
        """Those of each `size` entries from `start` to `stop`, multiples of it; None for smaller groups."""
        if size < _KEPT:
            return None
        low, high = self._levels[(size // _KEPT).bit_length() - 1]
        return low.view[start // size : stop // size], high.view[start // size : stop // size]


def grouping(x: Floats, low: float, high: float, bins: int) -> tuple[int, int, int]:
    """The entries between two abscissas, from `start` to `stop`, and how many of them to draw as one.

    One point beyond is kept on either side, so that the line leaves the picture. Groups are of 1, 2, 4, 8, …
    entries, at most ``2 * bins`` of them, and start at fixed ones.
    """
    start = max(0, int(np.searchsorted(x, low)) - 1)
    stop = min(len(x), int(np.searchsorted(x, high, side="right")) + 1)
    size = 1
    while (stop - start) > 2 * bins * size:
        size *= 2
    return start - start % size, stop, size


def decimate(
    x: Floats, y: Floats, low: float, high: float, bins: int, extremes: Extremes | None = None
) -> tuple[Floats, Floats]:
    """Return the part of a curve between two abscissas, thinned to what its picture needs.

    Parameters
    ----------
    x, y : (n,) float arrays
        `x` ascending; `y` may hold NaN, where the line breaks.
    low, high : float
        What is on show; one point beyond on either side is kept, so that the line leaves the picture.
    bins : int
        About how many pixels wide it is drawn.
    extremes : Extremes, optional
        Those of `y`, where they are known.

    Returns
    -------
    x, y : (m,) float arrays
        Views of the arguments where few points are on show. Otherwise at most ``4 * bins + 3`` points: the
        smallest and the largest of each group of 2, 4, 8, … entries, so that no spike is lost. Groups start
        at fixed entries, so that a growing or moving curve does not flicker; NaN is left out of a group
        unless nothing else is in it.
    """
    start, stop, size = grouping(x, low, high, bins)
    if size == 1:
        return x[start:stop], y[start:stop]
    whole = start + (stop - start) // size * size
    known = None if extremes is None else extremes.groups(size, start, whole)
    if known is None:
        groups = y[start:whole].reshape(-1, size)
        known = np.fmin.reduce(groups, axis=1), np.fmax.reduce(groups, axis=1)
    thin_x, thin_y = np.empty((len(known[0]), 2)), np.empty((len(known[0]), 2))
    thin_x[:, 0], thin_x[:, 1] = x[start:whole:size], x[start + size // 2 : whole : size]
    thin_y[:, 0], thin_y[:, 1] = known
    last = slice(stop - 1, stop)
    parts_x, parts_y = [thin_x.ravel(), x[last]], [thin_y.ravel(), y[last]]
    if stop > whole:
        rest = y[whole:stop]
        parts_x.insert(1, x[[whole, stop - 1]])
        parts_y.insert(1, np.array([np.fmin.reduce(rest), np.fmax.reduce(rest)]))
    return np.concatenate(parts_x), np.concatenate(parts_y)


def swings(y: Floats) -> float:
    """How often a line goes through all of its range, NaN left out."""
    finite = y[np.isfinite(y)]
    way = float(np.abs(np.diff(finite)).sum())
    return way / float(np.ptp(finite)) if way > 0.0 else 0.0
