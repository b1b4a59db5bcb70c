"""The glossary in a window of its own: search, the list of terms, and an entry with links to others."""

from collections.abc import Iterable
from dataclasses import asdict

from PySide6.QtCore import QByteArray, QEvent, QObject, QSize, Qt, QUrl
from PySide6.QtGui import (
    QCursor,
    QImage,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QShortcut,
    QTextBlockFormat,
    QTextCursor,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from mlpviz.gui.theme import TEXT_PX, Theme, set_role, text_font
from mlpviz.gui.widgets.card import GAP_PX
from mlpviz.gui.widgets.formula_label import FormulaLabel
from mlpviz.lessons.glossary import Entry, Glossary, glossary
from mlpviz.lessons.glossary_pictures import draw

SIZE = QSize(780, 540)
MARGIN_PX = 60
LIST_PX = 210
FIRST = "experiment"
READING_PX = TEXT_PX + 1
ROOM_PX = 10

_AN_IMAGE = "\ufffc"


class GlossaryDialog(QDialog):
    """Tells what words mean, beside the window that they are about.

    Parameters
    ----------
    theme : Theme
    parent : QWidget
        The window that it stands before, and is never larger than.
    """

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("dialog_glossary")
        self.setWindowTitle("Glossary")
        self._window = parent
        self.glossary: Glossary = glossary()
        self._shown = self.glossary.find(FIRST)
        self._before: list[Entry] = []
        self._is_browsing = False
        row = QHBoxLayout()
        row.setSpacing(GAP_PX)
        row.addLayout(self._build_list())
        row.addWidget(self._build_entry(theme), 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP_PX, GAP_PX, GAP_PX, GAP_PX)
        layout.setSpacing(GAP_PX)
        layout.addLayout(row, 1)
        layout.addLayout(self._build_foot())
        self._fill()
        self._show_entry()

    # ------------------------------------------------------------------ parts

    def _build_list(self) -> QVBoxLayout:
        self._search = QLineEdit()
        self._search.setObjectName("field_glossary_search")
        self._search.setAccessibleName("Find a term")
        self._search.setPlaceholderText("Find a term")
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._search_changed)
        self._search.installEventFilter(self)
        self._list = QListWidget()
        self._list.setObjectName("list_glossary")
        self._list.setAccessibleName("Terms")
        self._list.setStyleSheet("QListWidget::item { padding: 2px 4px; }")
        self._list.currentItemChanged.connect(self._chosen)
        self._nothing = QLabel()
        self._nothing.setObjectName("label_glossary_nothing")
        self._nothing.setWordWrap(True)
        set_role(self._nothing, "subtitle")
        column = QVBoxLayout()
        column.setSpacing(8)
        for widget in (self._search, self._nothing, self._list):
            widget.setFixedWidth(LIST_PX)
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)
        column.setAlignment(self._list, Qt.AlignmentFlag(0))
        column.setStretchFactor(self._list, 1)
        return column

    def _build_entry(self, theme: Theme) -> QFrame:
        self._term = QLabel()
        self._term.setObjectName("label_glossary_term")
        self._term.setWordWrap(True)
        self._term.setFont(text_font(TEXT_PX + 5, bold=True))
        self._aliases = QLabel()
        self._aliases.setObjectName("label_glossary_aliases")
        self._aliases.setWordWrap(True)
        set_role(self._aliases, "subtitle")
        self._text = _EntryText(theme)
        self._text.set_size_px(READING_PX)
        self._text.followed.connect(self._follow)
        frame = QFrame()
        frame.setObjectName("frame_glossary_entry")
        set_role(frame, "card")
        column = QVBoxLayout(frame)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(6)
        column.addWidget(self._term)
        column.addWidget(self._aliases)
        column.addWidget(self._text, 1)
        return frame

    def _build_foot(self) -> QHBoxLayout:
        self._back = QPushButton("‹ Back")
        self._back.setObjectName("button_glossary_back")
        self._back.setToolTip("The entry before (Alt+Left)")
        self._back.setAutoDefault(False)
        self._back.clicked.connect(self.go_back)
        close = QPushButton("Close")
        close.setObjectName("button_glossary_close")
        close.setToolTip("Close the glossary (Esc)")
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        QShortcut(QKeySequence("Alt+Left"), self).activated.connect(self.go_back)
        QShortcut(QKeySequence("Ctrl+F"), self).activated.connect(self._start_search)
        row = QHBoxLayout()
        row.addWidget(self._back)
        row.addStretch(1)
        row.addWidget(close)
        return row

    # ------------------------------------------------------------------ verbs

    @property
    def shown(self) -> Entry:
        """The entry on show."""
        return self._shown

    def bring_up(self, entry: Entry | None = None) -> None:
        """Come to the front, at an entry; without one at the last."""
        if entry is not None:
            self._search.clear()
            self._go_to(entry)
        if not self.isVisible():
            room = self._window.size() - QSize(MARGIN_PX, MARGIN_PX)
            self.resize(SIZE.boundedTo(room))
        self.show()
        self.raise_()
        self.activateWindow()
        self._start_search()

    def bring_up_term(self, words: str) -> None:
        """Come to the front at the entry of a term.

        Raises
        ------
        ValueError
            If there is none.
        """
        self.bring_up(self.glossary.find(words))

    def bring_up_here(self) -> None:
        """Come to the front at the entry of what is pointed at or has the focus; else at the last."""
        places = [QApplication.widgetAt(QCursor.pos()), self._window.focusWidget()]
        by_keyboard = Qt.WidgetAttribute.WA_KeyboardFocusChange
        if self._window.testAttribute(by_keyboard):  # Tab went there, and the pointer lies about somewhere
            places.reverse()
        self.bring_up(self.entry_at(places))

    def entry_at(self, places: Iterable[QWidget | None]) -> Entry | None:
        """The entry of the first of these widgets that has one, or is a part of one that has."""
        for widget in places:
            while widget is not None:
                found = self.glossary.at(widget.objectName())
                if found is not None:
                    return found
                widget = widget.parentWidget()
        return None

    def go_back(self) -> None:
        """Show the entry that was shown before."""
        if self._before:
            self._shown = self._before.pop()
            self._show_entry()

    # ------------------------------------------------------------------ what follows what

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the search field the arrow keys go through the list."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            moves = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)
            if event.key() in moves:
                self._list.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._text.setFocus()
                return True
        return super().eventFilter(watched, event)

    def _start_search(self) -> None:
        self._search.setFocus()
        self._search.selectAll()

    def _search_changed(self) -> None:
        found = self._fill()
        if found and self._search.text().strip():
            self._go_to(found[0], browsing=True)

    def _fill(self) -> list[Entry]:
        """List what matches the search; the best match first."""
        words = self._search.text().strip()
        found = self.glossary.search(words)
        self._list.blockSignals(True)
        self._list.clear()
        for entry in found:
            item = QListWidgetItem(entry.term, self._list)
            item.setData(Qt.ItemDataRole.UserRole, entry)
        self._list.blockSignals(False)
        self._nothing.setText("" if found else f"No term is called “{words}”.")
        self._nothing.setVisible(not found)
        self._mark()
        return found

    def _chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self._go_to(item.data(Qt.ItemDataRole.UserRole), browsing=True)

    def _follow(self, address: str) -> None:
        if address.startswith("term:"):
            self._go_to(self.glossary.find(address.removeprefix("term:")))

    def _go_to(self, entry: Entry, browsing: bool = False) -> None:
        """Show an entry; the way back leaves out what was only passed in the list."""
        if entry is not self._shown:
            if not (browsing and self._is_browsing):
                self._before.append(self._shown)
            self._is_browsing = browsing
            self._shown = entry
            self._show_entry()

    def _show_entry(self) -> None:
        entry = self._shown
        self._term.setText(entry.term[0].upper() + entry.term[1:])
        self._aliases.setText("also " + ", ".join(entry.aliases))
        self._aliases.setVisible(bool(entry.aliases))
        self._text.set_markdown(self.glossary.linked(entry))
        self._back.setEnabled(bool(self._before))
        self._mark()

    def _mark(self) -> None:
        """Let the list show which entry is on show, if it is one of those listed."""
        items = [self._list.item(i) for i in range(self._list.count())]
        rows = [k for k, item in enumerate(items) if item.data(Qt.ItemDataRole.UserRole) is self._shown]
        self._list.blockSignals(True)
        self._list.setCurrentRow(rows[0] if rows else -1)
        self._list.blockSignals(False)


