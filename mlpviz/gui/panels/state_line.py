"""The line below the page: the step, the moment on show, and how the run is doing, in words."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QLabel, QStatusBar, QToolButton, QVBoxLayout, QWidget

from mlpviz.gui.driver import Driver
from mlpviz.gui.theme import Theme, set_role, text_metrics
from mlpviz.gui.workspace import Workspace

if TYPE_CHECKING:
    from mlpviz.training.health import Finding

MARKS = {"good": "●", "warning": "▲", "error": "■"}
"""Beside the colour, the shape tells how serious it is."""


class StateLine(QStatusBar):
    """Step, moment and health; a press on the health opens its evidence and advice."""

    def __init__(self, workspace: Workspace, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("state_line")
        self.setSizeGripEnabled(False)
        self._workspace, self._theme = workspace, theme
        self._driver: Driver = workspace
        self._findings: list[Finding] = []
        self._message = ""
        self._severity = "error"
        self._step = QLabel("Step 0")
        self._step.setObjectName("label_step")
        self._step.setToolTip("A step is one mini-batch: forward, backward, update")
        self._step.setMinimumWidth(text_metrics().horizontalAdvance("Step 1 000 000") + 12)
        self._moment = QLabel("Showing: live")
        self._moment.setObjectName("label_moment")
        self._moment.setToolTip("The pictures show the network as it is now")
        self.health = QToolButton()
        self.health.setObjectName("button_health")
        self.health.setToolTip("How the run is doing: press for the evidence, and what to try")
        set_role(self.health, "flat")
        self.health.clicked.connect(self.show_findings)
        self.addWidget(self._step)
        self.addWidget(self._moment)
        self.addPermanentWidget(self.health)
        self._listened_to: list[Driver] = []
        self.set_driver(workspace)
        theme.changed.connect(self.refresh)

    def set_driver(self, driver: Driver) -> None:
        """Tell of something else from now on."""
        self._driver = driver
        if driver not in self._listened_to:
            self._listened_to.append(driver)
            driver.refreshed.connect(self.refresh)
            driver.run_changed.connect(self._run_changed)
            driver.training_changed.connect(self.refresh)
            driver.refused.connect(self.say)
        self._moment.setVisible(driver is self._workspace)
        self.refresh()

    def say(self, message: str, severity: str = "error") -> None:
        """Show a message, until the next run or message; ``"good"`` for what went well."""
        self._message, self._severity = message, severity
        self.refresh()

    def refresh(self) -> None:
        """Show the newest state."""
        driver = self._driver
        if not driver.ready:
            self._step.setText("Step 0")
            self._show_health(self._said(""))
            return
        self._step.setText(driver.step_words())
        advice = "The current network is as it was." if self._severity == "error" else ""
        self._show_health([*self._said(advice), *driver.findings()])

    def _said(self, advice: str) -> "list[Finding]":
        """The message as the first of the findings, if there is one."""
        if not self._message:
            return []
        from mlpviz.training.health import Finding  # the window opens without the engine

        return [Finding(self._severity, self._message, advice)]

    def _run_changed(self) -> None:
        self._message = ""
        self.refresh()

    def _show_health(self, found: "list[Finding]") -> None:
        self._findings = found
        self.health.setVisible(bool(found))
        if not found:
            return
        first = found[0]
        more = f"  (+{len(found) - 1} more)" if len(found) > 1 else ""
        room = max(200, self.width() - 330)
        words = f"{MARKS[first.severity]} {first.text}"
        words = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room)
        if self.health.text() != words + more:
            self.health.setText(words + more)
        style = f"QToolButton {{ color: {getattr(self._theme.palette, first.severity)}; }}"
        if self.health.styleSheet() != style:
            self.health.setStyleSheet(style)

    def show_findings(self) -> None:
        """Open the list of all findings above the line."""
        popup = QFrame(self.window(), Qt.WindowType.Popup)
        popup.setObjectName("popup_health")
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        set_role(popup, "card")
        box = QVBoxLayout(popup)
        box.setContentsMargins(14, 12, 14, 12)
        box.setSpacing(10)
        for finding in self._findings:
            title = QLabel(f"{MARKS[finding.severity]} {finding.text}")
            set_role(title, finding.severity)
            advice = QLabel(finding.advice)
            for label in (title, advice) if finding.advice else (title,):
                label.setWordWrap(True)
                label.setMinimumWidth(420)
                label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                box.addWidget(label)
        popup.adjustSize()
        corner = self.health.mapToGlobal(QPoint(self.health.width(), 0))
        popup.move(corner.x() - popup.width(), corner.y() - popup.height() - 4)
        popup.show()
