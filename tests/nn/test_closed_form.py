"""Answers without training, against solutions by hand."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpviz.nn import (
    SGD,
    Affine,
    Linear,
    Network,
    SquaredError,
    collapsed,
    least_squares,
    mean_image_templates,
    slope_through_origin,
)

# four points: Σx = 6, Σt = 16, Σx² = 14, Σxt = 0 + 3 + 8 + 24 = 35
X = np.array([[0.0], [1], [2], [3]])
T = np.array([[1.0], [3], [4], [8]])


class TestSlopeThroughOrigin:
    def test_is_the_quotient_of_two_sums(self):
        # Σxt/Σx² = 35/14 = 2.5 (and not the sum of the quotients t/x, 3 + 2 + 8/3)
        slope = slope_through_origin(X, T)
        assert type(slope) is float
        assert slope == 2.5
        assert slope_through_origin(X[:, 0], T[:, 0]) == 2.5

    def test_is_least_squares_without_a_bias(self):
        layer = least_squares(X, T, bias=False)
        np.testing.assert_allclose(layer.weight, [[2.5]])
        np.testing.assert_array_equal(layer.bias, [0])

    def test_of_nothing_but_zeros_is_refused(self):
        with pytest.raises(ValueError, match="every x is 0"):
            slope_through_origin(np.zeros((3, 1)), np.ones((3, 1)))


class TestLeastSquares:
    def test_line_with_bias(self):
        # means 1.5 and 4; Σ(x−1.5)(t−4) = 35 − 4·1.5·4 = 11; Σ(x−1.5)² = 14 − 4·1.5² = 5
        # w = 11/5 = 2.2, b = 4 − 2.2·1.5 = 0.7
        layer = least_squares(X, T)
        assert type(layer) is Affine
        np.testing.assert_allclose(layer.weight, [[2.2]])
        np.testing.assert_allclose(layer.bias, [0.7])
        np.testing.assert_allclose(layer.forward(X)[0], [[0.7], [2.9], [5.1], [7.3]])

    def test_plane_with_two_outputs_each_solved_by_itself(self):
        # t₁ = 2x₁ − x₂ + 3 exactly; t₂ over the corners 0, 0, 0, 1 of the unit square is the gate AND:
        # w = ½, ½, b = −¼
        x = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
        targets = np.column_stack([2 * x[:, 0] - x[:, 1] + 3, [0.0, 0, 0, 1]])
        layer = least_squares(x, targets)
        np.testing.assert_allclose(layer.weight, [[2, 0.5], [-1, 0.5]], atol=1e-14)
        np.testing.assert_allclose(layer.bias, [3, -0.25], atol=1e-14)

    def test_equal_inputs_share_the_weight_equally(self):
        # x₁ = x₂ and t = 2x₁: every w₁ + w₂ = 2 fits; the smallest norm is 1, 1
        x = np.array([[1.0, 1], [2, 2], [-1, -1]])
        layer = least_squares(x, 2 * x[:, :1], bias=False)
        np.testing.assert_allclose(layer.weight, [[1], [1]], atol=1e-14)

    def test_one_example_is_shared_between_weight_and_bias(self):
        # 2w + b = 5: the shortest (w, b) is in the direction (2, 1): (2, 1)·5/(2² + 1²) = (2, 1)
        layer = least_squares(np.array([[2.0]]), np.array([[5.0]]))
        np.testing.assert_allclose(layer.weight, [[2]])
        np.testing.assert_allclose(layer.bias, [1])

    def test_an_input_that_is_always_0_gets_no_weight(self):
        layer = least_squares(np.hstack([X, 0 * X]), T)
        np.testing.assert_allclose(layer.weight, [[2.2], [0]], atol=1e-14)

    @given(st.integers(0, 10_000), st.integers(1, 8), st.integers(1, 4), st.booleans())
    def test_no_gradient_is_left(self, seed, n, width, bias):
        rng = np.random.default_rng(seed)
        x, targets = rng.normal(size=(n, width)), rng.normal(size=(n, 2))
        network = Network([least_squares(x, targets, bias)])
        _, [gradients] = network.loss_and_gradients(x, targets, SquaredError())
        np.testing.assert_allclose(gradients["weight"], 0, atol=1e-9)
        if bias:
            np.testing.assert_allclose(gradients["bias"], 0, atol=1e-9)

    def test_gradient_descent_arrives_at_the_same_line(self):
        network, sgd = Network([Affine(1, 1, initializer="zeros", dtype=np.float64)]), SGD(0.1)
        for _ in range(2000):
            _, gradients = network.loss_and_gradients(X, T, SquaredError("mean"))
            for name, update in sgd.updates(network.params, gradients)[0].items():
                network.params[0][name] += update
        np.testing.assert_allclose(network.params[0]["weight"], [[2.2]], rtol=1e-10)
        np.testing.assert_allclose(network.params[0]["bias"], [0.7], rtol=1e-10)

    def test_is_solved_in_float64_and_changes_nothing(self):
        x, targets = X.astype(np.float32), T.astype(np.float32)
        x.flags.writeable = targets.flags.writeable = False
        layer = least_squares(x, targets)
        assert layer.weight.dtype == layer.bias.dtype == np.float64
        np.testing.assert_allclose(layer.weight, [[2.2]], rtol=1e-14)


class TestMeanImageTemplates:
    # class 0: 0 0 2 2 and 0 4 2 6, on average 0 2 2 4; mean 2, deviations −2 0 0 2, std √(8/4) = √2
    # class 1: 3 1 1 1; mean 1.5, deviations 1.5 −.5 −.5 −.5, std √(3/4) = ½√3
    x = np.array([[0.0, 0, 2, 2], [3, 1, 1, 1], [0, 4, 2, 6]])
    labels = np.array([0, 1, 0])

    def test_is_the_mean_of_each_class_standardised(self):
        layer = mean_image_templates(self.x, self.labels, 2)
        a, b = np.sqrt(2), 1 / np.sqrt(3)
        expected = np.array([[-a, 0, 0, a], [3 * b, -b, -b, -b]]).T
        np.testing.assert_allclose(layer.weight, expected, atol=1e-15)
        np.testing.assert_array_equal(layer.bias, [0, 0])

    def test_scores_are_one_matrix_product(self):
        # 1 0 0 1 scores −√2 + √2 = 0 and (3 − 1)/√3 = 1.154701
        scores = mean_image_templates(self.x, self.labels, 2).forward(np.array([[1.0, 0, 0, 1]]))[0]
        np.testing.assert_allclose(scores, [[0, 1.1547005384]], atol=1e-10)

    def test_more_ink_and_more_contrast_are_no_advantage(self):
        plain = mean_image_templates(self.x, self.labels, 2)
        same = mean_image_templates(3 * self.x + 7, self.labels, 2)
        np.testing.assert_allclose(same.weight, plain.weight, atol=1e-14)
        np.testing.assert_allclose(same.weight.mean(axis=0), 0, atol=1e-15)
        np.testing.assert_allclose(same.weight.std(axis=0), 1)

    def test_keeps_the_precision_and_changes_nothing(self, dtype):
        x, labels = self.x.astype(dtype), self.labels.copy()
        x.flags.writeable = labels.flags.writeable = False
        layer = mean_image_templates(x, labels, 2)
        assert layer.weight.dtype == layer.bias.dtype == dtype

    def test_a_class_without_an_example_is_refused_by_name(self):
        with pytest.raises(ValueError, match="class 2 has no example"):
            mean_image_templates(self.x, self.labels, 3)

    def test_a_class_that_is_the_same_everywhere_is_refused_by_name(self, dtype):
        """Also where the rounding of a mean leaves a deviation of 1e-9, which is no picture."""
        picture = np.random.default_rng(0).random((1, 784))
        for grey in (0, 0.5, 0.1, 0.3, 0.7):
            for examples in (1, 3):
                x = np.vstack([picture, np.full((examples, 784), grey)]).astype(dtype)
                with pytest.raises(ValueError, match="the mean image of class 1 is the same everywhere"):
                    mean_image_templates(x, np.array([0] + [1] * examples), 2)


class TestCollapsed:
    """(xW₁ + b₁)W₂ + b₂ = x(W₁W₂) + (b₁W₂ + b₂)."""

    def layers(self):
        first = Affine(1, 2, initializer="zeros", dtype=np.float64)
        first.weight[:], first.bias[:] = [[2, 3]], [1, -1]
        second = Affine(2, 1, initializer="zeros", dtype=np.float64)
        second.weight[:], second.bias[:] = [[4], [5]], [10]
        return [first, second]

    def test_by_hand(self):
        # W = 2·4 + 3·5 = 23, b = 1·4 − 1·5 + 10 = 9
        one = collapsed(self.layers())
        assert (one.weight.tolist(), one.bias.tolist()) == ([[23]], [9])

    def test_a_linear_layer_adds_no_bias(self):
        middle = Linear(1, 1, initializer="zeros", dtype=np.float64)
        middle.weight[:] = [[-2]]
        one = collapsed([*self.layers(), middle])
        assert (one.weight.tolist(), one.bias.tolist()) == ([[-46]], [-18])

    def test_a_single_layer_is_itself(self):
        first = self.layers()[0]
        one = collapsed([first])
        assert np.array_equal(one.weight, first.weight)
        assert not np.shares_memory(one.weight, first.weight)

    def test_no_layer_is_refused(self):
        with pytest.raises(ValueError, match="no layer to collapse"):
            collapsed([])

    @given(st.integers(0, 1000), st.lists(st.integers(1, 5), min_size=2, max_size=6))
    def test_gives_the_scores_of_all_of_them(self, seed, widths):
        rng = np.random.default_rng(seed)
        layers = [Affine(n, k, rng, bias_initializer="normal", dtype=np.float64) for n, k in pairwise(widths)]
        x = rng.normal(size=(7, widths[0]))
        np.testing.assert_allclose(collapsed(layers).forward(x)[0], Network(layers).predict(x), atol=1e-9)
