"""Single parameters have addresses and names, and leave a path."""

import numpy as np
import pytest

from mlpviz.nn import Affine, BatchNorm, Linear, Network, ReLU, SquaredError
from mlpviz.training import Trainer
from mlpviz.training.parameters import (
    ParameterPath,
    largest_gradients,
    parameters_of,
    with_values,
)


def network(*layers) -> Network:
    return Network(list(layers))


def affine(n_in, n_out) -> Affine:
    return Affine(n_in, n_out, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("layer", "names", "symbols"),
    [
        (Linear(1, 1, initializer="zeros"), ("x",), "w"),
        (affine(1, 1), ("x",), "w b"),
        (affine(2, 1), ("x1", "x2"), "w1 w2 b"),
        (affine(1, 2), ("x",), "W1[0,0] W1[0,1] b1[0] b1[1]"),
    ],
)
def test_short_names(layer, names, symbols):
    assert " ".join(p.symbol for p in parameters_of(network(layer), names)) == symbols


def test_names_in_words():
    xor = network(affine(2, 2), ReLU(), affine(2, 1))
    words = {p.symbol: p.words for p in parameters_of(xor, ("x1", "x2"))}
    assert words["W1[0,1]"] == "layer 1: weight from x1 into unit 1"
    assert words["b1[1]"] == "layer 1: bias of unit 1"
    assert words["W2[1,0]"] == "layer 2: weight from unit 1 into unit 0"
    assert len(words) == 9
    assert parameters_of(network(affine(2, 1)), ("age", "height"))[1].words == "the weight of height"
    assert parameters_of(network(affine(3, 1)))[2].words == "the weight of x[2]"


def test_an_address_finds_its_number_and_sets_it():
    net = network(affine(2, 2), ReLU(), affine(2, 1))
    parameter = parameters_of(net)[3]
    assert parameter.of(net.params) == net.params[0]["weight"][1, 1]
    changed = with_values(net, [parameter], [7.5])
    assert parameter.of(changed.params) == 7.5
    assert parameter.of(net.params) != 7.5


def test_only_weights_and_biases_can_be_chosen():
    net = network(affine(2, 2), BatchNorm(2), affine(2, 1))
    assert {p.name for p in parameters_of(net)} == {"weight", "bias"}


def test_the_largest_gradients_come_first():
    net, rng = network(affine(3, 4), ReLU(), affine(4, 2)), np.random.default_rng(1)
    _, gradients = net.loss_and_gradients(rng.normal(size=(9, 3)), rng.normal(size=(9, 2)), SquaredError())
    found = largest_gradients(net, gradients, 5)
    sizes = [abs(p.of(gradients)) for p in found]
    every = sorted((abs(p.of(gradients)) for p in parameters_of(net)), reverse=True)
    assert sizes == every[:5]


# ---------------------------------------------------------------------- the path


@pytest.fixture
def trained(experiment):
    """A run and its path, with the network itself after each step."""
    trainer = Trainer(experiment())
    path, networks = ParameterPath(trainer.network, capacity=64), [trainer.network.copy()]
    path.append(0, trainer.network)
    for step in trainer.steps():
        path.append(step.index, trainer.network)
        networks.append(trainer.network.copy())
    return path, networks


def test_it_holds_every_parameter_of_every_step(trained):
    path, networks = trained
    steps, values = path.view()
    np.testing.assert_array_equal(steps, range(len(networks)))
    for parameter in parameters_of(networks[0]):
        column = values[:, path.column(parameter)]
        np.testing.assert_array_equal(column, [parameter.of(net.params) for net in networks])


def test_a_row_gives_the_network_back(trained, bits):
    path, networks = trained
    again = path.network_at(path.view()[1][5], networks[0])
    assert bits(again.astype(np.float32)) == bits(networks[5])


def test_memory_is_bounded_and_the_steps_kept_are_even():
    net = network(affine(1, 1))
    path = ParameterPath(net, capacity=8)
    for step in range(1000):
        net.params[0]["bias"] = np.array([step], np.float32)
        path.append(step, net)
        kept = path.view()[0]
        assert len(kept) <= 8
        assert kept[0] == 0
        assert len(set(np.diff(kept))) <= 1
    steps, values = path.view()
    assert len(steps) > 4
    np.testing.assert_array_equal(values[:, 1], steps)


def test_what_was_read_never_changes():
    net = network(affine(1, 1))
    path = ParameterPath(net, capacity=8)
    for step in range(8):
        path.append(step, net)
    steps, values = path.view()
    before = steps.copy(), values.copy()
    for step in range(8, 200):
        net.params[0]["weight"] = net.params[0]["weight"] + 1
        path.append(step, net)
    np.testing.assert_array_equal(steps, before[0])
    np.testing.assert_array_equal(values, before[1])


def test_a_path_that_begins_late_keeps_its_beginning():
    net = network(affine(1, 1))
    path = ParameterPath(net, capacity=4)
    for step in range(13, 100):
        path.append(step, net)
    assert path.view()[0][0] == 13


def test_a_large_network_leaves_none():
    assert ParameterPath.of(network(affine(30, 30), affine(30, 30))) is None
    assert ParameterPath.of(network(affine(30, 30))) is not None
