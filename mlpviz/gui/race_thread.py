"""Drives a race off the window's thread: lets the runs train in turn, and leaves snapshots of each."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal

from mlpviz.gui.stretch_thread import Stretch, StretchThread
from mlpviz.nn.arrays import Array
from mlpviz.training import Mailbox, Snapshot, Trainer
from mlpviz.training.race import Contender, Goal, Race, epoch_each
from mlpviz.training.shrinking import first_examples

logger = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Lane:
    """One run of the race, as both threads know it.

    Attributes
    ----------
    contender
        Belongs to the race's thread; others may read its history and clock, and what never changes.
    initial
        Its network before the first step.
    x, targets
        The first examples that it was or will be trained on, to compare gradients on.
    ticket
        What `RaceThread.add` was given with it.
    mailbox
        Its newest snapshot.
    """

    contender: Contender
    start: Contender
    initial: Snapshot
    x: Array
    targets: Array
    ticket: object = 0
    mailbox: Mailbox = field(default_factory=Mailbox)

    @classmethod
    def of(cls, contender: Contender, ticket: object = 0) -> "Lane":
        """A lane for a contender as it stands."""
        trainer = contender.trainer
        start = contender.fork(contender.name)
        lane = cls(contender, start, trainer.initial_snapshot(), *first_batch(trainer), ticket)
        lane.mailbox.put(trainer.snapshot())
        return lane

    def begin_again(self) -> None:
        """Put the contender back to where it joined."""
        self.contender, name = self.start.fork(self.start.name), self.contender.name
        self.contender.name = name
        self.mailbox.put(self.contender.trainer.snapshot())


def first_batch(trainer: Trainer) -> tuple[Array, Array]:
    """The first hundred examples of the first epoch, the same for runs with the same data and seed."""
    return first_examples(trainer.splits, trainer.experiment.seed)


class RaceThread(StretchThread):
    """A race: it takes runs in, and trains them in turn in stretches until it is told to stop.

    It starts with the first run. Signals carry no arrays; those are in the lanes.

    Attributes
    ----------
    lanes
        In the order of the list. Replaced as a whole, never changed, so that it can be read at any time.
    """

    joined = Signal(object)
    """A run is ready: its lane."""
    began_again = Signal()
    """All runs stand where they joined."""
    stayed_out = Signal(object, str)
    """A run could not be made: its ticket, and a sentence that says why. The race goes on."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("race_thread")
        self.lanes: tuple[Lane, ...] = ()
        self._race = Race()
        self._steps_wanted = 0  # of each run, not yet handed out
        self._steps_left: dict[Contender, int] = {}
        self._goal: Goal | None = None

    # ------------------------------------------------------------------ called from the window's thread

    def add(self, make: Callable[[], Contender], ticket: object = 0) -> None:
        """Take in the run that `make`, which may take a while, gives back. Its lane keeps the ticket."""

        def errand() -> None:
            try:
                lane = Lane.of(make(), ticket)
            except (ValueError, OSError) as error:  # bad input: the message is meant for people
                self.stayed_out.emit(ticket, str(error))
                return
            self._race.contenders.append(lane.contender)
            self.lanes = (*self.lanes, lane)
            self.joined.emit(lane)

        self._send(errand)
        if not self.isRunning() and not self._ended:
            self.start()

    def remove(self, lane: Lane) -> None:
        """Take a run out, after the step under way."""
        self._send(lambda: self._keep([other for other in self.lanes if other is not lane]))

    def set_lanes(self, lanes: list[Lane]) -> None:
        """Let these runs be in the race, as they stand, and no others."""
        self._send(lambda: self._keep(lanes))

    def begin_again(self) -> None:
        """Put every run back to where it joined."""

        def errand() -> None:
            for lane in self.lanes:
                lane.begin_again()
            self._keep(list(self.lanes))
            self.began_again.emit()

        self.pause()
        self._send(errand)

    def go(self, stretch: Stretch, steps: int = 1) -> None:
        """Race for a stretch, which replaces the one under way; steps of each run add up."""
        with self._condition:
            if stretch is Stretch.STEPS:
                self._steps_wanted += steps
            else:
                self._steps_wanted = 0
                self._steps_left = {}
            self._orders.stretch, self._goal = stretch, None
            self._owes_rest = True
            self._condition.notify()

    def pause(self) -> None:
        """Come to rest after the step under way."""
        self.go(Stretch.NONE)

    def set_measure(self, measure: str) -> None:
        """Race by steps, examples or seconds from the next step on."""
        self._send(lambda: self._race.set_measure(measure))

    # ------------------------------------------------------------------ the thread itself

    def run(self) -> None:
        """Take runs in and out, and race whenever there is a stretch to go."""
        try:
            while self._wait_for_work():
                self._train()
        except MemoryError:
            self._give_up("There is not enough memory for this race: remove a run.")
        except Exception:  # a defect of ours: the log gets the details
            logger.exception("the race stopped")
            self._give_up("The race stopped because of a defect in mlpviz; the log file has the details.")
        finally:
            self._ended = True

    def _keep(self, lanes: list[Lane]) -> None:
        for lane in set(self.lanes) - set(lanes):  # it may be put back: then it shows where it stands
            lane.mailbox.put(lane.contender.trainer.snapshot())
        self.lanes = tuple(lanes)
        self._race.contenders[:] = [lane.contender for lane in lanes]

    def _train(self) -> None:
        lane_of = {lane.contender: lane for lane in self.lanes}
        trained: set[Lane] = set()
        while not self._come_to_rest():
            began = time.monotonic()
            if self._orders.errands:
                self._run_errands()
                lane_of = {lane.contender: lane for lane in self.lanes}
                continue
            contender = self._race.advance(self._next_goal())
            if contender is None:
                self._stretch_done()
                continue
            if contender in self._steps_left:
                self._steps_left[contender] -= 1
            lane = lane_of[contender]
            trained.add(lane)
            if lane.mailbox.empty:
                lane.mailbox.put(contender.trainer.snapshot())
            if self._orders.interval_s:
                self._wait_until_due(began)
            self.courtesy.made(1)
        for lane in trained & set(self.lanes):
            lane.mailbox.put(lane.contender.trainer.snapshot())
        self._rest()

    def _next_goal(self) -> Goal | None:
        """How far each is to go in this stretch."""
        if self._orders.stretch is Stretch.ALL:  # which costs each step less than the lock
            return None
        with self._condition:
            if self._orders.stretch is Stretch.STEPS and self._steps_wanted:
                wanted, self._steps_wanted = self._steps_wanted, 0
                for contender in self._race.contenders:
                    self._steps_left[contender] = max(0, self._steps_left.get(contender, 0)) + wanted
                self._goal = lambda contender: self._steps_left.get(contender, 0) > 0
            elif self._orders.stretch is Stretch.EPOCH and self._goal is None:
                self._goal = epoch_each(self._race.contenders)
            return self._goal

    def _stretch_done(self) -> None:
        """Nobody has to go on; unless more was asked for just now."""
        with self._condition:
            if not (self._orders.stretch is Stretch.STEPS and self._steps_wanted):
                self._orders.stretch = Stretch.NONE
                self._steps_left = {}

    def _come_to_rest(self) -> bool:
        return self._orders.stopping or self._orders.stretch is Stretch.NONE

    def _wait_until_due(self, began: float) -> None:
        """Keep the pace: so many steps a second of each run that is still going."""
        running = sum(not contender.trainer.finished for contender in self._race.contenders)
        due = began + self._orders.interval_s / max(1, running)
        with self._condition:
            while (
                not (self._orders.stopping or self._orders.stretch is Stretch.NONE or self._orders.errands)
                and (left := due - time.monotonic()) > 0
            ):
                self._condition.wait(left)
