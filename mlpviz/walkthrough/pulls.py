"""A batch's gradient as the mean of its examples': who pulls a weight up, and who down."""

from dataclasses import dataclass

import numpy as np

from mlpviz.nn import Loss, Network
from mlpviz.nn.arrays import Array


@dataclass(frozen=True, slots=True)
class Pulls:
    """What each example of a batch says of one weight or bias.

    Attributes
    ----------
    gradients
        Of each example's own loss, (N,); a negative one pulls the weight up.
    mean
        The batch's gradient: exactly the mean of them.
    """

    gradients: Array
    mean: float


def pulls_on_weight(
    network: Network, x: Array, targets: Array, loss: Loss, layer: int, source: int | None, unit: int
) -> Pulls:
    """Each example's gradient for one weight of an affine layer, or for a bias if `source` is None.

    Parameters
    ----------
    x, targets
        The batch, (N, n_in) and (N, K).
    """
    trace = network.trace(x, targets, loss)
    upstream = trace.upstream[layer][:, unit].astype(np.float64) * len(x)  # without the mean over the batch
    inputs = 1.0 if source is None else trace.inputs[layer][:, source].astype(np.float64)
    gradients = upstream * inputs
    return Pulls(gradients, float(gradients.mean()))
