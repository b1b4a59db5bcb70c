"""The loss over one or two parameters, with the path of training, the optimum, and starts by a click."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from mlpviz.figures.cost_scene import CostScene, Marks
from mlpviz.figures.numbers import format_number
from mlpviz.figures.view_range import Window
from mlpviz.gui.panels.cost_notice import CostNotice
from mlpviz.gui.panels.cost_painting import FIXED, CostPainting, Wanted
from mlpviz.gui.panels.cost_words import LEGEND, axis_wordings, unbroken, whole_values
from mlpviz.gui.theme import Theme, set_role, text_font, text_metrics
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.widgets.choice import Choice
from mlpviz.gui.widgets.cost_view import CostView
from mlpviz.gui.widgets.level_bar import LevelBar
from mlpviz.gui.widgets.path_painter import SHORTEST_STEP_PX
from mlpviz.gui.widgets.qimages import to_qimage
from mlpviz.gui.workspace import Workspace
from mlpviz.nn import Linear
from mlpviz.training import Snapshot
from mlpviz.training.cost_problem import CostProblem, landscape_of
from mlpviz.training.cost_surface import Outlook, outlook
from mlpviz.training.parameters import Parameter, with_values
from mlpviz.training.starting import cannot_start, starting_at

WIDE_PX, WIDE, LEGEND_PX = 480, 1.35, 190
GRID_POINTS = 101  # along each axis, of a surface as numbers
QWIDGETSIZE_MAX = 16_777_215  # Qt's "no limit", a macro that Python does not see


class CostCard(Card):
    """A curve over one parameter, or a map with level lines over two.

    The owner puts `refresh` among the parts of its page. Everything that takes long is done off the
    window's thread.

    Attributes
    ----------
    view
        The landscape.
    choice_x, choice_y
        Which parameters are its axes; the second may be none.
    scene
        What is to be seen; None until the current run was first shown.
    """

    def __init__(self, workspace: Workspace, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Cost surface", "card_cost", parent=parent)
        self._workspace = workspace
        self._painting = CostPainting(workspace, self._painted)
        self.scene: CostScene | None = None
        self._before: tuple[tuple, CostScene] | None = None  # the run before: its landscape and scene
        self._offered: list[Parameter] = []
        self._outlook: tuple[tuple, Outlook] | None = None
        self._build()
        workspace.run_changed.connect(self._run_changed)
        workspace.settings_changed.connect(self.refresh)
        theme.changed.connect(self.refresh)

    # ------------------------------------------------------------------ parts

    def _build(self) -> None:
        self.choice_x = self._choice("choice_cost_x", "The parameter along the horizontal axis")
        self.choice_y = self._choice(
            "choice_cost_y", "The parameter along the vertical axis; none shows a curve over the first alone"
        )
        self.view = CostView(self.theme, "plot_cost")
        self.view.setAccessibleName("Loss over parameters")
        self.view.pointed.connect(self._read)
        self.view.placed.connect(self._place)
        self.view.resized.connect(self._resized)
        self._parts = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._parts.setSpacing(8)
        self._parts.addWidget(self.view, 1)
        self._parts.addWidget(self._build_legend())
        self.body.addLayout(self._parts)
        self.notice = CostNotice(self.view)  # over the map, which so stays where it was clicked
        self.notice.accepted.connect(self._start_at)
        self.notice.dismissed.connect(self._notice_gone)
        self.setMinimumSize(280, 300)

    def _choice(self, name: str, tip: str) -> Choice:
        choice = Choice()
        choice.setObjectName(name)
        choice.setAccessibleName(tip)
        choice.setToolTip(tip)
        choice.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)
        set_role(choice, "flat")
        choice.activated.connect(lambda: self._choose(choice))
        self.add_header_widget(choice)
        return choice

    def _build_legend(self) -> QWidget:
        self.levels = LevelBar(self.theme, "bar_cost_levels")
        self._marks_words, self._basis = QLabel(), QLabel()
        self._marks_words.setObjectName("label_cost_marks")
        self._marks_words.setTextFormat(Qt.TextFormat.RichText)
        self._marks_words.setToolTip("\n".join(f"{sign} {tip}" for sign, _, tip in LEGEND.values()))
        self._basis.setObjectName("label_cost_basis")
        set_role(self._basis, "subtitle")
        self._forget = QToolButton()
        self._forget.setObjectName("button_forget_paths")
        self._forget.setText("Forget earlier runs")
        self._forget.setToolTip("Take the paths of earlier runs away")
        self._forget.clicked.connect(self.forget_earlier)
        set_role(self._forget, "link")
        self._note = QLabel()
        self._note.setObjectName("label_cost_note")
        self._note.setTextFormat(Qt.TextFormat.RichText)
        self._note.hide()
        set_role(self._note, "warning")
        foot = QHBoxLayout()
        foot.addWidget(self._basis, 1)
        foot.addWidget(self._forget)
        self._legend = QWidget()
        column = QVBoxLayout(self._legend)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.levels)
        column.addWidget(self._marks_words)
        column.addLayout(foot)
        column.addWidget(self._note)
        column.addStretch(1)
        for label in (self._marks_words, self._basis, self._note):
            label.setWordWrap(True)
        # What comes and goes shall not change the room that the map has.
        self._forget.setFont(text_font())
        self._basis.setMinimumHeight(self._forget.sizeHint().height())
        self._marks_words.setMinimumHeight(2 * text_metrics().lineSpacing())
        return self._legend

    # ------------------------------------------------------------------ which run, which parameters

    def applies(self) -> bool:
        """Whether the current run has parameters to choose: weights or biases."""
        if self._workspace.run is None:
            return False
        return any(isinstance(layer, Linear) for layer in self._workspace.initial.network.layers)

    def _run_changed(self) -> None:
        """Another run: the scene is made anew when it is to be seen."""
        self.notice.dismiss()
        if self.scene is not None:
            self._before = self._landscape, self.scene
        self.scene = self._outlook = None
        self._painting.forget()
        self.refresh()

    def _begin(self) -> CostScene:
        """Look at a new run; over the same landscape as before, choice, view and earlier paths stay."""
        workspace = self._workspace
        assert workspace.run is not None
        self._landscape = landscape_of(workspace.experiment)
        trainer, network = workspace.run.trainer, workspace.initial.network
        names = workspace.dataset.input_names
        problem = CostProblem.of(network, trainer.splits.training, trainer.loss, names)
        scene = CostScene(problem, network, workspace.run.path)
        if self._before is not None and self._before[0] == self._landscape:
            scene.inherit(self._before[1])
        self._before = None
        self._offered = list(dict.fromkeys([*problem.parameters, *scene.chosen]))
        for choice in (self.choice_x, self.choice_y):
            choice.clear()
            for i, parameter in enumerate(self._offered):
                choice.addItem(parameter.symbol)
                choice.setItemData(i, parameter.words, Qt.ItemDataRole.ToolTipRole)
            choice.setVisible(len(self._offered) > 1)
        self.choice_y.addItem("none")
        tip = "A curve over the other parameter alone"
        self.choice_y.setItemData(len(self._offered), tip, Qt.ItemDataRole.ToolTipRole)
        self._show_choice(scene)
        return scene

    def _choose(self, choice: Choice) -> None:
        """Take what a menu says; what is chosen twice changes places with the other."""
        if self.scene is None:
            return
        offered = [*self._offered, None]
        x, y = offered[self.choice_x.currentIndex()], offered[self.choice_y.currentIndex()]
        if x == y:
            old_x, old_y = self.scene.chosen[0], self.scene.chosen[-1]
            x, y = (x, old_x) if choice is self.choice_x else (old_y, y)
        self.scene.choose([p for p in dict.fromkeys([x, y]) if p is not None])
        self._show_choice(self.scene)
        self.refresh()

    def _show_choice(self, scene: CostScene) -> None:
        x, y = scene.chosen[0], scene.chosen[1] if len(scene.chosen) > 1 else None
        self.choice_x.setCurrentIndex(self._offered.index(x))
        self.choice_y.setCurrentIndex(self._offered.index(y) if y else len(self._offered))
        self.set_title("Cost surface" if y else "Cost curve")
        self.view.set_labels(axis_wordings(x), axis_wordings(y) if y else ["loss"])
        self.levels.setVisible(y is not None)
        self._basis.setText(scene.basis())
        self.notice.dismiss()

    # ------------------------------------------------------------------ showing

    def refresh(self) -> None:
        """Show the path up to the snapshot on show; have the landscape computed anew if it has changed."""
        workspace, rect = self._workspace, self.view.plot_rect()
        if not self.isVisible() or not self.applies() or workspace.snapshot is None or rect.isEmpty():
            return
        if self.scene is None:
            self.scene = self._begin()
        scene, snapshot = self.scene, workspace.snapshot
        scene.follow(snapshot)
        ahead, newest = self._look_ahead(scene, snapshot), self._painting.newest_over(scene.chosen)
        scene.look(ahead, workspace.divergence is not None)
        window = scene.window(rect.width(), rect.height(), () if newest is None else newest.heights)
        self.view.set_window(window)
        held = None
        if scene.problem.holds_others(scene.chosen):
            held = FIXED if scene.is_lost else snapshot.step
        size = round(rect.width()), round(rect.height())
        if len(scene.chosen) == 1:
            size, window_wanted = (0, 0), replace(window, bottom=0.0, top=0.0)  # the height is what it finds
        else:
            window_wanted = window
        wanted = Wanted(scene.chosen, window_wanted, size, self.theme.dark, held)
        self._painting.ask(wanted, scene.problem, snapshot, scene.holding(snapshot.network), scene.path)
        self._show_marks(scene, ahead, window)

    def numbers(self) -> dict[str, NDArray]:
        """The path over the chosen parameters, and the loss along one of them or over a grid of both."""
        scene = self.scene
        newest = None if scene is None else self._painting.newest_over(scene.chosen)
        if scene is None or newest is None:
            return {}
        found = {"path": scene.points, "step": scene.steps}
        if newest.curve is not None:
            return {"curve": newest.curve, **found}
        window = self.view.window_on_show
        x = np.linspace(window.left, window.right, GRID_POINTS)
        y = np.linspace(window.bottom, window.top, GRID_POINTS)
        places = np.stack([each.ravel() for each in np.meshgrid(x, y)])
        return {"loss": newest.piece.at(places).reshape(len(y), len(x)), "x": x, "y": y, **found}

    def _painted(self) -> None:
        """There is a new landscape."""
        painted = self._painting.newest
        assert painted is not None
        if painted.map is not None:
            self.view.set_map(to_qimage(painted.map.rgba), painted.map.window)
            self.levels.set_levels(painted.map.levels)
        elif painted.curve is not None:
            self.view.set_curve(painted.curve)
        self.refresh()

    def _show_marks(self, scene: CostScene, ahead: Outlook | None, window: Window) -> None:
        newest = self._painting.newest_over(scene.chosen)
        if len(scene.chosen) > 1:
            marks = scene.map_marks(window, ahead)
        elif newest is not None:
            marks = scene.curve_marks(newest.piece, newest.along, ahead)
        else:
            marks = Marks()
        if self._workspace.divergence is not None or not self._can_be_seen(marks):
            marks = replace(marks, step_to=None)
        self.view.set_marks(marks)
        said = scene.told(marks, ahead, window)
        words = "&nbsp;&nbsp; ".join(
            f"<span style='color:{self.theme.color(role).name()}'>{sign}</span>&nbsp;{unbroken(said[key])}"
            for key, (sign, role, _) in LEGEND.items()
            if key in said
        )
        if self._marks_words.text() != words:
            self._marks_words.setText(words)
        self.view.setAccessibleDescription(
            f"{'. '.join(said.values())}. The arrow keys move a crosshair, Enter starts training there."
        )
        self._forget.setVisible("earlier" in said)
        note = whole_values(scene.note(window))
        if self._note.text() != note:
            self._note.setText(note)
            self._note.setVisible(bool(note))
            self._basis.setVisible(not note)  # which matters less, and would take its room
        self._basis.setText(scene.basis())

    def _can_be_seen(self, marks: Marks) -> bool:
        """Whether the next step begins in view and is long enough for an arrow."""
        if marks.now is None or marks.step_to is None:
            return False
        now = self.view.to_pixel(marks.now)
        step = self.view.to_pixel(marks.step_to) - now
        return self.view.plot_rect().contains(now) and np.hypot(step.x(), step.y()) > SHORTEST_STEP_PX

    def _look_ahead(self, scene: CostScene, snapshot: Snapshot) -> Outlook | None:
        """Loss and next update: at once in a small network, else with the landscape."""
        if not scene.problem.is_small:
            newest = self._painting.newest_over(scene.chosen)
            return None if newest is None else newest.outlook
        experiment = self._workspace.experiment
        key = (snapshot.step, scene.chosen, experiment)
        if self._outlook is None or self._outlook[0] != key:
            optimizer = snapshot.optimizer.copy()
            for setting in ("learning_rate", "momentum", "nesterov", "weight_decay"):
                if hasattr(optimizer, setting):  # it may have been changed since the step
                    setattr(optimizer, setting, getattr(experiment, setting))
            problem = scene.problem
            self._outlook = (
                key,
                outlook(snapshot.network, optimizer, problem.sample, problem.loss, scene.chosen),
            )
        return self._outlook[1]

    def _read(self, x: float, y: float) -> None:
        """Tell the parameters and the loss at the pointer."""
        newest = self._painting.newest_over(self.scene.chosen) if self.scene is not None else None
        if self.scene is None or newest is None:
            return
        point = self._rounded(x, y)
        loss = format_number(float(newest.piece.at(np.array(point)[:, None])[0]), 4)
        quiet = self.theme.palette.secondary
        self.view.tell(
            f"{self.scene.values(point)}<br>loss <b>{loss}</b>"
            f"<br><span style='color:{quiet}'>click: start here</span>"
        )

    # ------------------------------------------------------------------ starting elsewhere

    def _rounded(self, x: float, y: float) -> tuple[float, ...]:
        """The point in as many decimals as a pixel tells apart."""
        assert self.scene is not None
        window, rect = self.view.window_on_show, self.view.plot_rect()
        per_px = (window.right - window.left) / max(rect.width(), 1.0)
        decimals = max(0, int(np.ceil(-np.log10(per_px))))
        return tuple(round(value, decimals) for value in (x, y)[: len(self.scene.chosen)])

    def _place(self, x: float, y: float) -> None:
        """A point was clicked: start there, or ask first if steps would be lost."""
        workspace, scene = self._workspace, self.scene
        if scene is None or workspace.snapshot is None or workspace.is_loading:
            return
        sentence = cannot_start(workspace.experiment, workspace.snapshot.network)
        if sentence:
            self.notice.refuse(sentence[0].upper() + sentence[1:] + ".")
            self._lay_notice(y)
            return
        point, steps = self._rounded(x, y), len(workspace.history)
        if steps == 0 and not workspace.training:
            self._start_at(point)
            return
        others = ""
        if scene.problem.holds_others(scene.chosen):
            others = f", all others as they are {'held here' if scene.is_lost else 'now'}"
        self.notice.ask(point, f"<b>Start at {scene.values(point)}</b>{others}?", steps)
        self.view.set_candidate((x, y))
        self._lay_notice(y)

    def _lay_notice(self, y: float) -> None:
        """Lay the notice over the map, where the point it speaks of is not."""
        rect = self.view.plot_rect().adjusted(8, 8, -8, -8)
        width = min(round(rect.width()), 460)
        height = self.notice.heightForWidth(width)
        above = self.view.to_pixel((0.0, y)).y() > rect.center().y()
        top = rect.top() if above else rect.bottom() - height
        self.notice.setGeometry(round(rect.center().x()) - width // 2, round(top), width, height)
        self.notice.raise_()
        self.view.tell("")

    def _notice_gone(self) -> None:
        self.view.set_candidate(None)
        if self.notice.had_focus:
            self.view.setFocus()

    def _start_at(self, point: tuple[float, ...]) -> None:
        workspace, scene = self._workspace, self.scene
        if scene is None or workspace.snapshot is None:
            return
        network = with_values(scene.holding(workspace.snapshot.network), scene.chosen, point)
        try:
            experiment = starting_at(workspace.experiment, network)
        except ValueError as error:
            self.notice.refuse(str(error))
            return
        workspace.edit_experiment(experiment, f"start at {scene.values(point)}")

    def forget_earlier(self) -> None:
        """Show the paths of earlier runs no more."""
        self._before = None
        if self.scene is not None:
            self.scene.forget_earlier()
        self.refresh()

    # ------------------------------------------------------------------ Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is wide the legend stands beside the landscape, or little would be left of it."""
        super().resizeEvent(event)
        beside = self.width() >= WIDE_PX and self.width() > WIDE * self.height()
        directions = QBoxLayout.Direction
        self._parts.setDirection(directions.LeftToRight if beside else directions.TopToBottom)
        self._legend.setMinimumWidth(LEGEND_PX if beside else 0)
        self._legend.setMaximumWidth(LEGEND_PX if beside else QWIDGETSIZE_MAX)

    def _resized(self) -> None:
        self.notice.dismiss()
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
