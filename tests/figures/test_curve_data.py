"""A growing curve looks at what is new, and says what to draw."""

import numpy as np
import pytest

from mlpviz.figures.curve_data import CurveData


@pytest.fixture
def data() -> CurveData:
    return CurveData()


def test_a_longer_prefix_adds_only_what_is_new(data):
    x, y = np.arange(1000), np.random.default_rng(0).normal(size=1000)
    assert data.set_data(x[:300], y[:300])
    assert not data.set_data(x[:300], y[:300])
    assert data.set_data(x, y)
    np.testing.assert_array_equal(data.x, x)
    np.testing.assert_array_equal(data.y, y)
    assert data.bounds() == (y.min(), y.max())


@pytest.mark.parametrize(
    "other", [[9.0, 1.0, 2.0], [0.0, 1.0, 9.0], [0.0, 1.0], [5.0, 5.0, 5.0, 5.0]], ids=str
)
def test_another_curve_is_read_from_the_start(data, other):
    data.set_data(np.arange(3), np.array([0.0, 1.0, 2.0]))
    assert data.set_data(np.arange(len(other)), np.array(other))
    assert data.y.tolist() == other
    assert data.bounds() == (min(other), max(other))


def test_smoothing_follows_growth_and_change_of_weight(data):
    x, y = np.arange(500.0), np.random.default_rng(0).normal(size=500)
    data.set_data(x[:200], y[:200])
    data.line(0, 500, 1000, smoothing=0.9)
    data.set_data(x, y)
    whole = CurveData()
    whole.set_data(x, y)
    for weight in (0.9, 0.5):
        np.testing.assert_allclose(
            data.line(0, 500, 1000, smoothing=weight)[1], whole.line(0, 500, 1000, smoothing=weight)[1]
        )
    assert data.smoothed_at(499, 0.9) == pytest.approx(whole.smoothed_at(499, 0.9))


def test_what_is_not_finite_breaks_the_line(data):
    data.set_data(np.arange(4), np.array([1.0, np.inf, -np.inf, 2.0]))
    assert np.isnan(data.y[1:3]).all()
    assert data.bounds() == (1.0, 2.0)
    data.set_data(np.arange(5), np.array([1.0, np.inf, -np.inf, 2.0, np.nan]))
    assert not data.set_data(np.arange(5), np.array([1.0, np.inf, -np.inf, 2.0, np.nan]))


def test_logarithms_leave_out_what_has_none(data):
    data.set_data(np.arange(4), np.array([0.0, 0.1, -1.0, 10.0]))
    _, y = data.line(0, 4, 100, log=True)
    np.testing.assert_allclose(y, [np.nan, -1.0, np.nan, 1.0])
    assert data.bounds(log=True) == (0.1, 10.0)
    assert data.bounds() == (-1.0, 10.0)


def test_a_curve_without_any_value_has_no_bounds(data):
    assert data.bounds() is None
    data.set_data(np.arange(2), np.array([np.nan, np.nan]))
    assert data.bounds() is None
    data.clear()
    data.set_data(np.arange(2), np.zeros(2))
    assert data.bounds() == (0.0, 0.0)
    assert data.bounds(log=True) is None


def test_the_nearest_point(data):
    assert data.nearest(3.0) is None
    data.set_data(np.array([10, 20, 40]), np.zeros(3))
    assert [data.nearest(x) for x in (-5, 14, 16, 29, 31, 99)] == [0, 0, 1, 1, 2, 2]


def test_both_rows_must_be_equally_long(data):
    with pytest.raises(ValueError, match="as many x as y"):
        data.set_data(np.arange(3), np.arange(4))


def test_a_long_curve_is_drawn_as_it_grows_with_its_extremes(data):
    y = np.exp(np.random.default_rng(0).normal(size=50_000))
    y[[12_345, 34_567]] = 0.0, 1e6
    x = np.arange(1.0, 50_001.0)
    for stop in (1, 20_000, 20_001, 50_000):
        data.set_data(x[:stop], y[:stop])
        for log in (False, True):
            drawn = data.line(0, 50_000, 500, log)[1]
            seen = y[:stop][y[:stop] > 0] if log else y[:stop]
            ends = np.log10([seen.min(), seen.max()]) if log else [seen.min(), seen.max()]
            np.testing.assert_allclose([np.nanmin(drawn), np.nanmax(drawn)], ends)
