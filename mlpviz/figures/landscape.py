"""The loss over one or two parameters, ready to be shown: a curve, or a picture with its levels."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlpviz.figures.colors import loss_scale
from mlpviz.figures.cost_picture import Levels, cost_picture
from mlpviz.figures.view_range import Window
from mlpviz.training.cost_surface import LossSlice

CURVE_POINTS = 241
MOST_PX = 700  # on either side; a larger picture is stretched, which is hard to see
_INK = {False: (20, 40, 42), True: (225, 240, 238)}


@dataclass(frozen=True, slots=True, eq=False)
class Map:
    """A picture of a surface, row 0 at the top, which covers a window."""

    rgba: NDArray[np.uint8]
    levels: Levels
    window: Window


def map_of(
    piece: LossSlice,
    window: Window,
    size: tuple[int, int],
    dark: bool,
    cell_px: int,
    cancelled: Callable[[], bool] = lambda: False,
) -> Map:
    """Compute and paint a surface.

    Parameters
    ----------
    piece
        The loss over two parameters.
    size
        (width, height) in pixels.
    cell_px
        How many pixels lie between two points where the loss is computed; in between it is interpolated.
    """
    shrink = max(1.0, max(size) / MOST_PX)
    width, height = (max(8, round(side / shrink)) for side in size)
    losses = piece.grid(
        _nodes(window.left, window.right, width / cell_px),
        _nodes(window.bottom, window.top, height / cell_px),
        cancelled,
    )
    rgba, levels = cost_picture(losses, width, height, loss_scale(dark), _INK[dark])
    return Map(rgba, levels, window)


def curve_of(piece: LossSlice, low: float, high: float) -> NDArray[np.float64]:
    """The loss over one parameter, points (n, 2) from `low` to `high`."""
    x = np.linspace(low, high, CURVE_POINTS)
    return np.stack([x, piece.at(x)], axis=1)


def _nodes(low: float, high: float, cells: float) -> NDArray[np.float64]:
    """Even points from one before `low` to one beyond `high`."""
    n = max(4, round(cells))
    return low + (high - low) * np.arange(-1, n + 2) / n
