"""What a cell of a confusion matrix means, in words."""

import pytest

from mlpviz.figures.confusion_words import counted, read_as


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ((12, "4", "9", 982), "12 examples of 4 were read as 9, 1.22\u202f% of them all"),
        ((1, "6", "0", 958), "1 example of 6 was read as 0, 0.104\u202f% of them all"),
        ((0, "7", "1", 10), "no example of 7 was read as 1"),
        ((1, "7", "1", 1), "1 example of 7 was read as 1"),
        ((5, "3", "3", 5), "5 examples of 3 were rightly read as 3, 100\u202f% of them all"),
        (
            (3, "versicolor", "virginica", 50),
            "3 examples of versicolor were read as virginica, 6.00\u202f% of them all",
        ),
    ],
)
def test_a_cell(cell, words):
    assert read_as(*cell) == words


def test_many_are_counted_with_thin_spaces():
    assert counted(1135, "1") == "1\u202f135 examples of 1"
