"""The Step through page, used as a person would: one example forwards and backwards through the network."""

import re
import unicodedata

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from mlpviz.gui.panels.stage_words import check_words
from mlpviz.training import Experiment
from mlpviz.walkthrough.checking import EntryCheck, check_parameter
from mlpviz.walkthrough.narration import narrate, readable
from mlpviz.walkthrough.paths import paths_of_weight
from mlpviz.walkthrough.pictures import pictures
from mlpviz.walkthrough.pulls import pulls_on_weight
from mlpviz.walkthrough.symbols import told

XOR = Experiment.from_table(
    {
        "title": "Xor",
        "dataset": "gate_xor",
        "learning_rate": 2.0,
        "batch_size": 0,
        "epochs": 1000,
        "layers": [
            {"kind": "affine", "units": 2, "initializer": "normal(1.0)"},
            {"kind": "sigmoid"},
            {"kind": "affine", "units": 1, "initializer": "normal(1.0)"},
            {"kind": "sigmoid"},
        ],
    }
)
LEFT, RIGHT = Qt.Key.Key_Left, Qt.Key.Key_Right


class StepThrough:
    """The page on the screen, and what can be seen on it."""

    def __init__(self, screen):
        self.screen = screen
        screen.click("button_page_step_through")
        screen.settle()
        self.page = screen.find("page_step_through")
        self.follower = self.page.follower

    @property
    def index(self):
        """The stage that the foot names."""
        index = self.screen.find("progress_stages").value()
        assert self.screen.text("label_place").startswith(f"stage {index} of ")
        return index

    @property
    def last(self):
        return self.screen.find("progress_stages").maximum()

    @property
    def stage(self):
        return self.follower.walkthrough.stages[self.index]

    @property
    def heading(self):
        return re.sub(r"<[^>]*>|&nbsp;", "", self.screen.text("label_stage"))

    @property
    def worked(self):
        return self.screen.find("formula_worked").plain_text

    def go(self, index):
        self.follower.jump(index)
        self.screen.settle()
        assert self.index == index

    def find_stage(self, phase, operation, parameter=None):
        """Go to the one stage of this kind."""
        (index,) = [
            s.index
            for s in self.follower.walkthrough.stages
            if (s.phase, s.operation, s.parameter) == (phase, operation, parameter)
        ]
        self.go(index)
        return self.stage

    def click_cell(self, row, column):
        """Click a cell of the strip."""
        strip = self.page.strip
        (cell,) = [c for c in strip.cells if (c.row, c.column) == (row, column)]
        place = strip.cell_rect(cell).center().toPoint()
        self.screen.qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=place)
        self.screen.settle()
        return cell

    def view(self, i):
        return self.page.stage_card.views[i]

    def place_in(self, i, entry):
        """The widget, and the point in it, that shows an entry of picture i."""
        view = self.view(i)
        if view.bars.isVisible():
            n = len(view.values)
            x = 4 + (entry + 0.5) * (view.bars.width() - 8) / n
            return view.bars, QPoint(round(x), view.bars.height() // 2)
        rect = view.image.cell_rect(*divmod(entry, view.image.array.shape[1]))
        return view.image, rect.center().toPoint()

    def hover(self, i, entry):
        widget, place = self.place_in(i, entry)
        QTest.mouseMove(widget, QPoint(1, 1) if place != QPoint(1, 1) else QPoint(2, 2))
        QTest.mouseMove(widget, place)
        self.screen.settle()

    def click_entry(self, i, entry):
        widget, place = self.place_in(i, entry)
        self.screen.qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=place)
        self.screen.settle()

    def number(self, i):
        """What stands below picture i."""
        return re.sub(r"<[^>]*>", "", self.view(i).findChild(QLabel, f"picture_{i}_number").text())


@pytest.fixture
def digits_page(screen):
    return StepThrough(screen)


@pytest.fixture
def xor_page(open_window):
    """The page on a 2-2-1 network, with the example x = (1, 0)."""
    page = StepThrough(open_window(XOR))
    page.follower.show_example(2)
    page.screen.settle()
    return page


class Windows(QObject):
    """Takes down every window that comes up."""

    def __init__(self):
        super().__init__()
        self.shown = []

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.shown.append(repr(watched))
        return False


def test_no_other_window_comes_up_when_the_page_is_opened(screen):
    """A widget that is shown before it has a parent is a window, and takes the keys away."""
    windows = Windows()
    QApplication.instance().installEventFilter(windows)
    page = StepThrough(screen)
    QApplication.instance().removeEventFilter(windows)
    assert windows.shown == []
    assert QApplication.focusWidget() is page.page


