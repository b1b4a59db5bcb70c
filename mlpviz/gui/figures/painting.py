"""Paints a widget that is set up apart from the screen to PNG, SVG or PDF."""

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QPoint, QSize, QSizeF
from PySide6.QtGui import QImage, QPageSize, QPainter, QPdfWriter
from PySide6.QtWidgets import QWidget

from mlpviz.gui.figures.clipped import ClippedPainting
from mlpviz.gui.figures.engine import DOTS_PER_INCH
from mlpviz.gui.figures.svg import SvgPicture

_POINTS_PER_PX = 72 / DOTS_PER_INCH


def to_image(widget: QWidget, scale: float) -> QImage:
    """The widget as an image, `scale` pixels for each of its own."""
    size = QSize(round(widget.width() * scale), round(widget.height() * scale))
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(scale)
    image.fill(0)
    widget.render(image)
    return image.convertToFormat(QImage.Format.Format_RGB32)


def to_png(image: QImage) -> bytes:
    """An image as a PNG file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.setDevicePixelRatio(1.0)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def to_svg(widget: QWidget, title: str, description: str, metadata: str) -> bytes:
    """The widget as an SVG file, with an element of metadata."""
    picture = SvgPicture(widget.width(), widget.height())
    painter = QPainter(picture)
    widget.render(painter, QPoint())
    painter.end()
    return picture.document(title, description, metadata).encode()


def to_pdf(widget: QWidget, title: str) -> bytes:
    """The widget as a PDF file of one page of its size."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setCreator("mlpviz")
    writer.setResolution(DOTS_PER_INCH)
    size = QSizeF(widget.width() * _POINTS_PER_PX, widget.height() * _POINTS_PER_PX)
    writer.setPageSize(QPageSize(size, QPageSize.Unit.Point, "picture", QPageSize.SizeMatchPolicy.ExactMatch))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writing = QPainter(writer)
    clipped = ClippedPainting(widget.width(), widget.height(), writing)
    painter = QPainter(clipped)
    widget.render(painter, QPoint())
    painter.end()
    writing.end()
    del writer
    return bytes(buffer.data().data())
