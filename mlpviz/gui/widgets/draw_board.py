"""A board for drawing a digit, with each step from pen stroke to the network's input in sight."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from mlpviz.data.dataset import read_only
from mlpviz.data.drawing import Prepared, box_side, fit_title, prepare
from mlpviz.data.ink import MNIST_INK, Ink
from mlpviz.figures.numbers import THIN_SPACE, format_number, format_percent
from mlpviz.gui.theme import Theme, set_role
from mlpviz.gui.widgets.bars import Bars
from mlpviz.gui.widgets.card import GAP_PX, Card
from mlpviz.gui.widgets.draw_pad import DrawPad, paint_guide
from mlpviz.gui.widgets.flow_layout import FlowLayout
from mlpviz.gui.widgets.tensor_image import TensorImage

Scores = Callable[[NDArray], tuple[NDArray, Sequence[str]]]
"""From a drawing (h, w) as stored to the network's outputs (K,) and the names of the classes."""

_FIT_TIP = (
    "MNIST's digits were all scaled, not stretched, to fill a box of 20 × 20 of their 28 × 28 pixels.\n"
    "A network trained on them has never seen one that is larger or smaller."
)
_CENTRE_TIP = (
    "MNIST's digits all lie so that their centre of mass, the mean place of the ink, is in the middle.\n"
    "A fully connected network has its own weight for each pixel, and reads a moved digit as something else."
)
_MISREAD = ": the network may misread this one."


