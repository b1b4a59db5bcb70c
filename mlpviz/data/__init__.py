"""Examples as arrays: the data sets by name, their splits and their mini-batches."""

import functools
from collections.abc import Callable

from mlpviz.data import digits, toys
from mlpviz.data.dataset import Dataset, Examples, Positions, Split, Splits, one_hot, split
from mlpviz.data.idx import read_idx
from mlpviz.data.names import unknown_name
from mlpviz.data.scaling import SCALINGS

__all__ = [
    "DATASETS",
    "DATASET_FAMILIES",
    "SCALINGS",
    "Dataset",
    "Examples",
    "Positions",
    "Split",
    "Splits",
    "load_dataset",
    "one_hot",
    "read_idx",
    "split",
    "unknown_name",
]

DATASETS: dict[str, Callable[[], Dataset]] = {
    "digits": digits.digits,
    "digits_imbalanced": digits.imbalanced_digits,
    "digits_blank": digits.blank_digits,
    "line": toys.line,
    "line_bias": toys.line_bias,
    "plane": toys.plane,
    "gate_and": toys.gate_and,
    "gate_or": toys.gate_or,
    "gate_xor": toys.gate_xor,
    "blobs": toys.blobs,
    "moons": toys.moons,
    "spirals": toys.spirals,
    "iris": toys.iris,
    "iris_two": toys.iris_two,
}


DATASET_FAMILIES: dict[str, tuple[str, ...]] = {
    "Handwritten digits": ("digits", "digits_imbalanced", "digits_blank"),
    "Lines and planes": ("line", "line_bias", "plane"),
    "Logic gates": ("gate_and", "gate_or", "gate_xor"),
    "Clouds of points": ("blobs", "moons", "spirals"),
    "Iris flowers": ("iris", "iris_two"),
}
"""The data sets in families, for menus."""


@functools.cache
def load_dataset(name: str) -> Dataset:
    """The data set of that name in `DATASETS`, made once and then shared.

    Raises
    ------
    ValueError
        When the name is unknown; the sentence lists the known names and suggests the nearest.
    FileNotFoundError
        When a data file that comes with the program is missing.
    """
    if name not in DATASETS:
        raise unknown_name("dataset", name, DATASETS)
    return DATASETS[name]()
