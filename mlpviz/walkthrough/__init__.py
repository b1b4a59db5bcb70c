"""A pass through a network, told stage by stage, with the numbers, formulas and code of each."""

from mlpviz.walkthrough.builder import Walkthrough, walk
from mlpviz.walkthrough.stages import Choice, Code, Quantity, Stage
from mlpviz.walkthrough.updating import last_change, loss_change

__all__ = ["Choice", "Code", "Quantity", "Stage", "Walkthrough", "last_change", "loss_change", "walk"]
