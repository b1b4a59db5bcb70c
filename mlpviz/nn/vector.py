"""Arrays of all layers as parts of one vector: what is done to it is done to all of them at once."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mlpviz.nn.arrays import Array, Arrays

CACHE_LINE = 64  # bytes


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
