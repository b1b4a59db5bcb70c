"""Arrays of places as Qt's polygons and paths."""

from typing import Any

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QDataStream
from PySide6.QtGui import QPainterPath, QPolygonF

_ELEMENT = np.dtype([("kind", ">i4"), ("x", ">f8"), ("y", ">f8")])
_MOVE, _LINE = 0, 1  # the first two of QPainterPath.ElementType

_DASH_PX = np.array([-1.5, 1.5])
_FARTHEST_PX = 1e6  # beyond that Qt's painter loses precision


def polylines(x: NDArray[np.float64], y: NDArray[np.float64]) -> list[QPolygonF]:
    """Places, (n,) and (n,), as a line, in several pieces where `y` is NaN; a dash where one stands alone.

    The arrays are written over.
    """
    for places in (x, y):
        np.clip(places, -_FARTHEST_PX, _FARTHEST_PX, out=places)
    finite = np.isfinite(y)
    if finite.all():
        return [polygon(x, y)]
    ends = np.flatnonzero(np.diff(finite, prepend=False, append=False)).reshape(-1, 2)
    return [
        polygon(x[start:stop], y[start:stop])
        if stop - start > 1
        else polygon(x[start] + _DASH_PX, y[[start, start]])
        for start, stop in ends
    ]


def polygon(x: NDArray[np.float64], y: NDArray[np.float64]) -> QPolygonF:
    """Places as Qt's points, without a call for each."""
    shape = QPolygonF()
    shape.resize(len(x))
    if len(x):
        memory: Any = shiboken6.VoidPtr(shape.data(), 16 * len(x), True)  # type: ignore[call-arg,arg-type]
        points = np.frombuffer(memory, np.float64).reshape(-1, 2)
        points[:, 0], points[:, 1] = x, y
    return shape


def segments(places: NDArray[np.floating[Any]]) -> QPainterPath:
    """Straight pieces, (n, 2, 2) as (x, y) of both ends, as one path, without a call for each.

    It is read from what `QDataStream` would write: how many elements, each, the last start and the fill rule.
    """
    path = QPainterPath()
    if len(places):
        elements = np.empty(places.shape[:2], _ELEMENT)
        elements["kind"] = _MOVE, _LINE
        elements["x"], elements["y"] = places[..., 0], places[..., 1]
        count, end = np.array([elements.size], ">i4"), np.array([elements.size - 2, 0], ">i4")
        QDataStream(QByteArray(count.tobytes() + elements.tobytes() + end.tobytes())) >> path
    return path
