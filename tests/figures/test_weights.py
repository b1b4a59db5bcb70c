"""Weights as pictures: which pixel belongs to which weight, in what order units come, and histograms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from mlpviz.figures.weights import (
    ORDERS,
    column_images,
    column_norms,
    histogram,
    seen_from_input,
    unit_order,
)


def random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


class TestColumnImages:
    def test_each_column_is_an_image_laid_out_in_rows(self):
        images = column_images(np.arange(12).reshape(6, 2).astype(float), (2, 3))
        np.testing.assert_array_equal(images, [[[0, 2, 4], [6, 8, 10]], [[1, 3, 5], [7, 9, 11]]])

    def test_a_pixel_is_the_weight_of_that_input(self):
        weight = random(28 * 28, 5)
        images = column_images(weight, (28, 28))
        assert images.shape == (5, 28, 28)
        assert images[3, 10, 20] == weight[10 * 28 + 20, 3]

    def test_an_image_times_the_picture_is_the_sum_that_the_unit_makes(self):
        weight, x = random(12, 4), random(12, seed=1)
        images = column_images(weight, (3, 4))
        np.testing.assert_allclose((images * x.reshape(3, 4)).sum(axis=(1, 2)), x @ weight, rtol=1e-4)


class TestSeenFromInput:
    def test_of_one_layer_is_its_weight(self):
        weight = random(6, 3)
        np.testing.assert_array_equal(seen_from_input([weight]), weight)

    def test_is_the_product_in_order(self):
        a, b, c = random(6, 5), random(5, 4, seed=1), random(4, 3, seed=2)
        product = seen_from_input([a, b, c])
        assert product.shape == (6, 3)
        np.testing.assert_allclose(product, a.astype(float) @ b.astype(float) @ c.astype(float), rtol=1e-4)

    def test_is_exact_for_a_network_without_activations(self):
        a, b, x = random(6, 5), random(5, 3, seed=1), random(7, 6, seed=2)
        np.testing.assert_allclose(x @ seen_from_input([a, b]), (x @ a) @ b, rtol=1e-3, atol=1e-5)


def test_column_norms():
    np.testing.assert_allclose(column_norms(np.array([[3.0, 0, 1], [4, 0, -1]])), [5, 0, np.sqrt(2)])
    assert column_norms(random(784, 100)).shape == (100,)


class TestOrder:
    WEIGHT = np.array([[1.0, 3, 0, 2], [0, 0, 0, 2]])

    def test_by_number(self):
        assert unit_order("number", self.WEIGHT, None).tolist() == [0, 1, 2, 3]

    def test_by_norm_has_the_largest_first(self):
        assert unit_order("norm", self.WEIGHT, None).tolist() == [1, 3, 0, 2]

    def test_by_norm_leaves_equal_units_in_their_order(self):
        assert unit_order("norm", np.array([[1.0, -2, -1, 2, 1]]), None).tolist() == [1, 3, 0, 2, 4]

    def test_by_vote_groups_units_by_the_output_they_speak_for_most(self):
        votes = np.array([[0.1, 0.9], [0.8, -5.0], [0.2, 0.1], [-0.5, 2.0]])
        # for output 0: unit 1 (0.8), unit 2 (0.2); for output 1: unit 3 (2.0), unit 0 (0.9)
        assert unit_order("vote", self.WEIGHT, votes).tolist() == [1, 2, 3, 0]

    def test_a_vote_against_is_no_vote_for(self):
        votes = np.array([[-9.0, -1.0], [-1.0, -2.0], [0.0, -3.0], [0.0, 5.0]])
        assert unit_order("vote", self.WEIGHT, votes).tolist() == [2, 1, 3, 0]

    def test_by_vote_in_the_last_layer_is_by_number(self):
        assert unit_order("vote", self.WEIGHT, None).tolist() == [0, 1, 2, 3]

    @pytest.mark.parametrize("order", ORDERS)
    def test_shows_every_unit_once(self, order):
        found = unit_order(order, random(10, 30), random(30, 4, seed=1))
        assert sorted(found.tolist()) == list(range(30))


finite = arrays(
    st.sampled_from([np.float32, np.float64]),
    array_shapes(max_dims=2, min_side=0, max_side=20),
    elements=st.floats(width=32, allow_nan=False, allow_infinity=False),
)


class TestHistogram:
    def test_counts_in_equal_bins_from_minus_to_plus_the_largest(self):
        values = np.array([-2.0, -1.1, -0.5, 0, 0.1, 0.3, 1.2, 1.9, 2.0])
        counts, limit = histogram(values, bins=5)  # −2 to −1.2 to −0.4 to 0.4 to 1.2 to 2
        assert limit == 2
        assert counts.tolist()[0] == 1
        assert counts.tolist()[2] == 3
        assert counts.sum() == 9
        # −1.1 and −0.5 lie in the second; 1.2 stands on the edge of the fourth and fifth
        assert counts.tolist() in ([1, 2, 3, 1, 2], [1, 2, 3, 0, 3])

    def test_agrees_with_numpy(self):
        values = random(784, 100)
        counts, limit = histogram(values)
        expected, _ = np.histogram(values, bins=61, range=(-limit, limit))
        assert abs(counts - expected).max() <= 2  # rounding at the edges
        assert counts.sum() == values.size

    def test_zero_lies_in_the_middle(self):
        counts, _ = histogram(np.array([0.0, 0, 0, 1, -3]))
        assert counts[30] == 3

    def test_the_limit_is_the_largest_on_either_side(self):
        assert histogram(np.array([-3.0, 2]))[1] == 3
        assert histogram(np.array([-2.0, 3]))[1] == 3

    def test_of_zeros_is_a_single_bar(self):
        counts, limit = histogram(np.zeros((4, 5)))
        assert limit == 1
        assert counts.tolist() == [0] * 30 + [20] + [0] * 30

    def test_of_nothing_is_empty(self):
        counts, limit = histogram(np.empty((0, 3)))
        assert (counts.sum(), len(counts), limit) == (0, 61, 1)

    def test_leaves_out_what_is_not_finite(self):
        values = np.array([np.nan, np.inf, -np.inf, 1, -1, 0.5])
        counts, limit = histogram(values)
        assert limit == 1
        assert counts.sum() == 3
        counts, limit = histogram(np.full(4, np.nan))
        assert (counts.sum(), limit) == (0, 1)

    def test_does_not_change_what_it_counts(self):
        values = random(20, 3)
        values.flags.writeable = False
        histogram(values)

    @given(finite)
    def test_counts_every_finite_number_however_small_or_large(self, values):
        """Gradients become that small in a saturated network, and updates that large before it diverges."""
        counts, limit = histogram(values)
        assert len(counts) == 61
        assert counts.min() >= 0
        assert counts.sum() == values.size
        assert limit == (np.abs(values).max(initial=0) or 1)

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    @pytest.mark.parametrize("size", [1e-45, 1e-40, 1e-30, 1.0, 1e30, 3e38])
    def test_looks_the_same_at_any_scale(self, dtype, size):
        values = (np.array([-1, 0, 0, 1, 1]) * size).astype(dtype)
        counts, _ = histogram(values)
        assert (counts[0], counts[30], counts[60]) == (1, 2, 2)
