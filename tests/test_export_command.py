"""The commands export and reproduce: pictures and numbers of a run, and the same picture once more."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from mlpviz import cli
from mlpviz.files.pictures import read_recipe
from mlpviz.gui.theme import DARK, LIGHT

SMALL_DIGITS = """
title = "Small digits"
dataset = "digits"
training_size = 600
validation_size = 200
batch_size = 50
learning_rate = 0.5
epochs = 2
[[layers]]
kind = "affine"
units = 16
[[layers]]
kind = "relu"
[[layers]]
kind = "affine"
units = 10
[[layers]]
kind = "sigmoid"
"""


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """The path of a small experiment."""
    path = tmp_path_factory.mktemp("experiment") / "digits.toml"
    path.write_text(SMALL_DIGITS)
    return str(path)


@pytest.fixture(scope="module")
def checkpoint(digits, tmp_path_factory):
    """The path of a run that was trained to its end."""
    path = tmp_path_factory.mktemp("run") / "run"
    assert cli.main(["train", digits, "--out", str(path)]) == 0
    return str(path)


@pytest.fixture
def mlpviz(qapp, capsys):
    """A function that runs a command; its exit status, and what it said."""

    def mlpviz(*words):
        status = cli.main([str(word) for word in words])
        said = capsys.readouterr()
        return status, said.out, said.err

    return mlpviz


@pytest.fixture
def export(mlpviz, tmp_path):
    """A function that exports a picture, and gives its path."""

    def export(run, what, *options, out="x.png"):
        path = tmp_path / out
        assert mlpviz("export", run, what, path, *options) == (0, "", "")
        return path

    return export


def size_of(path):
    with Image.open(path) as image:
        return image.size


def corner(path):
    with Image.open(path) as image:
        return "#{:02X}{:02X}{:02X}".format(*image.convert("RGB").getpixel((3, 3)))


class TestExport:
    def test_a_checkpoint_is_shown_as_it_is(self, export, checkpoint):
        recipe = read_recipe(export(checkpoint, "weights"))
        assert (recipe.step, recipe.experiment.title, recipe.view.figure) == (24, "Small digits", "weights")
        assert size_of(export(checkpoint, "weights")) == (760, 640)

    def test_an_experiment_before_its_first_step_or_after_some(self, export, digits):
        assert read_recipe(export(digits, "weights")).step == 0
        assert read_recipe(export(digits, "weights", "--steps", 5)).step == 5

    def test_a_preset_by_its_name(self, export):
        assert read_recipe(export("moons", "boundary", "--steps", 3)).experiment.dataset == "moons"

    def test_size_scale_look_and_caption(self, export, checkpoint):
        path = export(
            checkpoint, "loss", "--size", "500x300", "--scale", "2", "--theme", "dark", "--caption", "Mine"
        )
        view = read_recipe(path).view
        assert (view.width, view.height, view.scale, view.theme, view.caption) == (
            500,
            300,
            2,
            "dark",
            "Mine",
        )
        assert size_of(path) == (1000, 600)
        assert corner(path) == DARK.card
        assert corner(export(checkpoint, "loss")) == LIGHT.card

    @pytest.mark.parametrize(
        ("what", "options", "choices"),
        [
            (
                "weights",
                ["--layer", 2, "--quantity", "gradient"],
                {"choice_layer": 1, "choice_gradient": True},
            ),
            ("weights", ["--unit", 3], {"card_weights": {"unit": 3, "enlarged": True}}),
            ("weights", ["--units", "3, 7,10-12"], {"card_weights": {"only": [3, 7, 10, 11, 12]}}),
            ("weights", ["--choose", "choice_order=by norm"], {"choice_order": "by norm"}),
            ("weights", ["--choose", "choice_update=true"], {"choice_update": True}),
            ("gradients", ["--measure", "Update ratio"], {"choice_measure": "Update ratio"}),
            ("confusion", ["--split", "validation"], {"page_evaluate": {"split": "validation"}}),
            (
                "stage",
                ["--digit", 4, "--stage", 2, "--split", "training"],
                {"page_step_through": {"example": 4, "stage": 2, "split": "training"}},
            ),
            ("biases", ["--layer", 1], {"choice_biases_layer": 0}),
            ("window", ["--page", "evaluate"], {"page": "evaluate"}),
        ],
        ids=str,
    )
    def test_what_is_asked_for_in_a_few_words(self, export, checkpoint, what, options, choices):
        assert read_recipe(export(checkpoint, what, *options)).view.choices == choices

    def test_a_unit_of_a_boundary_and_units_of_a_layer(self, export):
        assert read_recipe(export("moons", "boundary", "--unit", 2)).view.choices == {
            "card_function": {"layer": 0, "unit": 2}
        }
        assert read_recipe(export("spiral", "units", "--layer", 2)).view.choices == {"choice_units_layer": 1}
        assert read_recipe(export("xor", "network", "--quantity", "weights")).view.choices == {
            "choice_edge_weights": True
        }

    def test_the_gradient_of_a_checkpoint_is_that_of_its_last_step(self, export, checkpoint, digits):
        words = ["--quantity", "gradient"]
        first = np.load(export(checkpoint, "weights", *words, out="a.npz"))
        again = np.load(export(digits, "weights", *words, "--steps", 24, out="b.npz"))
        assert np.array_equal(first["gradient"], again["gradient"])
        assert np.abs(first["gradient"]).max() > 0

    def test_the_path_over_the_cost_of_a_checkpoint_is_that_of_its_run(self, mlpviz, export, tmp_path):
        assert mlpviz("train", "line", "--epochs", 3, "--out", tmp_path / "line")[0] == 0
        found = np.load(export(tmp_path / "line", "cost", out="x.npz"))
        assert found["step"].tolist() == [0, 1, 2, 3]

    def test_numbers_as_a_table_or_for_numpy(self, export, checkpoint):
        table = np.genfromtxt(export(checkpoint, "loss", out="x.csv"), delimiter=",", names=True)
        assert table["step"].tolist() == list(range(1, 25))
        assert np.load(export(checkpoint, "confusion", out="x.npy")).sum() == 10_000
        with np.load(export(checkpoint, "weights", "--layer", 2, out="x.npz")) as found:
            assert found["weights"].shape == (16, 10)

    def test_a_file_that_is_there_is_replaced(self, export, checkpoint):
        path = export(checkpoint, "loss")
        path.write_bytes(b"old")
        assert size_of(export(checkpoint, "loss")) == (720, 420)


SENTENCES = {
    "no such picture": (["weight"], "unknown picture 'weight'; known are: weights, curves"),
    "no such ending": (
        ["weights", "x.jpg"],
        r"x\.jpg: a picture ends in \.png, \.svg",
    ),
    "no ending": (["weights", "x"], "a picture ends in"),
    "no such folder": (["weights", "none/x.png"], "there is no folder .*none"),
    "no such layer": (["weights", "--layer", "3"], "choice_layer cannot be 2: there are 'layer 1: 784"),
    "a layer from 0": (["weights", "--layer", "0"], "--layer counts from 1, as on the screen, not 0"),
    "a layer of a boundary from 0": (["boundary", "--layer", "0", "--unit", "1"], "--layer counts from 1"),
    "a layer of what has none": (
        ["confusion", "--layer", "1"],
        "has no --layer: it takes --split",
    ),
    "a unit of what has none": (["curves", "--unit", "1"], "has no --unit: it takes none of these"),
    "no such unit": (["weights", "--unit", "16"], "no unit 16: they are 0 to 15"),
    "no such units": (["weights", "--units", "3,16"], "no unit 16: they are 0 to 15"),
    "units that are none": (
        ["weights", "--units", "3-"],
        "--units must be numbers such as 3,7,10-12",
    ),
    "units upside down": (["weights", "--units", "7-3"], "--units must be numbers"),
    "no such quantity": (
        ["weights", "--quantity", "weight"],
        "unknown quantity 'weight'; .*did you mean 'weights'",
    ),
    "no such measure": (
        ["gradients", "--measure", "speed"],
        "cannot be 'speed': there are 'Gradient",
    ),
    "no such control": (["weights", "--choose", "choice_x=1"], "unknown choice 'choice_x'"),
    "no value": (["weights", "--choose", "choice_order"], "--choose must be of the form CONTROL=VALUE"),
    "no such stage": (["stage", "--stage", "99"], "no stage 99: they are 0 to"),
    "no such example": (["stage", "--digit", "10000"], "10000: they are 0 to 9999"),
    "no such page": (["window", "--page", "test"], "unknown page 'test'; known are: train"),
    "not of this run": (["boundary"], "there is no picture 'boundary' of 'Small digits'"),
    "a size that is none": (["weights", "--size", "760"], "--size must be of the form WIDTHxHEIGHT"),
    "a size too large": (
        ["weights", "--size", "9000x100"],
        "width must be from 120 to 8000 pixels, not 9000",
    ),
    "a scale too large": (["weights", "--scale", "5"], "scale must be from 1 to 4, not 5"),
    "a scale that is none": (["weights", "--scale", "nan"], "scale must be from 1 to 4, not nan"),
    "steps of a checkpoint": (["weights", "--steps", "3"], "--steps is for an experiment"),
    "one frame": (["weights", "x.gif", "--frames", "1"], "a film has from 2 to 1000 frames, not 1"),
    "frames too quick": (["weights", "x.gif", "--frame-ms", "1"], "20 to 10000 milliseconds, not 1"),
}


class TestSentences:
    @pytest.mark.parametrize("about", SENTENCES)
    def test_what_cannot_be_is_told_in_one(self, mlpviz, checkpoint, tmp_path, about, monkeypatch):
        (what, *rest), words = SENTENCES[about]
        out = rest.pop(0) if rest and not rest[0].startswith("--") else "x.png"
        status, said, told = mlpviz("export", checkpoint, what, tmp_path / out, *rest)
        assert status == 2
        assert said == ""
        assert re.fullmatch(r"mlpviz: [^\n]+\n", told)
        assert re.search(words, told)
        assert list(tmp_path.iterdir()) == []

    def test_a_run_that_there_is_not(self, mlpviz, tmp_path):
        status, _, told = mlpviz("export", "moon", "weights", tmp_path / "x.png")
        assert status == 2
        assert "did you mean 'moons'" in told

    def test_steps_that_the_run_does_not_reach(self, mlpviz, digits, tmp_path):
        status, _, told = mlpviz("export", digits, "loss", tmp_path / "x.png", "--steps", 25)
        assert (status, "ends at step 24, not at step 25" in told) == (2, True)
        status, _, told = mlpviz("export", digits, "loss", tmp_path / "x.png", "--steps", -1)
        assert (status, "--steps must be at least 0" in told) == (2, True)

    def test_an_mp4_without_what_makes_it(self, mlpviz, digits, tmp_path, monkeypatch):
        monkeypatch.setitem(__import__("sys").modules, "av", None)
        status, _, told = mlpviz("export", digits, "loss", tmp_path / "x.mp4", "--steps", 2)
        assert (status, "pip install 'mlpviz[film]'" in told) == (2, True)


class TestFilm:
    @pytest.fixture
    def film(self, export, digits):
        words = ["--steps", 20, "--frames", 5, "--frame-ms", 80, "--size", "300x240"]
        return export(digits, "weights", *words, "--units", "0-7", out="x.gif")

    def test_has_its_frames_their_times_and_a_recipe(self, film):
        view = read_recipe(film).view
        assert view.frames == (0, 1, 5, 11, 20)
        with Image.open(film) as image:
            assert (image.n_frames, image.size) == (5, (300, 240))
            times = []
            for i in range(5):
                image.seek(i)
                times.append(image.info["duration"])
            assert times == [80, 80, 80, 80, 640]
            assert image.info["loop"] == 0

    def test_holds_one_scale_for_all_frames(self, film):
        limit = read_recipe(film).view.choices["card_weights"]["limit"]
        assert 0 < limit < 1
        with Image.open(film) as image:
            bars = []
            for i in range(5):
                image.seek(i)
                bars.append(np.array(image.convert("RGB"))[156:190, 100:])
        assert all(np.array_equal(bar, bars[0]) for bar in bars)

    def test_has_the_ground_as_it_is(self, film):
        with Image.open(film) as image:
            for i in range(5):
                image.seek(i)
                assert image.convert("RGB").getpixel((4, 4)) == (255, 255, 255)

    def test_shows_that_weights_change(self, film):
        with Image.open(film) as image:
            frames = []
            for i in (0, 4):
                image.seek(i)
                frames.append(np.array(image.convert("RGB"), int)[40:180])
        assert np.abs(frames[0] - frames[1]).max() > 40

    def test_is_reproduced(self, film, mlpviz):
        again = film.with_name("x-again.gif")
        assert mlpviz("reproduce", film) == (0, f"{again}: identical apart from dates\n", "")

    def test_of_a_checkpoint_is_trained_again(self, export, checkpoint):
        path = export(checkpoint, "loss", "--frames", 3, "--size", "240x200", out="x.gif")
        assert read_recipe(path).view.frames == (0, 6, 24)

    def test_of_other_pictures(self, export):
        path = export("moons", "boundary", "--steps", 4, "--frames", 2, "--size", "240x200", out="x.gif")
        assert read_recipe(path).view.frames == (0, 4)


EVERY_KIND = [
    ("digits", "weights", ".png", []),
    ("digits", "weights", ".svg", ["--layer", "2", "--quantity", "change"]),
    ("digits", "weights", ".pdf", ["--quantity", "update"]),
    ("digits", "weights", ".png", ["--unit", "5", "--scale", "2"]),
    ("digits", "curves", ".svg", ["--theme", "dark"]),
    ("digits", "loss", ".pdf", ["--size", "400x300"]),
    ("digits", "accuracy", ".png", ["--caption", "ü"]),
    ("digits", "gradients", ".png", ["--measure", "Update ratio", "--scale", "1.5"]),
    ("digits", "biases", ".svg", []),
    ("digits", "confusion", ".svg", ["--theme", "dark"]),
    ("digits", "mistakes", ".png", ["--split", "validation"]),
    ("digits", "classes", ".pdf", []),
    ("digits", "calibration", ".svg", []),
    ("digits", "stage", ".png", ["--digit", "3", "--stage", "5"]),
    ("digits", "window", ".png", ["--page", "step_through", "--theme", "dark"]),
    ("moons", "boundary", ".png", ["--theme", "dark"]),
    ("moons", "units", ".svg", []),
    ("moons", "network", ".pdf", ["--quantity", "gradient"]),
    ("plane", "cost", ".svg", []),
    ("line", "cost", ".png", []),
    ("linear-collapse", "collapsed", ".png", []),
    ("line", "window", ".svg", []),
]


class TestReproduce:
    @pytest.mark.parametrize(("run", "what", "ending", "options"), EVERY_KIND, ids=str)
    def test_every_kind_of_picture_comes_back(self, mlpviz, export, digits, run, what, ending, options):
        source, steps = (digits, 7) if run == "digits" else (run, 4)
        path = export(source, what, "--steps", steps, *options, out=f"x{ending}")
        again = path.with_name(f"x-again{ending}")
        words = "identical pixels" if ending == ".png" else "identical apart from dates"
        assert mlpviz("reproduce", path) == (0, f"{again}: {words}\n", "")
        assert read_recipe(again) == read_recipe(path)
        if ending != ".pdf":
            assert again.read_bytes() == path.read_bytes()

    def test_a_checkpoints_picture_comes_back_from_the_start(self, mlpviz, export, checkpoint):
        assert mlpviz("reproduce", export(checkpoint, "weights"))[0] == 0
        assert mlpviz("reproduce", export(checkpoint, "curves", out="x.svg"))[0] == 0

    def test_to_another_place_or_its_own(self, mlpviz, export, digits, tmp_path):
        path = export(digits, "loss")
        before = path.read_bytes()
        assert mlpviz("reproduce", path, "-o", tmp_path / "y.png")[1].startswith(
            f"{tmp_path / 'y.png'}: identical"
        )
        assert mlpviz("reproduce", path, "-o", path)[0] == 0
        assert path.read_bytes() == before

    def test_what_differs_is_told_with_status_1(self, mlpviz, export, digits):
        path = export(digits, "loss")
        with Image.open(path) as image:
            text = image.text["mlpviz recipe"]
        other = Image.new("RGB", (720, 420), "white")
        from PIL import PngImagePlugin

        info = PngImagePlugin.PngInfo()
        info.add_itxt("mlpviz recipe", re.sub(r'"NumPy": "[^"]+"', '"NumPy": "1.0"', text))
        file = io.BytesIO()
        other.save(file, "PNG", pnginfo=info)
        path.write_bytes(file.getvalue())
        status, said, told = mlpviz("reproduce", path)
        assert status == 1
        assert re.search(r"not identical: \d+ of 302400 pixels differ; NumPy 1\.0 there, .* here\n$", said)
        assert told == ""

    def test_of_a_picture_without_recipe_it_says_so(self, mlpviz, tmp_path):
        Image.new("RGB", (10, 10)).save(tmp_path / "x.png")
        status, said, told = mlpviz("reproduce", tmp_path / "x.png")
        assert (status, said) == (2, "")
        assert re.fullmatch(r"mlpviz: .*x\.png: it carries no recipe: [^\n]+\n", told)

    def test_another_ending_cannot_be(self, mlpviz, export, digits, tmp_path):
        status, _, told = mlpviz("reproduce", export(digits, "loss"), "-o", tmp_path / "x.svg")
        assert (status, "its name must end in .png" in told) == (2, True)

    def test_a_picture_whose_name_says_another_kind_is_told(self, mlpviz, export, digits):
        path = export(digits, "loss")
        renamed = path.rename(path.with_suffix(".svg"))
        status, _, told = mlpviz("reproduce", renamed)
        assert (status, "it is a file of the kind .png" in told) == (2, True)

    def test_a_recipe_that_asks_for_what_there_is_not(self, mlpviz, export, digits):
        path = export(digits, "loss", out="x.svg")
        path.write_bytes(path.read_bytes().replace(b'"figure": "loss"', b'"figure": "lost"'))
        status, _, told = mlpviz("reproduce", path)
        assert (status, "unknown picture 'lost'" in told) == (2, True)

    def test_into_a_folder_that_is_not_there(self, mlpviz, export, digits, tmp_path):
        status, _, told = mlpviz("reproduce", export(digits, "loss"), "-o", tmp_path / "none" / "x.png")
        assert (status, "there is no folder" in told) == (2, True)
