"""The pictures that can be taken out of the window: what each is called, and where it is on which page."""

from dataclasses import dataclass

from mlpviz.data import unknown_name
from mlpviz.files.recipes import View


@dataclass(frozen=True, slots=True)
class FigureEntry:
    """A picture.

    Attributes
    ----------
    name
        As the command line calls it.
    title
        For menus.
    page
        The key of the page it is on; empty for the window itself.
    parts
        The object names of the widgets it consists of, one above the other; none for the whole page.
    size
        Width and height in pixels, where nothing else is asked for.
    leaves_out
        Object names of what only serves to control.
    """

    name: str
    title: str
    page: str
    parts: tuple[str, ...]
    size: tuple[int, int] = (720, 560)
    leaves_out: tuple[str, ...] = ()


CURVE = (720, 420)

FIGURES: tuple[FigureEntry, ...] = (
    FigureEntry("weights", "Weights", "train", ("card_weights",), (760, 640)),
    FigureEntry("curves", "Loss and accuracy", "train", ("plot_loss", "plot_accuracy"), (720, 720)),
    FigureEntry("loss", "Loss", "train", ("plot_loss",), CURVE),
    FigureEntry("accuracy", "Accuracy", "train", ("plot_accuracy",), CURVE),
    FigureEntry("gradients", "Gradients and other sizes of each layer", "train", ("plot_measures",), CURVE),
    FigureEntry("boundary", "Decision boundary, or fit", "train", ("card_function",), (760, 600)),
    FigureEntry("units", "What each unit makes of the inputs", "train", ("card_units",), (760, 480)),
    FigureEntry("cost", "Cost curve or surface", "train", ("card_cost",), (760, 600)),
    FigureEntry("network", "Network graph", "train", ("card_network",), (760, 480)),
    FigureEntry("collapsed", "Layers as one", "train", ("card_collapsed",), (760, 560)),
    FigureEntry("biases", "Biases", "train", ("card_biases",), (720, 480)),
    FigureEntry(
        "confusion",
        "Confusion matrix, or residuals",
        "evaluate",
        ("card_confusion",),
        (640, 680),
        ("label_confusion",),
    ),
    FigureEntry("mistakes", "Mistakes and other examples", "evaluate", ("card_gallery",), (760, 600)),
    FigureEntry(
        "classes", "Each class", "evaluate", ("card_classes",), (720, 430), ("subtitle_card_classes",)
    ),
    FigureEntry("calibration", "Calibration", "evaluate", ("card_calibration",), (560, 600)),
    FigureEntry("verdict", "What the network said", "evaluate", ("card_verdict",), (720, 220)),
    FigureEntry("ways", "Three ways to read", "evaluate", ("panel_reading",), (1280, 640)),
    FigureEntry(
        "stage",
        "Stage of the walkthrough",
        "step_through",
        (),
        (1280, 760),
        ("card_example", "card_foot", "panel_by_hand"),
    ),
    FigureEntry("compared-loss", "Loss of several runs", "compare", ("plot_compared_loss",), CURVE),
    FigureEntry(
        "compared-accuracy", "Accuracy of several runs", "compare", ("plot_compared_accuracy",), CURVE
    ),
    FigureEntry(
        "compared-gradients", "Gradient of several runs", "compare", ("plot_compared_gradients",), CURVE
    ),
    FigureEntry(
        "depth", "Gradients in depth", "compare", ("card_depth",), (1000, 560), ("label_depth_told",)
    ),
    FigureEntry("differences", "Weights of two runs", "compare", ("card_beside",), (1100, 480)),
    FigureEntry("seed-curves", "Loss from many seeds", "many_seeds", ("plot_seed_curves",), CURVE),
    FigureEntry("seed-ends", "Many seeds at their end", "many_seeds", ("plot_seed_dots",), CURVE),
    FigureEntry("window", "The window", "", (), (1440, 900)),
)
"""In the order of menus."""


def figure_entry(name: str) -> FigureEntry:
    """The picture of that name; ValueError if there is none."""
    for entry in FIGURES:
        if entry.name == name:
            return entry
    raise unknown_name("picture", name, [entry.name for entry in FIGURES])


def page_of(view: View) -> str:
    """The key of the page that a view is of, also where it is one of the window."""
    return figure_entry(view.figure).page or str(view.choices.get("page", ""))


def figure_of(part: str) -> FigureEntry | None:
    """The picture that consists of a single widget, by its object name."""
    return next((entry for entry in FIGURES if entry.parts == (part,)), None)
