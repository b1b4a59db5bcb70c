"""What a layer, loss or optimizer is called, and what it does, taken from its own docstring."""

import pytest

from mlpviz.nn import LAYERS, LOSSES, OPTIMIZERS, sentence, title

EVERY = [kind for table in (LAYERS, LOSSES, OPTIMIZERS) for kind in table.values()]


class Example:
    """Leaky ReLU: y = x above zero, slope·x below: it never dies.

    More about it.
    """


def test_the_sentence_is_the_first_line_of_the_docstring():
    assert sentence(Example) == "Leaky ReLU: y = x above zero, slope·x below: it never dies."


def test_the_title_is_what_stands_before_the_first_colon():
    assert title(Example) == "Leaky ReLU"


@pytest.mark.parametrize("kind", EVERY)
def test_everything_in_the_tables_has_both(kind):
    assert 0 < len(title(kind)) < 40
    assert title(kind)[0].isupper()
    words = sentence(kind).removeprefix(title(kind)).removeprefix(": ")
    assert len(words) > 15
    assert sentence(kind).endswith(".")


def test_titles_tell_things_apart():
    assert len({title(kind) for kind in EVERY}) == len(EVERY)


@pytest.mark.parametrize(
    ("table", "name", "expected"),
    [
        (LAYERS, "affine", "Affine"),
        (LAYERS, "leaky_relu", "Leaky ReLU"),
        (LAYERS, "batch_norm", "Batch normalisation"),
        (LOSSES, "squared_error", "Squared error"),
        (OPTIMIZERS, "sgd", "Stochastic gradient descent"),
        (OPTIMIZERS, "adam", "Adam"),
    ],
)
def test_the_usual_names(table, name, expected):
    assert title(table[name]) == expected
