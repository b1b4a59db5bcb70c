"""Each optimizer's steps, worked by hand; then what every optimizer must keep to."""

import numpy as np
import pytest

from mlpviz.nn import (
    OPTIMIZERS,
    SGD,
    Adam,
    Affine,
    Network,
    Optimizer,
    RMSProp,
    Sigmoid,
    SquaredError,
)
from mlpviz.nn.vector import joined


def steps(optimizer, gradients, weight=0.0):
    """Δw of a single weight for one gradient after the other; the weight itself moves along."""
    weight = np.array([weight])
    changes = []
    for gradient in gradients:
        [update] = optimizer.updates([{"weight": weight}], [{"weight": np.array([float(gradient)])}])
        weight = weight + update["weight"]
        changes.append(float(update["weight"][0]))
    return changes


class TestSGD:
    def test_steps_against_the_gradient(self):
        # −0.1·0.5, −0.1·(−2)
        assert steps(SGD(0.1), [0.5, -2]) == pytest.approx([-0.05, 0.2])

    def test_momentum(self):
        # v = 1;  0.9·1 + 1 = 1.9;  0.9·1.9 − 2 = −0.29;  Δw = −0.1 v
        assert steps(SGD(0.1, momentum=0.9), [1, 1, -2]) == pytest.approx([-0.1, -0.19, 0.029])

    def test_nesterov(self):
        # the same v = 1, 1.9, −0.29;  Δw = −0.1 (g + 0.9 v):
        # 1 + 0.9 = 1.9;  1 + 1.71 = 2.71;  −2 − 0.261 = −2.261
        changes = steps(SGD(0.1, momentum=0.9, nesterov=True), [1, 1, -2])
        assert changes == pytest.approx([-0.19, -0.271, 0.2261])

    def test_nesterov_without_momentum_is_plain(self):
        assert steps(SGD(0.1, nesterov=True), [1, -2]) == pytest.approx([-0.1, 0.2])

    def test_weight_decay_is_part_of_the_gradient(self):
        # w = 2: g = 1 + 0.1·2 = 1.2, Δw = −0.12;  w = 1.88: g = 1 + 0.188, Δw = −0.1188
        assert steps(SGD(0.1, weight_decay=0.1), [1, 1], weight=2) == pytest.approx([-0.12, -0.1188])

    def test_weight_decay_enters_the_velocity(self):
        # v = 1.2;  w = 1.88: v = 0.9·1.2 + 1.188 = 2.268;  Δw = −0.1 v
        changes = steps(SGD(0.1, momentum=0.9, weight_decay=0.1), [1, 1], weight=2)
        assert changes == pytest.approx([-0.12, -0.2268])

    def test_a_new_learning_rate_holds_for_the_whole_velocity(self):
        # v = 1, then 1.9; at rate 0.01 the step is −0.019 (the rate stands outside v)
        sgd = SGD(0.1, momentum=0.9)
        steps(sgd, [1])
        sgd.learning_rate = 0.01
        assert steps(sgd, [1]) == pytest.approx([-0.019])

    def test_momentum_set_to_0_forgets_the_velocity(self):
        sgd = SGD(0.1, momentum=0.9)
        steps(sgd, [1])
        sgd.momentum = 0
        assert steps(sgd, [1]) == pytest.approx([-0.1])
        sgd.momentum = 0.9
        assert steps(sgd, [1, 1]) == pytest.approx([-0.1, -0.19])

    def test_on_a_quadratic_each_weight_shrinks_by_one_minus_rate_times_curvature(self):
        """L = ½ Σ a w² has the gradient a w, so w after k steps is (1 − η a)ᵏ w₀."""
        a, start = np.array([1.0, 4]), np.array([3.0, -2])
        w, sgd = start.copy(), SGD(0.1)
        for _ in range(25):
            w += sgd.updates([{"weight": w}], [{"weight": a * w}])[0]["weight"]
        np.testing.assert_allclose(w, np.array([0.9, 0.6]) ** 25 * start, rtol=1e-12)

    def test_on_a_quadratic_it_diverges_beyond_two_over_the_curvature(self):
        """1 − η·4 is −0.96 at η = 0.49, and −1.04 at η = 0.51."""
        for rate, ends in [(0.49, 0.96**50), (0.51, 1.04**50)]:
            w, sgd = np.array([1.0]), SGD(rate)
            for _ in range(50):
                w += sgd.updates([{"weight": w}], [{"weight": 4 * w}])[0]["weight"]
            assert abs(w[0]) == pytest.approx(ends)


