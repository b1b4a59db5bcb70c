"""Painting to SVG and through to PDF: each call of a painter as it would look on the screen."""

from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QByteArray, QLineF, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QImage,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QPolygon,
    QPolygonF,
    QRegion,
    QTransform,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QLabel, QScrollArea, QWidget

from mlpviz.gui.figures.clipped import ClippedPainting
from mlpviz.gui.figures.painting import to_image, to_pdf, to_svg
from mlpviz.gui.figures.svg import SvgPicture

SVG = "{http://www.w3.org/2000/svg}"
SIZE = 60


def painted_on(device, paint):
    painter = QPainter(device)
    paint(painter)
    painter.end()


def svg(paint):
    picture = SvgPicture(SIZE, SIZE)
    painted_on(picture, paint)
    return picture.document("a picture").encode()


def image():
    found = QImage(SIZE, SIZE, QImage.Format.Format_RGB32)
    found.fill(Qt.GlobalColor.white)
    return found


def pixels(found):
    flat = np.frombuffer(found.constBits(), np.uint8)
    return flat.reshape(found.height(), found.width(), 4)[:, :, 2::-1].astype(int)


def by_the_reader(content):
    found = image()
    renderer = QSvgRenderer(QByteArray(content))
    assert renderer.isValid()
    painted_on(found, renderer.render)
    return pixels(found)


def at_once(paint):
    found = image()
    painted_on(found, paint)
    return pixels(found)


def handed_on(paint):
    """By way of the painting that clips for others."""
    found = image()
    writing = QPainter(found)
    painted_on(ClippedPainting(SIZE, SIZE, writing), paint)
    writing.end()
    return pixels(found)


def fill(painter, rect, color="red"):
    painter.fillRect(QRectF(*rect), QColor(color))


def rect_in_a_rotated_and_scaled_picture(painter):
    painter.translate(30, 30)
    painter.rotate(90)
    painter.scale(2, 1)
    fill(painter, (-10, -5, 20, 10))


def polygon(painter):
    painter.setBrush(QColor("blue"))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawPolygon(QPolygonF([QPointF(10, 10), QPointF(50, 10), QPointF(50, 50), QPointF(10, 50)]))


def thick_line(painter):
    painter.setPen(QPen(QColor("green"), 10))
    painter.drawLine(QLineF(10, 30, 50, 30))


def clipped_rect(painter):
    painter.setClipRect(QRectF(20, 20, 20, 20))
    fill(painter, (0, 0, 60, 60))


def twice_clipped(painter):
    painter.setClipRect(QRectF(10, 10, 40, 40))
    painter.setClipRect(QRectF(30, 30, 40, 40), Qt.ClipOperation.IntersectClip)
    fill(painter, (0, 0, 60, 60))


def clipped_no_more(painter):
    painter.setClipRegion(QRegion(QRect(20, 20, 20, 20)))
    painter.setClipping(False)
    fill(painter, (10, 10, 10, 10))


def clipped_and_restored(painter):
    painter.save()
    painter.setClipRect(QRectF(50, 50, 5, 5))
    fill(painter, (0, 0, 60, 60), "blue")
    painter.restore()
    fill(painter, (10, 10, 20, 20))


def an_ellipse_and_a_path(painter):
    path = QPainterPath()
    path.addRect(5, 5, 50, 50)
    path.addRect(20, 20, 20, 20)
    painter.fillPath(path, QColor("purple"))


def half_transparent(painter):
    painter.setOpacity(0.5)
    fill(painter, (10, 10, 40, 40), "black")


def image_part(painter):
    source = QImage(4, 4, QImage.Format.Format_RGB32)
    source.fill(QColor("yellow"))
    source.setPixelColor(0, 0, QColor("blue"))
    painter.drawImage(QRectF(10, 10, 40, 40), source, QRectF(0, 0, 2, 2))


DRAWN = [
    rect_in_a_rotated_and_scaled_picture,
    polygon,
    thick_line,
    clipped_rect,
    twice_clipped,
    clipped_no_more,
    clipped_and_restored,
    an_ellipse_and_a_path,
    half_transparent,
    image_part,
]


