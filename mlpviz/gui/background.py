"""Work that takes longer than a blink, done off the window's thread: what was asked for last wins."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

logger = logging.getLogger(__name__)


class Task:
    """One piece of work under way: how it is told to stop, and how it tells how far it is.

    Attributes
    ----------
    progress
        From 0 to 1; the work writes it, the window reads it.
    cancelled
        Whether nobody waits for the answer any more: long work should look now and then, and return.
    """

    def __init__(self, work: "Work", then: Callable[[Any], None]) -> None:
        self.work, self.then = work, then
        self.progress = 0.0
        self.cancelled = False
        self.answer: Any = None


Work = Callable[[Task], Any]
"""Does the work and returns the answer. It must touch no widget; a ValueError's sentence is shown."""


class Background(QThread):
    """One thread for one purpose, such as evaluating. Overtaken work is cancelled, its answer dropped.

    It starts with the first piece of work. Whoever makes it calls `stop` and `wait` at the end;
    `Workspace.make_background` does that.
    """

    failed = Signal(str)
    """The work under way could not be done; the sentence says why."""
    _finished_one = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("background_thread")
        self._condition = threading.Condition()
        self._next: Task | None = None
        self._task: Task | None = None  # the newest, until its answer was handed over
        self._stopping = False
        self._answered: Task | None = None
        self._finished_one.connect(self._hand_over)

    # ------------------------------------------------------------------ called from the window's thread

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._task is not None

    def ask(self, work: Work, then: Callable[[Any], None]) -> Task:
        """Do `work` soon, and call `then` with its answer on the window's thread; earlier work is dropped."""
        task = Task(work, then)
        with self._condition:
            if self._stopping:
                return task
            if self._task is not None:
                self._task.cancelled = True
            self._task = self._next = task
            self._condition.notify()
        if not self.isRunning():
            self.start()
        return task

    def cancel(self) -> None:
        """Want no answer any more."""
        with self._condition:
            if self._task is not None:
                self._task.cancelled = True
            self._task = self._next = None

    def stop(self) -> None:
        """End once the work under way has noticed. Does not wait."""
        self.cancel()
        with self._condition:
            self._stopping = True
            self._condition.notify()

    # ------------------------------------------------------------------ the thread itself

    def run(self) -> None:
        """Do one piece of work after the other."""
        while (task := self._wait_for_work()) is not None:
            sentence = ""
            try:
                task.answer = task.work(task)
            except (ValueError, OSError) as error:  # bad input: the message is meant for people
                sentence = str(error)
            except MemoryError:
                sentence = "There is not enough memory for this."
            except Exception:  # a defect of ours: the log gets the details
                logger.exception("work in the background failed")
                sentence = "This failed because of a defect in mlpviz; the log file has the details."
            with self._condition:
                wanted = task is self._task and not task.cancelled
                if wanted and sentence:
                    self._task = None
                if wanted and not sentence:
                    self._answered = task
            if wanted and sentence:
                self.failed.emit(sentence)
            elif wanted:
                self._finished_one.emit()

    def _wait_for_work(self) -> Task | None:
        with self._condition:
            self._condition.wait_for(lambda: self._stopping or self._next is not None)
            task, self._next = self._next, None
            return None if self._stopping else task

    def _hand_over(self) -> None:
        with self._condition:
            task = self._answered
            if task is None or task is not self._task:
                return  # overtaken meanwhile
            self._task = self._answered = None
        task.then(task.answer)
