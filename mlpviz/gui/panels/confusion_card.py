"""Which classes are taken for which; for regression what is left over instead."""

from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QStackedWidget, QWidget

from mlpviz.figures.numbers import format_number
from mlpviz.gui.assessor import Assessor
from mlpviz.gui.theme import Theme, set_role, text_metrics
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.widgets.confusion_map import ConfusionMap, Place
from mlpviz.gui.widgets.residuals_view import ResidualsView
from mlpviz.training.regression import fit_of, residuals

HINT = "Click a cell, or the name of a row or column, to see its examples"


class ConfusionCard(Card):
    """The confusion matrix, with what is pointed at in words; or the residuals."""

    chosen = Signal(object)
    """A `Place` of the matrix, or None if the choice was taken back."""

    def __init__(self, assessor: Assessor, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Confusion", "card_confusion", parent=parent)
        self._assessor = assessor
        self.map = ConfusionMap(theme, "plot_confusion")
        self.map.setToolTip("Rows: the true class. Columns: what the network said. Mistakes are in colour")
        self.map.chosen.connect(self.chosen)
        self.map.hovered.connect(self._say)
        self.residuals = ResidualsView(theme, "plot_residuals")
        self.residuals.setToolTip(
            "Each dot is an example: a good fit leaves a level band around zero, without a shape"
        )
        self.residuals.chosen.connect(assessor.choose_example)
        self._pictures = QStackedWidget()
        self._pictures.addWidget(self.map)
        self._pictures.addWidget(self.residuals)
        self._words = QLabel(HINT)
        self._words.setObjectName("label_confusion")
        self._words.setWordWrap(True)
        set_role(self._words, "subtitle")
        self._words.setMinimumHeight(text_metrics().lineSpacing() + 2)
        self.body.addWidget(self._pictures, 1)
        self.body.addWidget(self._words)
        assessor.example_changed.connect(self._mark)

    def refresh(self) -> None:
        """Show the newest assessment."""
        found, names = self._assessor.assessment, self._assessor.workspace.dataset.classes
        self._pictures.setCurrentWidget(self.map if names else self.residuals)
        self.set_title("Confusion" if names else "Residuals")
        if found is None:
            return
        if found.matrix is not None and found.classes is not None:
            self.map.set_matrix(found.matrix, found.classes.support, names)
            n, right = len(found.judgement), int(found.judgement.right.sum())
            self.set_subtitle(f"{format_number(n - right)} of {format_number(n)} are wrong")
            return
        fit, judgement = fit_of(found.judgement), found.judgement
        rmse, r_squared = (
            ", ".join(format_number(float(v)) for v in part) for part in (fit.rmse, fit.r_squared)
        )
        self.set_subtitle(f"RMSE {rmse}, R² {r_squared}")
        self._words.setText(
            "RMSE: the root of the mean squared residual. R²: 1 for a perfect fit, 0 for one no better than "
            "always answering the mean."
            + (" The first output is shown." if judgement.outputs.shape[1] > 1 else "")
        )
        self.residuals.set_residuals(judgement.outputs[:, 0], residuals(judgement)[:, 0])
        self._mark()

    def numbers(self) -> dict[str, NDArray]:
        """The confusion matrix, rows the true classes; or outputs and residuals."""
        found = self._assessor.assessment
        if found is None:
            return {}
        if found.matrix is not None:
            return {"confusion": found.matrix}
        return {"said": found.judgement.outputs[:, 0], "residual": residuals(found.judgement)[:, 0]}

    def become_picture(self) -> None:
        """No example is chosen."""
        self.residuals.set_selected(None)

    def _mark(self) -> None:
        self.residuals.set_selected(self._assessor.example)

    def set_place(self, place: Place | None) -> None:
        """Mark a cell, or none."""
        self.map.set_selected(place)

    def _say(self, words: str) -> None:
        self._words.setText(words or HINT)
