"""Long curves made small enough to draw, and smooth enough to read, without looking at everything twice."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_BLOCK = 64


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
        for i in range(len(blocks)):
            blocks[i] += self._carry * self._sum
            self._sum = float(blocks[i, -1])
        out = blocks.ravel()[:n]
        if n:
            self._sum = float(out[-1])
        seen = np.arange(self._count + 1, self._count + n + 1, dtype=np.float64)
        self._count += n
        return out / (1.0 - self.weight**seen)


def decimate(
    x: Floats, y: Floats, low: float, high: float, bins: int, envelope: bool = True
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
    envelope : bool
        Keep the smallest and the largest of each group of entries, so that no spike is lost; else the last of
        each group, which is enough for a smooth curve.

    Returns
    -------
    x, y : (m,) float arrays
        Views of the arguments where few points are on show. Otherwise at most ``4 * bins + 3`` points, from
        groups of 2, 4, 8, … entries. Groups start at fixed entries, so that a growing or moving curve does
        not flicker; an envelope leaves NaN out of a group unless nothing else is in it.
    """
    start = max(0, int(np.searchsorted(x, low)) - 1)
    stop = min(len(x), int(np.searchsorted(x, high, side="right")) + 1)
    size = 1
    while (stop - start) > 2 * bins * size:
        size *= 2
    if size == 1:
        return x[start:stop], y[start:stop]
    start -= start % size
    whole = start + (stop - start) // size * size
    last = slice(stop - 1, stop)
    if not envelope:
        ends = slice(start + size - 1, whole, size)
        if stop == whole:
            return x[ends], y[ends]
        return np.concatenate([x[ends], x[last]]), np.concatenate([y[ends], y[last]])
    groups = y[start:whole].reshape(-1, size)
    thin_x, thin_y = np.empty((len(groups), 2)), np.empty((len(groups), 2))
    thin_x[:, 0], thin_x[:, 1] = x[start:whole:size], x[start + size // 2 : whole : size]
    thin_y[:, 0], thin_y[:, 1] = np.fmin.reduce(groups, axis=1), np.fmax.reduce(groups, axis=1)
    parts_x, parts_y = [thin_x.ravel(), x[last]], [thin_y.ravel(), y[last]]
    if stop > whole:
        rest = y[whole:stop]
        parts_x.insert(1, x[[whole, stop - 1]])
        parts_y.insert(1, np.array([np.fmin.reduce(rest), np.fmax.reduce(rest)]))
    return np.concatenate(parts_x), np.concatenate(parts_y)
