"""Networks: nine gradients worked by hand, and what every network keeps to, of any layers and any loss."""

import numpy as np
import pytest

from mlpviz.nn import (
    LAYERS,
    Affine,
    BatchNorm,
    Dropout,
    Network,
    ReLU,
    Sigmoid,
    SoftmaxCrossEntropy,
    SquaredError,
    Tanh,
)

SIX_DIGITS = 5e-7


class TestNineParametersByHand:
    """2 inputs, 2 hidden sigmoid units, 1 sigmoid output; x = (1, 0.5), t = 1, L = (y − t)².

    Forward
        z₁ = 1·0.4 + 0.5·0.2 − 0.1 = 0.4        h₁ = σ(0.4) = 0.598688
        z₂ = 1·(−0.6) + 0.5·0.8 + 0.3 = 0.1     h₂ = σ(0.1) = 0.524979
        z  = 0.598688·0.7 + 0.524979·(−0.5) + 0.1 = 0.256592
        y  = σ(0.256592) = 0.563798             L = (−0.436202)² = 0.190272
    Output layer
        δ = 2(y − t)·y(1 − y) = −0.872403·0.245930 = −0.214550
        ∂L/∂w = h δ:   0.598688·δ = −0.128448,   0.524979·δ = −0.112634;   ∂L/∂b = δ
    Hidden layer
        δ₁ = δ·0.7·h₁(1 − h₁)    = −0.150185·0.240261 = −0.036084
        δ₂ = δ·(−0.5)·h₂(1 − h₂) =  0.107275·0.249376 =  0.026752
        ∂L/∂w = xᵀδ:   1·δ₁, 1·δ₂;   0.5·δ₁ = −0.018042, 0.5·δ₂ = 0.013376;   ∂L/∂b = δ₁, δ₂
    Input
        δ₁·0.4 + δ₂·(−0.6) = −0.030485;   δ₁·0.2 + δ₂·0.8 = 0.014185
    """

    x, targets = np.array([[1, 0.5]]), np.array([[1.0]])

    def network(self):
        hidden, output = (Affine(2, n, initializer="zeros", dtype=np.float64) for n in (2, 1))
        hidden.params["weight"][:] = [[0.4, -0.6], [0.2, 0.8]]
        hidden.params["bias"][:] = [-0.1, 0.3]
        output.params["weight"][:] = [[0.7], [-0.5]]
        output.params["bias"][:] = [0.1]
        return Network([hidden, Sigmoid(), output, Sigmoid()])

    def assert_gradients(self, gradients, times=1):
        hidden, nothing, output, nothing_either = gradients
        assert nothing == nothing_either == {}
        expected = [
            (hidden["weight"], [[-0.036084, 0.026752], [-0.018042, 0.013376]]),
            (hidden["bias"], [-0.036084, 0.026752]),
            (output["weight"], [[-0.128448], [-0.112634]]),
            (output["bias"], [-0.214550]),
        ]
        for gradient, numbers in expected:
            np.testing.assert_allclose(gradient, times * np.array(numbers), rtol=0, atol=SIX_DIGITS)

    def test_prediction_and_loss(self):
        y = self.network().predict(self.x)
        np.testing.assert_allclose(y, [[0.563798]], rtol=0, atol=SIX_DIGITS)
        assert SquaredError().value(y, self.targets) == pytest.approx(0.190272, abs=SIX_DIGITS)

    def test_all_nine_gradients(self):
        network = self.network()
        assert network.n_parameters == 9
        loss, gradients = network.loss_and_gradients(self.x, self.targets, SquaredError())
        assert loss == pytest.approx(0.190272, abs=SIX_DIGITS)
        self.assert_gradients(gradients)

    def test_half_the_squared_error_halves_every_gradient(self):
        loss, gradients = self.network().loss_and_gradients(self.x, self.targets, SquaredError("half"))
        assert loss == pytest.approx(0.095136, abs=SIX_DIGITS)
        self.assert_gradients(gradients, times=0.5)

    def test_the_same_example_three_times_changes_nothing(self):
        x, targets = np.tile(self.x, (3, 1)), np.tile(self.targets, (3, 1))
        loss, gradients = self.network().loss_and_gradients(x, targets, SquaredError())
        assert loss == pytest.approx(0.190272, abs=SIX_DIGITS)
        self.assert_gradients(gradients)

    def test_every_number_on_the_way_is_in_the_trace(self):
        trace = self.network().trace(self.x, self.targets, SquaredError())
        assert trace.loss == pytest.approx(0.190272, abs=SIX_DIGITS)
        self.assert_gradients(trace.gradients)
        columns = [
            (trace.inputs, [[1, 0.5], [0.4, 0.1], [0.598688, 0.524979], [0.256592]]),
            (trace.outputs, [[0.4, 0.1], [0.598688, 0.524979], [0.256592], [0.563798]]),
            (trace.upstream, [[-0.036084, 0.026752], [-0.150185, 0.107275], [-0.214550], [-0.872403]]),
            (
                trace.downstream,
                [[-0.030485, 0.014185], [-0.036084, 0.026752], [-0.150185, 0.107275], [-0.214550]],
            ),
        ]
        for column, numbers in columns:
            for array, row in zip(column, numbers, strict=True):
                np.testing.assert_allclose(array, [row], rtol=0, atol=SIX_DIGITS)

    def test_xor_with_weights_set_by_hand(self):
        """Hidden units OR and not-AND, the output their AND: four of four."""
        network = self.network()
        hidden, output = network.layers[0].params, network.layers[2].params
        hidden["weight"][:], hidden["bias"][:] = [[20, -20], [20, -20]], [-10, 30]
        output["weight"][:], output["bias"][:] = [[20], [20]], -30
        y = network.predict(np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]))
        np.testing.assert_allclose(y, [[0], [1], [1], [0]], atol=1e-4)


