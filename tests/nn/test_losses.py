"""Each loss and its gradient, worked by hand; then what every loss must keep to."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpviz.nn import BinaryCrossEntropy, Loss, SoftmaxCrossEntropy, SquaredError
from mlpviz.nn.losses import log_softmax, softmax


class TestSquaredError:
    """Two examples, three outputs; y − t is 1, 0, 0 and 2, 4, −2; squares add up to 1 + 4 + 16 + 4 = 25."""

    y = np.array([[1.0, 2, 0], [3, 5, 1]])
    targets = np.array([[0.0, 2, 0], [1, 1, 3]])

    @pytest.mark.parametrize(
        ("scaling", "value", "factor"),
        [
            ("sum", 12.5, 1),  # 25/2;      2(y − t)/2
            ("mean", 25 / 6, 1 / 3),  # 25/(2·3);  2(y − t)/(2·3)
            ("half", 6.25, 1 / 2),  # ½·25/2;    (y − t)/2
        ],
    )
    def test_value_and_gradient(self, scaling, value, factor):
        loss = SquaredError(scaling)
        assert loss.value(self.y, self.targets) == pytest.approx(value, rel=1e-15)
        expected = factor * np.array([[1.0, 0, 0], [2, 4, -2]])
        np.testing.assert_allclose(loss.gradient(self.y, self.targets), expected, rtol=1e-15)

    def test_sums_unless_told_otherwise(self):
        assert SquaredError().value(self.y, self.targets) == 12.5

    def test_the_outputs_themselves_are_what_it_says_of_the_classes(self):
        np.testing.assert_array_equal(SquaredError().probabilities(self.y), self.y)

    @pytest.mark.parametrize("scaling", ["total", "", "Sum"])
    def test_an_unknown_scaling_is_refused_by_name(self, scaling):
        with pytest.raises(ValueError, match=f"unknown scaling '{scaling}'.*sum, mean, half"):
            SquaredError(scaling)


class TestSoftmaxCrossEntropy:
    """Scores whose exponentials are whole numbers: 1, 2, 5 (sum 8) and 3, 3, 2 (sum 8)."""

    z = np.log([[1.0, 2, 5], [3, 3, 2]])
    targets = np.array([[0.0, 1, 0], [1, 0, 0]])
    probabilities = np.array([[1, 2, 5], [3, 3, 2]]) / 8

    def test_value(self):
        # −(ln 2/8 + ln 3/8)/2 = (1.386294 + 0.980829)/2 = 1.183562
        value = SoftmaxCrossEntropy().value(self.z, self.targets)
        assert value == pytest.approx(1.1835618071, abs=1e-10)

    def test_gradient(self):
        # (p − t)/2: (1/8, 2/8 − 1, 5/8)/2 and (3/8 − 1, 3/8, 2/8)/2
        expected = [[1 / 16, -6 / 16, 5 / 16], [-5 / 16, 3 / 16, 2 / 16]]
        np.testing.assert_allclose(SoftmaxCrossEntropy().gradient(self.z, self.targets), expected, atol=1e-15)

    def test_probabilities(self):
        p = SoftmaxCrossEntropy().probabilities(self.z)
        np.testing.assert_allclose(p, self.probabilities, rtol=1e-14)
        np.testing.assert_allclose(log_softmax(self.z), np.log(self.probabilities), rtol=1e-13)

    def test_soft_targets(self):
        # t = ½, ½, 0: −½ ln 1/8 − ½ ln 2/8 = (2.079442 + 1.386294)/2 = 1.732868
        value = SoftmaxCrossEntropy().value(self.z[:1], np.array([[0.5, 0.5, 0]]))
        assert value == pytest.approx(1.7328679514, abs=1e-10)

    def test_scores_a_thousand_apart_have_exact_limits(self, dtype):
        # p = 1, 0; the loss of the unlikely class is 1000 − (−1000) = 2000, of the likely one 0
        z = np.array([[1000, -1000]], dtype)
        likely, unlikely = np.array([[1, 0]], dtype), np.array([[0, 1]], dtype)
        loss = SoftmaxCrossEntropy()
        assert loss.value(z, likely) == 0
        assert loss.value(z, unlikely) == 2000
        np.testing.assert_array_equal(loss.gradient(z, likely), [[0, 0]])
        np.testing.assert_array_equal(loss.gradient(z, unlikely), [[1, -1]])
        np.testing.assert_array_equal(softmax(np.array([[1e30, -1e30]], dtype)), [[1, 0]])

    @given(st.lists(st.integers(-50, 50), min_size=2, max_size=6), st.integers(-1000, 1000))
    def test_adding_a_number_to_all_scores_changes_nothing(self, scores, shift):
        z = np.array([scores], float)  # whole numbers, so that the sums are exact
        np.testing.assert_array_equal(softmax(z + shift), softmax(z))
        np.testing.assert_array_equal(log_softmax(z + shift), log_softmax(z))

    @given(st.lists(st.floats(-1e30, 1e30), min_size=1, max_size=6))
    def test_probabilities_are_from_0_to_1_and_add_up_to_1(self, scores):
        p = softmax(np.array([scores]))
        assert ((p >= 0) & (p <= 1)).all()
        assert p.sum() == pytest.approx(1, abs=1e-14)

    def test_rows_are_shifted_each_by_its_own_maximum(self):
        z = np.array([[1000.0, 1001], [-1000, -999], [0, 1]])
        np.testing.assert_allclose(softmax(z), np.tile(softmax(z[2:]), (3, 1)), rtol=1e-15)


class TestBinaryCrossEntropy:
    """σ(ln 3) = ¾, σ(0) = ½, σ(−ln 3) = ¼, σ(ln 4) = ⅘."""

    z = np.array([[np.log(3), 0], [-np.log(3), np.log(4)]])
    targets = np.array([[1.0, 0], [1, 1]])

    def test_value(self):
        # −ln ¾ = 0.287682, −ln(1 − ½) = 0.693147, −ln ¼ = 1.386294, −ln ⅘ = 0.223144
        # sum 2.590267, over N = 2 examples 1.295134
        assert BinaryCrossEntropy().value(self.z, self.targets) == pytest.approx(1.2951335827, abs=1e-10)

    def test_gradient(self):
        # (¾ − 1)/2, (½ − 0)/2;  (¼ − 1)/2, (⅘ − 1)/2
        expected = [[-0.125, 0.25], [-0.375, -0.1]]
        np.testing.assert_allclose(BinaryCrossEntropy().gradient(self.z, self.targets), expected, rtol=1e-14)

    def test_probabilities(self):
        expected = [[0.75, 0.5], [0.25, 0.8]]
        np.testing.assert_allclose(BinaryCrossEntropy().probabilities(self.z), expected, rtol=1e-14)

    @pytest.mark.parametrize(
        ("z", "t", "value", "slope"),
        [
            (1000, 1, 0, 0),  # sure and right
            (1000, 0, 1000, 1),  # log(1 + e¹⁰⁰⁰) = 1000
            (-1000, 1, 1000, -1),
            (-1000, 0, 0, 0),
            (1000, 0.5, 500, 0.5),
        ],
    )
    def test_a_score_of_a_thousand_has_exact_limits(self, z, t, value, slope, dtype):
        z, t = np.array([[z]], dtype), np.array([[t]], dtype)
        assert BinaryCrossEntropy().value(z, t) == value
        assert BinaryCrossEntropy().gradient(z, t) == slope

    def test_a_small_loss_keeps_its_digits(self):
        # log(1 + e⁻⁸⁰) is e⁻⁸⁰ = 1.804851e-35, not 0
        value = BinaryCrossEntropy().value(np.array([[-80.0]]), np.array([[0.0]]))
        np.testing.assert_allclose(value, 1.804851387845415e-35, rtol=1e-12)

    def test_is_softmax_cross_entropy_of_the_scores_z_and_0(self):
        z = np.array([[0.7], [-2.5]])
        t = np.array([[1.0], [0]])
        two_classes = SoftmaxCrossEntropy().value(np.hstack([z, 0 * z]), np.hstack([t, 1 - t]))
        assert BinaryCrossEntropy().value(z, t) == pytest.approx(two_classes, rel=1e-14)


def scores(n=6, width=3, seed=0, dtype=np.float64):
    return np.random.default_rng(seed).normal(size=(n, width)).astype(dtype)


class TestEveryLoss:
    def test_gradient_is_the_derivative_of_the_value(self, loss, one_hot):
        y, targets, h = scores(), one_hot(6, 3), 1e-5
        numeric = np.zeros_like(y)
        for i in np.ndindex(y.shape):
            shift = np.zeros_like(y)
            shift[i] = h
            numeric[i] = (loss.value(y + shift, targets) - loss.value(y - shift, targets)) / (2 * h)
        gradient = loss.gradient(y, targets)
        assert np.abs(gradient - numeric).max() < 1e-8 * np.abs(gradient).max()

    def test_is_the_mean_over_the_examples_taken_once(self, loss, one_hot):
        y, targets = scores(), one_hot(6, 3)
        single = [loss.value(y[i : i + 1], targets[i : i + 1]) for i in range(6)]
        assert loss.value(y, targets) == pytest.approx(np.mean(single), rel=1e-13)
        rows = np.vstack([loss.gradient(y[i : i + 1], targets[i : i + 1]) for i in range(6)])
        np.testing.assert_allclose(loss.gradient(y, targets), rows / 6, rtol=1e-13)

    def test_value_is_a_plain_number_and_the_gradient_keeps_shape_and_precision(self, loss, dtype, one_hot):
        y, targets = scores(dtype=dtype), one_hot(6, 3, dtype=dtype)
        assert type(loss.value(y, targets)) is float
        for array in (loss.gradient(y, targets), loss.probabilities(y)):
            assert (array.shape, array.dtype) == (y.shape, dtype)

    def test_writes_to_nothing(self, loss, one_hot, state_of):
        y, targets = scores(), one_hot(6, 3)
        y.flags.writeable = targets.flags.writeable = False
        before = state_of([loss, y, targets])
        loss.value(y, targets)
        gradient = loss.gradient(y, targets)
        loss.probabilities(y)
        assert state_of([loss, y, targets]) == before
        assert not np.shares_memory(gradient, y)
        assert not np.shares_memory(gradient, targets)

    def test_is_never_negative_and_smallest_at_the_targets(self, loss, one_hot):
        targets = one_hot(6, 3)
        right = 50 * (2 * targets - 1) if loss.on_scores else targets
        assert loss.value(scores(), targets) > loss.value(right, targets)
        assert loss.value(right, targets) == pytest.approx(0, abs=1e-15)
        np.testing.assert_allclose(loss.gradient(right, targets), 0, atol=1e-15)

    def test_large_scores_and_outputs_overflow_nowhere(self, loss, dtype, one_hot):
        y = 1000 * np.sign(scores(dtype=dtype))
        assert np.isfinite(loss.value(y, one_hot(6, 3, dtype=dtype)))
        assert np.isfinite(loss.gradient(y, one_hot(6, 3, dtype=dtype))).all()

    def test_probabilities_of_scores_are_probabilities(self, loss):
        if loss.on_scores:
            p = loss.probabilities(scores())
            assert ((p > 0) & (p < 1)).all()
        else:
            np.testing.assert_array_equal(loss.probabilities(scores()), scores())


def test_a_loss_without_formulas_says_so():
    class Nothing(Loss):
        pass

    with pytest.raises(TypeError, match="Nothing defines no value"):
        Nothing().value(scores(), scores())
    with pytest.raises(TypeError, match="Nothing defines no gradient"):
        Nothing().gradient(scores(), scores())
