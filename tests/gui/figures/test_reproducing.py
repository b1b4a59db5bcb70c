"""The same recipe gives the same picture: again, on another screen, in another look of the window."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from shutil import which

import pytest

import mlpviz
from mlpviz.files.recipes import Recipe, versions
from mlpviz.gui.figures.exporting import image_of, made_with_here, picture_file, recipe_of
from mlpviz.gui.figures.headless import headless_application
from mlpviz.gui.figures.reproducing import beside, other_here, replay_of, verdict
from mlpviz.gui.figures.taking import taken_from_replay

ROOT = Path(mlpviz.__file__).parents[1]
ELSEWHERE = """
import hashlib, json, sys
from PySide6.QtWidgets import QApplication
from mlpviz.files.recipes import Recipe
from mlpviz.gui.figures.exporting import image_of, picture_file
from mlpviz.gui.figures.reproducing import replay_of
from mlpviz.gui.figures.taking import taken_from_replay
from mlpviz.gui.theme import Theme

application = QApplication([])
Theme(sys.argv[1]).prepare(application)
found = {}
for name, text in json.load(sys.stdin).items():
    recipe = Recipe.from_json(text)
    replay = replay_of(recipe)
    for _ in replay.steps():
        pass
    run = taken_from_replay(replay)
    image = image_of(recipe.view, run)
    vectors = picture_file(recipe.view, run, ".svg")
    found[name] = [hashlib.sha256(bytes(each)).hexdigest() for each in (image.constBits(), vectors)]
