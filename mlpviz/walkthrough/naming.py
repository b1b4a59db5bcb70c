"""One pass with names: the symbols, axes and meanings of everything that went through the network."""

from collections.abc import Callable
from typing import Any

import numpy as np

from mlpviz.nn import Linear, Loss, Network, Optimizer, Trace, title
from mlpviz.nn.arrays import Array, Arrays
from mlpviz.walkthrough.elementwise import telling_of
from mlpviz.walkthrough.stages import Choice, Quantity, Stage
from mlpviz.walkthrough.symbols import derivative

PARAMETERS = {
    "weight": ("W", "weights"),
    "bias": ("b", "biases"),
    "gamma": (r"\gamma", "scales γ"),
    "beta": (r"\beta", "shifts β"),
}
"""Symbol and word for each parameter."""

_LETTERS = "acdfghkmnoqruvw"  # without those that mean something else in a formula


class Pass:
    """A traced example, its quantities by name, and the stages told of it so far.

    Layer l on screen is the l-th affine layer and what follows it; the input is not counted.

    Attributes
    ----------
    inputs, outputs
        Of each layer, as quantities.
    answer
        What the loss compares with the target: the outputs, or the probabilities it makes of them.
    """

    def __init__(
        self,
        network: Network,
        x: Array,
        target: Array,
        loss: Loss,
        optimizer: Optimizer,
        trace: Trace,
        updates: list[Arrays],
    ) -> None:
        self.network, self.x, self.target, self.loss = network, x[0], target[0], loss
        self.optimizer, self.trace, self.updates = optimizer, trace, updates
        self.stages: list[Stage] = []
        self.number: list[int] = []
        self.inputs: list[Quantity] = []
        self.outputs: list[Quantity] = []
        self._name_layers()
        self.answer = self.outputs[-1]

    def _name_layers(self) -> None:
        """A number, symbols and axes for each layer; layer l is the l-th affine one and what follows it."""
        symbol, axis, number = "x", "inputs", 0
        meaning = "the example, as the network sees it"
        taken: set[str] = set()
        for i, layer in enumerate(self.network.layers):
            self.inputs.append(Quantity(symbol, self.trace.inputs[i][0], "value", (axis,), meaning))
            if isinstance(layer, Linear):
                number += 1
                axis = f"units {number}"
                letter = "z"
            else:
                letter = telling_of(layer).symbol
            symbol = f"{letter}_{number}"
            while symbol in taken:  # two in a row
                letter = next(other for other in _LETTERS if other > letter)
                symbol = f"{letter}_{number}"
            taken.add(symbol)
            made = "the weighted sums" if letter == "z" else f"what {title(type(layer))} makes of them"
            meaning = f"{made}, layer {number}"
            self.number.append(number)
            self.outputs.append(Quantity(symbol, self.trace.outputs[i][0], "value", (axis,), meaning))

    def operation(self, i: int) -> str:
        """What layer i is called: "Affine 1", "ReLU 1"."""
        return f"{title(type(self.network.layers[i]))} {self.number[i]}"

    def add(self, phase: str, operation: str, layer: int | None, **told: Any) -> None:
        """Tell the next stage."""
        told.setdefault("parameter", None)
        told["worked"], told["words"] = _quietly(told["worked"]), _quietly(told["words"])
        self.stages.append(
            Stage(index=len(self.stages), phase=phase, operation=operation, layer=layer, **told)
        )

    def target_quantity(self) -> Quantity:
        """What the answer should have been."""
        return Quantity("t", self.target, "target", self.outputs[-1].axes, "what the answer should have been")

    def parameter(self, i: int, name: str) -> Quantity:
        """A parameter of layer i."""
        letter, word = PARAMETERS.get(name, (name, name))
        values = self.network.layers[i].params[name]
        axes = (*self.inputs[i].axes, *self.outputs[i].axes)[-values.ndim :]
        meaning = f"the {word} of layer {self.number[i]}"
        return Quantity(f"{letter}_{self.number[i]}", values, "parameter", axes, meaning)

    def gradient_of(self, i: int, name: str) -> Quantity:
        """The gradient of a parameter of layer i."""
        parameter = self.parameter(i, name)
        return Quantity(
            derivative(parameter.symbol),
            self.trace.gradients[i][name],
            "gradient",
            parameter.axes,
            f"how the loss changes with {parameter.meaning}",
        )

    def upstream(self, i: int) -> Quantity:
        """The gradient by what layer i gives."""
        out = self.outputs[i]
        return self._gradient_by(out, self.trace.upstream[i][0])

    def downstream(self, i: int) -> Quantity:
        """The gradient by what goes into layer i."""
        return self._gradient_by(self.inputs[i], self.trace.downstream[i][0])

    @staticmethod
    def _gradient_by(value: Quantity, gradient: Array) -> Quantity:
        meaning = f"how the loss changes with {value.name}"
        return Quantity(derivative(value.symbol), gradient, "gradient", value.axes, meaning)


def _quietly(tell: Callable[[Choice], str]) -> Callable[[Choice], str]:
    """Tell numbers beyond what a float holds as NaN and ∞, without a warning."""

    def told(choice: Choice) -> str:
        with np.errstate(all="ignore"):
            return tell(choice)

    return told
