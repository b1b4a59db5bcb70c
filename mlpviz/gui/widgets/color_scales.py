"""Which colour scale a picture uses, and how its numbers become colours."""

from typing import Literal

from numpy.typing import NDArray

from mlpviz.figures.colors import Indices, Lut, pixel_indices, pixel_scale, signed_indices, signed_scale
from mlpviz.gui.theme import Theme

Scale = Literal["signed", "pixel"]
SCALES: tuple[Scale, ...] = ("signed", "pixel")


def lut_of(scale: Scale, theme: Theme) -> Lut:
    """Return the colours of a scale on the theme's ground."""
    return signed_scale(theme.dark) if scale == "signed" else pixel_scale(theme.dark)


def indices_of(scale: Scale, array: NDArray, limit: float | NDArray) -> Indices:
    """Return the entries of a scale whose end is `limit`; a pixel scale starts at zero."""
    return signed_indices(array, limit) if scale == "signed" else pixel_indices(array, limit)


def checked_scale(scale: str) -> Scale:
    """Return the name of a scale, or say which there are."""
    if scale not in SCALES:
        raise ValueError(f"a colour scale is one of {', '.join(SCALES)}, not {scale!r}")
    return scale
