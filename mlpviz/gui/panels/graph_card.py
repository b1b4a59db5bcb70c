"""A network of few units as a graph, with the numbers of the example in its nodes."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mlpviz.gui.follower import Follower
from mlpviz.gui.panels.network_numbers import graph_names, graph_numbers, graph_sizes, weight_positions
from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.widgets.network_graph import NetworkGraph


class GraphCard(Card):
    """Shows the followed network where it is small enough, and hides itself where it is not."""

    chosen = Signal()
    """A node or an edge was clicked, and is now what is pointed at."""

    def __init__(self, follower: Follower, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "", "card_graph", parent=parent)
        self._follower = follower
        self._affine: list[int] = []  # the positions of the affine layers
        self.graph = NetworkGraph(theme, "graph_network")
        self.graph.node_clicked.connect(self._node_clicked)
        self.graph.edge_clicked.connect(self._edge_clicked)
        self.body.addWidget(self.graph)
        follower.walked.connect(self._show_network)
        follower.pointed.connect(self._mark)

    def _show_network(self) -> None:
        walkthrough = self._follower.walkthrough
        assert walkthrough is not None
        network = walkthrough.network
        self._affine = weight_positions(network)
        sizes = graph_sizes(network)
        fits = NetworkGraph.fits(sizes)
        self.setVisible(fits)
        if not fits:
            return
        names = graph_names(self._follower.workspace.dataset, sizes)
        self.graph.set_network(graph_numbers(network.params), *names)

    def show_stage(self, guessing: bool) -> None:
        """Light the stage on show; without the units' numbers while one of them is to be guessed."""
        walkthrough = self._follower.walkthrough
        if walkthrough is None or self.isHidden():
            return
        ends = [*(i - 1 for i in self._affine[1:]), len(walkthrough.network.layers) - 1]
        values = [walkthrough.x[0], *(walkthrough.trace.outputs[i][0] for i in ends)]
        self.graph.set_values([] if guessing else values)
        self._mark()

    def _mark(self) -> None:
        if self._follower.walkthrough is None or self.isHidden():
            return
        stage = self._follower.stage
        if stage.layer is None or stage.layer not in self._affine:
            self.graph.set_highlight(None, None)
            return
        level = self._affine.index(stage.layer) + 1
        source, unit = self._follower.chosen(_axis(level - 1)), self._follower.chosen(_axis(level))
        goes_through = stage.result.axes[-1] == _axis(level - 1)  # back to what went into the layer
        node = (level - 1, source) if goes_through else (level, unit)
        self.graph.set_highlight(node, (level, source, unit))

    def _node_clicked(self, level: int, unit: int) -> None:
        self._follower.point(_axis(level), unit)
        self.chosen.emit()

    def _edge_clicked(self, level: int, source: int, unit: int) -> None:
        self._follower.point(_axis(level - 1), source)
        self._follower.point(_axis(level), unit)
        self.chosen.emit()


def _axis(level: int) -> str:
    """The axis that counts a level's units; level 0 are the inputs."""
    return f"units {level}" if level else "inputs"
