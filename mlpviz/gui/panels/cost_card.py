"""The loss over one or two parameters, with the path of training, the optimum, and a click to start elsewhere."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from mlpviz.figures.numbers import format_number
from mlpviz.figures.view_range import ViewRange, Window, curve_window, map_window
from mlpviz.gui.panels.cost_notice import CostNotice
from mlpviz.gui.panels.cost_painting import CostPainting, Wanted
from mlpviz.gui.theme import Theme, set_role
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.widgets.choice import Choice
from mlpviz.gui.widgets.cost_view import CostView, Marks
from mlpviz.gui.widgets.level_bar import LevelBar
from mlpviz.gui.widgets.path_painter import SHORTEST_STEP_PX
from mlpviz.gui.widgets.qimages import to_qimage
from mlpviz.gui.workspace import Workspace
from mlpviz.nn import Linear
from mlpviz.training import Snapshot
from mlpviz.training.cost_problem import CostProblem
from mlpviz.training.cost_surface import Outlook, outlook
from mlpviz.training.parameters import Parameter, ParameterPath, with_values
from mlpviz.training.starting import cannot_start, starting_at

EARLIER_PATHS = 3
MOST_SEEN = 2000
SMALLEST_HALF, SMALLEST_HALF_LARGE = 2.0, 0.5
LEGEND = {
    "start": ("○", "backward", "Where training started"),
    "now": ("●", "backward", "Where training is now, and the loss there"),
    "step": (
        "➝",
        "text",
        "Where the optimizer's next step would lead, taken over these examples: against the gradient, "
        "which is at right angles to the level lines",
    ),
    "optimum": (
        "★",
        "validation",
        "The least loss there is, by the formula of least squares: no gradient descent can do better",
    ),
    "earlier": ("┄", "secondary", "The paths of the runs before this one, for the same landscape"),
}


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
    """

    def __init__(self, workspace: Workspace, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Cost surface", "card_cost", parent=parent)
        self._workspace = workspace
        self._painting = CostPainting(workspace, self._painted)
        self._problem: CostProblem | None = None
        self._chosen: tuple[Parameter, ...] = ()
        self._offered: list[Parameter] = []
        self._ranges: dict[Parameter, ViewRange] = {}
        self._seen: list[tuple[float, ...]] = []  # of a large network: step and values of what was shown
        self._path: ParameterPath | None = None
        self._earlier: deque[NDArray] = deque(maxlen=EARLIER_PATHS)  # rows of all parameters
        self._landscape: tuple = ()
        self._outlook: tuple[tuple, Outlook] | None = None
        self._left_at: tuple[tuple[Parameter, ...], int] | None = None
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
        self.choice_x.activated.connect(lambda: self._choose(self.choice_x))
        self.choice_y.activated.connect(lambda: self._choose(self.choice_y))
        self.add_header_widget(self.choice_x)
        self.add_header_widget(self.choice_y)
        self.view = CostView(self.theme, "plot_cost")
        self.view.setAccessibleName("Loss over parameters")
        self.view.pointed.connect(self._read)
        self.view.placed.connect(self._place)
        self.view.resized.connect(self._resized)
        self.body.addWidget(self.view, 1)
        self.body.addLayout(self._build_legend())
        self._note = QLabel()
        self._note.setObjectName("label_cost_note")
        self._note.setWordWrap(True)
        self._note.hide()
        set_role(self._note, "warning")
        self.body.addWidget(self._note)
        self.notice = CostNotice(self.view)  # over the map, which so stays where it was clicked
        self.notice.accepted.connect(self._start_at)
        self.notice.dismissed.connect(self._notice_gone)
        self.setMinimumSize(300, 260)

    def _choice(self, name: str, tip: str) -> Choice:
        choice = Choice()
        choice.setObjectName(name)
        choice.setAccessibleName(tip)
        choice.setToolTip(tip)
        set_role(choice, "flat")
        return choice

    def _build_legend(self) -> QVBoxLayout:
        self.levels = LevelBar(self.theme, "bar_cost_levels")
        self._marks_words = QLabel()
        self._marks_words.setObjectName("label_cost_marks")
        self._marks_words.setTextFormat(Qt.TextFormat.RichText)
        self._marks_words.setWordWrap(True)
        self._marks_words.setToolTip("\n".join(f"{sign} {tip}" for sign, _, tip in LEGEND.values()))
        self._forget = QToolButton()
        self._forget.setObjectName("button_forget_paths")
        self._forget.setText("Forget earlier runs")
        self._forget.setToolTip("Take the paths of earlier runs away")
        self._forget.clicked.connect(self._forget_earlier)
        set_role(self._forget, "link")
        self._basis = QLabel()
        self._basis.setObjectName("label_cost_basis")
        self._basis.setWordWrap(True)
        set_role(self._basis, "subtitle")
        legend = QVBoxLayout()
        legend.setSpacing(6)
        legend.addWidget(self.levels)
        legend.addWidget(self._marks_words)
        foot = QHBoxLayout()
        foot.addWidget(self._basis, 1)
        foot.addWidget(self._forget)
        legend.addLayout(foot)
        # What comes and goes shall not change the room that the map has.
        self._basis.setMinimumHeight(self._forget.sizeHint().height())
        self._marks_words.setMinimumHeight(2 * self._marks_words.fontMetrics().lineSpacing())
        return legend

    # ------------------------------------------------------------------ which problem, which parameters

    def applies(self) -> bool:
        """Whether the current run has parameters to choose: weights or biases."""
        if self._workspace.run is None:
            return False
        return any(isinstance(layer, Linear) for layer in self._workspace.initial.network.layers)

    def _run_changed(self) -> None:
        """Another run: of the same landscape, its path joins those of before; else all is made anew."""
        self.notice.dismiss()
        landscape = self._landscape_of_run()
        if landscape == self._landscape and self._path is not None:
            values = self._path.view()[1]
            if len(values) > 1:
                self._earlier.append(values)
            for reach in self._ranges.values():
                reach.shrink()
        elif landscape != self._landscape:
            self._earlier.clear()
            self._ranges.clear()
            self._chosen = ()
        self._landscape = landscape
        assert self._workspace.run is not None
        self._path = self._workspace.run.path
        self._problem = None
        self._seen.clear()
        self._outlook = self._left_at = None
        self._painting.forget()
        self.refresh()

    def _landscape_of_run(self) -> tuple:
        """What decides the loss over the parameters, apart from the parameters."""
        e = self._workspace.experiment
        layers = tuple((layer.kind, layer.units) for layer in e.layers)
        data = (e.dataset, e.input_scaling, e.training_size, e.validation_size)
        return (*data, e.loss, e.loss_scaling, layers, e.seed if e.validation_size or e.training_size else 0)

    def _begin(self) -> None:
        """Look at a new run; done when it is to be seen first."""
        workspace = self._workspace
        assert workspace.run is not None
        trainer = workspace.run.trainer
        self._problem = problem = CostProblem.of(
            workspace.initial.network, trainer.splits.training, trainer.loss, workspace.dataset.input_names
        )
        if not self._chosen:
            self._chosen = problem.parameters[:2]
        self._offer()

    def _offer(self) -> None:
        assert self._problem is not None
        parameters = self._problem.parameters
        self._offered = list(dict.fromkeys([*parameters, *self._chosen]))
        for choice, none in ((self.choice_x, False), (self.choice_y, True)):
            choice.clear()
            for p in self._offered:
                choice.addItem(p.symbol)
                choice.setItemData(choice.count() - 1, p.words, Qt.ItemDataRole.ToolTipRole)
            if none:
                choice.addItem("none: a curve")
            choice.view().setMinimumWidth(choice.view().sizeHintForColumn(0) + 24)
            choice.setVisible(len(self._offered) > 1)
        self._chosen_changed()

    def _choose(self, choice: Choice) -> None:
        """Take what a menu says; the same parameter twice changes places with the other."""
        offered = [*self._offered, None]
        x, y = offered[self.choice_x.currentIndex()], offered[self.choice_y.currentIndex()]
        assert x is not None
        if x == y:
            other = self._chosen[0] if choice is self.choice_y else self._chosen[-1]
            x, y = (x, other) if choice is self.choice_x else (other, x)
            y = None if x == y else y
        self._chosen = (x,) if y is None else (x, y)
        self._chosen_changed()
        self.refresh()

    def _chosen_changed(self) -> None:
        x, y = self._chosen[0], self._chosen[1] if len(self._chosen) > 1 else None
        self.choice_x.setCurrentIndex(self._offered.index(x))
        self.choice_y.setCurrentIndex(self._offered.index(y) if y else len(self._offered))
        self.set_title("Cost surface" if y else "Cost curve")
        self.view.set_labels(_axis(x), _axis(y) if y else "loss")
        self.levels.setVisible(y is not None)
        self._seen.clear()
        self._left_at = None
        self.notice.dismiss()
        assert self._problem is not None
        shown, n_all = len(self._problem.sample.x), format_number(self._problem.sample.n_all)
        if self._problem.sample.is_whole:
            words = f"Loss on all {n_all} training examples"
        else:
            words = f"Loss on {shown} of the {n_all} training examples, evenly drawn"
        if self._problem.holds_others(self._chosen):
            n = self._problem.n_parameters - len(self._chosen)
            others = "the other parameter is" if n == 1 else f"the {format_number(n)} other parameters are"
            words += f"; {others} held as now"
        if self._path is None:
            words += ". The path is made of the moments shown since it was chosen"
        self._basis.setText(words)

    # ------------------------------------------------------------------ showing

    def refresh(self) -> None:
        """Show the path up to the snapshot on show; have the landscape computed anew if it has changed."""
        workspace = self._workspace
        if workspace.run is None or workspace.snapshot is None or not self.isVisible():
            return
        if not self.applies() or self.view.plot_rect().isEmpty():
            return
        if self._problem is None:
            self._begin()
        snapshot = workspace.snapshot
        steps, path = self._path_to(snapshot)
        x_range = self._reach(self._chosen[0], path[:, 0])
        if len(self._chosen) > 1:
            y_range = self._reach(self._chosen[1], path[:, 1])
            rect = self.view.plot_rect()
            window = map_window(x_range, y_range, rect.width(), rect.height())
        else:
            window = self._curve_window(x_range)
        self.view.set_window(window)
        self._ask(snapshot, window)
        self._show_marks(snapshot, steps, path, window)

    def _path_to(self, snapshot: Snapshot) -> tuple[NDArray, NDArray]:
        """Steps (n,) and the chosen parameters (n, P) on the way; the last is the snapshot on show."""
        now = np.array([[p.of(snapshot.network.params) for p in self._chosen]])
        if self._path is None:
            if not self._seen or self._seen[-1][0] < snapshot.step:
                self._seen.append((snapshot.step, *now[0]))
                if len(self._seen) > MOST_SEEN:
                    del self._seen[1::2]
            rows = np.array(self._seen)
            return rows[:, 0], rows[:, 1:]
        steps, values = self._path.view()
        n = int(np.searchsorted(steps, snapshot.step))
        columns = [self._path.column(p) for p in self._chosen]
        path = np.concatenate([values[:n, columns].astype(np.float64), now])
        return np.append(steps[:n], snapshot.step), path

    def _reach(self, parameter: Parameter, path: NDArray) -> ViewRange:
        """The range of an axis, grown until what is to be seen is in view."""
        assert self._problem is not None
        best, start = self._problem.optimum, parameter.of(self._workspace.initial.network.params)
        if parameter not in self._ranges:
            smallest = SMALLEST_HALF if self._problem.is_small else SMALLEST_HALF_LARGE
            if best is None:
                self._ranges[parameter] = ViewRange(start, [], smallest * max(1.0, abs(start)))
            else:
                (centre,) = best.at([parameter])
                self._ranges[parameter] = ViewRange(centre, [start], max(1.0, abs(centre)))
        reach = self._ranges[parameter]
        reach.include([start])
        reach.include([float(path.min()), float(path.max())] if np.isfinite(path).all() else path)
        return reach

    def _curve_window(self, x_range: ViewRange) -> Window:
        curve = self._painting.curve_over(self._chosen)
        return curve_window(x_range, () if curve is None else curve[:, 1])

    def _ask(self, snapshot: Snapshot, window: Window) -> None:
        """Have the landscape computed, unless the one on show is still right."""
        assert self._problem is not None
        if len(self._chosen) == 1:
            window = Window(window.left, window.right, 0.0, 0.0)  # the loss follows from the curve
        rect = self.view.plot_rect()
        held = snapshot.step if self._problem.holds_others(self._chosen) else None
        size = (round(rect.width()), round(rect.height()))
        self._painting.ask(
            Wanted(self._chosen, window, size, self.theme.dark, held), self._problem, snapshot, self._path
        )

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

    def _show_marks(self, snapshot: Snapshot, steps: NDArray, path: NDArray, window: Window) -> None:
        ahead = self._look_ahead(snapshot)
        start = np.array([[p.of(self._workspace.initial.network.params) for p in self._chosen]])
        best = self._problem.optimum if self._problem else None
        if len(self._chosen) == 1:
            marks = self._curve_marks(snapshot, path, start, ahead)
        else:
            now = path[-1]
            marks = Marks(path, self._earlier_points(), _point(start[0]), _point(now))
            if ahead is not None and self._workspace.divergence is None and window.holds(*now):
                marks = replace(marks, step_to=self._visible_step(now, ahead.updates, window))
            if best is not None:
                at, along = best.at(self._chosen), best.direction(self._chosen)
                marks = replace(marks, optimum=_point(at), valley=_line(at, along, window))
        self.view.set_marks(marks)
        self._tell(marks, path[-1], start[0], ahead)
        self._note_where(steps, path, marks, window)

    def _visible_step(
        self, now: NDArray, updates: Sequence[float], window: Window
    ) -> tuple[float, float] | None:
        """Where the next step leads; None where that is too near to be seen."""
        px = self.view.plot_rect().width() * np.hypot(*updates) / (window.right - window.left)
        return _point(now + updates) if px > SHORTEST_STEP_PX else None

    def _curve_marks(self, snapshot: Snapshot, path: NDArray, start: NDArray, ahead: Outlook | None) -> Marks:
        """The marks on a curve, each at the height of its loss."""
        assert self._problem is not None
        piece = self._painting.slice_over(self._chosen)
        if piece is None:
            return Marks()
        best = self._problem.optimum
        loss = ahead.loss if ahead is not None else float(piece.at(path[-1:].T)[0])
        now = (float(path[-1, 0]), loss)
        if self._problem.holds_others(self._chosen):
            marks = Marks(self._painting.path_over(self._chosen, snapshot.step), now=now)
        else:
            losses = piece.at(path.T)
            earlier = [np.column_stack([rows, piece.at(rows.T)]) for rows in self._earlier_points()]
            optimum = None if best is None else (best.at(self._chosen)[0], best.loss)
            at_start = (float(start[0, 0]), float(piece.at(start.T)[0]))
            marks = Marks(np.column_stack([path, losses]), earlier, at_start, now, optimum)
        if ahead is not None and self._workspace.divergence is None:
            there = now[0] + ahead.updates[0]
            marks = replace(marks, step_to=(there, float(piece.at([[there]])[0])))
        return marks

    def _look_ahead(self, snapshot: Snapshot) -> Outlook | None:
        """Loss and next update: at once in a small network, else with the landscape."""
        assert self._problem is not None
        if not self._problem.is_small:
            newest = self._painting.newest
            return newest.outlook if newest is not None and newest.wanted.chosen == self._chosen else None
        experiment, chosen = self._workspace.experiment, self._chosen
        key = (snapshot.step, chosen, experiment)
        if self._outlook is None or self._outlook[0] != key:
            optimizer = snapshot.optimizer.copy()
            for setting in ("learning_rate", "momentum", "nesterov", "weight_decay"):
                if hasattr(optimizer, setting):  # it may have been changed since the step
                    setattr(optimizer, setting, getattr(experiment, setting))
            found = outlook(snapshot.network, optimizer, self._problem.sample, self._problem.loss, chosen)
            self._outlook = key, found
        return self._outlook[1]

    def _earlier_points(self) -> list[NDArray]:
        if self._path is None:
            return []
        columns = [self._path.column(p) for p in self._chosen]
        return [values[:, columns].astype(np.float64) for values in self._earlier]

    # ------------------------------------------------------------------ words

    def _tell(self, marks: Marks, now: NDArray, start: NDArray, ahead: Outlook | None) -> None:
        best = self._problem.optimum if self._problem else None
        said = {"now": f"now {self._values(now)}" + (f", loss {format_number(ahead.loss)}" if ahead else "")}
        if self._workspace.snapshot is not None and self._workspace.snapshot.step:
            said["start"] = f"start {self._values(start)}"
        if ahead is not None and marks.step_to is not None:
            said["step"] = "next step"
        if best is not None:
            said["optimum"] = (
                f"least squares {self._values(best.at(self._chosen))}, loss {format_number(best.loss)}"
            )
        if marks.earlier:
            said["earlier"] = "earlier run" if len(marks.earlier) == 1 else "earlier runs"
        words = " &nbsp; ".join(
            f"<span style='color:{self.theme.color(role).name()}'>{sign}</span>&nbsp;{_unbroken(said[key])}"
            for key, (sign, role, _) in LEGEND.items()
            if key in said
        )
        if self._marks_words.text() != words:
            self._marks_words.setText(words)
        self._forget.setVisible("earlier" in said)
        summary = ". ".join(said.values())
        self.view.setAccessibleDescription(
            f"{summary}. The arrow keys move a crosshair, Enter starts training there."
        )

    def _values(self, values: Sequence[float] | NDArray) -> str:
        return ", ".join(
            f"{p.symbol} = {format_number(float(value))}"
            for p, value in zip(self._chosen, values, strict=True)
        )

    def _note_where(self, steps: NDArray, path: NDArray, marks: Marks, window: Window) -> None:
        """Say so if the path has left the picture, or if there is a valley instead of an optimum."""
        assert self._problem is not None
        inside = (path[:, 0] >= window.left) & (path[:, 0] <= window.right)
        if path.shape[1] > 1:
            inside &= (path[:, 1] >= window.bottom) & (path[:, 1] <= window.top)
        words = ""
        if not inside[-1]:
            left = int(steps[len(inside) - int(np.argmax(inside[::-1]))]) if inside.any() else int(steps[0])
            words = (
                f"The path has left the picture, at step {format_number(left)}: "
                f"{self._values(path[-1])}. A smaller learning rate keeps it in the valley."
            )
        elif self._problem.optimum is not None and self._problem.optimum.sentence:
            words = f"{self._problem.optimum.sentence} The star is the one nearest to 0."
        self._say(words)

    def _say(self, words: str) -> None:
        if self._note.text() != words:
            self._note.setText(words)
        self._note.setVisible(bool(words))

    def _read(self, x: float, y: float) -> None:
        """Tell the parameters and the loss at the pointer."""
        piece = self._painting.slice_over(self._chosen) if self._chosen else None
        if piece is None:
            return
        point = self._rounded(x, y)
        loss = float(piece.at(np.array(point)[:, None])[0])
        self.view.tell(
            f"{self._values(point)}<br>loss <b>{format_number(loss, 4)}</b>"
            f"<br><span style='color:{self.theme.palette.secondary}'>click: start here</span>"
        )

    # ------------------------------------------------------------------ starting elsewhere

    def _rounded(self, x: float, y: float) -> tuple[float, ...]:
        """The point in as many decimals as a pixel tells apart."""
        window, rect = self.view.window_on_show, self.view.plot_rect()
        per_px = (window.right - window.left) / max(rect.width(), 1.0)
        decimals = max(0, int(np.ceil(-np.log10(per_px))))
        return tuple(round(value, decimals) for value in (x, y)[: len(self._chosen)])

    def _place(self, x: float, y: float) -> None:
        """A point was clicked: start there, or ask first if steps would be lost."""
        workspace = self._workspace
        if self._problem is None or workspace.snapshot is None or workspace.is_loading:
            return
        sentence = cannot_start(workspace.experiment, workspace.snapshot.network)
        if sentence:
            self.notice.refuse(sentence[0].upper() + sentence[1:] + ".")
            self._place_notice(y)
            return
        point = self._rounded(x, y)
        steps = len(workspace.history)
        if steps == 0 and not workspace.training:
            self._start_at(point)
            return
        others = ", all others as they are now" if self._problem.holds_others(self._chosen) else ""
        self.notice.ask(point, f"<b>Start at {self._values(point)}</b>{others}?", steps)
        self.view.set_candidate((x, y))
        self._place_notice(y)

    def _notice_gone(self) -> None:
        self.view.set_candidate(None)
        if self.notice.had_focus:
            self.view.setFocus()

    def _place_notice(self, y: float) -> None:
        """Lay the notice over the map, where the point it speaks of is not."""
        rect = self.view.plot_rect().adjusted(8, 8, -8, -8)
        width = min(round(rect.width()), 460)
        height = self.notice.heightForWidth(width)
        above = self.view.to_pixel((0.0, y)).y() > rect.center().y()
        top = rect.top() if above else rect.bottom() - height
        self.notice.setGeometry(round(rect.center().x()) - width // 2, round(top), width, height)
        self.notice.raise_()
        self.view.tell("")

    def _start_at(self, point: tuple[float, ...]) -> None:
        workspace = self._workspace
        if workspace.snapshot is None or len(point) != len(self._chosen):
            return
        network = with_values(workspace.snapshot.network, self._chosen, point)
        try:
            experiment = starting_at(workspace.experiment, network)
        except ValueError as error:
            self.notice.refuse(str(error))
            return
        workspace.edit_experiment(experiment, f"start at {self._values(point)}")

    def _forget_earlier(self) -> None:
        self._earlier.clear()
        self.refresh()

    # ------------------------------------------------------------------ Qt

    def _resized(self) -> None:
        self.notice.dismiss()
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()


def _axis(parameter: Parameter) -> str:
    return f"{parameter.symbol} · {parameter.words}"


def _unbroken(words: str) -> str:
    """Words as HTML that a line breaks only after a comma."""
    return ", ".join(part.replace(" ", "&nbsp;") for part in words.split(", "))


def _point(values: Sequence[float] | NDArray) -> tuple[float, float] | None:
    x, y = (float(value) for value in values)
    return (x, y) if np.isfinite(x) and np.isfinite(y) else None


def _line(
    at: Sequence[float], along: Sequence[float] | None, window: Window
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """A line through a point, as long as the window is wide."""
    if along is None:
        return None
    far = 2 * (window.right - window.left + window.top - window.bottom) / float(np.hypot(*along))
    return (
        (at[0] - far * along[0], at[1] - far * along[1]),
        (at[0] + far * along[0], at[1] + far * along[1]),
    )
