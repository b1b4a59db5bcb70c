"""Many small images as one: where each lies, and the one tiled array."""

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Grid:
    """Where `n` images of one size lie in a mosaic, row by row, in pixels of the tiled image.

    Attributes
    ----------
    n : int
        Number of images; the last row may be part empty.
    rows, columns : int
    cell_height, cell_width : int
        The size of each image.
    gap : int
        Pixels between neighbours; none around the whole.
    """

    n: int
    rows: int
    columns: int
    cell_height: int
    cell_width: int
    gap: int = 1

    def __post_init__(self) -> None:
        if self.n < 0 or min(self.rows, self.columns, self.cell_height, self.cell_width) < 1 or self.gap < 0:
            raise ValueError(f"a grid needs rows, columns and cells of at least one pixel: {self}")
        if self.n > self.rows * self.columns:
            raise ValueError(f"{self.n} images do not fit into {self.rows} rows of {self.columns}")

    @classmethod
    def of(cls, n: int, columns: int, cell_shape: tuple[int, int], gap: int = 1) -> "Grid":
        """Return the grid with as many rows as `n` images in `columns` columns take."""
        return cls(n, max(1, -(-n // columns)), columns, *cell_shape, gap)

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the tiled image."""
        return (
            self.rows * (self.cell_height + self.gap) - self.gap,
            self.columns * (self.cell_width + self.gap) - self.gap,
        )

    def cell_rect(self, i: int) -> tuple[int, int, int, int]:
        """Return left, top, width and height of image `i`."""
        if not 0 <= i < self.n:
            raise IndexError(f"there is no image {i} among {self.n}")
        row, column = divmod(i, self.columns)
        return (
            column * (self.cell_width + self.gap),
            row * (self.cell_height + self.gap),
            self.cell_width,
            self.cell_height,
        )

    def cell_at(self, x: float, y: float) -> tuple[int, int, int] | None:
        """Return the image under a point, and the row and column inside it.

        None in a gap, an empty place or outside.
        """
        column, in_column = divmod(math.floor(x), self.cell_width + self.gap)
        row, in_row = divmod(math.floor(y), self.cell_height + self.gap)
        i = row * self.columns + column
        inside = 0 <= column < self.columns and row >= 0 and 0 <= i < self.n
        if not inside or in_column >= self.cell_width or in_row >= self.cell_height:
            return None
        return i, in_row, in_column


def best_columns(n: int, cell_shape: tuple[int, int], aspect: float) -> int:
    """Return the number of columns with which `n` images are largest in a room of the given proportions.

    Parameters
    ----------
    n : int
    cell_shape : (int, int)
        Height and width of an image, in any unit, the gap included.
    aspect : float
        Width of the room divided by its height.

    Returns
    -------
    int
        1 to `n`; among equals the fewest, so that fewest places stay empty.
    """
    if n <= 1:
        return 1
    height, width = cell_shape
    columns = np.arange(1, n + 1)
    rows = -(-n // columns)
    scale = np.minimum(aspect / (columns * width), 1.0 / (rows * height))
    return int(columns[np.argmax(scale)])


def tile(images: np.ndarray, grid: Grid) -> np.ndarray:
    """Copy images into one array.

    Parameters
    ----------
    images : (n, h, w) array
        Usually indices from :mod:`mlpviz.figures.colors`.
    grid : Grid
        With the same n, h and w.

    Returns
    -------
    (H, W) array
        Gaps and empty places hold ``GAP`` (zero).
    """
    height, width = grid.cell_height, grid.cell_width
    if images.shape != (grid.n, height, width):
        raise ValueError(f"images of shape {images.shape} do not fit {grid}")
    room = np.zeros((grid.rows, height + grid.gap, grid.columns, width + grid.gap), images.dtype)
    cells = room[:, :height, :, :width].transpose(0, 2, 1, 3)
    whole, rest = divmod(grid.n, grid.columns)
    cells[:whole] = images[: grid.n - rest].reshape(whole, grid.columns, height, width)
    if rest:
        cells[whole, :rest] = images[grid.n - rest :]
    tiled = room.reshape(room.shape[0] * room.shape[1], -1)
    return tiled[: grid.shape[0], : grid.shape[1]]
