"""A piece of Markdown with formulas, as high as it needs to be, to be read, selected and followed."""

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QWidget

from mlpviz.gui.theme import TEXT_PX, Theme, text_font
from mlpviz.gui.widgets.formula_text import set_text


class FormulaLabel(QTextBrowser):
    """Shows Markdown with LaTeX between dollar signs.

    Parameters
    ----------
    theme : Theme
    object_name : str
    name : str
        For screen readers.
    scrolls : bool
        Takes the room it gets and scrolls; otherwise it is as high as its text.
    parent : QWidget, optional
    """

    followed = Signal(str)
    """A link was followed: its address."""

    def __init__(
        self,
        theme: Theme,
        object_name: str,
        name: str = "",
        scrolls: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName(name or object_name.replace("_", " "))
        self._theme, self._scrolls = theme, scrolls
        self._markdown, self._size_px, self._laid_out_for = "", TEXT_PX, 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenLinks(False)
        self.anchorClicked.connect(self._follow)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(0)
        if not scrolls:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setStyleSheet("QTextBrowser { background: transparent; border: none; padding: 0; }")
        theme.changed.connect(self._fill)

    @property
    def markdown(self) -> str:
        """The text on show, as it was given."""
        return self._markdown

    def set_markdown(self, markdown: str) -> None:
        """Show a text."""
        self._markdown = markdown
        self.setAccessibleDescription(markdown)
        self._fill()
        self.verticalScrollBar().setValue(0)

    def set_size_px(self, size_px: int) -> None:
        """Choose the size of the letters."""
        if size_px != self._size_px:
            self._size_px = size_px
            self._fill()

    def sizeHint(self) -> QSize:
        if self._scrolls:
            return QSize(300, 200)
        return QSize(300, self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 60 if self._scrolls else self._height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.viewport().width() != self._laid_out_for:
            self._fill()

    def _height(self) -> int:
        return round(self.document().size().height()) + 2 if self._markdown else 0

    def _fill(self) -> None:
        width = max(120, self.viewport().width())
        self._laid_out_for = self.viewport().width()
        where = self.verticalScrollBar().value()
        document = self.document()
        document.setTextWidth(width)
        set_text(
            document,
            self._markdown,
            text_font(self._size_px),
            self._theme.color("text"),
            self._theme.color("accent"),
            self._theme.pixel_ratio(self),
            width,
        )
        self.verticalScrollBar().setValue(where)
        if not self._scrolls:
            self.setFixedHeight(self._height())
        self.updateGeometry()

    def _follow(self, address: QUrl) -> None:
        self.followed.emit(address.toString())
