"""From weights to an experiment: what the file tells is taken, the rest is as usual, all of it is said."""

import itertools
import json
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from mlpviz.data import Dataset, Examples, load_dataset, split
from mlpviz.files.models import looks_like_model
from mlpviz.files.models.opening import (
    Choices,
    assumptions,
    check_fits,
    chosen,
    default_choices,
    experiment_of,
    fitting_datasets,
    likely_dataset,
)
from mlpviz.nn import BatchNorm, Dropout
from mlpviz.training import Experiment, Trainer
from mlpviz.training.construction import build_network
from mlpviz.training.imported import the_reading

DATA = Path(__file__).parent.parent / "data"
EXPECTED = json.loads((DATA / "torch_models.json").read_text())


def weights_of(tmp_path, sizes, name="model.npz", **more):
    """Weights of a network of such sizes."""
    rng = np.random.default_rng(0)
    arrays = {f"W{i}": rng.normal(size=pair) for i, pair in enumerate(itertools.pairwise(sizes), 1)}
    arrays |= {f"b{i}": np.zeros(n) for i, n in enumerate(sizes[1:], 1)}
    np.savez(tmp_path / name, **arrays, **more)
    return the_reading(tmp_path / name)


def usual(weights, dataset):
    return default_choices(weights, dataset, load_dataset(dataset))


def kinds(weights, choices):
    data = load_dataset(choices.dataset)
    return [layer.kind for layer in experiment_of(weights, choices, data).layers]


class TestModelsOfPyTorch:
    """Files that PyTorch wrote, with the outputs that it computed."""

    @pytest.mark.parametrize("name", ["torch_plain", "torch_bfloat16"])
    def test_give_the_same_scores(self, name):
        network = network_of(name, ["affine", "relu", "affine"])
        np.testing.assert_allclose(scores_of(network), EXPECTED[name]["outputs"], rtol=1e-6, atol=1e-6)

    def test_give_the_same_scores_with_batch_normalisation_and_dropout(self):
        network = network_of(
            "torch_deep", ["linear", "batch_norm", "leaky_relu", "dropout", "affine", "tanh", "affine"], 0.1
        )
        assert isinstance(network.layers[1], BatchNorm)
        assert isinstance(network.layers[3], Dropout)
        np.testing.assert_allclose(
            scores_of(network), EXPECTED["torch_deep"]["outputs"], rtol=1e-6, atol=1e-6
        )


def network_of(name, layers, slope=0.01):
    """The network of a file, with activations as they were in PyTorch."""
    weights = the_reading(DATA / f"{name}.safetensors")
    inputs = np.float32(EXPECTED["inputs"])
    targets = np.eye(2, dtype=np.float32)[[0, 1, 0]]
    data = Dataset("mine", "", "", Examples(inputs, targets, np.array([0, 1, 0])), classes=("a", "b"))
    units = iter([layer.n_out for layer in weights.layers if layer.kind != "batch_norm"])
    options = {
        "affine": lambda: {"units": next(units)},
        "linear": lambda: {"units": next(units)},
        "leaky_relu": lambda: {"slope": slope},
    }
    table = [{"kind": kind, **options.get(kind, dict)()} for kind in layers]
    experiment = Experiment.from_table({"layers": table, "loss": "softmax_cross_entropy"})
    training = split(data, np.random.default_rng(0), 0).training
    return build_network(experiment, data, training, weights)


def scores_of(network):
    return network.predict(np.float32(EXPECTED["inputs"]))


class TestWhatIsUsual:
    def test_relu_between_and_the_loss_for_the_task(self, tmp_path):
        for sizes, dataset, loss, layers in (
            ([4, 5, 6, 3], "iris", "softmax_cross_entropy", ["affine", "relu", "affine", "relu", "affine"]),
            ([2, 5, 1], "moons", "binary_cross_entropy", ["affine", "relu", "affine"]),
            ([2, 1], "plane", "squared_error", ["affine"]),
        ):
            weights = weights_of(tmp_path, sizes)
            choices = usual(weights, dataset)
            assert (choices.loss, choices.input_scaling, choices.output) == (loss, "natural", "none")
            assert kinds(weights, choices) == layers

    def test_any_of_it_can_be_chosen(self, tmp_path):
        weights = weights_of(tmp_path, [4, 5, 3])
        choices = chosen(
            usual(weights, "iris"),
            activation="sigmoid",
            output="sigmoid",
            loss="squared_error",
            loss_scaling="half",
            input_scaling="standard",
        )
        experiment = experiment_of(weights, choices, load_dataset("iris"))
        assert [layer.kind for layer in experiment.layers] == ["affine", "sigmoid", "affine", "sigmoid"]
        assert (experiment.loss, experiment.loss_scaling) == ("squared_error", "half")
        assert experiment.input_scaling == "standard"
        Trainer(experiment)

    def test_what_was_not_known_is_said(self, tmp_path):
        weights = weights_of(tmp_path, [4, 5, 3])
        said = " ".join(assumptions(weights, usual(weights, "iris")))
        for word in ("relu", "softmax cross entropy", "natural", "not in the file"):
            assert word in said

    def test_a_choice_that_is_none_is_told(self, tmp_path):
        choices = usual(weights_of(tmp_path, [4, 5, 3]), "iris")
        with pytest.raises(ValueError, match=r"unknown activation 'rely'.*did you mean 'relu'"):
            chosen(choices, activation="rely")

    def test_a_sequential_tells_where_there_is_an_activation(self):
        weights = the_reading(DATA / "torch_deep.safetensors")
        assert weights.gaps == (1, 0, 2, 1)
        experiment = experiment_of(weights, Choices("iris", "softmax_cross_entropy"), load_dataset("iris"))
        kinds = [layer.kind for layer in experiment.layers]
        assert kinds == ["linear", "batch_norm", "relu", "affine", "relu", "affine"]
        said = " ".join(assumptions(weights, Choices("iris", "softmax_cross_entropy")))
        assert "Flatten" in said
        assert "dropout" in said


