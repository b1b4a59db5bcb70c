"""Own data on the command line: inspect tells what is understood, train proposes, evaluate judges."""

import json
import shutil

import numpy as np
import pytest
from PIL import Image

from mlpviz.cli import main
from mlpviz.data import dataset_sha256
from mlpviz.files import load_checkpoint
from mlpviz.locations import resource_path

IRIS = resource_path("data", "iris.csv")


@pytest.fixture
def run(capsys):
    """Runs a command and returns its status, standard output and standard error."""

    def run(*arguments):
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as end:
            status = end.code or 0
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


@pytest.fixture
def answer(run):
    """What a command answers as JSON."""

    def answer(*arguments):
        status, out, err = run(*arguments, "--json")
        assert (status, err) == (0, "")
        return json.loads(out, parse_constant=pytest.fail)

    return answer


@pytest.fixture
def refused(run):
    """The sentence that says why a command cannot be done."""

    def refused(*arguments):
        status, out, err = run(*arguments)
        assert (status, out) == (2, "")
        assert err.startswith("mlpviz: ")
        assert err.count("\n") == 1
        return err

    return refused


@pytest.fixture
def flowers(tmp_path):
    return shutil.copy(IRIS, tmp_path / "flowers.csv")


@pytest.fixture
def pictures(tmp_path):
    """Ten pictures of 6 x 5 of each of two classes."""
    rng = np.random.default_rng(0)
    for name, ink in (("light", 200), ("dark", 30)):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for i in range(10):
            pixels = rng.integers(ink - 20, ink + 20, (6, 5), np.uint8)
            Image.fromarray(pixels).save(tmp_path / "pictures" / name / f"{i}.png")
    return tmp_path / "pictures"


class TestInspect:
    def test_tells_what_was_understood(self, run, flowers):
        status, out, err = run("inspect", flowers)
        assert (status, err) == (0, "")
        for words in (
            "CSV table",
            "column 'species'",
            "versicolor",
            dataset_sha256(flowers),
            "standard deviation",
        ):
            assert words in out

    def test_as_json(self, answer, pictures):
        told = answer("inspect", pictures)
        assert (told["image_shape"], told["training_examples"], told["files"]) == ([6, 5], 20, 20)
        assert [each["name"] for each in told["classes"]] == ["dark", "light"]

    def test_reads_it_as_it_is_told_to(self, answer, flowers):
        told = answer("inspect", flowers, "--label-column", "1", "--header", "yes", "--targets", "numbers")
        assert (told["label"], told["task"]) == ("column 'sepal_length_cm'", "numbers")

    def test_bad_data_are_refused_in_one_sentence(self, refused, tmp_path):
        (tmp_path / "some.csv").write_text("a,b,label\n1,2,x\n3,four,y\n")
        assert "some.csv, row 3, column 'b': 'four' is not a number" in refused(
            "inspect", tmp_path / "some.csv"
        )
        assert "cannot be read" in refused("inspect", tmp_path / "gone.csv")


