"""A field for one number, that takes what people type and says when it is done."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget


class NumberField(QLineEdit):
    """A number as text: 0.5, 1e-3. The arrow keys change it by a step, or by factors of two.

    Parameters
    ----------
    whole : bool
        Whether the number must be whole; arrows then count, and multiply otherwise.
    """

    committed = Signal(object)
    """An int or float that was typed or stepped to; the text itself where it is no number."""

    def __init__(self, object_name: str, whole: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self._whole = whole
        self._shown: object = 0
        self.editingFinished.connect(self._commit)

    def set_value(self, value: object) -> None:
        """Show a number, unless the user is typing another; what is no number, as it was typed."""
        self._shown = value
        text = f"{value:.10g}" if isinstance(value, float) else str(value)
        if self.text() != text and not (self.hasFocus() and self.isModified()):
            self.setText(text)
            self.setCursorPosition(0)  # of a number too long for the field, show the first digits
        self.set_invalid(False)

    @property
    def value(self) -> object:
        """What stands in the field now, an int or float; the text itself where it is no number."""
        return self._value()

    def take_over(self) -> None:
        """Take what was typed, as Return does."""
        if self.isModified():
            self._commit()

    def set_invalid(self, invalid: bool) -> None:
        """Draw the frame as of a wrong value, or not."""
        if bool(self.property("invalid")) != invalid:
            self.setProperty("invalid", invalid)
            self.style().unpolish(self)
            self.style().polish(self)

    def _value(self) -> object:
        text = self.text().strip().replace("−", "-").replace(",", ".")
        try:
            return int(text) if self._whole else float(text)
        except ValueError:
            return self.text().strip()

    def _commit(self) -> None:
        value = self._value()
        self.setModified(False)
        if value != self._shown or self.property("invalid"):
            self.committed.emit(value)

    def event(self, event: QEvent) -> bool:
        """Space, Ctrl+K and letters of no number stay the window's; undo too, unless something was typed."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._is_windows(event)
        ):
            event.ignore()
            return False
        return super().event(event)

    def _is_windows(self, event: QKeyEvent) -> bool:
        undoes = event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)
        forks = event.key() == Qt.Key.Key_K and event.modifiers() == Qt.KeyboardModifier.ControlModifier
        is_plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        strange = is_plain and event.text().isalpha() and event.text() != "e"
        return event.key() == Qt.Key.Key_Space or forks or strange or (undoes and not self.isModified())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            value, up = self._value(), event.key() == Qt.Key.Key_Up
            self.setModified(False)
            if isinstance(value, (int, float)):
                if self._whole:
                    self.committed.emit(max(0, int(value) + (1 if up else -1)))
                else:
                    self.committed.emit(value * 2 if up else value / 2)
            return
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self.setModified(False)
            self.set_value(self._shown)
            return
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()  # it was for this field, not for the window
