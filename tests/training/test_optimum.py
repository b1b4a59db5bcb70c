"""Where a formula gives the best parameters they are known, and where it gives many that is said."""

import numpy as np
import pytest

from mlpviz.data import load_dataset
from mlpviz.nn import Affine, BinaryCrossEntropy, Linear, Network, Sigmoid, SquaredError
from mlpviz.training import Experiment, Trainer
from mlpviz.training.cost_surface import LossSlice, Sample, sample_of
from mlpviz.training.optimum import optimum
from mlpviz.training.parameters import parameters_of

LOSS = SquaredError()


def found(x, t, bias=True, names=()):
    x = np.asarray(x, float)
    layer = (Affine if bias else Linear)(x.shape[1], 1, initializer="zeros")
    return Network([layer]), optimum(Network([layer]), Sample(x, np.asarray(t, float), len(x)), LOSS, names)


def test_one_weight_two_sums_and_their_quotient():
    """x = 1, 2; t = 2, 5: w = (1·2 + 2·5) / (1 + 4)."""
    _, best = found([[1], [2]], [[2], [5]], bias=False)
    assert best.params["weight"] == pytest.approx(12 / 5)
    assert best.loss == pytest.approx(((12 / 5 - 2) ** 2 + (24 / 5 - 5) ** 2) / 2)
    assert best.sentence == ""


@pytest.mark.parametrize("name", ["line_bias", "plane"])
def test_no_point_nearby_is_lower(name):
    experiment = Experiment.from_table(
        {"dataset": name, "batch_size": 0, "layers": [{"kind": "affine", "units": 1}]}
    )
    trainer = Trainer(experiment, load_dataset(name))
    examples, rng = sample_of(trainer.splits.training), np.random.default_rng(0)
    best = optimum(trainer.network, examples, trainer.loss)
    for _ in range(50):
        nearby = {key: array + 0.01 * rng.normal(size=array.shape) for key, array in best.params.items()}
        y = examples.x @ nearby["weight"] + nearby["bias"]
        assert trainer.loss.value(y, examples.targets) > best.loss


def test_gradient_descent_ends_there():
    experiment = Experiment.from_table(
        {
            "dataset": "line_bias",
            "batch_size": 0,
            "epochs": 400,
            "learning_rate": 0.3,
            "layers": [{"kind": "affine", "units": 1}],
        }
    )
    trainer = Trainer(experiment)
    list(trainer.steps())
    best = optimum(trainer.network, sample_of(trainer.splits.training), trainer.loss)
    assert [p.of(trainer.network.params) for p in parameters_of(trainer.network)] == pytest.approx(
        best.at(parameters_of(trainer.network)), abs=1e-4
    )


@pytest.mark.parametrize(
    ("x", "bias", "names", "why"),
    [
        ([[3], [3], [3]], True, ("age",), "along this line fits equally well, for age is the same in every"),
        (
            [[0, 1], [0, 2], [0, 4]],
            False,
            ("x1", "x2"),
            "x1 is 0 in every example, so its weight changes nothing",
        ),
        ([[1, 2], [2, 4], [3, 6]], False, ("x1", "x2"), "x1 and x2 depend on each other"),
        ([[1, 3], [2, 4], [5, 7]], True, (), "x[0], x[1] and a constant depend on each other"),
        ([[1, 1], [1, 1], [1, 1]], True, ("x1", "x2"), "along these directions"),
        ([[0], [0], [0]], False, (), "x is 0 in every example"),
    ],
)
def test_a_valley_is_told_in_a_sentence(x, bias, names, why):
    _, best = found(x, [[1], [2], [3]], bias, names)
    assert why in best.sentence
    assert best.sentence.startswith("There is no single optimum")
    assert len(best.valley) >= 1


def test_along_the_valley_the_loss_is_the_same_and_its_point_is_the_nearest_to_zero():
    x, t = np.array([[1.0, 2], [2, 4], [3, 6]]), np.array([[1.0], [2], [4]])
    network, best = found(x, t, bias=False)
    chosen = parameters_of(network)
    at, along = np.array(best.at(chosen)), np.array(best.direction(chosen))
    line = at[:, None] + along[:, None] * np.array([-3.0, 0, 5])
    losses = LossSlice(network, Sample(x, t, 3), LOSS, chosen).at(line)
    np.testing.assert_allclose(losses, best.loss)
    assert at @ along == pytest.approx(0, abs=1e-12)


def test_a_valley_that_leaves_the_plane_is_not_drawn_in_it():
    network, best = found([[1, 3, 0.5], [2, 4, 7], [5, 7, 1], [1, 3, 2]], [[1], [2], [3], [4]])
    w1, w2, w3, _ = parameters_of(network)
    assert best.direction([w1, w2]) is None  # the bias would have to go along
    assert best.direction([w1, w3]) is None


def test_there_is_no_formula_for_other_networks():
    x, t = np.ones((4, 2)), np.ones((4, 1))
    affine, examples = Affine(2, 1, initializer="zeros"), Sample(x, t, 4)
    assert optimum(Network([affine, Sigmoid()]), examples, LOSS) is None
    assert optimum(Network([affine]), examples, BinaryCrossEntropy()) is None
    assert optimum(Network([affine]), Sample(x, t, 9000), LOSS) is None  # a part would give another optimum
