"""A network that is written for use elsewhere gives there the scores that it gives here."""

import itertools
import json
import subprocess
import sys

import numpy as np
import pytest
import safetensors
import safetensors.numpy

from mlpviz.files.models import MODEL_FORMATS, export_model, looks_like_model
from mlpviz.files.models.opening import default_choices, experiment_of
from mlpviz.files.models.sequential import sequential_source
from mlpviz.nn import LAYERS
from mlpviz.training import Experiment, Trainer
from mlpviz.training.imported import the_reading

EVERY_KIND = [
    {"kind": "affine", "units": 8},
    {"kind": "batch_norm"},
    {"kind": "leaky_relu", "slope": 0.2},
    {"kind": "dropout", "rate": 0.25},
    {"kind": "linear", "units": 6},
    {"kind": "tanh"},
    {"kind": "affine", "units": 5},
    {"kind": "sigmoid"},
    {"kind": "affine", "units": 7},
    {"kind": "relu"},
    {"kind": "affine", "units": 3},
]
SMALL = [{"kind": "affine", "units": 4}, {"kind": "tanh"}, {"kind": "affine", "units": 1}]
DIGITS = [{"kind": "affine", "units": 30}, {"kind": "relu"}, {"kind": "affine", "units": 10}]
RUNS = {
    "every kind": {"dataset": "iris", "layers": EVERY_KIND, "input_scaling": "standard"},
    "digits": {"dataset": "digits", "layers": DIGITS, "training_size": 2000},
    "digits, signed": {
        "dataset": "digits",
        "layers": DIGITS,
        "training_size": 2000,
        "input_scaling": "signed",
    },
    "yes or no": {"dataset": "moons", "layers": SMALL, "loss": "binary_cross_entropy"},
    "a number": {"dataset": "plane", "layers": [{"kind": "affine", "units": 1}], "loss": "squared_error"},
    "squares of classes": {
        "dataset": "iris",
        "layers": [{"kind": "affine", "units": 3}, {"kind": "sigmoid"}],
        "loss": "squared_error",
    },
}


@pytest.fixture(scope="module", params=RUNS)
def trainer(request):
    """A run of a few steps: of every kind of layer, and of every task."""
    basis = {"loss": "softmax_cross_entropy", "batch_size": 20, "epochs": 2, "learning_rate": 0.05}
    trainer = Trainer(Experiment.from_table({**basis, "title": request.param, **RUNS[request.param]}))
    for _ in itertools.islice(trainer.steps(), 60):
        pass
    return trainer


@pytest.fixture
def examples(trainer):
    """Inputs as they are stored, as the network sees them, and its scores."""
    split = trainer.splits.test or trainer.splits.training
    x, _ = split.batch(slice(0, 50))
    return split.inputs_at(slice(0, 50)), x, trainer.network.predict(x)


def assert_close(found, scores):
    """Within 1e-6 of the scores' size; programs that add up float32 in another order agree no better."""
    assert found.shape == scores.shape
    assert np.abs(found - scores).max() <= 1e-6 * max(1, np.abs(scores).max())


def test_every_kind_of_layer_is_among_them():
    assert {layer["kind"] for layer in EVERY_KIND} == set(LAYERS)


