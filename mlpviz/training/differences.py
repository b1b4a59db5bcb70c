"""What tells two experiments apart, in words, and what of their runs cannot be compared."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mlpviz.data import DATASET_FAMILIES
from mlpviz.training.experiment import SETTINGS, Experiment
from mlpviz.training.layer_spec import LayerSpec

NOT_TOLD = ("title", "description", "layers", "initial_weights_sha256")
ALL_IF_ZERO = ("batch_size", "training_size")
"""Settings whose 0 stands for all examples."""


def differences(first: Experiment, other: Experiment) -> list[str]:
    """What is different in the other one, such as ``"learning rate 0.5 → 2"``; empty where nothing is."""
    told = []
    for name, field in SETTINGS.items():
        before, after = getattr(first, name), getattr(other, name)
        if before == after or name in NOT_TOLD:
            continue
        if name == "loss_scaling" and "squared_error" not in (first.loss, other.loss):
            continue  # it belongs to the squared error
        if name == "dataset" and first.dataset_name != other.dataset_name:
            before, after = first.dataset_name, other.dataset_name
        label = field.metadata["label"].lower() if name != "loss_scaling" else "loss scaling"
        words = [_word(value) if value or name not in ALL_IF_ZERO else "all" for value in (before, after)]
        if name == "initial_weights":
            words = [Path(value).name or "drawn" for value in (before, after)]
        told.append(f"{label} {words[0]} → {words[1]}")
    return told + _layer_differences(first.layers, other.layers)


def remarks(experiments: Mapping[str, Experiment]) -> list[str]:
    """What cannot be compared between runs, or only with care: a sentence each.

    Parameters
    ----------
    experiments
        What each run trains, by the run's name.
    """
    if len(experiments) < 2:
        return []
    found: list[str] = []
    each = list(experiments.values())
    datasets = _distinct(experiment.dataset_name for experiment in each)
    if (
        len({experiment.data_source for experiment in each}) > 1
    ):  # then nothing that is said below matters any more
        return [
            f"The runs learn from different data ({', '.join(datasets)}), and each curve is measured on the "
            "run's own: a lower loss or a higher accuracy does not make one of them the better network."
        ]
    losses = _distinct(loss_words(experiment) for experiment in each)
    if len(losses) > 1:
        found.append(
            f"The runs measure their loss differently ({', '.join(losses)}): "
            "the heights of their loss curves cannot be compared, their accuracies can."
        )
    sizes = {(experiment.training_size, experiment.validation_size) for experiment in each}
    if len(sizes) > 1:
        found.append("The runs have different numbers of training or validation examples.")
    if len({experiment.seed for experiment in each}) > 1:
        found.append(
            "The runs have different seeds: part of the difference between them is the luck of the draw."
        )
    return found


def cannot_subtract(
    first: Experiment, other: Experiment, shape: Sequence[int], other_shape: Sequence[int]
) -> str | None:
    """Why the weights of one layer of two runs cannot be subtracted; None where they can.

    Parameters
    ----------
    shape, other_shape
        Of the two weight matrices, (n_in, n_out).
    """
    if not _same_inputs(first, other):
        return (
            f"The runs learn from different data ({first.dataset_name} and {other.dataset_name}): "
            "their weights cannot be subtracted."
        )
    if tuple(shape) != tuple(other_shape):
        return (
            f"The matrices have different shapes ({shape[0]} × {shape[1]} and "
            f"{other_shape[0]} × {other_shape[1]}): they cannot be subtracted."
        )
    return None


def _same_inputs(first: Experiment, other: Experiment) -> bool:
    """Whether an input means the same in both: the same data, or the same kind of pictures."""
    if first.data_source == other.data_source:
        return True
    return {first.dataset, other.dataset} <= set(DATASET_FAMILIES["Handwritten digits"])


def _layer_differences(before: tuple[LayerSpec, ...], after: tuple[LayerSpec, ...]) -> list[str]:
    if before == after:
        return []
    if len(before) != len(after):
        return _other_layers(before, after)
    told = []
    for i, (one, two) in enumerate(zip(before, after, strict=True)):
        if one.kind != two.kind:
            told.append(f"{_word(one.kind)} → {_word(two.kind)}")
        elif one != two:
            told += [
                f"{_word(name)} {_word(one.options.get(name, 'default'))} → "
                f"{_word(two.options.get(name, 'default'))}"
                + (f" in layer {sum(layer.units is not None for layer in before[: i + 1])}")
                for name in {**one.options, **two.options}
                if one.options.get(name) != two.options.get(name)
            ]
    return _distinct(told)


def _other_layers(before: tuple[LayerSpec, ...], after: tuple[LayerSpec, ...]) -> list[str]:
    told = []
    sizes = ["-".join(str(layer.units) for layer in layers if layer.units) for layers in (before, after)]
    if sizes[0] != sizes[1]:
        told.append(f"units {sizes[0]} → {sizes[1]}")
    kinds = [Counter(layer.kind for layer in layers if not layer.units) for layers in (before, after)]
    told += [f"with {_word(kind)}" for kind in kinds[1] - kinds[0]]
    told += [f"without {_word(kind)}" for kind in kinds[0] - kinds[1]]
    return told or ["its layers in another order"]


def loss_words(experiment: Experiment) -> str:
    """What an experiment's loss is called: ``"cross entropy"``, ``"squared error (mean)"``."""
    words = _word(experiment.loss)
    return f"{words} ({experiment.loss_scaling})" if experiment.loss == "squared_error" else words


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value).replace("_", " ")


def _distinct(words: Any) -> list[str]:
    return list(dict.fromkeys(words))
