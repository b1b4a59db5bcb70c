"""One LaTeX formula, crisp at any scale, in the theme's colour, in as many lines as its width asks for."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QAction,
    QGuiApplication,
    QHideEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QShowEvent,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlpviz.figures.formulas import Arrangement, Drawing, FormulaCache, Piece, arrange, pieces_of
from mlpviz.gui.theme import SMALLEST_TEXT_PX, Theme, text_font

CACHE = FormulaCache(1000)
"""What all views share; a formula has about three pieces, and a piece about 5 kB."""

_MARGIN_PX = 4
_WIDEST_EM = 30


class FormulaView(QWidget):
    """Shows a formula; one that cannot be rendered is shown as plain text.

    Parameters
    ----------
    theme : Theme
    object_name : str
    name : str
        For screen readers: what the formula tells.
    size_px : int
        The size of its letters, where there is room.
    secondary : bool
        In the theme's secondary colour.
    parent : QWidget, optional
    centered : bool
        In the middle of the widget; otherwise at its left.
    cache : FormulaCache, optional
        By default the one that all views share.
    """

    def __init__(
        self,
        theme: Theme,
        object_name: str,
        name: str = "",
        size_px: int = 18,
        secondary: bool = False,
        parent: QWidget | None = None,
        *,
        centered: bool = True,
        cache: FormulaCache = CACHE,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName(name or object_name.replace("_", " "))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFont(text_font())
        self._theme, self._role, self._cache = theme, "secondary" if secondary else "text", cache
        self._size_px, self._centered = max(SMALLEST_TEXT_PX, size_px), centered
        self._latex = self._plain_text = ""
        self._pieces: tuple[Piece, ...] = ()
        self._drawings: tuple[Drawing, ...] = ()
        self._fallback = ""
        self._renderers: dict[str, QSvgRenderer] = {}
        self._waiting: list[str] = []
        self._rendering = self._timer(self._show)
        self._prefetching = self._timer(self._prefetch_one)
        self._add_action("copy_latex", "Copy LaTeX", self.copy_latex)
        copy = self._add_action("copy_text", "Copy as text", self.copy_text)
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        theme.changed.connect(self._recolor)

    @property
    def latex(self) -> str:
        """The formula."""
        return self._latex

    @property
    def plain_text(self) -> str:
        """The formula for screen readers, tooltip and clipboard."""
        return self._plain_text

    @property
    def pending(self) -> bool:
        """Whether the formula is still to be rendered, and an older picture on show."""
        return self._rendering.isActive()

    @property
    def falls_back(self) -> bool:
        """Whether the formula on show could not be rendered, and is shown as plain text."""
        return bool(self._fallback)

    def set_formula(self, latex: str, plain_text: str = "") -> None:
        """Show a formula: at once if it was rendered before, else in the next turn of the event loop.

        Parameters
        ----------
        latex : str
        plain_text : str
            What is read aloud, copied, and shown if the formula cannot be rendered; by default the LaTeX.
        """
        self._plain_text = plain_text or latex
        self.setToolTip(self._plain_text)
        self.setAccessibleDescription(self._plain_text)
        self._latex = latex
        if self._cache.has(pieces_of(latex)):
            self._show()
        else:
            self._rendering.start()

    def finish(self) -> None:
        """Render a formula that is still pending now."""
        if self.pending:
            self._show()

    def prefetch(self, formulas: Sequence[str]) -> None:
        """Render formulas that will be wanted soon, one a turn of the event loop, while the view is shown."""
        self._waiting = list(formulas)
        if self.isVisible() and self._waiting:
            self._prefetching.start()

    def copy_latex(self) -> None:
        """Put the LaTeX on the clipboard."""
        QGuiApplication.clipboard().setText(self._latex)

    def copy_text(self) -> None:
        """Put the plain text on the clipboard."""
        QGuiApplication.clipboard().setText(self._plain_text)

    def arrangement(self, width: int) -> Arrangement | None:
        """How the formula on show is set in a widget of a width; None for plain text, or no formula."""
        if not self._drawings:
            return None
        room = max(1, width - 2 * _MARGIN_PX)
        return arrange(self._pieces, self._drawings, self._size_px, SMALLEST_TEXT_PX, room)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        arrangement = self.arrangement(width)
        if arrangement is not None:
            height = arrangement.height
        elif self._fallback:
            room = QRectF(0, 0, max(1, width - 2 * _MARGIN_PX), 10_000).toRect()
            height = self.fontMetrics().boundingRect(room, self._text_flags(), self._fallback).height()
        else:
            height = self._size_px
        return int(height + 0.999) + 2 * _MARGIN_PX

    def sizeHint(self) -> QSize:
        em = sum(drawing.width for drawing in self._drawings) + sum(piece.space for piece in self._pieces)
        width = int(min(_WIDEST_EM, em or 8.0) * self._size_px) + 2 * _MARGIN_PX + 1
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(6 * SMALLEST_TEXT_PX, SMALLEST_TEXT_PX + 2 * _MARGIN_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        arrangement = self.arrangement(self.width())
        if arrangement is not None:
            fit = min(1.0, (self.height() - 2.0) / arrangement.height)  # smaller rather than cut
            spare = self.width() - 2 * _MARGIN_PX - fit * arrangement.width
            left = _MARGIN_PX + (spare / 2.0 if self._centered else 0.0)
            painter.translate(left, (self.height() - fit * arrangement.height) / 2.0)
            painter.scale(fit, fit)
            for part in arrangement.placed:
                self._renderer(part.drawing).render(painter, QRectF(part.x, part.y, part.width, part.height))
            painter.resetTransform()
        elif self._fallback:
            painter.setPen(self._theme.color(self._role))
            room = self.rect().adjusted(_MARGIN_PX, 0, -_MARGIN_PX, 0)
            painter.drawText(room, self._text_flags() | Qt.AlignmentFlag.AlignVCenter, self._fallback)
        if self.hasFocus():
            painter.setPen(QPen(self._theme.color("accent"), 2.0))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.end()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._waiting:
            self._prefetching.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._prefetching.stop()

    def _show(self) -> None:
        self._rendering.stop()
        pieces = pieces_of(self._latex)
        drawings = self._cache.drawings(pieces)
        self._fallback = self._plain_text if drawings is None else ""
        self._pieces, self._drawings = ((), ()) if drawings is None else (pieces, drawings)
        self._renderers = {
            drawing.svg: self._renderers[drawing.svg]
            for drawing in self._drawings
            if drawing.svg in self._renderers
        }
        self.updateGeometry()
        self.update()

    def _prefetch_one(self) -> None:
        self._cache.drawings(pieces_of(self._waiting.pop(0)))
        if self._waiting:
            self._prefetching.start()

    def _renderer(self, drawing: Drawing) -> QSvgRenderer:
        if drawing.svg not in self._renderers:
            color = self._theme.color(self._role).name()
            self._renderers[drawing.svg] = QSvgRenderer(QByteArray(drawing.colored(color)))
        return self._renderers[drawing.svg]

    def _recolor(self) -> None:
        self._renderers = {}
        self.update()

    def _text_flags(self) -> int:
        flags = Qt.AlignmentFlag.AlignHCenter if self._centered else Qt.AlignmentFlag.AlignLeft
        return flags | Qt.TextFlag.TextWordWrap

    def _timer(self, ring: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(0)
        timer.timeout.connect(ring)
        return timer

    def _add_action(self, what: str, label: str, do: Callable[[], None]) -> QAction:
        action = QAction(label, self)
        action.setObjectName(f"action_{what}_{self.objectName()}")
        action.triggered.connect(do)
        self.addAction(action)
        return action