def test_gradients_are_written_where_they_are_wanted(make_layer, kind):
    """By every layer; as the same numbers that new arrays would hold."""
    rng = np.random.default_rng(0)
    network = Network([make_layer("affine", 3), make_layer(kind, 3, seed=1)])
    x, targets, loss = rng.normal(size=(5, 3)), rng.normal(size=(5, 3)), SquaredError()
    outputs, caches = network.forward(x)
    upstreams = network.backward(loss.gradient(outputs[-1], targets), caches)
    out = [{name: np.full_like(array, np.nan) for name, array in params.items()} for params in network.params]
    written = network.gradients(upstreams, caches, out)
    for wanted, given, new in zip(out, written, network.gradients(upstreams, caches), strict=True):
        assert list(wanted) == list(given) == list(new)
        for name in wanted:
            assert given[name] is wanted[name]
            np.testing.assert_array_equal(given[name], new[name])


def test_two_outputs_add_two_paths_at_a_hidden_weight():
    # x = 2, hidden h = 2·3 = 6 (one unit), outputs 6·1 = 6 and 6·(−2) = −12; t = 5, −10
    # ∂L/∂y = 2·1, 2·(−2) = 2, −4;  ∂L/∂h = 2·1 + (−4)·(−2) = 10;  ∂L/∂w = 2·10 = 20
    hidden, output = (Affine(1, n, initializer="zeros", dtype=np.float64) for n in (1, 2))
    hidden.params["weight"][:] = 3
    output.params["weight"][:] = [[1, -2]]
    network = Network([hidden, output])
    _, gradients = network.loss_and_gradients(np.array([[2.0]]), np.array([[5.0, -10]]), SquaredError())
    assert gradients[0]["weight"] == 20
    np.testing.assert_array_equal(gradients[1]["weight"], [[12, -24]])  # 6·2, 6·(−4)


def test_two_affine_layers_collapse_to_one():
    """W = W₁W₂ and b = b₁W₂ + b₂."""
    rng = np.random.default_rng(0)
    first, second = (Affine(4, 4, rng, bias_initializer="normal", dtype=np.float64) for _ in range(2))
    x = rng.normal(size=(5, 4))
    collapsed = x @ (first.weight @ second.weight) + (first.bias @ second.weight + second.bias)
    np.testing.assert_allclose(Network([first, second]).predict(x), collapsed, rtol=1e-12)


@pytest.fixture
def batch(one_hot):
    """A function that gives inputs (n, 3) and one-hot targets (n, 3)."""

    def batch(n=6, seed=0, dtype=np.float64):
        return np.random.default_rng(seed).normal(size=(n, 3)).astype(dtype), one_hot(n, 3, seed, dtype)

    return batch


@pytest.fixture
def build(kind, make_layer):
    """A function that gives a network of affine layers with the layer in question between and behind them."""

    def build(dtype=np.float64):
        affine = [make_layer(Affine, 3, seed, dtype) for seed in (1, 2)]
        return Network([affine[0], make_layer(kind, 3, 3, dtype), affine[1], make_layer(kind, 3, 4, dtype)])

    return build


