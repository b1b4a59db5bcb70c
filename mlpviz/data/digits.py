"""The MNIST digits that come with the program, and the reader of their file format, IDX."""

import functools
import gzip
import math
import struct
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from mlpviz.data.bundled import bundled_file
from mlpviz.data.dataset import Dataset, Examples, one_hot

IDX_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
MAX_DIMENSIONS = 8
MAX_BYTES = 1 << 30
CHUNK_BYTES = 1 << 20

KINDS = {1: "labels", 3: "images"}
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


def read_idx(path: Path | str, dimensions: int | None = None) -> NDArray[Any]:
    """Read an IDX file, plain or compressed with gzip.

    Parameters
    ----------
    path : Path or str
    dimensions : int, optional
        How many dimensions the file must have: 3 for images, 1 for labels.

    Returns
    -------
    ndarray
        uint8, int8, int16, int32, float32 or float64, with the dimensions that the header gives.

    Raises
    ------
    ValueError
        When the file is not IDX, is damaged, is cut short or goes on too long, announces more than 1 GiB, or
        has another number of dimensions. No more memory is taken than the file really fills.

    Notes
    -----
    The format: two zero bytes, a type code, the number of dimensions, each dimension as a big-endian 32-bit
    number, then the values in big-endian order, last dimension fastest.
    """
    path = Path(path)
    with path.open("rb") as file:
        compressed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        if not compressed:
            if path.suffix == ".gz":
                raise ValueError(f"{path} is not a gzip file, though named .gz: compress it or rename it")
            return _parse(file, path, dimensions)
        try:
            with gzip.open(file) as stream:
                return _parse(stream, path, dimensions)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ValueError(f"{path} is a damaged gzip file: get a fresh copy ({error})") from error


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


def _parse(stream: BinaryIO | gzip.GzipFile, path: Path, dimensions: int | None) -> NDArray[Any]:
    magic = _read(stream, 4)
    if len(magic) < 4 or magic[:2] != b"\0\0":
        raise ValueError(
            f"{path} begins with the bytes {magic.hex(' ') or '(none)'}: "
            "an IDX file begins with 00 00, a type code and the number of dimensions"
        )
    type_code, n_dimensions = magic[2], magic[3]
    if type_code not in IDX_TYPES:
        known = ", ".join(f"{code:02x}" for code in IDX_TYPES)
        raise ValueError(f"{path} has the type code {type_code:02x}: IDX knows {known} (08 for pixels)")
    if not 1 <= n_dimensions <= MAX_DIMENSIONS:
        raise ValueError(f"{path} has {n_dimensions} dimensions: 1 to {MAX_DIMENSIONS} can be read")
    if dimensions is not None and n_dimensions != dimensions:
        raise ValueError(
            f"{path} has {_dimensions(n_dimensions)} where {_dimensions(dimensions)} should be: "
            "are the images and the labels file swapped?"
        )
    header = _read(stream, 4 * n_dimensions)
    if len(header) < 4 * n_dimensions:
        raise ValueError(f"{path} ends inside its header, which should be {4 + 4 * n_dimensions} bytes long")
    shape = struct.unpack(f">{n_dimensions}I", header)
    return _read_values(stream, path, np.dtype(IDX_TYPES[type_code]), shape)


def _read_values(
    stream: BinaryIO | gzip.GzipFile, path: Path, dtype: np.dtype[Any], shape: tuple[int, ...]
) -> NDArray[Any]:
    sizes = " x ".join(map(str, shape))
    if math.prod(max(size, 1) for size in shape) * dtype.itemsize > MAX_BYTES:
        raise ValueError(f"{path} announces {sizes} values: at most 1 GiB can be read")
    expected = math.prod(shape) * dtype.itemsize
    values = _read(stream, expected)
    if len(values) < expected:
        raise ValueError(
            f"{path} is cut short: it holds {len(values)} bytes of values where its header announces {sizes} "
            f"({expected} bytes)"
        )
    if stream.read(1):
        raise ValueError(f"{path} goes on after the {sizes} values ({expected} bytes) its header announces")
    return np.frombuffer(values, dtype).reshape(shape).astype(dtype.newbyteorder("="), copy=False)


def _read(stream: BinaryIO | gzip.GzipFile, size: int) -> bytearray:
    """Up to `size` bytes, taking memory only for what is really there."""
    data = bytearray()
    while len(data) < size and (chunk := stream.read(min(size - len(data), CHUNK_BYTES))):
        data += chunk
    return data


def _dimensions(count: int) -> str:
    kind = f" ({KINDS[count]})" if count in KINDS else ""
    return f"{count} dimension{'s' if count > 1 else ''}{kind}"
