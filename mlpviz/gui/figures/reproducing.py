"""Makes a picture again from the recipe it carries, and tells whether the two are the same."""

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from mlpviz.files.recipes import Recipe, differences
from mlpviz.gui.figures.exporting import made_with_here
from mlpviz.training.replay import Replay

_PDF_DATES = re.compile(rb'/(CreationDate|ModDate)\s*\(D:[^)]*\)|xmp:\w+Date="[^"]*"')
_PDF_IDENTITY = re.compile(rb"uuid:[0-9a-f-]{36}|/ID\s*\[[^\]]*\]")
_VERSIONS = re.compile(rb'"versions": \{[^{}]*\}|&quot;versions&quot;: \{[^{}]*\}')


def replay_of(recipe: Recipe) -> Replay:
    """The run of a recipe, to be trained up to its step; raises ValueError if it cannot be."""
    return Replay(recipe.experiment, recipe.changes, recipe.step, recipe.diverged, recipe.path_from)


def other_here(recipe: Recipe) -> list[str]:
    """What is other here than where the picture was made, each in words."""
    return differences(recipe.versions, made_with_here(recipe.view))


def verdict(old: bytes, new: bytes, ending: str, other: list[str]) -> tuple[bool, str]:
    """Whether two files show the same, and a sentence that says so or what may be why not.

    Parameters
    ----------
    old, new
        The contents.
    ending
        Of both names.
    other
        What is other here than where the first one was made.
    """
    if ending == ".png":
        same, how = _same_pixels(old, new)
    else:
        same, how = _without_dates(old) == _without_dates(new), "the bytes differ"
    alike = "identical pixels" if ending == ".png" else "identical apart from dates"
    if same:
        return True, alike
    why = f"; {'; '.join(other)}" if other else "; nothing is known to be other here than where it was made"
    return False, f"not identical: {how}{why}"


def _same_pixels(old: bytes, new: bytes) -> tuple[bool, str]:
    first, second = _pixels(old), _pixels(new)
    if first is None or second is None:
        return False, "one of them is no picture"
    if first.shape != second.shape:
        return False, f"{_size(first)} pixels there, {_size(second)} here"
    differing = int(np.count_nonzero((first != second).any(axis=2)))
    return not differing, f"{differing} of {first.shape[0] * first.shape[1]} pixels differ"


def _pixels(content: bytes) -> NDArray[np.uint8] | None:
    image = QImage.fromData(content).convertToFormat(QImage.Format.Format_RGB32)
    if image.isNull():
        return None
    flat = np.frombuffer(image.constBits(), np.uint8)
    return flat.reshape(image.height(), image.bytesPerLine() // 4, 4)[:, : image.width(), :3].copy()


def _size(pixels: NDArray[np.uint8]) -> str:
    return f"{pixels.shape[1]} x {pixels.shape[0]}"


def _without_dates(content: bytes) -> bytes:
    """A file without what says when and where it was made."""
    content = _PDF_DATES.sub(b"", content)
    content = _PDF_IDENTITY.sub(b"", content)
    return _VERSIONS.sub(b"", content)


def beside(figure: Path) -> Path:
    """Where a picture is made again if nobody says where: beside the first one."""
    return figure.with_name(f"{figure.stem}-again{figure.suffix}")
