"""Painting that does not wait for its turns in the event loop."""

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QWidget


def paint_now(widget: QWidget) -> None:
    """Lay out and paint what was changed in a widget, and what that changes around it, before this returns.

    Left to itself each layout would tell the one around it by an event, and the last one the painting.
    """
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)  # of what lies in it
    around: QWidget | None = widget
    while around is not None:
        layout = around.layout()
        if layout is not None:
            layout.activate()
        around = around.parentWidget()
    QCoreApplication.sendPostedEvents(widget.window(), QEvent.Type.UpdateRequest)
