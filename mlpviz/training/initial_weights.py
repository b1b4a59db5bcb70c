"""Runs that start from a file of weights: it is held against its hash and put into the network."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from mlpviz.nn import LAYERS, Network
from mlpviz.training.array_files import AnyArray
from mlpviz.training.experiment import Experiment
from mlpviz.training.imported import ImportedLayer, ImportedWeights, read_weights, weights_sha256
from mlpviz.training.layer_spec import LayerSpec

STATE_PREFIX = "initial."
"""Before the names of the initial weights in a run's state, which carries them along with the run."""

_MOST_KEPT = 4
_kept: dict[str, ImportedWeights] = {}  # by hash, so that a run can be reset when its file has gone


def initial_weights_of(experiment: Experiment) -> ImportedWeights | None:
    """The weights that an experiment starts from; None where they are drawn.

    Raises
    ------
    ValueError
        If the file is missing or damaged, holds other weights than it should, or nothing tells how they lie.
    """
    if not experiment.initial_weights:
        return None
    wanted = experiment.initial_weights_sha256
    if wanted in _kept:
        return _kept[wanted]
    try:
        readings = read_weights(Path(experiment.initial_weights))
    except ValueError as error:
        raise ValueError(f"initial_weights: {error}") from error
    if not wanted and len(readings) > 1:
        ways = " or ".join(f"'{reading.sha256}' for {reading.layout}" for reading in readings)
        raise ValueError(
            f"initial_weights: the shapes in {experiment.initial_weights} do not tell how the weights lie: "
            f"set initial_weights_sha256 to {ways}"
        )
    for reading in readings:
        if wanted in ("", reading.sha256):
            return _keep(reading)
    raise ValueError(
        f"initial_weights: {experiment.initial_weights} holds other weights than this experiment starts from "
        f"(SHA-256 {readings[0].sha256[:12]}…, not {wanted[:12]}…): bring that file back, or start a new run "
        "from this one with `mlpviz import`"
    )


def pinned(experiment: Experiment, weights: ImportedWeights | None) -> Experiment:
    """The experiment with the hash of its initial weights, so that no others can take their place."""
    if weights is None or experiment.initial_weights_sha256:
        return experiment
    return replace(experiment, initial_weights_sha256=weights.sha256)


def start_at(network: Network, weights: ImportedWeights) -> None:
    """Let a network start from weights.

    Raises
    ------
    ValueError
        If they do not fit the network; the sentence names layer and file.
    """
    places = [i for i, layer in enumerate(network.layers) if layer.params]
    if len(places) != len(weights.layers):
        raise ValueError(
            f"initial_weights: {weights.path} has {len(weights.layers)} layers with parameters, but this "
            f"network has {len(places)}: list the same ones in layers"
        )
    for i, given in zip(places, weights.layers, strict=True):
        layer = network.layers[i]
        kind = next(name for name, each in LAYERS.items() if each is type(layer))
        if (kind, layer.n_in, layer.n_out) != (given.kind, given.n_in, given.n_out):
            raise ValueError(
                f"initial_weights: {given.name!r} in {weights.path} is {given.kind} of {given.n_in} x "
                f"{given.n_out}, but layers.{i} of this network is {kind} of {layer.n_in} x {layer.n_out}: "
                "make them the same"
            )
        layer.params = {name: given.params[name].copy() for name in layer.params}
        layer.statistics = {name: given.statistics[name].copy() for name in layer.statistics}


def would_fit(before: tuple[LayerSpec, ...], after: tuple[LayerSpec, ...]) -> bool:
    """Whether weights for some layers also fit others: those with parameters are alike."""

    def wanted(layers: tuple[LayerSpec, ...]) -> list[tuple[str, int | None]]:
        return [(spec.kind, spec.units) for spec in layers if spec.has_weight or spec.kind == "batch_norm"]

    return wanted(before) == wanted(after)


def as_state(weights: ImportedWeights | None) -> dict[str, AnyArray]:
    """The weights as arrays for a run's state."""
    if weights is None:
        return {}
    return {
        f"{STATE_PREFIX}{i}.{name}": array
        for i, layer in enumerate(weights.layers)
        for name, array in {**layer.params, **layer.statistics}.items()
    }


def remember(experiment: Experiment, state_arrays: Mapping[str, AnyArray]) -> None:
    """Keep the initial weights that a run's state carries, if they are those of the experiment.

    A checkpoint can then be opened, and its run reset, where the file of weights has gone. The hash says
    whether they are the same, so what was changed is not taken for what the run started from.
    """
    layers: dict[int, dict[str, AnyArray]] = {}
    for key, array in state_arrays.items():
        match = re.fullmatch(re.escape(STATE_PREFIX) + r"(\d{1,6})\.(\w+)", key)
        if match and array.dtype == "float32":
            layers.setdefault(int(match[1]), {})[match[2]] = array
    wanted = experiment.initial_weights_sha256
    if not wanted or wanted in _kept or sorted(layers) != list(range(len(layers))):
        return
    ordered = [layers[i] for i in range(len(layers))]
    if ordered and weights_sha256(ordered) == wanted:
        restored = tuple(_restored(str(i), arrays) for i, arrays in enumerate(ordered))
        path = Path(experiment.initial_weights)
        _keep(ImportedWeights(path, "numpy", restored, None, (), {}))


def _restored(name: str, arrays: Mapping[str, AnyArray]) -> ImportedLayer:
    """A layer from arrays whose hash says that they are as they were written."""
    for array in arrays.values():
        array.flags.writeable = False
    if "gamma" in arrays:
        n = len(arrays["gamma"])
        params = {key: arrays[key] for key in ("gamma", "beta")}
        statistics = {key: arrays[key] for key in ("mean", "variance")}
        return ImportedLayer("batch_norm", name, n, n, params, statistics, "")
    n_in, n_out = arrays["weight"].shape
    return ImportedLayer("affine" if "bias" in arrays else "linear", name, n_in, n_out, arrays, {}, "")


def _keep(weights: ImportedWeights) -> ImportedWeights:
    _kept[weights.sha256] = weights
    while len(_kept) > _MOST_KEPT:
        del _kept[next(iter(_kept))]
    return weights
