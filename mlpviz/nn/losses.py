"""The losses: how wrong an output is, as one number, and the gradient that starts backpropagation.

``y`` is the network's output and ``targets`` what it should have been, both (N, K). The mean over
the N examples is taken here, once; the gradients of parameters are then plain sums over the rows.
"""

import numpy as np

from mlpviz.nn.arrays import Array
from mlpviz.nn.layers import sigmoid


class Loss:
    """A function of outputs and targets that training makes small."""

    on_scores = False  # does the loss itself turn the network's outputs into probabilities?

    def value(self, y: Array, targets: Array) -> float:
        """L, one number for the whole batch."""
        raise TypeError(f"{type(self).__name__} defines no value")

    def gradient(self, y: Array, targets: Array) -> Array:
        """∂L/∂y, shape (N, K)."""
        raise TypeError(f"{type(self).__name__} defines no gradient")

    def probabilities(self, y: Array) -> Array:
        """What the outputs say of each class: the outputs themselves, unless they are scores."""
        return y


class SquaredError(Loss):
    """Squared error: the squared differences between output and target, summed over the outputs.

    Parameters
    ----------
    scaling
        ``"sum"``: (1/N) Σᵢ Σⱼ (y−t)², the L2 loss; ``"mean"``: also divided by the K outputs, the MSE;
        ``"half"``: (1/N) Σᵢ ½ Σⱼ (y−t)².
    """

    scalings = ("sum", "mean", "half")

    def __init__(self, scaling: str = "sum") -> None:
        if scaling not in self.scalings:
            raise ValueError(f"unknown scaling {scaling!r}: use one of {', '.join(self.scalings)}")
        self.scaling = scaling

    def value(self, y: Array, targets: Array) -> float:
        difference = y - targets
        return float(self._factor(y) * np.vdot(difference, difference))  # the sum of its squares

    def gradient(self, y: Array, targets: Array) -> Array:
        return 2 * self._factor(y) * (y - targets)

    def _factor(self, y: Array) -> float:
        n, k = y.shape
        return 1 / (n * {"sum": 1, "mean": k, "half": 2}[self.scaling])


class SoftmaxCrossEntropy(Loss):
    """Softmax cross-entropy, on scores: −(1/N) Σᵢ Σⱼ t log softmax(z), for exclusive classes."""

    on_scores = True

    def value(self, z: Array, targets: Array) -> float:
        return float(-(targets * log_softmax(z)).sum() / len(z))

    def gradient(self, z: Array, targets: Array) -> Array:
        return (softmax(z) - targets) / len(z)

    def probabilities(self, z: Array) -> Array:
        return softmax(z)


class BinaryCrossEntropy(Loss):
    """Binary cross-entropy, on scores: each output its own yes or no.

    (1/N) Σᵢ Σⱼ [t log(1 + e⁻ᶻ) + (1 − t) log(1 + eᶻ)].
    """

    on_scores = True

    def value(self, z: Array, targets: Array) -> float:
        wrong = targets * np.logaddexp(0, -z) + (1 - targets) * np.logaddexp(0, z)
        return float(wrong.sum() / len(z))

    def gradient(self, z: Array, targets: Array) -> Array:
        return (sigmoid(z) - targets) / len(z)

    def probabilities(self, z: Array) -> Array:
        return sigmoid(z)


LOSSES: dict[str, type[Loss]] = {
    "squared_error": SquaredError,
    "softmax_cross_entropy": SoftmaxCrossEntropy,
    "binary_cross_entropy": BinaryCrossEntropy,
}


def log_softmax(z: Array) -> Array:
    """log softmax(z) by row; shifting by the largest score changes nothing but keeps eᶻ in range."""
    shifted = z - z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def softmax(z: Array) -> Array:
    """eᶻ divided by the sum of its row: positive numbers that add up to 1."""
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