# Moving


def test_it_begins_with_the_example_going_in(digits_page):
    assert digits_page.index == 0
    assert digits_page.heading.startswith("Forward 1 of 5")
    assert not digits_page.screen.find("button_back").isEnabled()
    assert digits_page.screen.text("label_pinned") == "pinned at step 0"
    assert not digits_page.screen.shows("button_take_current")


def test_next_and_back(xor_page):
    screen = xor_page.screen
    seen = [xor_page.heading]
    for i in range(xor_page.last):
        screen.click("button_next")
        assert xor_page.index == i + 1
        seen.append(xor_page.heading)
    assert not screen.find("button_next").isEnabled()
    assert len(set(seen)) == xor_page.last + 1
    assert [words.split()[0] for words in seen] == [
        *5 * ["Forward"],
        "Loss",
        *9 * ["Backward"],
        *4 * ["Update"],
        "After",
    ]
    for i in reversed(range(xor_page.last)):
        screen.click("button_back")
        assert xor_page.index == i
        assert xor_page.heading.split()[:4] == seen[i].split()[:4]


def test_keys(xor_page):
    screen = xor_page.screen
    screen.press(RIGHT)
    screen.press(RIGHT)
    assert xor_page.index == 2
    screen.press(LEFT)
    assert xor_page.index == 1
    screen.press(Qt.Key.Key_End)
    assert xor_page.index == xor_page.last
    screen.press(RIGHT)
    assert xor_page.index == xor_page.last
    screen.press(Qt.Key.Key_Home)
    assert xor_page.index == 0
    screen.press(LEFT)
    assert xor_page.index == 0


def test_keys_work_after_a_click_on_a_button_too(xor_page):
    xor_page.screen.click("button_next")
    xor_page.screen.press(RIGHT)
    assert xor_page.index == 2


def test_p_plays_and_stops(xor_page):
    screen = xor_page.screen
    xor_page.page._player.setInterval(10)
    screen.press(Qt.Key.Key_P)
    assert screen.text("button_play") == "Stop"
    screen.wait(lambda: xor_page.index >= 3)
    screen.press(Qt.Key.Key_P)
    at = xor_page.index
    assert screen.text("button_play") == "Play"
    screen.qtbot.wait(60)
    assert xor_page.index == at
    screen.press(Qt.Key.Key_P)
    screen.wait(lambda: xor_page.index == xor_page.last)
    screen.wait(lambda: screen.text("button_play") == "Play")


def test_playing_ends_with_the_page(xor_page):
    xor_page.screen.press(Qt.Key.Key_P)
    xor_page.screen.click("button_page_train")
    assert not xor_page.page._player.isActive()


def test_the_strip_jumps_and_goes_on_within_a_cell(xor_page):
    assert [s.index for s in xor_page.click_cell(0, 3).stages] == [xor_page.index]
    cell = xor_page.click_cell(1, 1)  # the gradients of the first affine layer
    indices = [s.index for s in cell.stages]
    assert len(indices) == 3
    seen = [xor_page.index]
    for _ in range(3):
        xor_page.click_cell(1, 1)
        seen.append(xor_page.index)
    assert seen == [*indices, indices[0]]


def test_formula_code_and_words_are_those_of_the_stage(xor_page):
    screen = xor_page.screen
    for i in range(xor_page.last + 1):
        xor_page.go(i)
        stage, choice = xor_page.stage, xor_page.follower.choice
        assert screen.find("formula_general").latex == stage.formula
        assert xor_page.worked == readable(stage.worked(choice))
        assert screen.text("label_words") == stage.words(choice)
        code = screen.find("code_stage")
        assert code.place == stage.code.place
        assert code.text == "\n".join(stage.code.lines)
        row = pictures(xor_page.follower.walkthrough, stage, choice)
        for k, picture in enumerate(row):
            assert np.array_equal(xor_page.view(k).values, picture.values)
        assert [view.isVisible() for view in xor_page.page.stage_card.views] == [
            k < len(row) for k in range(4)
        ]


def test_copy(xor_page):
    xor_page.go(12)
    xor_page.screen.click("button_copy_stage")
    text = narrate(xor_page.stage, xor_page.follower.choice, xor_page.last + 1)
    assert QGuiApplication.clipboard().text() == text


# Pointing


