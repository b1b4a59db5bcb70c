"""The views of a network's inside that share a place on the Train page, and the row that chooses one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from mlpviz.gui.panels.biases_card import BiasesCard, has_biases, tells_nothing_else
from mlpviz.gui.panels.collapsed_card import CollapsedCard, can_collapse
from mlpviz.gui.panels.cost_card import CostCard
from mlpviz.gui.panels.network_card import NetworkCard, fits
from mlpviz.gui.panels.units_card import UnitsCard, has_hidden_units
from mlpviz.gui.panels.weights_card import WeightsCard
from mlpviz.gui.surveyor import Surveyor
from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.widgets.segments import Segment, Segments
from mlpviz.gui.workspace import Workspace

GUEST = "curves"


class View(Protocol):
    """A card that shows the newest snapshot when it is told to."""

    def refresh(self) -> None:
        """Show the newest snapshot."""


@dataclass(frozen=True, slots=True)
class LowerView:
    """One view.

    Attributes
    ----------
    key, title, tip
        Its button is called ``choice_view_<key>``.
    make
        Makes its card, which has a ``refresh()``.
    applies
        Whether the current run can be shown by it.
    why_not
        What is the matter with a run to which it does not apply.
    leads
        Whether, where it applies, it shows the very point of the current run.
    """

    key: str
    title: str
    tip: str
    make: Callable[[Workspace, Theme, Surveyor], Card]
    applies: Callable[[Workspace], bool]
    why_not: str = ""
    leads: Callable[[Workspace], bool] = lambda _: False


LOWER_VIEWS: tuple[LowerView, ...] = (
    LowerView(
        "units",
        "Units",
        "What each hidden unit makes of every input",
        UnitsCard,
        has_hidden_units,
        "units can be mapped where there are one or two inputs and a hidden layer",
    ),
    LowerView(
        "cost",
        "Cost",
        "The loss over one or two parameters, and the path that training takes on it",
        lambda workspace, theme, _: CostCard(workspace, theme),
        lambda _: True,
    ),
    LowerView(
        "network",
        "Network",
        "The network as a graph, its weights as edges",
        lambda workspace, theme, _: NetworkCard(workspace, theme),
        fits,
        "its network has too many units for a graph",
    ),
    LowerView(
        "weights",
        "Weights",
        "The weights, gradients and updates of each layer",
        lambda workspace, theme, _: WeightsCard(workspace, theme),
        lambda _: True,
    ),
    LowerView(
        "collapsed",
        "As one layer",
        "Layers with nothing between them are one layer: this is it",
        lambda workspace, theme, _: CollapsedCard(workspace, theme),
        can_collapse,
        "its network has no two layers with nothing between them",
        leads=lambda workspace: workspace.dataset.n_in > 2,
    ),
    LowerView(
        "biases",
        "Biases",
        "What each unit adds to its weighted sum",
        lambda workspace, theme, _: BiasesCard(workspace, theme),
        has_biases,
        "its network has no biases",
        leads=tells_nothing_else,
    ),
)
"""In the order of the row. Shown is the one that leads; else the first that applies, or with more than two
inputs the weights."""


class LowerViews(QWidget):
    """Shows one view of those that apply; what the user chose stays while it applies."""

    def __init__(
        self, workspace: Workspace, theme: Theme, surveyor: Surveyor, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("lower_views")
        self._workspace = workspace
        self._wanted: str | None = None
        self.cards = {view.key: view.make(workspace, theme, surveyor) for view in LOWER_VIEWS}
        segments = [Segment(view.key, view.title, view.tip) for view in LOWER_VIEWS]
        segments.append(Segment(GUEST, "Curves", "Loss, accuracy and gradients over the steps"))
        self._choices = Segments("choices_view", "What is shown below", segments, prefix="view_", wraps=True)
        self._choices.chosen.connect(self._chosen)
        self._guest: QWidget | None = None
        self._stack = QStackedWidget()
        for card in self.cards.values():
            self._stack.addWidget(card)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._choices)
        layout.addWidget(self._stack, 1)
        self._choices.hide()
        self._stack.setCurrentWidget(self.cards["weights"])

    @property
    def weights(self) -> WeightsCard:
        """The card of the weights."""
        card = self.cards["weights"]
        assert isinstance(card, WeightsCard)
        return card

    @property
    def shown(self) -> str:
        """The key of the view on show."""
        shown = self._stack.currentWidget()
        return next((key for key, card in self.cards.items() if card is shown), GUEST)

    def show_card(self, name: str) -> None:
        """Show the view whose card has this object name, if there is one that applies."""
        for view in LOWER_VIEWS:
            if self.cards[view.key].objectName() == name and view.applies(self._workspace):
                self._chosen(view.key)

    def show_run(self) -> None:
        """Offer what the current run can be shown by."""
        offered = [view for view in LOWER_VIEWS if view.applies(self._workspace)]
        keys = [view.key for view in offered] + [GUEST] * (self._guest is not None)
        self._choices.setVisible(len(keys) > 1)
        self._choices.offer(keys)
        leading = [view.key for view in offered if view.leads(self._workspace)]
        usual = [*leading, keys[0] if self._workspace.dataset.n_in <= 2 else "weights"][0]
        self._show(self._wanted if self._wanted in keys else usual)

    def take_in(self, curves: QWidget | None) -> None:
        """Offer the curves here too, where a low window has no place of their own for them; or no more."""
        if curves is self._guest:
            return
        if self._guest is not None:
            self._stack.removeWidget(self._guest)
        self._guest = curves
        if curves is not None:
            self._stack.addWidget(curves)
        if self._workspace.run is not None:
            self.show_run()

    def why_not(self, card: str) -> str:
        """Why a card, by its object name, has nothing to show of the current run; empty where it has."""
        shown = {self.cards[view.key].objectName(): view for view in LOWER_VIEWS}
        view = shown.get(card)
        return "" if view is None or view.applies(self._workspace) else view.why_not

    def refresh(self) -> None:
        """Show the newest snapshot in the view on show."""
        shown = self._stack.currentWidget()
        if shown is not self._guest:
            cast(View, shown).refresh()

    def _chosen(self, key: str) -> None:
        self._wanted = key
        self._show(key)

    def _show(self, key: str | None) -> None:
        assert key is not None
        self._choices.choose(key)
        shown = self._guest if key == GUEST else self.cards[key]
        assert shown is not None
        self._stack.setCurrentWidget(shown)
        self.refresh()