class DrawBoard(QWidget):
    """Lets a digit be drawn, shows what is made of it, and what the network says about that.

    Parameters
    ----------
    theme : Theme
    image_shape : (height, width)
        Of the network's input.
    scores : callable, optional
        Called with the drawing, (h, w) as stored, at each change; returns outputs (K,) and the names of the
        classes. Its ValueError is shown as a sentence.
    parent : QWidget, optional
    ink : Ink
        How the data set stores ink and paper.
    """

    changed = Signal()
    """Another digit is drawn, or none any more."""

    def __init__(
        self,
        theme: Theme,
        image_shape: tuple[int, int],
        scores: Scores | None = None,
        parent: QWidget | None = None,
        ink: Ink = MNIST_INK,
    ) -> None:
        super().__init__(parent)
        self._theme, self._shape, self._scores, self._ink = theme, image_shape, scores, ink
        self._prepared: Prepared | None = None
        self._digit: NDArray | None = None
        body = QHBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(GAP_PX)
        body.addWidget(self._pad_card(), 2)
        self.right = QVBoxLayout()
        self.right.setSpacing(GAP_PX)
        self.right.addWidget(self._steps_card(), 3)
        if scores is not None:
            self.right.addWidget(self._scores_card(), 2)
        body.addLayout(self.right, 3)
        self.pad.changed.connect(self.refresh)
        self.refresh()

    @property
    def digit(self) -> NDArray | None:
        """What is drawn, (h, w) as the data set stores a picture, read-only; None while nothing is drawn."""
        return self._digit

    def refresh(self) -> None:
        """Prepare and score what is drawn, once more: the strokes, a step or the network changed."""
        try:
            self._prepared = prepare(
                self.pad.strokes, self._fit.isChecked(), self._centre.isChecked(), self._shape
            )
        except ValueError:  # no ink on the canvas
            self._prepared = None
        drawn = self._prepared
        self._digit = None if drawn is None else read_only(self._ink.stored(drawn.digit))
        blank = np.zeros(self._shape, np.uint8)
        self._stroke_image.set_array(blank if drawn is None else drawn.stroke, 255.0)
        self._fitted_image.set_array(blank if drawn is None else drawn.fitted, 255.0)
        self._digit_image.set_array(
            self._ink.stored(blank) if self._digit is None else self._digit, self._ink.high
        )
        self._told.setText(
            "Draw, and each step is shown here." if drawn is None else self._what_was_done(drawn)
        )
        for button in (self._undo, self._clear):
            button.setEnabled(bool(self.pad.strokes))
        if self._scores is not None:
            self._show_scores(self._scores)
        self.changed.emit()

    def _show_scores(self, scores: Scores) -> None:
        values: NDArray = np.zeros(0)
        names: Sequence[str] = ()
        if self.digit is None:
            answer = "Draw, and the network answers."
        else:
            try:
                values, names = scores(self.digit)
                answer = _answer(np.asarray(values, np.float64), names)
            except ValueError as error:
                answer = str(error)
        self._bars.set_values(values, names)
        self._bars.setAccessibleDescription(answer)
        self._answer.setText(answer)

    def _what_was_done(self, drawn: Prepared) -> str:
        fit, centre, box = self._fit.isChecked(), self._centre.isChecked(), box_side(self._shape)
        sized = f"Scaled by {format_number(drawn.scale)} until its longer side is {box} pixels"
        if fit and centre:
            words = f"{sized}, then {_moved(drawn.shift)}: as the digits of MNIST were made."
        elif fit:
            words = f"{sized}, its box in the middle. MNIST's digits are centred by mass{_MISREAD}"
        elif centre:
            words = f"Left at its size, {_moved(drawn.shift)}. MNIST's digits all fill the box{_MISREAD}"
        else:
            words = f"Left as it was drawn. MNIST's digits all fill the box and are centred{_MISREAD}"
        if drawn.lost >= 0.001:
            words += f" {format_percent(drawn.lost, 2)} of the ink fell off the edge."
        return words

    def _pad_card(self) -> Card:
        card = Card(self._theme, "Your drawing", "card_draw")
        self.pad = DrawPad(self._theme, "draw_pad", "Your drawing")
        self.pad.setMinimumSize(220, 220)
        card.body.addWidget(self.pad, 1)
        words = "Press and move; or move with the arrow keys, and draw with Shift held."
        hint = _Sentence("label_draw_hint", 2, words)
        set_role(hint, "subtitle")
        card.body.addWidget(hint)
        self._undo = make_button("Undo stroke", "button_undo_stroke", "Take the last stroke back (Ctrl+Z)")
        self._clear = make_button("Clear", "button_clear_drawing", "Take all strokes back (Delete)")
        self._undo.clicked.connect(self.pad.undo)
        self._clear.clicked.connect(self.pad.clear)
        self.pad_row = FlowLayout(spacing_px=6, line_spacing_px=4)
        self.pad_row.addWidget(self._undo)
        self.pad_row.addWidget(self._clear)
        card.body.addLayout(self.pad_row)
        return card

    def _steps_card(self) -> Card:
        card = Card(self._theme, "What the network gets", "card_draw_steps")
        first = QLabel("Pen stroke")
        first.setObjectName("label_stroke")
        self._fit = self._check(fit_title(self._shape), "check_fit", _FIT_TIP)
        self._centre = self._check("Centre by mass", "check_centre", _CENTRE_TIP)
        self._stroke_image = self._picture("image_stroke", "The pen stroke in pixels")
        self._fitted_image = self._picture("image_fitted", "The drawing fitted into the box")
        self._digit_image = self._picture("image_digit", "The picture that the network gets")
        row = QHBoxLayout()
        row.setSpacing(GAP_PX // 2)
        pictures = (self._stroke_image, self._fitted_image, self._digit_image)
        for head, picture in zip((first, self._fit, self._centre), pictures, strict=True):
            if row.count():
                arrow = QLabel("→")
                set_role(arrow, "subtitle")
                row.addWidget(arrow)
            column = QVBoxLayout()
            head.setMinimumHeight(24)
            column.addWidget(head, 0, Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(picture, 1)
            row.addLayout(column, 1)
        card.body.addLayout(row, 1)
        self._told = _Sentence("label_drawing_told", 4)
        card.body.addWidget(self._told)
        return card

    def _scores_card(self) -> Card:
        card = Card(self._theme, "What the network says", "card_draw_scores")
        self._answer = _Sentence("label_drawing_answer", 1)
        self._bars = Bars(self._theme, "bars_scores", "The network's score of each class")
        card.body.addWidget(self._answer)
        card.body.addWidget(self._bars, 1)
        return card

    def _check(self, title: str, name: str, tip: str) -> QCheckBox:
        check = QCheckBox(title)
        check.setObjectName(name)
        check.setToolTip(tip)
        check.setAccessibleDescription(tip)
        check.setChecked(True)
        check.toggled.connect(self.refresh)
        return check

    def _picture(self, object_name: str, name: str) -> TensorImage:
        picture = _Framed(self._theme, object_name, name, scale="pixel")
        picture.setMinimumSize(84, 84)
        return picture


class _Framed(TensorImage):
    """A picture with its edge, and the box and middle that digits are brought to."""

    def room(self) -> QRectF:
        return QRectF(self.rect()).adjusted(2, 2, -2, -2)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        area, (height, width) = self.image_rect(), self.array.shape
        pixel = area.height() / height
        box = QRectF(0, 0, box_side((height, width)) * pixel, box_side((height, width)) * pixel)
        box.moveCenter(area.center())
        painter = QPainter(self)
        painter.setPen(QPen(self.theme.color("field_line"), 1.0))
        painter.drawRect(area.adjusted(-0.5, -0.5, 0.5, 0.5))
        paint_guide(painter, box, pixel, self.theme)
        painter.end()


class _Sentence(QLabel):
    """Words with room for so many lines, so that nothing moves when they change."""

    def __init__(self, object_name: str, lines: int, text: str = "") -> None:
        super().__init__(text)
        self.setObjectName(object_name)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._lines = lines

    def hasHeightForWidth(self) -> bool:
        return False  # else layouts around it take the preferred height of everything for the least

    def sizeHint(self) -> QSize:
        return QSize(240, self._lines * self.fontMetrics().lineSpacing())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


def _answer(scores: NDArray[np.float64], names: Sequence[str]) -> str:
    if not np.isfinite(scores).all():
        return "The network's scores are not finite numbers: its training went wrong."
    order = np.argsort(-scores, kind="stable")
    words = f"The network says {names[order[0]]} (score {format_number(scores[order[0]])})"
    if len(order) > 1:
        words += f"; next comes {names[order[1]]} ({format_number(scores[order[1]])})"
    return words + "."


def _moved(shift: tuple[int, int]) -> str:
    rows, columns = shift
    ways = [
        f"{abs(n)}{THIN_SPACE}px {more if n > 0 else less}"
        for n, more, less in ((rows, "down", "up"), (columns, "right", "left"))
        if n
    ]
    if not ways:
        return "not moved, for its centre of mass is in the middle"
    return f"moved {' and '.join(ways)} until its centre of mass is in the middle"


def make_button(title: str, object_name: str, tip: str) -> QPushButton:
    button = QPushButton(title)
    button.setObjectName(object_name)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button
