"""Arrays of colours as Qt's images."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage


def to_qimage(rgba: NDArray[np.uint8]) -> QImage:
    """Return an image with its own copy of the pixels.

    Parameters
    ----------
    rgba : (h, w, 4) uint8 array
        From :func:`mlpviz.figures.colors.colorize`.
    """
    height, width = rgba.shape[:2]
    if not height or not width:
        return QImage()
    pixels = np.ascontiguousarray(rgba)
    shared = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888_Premultiplied)
    return shared.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)  # in which Qt paints fastest
