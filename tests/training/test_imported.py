"""A file of weights is understood layer by layer, and what cannot be known is asked for, never guessed."""

from typing import ClassVar

import numpy as np
import pytest
import safetensors.numpy

from mlpviz.training.imported import LAYOUTS, read_weights, the_reading, weights_sha256

RNG = np.random.default_rng(3)
W1, B1 = RNG.normal(size=(4, 3)).astype(np.float32), RNG.normal(size=3).astype(np.float32)
W2, B2 = RNG.normal(size=(3, 2)).astype(np.float32), RNG.normal(size=2).astype(np.float32)
NORM = {"weight": np.float32([1, 2, 3]), "bias": B1, "running_mean": B1 - 1, "running_var": B1**2}


def torch_arrays(prefix: str = "", first: str = "0", second: str = "2") -> dict[str, np.ndarray]:
    """4-3-2 as PyTorch stores it."""
    named = {f"{first}.weight": W1.T, f"{first}.bias": B1, f"{second}.weight": W2.T, f"{second}.bias": B2}
    return {prefix + name: np.ascontiguousarray(array) for name, array in named.items()}


@pytest.fixture
def write(tmp_path):
    """Writes arrays as safetensors, or as NPZ by the ending."""

    def write(arrays, name="model.safetensors", metadata=None):
        if name.endswith(".npz"):
            np.savez(tmp_path / name, **arrays)
        else:
            content = {key: np.asarray(array, order="C") for key, array in arrays.items()}
            (tmp_path / name).write_bytes(safetensors.numpy.save(content, metadata))
        return tmp_path / name

    return write


def assert_is_the_network(weights):
    assert [(layer.kind, layer.n_in, layer.n_out) for layer in weights.layers] == [
        ("affine", 4, 3),
        ("affine", 3, 2),
    ]
    np.testing.assert_array_equal(weights.layers[0].params["weight"], W1)
    np.testing.assert_array_equal(weights.layers[0].params["bias"], B1)
    np.testing.assert_array_equal(weights.layers[1].params["weight"], W2)
    np.testing.assert_array_equal(weights.layers[1].params["bias"], B2)


def refused(path, *words):
    with pytest.raises(ValueError, match=r"\S") as raised:
        read_weights(path)
    sentence = str(raised.value)
    assert str(path) in sentence
    assert "\n" not in sentence
    assert all(word in sentence for word in words), sentence


class TestPyTorch:
    @pytest.mark.parametrize("prefix", ["", "model.", "net.", "module.net.", "_orig_mod."])
    def test_a_sequential_under_any_prefix(self, write, prefix):
        weights = the_reading(write(torch_arrays(prefix)))
        assert_is_the_network(weights)
        assert weights.layout == "torch"
        assert weights.gaps == (0, 1)
        assert weights.layers[0].words == (
            f"{prefix}0.weight (3, 4) transposed to (4, 3); {prefix}0.bias (3,)"
        )

    def test_layers_count_by_their_numbers_not_by_the_alphabet(self, write):
        weights = the_reading(write(torch_arrays(first="2", second="10")))
        assert_is_the_network(weights)
        assert weights.gaps == (2, 7)

    def test_modules_with_names(self, write):
        weights = the_reading(write(torch_arrays("net.", "fc1", "fc2")))
        assert_is_the_network(weights)
        assert weights.gaps is None

    def test_a_layer_without_bias_is_linear(self, write):
        weights = the_reading(write({"0.weight": W1.T, "2.weight": W2.T, "2.bias": B2}))
        assert [layer.kind for layer in weights.layers] == ["linear", "affine"]
        assert set(weights.layers[0].params) == {"weight"}
        assert "no bias" in weights.layers[0].words

    def test_batch_normalisation(self, write):
        arrays = torch_arrays(second="3") | {f"1.{name}": array for name, array in NORM.items()}
        arrays["1.num_batches_tracked"] = np.array(7)
        weights = the_reading(write(arrays))
        assert [layer.kind for layer in weights.layers] == ["affine", "batch_norm", "affine"]
        norm = weights.layers[1]
        np.testing.assert_array_equal(norm.params["gamma"], NORM["weight"])
        np.testing.assert_array_equal(norm.params["beta"], NORM["bias"])
        np.testing.assert_array_equal(norm.statistics["mean"], NORM["running_mean"])
        np.testing.assert_array_equal(norm.statistics["variance"], NORM["running_var"])
        assert weights.gaps == (0, 0, 1)
        assert any("1.num_batches_tracked" in note for note in weights.notes)

    def test_normalisation_beside_layers_with_names_comes_after_its_layer(self, write):
        arrays = torch_arrays("", "fc1", "fc2") | {f"bn1.{name}": array for name, array in NORM.items()}
        assert [layer.name for layer in the_reading(write(arrays)).layers] == ["fc1", "bn1", "fc2"]

    def test_names_without_numbers_are_ordered_by_the_only_chain(self, write):
        weights = the_reading(write(torch_arrays("", "zeta", "alpha")))
        assert_is_the_network(weights)
        assert any("order" in note for note in weights.notes)

    def test_names_without_numbers_that_fit_in_two_orders(self, write):
        square = {"a.weight": np.eye(3), "b.weight": 2 * np.eye(3)}
        refused(write(square), "more than one order", "number them")

    @pytest.mark.parametrize("kind", ["float64", "float16"])
    def test_other_precisions_are_said(self, write, kind):
        arrays = {name: array.astype(kind) for name, array in torch_arrays().items()}
        weights = the_reading(write(arrays))
        assert all(array.dtype == np.float32 for layer in weights.layers for array in layer.params.values())
        np.testing.assert_array_equal(weights.layers[0].params["weight"], W1.astype(kind).astype(np.float32))
        assert len(weights.notes) == 1
        assert kind in weights.notes[0]
        assert "float32" in weights.notes[0]


