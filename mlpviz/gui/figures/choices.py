"""What is chosen on a part of a page: taken as plain values by the names of controls, and made again."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QAbstractButton, QComboBox, QWidget

from mlpviz.data import unknown_name


@runtime_checkable
class Remembers(Protocol):
    """A widget with choices that no control of its own holds: what was zoomed to, or clicked."""

    def view_state(self) -> dict[str, Any]:
        """Plain values that JSON can hold."""

    def set_view_state(self, state: Mapping[str, Any]) -> None:
        """Make the choices again; a ValueError says what cannot be."""


def choices_of(page: QWidget, parts: Sequence[QWidget]) -> dict[str, Any]:
    """The choices made on a page, on parts of it, and on all that these hold."""
    found: dict[str, Any] = {}
    for widget in dict.fromkeys([page, *(widget for part in parts for widget in _widgets(part))]):
        name = widget.objectName()
        if isinstance(widget, QComboBox) and name and widget.currentIndex() >= 0:
            found[name] = widget.currentText()
        elif isinstance(widget, QAbstractButton) and name and _tells_a_choice(widget):
            found[name] = widget.isChecked()
        if isinstance(widget, Remembers):
            found[name] = widget.view_state()
    return found


def choose(page: QWidget, choices: Mapping[str, Any]) -> None:
    """Make choices again: of the page itself, of menus, of buttons, and last what no control holds.

    For a menu may decide which buttons there are, and both what can be zoomed to or clicked.

    Raises
    ------
    ValueError
        If there is no such control, or it cannot be set so.
    """
    waiting = dict(choices)
    for kind in (type(page), QComboBox, QAbstractButton, QWidget):
        for name in list(waiting):
            control = _control(page, name)
            if isinstance(control, kind):
                _set(name, control, waiting.pop(name))
    for name in waiting:
        known = dict.fromkeys(widget.objectName() for widget in _widgets(page) if _is_control(widget))
        raise unknown_name("choice", str(name), list(known))


def _control(page: QWidget, name: str) -> QWidget | None:
    """The widget of that name, of several the newest: the others are about to go."""
    if not name:
        return None
    found = [page] * (page.objectName() == name) + page.findChildren(QWidget, name)
    for widget in found:
        QCoreApplication.sendPostedEvents(widget, QEvent.Type.DeferredDelete)
    left = [widget for widget in found if shiboken6.isValid(widget)]
    return left[-1] if left else None


def _set(name: str, control: QWidget, value: Any) -> None:
    if isinstance(control, QComboBox) and type(value) in (str, int):
        index = control.findText(value) if isinstance(value, str) else value
        if not 0 <= index < control.count():
            texts = ", ".join(repr(control.itemText(i)) for i in range(control.count()))
            raise ValueError(f"{name} cannot be {value!r:.60}: there are {texts or 'none'}")
        if index != control.currentIndex():
            control.setCurrentIndex(index)
        control.activated.emit(index)  # as if a person had chosen it
    elif isinstance(control, QAbstractButton) and isinstance(value, bool):
        if control.isChecked() != value:
            control.click() if control.isEnabled() else control.setChecked(value)
    elif isinstance(control, Remembers) and isinstance(value, dict):
        control.set_view_state(value)
    else:
        raise ValueError(f"{name} cannot be set to {value!r:.60}")


def _tells_a_choice(button: QAbstractButton) -> bool:
    """Of buttons of which one is pressed, only that one."""
    return button.isCheckable() and (button.group() is None or button.isChecked())


def _widgets(part: QWidget) -> list[QWidget]:
    return [part, *part.findChildren(QWidget)]


def _is_control(widget: QWidget) -> bool:
    name = widget.objectName()
    return (
        bool(name)
        and not name.startswith("qt_")
        and isinstance(widget, (QComboBox, QAbstractButton, Remembers))
    )
