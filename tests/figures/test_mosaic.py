"""What a mosaic promises."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpviz.figures.mosaic import Grid, best_columns, tile


def test_a_small_mosaic_by_hand():
    images = np.arange(1, 13, dtype=np.uint8).reshape(3, 2, 2)
    grid = Grid.of(3, columns=2, cell_shape=(2, 2), gap=1)
    assert grid.shape == (5, 5)
    assert tile(images, grid).tolist() == [
        [1, 2, 0, 5, 6],
        [3, 4, 0, 7, 8],
        [0, 0, 0, 0, 0],
        [9, 10, 0, 0, 0],
        [11, 12, 0, 0, 0],
    ]


def test_images_may_be_a_view_of_a_weight_matrix():
    weight = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)
    grid = Grid.of(4, 2, (2, 3), gap=0)
    tiled = tile(weight.T.reshape(4, 2, 3), grid)
    np.testing.assert_array_equal(tiled[2:, 3:], weight[:, 3].reshape(2, 3))


@given(
    n=st.integers(1, 30),
    columns=st.integers(1, 8),
    height=st.integers(1, 5),
    width=st.integers(1, 5),
    gap=st.integers(0, 3),
)
def test_cell_at_finds_what_cell_rect_places(n, columns, height, width, gap):
    grid = Grid.of(n, columns, (height, width), gap)
    for i in range(n):
        left, top, w, h = grid.cell_rect(i)
        assert (w, h) == (width, height)
        assert grid.cell_at(left, top) == (i, 0, 0)
        assert grid.cell_at(left + w - 0.01, top + h - 0.01) == (i, h - 1, w - 1)
        assert 0 <= left <= grid.shape[1] - w
        assert 0 <= top <= grid.shape[0] - h


def test_there_is_no_cell_in_a_gap_an_empty_place_or_outside():
    grid = Grid.of(3, 2, (4, 4), gap=2)
    assert grid.cell_at(4.5, 0) is None
    assert grid.cell_at(0, 5) is None
    assert grid.cell_at(7, 7) is None
    assert grid.cell_at(-0.1, 0) is None
    assert grid.cell_at(0, -0.1) is None
    assert grid.cell_at(10, 0) is None
    assert grid.cell_at(0, 100) is None


@pytest.mark.parametrize(
    ("n", "shape", "aspect", "columns"),
    [
        (100, (29, 29), 1.0, 10),
        (100, (29, 29), 4.0, 20),
        (10, (28, 28), 10.0, 10),
        (10, (28, 28), 0.1, 1),
        (1, (28, 28), 1.0, 1),
        (0, (28, 28), 1.0, 1),
        (4, (10, 40), 1.0, 1),
    ],
)
def test_best_columns(n, shape, aspect, columns):
    assert best_columns(n, shape, aspect) == columns


@given(n=st.integers(1, 200), aspect=st.floats(0.1, 10.0))
def test_no_other_number_of_columns_gives_larger_cells(n, aspect):
    def scale(columns):
        return min(aspect / columns, 1.0 / -(-n // columns))

    assert scale(best_columns(n, (1, 1), aspect)) == pytest.approx(max(scale(c) for c in range(1, n + 1)))


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="do not fit into"):
        Grid(5, 2, 2, 1, 1)
    with pytest.raises(ValueError, match="at least one pixel"):
        Grid(1, 1, 1, 0, 1)
    grid = Grid.of(2, 2, (3, 3))
    with pytest.raises(ValueError, match="do not fit"):
        tile(np.zeros((2, 3, 4)), grid)
    with pytest.raises(IndexError, match="no image 2 among 2"):
        grid.cell_rect(2)
