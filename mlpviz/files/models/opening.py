"""From weights to an experiment that starts from them: what no file of weights tells is chosen, and said."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mlpviz.data import DATASETS, Dataset, load_dataset, unknown_name
from mlpviz.training import SETTINGS, Experiment
from mlpviz.training.array_files import npz_kinds, short
from mlpviz.training.imported import ImportedWeights
from mlpviz.training.layer_spec import LayerSpec
from mlpviz.training.weight_names import looks_like_weights

SUFFIXES = (".safetensors", ".pt", ".pth", ".onnx")
"""Endings of files of weights; some are refused when they are read, with what to do instead."""

ACTIVATIONS = ("relu", "leaky_relu", "sigmoid", "tanh")
OUTPUTS = ("none", "sigmoid", "tanh")
EXPERIMENT_KEY = "mlpviz_experiment"
"""Where mlpviz writes the settings that go with the weights into the metadata of its own files."""

_LEARNING_RATE = 0.01  # weights that have learnt already are not to be thrown off at the first step
_EPOCHS = 5


@dataclass(frozen=True, slots=True)
class Choices:
    """What a file of weights does not tell.

    Attributes
    ----------
    dataset, loss, loss_scaling, input_scaling
        As in an experiment.
    activation
        What follows each hidden layer: one of `ACTIVATIONS`.
    output
        What follows the last layer: one of `OUTPUTS`. Losses on scores need none.
    layers
        All operations as the file itself lists them; empty where it does not, and activations are chosen.
    """

    dataset: str
    loss: str
    loss_scaling: str = "sum"
    input_scaling: str = "natural"
    activation: str = "relu"
    output: str = "none"
    layers: tuple[LayerSpec, ...] = ()

    @property
    def are_known(self) -> bool:
        """Whether the file itself told them."""
        return bool(self.layers)


def looks_like_model(path: Path) -> bool:
    """Whether a file is likely to hold weights: by its ending, and in an NPZ file by its arrays' names."""
    if path.suffix.lower() in SUFFIXES:
        return path.is_file()
    if path.suffix.lower() != ".npz" or not path.is_file():
        return False
    try:
        kinds = npz_kinds(path)
    except ValueError:
        return False
    without_names = all(name.startswith("arr_") for name in kinds)
    return set(kinds.values()) == {"f"} if without_names else looks_like_weights(list(kinds))


def all_sizes() -> set[tuple[int, int]]:
    """The numbers of inputs and targets of all datasets that come with mlpviz."""
    return {(data.n_in, data.n_out) for data in map(load_dataset, DATASETS)}


def fitting_datasets(weights: ImportedWeights) -> dict[str, Dataset]:
    """The datasets that come with mlpviz and have as many inputs and targets as the weights have."""
    found = {name: load_dataset(name) for name in DATASETS}
    return {name: data for name, data in found.items() if _fits(data, weights)}


def likely_dataset(weights: ImportedWeights) -> str:
    """The dataset that the file names, if it fits, or else the first one that does.

    Raises
    ------
    ValueError
        If none fits.
    """
    named, fitting = named_dataset(weights), fitting_datasets(weights)
    if not fitting:
        raise ValueError(
            f"{weights.path}: a network of {weights.n_in} inputs and {weights.n_out} outputs fits none of "
            "the datasets that come with mlpviz: open the data that it was made for first"
        )
    return named if named in fitting else next(iter(fitting))


def named_dataset(weights: ImportedWeights) -> str:
    """What the dataset is called in a file that mlpviz wrote; empty elsewhere."""
    return str(_told(weights).get("dataset", ""))


def default_choices(weights: ImportedWeights, dataset: str, data: Dataset) -> Choices:
    """What is most likely, if nobody says otherwise: what the file tells, or else what is usual.

    Parameters
    ----------
    dataset, data
        What the experiment calls the dataset, and the dataset itself.

    Raises
    ------
    ValueError
        If the dataset does not fit the weights.
    """
    check_fits(weights, data)
    told = _told(weights)
    if told:
        return Choices(
            dataset, told["loss"], told["loss_scaling"], told["input_scaling"], layers=told["layers"]
        )
    if not data.classes:
        return Choices(dataset, "squared_error")
    return Choices(dataset, "softmax_cross_entropy" if data.n_out > 1 else "binary_cross_entropy")


def chosen(choices: Choices, **other: str) -> Choices:
    """The choices with others in their place; an activation makes the layers anew.

    Raises
    ------
    ValueError
        If a value is impossible.
    """
    for name, known in (("activation", ACTIVATIONS), ("output", OUTPUTS)):
        if name in other and other[name] not in known:
            raise unknown_name(name, other[name], known)
        if name in other:
            choices = replace(choices, layers=())
    return replace(choices, **other)  # type: ignore[arg-type]


def check_fits(weights: ImportedWeights, data: Dataset) -> None:
    """See to it that a network with these weights can be used on a dataset.

    Raises
    ------
    ValueError
        If it cannot; the sentence says which number would be right.
    """
    first, last = short(weights.layers[0].name), short(weights.layers[-1].name)
    if weights.n_in != data.n_in:
        raise ValueError(
            f"{weights.path}: {first!r} takes {weights.n_in} inputs, but dataset {data.name!r} has "
            f"{data.n_in}: choose a dataset with {weights.n_in} inputs, or weights for {data.n_in}"
        )
    if weights.n_out != data.n_out:
        what = f"{len(data.classes)} classes" if data.classes else "plain numbers as targets"
        raise ValueError(
            f"{weights.path}: {last!r} has {weights.n_out} outputs, but dataset {data.name!r} has {what} and "
            f"needs {data.n_out}: choose a dataset that needs {weights.n_out}, or other weights"
        )


