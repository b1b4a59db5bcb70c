"""Why gradients vanish: by what each layer's weights and slopes multiply them on their way down."""

from dataclasses import dataclass

import numpy as np

from mlpviz.data import Splits
from mlpviz.nn import Loss, Network, Trace
from mlpviz.nn.arrays import Array
from mlpviz.training.probes import norm
from mlpviz.training.seeds import stream

EXAMPLES_LOOKED_AT = 100


@dataclass(frozen=True, slots=True)
class Shrinking:
    """How long the gradient is at each layer of a network, and why.

    Layer 1 is the first one with a weight matrix; δ_l is ∂L/∂z_l, with z_l what the affine layer l gives.
    Entries that cannot be computed, because nothing arrived, are NaN.

    Attributes
    ----------
    gradients
        ‖∂L/∂W_l‖ of each layer, (L,).
    deltas
        ‖δ_l‖ of each layer, (L,).
    by_weights
        What W_{l+1}ᵀ multiplies the length by on the way into layer l, (L − 1,).
    by_slopes
        What f' (and whatever else stands between two affine layers) multiplies it by then, (L − 1,).
    """

    gradients: tuple[float, ...]
    deltas: tuple[float, ...]
    by_weights: tuple[float, ...]
    by_slopes: tuple[float, ...]

    @property
    def factors(self) -> tuple[float, ...]:
        """‖δ_l‖ / ‖δ_{l+1}‖, the product of both, (L − 1,)."""
        return tuple(w * s for w, s in zip(self.by_weights, self.by_slopes, strict=True))


def first_examples(splits: Splits, seed: int) -> tuple[Array, Array]:
    """The first hundred examples of the first epoch, the same for runs with the same data and seed."""
    order = stream(seed, "order", 1).permutation(len(splits.training))
    return splits.training.batch(np.sort(order[:EXAMPLES_LOOKED_AT]))


def shrinking(network: Network, x: Array, targets: Array, loss: Loss) -> Shrinking:
    """Measure it on a batch, in evaluation mode: inputs (N, n_in) and targets (N, K)."""
    with np.errstate(all="ignore"):  # a network that diverged has no lengths to tell
        return shrinking_of(network, network.trace(x, targets, loss))


def shrinking_of(network: Network, trace: Trace) -> Shrinking:
    """The same, from a trace that is there already."""
    places = [i for i, layer in enumerate(network.layers) if "weight" in layer.params]
    into = [norm(trace.layers[i].upstream) for i in places]
    below = [norm(trace.layers[i].downstream) for i in places]
    return Shrinking(
        gradients=tuple(norm(trace.layers[i].gradients["weight"]) for i in places),
        deltas=tuple(into),
        by_weights=tuple(map(_ratio, below[1:], into[1:])),
        by_slopes=tuple(map(_ratio, into[:-1], below[1:])),
    )


def operation_factors(trace: Trace) -> tuple[float, ...]:
    """‖downstream‖ / ‖upstream‖ of each operation, in the network's order."""
    return tuple(_ratio(norm(layer.downstream), norm(layer.upstream)) for layer in trace.layers)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")
