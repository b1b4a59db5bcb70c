"""The experiment at the right of the window: what decides the run."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from mlpviz.gui.theme import Theme, set_role
from mlpviz.gui.workspace import Workspace


class ExperimentPanel(QFrame):
    """The place of the form with the settings, which is made when the first run is there to be shown."""

    collapse_wanted = Signal()
    data_wanted = Signal()
    """A file with own data is to be opened."""

    def __init__(self, workspace: Workspace, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel_experiment")
        set_role(self, "panel")
        self.set_narrow(False)
        self._workspace, self._theme = workspace, theme
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        workspace.run_changed.connect(self._build)

    def set_narrow(self, narrow: bool) -> None:
        """Leave more of a small window to the page."""
        self.setFixedWidth(256 if narrow else 288)

    def _build(self) -> None:
        from mlpviz.gui.panels.experiment_form import ExperimentForm

        self._workspace.run_changed.disconnect(self._build)
        self.form = ExperimentForm(self._workspace, self._theme)
        self.form.collapse_wanted.connect(self.collapse_wanted)
        self.form.data_wanted.connect(self.data_wanted)
        self._box.addWidget(self.form)
