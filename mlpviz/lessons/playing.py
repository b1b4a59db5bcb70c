"""Goes through a lesson without a window: the stage of each step, and what is done in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from mlpviz.lessons.lesson import Lesson, LessonStep, Stage
from mlpviz.lessons.quantities import Live
from mlpviz.lessons.verbs import Verb, check_verb
from mlpviz.training import Experiment, History, Trainer
from mlpviz.training.experiment import LIVE_SETTINGS, parse_assignment
from mlpviz.training.parameters import ParameterPath
from mlpviz.training.presets import DEFAULT_PRESET, load_preset


@dataclass(slots=True)
class Place:
    """Where in the window a step is: what its stage says, and what the ones before have said."""

    page: str = "train"
    view: str = ""
    example: int = 0
    split: str = ""
    stage: int = 0
    comparison: str = ""
    choices: dict[str, Any] = field(default_factory=dict)
    raced: int = 0


class Play:
    """A run that does what the steps of a lesson ask for.

    Attributes
    ----------
    trainer, history, path
        The run on show.
    place
        Where the window would be.
    """

    def __init__(self, lesson: Lesson) -> None:
        self._lesson = lesson
        self.place = Place()
        self._begin(load_preset(DEFAULT_PRESET))

    def steps(self) -> Iterator[LessonStep]:
        """Each step, its stage set; what it asks for is done when the next one is asked for."""
        for step in self._lesson.steps:
            self._set_up(step.stage)
            yield step
            if step.task is not None:
                self.do(step.task.do)

    def live(self) -> Live:
        """What formulas may speak of."""
        places = {"page": self.place.page, "stage": self.place.stage, "example": self.place.example}
        return replace(Live.of(self.trainer, self.history), places=places)

    def do(self, verbs: tuple[str, ...]) -> None:
        """Do what does something to the run, and note where the window goes."""
        for verb in map(check_verb, verbs):
            self._do(verb)

    # ------------------------------------------------------------------ stages and verbs

    def _begin(self, experiment: Experiment) -> None:
        self.trainer, self.history = Trainer(experiment), History()
        self.path = ParameterPath.of(self.trainer.network)
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
        place.example = place.example if stage.example is None else stage.example
        place.stage = place.stage if stage.stage is None else stage.stage
        if stage.comparison:
            place.raced = 0
        place.choices = dict(stage.choices)

    def _do(self, verb: Verb) -> None:
        experiment = self.trainer.experiment
        match verb.name:
            case "batch":
                self._train(verb.count)
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
            case "race":
                self.place.raced += verb.count

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