class TestRMSProp:
    def test_three_steps(self):
        # s = 0.01·9 = 0.09, √s = 0.3:                          −0.1·3/0.3 = −1
        # s = 0.99·0.09 + 0.01·16 = 0.2491, √s = 0.499099:      −0.1·4/0.499099 = −0.801444
        # s = 0.99·0.2491 + 0.01·1 = 0.256609, √s = 0.506566:    0.1·1/0.506566 = 0.197408
        assert steps(RMSProp(0.1), [3, 4, -1]) == pytest.approx([-1, -0.8014438836, 0.1974076822], rel=1e-7)

    def test_epsilon_stands_outside_the_root(self):
        # g = 1e-8: √s = 1e-9, and 1e-8/(1e-9 + 1e-8) = 1/1.1
        assert steps(RMSProp(0.1), [1e-8]) == pytest.approx([-0.1 / 1.1])

    def test_weight_decay_enters_the_mean_square(self):
        # w = 20: g = 1 + 0.1·20 = 3, as in the first step above: −1.  Then w = 19, g = 2.1 + 1.9 = 4
        assert steps(RMSProp(0.1, weight_decay=0.1), [1, 2.1], 20) == pytest.approx([-1, -0.8014438836])


class TestAdam:
    def test_three_steps_with_bias_correction(self):
        # m = 0.1·2 = 0.2            /0.1   = 2;         s = 0.001·4 = 0.004     /0.001       = 4
        #   −0.1·2/√4 = −0.1
        # m = 0.9·0.2 − 0.1 = 0.08   /0.19  = 0.421053;  s = 0.003996 + 0.001    /0.001999    = 2.499250
        #   −0.1·0.421053/1.580902 = −0.0266337
        # m = 0.072 + 0.1 = 0.172    /0.271 = 0.634686;  s = 0.004991004 + 0.001 /0.002997001 = 1.999000
        #   −0.1·0.634686/1.413860 = −0.0448903
        expected = [-0.0999999995, -0.026633703798, -0.044890329389]
        assert steps(Adam(0.1), [2, -1, 1]) == pytest.approx(expected, rel=1e-10)

    def test_epsilon_stands_outside_the_root(self):
        # g = 1e-8: m̂ = 1e-8, √ŝ = 1e-8, and 1e-8/(1e-8 + 1e-8) = ½
        assert steps(Adam(0.1), [1e-8]) == pytest.approx([-0.05])

    def test_weight_decay_is_part_of_the_gradient(self):
        # w = 10: g = 1 + 0.1·10 = 2: −0.1 as above.  w = 9.9: g = −1.99 + 0.99 = −1: the second step above
        changes = steps(Adam(0.1, weight_decay=0.1), [1, -1.99], weight=10)
        assert changes == pytest.approx([-0.1, -0.026633703798], rel=1e-7)


def two_layers(dtype=np.float64, seed=0):
    """Parameters of an affine layer, of a layer without any, and of another affine one."""
    rng = np.random.default_rng(seed)

    def affine(n_in, n_out):
        shapes = {"weight": (n_in, n_out), "bias": (n_out,)}
        return {name: rng.normal(size=shape).astype(dtype) for name, shape in shapes.items()}

    return [affine(3, 4), {}, affine(4, 2)]


@pytest.fixture(
    params=[
        *[pytest.param((kind, {}), id=name) for name, kind in OPTIMIZERS.items()],
        *[
            pytest.param((kind, {"weight_decay": 0.1}), id=f"{name}-decay")
            for name, kind in OPTIMIZERS.items()
        ],
        pytest.param((SGD, {"momentum": 0.9}), id="sgd-momentum"),
        pytest.param((SGD, {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1}), id="sgd-nesterov"),
    ]
)
def new(request):
    """A function that builds an optimizer; each of the table, with and without its extras."""
    kind, settings = request.param
    return lambda learning_rate=0.1: kind(learning_rate, **settings)


