"""The optimizers: what is added to each parameter, given its gradient (PyTorch's forms)."""

from collections.abc import Sequence
from typing import Self

import numpy as np

from mlpviz.nn.arrays import Array, Arrays
from mlpviz.nn.vector import joined, parted


class Optimizer:
    """Turns gradients into updates; the caller adds them to the parameters.

    Attributes
    ----------
    learning_rate, weight_decay
        May be changed between two steps.
    memory
        What is remembered from step to step, by name: arrays in the shape of the weights.
    remembers
        The names of those arrays.
    """

    remembers: tuple[str, ...] = ()

    def __init__(self, learning_rate: float, weight_decay: float = 0.0) -> None:
        self.learning_rate = float(learning_rate)
        self.weight_decay = float(weight_decay)
        self.memory: Arrays = {}

    def copy(self) -> Self:
        """An optimizer of its own with the same settings and memory."""
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin.memory = {name: np.array(array) for name, array in self.memory.items()}
        return twin

    def updates(self, params: Sequence[Arrays], gradients: Sequence[Arrays]) -> list[Arrays]:
        """Δw for every parameter of every layer, in the shapes of ``params``."""
        pairs = zip(params, gradients, strict=True)
        gradient = joined([{name: given[name] for name in layer} for layer, given in pairs])
        return parted(self.update(joined(params), gradient), params)

    def update(self, weight: Array, gradient: Array) -> Array:
        """Δw for weights of any shape, each by itself; it is written over the gradient."""
        raise TypeError(f"{type(self).__name__} defines no update")

    def _kept(self, name: str, gradient: Array) -> Array:
        """What is remembered under a name, at first zeros; it may be written in place."""
        if name not in self.memory:
            self.memory[name] = np.zeros_like(gradient)
        return self.memory[name]

    def _decayed(self, weight: Array, gradient: Array) -> Array:
        if self.weight_decay:
            gradient += self.weight_decay * weight
        return gradient


class SGD(Optimizer):
    """Stochastic gradient descent: a step against the gradient, with momentum if wanted.

    v ← μv + g, then Δw = −ηv, or −η(g + μv) with Nesterov's look ahead.
    """

    remembers = ("velocity",)

    def __init__(
        self, learning_rate: float, momentum: float = 0.0, nesterov: bool = False, weight_decay: float = 0.0
    ) -> None:
        super().__init__(learning_rate, weight_decay)
        self.momentum = float(momentum)
        self.nesterov = nesterov

    def update(self, weight: Array, gradient: Array) -> Array:
        g = self._decayed(weight, gradient)
        if self.momentum == 0:
            self.memory.clear()  # a velocity gathered under an earlier momentum is over
            g *= -self.learning_rate
            return g
        v = self._kept("velocity", g)
        v *= self.momentum
        v += g
        step = g + self.momentum * v if self.nesterov else v
        return np.multiply(step, -self.learning_rate, out=g)


class RMSProp(Optimizer):
    """RMSProp: each entry's step is divided by the root of its recent mean squared gradient.

    s ← 0.99 s + 0.01 g², then Δw = −η g/(√s + ε).
    """

    remembers = ("mean_square",)
    decay = 0.99
    epsilon = 1e-8

    def update(self, weight: Array, gradient: Array) -> Array:
        g = self._decayed(weight, gradient)
        s = self._kept("mean_square", g)
        s *= self.decay
        s += (1 - self.decay) * g**2
        g *= -self.learning_rate
        g /= np.sqrt(s) + self.epsilon
        return g


class Adam(Optimizer):
    """Adam: momentum and RMSProp together, both corrected for their start at zero (Kingma and Ba, 2015).

    m ← 0.9 m + 0.1 g, s ← 0.999 s + 0.001 g², then Δw = −η m̂/(√ŝ + ε).
    """

    remembers = ("mean", "mean_square", "step")
    beta1 = 0.9
    beta2 = 0.999
    epsilon = 1e-8

    def update(self, weight: Array, gradient: Array) -> Array:
        g = self._decayed(weight, gradient)
        m, s = self._kept("mean", g), self._kept("mean_square", g)
        m *= self.beta1
        m += (1 - self.beta1) * g
        s *= self.beta2
        s += (1 - self.beta2) * g**2
        step = self.memory["step"] = np.asarray(self.memory.get("step", 0) + 1.0)
        m_corrected = np.divide(m, float(1 - self.beta1**step), out=g)
        s_corrected = s / float(1 - self.beta2**step)
        m_corrected *= -self.learning_rate
        m_corrected /= np.sqrt(s_corrected) + self.epsilon
        return m_corrected


OPTIMIZERS: dict[str, type[Optimizer]] = {"sgd": SGD, "rmsprop": RMSProp, "adam": Adam}
