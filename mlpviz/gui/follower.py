"""What the Step through page works on: a pinned network, an example, a stage, and what is pointed at."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from mlpviz.data import Split
from mlpviz.gui.background import Task
from mlpviz.gui.workspace import Workspace
from mlpviz.nn import Network
from mlpviz.training import Snapshot
from mlpviz.training.blas import use_blas_threads
from mlpviz.training.judgement import Judgement, judge, least_certain, mistakes
from mlpviz.walkthrough import Choice, Stage, Walkthrough, walk
from mlpviz.walkthrough.cursor import Cursor
from mlpviz.walkthrough.example import choose


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
    finding_failed = Signal(str)
    """Examples could not be found; the sentence says why."""
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
        self._split_name: str | None = None  # None: what there is to be judged by
        self._judged: tuple[Snapshot, str, Judgement] | None = None
        self._background = workspace.make_background()
        self._background.failed.connect(self.finding_failed)
        workspace.run_changed.connect(self._run_changed)

    # ------------------------------------------------------------------ the network and the example

    @property
    def split(self) -> Split:
        """Where examples are chosen from."""
        return self.splits[self.split_name]

    @property
    def splits(self) -> dict[str, Split]:
        """Where examples can be chosen from: the splits that are not empty, by name."""
        assert self.workspace.run is not None
        return self.workspace.run.trainer.splits.by_name()

    @property
    def split_name(self) -> str:
        """ "training", "validation" or "test"; at first test, or training if there is no test."""
        if self._split_name is not None:
            return self._split_name
        return "test" if "test" in self.splits else "training"

    @split_name.setter
    def split_name(self, name: str) -> None:
        if name not in self.splits:
            raise ValueError(f"there are no {name} examples: choose {', '.join(self.splits)}")
        self._split_name = name

    @property
    def label(self) -> int | None:
        """The class of the example; None for a task without classes."""
        if not self.workspace.dataset.classes:
            return None
        if self.index is None:
            return self.drawn_label
        return int(self.split.labels_at(np.array([self.index]))[0])

    def pin(self, snapshot: Snapshot | None = None) -> None:
        """Take the network as it is now, or as it was in a snapshot of the same run."""
        if self.workspace.run is None:
            return
        self.workspace.fetch()
        self.snapshot = snapshot or self.workspace.snapshot
        self.undo_edits()

    def show_example(self, index: int, split: str | None = None) -> None:
        """Follow another example, of the same split or of the one named.

        Raises
        ------
        ValueError
            If there is none of that index, or no such split.
        """
        name = split or self.split_name
        n = len(self.splits.get(name, ()))
        if not 0 <= index < n:
            raise ValueError(f"there is no {name} example {index}: they are 0 to {n - 1}")
        self.split_name = name
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
        self._background.cancel()
        self._split_name = self._judged = None
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

    def find_mistakes(self, then: Callable[[NDArray], None]) -> None:
        """Hand over the examples that are named wrong, the surest mistake first, once they are found."""
        self._find(mistakes, then)

    def find_least_sure(self, then: Callable[[NDArray], None]) -> None:
        """Hand over all examples, those first whose two largest outputs lie closest together."""
        self._find(least_certain, then)

    def stop_finding(self) -> None:
        """Want no examples any more."""
        self._background.cancel()

    def _find(self, order: Callable[[Judgement], NDArray], then: Callable[[NDArray], None]) -> None:
        """Judge the split, in the background if that was not done yet, and hand its examples over."""
        snapshot, name = self.snapshot, self.split_name
        assert snapshot is not None
        assert self.workspace.run is not None
        if self._judged is not None and self._judged[0] is snapshot and self._judged[1] == name:
            self._background.cancel()
            then(order(self._judged[2]))
            return
        trainer, split, n_classes = (
            self.workspace.run.trainer,
            self.split,
            len(self.workspace.dataset.classes),
        )
        loss, threshold = trainer.loss, trainer.threshold
        blas_threads = self.workspace.experiment.blas_threads

        def work(task: Task) -> tuple[Judgement, NDArray] | None:
            use_blas_threads(blas_threads)
            found = judge(snapshot.network, split, loss, threshold, n_classes, lambda: task.cancelled)
            return None if found is None else (found, order(found))

        def take(found: tuple[Judgement, NDArray] | None) -> None:
            if found is not None:
                self._judged = snapshot, name, found[0]
                then(found[1])

        self._background.ask(work, take)

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

    # ------------------------------------------------------------------ as plain values

    def view_state(self) -> dict[str, Any]:
        """Example, stage, and what was chosen or set by hand, as plain values."""
        state: dict[str, Any] = {"split": self.split_name, "example": self.index, "stage": self.cursor.index}
        if self.index is None and self.drawn is not None:
            state |= {"drawn": self.drawn.tolist(), "label": self.drawn_label}
        if self._chosen:
            state["chosen"] = dict(self._chosen)
        if self.edits:
            state["edits"] = [[edit.layer, edit.name, list(edit.index), edit.value] for edit in self.edits]
        return state

    def set_view_state(self, state: Mapping[str, Any]) -> None:
        """Follow what plain values say; ValueError if that cannot be."""
        self.pin()
        index, split = state.get("example", 0), state.get("split", self.split_name)
        chosen, edits = state.get("chosen", {}), state.get("edits", [])
        if not isinstance(split, str) or split not in self.splits:
            raise ValueError(f"there are no {split!s:.20} examples: choose {', '.join(self.splits)}")
        if not isinstance(chosen, dict) or not isinstance(edits, list):
            raise ValueError("what was chosen must be a table, and what was set by hand a list")
        if index is None:
            self.show_drawing(*self._drawing_in(state))
        elif type(index) is int:
            self.show_example(index, split)
        else:
            raise ValueError(f"the example must be a whole number, not {index!r:.20}")
        self.set_edits([self._edit_in(item) for item in edits])
        stage, last = state.get("stage", 0), self.cursor.count - 1
        if type(stage) is not int or not 0 <= stage <= last:
            raise ValueError(f"there is no stage {stage!r:.20}: they are 0 to {last}")
        self.jump(stage)
        assert self.walkthrough is not None
        sizes = {
            axis: size
            for each in self.walkthrough.stages
            for quantity in each.quantities
            for axis, size in zip(quantity.axes, np.shape(quantity.values), strict=False)
        }
        for axis, place in chosen.items():
            if axis in sizes and type(place) is int and 0 <= place < sizes[axis]:
                self.point(axis, place)

    def _drawing_in(self, state: Mapping[str, Any]) -> tuple[NDArray, int]:
        dataset, label = self.workspace.dataset, state.get("label", 0)
        try:
            stored = np.array(state.get("drawn", ()), dataset.training.inputs.dtype)
        except (TypeError, ValueError, OverflowError):
            stored = np.zeros(0)
        if stored.shape != (dataset.n_in,) or type(label) is not int or not 0 <= label < len(dataset.classes):
            raise ValueError(f"a drawing must have {dataset.n_in} numbers and the label of a class")
        return stored, label

    def _edit_in(self, item: Any) -> Edit:
        """One number set by hand, from plain values, if the network has such a place."""
        try:
            layer, name, index, value = item
            edit = Edit(layer, str(name), tuple(map(int, index)), float(value))
            assert self.snapshot is not None
            array = (
                self.example()[0][0]
                if layer is None
                else self.snapshot.network.layers[layer].params[edit.name]
            )
            if len(edit.index) != array.ndim or min(edit.index) < 0 or not np.isfinite(edit.value):
                raise IndexError
            array[edit.index]
        except (TypeError, ValueError, IndexError, KeyError, OverflowError) as error:
            raise ValueError(f"{item!r:.60} is no number of this network that can be set by hand") from error
        return edit


class _ByHand(QUndoCommand):
    """One number set by hand."""

    def __init__(self, follower: Follower, edit: Edit) -> None:
        super().__init__(edit.words)
        self._follower, self._before, self._after = follower, follower.edits, [*follower.edits, edit]

    def redo(self) -> None:
        self._follower.set_edits(self._after)

    def undo(self) -> None:
        self._follower.set_edits(self._before)
