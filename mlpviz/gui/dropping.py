"""Files dragged onto the window: it says what dropping them would do, whatever part of it they are over."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QVBoxLayout

from mlpviz.gui.opening import kind_of, open_path
from mlpviz.gui.theme import set_role

if TYPE_CHECKING:
    from mlpviz.gui.main_window import MainWindow

MARGIN_PX, WIDEST_PX = 12, 640

OVER = (QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress, QEvent.Type.KeyPress)
"""While something is dragged a window gets none of these: the program that it came from has died."""


class DropTarget(QObject):
    """Takes files that are dragged over a window before any of its parts can.

    A field for text would take the path as a text, a plot would take nothing: so the events are caught where
    they reach the window as a whole. Text that is dragged goes on to the fields.
    """

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._hint: QFrame | None = None
        self._path: Path | None = None
        self._note = ""
        window.setAcceptDrops(True)

    def watch(self) -> None:
        """Begin, once the window is on the screen."""
        handle = self._window.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Catch what concerns files, and nothing else."""
        kind = event.type()
        if kind == QEvent.Type.DragEnter:
            assert isinstance(event, QDragEnterEvent)
            return self._enter(event)
        if self._hint is None:
            return False
        if kind == QEvent.Type.DragMove:
            assert isinstance(event, QDropEvent)
            _take(event)
        elif kind == QEvent.Type.DragLeave:
            self._hide()
        elif kind == QEvent.Type.Drop:
            assert isinstance(event, QDropEvent)
            _take(event)
            self._hide()
            self._drop()
        else:
            if kind in OVER:
                self._hide()
            return False
        return True

    def _enter(self, event: QDragEnterEvent) -> bool:
        mime = event.mimeData()
        if event.source() is not None or not mime.urls() or QApplication.activeModalWidget() is not None:
            return False
        self._hide()
        self._path, self._note, words = _look_at(mime)
        self._show(words)
        _take(event)
        return True

    def _drop(self) -> None:
        if self._path is None:
            self._window.state_line.say(self._note)
        else:
            open_path(self._window, self._path, self._note)

    def _show(self, words: str) -> None:
        frame = QFrame(self._window)
        frame.setObjectName("hint_drop")
        frame.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        set_role(frame, "drop")
        label = QLabel(words)
        label.setObjectName("label_drop")
        label.setWordWrap(True)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        if self._path is None:
            set_role(label, "error")
        width = label.fontMetrics().horizontalAdvance(max(words.split("\n"), key=len))
        label.setFixedWidth(min(2 * width + 60, WIDEST_PX))
        box = QVBoxLayout(frame)
        box.addWidget(label, 0, Qt.AlignmentFlag.AlignCenter)
        frame.setGeometry(self._window.rect().adjusted(MARGIN_PX, MARGIN_PX, -MARGIN_PX, -MARGIN_PX))
        frame.show()
        frame.raise_()
        self._hint = frame

    def _hide(self) -> None:
        if self._hint is not None:
            self._hint.hide()
            self._hint.deleteLater()
            self._hint = None


def _take(event: QDropEvent) -> None:
    """Say that it can be dropped here, as a copy: whoever moves a file would delete it afterwards."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()


def _look_at(mime: QMimeData) -> tuple[Path | None, str, str]:
    """The file to open, if there is one; what else there is to tell; and the words of the hint."""
    urls = mime.urls()
    path = Path(urls[0].toLocalFile()) if urls[0].isLocalFile() else None
    if path is None:
        sentence = f"{urls[0].toString()} is not a file on this computer: save it first, then drop the file"
        return None, sentence, sentence
    try:
        kind = kind_of(path)
    except ValueError as error:
        return None, str(error), str(error)
    more = len(urls) - 1
    note = f"Opened {path.name}, the first of the {more + 1} that were dropped" if more else ""
    hint = f"Drop to open the {kind.words} “{path.name}”"
    return path, note, f"{hint}\n(the first of {more + 1})" if more else hint
