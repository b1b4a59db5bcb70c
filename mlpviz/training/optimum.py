"""The parameters of least loss where a formula gives them, or the valley of equally good ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mlpviz.nn import Linear, Loss, Network, SquaredError, least_squares, slope_through_origin
from mlpviz.nn.arrays import Array, Arrays
from mlpviz.training.cost_surface import Sample
from mlpviz.training.parameters import MOST_RECORDED, Parameter

_NOTHING = 1e-6  # a smaller part of a direction is rounding


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """The closed-form solution.

    Attributes
    ----------
    params
        One dict, of the network's one layer; of several equally good solutions the smallest.
    loss
        The least loss there is.
    valley
        Directions along which the loss stays the same, each like `params`; none if the optimum is one point.
    sentence
        Why there is a valley; empty where there is none.
    """

    params: Arrays
    loss: float
    valley: tuple[Arrays, ...]
    sentence: str

    def at(self, parameters: Sequence[Parameter]) -> tuple[float, ...]:
        """Some of its parameters."""
        return tuple(p.of([self.params]) for p in parameters)

    def as_network(self, like: Network) -> Network:
        """A network of least loss, otherwise like another."""
        network = like.copy()
        for name, array in self.params.items():
            network.params[0][name][...] = array
        return network

    def direction(self, parameters: Sequence[Parameter]) -> tuple[float, ...] | None:
        """The valley's direction in the plane of some parameters; None where none lies in that plane."""
        for valley in self.valley:
            inside = np.array([p.of([valley]) for p in parameters])
            whole = sum(float((array**2).sum()) for array in valley.values())
            if (inside**2).sum() > (1 - _NOTHING) * whole:
                return tuple(float(part) for part in inside)
        return None


def optimum(network: Network, sample: Sample, loss: Loss, input_names: Sequence[str] = ()) -> Optimum | None:
    """Least squares, for one layer of weighted sums with the squared error on all examples; else None."""
    layer = network.layers[0]
    if len(network.layers) > 1 or not isinstance(layer, Linear) or not isinstance(loss, SquaredError):
        return None
    if not sample.is_whole or network.n_parameters > MOST_RECORDED:
        return None
    bias = "bias" in layer.params
    x, targets = sample.x, sample.targets
    params: Arrays
    if not bias and x.shape[1] == targets.shape[1] == 1 and x.any():
        params = {"weight": np.array([[slope_through_origin(x, targets)]])}
    else:
        solution = least_squares(x, targets, bias)
        params = {name: solution.params[name] for name in layer.params}
    y = x @ params["weight"] + (params["bias"] if bias else 0)
    directions = _free_directions(np.column_stack([x, np.ones(len(x))]) if bias else x)
    valley = tuple(_as_params(direction, layer, j) for direction in directions for j in range(y.shape[1]))
    return Optimum(params, loss.value(y, targets), valley, _sentence(directions, bias, input_names))


def _free_directions(columns: Array) -> Array:
    """Directions in which the parameters can go without any effect: (nullity, n_columns)."""
    _, sizes, directions = np.linalg.svd(np.linalg.qr(columns, mode="r"), full_matrices=True)
    rank = int((sizes > sizes.max(initial=0.0) * max(columns.shape) * np.finfo(float).eps * 10).sum())
    return directions[rank:]


def _as_params(direction: Array, layer: Linear, unit: int) -> Arrays:
    params: Arrays = {name: np.zeros(array.shape) for name, array in layer.params.items()}
    n_in = len(params["weight"])
    params["weight"][:, unit] = direction[:n_in]
    if "bias" in params:
        params["bias"][unit] = direction[n_in]
    return params


def _sentence(directions: Array, bias: bool, input_names: Sequence[str]) -> str:
    if len(directions) == 0:
        return ""
    n_in = directions.shape[1] - bias
    names = input_names or (["x"] if n_in == 1 else [f"x[{i}]" for i in range(n_in)])
    involved = np.abs(directions).max(axis=0) > _NOTHING
    inputs = [name for name, part in zip(names, involved[:n_in], strict=True) if part]
    with_bias = bool(bias and involved[-1])
    if len(inputs) == 1 and with_bias:
        why = f"{inputs[0]} is the same in every example, so its weight and the bias do the same work"
    elif len(inputs) == 1:
        why = f"{inputs[0]} is 0 in every example, so its weight changes nothing"
    else:
        why = f"{_listed([*inputs, 'a constant'] if with_bias else inputs)} depend on each other"
    where = "this line" if len(directions) == 1 else "these directions"
    return f"There is no single optimum: any point along {where} fits equally well, for {why}."


def _listed(names: Sequence[str]) -> str:
    shown = [*names[:3], f"{len(names) - 3} more"] if len(names) > 4 else list(names)
    return " and ".join([", ".join(shown[:-1]), shown[-1]])
