"""The examples of a cell, the mistakes, or the least certain: as pictures, or else as a table."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QStackedWidget, QToolButton, QWidget

from mlpviz.figures.numbers import THIN_SPACE, format_number
from mlpviz.gui.assessor import Assessment, Assessor
from mlpviz.gui.theme import Theme, set_role
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.widgets.confusion_map import Place
from mlpviz.gui.widgets.data_table import Column, DataTable
from mlpviz.gui.widgets.gallery_view import Caption, GalleryView
from mlpviz.training.judgement import UNSAID, in_cell
from mlpviz.training.regression import residuals

AT_A_TIME = 300
MOST_COLUMNS = 12
LISTS = {
    "cell": (
        "The cell",
        "The examples of the cell, row or column chosen in the confusion matrix, mistakes first",
    ),
    "worst": ("Mistakes, worst first", "What is named wrong; the worst mistake is the one made most surely"),
    "unsure": (
        "Least certain first",
        "All examples, those first whose two largest outputs lie closest; a single one: its threshold",
    ),
}
RESIDUALS = "Largest residuals first"


class GalleryCard(Card):
    """Chooses an example; a double click or Enter has it stepped through."""

    list_changed = Signal()
    """Another list is on show, chosen here."""

    def __init__(self, assessor: Assessor, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "", "card_gallery", parent=parent)
        self._assessor = assessor
        self.place: Place | None = None
        self._shown: NDArray[np.int64] = np.zeros(0, np.int64)
        self._most, self._n = AT_A_TIME, 0
        self._is_first_chosen = False
        self.set_title_widget(self._build_lists())
        self.pictures = GalleryView(theme, "mosaic_gallery", "Examples")
        self.pictures.selected.connect(self._chosen)
        self.pictures.activated.connect(self._opened)
        self.table = DataTable(theme, "table_gallery", "Examples")
        self.table.selected.connect(self._chosen)
        self.table.activated_row.connect(self._opened)
        self._empty = QLabel()
        self._empty.setObjectName("label_gallery_empty")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        set_role(self._empty, "subtitle")
        self._views = QStackedWidget()
        for view in (self.pictures, self.table, self._empty):
            self._views.addWidget(view)
        self.body.addWidget(self._views, 1)
        self._count = QLabel()
        self._count.setObjectName("label_gallery_count")
        set_role(self._count, "subtitle")
        self._more = QToolButton()
        self._more.setObjectName("button_gallery_more")
        self._more.setText("Show more")
        self._more.setToolTip(f"Show {AT_A_TIME} more of these examples")
        set_role(self._more, "link")
        self._more.clicked.connect(self._show_more)
        foot = QHBoxLayout()
        foot.addWidget(self._count, 1)
        foot.addWidget(self._more)
        self.body.addLayout(foot)

    def _build_lists(self) -> QWidget:
        widget = QWidget()
        row = QHBoxLayout(widget)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        self._lists = QButtonGroup(self)
        for i, (name, (title, tip)) in enumerate(LISTS.items()):
            button = QToolButton()
            button.setObjectName(f"choice_list_{name}")
            button.setText(title)
            button.setToolTip(tip)
            button.setCheckable(True)
            set_role(button, "segment")
            self._lists.addButton(button, i)
            row.addWidget(button)
        self._lists.button(1).setChecked(True)
        self._lists.idClicked.connect(self._list_chosen)
        self._residuals_title = QLabel(RESIDUALS)
        set_role(self._residuals_title, "title")
        row.addWidget(self._residuals_title)
        return widget

    # ------------------------------------------------------------------ what is on show

    @property
    def list_name(self) -> str:
        """ "cell", "worst" or "unsure"."""
        return list(LISTS)[self._lists.checkedId()]

    @property
    def shown(self) -> NDArray[np.int64]:
        """The examples on show, by their places in the split."""
        return self._shown

    def show_place(self, place: Place | None) -> None:
        """Show the examples of a cell, row or column; without one, the mistakes."""
        self.place = place
        self._lists.button(0 if place is not None else 1).setChecked(True)
        self._begin()

    def _list_chosen(self, _i: int) -> None:
        self.list_changed.emit()
        self._begin()

    def _begin(self) -> None:
        """Show a list from its beginning, with its first example chosen."""
        self._most = AT_A_TIME
        self.refresh()
        self.pictures.verticalScrollBar().setValue(0)
        self.choose_first()
        self.mark()

    def choose_first(self) -> None:
        """Choose the first example on show: it stands for the list until somebody chooses one."""
        self._is_first_chosen = True
        self._assessor.choose_example(int(self._shown[0]) if len(self._shown) else None)

    def refresh(self) -> None:
        """Show the list as it is by the newest assessment."""
        assessor = self._assessor
        dataset, found = assessor.workspace.dataset, assessor.assessment
        self.set_title_words(LISTS[self.list_name][0] if dataset.classes else RESIDUALS)
        for button in self._lists.buttons():
            button.setVisible(bool(dataset.classes))
        self._residuals_title.setVisible(not dataset.classes)
        if found is None:
            self._shown = np.zeros(0, np.int64)
            self._say("")
            return
        examples = self._examples(found)
        self._shown, self._n = examples[: self._most], len(examples)
        more = len(examples) - len(self._shown)
        self._more.setVisible(more > 0)
        n, noun = format_number(len(examples)), "example" if len(examples) == 1 else "examples"
        words = f"the first {format_number(len(self._shown))} of {n}" if more else f"{n} {noun}"
        self._count.setText(words + self._how_many_wrong(found, examples))
        if not len(examples):
            self._say(self._why_empty())
        elif dataset.image_shape is not None and dataset.classes:
            self._show_pictures(found)
        else:
            self._show_table(found)
        if self._is_first_chosen:
            self.choose_first()
        self.mark()

    def _examples(self, found: Assessment) -> NDArray[np.int64]:
        if not found.judgement.n_classes or self.list_name == "worst":
            return found.worst
        if self.list_name == "unsure":
            return found.least_certain
        return np.zeros(0, np.int64) if self.place is None else in_cell(found.judgement, *self.place)

    def _how_many_wrong(self, found: Assessment, examples: NDArray[np.int64]) -> str:
        """How a whole row or column is made up; nothing where all are wrong, or all right."""
        wrong = int(np.count_nonzero(~found.judgement.right[examples]))
        if self.list_name != "cell" or not 0 < wrong < len(examples):
            return ""
        right = format_number(len(examples) - wrong)
        return f": {format_number(wrong)} wrong first, then {right} right"

    def _why_empty(self) -> str:
        if self.list_name == "worst":
            return "The network makes no mistake on these examples."
        if self.place is None:
            return "Choose a cell of the confusion matrix, or the name of a row or column."
        return "There is no such example."

    def _say(self, sentence: str) -> None:
        self._empty.setText(sentence)
        self._count.setText("")
        self._more.hide()
        self._views.setCurrentWidget(self._empty)

    def mark(self) -> None:
        """Mark the chosen example where it is on show."""
        places = np.flatnonzero(self._shown == self._assessor.example)
        place = int(places[0]) if len(places) else None
        if self._views.currentWidget() is self.pictures:
            self.pictures.set_selected(place)
        elif self._views.currentWidget() is self.table:
            self.table.set_selected(place)

    def _show_pictures(self, found: Assessment) -> None:
        dataset, split, shown = self._assessor.workspace.dataset, self._assessor.split, self._shown
        assert dataset.image_shape is not None
        assert found.judgement.labels is not None
        assert found.judgement.predictions is not None
        pictures = split.inputs_at(shown).reshape(-1, *dataset.image_shape)
        certainty, right = found.judgement.certainty[shown], found.judgement.right[shown]
        captions, labels = [], []
        names = [*dataset.classes, "?"]  # UNSAID is the last
        said = found.judgement.predictions[shown]
        truths = found.judgement.labels[shown]
        for i, truth, answer, sure, is_right in zip(shown, truths, said, certainty, right, strict=True):
            captions.append(Caption(f"{names[truth]}→{names[answer]}", whole_percent(sure), not is_right))
            labels.append(
                f"example {i}: a {names[truth]}, "
                + (
                    f"read as {names[answer]}, {whole_percent(sure)} certain"
                    if answer != UNSAID
                    else "not read"
                )
            )
        high = float(dataset.value_range[1]) if dataset.value_range else None
        self.pictures.set_pictures(pictures, high, captions, labels)
        self._views.setCurrentWidget(self.pictures)

    def _show_table(self, found: Assessment) -> None:
        dataset, shown = self._assessor.workspace.dataset, self._shown
        inputs = self._assessor.split.inputs_at(shown)
        names = dataset.input_names or tuple(f"x{i}" for i in range(dataset.n_in))
        columns = [Column("#", "The place of the example in its split, from 0", shown)]
        judgement = found.judgement
        if judgement.labels is not None and judgement.predictions is not None:
            labels, said = judgement.labels[shown], judgement.predictions[shown]
            columns += [
                Column("true", "The class it is of", _named(labels, dataset.classes)),
                Column("said", "The class the network says", _named(said, dataset.classes)),
                Column(
                    "certain", "How certain the network is of it", judgement.certainty[shown], whole_percent
                ),
            ]
        else:
            columns += [
                Column("target", "What it should be", judgement.targets[shown, 0].astype(np.float64)),
                Column("said", "What the network says", judgement.outputs[shown, 0].astype(np.float64)),
                Column("residual", "What was said less the target", residuals(judgement)[shown, 0]),
            ]
        columns += [
            Column(name, f"The input {name}, as stored", inputs[:, i].astype(np.float64))
            for i, name in enumerate(names[:MOST_COLUMNS])
        ]
        self.table.set_columns(columns)
        self._views.setCurrentWidget(self.table)

    def become_picture(self) -> None:
        """Say how many are seen, for a picture cannot be scrolled; and choose none."""
        view = self._views.currentWidget()
        for each in (self.pictures, self.table):
            each.set_selected(None)
        if view in (self.pictures, self.table) and self._n > view.n_seen:
            self._count.setText(f"the first {view.n_seen} of {format_number(self._n)}")

    def numbers(self) -> dict[str, NDArray]:
        """The examples of the list by their places in the split, and what was said of each."""
        found = self._assessor.assessment
        if found is None or not len(self._shown):
            return {}
        judgement, shown = found.judgement, self._shown
        numbers: dict[str, NDArray] = {"example": shown}
        if judgement.labels is not None and judgement.predictions is not None:
            numbers |= {"label": judgement.labels[shown], "said": judgement.predictions[shown]}
            numbers["certainty"] = judgement.certainty[shown]
        else:
            numbers |= {"target": judgement.targets[shown, 0], "said": judgement.outputs[shown, 0]}
        return numbers

    # ------------------------------------------------------------------ choosing

    @property
    def is_in_use(self) -> bool:
        """Whether somebody points at the examples: they should not move then."""
        if not len(self._shown):
            return False
        return self._views.underMouse() or self.pictures.hasFocus() or self.table.hasFocus()

    def choose(self, example: int) -> None:
        """Choose an example, on show or not, which a newer assessment leaves chosen."""
        self._is_first_chosen = False
        self._assessor.choose_example(example)

    def _chosen(self, place: int) -> None:
        self.choose(int(self._shown[place]))

    def _opened(self, place: int) -> None:
        self._assessor.step_through(int(self._shown[place]))

    def _show_more(self) -> None:
        self._most += AT_A_TIME
        self.refresh()


def whole_percent(part: float) -> str:
    """A part of one as a percentage in whole numbers, never rounded up to a false 100."""
    return "–" if math.isnan(part) else f"{math.floor(100 * part + 1e-9)}{THIN_SPACE}%"


def _named(labels: NDArray[np.int64], names: Sequence[str]) -> list[str]:
    return ["–" if label == UNSAID else names[label] for label in labels.tolist()]
