"""Painting that does not wait for its turns in the event loop."""

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QWidget


def paint_now(widget: QWidget) -> None:
    """Lay out and paint what was changed in a widget, and what that moves around it, before this returns."""
    around: QWidget | None = widget
    while around is not None:  # each tells the one around it, with an event, that it was laid out
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        around = around.parentWidget()
    QCoreApplication.sendPostedEvents(widget.window(), QEvent.Type.UpdateRequest)
