"""A loss surface as a picture: shaded by height, with a line wherever the loss halves towards the lowest."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpviz.figures.colors import GAP, HIGHEST, LOWEST, Indices, Lut, colorize

HALVINGS = 12
"""How many level lines lie between the highest and the lowest ground."""

LINE_PX = 1.1
LINE_STRENGTH = 0.42  # of the line's colour on what lies below

Grid = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Levels:
    """What the colours stand for: from `floor` up to `top` the loss above the floor doubles at each line.

    For a quadratic each line then lies as far outside the last as the last was wide, times √2: a descent
    that converges crosses them at an even pace.
    """

    floor: float
    top: float

    def height(self, losses: Grid) -> Grid:
        """From 0 at the floor to 1 at the top; a step of 1 / HALVINGS from line to line."""
        with np.errstate(divide="ignore", invalid="ignore"):
            doublings = np.log2((losses - self.floor) / (self.top - self.floor))
        return np.clip(1 + doublings / HALVINGS, 0.0, 1.0)

    def loss_at(self, height: float) -> float:
        """The loss of a height between 0 and 1."""
        if height <= 0:
            return self.floor
        return self.floor + (self.top - self.floor) * 2.0 ** (HALVINGS * (height - 1))


def levels_of(losses: Grid) -> Levels:
    """The levels that suit an array of losses; what is not finite is left out."""
    finite = losses[np.isfinite(losses)]
    if finite.size == 0:
        return Levels(0.0, 1.0)
    floor, top = float(finite.min()), float(finite.max())
    return Levels(floor, top if top > floor else floor + max(abs(floor), 1.0) * 1e-6)


def cost_picture(
    losses: Grid, width: int, height: int, lut: Lut, line_rgb: tuple[int, int, int]
) -> tuple[NDArray[np.uint8], Levels]:
    """Paint a surface known at the points of a grid.

    Parameters
    ----------
    losses
        (B, A), row 0 at the bottom. The picture's edges run through the second row and column from each
        end, so that the surface is smooth up to the edge: A and B are at least 4.
    width, height
        Of the picture in pixels.
    lut
        The colours, from `mlpviz.figures.colors.loss_scale`.
    line_rgb
        The colour of the level lines, 0 to 255.

    Returns
    -------
    rgba
        (height, width, 4) uint8, row 0 at the top; transparent where the loss is not finite.
    levels
        What the colours stand for.
    """
    bad = ~np.isfinite(losses)
    finite = losses[~bad]
    filled = np.where(bad, finite.max() if finite.size else 0.0, losses)
    fine = _between(filled.shape[0], height) @ filled @ _between(filled.shape[1], width).T
    fine = np.clip(fine, _lowest(filled), filled.max())
    levels = levels_of(fine)
    levelled = levels.height(fine)
    indices = (LOWEST + 0.5 + (HIGHEST - LOWEST) * levelled).astype(np.uint8)
    strength = LINE_STRENGTH * _lines(levelled * HALVINGS)
    if bad.any():
        rows, columns = (_nearest(n, size) for n, size in zip(losses.shape, (height, width), strict=True))
        gap = bad[np.ix_(rows, columns)]
        indices[gap], strength[gap] = GAP, 0.0
    return _inked(indices, lut, strength, line_rgb)[::-1], levels


def _lowest(grid: Grid) -> float:
    """How low the surface may be between the points of a grid.

    A cubic swings beyond its points at a cliff, and such a pit would be taken for the optimum. But the true
    one may well lie between the points, about as deep below the lowest as its neighbours lie above it.
    """
    row, column = np.unravel_index(np.argmin(grid), grid.shape)
    around = grid[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
    return float(1.5 * grid[row, column] - 0.5 * np.median(around))


def _lines(doublings: Grid) -> Grid:
    """How much ink a pixel gets, 0 to 1: all of it where a whole number lies within the pixel."""
    down, right = np.gradient(doublings)
    steepness = np.hypot(down, right)
    distance = np.abs(doublings - np.round(doublings)) / np.maximum(steepness, 1e-12)
    ink = np.clip(0.5 + LINE_PX / 2 - distance, 0.0, 1.0)
    ink *= np.clip(1.6 - 3.0 * steepness, 0.0, 1.0)  # lines closer than a few pixels would be a blot
    ink[(doublings < 0.5) | (doublings > HALVINGS - 0.5)] = 0.0  # the ends are no lines
    return ink


def _inked(indices: Indices, lut: Lut, strength: Grid, line_rgb: tuple[int, int, int]) -> NDArray[np.uint8]:
    rgba = colorize(indices, lut)
    part = strength[:, :, None].astype(np.float32)
    mixed = rgba[:, :, :3] * (1 - part) + np.array(line_rgb, np.float32) * part
    rgba[:, :, :3] = np.where(rgba[:, :, 3:] > 0, mixed, 0).astype(np.uint8)
    return rgba


def _places(n: int, size: int) -> Grid:
    """Where the middles of `size` pixels lie between the second and the last but one of n points."""
    return 1 + (np.arange(size) + 0.5) / size * (n - 3)


def _nearest(n: int, size: int) -> NDArray[np.int64]:
    return np.rint(_places(n, size)).astype(np.int64)


def _between(n: int, size: int) -> Grid:
    """The weights of n points in each of `size` pixels, (size, n): Catmull-Rom, exact for quadratics."""
    place = _places(n, size)
    start = np.clip(place.astype(np.int64), 1, n - 3)
    t = place - start
    weights = np.zeros((size, n))
    for offset, weight in (
        (-1, ((2 - t) * t - 1) * t / 2),
        (0, ((3 * t - 5) * t * t + 2) / 2),
        (1, ((4 - 3 * t) * t + 1) * t / 2),
        (2, (t - 1) * t * t / 2),
    ):
        weights[np.arange(size), start + offset] += weight
    return weights
