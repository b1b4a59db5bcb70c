"""What was chosen in a window is what its pictures show; what cannot be chosen is told in a sentence."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from mlpviz.files.recipes import Recipe
from mlpviz.gui.figures.catalogue import figure_entry
from mlpviz.gui.figures.exporting import image_of, numbers_of, picture_file, recipe_of
from mlpviz.gui.figures.frame import picture_of
from mlpviz.gui.figures.offer import offered, view_of
from mlpviz.gui.figures.taking import taken_from, taken_from_replay
from mlpviz.gui.follower import Edit
from mlpviz.gui.widgets.curve_plot import CurvePlot
from mlpviz.training.experiment import Experiment
from mlpviz.training.replay import Replay

XOR = Experiment.from_table(
    {"title": "XOR", "dataset": "gate_xor", "loss": "squared_error", "batch_size": 0, "epochs": 9,
     "layers": [{"kind": "affine", "units": 3}, {"kind": "tanh"}, {"kind": "affine", "units": 2},
                {"kind": "tanh"}, {"kind": "affine", "units": 1}, {"kind": "sigmoid"}]}
)  # fmt: skip


class Taken:
    """Takes a picture out of a window as the exporter does, by way of its recipe."""

    def __init__(self, screen, figure):
        window = screen.window
        self.run = taken_from(screen.workspace.run, window.page.moment())
        entry = figure_entry(figure)
        assert entry in offered(window.page)
        seen = view_of(entry, window.page, True, (window.width(), window.height()))
        self.view = Recipe.from_json(recipe_of(seen, self.run).to_json()).view

    @property
    def numbers(self):
        return numbers_of(self.view, self.run)

    @property
    def image(self):
        return image_of(self.view, self.run)

    def says(self, words_of):
        return [words.text for words in words_of(picture_file(self.view, self.run, ".svg"))]

    def find(self, kind, name):
        """A context with a widget of the picture."""
        with picture_of(self.view, self.run, 1.0) as picture:
            return picture.findChild(kind, name)


@pytest.fixture
def trained(open_window, qtbot):
    """A function that opens a window on an experiment, trained for some steps."""

    def trained(experiment, steps=3):
        screen = open_window(experiment)
        screen.step(steps)
        return screen

    return trained


class TestWeights:
    def test_layer_quantity_order_and_scale(self, trained, digits, words_of):
        screen = trained(digits)
        screen.choose("choice_layer", "layer 2: 16 → 10")
        screen.choose("choice_view", "images")
        screen.click("choice_gradient")
        screen.choose("choice_order", "by norm")
        screen.choose("choice_scale", "one each")
        taken, live = Taken(screen, "weights"), screen.window.page.weights.numbers()
        assert list(taken.numbers) == ["gradient", "order"]
        assert np.array_equal(taken.numbers["gradient"], live["gradient"])
        assert taken.numbers["order"].tolist() == live["order"].tolist() != sorted(live["order"].tolist())
        assert "Gradient of layer 2" in taken.says(words_of)

    def test_the_unit_that_was_enlarged_in_the_second_layer(self, trained, digits, words_of):
        screen = trained(digits)
        screen.choose("choice_layer", "layer 2: 16 → 10")
        weights = screen.window.page.weights
        weights.choose_unit(7)
        weights.enlarge(True)
        said = Taken(screen, "weights").says(words_of)
        assert any("Unit 7" in text for text in said)

    def test_a_picture_of_the_layer_is_of_no_unit(self, trained, digits, words_of):
        screen = trained(digits)
        screen.window.page.weights.choose_unit(7)
        assert not any("Unit" in text for text in Taken(screen, "weights").says(words_of))

    def test_of_a_gradient_that_there_is_not_yet_it_says_so_without_asking_to_train(
        self, open_window, digits, words_of
    ):
        screen = open_window(digits)
        screen.click("choice_gradient")
        assert "There is none before the first step." in Taken(screen, "weights").says(words_of)


class TestCurves:
    def test_what_was_zoomed_to_and_how_it_was_smoothed(self, trained, digits):
        screen = trained(digits, 6)
        plot = screen.window.page.loss
        plot.set_log(False)
        plot.set_smoothing("strong")
        plot._plot.set_ranges((2.0, 4.0), (0.5, 3.0))
        plot._user_zoomed()
        taken = Taken(screen, "loss")
        with picture_of(taken.view, taken.run, 1.0) as picture:
            again = picture.findChild(CurvePlot, "plot_loss")
            assert (again.log, again.smoothing, again.following) == (False, "strong", False)
            assert np.allclose(again._plot.ranges, plot._plot.ranges)

    def test_which_lines_are_hidden(self, trained, digits, words_of):
        screen = trained(digits, 6)
        screen.click("plot_loss_legend_validation_loss")
        taken = Taken(screen, "loss")
        said = taken.says(words_of)
        assert "training" in said
        assert "validation" not in said
        assert list(taken.numbers) == ["step", "Loss (training)"]

    def test_another_measure_with_its_axis_its_zoom_and_a_line_hidden(self, trained, digits, words_of):
        screen = trained(digits, 6)
        screen.choose("choice_measure", "Update ratio")
        screen.settle()
        plot = screen.window.page.measures
        hidden = next(entry for entry in plot._entries.values())
        hidden.click()
        plot.set_log(False)
        plot._plot.set_ranges((1.0, 5.0), (0.0, 0.1))
        plot._user_zoomed()
        taken = Taken(screen, "gradients")
        said = taken.says(words_of)
        assert "Update ratio" in said
        assert "layer 2" in said
        assert "layer 1" not in said
        with picture_of(taken.view, taken.run, 1.0) as picture:
            again = picture.findChild(CurvePlot, "plot_measures")
            assert not again.log
            assert np.allclose(again._plot.ranges, plot._plot.ranges)

    def test_settings_that_were_changed_are_marked(self, trained, digits, words_of):
        screen = trained(digits)
        screen.type("field_learning_rate", "0.25")
        screen.step(2)
        assert "learning rate 0.25" in Taken(screen, "loss").says(words_of)


def at_examples(numbers):
    """What a grid says at the examples, which lie in it."""
    left, right, bottom, top = numbers["area"]
    rows, columns = numbers["grid"].shape
    x, y = numbers["inputs"].T
    row, column = (top - y) / (top - bottom) * rows, (x - left) / (right - left) * columns
    return numbers["grid"][row.astype(int), column.astype(int)]


class TestFunction:
    def test_the_unit_that_was_pinned(self, trained, words_of):
        screen = trained(XOR)
        screen.choose("choice_units_layer", "Layer 1")
        mosaic = screen.window.page.views.cards["units"].mosaic
        screen.qtbot.mouseClick(
            mosaic.viewport(), Qt.MouseButton.LeftButton, pos=mosaic.cell_rect(2).center().toPoint()
        )
        taken = Taken(screen, "boundary")
        assert "Unit 2 of layer 1" in taken.says(words_of)
        live = screen.window.page.function.numbers()
        assert np.allclose(at_examples(taken.numbers), at_examples(live), atol=0.05)

    def test_the_layer_whose_units_are_shown(self, trained, words_of):
        screen = trained(XOR)
        screen.choose("choice_units_layer", "Layer 1")
        taken = Taken(screen, "units")
        assert len(taken.numbers["maps"]) == 3
        assert "Units of layer 1" in taken.says(words_of)

    def test_units_times_their_weights(self, trained, words_of):
        screen = trained(XOR)
        screen.click("choice_unit_parts")
        assert "choice_unit_parts" in Taken(screen, "units").view.choices
        assert image_is_another(Taken(screen, "units"), choice_unit_parts=False)


def image_is_another(taken, **choices):
    """Whether the picture shows something else with other choices."""
    other = replace(taken.view, choices={**taken.view.choices, **choices})
    return taken.image != image_of(other, taken.run)


class TestNetworkCostAndBiases:
    def test_the_gradients_of_the_network(self, trained, words_of):
        screen = trained(XOR)
        screen.click("choice_view_network")
        screen.click("choice_edge_gradients")
        taken = Taken(screen, "network")
        assert "Gradients of the network" in taken.says(words_of)
        live = screen.window.page.views.cards["network"].numbers()
        assert all(np.array_equal(taken.numbers[name], live[name]) for name in live)

    def test_the_parameters_of_the_cost_surface(self, trained, words_of):
        screen = trained(XOR)
        screen.click("choice_view_cost")
        screen.choose("choice_cost_x", "W2[0,1]")
        screen.choose("choice_cost_y", "none")
        taken = Taken(screen, "cost")
        assert "Cost curve" in taken.says(words_of)
        assert taken.numbers["step"].tolist() == [0, 1, 2, 3]
        assert "curve" in taken.numbers

    def test_the_layer_of_the_biases(self, trained, words_of):
        screen = trained(XOR)
        screen.click("choice_view_biases")
        screen.choose("choice_biases_layer", "layer 1")
        taken = Taken(screen, "biases")
        assert "Biases of layer 1" in taken.says(words_of)
        assert len(taken.numbers["bias"]) == 3


class TestEvaluate:
    @pytest.fixture
    def evaluated(self, trained, digits):
        screen = trained(digits, 5)
        screen.window.show_page("evaluate")
        screen.wait(lambda: screen.window.page.assessor.assessment is not None)
        screen.settle()
        return screen

    def test_the_split_and_the_cell_that_was_chosen(self, evaluated, words_of):
        page = evaluated.window.page
        page.assessor.choose_split("validation")
        evaluated.wait(lambda: page.assessor.assessment is not None)
        matrix = page.assessor.assessment.matrix
        np.fill_diagonal(matrix := matrix.copy(), 0)
        place = tuple(int(i) for i in np.unravel_index(matrix.argmax(), matrix.shape))
        page.confusion.set_place(place)
        page._place_chosen(place)
        taken = Taken(evaluated, "mistakes")
        assert taken.numbers["example"].tolist() == page.gallery.shown.tolist()
        said = taken.says(words_of)
        assert "The cell" in said
        assert any(text.endswith("validation examples") for text in said)
        confusion = Taken(evaluated, "confusion")
        assert confusion.numbers["confusion"].sum() == 200
        assert image_is_another(confusion, page_evaluate={"split": "validation"})  # the cell is marked

    def test_another_list_of_examples(self, evaluated, words_of):
        evaluated.click("choice_list_unsure")
        taken = Taken(evaluated, "mistakes")
        assert "Least certain first" in taken.says(words_of)
        assert taken.numbers["example"].tolist() == evaluated.window.page.gallery.shown.tolist()

    def test_the_tab_of_the_window(self, evaluated, words_of):
        evaluated.window.page.tabs.setCurrentIndex(1)
        said = Taken(evaluated, "window").says(words_of)
        assert "precision" in said
        assert "expected calibration error" in " ".join(said)


class TestStage:
    @pytest.fixture
    def stepping(self, trained):
        screen = trained(XOR)
        screen.window.show_page("step_through")
        screen.settle()
        return screen, screen.window.page.follower

    def test_the_example_the_stage_and_what_was_pointed_at(self, stepping):
        screen, follower = stepping
        follower.show_example(2, "training")
        follower.jump(3)
        follower.point(follower.stage.result.axes[-1], 1)
        taken = Taken(screen, "stage")
        state = taken.view.choices["page_step_through"]
        assert (state["example"], state["stage"]) == (2, 3)
        first = next(iter(taken.numbers.values()))
        assert np.array_equal(first, np.asarray(follower.stage.result.values))
        with picture_of(taken.view, taken.run, 1.0) as picture:
            again = picture.findChild(type(screen.window.page), "page_step_through").follower
            assert again.stage.index == 3
            assert again.choice == follower.choice

    def test_numbers_that_were_set_by_hand(self, stepping):
        screen, follower = stepping
        follower.set_edits([Edit(0, "weight", (1, 2), 4.5), Edit(None, "x", (0,), 0.25)])
        follower.jump(2)
        taken = Taken(screen, "stage")
        assert np.array_equal(next(iter(taken.numbers.values())), np.asarray(follower.stage.result.values))
        assert json.loads(json.dumps(dict(taken.view.choices))) == taken.view.choices

    def test_the_network_that_is_looked_at_and_not_the_one_that_training_has_made_since(
        self, stepping, words_of
    ):
        screen, follower = stepping
        follower.jump(3)
        shown = np.asarray(follower.stage.result.values)
        screen.window.show_page("train")
        screen.type("field_learning_rate", "0.5")
        screen.step(2)
        screen.window.show_page("step_through")
        taken = Taken(screen, "stage")
        recipe = recipe_of(taken.view, taken.run)
        assert (recipe.step, recipe.changes) == (3, ())
        assert any("step 3 ·" in text for text in taken.says(words_of))
        assert np.array_equal(next(iter(taken.numbers.values())), shown)
        again = Replay(recipe.experiment, recipe.changes, recipe.step)
        for _ in again.steps():
            pass
        assert image_of(taken.view, taken_from_replay(again)) == taken.image

    def test_a_drawing(self, trained, digits, words_of):
        screen = trained(digits)
        screen.window.show_page("step_through")
        follower = screen.window.page.follower
        drawing = np.zeros(784, np.uint8)
        drawing[300:320] = 255
        follower.show_drawing(drawing, 4)
        taken = Taken(screen, "stage")
        assert any("drawn by hand, labelled 4" in text for text in taken.says(words_of))
        assert np.array_equal(taken.numbers["x"].ravel() > 0, drawing > 0)


IMPOSSIBLE = {
    "a control that there is not": (
        "weights",
        {"choice_colour": "red"},
        "unknown choice 'choice_colour'; known",
    ),
    "a name that is empty": ("weights", {"": True}, "unknown choice ''"),
    "an entry that a menu has not": (
        "weights",
        {"choice_layer": "layer 3"},
        "choice_layer cannot be 'layer 3'",
    ),
    "an entry beyond its end": ("weights", {"choice_layer": 2}, "choice_layer cannot be 2"),
    "an entry below its start": ("weights", {"choice_layer": -1}, "choice_layer cannot be -1"),
    "an entry by truth": ("weights", {"choice_layer": True}, "choice_layer cannot be set to True"),
    "a button by number": ("weights", {"choice_gradient": 1}, "choice_gradient cannot be set to 1"),
    "what is no control": ("weights", {"label_weights_hover": "x"}, "label_weights_hover cannot be set"),
    "a state that is none": ("weights", {"card_weights": 3}, "card_weights cannot be set to 3"),
    "a unit that the layer has not": (
        "weights",
        {"card_weights": {"unit": 16}},
        "no unit 16: they are 0 to 15",
    ),
    "a unit that is no number": ("weights", {"card_weights": {"unit": "1"}}, "no unit '1'"),
    "units that are no list": ("weights", {"card_weights": {"only": 3}}, "units"),
    "no units": ("weights", {"card_weights": {"only": []}}, "at least one unit"),
    "a limit that is none": ("weights", {"card_weights": {"limit": 0}}, "limit .*above 0"),
    "a limit that is NaN": ("weights", {"card_weights": {"limit": float("nan")}}, "limit .*above 0"),
    "a limit that is no number": ("weights", {"card_weights": {"limit": True}}, "limit .*above 0"),
    "a smoothing that is none": (
        "loss",
        {"plot_loss": {"smoothing": "soft"}},
        "smoothing is one of off, light",
    ),
    "a range that is none": (
        "loss",
        {"plot_loss": {"range": [[1, 1], [0, 1]]}},
        "range must be two intervals",
    ),
    "a range of words": (
        "loss",
        {"plot_loss": {"range": [["a", "b"], [0, 1]]}},
        "range must be two intervals",
    ),
    "a range of other shape": (
        "loss",
        {"plot_loss": {"range": [[0, 1], [0]]}},
        "range must be two intervals",
    ),
    "a range without end": (
        "loss",
        {"plot_loss": {"range": [[0, 1e400], [0, 1]]}},
        "range must be two intervals",
    ),
    "a split that there is not": (
        "confusion",
        {"page_evaluate": {"split": "tests"}},
        "no tests examples: choose",
    ),
    "a split that is a list": ("confusion", {"page_evaluate": {"split": []}}, r"no \[\] examples: choose"),
    "a cell that there is not": (
        "mistakes",
        {"page_evaluate": {"place": [0, 10]}},
        "two classes from 0 to 9",
    ),
    "a cell that is none": ("mistakes", {"page_evaluate": {"place": "3"}}, "two classes from 0 to 9"),
    "a tab that there is not": ("confusion", {"page_evaluate": {"tab": 9}}, "no tab 9"),
    "a stage that there is not": (
        "stage",
        {"page_step_through": {"stage": 99}},
        "no stage 99: they are 0 to",
    ),
    "a stage that is no number": ("stage", {"page_step_through": {"stage": "1"}}, "no stage '1'"),
    "an example that there is not": ("stage", {"page_step_through": {"example": 10_000}}, "9999"),
    "an example below the first": ("stage", {"page_step_through": {"example": -1}}, "9999"),
    "an example that is no number": (
        "stage",
        {"page_step_through": {"example": "7"}},
        "must be a whole number",
    ),
    "a split to step through that there is not": (
        "stage",
        {"page_step_through": {"split": "x"}},
        "no x examples: choose",
    ),
    "a drawing of other size": (
        "stage",
        {"page_step_through": {"example": None, "drawn": [1]}},
        "784 numbers",
    ),
    "a drawing of words": ("stage", {"page_step_through": {"example": None, "drawn": ["a"]}}, "784 numbers"),
    "edits that are no list": ("stage", {"page_step_through": {"edits": 3}}, "set by hand"),
    "an edit of no place": (
        "stage",
        {"page_step_through": {"edits": [[0, "weight", [784, 0], 1.0]]}},
        "set by hand",
    ),
    "an edit of no layer": (
        "stage",
        {"page_step_through": {"edits": [[9, "weight", [0, 0], 1.0]]}},
        "set by hand",
    ),
    "an edit to no number": (
        "stage",
        {"page_step_through": {"edits": [[0, "weight", [0, 0], "x"]]}},
        "set by hand",
    ),
    "an edit of a whole row": (
        "stage",
        {"page_step_through": {"edits": [[0, "weight", [0], 1.0]]}},
        "set by hand",
    ),
    "choices that are no table": ("stage", {"page_step_through": {"chosen": 3}}, "chosen"),
}


@pytest.mark.parametrize("impossible", IMPOSSIBLE)
def test_what_cannot_be_chosen_is_told(qtbot, run_of, view_of, impossible):
    figure, choices, words = IMPOSSIBLE[impossible]
    with pytest.raises(ValueError, match=words) as told:
        picture_file(view_of(figure, choices), run_of("digits"), ".svg")
    assert "\n" not in str(told.value)


def test_a_unit_that_cannot_be_pinned_is_told(qtbot, run_of, view_of):
    for state, words in (
        ({"layer": 1, "unit": 0}, "no hidden layer 1"),
        ({"layer": 0, "unit": 8}, "no unit 8 in hidden layer 0: they are 0 to 7"),
        ({"unit": 1}, "no hidden layer None"),
    ):
        with pytest.raises(ValueError, match=words):
            picture_file(view_of("boundary", {"card_function": state}), run_of("moons"), ".svg")
