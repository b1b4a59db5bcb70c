"""The view grows with what is to be seen, keeps still otherwise, and does not run away."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpviz.figures.view_range import MOST_GROWTH, ViewRange, curve_window, map_window

numbers = st.floats(-1e6, 1e6)


@given(numbers, numbers)
def test_the_centre_is_in_the_middle_and_the_points_are_in_view_with_a_margin(centre, point):
    reach = ViewRange(centre, [point])
    assert (reach.low + reach.high) / 2 == pytest.approx(centre, abs=1e-9 * (1 + abs(centre)))
    span = reach.high - reach.low
    assert reach.low + 0.05 * span <= point <= reach.high - 0.05 * span
    assert span >= 2


def test_a_path_that_stays_in_view_moves_nothing():
    reach = ViewRange(0.0, [2.0])
    before = reach.low, reach.high
    for k in range(100):
        assert reach.include([2.0 * math.cos(k) * 0.9**k])
    assert (reach.low, reach.high) == before


def test_it_grows_in_few_steps():
    reach, sizes = ViewRange(0.0, [1.0]), set()
    for k in range(1000):
        assert reach.include([0.01 * k])
        assert reach.low < 0.01 * k < reach.high
        sizes.add(reach.high)
    assert len(sizes) < 10


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=30))
def test_it_never_becomes_larger_than_its_limit_and_stays_finite(points):
    reach = ViewRange(1.0, [3.0])
    half = (reach.high - reach.low) / 2
    inside = reach.include(points)
    assert reach.high - reach.low <= 2 * MOST_GROWTH * half * (1 + 1e-12)
    assert math.isfinite(reach.low)
    assert math.isfinite(reach.high)
    finite = [point for point in points if math.isfinite(point)]
    assert inside == all(reach.low <= point <= reach.high for point in finite)


def test_it_goes_back_to_where_it_began():
    reach = ViewRange(0.0, [1.0])
    before = reach.low, reach.high
    reach.include([7.0])
    reach.shrink()
    assert (reach.low, reach.high) == before


def test_what_is_expected_is_in_view_unless_it_is_far_away():
    reach = ViewRange(0.0, [], 1.0)
    reach.expect(2.0)
    assert 2.0 < reach.high < 3.2
    before = reach.low, reach.high
    for far in (-2.6, 1e9, math.nan, -math.inf):
        reach.expect(far)
    assert (reach.low, reach.high) == before


@given(st.floats(0.1, 100), st.floats(0.1, 100), st.integers(50, 900), st.integers(50, 900))
def test_on_a_map_a_unit_is_as_long_across_as_up(half_x, half_y, width, height):
    x, y = ViewRange(3.0, [], half_x), ViewRange(-2.0, [], half_y)
    window = map_window(x, y, width, height)
    assert (window.right - window.left) / width == pytest.approx((window.top - window.bottom) / height)
    small = 1e-9 * (half_x + half_y)
    assert window.left <= x.low + small
    assert window.right >= x.high - small
    assert window.bottom <= y.low + small
    assert window.top >= y.high - small


def test_a_curve_stands_on_the_ground_if_it_comes_near():
    window = curve_window(ViewRange(0.0, [1.0]), [0.1, 4.0, math.inf, math.nan])
    assert window.bottom < 0 < 0.1
    assert window.top == 4.0
    high_up = curve_window(ViewRange(0.0, [1.0]), [90.0, 100.0])
    assert 88 < high_up.bottom < 90


def test_a_flat_curve_has_a_window_too():
    window = curve_window(ViewRange(0.0, [1.0]), [2.0, 2.0])
    assert window.bottom < 2.0 < window.top
    assert curve_window(ViewRange(0.0, [1.0]), []).top > 0
