"""What is to be seen of a landscape: path, marks and words, worked out without a window."""

import numpy as np
import pytest

from mlpviz.data.dataset import Dataset, Examples
from mlpviz.figures.cost_scene import CostScene
from mlpviz.training import Experiment, Trainer
from mlpviz.training.cost_problem import CostProblem, landscape_of
from mlpviz.training.cost_surface import Outlook, outlook
from mlpviz.training.parameters import ParameterPath

AFFINE = [{"kind": "affine", "units": 1}]
XOR = [
    {"kind": "affine", "units": 2},
    {"kind": "sigmoid"},
    {"kind": "affine", "units": 1},
    {"kind": "sigmoid"},
]


class Run:
    """A trainer with the scene that follows it."""

    def __init__(self, dataset="line_bias", layers=AFFINE, data=None, **settings):
        table = {"dataset": dataset, "batch_size": 0, "epochs": 500, "learning_rate": 0.3, "layers": layers}
        self.trainer = Trainer(Experiment.from_table({**table, **settings}), data)
        self.steps = self.trainer.steps()
        self.path = ParameterPath.of(self.trainer.network)
        initial = self.trainer.snapshot().network
        self.problem = CostProblem.of(
            initial, self.trainer.splits.training, self.trainer.loss, self.trainer.dataset.input_names
        )
        self.scene = CostScene(self.problem, initial, self.path)
        self._follow()

    def _follow(self):
        if self.path is not None:
            self.path.append(self.trainer.index, self.trainer.network)
        self.scene.follow(self.trainer.snapshot())

    def train(self, n):
        for _, _ in zip(range(n), self.steps, strict=False):
            self._follow()
        return self

    @property
    def ahead(self):
        snapshot, problem = self.trainer.snapshot(), self.problem
        return outlook(snapshot.network, snapshot.optimizer, problem.sample, problem.loss, self.scene.chosen)

    def marks(self):
        return self.scene.map_marks(self.scene.window(300, 200), self.ahead)

    def told(self):
        return self.scene.told(self.marks(), self.ahead, self.scene.window(300, 200))


def test_the_path_begins_at_the_start_ends_now_and_leads_to_the_optimum():
    run = Run().train(200)
    marks = run.marks()
    np.testing.assert_array_equal(marks.path[0], marks.start)
    np.testing.assert_array_equal(marks.path[-1], marks.now)
    assert len(marks.path) == 201
    assert marks.now == pytest.approx(marks.optimum, abs=1e-3)
    loss = run.problem.loss.value
    examples = run.problem.sample
    losses = [
        loss(run.path.network_at(row, run.trainer.network).predict(examples.x), examples.targets)
        for row in run.path.view()[1][:20]
    ]
    assert losses == sorted(losses, reverse=True)


def test_the_next_step_is_where_it_goes():
    run = Run().train(3)
    before = run.marks()
    run.train(1)
    assert run.marks().now == pytest.approx(before.step_to, rel=1e-5)


def test_everything_is_in_view_and_the_view_stays():
    run = Run("plane", learning_rate=0.1)
    window = run.scene.window(300, 200)
    run.train(100)
    marks = run.marks()
    assert run.scene.window(300, 200) == window
    for x, y in (marks.start, marks.now, marks.optimum):
        assert window.left < x < window.right
        assert window.bottom < y < window.top


def test_one_moment_of_the_past_is_shown_without_what_came_after():
    run = Run().train(5)
    past = run.trainer.snapshot()
    run.train(20)
    run.scene.follow(past)
    np.testing.assert_array_equal(run.scene.steps, range(6))


def test_a_learning_rate_too_large_jumps_across_the_valley_and_leaves_the_picture():
    run = Run("line", [{"kind": "linear", "units": 1}], learning_rate=3.5).train(8)
    (optimum,) = run.problem.optimum.at(run.scene.chosen)
    sides = np.sign(run.scene.points[:, 0] - optimum)
    assert (sides[1:] == -sides[:-1]).all()
    window = run.scene.window(300, 200, [1.0])
    assert run.scene.note(window) == ""
    run.train(400)
    window = run.scene.window(300, 200, [1.0])
    assert window.right - window.left < 100, "the view does not run after it"
    note = run.scene.note(window)
    outside = np.abs(run.scene.points[:, 0] - optimum) > (window.right - window.left) / 2
    assert note.startswith(
        f"The path left the picture at step {int(run.scene.steps[np.argmax(outside)])}; now w = "
    )