class TestNumPy:
    @pytest.mark.parametrize("transposed", [False, True])
    @pytest.mark.parametrize(
        "names",
        [
            ("W1", "b1", "W2", "b2"),
            ("w_1", "b_1", "w_2", "b_2"),
            ("weights1", "biases1", "weights2", "biases2"),
            ("coefs_0", "intercepts_0", "coefs_1", "intercepts_1"),
            ("0.weight", "0.bias", "2.weight", "2.bias"),
            ("layer1/weight", "layer1/bias", "layer2/weight", "layer2/bias"),
            ("dense_1/kernel", "dense_1/bias", "dense_2/kernel", "dense_2/bias"),
            ("arr_0", "arr_1", "arr_2", "arr_3"),
        ],
    )
    def test_names_and_directions(self, write, names, transposed):
        arrays = dict(zip(names, (W1.T, B1, W2.T, B2) if transposed else (W1, B1, W2, B2), strict=True))
        weights = the_reading(write(arrays, "model.npz"))
        assert_is_the_network(weights)
        assert weights.layout == ("torch" if transposed else "numpy")
        assert ("transposed" in weights.layers[0].words) == transposed

    def test_ten_and_more_layers_without_names_stand_in_order(self, write):
        rng = np.random.default_rng(0)
        arrays = [rng.normal(size=(n + 2, n + 3)) for n in range(12)]
        weights = the_reading(write({f"arr_{i}": array for i, array in enumerate(arrays)}, "model.npz"))
        assert [layer.n_in for layer in weights.layers] == list(range(2, 14))

    def test_numbers_of_w1_say_nothing_of_what_lies_between(self, write):
        assert the_reading(write({"W1": W1, "W2": W2}, "model.npz")).gaps is None


class TestHowTheyLie:
    SQUARE: ClassVar = {"0.weight": np.float32([[1, 2], [3, 4]]), "0.bias": np.float32([5, 6])}

    def test_squares_are_not_guessed(self, write):
        path = write(self.SQUARE)
        torch, numpy = read_weights(path)
        assert {torch.layout, numpy.layout} == set(LAYOUTS)
        np.testing.assert_array_equal(torch.layers[0].params["weight"], numpy.layers[0].params["weight"].T)
        with pytest.raises(ValueError, match="do not tell how the weights lie"):
            the_reading(path)
        assert the_reading(path, "torch").layout == "torch"
        assert the_reading(path, "numpy").layout == "numpy"

    def test_two_layers_without_bias_that_fit_both_ways(self, write):
        path = write({"0.weight": np.ones((4, 3)), "2.weight": np.ones((3, 4))})
        assert [(r.n_in, r.layers[0].n_out) for r in read_weights(path)] == [(3, 4), (4, 3)]

    @pytest.mark.parametrize(
        ("metadata", "layout"),
        [
            ({"format": "pt"}, "torch"),
            ({"mlpviz_layout": "numpy"}, "numpy"),
            ({"mlpviz_layout": "torch"}, "torch"),
        ],
    )
    def test_squares_with_words_in_the_file(self, write, metadata, layout):
        assert the_reading(write(self.SQUARE, metadata=metadata)).layout == layout

    def test_squares_with_names_that_only_one_side_uses(self, write):
        two = {name: array[:2] for name, array in NORM.items()}
        norm = {f"1.{name}": array for name, array in two.items()}
        assert the_reading(write({**self.SQUARE, **norm})).layout == "torch"

    def test_squares_in_a_checkpoint(self, write, tmp_path):
        (tmp_path / "experiment.toml").write_text("")
        assert the_reading(write(self.SQUARE, "parameters.safetensors")).layout == "numpy"

    def test_shapes_count_more_than_words(self, write):
        path = write({"0.weight": W1, "0.bias": B1}, metadata={"format": "pt"})
        assert the_reading(path).layout == "numpy"

    def test_the_sizes_that_are_wanted_can_tell(self, write):
        path = write({"0.weight": np.ones((4, 3), np.float32)})
        assert the_reading(path, sizes={(4, 3), (784, 10)}).layout == "numpy"
        assert the_reading(path, sizes={(3, 4)}).layout == "torch"
        with pytest.raises(ValueError, match="do not tell"):
            the_reading(path, sizes={(784, 10)})

    def test_a_layout_that_the_shapes_rule_out(self, write):
        with pytest.raises(ValueError, match="leave the layout out"):
            the_reading(write(torch_arrays()), "numpy")


