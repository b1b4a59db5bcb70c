"""What was changed is painted at once, however many layouts lie around it."""

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QLabel, QMainWindow, QVBoxLayout, QWidget

from mlpviz.gui.painting import paint_now


class Paints(QObject):
    """Notes what is painted, and how wide it is then."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self.widths: list[int] = []
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QWidget, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.widths.append(watched.width())
        return False


@pytest.fixture
def window(qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    inner = QLabel("short", objectName="inner")
    for _ in range(3):
        outer = QWidget()
        QVBoxLayout(outer).addWidget(inner)
        inner = outer
    window.setCentralWidget(inner)
    with qtbot.waitExposed(window):
        window.show()
    return window


def test_it_is_laid_out_and_painted_before_it_returns(window, qapp):
    label = window.findChild(QLabel, "inner")
    qapp.processEvents()
    paints = Paints(label)
    label.setText("words that need more room than the window has " * 5)
    wanted = label.sizeHint().width()
    assert label.width() < wanted
    paint_now(label)
    assert paints.widths == [wanted]
    qapp.processEvents()
    assert paints.widths == [wanted]  # nothing was left to be done


def test_what_did_not_change_is_not_painted(window, qapp):
    qapp.processEvents()
    paints = Paints(window, window.findChild(QLabel, "inner"))
    paint_now(window)
    assert paints.widths == []
