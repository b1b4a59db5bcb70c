"""What the Evaluate page works on: the network judged on each split, anew as training goes on."""

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from mlpviz.data import Split
from mlpviz.gui.background import Task
from mlpviz.gui.workspace import WantedExample, Workspace
from mlpviz.training import Snapshot
from mlpviz.training.blas import use_blas_threads
from mlpviz.training.calibration import Calibration, calibration
from mlpviz.training.confusion import PerClass, confusion_matrix, per_class, remarks
from mlpviz.training.judgement import Judgement, judge, least_certain, mistakes
from mlpviz.training.regression import largest_residuals

SHARE_IN_DETAIL = 0.03  # of the time while training, for the split looked at in detail
SHARE_OF_OTHERS = 0.005  # for each of the others


@dataclass(frozen=True, slots=True, eq=False)
class Assessment:
    """A network judged on a split, with all that a page shows of it.

    The matrix, the classes and the calibration are None for regression; `worst` then holds the largest
    residuals first, and else the mistakes, the surest first.
    """

    snapshot: Snapshot
    judgement: Judgement
    matrix: NDArray[np.int64] | None
    classes: PerClass | None
    calibration: Calibration | None
    remarks: list[str]
    worst: NDArray[np.int64]
    least_certain: NDArray[np.int64]
    seconds: float


class Assessor(QObject):
    """Keeps an assessment of each split, the newest that its share of the time allows.

    Attributes
    ----------
    assessments
        By the name of the split.
    split_name
        The split that is looked at in detail; empty until there is a run.
    example
        The chosen example's place in that split; None if there is none.
    is_visible
        Whether anybody looks; nothing is judged otherwise.
    """

    assessed = Signal(str)
    """There is a new assessment of that split."""
    split_changed = Signal()
    """Another split, or another run's, is looked at in detail."""
    example_changed = Signal()
    """Another example is chosen."""
    failed = Signal(str)
    """A split could not be judged; the sentence says why."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.assessments: dict[str, Assessment] = {}
        self.split_name = ""
        self.example: int | None = None
        self.is_visible = False
        self._background = workspace.make_background()
        self._background.failed.connect(self.failed)
        self._not_before: dict[str, float] = {}
        workspace.run_changed.connect(self._run_changed)
        if workspace.run is not None:
            self._run_changed()

    # ------------------------------------------------------------------ what is looked at

    @property
    def splits(self) -> dict[str, Split]:
        """The splits that hold examples, by name."""
        assert self.workspace.run is not None
        return self.workspace.run.trainer.splits.by_name()

    @property
    def split(self) -> Split:
        """The split looked at in detail."""
        return self.splits[self.split_name]

    @property
    def gives_probabilities(self) -> bool:
        """Whether the loss makes probabilities of the outputs; with the squared error they are none."""
        return self.workspace.run is not None and self.workspace.run.trainer.loss.on_scores

    @property
    def assessment(self) -> Assessment | None:
        """Of the split looked at in detail, if it was judged yet."""
        return self.assessments.get(self.split_name)

    def choose_split(self, name: str) -> None:
        """Look at another split in detail."""
        if name != self.split_name and name in self.splits:
            self.split_name, self.example = name, None
            self.split_changed.emit()
            self.look()

    def choose_example(self, index: int | None) -> None:
        """Choose an example of the split."""
        if index != self.example:
            self.example = index
            self.example_changed.emit()

    def step_through(self, index: int) -> None:
        """Have an example stepped through, with the network that was judged."""
        if self.assessment is not None:
            wanted = WantedExample(self.split_name, index, self.assessment.snapshot)
            self.workspace.example_wanted.emit(wanted)

    def step_through_drawing(self, digit: NDArray, label: int) -> None:
        """Have a drawing (h, w), meant as the class `label`, stepped through likewise."""
        snapshot = self.workspace.snapshot if self.assessment is None else self.assessment.snapshot
        if snapshot is not None:
            wanted = WantedExample(self.split_name, label, snapshot, digit.reshape(-1))
            self.workspace.example_wanted.emit(wanted)

    # ------------------------------------------------------------------ judging

    def look(self) -> None:
        """See whether a split is to be judged anew, and begin with it."""
        workspace = self.workspace
        if (
            not self.is_visible
            or workspace.run is None
            or workspace.snapshot is None
            or self._background.busy
        ):
            return
        due = self._due()
        if due:
            self._ask(due[0])

    def _due(self) -> list[str]:
        """The splits to be judged with the network on show, the one looked at in detail first.

        While training, those that were judged before have to wait: judging takes time from training.
        """
        snapshot, found, now = self.workspace.snapshot, self.assessments, time.monotonic()
        stale = [name for name in self.splits if name not in found or found[name].snapshot is not snapshot]
        if self.workspace.training:
            stale = [name for name in stale if name not in found or now >= self._not_before[name]]
        return sorted(stale, key=lambda name: (name in found, name != self.split_name))

    def _ask(self, name: str) -> None:
        workspace = self.workspace
        assert workspace.run is not None
        trainer, snapshot = workspace.run.trainer, workspace.snapshot
        split, n_classes = self.splits[name], len(workspace.dataset.classes)
        loss, threshold, names = trainer.loss, trainer.threshold, workspace.dataset.classes
        blas_threads = workspace.experiment.blas_threads
        assert snapshot is not None

        def work(task: Task) -> Assessment | None:
            started = time.perf_counter()
            use_blas_threads(blas_threads)
            found = judge(snapshot.network, split, loss, threshold, n_classes, lambda: task.cancelled)
            return None if found is None else assess(snapshot, found, names, time.perf_counter() - started)

        self._background.ask(work, lambda found: self._take(name, found))

    def _take(self, name: str, found: Assessment | None) -> None:
        if found is None:
            return
        share = SHARE_IN_DETAIL if name == self.split_name else SHARE_OF_OTHERS
        self._not_before[name] = time.monotonic() + found.seconds * (1 / share - 1)
        self.assessments[name] = found
        self.assessed.emit(name)
        self.look()

    def _run_changed(self) -> None:
        self._background.cancel()
        self.assessments.clear()
        self.example = None
        self.split_name = list(self.splits)[-1]  # test, or else validation, or else training
        self.split_changed.emit()


def assess(snapshot: Snapshot, judgement: Judgement, names: tuple[str, ...], seconds: float) -> Assessment:
    """All that there is to show of a judgement."""
    if not judgement.n_classes:
        told, worst = remarks(judgement, names), largest_residuals(judgement)
        return Assessment(snapshot, judgement, None, None, None, told, worst, worst, seconds)
    return Assessment(
        snapshot,
        judgement,
        confusion_matrix(judgement),
        per_class(judgement),
        calibration(judgement.certainty, judgement.right),
        remarks(judgement, names),
        mistakes(judgement),
        least_certain(judgement),
        seconds,
    )
