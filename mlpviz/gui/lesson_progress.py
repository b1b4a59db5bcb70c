"""Which lessons are done, and how far the one begun last has come: remembered from one start to the next."""

from PySide6.QtCore import QObject, QSettings, Signal

DONE, PLACES = "lessons/done", "lessons/places"


class LessonProgress(QObject):
    """What is done, by the names of lessons.

    Parameters
    ----------
    settings : QSettings, optional
        Where it is kept; without it only while the program runs.
    """

    changed = Signal()

    def __init__(self, settings: QSettings | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._done: set[str] = set()
        self._places: dict[str, int] = {}
        if settings is not None:
            self._done = set(_words(settings.value(DONE)))
            for entry in _words(settings.value(PLACES)):
                name, _, place = entry.rpartition("=")
                if place.isdecimal():
                    self._places[name] = int(place)

    def is_done(self, name: str) -> bool:
        """Whether a lesson was gone through to its end."""
        return name in self._done

    def place(self, name: str) -> int:
        """The step at which a lesson was left; 0 where it was not begun, or is done."""
        return self._places.get(name, 0)

    def finish(self, name: str) -> None:
        """A lesson was gone through to its end."""
        self._done.add(name)
        self._places.pop(name, None)
        self._keep()

    def reach(self, name: str, place: int) -> None:
        """A lesson has come to a step."""
        if place:
            self._places[name] = place
        else:
            self._places.pop(name, None)
        self._keep()

    def _keep(self) -> None:
        if self._settings is not None:
            self._settings.setValue(DONE, sorted(self._done))
            self._settings.setValue(PLACES, [f"{name}={place}" for name, place in self._places.items()])
        self.changed.emit()


def _words(value: object) -> list[str]:
    """A list of words as QSettings gives it back: nothing, one word, or several."""
    if isinstance(value, str):
        return [value] if value else []
    return [str(each) for each in value] if isinstance(value, (list, tuple)) else []
