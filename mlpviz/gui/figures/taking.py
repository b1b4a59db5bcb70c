"""Takes a run as it is now, so that it can be shown apart from where it goes on."""

import copy

from mlpviz.gui.figures.still import StillRun
from mlpviz.gui.training_thread import TrainingThread
from mlpviz.training import Snapshot
from mlpviz.training.fork import fork
from mlpviz.training.replay import Replay


def taken_from(run: TrainingThread, moment: Snapshot | None = None) -> StillRun:
    """A run as it stands between two steps, or stood at a moment; it goes on, and what was taken stays."""
    taken: list[StillRun] = []

    def take() -> None:
        trainer, history = fork(run.trainer, run.history)
        taken.append(StillRun(trainer, history, copy.deepcopy(run.path), run.path_from, moment))

    run.between_steps(take)
    return taken[0]


def taken_from_replay(replay: Replay) -> StillRun:
    """A run that was trained again, where it stands; it must not go on."""
    return StillRun(replay.trainer, replay.history, replay.path, replay.path_from)


def taken_copy(replay: Replay) -> StillRun:
    """A run that is trained again, as it stands; it may go on."""
    trainer, history = fork(replay.trainer, replay.history)
    return StillRun(trainer, history, copy.deepcopy(replay.path), replay.path_from)
