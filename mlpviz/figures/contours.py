"""Contours: the line where a field passes through a level, as short straight pieces."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

# A square of four neighbours has its corners at top left, top right, bottom right and bottom left, and its
# edges at the top, right, bottom and left. By which corners lie above the level (bit k: corner k): the edges
# that the contour joins; a saddle, with two opposite corners above, has two pieces.
_TOP, _RIGHT, _BOTTOM, _LEFT, _NONE = 0, 1, 2, 3, -1
_FIRST = np.full((16, 2), _NONE)
_SECOND = np.full((16, 2), _NONE)
for _above, _edges in {
    1: (_LEFT, _TOP),
    2: (_TOP, _RIGHT),
    3: (_LEFT, _RIGHT),
    4: (_RIGHT, _BOTTOM),
    5: (_LEFT, _TOP),
    6: (_TOP, _BOTTOM),
    7: (_LEFT, _BOTTOM),
}.items():
    _FIRST[_above] = _FIRST[15 - _above] = _edges
_FIRST[10] = (_TOP, _RIGHT)
_SECOND[5] = (_RIGHT, _BOTTOM)
_SECOND[10] = (_BOTTOM, _LEFT)
_ENDS = np.array([((0, 0), (1, 0)), ((1, 0), (1, 1)), ((0, 1), (1, 1)), ((0, 0), (0, 1))])  # (column, row)


def contour(field: NDArray[np.floating[Any]], level: float = 0.0) -> NDArray[np.float32]:
    """Return where a field passes through a level, by marching squares.

    Parameters
    ----------
    field : (rows, columns) array
        Where it is not finite there is no contour.
    level : float

    Returns
    -------
    (n, 2, 2) float32 array
        For each piece both its ends as (column, row), in steps of the grid: an end on the line between the
        field's entries ``[2, 5]`` and ``[2, 6]`` has a column between 5 and 6 and the row 2.
    """
    values = field - np.asarray(level, field.dtype)
    above = (values > 0).view(np.uint8)
    code = above[:-1, :-1] | above[:-1, 1:] << 1 | above[1:, 1:] << 2 | above[1:, :-1] << 3
    squares = np.flatnonzero(code - np.uint8(1) < 14)  # all but 0, which wraps, and 15
    codes = code.ravel()[squares]
    edges = _FIRST[codes]
    saddles = np.flatnonzero((codes == 5) | (codes == 10))
    if len(saddles):
        squares = np.concatenate([squares, squares[saddles]])
        edges = np.concatenate([edges, _SECOND[codes[saddles]]])
    rows, columns = np.divmod(squares, code.shape[1])
    ends = _ENDS[edges]  # (n, two ends, two neighbours, (column, row))
    ends[..., 0] += columns[:, None, None]
    ends[..., 1] += rows[:, None, None]
    near = values.ravel()[ends @ np.array([1, field.shape[1]])]
    low, high = near[..., 0], near[..., 1]
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        part = (low / (low - high))[..., None]
        places = ends[:, :, 0] + part * (ends[:, :, 1] - ends[:, :, 0])
    if not np.isfinite(part).all():
        places = places[np.isfinite(places).all(axis=(1, 2))]
    return places.astype(np.float32)
