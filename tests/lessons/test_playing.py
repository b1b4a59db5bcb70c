"""A lesson gone through without a window comes to the places that it would come to in one."""

import pytest

from mlpviz.lessons.playing import Play
from mlpviz.lessons.quantities import names_of
from mlpviz.lessons.reading import read_lesson

LESSON = """+++
title = "Places"
summary = "Where one is."
order = 99
minutes = 1
+++

## Weights

```stage
preset = "digits"
set = {training_size = 300, validation_size = 100, epochs = 2}
train_to = 3
page = "train"
```

```task
words = "Pick a unit."
until = "unit == 5"
do = "pick mosaic_weights 5"
```

## A stage

```stage
page = "step_through"
split = "test"
example = 2
stage = 12
```

```task
words = "Ask for the paths."
until = "asked == 'paths'"
do = "click button_paths"
```

## Another unit

```stage
stage = 1
```

```task
words = "Pick a unit."
until = "unit == 7"
do = "pick picture_3 7"
```

## A mistake

```task
words = "Find one."
until = "argmax(output('test', example)) != argmax(targets('test', example))"
do = "click button_mistake"
```

## A race

```stage
page = "compare"
comparison = "losses"
```

```task
words = "Race."
until = "n_compared == 2 and of_run(0, 'step') == 4 and of_run(1, 'step') == 4"
do = "race 4"
```

## A drawing

```stage
page = "evaluate"
```

```task
words = "Draw."
until = "drawing_said >= 0 and not checked('check_fit')"
do = ["click check_fit", "draw 0.3,0.3 0.7,0.3 0.5,0.8"]
```
"""


@pytest.fixture
def play(tmp_path) -> Play:
    path = tmp_path / "places.md"
    path.write_text(LESSON, encoding="utf-8")
    return Play(read_lesson(path))


def test_a_task_is_done_once_it_was_done(play):
    tasks = 0
    for step in play.steps():
        assert step.task is not None
        assert not step.task.until.value(names_of(play.live())), step.title
        play.do_task(step)
        assert step.task.until.value(names_of(play.live())), step.title
        tasks += 1
    assert tasks == 6


def test_without_a_choice_the_stage_speaks_of_what_tells_most(play):
    steps = play.steps()
    next(steps)
    next(steps)
    names = names_of(play.live())
    assert names["unit"] == names["argmax"](names["output"]("test", 2, 1))
    assert names["source"] == names["argmax"](names["inputs"]("test", 2))
    assert (names["phase"], names["operation"]) == ("backward", "Affine 1")
