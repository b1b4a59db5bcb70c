"""The layers: each one operation, with its forward formula, its backward formula and its gradients.

Rows are examples: ``x`` is (batch, n_in). The *upstream* gradient is ∂L/∂(the layer's output), the
*downstream* gradient ∂L/∂(its input). What the backward formulas need from the forward pass is handed
over in ``cache``. No call changes a layer. Matrix products are written ``a.dot(b)``: as ``a @ b``, and faster
for small batches.
"""

from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from mlpviz.nn.arrays import NEW, Array, Arrays, Out, column_sums
from mlpviz.nn.initializers import initialize


class Layer:
    """One operation of a network.

    Attributes
    ----------
    params
        What training adjusts, by name. Arrays may be written in place.
    statistics
        What a layer remembers of the batches it was trained on (only BatchNorm does).
    n_in, n_out
        The widths that the layer insists on; None where any width will do.
    """

    params: Arrays
    statistics: Arrays
    n_in: int | None = None
    n_out: int | None = None
    has_kink = False  # does the slope jump where an input is 0?

    def __init__(self) -> None:
        self.params = {}
        self.statistics = {}

    def forward(self, x: Array) -> tuple[Array, Any]:
        """The output y and the cache, as when the network is used."""
        raise TypeError(f"{type(self).__name__} defines no forward formula")

    def forward_training(self, x: Array, rng: np.random.Generator | None) -> tuple[Array, Any]:
        """The same while the network is being trained; most layers see no difference."""
        return self.forward(x)

    def backward(self, upstream: Array, cache: Any) -> Array:
        """The downstream gradient ∂L/∂x."""
        raise TypeError(f"{type(self).__name__} defines no backward formula")

    def gradients(self, upstream: Array, cache: Any, out: Out = NEW) -> Arrays:
        """The gradient of each parameter, under the parameter's name and with its shape.

        They are written into the arrays of those names in ``out``.
        """
        return {}

    def new_statistics(self, cache: Any) -> Arrays:
        """What `statistics` should become after a training batch; the trainer applies it, like an update."""
        return {}

    def copy(self, dtype: npt.DTypeLike | None = None) -> Self:
        """A layer of its own with equal parameters, in another precision if asked."""
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin.params = _copies(self.params, dtype)
        twin.statistics = _copies(self.statistics, dtype)
        return twin