def every_pass(network, x, targets, loss):
    """All that can be asked of a network with one batch."""
    yield network.predict(x)
    for training in (False, True):
        rng = np.random.default_rng(5)
        yield network.forward(x, training, rng)[0]
        yield network.loss_and_gradients(x, targets, loss, training, rng)
    trace = network.trace(x, targets, loss)
    yield trace.loss, trace.inputs, trace.outputs, trace.upstream, trace.downstream, trace.gradients


def flat(thing):
    """All numbers of nested lists, dictionaries and arrays, in order."""
    if isinstance(thing, dict):
        thing = list(thing.values())
    if isinstance(thing, list | tuple):
        return np.concatenate([flat(part) for part in thing]) if thing else np.zeros(0)
    return np.ravel(thing)


class TestEveryNetwork:
    def test_gives_one_dictionary_a_layer_in_the_shapes_of_its_parameters(self, build, loss, dtype, batch):
        network, (x, targets) = build(dtype), batch(dtype=dtype)
        for training in (False, True):
            value, gradients = network.loss_and_gradients(
                x, targets, loss, training=training, rng=np.random.default_rng(0)
            )
            assert type(value) is float
            assert len(gradients) == len(network.layers)
            for layer, of_layer in zip(network.layers, gradients, strict=True):
                assert of_layer.keys() == layer.params.keys()
                for name, gradient in of_layer.items():
                    assert (gradient.shape, gradient.dtype) == (layer.params[name].shape, dtype)

    def test_its_trace_agrees_to_the_last_bit(self, build, loss, batch):
        network, (x, targets) = build(), batch()
        trace = network.trace(x, targets, loss)
        value, gradients = network.loss_and_gradients(x, targets, loss)
        assert trace.loss == value == loss.value(network.predict(x), targets)
        assert len(trace.layers) == len(network.layers)
        for traced, computed in zip(trace.gradients, gradients, strict=True):
            assert traced.keys() == computed.keys()
            for name in traced:
                np.testing.assert_array_equal(traced[name], computed[name])
        np.testing.assert_array_equal(trace.outputs[-1], network.predict(x))

    def test_its_trace_is_a_chain(self, build, loss, batch):
        network, (x, targets) = build(), batch()
        trace = network.trace(x, targets, loss)
        np.testing.assert_array_equal(trace.inputs[0], x)
        np.testing.assert_array_equal(trace.upstream[-1], loss.gradient(trace.outputs[-1], targets))
        for i in range(len(network.layers) - 1):
            np.testing.assert_array_equal(trace.inputs[i + 1], trace.outputs[i])
            np.testing.assert_array_equal(trace.downstream[i + 1], trace.upstream[i])
        for layer, step in zip(network.layers, trace.layers, strict=True):
            y, cache = layer.forward(step.inputs)
            np.testing.assert_array_equal(step.outputs, y)
            np.testing.assert_array_equal(step.downstream, layer.backward(step.upstream, cache))
            assert step.upstream.shape == step.outputs.shape
            assert step.downstream.shape == step.inputs.shape
        for i, layer in enumerate(trace.layers):
            assert layer.inputs is trace.inputs[i]
            assert layer.outputs is trace.outputs[i]
            assert layer.upstream is trace.upstream[i]
            assert layer.downstream is trace.downstream[i]
            assert layer.gradients is trace.gradients[i]

    def test_its_trace_keeps_the_precision(self, build, loss, dtype, batch):
        trace = build(dtype).trace(*batch(dtype=dtype), loss)
        for arrays in (trace.inputs, trace.outputs, trace.upstream, trace.downstream):
            assert {array.dtype for array in arrays} == {np.dtype(dtype)}

    def test_no_call_changes_network_inputs_targets_or_loss(self, build, loss, batch, state_of):
        network, (x, targets) = build(), batch()
        before = state_of([network, x, targets, loss])
        for _ in every_pass(network, x, targets, loss):
            assert state_of([network, x, targets, loss]) == before

    def test_works_where_nothing_may_be_written(self, build, loss, batch):
        network, (x, targets) = build(), batch()
        expected = [flat(result) for result in every_pass(network, x, targets, loss)]
        for layer in network.layers:
            for array in [*layer.params.values(), *layer.statistics.values()]:
                array.flags.writeable = False
        x.flags.writeable = targets.flags.writeable = False
        for result, same in zip(every_pass(network, x, targets, loss), expected, strict=True):
            np.testing.assert_array_equal(flat(result), same)

    @pytest.mark.parametrize("training", [False, True])
    def test_tracing_another_batch_halfway_leaves_the_gradients_as_they_were(
        self, build, loss, training, batch
    ):
        network, (x, targets) = build(), batch()
        _, alone = network.loss_and_gradients(x, targets, loss, training, np.random.default_rng(0))
        outputs, caches = network.forward(x, training, np.random.default_rng(0))
        network.trace(*batch(n=2, seed=7), loss)
        network.loss_and_gradients(*batch(n=4, seed=8), loss, True, np.random.default_rng(9))
        upstreams = network.backward(loss.gradient(outputs[-1], targets), caches)
        between = network.gradients(upstreams, caches)
        assert flat(alone).size > 0
        np.testing.assert_array_equal(flat(between), flat(alone))

    def test_the_gradient_of_a_batch_is_the_mean_over_its_examples(self, build, loss, batch):
        network, (x, targets) = build(), batch()
        value, gradients = network.loss_and_gradients(x, targets, loss)
        single = [network.loss_and_gradients(x[i : i + 1], targets[i : i + 1], loss) for i in range(len(x))]
        assert value == pytest.approx(np.mean([v for v, _ in single]), rel=1e-12)
        mean = np.mean([flat(g) for _, g in single], axis=0)
        np.testing.assert_allclose(flat(gradients), mean, rtol=1e-9, atol=1e-13)

    @pytest.mark.parametrize("to", [np.float32, np.float64, "float32", None])
    def test_copies_are_independent(self, build, to, batch, state_of):
        network, (x, _) = build(), batch()
        twin = network.copy() if to is None else network.astype(to)
        assert type(twin) is Network
        assert twin.layers is not network.layers
        for layer, other in zip(network.layers, twin.layers, strict=True):
            assert layer is not other
            for ours, theirs in [(layer.params, other.params), (layer.statistics, other.statistics)]:
                assert ours.keys() == theirs.keys()
                for name in ours:
                    assert theirs[name].dtype == np.dtype(to or np.float64)
                    np.testing.assert_array_equal(theirs[name], ours[name].astype(theirs[name].dtype))
        before, prediction = state_of(network), twin.predict(x.astype(to or np.float64))
        for layer in twin.layers:
            for array in [*layer.params.values(), *layer.statistics.values()]:
                array[:] = 0.5
        assert state_of(network) == before
        assert (twin.predict(x.astype(to or np.float64)) != prediction).any()

    def test_predicts_as_when_it_is_used_not_as_in_training(self, build, batch):
        network, (x, _) = build(), batch()
        expected = x
        for layer in network.layers:
            expected, _ = layer.forward(expected)
        np.testing.assert_array_equal(network.predict(x), expected)
        outputs, caches = network.forward(x)
        assert len(outputs) == len(caches) == len(network.layers)
        np.testing.assert_array_equal(outputs[-1], expected)

    def test_learns_by_its_parameters_being_written_in_place(self, build, loss, batch):
        network, (x, targets) = build(), batch()
        value, gradients = network.loss_and_gradients(x, targets, loss)
        for params, of_layer in zip(network.params, gradients, strict=True):
            for name, gradient in of_layer.items():
                params[name] -= 0.001 * gradient
        assert network.loss_and_gradients(x, targets, loss)[0] < value