class TestPyTorch:
    def test_round_trip_is_exact(self, trainer, tmp_path):
        said = export_model(trainer, tmp_path / "net.safetensors")
        assert "net.safetensors" in said
        assert sequential_source(trainer.network) in said
        weights = the_reading(tmp_path / "net.safetensors")
        choices = default_choices(weights, trainer.experiment.dataset, trainer.dataset)
        again = Trainer(experiment_of(weights, choices, trainer.dataset), trainer.dataset)
        for layer, other in zip(trainer.network.layers, again.network.layers, strict=True):
            assert type(layer) is type(other)
            for name, array in {**layer.params, **layer.statistics}.items():
                assert array.tobytes() == {**other.params, **other.statistics}[name].tobytes()
        for setting in ("loss", "loss_scaling", "input_scaling"):
            assert getattr(again.experiment, setting) == getattr(trainer.experiment, setting)

    def test_names_and_shapes_are_those_of_a_sequential(self, trainer, tmp_path):
        export_model(trainer, tmp_path / "net.safetensors")
        arrays = safetensors.numpy.load_file(tmp_path / "net.safetensors")
        for name, array in arrays.items():
            position, role = name.split(".")
            layer = trainer.network.layers[int(position)]
            if role == "weight" and layer.n_in and "gamma" not in layer.params:
                assert array.shape == (layer.n_out, layer.n_in)
        if trainer.experiment.title == "every kind":
            norm = {"weight", "bias", "running_mean", "running_var", "num_batches_tracked"}
            assert {f"1.{role}" for role in norm} <= set(arrays)
            assert "4.bias" not in arrays

    def test_the_file_says_how_it_is_built_and_what_it_takes(self, trainer, tmp_path):
        export_model(trainer, tmp_path / "net.safetensors")
        with safetensors.safe_open(tmp_path / "net.safetensors", "numpy") as file:
            metadata = file.metadata()
        assert metadata["format"] == "pt"
        assert metadata["sequential"] == sequential_source(trainer.network)
        scaling = json.loads(metadata["input"])["(stored - shift) * factor"]
        split = trainer.splits.training
        np.testing.assert_array_equal(np.float32(scaling["shift"]), split.shift)
        np.testing.assert_array_equal(np.float32(scaling["factor"]), split.factor)

    def test_pytorch_gives_the_same_scores(self, trainer, examples, tmp_path):
        torch = pytest.importorskip("torch")
        from safetensors.torch import load_file, save_file

        export_model(trainer, tmp_path / "net.safetensors")
        model = eval(sequential_source(trainer.network), {"nn": torch.nn})
        model.load_state_dict(load_file(tmp_path / "net.safetensors"))
        model.eval()
        _, x, scores = examples
        found = model(torch.tensor(x)).detach().numpy()
        np.testing.assert_allclose(found, scores, rtol=1e-5, atol=1e-5)  # sums of 784 products in float32
        save_file(model.state_dict(), tmp_path / "again.safetensors")
        again = the_reading(tmp_path / "again.safetensors", "torch")
        assert again.sha256 == the_reading(tmp_path / "net.safetensors").sha256


class TestNumPy:
    def test_arrays_lie_as_in_the_network(self, trainer, tmp_path):
        said = export_model(trainer, tmp_path / "net.npz")
        assert "net.npz" in said
        assert looks_like_model(tmp_path / "net.npz")
        with np.load(tmp_path / "net.npz", allow_pickle=False) as found:
            for i, layer in enumerate(trainer.network.layers):
                for name, array in {**layer.params, **layer.statistics}.items():
                    np.testing.assert_array_equal(found[f"{i}.{name}"], array)

    def test_is_the_same_model_as_the_one_for_pytorch(self, trainer, tmp_path):
        for name in ("net.npz", "net.safetensors"):
            export_model(trainer, tmp_path / name)
        assert the_reading(tmp_path / "net.npz").sha256 == the_reading(tmp_path / "net.safetensors").sha256


