"""Each layer's formulas, worked by hand; then what every layer must keep to."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpviz.nn import Affine, BatchNorm, Dropout, Layer, LeakyReLU, Linear, ReLU, Sigmoid, Tanh
from mlpviz.nn.layers import sigmoid


def hand_affine():
    """3 inputs, 2 outputs."""
    layer = Affine(3, 2, initializer="zeros", dtype=np.float64)
    layer.params["weight"][:] = [[1, 2], [0, -1], [3, 1]]
    layer.params["bias"][:] = [10, 20]
    return layer


def through(layer, x):
    """The output for a list of numbers."""
    return layer.forward(np.array(x, float))[0]


def back(layer, x, upstream):
    """The downstream gradient for lists of numbers."""
    return layer.backward(np.array(upstream, float), layer.forward(np.array(x, float))[1])


class TestLinear:
    """One weight for each input, and no bias: a line through the origin."""

    def layer(self):
        layer = Linear(2, 2, initializer="zeros", dtype=np.float64)
        layer.params["weight"][:] = [[1, 2], [3, -1]]
        return layer

    def test_forward(self):
        # row 0: 1·1 + 2·3 = 7, 1·2 − 2·1 = 0; nothing goes in, nothing comes out
        np.testing.assert_array_equal(through(self.layer(), [[1, 2], [0, 0]]), [[7, 0], [0, 0]])

    def test_backward(self):
        # U Wᵀ: 1·1 + 4·2 = 9, 1·3 − 4·1 = −1
        np.testing.assert_array_equal(back(self.layer(), [[1, 2]], [[1, 4]]), [[9, -1]])

    def test_its_only_parameter_is_the_weight(self):
        layer = self.layer()
        gradients = layer.gradients(np.array([[1.0, 4]]), np.array([[1.0, 2]]))
        assert set(gradients) == set(layer.params) == {"weight"}
        np.testing.assert_array_equal(gradients["weight"], [[1, 4], [2, 8]])

    def test_starts_with_the_weights_of_an_affine_layer_of_that_seed(self):
        linear, affine = (kind(3, 2, np.random.default_rng(5)) for kind in (Linear, Affine))
        np.testing.assert_array_equal(linear.weight, affine.weight)


class TestAffine:
    x = np.array([[1.0, 2, 3], [0, 1, -1]])
    upstream = np.array([[1.0, -1], [2, 0]])

    def test_forward(self):
        # row 0: 1·1 + 2·0 + 3·3 + 10 = 20      1·2 + 2·(−1) + 3·1 + 20 = 23
        # row 1: 0·1 + 1·0 − 1·3 + 10 =  7      0·2 + 1·(−1) − 1·1 + 20 = 18
        np.testing.assert_array_equal(hand_affine().forward(self.x)[0], [[20, 23], [7, 18]])

    def test_backward(self):
        # U Wᵀ, row 0: 1·1 − 1·2 = −1,   1·0 − 1·(−1) = 1,   1·3 − 1·1 = 2
        #       row 1: 2·1 + 0·2 =  2,   2·0 + 0·(−1) = 0,   2·3 + 0·1 = 6
        _, cache = hand_affine().forward(self.x)
        np.testing.assert_array_equal(hand_affine().backward(self.upstream, cache), [[-1, 1, 2], [2, 0, 6]])

    def test_gradients(self):
        # xᵀU: input 0: 1·1 + 0·2 = 1,   1·(−1) + 0·0 = −1
        #      input 1: 2·1 + 1·2 = 4,   2·(−1) + 1·0 = −2
        #      input 2: 3·1 − 1·2 = 1,   3·(−1) − 1·0 = −3
        # bias: 1 + 2 = 3, −1 + 0 = −1: sums over the rows, not means, for the loss has divided by N
        layer = hand_affine()
        gradients = layer.gradients(self.upstream, layer.forward(self.x)[1])
        assert set(gradients) == {"weight", "bias"}
        np.testing.assert_array_equal(gradients["weight"], [[1, -1], [4, -2], [1, -3]])
        np.testing.assert_array_equal(gradients["bias"], [3, -1])

    def test_weight_and_bias_are_its_parameters_and_may_be_written_in_place(self):
        layer = hand_affine()
        assert layer.weight is layer.params["weight"]
        assert layer.bias is layer.params["bias"]
        layer.params["weight"] += 1
        layer.params["bias"] -= 10
        # row 0: 20 + (1 + 2 + 3) − 10 = 16, 23 + 6 − 10 = 19; row 1: 7 + 0 − 10 = −3, 18 + 0 − 10 = 8
        np.testing.assert_array_equal(layer.forward(self.x)[0], [[16, 19], [-3, 8]])

    def test_starts_with_he_weights_and_biases_of_zero_in_float32(self):
        layer = Affine(50, 400, np.random.default_rng(0))
        assert layer.weight.shape == (50, 400)
        assert layer.weight.std() == pytest.approx(0.2, rel=0.03)  # √(2/50)
        np.testing.assert_array_equal(layer.bias, np.zeros(400))
        assert layer.weight.dtype == layer.bias.dtype == np.float32

    def test_weight_and_bias_have_initializers_of_their_own(self):
        rng = np.random.default_rng(0)
        layer = Affine(4, 10_000, rng, initializer="zeros", bias_initializer="normal(3)")
        assert not layer.weight.any()
        assert layer.bias.std() == pytest.approx(3, rel=0.05)
        rng = np.random.default_rng(0)
        both = Affine(1, 4, rng, initializer="normal", bias_initializer="normal")
        assert not np.isin(both.bias, both.weight).any(), "the bias is drawn after the weight, not with it"


class TestReLU:
    def test_forward_and_backward(self):
        np.testing.assert_array_equal(through(ReLU(), [[-2, 0, 3]]), [[0, 0, 3]])
        np.testing.assert_array_equal(back(ReLU(), [[-2, 0, 3]], [[5, 6, 7]]), [[0, 0, 7]])

    @pytest.mark.parametrize("zero", [0.0, -0.0])
    def test_the_derivative_at_0_is_taken_as_0(self, zero):
        assert back(ReLU(), [[zero]], [[5]]) == 0

    def test_the_smallest_positive_number_passes(self):
        tiny = np.nextafter(0, 1)
        assert through(ReLU(), [[tiny]]) == tiny
        assert back(ReLU(), [[tiny]], [[5]]) == 5


class TestLeakyReLU:
    def test_forward_and_backward(self):
        # slope 0.1: −2 gives −0.2 and passes a tenth of the gradient; 3 passes all of it
        np.testing.assert_allclose(through(LeakyReLU(0.1), [[-2, 0, 3]]), [[-0.2, 0, 3]])
        np.testing.assert_allclose(back(LeakyReLU(0.1), [[-2, 0, 3]], [[5, 6, 7]]), [[0.5, 0.6, 7]])

    def test_any_finite_slope_will_do(self):
        # −1 makes it |x|, whose derivative is −1 below zero; 0 makes it a ReLU
        np.testing.assert_array_equal(through(LeakyReLU(-1), [[-2, 3]]), [[2, 3]])
        np.testing.assert_array_equal(back(LeakyReLU(-1), [[-2, 3]], [[5, 7]]), [[-5, 7]])
        np.testing.assert_array_equal(back(LeakyReLU(0), [[-2, 3]], [[5, 7]]), [[0, 7]])

    def test_its_slope_is_a_hundredth_unless_told_otherwise(self):
        np.testing.assert_allclose(through(LeakyReLU(), [[-2]]), [[-0.02]])


class TestSigmoid:
    def test_forward(self):
        # σ(0) = ½;  σ(ln 3) = 1/(1 + 1/3) = ¾;  σ(−ln 3) = 1/(1 + 3) = ¼;  σ(1) = 0.731059
        y = through(Sigmoid(), [[0, np.log(3), -np.log(3), 1]])
        np.testing.assert_allclose(y, [[0.5, 0.75, 0.25, 0.7310585786300049]], rtol=1e-14)

    def test_backward(self):
        # σ' = σ(1 − σ): ½·½ = ¼;  ¾·¼ = 3/16;  0.731059·0.268941 = 0.196612.  Times U = 8, −16, 1
        downstream = back(Sigmoid(), [[0, np.log(3), 1]], [[8, -16, 1]])
        np.testing.assert_allclose(downstream, [[2, -3, 0.19661193324148185]], rtol=1e-14)

    def test_its_slope_is_a_quarter_at_0_and_less_everywhere_else(self):
        x = np.linspace(-8, 8, 1601)[None]
        slope = back(Sigmoid(), x, np.ones_like(x))
        assert slope[0, 800] == 0.25
        assert (np.delete(slope, 800) < 0.25).all()

    def test_is_exact_far_out_and_overflows_nowhere(self, dtype):
        x = np.array([[-1e30, -1000, 1000, 1e30]], dtype)
        y, cache = Sigmoid().forward(x)
        np.testing.assert_array_equal(y, [[0, 0, 1, 1]])
        np.testing.assert_array_equal(Sigmoid().backward(np.ones_like(x), cache), np.zeros((1, 4)))

    def test_small_values_keep_their_digits(self):
        # σ(x) → eˣ for x → −∞: e⁻⁸⁰ = 1.804851e-35 and e⁻⁷⁰⁰ = 9.859677e-305, not "nearly 0"
        y, cache = Sigmoid().forward(np.array([[-80]], np.float32))
        slope = Sigmoid().backward(np.ones((1, 1), np.float32), cache)
        np.testing.assert_allclose([y, slope], 1.8048514e-35, rtol=1e-5)
        np.testing.assert_allclose(through(Sigmoid(), [[-700.0]]), 9.859676543759771e-305, rtol=1e-12)

    @given(st.floats(-700, 700))
    def test_is_symmetric_about_a_half_and_rises(self, x):
        below, above, further = (float(sigmoid(np.array(v))) for v in (-x, x, x + 1))
        assert below + above == pytest.approx(1, abs=1e-15)
        assert further >= above


class TestTanh:
    def test_forward_and_backward(self):
        # tanh 0 = 0;  tanh ½ = 0.462117;  tanh(ln 2) = (2 − ½)/(2 + ½) = 0.6
        # 1 − y²: 1;  1 − 0.213552 = 0.786448;  1 − 0.36 = 0.64.  Times U = 3, 1, −5
        x = [[0, 0.5, np.log(2)]]
        np.testing.assert_allclose(through(Tanh(), x), [[0, 0.46211715726000976, 0.6]], rtol=1e-14)
        np.testing.assert_allclose(back(Tanh(), x, [[3, 1, -5]]), [[3, 0.7864477329659274, -3.2]], rtol=1e-14)

    def test_is_exact_far_out(self, dtype):
        x = np.array([[-1e30, -1000, 1000, 1e30]], dtype)
        y, cache = Tanh().forward(x)
        np.testing.assert_array_equal(y, [[-1, -1, 1, 1]])
        np.testing.assert_array_equal(Tanh().backward(np.ones_like(x), cache), np.zeros((1, 4)))


class TestDropout:
    def test_in_training_drops_or_scales_up_and_goes_back_by_the_same_mask(self):
        # rate 0.2: what is kept is multiplied by 1/(1 − 0.2) = 1.25, forwards and backwards alike
        x = np.arange(1.0, 21).reshape(4, 5)
        y, mask = Dropout(0.2).forward_training(x, np.random.default_rng(0))
        kept = y != 0
        assert 0 < kept.sum() < x.size
        np.testing.assert_allclose(y, np.where(kept, 1.25 * x, 0), rtol=1e-15)
        upstream = np.arange(-10.0, 10).reshape(4, 5)
        expected = np.where(kept, 1.25 * upstream, 0)
        np.testing.assert_allclose(Dropout(0.2).backward(upstream, mask), expected, rtol=1e-15)

    @pytest.mark.parametrize("rate", [0.1, 0.5, 0.8])
    def test_drops_the_share_it_is_told_each_entry_on_its_own(self, rate):
        x = np.ones((400, 250))
        dropped = Dropout(rate).forward_training(x, np.random.default_rng(1))[0] == 0
        spread = np.sqrt(rate * (1 - rate))  # of one entry; five standard errors are allowed
        assert dropped.mean() == pytest.approx(rate, abs=5 * spread / np.sqrt(x.size))
        assert np.abs(dropped.mean(axis=0) - rate).max() < 5 * spread / np.sqrt(400)
        assert np.abs(dropped.mean(axis=1) - rate).max() < 5 * spread / np.sqrt(250)

    def test_evaluation_is_the_identity(self):
        x = np.array([[1.0, -2, 3]])
        y, cache = Dropout(0.9).forward(x)
        np.testing.assert_array_equal(y, x)
        np.testing.assert_array_equal(Dropout(0.9).backward(x, cache), x)

    def test_rate_0_keeps_everything(self):
        x = np.array([[1.0, -2, 3]])
        np.testing.assert_array_equal(Dropout(0).forward_training(x, np.random.default_rng(0))[0], x)

    def test_the_generator_decides(self, dtype):
        x = np.ones((8, 8), dtype)
        draws = [Dropout(0.5).forward_training(x, np.random.default_rng(seed))[0] for seed in (3, 3, 4)]
        first, again, other = draws
        np.testing.assert_array_equal(first, again)
        assert (first != other).any()

    def test_both_precisions_drop_the_same(self):
        halves = [
            Dropout(0.5).forward_training(np.ones((30, 30), dtype), np.random.default_rng(0))[0]
            for dtype in (np.float32, np.float64)
        ]
        np.testing.assert_array_equal(*halves)

    def test_training_without_a_generator_is_refused(self):
        with pytest.raises(ValueError, match=r"dropout.*rng"):
            Dropout(0.5).forward_training(np.ones((1, 1)), None)

    def test_drops_half_unless_told_otherwise(self):
        y, _ = Dropout().forward_training(np.ones((9, 9)), np.random.default_rng(0))
        assert set(np.unique(y)) == {0, 2}


class TestBatchNorm:
    """One unit, four examples: mean (1+1+5+5)/4 = 3, biased variance 4·2²/4 = 4, unbiased 4·2²/3 = 16/3.

    The ε of 1e-5 makes √(4 + ε) 1.25e-6 parts larger than 2: numbers by hand hold to 5 digits.
    """

    x = np.array([[1.0], [1], [5], [5]])

    def layer(self):
        layer = BatchNorm(1, dtype=np.float64)
        layer.params["gamma"][:] = 2
        layer.params["beta"][:] = 10
        return layer

    def test_training_uses_the_batch(self):
        # (x − 3)/2 = −1, −1, 1, 1; times γ = 2 plus β = 10: 8, 8, 12, 12
        y, _ = self.layer().forward_training(self.x, None)
        np.testing.assert_allclose(y, [[8], [8], [12], [12]], rtol=1e-6)

    def test_epsilon_is_a_hundred_thousandth_and_stands_under_the_root(self):
        # σ = 2: 1/√(4 + 1e-5) = 0.499999375001, so y = 10 ∓ 2·2·0.499999375001
        y, _ = self.layer().forward_training(self.x, None)
        assert y[0, 0] == pytest.approx(10 - 4 * 0.49999937500117186, rel=1e-14)
        # σ = 0: 1/√1e-5 = 316.227766
        layer = self.layer()
        layer.statistics["variance"][:] = 0
        assert layer.forward(np.array([[1.0]]))[0] == pytest.approx(10 + 2 * 316.22776601683796, rel=1e-14)

    def test_backward_in_training_goes_through_mean_and_variance_too(self):
        # U = 1, 0, 0, 3; u = γU = 2, 0, 0, 6; normalised n = −1, −1, 1, 1
        # mean of u = 2; mean of u·n = (−2 + 0 + 0 + 6)/4 = 1
        # (u − 2 − 1·n)/2 = (2−2+1)/2, (0−2+1)/2, (0−2−1)/2, (6−2−1)/2 = 0.5, −0.5, −1.5, 1.5
        layer = self.layer()
        _, cache = layer.forward_training(self.x, None)
        downstream = layer.backward(np.array([[1.0], [0], [0], [3]]), cache)
        np.testing.assert_allclose(downstream, [[0.5], [-0.5], [-1.5], [1.5]], atol=1e-5)

    def test_gradients(self):
        # γ: Σ U n = −1 + 0 + 0 + 3 = 2;  β: Σ U = 4
        layer = self.layer()
        _, cache = layer.forward_training(self.x, None)
        gradients = layer.gradients(np.array([[1.0], [0], [0], [3]]), cache)
        assert set(gradients) == {"gamma", "beta"}
        np.testing.assert_allclose(gradients["gamma"], [2], rtol=1e-5)
        np.testing.assert_array_equal(gradients["beta"], [4])

    def test_evaluation_uses_the_running_statistics(self):
        # running mean 1, variance 4: (x − 1)/2 = 0, 0, 2, 2; times 2 plus 10: 10, 10, 14, 14
        # backwards only a factor γ/σ = 2/2 = 1; γ: Σ U n = 0 + 0 + 0 + 3·2 = 6; β: 4
        layer = self.layer()
        layer.statistics["mean"][:] = 1
        layer.statistics["variance"][:] = 4
        y, cache = layer.forward(self.x)
        np.testing.assert_allclose(y, [[10], [10], [14], [14]], rtol=1e-6)
        upstream = np.array([[1.0], [0], [0], [3]])
        np.testing.assert_allclose(layer.backward(upstream, cache), upstream, rtol=1e-5)
        gradients = layer.gradients(upstream, cache)
        np.testing.assert_allclose(gradients["gamma"], [6], rtol=1e-5)
        np.testing.assert_array_equal(gradients["beta"], [4])

    def test_running_statistics_move_a_tenth_of_the_way_with_the_unbiased_variance(self):
        # starting from 0 and 1: mean 0.9·0 + 0.1·3 = 0.3; variance 0.9·1 + 0.1·16/3 = 1.433333
        layer = self.layer()
        first = layer.new_statistics(layer.forward_training(self.x, None)[1])
        assert set(first) == set(layer.statistics) == {"mean", "variance"}
        np.testing.assert_allclose(first["mean"], [0.3])
        np.testing.assert_allclose(first["variance"], [0.9 + 1.6 / 3])
        # a second batch 2, 4 (mean 3, unbiased variance 2): 0.27 + 0.3 = 0.57; 0.9·1.433333 + 0.2 = 1.49
        layer.statistics.update(first)
        second = layer.new_statistics(layer.forward_training(np.array([[2.0], [4]]), None)[1])
        np.testing.assert_allclose(second["mean"], [0.57])
        np.testing.assert_allclose(second["variance"], [1.49])

    def test_only_training_moves_the_running_statistics(self):
        layer = self.layer()
        assert layer.new_statistics(layer.forward(self.x)[1]) == {}

    def test_new_statistics_are_arrays_of_their_own(self):
        layer = self.layer()
        new = layer.new_statistics(layer.forward_training(self.x, None)[1])
        for name, array in new.items():
            assert not np.shares_memory(array, layer.statistics[name])

    def test_each_unit_is_normalised_by_itself(self):
        x = np.random.default_rng(0).normal([5, -100, 0], [1, 30, 0.1], (200, 3))
        y, _ = BatchNorm(3, dtype=np.float64).forward_training(x, None)
        np.testing.assert_allclose(y.mean(axis=0), 0, atol=1e-12)
        np.testing.assert_allclose(y.std(axis=0), 1, rtol=1e-3)

    def test_a_batch_of_one_and_a_unit_that_never_changes_give_beta(self):
        for x in ([[7.0]], [[7.0], [7.0], [7.0]]):
            layer = self.layer()
            y, cache = layer.forward_training(np.array(x), None)
            np.testing.assert_array_equal(y, np.full_like(x, 10))
            np.testing.assert_allclose(layer.new_statistics(cache)["variance"], [0.9])  # 0.9·1 + 0.1·0

    def test_starts_as_the_identity_in_float32(self):
        layer = BatchNorm(2)
        for name, value in [("gamma", 1), ("beta", 0)]:
            np.testing.assert_array_equal(layer.params[name], [value, value])
            assert layer.params[name].dtype == np.float32
        x = np.array([[1, -2]], np.float32)
        np.testing.assert_allclose(layer.forward(x)[0], x, rtol=1e-5)  # 1/√(1 + 1e-5) is nearly 1


def both_passes(layer, x, seed=0):
    """Output and cache in evaluation, then in training."""
    yield layer.forward(x)
    yield layer.forward_training(x, np.random.default_rng(seed))


def batch(dtype=np.float64, seed=1, n=5, width=4):
    return np.random.default_rng(seed).normal(size=(n, width)).astype(dtype)


def arrays_in(thing):
    """All arrays in an array, or in a dictionary of them."""
    return list(thing.values()) if isinstance(thing, dict) else [thing]


class TestEveryLayer:
    def test_backward_is_the_derivative_of_forward(self, kind, make_layer):
        """∂(Σ U y)/∂x, by central differences of each input; parameters have their check elsewhere."""
        layer, x, upstream, h = make_layer(kind, 4), batch(), batch(seed=2), 1e-5
        for mode in (0, 1):
            _, cache = list(both_passes(layer, x))[mode]
            numeric = np.zeros_like(x)
            for i in np.ndindex(x.shape):
                shift = np.zeros_like(x)
                shift[i] = h
                above, below = (list(both_passes(layer, x + s))[mode][0] for s in (shift, -shift))
                numeric[i] = ((above - below) * upstream).sum() / (2 * h)
            assert np.abs(numeric).max() > 0.1
            np.testing.assert_allclose(layer.backward(upstream, cache), numeric, atol=1e-8)

    def test_keeps_shape_and_precision(self, kind, dtype, make_layer):
        layer, x = make_layer(kind, 4, dtype=dtype), batch(dtype)
        for y, cache in both_passes(layer, x):
            assert (y.shape, y.dtype) == (x.shape, dtype)
            downstream, gradients = layer.backward(x, cache), layer.gradients(x, cache)
            assert (downstream.shape, downstream.dtype) == (x.shape, dtype)
            assert gradients.keys() == layer.params.keys()
            for name, gradient in gradients.items():
                assert (gradient.shape, gradient.dtype) == (layer.params[name].shape, dtype)
            new = layer.new_statistics(cache)
            assert new.keys() <= layer.statistics.keys()
            for name, array in new.items():
                assert (array.shape, array.dtype) == (layer.statistics[name].shape, dtype)

    @pytest.mark.parametrize("layer", [Dropout(np.float64(0.5)), LeakyReLU(np.float64(0.1))])
    def test_a_setting_that_comes_from_an_array_changes_no_precision(self, layer):
        """np.float64 is a float, and what np.linspace gives to a sweep."""
        x = batch(np.float32)
        for y, cache in both_passes(layer, x):
            assert y.dtype == np.float32
            assert layer.backward(x, cache).dtype == np.float32

    def test_no_call_changes_it(self, kind, make_layer, state_of):
        layer, x, upstream = make_layer(kind, 4), batch(), batch(seed=2)
        before = state_of(layer), state_of(x), state_of(upstream)
        for _, cache in both_passes(layer, x):
            layer.backward(upstream, cache)
            layer.gradients(upstream, cache)
            layer.new_statistics(cache)
        layer.copy()
        assert (state_of(layer), state_of(x), state_of(upstream)) == before

    def test_works_where_nothing_may_be_written(self, kind, make_layer):
        """A frozen snapshot of layer and batch gives the same numbers."""
        layer, x, upstream = make_layer(kind, 4), batch(), batch(seed=2)
        expected = [
            (y, layer.backward(upstream, cache), layer.gradients(upstream, cache))
            for y, cache in both_passes(layer, x)
        ]
        for array in [x, upstream, *layer.params.values(), *layer.statistics.values()]:
            array.flags.writeable = False
        for (y, cache), (y0, downstream0, gradients0) in zip(both_passes(layer, x), expected, strict=True):
            np.testing.assert_array_equal(y, y0)
            np.testing.assert_array_equal(layer.backward(upstream, cache), downstream0)
            for name, gradient in layer.gradients(upstream, cache).items():
                np.testing.assert_array_equal(gradient, gradients0[name])

    def test_another_batch_in_between_leaves_the_gradients_alone(self, kind, make_layer):
        """A layer that remembered its inputs would answer for the wrong batch."""
        layer, x, upstream = make_layer(kind, 4), batch(), batch(seed=2)
        for mode in (0, 1):
            _, cache = list(both_passes(layer, x))[mode]
            alone = layer.backward(upstream, cache), layer.gradients(upstream, cache)
            _, cache = list(both_passes(layer, x))[mode]
            for _, other in both_passes(layer, batch(seed=9, n=3), seed=9):
                layer.backward(batch(seed=8, n=3), other)
                layer.gradients(batch(seed=8, n=3), other)
            between = layer.backward(upstream, cache), layer.gradients(upstream, cache)
            for a, b in zip(alone, between, strict=True):
                for one, two in zip(arrays_in(a), arrays_in(b), strict=True):
                    np.testing.assert_array_equal(one, two)

    def test_what_it_returns_may_be_written_without_harm_to_its_parameters(self, kind, make_layer, state_of):
        """Only an input may come back as it is (dropout outside training), never what the layer owns."""
        layer, x, upstream = make_layer(kind, 4), batch(), batch(seed=2)
        before = state_of(layer)
        for y, cache in both_passes(layer, x.copy()):
            gradients, new = layer.gradients(upstream, cache), layer.new_statistics(cache)
            for array in gradients.values():
                assert not np.shares_memory(array, upstream)
            for array in [y, *gradients.values(), *new.values()]:
                array[:] = 99
            layer.backward(upstream.copy(), cache)[:] = 99
        assert state_of(layer) == before

    @pytest.mark.parametrize("to", [None, np.float32, np.float64, "float64", np.dtype("float32")])
    def test_a_copy_is_independent(self, kind, to, make_layer, state_of):
        layer = make_layer(kind, 4)
        twin = layer.copy(to)
        assert type(twin) is type(layer)
        for ours, theirs in [(layer.params, twin.params), (layer.statistics, twin.statistics)]:
            assert ours is not theirs
            assert ours.keys() == theirs.keys()
            for name, array in ours.items():
                np.testing.assert_allclose(theirs[name], array, rtol=1e-6)
                assert theirs[name].dtype == (to or np.float64)
                before = state_of(layer)
                theirs[name][:] = 99
                assert state_of(layer) == before
                before = state_of(twin)
                array[:] = -99
                assert state_of(twin) == before

    def test_a_copy_computes_the_same(self, kind, make_layer):
        layer, x = make_layer(kind, 4), batch()
        for (y, _), (twin_y, _) in zip(both_passes(layer, x), both_passes(layer.copy(), x), strict=True):
            np.testing.assert_array_equal(y, twin_y)

    @pytest.mark.parametrize("kind", ["affine", "relu", "leaky_relu", "sigmoid", "tanh"])
    def test_most_see_no_difference_in_training(self, kind, make_layer):
        evaluation, training = (y for y, _ in both_passes(make_layer(kind, 4), batch()))
        np.testing.assert_array_equal(evaluation, training)

    def test_rows_are_examples_and_do_not_mix_in_evaluation(self, kind, make_layer):
        layer, x, order = make_layer(kind, 4), batch(), [3, 0, 4, 1, 2]
        np.testing.assert_allclose(layer.forward(x[order])[0], layer.forward(x)[0][order], rtol=1e-13)


class TestBadInput:
    @pytest.mark.parametrize(
        ("build", "names"),
        [
            (lambda: Affine(0, 3), r"n_in.*at least 1.*0"),
            (lambda: Affine(3, -1), r"n_out.*at least 1.*-1"),
            (lambda: BatchNorm(0), r"n must be.*at least 1.*0"),
            (lambda: Dropout(1.0), r"rate.*less than 1.*1\.0"),
            (lambda: Dropout(-0.1), r"rate.*at least 0.*-0\.1"),
            (lambda: Dropout(float("nan")), r"rate.*nan"),
            (lambda: LeakyReLU(float("nan")), r"slope.*finite.*nan"),
            (lambda: LeakyReLU(float("inf")), r"slope.*finite.*inf"),
            (lambda: Affine(3, 2), r"initializer 'he'.*rng"),
            (lambda: Affine(3, 2, initializer="hee"), r"unknown initializer 'hee'"),
            (lambda: Affine(3, 2, np.random.default_rng(0), bias_initializer="one"), r"unknown .* 'one'"),
        ],
    )
    def test_is_refused_by_name(self, build, names):
        with pytest.raises(ValueError, match=names):
            build()

    @pytest.mark.parametrize("width", [2.5, float("nan")])
    @pytest.mark.parametrize("build", [lambda w: Affine(w, 3, initializer="zeros"), BatchNorm])
    def test_a_width_is_a_whole_number(self, build, width):
        with pytest.raises(ValueError, match="must be a whole number of at least 1"):
            build(width)

    def test_a_layer_without_formulas_says_so(self):
        class Nothing(Layer):
            pass

        assert Nothing().params == Nothing().statistics == {}
        assert Nothing().gradients(batch(), None) == {}
        with pytest.raises(TypeError, match="Nothing defines no forward"):
            Nothing().forward(batch())
        with pytest.raises(TypeError, match="Nothing defines no backward"):
            Nothing().backward(batch(), None)
