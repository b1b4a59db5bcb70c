"""What is cut at the edges of a rectangle lies in it, on the line it was cut from."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpviz.figures.cost_clip import clipped

BOX = (0.0, 0.0, 10.0, 5.0)


def parts(*points):
    return [part.tolist() for part in clipped(np.array(points, float), BOX)]


def test_what_lies_inside_stays_as_it_is():
    assert parts((1, 1), (2, 4), (9, 3)) == [[[1, 1], [2, 4], [9, 3]]]


def test_a_leg_through_the_rectangle_is_cut_at_both_edges():
    assert parts((-10, 2), (20, 2)) == [[[0, 2], [10, 2]]]
    assert parts((-1, -1), (7, 7)) == [[[0, 0], [5, 5]]]


def test_a_path_that_leaves_and_comes_back_is_in_two_parts():
    assert parts((1, 1), (1, 9), (3, 9), (3, 1), (4, 1)) == [[[1, 1], [1, 5]], [[3, 5], [3, 1], [4, 1]]]


def test_what_lies_outside_is_left_out():
    assert parts((-5, 1), (-5, 4), (-1, 20)) == []
    assert parts((-1, 4.5), (1, 6.5)) == [], "it passes the corner without touching"
    assert parts((-1, 4), (1, 6)) == [[[0, 5], [0, 5]]], "it touches the corner"
    assert parts((3, 6), (7, 6)) == []


def test_what_is_not_finite_breaks_the_path():
    nan, inf = np.nan, np.inf
    path = ((1, 1), (2, 1), (nan, 1), (3, 1), (4, 1), (inf, 1), (1e308, 1), (-1e308, 2))
    assert parts(*path) == [[[1, 1], [2, 1]], [[3, 1], [4, 1]]]


@pytest.mark.parametrize("n", [0, 1])
def test_no_leg_no_part(n):
    assert clipped(np.zeros((n, 2)), BOX) == []


@pytest.mark.parametrize("far", [1e3, 1e6, 1e9])
def test_a_huge_leg_still_goes_through_the_point_it_went_through(far):
    ahead = np.array([0.6, 0.8])
    (part,) = clipped(np.array([5, 2.5]) + np.outer([-far, 2 * far], ahead), BOX)
    np.testing.assert_allclose(part.mean(axis=0), [5, 2.5], atol=1e-6)
    np.testing.assert_allclose(part[:, 1], [0, 5], atol=1e-6)


near = st.floats(-30, 30)


@given(st.lists(st.tuples(near, near), min_size=2, max_size=12))
def test_each_part_is_in_the_rectangle_and_on_the_path(points):
    path = np.array(points)
    for part in clipped(path, BOX):
        assert len(part) >= 2
        assert (part >= BOX[:2]).all()
        assert (part <= BOX[2:]).all()
        for place in part:
            assert min(_distance(place, *leg) for leg in pairwise(path)) < 1e-9


@given(st.lists(st.tuples(near, near), min_size=2, max_size=12), st.integers(0, 10), st.floats(0, 1))
def test_no_place_in_the_rectangle_is_lost(points, leg, share):
    path = np.array(points)
    tail, head = path[leg % (len(path) - 1)], path[leg % (len(path) - 1) + 1]
    place = tail + share * (head - tail)
    if not ((place > np.add(BOX[:2], 1e-6)).all() and (place < np.subtract(BOX[2:], 1e-6)).all()):
        return
    legs = [pair for part in clipped(path, BOX) for pair in pairwise(part)]
    assert min(_distance(place, *pair) for pair in legs) < 1e-9


def _distance(place, tail, head):
    """From a place to the nearest place of a leg."""
    step = head - tail
    share = np.clip((place - tail) @ step / max(step @ step, 1e-300), 0, 1)
    return np.hypot(*(place - tail - share * step))
