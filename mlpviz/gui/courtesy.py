"""How training of very small networks gives way to the window."""

import math
import threading
import time

BETWEEN_PAUSES_S = 0.03  # the window mostly gets its turn sooner: this is for when it has bad luck
PAUSE_S = 0.00005  # long enough for another thread to wake up
LONGEST_PAUSE_S = 0.1  # if the window has more to do: drawing in competition would take it many times as long
SHORT_STEP_S = 0.00025  # longer steps spend enough of their time outside of the interpreter


class Courtesy:
    """Lets the window's thread have the interpreter when it needs it, where steps are short.

    A small product gives the interpreter free for some microseconds, which is too short for another thread
    to wake up in, and each time puts off the moment when Python would make this one give way: a network of
    few units can keep the window waiting for seconds, and waiting costs both. Hence a pause, short but long
    enough, when the window is about to repaint something, rest while it does, and a pause now and
    then for whatever else it may have to do.

    Attributes
    ----------
    due_at
        When the window will repaint next, by `time.perf_counter`.
    """

    def __init__(self) -> None:
        self.due_at = math.inf
        self._free = threading.Event()
        self._free.set()
        self._paused_at = time.perf_counter()
        self._steps = 0

    def hold(self) -> None:
        """The window repaints: wait with the next step. Called from its thread."""
        self._free.clear()

    def release(self, due_at: float = math.inf) -> None:
        """It is done, and will repaint again at `due_at`. Called from the window's thread."""
        self.due_at = due_at
        self._free.set()

    def made(self, steps: int) -> None:
        """Pause if it is time; so many steps were made since this was last called."""
        self._steps += steps
        now = time.perf_counter()
        passed_s = now - self._paused_at
        if passed_s < BETWEEN_PAUSES_S and now < self.due_at and self._free.is_set():
            return
        if passed_s < self._steps * SHORT_STEP_S:
            self.due_at = math.inf
            time.sleep(PAUSE_S)
            self._free.wait(LONGEST_PAUSE_S)
        self._paused_at, self._steps = time.perf_counter(), 0
