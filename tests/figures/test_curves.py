"""Thinning and smoothing keep what matters."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpviz.figures.curves import Average, Extremes, Smoother, decimate


def plain_average(values, weight):
    """The definition, one entry after the other."""
    total, norm, out = 0.0, 0.0, []
    for value in values:
        if np.isfinite(value):
            total, norm = weight * total + (1 - weight) * value, weight * norm + (1 - weight)
        out.append(total / norm if np.isfinite(value) else np.nan)
    return np.array(out)


@pytest.mark.parametrize("weight", [0.0, 0.5, 0.9, 0.98, 0.999])
@pytest.mark.parametrize("n", [0, 1, 63, 64, 65, 1000])
def test_the_average_is_the_one_defined(weight, n):
    values = np.random.default_rng(n).normal(size=n)
    np.testing.assert_allclose(Smoother(weight).extend(values), plain_average(values, weight), rtol=1e-9)


@given(st.lists(st.integers(0, 150), max_size=6))
def test_pieces_give_the_same_as_the_whole(lengths):
    values = np.random.default_rng(1).normal(size=sum(lengths))
    smoother, start, pieces = Smoother(0.9), 0, [np.empty(0)]
    for length in lengths:
        pieces.append(smoother.extend(values[start : start + length]))
        start += length
    np.testing.assert_allclose(np.concatenate(pieces), Smoother(0.9).extend(values), rtol=1e-9)


def test_what_is_not_finite_is_left_out_of_the_average():
    values = np.array([1.0, np.nan, 3.0, np.inf, 5.0])
    np.testing.assert_allclose(Smoother(0.5).extend(values), plain_average(values, 0.5))


def test_the_average_starts_at_the_first_value():
    assert Smoother(0.98).extend(np.array([7.0]))[0] == pytest.approx(7.0)


@pytest.mark.parametrize("weight", [-0.1, 1.0])
def test_a_weight_that_is_none_is_refused(weight):
    with pytest.raises(ValueError, match="weight"):
        Smoother(weight)


def test_few_points_stay_as_they_are():
    x, y = np.arange(100.0), np.random.default_rng(0).normal(size=100)
    thin_x, thin_y = decimate(x, y, 0.0, 99.0, 100)
    np.testing.assert_array_equal(thin_x, x)
    np.testing.assert_array_equal(thin_y, y)


def test_only_what_is_on_show_is_kept_and_one_point_beyond():
    x = np.arange(100.0)
    thin_x, _ = decimate(x, x, 10.5, 20.5, 100)
    assert thin_x[[0, -1]].tolist() == [10.0, 21.0]


@given(st.integers(1, 5000), st.integers(4, 60))
def test_a_thinned_curve_is_short_ascending_and_within_its_bounds(n, bins):
    x, y = np.arange(float(n)), np.random.default_rng(n).normal(size=n)
    thin_x, thin_y = decimate(x, y, 0.0, n, bins)
    assert len(thin_x) == len(thin_y) <= 4 * bins + 3
    assert (np.diff(thin_x) >= 0).all()
    assert (thin_x[0], thin_x[-1], thin_y[-1]) == (x[0], x[-1], y[-1])
    assert set(thin_y) <= set(y)
    assert (thin_y.min(), thin_y.max()) == (y.min(), y.max())


@given(st.lists(st.integers(0, 900), max_size=6), st.integers(1, 60), st.floats(0.0, 1.0))
def test_extremes_that_followed_a_curve_are_those_of_the_whole(lengths, bins, part):
    n = sum(lengths)
    x, y = np.arange(float(n)), np.random.default_rng(n).normal(size=n)
    y[n // 3 : n // 2] = np.nan
    extremes = Extremes()
    for stop in np.cumsum(lengths, dtype=int):
        extremes.extend(y[:stop])
    for low in (0.0, part * n):
        followed, whole = decimate(x, y, low, n, bins, extremes), decimate(x, y, low, n, bins)
        np.testing.assert_array_equal(followed, whole)


@given(st.lists(st.integers(0, 900), max_size=6), st.integers(1, 60), st.floats(0.0, 1.0), st.booleans())
def test_an_average_that_followed_a_curve_is_that_of_the_whole(lengths, bins, part, has_gap):
    n = sum(lengths)
    x, y = np.arange(float(n)), np.random.default_rng(n).normal(size=n)
    if has_gap:
        y[n // 3 : n // 2] = np.nan
    average, plain = Average(0.9), Smoother(0.9).extend(y)
    for stop in np.cumsum(lengths, dtype=int):
        average.extend(y[:stop])
    for low in (0.0, part * n):
        thin_x, thin_y = average.line(x, y, low, n, bins)
        assert len(thin_x) <= 2 * bins + 1
        assert (np.diff(thin_x) > 0).all()
        np.testing.assert_allclose(thin_y, plain[thin_x.astype(int)], rtol=1e-9)
    if np.isfinite(plain).any():
        assert average.lowest == pytest.approx(np.nanmin(plain))
        assert average.highest == pytest.approx(np.nanmax(plain))
        assert average.lowest_positive == pytest.approx(plain[plain > 0].min(initial=np.inf))


def test_a_single_spike_survives():
    y = np.zeros(100_000)
    y[54_321] = 9.0
    thin_x, thin_y = decimate(np.arange(100_000.0), y, 0, 100_000, 300)
    assert thin_y.max() == 9.0
    assert abs(thin_x[thin_y.argmax()] - 54_321) < 512


def test_points_drawn_before_stay_when_the_curve_grows():
    x, y = np.arange(10_000.0), np.random.default_rng(0).normal(size=10_000)
    before, after = (decimate(x[:n], y[:n], 0, n, 1000)[1] for n in (9000, 9600))
    np.testing.assert_array_equal(before[:2000], after[:2000])


def test_a_long_gap_breaks_the_thinned_curve():
    y = np.ones(10_000)
    y[4000:6000] = np.nan
    thin_x, thin_y = decimate(np.arange(10_000.0), y, 0, 10_000, 100)
    assert np.isnan(thin_y[(thin_x > 4200) & (thin_x < 5800)]).all()
    assert np.isfinite(thin_y[(thin_x < 3800) | (thin_x > 6200)]).all()
