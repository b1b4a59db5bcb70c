"""Each class by itself, and whether the network is right as often as it is certain."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from mlpviz.figures.numbers import format_number, format_percent
from mlpviz.gui.assessor import Assessor
from mlpviz.gui.theme import Theme, set_role, text_metrics
from mlpviz.gui.widgets.calibration_view import CalibrationView
from mlpviz.gui.widgets.card import GAP_PX, Card
from mlpviz.gui.widgets.data_table import UNDEFINED, Column, DataTable
from mlpviz.training.calibration import in_words

CERTAINTY_TIP = (
    "Certainty is the probability of the class said, where the loss makes probabilities of the outputs.\n"
    "With the squared error it is the output itself, from 0 to 1"
)
ERROR_TIP = (
    "The expected calibration error: the gap between certainty and accuracy,\n"
    "averaged over the bins by how many examples each has. 0 is perfect"
)
NO_PROBABILITIES = (
    "Squared error: the outputs are no probabilities and need not add up to 100\u202f%; "
    "what is called certainty is the largest output."
)


class _NumberedCard(Card):
    """A card whose owner says which arrays are behind it."""

    arrays: Mapping[str, NDArray] = {}

    def numbers(self) -> dict[str, NDArray]:
        """The arrays on show, by name."""
        return dict(self.arrays)


class ClassesPanel(QWidget):
    """A table of the classes beside the calibration."""

    def __init__(self, assessor: Assessor, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel_classes")
        self._assessor = assessor
        self._classes = _NumberedCard(theme, "Each class", "card_classes", "click a head to sort")
        self.table = DataTable(theme, "table_classes", "Precision, recall and F1 of each class")
        self._remarks = QLabel()
        self._remarks.setObjectName("label_remarks")
        self._remarks.setWordWrap(True)
        set_role(self._remarks, "warning")
        self._classes.body.addWidget(self.table, 100)
        self._classes.body.addWidget(self._remarks)
        self._classes.body.addStretch(1)
        self._calibration = _NumberedCard(theme, "Calibration", "card_calibration")
        self._calibration.setToolTip(CERTAINTY_TIP)
        self.plot = CalibrationView(theme, "plot_calibration")
        self.plot.hovered.connect(self._say)
        self._verdict = QLabel()
        self._verdict.setObjectName("label_calibration_verdict")
        self._verdict.setWordWrap(True)
        self._outputs = QLabel(NO_PROBABILITIES)
        self._outputs.setObjectName("label_no_probabilities")
        self._outputs.setWordWrap(True)
        set_role(self._outputs, "subtitle")
        self._bin = QLabel()
        self._bin.setObjectName("label_calibration")
        self._bin.setWordWrap(True)
        self._bin.setMinimumHeight(2 * text_metrics().lineSpacing() + 2)
        set_role(self._bin, "subtitle")
        self._calibration.body.addWidget(self._verdict)
        self._calibration.body.addWidget(self._outputs)
        self._calibration.body.addWidget(self.plot, 1)
        self._calibration.body.addWidget(self._bin)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP_PX)
        row.addWidget(self._classes, 11)
        row.addWidget(self._calibration, 9)
        self._say("")

    def refresh(self) -> None:
        """Show the newest assessment."""
        found, names = self._assessor.assessment, self._assessor.workspace.dataset.classes
        if found is None or found.classes is None or found.calibration is None or found.matrix is None:
            return
        classes, bins = found.classes, found.calibration
        self._classes.arrays = {
            name: getattr(classes, name) for name in ("precision", "recall", "f1", "support")
        }
        self._calibration.arrays = {name: getattr(bins, name) for name in ("certainty", "accuracy", "counts")}

        def percent(part: float) -> str:
            return UNDEFINED if np.isnan(part) else format_percent(part)

        self.table.set_columns(
            [
                Column("class", "The class", list(names)),
                Column(
                    "precision",
                    "Of the examples said to be of the class, the part that is",
                    classes.precision,
                    percent,
                    "Not defined: the network never says this class",
                ),
                Column(
                    "recall",
                    "Of the examples of the class, the part that is found",
                    classes.recall,
                    percent,
                    "Not defined: there is no example of this class",
                ),
                Column(
                    "F1",
                    "The harmonic mean of precision and recall: high only if both are",
                    classes.f1,
                    percent,
                    "Not defined: the class is neither there nor ever said",
                ),
                Column("examples", "How many examples there are of the class (its support)", classes.support),
                Column(
                    "mistaken for",
                    "The class that its examples are most often mistaken for, and how many are",
                    _mistaken_for(found.matrix, names),
                ),
            ]
        )
        self.table.setMaximumHeight(self.table.content_height())
        self._remarks.setText("\n".join(found.remarks))
        self._remarks.setVisible(bool(found.remarks))
        self.plot.set_calibration(found.calibration)
        error = found.calibration.error
        words = UNDEFINED if np.isnan(error) else format_number(error)
        self._verdict.setText(in_words(found.calibration))
        self._outputs.setVisible(not self._assessor.gives_probabilities)
        self._calibration.set_subtitle(f"expected calibration error {words}")
        self._say("")

    def _say(self, words: str) -> None:
        hint = "On the dashed line the network is right as often as it is certain; below it, it is too sure."
        self._bin.setText(f"{words[0].upper()}{words[1:]}." if words else hint)
        self.plot.setToolTip(f"{CERTAINTY_TIP}.\n{ERROR_TIP}.")


def _mistaken_for(matrix: NDArray[np.int64], names: Sequence[str]) -> list[str]:
    """For each class the other one it is most often said to be, with the count: "9 (19)"."""
    wrong = matrix - np.diag(np.diag(matrix))
    worst = wrong.argmax(axis=1).tolist()
    return [
        f"{names[column]} ({wrong[row, column]})" if wrong[row, column] else UNDEFINED
        for row, column in enumerate(worst)
    ]