def test_what_is_pointed_at_in_one_picture_is_marked_in_the_others(digits_page):
    digits_page.find_stage("forward", "Affine 1")
    digits_page.hover(0, 406)
    for i in range(3):
        value = digits_page.view(i).values[406]
        assert digits_page.number(i).startswith("[406]")
        assert digits_page.view(i).image._highlighted == (406 // 28, 406 % 28)
        assert float(digits_page.number(i).split()[1].replace("−", "-")) == pytest.approx(value, rel=1e-3)


def test_a_click_chooses_and_the_formula_follows(digits_page):
    stage = digits_page.find_stage("forward", "Affine 1")
    for unit in (3, 11):
        digits_page.click_entry(3, unit)
        assert digits_page.worked.startswith(f"z₁[{unit}] = ")
        assert f"Unit {unit} multiplies" in digits_page.screen.text("label_words")
        weight = stage.quantities[1].values
        assert np.array_equal(digits_page.view(1).values, weight[:, unit])
    digits_page.find_stage("forward", "ReLU 1")
    assert "a₁[11] = " in digits_page.worked  # the choice goes along
    digits_page.find_stage("backward", "Affine 1", "weight")
    digits_page.click_entry(0, 300)
    assert digits_page.worked.startswith("∂L/∂W₁[300, 11] = ")


def test_arrow_keys_choose_within_bars(xor_page):
    xor_page.find_stage("forward", "Affine 1")
    bars = xor_page.view(3).bars
    xor_page.click_entry(3, 0)
    bars.setFocus()
    xor_page.screen.press(RIGHT)
    assert xor_page.worked.startswith("z₁[1] = ")


# The example


def test_an_example_by_its_number(digits_page):
    screen = digits_page.screen
    screen.type("field_example", "42")
    x, _ = screen.workspace.run.trainer.splits.test.batch(np.array([42]))
    assert np.array_equal(digits_page.follower.walkthrough.x, x)
    assert np.array_equal(digits_page.view(0).values, x[0])
    label = screen.workspace.run.trainer.splits.test.labels_at(np.array([42]))[0]
    assert f"a <b>{label}</b>" in screen.text("label_answer")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("10000", "there is no test example 10000: they are 0 to 9999"),
        ("-1", "there is no test example -1: they are 0 to 9999"),
        ("seven", "the number of an example is a whole number, not 'seven'"),
        ("1.5", "the number of an example is a whole number, not '1.5'"),
    ],
)
def test_no_such_example(digits_page, typed, sentence):
    digits_page.screen.type("field_example", typed)
    assert digits_page.screen.error("example") == sentence
    assert digits_page.follower.index == 0
    digits_page.screen.type("field_example", "3")
    assert digits_page.screen.error("example") == ""
    assert digits_page.follower.index == 3


def test_an_example_of_a_class(digits_page):
    screen, follower = digits_page.screen, digits_page.follower
    labels = follower.split.labels_at(slice(None))
    screen.choose("choice_class", "7")
    first = follower.index
    assert labels[first] == 7
    screen.find("choice_class").activated.emit(8)
    assert follower.index > first
    assert labels[follower.index] == 7


def test_random(digits_page):
    seen = set()
    for _ in range(4):
        digits_page.screen.click("button_random")
        seen.add(digits_page.follower.index)
    assert len(seen) > 1


def click_and_wait(screen, button):
    """Press a button that looks for an example, and wait until it was found."""
    title = screen.text(button)
    screen.click(button)
    screen.wait(lambda: screen.text(button) == title)


def test_looking_for_a_mistake_keeps_nobody_waiting(digits_page):
    screen, follower = digits_page.screen, digits_page.follower
    before = follower.index
    screen.click("button_mistake")
    assert screen.text("button_mistake") == "Looking …"
    assert follower.index == before
    screen.click("button_unsure")  # the newer wish wins
    assert (screen.text("button_mistake"), screen.text("button_unsure")) == ("A mistake", "Looking …")
    screen.wait(lambda: screen.text("button_unsure") == "Unsure")
    y = follower.snapshot.network.predict(follower.split.batch(slice(None))[0])
    margins = np.sort(y, axis=1)[:, -1] - np.sort(y, axis=1)[:, -2]
    assert margins[follower.index] == margins.min()
    screen.type("field_example", "0")
    follower.show_example(0, "validation")
    screen.click("button_mistake")
    screen.type("field_example", "7")  # chosen meanwhile: it stays
    assert screen.text("button_mistake") == "A mistake"
    screen.wait(lambda: not follower._background.busy)
    screen.settle()
    assert follower.index == 7


