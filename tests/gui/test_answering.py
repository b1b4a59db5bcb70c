"""How answers in a lesson are taken: as they are typed, and only while they last."""

import pytest
from PySide6.QtCore import Qt

from mlpviz.training.presets import load_preset

ASKING = """+++
title = "Asking"
summary = "Numbers, and what is asked of a stage."
order = 97
minutes = 1
+++

## A count

Text.

```stage
preset = "line"
page = "train"
```

```question
ask = "How many?"
answer = "79510 + step"
tolerance = 0
hint = "Count."
```

## Check

Text.

```stage
page = "step_through"
stage = 3
```

```task
words = "Press **Check**."
until = "asked == 'check'"
do = "click button_check"
```

## Check again

Text.

```stage
stage = 4
```

```task
words = "Press **Check**."
until = "asked == 'check'"
do = "click button_check"
```
"""


@pytest.fixture
def ask(begin_lesson):
    """Opens a window and begins, or goes on with, the lesson with numbers and checks."""
    return lambda index=0: begin_lesson("asking", ASKING, index)


@pytest.mark.parametrize("text", ["79510", "79 510", "79,510"])
def test_a_number_is_understood_with_its_thousands_in_groups(ask, text):
    screen = ask()
    screen.type("field_answer", text, Qt.Key.Key_Return)
    assert screen.window.teaching.tutor.answered


def test_a_verdict_goes_when_the_run_goes_on(ask):
    screen = ask()
    question = screen.window.teaching.panel.question
    screen.type("field_answer", "79511", Qt.Key.Key_Return)
    assert question.said.startswith("**✗**")
    screen.click("button_batch")
    screen.wait(lambda: screen.workspace.snapshot.step == 1 and question.said == "")
    screen.type("field_answer", "79511", Qt.Key.Key_Return)
    assert screen.window.teaching.tutor.answered
    assert question.said.startswith("**✓**")


def test_what_is_asked_of_a_stage_begins_switched_off(ask):
    screen = ask(1)
    tutor = screen.window.teaching.tutor
    assert not tutor.task_done
    screen.click("button_check")
    screen.wait(lambda: tutor.task_done)
    assert screen.find("button_check").isChecked()
    screen.next_in_lesson()
    assert not screen.find("button_check").isChecked()
    assert not tutor.task_done
    screen.click("button_do_it")
    screen.wait(lambda: tutor.task_done)
    screen.click("button_leave_lesson")
    screen.wait(lambda: screen.workspace.ready and not screen.workspace.is_loading)
    screen.workspace.lesson_wanted.emit("asking")
    screen.rest_in_lesson()
    assert not screen.window.pages["step_through"].words.asked


def test_the_pictures_of_few_units_are_named(open_window):
    screen = open_window(load_preset("xor"), size=(1440, 900))
    screen.click("button_page_train")
    screen.settle()
    view = screen.find("mosaic_units")
    assert list(view.names()) == ["unit 0", "unit 1"]
    for i, place in enumerate(view.names().values()):
        assert view.cell_rect(i).contains(place)
