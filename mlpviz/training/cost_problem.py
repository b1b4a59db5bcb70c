"""What a run's loss landscape is made of: the examples, the parameters to choose from, and the optimum."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mlpviz.data import Split
from mlpviz.nn import Loss, Network
from mlpviz.nn.arrays import Array
from mlpviz.training.cost_surface import LossSlice, Sample, losses_of, sample_of
from mlpviz.training.experiment import Experiment
from mlpviz.training.optimum import Optimum, optimum
from mlpviz.training.parameters import (
    MOST_RECORDED,
    Parameter,
    ParameterPath,
    largest_gradients,
    parameters_of,
)

MOST_CHOICES = 60


def landscape_of(experiment: Experiment) -> tuple[Any, ...]:
    """What decides the loss as a function of the parameters: two runs with equal ones share a landscape."""
    e = experiment
    data = (e.dataset, e.input_scaling, e.training_size, e.validation_size)
    drawn = e.seed if e.training_size or e.validation_size else None  # the seed decides the split
    layers = tuple((layer.kind, layer.units) for layer in e.layers)
    return (*data, drawn, e.loss, e.loss_scaling, layers)


@dataclass(frozen=True, slots=True, eq=False)
class CostProblem:
    """All that stays the same while a run trains.

    Attributes
    ----------
    parameters
        Those to choose from: all of a small network, else those of largest gradient before the first step.
    n_parameters
        How many the network has.
    """

    sample: Sample
    loss: Loss
    parameters: tuple[Parameter, ...]
    n_parameters: int
    optimum: Optimum | None

    @classmethod
    def of(cls, initial: Network, split: Split, loss: Loss, input_names: Sequence[str] = ()) -> "CostProblem":
        """The problem of a run, from its network before the first step and its training split."""
        sample = sample_of(split)
        if initial.n_parameters <= MOST_CHOICES:
            parameters = parameters_of(initial, input_names)
        else:
            x, targets = sample.x.astype(np.float32), sample.targets.astype(np.float32)
            with np.errstate(all="ignore"):
                _, gradients = initial.loss_and_gradients(x, targets, loss)
            parameters = largest_gradients(initial, gradients, MOST_CHOICES, input_names)
        best = optimum(initial, sample, loss, input_names)
        return cls(sample, loss, tuple(parameters), initial.n_parameters, best)

    @property
    def is_small(self) -> bool:
        """Whether every step's parameters are kept, and a starting point can be chosen."""
        return self.n_parameters <= MOST_RECORDED

    def holds_others(self, chosen: Sequence[Parameter]) -> bool:
        """Whether there are parameters besides the chosen ones."""
        return self.n_parameters > len(chosen)

    def slice(self, network: Network, chosen: Sequence[Parameter]) -> LossSlice:
        """The loss over the chosen parameters, the others as they are in a network."""
        return LossSlice(network, self.sample, self.loss, chosen)

    def loss_of(self, network: Network) -> float:
        """The loss of a network on the sample."""
        with np.errstate(all="ignore"):
            y = network.astype(np.float64).predict(self.sample.x)
            return float(losses_of(self.loss, y[None], self.sample.targets)[0])

    def losses_along(self, path: ParameterPath, rows: npt.NDArray[np.float32], like: Network) -> Array:
        """The losses of the whole network at rows of its path, (n,)."""
        losses = np.empty(len(rows))
        for k, row in enumerate(rows):
            losses[k] = self.loss_of(path.network_at(row, like))
        return losses
