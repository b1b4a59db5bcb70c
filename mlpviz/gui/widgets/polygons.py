"""Arrays of places as Qt's polygons."""

from typing import Any

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtGui import QPolygonF

_FARTHEST_PX = 1e6  # beyond that Qt's painter loses precision


def polylines(x: NDArray[np.float64], y: NDArray[np.float64]) -> list[QPolygonF]:
    """Places, (n,) and (n,), as a line, in several pieces where `y` is NaN. The arrays are written over."""
    for places in (x, y):
        np.clip(places, -_FARTHEST_PX, _FARTHEST_PX, out=places)
    finite = np.isfinite(y)
    if finite.all():
        return [polygon(x, y)]
    ends = np.flatnonzero(np.diff(finite, prepend=False, append=False)).reshape(-1, 2)
    return [polygon(x[start:stop], y[start:stop]) for start, stop in ends]


def polygon(x: NDArray[np.float64], y: NDArray[np.float64]) -> QPolygonF:
    """Places as Qt's points, without a call for each."""
    shape = QPolygonF()
    shape.resize(len(x))
    if len(x):
        memory: Any = shiboken6.VoidPtr(shape.data(), 16 * len(x), True)  # type: ignore[call-arg,arg-type]
        points = np.frombuffer(memory, np.float64).reshape(-1, 2)
        points[:, 0], points[:, 1] = x, y
    return shape