def test_mistakes_the_surest_first(digits_page):
    screen, follower = digits_page.screen, digits_page.follower
    x, targets = follower.split.batch(slice(None))
    y, labels = follower.snapshot.network.predict(x), targets.argmax(axis=1)
    margins = np.sort(y, axis=1)[:, -1] - np.sort(y, axis=1)[:, -2]
    certainty = y.max(axis=1)  # the outputs are sigmoids
    wrong = np.flatnonzero(y.argmax(axis=1) != labels)
    sizes = []
    for _ in range(3):
        click_and_wait(screen, "button_mistake")
        assert follower.index in wrong
        assert "✗" in screen.text("label_answer")
        sizes.append(certainty[follower.index])
    assert sizes == sorted(certainty[wrong], reverse=True)[:3]
    for place in range(2):
        click_and_wait(screen, "button_unsure")
        assert margins[follower.index] == np.sort(margins)[place]


def test_examples_of_another_split(digits_page):
    screen, follower = digits_page.screen, digits_page.follower
    assert screen.text("button_split").startswith("Test")
    screen.click("button_split")
    screen.choose_action("action_split_validation")
    assert (follower.split_name, follower.index) == ("validation", 0)
    assert screen.text("button_split").startswith("Validation")
    splits = screen.workspace.run.trainer.splits
    np.testing.assert_array_equal(follower.walkthrough.x, splits.validation.batch([0])[0])
    screen.type("field_example", "200")
    assert screen.error("example") == "there is no validation example 200: they are 0 to 199"
    click_and_wait(screen, "button_mistake")
    label = int(splits.validation.labels_at([follower.index])[0])
    assert follower.walkthrough.trace.outputs[-1].argmax() != label
    with pytest.raises(ValueError, match="no other examples"):
        follower.split_name = "other"
    assert follower.split_name == "validation"


def test_another_run_is_followed_on_its_own_split(digits_page, plane):
    follower = digits_page.follower
    follower.show_example(3, "validation")
    digits_page.screen.wait_for_new_run(lambda: digits_page.screen.workspace.open_experiment(plane))
    assert follower.split_name == "training"


def test_a_drawn_example_and_back(digits_page):
    stored = np.zeros(784, np.uint8)
    stored[300:400] = 255
    digits_page.follower.show_drawing(stored, 3)
    x = digits_page.follower.walkthrough.x
    assert np.array_equal(x[0], stored / np.float32(255))
    assert digits_page.follower.walkthrough.target.tolist() == [[0, 0, 0, 1, 0, 0, 0, 0, 0, 0]]
    digits_page.screen.click("button_random")
    assert digits_page.follower.index is not None
    digits_page.screen.type("field_example", "5")
    assert digits_page.follower.index == 5


# Pinned


def test_pictures_hold_still_while_training_goes_on(digits_page):
    screen = digits_page.screen
    digits_page.find_stage("forward", "Affine 1")
    before = digits_page.view(1).values.copy()
    worked = digits_page.worked
    screen.step(3)
    assert np.array_equal(digits_page.view(1).values, before)
    assert digits_page.worked == worked
    assert screen.text("label_pinned") == "pinned at step 0, now at 3"
    screen.click("button_take_current")
    assert screen.text("label_pinned") == "pinned at step 3"
    assert not screen.shows("button_take_current")
    assert digits_page.stage.operation == "Affine 1"  # still the same stage
    assert not np.array_equal(digits_page.view(1).values, before)
    unit = digits_page.follower.choice.unit
    now = screen.workspace.snapshot.network.layers[0].weight[:, unit]
    assert np.array_equal(digits_page.view(1).values, now)


def test_the_current_network_is_taken_as_it_is(digits_page):
    screen = digits_page.screen
    digits_page.find_stage("forward", "Affine 2")
    screen.type("field_hand_bias", "5")
    screen.step(1)
    screen.click("button_take_current")
    assert digits_page.follower.walkthrough.network.layers[2].bias.max() < 5
    assert not screen.shows("button_undo_hand")


def test_another_run_is_followed_at_once(digits_page, plane):
    screen = digits_page.screen
    digits_page.go(digits_page.last)
    screen.wait_for_new_run(lambda: screen.workspace.open_experiment(plane))
    assert digits_page.index <= digits_page.last == len(digits_page.follower.walkthrough.stages) - 1
    assert digits_page.follower.walkthrough.x.shape == (1, 2)


# By hand