class _EntryText(FormulaLabel):
    """The sentences of an entry with its formulas, and the pictures that the program draws."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "text_glossary", "What it means", scrolls=True)

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        url = QUrl(name)
        return self._picture(url.path()) if url.scheme() == "picture" else super().loadResource(kind, name)

    def _fill(self) -> None:
        super()._fill()
        block = self.document().begin()
        while block.isValid():
            if block.text() == _AN_IMAGE:  # a formula or a picture on a line of its own
                shape = QTextBlockFormat()
                shape.setAlignment(Qt.AlignmentFlag.AlignHCenter)
                shape.setTopMargin(ROOM_PX)
                shape.setBottomMargin(ROOM_PX)
                cursor = QTextCursor(block)
                if cursor.currentTable() is None:
                    cursor.mergeBlockFormat(shape)
            block = block.next()

    def _picture(self, name: str) -> QImage:
        theme, ratio = self._theme, self._theme.pixel_ratio(self)
        colors = {key: color for key, color in asdict(theme.palette).items() if isinstance(color, str)}
        sketch = draw(name, colors, theme.dark)
        scale = ratio * min(1.0, self.viewport().width() / sketch.width)
        image = QImage(
            max(1, round(sketch.width * scale)),
            max(1, round(sketch.height * scale)),
            QImage.Format.Format_ARGB32_Premultiplied,
        )
        image.fill(0)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        QSvgRenderer(QByteArray(sketch.svg().encode())).render(painter)
        painter.end()
        image.setDevicePixelRatio(ratio)
        return image
