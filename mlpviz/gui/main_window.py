"""The window: wires rail, tool bar, pages, experiment and state line to one workspace."""

from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QCloseEvent,
    QContextMenuEvent,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mlpviz.gui.closing import ask, must_ask
from mlpviz.gui.dropping import DropTarget
from mlpviz.gui.file_menu import save_run
from mlpviz.gui.icons import set_icon
from mlpviz.gui.keeping import Keeper
from mlpviz.gui.menus import build_menus
from mlpviz.gui.opening import FromFile, Kind
from mlpviz.gui.own_data import choose_data_file
from mlpviz.gui.pages import PAGES, Page
from mlpviz.gui.panels.experiment_panel import ExperimentPanel
from mlpviz.gui.panels.state_line import StateLine
from mlpviz.gui.panels.training_bar import ROOMY_PX, TrainingBar
from mlpviz.gui.recent import Recent
from mlpviz.gui.theme import Theme, set_role
from mlpviz.gui.widgets.curve_plot import CurvePlot
from mlpviz.gui.workspace import WantedExample, Workspace

if TYPE_CHECKING:
    from mlpviz.gui.autosave import Autosaver
    from mlpviz.gui.exporting import Exporter
    from mlpviz.gui.lesson_progress import LessonProgress
    from mlpviz.gui.panels.glossary import GlossaryDialog
    from mlpviz.gui.teaching import Teaching

DEFAULT_SIZE = QSize(1440, 900)
SMALLEST_SIZE = QSize(1000, 640)


