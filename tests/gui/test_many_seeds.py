"""The Seeds page: how many learnt it, said, drawn and listed; started, stopped, and opened from there."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mlpviz.gui import courtesy
from mlpviz.gui.stylesheet import stylesheet
from mlpviz.gui.theme import LIGHT
from mlpviz.training import Experiment
from mlpviz.training.sweep import train_seed

XOR = Experiment.from_table(
    {
        "title": "XOR",
        "dataset": "gate_xor",
        "loss_scaling": "mean",
        "learning_rate": 10.0,
        "batch_size": 0,
        "epochs": 1500,
        "layers": [
            {"kind": "affine", "units": 2, "initializer": "normal", "bias_initializer": "normal"},
            {"kind": "sigmoid"},
            {"kind": "affine", "units": 1, "initializer": "normal", "bias_initializer": "normal"},
            {"kind": "sigmoid"},
        ],
    }
)


@pytest.fixture
def seeds(open_window):
    """The page, ready to train XOR one run at a time."""
    screen = open_window(XOR)
    screen.window.show_page("many_seeds")
    screen.find("choice_jobs").setCurrentText("1")
    return screen


def train(screen, count):
    screen.type("field_seed_count", str(count))
    screen.click("button_train_seeds")
    screen.wait(lambda: screen.text("button_train_seeds") == "Train all seeds")
    screen.settle()


def cells(screen, row):
    table = screen.find("table_seeds")
    model = table.model()
    shown = [i for i in range(model.columnCount()) if not table.isColumnHidden(i)]
    return [model.index(row, i).data() for i in shown]


def test_it_says_how_many_learnt_and_names_the_plateau(seeds):
    assert seeds.shows("card_seeds_invitation")
    train(seeds, 6)
    assert seeds.text("label_seeds_sentence") == "4 of 6 learnt it; 2 stand on a plateau at loss 0.125"
    assert (
        seeds.text("label_seeds_about") == "XOR. Learnt: all of the training examples are right at the end."
    )
    assert not seeds.shows("card_seeds_invitation")
    assert [cells(seeds, row)[:2] for row in (2, 3, 4)] == [
        ["2", "learnt"],
        ["3", "plateau"],
        ["4", "plateau"],
    ]
    for plot in ("plot_seed_curves", "plot_seed_dots"):
        shown = {v for v in ("learnt", "plateau", "diverged") if seeds.shows(f"{plot}_legend_{v}")}
        assert shown == {"learnt", "plateau"}


def test_in_the_look_of_the_program_no_verdict_is_cut(open_window):
    screen = open_window(XOR.with_settings({"epochs": 20, "batch_size": 2}))
    screen.window.setStyleSheet(stylesheet(LIGHT))
    screen.window.show_page("many_seeds")
    screen.find("choice_jobs").setCurrentText("1")
    train(screen, 3)
    table = screen.find("table_seeds")
    verdict = next(i for i in range(6) if table.model().headerData(i, Qt.Orientation.Horizontal) == "Verdict")
    assert table.model().index(0, verdict).data() == "not learnt"
    assert table.columnWidth(verdict) >= table.sizeHintForColumn(verdict)


def test_the_results_are_those_of_the_command_line(seeds):
    train(seeds, 3)
    assert seeds.window.page._sweep.results == [train_seed(XOR, seed) for seed in range(3)]


def test_a_row_puts_its_run_in_front_and_opens_it(seeds):
    train(seeds, 5)
    table = seeds.find("table_seeds")
    table.setFocus()
    for _ in range(4):
        seeds.press(Qt.Key.Key_Down)
    assert table.currentIndex().row() == 4
    assert seeds.text("label_seed").startswith("Seed 4 stands on a plateau: loss 0.125, gradient ")
    assert {seeds.find(f"plot_seed_{plot}").seed for plot in ("curves", "dots")} == {4}
    assert seeds.text("button_open_seed") == "Open seed 4 on the Train page"
    seeds.wait_for_new_run(lambda: seeds.click("button_open_seed"))
    assert seeds.window.page.key == "train"
    assert seeds.workspace.experiment == XOR.with_settings({"seed": 4})
    seeds.wait_for_new_run(lambda: seeds.choose_action("action_undo"))
    assert seeds.workspace.experiment == XOR


def test_a_heading_sorts_and_the_chosen_seed_stays_chosen(seeds):
    train(seeds, 5)
    seeds.window.page.choose(3)
    table = seeds.find("table_seeds")
    table.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    losses = [run.train_loss for run in table._model.runs]
    assert losses == sorted(losses, reverse=True)
    assert cells(seeds, table.currentIndex().row())[0] == "3"


def test_a_dot_tells_its_seed_and_a_click_chooses_it(seeds):
    train(seeds, 4)
    dots = seeds.find("plot_seed_dots")
    area = seeds.find("plot_seed_dots_plot")
    place = area.place_of(3.0, dots.lines.end(3)).toPoint()
    QTest.mouseMove(area, place)
    seeds.wait(lambda: seeds.shows("plot_seed_dots_readout"))
    assert seeds.text("plot_seed_dots_readout").startswith("seed 3 · plateau · loss 0.125 · accuracy ")
    QTest.mouseClick(area, Qt.MouseButton.LeftButton, pos=place)
    assert seeds.window.page._chosen == 3
    assert seeds.find("table_seeds").currentIndex().row() == 3


def test_the_arrow_keys_go_from_seed_to_seed(seeds):
    train(seeds, 3)
    seeds.find("plot_seed_curves_plot").setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        seeds.press(key)
    assert seeds.window.page._chosen == 1
    assert seeds.text("label_seed").startswith("Seed 1 · learnt · loss ")


@pytest.mark.parametrize("count", ["0", "-3", "many"])
def test_an_impossible_number_of_seeds_is_refused_beside_the_field(seeds, count):
    seeds.type("field_seed_count", count)
    assert seeds.text("error_seed_count") == f"The number of seeds must be from 1 to 10000, not {count}."
    assert not seeds.find("button_train_seeds").isEnabled()
    seeds.type("field_seed_count", "5")
    assert not seeds.shows("error_seed_count")
    assert seeds.find("button_train_seeds").isEnabled()


def test_what_counts_as_learnt_can_be_set(seeds):
    seeds.type("field_learnt_share", "50")
    train(seeds, 4)
    assert seeds.text("label_seeds_sentence") == "4 of 4 learnt it"
    assert "at least 50 % of the training examples" in seeds.text("label_seeds_about")
    seeds.type("field_learnt_share", "0")
    assert "above 0 and up to 100 %" in seeds.text("error_seed_share")


def test_the_usual_share_is_that_of_the_experiment(seeds, open_window, moons):
    assert seeds.text("field_learnt_share") == "100"
    other = open_window(moons)
    other.window.show_page("many_seeds")
    assert other.text("field_learnt_share") == "95"


def test_a_task_without_classes_has_no_share(open_window, plane):
    screen = open_window(plane.with_settings({"learning_rate": 0.5, "epochs": 30}))
    screen.window.show_page("many_seeds")
    screen.find("choice_jobs").setCurrentText("1")
    assert not screen.find("field_learnt_share").isEnabled()
    train(screen, 2)
    assert screen.text("label_seeds_sentence") == "2 of 2 learnt it"
    assert "least squares" in screen.text("label_seeds_about")


def test_starting_pauses_the_run_and_stop_keeps_what_is_done(open_window):
    screen = open_window(XOR.with_settings({"epochs": 1_000_000}))
    screen.click("button_train")
    screen.wait(lambda: screen.steps > 3)
    screen.window.show_page("many_seeds")
    screen.find("choice_jobs").setCurrentText("1")
    screen.click("button_train_seeds")
    screen.wait(lambda: not screen.workspace.training)
    assert screen.text("button_train_seeds") == "Stop"
    assert "the first of 20" in screen.text("label_seeds_progress")
    assert not screen.find("field_seed_count").isEnabled()
    screen.click("button_train_seeds")
    assert screen.text("button_train_seeds") == "Train all seeds"
    assert not screen.shows("label_seeds_progress")


def test_results_come_while_it_trains(seeds):
    seeds.type("field_seed_count", "10000")
    seeds.click("button_train_seeds")
    seeds.wait(lambda: seeds.shows("table_seeds") and seeds.find("table_seeds").model().rowCount() > 1)
    assert "of 10000, about " in seeds.text("label_seeds_progress")
    seeds.click("button_train_seeds")
    done = seeds.find("table_seeds").model().rowCount()
    assert f"Stopped after {done} of 10000 seeds." in seeds.text("label_seeds_about")


def test_training_in_this_process_gives_way_to_the_window(seeds, monkeypatch):
    pauses = []
    monkeypatch.setattr(courtesy.time, "sleep", pauses.append)
    train(seeds, 3)
    assert pauses


def test_that_the_experiment_was_changed_since_is_said(seeds):
    train(seeds, 2)
    seeds.wait_for_new_run(lambda: seeds.click("button_new_seed"))
    assert "changed" not in seeds.text("label_seeds_about")
    seeds.type("field_learning_rate", "1")
    seeds.wait(lambda: "The experiment was changed since" in seeds.text("label_seeds_about"))


def test_closing_the_window_ends_the_sweep(seeds):
    seeds.type("field_seed_count", "10000")
    seeds.click("button_train_seeds")
    seeds.window.close()
    assert not seeds.window.page._background.isRunning()


def test_side_by_side_is_the_same(seeds):
    jobs = seeds.find("choice_jobs")
    assert [jobs.itemText(i) for i in (0, 1)] == ["Automatic", "1"]
    if jobs.count() < 3:
        pytest.skip("there is only one processor")
    seeds.choose("choice_jobs", "2")
    train(seeds, 6)
    assert seeds.text("label_seeds_sentence") == "4 of 6 learnt it; 2 stand on a plateau at loss 0.125"


def test_the_axes_of_both_plots_are_switched_together(seeds):
    train(seeds, 4)
    seeds.click("plot_seed_curves_log")
    assert not seeds.find("plot_seed_curves").log
    assert not seeds.find("plot_seed_dots").log
