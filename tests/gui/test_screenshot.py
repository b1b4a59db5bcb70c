"""A picture of the window: of the size asked for, the same each time, and a sentence where it cannot be."""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from mlpviz.cli import main
from mlpviz.gui.theme import DARK, LIGHT


def screenshot(*arguments: object) -> subprocess.CompletedProcess:
    """In a process of its own, for an application has one scale."""
    command = [sys.executable, "-m", "mlpviz", "screenshot", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


@pytest.fixture
def small(tmp_path, digits) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(digits.with_settings({"epochs": 1_000_000}).to_toml(), encoding="utf-8")
    return path


def test_the_picture_is_sharp_and_the_same_each_time(tmp_path, small):
    pictures = []
    for name in ("a.png", "b.png"):
        done = screenshot(
            tmp_path / name, "--experiment", small, "--steps", 14, "--size", "1100x720", "--scale", 2
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        pictures.append(QImage(str(tmp_path / name)))
    assert (pictures[0].width(), pictures[0].height()) == (2200, 1440)
    assert pictures[0] == pictures[1]
    colors = {pictures[0].pixelColor(x, y).name().upper() for x in range(0, 2200, 7) for y in (300, 560)}
    assert LIGHT.card in colors
    assert len(colors) > 50, "the mosaic and the curves are not there"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "b.png", "small.toml"]


def test_light_and_dark_before_the_first_step(tmp_path, small):
    done = screenshot(
        tmp_path / "dark.png", "--experiment", small, "--theme", "dark", "--size", "1024x700", "--scale", 1
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    picture = QImage(str(tmp_path / "dark.png"))
    assert (picture.width(), picture.height()) == (1024, 700)
    colors = {picture.pixelColor(x, y).name().upper() for x in range(0, 1024, 3) for y in range(0, 700, 3)}
    assert {DARK.ground, DARK.card} <= colors
    assert not {LIGHT.ground, LIGHT.card} & colors


def test_work_in_the_background_is_waited_for(tmp_path, small):
    """The Evaluate page is judged off the window's thread; in the picture it is filled."""
    pictures = []
    for name in ("a.png", "b.png"):
        done = screenshot(tmp_path / name, "--experiment", small, "--page", "evaluate", "--steps", 14)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        pictures.append(QImage(str(tmp_path / name)))
    assert pictures[0] == pictures[1]
    colors = {pictures[0].pixelColor(x, y).name() for x in range(130, 680, 3) for y in range(290, 800, 3)}
    assert len(colors) > 20, "the confusion matrix is not there"


def test_a_page_that_there_is_not(tmp_path, small):
    done = screenshot(tmp_path / "a.png", "--experiment", small, "--page", "nowhere")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("mlpviz: unknown page 'nowhere'; known are: train")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "a.png").exists()


def test_an_experiment_that_cannot_be(tmp_path, digits):
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(digits.with_settings({"layers.2.units": 12}).to_toml(), encoding="utf-8")
    done = screenshot(tmp_path / "a.png", "--experiment", wrong)
    assert done.returncode == 2
    assert "12 outputs" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "a.png").exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.jpg", "must end in .png"),
        ("a", "must end in .png"),
        ("no/such/folder/a.png", "there is no folder"),
    ],
)
def test_a_name_that_cannot_be_is_refused_before_anything_is_done(capsys, tmp_path, small, name, words):
    assert main(["screenshot", str(tmp_path / name), "--experiment", str(small)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert words in printed.err
    assert name in printed.err
    assert printed.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == [small]


def test_a_comparison_raced_for_some_steps(tmp_path):
    done = screenshot(
        tmp_path / "a.png", "--page", "compare", "--comparison", "depth", "--steps", 3, "--size", "1100x720"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    picture = QImage(str(tmp_path / "a.png"))
    colors = {picture.pixelColor(x, y).name().upper() for x in range(430, 1100) for y in range(500, 640, 9)}
    assert set(LIGHT.series[:2]) <= colors, "the bars of the two runs are not there"


def test_a_comparison_needs_its_page(tmp_path):
    done = screenshot(tmp_path / "a.png", "--comparison", "depth")
    assert (done.returncode, done.stderr) == (2, "mlpviz: --comparison belongs to --page compare\n")
