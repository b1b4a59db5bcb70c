"""One run in the list of the Compare page, as the window knows it."""

import copy
from dataclasses import dataclass

from mlpviz.gui.figures.contents import StillContender
from mlpviz.gui.race_thread import Lane
from mlpviz.training import Experiment, History, Snapshot, Trainer


@dataclass(eq=False, slots=True)
class ComparedRun:
    """One run of the list.

    Attributes
    ----------
    lane
        The run itself.
    slot
        The number of its colour and of its dash pattern.
    snapshot
        Its network on show.
    shown
        Whether its curves are drawn.
    forked
        Whether it was made here out of another run of the list.
    """

    lane: Lane
    slot: int
    snapshot: Snapshot
    shown: bool = True
    forked: bool = False

    @classmethod
    def still(cls, taken: StillContender) -> "ComparedRun":
        """A run that was taken, as the widgets read it."""
        snapshot, initial, x, targets = taken.parts()
        start = copy.copy(taken.contender)
        start.started_at = taken.started_at
        return cls(Lane(taken.contender, start, initial, x, targets), taken.slot, snapshot, taken.shown)

    @property
    def name(self) -> str:
        """What it is called."""
        return self.lane.contender.name

    @property
    def experiment(self) -> Experiment:
        """What it trains."""
        return self.lane.contender.experiment

    @property
    def trainer(self) -> Trainer:
        """Only for what never changes, and for numbers."""
        return self.lane.contender.trainer

    @property
    def has_work_in_it(self) -> bool:
        """Whether removing it would lose more than a run that can be had again with a click."""
        return self.forked or self.trainer.index > 0 or self.lane.start.started_at > 0

    @property
    def history(self) -> History:
        """Its scalars, its parent's included if it is a fork."""
        return self.lane.contender.history
