"""The cost card: the landscape of the run, its path, and starts by a click."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from mlpviz.figures.numbers import format_number
from mlpviz.gui.panels.cost_card import CostCard
from mlpviz.gui.panels.cost_painting import FIXED
from mlpviz.gui.stretch_thread import Stretch
from mlpviz.training import Experiment, Trainer


def experiment(dataset, layers=({"kind": "affine", "units": 1},), **settings) -> Experiment:
    table = {"dataset": dataset, "batch_size": 0, "epochs": 300, "learning_rate": 0.3, "layers": list(layers)}
    return Experiment.from_table({**table, **settings})


LINE = experiment("line", [{"kind": "linear", "units": 1}])
LINE_BIAS = experiment("line_bias")
PLANE = experiment("plane")
SIGMOID = {"kind": "sigmoid"}
XOR = experiment(
    "gate_xor", [{"kind": "affine", "units": 2}, SIGMOID, {"kind": "affine", "units": 1}, SIGMOID]
)


class Desk:
    """A card on the table, with the workspace it shows."""

    def __init__(self, qtbot, workspace, card):
        self.qtbot, self.workspace, self.card, self.view = qtbot, workspace, card, card.view
        self.wait_for_landscape()

    def label(self, name) -> str:
        label = self.card.findChild(QLabel, name)
        return label.text().replace("&nbsp;", " ") if not label.isHidden() else ""

    @property
    def here(self) -> tuple[float, ...]:
        scene = self.card.scene
        return tuple(p.of(self.workspace.snapshot.network.params) for p in scene.chosen)

    @property
    def picture(self):
        return self.card._painting.newest

    def wait_for_landscape(self) -> None:
        painting = self.card._painting
        self.qtbot.waitUntil(lambda: painting.newest is not None and painting._asked is None, timeout=10_000)

    def train(self, steps: int) -> None:
        with self.qtbot.waitSignal(self.workspace.run.rested, timeout=10_000):
            self.workspace.train(Stretch.STEPS, steps)
        self.qtbot.wait(1)  # the workspace listens to it as well
        self.wait_for_landscape()

    def click(self, *point: float) -> None:
        place = self.view.to_pixel((point[0], point[1] if len(point) > 1 else 1.0)).toPoint()
        self.qtbot.mouseClick(self.view, Qt.MouseButton.LeftButton, pos=place)

    def new_run(self, do) -> None:
        with self.qtbot.waitSignal(self.workspace.run_changed, timeout=10_000):
            do()
        self.wait_for_landscape()

    def choose(self, choice, text) -> None:
        choice.setCurrentIndex(choice.findText(text))
        choice.activated.emit(choice.currentIndex())
        self.wait_for_landscape()


@pytest.fixture
def put(qtbot, theme, make_workspace):
    """Puts a card for an experiment on the table; its page refreshes it alone."""

    def put(experiment: Experiment) -> Desk:
        workspace = make_workspace(experiment)
        card = CostCard(workspace, theme)
        qtbot.addWidget(card)
        workspace.refresher.set_parts([card.refresh])
        card.resize(460, 480)
        card.show()
        return Desk(qtbot, workspace, card)

    return put


def losses_in_picture(desk, *points):
    piece = desk.picture.piece
    return piece.at(np.array(points).T)


# ---------------------------------------------------------------------- what is shown


def test_two_parameters_are_a_map_with_the_optimum_before_any_step(put):
    desk = put(LINE_BIAS)
    assert desk.card.title == "Cost surface"
    assert desk.card.choice_x.currentText() == "w"
    assert desk.card.choice_y.currentText() == "b"
    assert desk.view.marks.optimum == pytest.approx((1.4514, -0.9591), abs=1e-3)
    assert "least squares w = 1.45, b = −0.959, loss 0.0332" in desk.label("label_cost_marks")
    assert desk.label("label_cost_basis") == "Loss on all 50 training examples"
    assert desk.card.levels.isVisible()


def test_one_parameter_is_a_curve(put):
    desk = put(LINE)
    assert desk.card.title == "Cost curve"
    assert not desk.card.choice_x.isVisible()
    assert not desk.card.levels.isVisible()
    assert desk.view.marks.optimum == pytest.approx((2.0063, 0.0279), abs=1e-3)
    x, losses = desk.picture.curve.T
    assert x[losses.argmin()] == pytest.approx(2.0063, abs=0.05)


def test_training_walks_down_to_the_star(put):
    desk = put(LINE_BIAS)
    desk.train(200)
    marks = desk.view.marks
    assert len(marks.path) == 201
    assert marks.now == pytest.approx(marks.optimum, abs=1e-3)
    losses = losses_in_picture(desk, *marks.path[:30])
    assert (np.diff(losses) < 0).all()


def test_the_surface_of_two_parameters_is_computed_once(put):
    desk = put(LINE_BIAS)
    desk.train(50)  # the view may have grown
    before = desk.picture
    desk.train(50)
    assert desk.picture is before


def test_where_others_move_the_surface_follows(put):
    desk = put(PLANE)
    before = desk.picture
    desk.train(5)
    assert desk.picture is not before
    assert desk.picture.wanted.held == 5
    network, problem = desk.workspace.snapshot.network, desk.card.scene.problem
    y = network.astype(np.float64).predict(problem.sample.x)
    assert losses_in_picture(desk, desk.here)[0] == pytest.approx(
        problem.loss.value(y, problem.sample.targets)
    )
    assert "the other parameter is held as now" in desk.label("label_cost_basis")


def test_other_axes(put):
    desk = put(PLANE)
    desk.train(10)
    desk.choose(desk.card.choice_y, "b")
    assert [p.symbol for p in desk.card.scene.chosen] == ["w1", "b"]
    assert len(desk.view.marks.path) == 11
    desk.choose(desk.card.choice_x, "b")  # the same as the other: they change places
    assert [p.symbol for p in desk.card.scene.chosen] == ["b", "w1"]
    desk.choose(desk.card.choice_y, "none")
    assert [p.symbol for p in desk.card.scene.chosen] == ["b"]
    assert desk.card.title == "Cost curve"
    assert desk.view.marks.now[0] == desk.here[0]
    desk.choose(desk.card.choice_y, "w2")
    assert desk.card.title == "Cost surface"


def test_a_curve_of_one_of_many_has_the_path_at_its_own_losses(put):
    desk = put(XOR)
    desk.choose(desk.card.choice_y, "none")
    desk.train(20)
    path = desk.view.marks.path
    assert len(path) == 21
    assert path[-1] == pytest.approx(desk.view.marks.now, rel=1e-6)
    assert path[0, 1] > path[-1, 1]


def test_the_pointer_reads_parameters_and_loss(put, qtbot):
    desk = put(LINE_BIAS)
    qtbot.mouseMove(desk.view, desk.view.to_pixel((1.0, -2.0)).toPoint())
    said = desk.label("plot_cost_readout")
    assert "w = 1.00, b = −2.0" in said
    x, y = desk.view.to_point(desk.view.to_pixel((1.0, -2.0)).toPoint().toPointF())
    loss = losses_in_picture(desk, desk.card._rounded(x, y))[0]
    assert format_number(float(loss), 4) in said


def test_the_next_step_follows_the_learning_rate_at_once(put):
    desk = put(LINE_BIAS)
    short = np.subtract(desk.view.marks.step_to, desk.view.marks.now)
    with desk.qtbot.waitSignal(desk.workspace.settings_changed):
        desk.workspace.change_setting("learning_rate", 0.6)
    np.testing.assert_allclose(np.subtract(desk.view.marks.step_to, desk.view.marks.now), 2 * short)


def test_a_path_that_leaves_the_picture_is_told(put):
    desk = put(LINE.with_settings({"learning_rate": 4.0}))
    desk.train(100)
    assert desk.label("label_cost_note").startswith("The path left the picture at step ")
    assert desk.view.marks.step_to is None
    assert desk.view.window_on_show.right < 100


def test_where_training_has_run_away_the_valley_is_still_to_be_seen(put):
    desk = put(PLANE.with_settings({"learning_rate": 3.0}))
    desk.train(100)
    assert desk.workspace.divergence is not None
    desk.qtbot.waitUntil(lambda: desk.picture.wanted.held == FIXED)
    optimum = desk.card.scene.problem.optimum
    assert losses_in_picture(desk, desk.view.marks.optimum)[0] == pytest.approx(optimum.loss)
    assert len(desk.card.levels.words()) == 4
    assert "held at its least-squares value" in desk.label("label_cost_note")
    bias = desk.card.scene.problem.parameters[2]
    desk.click(*desk.view.marks.start)
    assert "all others as they are held here" in desk.label("label_cost_notice")
    desk.new_run(desk.card.notice.accept.click)
    assert [bias.of(desk.workspace.snapshot.network.params)] == pytest.approx(optimum.at([bias]), rel=1e-5)


def test_a_theme_in_the_dark(put, theme):
    desk = put(LINE_BIAS)
    theme.set_mode("dark")
    desk.wait_for_landscape()
    assert desk.picture.wanted.dark


def test_screen_readers_are_told_the_same(put):
    desk = put(LINE_BIAS)
    said = desk.view.accessibleDescription()
    assert "least squares w = 1.45" in said
    assert "Enter starts training there" in said


def test_it_applies_to_every_network_with_weights(put, make_workspace, theme, digits, qtbot):
    desk = put(LINE_BIAS)
    assert desk.card.applies()
    card = CostCard(make_workspace(digits), theme)
    qtbot.addWidget(card)
    assert card.applies()


# ---------------------------------------------------------------------- starting elsewhere


def test_a_click_before_the_first_step_starts_there(put):
    desk = put(LINE_BIAS)
    desk.new_run(lambda: desk.click(0.5, 1.0))
    assert desk.here == pytest.approx((0.5, 1.0), abs=0.02)
    assert desk.workspace.undo_stack.undoText().startswith("start at w = ")
    assert not desk.card.notice.isVisible()
    values = [desk.workspace.experiment.layers[0].options[key] for key in ("initializer", "bias_initializer")]
    assert all(value.startswith("values(") and len(value) < 16 for value in values), values


def test_it_can_be_undone(put):
    desk = put(LINE_BIAS)
    before = desk.here
    desk.new_run(lambda: desk.click(0.5, 1.0))
    desk.new_run(desk.workspace.undo_stack.undo)
    assert desk.here == before
    assert desk.workspace.experiment == LINE_BIAS


def test_where_steps_would_be_lost_it_asks_first(put, qtbot):
    desk = put(LINE_BIAS)
    desk.train(23)
    before = desk.here
    desk.click(0.5, 1.0)
    assert desk.card.notice.isVisible()
    said = desk.label("label_cost_notice")
    assert "Start at w = 0.5" in said
    assert "the 23 steps made so far would be lost" in said
    qtbot.mouseClick(desk.card.notice.keep, Qt.MouseButton.LeftButton)
    assert not desk.card.notice.isVisible()
    assert desk.here == before
    desk.click(0.5, 1.0)
    desk.new_run(lambda: qtbot.mouseClick(desk.card.notice.accept, Qt.MouseButton.LeftButton))
    assert not desk.card.notice.isVisible()
    assert desk.here == pytest.approx((0.5, 1.0), abs=0.02)


def test_the_question_lies_where_the_point_is_not(put):
    desk = put(LINE_BIAS)
    desk.train(1)
    for y in (desk.view.window_on_show.top - 0.5, desk.view.window_on_show.bottom + 0.5):
        desk.click(1.0, y)
        assert not desk.card.notice.geometry().contains(desk.view.to_pixel((1.0, y)).toPoint())
        assert desk.view.rect().contains(desk.card.notice.geometry())


def test_enter_and_escape_answer_the_question(put, qtbot):
    desk = put(LINE_BIAS)
    desk.train(2)
    desk.click(0.5, 1.0)
    qtbot.keyClick(desk.card.notice, Qt.Key.Key_Escape)
    assert not desk.card.notice.isVisible()
    desk.click(0.5, 1.0)
    desk.new_run(lambda: qtbot.keyClick(desk.card.notice, Qt.Key.Key_Return))
    assert desk.here == pytest.approx((0.5, 1.0), abs=0.02)


def test_by_keyboard(put, qtbot):
    desk = put(LINE_BIAS)
    before = desk.here
    for _ in range(5):
        qtbot.keyClick(desk.view, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    desk.new_run(lambda: qtbot.keyClick(desk.view, Qt.Key.Key_Return))
    assert desk.here[0] == pytest.approx(before[0], abs=0.02)
    assert desk.here[1] > before[1] + 0.5


def test_a_start_on_a_curve(put):
    desk = put(LINE)
    desk.new_run(lambda: desk.click(4.0))
    assert desk.here == pytest.approx((4.0,), abs=0.02)


def test_of_many_parameters_the_others_start_as_they_are(put):
    desk = put(XOR)
    desk.train(10)
    before = desk.workspace.snapshot.network.params[2]["weight"]
    desk.click(1.0, 1.0)
    assert "all others as they are now" in desk.label("label_cost_notice")
    desk.new_run(desk.card.notice.accept.click)
    assert desk.here == pytest.approx((1.0, 1.0), abs=0.02)
    np.testing.assert_array_equal(desk.workspace.snapshot.network.params[2]["weight"], before)


def test_a_run_from_a_click_is_reproducible(put, headless):
    desk = put(LINE_BIAS)
    desk.new_run(lambda: desk.click(0.5, 1.0))
    desk.train(40)
    again = headless(Experiment.from_toml(desk.workspace.experiment.to_toml()), 40)
    for key, array in again.network.params[0].items():
        np.testing.assert_array_equal(desk.workspace.snapshot.network.params[0][key], array)


def test_a_large_network_says_why_not(put, digits):
    desk = put(digits)
    assert "of the 600" not in desk.label("label_cost_basis")
    assert "moments shown" in desk.label("label_cost_basis")
    x, y = desk.view.marks.now
    desk.click(x, y)
    assert "up to 1000 parameters" in desk.label("label_cost_notice")
    assert not desk.card.notice.accept.isVisible()
    desk.card.notice.keep.click()
    desk.train(6)
    assert desk.view.marks.path[-1] == pytest.approx(desk.here)
    assert len(desk.view.marks.path) >= 2


# ---------------------------------------------------------------------- one run after another


def test_the_paths_of_earlier_runs_stay_for_comparison(put, qtbot):
    desk = put(LINE_BIAS)
    desk.train(30)
    first = desk.view.marks.path
    desk.new_run(desk.workspace.reset)
    (earlier,) = desk.view.marks.earlier
    np.testing.assert_array_equal(earlier, first)
    assert len(desk.view.marks.path) == 1, "the new run has a path of its own"
    assert "earlier run" in desk.label("label_cost_marks")
    desk.card.findChild(type(desk.card._forget), "button_forget_paths").click()
    assert desk.view.marks.earlier == []
    assert not desk.card._forget.isVisible()


def test_another_problem_begins_anew(put):
    desk = put(PLANE)
    desk.choose(desk.card.choice_y, "b")
    desk.train(5)
    desk.new_run(lambda: desk.workspace.open_experiment(LINE_BIAS))
    assert desk.card.choice_x.currentText() == "w"
    assert desk.view.marks.earlier == []
    assert desk.view.marks.optimum == pytest.approx((1.4514, -0.9591), abs=1e-3)
    desk.new_run(lambda: desk.workspace.open_experiment(LINE))
    assert desk.card.title == "Cost curve"


def test_the_path_changes_no_bit_of_training(put, headless):
    desk = put(XOR)
    desk.train(100)
    alone = headless(XOR, 100)
    for shown, trained in zip(desk.workspace.snapshot.network.params, alone.network.params, strict=True):
        for key, array in trained.items():
            assert shown[key].tobytes() == array.tobytes()


def test_a_hidden_card_costs_nothing(put):
    desk = put(PLANE)
    desk.card.hide()
    before = desk.picture
    desk.workspace.train(Stretch.STEPS, 5)
    desk.qtbot.waitUntil(lambda: not desk.workspace.training)
    assert desk.picture is before
    desk.card.show()
    desk.wait_for_landscape()
    desk.qtbot.waitUntil(lambda: desk.picture.wanted.held == 5)
    assert len(desk.view.marks.path) == 6


def test_a_restored_run_has_its_path_from_there_on(put):
    desk = put(LINE_BIAS)
    trainer = Trainer(LINE_BIAS)
    for step in trainer.steps():
        if step.index == 7:
            break
    desk.new_run(lambda: desk.workspace.open(lambda: trainer))
    desk.train(3)
    assert desk.card.scene.steps.tolist() == [7, 8, 9, 10]
    assert desk.view.marks.start == pytest.approx(
        (float(desk.workspace.initial.network.params[0]["weight"][0, 0]), 0.0)
    )
