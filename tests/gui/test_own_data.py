"""Own data in the window: looked at in a preview, read in another way, taken or left; then in every view."""

import shutil
import threading

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt

from mlpviz.data.readers import CancelledError
from mlpviz.gui import own_data
from mlpviz.gui.own_data import open_data
from mlpviz.gui.panels import data_preview
from mlpviz.gui.panels.data_preview import DataPreview
from mlpviz.locations import resource_path

LONG = "a class with an exceedingly long name, number "


@pytest.fixture
def screen(open_window):
    return open_window(size=(1240, 760))


@pytest.fixture
def flowers(tmp_path):
    return shutil.copy(resource_path("data", "iris.csv"), tmp_path / "flowers.csv")


@pytest.fixture
def pictures(tmp_path):
    """Pictures, wider than high, on light paper, of twelve classes with long names."""
    rng = np.random.default_rng(0)
    for k in range(12):
        folder = tmp_path / "pictures" / f"{LONG}{k}"
        folder.mkdir(parents=True)
        for i in range(6):
            pixels = rng.integers(220, 256, (8, 24), np.uint8)
            pixels[2:6, 2 * k : 2 * k + 2] = rng.integers(0, 40, (4, 2))
            Image.fromarray(pixels).save(folder / f"{i}.png")
    return tmp_path / "pictures"


def preview_of(screen):
    (preview,) = screen.window.findChildren(DataPreview)
    return preview


def looked_at(screen, path):
    """Open data, and wait until they are read or refused."""
    open_data(screen.window, path)
    preview = preview_of(screen)
    screen.wait(lambda: not preview.busy)
    screen.settle()
    return preview


def taken(screen, path):
    preview = looked_at(screen, path)
    screen.wait_for_new_run(lambda: screen.click("button_take_data"))
    assert not preview.isVisible()


def test_the_preview_tells_what_was_understood(screen, flowers):
    preview = looked_at(screen, flowers)
    assert preview.isVisible()
    assert screen.text("label_data_path") == str(flowers)
    assert screen.text("label_data_read_as") == "CSV table"
    assert screen.text("label_data_examples") == "150"
    assert screen.text("label_data_labels") == "column 'species'"
    assert screen.text("label_data_values") == "0.1 to 7.9, stored as 32-bit floats"
    assert [preview.facts.classes.text(row, 1) for row in range(3)] == ["50"] * 3
    assert preview.examples.table.text(0, 2) == "5.10"
    assert screen.text("field_data_name") == "flowers"
    assert screen.text("field_label_column") == "species"
    assert screen.text("field_data_scaling") == "standard"
    assert "divided by its standard deviation" in screen.text("label_data_scaling")
    preview.reject()


def test_take_makes_a_run_of_it_and_undo_brings_back_what_was(screen, flowers, digits):
    taken(screen, flowers)
    experiment = screen.workspace.experiment
    assert (experiment.dataset, experiment.title) == (str(flowers), "flowers")
    assert len(experiment.dataset_sha256) == 64
    assert screen.workspace.dataset.classes == ("setosa", "versicolor", "virginica")
    assert screen.text("field_dataset") == "flowers.csv"
    screen.wait_for_new_run(lambda: screen.choose_action("action_undo"))
    assert screen.workspace.experiment == digits


def test_cancel_leaves_everything_as_it_was(screen, flowers):
    run = screen.workspace.run
    screen.step()
    preview = looked_at(screen, flowers)
    assert "gives up the run on show, which has made 1 step." in screen.text("label_data_given_up")
    screen.click("button_cancel_data")
    assert not preview.isVisible()
    assert preview.own is None
    assert screen.workspace.run is run
    assert screen.steps == 1


