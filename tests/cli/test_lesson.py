"""`mlpviz lesson` and `mlpviz list lessons`: what a teacher is told of a lesson of their own."""

import pytest

from mlpviz.cli import main
from mlpviz.lessons.shelf import all_lessons

LESSON = """+++
title = "Mine"
summary = "One step."
order = 99
minutes = 1

[[claims]]
name = "first_loss"
preset = "line"
steps = 0
value = "loss_over()"
is = {claimed}
within = 0.005
shown = "2.13"
+++

## A step

The loss is {{first_loss}}.

```stage
preset = "line"
page = "train"
```

```task
words = "Make a step."
until = "step >= {until}"
do = "batch 1"
```

```question
ask = "Which?"
choices = ["this", "that"]
answer = "{answer}"
hint = "Look."
right = "Yes."
[[wrong]]
answer = "{wrong}"
say = "No."
```
"""


@pytest.fixture
def check(tmp_path, capsys):
    """A function that checks a lesson with something changed; gives the status and what was said."""

    def check(**changes):
        what = {"claimed": 2.13, "until": 1, "answer": "0", "wrong": "1"} | changes
        path = tmp_path / "mine.md"
        path.write_text(LESSON.format(**what), encoding="utf-8")
        status = main(["lesson", "check", str(path)])
        said = capsys.readouterr()
        return status, said.out + said.err

    return check


class TestCheck:
    def test_a_lesson_that_holds_is_told_so(self, check):
        status, said = check()
        assert status == 0
        assert said.endswith("Mine: 1 claims, all hold; 1 steps, all can be done and answered\n")

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"claimed": 3}, "line 8: first_loss does not hold: loss_over() is 2.1"),
            ({"until": 2}, "line 17: the task is not done by what is done in it"),
            ({"answer": "2"}, "line 32: '2' is 2, which is no place of a choice"),
            (
                {"answer": "gradient(1)[5, 0]"},
                "line 32: 'gradient(1)[5, 0]' cannot be computed: index 5 is out",
            ),
            ({"wrong": "0"}, "line 32: the wrong answer '0' counts as right"),
        ],
    )
    def test_one_that_does_not_is_told_where(self, check, change, said):
        status, told = check(**change)
        assert status == 1
        assert said in told

    def test_a_formula_of_unknown_names_is_not_read_at_all(self, check):
        status, told = check(answer="weigth(1)[0, 0]")
        assert status == 2
        assert "weigth" in told


@pytest.mark.parametrize("lesson", all_lessons()[0], ids=lambda lesson: lesson.name)
def test_every_lesson_that_comes_with_it_is_listed(lesson, capsys):
    assert main(["list", "lessons"]) == 0
    assert f"{lesson.name} " in capsys.readouterr().out
