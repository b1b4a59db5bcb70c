"""Which arrays of a file of weights make one layer, by their names, and in which order the layers come."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mlpviz.training.array_files import AnyArray, ArrayFile, short

TORCH_ONLY = ("running_mean", "running_var", "num_batches_tracked")
NUMPY_ONLY = ("gamma", "beta", "kernel", "moving_mean", "moving_variance")
"""What PyTorch never calls an array, and those who write ``x @ W`` may."""

_ROLES = {
    "num_batches_tracked": "",  # needed by nobody
    "running_mean": "mean",
    "running_var": "variance",
    "moving_mean": "mean",
    "moving_variance": "variance",
    "variance": "variance",
    "weights": "weight",
    "kernel": "weight",
    "weight": "weight",
    "bias": "bias",
    "gamma": "gamma",
    "beta": "beta",
    "mean": "mean",
}
_NUMBERED = re.compile(r"(?i)(w|weights?|coefs|b|bias|biases|intercepts)_?(\d{1,6})")
_POSITIONAL = re.compile(r"arr_(\d{1,6})")
_IS_BIAS = ("b", "bias", "biases", "intercepts")
_KNOWN_NAMES = "'0.weight' and '0.bias', 'fc1.weight', 'layer1/weight', 'W1' and 'b1', or 'arr_0', 'arr_1', …"


@dataclass(frozen=True, slots=True, eq=False)
class NamedLayer:
    """The arrays of one layer.

    Attributes
    ----------
    name
        What the file calls the layer, such as ``"model.0"``; short of what all layers' names begin with.
    arrays
        By role: weight, bias; gamma, beta, mean, variance for batch normalisation.
    names
        What the file calls each of them, by role.
    """

    name: str
    arrays: Mapping[str, AnyArray]
    names: Mapping[str, str]

    @property
    def is_batch_norm(self) -> bool:
        return "gamma" in self.arrays

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers in its name."""
        return tuple(map(int, re.findall(r"\d{1,9}", self.name)))


@dataclass(frozen=True, slots=True, eq=False)
class NamedLayers:
    """All layers of a file, and the names of what belongs to none.

    `in_order` says whether the names tell the order; `sequential` whether they are the positions in a
    sequence that also counts operations without parameters, as in PyTorch's ``nn.Sequential``.
    """

    layers: tuple[NamedLayer, ...]
    ignored: tuple[str, ...]
    in_order: bool
    sequential: bool


def named_layers(file: ArrayFile) -> NamedLayers:
    """The layers of a file of weights, in the order of the numbers in their names.

    Raises
    ------
    ValueError
        If a name is of no known kind, or a layer is of none; the sentence names file and array.
    """
    groups, ignored = _groups(file)
    if not groups:
        raise ValueError(f"{file.path}: holds no weights: name them {_KNOWN_NAMES}")
    positions = all(re.fullmatch(r"\d{1,6}", name) for name in groups)
    counted = any(_NUMBERED.fullmatch(name) for name in file.arrays) or _is_positional(file)
    sequential = positions and not counted
    layers = [_layer(file, name, members) for name, members in groups.items()]
    in_order = len(layers) == 1 or all(layer.numbers for layer in layers)
    if in_order:
        layers.sort(key=lambda layer: (layer.numbers, layer.is_batch_norm))
    return NamedLayers(tuple(layers), tuple(ignored), in_order, sequential)


def _groups(file: ArrayFile) -> tuple[dict[str, dict[str, str]], list[str]]:
    """For each layer's name its arrays' names by role; and what is left over."""
    if _is_positional(file):
        return _positional_groups(file), []
    groups: dict[str, dict[str, str]] = {}
    ignored = []
    for name, array in file.arrays.items():
        layer, role = _layer_and_role(name)
        if role == "" or (role is None and array.ndim == 0):
            ignored.append(name)
            continue
        if role is None:
            raise ValueError(
                f"{file.path}: {short(name)!r} is no name of weights that mlpviz knows: use {_KNOWN_NAMES}"
            )
        if role in groups.setdefault(layer, {}):
            other = short(groups[layer][role])
            raise ValueError(f"{file.path}: {short(name)!r} and {other!r} are the same thing twice: keep one")
        groups[layer][role] = name
    return _without_prefix(groups), ignored


def _layer_and_role(name: str) -> tuple[str, str | None]:
    """Which layer an array belongs to, and as what: None if the name says nothing, "" for a by-product."""
    if match := _NUMBERED.fullmatch(name):
        return match[2], "bias" if match[1].lower() in _IS_BIAS else "weight"
    for word, role in _ROLES.items():
        if name == word:
            return "", role
        if name.endswith(word) and name[-len(word) - 1] in "./_":
            return name[: -len(word) - 1], role
    return name, None


