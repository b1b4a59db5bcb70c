"""Colour scales as lookup tables, and the way from numbers to their entries.

A picture is a uint8 array of *indices* into a table of 256 colours. The table is laid out so that zero has a
colour of its own and the two sides are mirror images:

======= =======================================================================================
index   meaning
======= =======================================================================================
0       ``GAP``: nothing here; transparent
1       ``NOT_FINITE``: NaN or infinity; ``NOT_FINITE_COLOR``, a magenta that no scale contains
2..254  the scale; ``ZERO`` = 128 is its middle, one level is 1/126 of the limit
255     unused; the same colour as 254
======= =======================================================================================
"""

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

Indices = NDArray[np.uint8]
Lut = NDArray[np.uint8]

GAP = 0
NOT_FINITE = 1
LOWEST = 2
ZERO = 128
HIGHEST = 254
LEVELS_A_SIDE = HIGHEST - ZERO
SMALLEST_LIMIT = 1e-30
NOT_FINITE_COLOR = (229, 0, 155, 255)

# Control points (position, L*, a*, b*), joined by straight lines in CIELAB, where equal lengths look equally
# different. The inner three of the light scale are those of CET-CBD1 (Peter Kovesi, "Good Colour Maps: How to
# Design Them", arXiv:1509.03700, CC BY), which stays readable with the common colour deficiencies; its ends
# are carried on to darker blue and brown, so that large entries stand out. The dark scale runs through the
# same hues from a dark zero.
_SIGNED_LIGHT = (
    (-1.0, 42.0, 19.0, -62.0),
    (-0.72, 60.0, 11.7, -61.9),
    (0.0, 95.0, 0.0, 0.0),
    (0.72, 60.0, -2.9, 62.9),
    (1.0, 42.0, 6.0, 49.0),
)
_SIGNED_DARK = (
    (-1.0, 80.0, -3.0, -33.0),
    (-0.6, 55.0, 8.0, -56.0),
    (0.0, 17.0, 0.0, -2.0),
    (0.6, 55.0, 4.0, 56.0),
    (1.0, 80.0, 5.0, 64.0),
)
# The same green-blue from the ground of the card to deep, or on dark ground to bright: no hue of the signed
# scale, and no grey, so that a landscape is taken neither for weights nor for pixels.
_LOSS_LIGHT = (
    (0.0, 98.5, -2.0, 0.0),
    (0.35, 91.0, -12.0, -3.0),
    (0.7, 77.0, -22.0, -6.0),
    (1.0, 58.0, -25.0, -8.0),
)
_LOSS_DARK = (
    (0.0, 12.0, -2.0, -2.0),
    (0.35, 23.0, -11.0, -5.0),
    (0.7, 38.0, -19.0, -7.0),
    (1.0, 55.0, -25.0, -8.0),
)
_PIXELS_LIGHT = ((255, 255, 255), (0, 0, 0))
_PIXELS_DARK = ((13, 14, 17), (250, 250, 250))


@cache
def signed_scale(dark: bool = False) -> Lut:
    """Return the scale of everything signed: blue below zero, gold above, neutral at zero.

    Parameters
    ----------
    dark : bool
        Whether the picture lies on dark ground: zero is then dark, and both ends are bright.

    Returns
    -------
    (256, 4) uint8 array
        RGBA, read-only.
    """
    points = np.array(_SIGNED_DARK if dark else _SIGNED_LIGHT)
    position = np.linspace(-1.0, 1.0, HIGHEST - LOWEST + 1)
    lab = np.stack([np.interp(position, points[:, 0], points[:, k]) for k in (1, 2, 3)], axis=1)
    return _table(_lab_to_rgb(lab))


@cache
def pixel_scale(dark: bool = False) -> Lut:
    """Return the scale of pixels and activations, zero to one: ink on paper, or light on dark.

    Parameters
    ----------
    dark : bool
        Whether the picture lies on dark ground: large values are then light.

    Returns
    -------
    (256, 4) uint8 array
        RGBA, read-only. Grey levels are linear in the value, as in the image files themselves.
    """
    low, high = np.array(_PIXELS_DARK if dark else _PIXELS_LIGHT) / 255.0
    part = np.linspace(0.0, 1.0, HIGHEST - LOWEST + 1)[:, None]
    return _table(low + part * (high - low))


@cache
def loss_scale(dark: bool = False) -> Lut:
    """Return the scale of a loss landscape: the lowest ground pale, the heights full of colour.

    Parameters
    ----------
    dark : bool
        Whether the picture lies on dark ground: the lowest ground is then dark.

    Returns
    -------
    (256, 4) uint8 array
        RGBA, read-only; lightness runs one way.
    """
    points = np.array(_LOSS_DARK if dark else _LOSS_LIGHT)
    position = np.linspace(0.0, 1.0, HIGHEST - LOWEST + 1)
    lab = np.stack([np.interp(position, points[:, 0], points[:, k]) for k in (1, 2, 3)], axis=1)
    return _table(_lab_to_rgb(lab))


def signed_limit(array: ArrayLike) -> float:
    """Return the largest absolute entry, finite ones only; 1 where there is none or all are zero.

    Parameters
    ----------
    array : array of any shape

    Returns
    -------
    float
        Greater than zero: fit to be the limit of :func:`signed_indices`.
    """
    values = np.asarray(array)
    if values.size == 0:
        return 1.0
    largest = max(-float(values.min()), float(values.max()))
    if not np.isfinite(largest):
        finite = values[np.isfinite(values)]
        largest = float(np.abs(finite).max()) if finite.size else 0.0
    return largest if largest > 0.0 else 1.0


