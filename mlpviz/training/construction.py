"""From words to numbers: the network, loss and optimizer that an experiment asks for."""

import inspect

import numpy as np

from mlpviz.data import Dataset, Split
from mlpviz.nn import LOSSES, OPTIMIZERS, Layer, Linear, Loss, Network, Optimizer, mean_image_templates
from mlpviz.nn.arrays import Array
from mlpviz.training.experiment import Experiment
from mlpviz.training.imported import ImportedWeights
from mlpviz.training.initial_weights import start_at
from mlpviz.training.seeds import stream


def build_network(
    experiment: Experiment, dataset: Dataset, training: Split, start: ImportedWeights | None = None
) -> Network:
    """The network with its initial weights, which are the same each time.

    Every affine layer draws from a stream of its own, so that a change to one layer, or an
    activation between two, leaves the others' initial weights as they were. With `start` the network
    starts from those weights instead.

    Raises
    ------
    ValueError
        If the network does not fit the dataset or the loss.
    """
    layers: list[Layer] = []
    width = dataset.n_in
    drawn = 0
    for i, spec in enumerate(experiment.layers):
        try:
            layers.append(spec.build(width, stream(experiment.seed, "initialization", drawn)))
        except ValueError as error:  # given numbers that are too few or too many for this many inputs
            raise ValueError(f"layers.{i}: {error}") from error
        if spec.options.get("initializer") == "templates":
            layers[-1].params["weight"] = _templates(f"layers.{i}", layers[-1], dataset, training)
        drawn += spec.has_weight
        width = spec.units or width
    network = Network(layers)
    _check_fit(experiment, dataset, network, width)
    if start is not None:
        start_at(network, start)
    return network


def _templates(where: str, layer: Layer, dataset: Dataset, training: Split) -> Array:
    """The mean images of the classes of the training split, as the weight of a layer."""
    shape = (dataset.n_in, len(dataset.classes))
    if layer.params["weight"].shape != shape or not dataset.classes:
        n_in, n_out = layer.params["weight"].shape
        raise ValueError(
            f"{where}.initializer: templates are one mean image a class, which needs a layer that sees the "
            f"inputs and has a unit for each class ({shape[0]} x {shape[1]}), not {n_in} x {n_out}"
        )
    x, _ = training.batch(slice(None))
    try:
        return mean_image_templates(x, training.labels_at(slice(None)), len(dataset.classes)).weight
    except ValueError as error:
        raise ValueError(f"{where}.initializer: {error}") from error


def build_loss(experiment: Experiment) -> Loss:
    """The loss, told its scaling if it takes one."""
    kind = LOSSES[experiment.loss]
    if "scaling" in inspect.signature(kind).parameters:
        return kind(scaling=experiment.loss_scaling)  # type: ignore[call-arg]
    return kind()


def build_optimizer(experiment: Experiment) -> Optimizer:
    """The optimizer, told those settings of the experiment that it takes."""
    kind = OPTIMIZERS[experiment.optimizer]
    return kind(**{name: getattr(experiment, name) for name in inspect.signature(kind).parameters})


def _check_fit(experiment: Experiment, dataset: Dataset, network: Network, width: int) -> None:
    if width != dataset.n_out:
        needs = "one for each class" if dataset.n_out > 1 and dataset.classes else "one for each target"
        raise ValueError(
            f"layers: the network ends with {width} outputs, but dataset {dataset.name!r} needs "
            f"{dataset.n_out} ({needs}): give the last affine layer units = {dataset.n_out}"
        )
    if not any(isinstance(layer, Linear) for layer in network.layers):
        raise ValueError("layers: there is no affine layer, so there is nothing to learn with; add one")
    if experiment.loss == "softmax_cross_entropy" and width < 2:
        raise ValueError(
            "loss: softmax_cross_entropy compares classes, but the network has one output: "
            "use binary_cross_entropy"
        )
    if experiment.loss == "softmax_cross_entropy" and not dataset.classes:
        raise ValueError(
            f"loss: softmax_cross_entropy needs classes, but dataset {dataset.name!r} has plain numbers as "
            "targets: use squared_error"
        )
    low, high = float(dataset.training.targets.min()), float(dataset.training.targets.max())
    if experiment.loss == "binary_cross_entropy" and not 0 <= low <= high <= 1:
        raise ValueError(
            f"loss: binary_cross_entropy needs targets from 0 to 1, but those of dataset {dataset.name!r} go "
            f"from {low:.3g} to {high:.3g}: use squared_error"
        )


def accuracy_threshold(dataset: Dataset, loss: Loss) -> float | None:
    """Where one output's yes begins: midway between the two targets, or at score 0; None without classes."""
    if not dataset.classes:
        return None
    if loss.on_scores:
        return 0.0
    targets = dataset.training.targets
    return float(np.min(targets) + np.max(targets)) / 2
