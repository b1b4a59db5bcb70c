"""A trace of one example, told as an ordered list of stages: forward, loss, backward, update, and after."""

from dataclasses import dataclass

import numpy as np

from mlpviz.nn import Linear, Loss, Network, Optimizer, Trace
from mlpviz.nn.arrays import Array, Arrays
from mlpviz.walkthrough.backward import tell_back_sums, tell_gradient, tell_units_back
from mlpviz.walkthrough.forward import tell_input, tell_sums, tell_units
from mlpviz.walkthrough.judging import tell_loss, tell_loss_gradient, tell_probabilities
from mlpviz.walkthrough.naming import Pass
from mlpviz.walkthrough.stages import Stage
from mlpviz.walkthrough.updating import tell_after, tell_update


@dataclass(frozen=True, slots=True)
class Walkthrough:
    """One example's pass through a network and back, and what its own update would do.

    Attributes
    ----------
    network, loss
        What was traced, pinned: nothing here changes while training goes on.
    x, target
        The example, (1, n_in) and (1, K).
    trace
        Every number of the pass.
    updates
        What the optimizer would add for this example alone, one dict a layer.
    stages
        The story.
    """

    network: Network
    loss: Loss
    x: Array
    target: Array
    trace: Trace
    updates: list[Arrays]
    stages: tuple[Stage, ...]


def walk(network: Network, x: Array, target: Array, loss: Loss, optimizer: Optimizer) -> Walkthrough:
    """Tell the pass of one example.

    Parameters
    ----------
    network
        Is not changed.
    x, target
        One example: (1, n_in) and (1, K), or without the first axis.
    optimizer
        Asked for the update that this example alone would make; its memory is not changed.

    Raises
    ------
    ValueError
        If a shape does not fit the network, or it is more than one example.
    """
    x, target = np.atleast_2d(x), np.atleast_2d(target)
    if len(x) != 1:
        raise ValueError(f"a walkthrough follows one example, not {len(x)}")
    with np.errstate(all="ignore"):  # NaN weights are shown as what they are
        y = network.predict(x)
        if target.shape != y.shape:
            raise ValueError(
                f"a target is one number for each of the {y.shape[1]} outputs, not of shape {target.shape}"
            )
        trace = network.trace(x, target, loss)
        updates = optimizer.copy().updates(network.params, trace.gradients)
        stages = _tell(Pass(network, x, target, loss, optimizer, trace, updates))
    return Walkthrough(network, loss, x, target, trace, updates, stages)


def _tell(p: Pass) -> tuple[Stage, ...]:
    layers = p.network.layers
    tell_input(p)
    for i, layer in enumerate(layers):
        tell_sums(p, i, layer) if isinstance(layer, Linear) else tell_units(p, i, layer)
    tell_probabilities(p)
    tell_loss(p)
    tell_loss_gradient(p)
    for i, layer in reversed(list(enumerate(layers))):
        for name in layer.params:
            tell_gradient(p, i, layer, name)
        tell_back_sums(p, i, layer) if isinstance(layer, Linear) else tell_units_back(p, i, layer)
    for i, layer in enumerate(layers):
        for name in layer.params:
            tell_update(p, i, layer, name)
    tell_after(p)
    return tuple(p.stages)
