"""Every gradient against central differences; and that the check accepts and rejects what it should."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpviz.nn import (
    LAYERS,
    LOSSES,
    Affine,
    BatchNorm,
    Dropout,
    LeakyReLU,
    Network,
    ReLU,
    Sigmoid,
    SoftmaxCrossEntropy,
    SquaredError,
    Tanh,
    check_gradients,
)

TOLERANCE = 1e-6


def affine(n_in, n_out, seed=0):
    rng = np.random.default_rng(seed)
    return Affine(n_in, n_out, rng, initializer="lecun", bias_initializer="normal(0.3)", dtype=np.float64)


def spread_inputs(n, width, seed=0):
    """Random inputs of which no column is nearly constant, so that batch normalisation is smooth."""
    return np.random.default_rng(seed).normal(size=(n, width)) + np.linspace(-2, 2, n)[:, None]


def failed(checks):
    """Position and name of each array that did not pass."""
    return [(check.layer, check.name) for check in checks if not check.passed]


class TestAcceptsWhatIsRight:
    @pytest.mark.parametrize("training", [False, True])
    def test_every_layer_with_every_loss(self, kind, loss, training, make_layer, one_hot):
        """The layer in question stands between others: its own gradients count, and what it passes down."""
        network = Network([affine(3, 4), Tanh(), make_layer(kind, 4, seed=1), affine(4, 3, seed=2)])
        checks = check_gradients(network, spread_inputs(6, 3), one_hot(6, 3), loss, training=training)
        expected = [(i, name) for i, layer in enumerate(network.layers) for name in layer.params]
        assert [(check.layer, check.name) for check in checks] == expected
        for check in checks:
            assert check.error < TOLERANCE
            assert check.passed
            assert check.shape == network.layers[check.layer].params[check.name].shape
            assert (check.checked, check.kinks) == (np.prod(check.shape), 0)
            assert check.largest > 1e-4

    @pytest.mark.parametrize("training", [False, True])
    def test_every_layer_at_the_very_end(self, kind, loss, training, make_layer, one_hot):
        network = Network([affine(3, 4), Sigmoid(), make_layer(kind, 4, seed=1)])
        checks = check_gradients(network, spread_inputs(6, 3), one_hot(6, 4), loss, training=training)
        assert checks
        assert all(check.error < TOLERANCE for check in checks)

    @given(st.data())
    def test_random_small_networks(self, data):
        """Any activations, widths, batches and losses; normalisation at the front, behind no bias."""
        seed = data.draw(st.integers(0, 10_000), "seed")
        widths = data.draw(st.lists(st.integers(1, 4), min_size=2, max_size=4), "widths")
        training = data.draw(st.booleans(), "training")
        layers = [BatchNorm(widths[0])] if data.draw(st.booleans(), "normalised") else []
        between = sorted(set(LAYERS) - {"affine", "linear", "batch_norm"})
        for n_in, n_out in pairwise(widths):
            layers.append(affine(n_in, n_out, seed + len(layers)))
            layers += [LAYERS[kind]() for kind in data.draw(st.lists(st.sampled_from(between), max_size=2))]
        n = data.draw(st.integers(4, 7), "examples")
        loss = LOSSES[data.draw(st.sampled_from(sorted(LOSSES)), "loss")]()
        targets = np.eye(widths[-1])[np.random.default_rng(seed).integers(0, widths[-1], n)]
        x = spread_inputs(n, widths[0], seed)
        for check in check_gradients(Network(layers), x, targets, loss, training=training, seed=seed):
            assert check.checked + check.kinks == np.prod(check.shape)
            # central differences have an absolute error of about 1e-11 of their own
            assert check.passed or check.error * check.largest < 1e-10, (check, layers)

    def test_a_float32_network_is_checked_in_float64(self, one_hot):
        rng = np.random.default_rng(0)
        network = Network([Affine(3, 4, rng), Sigmoid(), Affine(4, 3, rng)])
        x, targets = spread_inputs(6, 3).astype(np.float32), one_hot(6, 3, dtype=np.float32)
        assert failed(check_gradients(network, x, targets, SquaredError())) == []

    def test_gradients_that_are_zero_are_compared_in_absolute_terms(self, one_hot):
        """A ReLU whose inputs are all far below 0 passes nothing down."""
        dead = affine(3, 4)
        dead.params["bias"][:] = -100
        checks = check_gradients(
            Network([dead, ReLU(), affine(4, 3)]), spread_inputs(6, 3), one_hot(6, 3), SquaredError()
        )
        by_name = {(check.layer, check.name): check for check in checks}
        assert by_name[0, "weight"].largest == by_name[0, "weight"].error == 0
        assert by_name[0, "weight"].checked == 12
        assert failed(checks) == []

    def test_a_bias_in_front_of_batch_normalisation(self, one_hot):
        """It moves the mean along, so its gradient is 0: in numbers 1e-16, all of it rounding."""
        network = Network([affine(3, 4), BatchNorm(4), affine(4, 3, 1)])
        checks = check_gradients(
            network, spread_inputs(6, 3), one_hot(6, 3), SoftmaxCrossEntropy(), training=True
        )
        assert checks[1].largest < 1e-14
        assert failed(checks) == []

    def test_a_weight_that_is_stored_column_by_column(self, one_hot):
        """As a transposed matrix is, such as one read from a file that keeps (n_out, n_in)."""
        network = Network([affine(3, 3)])
        network.layers[0].params["weight"] = np.arange(9.0).reshape(3, 3).T / 10
        assert failed(check_gradients(network, spread_inputs(6, 3), one_hot(6, 3), SquaredError())) == []

    def test_dropout_draws_the_same_at_every_evaluation(self, one_hot):
        network = Network([affine(3, 8), Dropout(0.5), affine(8, 3, 1)])
        batch = spread_inputs(6, 3), one_hot(6, 3), SquaredError()
        runs = [check_gradients(network, *batch, training=True, seed=seed) for seed in (1, 1, 2)]
        assert [failed(run) for run in runs] == [[], [], []]
        assert runs[0] == runs[1]
        assert runs[0][0].largest != runs[2][0].largest

    def test_changes_nothing(self, kind, loss, make_layer, one_hot, state_of):
        network = Network([affine(3, 4), make_layer(kind, 4), affine(4, 3)])
        x, targets = spread_inputs(6, 3), one_hot(6, 3)
        before = state_of([network, x, targets, loss])
        check_gradients(network, x, targets, loss, training=True)
        assert state_of([network, x, targets, loss]) == before


def spoilt(cls, method, spoil):
    """A subclass of a layer or a loss, one of whose formulas is put through `spoil`."""
    right = getattr(cls, method)
    return type(
        f"Spoilt{cls.__name__}", (cls,), {method: lambda self, *args: spoil(right(self, *args), *args)}
    )


class TestRejectsWhatIsWrong:
    @pytest.mark.parametrize("factor", [-1, 1.01, 0.99, 0])
    @pytest.mark.parametrize("training", [False, True])
    def test_a_wrong_factor_in_what_a_layer_passes_down(self, kind, factor, training, make_layer, one_hot):
        wrong = make_layer(spoilt(LAYERS[kind], "backward", lambda downstream, *_: factor * downstream), 4)
        network = Network([affine(3, 4), Tanh(), wrong, affine(4, 3, 1)])
        x, targets = spread_inputs(6, 3), one_hot(6, 3)
        checks = check_gradients(network, x, targets, SquaredError(), training=training)
        assert failed(checks) == [(0, "weight"), (0, "bias")], "all below the fault, and nothing else"
        expected = {-1: 2, 1.01: 0.01 / 1.01, 0.99: 0.01 / 0.99}.get(factor)
        if expected:  # |analytic − central| over |analytic|, where central = analytic/factor
            assert checks[0].error == pytest.approx(expected, rel=1e-3)

    @pytest.mark.parametrize("factor", [-1, 1.01, 0.99, 0])
    @pytest.mark.parametrize(
        ("cls", "name"), [(Affine, "weight"), (Affine, "bias"), (BatchNorm, "gamma"), (BatchNorm, "beta")]
    )
    def test_a_wrong_factor_in_one_gradient(self, cls, name, factor, make_layer, one_hot):
        wrong = spoilt(cls, "gradients", lambda gradients, *_: gradients | {name: factor * gradients[name]})
        network = Network([affine(3, 4), Tanh(), make_layer(wrong, 4), affine(4, 3, 1)])
        checks = check_gradients(network, spread_inputs(6, 3), one_hot(6, 3), SquaredError())
        assert failed(checks) == [(2, name)]

    def test_a_single_wrong_entry(self, one_hot):
        def spoil(gradients, *_):
            weight = gradients["weight"].copy()
            weight[2, 1] += 1e-5 * np.abs(weight).max()
            return gradients | {"weight": weight}

        wrong = affine(3, 4)
        wrong.__class__ = spoilt(Affine, "gradients", spoil)
        network = Network([wrong, Tanh(), affine(4, 3, 1)])
        checks = check_gradients(network, spread_inputs(6, 3), one_hot(6, 3), SquaredError())
        assert failed(checks) == [(0, "weight")]
        assert checks[0].error == pytest.approx(1e-5, rel=0.01)

    @pytest.mark.parametrize("name", LOSSES)
    @pytest.mark.parametrize("factor", ["missing", "twice"])
    def test_a_loss_that_divides_by_the_number_of_examples_not_once(self, name, factor, one_hot):
        def spoil(gradient, y, targets):
            return gradient * len(y) if factor == "missing" else gradient / len(y)

        network = Network([affine(3, 4), Tanh(), affine(4, 3, 1)])
        wrong = spoilt(LOSSES[name], "gradient", spoil)()
        checks = check_gradients(network, spread_inputs(6, 3), one_hot(6, 3), wrong)
        assert failed(checks) == [(0, "weight"), (0, "bias"), (2, "weight"), (2, "bias")]

    def test_a_mean_over_the_outputs_that_is_left_out_of_the_derivative(self, one_hot):
        """A well-known slip: the value has 1/K, the gradient is that of the sum."""
        wrong = SquaredError("mean")
        wrong.gradient = SquaredError("sum").gradient
        checks = check_gradients(Network([affine(3, 4)]), spread_inputs(6, 3), one_hot(6, 4), wrong)
        assert failed(checks) == [(0, "weight"), (0, "bias")]

    def test_batch_normalisation_that_takes_mean_and_variance_for_constants(self, make_layer, one_hot):
        class Constant(BatchNorm):
            def backward(self, upstream, cache):
                return super().backward(upstream, cache._replace(batch_size=None))

        network = Network([affine(3, 4), Tanh(), make_layer(Constant, 4), affine(4, 3, 1)])
        batch = spread_inputs(6, 3), one_hot(6, 3), SquaredError()
        assert failed(check_gradients(network, *batch)) == []
        assert failed(check_gradients(network, *batch, training=True)) == [(0, "weight"), (0, "bias")]

    def test_a_zero_that_should_be_something(self, one_hot):
        """Where the whole gradient is claimed to be 0 the error is an absolute one, above 1e-10."""
        wrong = spoilt(
            Affine, "gradients", lambda g, *_: {name: np.zeros_like(array) for name, array in g.items()}
        )
        network = Network([wrong(3, 3, np.random.default_rng(0))])
        for check in check_gradients(network, spread_inputs(6, 3), one_hot(6, 3), SquaredError()):
            assert check.largest == 0
            assert check.error > 0.01
            assert not check.passed

    @pytest.mark.parametrize("entry", [np.s_[:], np.s_[0]])
    def test_gradients_that_are_no_numbers(self, entry, one_hot):
        def spoil(gradients, *_):
            weight = gradients["weight"].copy()
            weight[entry] = np.nan
            return gradients | {"weight": weight}

        network = Network([spoilt(Affine, "gradients", spoil)(3, 3, np.random.default_rng(0))])
        checks = check_gradients(network, spread_inputs(6, 3), one_hot(6, 3), SquaredError())
        assert failed(checks) == [(0, "weight")]


class TestEntries:
    def batch(self, one_hot):
        return spread_inputs(6, 3), one_hot(6, 4), SquaredError()

    def test_as_many_as_asked_for_or_all(self, one_hot):
        network = Network([affine(3, 4)])
        for entries, weights, biases in [(1, 1, 1), (5, 5, 4), (12, 12, 4), (99, 12, 4), (None, 12, 4)]:
            weight, bias = check_gradients(network, *self.batch(one_hot), entries=entries)
            assert (weight.checked, bias.checked) == (weights, biases)

    def test_the_largest_is_always_among_them(self, one_hot):
        """An error in the largest entry alone is found, whichever others are drawn."""

        def spoil(gradients, *_):
            weight = gradients["weight"].copy()
            weight.flat[np.abs(weight).argmax()] *= 1.01
            return gradients | {"weight": weight}

        network = Network([affine(3, 4)])
        network.layers[0].__class__ = spoilt(Affine, "gradients", spoil)
        for seed in range(10):
            for entries in (1, 3):
                checks = check_gradients(network, *self.batch(one_hot), entries=entries, seed=seed)
                assert failed(checks) == [(0, "weight")]

    def test_the_seed_draws_them(self, one_hot):
        """With one wrong entry, not the largest, some draws of 3 in 12 see it and some do not."""

        def spoil(gradients, *_):
            weight = gradients["weight"].copy()
            weight.flat[np.abs(weight).argmin()] += 0.1 * np.abs(weight).max()
            return gradients | {"weight": weight}

        network = Network([affine(3, 4)])
        network.layers[0].__class__ = spoilt(Affine, "gradients", spoil)
        seen = [
            bool(failed(check_gradients(network, *self.batch(one_hot), entries=3, seed=seed)))
            for seed in [*range(20), *range(20)]
        ]
        assert seen[:20] == seen[20:]
        assert 0 < sum(seen[:20]) < 20


class TestKinks:
    """One weight and one bias in front of a ReLU; the bias alone decides where its input lies."""

    def check(self, activation, bias, x=1.0, h=1e-5):
        first, last = affine(1, 1), affine(1, 1, seed=1)
        first.params["weight"][:] = 0
        first.params["bias"][:] = bias
        one = np.array([[x]])
        return check_gradients(Network([first, activation, last]), one, one, SquaredError(), h=h)

    @pytest.mark.parametrize("activation", [ReLU(), LeakyReLU()])
    @pytest.mark.parametrize("bias", [0, 0.5e-5, -0.5e-5, 0.9e-5, -0.9e-5])
    def test_at_0_and_within_h_of_it_nothing_is_compared_but_a_kink_is_named(self, activation, bias):
        first_weight, first_bias, *last = self.check(activation, bias)
        for check in (first_weight, first_bias):
            assert (check.kinks, check.checked) == (1, 0)
        for check in last:  # they move nothing across
            assert (check.kinks, check.checked) == (0, 1)

    @pytest.mark.parametrize("activation", [ReLU(), LeakyReLU()])
    @pytest.mark.parametrize("bias", [1.1e-5, -1.1e-5, 1, -1])
    def test_further_away_there_is_none(self, activation, bias):
        first_weight, first_bias, *last = self.check(activation, bias)
        for check in (first_weight, first_bias):
            assert (check.kinks, check.checked, check.passed) == (0, 1, True)
        for check in last:
            assert (check.kinks, check.checked) == (0, 1)

    def test_what_counts_is_how_far_the_input_moves(self):
        """At x = 3 the weight moves it by 3h and the bias by h; with a smaller h neither reaches 0."""
        weight, bias, *_ = self.check(ReLU(), bias=2e-5, x=3.0)
        assert (weight.kinks, bias.kinks) == (1, 0)
        weight, bias, *_ = self.check(ReLU(), bias=2e-5, x=3.0, h=1e-6)
        assert (weight.kinks, bias.kinks) == (0, 0)

    def test_a_smooth_activation_has_none(self):
        for activation in (Sigmoid(), Tanh()):
            assert all(check.kinks == 0 and check.passed for check in self.check(activation, 0))

    def test_one_kink_hides_no_error_elsewhere(self, one_hot):
        """Unit 0 sits on its kink, unit 1 does not; a fault in unit 1's gradient is found."""
        wrong = spoilt(Affine, "gradients", lambda g, *_: g | {"bias": g["bias"] * [1, 1.01]})
        first = wrong(2, 2, np.random.default_rng(0), dtype=np.float64)
        first.params["weight"][:, 0] = 0
        first.params["bias"][:] = [0, 20]
        network = Network([first, ReLU(), affine(2, 2)])
        weight, bias, *_ = check_gradients(network, spread_inputs(5, 2), one_hot(5, 2), SquaredError())
        assert (weight.kinks, weight.checked, weight.passed) == (2, 2, True)
        assert (bias.kinks, bias.checked, bias.passed) == (1, 1, False)