def test_numbers_set_by_hand(xor_page):
    screen, follower = xor_page.screen, xor_page.follower
    xor_page.find_stage("forward", "Affine 1")
    before = follower.walkthrough
    pinned = follower.snapshot.network.layers[0].weight.tobytes()
    unit = follower.choice.unit
    source = follower.chosen("inputs")
    screen.type("field_hand_x", "0.75")
    screen.type("field_hand_weight", "2.5")
    screen.type("field_hand_bias", "-1.5")
    now = follower.walkthrough
    x, network = before.x.copy(), before.network.copy()
    x[0, source] = 0.75
    network.layers[0].weight[source, unit] = 2.5
    network.layers[0].bias[unit] = -1.5
    assert np.array_equal(now.x, x)
    trace = network.trace(x, now.target, now.loss)
    assert now.trace.loss == trace.loss
    for i in range(4):
        assert np.array_equal(now.trace.outputs[i], trace.outputs[i])
        assert np.array_equal(now.trace.downstream[i], trace.downstream[i])
    shown = float(xor_page.number(3).split()[-1].replace("−", "-"))
    assert shown == pytest.approx(float(trace.outputs[0][0, unit]), rel=0.00501)
    assert follower.snapshot.network.layers[0].weight.tobytes() == pinned
    assert screen.text("button_undo_hand") == "Undo 3 changes by hand"
    screen.click("button_undo_hand")
    assert follower.walkthrough.trace.loss == before.trace.loss
    assert np.array_equal(follower.walkthrough.x, before.x)
    assert not screen.shows("button_undo_hand")
    assert (
        screen.find("field_hand_bias").text() == f"{float(f'{before.network.layers[0].bias[unit]:.6g}'):.10g}"
    )


def test_numbers_by_hand_are_undone_one_by_one(xor_page):
    """With Ctrl+Z, which must not touch the experiment and its trained network meanwhile."""
    screen, follower = xor_page.screen, xor_page.follower
    undo, redo = screen.action("action_undo"), screen.action("action_redo")
    xor_page.find_stage("forward", "Affine 1")
    losses = [follower.walkthrough.trace.loss]
    for typed in ("2.5", "-3"):
        screen.type("field_hand_weight", typed)
        losses.append(follower.walkthrough.trace.loss)
    assert len(set(losses)) == 3
    for before in losses[1::-1]:
        undo.trigger()
        assert follower.walkthrough.trace.loss == before
    assert not undo.isEnabled()
    redo.trigger()
    assert follower.walkthrough.trace.loss == losses[1]
    assert screen.text("button_undo_hand") == "Undo 1 change by hand"
    screen.click("button_undo_hand")
    assert follower.walkthrough.trace.loss == losses[0]
    assert not undo.isEnabled()
    assert not redo.isEnabled()
    screen.type("field_hand_weight", "7")
    screen.click("button_page_train")
    assert not undo.isEnabled()
    screen.click("button_page_step_through")
    assert undo.isEnabled()


def test_an_input_by_hand_where_the_example_goes_in(digits_page):
    digits_page.click_entry(0, 400)
    digits_page.screen.type("field_hand_x", "0.5")
    assert digits_page.follower.walkthrough.x[0, 400] == 0.5
    digits_page.screen.type("field_example", "4")  # a change of the input belonged to the digit
    assert not digits_page.screen.shows("button_undo_hand")


@pytest.mark.parametrize("typed", ["much", "nan", "inf", "1e300"])
def test_what_is_no_number_by_hand(xor_page, typed):
    xor_page.find_stage("forward", "Affine 1")
    before = xor_page.follower.walkthrough.trace.loss
    xor_page.screen.type("field_hand_weight", typed)
    assert xor_page.follower.walkthrough.trace.loss == before
    assert xor_page.screen.find("field_hand_weight").property("invalid")


# Predict, then reveal


def test_predict_then_reveal(xor_page):
    screen = xor_page.screen
    screen.click("check_predict")
    screen.click("button_next")
    assert screen.shows("label_question")
    unit = xor_page.follower.choice.unit
    assert f"z₁[{unit}]" in screen.text("label_question")
    assert not screen.shows("formula_worked")
    assert not screen.shows("label_words")
    assert xor_page.number(3) == ""
    truth = float(xor_page.stage.result.values[unit])
    screen.type("field_guess", f"{truth * 1.02:.6f}")
    assert screen.text("label_revealed").endswith("within a tenth.")
    assert screen.shows("formula_worked")
    assert not screen.shows("label_question")
    shown = float(xor_page.number(3).split()[-1].replace("−", "-"))
    assert shown == pytest.approx(truth, rel=0.00501)
    screen.click("button_next")
    assert screen.shows("label_question")
    assert screen.text("label_revealed") == ""
    screen.click("button_reveal")
    assert screen.text("label_revealed").startswith("It is 0.")
    screen.click("check_predict")
    screen.click("button_next")
    assert not screen.shows("label_question")


