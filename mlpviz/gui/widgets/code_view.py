"""Source lines as they stand in a file, with those that matter lit."""

import keyword
import re
from collections.abc import Collection, Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
)
from PySide6.QtWidgets import QFrame, QLabel, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from mlpviz.gui.theme import Theme, mix, set_role

CODE_PX = 12
MOST_LINES = 8
ROLES = ("accent", "forward", "backward")

_BAR_PX = 3
_BORDER_PX = 1
_MARGIN_PX = 8
_TINT = 0.13
_TOKENS = re.compile(
    r"(?P<string>[rbf]{0,2}(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'))"
    r"|(?P<comment>#.*)"
    rf"|(?P<keyword>\b(?:{'|'.join(keyword.kwlist)})\b)"
)


class CodeView(QWidget):
    """Shows lines of Python, to be read, selected and copied.

    Parameters
    ----------
    theme : Theme
    object_name : str
        Its text is called ``text_<object_name>`` and its caption ``place_<object_name>``.
    parent : QWidget, optional
    """

    def __init__(self, theme: Theme, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName("source code")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._place = QLabel(self)
        self._place.setObjectName(f"place_{object_name}")
        self._place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._place.setTextFormat(Qt.TextFormat.PlainText)
        self._place.setWordWrap(True)
        set_role(self._place, "subtitle")
        self._text = _Lines(theme, self)
        self._text.setObjectName(f"text_{object_name}")
        self._text.setAccessibleName("source code")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._place)
        layout.addWidget(self._text)
        self.setFocusProxy(self._text)

    @property
    def place(self) -> str:
        """Where the lines come from."""
        return self._place.text()

    @property
    def text(self) -> str:
        """The lines on show."""
        return self._text.toPlainText()

    def set_code(
        self, place: str, lines: Sequence[str], lit: Collection[int] = (), role: str = "accent"
    ) -> None:
        """Show lines.

        Parameters
        ----------
        place : str
            Where they come from, such as ``nn/layers.py · Affine.forward``.
        lines : sequence of str
        lit : collection of int
            The numbers of the lines that matter, counted from 0.
        role : "accent", "forward" or "backward"
            The colour they are lit in.
        """
        if role not in ROLES:
            raise ValueError(f"lines are lit in one of {', '.join(ROLES)}, not {role!r}")
        self._place.setText(place)
        self._place.setVisible(bool(place))
        self._text.set_lines(lines, lit, role)
        self._text.setAccessibleDescription(place)


class _Lines(QPlainTextEdit):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._role = theme, "accent"
        self._lit: frozenset[int] = frozenset()
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(code_font())
        self.document().setDocumentMargin(_MARGIN_PX)
        self._highlighter = _Highlighter(theme, self.document())
        theme.changed.connect(self._restyle)
        self._restyle()

    def set_lines(self, lines: Sequence[str], lit: Collection[int], role: str) -> None:
        self._lit, self._role = frozenset(lit), role
        text = "\n".join(lines)
        if text != self.toPlainText():
            self.setPlainText(text)
            self.horizontalScrollBar().setValue(0)
        self._fit()
        self._show_lit()
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        for rect in self.lit_rects():
            painter.fillRect(rect, self._tint())
            painter.fillRect(QRectF(0, rect.top(), _BAR_PX, rect.height()), self._theme.color(self._role))
        painter.end()
        super().paintEvent(event)

    def become_picture(self) -> None:
        """Break long lines, for nobody can scroll."""
        for policy in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            policy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self._fit()

    def lit_rects(self) -> list[QRectF]:
        """Where the lit lines are in the viewport, from its left edge to its right."""
        rects = []
        for number in sorted(self._lit):
            block = self.document().findBlockByNumber(number)
            if block.isValid():
                top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
                height = self._line_px() * block.layout().lineCount()
                rects.append(QRectF(0, top, self.viewport().width(), height))
        return rects

    def _line_px(self) -> float:
        block = self.document().lastBlock()
        height = self.blockBoundingRect(block).height() - _MARGIN_PX  # Qt adds the margin to the last line
        return height / max(1, block.layout().lineCount())

    def _fit(self) -> None:
        """Be as high as the lines, up to MOST_LINES of them."""
        if self.lineWrapMode() != QPlainTextEdit.LineWrapMode.NoWrap:
            lines = sum(
                self.document().findBlockByNumber(i).layout().lineCount() for i in range(self.blockCount())
            )
            self.setFixedHeight(round(lines * self._line_px() + 2 * _MARGIN_PX) + 2 * _BORDER_PX + 2)
            return
        shown = min(self.blockCount(), MOST_LINES)
        height = round(shown * self._line_px() + 2 * _MARGIN_PX) + 2 * _BORDER_PX + 2
        if self.document().size().width() > self.viewport().width():
            height += self.horizontalScrollBar().sizeHint().height()
        self.setFixedHeight(height)
        all_shown = shown == self.blockCount()  # not left to Qt, which asks before the new height is in place
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(policy.ScrollBarAlwaysOff if all_shown else policy.ScrollBarAsNeeded)

    def _show_lit(self) -> None:
        """Scroll so that the first lit line is seen, with one line above it."""
        first = min(self._lit, default=0)
        self.verticalScrollBar().setValue(first - 1 if first >= MOST_LINES else 0)

    def _tint(self) -> QColor:
        return mix(self._theme.color(self._role), self._theme.color("ground"), _TINT)

    def _restyle(self) -> None:
        colors = self._theme.palette
        self.setStyleSheet(
            f"QPlainTextEdit {{ background: {colors.ground}; color: {colors.text}; padding: 0;"
            f" border: {_BORDER_PX}px solid {colors.ground}; border-radius: 6px; }}"
            f"QPlainTextEdit:focus {{ border: {_BORDER_PX}px solid {colors.accent}; padding: 0; }}"
            "QAbstractScrollArea::corner { background: transparent; border: none; }"
        )
        self._highlighter.restyle()


class _Highlighter(QSyntaxHighlighter):
    """Keywords, strings and comments, quietly."""

    def __init__(self, theme: Theme, document) -> None:
        super().__init__(document)
        self._theme = theme
        self._formats: dict[str, QTextCharFormat] = {}

    def restyle(self) -> None:
        for kind, role in (("keyword", "accent"), ("string", "good"), ("comment", "secondary")):
            style = QTextCharFormat()
            style.setForeground(self._theme.color(role))
            style.setFontItalic(kind == "comment")
            self._formats[kind] = style
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        for match in _TOKENS.finditer(text):
            self.setFormat(match.start(), match.end() - match.start(), self._formats[str(match.lastgroup)])


def code_font(size_px: int = CODE_PX) -> QFont:
    """The system's font of equal widths."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPixelSize(size_px)
    return font
