"""Every experiment that comes with the program loads, explains itself, learns, and has right gradients."""

import re
from itertools import islice

import pytest

from mlpviz.nn import check_gradients
from mlpviz.training import Trainer
from mlpviz.training.presets import DEFAULT_PRESET, load_preset, preset_names

EVERY = pytest.mark.parametrize("name", preset_names())

# What these show is that they do not learn.
DOES_NOT_LEARN = ("gate-xor-single", "xor-by-hand", "unscaled", "deep-sigmoid", "imbalanced-blank")


def small(name):
    """The preset with few examples, where it has many."""
    preset = load_preset(name)
    if not preset.dataset.startswith("digits"):
        return preset.with_settings({"epochs": max(preset.epochs, 100)})
    sizes = {"training_size": 500, "validation_size": 100, "epochs": 100}
    return preset.with_settings({**sizes, "batch_size": min(preset.batch_size, 500)})


def test_the_default_comes_first_and_the_others_follow_in_order():
    first, *others = preset_names()
    assert first == DEFAULT_PRESET == "digits"
    assert others == sorted(others)
    assert len(others) >= 7


@EVERY
def test_has_a_title_and_two_or_three_sentences(name):
    preset = load_preset(name)
    assert preset.title[0].isupper()
    assert len(preset.title) <= 60
    sentences = re.split(r"(?<=[.!?]) ", preset.description)
    assert 2 <= len(sentences) <= 3
    assert all(sentence.endswith((".", "!", "?")) and len(sentence) > 15 for sentence in sentences)
    assert preset.description == " ".join(preset.description.split())  # no line end or double space


def test_no_two_have_one_title():
    titles = [load_preset(name).title for name in preset_names()]
    assert len(set(titles)) == len(titles)


@EVERY
def test_learns_in_thirty_steps(name):
    trainer = Trainer(small(name))
    before = trainer.evaluate("training").loss
    wanted = 1500 if name == "spiral" else 30  # which is to be watched
    steps = list(islice(trainer.steps(), wanted))
    if name == "adaline-unscaled":
        assert "learning rate 0.1 is the likely cause" in trainer.divergence.sentence
        return
    assert trainer.divergence is None
    assert len(steps) == wanted
    if name not in DOES_NOT_LEARN:
        assert trainer.evaluate("training").loss < 0.95 * before


@EVERY
@pytest.mark.parametrize("training", [True, False])
def test_has_right_gradients(name, training):
    trainer = Trainer(small(name))
    list(islice(trainer.steps(), 3))
    x, targets = trainer.splits.training.batch(slice(0, 10))
    checks = check_gradients(trainer.network, x, targets, trainer.loss, entries=20, training=training)
    assert [check for check in checks if not check.passed] == []
    assert sum(check.checked for check in checks) > 0
    assert len(checks) == sum(len(params) for params in trainer.network.params)


def test_the_default_is_the_network_that_the_first_launch_shows():
    preset = load_preset("digits")
    assert [layer.kind for layer in preset.layers] == ["affine", "relu", "affine", "sigmoid"]
    assert [layer.units for layer in preset.layers] == [100, None, 10, None]
    assert (preset.learning_rate, preset.batch_size, preset.epochs) == (0.5, 100, 10)
    assert (preset.optimizer, preset.momentum, preset.weight_decay) == ("sgd", 0, 0)
    assert (preset.loss, preset.loss_scaling) == ("squared_error", "sum")