class Linear(Layer):
    """Linear: y = xW, every output a weighted sum of all inputs.

    Parameters
    ----------
    n_in, n_out
        Numbers of inputs and outputs; ``weight`` is (n_in, n_out).
    rng
        Random generator for the initial values.
    initializer
        A name of `mlpviz.nn.INITIALIZERS`, ``"normal(0.1)"`` or ``"values(1.5, -2)"``.
    """

    n_in: int
    n_out: int

    def __init__(
        self,
        n_in: int,
        n_out: int,
        rng: np.random.Generator | None = None,
        initializer: str = "he",
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        self.n_in, self.n_out = _size("n_in", n_in), _size("n_out", n_out)
        self.params["weight"] = initialize(initializer, (n_in, n_out), n_in, n_out, rng, dtype)

    @property
    def weight(self) -> Array:
        """W, shape (n_in, n_out)."""
        return self.params["weight"]

    def forward(self, x: Array) -> tuple[Array, Array]:
        return x.dot(self.weight), x

    def backward(self, upstream: Array, x: Array) -> Array:
        return upstream.dot(self.weight.T)

    def gradients(self, upstream: Array, x: Array, out: Out = NEW) -> Arrays:
        return {
            "weight": x.T.dot(upstream, out["weight"]),
        }


class Affine(Linear):
    """Affine: y = xW + b, every output a weighted sum of all inputs plus a bias.

    Parameters
    ----------
    n_in, n_out
        Numbers of inputs and outputs; ``weight`` is (n_in, n_out), ``bias`` (n_out,).
    rng
        Random generator for the initial values.
    initializer, bias_initializer
        Names of `mlpviz.nn.INITIALIZERS`, ``"normal(0.1)"`` or ``"values(1.5, -2)"``.
    """

    def __init__(
        self,
        n_in: int,
        n_out: int,
        rng: np.random.Generator | None = None,
        initializer: str = "he",
        bias_initializer: str = "zeros",
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        super().__init__(n_in, n_out, rng, initializer, dtype)
        self.params["bias"] = initialize(bias_initializer, (n_out,), n_in, n_out, rng, dtype)

    @property
    def bias(self) -> Array:
        """b, shape (n_out,)."""
        return self.params["bias"]

    def forward(self, x: Array) -> tuple[Array, Array]:
        y = x.dot(self.weight)
        y += self.bias
        return y, x

    def gradients(self, upstream: Array, x: Array, out: Out = NEW) -> Arrays:
        return {
            "weight": x.T.dot(upstream, out["weight"]),
            "bias": column_sums(upstream, out["bias"]),
        }


class ReLU(Layer):
    """ReLU: y = max(0, x), a unit that is silent below zero. Its derivative at 0 is taken as 0."""

    has_kink = True

    def forward(self, x: Array) -> tuple[Array, Array]:
        return np.maximum(x, 0), x

    def backward(self, upstream: Array, x: Array) -> Array:
        return upstream * (x > 0)


class LeakyReLU(Layer):
    """Leaky ReLU: y = x above zero and slope·x below, so that a unit can never die.

    Parameters
    ----------
    slope
        The slope below zero, a small number such as 0.01.
    """

    has_kink = True

    def __init__(self, slope: float = 0.01) -> None:
        super().__init__()
        if not np.isfinite(slope):
            raise ValueError(f"slope must be a finite number, such as 0.01, not {slope}")
        self.slope = float(slope)

    def forward(self, x: Array) -> tuple[Array, Array]:
        return np.where(x > 0, x, self.slope * x), x

    def backward(self, upstream: Array, x: Array) -> Array:
        return np.where(x > 0, upstream, self.slope * upstream)


class Sigmoid(Layer):
    """Sigmoid: y = 1 / (1 + e⁻ˣ), a soft step from 0 to 1."""

    def forward(self, x: Array) -> tuple[Array, Array]:
        y = sigmoid(x)
        return y, y

    def backward(self, upstream: Array, y: Array) -> Array:
        return upstream * y * (1 - y)


class Tanh(Layer):
    """Tanh: y = tanh x, a soft step from −1 to 1."""

    def forward(self, x: Array) -> tuple[Array, Array]:
        y = np.tanh(x)
        return y, y

    def backward(self, upstream: Array, y: Array) -> Array:
        return upstream * (1 - y**2)


class Dropout(Layer):
    """Dropout: in training each input is dropped with probability *rate*, and the rest scaled up to make up.

    Parameters
    ----------
    rate
        The share that is dropped, from 0 up to but not including 1.
    """

    def __init__(self, rate: float = 0.5) -> None:
        super().__init__()
        if not 0 <= rate < 1:
            raise ValueError(f"rate must be at least 0 and less than 1, not {rate}")
        self.rate = float(rate)

    def forward(self, x: Array) -> tuple[Array, Any]:
        return x, 1

    def forward_training(self, x: Array, rng: np.random.Generator | None) -> tuple[Array, Any]:
        if rng is None:
            raise ValueError("dropout draws random numbers in training: pass rng=np.random.default_rng(seed)")
        kept = rng.random(x.shape, np.float32) >= self.rate
        mask = kept.astype(x.dtype) / (1 - self.rate)
        return x * mask, mask

    def backward(self, upstream: Array, mask: Any) -> Array:
        return upstream * mask


class _Normalization(NamedTuple):
    """What BatchNorm hands from forward to backward; `batch_size` is None outside training."""

    normalized: Array
    mean: Array
    variance: Array
    batch_size: int | None


class BatchNorm(Layer):
    """Batch normalisation: y = γ (x − μ)/√(σ² + ε) + β, each unit centred and scaled over the batch.

    Outside training the running mean and variance stand for those of the batch (Ioffe and Szegedy, 2015).

    Parameters
    ----------
    n
        Number of inputs, and of outputs.
    """

    epsilon = 1e-5
    momentum = 0.1

    def __init__(self, n: int, dtype: npt.DTypeLike = np.float32) -> None:
        super().__init__()
        self.n_in = self.n_out = _size("n", n)
        self.params = {"gamma": np.ones(n, dtype), "beta": np.zeros(n, dtype)}
        self.statistics = {"mean": np.zeros(n, dtype), "variance": np.ones(n, dtype)}

    def forward(self, x: Array) -> tuple[Array, _Normalization]:
        return self._normalize(x, self.statistics["mean"], self.statistics["variance"], None)

    def forward_training(self, x: Array, rng: np.random.Generator | None) -> tuple[Array, _Normalization]:
        return self._normalize(x, x.mean(axis=0), x.var(axis=0), len(x))

    def _normalize(
        self, x: Array, mean: Array, variance: Array, batch_size: int | None
    ) -> tuple[Array, _Normalization]:
        normalized = (x - mean) / np.sqrt(variance + self.epsilon)
        y = self.params["gamma"] * normalized + self.params["beta"]
        return y, _Normalization(normalized, mean, variance, batch_size)

    def backward(self, upstream: Array, cache: _Normalization) -> Array:
        u = upstream * self.params["gamma"]
        if cache.batch_size is not None:  # every input also moved the batch's mean and variance
            u = u - u.mean(axis=0) - cache.normalized * (u * cache.normalized).mean(axis=0)
        return u / np.sqrt(cache.variance + self.epsilon)

    def gradients(self, upstream: Array, cache: _Normalization, out: Out = NEW) -> Arrays:
        return {
            "gamma": column_sums(upstream * cache.normalized, out["gamma"]),
            "beta": column_sums(upstream, out["beta"]),
        }

    def new_statistics(self, cache: _Normalization) -> Arrays:
        if cache.batch_size is None:
            return {}
        unbiased = cache.variance * (cache.batch_size / max(cache.batch_size - 1, 1))
        keep = 1 - self.momentum
        return {
            "mean": keep * self.statistics["mean"] + self.momentum * cache.mean,
            "variance": keep * self.statistics["variance"] + self.momentum * unbiased,
        }


LAYERS: dict[str, type[Layer]] = {
    "affine": Affine,
    "linear": Linear,
    "relu": ReLU,
    "leaky_relu": LeakyReLU,
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "dropout": Dropout,
    "batch_norm": BatchNorm,
}


@np.errstate(over="ignore")
def sigmoid(x: Array) -> Array:
    """1 / (1 + e⁻ˣ), for any x: where e⁻ˣ is too large for a float, 1 / ∞ is the 0 that it should be."""
    return 1 / (1 + np.exp(-x))


def _copies(arrays: Arrays, dtype: npt.DTypeLike | None) -> Arrays:
    return {name: array.astype(dtype or array.dtype, order="C") for name, array in arrays.items()}


def _size(name: str, value: int) -> int:
    if not isinstance(value, (int, np.integer)) or value < 1:
        raise ValueError(f"{name} must be a whole number of at least 1, not {value}")
    return value
