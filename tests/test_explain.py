"""``mlpviz explain``: the walkthrough as text and as JSON, of a checkpoint or an experiment."""

import json
import re

import numpy as np
import pytest

from mlpviz.cli import main
from mlpviz.files import save_checkpoint
from mlpviz.training import Experiment, History, Trainer

XOR = """
title = "Xor"
dataset = "gate_xor"
learning_rate = 0.5
batch_size = 0
epochs = 50

[[layers]]
kind = "affine"
units = 2

[[layers]]
kind = "sigmoid"

[[layers]]
kind = "affine"
units = 1

[[layers]]
kind = "sigmoid"
"""

PLANE = """
title = "Plane"
dataset = "plane"
learning_rate = 0.05
batch_size = 20
epochs = 3

[[layers]]
kind = "affine"
units = 1
"""

CLOUDS = """
title = "Clouds"
dataset = "blobs"
validation_size = 30
batch_size = 30
epochs = 4
loss = "softmax_cross_entropy"

[[layers]]
kind = "affine"
units = 12

[[layers]]
kind = "relu"

[[layers]]
kind = "affine"
units = 3
"""


@pytest.fixture
def write(tmp_path):
    def write(text, name="experiment.toml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def by_hand(tmp_path, write):
    """A checkpoint of the network whose numbers tests/walkthrough/test_by_hand.py works out."""
    trainer = Trainer(Experiment.read(write(XOR)))
    first, _, second, _ = trainer.network.layers
    first.weight[:] = [[0.5, -0.3], [0.8, 0.2]]
    first.bias[:] = [0.1, -0.1]
    second.weight[:] = [[0.7], [-0.4]]
    second.bias[:] = [0.2]
    folder = tmp_path / "run"
    save_checkpoint(folder, trainer, History())
    return str(folder)


@pytest.fixture
def explain(capsys):
    """Run the command; returns what it printed."""

    def explain(*arguments):
        status = main(["explain", *map(str, arguments)])
        out, err = capsys.readouterr()
        assert (status, err) == (0, "")
        return out

    return explain


@pytest.fixture
def refused(capsys):
    """Run the command; returns the one sentence it was refused with."""

    def refused(*arguments):
        status = main(["explain", *map(str, arguments)])
        out, err = capsys.readouterr()
        assert (status, out) == (2, "")
        assert err.startswith("mlpviz: ")
        assert err.count("\n") == 1
        return err

    return refused


def strict(text):
    def no(constant):
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=no)


# Each number stands worked out in tests/walkthrough/test_by_hand.py.
TOLD = [
    "Example 2 of the training split, label 1, the network says 1",
    "Stage 0 of 19 · forward · Input",
    "z₁[0] = Σ_i x[i] W₁[i, 0] + b₁[0] = 1 · 0.500 + 0 · 0.800 + 0.100 = 0.600",
    "z₁ (2): 0.6, −0.4",
    "a₁ (2): 0.645656, 0.401312",
    "z₂[0] = Σ_i a₁[i] W₂[i, 0] + b₂[0] = 0.646 · 0.700 + 0.401 · (−0.400) + 0.200 = 0.491",
    "z₂ (1): 0.491434",
    "a₂ (1): 0.620444",
    "L (a number): 0.144063",
    "∂L/∂a₂ (1): −0.759111",
    "∂L/∂z₂ (1): −0.178766",
    "∂L/∂W₂ (2 x 1): −0.115421, −0.0717408",
    "∂L/∂b₂ (1): −0.178766",
    "∂L/∂a₁ (2): −0.125136, 0.0715062",
    "∂L/∂W₁ (2 x 2): −0.0286291, 0.0171801, 0, 0",
    "∂L/∂x (2): −0.0194686, −0.0194673",
    "W₁[0, 0] ← 0.500 − 0.500 · (−0.0286) = 0.514",
    "Δb₂ (1): 0.0893828",
    "promised −0.0263, measured −0.0247",
]


@pytest.mark.parametrize("text", TOLD)
def test_the_numbers_worked_out_by_hand(by_hand, explain, text):
    assert text in explain(by_hand, "--digit", 2)


def test_json_of_the_numbers_worked_out_by_hand(by_hand, explain):
    told = strict(explain(by_hand, "--digit", 2, "--json"))
    assert told["loss"] == pytest.approx(0.144063, abs=1e-6)
    assert {"split": "training", "index": 2, "label": "1"}.items() <= told["example"].items()
    by_name = {q["name"]: q for stage in told["stages"] for q in stage["quantities"]}
    for name, shape, values in [
        ("x", [2], [1, 0]),
        ("z₁", [2], [0.6, -0.4]),
        ("a₁", [2], [0.645656, 0.401312]),
        ("z₂", [1], [0.491434]),
        ("a₂", [1], [0.620444]),
        ("L", [], 0.144063),
        ("∂L/∂W₂", [2, 1], [[-0.115421], [-0.071741]]),
        ("∂L/∂b₂", [1], [-0.178766]),
        ("∂L/∂W₁", [2, 2], [[-0.028629, 0.017180], [0, 0]]),
        ("∂L/∂b₁", [2], [-0.028629, 0.017180]),
        ("ΔW₁", [2, 2], [[0.014315, -0.008590], [0, 0]]),
    ]:
        assert by_name[name]["shape"] == shape
        assert np.shape(by_name[name]["values"]) == tuple(shape)
        assert np.abs(np.array(by_name[name]["values"]) - values).max() < 1e-6, name


