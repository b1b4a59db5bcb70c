"""What the keys mean in a plot."""

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtGui import QKeyEvent


def tell_key(
    event: QKeyEvent, stepped: SignalInstance, fit_wanted: SignalInstance, left: SignalInstance
) -> None:
    """Arrows go from point to point, F fits, Escape lets go; other keys are somebody else's."""
    plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
    match event.key() if plain else None:
        case Qt.Key.Key_Left:
            stepped.emit(-1)
        case Qt.Key.Key_Right:
            stepped.emit(1)
        case Qt.Key.Key_F:
            fit_wanted.emit()
        case Qt.Key.Key_Escape:
            left.emit()
        case _:
            event.ignore()
