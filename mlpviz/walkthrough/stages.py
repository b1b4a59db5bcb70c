"""What a walkthrough is made of: stages, their quantities and the source code that ran."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlpviz.nn.arrays import Array
from mlpviz.walkthrough.symbols import plain

PHASES = ("forward", "loss", "backward", "update", "after")


@dataclass(frozen=True, slots=True)
class Quantity:
    """One named array of a stage.

    Attributes
    ----------
    symbol
        In LaTeX, such as ``W_1``.
    values
        Without the batch: a scalar (), a vector (n,) or a matrix (n_in, n_out).
    role
        What it is: "value", "parameter", "gradient", "update", "target" or "loss".
    axes
        What each axis counts: "inputs", or "units 1" for the units of layer 1. Equal names mean the
        same things in the same order, so that a choice in one quantity can be lit in all others.
    meaning
        One phrase for people.
    """

    symbol: str
    values: Array
    role: str
    axes: tuple[str, ...]
    meaning: str

    @property
    def name(self) -> str:
        """The symbol as plain text."""
        return plain(self.symbol)


@dataclass(frozen=True, slots=True)
class Code:
    """The lines of a method that runs, and which of them do the work of the stage."""

    place: str
    lines: tuple[str, ...]
    lit: frozenset[int]


@dataclass(frozen=True, slots=True)
class Choice:
    """What the learner points at: a unit of the stage's result, and a source that feeds it."""

    unit: int = 0
    source: int = 0


@dataclass(frozen=True, slots=True)
class Stage:
    """One operation of a pass.

    Attributes
    ----------
    index, phase
        Its place in the walkthrough, and one of PHASES.
    operation
        A short name: "Affine 1", "ReLU", "Loss".
    layer
        The position in ``network.layers``; None for the input, the loss and what follows the update.
    parameter
        Whose gradient or update it is; None for values.
    title
        In words.
    formula
        In general, in LaTeX.
    worked
        The formula with the numbers of a choice put in, in LaTeX.
    words
        One plain sentence about a choice.
    code
        The source that computes it.
    quantities
        Everything in the formula, the result last.
    """

    index: int
    phase: str
    operation: str
    layer: int | None
    parameter: str | None
    title: str
    formula: str
    worked: Callable[[Choice], str]
    words: Callable[[Choice], str]
    code: Code
    quantities: tuple[Quantity, ...]

    @property
    def result(self) -> Quantity:
        """What the stage computes."""
        return self.quantities[-1]

    def quantity(self, symbol: str) -> Quantity:
        """The quantity of that symbol."""
        return next(quantity for quantity in self.quantities if quantity.symbol == symbol)


def code_of(method: Callable[..., Any], *marks: str) -> Code:
    """The source of a method, without its docstring; lines that hold one of `marks` are lit.

    Without marks all lines of the body are.
    """
    lines = inspect.cleandoc("\n" + inspect.getsource(method)).splitlines()
    lines = _without_docstring(lines)
    body = next(i for i, line in enumerate(lines) if line.endswith(":")) + 1  # the signature may be long
    lit = {i for i in range(body, len(lines)) if not marks or any(mark in lines[i] for mark in marks)}
    module = method.__module__.replace(".", "/")
    return Code(f"{module}.py · {method.__qualname__}", tuple(lines), frozenset(lit))


def _without_docstring(lines: Sequence[str]) -> list[str]:
    kept: list[str] = []
    inside = False
    for line in lines:
        quotes = line.count('"""')
        if inside or quotes:
            inside = (quotes % 2 == 1) != inside
            continue
        kept.append(line)
    return kept


def scalar(value: float) -> Array:
    """A number as an array of shape ()."""
    return np.array(value)
