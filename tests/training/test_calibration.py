"""Certainty against accuracy: bins and the expected calibration error, by hand and in general."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpviz.training.calibration import BINS, calibration, in_words


def test_by_hand():
    certainty = np.array([0.95, 0.91, 1.0, 0.55, 0.55])
    right = np.array([True, True, False, True, False])
    found = calibration(certainty, right)
    assert found.counts.tolist() == [0, 0, 0, 0, 0, 2, 0, 0, 0, 3]
    assert found.certainty[[5, 9]] == pytest.approx([0.55, 2.86 / 3])
    assert found.accuracy[[5, 9]] == pytest.approx([0.5, 2 / 3])
    assert np.isnan(found.accuracy[0])
    assert found.error == pytest.approx(2 / 5 * 0.05 + 3 / 5 * (2.86 / 3 - 2 / 3))
    assert found.edges == pytest.approx(np.arange(11) / 10)


def test_an_edge_belongs_to_the_bin_below_it_and_zero_to_the_first():
    found = calibration(np.array([0.0, 0.5, 0.500001, 1.0]), np.ones(4, bool), bins=2)
    assert found.counts.tolist() == [2, 2]


def test_as_right_as_certain_is_an_error_of_zero():
    certainty = np.full(8, 0.75)
    assert calibration(certainty, np.arange(8) < 6).error == 0


def test_sure_and_always_wrong_is_an_error_of_one():
    assert calibration(np.ones(3), np.zeros(3, bool)).error == 1


def test_what_was_not_said_is_left_out():
    found = calibration(np.array([np.nan, 0.8]), np.array([False, True]))
    assert (found.counts.sum(), found.error) == (1, pytest.approx(0.2))


def test_without_an_example_there_is_no_error():
    found = calibration(np.full(3, np.nan), np.zeros(3, bool))
    assert np.isnan(found.error)
    assert found.counts.sum() == 0


@pytest.mark.parametrize(("certainty", "bins"), [([0.5], 0), ([1.5], 10), ([-0.1], 10)])
def test_what_is_refused(certainty, bins):
    with pytest.raises(ValueError, match=r"at least 1|from 0 to 1"):
        calibration(np.array(certainty), np.ones(1, bool), bins)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=80), st.integers(1, 20))
def test_every_example_is_in_the_bin_of_its_certainty(drawn, bins):
    certainty, right = (np.array(part) for part in zip(*drawn, strict=True))
    found = calibration(certainty, right, bins)
    assert found.counts.sum() == len(drawn)
    full = found.counts > 0
    assert (found.certainty[full] >= found.edges[:-1][full] - 1e-9).all()
    assert (found.certainty[full] <= found.edges[1:][full] + 1e-9).all()
    assert (found.counts[full] * found.accuracy[full]).sum() == pytest.approx(right.sum())
    assert (found.counts[full] * found.certainty[full]).sum() == pytest.approx(certainty.sum())
    # the error is never below the gap between accuracy and certainty over all examples
    assert abs(right.mean() - certainty.mean()) - 1e-9 <= found.error <= 1


def test_ten_bins_unless_told_otherwise():
    assert len(calibration(np.ones(1), np.ones(1, bool)).counts) == BINS == 10


def bins_of(*bins):
    """A calibration of bins given as (examples, certainty, how many are right)."""
    certainty = np.concatenate([np.full(n, certain) for n, certain, _ in bins])
    return calibration(certainty, np.concatenate([np.arange(n) < right for n, _, right in bins]))


@pytest.mark.parametrize(
    ("bins", "words"),
    [
        ([(100, 0.9, 84)], "Sure too often: where it says 90\u202f% it is right 84\u202f% of the time."),
        (
            [(100, 0.6, 75), (10, 0.85, 8)],
            "Too modest: where it says 60\u202f% it is right 75\u202f% of the time.",
        ),
        (
            [(100, 0.9, 80), (100, 0.5, 60)],
            "Too sure here, too modest there: where it says 90\u202f% it is right 80\u202f% of the time, "
            "and where it says 50\u202f% it is right 60\u202f%.",
        ),
        (
            [(1000, 0.985, 980)],
            "Well calibrated: certainty and accuracy agree within 0.5\u202f% on average.",
        ),
        (
            [(4, 0.55, 4)],
            "Too modest: where it says 55\u202f% it is right 100\u202f% of the time. "
            "It was seen on only 4 examples.",
        ),
    ],
)
def test_in_words(bins, words):
    assert in_words(bins_of(*bins)) == words


def test_where_nothing_was_said_there_is_no_verdict():
    assert in_words(calibration(np.array([np.nan]), np.array([False]))) == ""