json.dump([application.primaryScreen().devicePixelRatio(), found], sys.stdout)
"""
PICTURES = {
    "digits": ["weights", "curves", "biases", "confusion", "mistakes", "calibration"],
    "moons": ["boundary", "stage"],
    "line": ["boundary", "cost"],
}


def recipes(run_of, view_of, scale):
    """Recipes of many kinds of pictures, light and dark in turn."""
    made = {}
    for run, figures in PICTURES.items():
        for figure in figures:
            theme = ("light", "dark")[len(made) % 2]
            view = view_of(figure, theme=theme, scale=scale)
            made[f"{run} {figure}"] = recipe_of(view, run_of(run)).to_json()
    return made


def digests(recipes, platform, theme="light", **environment):
    """The scale of the screen, and of each recipe the digests of pixels and vectors, by another process."""
    command = [sys.executable, "-c", ELSEWHERE, theme]
    if platform == "xcb":
        command = ["xvfb-run", "-a", "-s", "-screen 0 1440x900x24", *command]
    known = {**os.environ, "QT_QPA_PLATFORM": platform, "PYTHONPATH": str(ROOT), **environment}
    told = subprocess.run(
        command,
        input=json.dumps(recipes),
        env=known,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


@pytest.fixture(scope="module")
def asked(run_of, view_of):
    return recipes(run_of, view_of, 1.5)


@pytest.fixture(scope="module")
def first(asked):
    scale, found = digests(asked, "offscreen")
    assert scale == 1.0
    return found


class TestElsewhere:
    def test_on_a_screen_with_twice_the_pixels_from_a_dark_window(self, asked, first):
        scale, found = digests(asked, "offscreen", "dark", QT_SCALE_FACTOR="2")
        assert scale == 2.0
        assert found == first

    @pytest.mark.skipif(which("xvfb-run") is None, reason="xvfb-run is not installed")
    @pytest.mark.parametrize("screen_scale", ["1", "2"])
    def test_on_a_screen_where_there_is_one(self, asked, first, screen_scale):
        scale, found = digests(asked, "xcb", QT_SCALE_FACTOR=screen_scale, QT_FONT_DPI="120")
        assert scale == 1.25 * float(screen_scale)
        assert found == first

    def test_with_other_fonts_of_the_system(self, asked, first, tmp_path):
        (tmp_path / "fonts.conf").write_text("<fontconfig></fontconfig>")
        _, found = digests(asked, "offscreen", FONTCONFIG_FILE=str(tmp_path / "fonts.conf"))
        assert found == first

    def test_a_window_on_a_screen_of_the_same_scale(self, run_of, view_of, qapp, tmp_path):
        asked = {"window": recipe_of(view_of("window"), run_of("moons")).to_json()}
        light = digests(asked, "offscreen", QT_SCALE_FACTOR="2")
        (tmp_path / "fonts.conf").write_text("<fontconfig></fontconfig>")
        assert light == digests(
            asked, "offscreen", QT_SCALE_FACTOR="2", FONTCONFIG_FILE=f"{tmp_path}/fonts.conf"
        )
        assert light == digests(asked, "offscreen", "dark", QT_SCALE_FACTOR="2")
        if which("xvfb-run") is not None:
            assert light == digests(asked, "xcb", QT_SCALE_FACTOR="2")


class TestAgain:
    @pytest.mark.parametrize("figure", ["weights", "curves", "mistakes", "stage", "window"])
    def test_the_same_view_of_the_same_run_gives_the_same(self, run_of, view_of, qtbot, figure):
        view = view_of(figure, scale=2.0)
        run = run_of("digits")
        assert image_of(view, run) == image_of(view, run)
        assert picture_file(view, run, ".png") == picture_file(view, run, ".png")
        assert picture_file(view, run, ".svg") == picture_file(view, run, ".svg")

    def test_whatever_was_painted_before(self, run_of, view_of, qtbot):
        view = view_of("curves")
        alone = picture_file(view, run_of("digits"), ".svg")
        for figure, run, theme in (
            ("window", "moons", "dark"),
            ("stage", "xor", "dark"),
            ("cost", "line", "light"),
        ):
            picture_file(view_of(figure, theme=theme), run_of(run), ".svg")
        assert picture_file(view, run_of("digits"), ".svg") == alone

    def test_scale_gives_more_pixels_of_the_same_picture(self, run_of, view_of, qtbot):
        small = image_of(view_of("boundary"), run_of("moons"))
        large = image_of(view_of("boundary", scale=3.0), run_of("moons"))
        assert (large.width(), large.height()) == (3 * small.width(), 3 * small.height())
        shrunk = large.scaled(small.size())
        differing = sum(
            abs(small.pixelColor(x, y).lightness() - shrunk.pixelColor(x, y).lightness()) > 60
            for x in range(0, small.width(), 7)
            for y in range(0, small.height(), 7)
        )
        assert differing < 0.03 * small.width() * small.height() / 49

    @pytest.mark.parametrize("size", [(320, 240), (1600, 400), (400, 1200)])
    @pytest.mark.parametrize("figure", ["weights", "loss", "confusion", "stage"])
    def test_any_size_is_the_size_of_the_picture(self, run_of, view_of, qtbot, figure, size):
        image = image_of(view_of(figure, width=size[0], height=size[1]), run_of("digits"))
        assert (image.width(), image.height()) == size


class TestReplayed:
    @pytest.mark.parametrize(
        ("run", "figure"),
        [
            ("digits", "weights"),
            ("digits", "window"),
            ("plane", "cost"),
            ("moons", "stage"),
            ("three", "boundary"),
        ],
    )
    def test_a_picture_of_the_run_trained_again_is_the_same(self, run_of, view_of, qtbot, run, figure):
        view = view_of(figure, {"choice_update": True} if figure == "weights" else {})
        first = picture_file(view, run_of(run), ".svg")
        recipe = recipe_of(view, run_of(run))
        assert (recipe.step, recipe.path_from, recipe.diverged) == (run_of(run).now.step, 0, False)
        replay = replay_of(Recipe.from_json(recipe.to_json()))
        for _ in replay.steps():
            pass
        same, words = verdict(first, picture_file(view, taken_from_replay(replay), ".svg"), ".svg", [])
        assert same
        assert words == "identical apart from dates"


class TestVerdict:
    @pytest.fixture
    def files(self, run_of, view_of, qtbot):
        def files(ending, **parts):
            return picture_file(view_of("loss", **parts), run_of("digits"), ending)

        return files

    @pytest.mark.parametrize("ending", [".png", ".svg", ".pdf"])
    def test_of_the_same_picture(self, files, ending):
        assert verdict(files(ending), files(ending), ending, [])[0]

    @pytest.mark.parametrize("ending", [".svg", ".pdf"])
    def test_of_another_picture_it_says_what_is_other_here(self, files, ending):
        same, words = verdict(
            files(ending), files(ending, caption="Another"), ending, ["NumPy 1 there, 2 here"]
        )
        assert not same
        assert words == "not identical: the bytes differ; NumPy 1 there, 2 here"

    def test_of_pixels_it_says_how_many_differ(self, files):
        same, words = verdict(files(".png"), files(".png", caption="Another"), ".png", [])
        assert not same
        assert "of 302400 pixels differ; nothing is known to be other here than where it was made" in words

    def test_of_another_size_it_says_both(self, files):
        same, words = verdict(files(".png"), files(".png", scale=2.0), ".png", [])
        assert not same
        assert words.startswith("not identical: 720 x 420 pixels there, 1440 x 840 here")

    def test_of_what_is_no_picture(self, files):
        assert verdict(b"nonsense", files(".png"), ".png", [])[1].startswith(
            "not identical: one of them is no"
        )

    def test_dates_and_versions_do_not_count(self, files):
        first = files(".pdf")
        assert b"/CreationDate (D:" in first
        later = first.replace(b"/CreationDate (D:2", b"/CreationDate (D:3")
        assert verdict(first, later, ".pdf", [])[0]
        recipe = files(".svg")
        assert verdict(recipe, recipe.replace(versions()["NumPy"].encode(), b"9.9"), ".svg", [])[0]


class TestVersions:
    def test_a_picture_is_made_with_qt_too(self, view_of):
        assert "Qt" in made_with_here(view_of("weights"))
        assert "screen scale" not in made_with_here(view_of("weights"))

    def test_of_the_window_the_screen_counts(self, qapp, view_of):
        assert made_with_here(view_of("window"))["screen scale"] == "1"

    def test_others_are_told(self, run_of, view_of, qapp):
        recipe = recipe_of(view_of("weights"), run_of("digits"))
        assert other_here(recipe) == []
        made_with = {**recipe.versions, "Qt": "6.1"}
        assert other_here(replace(recipe, versions=made_with))[0].startswith("Qt 6.1 there, ")


def test_a_picture_made_again_stands_beside_the_first(tmp_path):
    assert beside(tmp_path / "a.b.png") == tmp_path / "a.b-again.png"


@pytest.mark.parametrize("scale", ["2", "0", "nan", "2; rm", "9", ""])
def test_a_recipe_may_ask_for_any_screen(qapp, scale):
    before = dict(os.environ)
    with headless_application(scale):
        assert qapp.primaryScreen().devicePixelRatio() == 1.0
    assert dict(os.environ) == before
