"""RMSE, R² and residuals, by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpviz.training.judgement import Judgement
from mlpviz.training.regression import fit_of, largest_residuals, residuals


def judged(outputs, targets):
    y, t = (np.array(part, np.float64).reshape(len(part), -1) for part in (outputs, targets))
    return Judgement(y, t, 0.0, 0, None, None, None, None)


def test_by_hand():
    """Residuals 1, −2, 0, 1; the targets' mean is 2.5, their squares about it add up to 5."""
    found = judged([2, 0, 3, 5], [1, 2, 3, 4])
    assert residuals(found)[:, 0].tolist() == [1, -2, 0, 1]
    assert fit_of(found).rmse.tolist() == [pytest.approx(np.sqrt(6 / 4))]
    assert fit_of(found).r_squared.tolist() == [pytest.approx(1 - 6 / 5)]
    assert largest_residuals(found).tolist() == [1, 0, 3, 2]


def test_each_output_by_itself():
    found = judged([[1, 0], [2, 0]], [[1, 1], [2, 3]])
    assert fit_of(found).rmse == pytest.approx([0, np.sqrt(5)])
    assert fit_of(found).r_squared[0] == 1


def test_always_the_mean_is_zero_and_equal_targets_have_no_r_squared():
    assert fit_of(judged([2, 2, 2], [1, 2, 3])).r_squared[0] == pytest.approx(0)
    assert np.isnan(fit_of(judged([1, 2], [5, 5])).r_squared[0])


def test_what_is_not_finite_comes_first():
    found = judged([1, np.nan, np.inf, 3], [1, 1, 1, 1])
    assert largest_residuals(found).tolist() == [1, 2, 3, 0]
    assert not np.isfinite(fit_of(found).rmse[0])


def test_the_tiniest_residuals_are_in_order_too():
    found = judged([0, 1e-200, 3e-200], [0, 0, 0])
    assert largest_residuals(found).tolist() == [2, 1, 0]


numbers = st.floats(-100, 100)


@given(st.lists(st.tuples(numbers, numbers), min_size=2, max_size=40))
def test_r_squared_is_at_most_one_and_the_order_falls(pairs):
    found = judged(*zip(*pairs, strict=True))
    fit = fit_of(found)
    assert np.isnan(fit.r_squared[0]) or fit.r_squared[0] <= 1
    sizes = np.abs(residuals(found)[:, 0])
    assert (np.diff(sizes[largest_residuals(found)]) <= 0).all()
    assert fit.rmse[0] <= sizes.max() + 1e-9
