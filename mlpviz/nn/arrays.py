"""The names of the array types that the formulas speak of, and parameters as one vector."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.floating[Any]]
Arrays: TypeAlias = dict[str, Array]

NEW: Mapping[str, Array] = MappingProxyType({})
"""Where results go if no arrays are given for them: into new ones."""


def joined(layers: Sequence[Arrays]) -> Array:
    """The entries of all arrays in one vector, layer by layer: a copy."""
    flat = [array.ravel() for arrays in layers for array in arrays.values()]
    return np.concatenate(flat or [np.empty(0, np.float32)])


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
