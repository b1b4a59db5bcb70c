"""The mathematics: layers, losses, optimizers and networks, in NumPy and nothing else."""

from mlpviz.nn.closed_form import collapsed, least_squares, mean_image_templates, slope_through_origin
from mlpviz.nn.describe import sentence, title
from mlpviz.nn.gradient_check import ArrayCheck, check_gradients
from mlpviz.nn.initializers import INITIALIZERS, initialize
from mlpviz.nn.layers import (
    LAYERS,
    Affine,
    BatchNorm,
    Dropout,
    Layer,
    LeakyReLU,
    Linear,
    ReLU,
    Sigmoid,
    Tanh,
)
from mlpviz.nn.losses import LOSSES, BinaryCrossEntropy, Loss, SoftmaxCrossEntropy, SquaredError
from mlpviz.nn.network import LayerTrace, Network, Trace
from mlpviz.nn.optimizers import OPTIMIZERS, SGD, Adam, Optimizer, RMSProp

__all__ = [
    "INITIALIZERS",
    "LAYERS",
    "LOSSES",
    "OPTIMIZERS",
    "SGD",
    "Adam",
    "Affine",
    "ArrayCheck",
    "BatchNorm",
    "BinaryCrossEntropy",
    "Dropout",
    "Layer",
    "LayerTrace",
    "LeakyReLU",
    "Linear",
    "Loss",
    "Network",
    "Optimizer",
    "RMSProp",
    "ReLU",
    "Sigmoid",
    "SoftmaxCrossEntropy",
    "SquaredError",
    "Tanh",
    "Trace",
    "check_gradients",
    "collapsed",
    "initialize",
    "least_squares",
    "mean_image_templates",
    "sentence",
    "slope_through_origin",
    "title",
]
