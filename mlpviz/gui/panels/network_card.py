"""The network as a graph whose edges are its weights as they are now, or their gradients."""

from numpy.typing import NDArray
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from mlpviz.figures.numbers import format_number
from mlpviz.gui.panels.network_numbers import graph_names, graph_numbers, graph_sizes
from mlpviz.gui.theme import Theme, set_role
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.widgets.color_bar import ColorBar
from mlpviz.gui.widgets.network_graph import NetworkGraph
from mlpviz.gui.widgets.segments import Segment, Segments
from mlpviz.gui.workspace import Workspace

QUANTITIES = (
    Segment("edge_weights", "Weights", "Each edge is a weight: gold above zero, blue and dashed below"),
    Segment("edge_gradients", "Gradient", "Each edge is the gradient of its weight at the last step"),
)

NO_GRADIENT = "There is no gradient until the next step"
_ROOM_PX = 380  # for title, subtitle and choices beside each other


def fits(workspace: Workspace) -> bool:
    """Whether the current run's network is small enough for a graph."""
    return NetworkGraph.fits(graph_sizes(workspace.initial.network))


class NetworkCard(Card):
    """Shows a network of few units; the nodes hold no numbers, for there is no example."""

    def __init__(self, workspace: Workspace, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Network", "card_network", parent=parent)
        self._workspace = workspace
        self._quantity = Segments("choices_edges", "What the edges show", QUANTITIES)
        self._quantity.chosen.connect(self.refresh)
        self.add_header_widget(self._quantity)
        self.graph = NetworkGraph(theme, "graph_train")
        self._none = QLabel(f"{NO_GRADIENT}: press Train, or Batch.")
        self._none.setObjectName("label_no_gradient")
        self._none.setWordWrap(True)
        set_role(self._none, "subtitle")
        self._none.hide()
        self._bar = ColorBar(theme, "color_bar_network", "signed", "weight")
        self._bar.setMaximumWidth(220)
        foot = QHBoxLayout()
        foot.addWidget(self._none, 1)
        foot.addStretch(1)
        foot.addWidget(self._bar)
        self.body.addWidget(self.graph, 1)
        self.body.addLayout(foot)

    def numbers(self) -> dict[str, NDArray]:
        """Every weight matrix and bias, or its gradient, by layer."""
        snapshot = self._workspace.snapshot
        if snapshot is None:
            return {}
        wants_gradients = self._quantity.current == "edge_gradients"
        arrays = snapshot.gradients if wants_gradients else snapshot.network.params
        return {f"{i}.{name}": array for i, layer in enumerate(arrays) for name, array in layer.items()}

    def become_picture(self) -> None:
        """Say what the edges are."""
        self._none.setText(f"{NO_GRADIENT}.")
        if self._quantity.current == "edge_gradients" and self._none.isHidden():
            self.set_title("Gradients of the network")

    def refresh(self) -> None:
        """Show the newest snapshot."""
        workspace, snapshot = self._workspace, self._workspace.snapshot
        if not self.isVisible() or workspace.run is None or snapshot is None or not fits(workspace):
            return
        network = snapshot.network
        names = graph_names(workspace.dataset, graph_sizes(network))
        n = network.n_parameters
        words = f"{format_number(n)} {'parameter' if n == 1 else 'parameters'}"
        self.set_subtitle(words if self.width() >= _ROOM_PX else "")
        self.graph.set_network(graph_numbers(network.params), *names)
        wanted = self._quantity.current == "edge_gradients"
        gradients = graph_numbers(snapshot.gradients) if wanted else []
        self.graph.set_gradients(gradients or None)
        self._none.setVisible(wanted and not gradients)
        self._bar.set_quantity("gradient" if gradients else "weight")
        self._bar.set_limit(self.graph.limit)