class TestWhatCannotBeUsed:
    @pytest.mark.parametrize(("value", "word"), [(np.nan, "nan"), (np.inf, "inf"), (-np.inf, "-inf")])
    def test_numbers_that_are_not_finite_are_told_with_their_place(self, write, value, word):
        arrays = torch_arrays()
        arrays["2.weight"] = arrays["2.weight"].copy()
        arrays["2.weight"][1, 2] = value
        refused(write(arrays), f"2.weight[1, 2] is {word}")

    def test_numbers_too_large_for_float32(self, write):
        refused(write({"0.weight": np.array([[1.0, 1e300]])}), "0.weight[0, 1] is 1e+300", "too large")

    def test_a_negative_variance(self, write):
        norm = {f"1.{name}": array for name, array in {**NORM, "running_var": np.float32([1, -1, 1])}.items()}
        refused(write(torch_arrays(second="3") | norm), "1.running_var[1]", "negative")

    @pytest.mark.parametrize(
        ("arrays", "words"),
        [
            ({}, ("no weights",)),
            ({"0.weight": W1.T, "2.weight": W1.T}, ("2.weight takes 4 inputs", "has 3 units")),
            ({"0.weight": W1.T, "0.bias": np.zeros(5)}, ("0.bias", "(5,)", "one number for each unit")),
            ({"conv1.weight": np.zeros((8, 1, 3, 3))}, ("conv1.weight", "(8, 1, 3, 3)", "linear layers")),
            ({"norm.weight": np.ones(3), "norm.bias": np.ones(3)}, ("layer normalisation",)),
            ({"0.bias": B1}, ("0.bias", "no weight beside it")),
            ({"embedding": np.ones((3, 3))}, ("'embedding'", "no name of weights", "W1")),
            ({"0.weight": np.zeros((3, 0))}, ("0.weight", "(3, 0)")),
            ({"0.weight": np.ones((3, 4), bool)}, ("0.weight", "bool", "float32")),
            ({"1.gamma": B1, "1.beta": B1}, ("no mean", "checkpoint")),
            ({"1.weight": B1, "1.running_mean": B1, "1.running_var": B1}, ("no beta",)),
            (
                {**{f"1.{n}": a for n, a in NORM.items()}, "1.running_mean": np.ones(2)},
                ("1.running_mean", "(2,)"),
            ),
            ({"0.weight": W1.T, "model.0.weight": W1.T, "0.weights": W1.T}, ("same thing twice",)),
        ],
        ids=lambda value: "-".join(value)[:40] if isinstance(value, (dict, tuple)) else None,
    )
    def test_is_told_with_its_name_and_what_would_be_right(self, write, arrays, words):
        refused(write(arrays), *words)

    def test_scalars_beside_the_weights_are_left_out_and_named(self, write):
        weights = the_reading(write({**torch_arrays(), "epoch": np.array(7)}))
        assert_is_the_network(weights)
        assert "epoch" in weights.notes[0]


class TestHash:
    def test_is_of_the_numbers_whatever_the_file(self, write):
        one = the_reading(write(torch_arrays()))
        other = the_reading(write({"W1": W1.astype(np.float64), "b1": B1, "W2": W2, "b2": B2}, "other.npz"))
        assert one.sha256 == other.sha256
        assert len(one.sha256) == 64

    def test_tells_any_change(self):
        layers = [{"weight": W1, "bias": B1}, {"weight": W2}]
        others = [
            [{"weight": W1 + np.eye(4, 3, dtype=np.float32) * 1e-6, "bias": B1}, {"weight": W2}],
            [{"weight": W1.reshape(3, 4), "bias": B1}, {"weight": W2}],
            [{"weight": W1}, {"bias": B1}, {"weight": W2}],
            [{"weight": W2}, {"weight": W1, "bias": B1}],
        ]
        assert len({weights_sha256(each) for each in [layers, *others]}) == 5
        assert weights_sha256(layers) == weights_sha256(
            [{"bias": B1, "weight": np.asfortranarray(W1)}, {"weight": W2}]
        )