class MainWindow(QMainWindow):
    """Everything on screen.

    Parameters
    ----------
    workspace : Workspace
    theme : Theme
    settings : QSettings, optional
        Where window, page and theme are remembered; without it nothing is.
    slows_small : bool
        Let small networks train slowly enough to be watched, until the user chooses a speed.
    """

    def __init__(
        self,
        workspace: Workspace,
        theme: Theme,
        settings: QSettings | None = None,
        slows_small: bool = False,
    ) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowTitle("mlpviz")
        self.setMinimumSize(SMALLEST_SIZE)
        self.resize(DEFAULT_SIZE)
        self.workspace, self.theme, self.settings = workspace, theme, settings
        self.keeper = Keeper(workspace, self)
        self.recent = Recent(settings, self)
        self.action_ask_to_save = QAction(self)
        self._drops = DropTarget(self)
        self._coming: tuple[Path, str] | None = None
        self.autosaver: Autosaver | None = None
        self._closes_once_settled = self._closes_unasked = False
        self.training_bar = TrainingBar(workspace, theme, slows_small)
        self.addToolBar(self.training_bar)
        self.state_line = StateLine(workspace, theme)
        self.setStatusBar(self.state_line)
        self.page_actions = QActionGroup(self)
        self.pages: dict[str, Page] = {}
        self._beside = {entry.key: entry.beside_experiment for entry in PAGES}  # the experiment, by page
        self._beside_lesson: bool | None = None
        self._stack = QStackedWidget()
        self.experiment_panel = ExperimentPanel(workspace, theme)
        self.action_experiment = QAction("Experiment", self)
        self.action_experiment.setObjectName("action_show_experiment")
        self.action_experiment.setCheckable(True)
        self.action_experiment.setChecked(True)
        self.action_experiment.setShortcut(QKeySequence("Ctrl+E"))
        self.action_experiment.toggled.connect(self._show_experiment)
        self._build_rail()
        middle = QWidget()
        row = QHBoxLayout(middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._row = row
        row.addWidget(self._stack, 1)
        row.addWidget(self.experiment_panel)
        centre = QWidget()
        self._column = QVBoxLayout(centre)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(middle, 1)
        self.setCentralWidget(centre)
        self.experiment_panel.collapse_wanted.connect(lambda: self.action_experiment.setChecked(False))
        self.experiment_panel.data_wanted.connect(lambda: choose_data_file(self))
        self._add_experiment_button()
        build_menus(self)
        self.keeper.changed.connect(self._show_title)
        self.keeper.said.connect(self.state_line.say)
        self.keeper.saved.connect(self.recent.add)
        self.keeper.settled.connect(self._settled)
        workspace.run_changed.connect(self._opened)
        workspace.refused.connect(self._refused)
        workspace.example_wanted.connect(self._step_through)
        workspace.page_wanted.connect(self.show_page)
        workspace.lesson_wanted.connect(lambda name: self.teaching.begin(name))
        self._restore()

    def _build_rail(self) -> None:
        self.rail = rail = QToolBar("Pages")
        rail.setObjectName("rail")
        rail.setMovable(False)
        rail.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        rail.setIconSize(QSize(22, 22))
        rail.setStyleSheet("QToolBar { padding: 0; spacing: 0; border: none; }")
        for i, entry in enumerate(PAGES):
            action = QAction(entry.title, self.page_actions)
            action.setObjectName(f"action_page_{entry.key}")
            action.setCheckable(True)
            action.setShortcut(QKeySequence(f"Ctrl+{i + 1}"))
            action.setToolTip(f"{entry.tip} (Ctrl+{i + 1})")
            action.triggered.connect(partial(self.show_page, entry.key))
            set_icon(action, entry.key, self.theme, "secondary")
            button = QToolButton()
            button.setObjectName(f"button_page_{entry.key}")
            button.setDefaultAction(action)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            button.setFixedWidth(88)
            set_role(button, "rail")
            rail.addWidget(button)
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, rail)

    def _add_experiment_button(self) -> None:
        """At the end of the tool bar: shows and hides the experiment."""
        self.action_experiment.setToolTip("Show or hide the experiment (Ctrl+E)")
        set_icon(self.action_experiment, "settings", self.theme)
        button = QToolButton()
        button.setObjectName("button_show_experiment")
        button.setDefaultAction(self.action_experiment)
        button.setAccessibleName("Experiment")
        self.training_bar.addWidget(button)

    # ------------------------------------------------------------------ verbs

    @cached_property
    def exporter(self) -> "Exporter":
        """Takes pictures out of the window."""
        from mlpviz.gui.exporting import Exporter  # not before somebody wants one: starting is to be quick

        return Exporter(self)

    @cached_property
    def teaching(self) -> "Teaching":
        """What lessons need of the window."""
        from mlpviz.gui.teaching import Teaching

        teaching = Teaching(self, self.lesson_progress)
        self._row.insertWidget(0, teaching.panel)
        teaching.panel.set_window_width(self.width())
        return teaching

    @cached_property
    def glossary(self) -> "GlossaryDialog":
        """Tells what words mean."""
        from mlpviz.gui.panels.glossary import GlossaryDialog

        dialog = GlossaryDialog(self.theme, self)
        self.workspace.shutting_down.connect(dialog.close)
        return dialog

    @cached_property
    def lesson_progress(self) -> "LessonProgress":
        """Which lessons are done."""
        from mlpviz.gui.lesson_progress import LessonProgress

        return LessonProgress(self.settings, self)

    @property
    def page(self) -> Page:
        """The page on show."""
        page = self._stack.currentWidget()
        assert isinstance(page, Page)
        return page

    def show_page(self, key: str, _checked: bool = True) -> None:
        """Show a page; it is made when it is first shown.

        Raises
        ------
        ValueError
            If there is no such page.
        """
        keys = [entry.key for entry in PAGES]
        if key not in keys:
            raise ValueError(f"unknown page {key!r}; known are: {', '.join(keys)}")
        if key not in self.pages:
            self.pages[key] = PAGES[keys.index(key)].load()(self.workspace, self.theme)
            self.pages[key].parts_changed.connect(self._take_parts)
            self._stack.addWidget(self.pages[key])
            if key == "learn":
                self.pages[key].set_progress(self.lesson_progress)  # type: ignore[attr-defined]
            for plot in self.pages[key].findChildren(CurvePlot):
                plot.menu.aboutToShow.connect(partial(self._offer_picture_of, plot))
        self._stack.setCurrentWidget(self.pages[key])
        self.page_actions.actions()[keys.index(key)].setChecked(True)
        self._put_experiment()
        self.page.set_in_lesson(self._beside_lesson is not None)
        self.page.setFocus()  # so that no control looks chosen before the user chose one
        self._drive(self.page)

    def fork_for_comparison(self) -> None:
        """Put the current run, as it stands, into the list of the Compare page, and show it."""
        self.show_page("compare")
        self.pages["compare"].comparison.add_current()  # type: ignore[attr-defined]

    def _drive(self, page: Page) -> None:
        """Let the tool bar, the state line and the refreshing belong to the page on show."""
        for shown in self.pages.values():
            shown.driver.refresher.set_parts([])
        self.training_bar.set_driver(page.driver)
        self.state_line.set_driver(page.driver)
        page.driver.refresher.set_parts(page.parts())
        if page.driver.ready:
            page.driver.refresher.refresh_all()

    def _take_parts(self) -> None:
        """The page on show consists of other parts than before."""
        self.page.driver.refresher.set_parts(self.page.parts())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus, for Space trains and pauses."""
        focused = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QAbstractButton):
            focused.click()
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of the picture that was pointed at, or that has the focus."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        pointed_at = self.focusWidget() if by_key else self.childAt(event.pos())
        if pointed_at is not None and self.page.isAncestorOf(pointed_at) and self.workspace.ready:
            self.exporter.show_menu(pointed_at, event.globalPos())

    def _offer_picture_of(self, plot: CurvePlot) -> None:
        """Add what can be done with a picture to the menu that a plot has of its own."""
        if not plot.property("offers_picture"):
            plot.setProperty("offers_picture", True)
            self.exporter.offer_in(plot)

    def show_experiment_in_lesson(self, shown: bool | None) -> None:
        """While a lesson is on, show the experiment or not, whatever the page has; None once it is over."""
        self._beside_lesson = shown
        self._put_experiment()
        self.page.set_in_lesson(shown is not None)

    def _put_experiment(self) -> None:
        wanted = self._beside[self.page.key] if self._beside_lesson is None else self._beside_lesson
        self.action_experiment.setChecked(wanted)

    def _show_experiment(self, shown: bool) -> None:
        if not shown:
            self.page.setFocus()
        if self._beside_lesson is None:
            self._beside[self.page.key] = shown
        self.experiment_panel.setVisible(shown)

    def _step_through(self, wanted: WantedExample) -> None:
        self.show_page("step_through")
        follower = self.page.follower  # type: ignore[attr-defined]
        follower.pin(wanted.snapshot)
        if wanted.drawn is None:
            follower.show_example(wanted.index, wanted.split)
        else:
            follower.show_drawing(wanted.drawn, wanted.index)

    # ------------------------------------------------------------------ files

    def show_above(self, bar: QWidget) -> None:
        """Put a bar above the page."""
        self._column.insertWidget(0, bar)

    def note_opening(self, path: Path, kind: Kind, note: str) -> None:
        """A file is being opened; once there is a run of it, it counts as used."""
        self._coming = None
        if kind.needs_run:
            self.recent.add(path)
            if note:
                self.state_line.say(note, "good")
        else:
            self._coming = path, note

    def _opened(self) -> None:
        coming, self._coming = self._coming, None
        assert self.workspace.run is not None
        source = self.workspace.run.source
        if isinstance(source, FromFile) and source.path is not None:
            self.recent.add(source.path)
            if coming is not None and coming[1] and coming[0] == source.path:
                self.state_line.say(coming[1], "good")

    def _refused(self) -> None:
        self._coming = None

    def _show_title(self) -> None:
        if not self.workspace.ready:
            return
        unsaved = self.keeper.is_unsaved
        if unsaved != self.isWindowModified():
            self.setWindowTitle("[*]")  # where Qt shows it; it warns of a title without that
            self.setWindowModified(unsaved)
        self.setWindowTitle(f"{self.keeper.name}{'[*]' if unsaved else ''} – mlpviz")

    # ------------------------------------------------------------------ remembered

    def _restore(self) -> None:
        """Look as it was left; the first time begin with the first page."""
        key = PAGES[0].key
        if self.settings is not None:
            geometry = self.settings.value("window/geometry")
            if isinstance(geometry, QByteArray):
                self.restoreGeometry(geometry)
            for each in self._beside:
                shown = self.settings.value(f"window/experiment_beside_{each}", self._beside[each], bool)
                self._beside[each] = bool(shown)
            left = str(self.settings.value("window/page", key))
            key = left if left in self._beside else key
        self.show_page(key)

    def _remember(self) -> None:
        if self.settings is None:
            return
        self.settings.setValue("window/geometry", self.saveGeometry())
        for key, shown in self._beside.items():
            self.settings.setValue(f"window/experiment_beside_{key}", shown)
        self.settings.setValue("window/page", self.page.key)
        self.settings.setValue("window/theme", self.theme.mode)
        if self.workspace.run is not None:
            self.settings.setValue("experiment", self.workspace.experiment.to_toml())

    def showEvent(self, event: QShowEvent) -> None:
        """No control looks chosen before the user chose one."""
        super().showEvent(event)
        self._drops.watch()
        self.page.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the experiment take less of a small window."""
        self.experiment_panel.set_narrow(event.size().width() < ROOMY_PX)
        if "teaching" in self.__dict__:
            self.teaching.panel.set_window_width(event.size().width())
        super().resizeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask whether to save, if it is worth it; then remember the window, and end training cleanly."""
        if not self._closes_unasked and must_ask(self):
            event.ignore()
            ask(self, self._save_and_close, self._close_unasked)
            return
        if self.keeper.is_saving:  # a moment, until it is written, or the user reads why it could not be
            self._closes_once_settled = True
            event.ignore()
            return
        self._remember()
        self.workspace.shut_down()
        if self.autosaver is not None:
            self.autosaver.close()
        super().closeEvent(event)

    def _save_and_close(self) -> None:
        save_run(self)
        self._closes_once_settled = self.keeper.is_saving  # not if no place was chosen

    def _close_unasked(self) -> None:
        self._closes_unasked = True
        self.close()

    def _settled(self, is_good: bool) -> None:
        closes, self._closes_once_settled = self._closes_once_settled, False
        if closes and is_good:
            self.close()
