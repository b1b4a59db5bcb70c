"""Which example is followed: found by its place in a split, named, and walked through a trainer's network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mlpviz.training import Trainer
from mlpviz.walkthrough.builder import Walkthrough, walk
from mlpviz.walkthrough.stages import Choice, Stage


@dataclass(frozen=True, slots=True)
class Example:
    """One example, and what the network says of it.

    Attributes
    ----------
    split, index
        Where it is: a test example's index is its place in the test file.
    label
        Its class in words; None for a task without classes.
    answer
        What the network says, in words.
    """

    split: str
    index: int
    label: str | None
    answer: str


def trainer_at(trainer: Trainer, steps: int) -> Trainer:
    """The trainer after so many more steps.

    Raises
    ------
    ValueError
        If `steps` is negative.
    """
    if steps < 0:
        raise ValueError(f"steps must be at least 0, not {steps}")
    for _, _ in zip(range(steps), trainer.steps(), strict=False):
        pass
    return trainer


def follow(trainer: Trainer, index: int, split: str | None = None) -> tuple[Example, Walkthrough]:
    """Walk an example of a split through a trainer's network.

    Parameters
    ----------
    split
        ``"training"``, ``"validation"`` or ``"test"``; by default test, or training if there is no test.

    Raises
    ------
    ValueError
        If there is no such split or example.
    """
    split = split or ("test" if trainer.splits.test is not None else "training")
    examples = getattr(trainer.splits, split)
    if examples is None or len(examples) == 0:
        raise ValueError(f"dataset {trainer.dataset.name!r} has no {split} examples")
    if not 0 <= index < len(examples):
        raise ValueError(f"there is no {split} example {index}: they are 0 to {len(examples) - 1}")
    x, target = examples.batch(np.array([index]))
    walkthrough = walk(trainer.network, x, target, trainer.loss, trainer.optimizer)
    classes = trainer.dataset.classes
    label = classes[int(examples.labels_at(np.array([index]))[0])] if classes else None
    return Example(split, index, label, answer_of(trainer, walkthrough)), walkthrough


def answer_of(trainer: Trainer, walkthrough: Walkthrough) -> str:
    """What the network says of an example, in words."""
    y = walkthrough.trace.outputs[-1]
    classes, threshold = trainer.dataset.classes, trainer.threshold
    if not classes or threshold is None:
        return "the network says " + ", ".join(f"{value:.4g}" for value in y[0])
    chosen = int(y[0].argmax()) if y.shape[1] > 1 else int(y[0, 0] > threshold)
    return f"the network says {classes[chosen]}"


def choose(
    walkthrough: Walkthrough, stage: Stage, unit: int | None = None, source: int | None = None
) -> Choice:
    """What to point at in a stage: the given unit and source, or else the ones that tell most.

    That is the target's output in the last layer, the most active unit in a hidden one, and the
    largest input.

    Raises
    ------
    ValueError
        If the stage has no such unit or source.
    """
    axes = stage.result.axes or stage.quantities[0].axes
    chosen = [_telling(walkthrough, axis) for axis in axes]
    sizes = stage.result.values.shape or stage.quantities[0].values.shape
    for place, (given, word) in enumerate(((source, "source"), (unit, "unit"))[-len(axes) or 2 :]):
        if given is not None:
            if not 0 <= given < sizes[place]:
                raise ValueError(
                    f"stage {stage.index} has no {word} {given}: they are 0 to {sizes[place] - 1}"
                )
            chosen[place] = given
    if not chosen:
        return Choice()
    return Choice(chosen[-1], chosen[0])


def choice_along(walkthrough: Walkthrough, stage: Stage, chosen: Mapping[str, int]) -> Choice:
    """What a stage's formula speaks of: what was chosen along its axes, or else what tells most."""
    axes = stage.result.axes or stage.quantities[0].axes or ("",)

    def along(axis: str) -> int:
        if axis in chosen:
            return chosen[axis]
        telling = (
            choose(walkthrough, other).unit for other in walkthrough.stages if other.result.axes == (axis,)
        )
        return next(telling, 0)

    return Choice(along(axes[-1]), along(axes[0]))


def choose_each(
    walkthrough: Walkthrough, stages: Sequence[Stage], unit: int | None = None, source: int | None = None
) -> list[Choice]:
    """What to point at in each of some stages: the given unit and source in those that have them.

    Raises
    ------
    ValueError
        If none of the stages has that unit, or that source.
    """
    choices: list[Choice] = []
    refusal: ValueError | None = None
    for stage in stages:
        try:
            choices.append(choose(walkthrough, stage, unit, source))
        except ValueError as error:
            refusal = refusal or error
            choices.append(choose(walkthrough, stage))
    found_unit = unit is None or any(choice.unit == unit for choice in choices)
    found_source = source is None or any(choice.source == source for choice in choices)
    if refusal is not None and not (found_unit and found_source):
        raise refusal
    return choices


def _telling(walkthrough: Walkthrough, axis: str) -> int:
    """The place on an axis whose numbers tell most."""
    found = 0
    for stage in walkthrough.stages:
        if stage.result.axes != (axis,):
            continue
        if stage.phase == "forward":
            found = int(np.nan_to_num(stage.result.values).argmax())
        elif stage.phase == "backward" and stage.operation == "Loss":
            return int(stage.quantity("t").values.argmax())
    return found
