"""The numbers behind a picture as a file: CSV to read, NPZ or NPY to go on computing with."""

import csv
import io
import math
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

NUMBER_ENDINGS = (".csv", ".npz", ".npy")

Numbers: TypeAlias = dict[str, NDArray[Any]]
"""Arrays by name, the one that the picture shows first."""


def number_file(numbers: Numbers, out: Path) -> bytes:
    """Arrays as the content of a file, by the ending of its name.

    NPZ holds all arrays by name, NPY the first. CSV has a column for each array where all are of one
    length, or else the first one as a table: a row for each of its rows, a column for each of its entries.

    Raises
    ------
    ValueError
        If the ending is another one.
    """
    ending = out.suffix.lower()
    first = next(iter(numbers.values()))
    if ending == ".csv":
        return _csv(numbers)
    if ending not in NUMBER_ENDINGS:
        raise ValueError(f"{out}: numbers are written to {', '.join(NUMBER_ENDINGS)}")
    file = io.BytesIO()
    if ending == ".npz":
        np.savez_compressed(file, **numbers)  # type: ignore[arg-type]
    else:
        np.save(file, first, allow_pickle=False)
    return file.getvalue()


def _csv(numbers: Numbers) -> bytes:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    arrays = list(numbers.values())
    if all(array.ndim == 1 and len(array) == len(arrays[0]) for array in arrays):
        writer.writerow(numbers)
        writer.writerows(zip(*(_texts(array) for array in arrays), strict=True))
    else:
        name, table = next(iter(numbers.items()))
        shape = (len(table), math.prod(table.shape[1:])) if table.ndim else (1, 1)
        table = table.reshape(shape)
        writer.writerow([f"{name}[{i}]" for i in range(table.shape[1])])
        writer.writerows(_texts(row) for row in table)
    return file.getvalue().encode()


def _texts(array: NDArray[Any]) -> list[str]:
    """Each number in as many digits as tell it from its neighbours; nothing where there is none."""
    return ["" if value != value else str(value) for value in array.tolist()]
