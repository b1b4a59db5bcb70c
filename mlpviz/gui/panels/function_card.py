"""The network as the function it is, over the range of the data: its decision boundary, or its fit."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QToolButton, QWidget

from mlpviz.figures.colors import (
    HIGHEST,
    LOWEST,
    ZERO,
    colorize,
    signed_indices,
    signed_limit,
    signed_scale,
)
from mlpviz.figures.contours import contour
from mlpviz.figures.fields import (
    CLASS_COLORS,
    Area,
    Survey,
    Task,
    class_indices,
    class_scale,
    constant,
    hidden_ends,
    margins,
    next_weight,
    part_limit,
    reach,
    right,
    unit_scale,
)
from mlpviz.figures.numbers import format_number
from mlpviz.figures.ticks import linear_ticks
from mlpviz.gui.panels.function_words import field_words, fit_words
from mlpviz.gui.surveyor import Surveyor, UnitPlace
from mlpviz.gui.theme import Theme, set_role, text_font
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.widgets.color_bar import ColorBar
from mlpviz.gui.widgets.color_scales import Scale, indices_of, lut_of
from mlpviz.gui.widgets.field_view import MOST_RINGS, Contour, FieldView, Look
from mlpviz.gui.widgets.fit_view import FitView
from mlpviz.gui.widgets.flow_layout import FlowLayout
from mlpviz.gui.widgets.glyphs import SHAPES, GlyphEntry
from mlpviz.gui.widgets.qimages import to_qimage
from mlpviz.gui.workspace import Workspace

_PART = 0.62  # of a colour scale: a ground under points is paler than they are
_BAR_PX = 150
_HEADER_PAD_PX = 56  # margins, and what stands between title, subtitle and button
MOST_NAMED = 6  # classes in the legend
_WRONG_TIP = f"Training examples told wrongly; not ringed where they are more than {MOST_RINGS}"
_HELD_OUT_TIP = "Validation and test examples: training never sees them"


class FunctionCard(Card):
    """Shows the output for every input with the examples, or one hidden unit's output in its place."""

    def __init__(
        self, workspace: Workspace, theme: Theme, surveyor: Surveyor, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, "Function", "card_function", parent=parent)
        self._workspace, self._surveyor = workspace, surveyor
        self._subtitle.setObjectName("label_function")
        self.field = FieldView(theme, "field_output", "The network's output for every pair of inputs")
        self.fit = FitView(theme, "fit_output", "The network's output for every input")
        self._pictures = QStackedWidget()
        for view in (self.field, self.fit):
            self._pictures.addWidget(view)
            view.pointed.connect(self._read)
        self.field.resized.connect(self._resized)
        self._back = QToolButton()
        self._back.setObjectName("button_show_output")
        self._back.setText("‹ Output")
        self._back.setToolTip("Show the network's output again (Esc)")
        set_role(self._back, "link")
        self._back.clicked.connect(lambda: surveyor.pin(None))
        self._back.hide()
        self.add_header_widget(self._back)
        # or the picture would jump when a unit is pinned
        self._back.setFont(text_font())
        self._header_row.setMinimumHeight(self._back.sizeHint().height())
        self._bar = ColorBar(theme, "color_bar_function", "signed", "output")
        self._bar.setFixedWidth(_BAR_PX)
        legend = QWidget()
        flow = FlowLayout(legend, spacing_px=6)
        self._signs = [GlyphEntry(theme, f"legend_function_{k}") for k in range(MOST_NAMED + 3)]
        for widget in (*self._signs, self._bar):
            flow.addWidget(widget)
        self.body.addWidget(self._pictures, 1)
        self.body.addWidget(legend)
        self._y_reach = (0.0, 1.0)
        self._everywhere = ""  # what the output is, where it is the same over the whole picture
        surveyor.unit_changed.connect(self._unit_changed)
        workspace.run_changed.connect(self._run_changed)
        theme.changed.connect(self._restyle)

    # ------------------------------------------------------------------ a run

    def _run_changed(self) -> None:
        self.setVisible(self._surveyor.active)
        if not self._surveyor.active:
            return
        dataset = self._workspace.dataset
        self.field.drop_crosshair()
        self.fit.drop_crosshair()
        names = dataset.input_names or tuple(f"x[{i}]" for i in range(dataset.n_in))
        self._pictures.setCurrentWidget(self.fit if dataset.n_in == 1 else self.field)
        if dataset.n_in == 1:
            self.fit.set_names(names[0], "")
        else:
            self.field.set_names(*names)
        self._restyle()

    def _restyle(self) -> None:
        """Points and legend in the colours of the theme."""
        task, points = self._surveyor.task, self._surveyor.points
        if task is None or points is None:
            return
        if self._surveyor.n_in == 2:
            kinds, looks = self._looks(task)
            self.field.set_points(points.inputs, kinds, looks)
        else:
            self._y_reach = reach(points.targets[:, 0], 0.12)
        self._show_legend()
        self.refresh()

    def _looks(self, task: Task) -> tuple[NDArray, dict[int, Look]]:
        """The kind of each point and how each kind is drawn: twice the class, odd where held out."""
        points = self._surveyor.points
        assert points is not None
        held_out = (np.arange(len(points)) >= points.n_training).astype(np.int64)
        if task.kind != "value":
            assert points.labels is not None
            kinds = 2 * points.labels + held_out
            known = np.unique(kinds).tolist()
            return kinds, {k: Look(_shape(k // 2), self._class_color(k // 2), bool(k % 2)) for k in known}
        entries = signed_indices(points.targets[:, 0], task.limit).astype(np.int64)
        kinds = 2 * entries + held_out
        lut = signed_scale(self.theme.dark)
        looks = {}
        for k in np.unique(kinds).tolist():
            shape = "triangle" if k // 2 >= ZERO else "down"
            color = QColor(*map(int, lut[k // 2][:3]))
            looks[k] = Look(shape, color, bool(k % 2), self.theme.color("text"))
        return kinds, looks

    def _class_color(self, k: int) -> QColor:
        task, dataset = self._surveyor.task, self._workspace.dataset
        if task is not None and task.kind == "value":
            return QColor(*map(int, signed_scale(self.theme.dark)[HIGHEST if k else LOWEST][:3]))
        if task is not None and task.kind == "threshold":
            targets, labels = dataset.training.targets[:, 0], dataset.training.labels
            assert labels is not None
            of_class = targets[labels == k]
            is_high = bool(len(of_class)) and float(of_class[0]) > 0
            entry = HIGHEST if is_high else LOWEST
            return QColor(*map(int, signed_scale(self.theme.dark)[entry][:3]))
        return self.theme.color(k)

    def _show_legend(self) -> None:
        task, points, dataset = self._surveyor.task, self._surveyor.points, self._workspace.dataset
        assert task is not None
        assert points is not None
        signs: list[tuple] = []
        unit, weight = self._surveyor.unit, self._surveyor.part_weight
        if self._surveyor.n_in == 1:
            accent = self.theme.color("accent")
            if unit is None:
                signs.append(("training", "circle", self.theme.color("text"), False, "What it is trained on"))
            name = "the network" if unit is None else "the unit" if weight is None else "the unit × weight"
            signs.append((name, "line", accent))
            if self._surveyor.best is not None and unit is None:
                tip = "The line of least squared error: no training can do better on these points"
                signs.append(("least squares", "dashes", self.theme.color("secondary"), False, tip))
        elif task.kind == "value":
            tip = "Each point has the colour of its target: where the ground has it too, it is right"
            signs.append(("target above 0", "triangle", self._class_color(1), False, tip))
            signs.append(("below", "down", self._class_color(0), False, tip))
        else:
            for k, name in enumerate(dataset.classes[:MOST_NAMED]):
                signs.append((name, _shape(k), self._class_color(k), False, f"Training examples of {name}"))
        if len(points) > points.n_training and not (self._surveyor.n_in == 1 and unit is not None):
            signs.append(("held out", "circle", None, True, _HELD_OUT_TIP))
        if self._surveyor.n_in == 2 and task.threshold is not None:
            signs.append(("told wrongly", "circle", self.theme.color("error"), True, _WRONG_TIP))
        if self._surveyor.n_in == 2:
            words = "prediction 0" if task.kind == "value" else "boundary"
            if unit is not None:
                words = f"unit's output {self._unit_level(unit):g}"
            signs.append((words, "line", self.theme.color("text"), False, "Where the answer changes over"))
        for entry, sign in zip(self._signs, signs, strict=False):
            entry.show_sign(*sign)
        for entry in self._signs[len(signs) :]:
            entry.hide()

    def view_state(self) -> dict[str, Any]:
        """Which unit is pinned in place of the output."""
        pinned = self._surveyor.pinned
        return {} if pinned is None else {"layer": pinned.layer, "unit": pinned.unit}

    def set_view_state(self, state: Mapping[str, Any]) -> None:
        """Pin a unit again, or none; ValueError if there is no such unit."""
        if not state:
            self._surveyor.pin(None)
            return
        layer, unit = state.get("layer"), state.get("unit")
        network = self._workspace.initial.network
        ends = hidden_ends(network)
        if type(layer) is not int or type(unit) is not int or not 0 <= layer < len(ends):
            raise ValueError(f"there is no hidden layer {layer!r:.20} whose unit could be shown")
        n = len(next_weight(network, ends[layer]))
        if not 0 <= unit < n:
            raise ValueError(f"there is no unit {unit} in hidden layer {layer}: they are 0 to {n - 1}")
        self._surveyor.pin(UnitPlace(layer, unit))

    def numbers(self) -> dict[str, NDArray]:
        """What is drawn over the grid, the area that the grid covers, and the examples."""
        survey, points = self._surveyor.survey(), self._surveyor.points
        if survey is None or points is None:
            return {}
        unit = self._surveyor.unit
        outputs = survey.outputs if unit is None else survey.maps(unit.layer)[unit.unit]
        rows, columns = survey.shape
        area = self._surveyor.area
        found = {
            "grid": outputs.reshape(rows, columns, -1).squeeze(),
            "area": np.array([area.left, area.right, area.bottom, area.top]),
            "inputs": points.inputs,
            "targets": points.targets,
        }
        if points.labels is not None:
            found["labels"] = points.labels
        return found

    def _unit_level(self, unit: UnitPlace) -> float:
        network = self._workspace.initial.network
        return unit_scale(network, hidden_ends(network)[unit.layer]).level

    @property
    def legend(self) -> tuple[str, ...]:
        """The words of the legend."""
        return tuple(entry.text for entry in self._signs if not entry.isHidden())

    # ------------------------------------------------------------------ what is new

    def _resized(self) -> None:
        rect = self.field.plot_rect()
        self._surveyor.set_aspect(rect.width() / rect.height())
        self.refresh()

    def _unit_changed(self) -> None:
        if not self._surveyor.active:
            return
        self._back.setVisible(self._surveyor.pinned is not None)
        self._show_legend()
        self.refresh()

    def refresh(self) -> None:
        """Show the newest snapshot."""
        with np.errstate(all="ignore"):  # a network that diverged is shown as well
            self._show_newest()

    def _show_newest(self) -> None:
        if not self.isVisible() or self._surveyor.task is None:
            return
        survey = self._surveyor.survey()
        if survey is None:
            return
        self._everywhere = self._constant(survey, self._surveyor.task)
        if self._surveyor.n_in == 2:
            rect = self.field.plot_rect()
            self._surveyor.set_aspect(rect.width() / rect.height())
            self.field.set_area(self._surveyor.area)
            self._show_field(survey, self._surveyor.task)
        else:
            self._show_fit(survey, self._surveyor.task)
        self._tell(survey, self._surveyor.task)
        for view in (self.field, self.fit):
            if view.crosshair is not None:
                self._read(view.crosshair)

    def _show_field(self, survey: Survey, task: Task) -> None:
        points = self._surveyor.points
        assert points is not None
        nobody = np.zeros(0, np.int64)
        if self._surveyor.unit is not None:
            self._show_unit(survey)
            return
        told = right(task, points, survey.at_points)
        rings = nobody if told is None else np.flatnonzero(~told[: points.n_training])
        if task.kind == "classes":
            winner, certainty = task.decided(survey.outputs)
            shown = class_indices(winner, certainty).reshape(survey.shape)
            colors = [_rgb(self.theme.color(k)) for k in range(CLASS_COLORS)]
            lut = class_scale(colors, _rgb(self.theme.color("card")), _PART)
            fields = margins(task.loss.probabilities(survey.outputs), survey.shape)
            lines = [] if self._everywhere else [Contour(contour(each)) for each in fields]
            self._bar.hide()
        else:
            answers = task.answers(survey.outputs).reshape(survey.shape)
            part = _PART if task.kind == "threshold" else 1.0
            shown, lut = (
                signed_indices(answers - task.center, task.limit / part),
                signed_scale(self.theme.dark),
            )
            lines = [Contour(contour(answers, task.center))]
            if task.kind == "value":
                levels = [v for v in linear_ticks(-task.limit, task.limit, 9) if v]
                lines = [Contour(contour(answers, v), is_main=False) for v in levels] + lines
            if self._everywhere:
                lines = []  # they would follow errors of rounding
            self._show_bar("signed", task.limit, task.center, self._quantity(task), part)
        self.field.set_field(to_qimage(colorize(shown, lut)), lines, rings)

    def _quantity(self, task: Task) -> str:
        if task.kind == "value":
            return "prediction and target"
        classes = self._workspace.dataset.classes
        return f"probability of {classes[1]}" if task.loss.on_scores else "output"

    def _show_unit(self, survey: Survey) -> None:
        unit, snapshot = self._surveyor.unit, self._workspace.snapshot
        assert unit is not None
        assert snapshot is not None
        scale = unit_scale(snapshot.network, hidden_ends(snapshot.network)[unit.layer])
        maps, weight = survey.maps(unit.layer), self._surveyor.part_weight
        values = maps[unit.unit]
        limit = scale.limit or signed_limit(maps)
        is_flat = constant(values, limit) is not None
        lines = [] if is_flat else [Contour(contour(values, scale.level))]
        name: Scale = "signed" if scale.signed or weight is not None else "pixel"
        quantity = "the unit's output"
        if weight is not None:
            values, quantity = values * weight, "part in the output"
            limit = part_limit(maps, next_weight(snapshot.network, hidden_ends(snapshot.network)[-1])[:, 0])
        part = _PART if name == "signed" else 1.0
        shown = indices_of(name, values, limit / part)
        self._show_bar(name, limit, 0.0, quantity, part)
        image = to_qimage(colorize(shown, lut_of(name, self.theme)))
        self.field.set_field(image, lines, np.zeros(0, np.int64))

    def _show_bar(self, scale: Scale, limit: float, center: float, quantity: str, part: float = 1.0) -> None:
        self._bar.set_scale(scale)
        self._bar.set_center(center)
        self._bar.set_part(part)
        self._bar.set_limit(limit)
        self._bar.set_quantity(quantity)
        self._bar.show()

    def _show_fit(self, survey: Survey, task: Task) -> None:
        points, area, unit = self._surveyor.points, self._surveyor.area, self._surveyor.unit
        assert points is not None
        n = survey.shape[1]
        x = area.left + (np.arange(n) + 0.5) / n * area.width
        nothing = np.zeros((0, 2))
        self._bar.hide()
        if unit is not None:
            y = survey.maps(unit.layer)[unit.unit, 0]
            if self._surveyor.part_weight is not None:
                y = y * self._surveyor.part_weight
            self.fit.set_area(Area(area.left, area.right, *reach(y)))
            self.fit.set_points(x[:0], x[:0], 0)
            self.fit.set_curve(np.stack([x, y], axis=1), nothing, x[:0])
            return
        y = task.answers(survey.outputs)
        self.fit.set_area(Area(area.left, area.right, *self._heights(y)))
        self.fit.set_points(points.inputs[:, 0], points.targets[:, 0], points.n_training)
        best = nothing
        if self._surveyor.best is not None and self._workspace.run is not None:
            weight, bias = self._surveyor.best
            scaled = self._workspace.run.trainer.splits.training.scaled(x[:, None])
            best = np.stack([x, (scaled @ weight + bias)[:, 0]], axis=1)
        self.fit.set_curve(np.stack([x, y], axis=1), best, task.answers(survey.at_points))

    def _heights(self, y: NDArray) -> tuple[float, float]:
        """The ends of the upright axis: all targets, and of the curve what is not too far away."""
        low, high = self._y_reach
        step = (high - low) / 8  # so that the axis holds still most of the time
        finite = y[np.isfinite(y)]
        if not len(finite):
            return low, high
        below = min(max(0.0, low - float(finite.min())), high - low)
        above = min(max(0.0, float(finite.max()) - high), high - low)
        return low - step * np.ceil(below / step), high + step * np.ceil(above / step)

    # ------------------------------------------------------------------ words

    def _tell(self, survey: Survey, task: Task) -> None:
        points, unit = self._surveyor.points, self._surveyor.unit
        assert points is not None
        if unit is not None:
            network = self._workspace.snapshot.network  # type: ignore[union-attr]
            words = unit_scale(network, hidden_ends(network)[unit.layer]).words
            title = f"Unit {unit.unit} of layer {unit.layer + 1}"
            if self._surveyor.part_weight is not None:
                whole, words = f"{title}, times its weight into the output", ""
                title = whole if self._has_room(whole) else f"{title} × weight"
            self.set_title(title)
            self.set_subtitle(words)
            return
        n = points.n_training
        told = right(task, points, survey.at_points)
        if told is not None:
            self.set_title("Decision boundary" if self._surveyor.n_in == 2 else "Fit")
            self._tell_right(told[:n], self._everywhere)
            return
        self.set_title("Prediction" if self._surveyor.n_in == 2 else "Fit")
        loss = task.loss.value(survey.at_points[:n], points.targets[:n])
        least = self._least_loss(task)
        if least is None:
            against = f"mean alone {format_number(self._surveyor.nothing_loss)}"
        else:
            against = f"best {format_number(least)}"
        self.set_subtitle(f"loss {format_number(loss)} · {against}")
        self._subtitle.setToolTip(
            "The loss on the training examples, beside that of always saying their mean target"
            if least is None
            else "The loss on the training examples, beside that of least squares, which no training can beat"
        )

    def _tell_right(self, told: NDArray, everywhere: str) -> None:
        """How many examples are told rightly; or that the answer is the same for all there are."""
        points = self._surveyor.points
        assert points is not None
        n, n_right = len(told), int(np.count_nonzero(told))
        of = "" if n == points.n_examples else " shown"
        words = f"{n_right} of {n}{of} right"
        if everywhere and self._surveyor.n_in == 2:
            self.set_title("Output")
            self.set_subtitle(f"{everywhere} everywhere: no boundary")
            self._subtitle.setToolTip(
                "Over the whole picture the output varies by less than a thousandth of its scale; "
                f"{words}, by what is left of a difference"
            )
            return
        too_many = self._surveyor.n_in == 2 and n - n_right > MOST_RINGS
        if too_many and self._has_room("Decision boundary", f"{words}; too many wrong to ring"):
            words += "; too many wrong to ring"
        self.set_subtitle(words)
        self._subtitle.setToolTip("Training examples that the network tells rightly; the others are ringed")

    def _has_room(self, title: str, subtitle: str = "") -> bool:
        """Whether the header can show so much beside the way back to the output."""
        needed = self._title.fontMetrics().horizontalAdvance(title)
        needed += self._subtitle.fontMetrics().horizontalAdvance(subtitle)
        return needed + self._back.sizeHint().width() + _HEADER_PAD_PX <= self.width()

    def _constant(self, survey: Survey, task: Task) -> str:
        """What the output is over the whole picture; empty where it is not the same."""
        if task.kind == "classes":
            said = task.loss.probabilities(survey.outputs)
            found = [constant(of_class, task.limit) for of_class in said.T]
            return "" if None in found else "the same"
        value = constant(task.answers(survey.outputs), task.limit)
        return "" if value is None else format_number(value)

    def _least_loss(self, task: Task) -> float | None:
        points, best = self._surveyor.points, self._surveyor.best
        if best is None or points is None:
            return None
        n = points.n_training
        return task.loss.value(points.scaled[:n] @ best[0] + best[1], points.targets[:n])

    def _read(self, place: tuple[float, float] | None) -> None:
        """Say what is under the crosshair."""
        task = self._surveyor.task
        if place is None or task is None:
            return
        dataset = self._workspace.dataset
        with np.errstate(all="ignore"):
            if self._surveyor.n_in == 2:
                at = self.field.nearest(place)
                self.field.say(field_words(self._surveyor, dataset, place, at))
            else:
                at = self.fit.nearest(place)
                self.fit.say(fit_words(self._surveyor, dataset, place[0], at))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._surveyor.unit is not None:
            self._surveyor.pin(None)
        else:
            super().keyPressEvent(event)


def _shape(k: int) -> str:
    return SHAPES[k % len(SHAPES)]


def _rgb(color: QColor) -> tuple[int, int, int]:
    return color.red(), color.green(), color.blue()
