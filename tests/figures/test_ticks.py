"""Which numbers stand at an axis."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpviz.figures.numbers import THIN_SPACE
from mlpviz.figures.ticks import axis_range, axis_ticks, linear_ticks, log_ticks, tick_labels


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0.03, 2.5, ["0.03", "0.1", "0.3", "1"]),
        (0.001, 1, ["0.001", "0.01", "0.1", "1"]),
        (1e-6, 1, ["1e−6", "0.0001", "0.01", "1"]),
        (0.02, 0.2, ["0.02", "0.05", "0.1", "0.2"]),
        (0.08, 0.12, ["0.08", "0.09", "0.1", "0.11", "0.12"]),
    ],
)
def test_logarithmic_ticks_are_readable(low, high, labels):
    assert tick_labels(log_ticks(low, high, 5)) == labels


@pytest.mark.parametrize(
    ("low", "high", "percent", "labels"),
    [
        (0, 1812, False, ["0", "500", "1 000", "1 500"]),
        (-0.3, 0.3, False, ["−0.2", "0", "0.2"]),
        (0.5, 1.02, True, ["60 %", "80 %", "100 %"]),
        (0, 3e7, False, ["0", "1e7", "2e7", "3e7"]),
    ],
)
def test_linear_ticks_are_readable(low, high, percent, labels):
    assert tick_labels(linear_ticks(low, high, 5), percent) == [x.replace(" ", THIN_SPACE) for x in labels]


def test_one_number_alone_says_nothing_of_a_logarithmic_axis():
    assert [label for _, label in axis_ticks(-3.7, -0.6, 2, log=True)] == ["0.001", "0.01", "0.1"]


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 12))
def test_linear_ticks_lie_inside_and_are_few(low, span, most):
    ticks = linear_ticks(low, low + span, most)
    assert len(ticks) <= max(2, most)
    assert all(low - 1e-6 * span <= t <= low + span * (1 + 1e-6) for t in ticks)
    assert len(set(tick_labels(ticks))) == len(ticks)


@given(st.floats(-30, 30), st.floats(0.01, 40), st.integers(2, 12))
def test_logarithmic_ticks_lie_inside_and_are_few(exponent, decades, most):
    low, high = 10.0**exponent, 10.0 ** (exponent + decades)
    ticks = log_ticks(low, high, most)
    assert len(ticks) <= max(2, most)
    assert all(low * (1 - 1e-6) <= t <= high * (1 + 1e-6) for t in ticks)


def test_steps_have_whole_numbers():
    assert linear_ticks(0, 3, 10, whole=True) == [0, 1, 2, 3]


def test_an_impossible_axis_has_no_ticks():
    assert linear_ticks(1, 1, 5) == []
    assert linear_ticks(0, float("inf"), 5) == []
    assert log_ticks(0, 1, 5) == []


@pytest.mark.parametrize("log", [False, True])
def test_an_axis_has_room_also_where_all_values_are_equal(log):
    low, high = axis_range(0.5, 0.5, log)
    assert low < high
    low, high = axis_range(0.1, 10.0, log)
    assert low < (-1 if log else 0.1)
    assert high > (1 if log else 10.0)


def test_an_axis_of_percentages_ends_near_zero_and_one():
    low, high = axis_range(0.0, 1.0, percent=True)
    assert -0.06 < low < -0.03, "the label at zero keeps clear of the other axis"
    assert 1.0 < high < 1.05
    low, _ = axis_range(0.9, 1.0, percent=True)
    assert 0.88 < low < 0.9
    assert axis_range(0.0, 0.0) == (-0.56, 0.56)
