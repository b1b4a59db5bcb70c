"""Answers without training: least squares, and the mean image of each class as a template."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mlpviz.nn.arrays import Array
from mlpviz.nn.layers import Affine, Linear


def slope_through_origin(x: Array, targets: Array) -> float:
    """The w that minimises Σ (x w − t)² for one weight and no bias: w = Σ xᵢtᵢ / Σ xᵢ².

    Parameters
    ----------
    x, targets
        As many numbers each, of one shape: (N,) or (N, 1).

    Raises
    ------
    ValueError
        If every x is 0, so that any w fits equally well, or the shapes differ.
    """
    if x.shape != targets.shape:
        raise ValueError(f"x has the shape {x.shape} and targets {targets.shape}: give both the same")
    squares = float((x * x).sum())
    if squares == 0:
        raise ValueError("every x is 0: any slope fits equally well; give an example with another x")
    return float((x * targets).sum()) / squares


def least_squares(x: Array, targets: Array, bias: bool = True) -> Affine:
    """The affine layer of least squared error: no gradient descent can do better on these examples.

    Where several are equally good (inputs that depend on each other), the one of smallest norm.

    Parameters
    ----------
    x, targets
        Inputs (N, n_in) and targets (N, K).
    bias
        Whether the layer may have one; otherwise its bias is 0.
    """
    x, targets = np.asarray(x, np.float64), np.asarray(targets, np.float64)
    columns = np.column_stack([x, np.ones(len(x))]) if bias else x
    solution, *_ = np.linalg.lstsq(columns, targets)
    layer = Affine(x.shape[1], targets.shape[1], initializer="zeros", dtype=np.float64)
    layer.weight[:] = solution[: x.shape[1]]
    if bias:
        layer.bias[:] = solution[-1]
    return layer


def mean_image_templates(x: Array, labels: npt.NDArray[np.int64], n_classes: int) -> Affine:
    """A linear classifier without training: weight column k is the mean image of class k, standardised.

    Each template has its mean subtracted and is divided by its standard deviation, so that a class
    with more ink has no advantage. The scores of a digit are then one matrix product.

    Raises
    ------
    ValueError
        If a class has no example, or its mean image is the same everywhere.
    """
    dtype = x.dtype if np.issubdtype(x.dtype, np.floating) else np.float32
    layer = Affine(x.shape[1], n_classes, initializer="zeros", dtype=dtype)
    for k in range(n_classes):
        members = x[labels == k]
        if len(members) == 0:
            raise ValueError(f"class {k} has no example: a template needs at least one")
        template = members.mean(axis=0, dtype=np.float64)
        if np.ptp(template) == 0:
            raise ValueError(f"the mean image of class {k} is the same everywhere: it can tell nothing apart")
        layer.weight[:, k] = (template - template.mean()) / template.std()
    return layer


def collapsed(layers: Sequence[Linear]) -> Affine:
    """One affine layer that computes what affine layers with nothing between them compute together.

    (xW₁ + b₁)W₂ + b₂ = x W₁W₂ + (b₁W₂ + b₂), so W = W₁W₂ and b = b₁W₂ + b₂; of more layers, one after
    the other. Worked out in float64.

    Raises
    ------
    ValueError
        If there is no layer.
    """
    if not layers:
        raise ValueError("there is no layer to collapse: give at least one")
    weight = layers[0].weight.astype(np.float64)
    bias = layers[0].params.get("bias", np.zeros(layers[0].n_out)).astype(np.float64)
    for layer in layers[1:]:
        weight, bias = weight @ layer.weight, bias @ layer.weight + layer.params.get("bias", 0)
    n_in, n_out = weight.shape
    one = Affine(n_in, n_out, initializer="zeros", dtype=np.float64)
    one.weight[:], one.bias[:] = weight, bias
    return one
