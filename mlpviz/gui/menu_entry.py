"""An entry of a menu: a verb with its name, its words and its key."""

from collections.abc import Callable
from typing import Any

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget


def add_entry(
    window: QWidget, menu: QMenu, name: str, text: str, keys: str, do: Callable[[], Any]
) -> QAction:
    """Add a verb to a menu; it is found as ``action_NAME`` and belongs to the window."""
    action = QAction(text, window)
    action.setObjectName(f"action_{name}")
    action.setShortcut(QKeySequence(keys))
    action.triggered.connect(lambda: do())
    menu.addAction(action)
    return action