def signed_limits(images: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return :func:`signed_limit` of each image: (n, h, w) -> (n,), for "one scale each"."""
    if images.size == 0:
        return np.ones(len(images))
    largest = np.maximum(images.max(axis=(1, 2)), -images.min(axis=(1, 2))).astype(np.float64)
    for i in np.flatnonzero(~np.isfinite(largest) | (largest <= 0.0)):
        largest[i] = signed_limit(images[i])
    return largest


def signed_indices(array: ArrayLike, limit: float | NDArray[np.floating]) -> Indices:
    """Map numbers to entries of a signed scale: zero to the middle, ``-limit`` and ``limit`` to the ends.

    Parameters
    ----------
    array : array of any shape
    limit : float or array
        Greater than zero; an array must broadcast against `array`, e.g. (n, 1, 1) for one scale for each
        image.

    Returns
    -------
    uint8 array of the same shape
        ``LOWEST`` to ``HIGHEST``; beyond the limit the end of the scale; ``NOT_FINITE`` for NaN and infinity.
    """
    return _indices(array, 0.0, limit, LEVELS_A_SIDE, ZERO)


def pixel_indices(array: ArrayLike, high: float | NDArray[np.floating] = 1.0, low: float = 0.0) -> Indices:
    """Map numbers to entries of a sequential scale: `low` to its first, `high` to its last entry.

    Parameters
    ----------
    array : array of any shape
    high, low : float
        The ends of the scale, ``high > low``; an array `high` must broadcast against `array`.

    Returns
    -------
    uint8 array of the same shape
        As in :func:`signed_indices`.
    """
    return _indices(array, low, np.subtract(high, low), HIGHEST - LOWEST, LOWEST)


def colorize(indices: Indices, lut: Lut) -> NDArray[np.uint8]:
    """Look colours up.

    Parameters
    ----------
    indices : (h, w) uint8 array
    lut : (256, 4) uint8 array

    Returns
    -------
    (h, w, 4) uint8 array
        RGBA, C-contiguous; transparent entries are all zero, so that the colours also count as premultiplied.
    """
    words = np.ascontiguousarray(lut).view(np.uint32)[:, 0]
    return words.take(indices).view(np.uint8).reshape(*indices.shape, 4)


def scale_strip(lut: Lut) -> NDArray[np.uint8]:
    """Return the colours of a scale from low to high, (253, 4): what a legend shows."""
    return lut[LOWEST : HIGHEST + 1]


def _indices(array: ArrayLike, low: float, extent: ArrayLike, levels: int, first: int) -> Indices:
    values = np.asarray(array)
    if values.dtype not in (np.float32, np.float64):
        values = values.astype(np.float32)
    if values.size == 0:
        return np.zeros(values.shape, np.uint8)
    if not np.all(np.greater(extent, 0.0)):
        raise ValueError(f"the extent of a colour scale must be greater than zero, not {np.asarray(extent)}")
    factor = np.asarray(levels / np.maximum(extent, SMALLEST_LIMIT), dtype=values.dtype)
    with np.errstate(over="ignore"):
        scaled = values * factor
        scaled += first + 0.5 - low * factor
    lowest, highest = (
        scaled.min(),
        scaled.max(),
    )  # NaN if any entry is, so that this one look serves two questions
    if np.isfinite(lowest) and np.isfinite(highest):
        if lowest < LOWEST or highest >= HIGHEST + 1:
            np.clip(scaled, LOWEST, HIGHEST, out=scaled)
        return scaled.astype(np.uint8)
    np.clip(scaled, LOWEST, HIGHEST, out=scaled)
    scaled[~np.isfinite(values)] = NOT_FINITE
    return scaled.astype(np.uint8)


def _table(rgb: NDArray[np.float64]) -> Lut:
    table = np.zeros((256, 4), np.uint8)
    table[LOWEST : HIGHEST + 1, :3] = np.rint(np.clip(rgb, 0.0, 1.0) * 255.0)
    table[LOWEST:, 3] = 255
    table[HIGHEST + 1] = table[HIGHEST]
    table[NOT_FINITE] = NOT_FINITE_COLOR
    table.flags.writeable = False
    return table


def _lab_to_rgb(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    """CIELAB with the white of sRGB (D65) to sRGB, 0 to 1 where the screen can show it (IEC 61966-2-1)."""
    f_y = (lab[:, 0] + 16.0) / 116.0
    f = np.stack([f_y + lab[:, 1] / 500.0, f_y, f_y - lab[:, 2] / 200.0], axis=1)
    ratio = np.where(f > 6.0 / 29.0, f**3, (f - 4.0 / 29.0) * 3.0 * (6.0 / 29.0) ** 2)
    xyz = ratio * np.array([0.95047, 1.0, 1.08883])
    to_rgb = (
        (3.2404542, -1.5371385, -0.4985314),
        (-0.9692660, 1.8760108, 0.0415560),
        (0.0556434, -0.2040259, 1.0572252),
    )
    linear = np.clip(xyz @ np.array(to_rgb).T, 0.0, 1.0)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1.0 / 2.4) - 0.055)
