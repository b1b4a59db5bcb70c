"""Cuts a path at the edges of a rectangle, exactly however far away its points are."""

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Box = tuple[float, float, float, float]
"""Left, low, right and high: x from left to right, y from low to high."""


def clipped(points: Points, box: Box) -> list[Points]:
    """The parts of a path that lie in a rectangle.

    Parameters
    ----------
    points
        (n, 2). A leg that begins or ends at a point that is not finite is left out.
    box
        Its edges belong to it.

    Returns
    -------
    list of (k, 2)
        Each at least two points long, in the path's order. What touches the rectangle in a single point
        only is a part of two equal points.
    """
    points = np.asarray(points, np.float64)
    legs = np.flatnonzero(np.isfinite(points[:-1]).all(axis=1) & np.isfinite(points[1:]).all(axis=1))
    if len(legs) == 0:
        return []
    tails, heads = points[legs], points[legs + 1]
    enter, leave, seen = _shares(tails, heads, box)
    legs, tails, heads = legs[seen], tails[seen], heads[seen]
    enter, leave = enter[seen], leave[seen]
    if len(legs) == 0:
        return []
    starts, ends = _at(tails, heads, enter, box), _at(tails, heads, leave, box)
    goes_on = (legs[1:] == legs[:-1] + 1) & (leave[:-1] == 1.0) & (enter[1:] == 0.0)
    firsts = np.flatnonzero(np.append(True, ~goes_on))
    lasts = np.append(firsts[1:], len(legs))
    return [
        np.concatenate([starts[first : first + 1], ends[first:last]])
        for first, last in zip(firsts, lasts, strict=True)
    ]


def _shares(tails: Points, heads: Points, box: Box) -> tuple[Points, Points, NDArray[np.bool_]]:
    """Which share of each leg, 0 to 1, lies before the rectangle and up to its end; and whether any does.

    The method is that of Liang and Barsky.
    """
    low, high = np.array(box[:2]), np.array(box[2:])
    with np.errstate(all="ignore"):
        step = heads - tails
        one, other = (low - tails) / step, (high - tails) / step
    along = step != 0
    within = (tails >= low) & (tails <= high)
    enters = np.where(along, np.minimum(one, other), np.where(within, -np.inf, np.inf))
    leaves = np.where(along, np.maximum(one, other), np.where(within, np.inf, -np.inf))
    enter, leave = np.maximum(enters.max(axis=1), 0.0), np.minimum(leaves.min(axis=1), 1.0)
    seen = (enter <= leave) & np.isfinite(step).all(axis=1)
    return enter, leave, seen


def _at(tails: Points, heads: Points, share: Points, box: Box) -> Points:
    """Points of the legs; rounding shall not carry them out of the rectangle."""
    part = share[:, None]
    places = np.where(part < 1.0, tails + part * (heads - tails), heads)
    return np.clip(places, box[:2], box[2:])