def test_while_one_guesses_nothing_gives_the_answer_away(xor_page):
    """Neither the line on the example nor the graph of a small network."""
    screen = xor_page.screen
    assert re.search("the network says [01]", plain_text(screen.text("label_answer")))
    assert xor_page.page.graph_card.graph.values
    screen.click("check_predict")
    screen.click("button_next")
    assert plain_text(screen.text("label_answer")).endswith("the network says ?")
    assert not xor_page.page.graph_card.graph.values
    screen.click("button_reveal")
    assert re.search("the network says [01]", plain_text(screen.text("label_answer")))
    assert xor_page.page.graph_card.graph.values


def test_in_a_narrow_window_the_foot_is_not_cut(xor_page):
    """Not even while the network that is shown is an older one."""
    screen = xor_page.screen
    screen.window.resize(1024, 700)
    screen.step(1)
    screen.settle()
    for name in ("label_place", "label_pinned", "button_take_current"):
        widget = screen.find(name)
        assert widget.isVisible()
        assert widget.width() >= widget.sizeHint().width(), name


def test_an_answer_comes_into_sight(xor_page):
    screen = xor_page.screen
    screen.window.resize(1024, 700)
    xor_page.find_stage("backward", "Affine 1", "bias")
    answer(xor_page, "check")
    area, label = screen.find("scroll_words"), screen.find("label_stage_answer")
    screen.wait(lambda: area.viewport().rect().contains(label.mapTo(area.viewport(), label.rect().topLeft())))


@pytest.mark.parametrize(("share", "verdict"), [(3.0, "the right sign."), (-1.0, "look again.")])
def test_guesses_are_judged(xor_page, share, verdict):
    screen = xor_page.screen
    screen.click("check_predict")
    xor_page.go(1)
    truth = float(xor_page.stage.result.values[xor_page.follower.choice.unit])
    screen.find("field_guess").setText(f"{truth * share:.6f}".replace("-", "−"))
    screen.click("button_reveal")
    assert screen.text("label_revealed").endswith(verdict)


def test_the_question_is_about_what_is_chosen(xor_page):
    screen = xor_page.screen
    screen.click("check_predict")
    xor_page.find_stage("forward", "Sigmoid 1")
    for unit in (0, 1):
        xor_page.click_entry(0, unit)
        assert f"a₁[{unit}]" in screen.text("label_question")
    screen.click("button_reveal")
    value = float(xor_page.follower.walkthrough.trace.outputs[1][0, 1])
    assert float(re.search(r"-?[\d.]+\d", screen.text("label_revealed"))[0]) == pytest.approx(value, rel=1e-3)


def test_what_was_revealed_is_gone_with_its_stage(xor_page):
    xor_page.screen.click("check_predict")
    xor_page.screen.click("button_next")
    xor_page.screen.click("button_reveal")
    xor_page.click_cell(0, 3)
    assert xor_page.screen.text("label_revealed") == ""


def test_an_infinite_number_can_be_revealed(xor_page):
    screen = xor_page.screen
    xor_page.find_stage("forward", "Affine 1")
    screen.type("field_hand_x", "3e38")
    screen.type("field_hand_weight", "3e38")
    screen.click("check_predict")
    screen.type("field_guess", "5")
    assert "∞" in screen.text("label_revealed")


# Questions


def plain_text(rich):
    """Rich text without its tags."""
    return re.sub("<[^>]*>", "", rich)


def answer(page, name):
    """Press a question, and read the answer."""
    page.screen.click(f"button_{name}")
    page.screen.settle()
    return page.screen.text("label_stage_answer")


def test_check_agrees_with_the_core(digits_page):
    digits_page.screen.step(1)
    digits_page.screen.click("button_take_current")
    stage = digits_page.find_stage("backward", "Affine 2", "weight")
    w, choice = digits_page.follower.walkthrough, digits_page.follower.choice
    check = check_parameter(w.network, w.x, w.target, w.loss, 2, "weight", (choice.source, choice.unit))
    assert answer(digits_page, "check") == check_words(check)
    assert "✓ they agree" in check_words(check)
    assert check.analytic == pytest.approx(float(stage.result.values[choice.source, choice.unit]), rel=1e-4)


def test_check_is_right_at_every_stage_of_the_way_back(xor_page):
    xor_page.go(6)
    answer(xor_page, "check")
    for index in range(6, 15):
        xor_page.go(index)  # the question stays asked
        assert "✓ they agree" in xor_page.screen.text("label_stage_answer"), xor_page.heading
    xor_page.go(1)
    assert not xor_page.screen.shows("button_check")
    assert xor_page.screen.text("label_stage_answer") == ""