@pytest.mark.parametrize("paint", DRAWN, ids=lambda paint: paint.__name__)
class TestLooks:
    def test_the_same_handed_on(self, qapp, paint):
        assert np.array_equal(handed_on(paint), at_once(paint))

    def test_the_same_in_a_reader_of_svg(self, qapp, paint):
        if "clipped" in paint.__name__:
            pytest.skip("Qt's reader does not clip; the elements are looked at below")
        assert np.abs(by_the_reader(svg(paint)) - at_once(paint)).max() <= 2


class TestElements:
    def test_what_is_clipped_has_a_clip_path_and_what_cannot_be_seen_is_left_out(self, qapp):
        def paint(painter):
            painter.setClipRect(QRectF(20, 20, 20, 20))
            fill(painter, (0, 0, 60, 60))
            painter.setClipRect(QRectF(0, 0, 5, 5), Qt.ClipOperation.IntersectClip)
            fill(painter, (0, 0, 60, 60), "blue")

        root = ElementTree.fromstring(svg(paint))
        (clip,) = root.iter(f"{SVG}clipPath")
        assert clip[0].get("d") == "M20 20L40 20L40 40L20 40Z"
        (group,) = root.findall(f"{SVG}g")
        assert group.get("clip-path") == f"url(#{clip.get('id')})"
        assert group[0].get("fill") == "#ff0000"

    def test_text_is_text_whatever_it_says(self, qapp):
        said = "a < b & \"c\" 'd' ∂L/∂W₁ − ∑ 3"

        def paint(painter):
            font = QFont("DejaVu Sans", 10)
            font.setPixelSize(12)
            font.setBold(True)
            painter.setFont(font)
            painter.setPen(QColor("#123456"))
            painter.drawText(QPointF(3, 20), said)

        (text, *_rest) = ElementTree.fromstring(svg(paint)).iter(f"{SVG}text")
        assert text.text == said
        assert (text.get("font-size"), text.get("font-weight"), text.get("fill")) == ("12", "bold", "#123456")
        assert (text.get("x"), text.get("y")) == ("3", "20")
        assert float(text.get("textLength")) > 100

    @pytest.mark.parametrize("control", ["\0", "\x01", "\x1b", "￾", "\ud800"])
    def test_what_xml_cannot_hold_is_left_out_of_text(self, qapp, control):
        def paint(painter):
            painter.drawText(QPointF(3, 20), f"a{control}b")

        content = svg(paint)
        said = "".join(text.text or "" for text in ElementTree.fromstring(content).iter(f"{SVG}text"))
        assert said.startswith("a")
        assert said.endswith("b")

    def test_a_title_may_say_anything(self, qapp):
        picture = SvgPicture(10, 10)
        root = ElementTree.fromstring(picture.document("a < b & c\x00", "d > e").encode())
        assert root.find(f"{SVG}title").text == "a < b & c"

    def test_dashes_and_caps_are_kept(self, qapp):
        def paint(painter):
            pen = QPen(QColor("red"), 2, Qt.PenStyle.DashLine, Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawLine(0, 0, 50, 50)

        (path,) = ElementTree.fromstring(svg(paint)).iter(f"{SVG}path")
        assert path.get("stroke-dasharray") == "8 4"
        assert path.get("stroke-linecap") == "round"


class TestAnything:
    """An exception in an engine ends the process, so there must be none."""

    def draw(self, painter, what, numbers):
        x, y, w, h = numbers
        match what:
            case "rect":
                painter.drawRect(QRectF(x, y, w, h))
            case "rects":
                painter.drawRects([QRect(1, 2, 3, 4), QRect()])
            case "ellipse":
                painter.drawEllipse(QRectF(x, y, w, h))
            case "whole ellipse":
                painter.drawEllipse(QRect(1, 2, 3, 4))
            case "line":
                painter.drawLine(QPointF(x, y), QPointF(w, h))
            case "points":
                painter.drawPoints(QPolygonF([QPointF(x, y), QPointF(w, h)]))
            case "whole points":
                painter.drawPoints(QPolygon([QPoint(1, 2), QPoint(3, 4)]))
            case "polyline":
                painter.drawPolyline(QPolygonF([QPointF(x, y), QPointF(w, h), QPointF(0, 0)]))
            case "whole polygon":
                painter.drawPolygon(QPolygon([QPoint(1, 2), QPoint(3, 4), QPoint(9, 9)]))
            case "convex":
                painter.drawConvexPolygon(QPolygonF([QPointF(x, y), QPointF(w, h), QPointF(5, 0)]))
            case "nothing":
                painter.drawPolygon(QPolygonF())
                painter.drawPath(QPainterPath())
                painter.drawText(QPointF(1, 1), "")
                painter.drawImage(QPointF(1, 1), QImage())
                painter.drawPixmap(1, 1, QPixmap())
            case "text":
                painter.drawText(QRectF(x, y, w, h), Qt.AlignmentFlag.AlignCenter, "words\nand more ∂")
            case "rotated":
                painter.setTransform(QTransform(x, y, w, h, 3, 4))
            case "tiled":
                painter.drawTiledPixmap(QRectF(0, 0, 20, 20), self.pixmap())
            case "pixmap":
                painter.drawPixmap(QRectF(x, y, w, h), self.pixmap(), QRectF(0.5, 0.5, 3, 3))
            case "gradient":
                gradient = QLinearGradient(0, 0, 9, 9)
                gradient.setColorAt(0, QColor("red"))
                painter.fillRect(QRectF(x, y, w, h), QBrush(gradient))
            case "texture":
                painter.fillRect(QRectF(0, 0, 9, 9), QBrush(self.pixmap()))
            case "clip":
                painter.setClipRect(QRectF(x, y, w, h))
            case "mode":
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)

    def pixmap(self):
        pixmap = QPixmap(4, 4)
        pixmap.fill(QColor("blue"))
        return pixmap

    whats = (
        *("rect", "rects", "ellipse", "line", "points", "polyline", "convex", "nothing", "text"),
        *("rotated", "tiled", "pixmap", "gradient", "texture", "clip", "mode"),
        *("whole ellipse", "whole points", "whole polygon"),
    )

    @settings(max_examples=60)
    @given(
        st.lists(st.tuples(st.sampled_from(whats), st.tuples(*[st.floats(-1e4, 1e4)] * 4)), max_size=12),
        st.floats(0, 20),
    )
    def test_whatever_is_painted_the_file_is_xml_of_finite_numbers(self, qapp, drawn, width):
        def paint(painter):
            painter.setPen(QPen(QColor(1, 2, 3, 100), width))
            painter.setBrush(QColor("red"))
            for what, numbers in drawn:
                self.draw(painter, what, numbers)

        content = svg(paint)
        ElementTree.fromstring(content)
        assert b"nan" not in content
        assert b"inf" not in content

    @pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf"), 1e300])
    @pytest.mark.parametrize("what", ["rect", "line", "polyline", "ellipse", "text", "rotated"])
    def test_numbers_that_are_none_are_no_crash(self, qapp, what, number):
        def paint(painter):
            self.draw(painter, what, (number, 1.0, 2.0, number))
            painter.drawRect(QRectF(1, 1, 2, 2))

        ElementTree.fromstring(svg(paint))


