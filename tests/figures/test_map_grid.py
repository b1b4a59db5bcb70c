"""How small maps lie in a room: all of them in it, as large as may be, and not too much stretched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpviz.figures.map_grid import MOST_STRETCH, map_grid


@given(st.integers(1, 60), st.integers(5, 80), st.integers(5, 80), st.floats(50, 1500), st.floats(50, 1500))
def test_all_maps_lie_in_the_room_and_are_stretched_a_little_at_most(n, height, width, room_x, room_y):
    grid, (across, down) = map_grid(n, (height, width), 2, (room_x, room_y))
    assert grid.n == n
    assert grid.shape[1] * across <= room_x + 1e-6
    assert grid.shape[0] * down <= room_y + 1e-6
    assert max(across / down, down / across) <= MOST_STRETCH + 1e-9
    assert (grid.rows - 1) * grid.columns < n, "no row is empty"


@pytest.mark.parametrize("room", [(480, 210), (600, 180), (560, 380), (310, 400)])
@pytest.mark.parametrize("shape", [(30, 45), (24, 60), (60, 40)])
def test_sixteen_maps_fill_a_card_well(room, shape):
    grid, (across, down) = map_grid(16, shape, 3, room)
    filled = 16 * shape[0] * across * shape[1] * down / (room[0] * room[1])
    assert filled > 0.6
    assert grid.rows * grid.columns - 16 <= 2


def test_one_map_takes_the_room():
    grid, (across, down) = map_grid(1, (30, 40), 2, (400, 300))
    assert (grid.rows, grid.columns) == (1, 1)
    assert (across, down) == (10.0, 10.0)
