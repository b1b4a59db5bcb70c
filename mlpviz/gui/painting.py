"""Painting that does not wait for its turns in the event loop."""

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QWidget

_DEEPEST = 30  # more than widgets lie in one another anywhere; a call for which nothing is left costs nothing


def paint_now(widget: QWidget) -> None:
    """Lay out and paint what was changed in a widget's window, before this returns."""
    for _ in range(_DEEPEST):  # a layout tells the one around it by an event, which the next call sends
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.UpdateLater)  # of what was only just shown
    QCoreApplication.sendPostedEvents(widget.window(), QEvent.Type.UpdateRequest)