def test_another_label_column_is_read_at_once(screen, flowers):
    preview = looked_at(screen, flowers)
    screen.choose("field_label_column", "petal_width_cm")
    screen.wait(lambda: not preview.busy)
    assert screen.text("label_data_labels") == "column 'petal_width_cm'"
    assert "'species' holds words" in screen.text("label_data_notes")
    screen.choose("field_targets", "numbers")
    screen.wait(lambda: not preview.busy)
    assert "0.1 to 2.5" in screen.text("label_data_to_predict")
    assert not preview.facts.classes.isVisible()
    screen.wait_for_new_run(lambda: screen.click("button_take_data"))
    assert screen.workspace.experiment.loss == "squared_error"
    assert screen.workspace.experiment.label_column == "petal_width_cm"


def test_a_wrong_choice_is_said_and_can_be_taken_back(screen, flowers):
    preview = looked_at(screen, flowers)
    screen.choose("field_targets", "numbers")
    screen.wait(lambda: not preview.busy)
    assert "the label 'setosa' is not a number" in screen.text("error_data")
    assert not screen.find("button_take_data").isEnabled()
    screen.choose("field_targets", "auto")
    screen.wait(lambda: not preview.busy)
    assert not screen.shows("error_data")
    assert screen.find("button_take_data").isEnabled()
    preview.reject()


def test_the_header_can_be_taken_for_an_example(screen, tmp_path):
    path = tmp_path / "numbers.csv"
    path.write_text("".join(f"{i % 5},{i},{i % 2}\n" for i in range(20)))
    preview = looked_at(screen, path)
    assert screen.text("label_data_examples") == "20"
    screen.choose("field_header", "yes")
    screen.wait(lambda: not preview.busy)
    assert screen.text("label_data_examples") == "19"
    assert screen.text("field_label_column") == "0"  # of the first row, which holds names now
    preview.reject()


def test_name_and_scaling_can_be_chosen(screen, flowers):
    looked_at(screen, flowers)
    screen.type("field_data_name", "Petals and sepals", end=Qt.Key.Key_Tab)
    screen.choose("field_data_scaling", "raw")
    assert screen.text("label_data_scaling") == "The inputs are left as they are stored, 0.1 to 7.9."
    screen.wait_for_new_run(lambda: screen.click("button_take_data"))
    experiment = screen.workspace.experiment
    assert (experiment.title, experiment.input_scaling) == ("Petals and sepals", "raw")


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"a,b,label\n1,2,x\n3,four,y\n", "row 3, column 'b': 'four' is not a number"), (b"", "is empty")],
)
def test_bad_data_are_refused_in_the_dialog(screen, tmp_path, content, words):
    (tmp_path / "bad.csv").write_bytes(content)
    run = screen.workspace.run
    preview = looked_at(screen, tmp_path / "bad.csv")
    assert words in screen.text("error_data")
    assert not screen.find("button_take_data").isEnabled()
    screen.press(Qt.Key.Key_Escape)
    assert not preview.isVisible()
    assert screen.workspace.run is run


def test_reading_can_be_cancelled(screen, flowers, monkeypatch):
    begun, ended = threading.Event(), threading.Event()

    def slow(path, reading, progress):
        begun.set()
        try:
            while True:
                progress(0.5)
        except CancelledError:
            ended.set()
            raise

    monkeypatch.setattr(data_preview, "read_own", slow)
    open_data(screen.window, flowers)
    preview = preview_of(screen)
    screen.wait(begun.is_set)
    screen.wait(lambda: screen.find("progress_data").value() == 500)
    screen.click("button_cancel_data")
    screen.wait(ended.is_set)
    assert not preview.isVisible()
    monkeypatch.undo()
    assert looked_at(screen, flowers) is preview  # and it reads again
    assert preview.own is not None
    preview.reject()


@pytest.mark.parametrize("way", ["action_open_data", "action_open_folder", "field_dataset"])
def test_menu_and_experiment_lead_to_it(screen, flowers, pictures, monkeypatch, way):
    wanted = pictures if "folder" in way else flowers
    monkeypatch.setattr(own_data.QFileDialog, "getOpenFileName", lambda *_: (str(wanted), ""))
    monkeypatch.setattr(own_data.QFileDialog, "getExistingDirectory", lambda *_: str(wanted))
    if way == "field_dataset":
        screen.choose("field_dataset", "Open data …")
        assert screen.text("field_dataset") == "digits"
    else:
        screen.choose_action(way)
    preview = preview_of(screen)
    screen.wait(lambda: not preview.busy)
    assert screen.text("label_data_path") == str(wanted)
    preview.reject()