class TestTraining:
    def network(self):
        rng = np.random.default_rng(0)
        return Network(
            [Affine(3, 8, rng, dtype=np.float64), Dropout(0.5), Affine(8, 3, rng, dtype=np.float64)]
        )

    def test_is_off_unless_asked_for(self, batch):
        x, targets = batch()
        loss = SquaredError()
        value, _ = self.network().loss_and_gradients(x, targets, loss)
        assert value == loss.value(self.network().predict(x), targets)

    def test_draws_its_dropout_from_the_generator(self, batch):
        x, targets = batch()
        runs = [
            self.network().loss_and_gradients(x, targets, SquaredError(), True, np.random.default_rng(seed))
            for seed in (1, 1, 2)
        ]
        np.testing.assert_array_equal(flat(runs[0]), flat(runs[1]))
        assert runs[0][0] != runs[2][0]
        assert runs[0][0] != self.network().loss_and_gradients(x, targets, SquaredError())[0]

    def test_draws_again_at_every_step(self, batch):
        x, targets = batch()
        rng, network = np.random.default_rng(0), self.network()
        first, second = (
            network.loss_and_gradients(x, targets, SquaredError(), True, rng)[0] for _ in range(2)
        )
        assert first != second

    def test_without_a_generator_is_refused_where_one_is_needed(self, batch):
        with pytest.raises(ValueError, match=r"dropout.*rng"):
            self.network().loss_and_gradients(*batch(), SquaredError(), training=True)
        plain = Network([Affine(3, 3, np.random.default_rng(0), dtype=np.float64), ReLU()])
        plain.loss_and_gradients(*batch(), SquaredError(), training=True)

    def test_normalises_by_the_batch_and_leaves_the_statistics_to_the_caller(self, batch):
        x, targets = batch()
        network = Network([BatchNorm(3, dtype=np.float64)])
        value, _ = network.loss_and_gradients(x, targets, SquaredError(), training=True)
        normalised = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-5)
        assert value == pytest.approx(SquaredError().value(normalised, targets), rel=1e-13)
        for name, untouched in [("mean", 0), ("variance", 1)]:
            np.testing.assert_array_equal(network.layers[0].statistics[name], np.full(3, untouched))


