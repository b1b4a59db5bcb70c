"""Many runs in one picture: joined with gaps, and found by pointing at them."""

import numpy as np
import pytest

from mlpviz.figures.seed_lines import SeedLines


@pytest.fixture
def runs(seed_result):
    """Falling from 1 to 0.1, 0.01 and 0.5, in three steps."""
    return [seed_result(3, 0.1), seed_result(4, 0.01), seed_result(5, 0.5, "plateau")]


def test_runs_of_one_verdict_are_one_line_with_gaps(runs):
    x, y = SeedLines(runs, log=False).joined("learnt")
    np.testing.assert_array_equal(x, [1, 2, 3, np.nan, 1, 2, 3, np.nan])
    np.testing.assert_allclose(y, [1, 0.55, 0.1, np.nan, 1, 0.505, 0.01, np.nan])
    assert [len(part) for part in SeedLines(runs, log=False).joined("diverged")] == [0, 0]


def test_ends_are_seeds_and_heights(runs):
    x, y = SeedLines(runs, log=True).ends("learnt")
    assert x.tolist() == [3, 4]
    np.testing.assert_allclose(y, [-1, -2])


def test_a_loss_of_zero_lies_at_the_foot_of_a_logarithmic_axis(runs, seed_result):
    lines = SeedLines([*runs, seed_result(6, 0.0)], log=True)
    assert lines.ends("learnt")[1][-1] == pytest.approx(-2)
    assert lines.bounds() == (3.0, pytest.approx(0.01), 1.0)
    assert SeedLines([*runs, seed_result(6, 0.0)], log=False).bounds() == (3.0, 0.0, 1.0)


def test_the_nearest_curve_is_found_within_reach(runs):
    lines = SeedLines(runs, log=False)
    assert lines.nearest_curve(2.9, 0.5, reach=0.1) == 5
    assert lines.nearest_curve(3.0, 0.03, reach=0.1) == 4
    assert lines.nearest_curve(3.0, 0.3, reach=0.1) is None
    assert lines.nearest_curve(3.1, 0.5, reach=0.1) is None  # no run came so far


def test_the_nearest_dot_is_found_within_reach(runs):
    lines = SeedLines(runs, log=False)
    assert lines.nearest_end(4.2, 0.05, reach_x=0.5, reach_y=0.1) == 4
    assert lines.nearest_end(4.2, 0.25, reach_x=0.5, reach_y=0.1) is None


def test_a_picture_of_nothing_is_empty():
    lines = SeedLines([], log=True)
    assert lines.bounds() == (1.0, 0.1, 1.0)
    assert lines.nearest_curve(1, 0, reach=1) is None
    assert lines.nearest_end(0, 0, reach_x=1, reach_y=1) is None
    assert len(lines.curve(3)[0]) == 0


def test_a_run_that_diverged_at_once_has_an_end_but_no_curve(seed_result):
    lines = SeedLines([seed_result(0, float("inf"), "diverged", steps=0)], log=True)
    assert [len(part) for part in lines.curve(0)] == [0, 0]
    assert lines.nearest_end(0, 0, reach_x=1, reach_y=1) is None
    assert lines.bounds() == (1.0, 0.1, 1.0)


def test_a_run_that_diverged_does_not_squeeze_the_others(runs, seed_result):
    lines = SeedLines([*runs, seed_result(6, 1e30, "diverged")], log=True)
    assert lines.bounds() == (3.0, pytest.approx(0.01), 1.0)
    assert np.log10(0.5) < lines.end(6) < 0.2
    assert lines.end(5) == pytest.approx(np.log10(0.5))
    assert np.isnan(lines.end(7))
    alone = SeedLines([seed_result(6, 1e30, "diverged")], log=True)
    assert alone.end(6) == pytest.approx(30)
