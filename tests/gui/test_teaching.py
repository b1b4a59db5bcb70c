"""What a lesson makes of the window around it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

LESSON = """+++
title = "Two steps"
summary = "One speaks of a card, the other of a field."
order = 99
minutes = 1
+++

## A card

Text.

```stage
preset = "line"
page = "train"
view = "cost"
look_at = "card_cost"
```

## A field

Text.

```stage
look_at = ["field_learning_rate", "card_cost"]
```
"""


@pytest.fixture
def teach(begin_lesson):
    """Opens a window and begins the lesson in it."""
    return lambda size: begin_lesson("two-steps", LESSON, size=size)


def test_the_experiment_is_shown_by_the_steps_that_speak_of_it(teach):
    screen = teach((1440, 900))
    assert not screen.shows("panel_experiment")
    screen.next_in_lesson()
    assert screen.shows("panel_experiment")


def test_after_a_lesson_the_experiment_is_there_as_before(teach):
    screen = teach((1440, 900))
    screen.click("button_leave_lesson")
    screen.wait(lambda: screen.workspace.ready and not screen.workspace.is_loading)
    assert screen.shows("panel_experiment")


def test_a_small_window_with_lesson_and_experiment_shows_one_card_whole(teach):
    screen = teach((1024, 700))
    assert screen.shows("card_function")
    screen.next_in_lesson()
    assert not screen.shows("card_function")
    card = screen.find("card_cost")
    assert card.visibleRegion().boundingRect().size() == card.size()


BUILDING = """+++
title = "Steps that build on each other"
summary = "The second is trained, the fourth has another run."
order = 98
minutes = 1
+++

## Ready

Text.

```stage
preset = "line"
set = {seed = 3}
page = "train"
```

## Trained

Text.

```task
words = "Train."
until = "step >= 5"
do = ["batch 3", "train_to 5"]
```

## Looked at

Text.

```stage
train_to = 7
page = "step_through"
stage = 2
```

## Another

Text.

```stage
preset = "plane"
page = "train"
```

## Faster

Text.