class TestWhichDataset:
    def test_those_with_as_many_inputs_and_targets(self, tmp_path):
        weights = weights_of(tmp_path, [4, 5, 3])
        assert list(fitting_datasets(weights)) == ["iris"]
        assert likely_dataset(weights) == "iris"
        assert likely_dataset(weights_of(tmp_path, [784, 10])) == "digits"

    def test_none(self, tmp_path):
        with pytest.raises(ValueError, match=r"model\.npz.*5 inputs and 3 outputs fits none"):
            likely_dataset(weights_of(tmp_path, [5, 3]))

    @pytest.mark.parametrize(
        ("sizes", "words"),
        [
            ([784, 10], "'1' takes 784 inputs, but dataset 'iris' has 4"),
            ([4, 5, 10], "'2' has 10 outputs, but dataset 'iris' has 3 classes and needs 3"),
        ],
    )
    def test_one_that_does_not_fit_is_told_with_both_numbers(self, tmp_path, sizes, words):
        with pytest.raises(ValueError, match=words):
            check_fits(weights_of(tmp_path, sizes), load_dataset("iris"))

    def test_the_split_of_the_run_on_show_is_kept(self, tmp_path):
        weights = weights_of(tmp_path, [4, 5, 3])
        data = load_dataset("iris")
        like = experiment_of(weights, usual(weights, "iris"), data).with_settings({"validation_size": 30})
        assert experiment_of(weights, usual(weights, "iris"), data, like).validation_size == 30


class TestWhatMlpvizWrote:
    TOLD: ClassVar = {
        "dataset": "iris",
        "loss": "squared_error",
        "loss_scaling": "mean",
        "input_scaling": "standard",
        "layers": [
            {"kind": "affine", "units": 5},
            {"kind": "leaky_relu", "slope": 0.3},
            {"kind": "affine", "units": 3},
            {"kind": "sigmoid"},
        ],
    }

    def told(self, tmp_path, table):
        return weights_of(tmp_path, [4, 5, 3], mlpviz_experiment=np.array(json.dumps(table)))

    def test_is_taken_as_it_is(self, tmp_path):
        weights = self.told(tmp_path, self.TOLD)
        assert likely_dataset(weights) == "iris"
        choices = usual(weights, "iris")
        assert choices.are_known
        experiment = experiment_of(weights, choices, load_dataset("iris"))
        assert [layer.as_table() for layer in experiment.layers] == self.TOLD["layers"]
        assert (experiment.loss, experiment.loss_scaling) == ("squared_error", "mean")
        assert experiment.input_scaling == "standard"
        assert "not in the file" not in " ".join(assumptions(weights, choices))

    @pytest.mark.parametrize(
        "table",
        [
            None,
            3,
            {},
            {**TOLD, "layers": 3},
            {**TOLD, "layers": [{"kind": "affine", "units": 3}]},
            {**TOLD, "loss": "hinge"},
            {**TOLD, "loss": ["squared_error"]},
            {**TOLD, "input_scaling": None},
        ],
    )
    def test_but_not_if_it_does_not_fit_the_weights(self, tmp_path, table):
        weights = self.told(tmp_path, table)
        choices = usual(weights, "iris")
        assert not choices.are_known
        assert choices.loss == "softmax_cross_entropy"

    def test_another_activation_is_put_in_its_place(self, tmp_path):
        weights = self.told(tmp_path, self.TOLD)
        choices = chosen(usual(weights, "iris"), activation="tanh")
        assert kinds(weights, choices) == ["affine", "tanh", "affine"]


class TestLooksLikeModel:
    def test_by_its_ending(self, tmp_path):
        for name in ("a.safetensors", "a.pt", "a.PTH", "a.onnx"):
            (tmp_path / name).write_bytes(b"?")
            assert looks_like_model(tmp_path / name)
        for name in ("a.csv", "a.toml", "a.png"):
            (tmp_path / name).write_bytes(b"?")
            assert not looks_like_model(tmp_path / name)

    def test_an_npz_by_the_names_of_its_arrays(self, tmp_path):
        for names, expected in (
            (("W1", "b1"), True),
            (("0.weight",), True),
            (("layer1/weight", "layer1/bias"), True),
            (("x_train", "y_train"), False),
            (("images", "labels"), False),
        ):
            np.savez(tmp_path / "a.npz", **{name: np.zeros(2) for name in names})
            assert looks_like_model(tmp_path / "a.npz") is expected

    def test_arrays_without_names_by_their_numbers(self, tmp_path):
        np.savez(tmp_path / "a.npz", np.zeros((4, 3)), np.zeros(3))
        assert looks_like_model(tmp_path / "a.npz")
        np.savez(tmp_path / "a.npz", np.zeros((4, 3), np.uint8), np.zeros(4, int))
        assert not looks_like_model(tmp_path / "a.npz")

    def test_what_is_broken_or_not_there_is_none(self, tmp_path):
        (tmp_path / "a.npz").write_bytes(b"PK\x03\x04")
        assert not looks_like_model(tmp_path / "a.npz")
        assert not looks_like_model(tmp_path / "none.safetensors")
        (tmp_path / "folder.safetensors").mkdir()
        assert not looks_like_model(tmp_path / "folder.safetensors")
