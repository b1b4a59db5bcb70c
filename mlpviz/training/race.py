"""A race: several runs trained in turn, so that they stay level in steps, in examples or in seconds."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from mlpviz.data import unknown_name
from mlpviz.training.experiment import Experiment
from mlpviz.training.fork import fork
from mlpviz.training.history import Column, History, Table
from mlpviz.training.trainer import Trainer

Goal = Callable[["Contender"], bool]
"""Whether a contender still has to go on."""


class Contender:
    """One run of a race, with what it takes to lay its curves beside the others'.

    Attributes
    ----------
    name
        What people call it.
    trainer, history
        The run. A history that begins before the race is the past that a fork shares with its parent.
    started_at
        The step at which it joined.
    seconds_before
        How long it had trained by then; None where nobody knows.
    """

    def __init__(
        self,
        name: str,
        trainer: Trainer,
        history: History | None = None,
        clock: Table | None = None,
        seconds: float | None = None,
    ) -> None:
        self.name = name
        self.trainer = trainer
        self.history = History() if history is None else history
        self.started_at = trainer.index
        self.seconds_before = seconds if trainer.index else 0.0
        self._clock = Table(("step", "seconds")) if clock is None else clock
        if clock is None and trainer.index and seconds is not None:
            self._clock.append({"step": trainer.index, "seconds": seconds})

    @property
    def experiment(self) -> Experiment:
        """What it trains, with all changes made so far."""
        return self.trainer.experiment

    @property
    def seconds(self) -> float:
        """How long it has trained: its turns in races, its parent's if it is a fork, and what is known
        of the time before."""
        seconds = self._clock.view("seconds")
        return float(seconds[-1]) if len(seconds) else 0.0

    def place(self, measure: str) -> float:
        """How far it is, in steps, examples or seconds."""
        return {"steps": self.trainer.index, "examples": self.trainer.examples, "seconds": self.seconds}[
            measure
        ]

    def advance(self) -> bool:
        """Make one step; False where there is none to make: it has finished, or diverged just now."""
        began = time.perf_counter()
        step = next(self.trainer.steps(), None)
        if step is None:
            return False
        seconds = self.seconds + time.perf_counter() - began
        self.history.append(step)
        self._clock.append({"step": step.index, "seconds": seconds})
        return True

    def curve(self, column: str, measure: str) -> tuple[Column, Column]:
        """A column of the history against a measure, both (n,).

        Seconds are known only of steps made in a race, and of the one at which a run joined if it came with
        its seconds, so that curve may begin later than the others.
        """
        steps, values = self.history.view(column)
        if measure == "steps":
            return steps, values
        if measure == "examples":
            known, places = self.history.view("examples")
        else:
            known, places = self._clock.view("step"), self._clock.view("seconds")
        if len(known) == 0:
            return known, known
        first = int(np.searchsorted(steps, known[0]))
        last = int(np.searchsorted(steps, known[-1], side="right"))
        steps, values = steps[first:last], values[first:last]
        if len(steps) == len(known):
            return places, values
        return places[np.searchsorted(known, steps)], values

    def place_of(self, step: int, measure: str) -> float | None:
        """Where a step stands on the axis of a measure; None where that is not known."""
        places, _ = self.curve("loss", measure)
        steps, _ = self.history.view("loss")
        i = int(np.searchsorted(steps, step)) - (len(steps) - len(places))
        return float(places[i]) if 0 <= i < len(places) else None

    def fork(self, name: str, settings: Mapping[str, Any] | None = None) -> "Contender":
        """A contender of its own that stands where this one stands; see `mlpviz.training.fork`."""
        trainer, history = fork(self.trainer, self.history, settings)
        clock = self._clock.copy(until=trainer.index)
        return Contender(name, trainer, history, clock, self.seconds_before)


class Race:
    """Contenders that train in turn: always the one that is behind makes the next step.

    By steps that is one batch of each in turn; by examples a run with large batches waits for one with
    small batches; by seconds each gets the same time. No bit of a run depends on the others.

    Parameters
    ----------
    contenders
        In the order of the list, which decides between those that are level.
    measure
        ``"steps"``, ``"examples"`` or ``"seconds"``.

    Raises
    ------
    ValueError
        If the measure is unknown.
    """

    def __init__(self, contenders: Sequence[Contender] = (), measure: str = "steps") -> None:
        self.contenders = list(contenders)
        self.set_measure(measure)

    @property
    def measure(self) -> str:
        """What the race is about."""
        return self._measure

    def set_measure(self, measure: str) -> None:
        """Race by steps, examples or seconds from now on."""
        if measure not in MEASURES:
            raise unknown_name("measure", measure, MEASURES)
        self._measure = measure

    @property
    def finished(self) -> bool:
        """Whether no contender has a step left to make."""
        return all(contender.trainer.finished for contender in self.contenders)

    def behind(self, goal: Goal | None = None) -> Contender | None:
        """Whose turn it is; None where nobody has to go on."""
        running = [
            contender
            for contender in self.contenders
            if not contender.trainer.finished and (goal is None or goal(contender))
        ]
        return min(running, key=lambda contender: contender.place(self._measure), default=None)

    def advance(self, goal: Goal | None = None) -> Contender | None:
        """Let the one that is behind make one step; who it was, or None where nobody has to go on."""
        contender = self.behind(goal)
        if contender is not None:
            contender.advance()
        return contender


MEASURES: dict[str, str] = {
    "steps": "one batch of each in turn",
    "examples": "each has seen as many examples",
    "seconds": "each has trained as long",
}


def batches_each(contenders: Sequence[Contender], count: int = 1) -> Goal:
    """Until each has made so many steps more."""
    last = {contender: contender.trainer.index + count for contender in contenders}
    return lambda contender: contender.trainer.index < last.get(contender, 0)


def epoch_each(contenders: Sequence[Contender]) -> Goal:
    """Until each is at the end of the pass under way, or of the next one."""
    begun = {contender: contender.trainer.examples for contender in contenders}

    def goal(contender: Contender) -> bool:
        trainer = contender.trainer
        return contender in begun and not (trainer.at_epoch_end and trainer.examples > begun[contender])

    return goal
