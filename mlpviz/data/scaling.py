"""The ways to scale stored numbers for a network: x = (stored - shift) * factor."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mlpviz.data.names import unknown_name

SCALINGS: dict[str, str] = {
    "natural": "pixels from 0 to 1, other numbers as they are",
    "signed": "the value range of the data set mapped to -1 to 1",
    "raw": "the numbers as they are stored",
    "standard": "each input minus its mean over the training split, divided by its standard deviation",
}

ROWS_AT_A_TIME = 4096

ScalarOrRow: TypeAlias = np.float32 | NDArray[np.float32]


def shift_and_factor(
    scaling: str, inputs: NDArray[Any], rows: NDArray[np.int64], value_range: tuple[float, float] | None
) -> tuple[ScalarOrRow, ScalarOrRow]:
    """The shift and the factor of a scaling.

    Parameters
    ----------
    scaling : str
        A name in `SCALINGS`.
    inputs : (N, n_in)
    rows : (n,) int64
        The training split, which "standard" measures.
    value_range : (low, high), or None
        What an input can be; None for plain numbers, which "natural" leaves as they are.

    Returns
    -------
    shift, factor : float32 scalars, or (n_in,) float32 for "standard"

    Raises
    ------
    ValueError
        When the scaling is unknown, or "signed" has no value range to map.
    """
    if scaling not in SCALINGS:
        raise unknown_name("scaling", scaling, SCALINGS)
    if scaling == "standard":
        return _centre_and_scale(inputs, rows)
    if scaling == "signed" and value_range is None:
        raise ValueError(
            "scaling 'signed' maps a value range to -1 to 1, but this data set has plain numbers: "
            "choose 'natural', 'standard' or 'raw'"
        )
    if scaling == "raw" or value_range is None:
        return np.float32(0), np.float32(1)
    low, high = value_range
    if scaling == "signed":
        return np.float32((low + high) / 2), np.float32(2 / (high - low))
    return np.float32(low), np.float32(1 / (high - low))


def _centre_and_scale(
    inputs: NDArray[Any], rows: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean and 1 / standard deviation of each input, in float64, a bounded number of rows at a time."""
    blocks = [rows[i : i + ROWS_AT_A_TIME] for i in range(0, len(rows), ROWS_AT_A_TIME)]
    mean = sum(inputs[block].sum(axis=0, dtype=np.float64) for block in blocks) / len(rows)
    squares = sum(((inputs[block] - mean) ** 2).sum(axis=0) for block in blocks)
    # Not "squares == 0": the mean of equal numbers may be off by a rounding, and 1 / deviation would be huge.
    constant = np.all([(inputs[block] == inputs[rows[0]]).all(axis=0) for block in blocks], axis=0)
    deviation = np.where(constant, 1.0, np.sqrt(squares / len(rows)))
    return mean.astype(np.float32), (1 / deviation).astype(np.float32)
