"""Drawings as a data set stores its pictures: the numbers that stand for ink and for paper."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpviz.data.dataset import Dataset

LOOKED_AT = 1000
SMALLEST_SIDE_PX = 5


@dataclass(frozen=True, slots=True)
class Ink:
    """What paper and full ink are in the pictures of a data set, and whether those are whole numbers."""

    paper: float = 0.0
    full: float = 255.0
    is_whole: bool = True

    @property
    def high(self) -> float:
        """The larger of the two."""
        return max(self.paper, self.full)

    def stored(self, drawing: NDArray[np.uint8]) -> NDArray[Any]:
        """A drawing, 0 (paper) to 255 (full ink), as the data set stores a picture; of the same shape."""
        values = self.paper + drawing.astype(np.float64) / 255 * (self.full - self.paper)
        return np.rint(values).astype(np.uint8) if self.is_whole else values.astype(np.float32)


MNIST_INK = Ink()
DRAW_TIP = "Draw an example yourself, and see live what the network says"


def ink_of(dataset: Dataset) -> Ink:
    """The ink of a data set of pictures; in light pictures, such as scans, paper is the higher number.

    Raises
    ------
    ValueError
        When a drawing makes no sense for it; the sentence says why.
    """
    reason = why_no_drawing(dataset)
    if reason:
        raise ValueError(reason)
    assert dataset.value_range is not None
    low, high = dataset.value_range
    is_light = float(dataset.training.inputs[:LOOKED_AT].mean()) > (low + high) / 2
    paper, full = (high, low) if is_light else (low, high)
    return Ink(float(paper), float(full), dataset.training.inputs.dtype == np.uint8)


def why_no_drawing(dataset: Dataset) -> str:
    """Why no example of a data set can be drawn, in one sentence; "" where it can."""
    if dataset.image_shape is None or not dataset.classes:
        return "The examples are no pictures of something that could be drawn."
    if min(dataset.image_shape) < SMALLEST_SIDE_PX:
        return (
            f"Pictures of {dataset.image_shape[0]} x {dataset.image_shape[1]} pixels have no room for a pen."
        )
    if dataset.value_range is None:
        return "The pixels are plain numbers: nothing says which stand for ink and for paper."
    return ""
