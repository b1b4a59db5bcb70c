"""Drawing an example for the Step through page, with live scores of the pinned network."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QDialog, QWidget

from mlpviz.data.ink import ink_of, why_no_drawing
from mlpviz.gui.follower import Follower
from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.draw_dialog import DrawDialog


def draw_example(follower: Follower, theme: Theme, parent: QWidget) -> None:
    """Open the pad; follow what was drawn if it is taken.

    The target is the class that the network names: a drawing has no label of its own.
    """
    dataset = follower.workspace.dataset
    if dataset.image_shape is None or follower.snapshot is None or why_no_drawing(dataset):
        return

    def scores(digit: NDArray) -> tuple[NDArray, tuple[str, ...]]:
        assert follower.snapshot is not None
        y = follower.snapshot.network.predict(follower.split.scaled(digit.reshape(1, -1)))
        loss = follower.workspace.run.trainer.loss  # type: ignore[union-attr]
        return loss.probabilities(y)[0], dataset.classes

    dialog = DrawDialog(theme, dataset.image_shape, scores, parent, ink_of(dataset))
    try:
        if dialog.exec() == QDialog.DialogCode.Accepted and dialog.digit is not None:
            values, _ = scores(dialog.digit)
            follower.show_drawing(dialog.digit.reshape(-1), int(np.argmax(values)))
    finally:
        dialog.deleteLater()
