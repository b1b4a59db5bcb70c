"""The pages of the window; the tuple PAGES builds rail, menu and shortcuts."""

from mlpviz.gui.pages.page import Page
from mlpviz.gui.pages.train import TrainPage

PAGES: tuple[type[Page], ...] = (TrainPage,)
"""In the order of the rail."""

__all__ = ["PAGES", "Page", "TrainPage"]
