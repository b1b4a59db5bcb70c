"""An experiment can start at given parameters, and is then as reproducible as any."""

import numpy as np
import pytest

from mlpviz.training import Experiment, Trainer, parse_assignment
from mlpviz.training.parameters import parameters_of, with_values
from mlpviz.training.starting import MOST_PARAMETERS, cannot_start, starting_at


def test_it_starts_at_the_very_parameters_and_all_else_stays(experiment, bits):
    trainer = Trainer(experiment())
    for _ in zip(range(7), trainer.steps(), strict=False):
        pass
    moved = starting_at(trainer.experiment, trainer.network)
    assert bits(Trainer(moved).network) == bits(trainer.network)
    assert moved.learning_rate == trainer.experiment.learning_rate
    assert [layer.kind for layer in moved.layers] == [layer.kind for layer in trainer.experiment.layers]


def test_it_comes_back_from_toml_and_trains_to_the_same_bits(experiment, bits):
    trainer = Trainer(experiment())
    parameter = parameters_of(trainer.network)[3]
    moved = starting_at(experiment(), with_values(trainer.network, [parameter], [0.1]))
    again = Experiment.from_toml(moved.to_toml())
    assert again == moved
    ends = []
    for each in (moved, again):
        run = Trainer(each)
        list(run.steps())
        ends.append(bits(run.network))
    assert ends[0] == ends[1]


def test_a_layer_without_a_bias_takes_only_its_weight():
    line = Experiment.from_table(
        {"dataset": "line", "batch_size": 0, "layers": [{"kind": "linear", "units": 1}]}
    )
    trainer = Trainer(line)
    moved = starting_at(line, with_values(trainer.network, parameters_of(trainer.network), [-1.25]))
    assert moved.layers[0].as_table() == {"kind": "linear", "units": 1, "initializer": "values(-1.25)"}


def test_the_command_line_can_say_it_too(experiment):
    key, value = parse_assignment('layers.0.initializer="values(1,2,3,4,5,6,7,8,9,10,11,12)"')
    weight = Trainer(experiment().with_settings({key: value})).network.params[0]["weight"]
    np.testing.assert_array_equal(weight, np.arange(1, 13).reshape(2, 6))


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {"layers.0.initializer": "values(1, 2, 3, 4, 5, 6)"},
            r"layers\.0: initializer values\(…\) has 6 numbers, but the weight is 2 x 6: give 12",
        ),
        (
            {"layers.2.bias_initializer": "values(1)"},
            r"layers\.2: bias_initializer values\(…\) has 1 number, but the bias has 3: give 3",
        ),
        (
            {"layers.0.initializer": "values(1, 2, 3, 4)"},
            r"layers\.0: initializer values\(…\) has 4 numbers: give 6 for each input",
        ),
        ({"layers.2.initializer": "values(x)"}, r"layers\.2: initializer values\(…\): 'x' must be a finite"),
    ],
)
def test_numbers_that_do_not_fit_name_the_layer(experiment, settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        Trainer(experiment().with_settings(settings))


def test_a_large_network_is_refused_in_a_sentence(experiment):
    large = experiment(({"kind": "affine", "units": 400}, {"kind": "relu"}, {"kind": "affine", "units": 3}))
    network = Trainer(large).network
    with pytest.raises(ValueError, match=f"up to {MOST_PARAMETERS} parameters, and this one has 2403"):
        starting_at(large, network)


def test_parameters_that_no_initializer_gives_are_refused(experiment):
    normed = experiment(({"kind": "affine", "units": 3}, {"kind": "batch_norm"}))
    assert "operation 1 (batch_norm) learns gamma" in cannot_start(normed, Trainer(normed).network)
    assert cannot_start(experiment(), Trainer(experiment()).network) == ""


def test_a_diverged_network_is_no_start(experiment):
    network = Trainer(experiment()).network
    with pytest.raises(ValueError, match="not a finite number"):
        starting_at(experiment(), with_values(network, parameters_of(network)[:1], [np.inf]))
