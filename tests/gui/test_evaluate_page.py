"""The Evaluate page, used as a person would: splits, confusion, examples, classes, reading, drawing."""

import re
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from mlpviz.data import Examples
from mlpviz.data.dataset import one_hot
from mlpviz.figures.numbers import format_number
from mlpviz.gui.stretch_thread import Stretch
from mlpviz.gui.widgets.mosaic_view import cell_center
from mlpviz.training import Experiment, Trainer
from mlpviz.training.calibration import in_words
from mlpviz.training.judgement import in_cell, judge, least_certain, mistakes

EXAMPLES, CLASSES, THREE_WAYS, DRAW = range(4)
LEFT_BUTTON = Qt.MouseButton.LeftButton
ENTER, RIGHT, DOWN = Qt.Key.Key_Return, Qt.Key.Key_Right, Qt.Key.Key_Down
SEVEN = [np.array([[0.25, 0.25], [0.7, 0.22], [0.5, 0.5], [0.4, 0.8]])]


class Evaluate:
    """The page on the screen, and what can be seen on it."""

    def __init__(self, screen):
        self.screen = screen
        screen.click("button_page_evaluate")
        self.page = screen.find("page_evaluate")
        self.assessor = self.page.assessor
        self.wait_until_judged()

    def wait_until_judged(self):
        """Wait until every split was judged with the network on show."""
        found, workspace = self.assessor.assessments, self.screen.workspace
        self.screen.wait(
            lambda: (
                set(found) == set(self.assessor.splits)
                and all(each.snapshot is workspace.snapshot for each in found.values())
            )
        )
        self.screen.settle()

    def judgement(self, split="test"):
        """What the network on show says, worked out here."""
        trainer = self.screen.workspace.run.trainer
        network = self.screen.workspace.snapshot.network
        n_classes = len(trainer.dataset.classes)
        return judge(network, trainer.splits.by_name()[split], trainer.loss, trainer.threshold, n_classes)

    @property
    def shown(self):
        """The examples in the gallery."""
        return self.page.gallery.shown.tolist()

    @property
    def verdict(self):
        return re.sub(r"<[^>]*>", "", self.screen.text("label_verdict"))

    def split_words(self, name):
        return self.screen.find(f"button_split_{name}").accessibleName()

    def open_tab(self, tab):
        bar = self.page.tabs.tabBar()
        self.screen.qtbot.mouseClick(bar, LEFT_BUTTON, pos=bar.tabRect(tab).center())
        self.screen.settle()
        assert self.page.tabs.currentIndex() == tab

    def click_cell(self, row, column):
        plot = self.screen.find("plot_confusion")
        place = plot.cell_rect(row, column).center().toPoint()
        self.screen.qtbot.mouseClick(plot, LEFT_BUTTON, pos=place)
        self.screen.settle()

    def click_picture(self, i, double=False):
        view = self.screen.find("mosaic_gallery")
        press = self.screen.qtbot.mouseDClick if double else self.screen.qtbot.mouseClick
        press(view.viewport(), LEFT_BUTTON, pos=cell_center(view, i))
        self.screen.settle()

    @property
    def followed(self):
        """The split and index of the example on the Step through page, which must be on show."""
        assert self.screen.window.page.key == "step_through"
        follower = self.screen.window.page.follower
        return follower.split_name, follower.index


@pytest.fixture
def trained(screen):
    """The small digits experiment after its first epoch."""
    screen.workspace.train(Stretch.EPOCH)
    screen.wait_for_rest()
    return screen


@pytest.fixture
def digits_page(trained):
    return Evaluate(trained)


def percent(text):
    """The number before a percent sign."""
    return float(re.search(r"([\d.]+)\u202f%", text)[1])


# The splits


def test_accuracy_and_loss_of_each_split(digits_page):
    trainer = digits_page.screen.workspace.run.trainer
    for name in ("training", "validation", "test"):
        words, measured = digits_page.split_words(name), trainer.evaluate(name)
        assert percent(words) == pytest.approx(100 * measured.accuracy, abs=0.05)
        assert float(words.split("loss ")[1]) == pytest.approx(measured.loss, rel=5e-3)
    assert digits_page.screen.text("label_as_of") == "as of step 12"
    assert digits_page.screen.find("button_split_test").isChecked()


