"""One array as NumPy writes it, by whomever: what it announces is checked before it is read."""

import math
import re
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpviz.data.idx import MAX_BYTES, Stream, read_up_to

LONGEST_HEADER = 10_000  # what NumPy itself takes
_DESCR = re.compile(r"""['"]descr['"]\s*:\s*['"]([!#-&(-~]{1,20})['"]""")
_COLUMNS = re.compile(r"""['"]descr['"]\s*:\s*\[""")
_ORDER = re.compile(r"""['"]fortran_order['"]\s*:\s*(True|False)""")
_SHAPE = re.compile(r"""['"]shape['"]\s*:\s*\(([\d\s,L]*)\)""")
_TYPE = re.compile(r"[<>|=]?(f[248]|[iu][1248]|b1|U[1-9]\d{0,3})")


@dataclass(frozen=True, slots=True)
class NpyHeader:
    """What an array announces of itself; `is_fortran` where its columns lie together."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    is_fortran: bool


def read_npy(stream: Stream, place: str) -> NDArray[Any]:
    """An array of numbers or words, which must end where the stream does.

    No more memory is taken than is really there.

    Parameters
    ----------
    place
        What the sentences of errors begin with.

    Raises
    ------
    ValueError
        If it is damaged or too large, or holds anything else, such as Python objects.
    """
    header = read_npy_header(stream, place)
    if math.prod(max(size, 1) for size in header.shape) * header.dtype.itemsize > MAX_BYTES:
        raise ValueError(f"{place} announces the shape {header.shape}: at most 1 GiB can be read")
    expected = math.prod(header.shape) * header.dtype.itemsize
    values = read_up_to(stream, expected)
    if len(values) < expected:
        raise ValueError(
            f"{place} is cut short: it holds {len(values):,} bytes of values where its header announces "
            f"{expected:,}; write or copy the file again"
        )
    if stream.read(1):
        raise ValueError(f"{place} goes on after the {expected:,} bytes its header announces")
    if header.dtype.kind == "U":
        _check_characters(values, header.dtype, place)
    array = np.frombuffer(values, header.dtype).reshape(header.shape, order="F" if header.is_fortran else "C")
    return array.astype(header.dtype.newbyteorder("="), order="C", copy=False)


def read_npy_header(stream: Stream, place: str) -> NpyHeader:
    """What comes before the values; errors as of `read_npy`."""
    start = read_up_to(stream, 8)
    n_length = {1: 2, 2: 4, 3: 4}.get(start[6], 0) if len(start) == 8 else 0
    if start[:6] != b"\x93NUMPY" or not n_length:
        raise ValueError(
            f"{place} is damaged: it does not begin as an array of NumPy does; write it with numpy.savez"
        )
    length = int.from_bytes(read_up_to(stream, n_length), "little")
    if length > LONGEST_HEADER:
        raise ValueError(
            f"{place} announces a header of {length:,} bytes: at most {LONGEST_HEADER:,} can be read"
        )
    words = read_up_to(stream, length).decode("latin-1")
    order = _ORDER.search(words)
    return NpyHeader(_type(words, place), _shape(words, place), order is not None and order[1] == "True")


def _type(words: str, place: str) -> np.dtype[Any]:
    found = _DESCR.search(words)
    if found is None:
        what = "is a table with columns" if _COLUMNS.search(words) else "is damaged, or no array"
        raise ValueError(f"{place} {what}: save plain numbers or words, each array of one type")
    if found[1][-1:] == "O":
        raise ValueError(
            f"{place} holds Python objects (a pickle), which could run any program and are never loaded: "
            "save plain numbers or words, such as with array.astype(np.float32) or array.astype(str)"
        )
    if not _TYPE.fullmatch(found[1]):
        kind = found[1].lstrip("<>|=")
        raise ValueError(
            f"{place} is of the type {kind}, which is no plain number: give whole numbers, floats or words"
        )
    return np.dtype(found[1])


def _shape(words: str, place: str) -> tuple[int, ...]:
    found = _SHAPE.search(words)
    sizes = [] if found is None else [size.strip(" L\n") for size in found[1].split(",") if size.strip()]
    if found is None or len(sizes) > 8 or not all(size.isdigit() and len(size) < 19 for size in sizes):
        raise ValueError(f"{place} is damaged: it has no shape that can be; write it with numpy.savez")
    return tuple(map(int, sizes))


def _check_characters(values: bytearray, dtype: np.dtype[Any], place: str) -> None:
    """Python ends with a SystemError where a number stands for no character."""
    codes = np.frombuffer(values, np.dtype("u4").newbyteorder(dtype.byteorder))
    if ((codes > sys.maxunicode) | ((codes >= 0xD800) & (codes < 0xE000))).any():
        raise ValueError(f"{place} is damaged: some of its words hold what is no character; get a fresh copy")
