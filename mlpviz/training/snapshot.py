"""A frozen copy of a network after a step, and the one-slot mailbox that carries it between threads."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from mlpviz.nn import Network, Optimizer
from mlpviz.nn.arrays import Array, Arrays


@dataclass(frozen=True)
class Snapshot:
    """The network after a step, with what the step did to it. All arrays are read-only.

    Attributes
    ----------
    step, epoch
        How many steps were made, and in which epoch the last one was (0 before the first).
    network, optimizer
        Frozen copies; the optimizer with what it remembers.
    updates
        Of the last step, one dict a layer in order; empty dicts before the first.
    batch
        The positions in the training split of the examples of the last step.
    upstreams, caches
        What backpropagation left of them, from which `gradients` are made.
    """

    step: int
    epoch: int
    network: Network
    optimizer: Optimizer
    updates: Sequence[Arrays]
    batch: npt.NDArray[np.int64]
    upstreams: Mapping[int, Array] = field(default_factory=dict)
    caches: Sequence[Any] = ()

    @cached_property
    def gradients(self) -> Sequence[Arrays]:
        """Of the last step, one dict a layer in order; empty dicts before the first."""
        return frozen_all(self.network.gradients(self.upstreams, self.caches))


def frozen(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The array itself, made read-only."""
    array.flags.writeable = False
    return array


def freeze(network: Network) -> Network:
    """Make every array of a network read-only, and return it."""
    for layer in network.layers:
        for array in (*layer.params.values(), *layer.statistics.values()):
            frozen(array)
    return network


def frozen_optimizer(optimizer: Optimizer) -> Optimizer:
    """A copy of an optimizer whose memory is read-only."""
    copy = optimizer.copy()
    for array in copy.memory.values():
        frozen(array)
    return copy


def frozen_all(arrays: Sequence[Arrays]) -> list[Arrays]:
    """The arrays themselves by name, one dict a layer, made read-only."""
    return [{name: frozen(array) for name, array in layer.items()} for layer in arrays]


class Mailbox:
    """One slot, filled only when it is empty: a slow reader slows nothing and costs no memory."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._content: Snapshot | None = None

    @property
    def empty(self) -> bool:
        """Whether a snapshot is wanted."""
        return self._content is None

    def put(self, snapshot: Snapshot) -> None:
        """Fill the slot; what nobody took is replaced by what is newer."""
        with self._lock:
            self._content = snapshot

    def take(self) -> Snapshot | None:
        """Empty the slot."""
        with self._lock:
            content, self._content = self._content, None
        return content