def test_where_training_has_run_away_the_others_are_held_at_least_squares():
    run = Run("plane", learning_rate=3.0).train(20)
    network = run.trainer.network
    assert run.scene.holding(network) is network
    run.scene.look(run.ahead, diverged=False)
    assert run.scene.is_lost
    b = run.problem.parameters[2]
    held = run.scene.holding(network)
    assert [b.of(held.params)] == pytest.approx(run.problem.optimum.at([b]))
    piece = run.problem.slice(held, run.scene.chosen)
    assert piece.at(np.array(run.problem.optimum.at(run.scene.chosen))[:, None])[0] == pytest.approx(
        run.problem.optimum.loss
    )
    note = run.scene.note(run.scene.window(300, 200))
    assert note.endswith("So the other parameter is held at its least-squares value.")
    assert run.told()["now"].startswith("now outside, loss ")


def test_without_a_formula_they_are_held_as_at_the_start():
    run = Run("gate_xor", XOR).train(5)
    run.scene.look(run.ahead, diverged=False)
    assert not run.scene.is_lost
    run.scene.look(run.ahead, diverged=True)
    assert run.scene.holding(run.trainer.network) is run.scene.initial
    assert run.scene.basis().endswith("are held as at the start, for training has run away")


def test_weights_that_grow_as_they_learn_are_not_lost():
    run = Run("plane", learning_rate=3.0).train(20)
    assert run.scene.note(run.scene.window(300, 200)).startswith("The path left the picture")
    run.scene.look(Outlook(0.001, (0.0, 0.0)), diverged=False)
    assert not run.scene.is_lost, "the loss is less than at the start"


def test_the_first_view_holds_the_next_step():
    run = Run(learning_rate=0.7)
    before = run.scene.window(300, 200)
    run.scene.look(run.ahead, diverged=False)
    window, (x, y) = run.scene.window(300, 200), run.marks().step_to
    assert not before.bottom < y < before.top
    assert window.left < x < window.right
    assert window.bottom < y < window.top
    assert window.right - window.left < 3 * (before.right - before.left)


def test_on_a_curve_the_marks_are_as_high_as_the_loss():
    run = Run("line", [{"kind": "linear", "units": 1}]).train(4)
    piece = run.problem.slice(run.trainer.network, run.scene.chosen)
    marks = run.scene.curve_marks(piece, np.empty((0, 2)), run.ahead)
    np.testing.assert_allclose(marks.path[:, 1], piece.at(marks.path[:, :1].T))
    assert marks.now[1] == pytest.approx(run.ahead.loss)
    assert marks.step_to[1] < marks.now[1] < marks.start[1]
    assert marks.optimum[1] == pytest.approx(run.problem.optimum.loss)


def test_a_curve_through_many_parameters_has_each_moments_own_loss():
    run = Run("gate_xor", XOR, learning_rate=2.0).train(30)
    run.scene.choose(run.scene.chosen[:1])
    run.scene.follow(run.trainer.snapshot())
    rows = run.path.view()[1]
    losses = run.problem.losses_along(run.path, rows, run.trainer.network)
    assert losses[-1] == pytest.approx(run.ahead.loss)
    assert losses[0] > losses[-1]
    along = np.column_stack([rows[:, run.path.column(run.scene.chosen[0])], losses])
    piece = run.problem.slice(run.trainer.network, run.scene.chosen)
    marks = run.scene.curve_marks(piece, along, run.ahead)
    np.testing.assert_array_equal(marks.path, along)
    assert marks.start is None


