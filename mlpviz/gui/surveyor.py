"""What the views of a network with one or two inputs share: one forward pass, and which unit is on show."""

import time
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from mlpviz.figures.fields import (
    Area,
    Points,
    Survey,
    Task,
    best_line,
    data_area,
    grid_shape,
    hidden_ends,
    loss_of_nothing,
    next_weight,
    points_of,
    reach,
    scaled_grid,
    survey,
    task_of,
)
from mlpviz.gui.workspace import Workspace
from mlpviz.training.blas import use_blas_threads

CELLS = (600, 1200, 2400, 3600, 5200, 7200, 10_800, 16_000)
MOST_WHILE_TRAINING = 3600
BUDGET_MS = 2.0  # of a forward pass while training
BUDGET_AT_REST_MS = 20.0
CURVE_CELLS = 240  # along a single input


class UnitPlace(NamedTuple):
    """A hidden unit: its layer, counted from 0, and its number there."""

    layer: int
    unit: int


class Surveyor(QObject):
    """Looks at the snapshot on show as a function over the range of the data, once for all views of it.

    Attributes
    ----------
    task
        How the output is read; None where the data set has other than one or two inputs.
    points
        The examples on show; None likewise.
    nothing_loss, best
        The loss of always saying the mean; weight and bias of least squares, where that is possible.
    """

    unit_changed = Signal()
    """Another unit is shown large, or the output again."""
    area_changed = Signal()
    """The room for the picture, and with it what is looked at, has changed."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.task: Task | None = None
        self.points: Points | None = None
        self.nothing_loss = 0.0
        self.best: tuple[NDArray, NDArray] | None = None
        self._aspect = 1.5
        self._hovered: UnitPlace | None = None
        self._pinned: UnitPlace | None = None
        self._as_parts = False
        self._cost_us = 0.2  # of a cell, in the processor's time
        self._area: Area | None = None
        self._grid: tuple[Area, tuple[int, int], NDArray] | None = None
        self._survey: Survey | None = None
        self._of: tuple[object, object] = None, None
        workspace.run_changed.connect(self._run_changed)

    @property
    def active(self) -> bool:
        """Whether the data set has one or two inputs and an answer that can be drawn."""
        return self.task is not None

    @property
    def n_in(self) -> int:
        """The number of inputs."""
        return self._workspace.dataset.n_in

    @property
    def area(self) -> Area:
        """What is looked at; with one input only its left and right count."""
        if self._area is None:
            assert self.points is not None
            if self.n_in == 1:
                self._area = Area(*reach(self.points.inputs), 0.0, 1.0)
            else:
                self._area = data_area(self.points.inputs).filling(self._aspect)
        return self._area

    def set_aspect(self, aspect: float) -> None:
        """Say how wide the room for the picture is, over its height."""
        if abs(aspect - self._aspect) > 0.01:
            self._aspect = aspect
            self._area = self._grid = None
            self.area_changed.emit()

    # ------------------------------------------------------------------ the pass

    def survey(self) -> Survey | None:
        """The snapshot on show over the area and for all points; made once for each snapshot."""
        snapshot = self._workspace.snapshot
        if snapshot is None or self.points is None or self._workspace.run is None:
            return None
        grid = self._grid_for_now()
        if self._survey is not None and self._of[0] is snapshot and self._of[1] is grid:
            return self._survey
        use_blas_threads(self._workspace.experiment.blas_threads)
        started = time.thread_time()  # while training, the clock also counts the waiting for one another
        self._survey = survey(snapshot.network, grid[2], grid[1])
        cost_us = 1e6 * (time.thread_time() - started) / len(grid[2])
        self._cost_us += 0.2 * (cost_us - self._cost_us)
        self._of = snapshot, grid
        return self._survey

    def _grid_for_now(self) -> tuple[Area, tuple[int, int], NDArray]:
        """The grid, as fine as the time allows: finer at rest."""
        assert self.points is not None
        assert self._workspace.run is not None
        shape = (1, CURVE_CELLS)
        if self.n_in == 2:
            training = self._workspace.training
            budget_ms = BUDGET_MS if training else BUDGET_AT_REST_MS
            most = min(1e3 * budget_ms / self._cost_us, MOST_WHILE_TRAINING if training else CELLS[-1])
            if self._workspace.is_still:
                most = CELLS[-1]
            cells = max((n for n in CELLS if n <= most), default=CELLS[0])
            shape = grid_shape(cells, self._aspect)
        if self._grid is None or self._grid[1] != shape:
            area = self.area
            split = self._workspace.run.trainer.splits.training
            x = np.concatenate([scaled_grid(area, shape, split, self.n_in), self.points.scaled])
            self._grid = area, shape, x
        return self._grid

    def predict(self, *stored: float) -> NDArray | None:
        """The network's outputs, or those of the unit's layer on show, for one input as stored: (K,)."""
        snapshot, run = self._workspace.snapshot, self._workspace.run
        if snapshot is None or run is None:
            return None
        x = run.trainer.splits.training.scaled(np.array([stored], np.float32))
        seen = survey(snapshot.network, x, (1, 1))
        return seen.outputs[0] if self.unit is None else seen.hidden[self.unit.layer][0]

    # ------------------------------------------------------------------ the unit shown large

    @property
    def unit(self) -> UnitPlace | None:
        """The unit shown in place of the output: under the pointer, or else the pinned one."""
        return self._hovered or self._pinned

    @property
    def pinned(self) -> UnitPlace | None:
        """The unit that stays when the pointer leaves."""
        return self._pinned

    def hover(self, place: UnitPlace | None) -> None:
        """Show a unit for as long as the pointer is on it."""
        if place != self._hovered:
            self._hovered = place
            self.unit_changed.emit()

    def pin(self, place: UnitPlace | None) -> None:
        """Keep a unit on show; None shows the output again."""
        if place is None:
            self._hovered = None
        self._pinned = place
        self.unit_changed.emit()

    def show_parts(self, wanted: bool) -> None:
        """Show units times their weight into the one output, or as they are."""
        if wanted != self._as_parts:
            self._as_parts = wanted
            self.unit_changed.emit()

    @property
    def part_weight(self) -> float | None:
        """The weight that the unit on show is to be multiplied with; None where it is shown as it is."""
        snapshot, unit = self._workspace.snapshot, self.unit
        if not self._as_parts or snapshot is None or unit is None:
            return None
        weight = next_weight(snapshot.network, hidden_ends(snapshot.network)[unit.layer])
        return float(weight[unit.unit, 0])

    # ------------------------------------------------------------------ a new run

    def _run_changed(self) -> None:
        run = self._workspace.run
        if run is None:
            return
        trainer = run.trainer
        self._hovered = self._pinned = None
        self._area = self._grid = self._survey = None
        self._cost_us = 0.2
        self.best = None
        self.task = task_of(trainer.dataset, trainer.loss, trainer.threshold)
        self.points = None if self.task is None else points_of(trainer.splits)
        if self.task is not None and self.points is not None:
            self.nothing_loss = loss_of_nothing(self.task, self.points)
            self.best = best_line(run.initial.network, self.task, self.points)
