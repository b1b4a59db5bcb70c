"""What a person asks of a picture in a few words, as choices of the controls that it has."""

from collections.abc import Callable, Mapping
from typing import Any

from mlpviz.data import unknown_name
from mlpviz.training.layer_spec import MOST_UNITS

QUANTITIES = ("weights", "gradient", "update", "change")

Choices = dict[str, Any]


def choices_for(figure: str, wishes: Mapping[str, Any]) -> Choices:
    """The choices that fulfil wishes.

    Parameters
    ----------
    figure
        The picture's name in the catalogue.
    wishes
        By name, of ``layer`` (from 1), ``quantity``, ``unit``, ``units`` (such as ``"3,7,10-12"``),
        ``measure``, ``split``, ``digit``, ``stage``
        and ``page``; those that are None are none.

    Raises
    ------
    ValueError
        If the picture has no such choice.
    """
    wanted = {name: value for name, value in wishes.items() if value is not None}
    known = _WISHES.get(figure, {})
    for name in wanted:
        if name not in known:
            takes = ", ".join(f"--{each}" for each in known) or "none of these"
            raise ValueError(f"the picture {figure!r} has no --{name}: it takes {takes}")
    choices: Choices = {}
    for name, make in known.items():  # a layer is chosen before its unit
        if name in wanted:
            for control, value in make(wanted[name]).items():
                both = isinstance(value, dict) and control in choices
                choices[control] = {**choices[control], **value} if both else value
    return choices


def _layer_of(control: str) -> Callable[[int], Choices]:
    return lambda layer: {control: _from_0(layer)}


def _from_0(layer: int) -> int:
    if layer < 1:
        raise ValueError(f"--layer counts from 1, as on the screen, not {layer}")
    return layer - 1


def _quantity(quantity: str) -> Choices:
    if quantity not in QUANTITIES:
        raise unknown_name("quantity", quantity, QUANTITIES)
    return {f"choice_{quantity}": True}


def _numbers(text: str) -> list[int]:
    """``"3,7,10-12"`` as 3, 7, 10, 11, 12."""
    found: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        is_range = first.isdecimal() and (last.isdecimal() or not dash) and len(first + last) <= 12
        if not is_range or int(first) > int(last or first):
            raise ValueError(f"--units must be numbers such as 3,7,10-12, not {text!r:.40}")
        found += range(int(first), min(int(last or first), MOST_UNITS) + 1)
    return found


def _edges(quantity: str) -> Choices:
    known = {"weights": "choice_edge_weights", "gradient": "choice_edge_gradients"}
    if quantity not in known:
        raise unknown_name("quantity", quantity, known)
    return {known[quantity]: True}


def _split(split: str) -> Choices:
    return {"page_evaluate": {"split": split}}


def _example(digit: int) -> Choices:
    return {"page_evaluate": {"example": digit}}


_JUDGED: dict[str, Callable[[Any], Choices]] = {"split": _split}
_WISHES: dict[str, dict[str, Callable[[Any], Choices]]] = {
    "weights": {
        "layer": _layer_of("choice_layer"),
        "quantity": _quantity,
        "unit": lambda unit: {"card_weights": {"unit": unit, "enlarged": True}},
        "units": lambda units: {"card_weights": {"only": _numbers(units)}},
    },
    "gradients": {"measure": lambda measure: {"choice_measure": measure}},
    "boundary": {
        "unit": lambda unit: {"card_function": {"layer": 0, "unit": unit}},
        "layer": lambda layer: {"card_function": {"layer": _from_0(layer)}},
    },
    "units": {"layer": _layer_of("choice_units_layer")},
    "network": {"quantity": _edges},
    "biases": {"layer": _layer_of("choice_biases_layer")},
    "verdict": {**_JUDGED, "digit": _example},
    "ways": {**_JUDGED, "digit": _example},
    "confusion": _JUDGED,
    "mistakes": _JUDGED,
    "classes": _JUDGED,
    "calibration": _JUDGED,
    "stage": {
        "split": lambda split: {"page_step_through": {"split": split}},
        "digit": lambda digit: {"page_step_through": {"example": digit}},
        "stage": lambda stage: {"page_step_through": {"stage": stage}},
    },
    "window": {"page": lambda page: {"page": page}},
}