def test_when_training_comes_to_rest_it_is_judged_anew(digits_page):
    before = digits_page.split_words("test")
    digits_page.screen.step()
    digits_page.wait_until_judged()
    assert digits_page.screen.text("label_as_of") == "as of step 13"
    assert digits_page.split_words("test") != before


def test_while_training_it_is_judged_now_and_then(open_window, digits):
    screen = open_window(digits.with_settings({"epochs": 10_000}))
    page = Evaluate(screen)
    seen = []
    page.assessor.assessed.connect(lambda name: seen.append(page.assessor.assessments[name].snapshot.step))
    screen.workspace.train(Stretch.ALL)
    screen.wait(lambda: len(set(seen)) >= 3)
    assert screen.workspace.training
    assert seen[-1] > 0
    screen.click("button_page_train")
    screen.wait(lambda: not page.assessor._background.busy)
    seen.clear()
    screen.qtbot.waitUntil(lambda: screen.steps > 1000, timeout=10_000)
    assert seen == []  # nobody looks
    screen.workspace.pause()
    screen.wait_for_rest()
    screen.click("button_page_evaluate")
    page.wait_until_judged()
    assert screen.text("label_as_of") == f"as of step {screen.steps:,}".replace(",", "\u202f")


def test_another_split_in_detail(digits_page):
    screen = digits_page.screen
    screen.click("button_split_validation")
    screen.settle()
    found = digits_page.judgement("validation")
    assert digits_page.shown == mistakes(found).tolist()
    assert screen.find("plot_confusion").matrix.sum() == 200
    assert digits_page.verdict.startswith(f"Validation example {digits_page.shown[0]} is a ")
    screen.click("button_step_through_example")
    assert digits_page.followed == ("validation", digits_page.shown[0])


def test_another_run_begins_anew(digits_page, plane):
    screen = digits_page.screen
    screen.click("button_split_training")
    digits_page.click_cell(3, 5)
    screen.wait_for_new_run(screen.workspace.new_seed)
    digits_page.wait_until_judged()
    assert screen.text("label_as_of") == "as of step 0"
    assert screen.find("button_split_test").isChecked()
    assert digits_page.shown == mistakes(digits_page.judgement()).tolist()[:300]
    screen.wait_for_new_run(lambda: screen.workspace.open_experiment(plane))
    digits_page.wait_until_judged()
    assert digits_page.screen.shows("plot_residuals")


# Confusion and examples


def test_mistakes_worst_first(digits_page):
    worst = mistakes(digits_page.judgement()).tolist()
    assert digits_page.shown == worst[:300]
    assert digits_page.assessor.example == worst[0]
    view = digits_page.screen.find("mosaic_gallery")
    found = digits_page.judgement()
    assert view.label(0) == (
        f"example {worst[0]}: a {found.labels[worst[0]]}, read as {found.predictions[worst[0]]}, "
        f"{int(100 * found.certainty[worst[0]])}\u202f% certain"
    )
    pictures = digits_page.screen.workspace.run.trainer.splits.test.inputs_at(worst[:300])
    np.testing.assert_array_equal(view._images[:, :28], pictures.reshape(-1, 28, 28))
    digits_page.screen.click("button_gallery_more")
    assert digits_page.shown == worst[:600]


def test_least_certain_first(digits_page):
    digits_page.screen.click("choice_list_unsure")
    assert digits_page.shown == least_certain(digits_page.judgement()).tolist()[:300]