class TestTrain:
    def test_proposes_an_experiment_and_says_what_it_does(self, run, flowers, tmp_path):
        status, out, err = run("train", "--data", flowers, "--out", tmp_path / "run")
        assert status == 0
        assert "flowers: " in out
        assert "minus its mean over the training split" in err
        trainer = load_checkpoint(tmp_path / "run")
        assert trainer.experiment.dataset == str(flowers)
        assert trainer.experiment.dataset_sha256 == dataset_sha256(flowers)
        assert trainer.evaluate("training").accuracy > 0.95

    def test_settings_change_what_is_proposed(self, answer, flowers):
        told = answer("train", "--data", flowers, "--epochs", 2, "--seed", 7, "--set", "batch_size=45")
        assert (told["experiment"], told["steps"], told["seed"]) == ("flowers", 6, 7)

    def test_the_label_column_can_be_chosen(self, answer, flowers):
        told = answer("train", "--data", flowers, "--label-column", "petal_width_cm", "--targets", "numbers")
        assert told["train_accuracy"] is None
        assert told["train_loss"] < 0.1

    def test_what_was_left_out_is_told(self, run, flowers):
        _, _, err = run("train", "--data", flowers, "--label-column", "1", "--epochs", 1)
        assert "Column 'species' holds words, not numbers: it is left out." in err

    def test_an_experiment_s_own_settings_on_the_data(self, answer, flowers):
        settings = ("--set", "layers.2.units=3", "--set", "validation_size=0", "--epochs", "1")
        told = answer("train", "digits", "--data", flowers, *settings)
        assert (told["experiment"], told["steps"]) == ("digits", 2)

    def test_a_last_layer_that_does_not_fit_is_not_adapted_in_silence(self, refused, flowers):
        sentence = refused("train", "digits", "--data", flowers)
        assert "10 outputs, but flowers.csv has 3 classes: add --set layers.2.units=3" in sentence

    def test_many_seeds(self, answer, flowers):
        told = answer("train", "--data", flowers, "--seeds", 3, "--jobs", 1, "--epochs", 3)
        assert told["seeds"] == 3

    def test_data_in_place_of_an_experiment_are_told_where_they_belong(self, refused, flowers, pictures):
        assert "flowers.csv holds data, not an experiment: give it with --data" in refused("train", flowers)
        assert "pictures holds data, not an experiment" in refused("train", pictures)

    def test_ways_of_reading_belong_to_data(self, refused):
        assert "--label-column belongs to --data" in refused("train", "--label-column", "1")

    def test_an_experiment_file_finds_its_data_beside_it(self, answer, flowers, tmp_path, monkeypatch):
        experiment = tmp_path / "mine.toml"
        experiment.write_text("dataset = 'flowers.csv'\nepochs = 1\n[[layers]]\nkind = 'affine'\nunits = 3\n")
        monkeypatch.chdir("/")
        assert answer("train", experiment)["steps"] == 2


class TestEvaluate:
    @pytest.fixture
    def checkpoint(self, run, flowers, tmp_path):
        run("train", "--data", flowers, "--epochs", 60, "--out", tmp_path / "run")
        return tmp_path / "run"

    def test_judges_other_examples_of_the_same_kind(self, answer, checkpoint, tmp_path):
        lines = IRIS.read_text().splitlines()
        (tmp_path / "virginica.csv").write_text("\n".join([lines[0], *lines[51:]]))
        told = answer("evaluate", checkpoint, "--data", tmp_path / "virginica.csv")
        assert (told["dataset"], list(told["splits"])) == ("virginica.csv", ["data"])
        split = told["splits"]["data"]
        assert (split["n"], np.sum(split["confusion"])) == (100, 100)
        assert split["confusion"][0] == [0, 0, 0]
        assert split["accuracy"] > 0.8

    def test_of_its_own_data_says_what_it_says_of_its_splits(self, answer, checkpoint, flowers):
        own = answer("evaluate", checkpoint)["splits"]
        data = answer("evaluate", checkpoint, "--data", flowers)["splits"]["data"]
        right = sum(split["n"] * split["accuracy"] for split in own.values())
        assert data["n"] * data["accuracy"] == pytest.approx(right)

    def test_as_text(self, run, checkpoint, flowers):
        status, out, err = run("evaluate", checkpoint, "--data", flowers)
        assert (status, err) == (0, "")
        assert "150" in out
        assert "setosa" in out

    def test_other_inputs_are_refused(self, refused, checkpoint, pictures):
        assert "has 30 inputs an example, but the network was trained on 4" in refused(
            "evaluate", checkpoint, "--data", pictures
        )

    def test_a_split_of_other_data_is_refused(self, refused, checkpoint, flowers):
        assert "--split chooses examples of the run" in refused(
            "evaluate", checkpoint, "--data", flowers, "--split", "test"
        )


class TestCheckpointsOfOwnData:
    def test_go_on_where_the_data_are_moved_beside_them(self, run, answer, flowers, tmp_path):
        run("train", "--data", flowers, "--epochs", 1, "--out", tmp_path / "runs" / "one")
        before = answer("evaluate", tmp_path / "runs" / "one")
        shutil.move(flowers, tmp_path / "runs" / "flowers.csv")
        assert answer("evaluate", tmp_path / "runs" / "one") == before

    def test_are_refused_when_the_data_have_changed_or_are_gone(self, run, refused, flowers, tmp_path):
        run("train", "--data", flowers, "--epochs", 1, "--out", tmp_path / "run")
        text = IRIS.read_text()
        (tmp_path / "flowers.csv").write_text(text.replace("5.1", "5.2", 1))
        assert "flowers.csv is not what it was when this experiment was made" in refused(
            "evaluate", tmp_path / "run"
        )
        (tmp_path / "flowers.csv").unlink()
        assert "flowers.csv is not there" in refused("evaluate", tmp_path / "run")