def test_other_axes_show_the_whole_path_too():
    run = Run("plane").train(10)
    w1, w2, b = run.problem.parameters
    assert run.scene.chosen == (w1, w2)
    run.scene.choose((w2, b))
    run.scene.follow(run.trainer.snapshot())
    assert run.scene.points.shape == (11, 2)
    assert run.scene.points[-1, 1] == b.of(run.trainer.network.params)


def test_what_is_told():
    run = Run().train(50)
    said = run.told()
    assert said["start"].startswith("start w = −")
    assert said["now"].startswith("now w = 1.")
    assert said["optimum"] == "least squares w = 1.45, b = −0.959, loss 0.0332"
    assert said["step_to"] == "next step"
    assert "earlier" not in said
    assert run.scene.basis() == "Loss on all 50 training examples"
    assert Run("plane").scene.basis().endswith("; the other parameter is held as now")
    assert Run("gate_xor", XOR).scene.basis().endswith("; the 7 other parameters are held as now")


def test_a_network_without_a_formula_has_no_optimum():
    run = Run("gate_and", AFFINE, loss="binary_cross_entropy").train(5)
    assert run.marks().optimum is None
    assert "optimum" not in run.told()


def test_a_valley_is_drawn_and_told():
    x = np.full((6, 1), 2.0, np.float32)
    data = Dataset(
        "same", "Same", "", Examples(x, np.arange(6, dtype=np.float32)[:, None]), input_names=("age",)
    )
    run = Run("line_bias", data=data, learning_rate=0.1).train(100)
    marks = run.marks()
    (x0, y0), (x1, y1) = marks.valley
    assert (y1 - y0) / (x1 - x0) == pytest.approx(-2.0), "b may fall by 2 where w rises by 1"
    at = (marks.now[0] - x0) / (x1 - x0)
    assert y0 + at * (y1 - y0) == pytest.approx(marks.now[1], abs=1e-3), "training ends somewhere on it"
    assert "age is the same in every example" in run.scene.note(run.scene.window(300, 200))


def test_another_run_over_the_same_landscape_takes_over_view_choice_and_paths():
    first = Run("plane").train(10)
    _, w2, b = first.problem.parameters
    first.scene.choose((w2, b))
    first.scene.follow(first.trainer.snapshot())
    second = Run("plane", learning_rate=0.01)
    assert landscape_of(second.trainer.experiment) == landscape_of(first.trainer.experiment)
    second.scene.inherit(first.scene)
    second.train(1)
    assert second.scene.chosen == (w2, b)
    (earlier,) = second.marks().earlier
    np.testing.assert_array_equal(earlier, first.scene.points)
    second.scene.forget_earlier()
    assert second.marks().earlier == []


def test_another_loss_or_layer_is_another_landscape():
    plane = Run("plane").trainer.experiment
    for key, value in (
        ("loss_scaling", "half"),
        ("layers.0.kind", "linear"),
        ("input_scaling", "standard"),
        ("training_size", 50),
    ):
        assert landscape_of(plane.with_settings({key: value})) != landscape_of(plane)
    for key, value in (("learning_rate", 9.0), ("seed", 5), ("layers.0.initializer", "zeros"), ("epochs", 2)):
        assert landscape_of(plane.with_settings({key: value})) == landscape_of(plane)


def test_of_a_large_network_the_path_is_what_was_seen():
    wide = [{"kind": "affine", "units": 300}, {"kind": "relu"}, {"kind": "affine", "units": 1}]
    run = Run("plane", wide, learning_rate=0.01)
    assert run.path is None
    assert "moments shown" in run.scene.basis()
    run.train(3)
    assert len(run.scene.points) == 4
    x, targets = (array.astype(np.float32) for array in (run.problem.sample.x, run.problem.sample.targets))
    _, gradients = run.scene.initial.loss_and_gradients(x, targets, run.problem.loss)
    sizes = [abs(p.of(gradients)) for p in run.problem.parameters]
    assert sizes == sorted(sizes, reverse=True)
    run.scene.choose(run.problem.parameters[2:4])
    run.scene.follow(run.trainer.snapshot())
    assert len(run.scene.points) == 1