def test_a_cell_opens_its_examples(digits_page):
    screen, found = digits_page.screen, digits_page.judgement()
    matrix = screen.find("plot_confusion").matrix
    row, column = np.unravel_index((matrix - np.diag(np.diag(matrix))).argmax(), matrix.shape)
    digits_page.click_cell(row, column)
    cell = in_cell(found, row, column).tolist()
    assert digits_page.shown == cell[:300]
    assert screen.find("choice_list_cell").isChecked()
    assert f"is a {row}. The network says {column} ✗" in digits_page.verdict
    digits_page.click_cell(row, None)
    assert digits_page.shown == in_cell(found, row, None).tolist()[:300]
    digits_page.click_cell(None, column)
    assert digits_page.shown == in_cell(found, None, column).tolist()[:300]
    wrong, right = int(matrix[:, column].sum() - matrix[column, column]), matrix[column, column]
    assert right > 0
    assert not found.right[digits_page.shown[:wrong]].any()
    words = f": {format_number(wrong)} wrong first, then {format_number(right)} right"
    assert screen.text("label_gallery_count").endswith(words)
    digits_page.click_cell(None, column)  # again: taken back
    assert screen.find("choice_list_worst").isChecked()
    assert digits_page.shown == mistakes(found).tolist()[:300]


def test_what_a_cell_means_is_told(digits_page):
    plot = digits_page.screen.find("plot_confusion")
    place = plot.cell_rect(7, 7).center().toPoint()
    QTest.mouseMove(plot, place - QPoint(3, 0))
    QTest.mouseMove(plot, place)
    words = f"{plot.matrix[7, 7]} examples of 7 were rightly read as 7"
    assert digits_page.screen.text("label_confusion").startswith(words)


def test_the_cell_keeps_its_examples_while_other_lists_are_looked_at(digits_page):
    screen = digits_page.screen
    screen.click("choice_list_cell")
    assert "Choose a cell" in screen.text("label_gallery_empty")
    digits_page.click_cell(7, 9)
    before = digits_page.shown
    screen.click("choice_list_worst")
    assert digits_page.page.confusion.map._selected is None
    screen.click("choice_list_cell")
    assert digits_page.shown == before
    assert digits_page.page.confusion.map._selected == (7, 9)


def test_an_empty_cell(digits_page):
    matrix = digits_page.screen.find("plot_confusion").matrix
    row, column = np.argwhere(matrix == 0)[0]
    digits_page.click_cell(row, column)
    assert digits_page.screen.text("label_gallery_empty") == "There is no such example."
    assert digits_page.verdict == "None is chosen."
    assert not digits_page.screen.find("button_step_through_example").isEnabled()


def test_a_click_chooses_and_a_double_click_steps_through(digits_page):
    digits_page.click_picture(4)
    assert f"Test example {digits_page.shown[4]} is a " in digits_page.verdict
    judged = digits_page.assessor.assessment.snapshot
    digits_page.click_picture(5, double=True)
    assert digits_page.followed == ("test", digits_page.shown[5])
    assert digits_page.screen.window.page.follower.snapshot is judged


def test_all_of_it_by_keys(digits_page):
    """Point at a cell, open it, go to its second example, step through."""
    screen = digits_page.screen
    plot = screen.find("plot_confusion")
    plot.setFocus()
    row, column = 3, int(plot.matrix[3, 4:].argmax()) + 4
    for key in (RIGHT, *[DOWN] * row, *[RIGHT] * column, ENTER):
        screen.press(key)
    cell = in_cell(digits_page.judgement(), row, column).tolist()
    assert digits_page.shown == cell[:300]
    screen.find("mosaic_gallery").setFocus()
    screen.press(RIGHT)
    assert digits_page.assessor.example == cell[1]
    screen.press(ENTER)
    assert digits_page.followed == ("test", cell[1])


def test_the_network_that_was_judged_is_stepped_through(open_window, digits):
    """Also where Step through was opened before, on an older network."""
    screen = open_window(digits)
    screen.click("button_page_step_through")
    screen.step(12)
    page = Evaluate(screen)
    screen.click("button_step_through_example")
    follower = screen.window.page.follower
    assert follower.snapshot.step == 12
    said = int(follower.walkthrough.trace.outputs[-1].argmax())
    assert said == page.judgement().predictions[follower.index]
    assert said != follower.label


