"""mlpviz trains a multilayer perceptron written from scratch in NumPy and shows how it learns."""

__version__ = "0.1.0"