def test_from_own_data_to_another_data_set_and_back(screen, flowers):
    taken(screen, flowers)
    own = screen.workspace.experiment
    screen.wait_for_new_run(lambda: screen.choose("field_dataset", "blobs"))
    assert screen.workspace.experiment.dataset == "blobs"
    assert screen.workspace.experiment.dataset_sha256 == ""
    screen.wait_for_new_run(lambda: screen.choose("field_dataset", "flowers.csv"))
    assert screen.workspace.experiment.data_source == own.data_source
    assert screen.workspace.experiment.input_scaling == "standard"


def test_data_that_changed_are_not_taken_for_what_they_were(screen, flowers):
    taken(screen, flowers)
    run = screen.workspace.run
    flowers.write_text(flowers.read_text().replace("5.1", "5.2", 1))
    with screen.qtbot.waitSignal(screen.workspace.refused) as refused:
        screen.click("button_new_seed")
    assert "is not what it was when this experiment was made" in refused.args[0]
    assert screen.workspace.run is run


def test_own_pictures_are_trained_stepped_through_and_judged(screen, pictures):
    """Wide pictures on light paper, more than ten classes, long names."""
    preview = looked_at(screen, pictures)
    assert screen.text("label_data_inputs") == "8 x 24 pixels, 192 numbers"
    assert screen.text("field_data_scaling") == "signed"
    assert not screen.shows("field_label_column")
    assert preview.examples.pictures.isVisible()
    screen.wait_for_new_run(lambda: screen.click("button_take_data"))
    workspace = screen.workspace
    workspace.train()
    screen.wait_for_rest()
    assert workspace.run.trainer.evaluate("training").accuracy > 0.95
    screen.window.show_page("step_through")
    screen.wait(lambda: screen.window.page.follower.walkthrough is not None)
    screen.press(Qt.Key.Key_Right)
    screen.settle()
    screen.window.show_page("evaluate")
    page = screen.window.page
    for tab in range(page.tabs.count()):
        page.tabs.setCurrentIndex(tab)
        screen.wait(lambda: not workspace.busy)
        screen.settle()
    assert page.tabs.isTabEnabled(3)
    board = page.draw.board
    board.pad.set_strokes([np.array([[0.2, 0.5], [0.8, 0.5]])])
    screen.settle()
    assert page.draw.digit.shape == (8, 24)
    assert page.draw.digit.max() == 255  # paper is light, as in the pictures
    assert page.draw.digit.min() < 128


def test_where_drawing_makes_no_sense_it_is_switched_off_with_a_reason(screen, tmp_path):
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 3
    np.savez(tmp_path / "waves.npz", x=rng.normal(size=(60, 6, 6)) + labels[:, None, None], y=labels)
    taken(screen, tmp_path / "waves.npz")
    screen.window.show_page("evaluate")
    screen.wait(lambda: not screen.workspace.busy)
    tabs = screen.window.page.tabs
    assert not tabs.isTabEnabled(3)
    assert "nothing says which stand for ink and for paper" in tabs.tabToolTip(3)
    screen.window.show_page("step_through")
    screen.wait(lambda: screen.window.page.follower.walkthrough is not None)
    assert not screen.find("button_draw").isEnabled()


def test_names_out_of_a_file_are_never_taken_for_markup(screen, tmp_path):
    path = tmp_path / "sly.csv"
    path.write_text(
        "a,label\n" + "".join(f"{i},{'<b>x</b>' if i % 2 else '<img src=x>'}\n" for i in range(40))
    )
    taken(screen, path)
    screen.window.show_page("step_through")
    screen.wait(lambda: screen.window.page.follower.walkthrough is not None)
    screen.settle()
    assert "&lt;" in screen.text("label_answer")
    assert "<img" not in screen.text("label_answer")
