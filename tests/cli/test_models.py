"""`mlpviz import`: weights become a run, what was understood is told, and bad ones cost a sentence."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from mlpviz.cli import main
from mlpviz.files import load_checkpoint

DATA = Path(__file__).parents[1] / "files" / "data"


@pytest.fixture
def weights(tmp_path):
    rng = np.random.default_rng(0)
    arrays = {
        "W1": rng.normal(size=(4, 5)),
        "b1": np.ones(5),
        "W2": rng.normal(size=(5, 3)),
        "b2": np.zeros(3),
    }
    np.savez(tmp_path / "net.npz", **arrays)
    return tmp_path / "net.npz"


def run(capsys, *arguments):
    """Status, output and errors of a command."""
    status = main([*map(str, arguments)])
    out, err = capsys.readouterr()
    return status, out, err


def refused(capsys, *arguments):
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("mlpviz: ")
    assert err.count("\n") == 1
    return err


def test_makes_a_checkpoint_and_tells_what_it_understood(capsys, weights, tmp_path):
    status, out, _ = run(capsys, "import", weights, "--out", tmp_path / "run")
    assert status == 0
    for words in (
        "W1 (4, 5), as it is; b1 (5,)",
        "float64: rounded to float32",
        "relu",
        "Network on iris: affine 5, relu, affine 3",
        f"mlpviz evaluate {tmp_path / 'run'}",
    ):
        assert words in out
    trainer = load_checkpoint(tmp_path / "run")
    assert trainer.index == 0
    with np.load(weights) as arrays:
        np.testing.assert_array_equal(trainer.network.layers[0].params["weight"], np.float32(arrays["W1"]))


def test_the_checkpoint_is_evaluated_and_explained(capsys, weights, tmp_path):
    run(capsys, "import", weights, "--out", tmp_path / "run")
    status, out, _ = run(capsys, "evaluate", tmp_path / "run", "--json")
    assert status == 0
    trainer = load_checkpoint(tmp_path / "run")
    assert json.loads(out)["splits"]["training"]["accuracy"] == trainer.evaluate("training").accuracy
    status, out, _ = run(capsys, "explain", tmp_path / "run")
    assert status == 0
    assert "Weighted sums" in out


def test_makes_an_experiment_that_can_be_moved_with_its_weights(capsys, weights, tmp_path):
    status, _, _ = run(capsys, "import", weights, "--out", tmp_path / "net.toml")
    assert status == 0
    text = (tmp_path / "net.toml").read_text()
    assert 'initial_weights = "net.npz"' in text
    (tmp_path / "moved").mkdir()
    for name in ("net.toml", "net.npz"):
        os.rename(tmp_path / name, tmp_path / "moved" / name)
    moved = tmp_path / "moved" / "net.toml"
    status, _, _ = run(capsys, "train", moved, "--epochs", 1, "--out", tmp_path / "run")
    assert status == 0
    assert load_checkpoint(tmp_path / "run").epoch == 1


def test_takes_what_no_file_of_weights_tells(capsys, weights, tmp_path):
    choices = "--activation sigmoid --output sigmoid --loss squared_error --loss-scaling mean"
    others = "--input-scaling standard --set learning_rate=0.5 --set seed=3"
    run(capsys, "import", weights, "--out", tmp_path / "run", *choices.split(), *others.split())
    experiment = load_checkpoint(tmp_path / "run").experiment
    assert [layer.kind for layer in experiment.layers] == ["affine", "sigmoid", "affine", "sigmoid"]
    assert (experiment.loss, experiment.loss_scaling) == ("squared_error", "mean")
    assert (experiment.input_scaling, experiment.learning_rate, experiment.seed) == ("standard", 0.5, 3)


def test_json_is_one_object_that_says_all(capsys, weights, tmp_path):
    _, out, err = run(capsys, "import", weights, "--out", tmp_path / "run", "--json")
    told = json.loads(out)
    assert err == ""
    assert told["layers"][0] == {"name": "1", "kind": "affine", "n_in": 4, "n_out": 5}
    assert told["layout"] == "numpy"
    assert told["understood"][0].startswith("W1 (4, 5)")
    assert any("relu" in sentence for sentence in told["assumed"])
    assert told["experiment"]["initial_weights"] == str(weights)
    assert len(told["experiment"]["initial_weights_sha256"]) == 64
    assert told["out"] == str(tmp_path / "run")


def test_asks_how_squares_lie(capsys, tmp_path):
    square = tmp_path / "square.npz"
    np.savez(square, W1=[[1.0, 2.0], [3.0, 4.0]])
    assert "layout" in refused(capsys, "import", square, "--out", tmp_path / "run", "--dataset", "blobs")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--dataset", "digits"], "'1' takes 4 inputs, but dataset 'digits' has 784"),
        (["--dataset", "blobs"], "'1' takes 4 inputs, but dataset 'blobs'"),
        (["--activation", "gelu"], "unknown activation 'gelu'"),
        (["--loss", "hinge"], "unknown loss 'hinge'"),
        (["--input-scaling", "signed"], "signed"),
        (["--set", "layers.0.units=7"], "affine of 4 x 5"),
        (["--layout", "torch"], "leave the layout out"),
    ],
)
def test_what_does_not_fit_is_told_and_nothing_is_written(capsys, weights, tmp_path, arguments, words):
    assert words in refused(capsys, "import", weights, "--out", tmp_path / "run", *arguments)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("content", [b"", b"hello", b"\x80\x02.", b"PK\x03\x04", bytes(100)])
def test_what_holds_no_weights_is_told(capsys, tmp_path, content):
    (tmp_path / "net.safetensors").write_bytes(content)
    words = refused(capsys, "import", tmp_path / "net.safetensors", "--out", tmp_path / "run")
    assert "net.safetensors" in words


def test_weights_of_pytorch_for_which_there_are_no_data(capsys, tmp_path):
    words = refused(capsys, "import", DATA / "torch_plain.safetensors", "--out", tmp_path / "run")
    assert "4 inputs and 2 outputs fits none" in words
