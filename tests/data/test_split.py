"""Splits are fair, repeatable and apart; batches are what the scaling promises."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpviz.data import SCALINGS, Dataset, Examples, Split, one_hot, split


def labelled(labels, n_classes):
    labels = np.array(labels, np.int64)
    inputs = np.arange(len(labels), dtype=np.float32)[:, None]
    classes = tuple(map(str, range(n_classes)))
    examples = Examples(inputs, one_hot(labels, n_classes), labels)
    return Dataset("drawn", "Drawn", "Made for a test.", examples, classes=classes)


def pictures(n=40, test=True):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (n, 6), dtype=np.uint8)
    pixels[:, 0] = 7
    pixels[0, 1:3] = 0, 255
    examples = Examples(pixels, one_hot(np.arange(n) % 2, 2), np.arange(n) % 2)
    return Dataset(
        name="pictures",
        title="Pictures",
        description="Made for a test.",
        training=examples,
        test=examples if test else None,
        classes=("0", "1"),
        image_shape=(2, 3),
        value_range=(0, 255),
    )


def plain(n=30, offset=0.0):
    rng = np.random.default_rng(1)
    inputs = (offset + rng.normal(0, 3, (n, 2))).astype(np.float32)
    return Dataset("plain", "Plain", "Made for a test.", Examples(inputs, inputs[:, :1]))


def rng(seed=0):
    return np.random.default_rng(seed)


@st.composite
def cases(draw):
    labels = draw(st.lists(st.integers(0, 4), min_size=1, max_size=60))
    validation_size = draw(st.integers(0, len(labels) - 1))
    training_size = draw(st.integers(0, len(labels) - validation_size))
    return labelled(labels, 5), validation_size, training_size, draw(st.integers(0, 2**32))


@settings(deadline=None)
@given(cases())
def test_counts_add_up_and_no_example_is_in_two_splits(case):
    data, validation_size, training_size, seed = case
    splits = split(data, rng(seed), validation_size, training_size)
    n = len(data.training)
    assert len(splits.validation) == validation_size
    assert len(splits.training) == (training_size or n - validation_size)
    rows = np.concatenate([splits.training.rows, splits.validation.rows])
    assert len(np.unique(rows)) == len(rows)
    assert set(rows) <= set(range(n))


@settings(deadline=None)
@given(cases())
def test_each_class_has_its_share_to_within_one_example(case):
    data, validation_size, training_size, seed = case
    splits = split(data, rng(seed), validation_size, training_size)
    all_counts = np.bincount(data.training.labels, minlength=5)
    validation_counts = np.bincount(splits.validation.labels_at(slice(None)), minlength=5)
    assert (abs(validation_counts - validation_size * all_counts / all_counts.sum()) < 1).all()
    left = all_counts - validation_counts
    training_counts = np.bincount(splits.training.labels_at(slice(None)), minlength=5)
    assert (abs(training_counts - len(splits.training) * left / left.sum()) < 1).all()


@settings(deadline=None)
@given(cases())
def test_the_same_generator_gives_the_same_splits(case):
    data, validation_size, training_size, seed = case
    one = split(data, rng(seed), validation_size, training_size)
    two = split(data, rng(seed), validation_size, training_size)
    assert one.training.rows.tolist() == two.training.rows.tolist()
    assert one.validation.rows.tolist() == two.validation.rows.tolist()


def test_another_seed_gives_other_splits():
    data = labelled([0, 1] * 50, 2)
    assert (
        split(data, rng(0), 20).validation.rows.tolist() != split(data, rng(1), 20).validation.rows.tolist()
    )


def test_every_example_of_a_class_is_as_likely_to_be_held_out():
    data = labelled([0] * 10 + [1] * 10, 2)
    held_out = np.zeros(20)
    generator = rng()
    for _ in range(2000):
        held_out[split(data, generator, 4).validation.rows] += 1
    assert (abs(held_out / 2000 - 0.2) < 0.05).all()


def test_the_validation_split_does_not_depend_on_the_training_size():
    data = labelled([0, 1, 2] * 20, 3)
    small, large = split(data, rng(), 12, training_size=6), split(data, rng(), 12)
    assert small.validation.rows.tolist() == large.validation.rows.tolist()
    assert set(small.training.rows) < set(large.training.rows)


def test_examples_keep_their_stored_order_within_a_split():
    splits = split(labelled([0, 1, 2] * 20, 3), rng(), 12)
    assert (np.diff(splits.training.rows) > 0).all()
    assert (np.diff(splits.validation.rows) > 0).all()


def test_regression_is_split_too():
    splits = split(plain(), rng(), 10, 15)
    assert (len(splits.training), len(splits.validation), splits.test) == (15, 10, None)
    with pytest.raises(ValueError, match="no labels"):
        splits.training.labels_at([0])


def test_without_validation_the_split_is_empty_and_its_batches_too():
    splits = split(pictures(), rng(), 0)
    x, targets = splits.validation.batch(slice(None))
    assert len(splits.validation) == 0
    assert (x.shape, targets.shape) == ((0, 6), (0, 2))


@pytest.mark.parametrize(
    ("sizes", "sentence"),
    [
        ({"validation_size": 40}, "validation_size is 40, .*'pictures' has 40 .*: choose from 0 to 39"),
        ({"validation_size": -1}, "validation_size is -1, .*: choose from 0 to 39"),
        (
            {"validation_size": 30, "training_size": 11},
            "training_size is 11, .* 10 examples left: choose from 1 to 10",
        ),
        ({"validation_size": 30, "training_size": -1}, "training_size is -1, "),
        ({}, "validation_size is 5000"),
    ],
)
def test_a_size_that_does_not_fit_is_refused(sizes, sentence):
    with pytest.raises(ValueError, match=sentence):
        split(pictures(), rng(), **sizes)


def test_an_unknown_scaling_is_refused_with_a_suggestion():
    with pytest.raises(
        ValueError, match=r"unknown scaling 'sined'; known are: natural, .*did you mean 'signed'"
    ):
        split(pictures(), rng(), 0, scaling="sined")


def test_signed_needs_a_value_range():
    with pytest.raises(ValueError, match="choose 'natural', 'standard' or 'raw'"):
        split(plain(), rng(), 0, scaling="signed")


@pytest.mark.parametrize(("scaling", "low", "high"), [("natural", 0, 1), ("signed", -1, 1), ("raw", 0, 255)])
def test_pixels_are_mapped_to_the_range_their_scaling_names(scaling, low, high):
    x, _ = split(pictures(), rng(), 0, scaling=scaling).training.batch([0])
    assert x[0, 1:3].tolist() == pytest.approx([low, high])


@pytest.mark.parametrize("scaling", ["natural", "raw"])
def test_plain_numbers_stay_as_they_are(scaling):
    data = plain()
    x, _ = split(data, rng(), 0, scaling=scaling).training.batch(slice(None))
    assert np.array_equal(x, data.training.inputs)


@pytest.mark.parametrize("offset", [0, 1000])
def test_standard_inputs_have_mean_zero_and_deviation_one_over_the_training_split(offset):
    splits = split(plain(offset=offset), rng(), 10, scaling="standard")
    x, _ = splits.training.batch(slice(None))
    assert x.mean(axis=0) == pytest.approx(0, abs=1e-4)
    assert x.std(axis=0) == pytest.approx(1, abs=1e-4)
    assert np.array_equal(splits.validation.shift, splits.training.shift)


def test_standard_only_centres_an_input_that_is_constant():
    x, _ = split(pictures(), rng(), 10, scaling="standard").training.batch(slice(None))
    assert (x[:, 0] == 0).all()
    assert x[:, 1:].std(axis=0) == pytest.approx(1, abs=1e-5)


def test_standard_sees_a_constant_whose_mean_is_rounded():
    inputs = np.full((7, 1), 0.1, np.float32)
    data = Dataset("same", "Same", "Made for a test.", Examples(inputs, inputs))
    x, _ = split(data, rng(), 0, scaling="standard").training.batch(slice(None))
    assert x == pytest.approx(0, abs=1e-7)


@pytest.mark.parametrize("scaling", SCALINGS)
@pytest.mark.parametrize("positions", [[3, 0, 3], np.array([5, 1]), slice(2, 9), slice(None), []])
def test_a_batch_is_the_stored_numbers_shifted_and_scaled(scaling, positions):
    data = pictures()
    splits = split(data, rng(), 10, scaling=scaling)
    for part in (splits.training, splits.validation, splits.test):
        x, targets = part.batch(positions)
        stored, rows = part.inputs_at(positions), part.rows[positions]
        assert np.array_equal(stored, data.training.inputs[rows])
        assert x == pytest.approx((stored - part.shift) * part.factor, abs=1e-5)
        assert np.array_equal(targets, data.training.targets[rows])
        assert np.array_equal(part.labels_at(positions), data.training.labels[rows])
        for array in (x, targets):
            assert array.dtype == np.float32
            assert array.flags.c_contiguous


def test_other_pictures_are_scaled_in_the_same_way():
    part = split(pictures(), rng(), 10, scaling="standard").training
    assert np.array_equal(part.scaled(part.inputs_at([4])), part.batch([4])[0])


@pytest.mark.parametrize(
    "targets",
    [
        one_hot(np.array([1, 0, 1, 1]), 2),
        np.array([[1], [-1], [1], [1]], np.float32),
        np.array([[0.75], [0.25], [0.5], [1]], np.float32),  # those of a class may differ
    ],
    ids=["one-hot", "two values", "any values"],
)
def test_the_targets_of_a_batch_are_those_of_its_examples(targets):
    examples = Examples(np.zeros((4, 3), np.float32), targets, np.array([1, 0, 1, 1]))
    part = Split(examples, np.array([0, 1, 3]), np.float32(0), np.float32(1))
    np.testing.assert_array_equal(part.batch([2, 0, 1])[1], targets[[3, 0, 1]])
    assert part.batch([2, 0])[1].dtype == np.float32


def test_a_batch_is_the_callers_own():
    data = plain()
    part = split(data, rng(), 0).training
    x, targets = part.batch(slice(None))
    x[:], targets[:] = 99, 99
    assert (data.training.inputs != 99).all()
    assert (data.training.targets != 99).all()


def test_a_position_outside_the_split_is_an_index_error():
    with pytest.raises(IndexError):
        split(pictures(), rng(), 10).validation.batch([10])


def test_the_test_split_is_the_whole_test_set():
    assert split(pictures(), rng(), 10, 5).test.rows.tolist() == list(range(40))
    assert split(pictures(test=False), rng(), 10).test is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"rows": np.array([40])}, "rows go from 40 to 40: the examples are 0 to 39"),
        ({"rows": np.array([-1])}, "rows go from -1"),
        ({"rows": np.array([0.0])}, "rows is float64"),
        ({"shift": np.zeros(5)}, r"shift of shape \(5,\)"),
        ({"factor": np.inf}, "factor .*: give one finite number"),
    ],
)
def test_a_split_that_does_not_fit_its_examples_is_refused(changes, sentence):
    with pytest.raises(ValueError, match=sentence):
        Split(**({"examples": pictures().training, "rows": np.array([0]), "shift": 0, "factor": 1} | changes))