def test_json_holds_what_it_should(write, explain):
    told = strict(explain(write(CLOUDS), "--json"))
    assert set(told) == {"example", "loss", "stages"}
    assert {"split", "index", "label"} <= set(told["example"])
    assert told["example"]["split"] == "test"
    assert [stage["index"] for stage in told["stages"]] == list(range(len(told["stages"])))
    for stage in told["stages"]:
        assert {"index", "phase", "operation", "formula", "sentence", "quantities"} <= set(stage)
        assert stage["phase"] in ("forward", "loss", "backward", "update", "after")
        for quantity in stage["quantities"]:
            assert set(quantity) == {"name", "shape", "values"}
            assert np.shape(quantity["values"]) == tuple(quantity["shape"])


def test_json_of_a_network_of_nan_is_strict(tmp_path, write, explain):
    trainer = Trainer(Experiment.read(write(XOR)))
    trainer.network.layers[0].weight[:] = np.nan
    save_checkpoint(tmp_path / "nan", trainer, History())
    told = strict(explain(tmp_path / "nan", "--json"))
    assert told["loss"] is None
    assert told["stages"][1]["quantities"][-1]["values"] == [None, None]
    assert "\\" not in explain(tmp_path / "nan")


def test_one_stage(by_hand, explain):
    text = explain(by_hand, "--digit", 2, "--stage", 12)
    assert text.count("Stage ") == 1
    assert "Stage 12 of 19 · backward · Affine 1" in text
    (stage,) = strict(explain(by_hand, "--digit", 2, "--stage", 12, "--json"))["stages"]
    assert stage["index"] == 12


def test_unit_and_source(by_hand, explain):
    text = explain(by_hand, "--digit", 2, "--stage", 12, "--unit", 1, "--source", 0)
    assert "∂L/∂W₁[0, 1] = 1 · 0.0172 = 0.0172" in text
    text = explain(by_hand, "--digit", 2, "--stage", 1, "--unit", 1)
    assert "z₁[1] = Σ_i x[i] W₁[i, 1] + b₁[1] = 1 · (−0.300) + 0 · 0.200 + (−0.100) = −0.400" in text
    (stage,) = strict(explain(by_hand, "--digit", 2, "--stage", 1, "--unit", 1, "--json"))["stages"]
    assert "Unit 1" in stage["sentence"]


def test_a_unit_that_not_every_stage_has_is_told_where_it_is(write, explain):
    text = explain(write(CLOUDS), "--unit", 11)
    assert "z₁[11] = " in text
    assert "a₁[11] = " in text
    assert re.search(r"z₂\[[0-2]\] = ", text), "there are three of them, and the one that tells most is told"


def test_steps_train_first(write, explain):
    path = write(CLOUDS)
    trainer = Trainer(Experiment.read(path))
    for step in trainer.steps():
        if step.index == 5:
            break
    told = strict(explain(path, "--steps", 5, "--json"))
    before = strict(explain(path, "--json"))
    quantities = {q["name"]: q["values"] for q in told["stages"][1]["quantities"]}
    assert np.array_equal(np.array(quantities["W₁"], np.float32), trainer.network.layers[0].weight)
    assert told["loss"] != before["loss"]


@pytest.mark.parametrize("split", ["training", "validation", "test"])
def test_splits(write, explain, split):
    path = write(CLOUDS)
    told = strict(explain(path, "--split", split, "--digit", 3, "--json"))
    examples = getattr(Trainer(Experiment.read(path)).splits, split)
    x, _ = examples.batch(np.array([3]))
    assert told["example"]["split"] == split
    assert told["stages"][0]["quantities"][0]["values"] == pytest.approx(x[0].tolist())


def test_a_preset(explain):
    text = explain("digits", "--digit", 7)
    assert text.startswith("Example 7 of the test split, label 9, the network says ")
    assert "W₁ (784 x 100): from −" in text
    assert "\\" not in text
    assert len(re.findall(r"^Stage \d+ of ", text, re.MULTILINE)) == 20
    assert len(text) < 12_000


def test_a_task_without_classes_has_no_label(write, explain):
    path = write(PLANE)
    assert strict(explain(path, "--json"))["example"]["label"] is None
    text = explain(path)
    assert "the network says " in text
    assert "None" not in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--digit", 4], "there is no training example 4: they are 0 to 3"),
        (["--digit", -1], "there is no training example -1: they are 0 to 3"),
        (["--split", "test"], "no test examples"),
        (["--stage", 20], "--stage must be from 0 to 19, not 20"),
        (["--stage", -1], "--stage must be from 0 to 19, not -1"),
        (["--stage", 1, "--unit", 2], "no unit 2: they are 0 to 1"),
        (["--stage", 12, "--source", 2], "no source 2: they are 0 to 1"),
        (["--unit", 2], "no unit 2: they are 0 to "),
        (["--source", 2], "no source 2: they are 0 to 1"),
        (["--steps", -1], "steps must be at least 0, not -1"),
    ],
)
def test_bad_input(write, refused, arguments, words):
    assert words in refused(write(XOR), *arguments)


def test_bad_files(tmp_path, refused):
    assert "no-such" in refused("no-such")
    assert "nowhere.toml" in refused(tmp_path / "nowhere.toml")
    assert str(tmp_path) in refused(tmp_path)  # a folder that is no checkpoint


@pytest.mark.parametrize("arguments", [["--split", "future"], ["--digit", "seven"], []])
def test_what_cannot_be_parsed(write, arguments, capsys):
    command = ["explain", str(write(XOR)), *arguments] if arguments else ["explain"]
    with pytest.raises(SystemExit) as caught:
        main(command)
    assert caught.value.code == 2
    assert capsys.readouterr().out == ""