```stage
change = {learning_rate = 0.01}
```
"""


@pytest.fixture
def build(begin_lesson):
    """Opens a window and begins, or goes on with, the lesson whose steps build on each other."""
    return lambda index: begin_lesson("building", BUILDING, index)


def what_is_on_show(screen):
    workspace = screen.workspace
    return workspace.experiment.dataset, workspace.experiment.seed, workspace.snapshot.step


def test_a_lesson_that_was_left_goes_on_with_the_run_it_had(build):
    screen = build(2)
    assert screen.window.teaching.tutor.index == 2
    assert what_is_on_show(screen) == ("line", 3, 7)
    assert screen.window.page.key == "step_through"
    assert screen.window.page.follower.cursor.index == 2


def test_back_over_a_new_run_brings_the_earlier_one(build):
    screen = build(3)
    assert what_is_on_show(screen)[0] == "plane"
    screen.click("button_lesson_back")
    screen.rest_in_lesson()
    assert what_is_on_show(screen) == ("line", 3, 7)


def test_back_over_a_change_takes_it_back(build):
    screen = build(4)
    assert screen.workspace.experiment.learning_rate == 0.01
    screen.click("button_lesson_back")
    screen.rest_in_lesson()
    assert screen.workspace.experiment.learning_rate != 0.01
    assert what_is_on_show(screen)[0] == "plane"


def test_back_within_a_run_leaves_it_as_it_is(build):
    screen = build(2)
    screen.click("button_lesson_back")
    screen.rest_in_lesson()
    assert what_is_on_show(screen) == ("line", 3, 7)


@pytest.mark.parametrize("size", [(1024, 700), (1280, 800), (1440, 900)])
def test_a_presented_lesson_stands_beside_the_program_and_leaves_it_room(teach, size):
    screen = teach(size)
    panel = screen.find("lesson_panel")
    usual = screen.find("button_lesson_next").font().pixelSize()
    screen.press(Qt.Key.Key_F5)
    screen.settle()
    page = screen.window.page
    right_end = panel.mapTo(screen.window, panel.rect().topRight()).x()
    assert right_end < page.mapTo(screen.window, page.rect().topLeft()).x()
    assert page.width() >= page.minimumSizeHint().width()
    assert screen.window.width() == size[0]
    assert screen.find("button_lesson_next").font().pixelSize() > usual


def test_while_presenting_the_program_cannot_be_pressed_by_accident_and_esc_ends_it(teach):
    screen = teach((1440, 900))
    screen.press(Qt.Key.Key_F5)
    before = screen.window.workspace.run
    cost = screen.find("plot_cost")
    screen.qtbot.mouseClick(cost.viewport() if hasattr(cost, "viewport") else cost, Qt.MouseButton.LeftButton)
    screen.settle()
    assert screen.window.workspace.run is before  # else a click there begins another run
    screen.press(Qt.Key.Key_Escape)
    assert not screen.window.teaching.is_presenting
    assert screen.shows("menu_bar")
    assert screen.find("lesson_panel").isVisible()


def test_without_a_lesson_there_is_nothing_to_present_and_it_is_said(open_window, plane):
    screen = open_window(plane)
    screen.press(Qt.Key.Key_F5)
    assert "begin one on the page Learn" in screen.health


def test_only_the_lesson_has_next_and_back_while_it_is_on(build):
    screen = build(2)
    assert [screen.find(f"button_{name}").text() for name in ("back", "next")] == ["‹ Stage", "Stage ›"]
    assert screen.find("button_next").property("role") != "primary"
    assert screen.find("button_lesson_next").property("role") == "primary"
    screen.click("button_leave_lesson")
    screen.wait(lambda: screen.workspace.ready and not screen.workspace.is_loading)
    screen.window.show_page("step_through")
    assert [screen.find(f"button_{name}").text() for name in ("back", "next")] == ["‹ Back", "Next ›"]
    assert screen.find("button_next").property("role") == "primary"


def test_a_picture_that_was_left_can_be_returned_to(build):
    screen = build(2)
    tutor, window = screen.window.teaching.tutor, screen.window
    screen.wait(lambda: not tutor.is_away)
    assert not screen.shows("button_return_to_picture")
    screen.click("button_next")
    screen.wait(lambda: screen.shows("button_return_to_picture"))
    screen.click("button_return_to_picture")
    screen.rest_in_lesson()
    assert window.page.follower.cursor.index == 2
    screen.wait(lambda: not screen.shows("button_return_to_picture"))
    window.show_page("train")
    screen.wait(lambda: screen.shows("button_return_to_picture"))
    screen.click("button_return_to_picture")
    screen.rest_in_lesson()
    assert window.page.key == "step_through"
    assert window.page.follower.cursor.index == 2
    assert screen.workspace.snapshot.step == 7


def test_where_a_task_has_led_is_the_picture_of_its_step(build):
    screen = build(1)
    screen.window.show_page("evaluate")
    screen.click("button_do_it")
    screen.rest_in_lesson()
    screen.wait(lambda: screen.window.teaching.tutor.task_done)
    assert not screen.shows("button_return_to_picture")
    screen.window.show_page("train")
    screen.wait(lambda: screen.shows("button_return_to_picture"))


ASKING = """+++
title = "Things that are asked"
summary = "A task, a number, and a choice."
order = 0
minutes = 1
+++

## To read

Text.

```stage
preset = "line"
page = "train"
view = "cost"
```

## To answer

Text.

```question
ask = "What is one and one?"
answer = 2
hint = "Count."
right = "So it is."
[[wrong]]
answer = 3
say = "That is one too many."
```

## To choose

Text.

```question
ask = "Which?"
choices = ["this", "that"]
answer = 1
hint = "Not this."
```

## To do

Text.

