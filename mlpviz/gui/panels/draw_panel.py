"""A board to draw a digit on, with the live scores of the network that is judged."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mlpviz.data import Dataset
from mlpviz.data.ink import ink_of, why_no_drawing
from mlpviz.gui.assessor import Assessor
from mlpviz.gui.theme import Theme, set_role
from mlpviz.gui.widgets.draw_board import DrawBoard, make_button
from mlpviz.training.judgement import class_shares


class DrawPanel(QWidget):
    """Made anew for each shape of picture; the scores are those of the newest network that was judged."""

    read_wanted = Signal()
    """The drawing is to be read in three ways."""

    def __init__(self, assessor: Assessor, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel_draw")
        self._assessor, self._theme = assessor, theme
        self._drawn_for: Dataset | None = None
        self.board: DrawBoard | None = None
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._read = make_button(
            "Read it",
            "button_read_drawing",
            "Have your digit read in three ways: by templates, by a linear layer and by this network",
        )
        self._read.setParent(self)
        set_role(self._read, "primary")
        self._read.clicked.connect(self.read_wanted)
        self._step = make_button(
            "Step through",
            "button_step_through_drawing",
            "Follow your digit through the network and back, step by step. A drawing has no label:\n"
            "the class that the network names is taken for its target, and you can choose another there",
        )
        self._step.setParent(self)
        self._step.clicked.connect(self._step_through)

    @property
    def digit(self) -> NDArray | None:
        """What is drawn, (h, w) as the data set stores a picture; None while nothing is."""
        return None if self.board is None else self.board.digit

    @property
    def said(self) -> int:
        """The class that the network names for what is drawn; −1 while nothing is."""
        if self.digit is None:
            return -1
        return int(np.nan_to_num(self._scores(self.digit)[0], nan=-np.inf).argmax())

    def refresh(self) -> None:
        """Score what is drawn with the newest network."""
        workspace = self._assessor.workspace
        if workspace.run is None or why_no_drawing(workspace.dataset):
            return
        if self._drawn_for is None or not _alike(self._drawn_for, workspace.dataset):
            self._make_board(workspace.dataset)
        assert self.board is not None
        self.board.refresh()

    def _make_board(self, dataset: Dataset) -> None:
        if self.board is not None:
            for button in (self._read, self._step):
                button.setParent(self)  # it outlives the board
            self.board.deleteLater()
        assert dataset.image_shape is not None
        self._drawn_for = dataset
        self.board = DrawBoard(self._theme, dataset.image_shape, self._scores, self, ink_of(dataset))
        for button in (self._read, self._step):
            self.board.pad_row.addWidget(button)
        self.board.changed.connect(self._enable)
        self._enable()
        self._box.addWidget(self.board)

    def _enable(self) -> None:
        for button in (self._read, self._step):
            button.setEnabled(self.digit is not None)

    def _step_through(self) -> None:
        if self.digit is not None:
            self._assessor.step_through_drawing(self.digit, self.said)

    def _scores(self, digit: NDArray) -> tuple[NDArray, tuple[str, ...]]:
        workspace, found = self._assessor.workspace, self._assessor.assessment
        snapshot = workspace.snapshot if found is None else found.snapshot
        if workspace.run is None or snapshot is None:
            raise ValueError("There is no network yet.")
        x = self._assessor.split.scaled(digit.reshape(1, -1))
        with np.errstate(all="ignore"):
            y = snapshot.network.predict(x)
        loss, dataset = workspace.run.trainer.loss, workspace.dataset
        if y.shape[1] > 1:
            return loss.probabilities(y)[0], dataset.classes
        low, high = float(dataset.training.targets.min()), float(dataset.training.targets.max())
        return class_shares(loss, y, low, high)[0], dataset.classes


def _alike(one: Dataset, other: Dataset) -> bool:
    """Whether a drawing for the one is as good for the other."""
    return one is other or (one.image_shape == other.image_shape and ink_of(one) == ink_of(other))
