"""One vector as the picture that suits it: an image, a grid of units, or bars; with its name and a number."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from mlpviz.figures.colors import signed_limit
from mlpviz.figures.numbers import format_number
from mlpviz.gui.theme import SMALLEST_TEXT_PX, TEXT_PX, Theme, set_role, text_font
from mlpviz.gui.widgets.bars import Bars
from mlpviz.gui.widgets.color_scales import Scale
from mlpviz.gui.widgets.names import in_words
from mlpviz.gui.widgets.tensor_image import Cell, TensorImage

MOST_BARS = 16
_WITH_NAME = ((TEXT_PX, 4), (TEXT_PX, 3), (SMALLEST_TEXT_PX, 3))  # sizes of letters, and how many digits
_WITHOUT = ((TEXT_PX, 3), (SMALLEST_TEXT_PX, 3), (SMALLEST_TEXT_PX, 2), (SMALLEST_TEXT_PX, 1))


class VectorView(QWidget):
    """Shows n numbers; tells which one is pointed at, and marks the one that is chosen elsewhere."""

    hovered = Signal(int)
    """The entry under the pointer, -1 when it left."""
    clicked = Signal(int)

    def __init__(self, theme: Theme, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self._values: NDArray = np.zeros(0)
        self._columns = 1
        self._limit = 1.0
        self._labels: Sequence[str] = ()
        self._chosen: int | None = None
        self._shown: int | None = None
        self._covered = self._is_tight = False
        self._caption = QLabel()
        self._caption.setAlignment(Qt.AlignmentFlag.AlignCenter)
        set_role(self._caption, "title")
        self.image = TensorImage(theme, f"{object_name}_image")
        self.image.cell_hovered.connect(self._cell_hovered)
        self.image.cell_clicked.connect(lambda cell: self.clicked.emit(self._index(cell)))
        self.bars = Bars(theme, f"{object_name}_bars", "")
        for picture in (self.image, self.bars):  # a click leaves the arrow keys to the page
            picture.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.bars.bar_hovered.connect(self.hovered)
        self.bars.bar_clicked.connect(self.clicked)
        self._drawn: QWidget = self.bars
        self._end = ""
        self._picture = QStackedWidget()
        self._cover = QLabel("?")
        self._cover.setAlignment(Qt.AlignmentFlag.AlignCenter)
        set_role(self._cover, "cover")
        for widget in (self.image, self.bars, self._cover):
            self._picture.addWidget(widget)
        self._number = QLabel()
        self._number.setObjectName(f"{object_name}_number")
        self._number.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._scale_words = QLabel()
        self._scale_words.setToolTip("The ends of the scale: the strongest colour, the longest bar")
        self._scale_words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        set_role(self._scale_words, "subtitle")
        line_px = QFontMetrics(text_font(TEXT_PX, bold=True)).height()
        for label in (self._caption, self._number):
            label.setMinimumHeight(line_px)  # small letters leave the pictures of a row at one height
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addWidget(self._caption)
        box.addWidget(self._picture, 1)
        box.addWidget(self._number)
        box.addWidget(self._scale_words)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_tight(self, tight: bool) -> None:
        """Leave out the ends of the scale, where there is little height."""
        self._scale_words.setVisible(not tight)
        self._is_tight = tight
        self.updateGeometry()

    @property
    def values(self) -> NDArray:
        """The numbers on show."""
        return self._values

    def sizeHint(self) -> QSize:
        return QSize(190, 240)

    def minimumSizeHint(self) -> QSize:
        return QSize(56 if self._is_tight else 72, 100 if self._is_tight else 140)

    def set_vector(
        self,
        caption: str,
        values: NDArray,
        scale: Scale,
        meaning: str,
        image_shape: tuple[int, int] | None = None,
        labels: Sequence[str] = (),
        limit: float | None = None,
    ) -> None:
        """Show numbers.

        Parameters
        ----------
        image_shape : (rows, columns), optional
            Lay the numbers out as this image.
        labels : sequence of str
            A word for each; its number if there are none.
        limit : float, optional
            The end of the scale; by default the largest absolute number.
        """
        self._values, self._chosen, self._shown = values, None, None
        self._labels = labels or [str(i) for i in range(len(values))]
        self._fit_caption(caption)
        self.setToolTip(f"{caption}: {meaning}")
        self.setAccessibleName(caption)
        self.setAccessibleDescription(meaning)
        shape = image_shape or grid_shape(len(values))
        self._columns = shape[1]
        self._limit = limit or signed_limit(values)
        if image_shape is None and len(values) <= MOST_BARS:
            self.bars.set_values(values, self._labels, limit)
            self._drawn = self.bars
            self._end = f"up to {format_number(self._limit)}"
        else:
            self.image.set_scale(scale)
            self.image.set_array(values.reshape(shape), self._limit)
            self._drawn = self.image
            end = format_number(self._limit)
            self._end = f"0 … {end}" if scale == "pixel" else f"±{end}"
        self.set_covered(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_caption(self.accessibleName())
        self._fit_scale_words()
        self._fit_number()

    def _fit_caption(self, caption: str) -> None:
        for size_px in (TEXT_PX, SMALLEST_TEXT_PX):
            metrics = QFontMetrics(text_font(size_px, bold=True))
            if metrics.horizontalAdvance(caption) <= self.width():
                break
        words = metrics.elidedText(caption, Qt.TextElideMode.ElideRight, self.width())
        self._caption.setText(_in_size(size_px, words))

    def _fit_scale_words(self) -> None:
        has_room = self._scale_words.fontMetrics().horizontalAdvance(self._end) <= self.width()
        self._scale_words.setText(self._end if has_room and not self._covered else "")

    def _fit_number(self) -> None:
        """Name and number of what is marked; a number is rather small or alone than cut."""
        if self._shown is None or self._covered:
            self._number.setText("")
            return
        value = float(self._values[self._shown])
        names = dict.fromkeys((in_words(self._labels[self._shown]), str(self._shown)))
        tries = [(size, digits, f"[{name}]  ") for size, digits in _WITH_NAME for name in names]
        for size_px, digits, name in [*tries, *((size, digits, "") for size, digits in _WITHOUT)]:
            number = format_number(value, digits)
            metrics = QFontMetrics(text_font(size_px, bold=True))
            if metrics.horizontalAdvance(name + number) <= self.width():
                break
        self._number.setText(_in_size(size_px, f"{name}<b>{number}</b>"))

    def set_covered(self, covered: bool) -> None:
        """Hide the numbers until the learner has guessed."""
        self._covered = covered
        self._picture.setCurrentWidget(self._cover if covered else self._drawn)
        self._fit_scale_words()
        self.set_marked(self._chosen, None)

    def set_marked(self, chosen: int | None, hovered: int | None) -> None:
        """Mark an entry: the one pointed at now, or else the chosen one; its number is written below."""
        self._chosen = chosen
        shown = hovered if hovered is not None else chosen
        if shown is not None and not 0 <= shown < len(self._values):
            shown = None
        self.bars.set_highlighted(shown)
        self.image.set_highlighted(None if shown is None else divmod(shown, self._columns))
        self._shown = shown
        self._fit_number()

    def _index(self, cell: Cell) -> int:
        return cell.row * self._columns + cell.column

    def _cell_hovered(self, cell: Cell | None) -> None:
        self.hovered.emit(-1 if cell is None else self._index(cell))


def _in_size(size_px: int, words: str) -> str:
    return words if size_px == TEXT_PX else f"<span style='font-size:{size_px}px'>{words}</span>"


def grid_shape(n: int) -> tuple[int, int]:
    """Rows and columns for n numbers, as near to a square as their divisors allow."""
    rows = next((r for r in range(math.isqrt(n), 0, -1) if n % r == 0), 1)
    return rows, max(1, n // rows)
