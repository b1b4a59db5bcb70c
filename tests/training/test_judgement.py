"""What a network says of a split: answers, certainty and the order to look in, worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mlpviz.data import Examples, Split
from mlpviz.data.dataset import one_hot
from mlpviz.nn import Affine, BinaryCrossEntropy, Network, SoftmaxCrossEntropy, SquaredError
from mlpviz.training import Trainer
from mlpviz.training.judgement import (
    UNSAID,
    class_shares,
    in_cell,
    judge,
    least_certain,
    margins_of,
    mistakes,
    said,
)


def identity(n):
    """A network that gives back its inputs: examples are its outputs."""
    layer = Affine(n, n, initializer="zeros")
    layer.weight[...] = np.eye(n)
    return Network([layer])


def outputs(y, labels=None, targets=None):
    """A split on which the identity network gives these outputs."""
    y = np.array(y, np.float32)
    labels = None if labels is None else np.array(labels, np.int64)
    if targets is None:
        targets = one_hot(labels, y.shape[1]) if y.shape[1] > 1 else labels[:, None]
    targets = np.array(targets, np.float32)
    return Split(Examples(y, targets, labels), np.arange(len(y)), np.float32(0), np.float32(1))


THREE = outputs(
    [
        [0.9, 0.2, 0.1],  # right, sure
        [0.7, 0.6, 0.0],  # wrong (it is a 1), not so sure
        [0.0, 0.1, 0.8],  # wrong (it is a 0), surer
        [0.3, 0.2, 0.35],  # right, hardly
    ],
    labels=[0, 1, 0, 2],
)


@pytest.fixture
def three():
    return judge(identity(3), THREE, SquaredError(), 0.5, 3)


def test_by_hand_with_several_outputs(three):
    assert len(three) == 4
    assert three.predictions.tolist() == [0, 0, 2, 2]
    assert three.right.tolist() == [True, False, False, True]
    assert three.accuracy == 0.5
    assert three.certainty == pytest.approx([0.9, 0.7, 0.8, 0.35])
    assert three.margins == pytest.approx([0.7, 0.1, 0.7, 0.05])
    assert mistakes(three).tolist() == [2, 1]
    assert least_certain(three).tolist() == [3, 1, 0, 2]
    # (0.01 + 0.04 + 0.01) + (0.49 + 0.16) + (1 + 0.01 + 0.64) + (0.09 + 0.04 + 0.4225), over four
    assert three.loss == pytest.approx((0.06 + 0.65 + 1.65 + 0.5525) / 4)


def test_the_examples_of_a_cell_a_row_and_a_column(three):
    assert in_cell(three, 1, 0).tolist() == [1]
    assert in_cell(three, 0, None).tolist() == [2, 0]  # the mistake first
    assert in_cell(three, None, 2).tolist() == [2, 3]
    assert in_cell(three, 2, 1).tolist() == []


@pytest.mark.parametrize(
    ("loss", "threshold", "y", "sure"),
    [
        (SquaredError(), 0.5, [0.9, 0.3, 0.5, 1.2], [0.9, 0.7, 0.5, 1.0]),  # cut off at 1
        (BinaryCrossEntropy(), 0.0, [0.0, np.log(3), -np.log(3), 40], [0.5, 0.75, 0.75, 1.0]),
    ],
)
def test_one_output_is_the_certainty_of_yes(loss, threshold, y, sure):
    found = judge(identity(1), outputs(np.array(y)[:, None], [1, 0, 0, 1]), loss, threshold, 2)
    assert found.certainty == pytest.approx(sure)
    assert found.predictions.tolist() == [int(value > threshold) for value in y]
    assert found.shares.sum(axis=1) == pytest.approx(np.ones(4))


def test_targets_of_plus_and_minus_one_are_measured_between_them():
    split = outputs([[-1.0], [0.5], [3.0]], [0, 1, 1], targets=[[-1], [1], [1]])
    found = judge(identity(1), split, SquaredError(), 0.0, 2)
    assert found.predictions.tolist() == [0, 1, 1]
    assert found.certainty == pytest.approx([1, 0.75, 1])


def test_softmax_makes_certainties_of_scores():
    shares = class_shares(SoftmaxCrossEntropy(), np.log([[1.0, 2.0, 5.0]]))
    assert shares == pytest.approx(np.array([[0.125, 0.25, 0.625]]))


def test_equally_certain_mistakes_are_ordered_by_their_margin():
    """Both are certain to the last bit; the second is further from the threshold."""
    found = judge(identity(1), outputs([[20.0], [40.0]], [0, 0]), BinaryCrossEntropy(), 0.0, 2)
    assert found.certainty.tolist() == [1.0, 1.0]
    assert mistakes(found).tolist() == [1, 0]


def test_outputs_that_are_not_finite_say_nothing():
    net = Network([Affine(2, 2, initializer="zeros")])
    split = outputs([[1, 0], [0, 1], [1, 0]], [0, 1, 0])
    net.layers[0].weight[1, 0] = np.nan  # NaN in the first output, whatever the input
    found = judge(net, split, SquaredError(), 0.5, 2)
    assert found.predictions.tolist() == [UNSAID] * 3
    assert (found.accuracy, found.unsaid) == (0.0, 3)
    assert np.isnan(found.certainty).all()
    assert np.isnan(found.loss)
    assert sorted(mistakes(found).tolist()) == [0, 1, 2]
    assert sorted(least_certain(found).tolist()) == [0, 1, 2]


def test_what_was_not_said_comes_last():
    net = identity(2)
    net.layers[0].weight[0, 0] = 1e38  # the first output is infinite where the first input is large
    split = outputs([[100.0, 0.0], [0.0, 0.9], [0.0, 0.8]], [0, 0, 0])
    found = judge(net, split, SquaredError(), 0.5, 2)
    assert found.predictions.tolist() == [UNSAID, 1, 1]
    assert mistakes(found).tolist() == [1, 2, 0]


def test_regression_has_no_classes():
    found = judge(identity(1), outputs([[1.0], [2.0]], targets=[[1], [4]]), SquaredError(), None, 0)
    assert (found.n_classes, found.labels, found.predictions, found.accuracy) == (0, None, None, None)
    assert found.loss == pytest.approx(2.0)
    assert not found.right.any()


def test_an_empty_split_is_refused():
    empty = Split(THREE.examples, np.zeros(0, np.int64), np.float32(0), np.float32(1))
    with pytest.raises(ValueError, match="no example"):
        judge(identity(3), empty, SquaredError(), 0.5, 3)


def test_it_can_be_cancelled_and_looks_at_every_thousand():
    many = Split(THREE.examples, np.zeros(3500, np.int64), np.float32(0), np.float32(1))
    asked = []

    def cancelled():
        asked.append(True)
        return len(asked) == 2

    assert judge(identity(3), many, SquaredError(), 0.5, 3, cancelled) is None
    assert len(asked) == 2


def test_it_agrees_with_the_trainer_bit_for_bit(experiment):
    trainer = Trainer(experiment())
    list(trainer.steps())
    for which, split in trainer.splits.by_name().items():
        found = judge(trainer.network, split, trainer.loss, trainer.threshold, 3)
        measured = trainer.evaluate(which)
        assert (found.loss, found.accuracy) == (measured.loss, measured.accuracy)


matrices = hnp.arrays(
    np.float32,
    st.tuples(st.integers(1, 30), st.integers(1, 5)),
    elements=st.floats(-50, 50, width=32),
)


@given(matrices, st.sampled_from([SquaredError(), BinaryCrossEntropy(), SoftmaxCrossEntropy()]))
def test_shares_are_parts_of_one_and_the_answer_has_the_largest(y, loss):
    if isinstance(loss, SoftmaxCrossEntropy) and y.shape[1] == 1:
        return
    threshold = 0.0 if loss.on_scores else 0.5
    shares, answers = class_shares(loss, y), said(y, threshold)
    assert ((shares >= 0) & (shares <= 1)).all()
    chosen = shares[np.arange(len(y)), answers]
    assert (chosen >= shares.max(axis=1) - 1e-6).all()


@given(matrices)
def test_margins_are_never_negative_and_zero_for_equal_outputs(y):
    assert (margins_of(y, 0.5) >= 0).all()
    if y.shape[1] > 1:
        assert (margins_of(np.full_like(y, 3.0), 0.5) == 0).all()
