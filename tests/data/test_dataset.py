"""Examples and data sets say at once what does not fit together."""

import numpy as np
import pytest

from mlpviz.data import Dataset, Examples, one_hot


def examples(n=6, n_in=4, n_classes=3, **changes):
    labels = np.arange(n) % n_classes
    parts = {
        "inputs": np.arange(n * n_in, dtype=np.uint8).reshape(n, n_in),
        "targets": one_hot(labels, n_classes),
        "labels": labels,
    }
    return Examples(**(parts | changes))


def dataset(**changes):
    parts = {
        "name": "three",
        "title": "Three",
        "description": "Made for a test.",
        "training": examples(),
        "classes": ("a", "b", "c"),
    }
    return Dataset(**(parts | changes))


def test_one_hot_is_one_at_the_label():
    assert one_hot(np.array([2, 0]), 3).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert one_hot(np.array([2, 0]), 3).dtype == np.float32


def test_examples_cannot_be_written_but_the_array_they_came_from_can():
    inputs = np.zeros((6, 4), np.uint8)
    kept = examples(inputs=inputs)
    for array in (kept.inputs, kept.targets, kept.labels):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    inputs[0] = 1
    assert len(kept) == 6


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"inputs": np.zeros((5, 4), np.uint8)}, "targets has 6 rows, inputs has 5"),
        ({"inputs": np.zeros(6, np.uint8)}, r"inputs has the shape \(6,\)"),
        ({"inputs": np.zeros((0, 4), np.uint8)}, r"inputs has the shape \(0, 4\)"),
        ({"inputs": np.zeros((6, 4))}, "inputs is float64: give uint8 or float32"),
        ({"inputs": np.full((6, 4), np.nan, np.float32)}, "inputs, row 0, holds a number that is not finite"),
        ({"targets": np.zeros((6, 3))}, "targets is float64: give float32"),
        ({"targets": np.zeros(6, np.float32)}, r"targets has the shape \(6,\)"),
        ({"labels": np.zeros(5, np.int64)}, r"labels is int64 of shape \(5,\): give int64 of shape \(6,\)"),
        ({"labels": np.zeros(6, np.uint8)}, "labels is uint8"),
    ],
)
def test_examples_that_do_not_fit_are_refused(changes, sentence):
    with pytest.raises(ValueError, match=sentence):
        examples(**changes)


def test_a_dataset_knows_its_sizes():
    data = dataset(image_shape=(2, 2), value_range=(0, 255), test=examples(n=3))
    assert (data.n_in, data.n_out) == (4, 3)


def test_two_classes_may_have_a_single_target():
    labels = np.array([0, 1])
    one = Examples(np.zeros((2, 4), np.uint8), labels.astype(np.float32)[:, None], labels)
    assert dataset(training=one, classes=("no", "yes")).n_out == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"test": examples(n_in=5)}, "'three', test: 5 inputs and 3 targets per example: give 4 and 3"),
        ({"classes": ()}, "give both labels and classes"),
        ({"training": examples(labels=None)}, "give both labels and classes"),
        ({"training": examples(labels=np.array([0, 1, 2, 3, 0, 1]))}, "labels go from 0 to 3: give 0 to 2"),
        ({"training": examples(labels=np.array([0, 1, 2, -1, 0, 1]))}, "labels go from -1 to 2"),
        ({"classes": ("a", "b", "c", "d")}, "4 classes with 3 targets per example"),
        ({"image_shape": (2, 3)}, r"image_shape is 2 x 3: give one pixel per input \(4\)"),
        ({"value_range": (1, 0)}, r"value_range is \(1, 0\)"),
        ({"input_names": ("x",)}, r"1 input_names: give one per input \(4\)"),
    ],
)
def test_a_dataset_whose_parts_do_not_fit_is_refused(changes, sentence):
    with pytest.raises(ValueError, match=sentence):
        dataset(**changes)