def test_where_nothing_is_on_show_yet_a_pointer_does_not_keep_it_empty(open_window, digits):
    """The page may be opened while training, with the pointer where the pictures are to come."""
    screen = open_window(digits.with_settings({"epochs": 1_000_000}))
    screen.workspace.train(Stretch.ALL)
    screen.wait(lambda: screen.steps > 5)
    screen.window.show_page("evaluate")
    gallery = screen.window.page.gallery
    assert len(gallery.shown) == 0, "no judgement can have arrived yet"
    gallery._views.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)  # as if the pointer were there
    screen.wait(lambda: len(gallery.shown) > 0)
    screen.workspace.pause()
    screen.wait_for_rest()


def test_what_is_pointed_at_holds_still_while_training(digits_page):
    screen = digits_page.screen
    screen.find("mosaic_gallery").setFocus()
    before = digits_page.shown
    screen.workspace.train(Stretch.ALL)
    steps = []
    digits_page.assessor.assessed.connect(
        lambda name: (
            steps.append(digits_page.assessor.assessments[name].snapshot.step)
            if screen.workspace.training and digits_page.shown != before
            else None
        )
    )
    screen.wait_for_rest()
    digits_page.wait_until_judged()
    assert steps == []
    assert digits_page.shown == mistakes(digits_page.judgement()).tolist()[:300]  # at rest it follows


# Classes and calibration


