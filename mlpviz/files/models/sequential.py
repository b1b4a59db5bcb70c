"""A network as PyTorch's nn.Sequential: its state dict, and the line of Python that builds it."""

import numpy as np

from mlpviz.nn import Affine, BatchNorm, Dropout, Layer, LeakyReLU, Linear, Network, ReLU, Sigmoid, Tanh
from mlpviz.training.array_files import AnyArray


def sequential_source(network: Network) -> str:
    """The line that builds it, such as ``nn.Sequential(nn.Linear(784, 100), nn.ReLU(), …)``."""
    return f"nn.Sequential({', '.join(map(_module, network.layers))})"


def state_dict(network: Network, steps: int) -> dict[str, AnyArray]:
    """What ``load_state_dict`` takes, by position and name; `steps` is how many batches it has seen."""
    state: dict[str, AnyArray] = {}
    for i, layer in enumerate(network.layers):
        if isinstance(layer, Linear):
            state[f"{i}.weight"] = np.ascontiguousarray(layer.weight.T)
            if isinstance(layer, Affine):
                state[f"{i}.bias"] = layer.bias
        elif isinstance(layer, BatchNorm):
            state[f"{i}.weight"] = layer.params["gamma"]
            state[f"{i}.bias"] = layer.params["beta"]
            state[f"{i}.running_mean"] = layer.statistics["mean"]
            state[f"{i}.running_var"] = layer.statistics["variance"]
            state[f"{i}.num_batches_tracked"] = np.array(steps, np.int64)
    return {name: np.ascontiguousarray(array) if array.ndim else array for name, array in state.items()}


def _module(layer: Layer) -> str:
    match layer:
        case Affine():
            return f"nn.Linear({layer.n_in}, {layer.n_out})"
        case Linear():
            return f"nn.Linear({layer.n_in}, {layer.n_out}, bias=False)"
        case BatchNorm():
            return f"nn.BatchNorm1d({layer.n_in}, eps={layer.epsilon:g}, momentum={layer.momentum:g})"
        case LeakyReLU():
            return f"nn.LeakyReLU({layer.slope!r})"
        case Dropout():
            return f"nn.Dropout({layer.rate!r})"
        case ReLU() | Sigmoid() | Tanh():
            return f"nn.{type(layer).__name__}()"
    raise ValueError(f"PyTorch has no counterpart of {type(layer).__name__}")
