"""The dialog for drawing a digit: the board, and buttons to take the digit or not."""

from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from mlpviz.data.drawing import NOTHING_DRAWN
from mlpviz.data.ink import MNIST_INK, Ink
from mlpviz.gui.theme import Theme, set_role
from mlpviz.gui.widgets.card import GAP_PX
from mlpviz.gui.widgets.draw_board import DrawBoard, Scores, make_button

_NOTHING_DRAWN = NOTHING_DRAWN[0].upper() + NOTHING_DRAWN[1:] + "."


class DrawDialog(QDialog):
    """Lets a digit be drawn on a `DrawBoard`, and taken.

    Parameters
    ----------
    theme, image_shape, scores, parent, ink
        As for the board.
    """

    def __init__(
        self,
        theme: Theme,
        image_shape: tuple[int, int],
        scores: Scores | None = None,
        parent: QWidget | None = None,
        ink: Ink = MNIST_INK,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("dialog_draw")
        self.setWindowTitle("Draw an example")
        self.board = DrawBoard(theme, image_shape, scores, ink=ink)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP_PX, GAP_PX, GAP_PX, GAP_PX)
        layout.setSpacing(GAP_PX)
        layout.addWidget(self.board, 1)
        layout.addLayout(self._button_row())
        self.resize(960, 560)
        self.board.changed.connect(self._show_use)
        self.board.pad.setFocus()
        self._show_use()

    @property
    def digit(self) -> NDArray | None:
        """What is drawn, (h, w) as the data set stores a picture, read-only; None while nothing is drawn."""
        return self.board.digit

    def refresh(self) -> None:
        """Prepare and score what is drawn, once more: the network changed."""
        self.board.refresh()

    def _show_use(self) -> None:
        is_empty = self.digit is None
        self._use.setEnabled(not is_empty)
        self._use.setToolTip(_NOTHING_DRAWN if is_empty else "Take the last picture as the example")
        self._why_not.setText(_NOTHING_DRAWN if is_empty else "")

    def _button_row(self) -> QHBoxLayout:
        self._why_not = QLabel()
        self._why_not.setObjectName("label_drawing_missing")
        set_role(self._why_not, "subtitle")
        cancel = make_button("Cancel", "button_cancel_drawing", "Close, and leave the example as it is (Esc)")
        cancel.clicked.connect(self.reject)
        self._use = make_button("Use this drawing", "button_use_drawing", "")
        self._use.setDefault(True)
        set_role(self._use, "primary")
        self._use.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addWidget(self._why_not, 1, Qt.AlignmentFlag.AlignRight)
        row.addWidget(cancel)
        row.addWidget(self._use)
        return row