def test_each_class(digits_page):
    digits_page.open_tab(CLASSES)
    table, found = digits_page.screen.find("table_classes"), digits_page.judgement()
    support = np.bincount(found.labels)
    assert [table.text(k, 0) for k in range(10)] == list("0123456789")
    assert [int(table.text(k, 4).replace("\u202f", "")) for k in range(10)] == support.tolist()
    recall = [(found.right & (found.labels == k)).sum() / support[k] for k in range(10)]
    assert [percent(table.text(k, 2)) for k in range(10)] == pytest.approx(100 * np.array(recall), abs=0.06)
    table.setFocus()
    digits_page.screen.press(Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    assert [int(table.text(k, 0)) for k in range(10)] == np.argsort(recall, kind="stable").tolist()


def test_calibration(digits_page):
    digits_page.open_tab(CLASSES)
    found = digits_page.assessor.assessment.calibration
    card = digits_page.screen.find("card_calibration")
    words = [label.text() for label in card.findChildren(QLabel)]
    assert any(f"{found.error:.3g}" in text for text in words if "expected calibration error" in text)
    assert digits_page.screen.text("label_calibration_verdict") == in_words(found)
    assert digits_page.screen.shows("label_no_probabilities")  # the squared error
    assert "no probability" in digits_page.verdict
    digits_page.screen.find("plot_calibration").setFocus()
    digits_page.screen.press(Qt.Key.Key_Left)
    assert digits_page.screen.text("label_calibration").startswith("Certain by 90.0\u202f% to 100\u202f%:")


# Three ways to read a digit


def open_three_ways(page):
    page.open_tab(THREE_WAYS)
    page.screen.wait(lambda: not page.page.reading._background.busy)
    page.screen.settle()


def answer(page, way):
    text = re.sub(r"<[^>]*>", "", page.screen.text(f"label_{way}_answer"))
    return re.match(r"says (.+?)(?: [✓✗]|$)", text)[1]


def test_three_ways_on_the_same_digit(digits_page):
    page, screen = digits_page, digits_page.screen
    open_three_ways(page)
    accuracies = {
        way: percent(screen.text(f"label_{way}_accuracy")) for way in ("templates", "linear", "network")
    }
    assert 70 < accuracies["templates"] < 85
    assert accuracies["linear"] > 80
    assert accuracies["network"] == pytest.approx(100 * page.judgement().accuracy, abs=0.05)
    example = page.shown[0]
    stored = page.assessor.split.inputs_at([example])[0]
    np.testing.assert_array_equal(screen.find("image_read_digit").array, stored.reshape(28, 28))
    readers = page.page.reading._readers
    for way, reader in (("templates", readers.templates), ("linear", readers.linear)):
        assert answer(page, way) == str(reader.scores(page.assessor.split, stored).argmax())
        assert len(screen.find(f"mosaic_{way}")._images) == 10
    assert answer(page, "network") == str(page.judgement().predictions[example])
    assert "unit " in screen.find("mosaic_network").label(0)
    pictures = screen.find("mosaic_templates")._images[:, :28]
    assert pictures.mean(axis=(1, 2)) == pytest.approx(np.zeros(10), abs=1e-4)
    assert pictures.std(axis=(1, 2)) == pytest.approx(np.ones(10), abs=1e-3)


def test_another_example_is_read_with_the_same_readers(digits_page):
    open_three_ways(digits_page)
    readers = digits_page.page.reading._readers
    digits_page.open_tab(EXAMPLES)
    digits_page.click_picture(3)
    open_three_ways(digits_page)
    assert digits_page.page.reading._readers is readers
    assert f"Test example {digits_page.shown[3]}: a " in digits_page.screen.text("label_read_digit")
    digits_page.screen.wait_for_new_run(digits_page.screen.workspace.reset)  # the same data
    digits_page.wait_until_judged()
    assert digits_page.page.reading._readers is readers


def test_a_digit_is_picked_where_it_is_read(digits_page):
    screen, worst = digits_page.screen, mistakes(digits_page.judgement()).tolist()
    open_three_ways(digits_page)
    screen.type("field_read_example", "42")
    assert screen.text("label_read_digit").startswith("Test example 42: a ")
    assert digits_page.assessor.example == 42
    screen.type("field_read_example", "10000")
    assert screen.error("read_example") == "there is no test example 10000: they are 0 to 9999"
    screen.click("button_read_mistake")
    assert digits_page.assessor.example == worst[0]
    assert not screen.error("read_example")
    screen.click("button_read_mistake")
    assert digits_page.assessor.example == worst[1]
    screen.step()
    digits_page.wait_until_judged()
    assert digits_page.assessor.example == worst[1]  # a newer network leaves it chosen
    screen.click("button_read_random")
    assert screen.text("field_read_example") == str(digits_page.assessor.example)


def test_the_frame_is_the_true_class_and_what_is_said_is_told(digits_page):
    open_three_ways(digits_page)
    truth = int(digits_page.judgement().labels[digits_page.assessor.example])
    assert digits_page.page.verdict.bars._highlighted == truth
    for way in ("templates", "linear", "network"):
        bars = digits_page.screen.find(f"bars_{way}")
        assert bars._highlighted == truth
        said = int(bars.scores.argmax())
        words = re.sub(r"<[^>]*>", "", digits_page.screen.text(f"label_{way}_answer"))
        assert words == (f"says {said} ✓" if said == truth else f"says {said} ✗, it is a {truth}")
        assert bars.words(said).startswith(
            f"{said}: score {format_number(float(bars.scores[said]), signed=True)}"
        )


def test_a_missing_class_is_told_where_the_templates_would_be(open_window, digits):
    """Ten classes, but no training example is a 9."""
    labels = np.arange(60) % 9
    inputs = np.random.default_rng(0).integers(0, 256, (60, 784), dtype=np.uint8)
    whole = Trainer(digits).dataset
    few = replace(whole, training=Examples(inputs, one_hot(labels, 10), labels), test=None)
    experiment = digits.with_settings({"training_size": 0, "validation_size": 0, "batch_size": 10})
    screen = open_window(None)
    screen.wait_for_new_run(lambda: screen.workspace.open(lambda: Trainer(experiment, few)))
    page = Evaluate(screen)
    page.open_tab(CLASSES)
    assert "no example of 9" in screen.text("label_remarks")
    open_three_ways(page)
    assert screen.text("label_templates_missing").startswith("Class 9 has no example:")
    assert "of training right" in screen.text("label_linear_accuracy")


# Drawing


def test_a_drawn_digit_has_live_scores_and_is_read_in_three_ways(digits_page):
    screen = digits_page.screen
    digits_page.open_tab(DRAW)
    assert not screen.find("button_read_drawing").isEnabled()
    pad = screen.find("draw_pad")
    area = pad.canvas_rect()
    points = [
        (area.topLeft() + QPoint(round(x * area.width()), round(y * area.height()))).toPoint()
        for x, y in SEVEN[0]
    ]
    QTest.mousePress(pad, LEFT_BUTTON, pos=points[0])
    for point in points[1:]:
        QTest.mouseMove(pad, point)
    QTest.mouseRelease(pad, LEFT_BUTTON, pos=points[-1])
    screen.settle()
    digit = digits_page.page.draw.digit
    x = digits_page.assessor.split.scaled(digit.reshape(1, -1))
    scores = screen.workspace.snapshot.network.predict(x)[0]
    assert screen.find("bars_scores").values == pytest.approx(scores)
    screen.click("check_centre")  # a step of the preparation is switched off
    assert not np.array_equal(digits_page.page.draw.digit, digit)
    screen.click("check_centre")
    screen.click("button_read_drawing")
    open_three_ways(digits_page)
    np.testing.assert_array_equal(screen.find("image_read_digit").array, digit)
    assert answer(digits_page, "network") == str(scores.argmax())
    assert screen.text("label_read_digit") == "Your drawing"
    screen.click("button_read_example")
    assert screen.text("label_read_digit").startswith("Test example")


def test_a_drawn_digit_is_stepped_through(digits_page):
    screen = digits_page.screen
    digits_page.open_tab(DRAW)
    assert not screen.find("button_step_through_drawing").isEnabled()
    screen.find("draw_pad").set_strokes(SEVEN)
    digit, said = digits_page.page.draw.digit, int(screen.find("bars_scores").values.argmax())
    judged = digits_page.assessor.assessment.snapshot
    screen.click("button_step_through_drawing")
    follower = screen.window.page.follower
    assert (follower.index, follower.label, follower.snapshot) == (None, said, judged)
    assert follower.walkthrough.x[0] == pytest.approx(digit.reshape(-1) / 255)


def test_live_scores_follow_the_network(digits_page):
    digits_page.open_tab(DRAW)
    digits_page.screen.find("draw_pad").set_strokes(SEVEN)
    before = digits_page.screen.find("bars_scores").values.copy()
    digits_page.screen.step()
    digits_page.wait_until_judged()
    assert not np.array_equal(digits_page.screen.find("bars_scores").values, before)


# Other data


def test_two_inputs_have_a_table(open_window, moons):
    page = Evaluate(open_window(moons))
    screen, table = page.screen, page.screen.find("table_gallery")
    assert [page.page.tabs.isTabVisible(tab) for tab in range(4)] == [True, True, False, False]
    assert screen.find("plot_confusion").matrix.shape == (2, 2)
    found = page.judgement()
    worst = mistakes(found).tolist()
    assert page.shown == worst
    classes = screen.workspace.dataset.classes
    assert [table.text(0, k) for k in range(3)] == [
        str(worst[0]),
        classes[found.labels[worst[0]]],
        classes[found.predictions[worst[0]]],
    ]
    table.setFocus()
    screen.press(DOWN)
    assert page.assessor.example == worst[1]
    assert f"Test example {worst[1]} is a " in page.verdict
    assert "x1 " in page.verdict
    screen.press(ENTER)
    assert page.followed == ("test", worst[1])


def test_no_mistake_is_said(open_window):
    gate = Experiment.from_table(
        {
            "title": "And",
            "dataset": "gate_and",
            "learning_rate": 5.0,
            "batch_size": 0,
            "epochs": 400,
            "layers": [{"kind": "affine", "units": 1}, {"kind": "sigmoid"}],
        }
    )
    screen = open_window(gate)
    screen.workspace.train(Stretch.ALL)
    screen.wait_for_rest()
    page = Evaluate(screen)
    assert screen.text("label_gallery_empty") == "The network makes no mistake on these examples."
    screen.click("choice_list_unsure")
    assert len(page.shown) == 4


def test_regression_has_residuals(open_window, plane):
    page = Evaluate(open_window(plane))
    screen, found = page.screen, page.judgement("training")
    assert [page.page.tabs.isTabVisible(tab) for tab in range(4)] == [True, False, False, False]
    sizes = np.abs(found.outputs - found.targets)[:, 0]
    assert page.shown == np.argsort(-sizes, kind="stable").tolist()
    plot = screen.find("plot_residuals")
    example = page.shown[-1]
    screen.qtbot.mouseClick(plot, LEFT_BUTTON, pos=plot.place_of(page.shown[0]).toPoint())
    assert page.assessor.example == page.shown[0]
    assert page.verdict.startswith(f"Training example {page.shown[0]}: the target is ")
    page.assessor.choose_example(example)
    screen.click("button_step_through_example")
    assert page.followed == ("training", example)


# When something is wrong


def test_a_network_of_nan_is_told(trained):
    network = trained.workspace.snapshot.network.copy()
    network.layers[0].params["bias"][...] = np.nan
    trained.workspace.snapshot = replace(trained.workspace.snapshot, network=network)
    page = Evaluate(trained)
    assert "0\u202f%" in page.split_words("test")
    assert "loss NaN" in page.split_words("test")
    assert "outputs for it are not finite numbers" in page.verdict
    page.open_tab(CLASSES)
    assert "for 10000 of 10000 examples are not finite numbers" in trained.text("label_remarks")
    open_three_ways(page)
    assert trained.text("label_network_answer") == "scores not finite"


def test_what_cannot_be_judged_is_told(digits_page):
    digits_page.assessor.failed.emit("There is not enough memory for this.")
    assert digits_page.screen.text("label_as_of") == "There is not enough memory for this."


# Looks


@pytest.mark.parametrize("size", [(1024, 700), (1440, 900)])
def test_nothing_is_cut_off(open_window, digits, size):
    screen = open_window(digits, size=size)
    page = Evaluate(screen)
    inside = page.page.rect()
    for tab in range(4):
        page.open_tab(tab)
        panel = page.page.tabs.currentWidget()
        for widget in panel.findChildren(QWidget):
            if widget.isVisible() and widget.objectName().startswith(("card_", "plot_", "table_", "button_")):
                corner = widget.mapTo(page.page, widget.rect().bottomRight())
                assert inside.contains(corner), f"{widget.objectName()} is cut off at {size}"
                if widget.objectName().startswith("button_"):
                    assert widget.width() >= widget.minimumSizeHint().width()


def test_light_and_dark(digits_page, theme):
    for tab in range(4):
        digits_page.open_tab(tab)
        light = digits_page.page.grab().toImage()
        theme.set_mode("dark")
        digits_page.screen.settle()
        assert digits_page.page.grab().toImage() != light
        theme.set_mode("light")
        digits_page.screen.settle()


def test_no_other_window_comes_up(screen):
    """A widget that is shown before it has a parent is a window, and takes the keys away."""
    page = Evaluate(screen)
    assert QApplication.focusWidget() is page.page
    for tab in range(4):
        page.open_tab(tab)
        assert screen.window.isActiveWindow()


def test_the_keys_stay_on_the_page_when_the_tab_is_changed(digits_page):
    screen = digits_page.screen
    screen.find("plot_confusion").setFocus()
    digits_page.open_tab(CLASSES)
    assert QApplication.focusWidget() is digits_page.page
    bar = digits_page.page.tabs.tabBar()
    bar.setFocus()
    screen.press(RIGHT)
    assert digits_page.page.tabs.currentIndex() == THREE_WAYS
    assert QApplication.focusWidget() is bar


def test_a_window_that_closes_while_it_is_judged(open_window, digits):
    screen = open_window(digits)
    screen.click("button_page_evaluate")
    background = screen.window.page.assessor._background
    assert background.busy
    screen.window.close()
    assert background.isFinished()
