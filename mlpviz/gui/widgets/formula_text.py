"""Text in Markdown with LaTeX formulas between dollar signs, as a document that Qt can show and print."""

import re
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QRegularExpression, Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextImageFormat,
)
from PySide6.QtSvg import QSvgRenderer

from mlpviz.figures.formulas import Drawing, render

SCHEME = "formula"
FORMULA = re.compile(r"\$\$(?P<shown>.+?)\$\$|\$(?P<inline>[^$\n]+?)\$", re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_TOKEN = "\u2997{}\u2998"  # brackets that no text has
_TOKENS = re.compile("\u2997(\\d+)\u2998")
_rendered = lru_cache(512)(render)  # a text is set anew whenever its width changes
_INLINE_SIZE, _SHOWN_SIZE = 1.12, 1.3  # of a formula, in sizes of the text, whose letters are wider


@dataclass(frozen=True, slots=True)
class _Formula:
    latex: str
    is_shown: bool


def set_text(
    document: QTextDocument,
    markdown: str,
    font: QFont,
    color: QColor,
    link: QColor,
    ratio: float,
    width_px: float,
) -> None:
    """Fill a document.

    Parameters
    ----------
    document
    markdown
        With ``$…$`` in lines and ``$$…$$`` on lines of their own.
    font, color
        Of the text, and of the formulas in it.
    link
        The colour of links.
    ratio
        Pixels of the device per pixel of the document, for formulas.
    width_px
        The room that a formula has.
    """
    formulas: list[_Formula] = []

    def token(found: re.Match[str]) -> str:
        is_shown = found["shown"] is not None
        formulas.append(_Formula((found["shown"] or found["inline"]).strip(), is_shown))
        mark = _TOKEN.format(len(formulas) - 1)
        return f"\n\n{mark}\n\n" if is_shown else mark

    codes: list[str] = []

    def keep(found: re.Match[str]) -> str:
        codes.append(found[0])
        return f"\u2995{len(codes) - 1}\u2996"

    text = FORMULA.sub(token, _CODE.sub(keep, markdown))
    text = re.sub("\u2995(\\d+)\u2996", lambda found: codes[int(found[1])], text)
    document.setDefaultFont(font)
    document.setMarkdown(text, QTextDocument.MarkdownFeature.MarkdownDialectGitHub)
    _color_all(document, color, link)
    _space_out(document, font.pixelSize())
    size_px = font.pixelSize()
    while not (found := document.find(QRegularExpression(_TOKENS.pattern))).isNull():
        match = _TOKENS.search(found.selectedText())
        assert match is not None
        k = int(match[1])
        _insert(document, found, formulas[k], k, size_px, color, ratio, width_px)


def _insert(
    document: QTextDocument,
    cursor: QTextCursor,
    formula: _Formula,
    k: int,
    size_px: int,
    color: QColor,
    ratio: float,
    width_px: float,
) -> None:
    try:
        drawing = _rendered(formula.latex)
    except ValueError:  # the LaTeX itself can be read
        cursor.insertText(formula.latex)
        return
    wanted = size_px * (_SHOWN_SIZE if formula.is_shown else _INLINE_SIZE)
    em = min(wanted, width_px / max(drawing.width, 1e-3))
    image = image_of(drawing, em, color, ratio, QFontMetricsF(document.defaultFont()).xHeight())
    url = QUrl(f"{SCHEME}:{k}")
    document.addResource(QTextDocument.ResourceType.ImageResource, url, image)
    picture = QTextImageFormat()
    picture.setName(url.toString())
    picture.setWidth(image.width() / ratio)
    picture.setHeight(image.height() / ratio)
    picture.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignMiddle)
    picture.setProperty(QTextImageFormat.Property.ImageAltText, formula.latex)
    cursor.insertImage(picture)
    if formula.is_shown:
        block = QTextBlockFormat()
        block.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        cursor.mergeBlockFormat(block)


def image_of(drawing: Drawing, em: float, color: QColor, ratio: float, x_height: float) -> QImage:
    """A formula as an image that stands on the base line of its text.

    Qt puts the middle of an image half the height of an x above the base line.
    """
    half = max(-drawing.top * em - x_height / 2, drawing.bottom * em + x_height / 2) + 1.0
    width, height = drawing.width * em, 2.0 * half
    image = QImage(
        max(1, round(width * ratio)), max(1, round(height * ratio)), QImage.Format.Format_ARGB32_Premultiplied
    )
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    top = (half + x_height / 2 + drawing.top * em) * ratio
    place = QRectF(0.0, top, width * ratio, (drawing.bottom - drawing.top) * em * ratio)
    QSvgRenderer(QByteArray(drawing.colored(color.name()))).render(painter, place)
    painter.end()
    return image


def _space_out(document: QTextDocument, size_px: int) -> None:
    """Room between paragraphs, less between the entries of a list, more above headings."""
    block = document.begin()
    while block.isValid():
        style = block.blockFormat()
        in_list = block.textList() is not None
        style.setBottomMargin(size_px * (0.2 if in_list else 0.6))
        style.setTopMargin(size_px * 1.2 if style.headingLevel() > 1 else 0.0)
        cursor = QTextCursor(block)
        cursor.setBlockFormat(style)
        block = block.next()


def _color_all(document: QTextDocument, color: QColor, link: QColor) -> None:
    """Give text and links their colours, fragment by fragment."""
    block = document.begin()
    while block.isValid():
        ends = []
        fragments = block.begin()
        while not fragments.atEnd():
            fragment = fragments.fragment()
            ends.append((fragment.position(), fragment.length(), fragment.charFormat().isAnchor()))
            fragments += 1
        for position, length, is_link in ends:
            cursor = QTextCursor(document)
            cursor.setPosition(position)
            cursor.setPosition(position + length, QTextCursor.MoveMode.KeepAnchor)
            style = QTextCharFormat()
            style.setForeground(link if is_link else color)
            cursor.mergeCharFormat(style)
        block = block.next()
