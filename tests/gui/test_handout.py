"""A lesson on paper: what belongs together, what is to be seen in the pictures, and whose it is."""

import re

import pytest
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QTextDocument

from mlpviz.gui import handout as making
from mlpviz.gui.handout import break_pages, handout
from mlpviz.lessons.playing import Play
from mlpviz.lessons.quantities import names_of
from mlpviz.lessons.reading import read_lesson

LESSON = """+++
title = "On paper"
summary = "What stands there."
order = 99
minutes = 1
+++

## Two cards

```stage
preset = "xor"
page = "train"
view = "units"
look_at = ["card_function", "card_units"]
```

## After the task

```stage
view = "cost"
look_at = "plot_cost"
```

```task
words = "Press **Batch** three times."
until = "step >= 3"
do = "batch 3"
```

```question
ask = "Which?"
choices = ["the first", "the second"]
answer = "1"
hint = "Look."
right = "So it is."
```

## Only a field

```stage
view = ""
look_at = "field_momentum"
```

## Seeds

```stage
preset = "xor"
set = {epochs = 2}
page = "many_seeds"
```

```task
words = "Press **Train all seeds**."
until = "seeds_trained >= 20"
do = "click button_train_seeds"
```

```question
ask = "How many were trained?"
answer = "seeds_trained"
hint = "Count."
right = "All of them."
```
"""


@pytest.fixture
def lesson(tmp_path, qapp):
    path = tmp_path / "paper.md"
    path.write_text(LESSON, encoding="utf-8")
    return read_lesson(path)


def test_a_picture_is_of_the_card_on_show_and_of_the_time_after_the_task(lesson):
    parts = list(making._parts(lesson))
    shown = [(part.view.figure if part.view else "", part.run.now.step) for part in parts]
    assert shown[:2] == [("units", 0), ("cost", 3)]
    assert shown[3] == ("seed-ends", 0)


def test_seeds_are_trained_when_the_task_asks_for_them(lesson):
    play = Play(lesson)
    for step in play.steps():
        last = step
    assert names_of(play.live())["seeds_trained"] == 20
    assert last.title == "Seeds"


def test_the_picture_stands_before_the_question_and_the_answer_in_quotes(lesson):
    told = handout(lesson, ".html", for_teacher=True).decode()
    step = told[told.index("After the task") :]
    assert step.index("<img") < step.index("Question.") < step.index("Answer.")
    assert "“the second”. So it is." in re.sub(r"<[^>]*>", "", step)
    assert "MIT licence" in told
    assert making.DIGITS not in told  # there is none in it


def test_a_pdf_says_on_each_page_which_it_is_of_how_many(lesson, monkeypatch):
    feet = []
    original = making.QPainter.drawText

    def take_down(painter, *rest):
        feet.append(rest[-1])
        return original(painter, *rest)

    monkeypatch.setattr(making.QPainter, "drawText", take_down)
    pdf = handout(lesson, ".pdf", for_teacher=True)
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert [each for each in feet if " of " in each] == [f"{k + 1} of {pages}" for k in range(pages)]
    assert feet.count("On paper · with answers") == pages


def test_a_heading_does_not_stay_behind_at_the_foot_of_a_page(qapp):
    height = 300
    for lines in range(5, 25):
        document = QTextDocument()
        document.setMarkdown("\n\n".join(["Words."] * lines + ["## Heading", "Text.", "**Question.** What?"]))
        document.setDocumentMargin(0.0)
        document.setPageSize(QSizeF(400, height))
        break_pages(document, height)
        layout, tops = document.documentLayout(), {}
        for block in making._blocks(document):
            tops[block.text()] = layout.blockBoundingRect(block)
            assert not block.text() or tops[block.text()].height() > 0
        pages = {int(tops[name].top() // height) for name in ("Heading", "Text.", "Question. What?")}
        assert len(pages) == 1, lines
