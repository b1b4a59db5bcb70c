"""Painting to SVG: real text, vector lines, clipping, and small pictures kept small.

Qt's own generator of SVG loses clipping, and the scale of thin lines in plots.
"""

import base64
import math
import re
from xml.sax.saxutils import escape, quoteattr

from PySide6.QtCore import QBuffer, QIODevice, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QImage,
    QPaintEngine,
    QPainterPath,
    QPolygonF,
    QTransform,
)

from mlpviz.gui.figures.engine import DOTS_PER_INCH, PictureDevice, PictureEngine

FALLBACK_FONTS = {"DejaVu Sans": "Verdana, sans-serif", "DejaVu Sans Mono": "Menlo, Consolas, monospace"}
"""Fonts of nearly the same widths, for a reader that does not have the one asked for."""

LARGEST_IMAGE_PX = 2048
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CAPS = {Qt.PenCapStyle.FlatCap: "butt", Qt.PenCapStyle.SquareCap: "square", Qt.PenCapStyle.RoundCap: "round"}
_JOINS = {Qt.PenJoinStyle.BevelJoin: "bevel", Qt.PenJoinStyle.RoundJoin: "round"}


class SvgPicture(PictureDevice):
    """What a QPainter paints to; `document` is the picture once it has ended.

    Parameters
    ----------
    width, height
        In pixels.
    """

    def __init__(self, width: int, height: int) -> None:
        super().__init__(width, height)
        self._engine = _SvgEngine()

    def document(self, title: str, description: str = "", metadata: str = "") -> str:
        """The picture as the text of an SVG file."""
        width, height = self._size
        about = f"<title>{_words(title)}</title>\n"
        if description:
            about += f"<desc>{_words(description)}</desc>\n"
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
            f'version="1.1" width="{width}" height="{height}" viewBox="0 0 {width} {height}">\n'
            f"{about}{metadata}"
            f"<defs>\n{''.join(self._engine.definitions)}</defs>\n{''.join(self._engine.body)}</svg>\n"
        )

    def paintEngine(self) -> QPaintEngine:
        return self._engine


