"""The MNIST digits that come with the program."""

import functools
from dataclasses import replace
from pathlib import Path

import numpy as np

from mlpviz.data.bundled import bundled_file
from mlpviz.data.dataset import Dataset, Examples, one_hot
from mlpviz.data.idx import read_idx

SIDE_PX = 28
RARE, KEPT_OF_RARE = 1, 20  # of the imbalanced digits: one in twenty of the 1s is kept


def digits(directory: Path | None = None) -> Dataset:
    """The MNIST digits: 60,000 training and 10,000 test pictures of 28 x 28 pixels, 0 (paper) to 255 (ink).

    Parameters
    ----------
    directory : Path, optional
        Where the four files are. The program's own copy is read once and then shared.

    Returns
    -------
    Dataset
        `inputs` (N, 784) uint8, `targets` (N, 10) one-hot, `labels` 0 to 9.

    Raises
    ------
    FileNotFoundError, ValueError
        When a file is missing or is not what it should be.

    Notes
    -----
    Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document recognition",
    Proceedings of the IEEE 86, 1998.
    """
    return _embedded_digits() if directory is None else _read_digits(directory)


def imbalanced_digits() -> Dataset:
    """The digits with one in twenty of the 1s, so that there are eighteen times as many 7s.

    The test digits are all there, as always.
    """
    digits = _embedded_digits()
    return replace(
        digits,
        name="digits_imbalanced",
        title="Digits with few 1s",
        description="The digits, but only one in twenty of the 1s to learn from; all of them to test with.",
        training=_with_few_ones(digits.training),
    )


def blank_digits() -> Dataset:
    """The labels of `imbalanced_digits` with blank pictures: there is to learn only how often each comes."""
    digits = _embedded_digits()
    assert digits.test is not None
    return replace(
        digits,
        name="digits_blank",
        title="Blank pictures, few 1s",
        description="The labels of the digits with few 1s, but every picture is blank, so only biases learn.",
        training=_blank(_with_few_ones(digits.training)),
        test=_blank(digits.test),
    )


def _with_few_ones(examples: Examples) -> Examples:
    labels = examples.labels
    assert labels is not None
    keep = labels != RARE
    keep[np.flatnonzero(labels == RARE)[::KEPT_OF_RARE]] = True
    return Examples(examples.inputs[keep], examples.targets[keep], labels[keep])


def _blank(examples: Examples) -> Examples:
    return Examples(np.zeros_like(examples.inputs), examples.targets, examples.labels)


@functools.cache
def _embedded_digits() -> Dataset:
    return _read_digits(None)


def _read_digits(directory: Path | None) -> Dataset:
    return Dataset(
        name="digits",
        title="Handwritten digits (MNIST)",
        description=(
            "70,000 digits written by about 500 people, as pictures of 28 x 28 grey pixels: "
            "60,000 to learn from and 10,000 to test with."
        ),
        training=_read_examples(directory, "train", 60_000),
        test=_read_examples(directory, "t10k", 10_000),
        classes=tuple("0123456789"),
        image_shape=(SIDE_PX, SIDE_PX),
        value_range=(0, 255),
    )


def _read_examples(directory: Path | None, prefix: str, count: int) -> Examples:
    images_path = bundled_file("mnist", f"{prefix}-images-idx3-ubyte.gz", directory=directory)
    labels_path = bundled_file("mnist", f"{prefix}-labels-idx1-ubyte.gz", directory=directory)
    images = read_idx(images_path, dimensions=3)
    labels = read_idx(labels_path, dimensions=1)
    for path, array in ((images_path, images), (labels_path, labels)):
        if array.dtype != np.uint8:
            raise ValueError(f"{path} holds {array.dtype}: digits are stored as unsigned bytes (uint8)")
    if images.shape[1:] != (SIDE_PX, SIDE_PX):
        height, width = images.shape[1:]
        raise ValueError(f"{images_path} holds pictures of {height} x {width} pixels: digits are 28 x 28")
    if len(images) != len(labels):
        raise ValueError(
            f"{labels_path} holds {len(labels)} labels, but {images_path.name} holds {len(images)} images: "
            "there should be one label per image"
        )
    if (labels > 9).any():
        position = int(np.argmax(labels > 9))
        raise ValueError(f"{labels_path} holds {labels[position]} at position {position}: labels are 0 to 9")
    if len(images) != count:
        raise ValueError(f"{images_path} holds {len(images)} images: there should be {count}")
    numbers = labels.astype(np.int64)
    return Examples(images.reshape(count, -1), one_hot(numbers, 10), numbers)
