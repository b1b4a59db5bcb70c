"""What a cell of a confusion matrix means, in words."""

import pytest

from mlpviz.figures.confusion_words import counted, read_as, spelt


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ((12, "4", "9", 982), "12 fours were read as nine, 1.22\u202f% of them all"),
        ((1, "6", "0", 958), "1 six was read as zero, 0.104\u202f% of them all"),
        ((2, "6", "0", 958), "2 sixes were read as zero, 0.209\u202f% of them all"),
        ((0, "7", "1", 10), "no seven was read as one"),
        ((1, "7", "1", 1), "1 seven was read as one"),
        ((5, "3", "3", 5), "5 threes were rightly read as three, 100\u202f% of them all"),
        ((3, "versicolor", "virginica", 50), "3 versicolor were read as virginica, 6.00\u202f% of them all"),
    ],
)
def test_a_cell(cell, words):
    assert read_as(*cell) == words


def test_only_single_digits_are_spelt():
    assert [spelt(name) for name in ("0", "9", "10", "a")] == ["zero", "nine", "10", "a"]
    assert counted(1135, "1") == "1\u202f135 ones"
