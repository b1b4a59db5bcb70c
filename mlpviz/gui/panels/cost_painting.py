"""Has loss landscapes computed off the window's thread, for a bounded share of the time."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlpviz.figures.landscape import Map, curve_of, map_of
from mlpviz.figures.view_range import Window
from mlpviz.gui.background import Background, Task
from mlpviz.gui.workspace import Workspace
from mlpviz.nn import Network
from mlpviz.training import Snapshot
from mlpviz.training.blas import use_blas_threads
from mlpviz.training.cost_problem import CostProblem
from mlpviz.training.cost_surface import LossSlice, Outlook, outlook
from mlpviz.training.parameters import Parameter, ParameterPath

SHARE = 0.1  # of the time, while training
CELL_PX, CELL_PX_LARGE = 8, 16
MOST_ALONG = 150
MOST_ABOVE = 3.0
FIXED = -1


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which landscape: the parameters, what is in view, and the step at which the others are held.

    `held` is None where there are no others, so that the landscape never changes, and FIXED where they are
    not held as they are at any step.
    """

    chosen: tuple[Parameter, ...]
    window: Window
    size: tuple[int, int]
    dark: bool
    held: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Painted:
    """A landscape: a map over two parameters or a curve over one, and what else was computed with it.

    Attributes
    ----------
    along
        Of a curve with other parameters held: where the path has been, (n, 2), each at its own loss.
    outlook
        Of a large network only.
    """

    wanted: Wanted
    piece: LossSlice
    map: Map | None
    curve: NDArray[np.float64] | None
    along: NDArray[np.float64]
    outlook: Outlook | None

    @property
    def heights(self) -> NDArray[np.float64]:
        """The losses that a curve's window is to hold: its own, and of the path what is not far above."""
        if self.curve is None:
            return np.empty(0)
        losses = self.curve[:, 1]
        highest = losses.max(initial=0.0, where=np.isfinite(losses))
        above = self.along[:, 1]
        return np.append(losses, above[above < MOST_ABOVE * highest])


class CostPainting:
    """Keeps the newest landscape, and asks for another when it is no longer right.

    Parameters
    ----------
    workspace : Workspace
    then : function
        Called on the window's thread when there is a new one.
    """

    def __init__(self, workspace: Workspace, then: Callable[[], None]) -> None:
        self.newest: Painted | None = None
        self._workspace, self._then = workspace, then
        self._background: Background | None = None  # a thread only where it is needed
        self._asked: Wanted | None = None
        self._cost_s = 0.0
        self._done_at = 0.0

    def forget(self) -> None:
        """Another run: what was computed no longer holds."""
        self.newest = self._asked = None
        if self._background is not None:
            self._background.cancel()

    def newest_over(self, chosen: tuple[Parameter, ...]) -> Painted | None:
        """The newest landscape, if it is over these parameters."""
        return self.newest if self.newest is not None and self.newest.wanted.chosen == chosen else None

    def ask(
        self,
        wanted: Wanted,
        problem: CostProblem,
        snapshot: Snapshot,
        holding: Network,
        path: ParameterPath | None,
    ) -> None:
        """Have a landscape computed, unless it is on show or under way, or it is too early for another.

        `holding` is the network whose other parameters are held.
        """
        if wanted in (self._asked, None if self.newest is None else self.newest.wanted):
            return
        if self._asked is not None and _only_later(wanted, self._asked):
            return  # one under way shall come to its end; the next follows it
        idle_s = time.perf_counter() - self._done_at
        only_later = self.newest is not None and _only_later(wanted, self.newest.wanted)
        if self._workspace.training and only_later and idle_s < self._cost_s * (1 / SHARE - 1):
            return
        self._asked = wanted
        if self._background is None:
            self._background = self._workspace.make_background()
            self._background.failed.connect(self._failed)
        threads = self._workspace.experiment.blas_threads
        self._background.ask(
            lambda task: self._work(task, wanted, problem, snapshot, holding, path, threads), self._take
        )

    def _work(
        self,
        task: Task,
        wanted: Wanted,
        problem: CostProblem,
        snapshot: Snapshot,
        holding: Network,
        path: ParameterPath | None,
        threads: int,
    ) -> tuple[Painted, float]:
        begun = time.thread_time()  # of the machine itself others may have a share
        use_blas_threads(threads)
        piece = problem.slice(holding, wanted.chosen)
        ahead = None
        if not problem.is_small:
            ahead = outlook(snapshot.network, snapshot.optimizer, problem.sample, problem.loss, wanted.chosen)
        picture, curve, along = None, None, np.empty((0, 2))
        if len(wanted.chosen) == 2:
            cell_px = CELL_PX if problem.is_small else CELL_PX_LARGE
            picture = map_of(piece, wanted.window, wanted.size, wanted.dark, cell_px, lambda: task.cancelled)
        else:
            curve = curve_of(piece, wanted.window.left, wanted.window.right)
            if wanted.held is not None and path is not None:
                along = _along(problem, snapshot, path, wanted.chosen[0])
        return Painted(wanted, piece, picture, curve, along, ahead), time.thread_time() - begun

    def _take(self, answer: tuple[Painted, float]) -> None:
        self.newest, self._cost_s = answer
        self._asked = None
        self._done_at = time.perf_counter()
        self._then()

    def _failed(self, _sentence: str) -> None:
        self._asked = None


def _only_later(wanted: Wanted, before: Wanted) -> bool:
    """Whether a landscape differs from another only in the step at which the others are held."""
    return (wanted.chosen, wanted.window, wanted.size, wanted.dark) == (
        before.chosen,
        before.window,
        before.size,
        before.dark,
    )


def _along(
    problem: CostProblem, snapshot: Snapshot, path: ParameterPath, parameter: Parameter
) -> NDArray[np.float64]:
    """Where the path has been: the parameter and the loss of the whole network, some points of it."""
    steps, values = path.view()
    rows = values[steps <= snapshot.step]
    if len(rows) > MOST_ALONG:
        rows = rows[np.linspace(0, len(rows) - 1, MOST_ALONG).round().astype(int)]
    losses = problem.losses_along(path, rows, snapshot.network)
    return np.column_stack([rows[:, path.column(parameter)].astype(np.float64), losses])
