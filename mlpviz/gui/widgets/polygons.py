"""Arrays of places as Qt's polygons."""

from typing import Any

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtGui import QPolygonF


def polygon(x: NDArray[np.float64], y: NDArray[np.float64]) -> QPolygonF:
    """Places, (n,) and (n,), as Qt's points, without a call for each."""
    shape = QPolygonF()
    shape.resize(len(x))
    if len(x):
        memory: Any = shiboken6.VoidPtr(shape.data(), 16 * len(x), True)  # type: ignore[call-arg,arg-type]
        points = np.frombuffer(memory, np.float64).reshape(-1, 2)
        points[:, 0], points[:, 1] = x, y
    return shape
