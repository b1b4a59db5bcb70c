"""One weight's gradient as a sum over the paths from its unit to the loss, each a product of its factors."""

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mlpviz.nn import Linear, Network, Trace
from mlpviz.nn.arrays import Array
from mlpviz.walkthrough.elementwise import slopes


@dataclass(frozen=True, slots=True)
class Factor:
    """One number of a product, with its symbol in words: "W₂[5, 3]", "slope of a₁[5]"."""

    kind: str
    layer: int
    indices: tuple[int, ...]
    value: float


@dataclass(frozen=True, slots=True)
class Path:
    """A way from a weight to the loss.

    Attributes
    ----------
    units
        The unit it goes through in each affine layer, from the weight's own up to the output.
    factors
        From the loss back to the weight; their product is the value.
    value
        What the path adds to the gradient.
    """

    units: tuple[int, ...]
    factors: tuple[Factor, ...]
    value: float


@dataclass(frozen=True, slots=True)
class PathSum:
    """The largest paths of one weight, and the sum of all others, so that the total is the gradient.

    Attributes
    ----------
    total
        The weight's gradient, in float64.
    count
        How many paths there are in all.
    """

    total: float
    paths: tuple[Path, ...]
    remainder: float
    count: int


def paths_of_weight(
    network: Network, trace: Trace, layer: int, source: int, unit: int, most: int = 8
) -> PathSum:
    """The paths of the weight from `source` into `unit` of the affine layer at a position.

    The search goes best first: a half-made path stands for all paths that begin with it, and the largest
    among them is known, for from each unit on the largest way to the loss is found beforehand, from the
    loss down. So the first whole paths to come out are the largest.

    Parameters
    ----------
    trace
        Of one example through this network.
    most
        How many paths to spell out.

    Raises
    ------
    ValueError
        If there is no such weight.
    """
    target = network.layers[layer] if 0 <= layer < len(network.layers) else None
    if not isinstance(target, Linear):
        raise ValueError(f"layer {layer} is not an affine layer, so it has no weights with paths")
    if not (0 <= source < target.weight.shape[0] and 0 <= unit < target.weight.shape[1]):
        n_in, n_out = target.weight.shape
        raise ValueError(f"there is no weight [{source}, {unit}]: the layer is {n_in} x {n_out}")
    affine = [i for i in range(layer, len(network.layers)) if isinstance(network.layers[i], Linear)]
    after = [_slope_after(network, trace, i) for i in affine]
    weights = [network.layers[i].params["weight"].astype(np.float64) for i in affine]
    best = _largest_ways(np.abs(trace.upstream[-1][0]), after, weights)
    start = float(trace.inputs[layer][0, source])
    total = start * float(trace.upstream[layer][0, unit])
    last = len(affine) - 1
    # (the largest path that begins so, its units, the product of the factors so far)
    heap: list[tuple[float, tuple[int, ...], float]] = [(-abs(start) * float(best[0][unit]), (unit,), start)]
    whole: list[Path] = []
    while heap and len(whole) < most:
        _, units, product = heapq.heappop(heap)
        level = len(units) - 1
        if level == last:
            whole.append(_spell_out(network, trace, affine, after, source, units))
            continue
        products = product * after[level][units[-1]] * weights[level + 1][units[-1]]
        sizes = np.abs(products) * best[level + 1]
        for k in np.argsort(-sizes, kind="stable")[:most]:
            heapq.heappush(heap, (-float(sizes[k]), (*units, int(k)), float(products[k])))
    count = math.prod(w.shape[1] for w in weights[1:])
    remainder = total - sum(path.value for path in whole) if len(whole) < count else 0.0
    return PathSum(total, tuple(whole), remainder, count)


def _largest_ways(end: Array, after: Sequence[Array], weights: Sequence[Array]) -> list[Array]:
    """For each affine layer, the largest |product| of factors from each of its units to the loss.

    Parameters
    ----------
    end
        The size of the loss gradient by each output.
    after, weights
        The slopes after each affine layer, and the layers' weights.
    """
    best = [end * np.abs(after[-1])]
    for w, slope in zip(reversed(weights[1:]), reversed(after[:-1]), strict=True):
        best.append(np.abs(slope) * (np.abs(w) * best[-1]).max(axis=1))
    return best[::-1]


def _slope_after(network: Network, trace: Trace, i: int) -> Array:
    """The product of the slopes of what follows affine layer i, up to the next affine layer, per unit."""
    slope = np.ones(trace.outputs[i].shape[1])  # float64
    for k in range(i + 1, len(network.layers)):
        if isinstance(network.layers[k], Linear):
            break
        slope = slope * slopes(network.layers[k], trace.inputs[k])
    return slope


def _spell_out(
    network: Network,
    trace: Trace,
    affine: Sequence[int],
    slopes: Sequence[Array],
    source: int,
    units: tuple[int, ...],
) -> Path:
    last = affine[-1]
    end = trace.upstream[-1][0]
    factors = [Factor("loss", len(network.layers) - 1, (units[-1],), float(end[units[-1]]))]
    if last < len(network.layers) - 1:
        factors.append(Factor("slope", last, (units[-1],), float(slopes[-1][units[-1]])))
    for level in reversed(range(1, len(affine))):
        below, above = units[level - 1], units[level]
        weight = float(network.layers[affine[level]].params["weight"][below, above])
        factors.append(Factor("weight", affine[level], (below, above), weight))
        if affine[level] - affine[level - 1] > 1:
            factors.append(Factor("slope", affine[level - 1], (below,), float(slopes[level - 1][below])))
    factors.append(Factor("input", affine[0], (source,), float(trace.inputs[affine[0]][0, source])))
    return Path(units, tuple(factors), float(np.prod([factor.value for factor in factors])))
