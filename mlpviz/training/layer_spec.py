"""One layer of an experiment in words: its kind and options, before there are any numbers."""

import inspect
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from mlpviz.data import unknown_name
from mlpviz.nn import LAYERS, Layer, Linear, given_values

MOST_UNITS = 100_000  # a typing mistake should not ask for more memory than there is

TYPE_WORDS: dict[type, str] = {float: "a number", int: "a whole number", bool: "true or false", str: "a text"}

_BY_PLACE = ("n_in", "n", "rng", "dtype")  # given by the place in the network, not by the experiment


@dataclass(frozen=True, slots=True)
class Option:
    """What a kind of layer can be told: a value's type and default (None: it must be given)."""

    type: type
    default: Any


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """A kind of layer, a key of `mlpviz.nn.LAYERS`, and what it is told."""

    kind: str
    options: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_table(cls, table: Mapping[str, Any], position: int) -> Self:
        """The layer that a TOML table describes; errors name its position in the network."""
        where = f"layers.{position}"
        if "kind" not in table:
            raise ValueError(f"{where} needs a kind, such as kind = 'relu': known are {', '.join(LAYERS)}")
        kind = table["kind"]
        if not isinstance(kind, str) or kind not in LAYERS:
            raise unknown_name(f"kind of layer in {where},", str(kind), LAYERS)
        known = layer_options(kind)
        given = {name: value for name, value in table.items() if name != "kind"}
        for name, value in given.items():
            if name not in known:
                takes = ", ".join(known) or "no options"
                raise ValueError(f"{where}: {kind} has no option {name!r:.80}: it takes {takes}")
            given[name] = _checked(f"{where}.{name}", known[name].type, value)
        for name, option in known.items():
            if option.default is None and name not in given:
                raise ValueError(f"{where}: {kind} needs {name}, such as {name} = 10")
        if not 1 <= given.get("units", 1) <= MOST_UNITS:
            raise ValueError(f"{where}.units must be from 1 to {MOST_UNITS}, not {given['units']}")
        spec = cls(kind, given)
        try:
            # The layer itself knows which values make sense; how many inputs it gets is not known yet.
            spec.build(spec._likely_inputs(), np.random.default_rng(0))
        except ValueError as error:
            raise ValueError(f"{where}: {error}") from error
        return spec

    def as_table(self) -> dict[str, Any]:
        """The layer as it stands in a TOML file."""
        return {"kind": self.kind, **self.options}

    @property
    def units(self) -> int | None:
        """How many outputs the layer has; None where it has as many as inputs."""
        return self.options.get("units")

    @property
    def has_weight(self) -> bool:
        """Whether it is a layer of weighted sums: on screen it counts as layer 1, 2 and so on."""
        return issubclass(LAYERS[self.kind], Linear)

    def _likely_inputs(self) -> int:
        """As many inputs as an initializer gives numbers for; 1 where it gives none."""
        values = given_values(self.options.get("initializer", ""))
        units = self.units or 1
        if values is None:
            return 1
        if len(values) % units:
            raise ValueError(
                f"initializer values(…) has {len(values)} numbers: give {units} for each input, one a unit"
            )
        return len(values) // units

    def build(self, n_in: int, rng: np.random.Generator) -> Layer:
        """The layer itself, for `n_in` inputs, its initial values drawn from `rng`."""
        wanted = inspect.signature(LAYERS[self.kind]).parameters
        options = {"n_out" if name == "units" else name: value for name, value in self.options.items()}
        place = {"n_in": n_in, "n": n_in, "rng": rng}
        return LAYERS[self.kind](**options, **{name: place[name] for name in place if name in wanted})


def layer_options(kind: str) -> dict[str, Option]:
    """What a kind of layer can be told, read off the class itself."""
    options = {}
    for name, parameter in inspect.signature(LAYERS[kind]).parameters.items():
        if name not in _BY_PLACE:
            default = None if parameter.default is inspect.Parameter.empty else parameter.default
            options["units" if name == "n_out" else name] = Option(parameter.annotation, default)
    return options


def _checked(name: str, wanted: type, value: Any) -> Any:
    """The value as the wanted type, or a sentence on what is wrong with it."""
    if wanted is float and type(value) is int:
        value = as_float(value)
    if type(value) is not wanted:
        raise ValueError(f"{name} must be {TYPE_WORDS[wanted]}, not {value!r:.80}")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{name} must be a finite number, not {value}")
    return value


def as_float(value: int) -> float:
    """A whole number as a float; infinite where it has too many digits for one."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