class TestEveryOptimizer:
    def test_gives_an_update_in_the_shape_and_precision_of_every_parameter(self, new, dtype):
        params, optimizer = two_layers(dtype), new()
        for seed in (1, 2, 3):
            updates = optimizer.updates(params, two_layers(dtype, seed))
            assert [update.keys() for update in updates] == [layer.keys() for layer in params]
            for layer, update in zip(params, updates, strict=True):
                for name, array in update.items():
                    assert (array.shape, array.dtype) == (layer[name].shape, dtype)
        assert all(array.dtype == dtype for array in optimizer.memory.values() if array.ndim)

    def test_writes_an_update_over_the_gradient(self, new, dtype):
        """Of weights of any shape, such as all in one vector; the numbers are those of each by itself."""
        params, apart, together = two_layers(dtype), new(), new()
        for seed in (1, 2, 3):
            gradient = joined(two_layers(dtype, seed))
            update = together.update(joined(params), gradient)
            assert update is gradient
            np.testing.assert_array_equal(update, joined(apart.updates(params, two_layers(dtype, seed))))

    def test_changes_neither_parameters_nor_gradients(self, new, state_of):
        params, gradients, optimizer = two_layers(), two_layers(seed=1), new()
        for layer in params + gradients:
            for array in layer.values():
                array.flags.writeable = False
        before = state_of([params, gradients])
        for _ in range(3):
            optimizer.updates(params, gradients)
        assert state_of([params, gradients]) == before

    def test_remembers_no_array_that_others_may_write(self, new):
        """Overwriting gradients and updates after each step changes no later step."""
        careful, careless, params = new(), new(), two_layers()
        for seed in (1, 2, 3):
            expected = careful.updates(params, two_layers(seed=seed))
            gradients = two_layers(seed=seed)
            updates = careless.updates(params, gradients)
            for layer, other in zip(expected, updates, strict=True):
                for name in layer:
                    np.testing.assert_array_equal(layer[name], other[name])
            for layer in gradients + updates:
                for array in layer.values():
                    array[:] = 99

    def test_its_memory_is_all_that_it_needs_to_go_on(self, new):
        params, first, second = two_layers(), new(), new()
        for seed in (1, 2):
            first.updates(params, two_layers(seed=seed))
        second.memory = {name: np.array(array) for name, array in first.memory.items()}
        gradients = two_layers(seed=3)
        for a, b in zip(first.updates(params, gradients), second.updates(params, gradients), strict=True):
            for name in a:
                np.testing.assert_array_equal(a[name], b[name])

    def test_treats_every_entry_by_itself(self, new):
        weights, gradients = np.array([1.0, -2, 3]), np.array([[0.5, -1, 2], [2, 0, -1]])
        together = new()
        for_all = [together.updates([{"w": weights}], [{"w": g}])[0]["w"] for g in gradients]
        for i in range(3):
            alone = new()
            for step, g in enumerate(gradients):
                [update] = alone.updates([{"w": weights[i : i + 1]}], [{"w": g[i : i + 1]}])
                assert update["w"] == pytest.approx(for_all[step][i], rel=1e-14)

    def test_a_zero_gradient_and_a_zero_weight_stay_at_rest(self, new):
        for change in steps(new(), [0, 0, 0]):
            assert change == 0

    def test_its_step_is_in_proportion_to_the_learning_rate(self, new):
        gradients = two_layers(seed=1)
        small, large = (new(rate).updates(two_layers(), gradients) for rate in (0.1, 0.3))
        for a, b in zip(small, large, strict=True):
            for name in a:
                np.testing.assert_allclose(3 * a[name], b[name], rtol=1e-13)

    def test_goes_down_a_quadratic(self, new):
        """L = ½ Σ a (w − 1)² falls from 25 to less than a hundredth; weight decay leaves a little."""
        a = np.array([1.0, 10, 0.1])
        w, optimizer = np.array([2.0, -1.2, -2]), new(0.01)

        def value():
            return 0.5 * (a * (w - 1) ** 2).sum()

        assert value() > 25
        for _ in range(5000):
            w += optimizer.updates([{"w": w}], [{"w": a * (w - 1)}])[0]["w"]
        assert value() < 0.25

    def test_gradients_of_another_number_of_layers_are_refused(self, new):
        with pytest.raises(ValueError, match="shorter"):
            new().updates(two_layers(), two_layers()[:2])


def test_a_learning_rate_that_comes_from_an_array_changes_no_precision():
    """np.float64 is a float, and what np.logspace gives to a sweep."""
    for kind in OPTIMIZERS.values():
        for update in kind(np.float64(0.1)).updates(two_layers(np.float32), two_layers(np.float32, 1)):
            assert all(array.dtype == np.float32 for array in update.values()), kind


class TestPromisedChange:
    """What a step promises is Σ ∂L/∂θ · Δθ over all parameters."""

    def network_and_batch(self):
        rng = np.random.default_rng(0)
        network = Network(
            [Affine(3, 5, rng, dtype=np.float64), Sigmoid(), Affine(5, 2, rng, dtype=np.float64)]
        )
        return network, rng.normal(size=(8, 3)), rng.normal(size=(8, 2))

    def test_of_plain_gradient_descent_is_minus_rate_times_the_squared_norm(self):
        network, x, targets = self.network_and_batch()
        _, gradients = network.loss_and_gradients(x, targets, SquaredError())
        updates = SGD(0.3).updates(network.params, gradients)
        pairs = [(g[name], u[name]) for g, u in zip(gradients, updates, strict=True) for name in g]
        assert len(pairs) == 4
        promised = sum((g * u).sum() for g, u in pairs)
        assert promised == pytest.approx(-0.3 * sum((g**2).sum() for g, _ in pairs), rel=1e-14)

    def test_is_kept_by_every_optimizer_in_the_limit_of_small_steps(self, new):
        network, x, targets = self.network_and_batch()
        before, gradients = network.loss_and_gradients(x, targets, SquaredError())
        updates = new(1e-6).updates(network.params, gradients)
        promised = 0.0
        for layer, gradient, update in zip(network.layers, gradients, updates, strict=True):
            for name in layer.params:
                promised += (gradient[name] * update[name]).sum()
                layer.params[name] += update[name]
        after, _ = network.loss_and_gradients(x, targets, SquaredError())
        assert promised < 0
        assert after - before == pytest.approx(promised, rel=1e-4)


def test_an_optimizer_without_a_formula_says_so():
    class Nothing(Optimizer):
        pass

    with pytest.raises(TypeError, match="Nothing defines no update"):
        steps(Nothing(0.1), [1])
