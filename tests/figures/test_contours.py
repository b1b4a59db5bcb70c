"""A contour lies where the field has the level, and nowhere else."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mlpviz.figures.contours import contour

steep = st.floats(-3, 3, width=32)


def grid(rows: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Row and column of each cell, as floats."""
    row, column = np.mgrid[0:rows, 0:columns].astype(np.float64)
    return row, column


@given(steep, steep, st.floats(-5, 5, width=32))
def test_of_a_plane_it_is_the_straight_line_where_the_plane_has_the_level(across, down, level):
    assume(abs(across) + abs(down) > 0.1)
    row, column = grid(7, 9)
    for x, y in contour(across * column + down * row, level).reshape(-1, 2):
        assert across * x + down * y == pytest.approx(level, abs=1e-3)
        assert 0 <= x <= 8
        assert 0 <= y <= 6


def test_about_a_hill_it_is_a_closed_ring():
    row, column = grid(31, 31)
    pieces = contour(100.3 - (row - 15) ** 2 - (column - 15) ** 2)
    radius = np.hypot(*(pieces.reshape(-1, 2) - 15).T)
    np.testing.assert_allclose(radius, np.sqrt(100.3), atol=0.05)
    ends, times = np.unique(pieces.reshape(-1, 2).round(4), axis=0, return_counts=True)
    assert len(ends) > 30
    assert set(times) == {2}, "each end is where two pieces meet"


def test_between_two_neighbours_it_is_nearer_to_the_one_nearer_to_the_level():
    field = np.array([[0.0, 4.0], [0.0, 4.0]])
    np.testing.assert_allclose(sorted(contour(field, 1.0)[0].tolist()), [[0.25, 0], [0.25, 1]])


@pytest.mark.parametrize("field", [[[1.0, -1.0], [-1.0, 1.0]], [[-1.0, 1.0], [1.0, -1.0]]])
def test_a_saddle_has_two_pieces_that_do_not_cross(field):
    pieces = contour(np.array(field))
    assert len(pieces) == 2
    assert len(np.unique(pieces.reshape(-1, 2), axis=0)) == 4
    assert len({tuple(np.sign(piece.mean(axis=0) - 0.5)) for piece in pieces}) == 2


@pytest.mark.parametrize("value", [-1.0, 1.0, np.nan, np.inf])
def test_where_the_field_never_has_the_level_there_is_none(value):
    assert contour(np.full((4, 5), value)).shape == (0, 2, 2)


def test_what_is_not_finite_only_leaves_a_gap():
    row, _ = grid(6, 8)
    field = row - 2.5
    whole = len(contour(field))
    field[2, 3] = np.nan
    assert 0 < len(contour(field)) < whole
