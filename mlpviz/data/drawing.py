"""Pen strokes to a digit in MNIST's way: drawn, fitted into a box, centred by mass."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlpviz.data.dataset import read_only

Image = NDArray[np.float32]

PEN = 2.4 / 28
"""Width of the pen as a part of the canvas: with it a drawn digit has about as much ink as MNIST's."""
SIDE = 168
"""Pixels along the canvas on which strokes are drawn before they are made small."""
NOTHING_DRAWN = "nothing is drawn yet: press and move the pen"

_STAMPS_A_RADIUS = 5.0  # points so close that the edge between them is off by less than a tenth of a pixel
_STAMPS_AT_ONCE = 1000
_LONGEST_CUT = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A drawing on its way to a digit; pictures are (h, w) uint8, read-only, 0 paper to 255 ink.

    Attributes
    ----------
    stroke
        The drawing as it was made, only smaller.
    fitted
        In the middle of the picture, its longer side as long as the box; `stroke` where that step was off.
    digit
        What the network gets: `fitted` with its centre of mass in the middle, or `fitted` as it is.
    steps : tuple of (title, picture)
        Those that were done, in order.
    scale : float
        By how much fitting made it larger; 1 where that step was off.
    shift : (rows, columns)
        By how many pixels centring moved it, down and to the right; (0, 0) where that step was off.
    lost : float
        The part of the ink that centring pushed over the edge, 0 to 1.
    """

    stroke: NDArray[np.uint8]
    fitted: NDArray[np.uint8]
    digit: NDArray[np.uint8]
    steps: tuple[tuple[str, NDArray[np.uint8]], ...]
    scale: float
    shift: tuple[int, int]
    lost: float


def prepare(
    strokes: Sequence[ArrayLike], fit: bool = True, centre: bool = True, shape: tuple[int, int] = (28, 28)
) -> Prepared:
    """Turn pen strokes into a digit as the makers of MNIST did.

    Size-normalised into a box of 20 x 20 of 28 x 28 pixels with its aspect ratio kept, which makes grey
    levels, then moved so that its centre of mass is in the middle (LeCun, Cortes, Burges, "The MNIST database
    of handwritten digits"; its digits obey this to half a pixel, all but a few to 20).

    Parameters
    ----------
    strokes : sequence of (n, 2) float
        Polylines as in :func:`render_strokes`.
    fit, centre : bool
        Whether to take each step.
    shape : (height, width)
        Of the picture; the canvas is the largest square in its middle, the box 20/28 of that.

    Raises
    ------
    ValueError
        When no ink is on the canvas, or a stroke is not a polyline.
    """
    height, width = shape
    if min(shape) < 1:
        raise ValueError(f"shape is {height} x {width}: a picture has at least one row and one column")
    ink = render_strokes(strokes)
    if not ink.any():
        raise ValueError(NOTHING_DRAWN)
    stroke = _in_the_middle(_averaged(ink, min(shape) / SIDE, min(shape), min(shape)), shape)
    fitted = _in_the_middle(fit_box(ink, box_side(shape)), shape) if fit else stroke
    scale = box_side(shape) / max(_cut_to_ink(ink).shape) * SIDE / min(shape) if fit else 1.0
    shift = _way_to_middle(fitted, shape) if centre else (0, 0)
    moved = _placed(fitted, shape, *shift)
    lost = max(0.0, 1.0 - float(moved.sum(dtype=np.float64) / fitted.sum(dtype=np.float64)))
    pictures = (_grey_levels(stroke), _grey_levels(fitted), _grey_levels(moved))
    if not pictures[-1].any():  # less than a grey level
        raise ValueError(NOTHING_DRAWN)
    titles = ("Pen stroke", fit_title(shape), "Centre by mass")
    done = zip(titles, pictures, (True, fit, centre), strict=True)
    steps = tuple((title, picture) for title, picture, on in done if on)
    return Prepared(*pictures, steps, scale, shift, lost)


def render_strokes(strokes: Sequence[ArrayLike], side: int = SIDE, pen: float = PEN) -> Image:
    """Draw polylines with a round pen.

    Parameters
    ----------
    strokes : sequence of (n, 2) float
        Points (x, y) of each stroke, x to the right and y down, the canvas from 0 to 1; a stroke of one point
        is a dot. What lies outside the canvas is cut off.
    side : int
        Pixels along the canvas.
    pen : float
        Width of the pen as a part of the canvas, greater than 0.

    Returns
    -------
    (side, side) float32
        Ink from 0 to 1, anti-aliased: at the edge, one minus the pixel's distance.

    Raises
    ------
    ValueError
        When a stroke is not a polyline, a number is not finite, or side or pen is not positive.
    """
    if side < 1 or not pen > 0:
        raise ValueError(f"side is {side} and pen {pen}: both must be greater than zero")
    radius = pen * side / 2
    reach = int(np.ceil(radius + 1))
    points = _points_along(strokes, radius / side, radius / side / _STAMPS_A_RADIUS) * side
    border = 2 * reach + 1
    wide = side + 2 * border
    nearest = np.full(wide * wide, np.inf, np.float32)  # squared distance from each pixel to the pen's way
    around = np.arange(-reach, reach + 1)
    for start in range(0, len(points), _STAMPS_AT_ONCE):
        place = points[start : start + _STAMPS_AT_ONCE]
        pixel = np.floor(place).astype(np.int64)
        away = (around[:, None] + (pixel + 0.5 - place)[:, None, :]).astype(np.float32) ** 2
        index = around[:, None] + (pixel + border)[:, None, :]
        squared = away[:, :, None, 1] + away[:, None, :, 0]
        np.minimum.at(nearest, (index[:, :, None, 1] * wide + index[:, None, :, 0]).ravel(), squared.ravel())
    canvas = nearest.reshape(wide, wide)[border:-border, border:-border]
    return np.clip(radius + 0.5 - np.sqrt(canvas), 0.0, 1.0).astype(np.float32)


def fit_box(image: ArrayLike, box: int = 20) -> Image:
    """Cut a picture to its ink and scale that until its longer side is `box` pixels.

    Parameters
    ----------
    image : (h, w) array
        0 is paper, more is ink.
    box : int
        Side of the box in pixels.

    Returns
    -------
    (box, n) or (n, box) float32, n at most `box`
        Each pixel is the mean over the area it covers, so that edges become grey; the aspect ratio is kept.

    Raises
    ------
    ValueError
        When there is no ink, or the box has no pixel.
    """
    if box < 1:
        raise ValueError(f"box is {box}: its side is at least one pixel")
    ink = _cut_to_ink(np.asarray(image, np.float32))
    scale = box / max(ink.shape)
    height, width = (int(np.ceil(round(n * scale, 6))) for n in ink.shape)
    return _averaged(ink, scale, height, width)


def centre_by_mass(image: ArrayLike, shape: tuple[int, int] = (28, 28)) -> Image:
    """Move a picture by whole pixels until its centre of mass is in the middle of a field.

    Parameters
    ----------
    image : (h, w) array
        0 is paper, more is ink.
    shape : (height, width)
        Of the field. What does not fit is cut off.

    Returns
    -------
    (height, width) float32
        The centre of mass is within half a pixel of row ``height // 2``, column ``width // 2``, counted from
        0, where MNIST's is, unless ink was cut off.

    Raises
    ------
    ValueError
        When there is no ink.
    """
    ink = np.asarray(image, np.float32)
    return _placed(ink, shape, *_way_to_middle(ink, shape))


def smooth_stroke(points: ArrayLike) -> NDArray[np.float64]:
    """Round the corners between the points of a pen, (n, 2) -> (m, 2); the ends stay, and so do sharp turns.

    Corners are cut twice, at a quarter of the way to the next point (G. Chaikin, "An algorithm for high-speed
    curve generation", 1974), but never by more than a fiftieth of the canvas.
    """
    curve = np.asarray(points, np.float64).reshape(-1, 2)
    for _ in range(2):
        if len(curve) < 3:
            break
        step = np.diff(curve, axis=0)
        length = np.maximum(np.hypot(step[:, :1], step[:, 1:]), 1e-12)
        cut = step * np.minimum(0.25, _LONGEST_CUT / length)
        pairs = np.stack([curve[:-1] + cut, curve[1:] - cut], axis=1).reshape(-1, 2)
        curve = np.concatenate([curve[:1], pairs[1:-1], curve[-1:]])
    return curve


def box_side(shape: tuple[int, int]) -> int:
    """The side of the box that a drawing is fitted into, in pixels: 20 of 28."""
    return max(1, round(min(shape) * 20 / 28))


def fit_title(shape: tuple[int, int]) -> str:
    """What the first step is called: "Fit into 20 × 20"."""
    return f"Fit into {box_side(shape)} × {box_side(shape)}"


def _points_along(strokes: Sequence[ArrayLike], margin: float, spacing: float) -> NDArray[np.float64]:
    """Points on the strokes at most `spacing` apart, where they are within `margin` of the canvas."""
    starts, ways = [np.zeros((0, 2))], [np.zeros((0, 2))]
    for k, stroke in enumerate(strokes):
        line = np.asarray(stroke, np.float64)
        if line.ndim != 2 or line.shape[1] != 2 or not np.isfinite(line).all():
            raise ValueError(
                f"stroke {k} has the shape {line.shape}: give finite points (x, y), shape (n, 2)"
            )
        starts.append(line)
        ways.append(np.diff(line, axis=0, append=line[-1:]))  # ends with a way of no length: the last point
    start, way = np.concatenate(starts), np.concatenate(ways)
    divisor = np.where(np.abs(way) < 1e-12, 1e-12, way)
    to_low, to_high = (-margin - start) / divisor, (1.0 + margin - start) / divisor
    enter = np.maximum(0.0, np.minimum(to_low, to_high).max(axis=1, initial=0.0))
    leave = np.minimum(1.0, np.maximum(to_low, to_high).min(axis=1, initial=1.0))
    inside = enter <= leave
    start, way, enter, leave = start[inside], way[inside], enter[inside], leave[inside]
    count = np.maximum(1, np.ceil(np.hypot(way[:, 0], way[:, 1]) * (leave - enter) / spacing)).astype(
        np.int64
    )
    segment = np.repeat(np.arange(len(start)), count)
    number = np.arange(len(segment)) - np.repeat(np.cumsum(count) - count, count)
    part = enter[segment] + number / count[segment] * (leave - enter)[segment]
    return start[segment] + part[:, None] * way[segment]


def _averaged(image: Image, scale: float, height: int, width: int) -> Image:
    """Scale a picture, its middle staying in the middle: each new pixel is the mean over what it covers."""
    # Sums between fractional edges rather than a matrix product, which would wait for the threads of BLAS.
    across = _sums(image, scale, height)
    return (_sums(across.T, scale, width).T * scale**2).astype(np.float32)


def _sums(image: NDArray[np.floating], scale: float, n: int) -> NDArray[np.float64]:
    """What lies in each of `n` new rows, of height 1 / scale, beyond the edge nothing: (h, w) -> (n, w)."""
    height, width = image.shape
    below = np.zeros((height + 1, width))
    np.cumsum(image, axis=0, dtype=np.float64, out=below[1:])
    edges = np.clip((np.arange(n + 1) - n / 2) / scale + height / 2, 0, height)
    whole = np.minimum(edges.astype(np.int64), height - 1)
    return np.diff(below[whole] + (edges - whole)[:, None] * image[whole], axis=0)


def _cut_to_ink(image: Image) -> Image:
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    if not len(rows):
        raise ValueError(NOTHING_DRAWN)
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _way_to_middle(image: Image, shape: tuple[int, int]) -> tuple[int, int]:
    """Rows and columns from the centre of mass to the middle of the field, to the nearest pixel."""
    mass = image.sum(dtype=np.float64)
    if not mass > 0:
        raise ValueError(NOTHING_DRAWN)
    row = np.arange(image.shape[0]) @ image.sum(axis=1, dtype=np.float64) / mass
    column = np.arange(image.shape[1]) @ image.sum(axis=0, dtype=np.float64) / mass
    return _nearest_whole(shape[0] // 2 - row), _nearest_whole(shape[1] // 2 - column)


def _nearest_whole(number: float) -> int:
    return int(np.floor(round(number, 6) + 0.5))  # a symmetric digit lies between two pixels but for rounding


def _in_the_middle(image: Image, shape: tuple[int, int]) -> Image:
    return _placed(image, shape, (shape[0] - image.shape[0]) // 2, (shape[1] - image.shape[1]) // 2)


def _placed(image: Image, shape: tuple[int, int], top: int, left: int) -> Image:
    """The picture on an empty field, its first pixel at a row and column; what lies outside is cut off."""
    field = np.zeros(shape, np.float32)
    height, width = image.shape
    rows = slice(max(0, top), min(shape[0], top + height))
    columns = slice(max(0, left), min(shape[1], left + width))
    if rows.start < rows.stop and columns.start < columns.stop:
        field[rows, columns] = image[
            rows.start - top : rows.stop - top, columns.start - left : columns.stop - left
        ]
    return field


def _grey_levels(image: Image) -> NDArray[np.uint8]:
    return read_only(np.rint(np.clip(image, 0.0, 1.0) * 255).astype(np.uint8))
