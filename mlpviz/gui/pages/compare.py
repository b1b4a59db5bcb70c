"""The Compare page: several runs side by side, their curves overlaid, and a race between them."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mlpviz.gui.comparison import Comparison
from mlpviz.gui.driver import Driver
from mlpviz.gui.figures.contents import ComparedRuns
from mlpviz.gui.pages.page import Page
from mlpviz.gui.panels.beside_card import BesideCard
from mlpviz.gui.panels.compared_plot import ComparedPlot, GradientPlot
from mlpviz.gui.panels.depth_card import DepthCard
from mlpviz.gui.panels.run_list import RunList
from mlpviz.gui.refresher import Unhurried
from mlpviz.gui.theme import Theme, set_role
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.workspace import WORDS_PER_SECOND, Workspace
from mlpviz.training.comparisons import comparison_names, load_comparison

LIST_PX = 312
NARROW_LIST_PX = 272
QWIDGETSIZE_MAX = 16_777_215  # Qt's "no limit", a macro that Python does not see
ROOMY_PX = 1100  # below this width the list gives way
TIGHT_PX = 700  # and below this one, with a lesson beside it, it is one of the views
VIEWS = {
    "depth": ("Gradients in depth", "The gradient of every layer, and why it shrinks on its way down"),
    "gradients": ("Gradient curves", "How large the gradient of one layer was at every step"),
    "weights": ("Weights", "The weights of layer 1 of two runs, and their difference"),
}
RUNS = "runs"
VIEW_OF_LOOK = {"shrinking": "depth", "gradients": "gradients", "weights": "weights"}
"""What a ready-made comparison is about, as a view; loss and accuracy are always there."""


class ComparePage(Page):
    """The list at the left; curves above, and below them a view of gradients or weights."""

    key = "compare"

    def __init__(self, workspace: Workspace, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(workspace, theme, parent)
        self.comparison = Comparison(workspace, self)
        self.list = RunList(self.comparison, theme)
        self.list.setFixedWidth(LIST_PX)
        self.list.open_on_train.connect(self._show_train_page)
        self.loss = ComparedPlot(
            self.comparison,
            theme,
            "Loss",
            "plot_compared_loss",
            lambda _: ["loss", "validation_loss"],
            log=True,
        )
        self.accuracy = ComparedPlot(
            self.comparison,
            theme,
            "Accuracy",
            "plot_compared_accuracy",
            lambda _: ["accuracy", "validation_accuracy"],
            percent=True,
        )
        self.gradients = GradientPlot(self.comparison, theme)
        self.deep = DepthCard(self.comparison, theme)
        self.beside = BesideCard(self.comparison, theme)
        self._views = QStackedWidget()
        for widget in (self.deep, self.gradients, self.beside):
            self._views.addWidget(widget)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 14)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._build_start())
        self._stack.addWidget(self._build_comparison())
        layout.addWidget(self._stack)
        self.comparison.run_changed.connect(self._runs_changed)
        self.comparison.settings_changed.connect(self._show_runs)

    def _build_start(self) -> QWidget:
        """What the page says while the list is empty."""
        card = Card(self.theme, "Compare runs", "card_start")
        words = QLabel(
            "Two runs that differ in one thing show what that thing does. Choose a comparison, or put the "
            "run of the Train page into the list and fork it: same seed, same batches, one thing changed."
        )
        words.setWordWrap(True)
        card.body.addWidget(words)
        grid = QGridLayout()
        grid.setVerticalSpacing(10)
        grid.setHorizontalSpacing(14)
        grid.setColumnStretch(1, 1)
        for row, name in enumerate(comparison_names()):
            ready_made = load_comparison(name)
            button = QPushButton(ready_made.title)
            button.setObjectName(f"button_ready_made_{name}")
            button.clicked.connect(partial(self.comparison.add_ready_made, name, True))
            told = QLabel(ready_made.description.split(". ")[0].rstrip(".") + ".")
            told.setWordWrap(True)
            set_role(told, "subtitle")
            grid.addWidget(button, row, 0)
            grid.addWidget(told, row, 1)
        card.body.addLayout(grid)
        current = QPushButton("Add the current run")
        current.setObjectName("button_add_current")
        current.setToolTip("A copy of the run of the Train page as it stands, with its curves (Ctrl+K)")
        current.clicked.connect(lambda: self.comparison.add_current())
        set_role(current, "primary")
        card.body.addSpacing(6)
        card.body.addWidget(current, 0, Qt.AlignmentFlag.AlignLeft)
        card.setMaximumWidth(860)
        whole = QWidget()
        box = QVBoxLayout(whole)
        box.addStretch(1)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(card, 8)
        middle.addStretch(1)
        box.addLayout(middle)
        box.addStretch(2)
        return whole

    def _build_comparison(self) -> QWidget:
        above = QSplitter(Qt.Orientation.Horizontal)
        above.setObjectName("splitter_compared_curves")
        above.addWidget(self.loss)
        above.addWidget(self.accuracy)
        below = QWidget()
        box = QVBoxLayout(below)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addLayout(self._build_segments())
        box.addWidget(self._views, 1)
        right = QSplitter(Qt.Orientation.Vertical)
        right.setObjectName("splitter_compare")
        right.addWidget(above)
        right.addWidget(below)
        right.setSizes([420, 580])
        for splitter in (above, right):
            splitter.setHandleWidth(12)
            splitter.setChildrenCollapsible(False)
        whole = QWidget()
        self._columns = QHBoxLayout(whole)
        self._columns.setContentsMargins(0, 0, 0, 0)
        self._columns.setSpacing(14)
        self._columns.addWidget(self.list)
        self._columns.addWidget(right, 1)
        return whole

    def _build_segments(self) -> QHBoxLayout:
        self._segments = QButtonGroup(self)
        self._segments.setExclusive(True)
        row = QHBoxLayout()
        row.setSpacing(0)
        runs = {RUNS: ("Runs", "The list of runs, for which there is no room at the side")}
        for i, (name, (title, tip)) in enumerate({**VIEWS, **runs}.items()):
            button = QToolButton()
            button.setObjectName(f"choice_compare_{name}")
            button.setText(title)
            button.setToolTip(tip)
            button.setCheckable(True)
            set_role(button, "segment")
            self._segments.addButton(button, i)
            row.addWidget(button)
        row.addStretch(1)
        self._segments.button(len(VIEWS)).hide()
        self._segments.button(0).setChecked(True)
        self._segments.idClicked.connect(self._show_view)
        return row

    def showEvent(self, event: QShowEvent) -> None:
        """Undo belongs to what is on show."""
        super().showEvent(event)
        self.comparison.undo_stack.setActive(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.workspace.undo_stack.setActive(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave more of a small window to the pictures."""
        width = event.size().width()
        self._place_list(width < TIGHT_PX)
        if width >= TIGHT_PX:
            self.list.setFixedWidth(LIST_PX if width >= ROOMY_PX else NARROW_LIST_PX)
        super().resizeEvent(event)

    def _place_list(self, among_views: bool) -> None:
        """Beside the curves, or where there is no room for it one of the views below them."""
        if among_views == (self._views.indexOf(self.list) >= 0):
            return
        if among_views:
            self._columns.removeWidget(self.list)
            self.list.setMinimumWidth(NARROW_LIST_PX)
            self.list.setMaximumWidth(QWIDGETSIZE_MAX)
            self._views.addWidget(self.list)
        else:
            shown = self.view
            self._views.removeWidget(self.list)
            self._columns.insertWidget(0, self.list)
            self.list.show()
            self.show_view("depth" if shown == RUNS else shown)
        self._segments.button(len(VIEWS)).setVisible(among_views)

    # ------------------------------------------------------------------ what the window asks for

    @property
    def driver(self) -> Driver:
        """The race."""
        return self.comparison

    def parts(self) -> list[Callable[[], None]]:
        """The curves, the view on show, and the list, whose numbers nobody reads more often."""
        words = Unhurried(self.list.refresh, WORDS_PER_SECOND)
        return [self.loss.show_new, self.accuracy.show_new, self._refresh_view, words]

    @property
    def view(self) -> str:
        """ "depth", "gradients" or "weights"; in a narrow place also "runs"."""
        return [*VIEWS, RUNS][self._views.currentIndex()]

    def show_view(self, name: str) -> None:
        """Show gradients in depth, gradient curves, or weights."""
        self._segments.button(list(VIEWS).index(name)).setChecked(True)
        self._show_view(list(VIEWS).index(name))

    # ------------------------------------------------------------------ pictures of it

    def take_content(self) -> ComparedRuns | None:
        """The runs of the list as they stand."""
        return self.comparison.taken() if self.comparison.runs else None

    def show_content(self, content: ComparedRuns) -> None:
        """Show runs that were taken from such a page."""
        self.comparison.show_taken(content)

    def caption_of_picture(self) -> str:
        """What the pictures of this page show, in words."""
        return (
            f"{', '.join(run.name for run in self.comparison.shown)} · {self.comparison.step_words().lower()}"
        )

    # ------------------------------------------------------------------ what happens

    def _show_view(self, index: int) -> None:
        self._views.setCurrentIndex(index)
        self._refresh_view()

    def _refresh_view(self) -> None:
        if self.view == "depth":
            self.deep.refresh()
        elif self.view == "gradients":
            self.gradients.show_new()
        elif self.view == "weights":
            self.beside.refresh()

    def _runs_changed(self) -> None:
        about, runs = self.comparison.about, self.comparison.runs
        if about is not None and len(runs) == 1:
            self.show_view(VIEW_OF_LOOK.get(about.look, "gradients"))
        self._stack.setCurrentIndex(1 if runs or self.comparison.is_loading else 0)
        self.list.set_runs()
        self._show_runs()
        if self.isVisible():
            self.setFocus()  # or a field would have it whose button just vanished, and Space would not race

    def _show_runs(self) -> None:
        """Draw what belongs to the runs that are shown, under their names."""
        self.list.show_settings()
        has_classes = any(run.trainer.dataset.classes for run in self.comparison.shown)
        self.accuracy.setVisible(has_classes)
        for plot in (self.loss, self.accuracy, self.gradients):
            plot.set_runs()
        self.beside.set_runs()
        self._refresh_view()

    def _show_train_page(self) -> None:
        self.workspace.page_wanted.emit("train")


PAGE = ComparePage
