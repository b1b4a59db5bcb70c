"""What every page of the window has in common, and what is known of it before it is loaded."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mlpviz.gui.driver import Driver
from mlpviz.gui.theme import Theme
from mlpviz.gui.workspace import Workspace

if TYPE_CHECKING:
    from mlpviz.training import Snapshot


class Page(QWidget):
    """A full view of the window; its object name is ``page_<key>``."""

    key: str
    """Also the name of its module and of its icon; the command line calls it so too."""

    parts_changed = Signal()
    """`parts` returns others from now on."""

    def __init__(self, workspace: Workspace, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.workspace, self.theme = workspace, theme
        self.setObjectName(f"page_{self.key}")
        self.setAccessibleName(self.key.replace("_", " ").capitalize())

    @property
    def driver(self) -> Driver:
        """What the tool bar drives while this page is on show."""
        return self.workspace

    def parts(self) -> list[Callable[[], None]]:
        """What to call, one at a time, to show what is new."""
        return []

    def moment(self) -> "Snapshot | None":
        """The snapshot that it works on, where that need not be the newest."""
        return None

    def set_in_lesson(self, on: bool) -> None:
        """A lesson stands beside it, with a way on of its own."""

    def why_not(self, part: str) -> str:
        """Why a part, by its object name, has nothing to show of the current run; empty where it has."""
        return ""


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page before it is loaded.

    Attributes
    ----------
    key
        The module in this package that holds its class, as PAGE; and the name of its icon.
    title, tip
        For the rail and the menu.
    beside_experiment
        Whether the experiment stands beside it until the user decides otherwise.
    """

    key: str
    title: str
    tip: str
    beside_experiment: bool = True

    def load(self) -> type[Page]:
        """The page's class."""
        page: type[Page] = importlib.import_module(f"mlpviz.gui.pages.{self.key}").PAGE
        return page
