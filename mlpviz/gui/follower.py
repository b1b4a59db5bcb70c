"""What the Step through page works on: a pinned network, an example, a stage, and what is pointed at."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from mlpviz.data import Split
from mlpviz.gui.workspace import Workspace
from mlpviz.nn import Network
from mlpviz.training import Snapshot
from mlpviz.training.blas import use_blas_threads
from mlpviz.walkthrough import Choice, Stage, Walkthrough, walk
from mlpviz.walkthrough.cursor import Cursor
from mlpviz.walkthrough.example import choose

PREDICTED_AT_A_TIME = 1000


@dataclass(frozen=True, slots=True)
class Edit:
    """One number that was set by hand, on a copy: an input, or an entry of a parameter."""

    layer: int | None
    name: str
    index: tuple[int, ...]
    value: float

    @property
    def words(self) -> str:
        """The edit in a word or two."""
        place = ", ".join(map(str, self.index))
        where = "x" if self.layer is None else f"{self.name} of operation {self.layer}"
        return f"{where} [{place}] = {self.value:g}"


class Follower(QObject):
    """The model of the page. Holds a pinned snapshot, so that pictures stand still while training goes on.

    Attributes
    ----------
    snapshot
        The pinned network; None until there is a run.
    walkthrough
        The pass of the example through it, with all edits made.
    cursor
        Which stage is on show.
    index
        The example's place in its split; None for a drawn one.
    """

    walked = Signal()
    """There is a new walkthrough: another example, network or edit."""
    moved = Signal()
    """Another stage is on show."""
    pointed = Signal()
    """Something else is pointed at."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.snapshot: Snapshot | None = None
        self.walkthrough: Walkthrough | None = None
        self.cursor = Cursor(1)
        self.index: int | None = 0
        self.edits: list[Edit] = []
        self.undo_stack = QUndoStack(workspace.undo_group)
        self.drawn: NDArray | None = None
        self.drawn_label = 0
        self._chosen: dict[str, int] = {}
        self._hovered: dict[str, int] = {}
        self._outputs: NDArray | None = None
        workspace.run_changed.connect(self._run_changed)

    # ------------------------------------------------------------------ the network and the example

    @property
    def split(self) -> Split:
        """Where examples are chosen from: test, or training if there is no test."""
        assert self.workspace.run is not None
        splits = self.workspace.run.trainer.splits
        return splits.training if splits.test is None else splits.test

    @property
    def split_name(self) -> str:
        """ "test" or "training"."""
        assert self.workspace.run is not None
        return "training" if self.workspace.run.trainer.splits.test is None else "test"

    @property
    def label(self) -> int | None:
        """The class of the example; None for a task without classes."""
        if not self.workspace.dataset.classes:
            return None
        if self.index is None:
            return self.drawn_label
        return int(self.split.labels_at(np.array([self.index]))[0])

    def pin(self) -> None:
        """Take the network as it is now."""
        if self.workspace.run is None:
            return
        self.workspace.fetch()
        self.snapshot = self.workspace.snapshot
        self._outputs = None
        self.undo_edits()

    def show_example(self, index: int) -> None:
        """Follow another example of the split.

        Raises
        ------
        ValueError
            If there is none of that index.
        """
        if not 0 <= index < len(self.split):
            last = len(self.split) - 1
            raise ValueError(f"there is no {self.split_name} example {index}: they are 0 to {last}")
        self.index = index
        self._example_changed()

    def show_drawing(self, stored: NDArray, label: int) -> None:
        """Follow an example that was drawn, (n_in,) as stored, meant as the class `label`."""
        self.index, self.drawn, self.drawn_label = None, stored, label
        self._example_changed()

    def _example_changed(self) -> None:
        self.edits = [edit for edit in self.edits if edit.layer is not None]
        self.undo_stack.clear()
        self._chosen.clear()
        self._walk()

    def edit(self, edit: Edit) -> None:
        """Set a number by hand, on a copy; everything after it follows. Can be undone."""
        self.undo_stack.push(_ByHand(self, edit))

    def set_edits(self, edits: list[Edit]) -> None:
        """Have these numbers set by hand, and no others."""
        self.edits = edits
        self._walk()

    def undo_edits(self) -> None:
        """Back to the numbers as they were."""
        self.undo_stack.clear()
        self.set_edits([])

    def _run_changed(self) -> None:
        """Another run may have other examples; the page pins its network when it is to be seen."""
        self.index, self.drawn = min(self.index or 0, len(self.split) - 1), None
        self._chosen.clear()
        self.undo_stack.clear()
        self.snapshot = self.walkthrough = None

    def _walk(self) -> None:
        if self.snapshot is None:
            return
        x, target = self.example()
        network = self._edited(self.snapshot.network, x)
        loss = self.workspace.run.trainer.loss  # type: ignore[union-attr]
        use_blas_threads(self.workspace.experiment.blas_threads)
        self.walkthrough = walk(network, x, target, loss, self.snapshot.optimizer)
        self.cursor = Cursor(
            len(self.walkthrough.stages), min(self.cursor.index, len(self.walkthrough.stages) - 1)
        )
        self._hovered.clear()
        self.walked.emit()

    def example(self) -> tuple[NDArray, NDArray]:
        """Inputs (1, n_in) and targets (1, K) of the example, before any edit."""
        if self.index is not None:
            return self.split.batch(np.array([self.index]))
        assert self.drawn is not None
        n_out = self.workspace.dataset.n_out
        target = np.eye(n_out, dtype=np.float32)[[self.drawn_label]] if n_out > 1 else None
        x = self.split.scaled(self.drawn[None])
        return x, np.full((1, 1), self.drawn_label, np.float32) if target is None else target

    def _edited(self, network: Network, x: NDArray) -> Network:
        changed = network.copy() if any(edit.layer is not None for edit in self.edits) else network
        for edit in self.edits:
            array = x[0] if edit.layer is None else changed.layers[edit.layer].params[edit.name]
            array[edit.index] = edit.value
        return changed

    # ------------------------------------------------------------------ finding examples

    def outputs(self) -> NDArray:
        """The pinned network's outputs for every example of the split, (N, K)."""
        if self._outputs is None:
            assert self.snapshot is not None
            split, network = self.split, self.snapshot.network
            with np.errstate(all="ignore"):
                chunks = [
                    network.predict(split.batch(slice(i, i + PREDICTED_AT_A_TIME))[0])
                    for i in range(0, len(split), PREDICTED_AT_A_TIME)
                ]
            self._outputs = np.concatenate(chunks)
        return self._outputs

    def predictions(self) -> NDArray:
        """The class that the pinned network names for each example, (N,)."""
        y = self.outputs()
        if y.shape[1] > 1:
            return y.argmax(axis=1)
        return (y[:, 0] > self.workspace.run.trainer.threshold).astype(np.int64)  # type: ignore[union-attr]

    def mistakes(self) -> NDArray:
        """The examples that are named wrong, the surest mistake first."""
        y, labels = self.outputs(), self.split.labels_at(slice(None))
        wrong = np.flatnonzero(self.predictions() != labels)
        return wrong[np.argsort(-self._margins(y)[wrong], kind="stable")]

    def least_sure(self) -> NDArray:
        """All examples, those first whose two largest outputs lie closest together."""
        return np.argsort(self._margins(self.outputs()), kind="stable")

    def _margins(self, y: NDArray) -> NDArray:
        if y.shape[1] == 1:
            return np.abs(y[:, 0] - self.workspace.run.trainer.threshold)  # type: ignore[union-attr]
        best = np.partition(y, -2, axis=1)
        return best[:, -1] - best[:, -2]

    # ------------------------------------------------------------------ stages and pointing

    @property
    def stage(self) -> Stage:
        """The stage on show."""
        assert self.walkthrough is not None
        return self.walkthrough.stages[self.cursor.index]

    def jump(self, index: int) -> None:
        """Show a stage."""
        if self.walkthrough is not None and self.cursor.jump(index):
            self._hovered.clear()
            self.moved.emit()

    def step(self, by: int) -> None:
        """Show the next stage, or the one before."""
        self.jump(self.cursor.index + by)

    def chosen(self, axis: str) -> int:
        """What is chosen along an axis: by the learner, or else what tells most."""
        if axis not in self._chosen:
            assert self.walkthrough is not None
            for stage in self.walkthrough.stages:
                if stage.result.axes == (axis,):
                    self._chosen[axis] = choose(self.walkthrough, stage).unit
                    break
        return self._chosen.get(axis, 0)

    def hovered(self, axis: str) -> int | None:
        """What is under the pointer along an axis."""
        return self._hovered.get(axis)

    @property
    def choice(self) -> Choice:
        """What the stage's formula speaks of."""
        axes = self.stage.result.axes or (self.stage.quantities[0].axes or ("",))
        return Choice(self.chosen(axes[-1]), self.chosen(axes[0]))

    def point(self, axis: str, index: int) -> None:
        """Choose an entry along an axis; it is lit wherever that axis occurs."""
        self._chosen[axis] = index
        self.pointed.emit()

    def hover(self, axis: str, index: int | None) -> None:
        """Light an entry while the pointer is over it."""
        if index is None:
            self._hovered.pop(axis, None)
        else:
            self._hovered[axis] = index
        self.pointed.emit()


class _ByHand(QUndoCommand):
    """One number set by hand."""

    def __init__(self, follower: Follower, edit: Edit) -> None:
        super().__init__(edit.words)
        self._follower, self._before, self._after = follower, follower.edits, [*follower.edits, edit]

    def redo(self) -> None:
        self._follower.set_edits(self._after)

    def undo(self) -> None:
        self._follower.set_edits(self._before)
