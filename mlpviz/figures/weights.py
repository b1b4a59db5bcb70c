"""Weights as pictures: the columns of a matrix as images, from the input, in order, as a histogram."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

ORDERS = ("number", "norm", "vote")


def column_images(matrix: Floats, image_shape: tuple[int, int]) -> Floats:
    """Each column of a matrix as an image: (h·w, n) -> (n, h, w)."""
    return matrix.T.reshape(-1, *image_shape)


def seen_from_input(weights: Sequence[Floats]) -> Floats:
    """The product W₁W₂…: what a unit would weigh each input with if there were nothing between the layers.

    An approximation for looking at: the activations between the layers, and the biases, are left out.
    """
    product = weights[0]
    for weight in weights[1:]:
        product = product @ weight
    return product


def column_norms(matrix: Floats) -> Floats:
    """The Euclidean norm of each column, (n,)."""
    return np.sqrt(np.einsum("ij,ij->j", matrix, matrix))


def unit_order(order: str, weight: Floats, votes: Floats | None) -> NDArray[np.int64]:
    """The units in the order they are shown in.

    Parameters
    ----------
    order
        ``"number"``; ``"norm"``, the largest first; or ``"vote"``, grouped by the output that the unit
        speaks for most.
    weight
        The layer's weight, (n_in, n); a column a unit.
    votes
        The next layer's weight, (n, n_next); None if there is none, and "vote" is by number.
    """
    n = weight.shape[1]
    if order == "norm":
        return np.argsort(-column_norms(weight), kind="stable")
    if order == "vote" and votes is not None:
        return np.lexsort((-votes.max(axis=1), votes.argmax(axis=1)))
    return np.arange(n)


def histogram(values: Floats, bins: int = 61) -> tuple[NDArray[np.int64], float]:
    """Counts of the finite values in equal bins from −limit to limit, and the limit.

    Returns
    -------
    counts
        (bins,); the middle one, of an odd number, holds what is near zero.
    limit
        The largest absolute value; 1 where all are zero.
    """
    flat = values.reshape(-1).astype(np.float64)
    limit = float(max(flat.max(initial=0), -flat.min(initial=0)))
    if not np.isfinite(limit):
        flat = flat[np.isfinite(flat)]
        limit = float(np.abs(flat).max(initial=0))
    limit = limit or 1.0
    places = ((flat / limit + 1) * (bins / 2)).astype(np.int64)
    return np.bincount(np.clip(places, 0, bins - 1), minlength=bins), limit