class TestONNX:
    def test_stored_numbers_in_scores_and_probabilities_out(self, trainer, examples, tmp_path):
        pytest.importorskip("onnx")
        runtime = pytest.importorskip("onnxruntime")
        said = export_model(trainer, tmp_path / "net.onnx")
        assert "as they are stored" in said
        session = runtime.InferenceSession(tmp_path / "net.onnx")
        stored, _, scores = examples
        found = dict(
            zip(
                [output.name for output in session.get_outputs()],
                session.run(None, {"inputs": stored.astype(np.float32)}),
                strict=True,
            )
        )
        assert_close(found["scores"], scores)
        if trainer.loss.on_scores:
            np.testing.assert_allclose(found["probabilities"], trainer.loss.probabilities(scores), atol=1e-6)
        assert len(found) == 1 + trainer.loss.on_scores

    def test_the_file_tells_what_it_takes(self, trainer, tmp_path):
        onnx = pytest.importorskip("onnx")
        export_model(trainer, tmp_path / "net.onnx")
        model = onnx.load(tmp_path / "net.onnx")
        onnx.checker.check_model(model, full_check=True)
        assert f"(N, {trainer.dataset.n_in})" in model.doc_string
        assert "Scale nothing beforehand" in model.doc_string
        assert trainer.experiment.input_scaling in model.doc_string

    def test_without_the_package_it_says_how_to_get_it(self, trainer, tmp_path, monkeypatch):
        monkeypatch.setitem(sys.modules, "onnx", None)
        with pytest.raises(ValueError, match="pip install onnx"):
            export_model(trainer, tmp_path / "net.onnx")
        assert list(tmp_path.iterdir()) == []


class TestScript:
    def test_gives_the_scores_of_its_example(self, trainer, tmp_path):
        """Run by a Python that knows nothing of mlpviz."""
        said = export_model(trainer, tmp_path / "net.py")
        assert "NumPy alone" in said
        run = subprocess.run(
            [sys.executable, "-I", "-W", "error", tmp_path / "net.py"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        split = trainer.splits.test or trainer.splits.training
        scores = trainer.network.predict(split.batch([0])[0])[0]
        printed = run.stdout.split("scores: [")[1].split("]")[0]
        np.testing.assert_allclose(np.fromstring(printed, sep=" "), scores, rtol=1e-5, atol=1e-6)
        if trainer.dataset.classes:
            assert repr(trainer.dataset.classes[int(split.labels_at([0])[0])])[1:-1] in run.stdout

    def test_computes_what_the_network_computes(self, trainer, examples, tmp_path):
        export_model(trainer, tmp_path / "net.py")
        space = {"__file__": str(tmp_path / "net.py")}
        exec(compile((tmp_path / "net.py").read_text(), "net.py", "exec"), space)
        stored, _, scores = examples
        assert_close(space["network"](stored.astype(np.float32)), scores)

    def test_holds_small_networks_itself(self, trainer, tmp_path):
        export_model(trainer, tmp_path / "net.py")
        files = {each.name for each in tmp_path.iterdir()}
        small = trainer.network.n_parameters < 150
        assert files == ({"net.py"} if small else {"net.py", "net_weights.npz"})

    def test_is_short_enough_to_be_read(self, trainer, tmp_path):
        export_model(trainer, tmp_path / "net.py")
        text = (tmp_path / "net.py").read_text()
        assert len(text.splitlines()) < 90
        assert all(len(line) <= 110 for line in text.splitlines())


def test_any_title_leaves_the_script_a_script(tmp_path):
    for title in ('"""', "\\", "a\nb", '\\"', "{x}$title"):
        experiment = Experiment.from_table(
            {"title": title, "dataset": "plane", "layers": [{"kind": "affine", "units": 1}]}
        )
        export_model(Trainer(experiment), tmp_path / "net.py")
        compile((tmp_path / "net.py").read_text(), "net.py", "exec")


@pytest.mark.parametrize("name", ["net.h5", "net", "net.pt"])
def test_another_ending_is_told_which_there_are(name, tmp_path):
    trainer = Trainer(Experiment.from_table(RUNS["a number"]))
    with pytest.raises(ValueError, match=r"\.safetensors, \.npz, \.onnx, \.py"):
        export_model(trainer, tmp_path / name)


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path):
    trainer = Trainer(Experiment.from_table(RUNS["a number"]))
    for suffix in MODEL_FORMATS:
        if suffix == ".onnx":
            pytest.importorskip("onnx")
        with pytest.raises(OSError, match="none"):
            export_model(trainer, tmp_path / "none" / f"net{suffix}")
    assert list(tmp_path.iterdir()) == []
