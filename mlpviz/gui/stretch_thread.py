"""A thread that works in stretches: it runs errands between two steps, and says when it rests."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from PySide6.QtCore import QObject, QThread, Signal

from mlpviz.gui.courtesy import Courtesy


class Stretch(Enum):
    """How far to train before coming to rest."""

    NONE = 0
    STEPS = 1
    EPOCH = 2
    ALL = 3


@dataclass(eq=False, slots=True)
class Orders:
    """What a thread looks at between steps; an attribute of the thread itself, a Qt object, is slower.

    Attributes
    ----------
    stretch
        The one under way.
    steps_left
        Of Stretch.STEPS.
    interval_s
        From one step to the next, for a pace; 0 for as fast as it goes.
    errands
        To be run between two steps.
    stopping
        Whether to end after the step under way.
    """

    stretch: Stretch = Stretch.NONE
    steps_left: int = 0
    interval_s: float = 0.0
    errands: deque[Callable[[], None]] = field(default_factory=deque)
    stopping: bool = False

    @property
    def at_full_speed(self) -> bool:
        """Whether nothing is to happen after a certain step."""
        return self.stretch is Stretch.ALL and not self.interval_s


class StretchThread(QThread):
    """What the thread of one run and the thread of a race have in common; who derives from it trains.

    Attributes
    ----------
    courtesy
        Lets the window have its turn.
    """

    rested = Signal()
    """It paused, or reached the end of a stretch or of training; the last snapshots are in the mailboxes."""
    failed = Signal(str)
    """It cannot go on; the sentence says why."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._condition = threading.Condition()
        self._orders = Orders()
        self._owes_rest = False  # was it told to train or pause, without having said since that it rests?
        self._ended = False
        self.courtesy = Courtesy()

    # ------------------------------------------------------------------ called from the window's thread

    @property
    def training(self) -> bool:
        """Whether it is on its way, or about to be."""
        return self._orders.stretch is not Stretch.NONE and not self._ended

    def set_steps_per_second(self, rate: float | None) -> None:
        """Keep to a pace, in steps of each run; None for as fast as it goes."""
        with self._condition:
            self._orders.interval_s = 1 / rate if rate else 0.0
            self._condition.notify()

    def between_steps(self, action: Callable[[], None]) -> None:
        """Do something while no step is under way, wait until it is done, and raise what it raises."""
        done = threading.Event()
        errors: list[Exception] = []

        def errand() -> None:
            try:
                action()
            except Exception as error:
                errors.append(error)
            finally:
                done.set()

        self._send(errand)
        while not done.wait(0.05):
            if self._ended:
                errand()  # nobody else will, and nothing is under way
        if errors:
            raise errors[0]

    def stop(self) -> None:
        """End after the step under way. Does not wait."""
        self.requestInterruption()  # for what is being made ready
        with self._condition:
            self._orders.stopping = True
            self._condition.notify()

    def _send(self, errand: Callable[[], None]) -> None:
        with self._condition:
            self._orders.errands.append(errand)
            self._condition.notify()

    # ------------------------------------------------------------------ the thread itself

    def _wait_for_work(self) -> bool:
        """Sleep until there is something to do; False when it is time to stop."""
        while True:
            with self._condition:
                self._condition.wait_for(
                    lambda: self._orders.stopping or self._orders.errands or self.training or self._owes_rest
                )
                if self._orders.stopping:
                    return False
            self._run_errands()
            if self.training:
                return True
            self._rest()

    def _run_errands(self) -> None:
        while self._orders.errands:
            self._orders.errands.popleft()()

    def _rest(self) -> None:
        with self._condition:
            if self.training or not self._owes_rest:
                return  # it is to go on, or has said so already
            self._owes_rest = False
        self.rested.emit()

    def _give_up(self, sentence: str) -> None:
        self._ended = True
        self.failed.emit(sentence)