class _SvgEngine(PictureEngine):
    """Turns each call of a painter into an element, in the coordinates of the whole picture."""

    def __init__(self) -> None:
        super().__init__()
        self.body: list[str] = []
        self.definitions: list[str] = []
        self._clips: dict[str, str] = {}

    # ------------------------------------------------------------------ called by Qt

    def drawPath(self, path: QPainterPath) -> None:
        self._shape(path, self._fill(self.brush))

    def drawPolygon(self, points, mode: QPaintEngine.PolygonDrawMode) -> None:
        path, is_line = QPainterPath(), mode == QPaintEngine.PolygonDrawMode.PolylineMode
        path.addPolygon(QPolygonF([QPointF(point) for point in points]))
        if not is_line:
            path.closeSubpath()
        if mode == QPaintEngine.PolygonDrawMode.WindingMode:
            path.setFillRule(Qt.FillRule.WindingFill)
        self._shape(path, 'fill="none"' if is_line else self._fill(self.brush))

    def drawLines(self, lines) -> None:
        for line in lines:
            path = QPainterPath(QPointF(line.p1()))
            path.lineTo(QPointF(line.p2()))
            self._shape(path, 'fill="none"')

    def drawRects(self, rects) -> None:
        for rect in rects:
            path = QPainterPath()
            path.addRect(QRectF(rect))
            self._shape(path, self._fill(self.brush))

    def drawEllipse(self, rect) -> None:
        path = QPainterPath()
        path.addEllipse(QRectF(rect))
        self._shape(path, self._fill(self.brush))

    def drawPoints(self, points) -> None:
        for point in points:
            path = QPainterPath(QPointF(point))
            path.lineTo(QPointF(point) + QPointF(1e-3, 0.0))
            self._shape(path, 'fill="none"')

    def drawPixmap(self, target, pixmap, source) -> None:
        self._image(QRectF(target), pixmap.toImage(), QRectF(source))

    def drawImage(self, target, image, source, _flags=None) -> None:
        self._image(QRectF(target), image, QRectF(source))

    def drawTextItem(self, place, item) -> None:
        words, font = item.text().rstrip("\0"), item.font()
        if not words.strip():
            return
        size = font.pixelSize() if font.pixelSize() > 0 else font.pointSizeF() * DOTS_PER_INCH / 72
        family = font.family()
        families = ", ".join(filter(None, [f"'{family}'", FALLBACK_FONTS.get(family, "sans-serif")]))
        style = ' font-style="italic"' if font.italic() else ""
        weight = ' font-weight="bold"' if font.weight() >= QFont.Weight.DemiBold else ""
        lines = [
            word
            for word, is_so in (("underline", font.underline()), ("line-through", font.strikeOut()))
            if is_so
        ]
        decoration = f' text-decoration="{" ".join(lines)}"' if lines else ""
        position = f'x="{_number(place.x())}" y="{_number(place.y())}"'
        transform = self.transform
        if not transform.isIdentity():
            if _only_moves(transform):
                moved = transform.map(QPointF(place))
                position = f'x="{_number(moved.x())}" y="{_number(moved.y())}"'
            else:
                position += f' transform="{_matrix(transform)}"'
        color = self.pen.color()
        self._add(
            f'<text {position} font-family="{families}" font-size="{_number(size)}"{weight}{style}'
            f'{decoration} textLength="{_number(item.width())}" lengthAdjust="spacingAndGlyphs" '
            f'xml:space="preserve" {_paint("fill", color, self.opacity)}>{_words(words)}</text>'
        )

    # ------------------------------------------------------------------ elements

    def _shape(self, path: QPainterPath, fill: str) -> None:
        """A path in the coordinates of the picture; a pen that scales keeps those it was drawn in."""
        stroke, transform = self._stroke(), self.transform
        if not stroke and fill == 'fill="none"':
            return
        own = bool(stroke) and not _only_moves(transform) and not self.pen.isCosmetic()
        moved = "" if not own else f' transform="{_matrix(transform)}"'
        data = _path_data(path if own else transform.map(path))
        if data:
            rule = "" if path.fillRule() == Qt.FillRule.WindingFill else ' fill-rule="evenodd"'
            outline = stroke or 'stroke="none"'
            self._add(f'<path d="{data}"{moved}{rule} {fill} {outline}/>')

    def _image(self, target: QRectF, image: QImage, source: QRectF) -> None:
        if source != QRectF(image.rect()):
            image = image.copy(source.toAlignedRect())
        if image.isNull():
            return
        if not self.smooth:
            image = _enlarged(image, self.transform.mapRect(target))
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        image.save(buffer, "PNG")  # type: ignore[call-overload]
        data = base64.b64encode(bytes(buffer.data().data())).decode()
        transform = "" if self.transform.isIdentity() else f' transform="{_matrix(self.transform)}"'
        # "pixelated" is CSS, "optimizeSpeed" is SVG 1.1: each reader knows one of them.
        crisp = "" if self.smooth else ' image-rendering="optimizeSpeed" style="image-rendering:pixelated"'
        opacity = "" if self.opacity == 1.0 else f' opacity="{_number(self.opacity)}"'
        self._add(
            f'<image x="{_number(target.x())}" y="{_number(target.y())}" width="{_number(target.width())}" '
            f'height="{_number(target.height())}" preserveAspectRatio="none"{transform}{crisp}{opacity} '
            f'xlink:href="data:image/png;base64,{data}"/>'
        )

    def _add(self, element: str) -> None:
        clip = self._clip_attribute()
        if clip is not None:
            self.body.append(f"<g {clip}>{element}</g>\n" if clip else element + "\n")

    def _fill(self, brush: QBrush) -> str:
        if brush.style() == Qt.BrushStyle.NoBrush:
            return 'fill="none"'
        color = brush.color()
        gradient = brush.gradient()
        if gradient is not None and gradient.stops():  # of a style's buttons: its middle colour will do
            stops = gradient.stops()
            color = stops[len(stops) // 2][1]
        return _paint("fill", color, self.opacity) if color.alpha() else 'fill="none"'

    def _stroke(self) -> str:
        pen = self.pen
        if pen.style() == Qt.PenStyle.NoPen or not pen.color().alpha():
            return ""
        width = pen.widthF() or 1.0
        parts = [_paint("stroke", pen.color(), self.opacity), f'stroke-width="{_number(width)}"']
        parts.append(f'stroke-linecap="{_CAPS.get(pen.capStyle(), "butt")}"')
        parts.append(f'stroke-linejoin="{_JOINS.get(pen.joinStyle(), "miter")}"')
        if pen.style() != Qt.PenStyle.SolidLine:
            dashes = " ".join(_number(dash * max(1.0, width)) for dash in pen.dashPattern())
            parts.append(f'stroke-dasharray="{dashes}"')
        return " ".join(parts)

    def _clip_attribute(self) -> str | None:
        """An attribute for the clip in place; empty where there is none, None where nothing can be seen."""
        clip = self.whole_clip()
        if clip is None:
            return ""
        data = _path_data(clip.simplified())
        if not data:
            return None
        if data not in self._clips:
            name = f"clip{len(self._clips) + 1}"
            self._clips[data] = name
            self.definitions.append(f'<clipPath id="{name}"><path d="{data}"/></clipPath>\n')
        return f"clip-path={quoteattr(f'url(#{self._clips[data]})')}"


def _words(text: str) -> str:
    """A text as XML can hold it: control characters it cannot, however they are written."""
    return escape(_NOT_XML.sub("", text))


def _paint(what: str, color: QColor, opacity: float) -> str:
    alpha = color.alphaF() * opacity
    text = f'{what}="{color.name()}"'
    return text if alpha >= 1.0 else f'{text} {what}-opacity="{_number(alpha)}"'


def _enlarged(image: QImage, target: QRectF) -> QImage:
    """An image in which each pixel is several: readers that smooth what they enlarge leave it sharp."""
    width, height = image.width(), image.height()
    wanted = math.ceil(2.0 * max(target.width() / width, target.height() / height))
    times = min(wanted, LARGEST_IMAGE_PX // max(width, height))
    return image.scaled(times * width, times * height) if wanted > 2 and times > 1 else image


def _number(value: float) -> str:
    """A coordinate to the thousandth of a pixel, in as few characters as it takes."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _only_moves(t: QTransform) -> bool:
    return (t.m11(), t.m12(), t.m21(), t.m22()) == (1.0, 0.0, 0.0, 1.0)


def _matrix(t: QTransform) -> str:
    entries = (t.m11(), t.m12(), t.m21(), t.m22(), t.dx(), t.dy())
    return f"matrix({' '.join(f'{entry:.6g}' for entry in entries)})"


def _path_data(path: QPainterPath) -> str:
    """A path in the letters of SVG."""
    parts, waiting = [], []
    kinds = QPainterPath.ElementType
    start: tuple[str, str] | None = None
    for i in range(path.elementCount()):
        element = path.elementAt(i)
        place = _number(element.x), _number(element.y)
        if element.type == kinds.MoveToElement:
            start = place
            parts.append(f"M{place[0]} {place[1]}")
        elif element.type == kinds.LineToElement:
            closes = place == start and (
                i + 1 == path.elementCount() or path.elementAt(i + 1).type == kinds.MoveToElement
            )
            parts.append("Z" if closes else f"L{place[0]} {place[1]}")
        elif element.type == kinds.CurveToElement:
            waiting = [place]
        else:
            waiting.append(place)
            if len(waiting) == 3:
                parts.append("C" + " ".join(f"{x} {y}" for x, y in waiting))
    return "".join(parts)