def _is_positional(file: ArrayFile) -> bool:
    return all(_POSITIONAL.fullmatch(name) for name in file.arrays)


def _positional_groups(file: ArrayFile) -> dict[str, dict[str, str]]:
    """Weights with the bias that follows each, of arrays that have only numbers."""
    groups: dict[str, dict[str, str]] = {}
    for name in sorted(file.arrays, key=lambda name: int(name.removeprefix("arr_"))):
        n_axes = file.arrays[name].ndim
        if n_axes == 1 and groups and "bias" not in (last := groups[list(groups)[-1]]):
            last["bias"] = name
        elif n_axes == 2:
            groups[str(len(groups))] = {"weight": name}
        else:
            raise ValueError(
                f"{file.path}: {name} has {n_axes} axes: give weights (2 axes), each with its bias (1 axis) "
                "after it, or name the arrays 'W1', 'b1' and so on"
            )
    return groups


def _without_prefix(groups: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Names short of the parts that all begin with, such as ``model.``."""
    parts = {name: re.split(r"[./]", name) for name in groups}
    while all(len(each) > 1 for each in parts.values()) and len({each[0] for each in parts.values()}) == 1:
        parts = {name: each[1:] for name, each in parts.items()}
    return {".".join(parts[name]): members for name, members in groups.items()}


def _layer(file: ArrayFile, name: str, members: Mapping[str, str]) -> NamedLayer:
    """A layer of weighted sums, or of batch normalisation, with the arrays that it needs."""
    arrays = {role: file.arrays[full] for role, full in members.items()}
    for role, array in arrays.items():
        if array.dtype.kind not in "fiu":
            raise ValueError(f"{file.path}: {short(members[role])} is {array.dtype}: save it as float32")
    first = short(next(iter(members.values())))
    weight = arrays.get("weight")
    if {"gamma", "beta"} <= arrays.keys() or "mean" in arrays or "variance" in arrays:
        return _batch_norm(file, name, arrays, members)
    if weight is None:
        raise ValueError(
            f"{file.path}: {first} has no weight beside it: give each layer a weight, and a bias if it has "
            "one"
        )
    if weight.ndim == 1 and "bias" in arrays:
        raise ValueError(
            f"{file.path}: {short(members['weight'])} has one axis and no running mean, as in layer "
            "normalisation: mlpviz knows linear layers and batch normalisation only"
        )
    if weight.ndim != 2 or 0 in weight.shape:
        raise ValueError(
            f"{file.path}: {short(members['weight'])} has the shape {weight.shape}: mlpviz reads networks of "
            "linear layers, whose weight has two axes (convolutions are not among them)"
        )
    bias = arrays.get("bias")
    if set(arrays) - {"weight", "bias"} or (
        bias is not None and (bias.ndim != 1 or len(bias) not in weight.shape)
    ):
        wrong = next((role for role in arrays if role not in ("weight", "bias")), "bias")
        raise ValueError(
            f"{file.path}: {short(members[wrong])} of shape {arrays[wrong].shape} does not go with "
            f"{short(members['weight'])} of shape {weight.shape}: a bias has one number for each unit"
        )
    return NamedLayer(name, arrays, members)


def _batch_norm(
    file: ArrayFile, name: str, arrays: Mapping[str, AnyArray], members: Mapping[str, str]
) -> NamedLayer:
    as_ours = {"weight": "gamma", "bias": "beta"}
    arrays = {as_ours.get(role, role): array for role, array in arrays.items()}
    names = {as_ours.get(role, role): full for role, full in members.items()}
    first = short(next(iter(members.values())))
    for role in ("gamma", "beta", "mean", "variance"):
        if role not in arrays:
            hint = "save the whole state dict"
            if role in ("mean", "variance") and "gamma" in members:
                hint = "give the checkpoint's folder, or a file that `mlpviz export` wrote"
            raise ValueError(f"{file.path}: the batch normalisation of {first} has no {role}: {hint}")
        if arrays[role].ndim != 1 or arrays[role].shape != arrays["gamma"].shape or not len(arrays[role]):
            raise ValueError(
                f"{file.path}: {short(names[role])} has the shape {arrays[role].shape}: the arrays of a "
                f"batch normalisation have one number for each unit, here {arrays['gamma'].shape}"
            )
    return NamedLayer(name, arrays, names)


def looks_like_weights(names: Sequence[str]) -> bool:
    """Whether arrays of such names are likely to be weights."""
    return any(_layer_and_role(name)[1] in ("weight", "gamma") for name in names)
