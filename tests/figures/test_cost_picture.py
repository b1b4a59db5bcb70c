"""The picture of a loss surface is low where the loss is low, and has a line wherever it halves."""

import numpy as np
import pytest

from mlpviz.figures.colors import HIGHEST, LOWEST, loss_scale, pixel_scale, signed_scale
from mlpviz.figures.cost_picture import HALVINGS, Levels, cost_picture, levels_of

RED = (255, 0, 0)


def bowl(n=40, centre=(0.0, 0.0), stretch=1.0):
    """x² + stretch·y² from −1 to 1, and one point beyond each edge."""
    at = np.linspace(-1, 1, n - 2)
    at = np.concatenate([[2 * at[0] - at[1]], at, [2 * at[-1] - at[-2]]])
    x, y = np.meshgrid(at - centre[0], at - centre[1])
    return x**2 + stretch * y**2


def brightness(rgba):
    return rgba[:, :, :3].astype(int).sum(axis=2)


@pytest.mark.parametrize("dark", [False, True])
def test_the_lowest_place_is_where_the_surface_is_lowest(dark):
    rgba, _ = cost_picture(bowl(centre=(0.5, -0.25)), 200, 100, loss_scale(dark), (0, 0, 0))
    light = brightness(rgba)
    lowest = np.argmin(light) if dark else np.argmax(light)
    row, column = np.unravel_index(lowest, light.shape)
    assert column / 200 == pytest.approx(0.75, abs=0.04)
    assert row / 100 == pytest.approx(0.625, abs=0.06)  # y runs up, rows run down


def test_between_the_points_of_the_grid_a_quadratic_is_met_exactly():
    _, levels = cost_picture(1 + bowl(n=12), 301, 301, loss_scale(), RED)
    assert levels.floor == pytest.approx(1.0, abs=1e-9)
    assert levels.top == pytest.approx(1 + 2 * (300 / 301) ** 2)


def test_beside_a_cliff_there_is_no_pit():
    losses = np.full((30, 30), 1.0)
    losses[:, :10] = 100.0
    losses[20, 25] = 0.99
    _, levels = cost_picture(losses, 300, 300, loss_scale(), RED)
    assert levels.floor > 0.97


def test_from_line_to_line_the_loss_above_the_floor_doubles():
    levels = Levels(3.0, 11.0)
    losses = 3.0 + 8.0 * 0.5 ** np.arange(HALVINGS)
    np.testing.assert_allclose(levels.height(losses) * HALVINGS, HALVINGS - np.arange(HALVINGS))
    assert levels.height(np.array([3.0, 2.0]))[0] == 0
    for height in (0.2, 0.5, 1.0):
        assert levels.height(np.array([levels.loss_at(height)]))[0] == pytest.approx(height)


def test_the_lines_are_where_they_should_be():
    """On the way from the middle of a bowl to its edge the excess doubles each time r grows by √2."""
    plain, levels = cost_picture(bowl(80), 801, 801, loss_scale(), (0, 0, 0))
    across = brightness(plain)[400, 400:].astype(float)
    steps = across - np.minimum(np.roll(across, 3), np.roll(across, -3))
    for k in range(2, 7):
        radius = np.sqrt((levels.top - levels.floor) * 0.5**k) * 400
        near = steps[round(radius) - 3 : round(radius) + 4]
        assert near.min() < -60, f"no line at {radius}"


def test_no_number_is_left_open():
    losses = bowl()
    losses[:8, :8] = np.nan
    losses[30:, 30:] = np.inf
    rgba, levels = cost_picture(losses, 120, 120, loss_scale(), RED)
    assert (rgba[-5, 5] == 0).all(), "row 0 is at the top"
    assert (rgba[5, -5] == 0).all()
    assert rgba[60, 60, 3] == 255
    assert np.isfinite([levels.floor, levels.top]).all()


@pytest.mark.parametrize("losses", [np.full((6, 6), 2.0), np.full((6, 6), np.nan), np.full((6, 6), 1e300)])
def test_a_plain_of_one_height_is_a_picture_too(losses):
    rgba, levels = cost_picture(losses, 20, 10, loss_scale(), RED)
    assert rgba.shape == (10, 20, 4)
    assert levels.top > levels.floor


def test_levels_of_nothing():
    assert levels_of(np.array([np.nan])).top > 0


@pytest.mark.parametrize("dark", [False, True])
def test_the_scale_runs_one_way_and_is_no_other(dark):
    lut = loss_scale(dark)[LOWEST : HIGHEST + 1, :3].astype(float)
    light = lut @ [0.2126, 0.7152, 0.0722]
    steps = np.diff(light[::6])
    assert (steps > 0).all() if dark else (steps < 0).all()
    ends = [lut[-1], *(scale(dark)[[LOWEST, HIGHEST], :3] for scale in (signed_scale, pixel_scale))]
    for other in np.concatenate(ends[1:]):
        assert np.abs(ends[0] - other).max() > 60
