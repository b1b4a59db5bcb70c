"""The pages of the window; the tuple PAGES builds rail, menu and shortcuts."""

from mlpviz.gui.pages.page import Page, PageEntry

PAGES: tuple[PageEntry, ...] = (
    PageEntry(
        "train",
        "Train",
        "Train the network and watch its curves, weights and gradients",
    ),
    PageEntry(
        "step_through",
        "Step through",
        "Follow one example through the network and back, one operation at a time",
        beside_experiment=False,
    ),
    PageEntry(
        "evaluate",
        "Evaluate",
        "How good the network is: what it gets wrong, how sure it is, and how else a digit can be read",
        beside_experiment=False,
    ),
    PageEntry(
        "compare",
        "Compare",
        "Lay runs side by side, fork them with one thing changed, and let them race",
        beside_experiment=False,
    ),
    PageEntry(
        "many_seeds",
        "Seeds",
        "Train the experiment from many seeds and see how many learn it",
    ),
    PageEntry(
        "learn",
        "Learn",
        "Lessons: step by step, with the living program beside the text",
        beside_experiment=False,
    ),
)
"""In the order of the rail. The class of a page is PAGE in the module of its key, loaded when it is shown."""

__all__ = ["PAGES", "Page", "PageEntry"]
