"""What a lesson consists of: steps with text, a stage that is set, something to do, and a question."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlpviz.lessons.expressions import Expression

_PARTS = re.compile(r"\$\$.*?\$\$|\$[^$\n]*\$|`[^`\n]*`|\{(?P<name>[a-z_][a-z0-9_]*)\}", re.DOTALL)
"""Formulas and code, which keep their braces, and the places of claims."""

PAGES = ("train", "step_through", "evaluate", "compare", "many_seeds")


@dataclass(frozen=True, slots=True)
class Claim:
    """A number in a lesson's text, with the run that shows it.

    Attributes
    ----------
    name
        The text has ``{name}`` in its place.
    experiment, settings
        A preset's name, and what is changed of it.
    steps
        After how many steps; None at the end.
    value
        What is measured of that run.
    states
        What the lesson says it is.
    tolerance
        How far the two may be apart.
    shown
        How the number stands in the text.
    line
        In the file.
    """

    name: str
    experiment: str
    settings: Mapping[str, Any]
    steps: int | None
    value: Expression
    states: float
    tolerance: float
    shown: str
    line: int


@dataclass(frozen=True, slots=True)
class Wrong:
    """A common wrong answer, and what to say to it: a number, or the place of a choice."""

    answer: Expression
    say: str


@dataclass(frozen=True, slots=True)
class Question:
    """Something to find out, whose answer is computed from the live network.

    Attributes
    ----------
    ask
    answer
        A number; or the place of the right choice; or the index of what is to be clicked.
    choices
        To choose from; none for a number.
    click
        The object name of what is to be clicked; empty for a number or a choice.
    tolerance
        Of a number: the part of it by which an answer may be off.
    hint
    wrong
        Common wrong answers.
    right
        What to say when it was right.
    line
        In the file.
    """

    ask: str
    answer: Expression
    choices: tuple[str, ...]
    click: str
    tolerance: float
    hint: str
    wrong: tuple[Wrong, ...]
    right: str
    line: int


@dataclass(frozen=True, slots=True)
class Stage:
    """How the program is set up for a step. What is left out stays as it is.

    Attributes
    ----------
    experiment, settings
        A new run: a preset's name, and what is changed of it.
    train_to
        Train it until that step; 0 not at all.
    page, view
        Which page, and which view of the Train page.
    choices
        Controls by their object names, set so.
    example, split, stage
        For the page that steps through.
    comparison
        For the page that compares.
    changes
        Live settings of the run on show.
    look_at
        Object names of what is lit.
    """

    experiment: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    train_to: int = 0
    page: str = ""
    view: str = ""
    choices: Mapping[str, Any] = field(default_factory=dict)
    example: int | None = None
    split: str = ""
    stage: int | None = None
    comparison: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)
    look_at: tuple[str, ...] = ()

    @property
    def makes_run(self) -> bool:
        """Whether it begins with a run of its own, whatever was on show before."""
        return bool(self.experiment or self.comparison)


@dataclass(frozen=True, slots=True)
class Task:
    """What the learner does.

    Attributes
    ----------
    words
    until
        It is done once this is true.
    do
        What does it, one verb after the other: ``"batch 3"``, ``"train_to 200"``, ``"set learning_rate 2"``.
    """

    words: str
    until: Expression
    do: tuple[str, ...]

    @property
    def asks(self) -> bool:
        """Whether it is to ask something of a stage."""
        return "asked" in self.until.text


@dataclass(frozen=True, slots=True)
class LessonStep:
    """One step: a page of the lesson. `text` is Markdown with formulas between dollar signs."""

    title: str
    text: str
    stage: Stage
    task: Task | None
    question: Question | None
    line: int


@dataclass(frozen=True, slots=True)
class Lesson:
    """A guided tour.

    Attributes
    ----------
    name
        Of its file, without the ending.
    order
        Its place on the path.
    minutes
        How long it takes, about.
    """

    name: str
    title: str
    summary: str
    order: int
    minutes: int
    claims: tuple[Claim, ...]
    steps: tuple[LessonStep, ...]
    path: Path

    def origin(self, index: int) -> int:
        """The step at or before one that makes the run, or the list of runs, on which it builds."""
        made = [i for i in range(index + 1) if self.steps[i].stage.makes_run]
        return made[-1] if made else 0

    def told(self, text: str) -> str:
        """A text with the numbers of its claims in their places."""
        shown = {claim.name: claim.shown for claim in self.claims}
        return _PARTS.sub(lambda found: shown.get(found["name"] or "", found[0]), text)
