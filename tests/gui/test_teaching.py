"""What a lesson makes of the window around it."""

import pytest

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
def teach(open_window, tmp_path, monkeypatch, plane):
    """Opens a window and begins the lesson in it."""

    def begin(size):
        (tmp_path / "two-steps.md").write_text(LESSON, encoding="utf-8")
        monkeypatch.setattr("mlpviz.lessons.shelf.own_folder", lambda: tmp_path)
        screen = open_window(plane, size=size)
        screen.workspace.lesson_wanted.emit("two-steps")
        rest(screen)
        return screen

    return begin


def rest(screen) -> None:
    screen.wait(lambda: not screen.window.teaching.tutor.is_busy)
    screen.settle()


def next_step(screen) -> None:
    screen.click("button_lesson_next")
    rest(screen)


def test_the_experiment_is_shown_by_the_steps_that_speak_of_it(teach):
    screen = teach((1440, 900))
    assert not screen.shows("panel_experiment")
    next_step(screen)
    assert screen.shows("panel_experiment")


def test_after_a_lesson_the_experiment_is_there_as_before(teach):
    screen = teach((1440, 900))
    screen.click("button_leave_lesson")
    screen.wait(lambda: screen.workspace.ready and not screen.workspace.is_loading)
    assert screen.shows("panel_experiment")


def test_a_small_window_with_lesson_and_experiment_shows_one_card_whole(teach):
    screen = teach((1024, 700))
    assert screen.shows("card_function")
    next_step(screen)
    assert not screen.shows("card_function")
    card = screen.find("card_cost")
    assert card.visibleRegion().boundingRect().size() == card.size()
