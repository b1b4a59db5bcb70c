"""Examples as arrays: the data sets by name, their splits and their mini-batches."""

import functools
import os
from collections.abc import Callable
from pathlib import Path

from mlpviz.data import digits, toys
from mlpviz.data.dataset import Dataset, Examples, Positions, Split, Splits, one_hot, split
from mlpviz.data.idx import read_idx
from mlpviz.data.names import unknown_name
from mlpviz.data.own import dataset_sha256, is_path, load_own
from mlpviz.data.readers import HEADERS, TARGETS, Reading
from mlpviz.data.scaling import SCALINGS

__all__ = [
    "DATASETS",
    "DATASET_FAMILIES",
    "HEADERS",
    "SCALINGS",
    "TARGETS",
    "Dataset",
    "Examples",
    "Positions",
    "Reading",
    "Split",
    "Splits",
    "dataset_sha256",
    "found_from",
    "is_path",
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


def load_dataset(reference: str, reading: Reading | None = None, sha256: str = "") -> Dataset:
    """The data set of that name in `DATASETS`, or the own data at that path.

    Those with a name are made once and then shared; own data are shared as long as somebody holds them and
    their files do not change.

    Parameters
    ----------
    reference : str
        A name, or the path of a file or folder.
    reading : Reading, optional
        How own data are to be read.
    sha256 : str
        The `dataset_sha256` that own data must have; "" is not checked.

    Raises
    ------
    ValueError
        When the name is unknown, with the nearest known one; or own data cannot be read or have changed.
    FileNotFoundError
        When a data file that comes with the program is missing.
    """
    if reference in DATASETS:
        return _bundled(reference)
    if is_path(reference):
        return load_own(Path(reference).expanduser(), reading or Reading(), sha256)
    raise unknown_name("dataset", reference, DATASETS)


def found_from(folder: Path, reference: str) -> str:
    """What a file in that folder means by the name or path of a data set.

    A relative path counts from the folder. Where nothing is at the path, data of the same name are looked
    for beside the file, and beside its folder.
    """
    if reference in DATASETS or not reference:
        return reference
    named = folder / Path(reference).expanduser()
    for path in (named, folder / named.name, folder.parent / named.name):
        if os.path.exists(path):
            return str(path)
    return str(named) if is_path(reference) else reference


@functools.cache
def _bundled(name: str) -> Dataset:
    return DATASETS[name]()
