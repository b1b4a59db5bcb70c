"""Opens the window where a picture was taken: its run at its step, its page, and the choices made there."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QThread

from mlpviz.files import LoadedRun
from mlpviz.files.pictures import read_recipe
from mlpviz.files.recipes import Recipe
from mlpviz.gui.opening import FromFile
from mlpviz.training.replay import Replay

if TYPE_CHECKING:
    from mlpviz.gui.main_window import MainWindow


def open_figure(window: "MainWindow", path: Path) -> None:
    """Train the run of a picture again up to its step, in the background, and show it as the picture does.

    Raises
    ------
    ValueError
        If the file carries no recipe, or one that cannot be made again; the run on show goes on.
    """
    from mlpviz.gui.figures.catalogue import page_of

    recipe = read_recipe(path)
    page = page_of(recipe.view)  # raises for a picture that this version does not know
    if recipe.why_not:
        raise ValueError(f"{path} cannot be opened where it was taken: {recipe.why_not}")
    workspace = window.workspace

    def forget() -> None:
        workspace.run_changed.disconnect(show)
        workspace.refused.disconnect(forget)

    def show() -> None:
        forget()
        window.show_page(page or "train")
        _show(window, recipe, path)

    workspace.open(FromFile(_maker(recipe), path))
    workspace.run_changed.connect(show)
    workspace.refused.connect(forget)


def _maker(recipe: Recipe) -> Callable[[], Any]:
    def make() -> LoadedRun:
        replay = Replay(recipe.experiment, recipe.changes, recipe.step, recipe.diverged, recipe.path_from)
        for _ in replay.steps():
            if QThread.currentThread().isInterruptionRequested():
                raise ValueError("The picture is not wanted any more.")
        return LoadedRun(replay.trainer, replay.history, 0.0, None, replay.path)

    return make


def _show(window: "MainWindow", recipe: Recipe, path: Path) -> None:
    """Make the choices of a picture on the page on show."""
    from mlpviz.gui.figures.catalogue import figure_entry
    from mlpviz.gui.figures.choices import choose
    from mlpviz.gui.panels.lower_views import LowerViews

    choices = dict(recipe.view.choices)
    choices.pop("page", None)
    beside = choices.pop("experiment", None)
    if isinstance(beside, bool):
        window.action_experiment.setChecked(beside)
    if recipe.content:
        window.state_line.say(
            f"{path.name} shows several runs: this is the current one; `mlpviz reproduce` makes it again"
        )
        return
    for views in window.page.findChildren(LowerViews):
        for part in figure_entry(recipe.view.figure).parts:
            views.show_card(part)
    try:
        choose(window.page, choices)
    except ValueError as error:
        window.state_line.say(f"{path.name}: {error}")
        return
    window.state_line.say(f"Opened {path.name} at step {recipe.step}", "good")
