"""The files that were opened or saved lately, newest first, kept in the settings."""

from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal

MOST = 10
KEY = "recent/paths"


class Recent(QObject):
    """At most ten paths, newest first.

    Parameters
    ----------
    settings : QSettings, optional
        Where they are kept from one start to the next; without it they are forgotten in the end.
    """

    changed = Signal()

    def __init__(self, settings: QSettings | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        kept = settings.value(KEY, []) if settings is not None else []
        names = [kept] if isinstance(kept, str) else kept if isinstance(kept, list) else []
        self.paths = [Path(name) for name in names if isinstance(name, str) and name][:MOST]

    def add(self, path: Path) -> None:
        """Put a path in front."""
        path = path.absolute()
        self._set([path, *(other for other in self.paths if other != path)][:MOST])

    def clear(self) -> None:
        """Forget all of them; the files stay where they are."""
        self._set([])

    def _set(self, paths: list[Path]) -> None:
        if paths == self.paths:
            return
        self.paths = paths
        if self._settings is not None:
            self._settings.setValue(KEY, [str(path) for path in paths])
        self.changed.emit()
