"""Columns of numbers out of an NPZ file that nobody vouches for: no objects, no surprises."""

import io
from pathlib import Path
from typing import Any

import numpy as np

from mlpviz.files.parts import read_zip

FLOAT64 = np.dtype("<f8")
Columns = dict[str, np.ndarray[Any, Any]]


def read_columns(content: bytes, place: Path) -> Columns:
    """The arrays in the bytes of an NPZ file, by name: one-dimensional, and float64.

    Raises
    ------
    ValueError
        If it is none, is damaged, or holds anything else; the sentence names the column.
    """
    entries = read_zip(io.BytesIO(content), place)
    columns: Columns = {}
    for entry, data in entries.items():
        if not entry.endswith(".npy"):
            raise ValueError(f"{place} holds {entry!r}, which is no array")
        columns[entry.removesuffix(".npy")] = _column(data, place / entry)
    return columns


def _column(data: bytes, place: Path) -> np.ndarray[Any, Any]:
    file = io.BytesIO(data)
    try:
        major, _ = np.lib.format.read_magic(file)
        if major != 1:
            raise ValueError("its header is not of version 1")
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    except (ValueError, TypeError, SyntaxError, RecursionError, OverflowError) as error:
        raise ValueError(f"{place}: no array that NumPy wrote: {' '.join(str(error).split())}") from error
    left = len(data) - file.tell()
    if dtype != FLOAT64 or len(shape) != 1 or shape[0] * FLOAT64.itemsize != left:
        raise ValueError(f"{place}: {dtype} of shape {shape} in {left} bytes, but a column is float64 (n,)")
    return np.frombuffer(data, FLOAT64, offset=file.tell())
