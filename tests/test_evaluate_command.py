"""`mlpviz evaluate`: what it tells of a checkpoint, as text and as strict JSON, and what it refuses."""

import json

import pytest

from mlpviz.cli import main
from mlpviz.files import save_checkpoint
from mlpviz.training import Experiment, History, Trainer
from mlpviz.training.report import as_text, report

CLOUDS = Experiment.from_table(
    {
        "title": "Clouds",
        "dataset": "blobs",
        "validation_size": 30,
        "batch_size": 30,
        "epochs": 4,
        "learning_rate": 0.3,
        "loss": "softmax_cross_entropy",
        "layers": [{"kind": "affine", "units": 8}, {"kind": "relu"}, {"kind": "affine", "units": 3}],
    }
)
PLANE = Experiment.from_table(
    {"title": "Plane", "dataset": "plane", "learning_rate": 0.05, "layers": [{"kind": "affine", "units": 1}]}
)


def trained(experiment):
    trainer = Trainer(experiment)
    list(trainer.steps())
    return trainer


@pytest.fixture(scope="module")
def clouds():
    return trained(CLOUDS)


@pytest.fixture
def checkpoint(tmp_path, clouds):
    save_checkpoint(tmp_path / "run", clouds, History())
    return tmp_path / "run"


def told(capsys, *arguments):
    """What the command prints as JSON, which must be strict."""
    assert main(["evaluate", *map(str, arguments), "--json"]) == 0
    out = capsys.readouterr().out
    return json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


def test_json_agrees_with_the_trainer(capsys, checkpoint, clouds):
    found = told(capsys, checkpoint)
    assert (found["experiment"], found["seed"], found["steps"]) == ("Clouds", 0, clouds.index)
    assert found["status"] == "finished"
    assert list(found["splits"]) == list(clouds.splits.by_name())
    for name, split in found["splits"].items():
        measured = clouds.evaluate(name)
        assert (split["loss"], split["accuracy"]) == (measured.loss, measured.accuracy)
        assert split["n"] == len(getattr(clouds.splits, name)) == sum(map(sum, split["confusion"]))
        assert sum(split["confusion"][k][k] for k in range(3)) == round(split["accuracy"] * split["n"])
        assert [each["class"] for each in split["per_class"]] == found["classes"]
        assert [each["support"] for each in split["per_class"]] == [sum(row) for row in split["confusion"]]
        assert 0 <= split["calibration_error"] <= 1


def test_one_split(capsys, checkpoint):
    assert list(told(capsys, checkpoint, "--split", "validation")["splits"]) == ["validation"]


def test_text(capsys, checkpoint, clouds):
    assert main(["evaluate", str(checkpoint), "--split", "training"]) == 0
    out = capsys.readouterr().out
    percent = f"{100 * clouds.evaluate('training').accuracy:.2f} %"
    assert out.startswith(f"Clouds: seed 0, {clouds.index} steps, finished\n\nsplit ")
    assert percent in out
    assert "Training: rows are the true class, columns what was said" in out
    (head, *rows) = [
        line.split() for line in out.splitlines() if line.startswith(("true \\ said", "0 ", "1 "))
    ][:3]
    assert head[3:] == list(clouds.dataset.classes)
    assert all(cell.isdecimal() for row in rows for cell in row[1:])


def test_text_tells_all_splits_and_details_of_the_last(capsys, checkpoint, clouds):
    assert main(["evaluate", str(checkpoint)]) == 0
    out = capsys.readouterr().out
    names = list(clouds.splits.by_name())
    assert [name for name in names if f"\n{name} " in out] == names
    assert out.count("rows are the true class") == 1
    assert f"\n{names[-1].capitalize()}: rows are the true class" in out
    assert main(["evaluate", str(checkpoint), "--split", "all"]) == 0
    assert capsys.readouterr().out.count("rows are the true class") == len(names)


def test_what_is_not_defined_is_null_and_a_dash(tmp_path, capsys):
    """Before the first step all zeros: the same class is said each time."""
    trainer = Trainer(CLOUDS.with_settings({f"layers.{i}.initializer": "zeros" for i in (0, 2)}))
    save_checkpoint(tmp_path / "run", trainer, History())
    found = told(capsys, tmp_path / "run", "--split", "training")["splits"]["training"]
    precisions = [each["precision"] for each in found["per_class"]]
    assert precisions.count(None) == 2
    (sentence,) = found["remarks"]
    assert sentence.startswith("The network never says")
    assert main(["evaluate", str(tmp_path / "run"), "--split", "training"]) == 0
    out = capsys.readouterr().out
    assert f"training: {sentence}" in out
    assert " –  " in out


def test_regression_has_a_fit_and_no_confusion(tmp_path, capsys):
    save_checkpoint(tmp_path / "run", trained(PLANE), History())
    found = told(capsys, tmp_path / "run")["splits"]["training"]
    assert (found["accuracy"], found["confusion"], found["per_class"]) == (None, None, None)
    assert found["calibration_error"] is None
    assert len(found["rmse"]) == len(found["r_squared"]) == 1
    assert found["rmse"][0] == pytest.approx(found["loss"] ** 0.5, rel=1e-5)
    assert main(["evaluate", str(tmp_path / "run")]) == 0
    assert "RMSE" in capsys.readouterr().out


def test_a_diverged_run_is_told_as_one(tmp_path, capsys):
    trainer = trained(PLANE.with_settings({"learning_rate": 1e6, "epochs": 50}))
    assert trainer.divergence is not None
    save_checkpoint(tmp_path / "run", trainer, History())
    found = told(capsys, tmp_path / "run")
    assert (found["status"], found["message"]) == ("diverged", trainer.divergence.sentence)


def test_outputs_that_are_not_finite(clouds):
    trainer = trained(CLOUDS.with_settings({"epochs": 1}))
    trainer.network.layers[0].params["weight"][...] = float("nan")
    found = report(trainer, "validation")
    split = found["splits"]["validation"]
    assert split["accuracy"] == 0
    assert sum(map(sum, split["confusion"])) == 0
    assert "are not finite numbers" in split["remarks"][0]
    assert "validation" in as_text(found)


@pytest.mark.parametrize(
    ("argument", "sentence"),
    [
        ("digits", "digits is an experiment, which has no trained network: train it first"),
        ("nowhere", "nowhere is not there: give a run that mlpviz saved, a folder or one file"),
        ("file", "file: not a zip file, so nothing that mlpviz saved"),
        ("mine.toml", "mine.toml is an experiment, which has no trained network"),
        ("empty", "empty is not a saved run: it has no experiment.toml"),
    ],
)
def test_what_is_no_checkpoint(tmp_path, monkeypatch, capsys, argument, sentence):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("x")
    (tmp_path / "mine.toml").write_text(PLANE.to_toml())
    (tmp_path / "empty").mkdir()
    assert main(["evaluate", argument]) == 2
    out, error = capsys.readouterr()
    assert out == ""
    assert error.startswith(f"mlpviz: {sentence}")
    assert error.count("\n") == 1


def test_a_damaged_checkpoint_is_named(checkpoint, capsys):
    (checkpoint / "parameters.safetensors").write_bytes(b"nonsense")
    assert main(["evaluate", str(checkpoint)]) == 2
    assert "parameters.safetensors: not a safetensors file" in capsys.readouterr().err


def test_a_split_that_there_is_not(tmp_path, capsys):
    save_checkpoint(tmp_path / "run", trained(PLANE), History())
    assert main(["evaluate", str(tmp_path / "run"), "--split", "test"]) == 2
    assert capsys.readouterr().err == "mlpviz: this run has no test examples: choose training or all\n"
