"""The gradient of every layer side by side for all runs, and what made it smaller on its way down."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from mlpviz.figures.numbers import format_number
from mlpviz.gui.background import Task
from mlpviz.gui.comparison import Comparison
from mlpviz.gui.theme import Theme, set_role, text_metrics
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.widgets.log_bars import BarRow, LogBars, MarkRow
from mlpviz.gui.widgets.steady_label import SteadyLabel
from mlpviz.training.shrinking import Shrinking, shrinking

NOTHING_BELOW = (
    "With one layer of weights there is no way down, so no gradient can shrink: add a run with hidden layers."
)
HINT = "Point at a layer, or choose it with the arrow keys, for its numbers."
GRADIENTS_TIP = (
    "The norm of the gradient of each layer's weights, on the first hundred training examples: the same ones "
    "for all runs with the same data and seed. Where a bar is short, hardly anything is learnt"
)
FACTORS_TIP = (
    "δ is how the loss changes with a layer's weighted sums. On its way down from the layer above, Wᵀ "
    "multiplies its length by one factor and the slope f′ of the activation by another; the line is their "
    "product. A sigmoid's slope is at most ¼, a ReLU's is 0 or 1"
)


class DepthCard(Card):
    """Bars for each layer and run, and a sentence for each run that says what they show."""

    def __init__(self, comparison: Comparison, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "", "card_depth", parent=parent)
        self._comparison = comparison
        self._found: list[tuple[int, str, Shrinking]] = []
        self._background = comparison.workspace.make_background()
        self.gradients = LogBars(theme, "bars_gradients", "Gradient norm of each layer")
        self.factors = LogBars(theme, "bars_factors", "Factors of the gradient's way down", base=1.0)
        row = QHBoxLayout()
        row.setSpacing(14)
        self._halves = [
            _half(self.gradients, "Gradient of each layer's weights", "caption_gradients", GRADIENTS_TIP),
            _half(
                self.factors,
                "From right to left, into each layer: δ times Wᵀ (pale), times f′ (full); the line is both",
                "caption_factors",
                FACTORS_TIP,
            ),
        ]
        for half in self._halves:
            row.addWidget(half, 1)
        self._words = SteadyLabel(theme, "label_depth")
        self._told = QLabel()
        self._told.setObjectName("label_depth_told")
        self._told.setWordWrap(True)
        self._told.setAlignment(Qt.AlignmentFlag.AlignTop)
        set_role(self._told, "subtitle")
        self._told.setFixedHeight(2 * text_metrics().lineSpacing() + 2)
        self.body.addWidget(self._words)
        self.body.addLayout(row, 1)
        self.body.addWidget(self._told)
        for bars in (self.gradients, self.factors):
            bars.told.connect(self._tell)
        self._tell("")
        theme.changed.connect(self.refresh)

    def _tell(self, words: str) -> None:
        self._told.setText(words or HINT)

    def refresh(self) -> None:
        """Measure the networks on show, off the window's thread, and show what comes out."""
        runs = self._comparison.shown
        if not runs:
            self._background.cancel()
            return
        if self._background.busy and self._comparison.training:
            return  # the next refresh will ask again
        looked_at = [
            (run.slot, run.name, run.snapshot.network, run.lane.x, run.lane.targets, run.trainer.loss)
            for run in runs
        ]

        def work(task: Task) -> list[tuple[int, str, Shrinking]]:
            return [
                (slot, name, shrinking(network, x, targets, loss))
                for slot, name, network, x, targets, loss in looked_at
                if not task.cancelled
            ]

        self._background.ask(work, self._show)

    def _show(self, found: list[tuple[int, str, Shrinking]]) -> None:
        self._found = found
        depth = max((len(each.gradients) for _, _, each in found), default=0)
        groups = [f"layer {i + 1}" for i in range(depth)]
        self.gradients.set_bars(groups, [BarRow(name, slot, each.gradients) for slot, name, each in found])
        rows = [
            row
            for slot, name, each in found
            for row in (
                BarRow(f"{name}: Wᵀ ×", slot, each.by_weights, pale=True),
                BarRow(f"{name}: f′ ×", slot, each.by_slopes),
            )
        ]
        marks = [MarkRow(f"{name}: both ×", slot, each.factors) for slot, name, each in found]
        self._halves[1].setVisible(depth > 1)
        self.factors.set_bars(groups[:-1], rows, marks)
        several = depth > 1
        self._words.set_text(
            "<br>".join(self._sentence(*each) for each in found) if several else NOTHING_BELOW
        )

    def numbers(self) -> dict[str, NDArray]:
        """The gradient norms of each layer, from the first on, by run."""
        return {name: np.asarray(each.gradients) for _, name, each in self._found}

    def _sentence(self, slot: int, name: str, found: Shrinking) -> str:
        first, last = found.gradients[0], found.gradients[-1]
        sample = f"<span style='color:{self.theme.color(slot).name()}'><b>{name}</b></span>"
        n = len(found.gradients)
        if n < 2:
            return f"{sample}: one layer of weights only, so there is nothing to shrink"
        if not first or first != first:
            return f"{sample}: no gradient reaches layer 1"
        if last >= first:
            return f"{sample}: layer 1 gets a gradient <b>{_times(last / first)}</b> smaller than layer {n}"
        return f"{sample}: layer 1 gets a gradient <b>{_times(first / last)}</b> larger than layer {n}"


def _times(ratio: float) -> str:
    return f"{format_number(round(ratio) if ratio >= 10 else round(ratio, 1), 2 if ratio < 10 else 3)} times"


def _half(bars: LogBars, words: str, name: str, tip: str) -> QWidget:
    half = QWidget()
    box = QVBoxLayout(half)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(4)
    caption = QLabel(words)
    caption.setObjectName(name)
    caption.setWordWrap(True)
    caption.setToolTip(tip)
    set_role(caption, "caption")
    bars.setToolTip(tip)
    box.addWidget(caption)
    box.addWidget(bars, 1)
    return half
