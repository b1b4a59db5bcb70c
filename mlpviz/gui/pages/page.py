"""What every page of the window has in common."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from mlpviz.gui.theme import Theme
from mlpviz.gui.workspace import Workspace


class Page(QWidget):
    """A full view of the window. Its class says how the rail and the menu call it.

    Attributes
    ----------
    key
        In snake_case: the object name is ``page_<key>``; the command line calls it so too.
    title, icon, tip
        For the rail and the menu.
    beside_experiment
        Whether the experiment stands beside it until the user decides otherwise.
    """

    key: str
    title: str
    icon: str
    tip: str
    beside_experiment = True

    def __init__(self, workspace: Workspace, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.workspace, self.theme = workspace, theme
        self.setObjectName(f"page_{self.key}")
        self.setAccessibleName(self.title)

    def parts(self) -> list[Callable[[], None]]:
        """What to call, one at a time, to show what is new."""
        return []
