"""Bars on a logarithmic axis."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpviz.figures.log_bars import LogAxis

positive = st.floats(1e-30, 1e30)


@given(st.lists(positive, min_size=1, max_size=8), st.sampled_from([None, 1.0]))
def test_every_value_has_a_place_within_and_larger_ones_stand_higher(values, base):
    axis = LogAxis.of(values, base)
    places = [axis.place(value) for value in sorted(values)]
    assert all(0 < place < 1 for place in places)
    assert places == sorted(places)
    assert axis.low < min(values) <= max(values) < axis.high


@pytest.mark.parametrize(
    ("values", "base", "ends"),
    [
        ([1.0], None, (0.5, 2.0)),
        ([0.0002, 0.3], None, (0.0001, 0.5)),
        ([0.25, 0.9], 1.0, (0.1, 2.0)),
        ([], None, (0.1, 1.0)),
        ([0.0, math.nan, math.inf], None, (0.1, 1.0)),
    ],
)
def test_it_ends_at_round_numbers(values, base, ends):
    axis = LogAxis.of(values, base)
    assert (axis.low, axis.high) == pytest.approx(ends)


def test_equal_factors_are_equally_far_apart():
    axis = LogAxis(0.01, 100.0, 1.0)
    assert [axis.place(x) for x in (0.01, 0.1, 1, 10, 100)] == pytest.approx([0, 0.25, 0.5, 0.75, 1])
    assert axis.foot == 0.5
    assert LogAxis(0.01, 100.0).foot == 0


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_what_has_no_logarithm_has_no_place(value):
    assert LogAxis(0.1, 1.0).place(value) is None


def test_round_numbers_are_marked():
    assert LogAxis(0.001, 1.0).ticks(4) == pytest.approx([0.001, 0.01, 0.1, 1.0])
