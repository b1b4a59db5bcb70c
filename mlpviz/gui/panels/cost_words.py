"""The words of the cost card: its legend, the names of its axes, and where its lines may end."""

from html import escape

from mlpviz.figures.numbers import THIN_SPACE
from mlpviz.training.parameters import Parameter

LEGEND = {
    "start": ("○", "backward", "Where training started"),
    "now": ("●", "backward", "Where training is now, and the loss there"),
    "step_to": (
        "➝",
        "text",
        "Where the optimizer's next step would lead, taken over these examples: against the gradient, "
        "which is at right angles to the level lines",
    ),
    "optimum": (
        "★",
        "validation",
        "The least loss there is, by the formula of least squares: no gradient descent can do better",
    ),
    "earlier": ("┄", "secondary", "The paths of the runs before this one, over the same landscape"),
}
"""Of each kind of mark its sign, its colour, and what it means."""


def axis_wordings(parameter: Parameter) -> list[str]:
    """What an axis may be called, the longest first."""
    return [f"{parameter.symbol} · {parameter.words}", parameter.symbol]


def unbroken(words: str) -> str:
    """Words as HTML that a line breaks only after a comma, or before the first symbol."""
    parts = (part.replace(" ", "&nbsp;") for part in words.replace(THIN_SPACE, " ").split(", "))
    return ", ".join(parts).replace("least&nbsp;squares&nbsp;", "least&nbsp;squares ")


def whole_values(words: str) -> str:
    """Sentences as HTML in which no line ends within a value."""
    return escape(words).replace(" = ", "&nbsp;=&nbsp;").replace(THIN_SPACE, "&nbsp;")
