"""What is measured of every layer as it trains: one entry of `PROBES` each."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from mlpviz.nn import Layer, ReLU, Sigmoid, Tanh
from mlpviz.nn.arrays import Array, Arrays

SPARSELY = 10
"""Measurements that cost more than a glance are made at every tenth step."""

SILENT_FOR = 100
"""A ReLU that has not fired on any example for this many steps counts as dead."""

SATURATED_BELOW = 0.05
"""A sigmoid or tanh unit is saturated where its slope is below this share of its largest slope."""


class Passed(NamedTuple):
    """What one step did, as far as a probe may look at it; all but its number by the layer's position.

    There are gradients before the update, and updates in their place after it. `last_fired` holds, for each
    unit of a ReLU, the step at which it last fired on any example.
    """

    number: int
    layers: Sequence[Layer]
    outputs: Sequence[Array]
    gradients: Sequence[Arrays]
    updates: Sequence[Arrays]
    last_fired: Mapping[int, npt.NDArray[np.int64]]


Measure: TypeAlias = Callable[[Passed, int, str], float]
"""A number of one step: of a layer, by its position, or of one of its parameters, by its name."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One measurement.

    Attributes
    ----------
    title, help
        For the menu, and a sentence on what the number means.
    every
        It is taken at the first step and every so many after.
    applies
        Whether a layer has it at all.
    measure
        The number itself.
    per_parameter
        Whether it is taken of each parameter array, or once a layer.
    of_update
        Whether it looks at the update, which is written over the gradient that other measurements look at.
    """

    title: str
    help: str
    every: int
    per_parameter: bool
    applies: Callable[[Layer], bool]
    measure: Measure
    of_update: bool = False


def norm(array: Array) -> float:
    """The Euclidean norm of all entries, ‖a‖."""
    flat = array.ravel()
    return math.sqrt(flat.dot(flat))


def _gradient_norm(step: Passed, i: int, name: str) -> float:
    return norm(step.gradients[i][name])


def _gradient_largest(step: Passed, i: int, name: str) -> float:
    gradient = step.gradients[i][name]
    return float(max(gradient.max(), -gradient.min()))


def _update_ratio(step: Passed, i: int, name: str) -> float:
    weight = norm(step.layers[i].params[name])
    return norm(step.updates[i][name]) / weight if weight else float("nan")


def _dead_share(step: Passed, i: int, name: str) -> float:
    return _share(step.last_fired[i] <= step.number - SILENT_FOR)


def _saturated_share(step: Passed, i: int, name: str) -> float:
    y = step.outputs[i]
    slope = 4 * y * (1 - y) if isinstance(step.layers[i], Sigmoid) else 1 - y**2
    return _share(slope < SATURATED_BELOW)


def _share(found: npt.NDArray[np.bool_]) -> float:
    return np.count_nonzero(found) / found.size


def _has_params(layer: Layer) -> bool:
    return bool(layer.params)


def can_die(layer: Layer) -> bool:
    """Whether a unit of this layer can fall silent for good."""
    return isinstance(layer, ReLU)


def can_saturate(layer: Layer) -> bool:
    """Whether the layer's slope vanishes for large inputs."""
    return isinstance(layer, (Sigmoid, Tanh))


PROBES: dict[str, Probe] = {
    "gradient_norm": Probe(
        "Gradient norm",
        "The Euclidean norm of the gradient: how steep the loss is in these parameters.",
        1,
        True,
        _has_params,
        _gradient_norm,
    ),
    "gradient_largest": Probe(
        "Largest gradient",
        "The largest absolute entry of the gradient.",
        SPARSELY,
        True,
        _has_params,
        _gradient_largest,
    ),
    "update_ratio": Probe(
        "Update ratio",
        "The norm of the update over the norm of the parameters; in the long run usually a few thousandths.",
        SPARSELY,
        True,
        _has_params,
        _update_ratio,
        of_update=True,
    ),
    "dead_share": Probe(
        "Dead ReLUs",
        f"The share of units that have not fired on any example for {SILENT_FOR} steps.",
        SPARSELY,
        False,
        can_die,
        _dead_share,
    ),
    "saturated_share": Probe(
        "Saturated",
        "The share of outputs on the flat ends of the curve, where hardly any gradient passes.",
        SPARSELY,
        False,
        can_saturate,
        _saturated_share,
    ),
}


def column(probe: str, position: int, name: str = "") -> str:
    """The name of a measurement's column in the history, such as ``gradient_norm.0.weight``."""
    return f"{probe}.{position}.{name}" if name else f"{probe}.{position}"


Plan: TypeAlias = list[tuple[str, Measure, int, str]]
"""What to measure: each column with its measurement, layer and parameter."""


def planned(layers: Sequence[Layer], every: int, of_update: bool = False) -> Plan:
    """What to measure at a step of one rhythm, before the update is known or of the update."""
    return [
        (column(key, i, name), probe.measure, i, name)
        for i, layer in enumerate(layers)
        for key, probe in PROBES.items()
        if (probe.every, probe.of_update) == (every, of_update) and probe.applies(layer)
        for name in (layer.params if probe.per_parameter else [""])
    ]


def measured(plan: Plan, step: Passed) -> dict[str, float]:
    """The numbers of a plan by column."""
    return {key: measure(step, i, name) for key, measure, i, name in plan}
