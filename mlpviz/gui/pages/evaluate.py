"""The Evaluate page: how good the network is, what it gets wrong, and how else a digit can be read."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from mlpviz.data.ink import DRAW_TIP, why_no_drawing
from mlpviz.gui.assessor import Assessor
from mlpviz.gui.pages.page import Page
from mlpviz.gui.panels.classes_panel import ClassesPanel
from mlpviz.gui.panels.confusion_card import ConfusionCard
from mlpviz.gui.panels.draw_panel import DrawPanel
from mlpviz.gui.panels.gallery_card import GalleryCard
from mlpviz.gui.panels.reading_panel import ReadingPanel
from mlpviz.gui.panels.splits_bar import SplitsBar
from mlpviz.gui.panels.verdict_card import VerdictCard
from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.card import GAP_PX
from mlpviz.gui.widgets.confusion_map import Place
from mlpviz.gui.workspace import Workspace


class EvaluatePage(Page):
    """The splits above; below examples, classes and, for images, three ways to read and a board."""

    key = "evaluate"

    def __init__(self, workspace: Workspace, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(workspace, theme, parent)
        self.assessor = Assessor(workspace, self)
        self.splits = SplitsBar(self.assessor, theme)
        self.confusion = ConfusionCard(self.assessor, theme)
        self.gallery = GalleryCard(self.assessor, theme)
        self.verdict = VerdictCard(self.assessor, theme)
        self.classes = ClassesPanel(self.assessor, theme)
        self.reading = ReadingPanel(self.assessor, theme)
        self.draw = DrawPanel(self.assessor, theme)
        self.tabs = QTabWidget()
        self.tabs.setObjectName("tabs_evaluate")
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        for panel, title, tip in (
            (self._build_examples(), "Examples", "What is taken for what, and which examples those are"),
            (self.classes, "Classes", "Precision, recall and F1 of each class, and the calibration"),
            (self.reading, "Three ways to read", "Templates, a linear layer and this network on one picture"),
            (self.draw, "Draw", DRAW_TIP),
        ):
            self.tabs.addTab(self._with_margin(panel), title)
            self.tabs.setTabToolTip(self.tabs.count() - 1, tip)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 14, 14, 14)
        column.setSpacing(8)
        column.addWidget(self.splits)
        column.addWidget(self.tabs, 1)
        self.tabs.currentChanged.connect(self._tab_changed)
        self.confusion.chosen.connect(self._place_chosen)
        self.gallery.list_changed.connect(self._list_changed)
        self.reading.picked.connect(self.gallery.choose)
        self.draw.read_wanted.connect(self._read_drawing)
        self.assessor.assessed.connect(self._assessed)
        self.assessor.split_changed.connect(self._split_changed)
        self.assessor.example_changed.connect(self._example_changed)
        workspace.run_changed.connect(self.reading.forget_run)
        if workspace.run is not None:
            self._split_changed()

    def _build_examples(self) -> QWidget:
        widget = QWidget()
        right = QVBoxLayout()
        right.setSpacing(GAP_PX)
        right.addWidget(self.gallery, 1)
        right.addWidget(self.verdict)
        row = QHBoxLayout(widget)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP_PX)
        row.addWidget(self.confusion, 9)
        row.addLayout(right, 11)
        return widget

    @staticmethod
    def _with_margin(panel: QWidget) -> QWidget:
        """A panel a little below the tabs."""
        widget = QWidget()
        box = QVBoxLayout(widget)
        box.setContentsMargins(0, GAP_PX, 0, 0)
        box.addWidget(panel)
        return widget

    def view_state(self) -> dict[str, Any]:
        """The split that is looked at, what was chosen or drawn, and the tab."""
        place, drawn = self.gallery.place, self.reading.drawn
        state: dict[str, Any] = {
            "split": self.assessor.split_name,
            "place": None if place is None else list(place),
            "example": self.assessor.example,
            "tab": self.tabs.currentIndex(),
        }
        return state if drawn is None else {**state, "drawn": drawn.tolist()}

    def set_view_state(self, state: Mapping[str, Any]) -> None:
        """Look at all that again; ValueError if there is no such thing in this run."""
        split, place = state.get("split", self.assessor.split_name), state.get("place")
        if not isinstance(split, str) or split not in self.assessor.splits:
            raise ValueError(f"there are no {split!s:.20} examples: choose {', '.join(self.assessor.splits)}")
        self.assessor.choose_split(split)
        if place is not None:
            chosen = _place_in(place, len(self.workspace.dataset.classes))
            self.confusion.set_place(chosen)
            self._place_chosen(chosen)
        example, n = state.get("example"), len(self.assessor.split)
        if example is not None:
            if type(example) is not int or not 0 <= example < n:
                raise ValueError(f"there is no {split} example {example!r:.20}: they are 0 to {n - 1}")
            self.gallery.choose(example)
        if "drawn" in state:
            self.reading.show_drawing(_drawing_in(state["drawn"], self.workspace.dataset.image_shape))
        tab = state.get("tab", 0)
        if type(tab) is not int or not self.tabs.isTabVisible(tab):
            raise ValueError(f"there is no tab {tab!r:.20} on the Evaluate page of this run")
        self.tabs.setCurrentIndex(tab)

    def about_picture(self) -> str:
        """What the pictures of this page speak of."""
        return f"{self.assessor.split_name} examples"

    def why_not(self, part: str) -> str:
        """Why a part has nothing to show of the current run; empty where it has."""
        needs_classes = part in ("card_classes", "card_calibration")
        return "its data have no classes" if needs_classes and not self.workspace.dataset.classes else ""

    # ------------------------------------------------------------------ when it is looked at

    def parts(self) -> list[Callable[[], None]]:
        """See whether there is a newer network to be judged; what is found is shown when it comes."""
        return [self.assessor.look]

    def showEvent(self, event: QShowEvent) -> None:
        """Judge only while somebody looks."""
        super().showEvent(event)
        self.assessor.is_visible = True
        self.assessor.look()

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave the network alone."""
        super().hideEvent(event)
        self.assessor.is_visible = False

    # ------------------------------------------------------------------ what follows what

    def _assessed(self, name: str) -> None:
        assessor = self.assessor
        if name != assessor.split_name:
            if self.tabs.currentIndex() == 2:
                self.reading.refresh()  # it tells the accuracy on one split, whichever is on show
            return
        is_still = self.workspace.training and self.gallery.is_in_use  # what is pointed at should not move
        if not is_still:
            self.gallery.refresh()
        self.verdict.refresh()
        self._show_tab()

    def _tab_changed(self) -> None:
        if not self.tabs.tabBar().hasFocus():
            self.setFocus()  # else what had it hides, and it goes to the button that trains
        self._show_tab()

    def _show_tab(self) -> None:
        """Bring the panel on show up to date."""
        if self.workspace.run is None:
            return
        match self.tabs.currentIndex():
            case 0:
                self.confusion.refresh()
            case 1:
                self.classes.refresh()
            case 2:
                self.reading.refresh()
            case 3:
                self.draw.refresh()

    def _split_changed(self) -> None:
        """Another split, or another run: what was chosen is gone."""
        dataset = self.workspace.dataset
        has_classes = bool(dataset.classes)
        self.tabs.setTabVisible(1, has_classes)
        for tab in (2, 3):
            self.tabs.setTabVisible(tab, has_classes and dataset.image_shape is not None)
        reason = why_no_drawing(dataset)
        self.tabs.setTabEnabled(3, not reason)
        self.tabs.setTabToolTip(3, reason or DRAW_TIP)
        self._clear_place()
        self.splits.refresh()
        self.gallery.refresh()
        self.verdict.refresh()
        self._show_tab()

    def _clear_place(self) -> None:
        self.confusion.set_place(None)
        self.gallery.show_place(None)

    def _place_chosen(self, place: Place | None) -> None:
        self.gallery.show_place(place)

    def _list_changed(self) -> None:
        """The cell stays marked only while its examples are on show."""
        self.confusion.set_place(self.gallery.place if self.gallery.list_name == "cell" else None)

    def _example_changed(self) -> None:
        self.gallery.mark()
        if self.tabs.currentIndex() == 2:
            self.reading.refresh()

    def _read_drawing(self) -> None:
        self.reading.show_drawing(self.draw.digit)
        self.tabs.setCurrentIndex(2)


def _drawing_in(found: Any, shape: tuple[int, int] | None) -> NDArray[np.uint8]:
    """A drawing of the shape of the images, from plain values."""
    drawn = np.array(found)
    if drawn.shape != shape or drawn.dtype.kind != "i" or drawn.min() < 0 or drawn.max() > 255:
        raise ValueError("a drawing is rows of whole numbers from 0 to 255, of the size of the images")
    return drawn.astype(np.uint8)


def _place_in(found: Any, n: int) -> Place:
    """A cell, row or column among `n` classes, from plain values."""
    ends = found if isinstance(found, (list, tuple)) else ()
    if len(ends) == 2 and all(end is None or (type(end) is int and 0 <= end < n) for end in ends):
        return ends[0], ends[1]
    raise ValueError(f"a place in the confusion matrix is two classes from 0 to {n - 1}, not {found!r:.40}")


PAGE = EvaluatePage
