"""The names of the array types that the formulas speak of, where results go, and sums by column."""

import functools
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.floating[Any]]
Arrays: TypeAlias = dict[str, Array]


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
