"""The confusion matrix and what it says of each class, by hand and in general."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpviz.training.confusion import confusion_matrix, per_class, remarks
from mlpviz.training.judgement import UNSAID, Judgement

NAMES = ("ant", "bee", "cat")


def judged(labels, predictions, n_classes=3):
    """A judgement with these answers; its outputs are of no account, but not finite where nothing is said."""
    labels, predictions = np.array(labels, np.int64), np.array(predictions, np.int64)
    y = np.where(predictions == UNSAID, np.nan, 0.0)[:, None].repeat(n_classes, axis=1)
    return Judgement(y, y, 0.0, n_classes, labels, predictions, y, y[:, 0])


#                 true ant       bee     cat
BY_HAND = judged([0, 0, 0, 0, 1, 1, 1, 2, 2], [0, 0, 0, 1, 1, 0, 0, 2, 1])


def test_rows_are_the_true_class_and_columns_what_was_said():
    assert confusion_matrix(BY_HAND).tolist() == [[3, 1, 0], [2, 1, 0], [0, 1, 1]]


def test_precision_recall_and_f1_by_hand():
    found = per_class(BY_HAND)
    assert found.precision == pytest.approx([3 / 5, 1 / 3, 1 / 1])
    assert found.recall == pytest.approx([3 / 4, 1 / 3, 1 / 2])
    assert found.f1 == pytest.approx([2 / 3, 1 / 3, 2 / 3])
    assert found.support.tolist() == [4, 3, 2]
    assert found.said.tolist() == [5, 3, 1]
    assert remarks(BY_HAND, NAMES) == []


def test_a_class_never_said_has_no_precision():
    never = judged([0, 1, 2], [0, 0, 2])
    found = per_class(never)
    assert np.isnan(found.precision[1])
    assert (found.recall[1], found.f1[1]) == (0, 0)
    assert remarks(never, NAMES) == ["The network never says bee, so there is no precision for it."]


def test_a_class_without_examples_has_no_recall():
    missing = judged([0, 0, 2], [0, 1, 2])
    found = per_class(missing)
    assert np.isnan(found.recall[1])
    assert (found.precision[1], found.f1[1]) == (0, 0)
    assert remarks(missing, NAMES) == ["There is no example of bee here, so there is no recall for it."]


def test_a_class_neither_there_nor_said_has_nothing():
    found = per_class(judged([0, 2], [0, 2]))
    assert np.isnan([found.precision[1], found.recall[1], found.f1[1]]).all()


def test_one_class_only():
    (sentence,) = remarks(judged([2, 2], [2, 2]), NAMES)
    assert sentence.startswith("All these examples are of one class, cat:")


def test_what_was_not_said_is_in_no_cell_but_counts_against_recall():
    found = judged([0, 0, 1], [0, UNSAID, 1], 2)
    assert confusion_matrix(found).tolist() == [[1, 0], [0, 1]]
    assert per_class(found).recall.tolist() == [0.5, 1.0]
    (sentence,) = remarks(found, NAMES)
    assert sentence.startswith("The outputs for 1 of 3 examples are not finite numbers")


answers = st.integers(2, 5).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), min_size=1, max_size=60),
    )
)


@given(answers)
def test_sums_and_bounds(drawn):
    n, pairs = drawn
    found = judged(*zip(*pairs, strict=True), n)
    matrix, classes = confusion_matrix(found), per_class(found)
    assert matrix.sum() == len(pairs)
    assert matrix.sum(axis=1).tolist() == classes.support.tolist()
    assert matrix.sum(axis=0).tolist() == classes.said.tolist()
    assert np.trace(matrix) == found.right.sum()
    assert np.isnan(classes.precision).tolist() == (classes.said == 0).tolist()
    assert np.isnan(classes.recall).tolist() == (classes.support == 0).tolist()
    for values in (classes.precision, classes.recall, classes.f1):
        known = values[~np.isnan(values)]
        assert ((known >= 0) & (known <= 1)).all()
    both = ~np.isnan(classes.precision) & ~np.isnan(classes.recall) & (classes.f1 > 0)
    p, r = classes.precision[both], classes.recall[both]
    assert classes.f1[both] == pytest.approx(2 * p * r / (p + r))
    assert np.nansum(classes.recall * classes.support) / len(pairs) == pytest.approx(found.accuracy)
