"""Pictures of examples in rows, each with a few words below it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from mlpviz.gui.theme import SMALLEST_TEXT_PX, Theme, text_font
from mlpviz.gui.widgets.color_scales import Scale
from mlpviz.gui.widgets.mosaic_view import MosaicView

SMALLEST_PX = 64
LARGEST_PX = 92
ARROW = "→"
"""Between the two names of a caption: what it is, and what was said."""
_CAPTION = 0.4  # of the shorter side of a picture


class Caption(NamedTuple):
    """What stands below a picture: at the left, marked as wrong or not, and quieter at the right."""

    left: str
    right: str
    is_wrong: bool


class GalleryView(MosaicView):
    """A mosaic whose pictures keep a readable size, with a caption each; it scrolls where there are many.

    Parameters
    ----------
    theme, object_name, name, scale, noun, parent
        As in :class:`MosaicView`.
    """

    smallest_cell_px = SMALLEST_PX
    largest_cell_px = LARGEST_PX

    def __init__(
        self,
        theme: Theme,
        object_name: str,
        name: str,
        scale: Scale = "pixel",
        noun: str = "example",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, object_name, name, scale, noun, parent)
        self._captions: Sequence[Caption] = ()

    def set_pictures(
        self, pictures: NDArray, high: float | None, captions: Sequence[Caption], labels: Sequence[str]
    ) -> None:
        """Show pictures (n, h, w) up to `high`, with a caption and a longer label for hovering each."""
        n, height, width = pictures.shape
        below = max(1, round(_CAPTION * min(height, width)))
        room = np.zeros((n, height + below, width), pictures.dtype)
        room[:, :height] = pictures
        self._captions = captions
        self.set_images(room, high, labels)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        painter.setFont(text_font(SMALLEST_TEXT_PX))
        metrics, area = painter.fontMetrics(), QRectF(self.viewport().rect())
        left_flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right_flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for i, caption in enumerate(self._captions):
            rect = self.cell_rect(i)
            if rect.bottom() < area.top():
                continue
            if rect.top() > area.bottom() - 1:
                break
            rect.setTop(rect.bottom() - metrics.height() - 1)
            rect.adjust(1, 0, -1, 0)
            right, right_px = caption.right, metrics.horizontalAdvance(caption.right) + 1
            left_px = metrics.horizontalAdvance(caption.left)
            if left_px + right_px > rect.width() and (left_px <= right_px or ARROW in caption.left):
                right, right_px = "", 0  # which one it is matters more
            painter.setPen(self.theme.color("error" if caption.is_wrong else "text"))
            left = _shortened(caption.left, metrics, int(rect.width()) - right_px)
            painter.drawText(rect, left_flags, "" if left == "…" else left)
            painter.setPen(self.theme.color("secondary"))
            painter.drawText(rect, right_flags, right)
        painter.end()


def _shortened(text: str, metrics: QFontMetrics, room_px: int) -> str:
    """The text, cut where there is no room; of two names with an arrow between them, each in its middle."""
    first, arrow, second = text.partition(ARROW)
    if not arrow or metrics.horizontalAdvance(text) <= room_px:
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, room_px)
    half = (room_px - metrics.horizontalAdvance(ARROW)) // 2
    middle = Qt.TextElideMode.ElideMiddle
    return f"{metrics.elidedText(first, middle, half)}{ARROW}{metrics.elidedText(second, middle, half)}"
