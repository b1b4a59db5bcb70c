"""A network as ONNX: stored numbers in, scores out, and what they say of the classes."""

from typing import Any

import numpy as np

from mlpviz.nn import (
    Affine,
    BatchNorm,
    BinaryCrossEntropy,
    Dropout,
    Layer,
    LeakyReLU,
    Linear,
    ReLU,
    Sigmoid,
    SoftmaxCrossEntropy,
    Tanh,
)
from mlpviz.training import Trainer
from mlpviz.training.array_files import AnyArray

OPSET, IR_VERSION = 13, 8  # what runtimes of the last years understand

_ACTIVATIONS: dict[type[Layer], str] = {ReLU: "Relu", Sigmoid: "Sigmoid", Tanh: "Tanh"}


def onnx_bytes(trainer: Trainer) -> tuple[bytes, str]:
    """The file's content, and its outputs in words.

    Raises
    ------
    ValueError
        If the package onnx is not there.
    """
    try:
        import onnx
    except ImportError as error:
        raise ValueError(
            "ONNX files are written by the package onnx, which is not installed: `pip install onnx`, and "
            "try again"
        ) from error
    from onnx import TensorProto, helper

    graph = _Graph()
    value = graph.add_scaling("inputs", trainer)
    layers = trainer.network.layers
    for i, layer in enumerate(layers):
        value = graph.add_layer(value, i, layer, "scores" if i == len(layers) - 1 else "")
    outputs = {"scores": "what the last layer gives"}
    if trainer.loss.on_scores:
        outputs["probabilities"] = graph.add_probabilities(value, trainer)
    n_in, n_out = trainer.dataset.n_in, trainer.dataset.n_out
    proto = helper.make_graph(
        graph.nodes,
        "mlpviz",
        [helper.make_tensor_value_info("inputs", TensorProto.FLOAT, ["N", n_in])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", n_out]) for name in outputs],
        graph.tensors,
    )
    model = helper.make_model(
        proto,
        producer_name="mlpviz",
        doc_string=_doc(trainer, outputs),
        opset_imports=[helper.make_opsetid("", OPSET)],
    )
    model.ir_version = IR_VERSION
    helper.set_model_props(model, {"classes": ", ".join(trainer.dataset.classes)})
    onnx.checker.check_model(model)
    return model.SerializeToString(), " and ".join(f"`{name}` ({words})" for name, words in outputs.items())


class _Graph:
    """Nodes and constants as they are added; each `add` returns the name of the value it makes."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.tensors: list[Any] = []

    def add_scaling(self, value: str, trainer: Trainer) -> str:
        """(stored − shift) · factor, left out where it changes nothing."""
        split = trainer.splits.training
        if np.any(np.asarray(split.shift) != 0):
            value = self._add("Sub", [value, self._constant("input.shift", split.shift)], "inputs.centred")
        if np.any(np.asarray(split.factor) != 1):
            value = self._add("Mul", [value, self._constant("input.factor", split.factor)], "inputs.scaled")
        return value

    def add_layer(self, value: str, i: int, layer: Layer, name: str) -> str:
        """One operation of the network."""
        out = name or f"{i}.output"
        if isinstance(layer, Linear):
            weight = self._constant(f"{i}.weight", layer.weight)
            if not isinstance(layer, Affine):
                return self._add("MatMul", [value, weight], out)
            return self._add("Gemm", [value, weight, self._constant(f"{i}.bias", layer.bias)], out)
        if isinstance(layer, BatchNorm):
            arrays = {**layer.params, **layer.statistics}
            names = [
                self._constant(f"{i}.{key}", arrays[key]) for key in ("gamma", "beta", "mean", "variance")
            ]
            return self._add("BatchNormalization", [value, *names], out, epsilon=layer.epsilon)
        if isinstance(layer, LeakyReLU):
            return self._add("LeakyRelu", [value], out, alpha=layer.slope)
        if isinstance(layer, Dropout):  # does nothing in use
            return self._add("Identity", [value], out)
        return self._add(_ACTIVATIONS[type(layer)], [value], out)

    def add_probabilities(self, value: str, trainer: Trainer) -> str:
        """What the loss reads from the scores; returns it in words."""
        if isinstance(trainer.loss, SoftmaxCrossEntropy):
            self._add("Softmax", [value], "probabilities", axis=1)
            return "their softmax"
        assert isinstance(trainer.loss, BinaryCrossEntropy)
        self._add("Sigmoid", [value], "probabilities")
        return "their sigmoid"

    def _add(self, operation: str, inputs: list[str], output: str, **attributes: Any) -> str:
        from onnx import helper

        self.nodes.append(
            helper.make_node(operation, inputs, [output], name=f"{operation} {output}", **attributes)
        )
        return output

    def _constant(self, name: str, array: AnyArray | np.float32) -> str:
        from onnx import numpy_helper

        self.tensors.append(numpy_helper.from_array(np.ascontiguousarray(array, np.float32), name))
        return name


def _doc(trainer: Trainer, outputs: dict[str, str]) -> str:
    """What goes in and what comes out, for whoever opens the file."""
    data, experiment = trainer.dataset, trainer.experiment
    picture = (
        f", the rows of a {data.image_shape[0]} x {data.image_shape[1]} picture" if data.image_shape else ""
    )
    span = f", from {data.value_range[0]:g} to {data.value_range[1]:g}" if data.value_range else ""
    classes = f" Classes in order: {', '.join(data.classes)}." if data.classes else ""
    return (
        f"{experiment.title}, trained with mlpviz on {data.title} for {trainer.index} steps.\n\nInput "
        f"`inputs`, float32 (N, {data.n_in}): the numbers of an example as they are stored{picture}{span}. "
        f"Scale nothing beforehand: the input scaling of the experiment ({experiment.input_scaling}) is the "
        "first nodes of this graph.\n\n"
        + "\n".join(
            f"Output `{name}`, float32 (N, {data.n_out}): {words}." for name, words in outputs.items()
        )
        + classes
    )
