"""The names of the array types that the formulas speak of, sums by column, and parameters as one vector."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.floating[Any]]
Arrays: TypeAlias = dict[str, Array]

CACHE_LINE = 64  # bytes


class _New(dict[str, Any]):
    """For every name None, as which NumPy takes it that a result wants a new array."""

    def __missing__(self, name: str) -> None:
        return None


Out: TypeAlias = Mapping[str, Array]
"""The arrays that results are to be written into, by name."""
NEW: Out = _New()
"""No arrays but new ones."""


def column_sums(a: Array, out: Array | None = None) -> Array:
    """a.sum(axis=0) as the product of a row of ones with the matrix, for which BLAS takes half the time."""
    return _ones(len(a), a.dtype).dot(a, out)


@functools.lru_cache(maxsize=8)
def _ones(n: int, dtype: npt.DTypeLike) -> Array:
    return np.ones(n, dtype)


def joined(layers: Sequence[Arrays]) -> Array:
    """The entries of all arrays in one vector, layer by layer: a copy."""
    flat = [array.ravel() for arrays in layers for array in arrays.values()] or [np.empty(0, np.float32)]
    return np.concatenate(flat, out=new_vector(sum(map(len, flat)), np.result_type(*flat)))


def new_vector(n: int, dtype: npt.DTypeLike) -> Array:
    """An array for n numbers that begins at a cache line, where the processor goes through it fastest."""
    size = n * np.dtype(dtype).itemsize
    room = np.empty(size + CACHE_LINE, np.uint8)
    start = -room.ctypes.data % CACHE_LINE
    return room[start : start + size].view(dtype)


def parted(vector: Array, like: Sequence[Arrays]) -> list[Arrays]:
    """Views into a vector, in names and shapes those that were `joined` to it."""
    parts: list[Arrays] = []
    start = 0
    for arrays in like:
        parts.append({})
        for name, array in arrays.items():
            parts[-1][name] = vector[start : start + array.size].reshape(array.shape)
            start += array.size
    return parts