class TestConstruction:
    def affine(self, n_in, n_out):
        return Affine(n_in, n_out, initializer="zeros")

    def test_parameters_are_listed_by_layer(self):
        network = Network([self.affine(2, 3), Tanh(), BatchNorm(3), self.affine(3, 1)])
        assert [list(params) for params in network.params] == [
            ["weight", "bias"], [], ["gamma", "beta"], ["weight", "bias"],
        ]  # fmt: skip
        for layer, params in zip(network.layers, network.params, strict=True):
            assert params is layer.params
        assert network.n_parameters == (2 * 3 + 3) + (3 + 3) + (3 * 1 + 1)

    def test_keeps_its_own_list_of_the_layers_it_was_given(self):
        layers = [self.affine(2, 3)]
        network = Network(layers)
        assert network.layers[0] is layers[0]
        layers.append(ReLU())
        assert len(network.layers) == 1
        assert len(Network(tuple(layers)).layers) == 2

    def test_without_parameters_it_still_answers_and_traces(self, batch):
        network, (x, targets) = Network([ReLU(), Tanh()]), batch()
        assert network.n_parameters == 0
        assert network.loss_and_gradients(x, targets, SoftmaxCrossEntropy())[1] == [{}, {}]
        assert np.abs(network.trace(x, targets, SoftmaxCrossEntropy()).downstream[0]).max() > 0

    def test_layers_below_the_first_parameters_get_an_empty_dictionary(self, batch):
        network, (x, targets) = Network([Tanh(), self.affine(3, 3), ReLU()]), batch()
        _, gradients = network.loss_and_gradients(x, targets, SquaredError())
        assert [list(of_layer) for of_layer in gradients] == [[], ["weight", "bias"], []]

    def test_no_layers_are_refused(self):
        with pytest.raises(ValueError, match="a network needs at least one layer"):
            Network([])

    @pytest.mark.parametrize(
        ("widths", "sentence"),
        [
            ([(2, 3), (4, 1)], r"layer 1 \(Affine\) takes 4 inputs, but the layers before it give 3"),
            ([(2, 3), None, (4, 1)], r"layer 2 \(Affine\) takes 4 inputs, but the layers before it give 3"),
            ([(2, 3), None, 2], r"layer 2 \(BatchNorm\) takes 2 inputs, but the layers before it give 3"),
            ([3, (2, 3)], r"layer 1 \(Affine\) takes 2 inputs, but the layers before it give 3"),
        ],
    )
    def test_widths_that_do_not_fit_are_refused_by_name(self, widths, sentence):
        def layer(width):
            if width is None:
                return ReLU()
            return BatchNorm(width) if isinstance(width, int) else self.affine(*width)

        with pytest.raises(ValueError, match=sentence):
            Network([layer(width) for width in widths])

    def test_every_layer_of_the_table_fits_behind_an_affine_one_of_its_width(self, make_layer):
        Network([self.affine(2, 4), *(make_layer(kind, 4) for kind in LAYERS), self.affine(4, 1)])
