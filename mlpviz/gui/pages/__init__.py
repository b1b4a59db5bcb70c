"""The pages of the window; the tuple PAGES builds rail, menu and shortcuts."""

from mlpviz.gui.pages.page import Page
from mlpviz.gui.pages.step_through import StepThroughPage
from mlpviz.gui.pages.train import TrainPage

PAGES: tuple[type[Page], ...] = (TrainPage, StepThroughPage)
"""In the order of the rail."""

__all__ = ["PAGES", "Page", "StepThroughPage", "TrainPage"]
