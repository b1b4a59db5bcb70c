"""The list of compared runs at the left of the Compare page, and what can be done with them."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mlpviz.data import DATASET_FAMILIES
from mlpviz.gui.compared_run import ComparedRun
from mlpviz.gui.comparison import Comparison
from mlpviz.gui.icons import set_icon
from mlpviz.gui.panels.fork_form import ForkForm
from mlpviz.gui.panels.question import Question
from mlpviz.gui.panels.run_row import RunRow
from mlpviz.gui.theme import Theme, set_role
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.widgets.choice import Choice
from mlpviz.gui.widgets.flow_layout import FlowLayout
from mlpviz.training import Experiment
from mlpviz.training.comparisons import comparison_names, load_comparison
from mlpviz.training.presets import load_preset, preset_names
from mlpviz.training.race import MEASURES

FORK_TIP = "A second run, from where this one stands or from the start, with one thing changed"
OPEN_TIP = "A copy of it, as it stands, becomes the current run of the Train page"
ALONE = "Fork it to see what one change does: the fork has the same seed and sees the same batches."
MEASURE_TITLES = {"steps": "steps", "examples": "examples seen", "seconds": "seconds of training"}


class RunList(Card):
    """Rows of runs, the verbs for the chosen one, and the words about the comparison."""

    open_on_train = Signal()
    """The chosen run was opened on the Train page."""

    def __init__(self, comparison: Comparison, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Runs", "card_runs", parent=parent)
        self._comparison = comparison
        self._chosen: ComparedRun | None = None
        self._rows: dict[ComparedRun, RunRow] = {}
        self._wanted = ""
        self._group = QButtonGroup(self)
        self._build_header()
        content = QWidget()
        self._box = QVBoxLayout(content)
        self._box.setContentsMargins(0, 0, 6, 0)
        self._box.setSpacing(6)
        self._build_questions()
        self._box.addWidget(self._replacing)
        self._box.addWidget(self._build_measure())
        self._rows_box = QVBoxLayout()
        self._rows_box.setSpacing(2)
        self._box.addLayout(self._rows_box)
        self._box.addWidget(self._build_chosen())
        self._box.addWidget(self._opening)
        self._form = ForkForm(comparison, theme)
        self._box.addWidget(self._form)
        self._about = _words("label_about_comparison", "subtitle")
        self._remarks = _words("label_remarks", "warning")
        self._box.addSpacing(6)
        self._box.addWidget(self._remarks)
        self._box.addWidget(self._about)
        self._box.addStretch(1)
        self._area = QScrollArea()
        self._area.setObjectName("scroll_runs")
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(content)
        self.body.addWidget(self._area, 1)

    # ------------------------------------------------------------------ parts

    def _build_header(self) -> None:
        add = _tool("button_add_run", "Add", "Put another run into the list: the current one, or a preset")
        add.setMenu(self._add_menu())
        ready = _tool("button_ready_made", "Ready-made", "Comparisons that come with mlpviz")
        ready.setMenu(self._ready_made_menu())
        for button in (add, ready):
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            button.setText(f"{button.text()} ▾")
            self.add_header_widget(button)

    def _add_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setObjectName("menu_add_run")
        menu.setToolTipsVisible(True)
        current = menu.addAction("The current run of the Train page", self._comparison.add_current)
        current.setObjectName("action_add_current_run")
        current.setToolTip("A copy of it as it stands, with its curves; both can go on by themselves")
        presets = menu.addMenu("A preset")
        presets.setObjectName("menu_add_preset")
        presets.setToolTipsVisible(True)

        def fill() -> None:  # when it is wanted: reading all presets takes a while
            if not presets.isEmpty():
                return
            experiments = {name: load_preset(name) for name in preset_names()}
            for family, datasets in DATASET_FAMILIES.items():
                own = {name: each for name, each in experiments.items() if each.dataset in datasets}
                if own:
                    self._fill_family(presets.addMenu(family), own)

        presets.aboutToShow.connect(fill)
        menu.addSeparator()
        clear = menu.addAction("Remove all runs", self._comparison.remove_all)
        clear.setObjectName("action_remove_all_runs")
        return menu

    def _fill_family(self, menu: QMenu, experiments: dict[str, Experiment]) -> None:
        menu.setToolTipsVisible(True)
        for name, experiment in experiments.items():
            add = partial(self._comparison.add_experiment, experiment.title, experiment)
            action = menu.addAction(experiment.title, add)
            action.setObjectName(f"action_add_preset_{name}")
            action.setToolTip(experiment.description)

    def _ready_made_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setObjectName("menu_ready_made")
        menu.setToolTipsVisible(True)
        for name in comparison_names():
            ready_made = load_comparison(name)
            action = menu.addAction(ready_made.title, partial(self._ready_made, name))
            action.setObjectName(f"action_ready_made_{name}")
            action.setToolTip(ready_made.description)
        return menu

    def _build_questions(self) -> None:
        """What is asked before runs would be lost that nobody can have again with a click."""
        self._replacing = Question(
            "replace_runs",
            (
                ("button_replace_runs", "Replace them", partial(self._answered, True)),
                ("button_keep_runs", "Add to them", partial(self._answered, False)),
            ),
            "button_cancel_replacing",
        )
        self._opening = Question(
            "open_on_train",
            (
                ("button_keep_and_open", "Put it into the list first", self._keep_and_open),
                ("button_open_anyway", "Open without it", self._open_chosen),
            ),
            "button_cancel_opening",
        )

    def _build_measure(self) -> QWidget:
        self.measure = Choice()
        self.measure.setObjectName("choice_race_measure")
        self.measure.setAccessibleName("What the race and the curves go by")
        for name, words in MEASURES.items():
            self.measure.addItem(MEASURE_TITLES[name], name)
            self.measure.setItemData(self.measure.count() - 1, words, Qt.ItemDataRole.ToolTipRole)
        self.measure.setToolTip(
            "What keeps the runs level, and what their curves are drawn over: "
            "one batch of each in turn, as many examples, or as many seconds"
        )
        self.measure.activated.connect(lambda: self._comparison.set_measure(self.measure.currentData()))
        self.measure.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 4)
        title = QLabel("Level in")
        title.setBuddy(self.measure)
        title.setToolTip(self.measure.toolTip())
        set_role(title, "subtitle")
        layout.addWidget(title)
        layout.addWidget(self.measure, 1)
        return row

    def _build_chosen(self) -> QWidget:
        self._name = QLineEdit()
        self._name.setObjectName("field_run_name")
        self._name.setAccessibleName("Name of the chosen run")
        self._name.setToolTip("What the chosen run is called in list and legends: type another name")
        self._name.editingFinished.connect(self._rename)
        remove = self._verb("remove_run", "Remove", "remove", "Take the run out of the list", self._remove)
        remove.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        named = QHBoxLayout()
        named.setSpacing(6)
        named.addWidget(self._name, 1)
        named.addWidget(remove)
        verbs = QWidget()
        flow = FlowLayout(verbs, spacing_px=6, line_spacing_px=4)
        for name, text, icon, tip, do in (
            ("fork", "Fork …", "fork", FORK_TIP, self._fork),
            ("open_on_train", "Open on Train page", "train", OPEN_TIP, self._open),
        ):
            flow.addWidget(self._verb(name, text, icon, tip, do))
        self._chosen_box = QFrame()
        box = QVBoxLayout(self._chosen_box)
        box.setContentsMargins(0, 6, 0, 0)
        box.setSpacing(6)
        box.addLayout(named)
        box.addWidget(verbs)
        return self._chosen_box

    def _verb(self, name: str, text: str, icon: str, tip: str, do: Callable[[], None]) -> QToolButton:
        button = _tool(f"button_{name}", text, tip)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setAccessibleName(text)
        set_icon(button, icon, self.theme, "secondary")
        button.clicked.connect(lambda: do())
        return button

    # ------------------------------------------------------------------ showing

    @property
    def chosen(self) -> ComparedRun | None:
        """The run that the verbs are for."""
        return self._chosen

    def set_runs(self) -> None:
        """Show the runs that there are now; one that is new is the chosen one."""
        runs = self._comparison.runs
        new = [run for run in runs if run not in self._rows]
        for run in [run for run in self._rows if run not in runs]:
            row = self._rows.pop(run)
            self._rows_box.removeWidget(row)
            row.deleteLater()
        for run in new:
            row = RunRow(self._comparison, self.theme, run)
            row.button.clicked.connect(partial(self._choose, run))
            self._group.addButton(row.button)
            self._rows[run] = row
        for place, run in enumerate(runs):
            self._rows_box.insertWidget(place, self._rows[run])
        about = self._comparison.about
        if self._chosen not in runs:
            self._choose(runs[0] if runs else None)
        elif new and (about is None or len(runs) > len(about.runs)):
            self._choose(new[-1])
        self.show_settings()

    def show_settings(self) -> None:
        """Show names, what differs, and what there is to say of the comparison."""
        self.refresh()
        self.measure.setCurrentIndex(self.measure.findData(self._comparison.measure))
        if self._chosen is not None and not self._name.hasFocus():
            self._name.setText(self._chosen.name)
        about = self._comparison.about
        alone = len(self._comparison.runs) == 1
        self._about.setVisible(about is not None or alone)
        if about is not None:
            self._about.setText(f"<b>{about.title}</b><br>{about.description}")
        elif alone:
            self._about.setText(ALONE)
        said = self._comparison.remarks()
        self._remarks.setVisible(bool(said))
        self._remarks.setText("<br>".join(f"▲ {sentence}" for sentence in said))

    def refresh(self) -> None:
        """Show the newest numbers."""
        for row in self._rows.values():
            row.refresh()

    # ------------------------------------------------------------------ verbs

    def _ready_made(self, name: str) -> None:
        """Open a ready-made comparison; ask first if there is something to lose."""
        self._wanted = name
        if not any(run.has_work_in_it for run in self._comparison.runs):
            self._answered(True)
            return
        n = len(self._comparison.runs)
        words = "run" if n == 1 else f"{n} runs"
        title = load_comparison(name).title
        self._replacing.ask(f"“{title}” takes the place of the {words} in the list.")
        self._show_fully(self._replacing)

    def _answered(self, replace: bool) -> None:
        self._comparison.add_ready_made(self._wanted, replace)

    def _choose(self, run: ComparedRun | None) -> None:
        if run is not self._chosen:
            self._form.hide()
            self._opening.hide()
        self._chosen = run
        self._chosen_box.setVisible(run is not None)
        if run is not None:
            self._rows[run].button.setChecked(True)
            self._name.setText(run.name)

    def _rename(self) -> None:
        if self._chosen is not None:
            self._comparison.rename(self._chosen, self._name.text())
            self._name.setText(self._chosen.name)

    def _fork(self) -> None:
        if self._chosen is not None:
            self._form.open(self._chosen)
            self._show_fully(self._form)

    def _open(self) -> None:
        if self._comparison.current_is_in_list:
            self._open_chosen()
            return
        title = self._comparison.workspace.experiment.title
        self._opening.ask(f"The Train page's run, “{title}”, has trained and is not in this list.")
        self._show_fully(self._opening)

    def _keep_and_open(self) -> None:
        chosen = self._chosen
        if chosen is not None and self._comparison.has_room:
            self._comparison.add_current(then=lambda: self._open_run(chosen))
        else:
            self._comparison.add_current()  # which says that there is no room

    def _open_chosen(self) -> None:
        if self._chosen is not None:
            self._open_run(self._chosen)

    def _open_run(self, run: ComparedRun) -> None:
        self._comparison.open_on_train_page(run)
        self.open_on_train.emit()

    def _show_fully(self, widget: QWidget) -> None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)  # it has a place only then
        self._area.ensureWidgetVisible(widget)

    def _remove(self) -> None:
        if self._chosen is not None:
            self._comparison.remove(self._chosen)


def _tool(name: str, text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setText(text)
    button.setToolTip(tip)
    return button


def _words(name: str, role: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    label.hide()
    set_role(label, role)
    return label
