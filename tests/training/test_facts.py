"""Facts are told where the shape of data and network makes them facts, and only there."""

import numpy as np
import pytest

from mlpviz.data import Dataset
from mlpviz.data.dataset import Examples
from mlpviz.nn import Network, collapsed
from mlpviz.training import History, Trainer
from mlpviz.training.facts import facts, is_singular, shown_by
from mlpviz.training.presets import load_preset

ONE = ({"kind": "affine", "units": 1},)


def told(trainer, steps=None):
    """The facts after some steps, by key."""
    history = History()
    for step in trainer.steps():
        history.append(step)
        if step.index == steps:
            break
    return {fact.key: fact for fact in facts(shown_by(trainer, history))}


def line_through(x, y):
    x, y = np.asarray(x, np.float32), np.asarray(y, np.float32).reshape(-1, 1)
    return Dataset("points", "Points", "Points.", Examples(x.reshape(len(y), -1), y))


def test_a_cloud_of_many_points_is_not_counted_case_by_case(experiment):
    assert "cases" not in told(Trainer(experiment()), 5)
    few = told(Trainer(experiment(training_size=12, batch_size=0)), 5)["cases"]
    assert few.numbers["of"] == 12
    assert few.sentence == f"{few.numbers['right']} of 12 cases are right."


def test_least_squares_by_hand(experiment):
    """The points (0, 1), (1, 3), (2, 5) lie on y = 2x + 1, so the lowest loss is 0."""
    data = line_through([0, 1, 2], [1, 3, 5])
    settings = {"validation_size": 0, "batch_size": 0, "loss_scaling": "mean", "epochs": 500}
    fact = told(Trainer(experiment(ONE, **settings), data))["least_squares"]
    assert fact.numbers["weight"] == [[pytest.approx(2)]]
    assert fact.numbers["bias"] == [pytest.approx(1)]
    assert fact.numbers["least_squares_loss"] == pytest.approx(0, abs=1e-10)
    assert fact.numbers["largest_difference"] < 1e-4


def test_a_singular_problem_has_no_single_answer(experiment):
    """One input is twice the other: only w1 + 2 w2 is decided."""
    data = line_through([[1, 2], [2, 4], [3, 6]], [1, 2, 3])
    settings = {"validation_size": 0, "batch_size": 0, "loss_scaling": "mean", "learning_rate": 0.01}
    fact = told(Trainer(experiment(ONE, **settings), data))["least_squares"]
    assert fact.numbers["singular"] is True
    assert fact.numbers["largest_difference"] is None
    assert "many weights fit equally well" in fact.sentence


@pytest.mark.parametrize(
    ("x", "bias", "singular"),
    [
        ([[1], [2]], True, False),
        ([[3], [3]], True, True),
        ([[3], [3]], False, False),
        ([[0], [0]], False, True),
    ],
)
def test_a_constant_input_leaves_weight_and_bias_undecided(x, bias, singular):
    assert is_singular(np.array(x, float), bias) is singular


def test_least_squares_is_no_matter_of_deep_networks_or_other_losses(experiment):
    assert "least_squares" not in told(Trainer(experiment()), 3)
    softmax = experiment(({"kind": "affine", "units": 3},), loss="softmax_cross_entropy")
    assert "least_squares" not in told(Trainer(softmax), 3)


def test_layers_in_a_row_are_one_wherever_they_stand(experiment):
    layers = (
        {"kind": "affine", "units": 4},
        {"kind": "tanh"},
        {"kind": "affine", "units": 5, "bias_initializer": "normal(1)"},
        {"kind": "affine", "units": 6, "bias_initializer": "normal(1)"},
        {"kind": "affine", "units": 3},
    )
    trainer = Trainer(experiment(layers, learning_rate=0.01))
    fact = told(trainer, 10)["collapse"]
    assert fact.numbers["operations"] == [2, 4]
    assert fact.numbers["shape"] == [4, 3]
    assert fact.numbers["largest_difference"] < 1e-5
    one = Network([*trainer.network.layers[:2], collapsed(trainer.network.layers[2:])])
    x, _ = trainer.splits.training.batch(slice(0, 5))
    np.testing.assert_allclose(one.predict(x), trainer.network.predict(x), rtol=1e-4, atol=1e-5)


def test_an_activation_between_them_keeps_layers_apart(experiment):
    assert "collapse" not in told(Trainer(experiment()), 3)


def test_the_first_gradient_is_that_of_the_first_step(experiment):
    deep = tuple(layer for _ in range(4) for layer in ({"kind": "affine", "units": 3}, {"kind": "sigmoid"}))
    trainer = Trainer(experiment(deep))
    first = next(Trainer(experiment(deep)).steps())
    fact = told(trainer, 20)["first_gradient"]
    norms = [first.probes[f"gradient_norm.{i}.weight"] for i in (0, 2, 4, 6)]
    assert fact.numbers["norms"] == norms
    assert fact.numbers["last_over_first"] == norms[3] / norms[0]


def test_nothing_is_said_of_the_first_step_before_it_is_made(experiment):
    deep = tuple(layer for _ in range(4) for layer in ({"kind": "affine", "units": 3}, {"kind": "sigmoid"}))
    trainer = Trainer(experiment(deep))
    assert {fact.key for fact in facts(shown_by(trainer, History()))} == set()


def test_a_diverged_run_is_told_of_as_well(experiment):
    data = line_through([0, 1, 2], [1, 3, 5])
    settings = {"validation_size": 0, "batch_size": 0, "learning_rate": 1e9, "epochs": 50}
    trainer = Trainer(experiment(ONE, **settings), data)
    fact = told(trainer)["least_squares"]
    assert trainer.divergence is not None
    assert fact.numbers["least_squares_loss"] < 1e-9


def stuck(seed):
    return load_preset("xor").with_settings({"seed": seed})


def test_a_plateau_is_named_where_a_run_has_not_learnt_and_stands_still():
    found = told(Trainer(stuck(3)))
    assert found["cases"].numbers["right"] < 4
    plateau = found["plateau"]
    assert plateau.numbers["loss"] == pytest.approx(0.125, abs=0.005)
    assert plateau.numbers["gradient_norm"] < 1e-3
    assert plateau.sentence.startswith("It stands on a plateau: the loss is 0.12")


def test_a_run_that_has_learnt_or_still_moves_stands_on_no_plateau():
    assert "plateau" not in told(Trainer(stuck(0)))
    assert "plateau" not in told(Trainer(stuck(3)), 40)
