"""What there is to say of compared runs: how they differ, how far they have come, what is not known."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mlpviz.figures.numbers import format_number
from mlpviz.gui.compared_run import ComparedRun
from mlpviz.gui.driver import Progress
from mlpviz.training import Trainer
from mlpviz.training.differences import differences

SECONDS_UNKNOWN = "its seconds are not known: it was trained before it joined"
SECONDS_IN_PART = "its seconds are known only from where it joined"


def told_differences(runs: Sequence[ComparedRun], run: ComparedRun) -> str:
    """What tells a run from the first one, unless that is its name, and where it joined."""
    start = run.lane.start.started_at
    told = differences(runs[0].experiment, run.experiment)
    if told and ", ".join(told) == run.name:
        told = []  # its name says so already
    elif run is runs[0]:
        told = ["the others are compared with it"] if len(runs) > 1 else []
    elif not told:
        told = ["nothing is different"]
    return ", ".join(told + ([f"joined at step {format_number(start)}"] if start else []))


def missing_seconds(run: ComparedRun) -> str:
    """Why a run's curves over seconds begin late or not at all; empty where they do not."""
    contender = run.lane.contender
    if not contender.trainer.index or contender.place_of(1, "seconds") is not None:
        return ""
    return SECONDS_UNKNOWN if contender.seconds_before is None else SECONDS_IN_PART


def step_words(runs: Sequence[ComparedRun]) -> str:
    """Where the runs are, from the one behind to the one in front."""
    steps = [run.trainer.index for run in runs] or [0]
    least, most = min(steps), max(steps)
    if least < most:
        return f"Steps {format_number(least)} to {format_number(most)}"
    return f"Step {format_number(most)}"


def race_progress(runs: Sequence[ComparedRun], racing: bool) -> Progress:
    """How far all runs together have come."""
    whole = sum(run.experiment.epochs * len(run.trainer.splits.training) for run in runs)
    done = sum(run.trainer.examples for run in runs)
    going = sum(not run.trainer.finished for run in runs)
    rest = "paused" if done else "ready"
    if not going:
        rest = "all finished"
    elif racing:
        rest = "racing"
    words = f"{len(runs)} runs" if going == len(runs) else f"{going} of {len(runs)} going"
    return Progress(
        words=words if len(runs) > 1 else "1 run",
        part=done / whole if whole else 0.0,
        steps=sum(run.trainer.index for run in runs),
        steps_left=None,
        rest=rest,
    )


def is_among(trainer: Trainer, runs: Sequence[ComparedRun]) -> bool:
    """Whether one of the runs is the same to the last bit, and at least as far."""
    wanted = _what_decides(trainer)
    return any(run.trainer.index >= trainer.index and _what_decides(run.trainer) == wanted for run in runs)


def _what_decides(trainer: Trainer) -> tuple[Any, ...]:
    """What two runs must share to be the same to the last bit, however far each has come."""
    return replace(trainer.experiment, title=""), replace(trainer.original, title=""), list(trainer.changes)