def test_check_words():
    kink = check_words(EntryCheck(0.1, 0.2, 1e-5, 1.0, True, 0.1))
    assert kink.startswith("Kink: ")
    rounded = check_words(EntryCheck(1e-9, 1.05e-9, 1e-5, 0.05, False, 1e-9))
    assert "✓ they agree to rounding" in rounded
    assert "✗ they differ" in check_words(EntryCheck(0.1, 0.2, 1e-5, 1.0, False, 0.1))


def test_a_tiny_right_gradient_is_not_told_as_wrong(xor_page):
    xor_page.find_stage("forward", "Affine 2")
    xor_page.screen.type("field_hand_bias", "-16")
    xor_page.find_stage("backward", "Affine 1", "bias")
    assert "✗" not in answer(xor_page, "check")


def number_told(text):
    """The number that is written so in a sentence."""
    mantissa, _, power = text.replace("−", "-").partition("·10")
    return float(mantissa) * 10.0 ** int(unicodedata.normalize("NFKC", power).replace("−", "-") or "0")


def test_paths_agree_with_the_core(digits_page):
    stage = digits_page.find_stage("backward", "Affine 1", "weight")
    w, choice = digits_page.follower.walkthrough, digits_page.follower.choice
    found = paths_of_weight(w.network, w.trace, 0, choice.source, choice.unit, most=5)
    text = answer(digits_page, "paths")
    assert text.startswith("∂L/∂(output) · slope of the sigmoid · weight · slope of the ReLU · input<br>")
    assert len(re.findall(r"unit \d+ → output \d: ", text)) == 5
    assert "the other 5 paths together" in text
    told_values = [number_told(t) for t in re.findall(r"<b>(.*?)</b>", text)]
    total = float(stage.result.values[choice.source, choice.unit])
    expected = [*(path.value for path in found.paths), found.remainder, total]
    assert told_values == pytest.approx(expected, rel=0.006)


def test_the_batch_agrees_with_the_core(digits_page):
    screen = digits_page.screen
    digits_page.find_stage("backward", "Affine 2", "weight")
    assert not screen.shows("button_pulls")  # there is no last batch yet
    screen.step(2)
    screen.click("button_take_current")
    text = answer(digits_page, "pulls")
    follower = digits_page.follower
    x, t = screen.workspace.run.trainer.splits.training.batch(follower.snapshot.batch)
    w, choice = follower.walkthrough, follower.choice
    pulls = pulls_on_weight(w.network, x, t, w.loss, 2, choice.source, choice.unit)
    assert "The last mini-batch had 50 examples" in text
    assert f"Mean: <b>{told(pulls.mean)}</b>" in text
    _, gradients = w.network.loss_and_gradients(x, t, w.loss)
    assert pulls.mean == pytest.approx(float(gradients[2]["weight"][choice.source, choice.unit]), rel=1e-4)


def test_an_answer_follows_what_is_chosen(xor_page):
    xor_page.find_stage("backward", "Affine 1", "weight")
    answer(xor_page, "paths")
    texts = set()
    for unit in (0, 1):
        xor_page.follower.point("units 1", unit)
        texts.add(xor_page.screen.text("label_stage_answer"))
    assert len(texts) == 2


# Small and other networks


def test_a_small_network_is_shown_as_a_graph(xor_page):
    screen = xor_page.screen
    assert screen.shows("graph_network")
    graph = screen.find("graph_network")
    assert graph.sizes == (2, 2, 1)
    xor_page.find_stage("forward", "Affine 1")
    place = graph.places().nodes[1, 1].center()
    screen.qtbot.mouseClick(graph, Qt.MouseButton.LeftButton, pos=place.toPoint())
    screen.settle()
    assert xor_page.worked.startswith("z₁[1] = ")
    shown = float(xor_page.number(3).split()[-1].replace("−", "-"))
    assert shown == pytest.approx(float(xor_page.stage.result.values[1]), rel=0.00501)


@pytest.mark.parametrize("unit", [0, 1])
def test_the_graph_lights_the_unit_and_the_edge_that_the_stage_speaks_of(xor_page, unit):
    graph = xor_page.screen.find("graph_network")
    xor_page.find_stage("backward", "Affine 2")  # the gradient of the hidden outputs
    xor_page.click_entry(3, unit)
    assert graph.highlight == ((1, unit), (2, unit, 0))
    xor_page.find_stage("backward", "Affine 1", "weight")
    xor_page.click_entry(1, unit)
    xor_page.click_entry(0, 1)
    assert graph.highlight == ((1, unit), (1, 1, unit))
    xor_page.find_stage("backward", "Affine 2", "weight")
    xor_page.click_entry(0, unit)
    assert graph.highlight == ((2, 0), (2, unit, 0))


