"""In how many columns small maps fill a room best, where each may be stretched a little."""

from mlpviz.figures.mosaic import Grid

MOST_STRETCH = 1.8
"""A map is not made wider, or higher, than so many times its proportions."""
_DISTORTION = 0.35  # how much of the room a map of twice its proportions would have to gain


def map_grid(
    n: int, cell_shape: tuple[int, int], gap: int, room: tuple[float, float]
) -> tuple[Grid, tuple[float, float]]:
    """How maps lie in a room, and how many pixels a pixel of theirs becomes across and down.

    Parameters
    ----------
    n : int
        At least 1.
    cell_shape : (int, int)
        Height and width of a map, in its own pixels.
    gap : int
        Between neighbours, in their pixels.
    room : (float, float)
        Width and height, in pixels.
    """
    found = []
    for columns in range(1, n + 1):
        grid = Grid.of(n, columns, cell_shape, gap)
        if grid.rows * columns - n >= columns:
            continue
        height, width = grid.shape
        across, down = room[0] / width, room[1] / height
        across, down = min(across, down * MOST_STRETCH), min(down, across * MOST_STRETCH)
        filled = n * cell_shape[0] * cell_shape[1] * across * down / (room[0] * room[1])
        stretch = max(across, down) / min(across, down)
        found.append((filled - _DISTORTION * (stretch - 1.0), -columns, grid, (across, down)))
    _, _, grid, scale = max(found, key=lambda each: each[:2])
    return grid, scale
