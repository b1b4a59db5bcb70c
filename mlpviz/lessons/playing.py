"""Goes through a lesson without a window: the stage of each step, and what is done in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from mlpviz.data.drawing import prepare
from mlpviz.lessons.lesson import Lesson, LessonStep, Stage
from mlpviz.lessons.quantities import Live, names_of
from mlpviz.lessons.verbs import Verb, check_verb, stroke_of
from mlpviz.training import Experiment, History, Trainer
from mlpviz.training.comparisons import load_comparison
from mlpviz.training.experiment import LIVE_SETTINGS, parse_assignment
from mlpviz.training.parameters import ParameterPath
from mlpviz.training.presets import DEFAULT_PRESET, load_preset
from mlpviz.training.race import Contender, Goal, Race, batches_each, epoch_each
from mlpviz.training.seed_result import SeedResult
from mlpviz.training.sweep import USUAL_COUNT, seeds_of, sweep
from mlpviz.walkthrough import Stage as StepOfWalk
from mlpviz.walkthrough import Walkthrough
from mlpviz.walkthrough.example import choice_along, follow
from mlpviz.walkthrough.pictures import pictures

ASKED = {"button_check": "check", "button_paths": "paths", "button_pulls": "pulls"}
"""What is asked of a stage by a button."""
BOXES = ("check_fit", "check_centre")
"""Of the board to draw on, in the order of its steps."""


@dataclass(slots=True)
class Place:
    """Where in the window a step is: what its stage says, and what the ones before have said.

    Attributes
    ----------
    unit
        Chosen among the weights.
    chosen
        Along the axes of the walkthrough.
    asked
        Which of its questions is answered.
    strokes, unchecked
        Of the board to draw on: what is drawn, and which of its boxes are switched off.
    """

    page: str = "train"
    view: str = ""
    example: int = 0
    split: str = ""
    stage: int = 0
    comparison: str = ""
    choices: dict[str, Any] = field(default_factory=dict)
    unit: int = 0
    chosen: dict[str, int] = field(default_factory=dict)
    asked: str = ""
    strokes: list[list[tuple[float, float]]] = field(default_factory=list)
    unchecked: set[str] = field(default_factory=set)


class Play:
    """A run that does what the steps of a lesson ask for.

    Attributes
    ----------
    trainer, history, path
        The run on show.
    place
        Where the window would be.
    race
        Of the comparison that the lesson is at; None where there was none yet.
    seeds
        What came of each seed of the run on show; none where they were not trained yet.
    """

    def __init__(self, lesson: Lesson) -> None:
        self._lesson = lesson
        self.place = Place()
        self.race: Race | None = None
        self.seeds: tuple[SeedResult, ...] = ()
        self._is_done = False
        self._begin(load_preset(DEFAULT_PRESET))

    def steps(self) -> Iterator[LessonStep]:
        """Each step, its stage set; what it asks for is done when the next one is asked for."""
        for step in self._lesson.steps:
            self._set_up(step.stage)
            self._is_done = False
            if step.task is not None and step.task.asks:
                self.place.asked = ""
            yield step
            self.do_task(step)

    def do_task(self, step: LessonStep) -> None:
        """Do what the step on show asks for, if that is not done yet."""
        if step.task is not None and not self._is_done:
            self._is_done = True
            self.do(step.task.do)

    def live(self) -> Live:
        """What formulas may speak of."""
        place = self.place
        places: dict[str, Any] = {"page": place.page, "stage": place.stage, "example": place.example}
        if place.page == "step_through":
            walkthrough, stage = self._walk()
            choice = choice_along(walkthrough, stage, place.chosen)
            places |= {"unit": choice.unit, "source": choice.source, "asked": place.asked}
            places |= {"operation": stage.operation, "phase": stage.phase}
        elif place.page == "train":
            places["unit"] = place.unit
        elif place.page == "evaluate":
            places |= {"drawing_said": self._drawing_said(), "checked": self._is_checked}
        elif place.page == "many_seeds":
            learnt = sum(bool(each.learnt) for each in self.seeds)
            places |= {"seeds_trained": len(self.seeds), "seeds_learnt": learnt}
        runs = () if self.race is None else self.race.contenders
        compared = tuple(Live.of(run.trainer, run.history) for run in runs)
        return replace(Live.of(self.trainer, self.history), places=places, compared=compared)

    def _is_checked(self, name: str) -> bool:
        return name in BOXES and name not in self.place.unchecked

    def _drawing_said(self) -> int:
        """The class that the network names for what is drawn; −1 while nothing is."""
        dataset, place = self.trainer.dataset, self.place
        if not place.strokes or dataset.image_shape is None:
            return -1
        strokes = [np.array(stroke) for stroke in place.strokes]
        fit, centre = map(self._is_checked, BOXES)
        drawn = prepare(strokes, fit, centre, dataset.image_shape)
        x = self.trainer.splits.training.scaled(drawn.digit.reshape(1, -1))
        return int(self.trainer.network.predict(x)[0].argmax())

    def _walk(self) -> tuple[Walkthrough, StepOfWalk]:
        """The walkthrough of the example on show, and its stage on show."""
        _, walkthrough = follow(self.trainer, self.place.example, self.place.split or None)
        return walkthrough, walkthrough.stages[min(self.place.stage, len(walkthrough.stages) - 1)]

    def do(self, verbs: tuple[str, ...]) -> None:
        """Do what does something to the run, and note where the window goes."""
        for verb in map(check_verb, verbs):
            self._do(verb)

    # ------------------------------------------------------------------ stages and verbs

    def _begin(self, experiment: Experiment) -> None:
        self.trainer, self.history = Trainer(experiment), History()
        self.path, self.seeds = ParameterPath.of(self.trainer.network), ()
        self._take_down()

    def _set_up(self, stage: Stage) -> None:
        if stage.experiment:
            self._begin(load_preset(stage.experiment).with_settings(stage.settings))
        for name, value in stage.changes.items():
            self.trainer.change(name, value)
        self._train(stage.train_to - self.trainer.index)
        place = self.place
        place.page = stage.page or place.page
        place.view = stage.view or place.view
        place.split = stage.split or place.split
        place.comparison = stage.comparison or place.comparison
        if stage.example is not None:
            place.example, place.chosen = stage.example, {}
        place.stage = place.stage if stage.stage is None else stage.stage
        if stage.comparison:
            found = load_comparison(stage.comparison)
            self.race = Race(
                [Contender(run.name, Trainer(run.experiment)) for run in found.runs], found.measure
            )
        place.choices = dict(stage.choices)

    def _do(self, verb: Verb) -> None:
        experiment = self.trainer.experiment
        match verb.name:
            case "batch":
                self._train(verb.count)
            case "epoch" if self.place.page == "compare" and self.race is not None:
                self._race(epoch_each(self.race.contenders))
            case "epoch":
                self._train(1)
                while not self.trainer.at_epoch_end and self._train(1):
                    pass
            case "train":
                while self._train(1):
                    pass
            case "train_to":
                self._train(verb.count - self.trainer.index)
            case "reset":
                self._begin(experiment)
            case "new_seed":
                self._begin(experiment.with_settings({"seed": experiment.seed + 1}))
            case "preset":
                self._begin(load_preset(verb.words[0]))
            case "set":
                name, value = parse_assignment("=".join(verb.words))
                if name in LIVE_SETTINGS:
                    self.trainer.change(name, value)
                else:
                    self._begin(experiment.with_settings({name: value}))
            case "page":
                self.place.page = verb.words[0]
            case "stage":
                self.place.stage = verb.count
            case "race" if self.race is not None:
                self._race(batches_each(self.race.contenders, verb.count))
            case "draw":
                self.place.strokes.append(stroke_of(verb.words[0]))
            case "pick":
                self._pick(verb.words[0], verb.count)
            case "click":
                self._click(verb.words[0])

    def _pick(self, name: str, index: int) -> None:
        """A unit of the weights, or an entry of a picture of the walkthrough; others move nothing here."""
        if name == "mosaic_weights":
            self.place.unit = index
        elif name.startswith("picture_"):
            walkthrough, stage = self._walk()
            row = pictures(walkthrough, stage, choice_along(walkthrough, stage, self.place.chosen))
            axis = row[int(name.removeprefix("picture_"))].axis
            if axis is not None:
                self.place.chosen[axis] = index

    def _click(self, name: str) -> None:
        """The questions of the walkthrough, the search for a mistake, the seeds; others move nothing here."""
        if name in BOXES:
            self.place.unchecked ^= {name}
        elif name == "button_clear_drawing":
            self.place.strokes.clear()
        elif name in ASKED:
            self.place.asked = ASKED[name]
        elif name == "button_train_seeds":
            experiment = self.trainer.experiment
            found = sweep(experiment, seeds_of(experiment, USUAL_COUNT))
            self.seeds = tuple(sorted(found, key=lambda each: each.seed))
        elif name == "button_mistake":
            found = names_of(self.live())["mistakes"](self.place.split or "test")
            if len(found):
                self.place.example, self.place.chosen = int(found[0]), {}

    def _race(self, goal: Goal) -> None:
        assert self.race is not None
        while self.race.advance(goal) is not None:
            pass

    def _train(self, count: int) -> bool:
        """Make so many steps; False if there were fewer to make."""
        made = 0
        while made < count:
            step = next(self.trainer.steps(), None)
            if step is None:
                return False
            self.history.append(step)
            self._take_down()
            made += 1
        return True

    def _take_down(self) -> None:
        if self.path is not None:
            self.path.append(self.trainer.index, self.trainer.network)