def test_a_large_network_is_not_shown_as_a_graph(digits_page):
    assert not digits_page.screen.shows("graph_network")


@pytest.mark.parametrize("which", ["plane", "moons"])
def test_data_without_images(open_window, request, which):
    page = StepThrough(open_window(request.getfixturevalue(which)))
    for i in range(page.last + 1):
        page.go(i)
        assert page.worked
    screen = page.screen
    assert not screen.shows("button_draw")
    assert not screen.shows("mosaic_examples")
    assert screen.shows("button_mistake") == (which == "moons")
    assert screen.shows("choice_class") == (which == "moons")
    screen.type("field_example", "3")
    assert page.follower.index == 3
    screen.click("button_random")
    if which == "moons":
        click_and_wait(screen, "button_unsure")
        click_and_wait(screen, "button_mistake")
        y, label = page.follower.walkthrough.trace.outputs[-1][0, 0], page.follower.label
        assert (y > 0) != bool(label)


def test_a_window_of_1024_by_700(open_window):
    page = StepThrough(open_window(size=(1024, 700)))
    screen = page.screen
    assert (screen.window.width(), screen.window.height()) == (1024, 700)
    for i in range(page.last + 1):
        page.go(i)
        assert screen.window.width() == 1024
        for name in ("button_next", "button_back", "label_stage", "formula_worked", "label_words"):
            widget = screen.find(name)
            assert widget.isVisible(), name
        row = pictures(page.follower.walkthrough, page.stage, page.follower.choice)
        assert all(page.view(k).width() >= 60 and page.view(k).isVisible() for k in range(len(row)))
    assert not screen.shows("code_stage")
    screen.click("button_show_code")
    assert screen.shows("code_stage")
    screen.click("button_show_code")
    assert screen.shows("label_words")
    screen.click("check_predict")
    page.go(3)
    assert screen.shows("label_question")


@pytest.mark.parametrize(("size", "panel"), [((1440, 900), 380), ((1024, 700), 310)])
def test_beside_graph_and_lesson_no_number_is_cut_and_each_has_its_index_where_there_is_room(
    open_window, size, panel
):
    screen = open_window(XOR, size=size)
    page = StepThrough(screen)
    screen.window._row.insertSpacing(0, panel)  # as wide as a lesson is there
    screen.action("action_show_experiment").setChecked(False)
    screen.settle()
    page.follower.show_example(2)
    for i in range(page.last + 1):
        page.go(i)
        row = pictures(page.follower.walkthrough, page.stage, page.follower.choice)
        for k, picture in enumerate(row):
            number = page.view(k).findChild(QLabel, f"picture_{k}_number")
            assert number.sizeHint().width() <= number.width(), (i, number.text())
            if size[0] > 1400 and picture.axis is not None:
                assert page.number(k).startswith("["), (i, page.number(k))
        heading = screen.find("label_stage")
        assert heading.sizeHint().width() <= heading.width(), (i, heading.text())
        for sign in page.page.stage_card._signs:
            assert sign.isHidden() or sign.sizeHint().width() <= sign.width(), (i, sign.text())


def test_a_network_of_nan_is_shown(xor_page):
    xor_page.find_stage("forward", "Affine 1")
    xor_page.screen.type("field_hand_x", "3e38")
    xor_page.screen.type("field_hand_weight", "3e38")
    xor_page.screen.type("field_hand_bias", "-3e38")
    for i in range(xor_page.last + 1):
        xor_page.go(i)
    xor_page.screen.window.grab()


def test_in_a_small_window_with_a_lesson_beside_it_pictures_formula_and_words_have_room(open_window, digits):
    screen = open_window(digits, size=(1024, 700))
    page = StepThrough(screen).page
    screen.window._row.insertSpacing(0, 310)  # as wide as a lesson is there
    screen.action("action_show_experiment").setChecked(False)
    screen.settle()
    assert page.width() < 700
    page.follower.jump(1)
    screen.settle()
    for i in range(4):
        view = screen.find(f"picture_{i}")
        assert view.isVisible()
        assert view.width() > 70
        assert (view.bars.height() if view.bars.isVisible() else view.image.image_rect().height()) > 60
    for name in ("card_stage", "card_formula", "card_words", "card_foot", "card_example"):
        card = screen.find(name)
        assert page.rect().contains(card.geometry().translated(card.parentWidget().mapTo(page, QPoint(0, 0))))
    worked = screen.find("formula_worked")
    assert screen.find("card_formula").rect().contains(worked.geometry())
    assert not screen.shows("panel_by_hand")
