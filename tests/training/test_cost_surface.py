"""The loss over one or two parameters is what the network itself gives when these are set."""

import itertools

import numpy as np
import pytest

from mlpviz.data.toys import blobs
from mlpviz.nn import (
    LOSSES,
    Affine,
    BatchNorm,
    Dropout,
    Linear,
    Network,
    ReLU,
    Sigmoid,
    SoftmaxCrossEntropy,
    SquaredError,
    Tanh,
)
from mlpviz.training import Trainer
from mlpviz.training.cost_surface import (
    ALL_UP_TO,
    SAMPLE_SIZE,
    LossSlice,
    Sample,
    losses_of,
    outlook,
    sample_of,
)
from mlpviz.training.parameters import parameters_of, with_values

RNG = np.random.default_rng(3)


def affine(n_in, n_out):
    return Affine(n_in, n_out, RNG, bias_initializer="normal", dtype=np.float64)


def normed(n):
    layer = BatchNorm(n, np.float64)
    layer.statistics = {"mean": RNG.normal(size=n), "variance": RNG.uniform(0.5, 2, n)}
    return layer


NETWORKS = {
    "one weight": [Linear(2, 1, RNG, dtype=np.float64)],
    "affine": [affine(2, 3)],
    "sigmoid": [affine(2, 3), Sigmoid()],
    "two layers": [affine(2, 4), ReLU(), affine(4, 3), Sigmoid()],
    "two in a row": [affine(2, 4), affine(4, 3)],
    "wide": [affine(2, 30), Tanh(), Dropout(0.5), affine(30, 5), ReLU(), affine(5, 3)],
    "normed": [affine(2, 4), normed(4), ReLU(), affine(4, 3)],
}
MADE_LOSSES = [
    *(SquaredError(scaling) for scaling in SquaredError.scalings),
    *(kind() for kind in LOSSES.values()),
]


def sample(n_out):
    return Sample(RNG.normal(size=(11, 2)), RNG.integers(0, 2, (11, n_out)).astype(float), 11)


def pairs(network):
    """Pairs of parameters: of one layer and of two, of one unit and of two."""
    every = parameters_of(network)
    picks = RNG.permutation(len(every))
    return [
        (every[0], every[-1]),
        (every[0], every[1]),
        *((every[i], every[j]) for i, j in itertools.pairwise(picks[:5])),
    ]


@pytest.mark.parametrize("loss", MADE_LOSSES, ids=lambda loss: type(loss).__name__)
@pytest.mark.parametrize("layers", NETWORKS.values(), ids=NETWORKS)
def test_each_point_is_the_loss_of_the_network_with_these_values(layers, loss):
    network = Network(layers)
    examples = sample(network.predict(np.zeros((1, 2))).shape[1])
    if isinstance(loss, SoftmaxCrossEntropy):
        examples = Sample(examples.x, np.eye(examples.targets.shape[1])[np.zeros(11, int)], 11)
    for chosen in pairs(network):
        if chosen[0] == chosen[1]:
            continue
        x, y = np.array([-2.0, 0.5, 3.0]), np.array([-1.0, 4.0])
        grid = LossSlice(network, examples, loss, chosen).grid(x, y)
        expected = [
            [
                loss.value(with_values(network, chosen, (a, b)).predict(examples.x), examples.targets)
                for a in x
            ]
            for b in y
        ]
        np.testing.assert_allclose(grid, expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("layers", NETWORKS.values(), ids=NETWORKS)
def test_a_curve_over_one_parameter(layers):
    network, loss = Network(layers), SquaredError()
    examples = sample(network.predict(np.zeros((1, 2))).shape[1])
    for parameter in parameters_of(network)[:: max(1, len(parameters_of(network)) // 5)]:
        losses = LossSlice(network, examples, loss, [parameter]).at([[-1.0, 0.0, 2.5]])
        expected = [
            loss.value(with_values(network, [parameter], [v]).predict(examples.x), examples.targets)
            for v in (-1.0, 0.0, 2.5)
        ]
        np.testing.assert_allclose(losses, expected, rtol=1e-10)


def test_the_network_stays_as_it_is(state_of):
    network = Network(NETWORKS["two layers"])
    before = state_of(network)
    LossSlice(network, sample(3), SquaredError(), parameters_of(network)[:2]).grid(
        np.arange(3.0), np.arange(2.0)
    )
    assert state_of(network) == before


@pytest.mark.parametrize("loss", MADE_LOSSES, ids=lambda loss: type(loss).__name__)
def test_many_losses_at_once_are_the_losses_one_by_one(loss):
    y, targets = 50 * RNG.normal(size=(6, 5, 3)), np.eye(3)[RNG.integers(0, 3, 5)]
    np.testing.assert_allclose(
        losses_of(loss, y, targets), [loss.value(one, targets) for one in y], rtol=1e-12
    )


def test_numbers_beyond_a_float_do_no_harm():
    network = Network(NETWORKS["two layers"])
    piece = LossSlice(network, sample(3), SquaredError(), parameters_of(network)[:2])
    losses = piece.at([[1e308, 0.0, np.inf], [-1e308, 0.0, 1.0]])
    assert np.isfinite(losses[1])
    assert losses.shape == (3,)


def test_work_that_is_cancelled_ends_soon():
    network = Network(NETWORKS["two layers"])
    asked = []

    def cancelled():
        asked.append(True)
        return len(asked) > 2

    n = 200_000
    losses = LossSlice(network, sample(3), SquaredError(), parameters_of(network)[:1]).at(
        np.zeros((1, n)), cancelled
    )
    assert len(asked) == 3
    assert np.isnan(losses[-1])
    assert np.isfinite(losses[0])


# ---------------------------------------------------------------------- which examples


def test_few_examples_are_all_taken(experiment):
    split = Trainer(experiment()).splits.training
    whole = sample_of(split)
    assert whole.is_whole
    np.testing.assert_array_equal(whole.x, split.batch(np.arange(len(split)))[0])


def test_of_many_an_even_sample_is_taken_each_time_the_same(experiment):
    trainer = Trainer(experiment(validation_size=0), blobs(n=3 * ALL_UP_TO))
    drawn = sample_of(trainer.splits.training)
    assert not drawn.is_whole
    assert (len(drawn.x), drawn.n_all) == (SAMPLE_SIZE, 3 * ALL_UP_TO)
    assert drawn.targets.mean(axis=0) == pytest.approx([1 / 3] * 3, abs=0.06)
    np.testing.assert_array_equal(sample_of(trainer.splits.training).x, drawn.x)


# ---------------------------------------------------------------------- the next step


def test_the_next_update_is_the_one_the_trainer_makes(experiment):
    """With the whole split as one batch; momentum makes it remember."""
    trainer = Trainer(experiment(batch_size=0, momentum=0.9, weight_decay=0.01))
    steps = trainer.steps()
    for _ in range(3):
        next(steps)
    snapshot, chosen = trainer.snapshot(), parameters_of(trainer.network)[5:7]
    ahead = outlook(
        snapshot.network, snapshot.optimizer, sample_of(trainer.splits.training), trainer.loss, chosen
    )
    step = next(steps)
    made = trainer.snapshot().updates
    assert ahead.updates == pytest.approx([p.of(made) for p in chosen], rel=1e-4)
    assert ahead.loss == pytest.approx(step.loss, rel=1e-5)