class TestWidgets:
    @pytest.fixture
    def scrolled(self, qtbot):
        """A label in a scroll area that shows the upper half of it."""
        area = QScrollArea()
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QLabel("upper\n\n\n\n\nlower")
        inside.setStyleSheet("background: red")
        inside.setFixedSize(80, 200)
        area.setWidget(inside)
        top = QWidget()
        top.setStyleSheet("background: white")
        top.resize(100, 200)
        area.setParent(top)
        area.setGeometry(10, 10, 60, 60)
        qtbot.addWidget(top)
        top.show()
        return top

    def test_what_lies_outside_its_parent_is_clipped(self, scrolled):
        root = ElementTree.fromstring(to_svg(scrolled, "t", "", ""))
        clips = {clip.get("id"): clip[0].get("d") for clip in root.iter(f"{SVG}clipPath")}
        reds = [g for g in root.iter(f"{SVG}g") if any(p.get("fill") == "#ff0000" for p in g)]
        assert reds
        for group in reds:
            numbers = clips[group.get("clip-path")[5:-1]].replace("Z", "").replace("L", "M").split("M")[1:]
            assert max(float(pair.split()[1]) for pair in numbers) <= 70

    def test_in_pdf_too(self, scrolled, tmp_path):
        content = to_pdf(scrolled, "t")
        assert content.startswith(b"%PDF-1.")
        assert content.rstrip().endswith(b"%%EOF")

    def test_an_image_has_the_scale_asked_for(self, scrolled):
        found = to_image(scrolled, 2.5)
        assert (found.width(), found.height()) == (250, 500)
        assert found.pixelColor(50, 100) == QColor("red")
        assert found.pixelColor(50, 400) == QColor("white")
