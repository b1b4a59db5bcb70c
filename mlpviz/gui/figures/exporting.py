"""A picture of a run as a file: PNG, SVG or PDF with its recipe, or the numbers behind it."""

from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
import PIL
import PySide6
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QWidget

from mlpviz.files.numbers import NUMBER_ENDINGS, Numbers, number_file
from mlpviz.files.pictures import svg_metadata, with_recipe
from mlpviz.files.recipes import SCREEN_SCALE, Recipe, View, versions
from mlpviz.gui.figures.catalogue import figure_entry
from mlpviz.gui.figures.frame import caption_of, picture_of
from mlpviz.gui.figures.painting import to_image, to_pdf, to_png, to_svg
from mlpviz.gui.figures.still import StillRun

PICTURE_ENDINGS = (".png", ".svg", ".pdf")


@runtime_checkable
class HasNumbers(Protocol):
    """A card whose picture can also be had as numbers."""

    def numbers(self) -> Numbers:
        """The arrays on show, by name."""


def check_ending(out: Path) -> None:
    """See to it before a long computation that a file of this name can be written.

    Raises
    ------
    ValueError
        If no picture and no numbers can have this ending.
    """
    if out.suffix.lower() not in PICTURE_ENDINGS + NUMBER_ENDINGS:
        pictures, numbers = ", ".join(PICTURE_ENDINGS), ", ".join(NUMBER_ENDINGS)
        raise ValueError(f"{out}: a picture ends in {pictures}, its numbers in {numbers}")


def made_with_here(view: View) -> dict[str, str]:
    """What decides how a view looks here."""
    others = {"Qt": PySide6.__version__}
    if view.frames:
        others["Pillow"] = PIL.__version__
    if not figure_entry(view.figure).page:  # the icons of the window are made of the screen's pixels
        others[SCREEN_SCALE] = f"{QGuiApplication.primaryScreen().devicePixelRatio():g}"
    return versions(**others)


def recipe_of(view: View, run: StillRun) -> Recipe:
    """What a picture of a run would be made of."""
    trainer, content, made_with = run.trainer, run.content, made_with_here(view)
    if content is not None and figure_entry(view.figure).page:  # of the current run it shows nothing
        return Recipe(view, trainer.original, (), 0, False, 0, made_with, content.told(), content.why_not())
    return Recipe(
        view,
        trainer.original,
        run.changes,
        run.now.step,
        run.is_newest and trainer.divergence is not None,
        run.path_from,
        made_with,
        {} if content is None else content.told(),
        trainer.why_not_again or ("" if content is None else content.why_not()),
    )


def picture_file(view: View, run: StillRun, ending: str) -> bytes:
    """A view of a run as the content of a file that carries its recipe.

    Raises
    ------
    ValueError
        If the run cannot be shown so.
    """
    recipe, title = recipe_of(view, run), f"{figure_entry(view.figure).title}: {caption_of(run)}"
    if ending == ".png":
        return with_recipe(to_png(image_of(view, run)), ending, recipe)
    with picture_of(view, run, 1.0) as widget:
        if ending == ".svg":
            return to_svg(widget, title, view.caption or "", svg_metadata(recipe))
        return with_recipe(to_pdf(widget, title), ending, recipe)


def image_of(view: View, run: StillRun) -> QImage:
    """A view of a run as an image in its own scale."""
    with picture_of(view, run, view.scale) as widget:
        return to_image(widget, view.scale)


def numbers_of(view: View, run: StillRun) -> Numbers:
    """The numbers behind a view of a run.

    Raises
    ------
    ValueError
        If there are none.
    """
    with picture_of(view, run, 1.0) as widget:
        found: Numbers = {}
        for part in widget.findChildren(QWidget):
            if isinstance(part, HasNumbers):
                found |= {name: np.array(array) for name, array in part.numbers().items()}
    if not found:
        raise ValueError(f"there are no numbers behind the picture {view.figure!r}")
    return found


def exported(view: View, run: StillRun, out: Path) -> bytes:
    """What a file of this name is to hold: a picture or its numbers."""
    check_ending(out)
    ending = out.suffix.lower()
    if ending in PICTURE_ENDINGS:
        return picture_file(view, run, ending)
    return number_file(numbers_of(view, run), out)
