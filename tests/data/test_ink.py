"""A drawing becomes the numbers that a data set stores for ink and paper."""

import numpy as np
import pytest

from mlpviz.data import Dataset, Examples, load_dataset, one_hot
from mlpviz.data.ink import Ink, ink_of, why_no_drawing

LABELS = np.array([0, 1])
DRAWING = np.array([[0, 51, 255]], np.uint8)


def pictures(values, value_range, shape=(5, 5)):
    inputs = np.tile(values, (2, shape[0] * shape[1]))
    return Dataset(
        "some", "Some", "", Examples(inputs, one_hot(LABELS, 2), LABELS), None, ("a", "b"), shape, value_range
    )


def test_digits_are_drawn_as_they_are_stored():
    ink = ink_of(load_dataset("digits"))
    assert ink == Ink()
    np.testing.assert_array_equal(ink.stored(DRAWING), DRAWING)
    assert ink.stored(DRAWING).dtype == np.uint8


def test_on_light_paper_ink_is_dark():
    ink = ink_of(pictures(np.uint8(250), (0, 255)))
    assert ink.stored(DRAWING).tolist() == [[255, 204, 0]]


def test_pixels_from_0_to_1():
    stored = ink_of(pictures(np.float32(0.1), (0, 1))).stored(DRAWING)
    assert stored.dtype == np.float32
    np.testing.assert_allclose(stored, [[0, 0.2, 1]])


@pytest.mark.parametrize(
    ("dataset", "words"),
    [
        (load_dataset("iris"), "no pictures"),
        (pictures(np.float32(3), None), "plain numbers"),
        (pictures(np.uint8(3), (0, 255), (1, 9)), "no room for a pen"),
    ],
)
def test_where_drawing_makes_no_sense_a_sentence_says_why(dataset, words):
    assert words in why_no_drawing(dataset)
    with pytest.raises(ValueError, match=words):
        ink_of(dataset)