```task
words = "Make a step."
until = "step >= 1"
do = "batch 1"
```
"""


@pytest.fixture
def ask(begin_lesson):
    """Opens a window, begins the lesson that asks, and goes to one of its steps."""

    def begin(index):
        screen = begin_lesson("asking", ASKING, size=(1440, 900))
        for _ in range(index):
            screen.next_in_lesson()
        return screen

    return begin


@pytest.mark.parametrize(
    ("index", "name"),
    [(0, "button_lesson_next"), (1, "field_answer"), (2, "choice_answer_0"), (3, "lesson_panel")],
)
def test_return_does_not_skip_what_is_asked(ask, index, name):
    screen = ask(index)
    assert QApplication.focusWidget().objectName() == name
    screen.press(Qt.Key.Key_Return)
    screen.rest_in_lesson()
    assert screen.window.teaching.tutor.index == (1 if index == 0 else index)


def test_a_button_that_skips_is_not_the_one_to_press(ask):
    screen = ask(0)
    button = screen.find("button_lesson_next")
    assert (button.text(), button.property("role")) == ("Next ›", "primary")
    screen.next_in_lesson()
    assert (button.text(), button.property("role")) == ("Skip ›", "")


def test_a_hint_stands_beside_what_was_said_to_the_answer(ask):
    screen = ask(1)
    screen.type("field_answer", "3")
    screen.click("button_hint")
    assert "one too many" in screen.find("label_verdict_on_answer").markdown
    assert "Count." in screen.find("label_hint").markdown
    screen.type("field_answer", "2")
    assert not screen.find("label_hint").markdown


def test_what_was_said_to_the_right_answer_stands_there_again(ask):
    screen = ask(1)
    screen.type("field_answer", "2")
    screen.next_in_lesson()
    screen.click("button_lesson_back")
    screen.rest_in_lesson()
    assert screen.find("label_verdict_on_answer").markdown == "**✓** Right. So it is."


def test_a_task_that_is_done_keeps_its_height(ask):
    screen = ask(3)
    height = screen.find("box_task").height()
    screen.click("button_do_it")
    screen.wait(lambda: screen.text("button_do_it") == "✓ Done")
    screen.settle()
    assert screen.find("box_task").height() == height


def test_a_lesson_begins_without_the_paths_of_earlier_runs(ask):
    screen = ask(3)
    screen.click("button_do_it")
    screen.rest_in_lesson()
    screen.wait_for_new_run(lambda: screen.click("button_reset"))
    screen.wait(lambda: bool(screen.find("plot_cost").marks.earlier))
    screen.workspace.lesson_wanted.emit("asking")
    screen.rest_in_lesson()
    assert not screen.find("plot_cost").marks.earlier


def test_after_a_lesson_the_next_one_is_ready_to_begin(ask):
    screen = ask(3)
    assert screen.text("button_lesson_next") == "Finish"
    screen.next_in_lesson()
    following = "button_begin_01_a_line_through_points"
    assert QApplication.focusWidget().objectName() == following
    button = screen.find(following)
    assert button.visibleRegion().boundingRect().size() == button.size()


def test_a_lesson_trains_to_its_stage_at_full_speed_and_gives_the_speed_back(build):
    screen = build(0)
    bar = screen.window.training_bar
    bar.speed.setValue(0)  # one step a second: the stage of the next steps would take seven
    for _ in range(2):
        screen.next_in_lesson()
    assert screen.workspace.snapshot.step == 7
    assert screen.workspace.steps_per_second == 1
    screen.click("button_leave_lesson")
    screen.wait(lambda: screen.workspace.ready and not screen.workspace.is_loading)
    assert bar.speed.value() == bar.speed.maximum()


def test_the_glossary_opens_beside_the_text_that_sent_one_there(teach):
    screen = teach((1440, 900))
    panel = screen.find("lesson_panel")
    panel.term_wanted.emit("weight")
    glossary = screen.window.glossary
    assert glossary.isVisible()
    assert glossary.pos().x() > panel.mapToGlobal(panel.rect().topRight()).x()
    glossary.close()