def experiment_of(
    weights: ImportedWeights, choices: Choices, data: Dataset, like: Experiment | None = None
) -> Experiment:
    """An experiment whose network starts from weights: ready to be looked at, evaluated and trained on.

    Parameters
    ----------
    data
        The dataset that was chosen.
    like
        An experiment on the same dataset, which says where it is and how it is split.
    """
    settings = {
        "title": _title(weights.path),
        "dataset": choices.dataset,
        "input_scaling": choices.input_scaling,
        "initial_weights": str(weights.path.absolute()),
        "initial_weights_sha256": weights.sha256,
        "loss": choices.loss,
        "loss_scaling": choices.loss_scaling,
        "learning_rate": _LEARNING_RATE,
        "batch_size": min(100, len(data.training)),
        "epochs": _EPOCHS,
    }
    if like is not None:
        where = [
            name for name, f in SETTINGS.items() if f.metadata["group"] == "data" and name not in settings
        ]
        settings |= {name: getattr(like, name) for name in where}
    layers = choices.layers or tuple(_layers(weights, choices))
    return Experiment(layers=layers, **settings)  # type: ignore[arg-type]


def assumptions(weights: ImportedWeights, choices: Choices) -> list[str]:
    """What was chosen because no file of weights tells it, a sentence each."""
    if choices.are_known:
        return ["Activations, loss and input scaling are as mlpviz wrote them into the file."]
    said = []
    hidden = [layer for layer in weights.layers if layer.kind != "batch_norm"][:-1]
    if weights.gaps is not None:
        said += _gap_words(weights, choices.activation)
    elif hidden:
        name = choices.activation.replace("_", " ")
        said.append(f"Activations are not in the file: {name} stands after each hidden layer.")
    after = "" if choices.output == "none" else f" after a last {choices.output}"
    said.append(
        f"Loss and input scaling are not in the file: {choices.loss.replace('_', ' ')}{after}, "
        f"{choices.input_scaling} inputs."
    )
    return said


def _gap_words(weights: ImportedWeights, activation: str) -> list[str]:
    """What the numbering of an ``nn.Sequential`` tells of the operations that have no parameters."""
    assert weights.gaps is not None
    name, between = activation.replace("_", " "), weights.gaps[1:]
    said = []
    if weights.gaps[0]:
        said.append("What comes before the first layer has no parameters, such as Flatten: left out.")
    if any(between):
        said.append(f"Activations are not in the file: {name} stands where its numbering leaves a place.")
    if any(gap > 1 for gap in between):
        said.append(
            "Where it leaves two places, one is taken to be dropout, which does nothing in use: left out."
        )
    if any(
        gap == 0 and after.kind != "batch_norm"
        for gap, after in zip(between, weights.layers[1:], strict=True)
    ):
        said.append("Where the numbering leaves no place, layers follow each other without an activation.")
    return said


def _layers(weights: ImportedWeights, choices: Choices) -> list[LayerSpec]:
    """The layers with parameters, and activations between them."""
    specs: list[LayerSpec] = []
    for i, layer in enumerate(weights.layers):
        if specs and _activation_before(weights, i):
            specs.append(LayerSpec(choices.activation))
        specs.append(LayerSpec(layer.kind, {} if layer.kind == "batch_norm" else {"units": layer.n_out}))
    if choices.output != "none":
        specs.append(LayerSpec(choices.output))
    return specs


def _activation_before(weights: ImportedWeights, i: int) -> bool:
    """Whether an activation comes before a layer: where a place is free, or else before each weighted sum."""
    if weights.gaps is not None:
        return weights.gaps[i] > 0
    return weights.layers[i].kind != "batch_norm" and any(
        layer.kind != "batch_norm" for layer in weights.layers[:i]
    )


def _told(weights: ImportedWeights) -> dict[str, Any]:
    """What a file that mlpviz wrote tells of the experiment; empty if it does not, or it does not fit."""
    try:
        table = json.loads(weights.metadata.get(EXPERIMENT_KEY, "null"))
        if not isinstance(table, Mapping):
            return {}
        layers = tuple(LayerSpec.from_table(item, i) for i, item in enumerate(table["layers"]))
        told = {key: table[key] for key in ("dataset", "loss", "loss_scaling", "input_scaling")}
        known = {key: value for key, value in told.items() if key != "dataset"}
        Experiment(layers=layers, **known)  # raises for what cannot be
    except (ValueError, TypeError, KeyError, RecursionError):
        return {}
    kinds = [(layer.kind, layer.units) for layer in layers if layer.has_weight or layer.kind == "batch_norm"]
    given = [(layer.kind, None if layer.kind == "batch_norm" else layer.n_out) for layer in weights.layers]
    return {**told, "layers": layers} if kinds == given else {}


def _fits(data: Dataset, weights: ImportedWeights) -> bool:
    return (data.n_in, data.n_out) == weights.sizes


def _title(path: Path) -> str:
    """The file's name as it can stand in a text file."""
    return short(path.stem).encode("utf-8", "replace").decode() or "Imported"
