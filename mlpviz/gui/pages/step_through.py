"""The Step through page: one example forwards and backwards through the network, an operation at a time."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mlpviz.figures.numbers import format_number
from mlpviz.gui.follower import Follower
from mlpviz.gui.pages.page import Page
from mlpviz.gui.panels.example_bar import ExampleBar
from mlpviz.gui.panels.graph_card import GraphCard
from mlpviz.gui.panels.guess_card import GuessCard, judged
from mlpviz.gui.panels.stage_card import StageCard
from mlpviz.gui.panels.stage_words import StageWords
from mlpviz.gui.panels.weights_card import QWIDGETSIZE_MAX
from mlpviz.gui.theme import Theme, set_role
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.widgets.code_view import CodeView
from mlpviz.gui.widgets.formula_view import FormulaView
from mlpviz.gui.widgets.strip_view import StripView
from mlpviz.gui.workspace import Workspace
from mlpviz.training import Snapshot
from mlpviz.walkthrough.narration import legend, readable

ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right)
PLAY_MS = 1500
SIDE_PX = 420
GRAPH_PX = 400  # all nine numbers of a 2-2-1 network have room
NARROW_SIDE_PX = 330
WIDE_PX = 1100
TIGHT_PX = 840  # a small window with a lesson beside it, or one for a projector
NARROW_GRAPH_PX = 230
TIGHT_SIDE_PX, STACKED_SIDE_PX = 168, 208
LOW_PX = 700
WORDS_PX = 176


class StepThroughPage(Page):
    """Example, strip, stage, formula, code and words; Back and Next, or the arrow keys."""

    key = "step_through"

    def __init__(self, workspace: Workspace, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(workspace, theme, parent)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.follower = Follower(workspace, self)
        self._player = QTimer(self)
        self._player.setInterval(PLAY_MS)
        self._player.timeout.connect(self._play_on)
        self._is_stale = True
        self._is_low: bool | None = None
        self._is_tight: bool | None = None
        self._is_stacked: bool | None = None
        self._words_aside: bool | None = None
        self.example_bar = ExampleBar(self.follower, theme)
        self.strip = StripView(theme, "strip_stages")
        self.strip.stage_clicked.connect(self.follower.jump)
        self.stage_card = StageCard(self.follower, theme)
        self.words = StageWords(self.follower, theme)
        self._middle = QHBoxLayout()
        self._middle.setSpacing(14)
        self._middle.addWidget(self._build_left(theme), 1)
        self._middle.addWidget(self._build_side(theme))
        self._column = column = QVBoxLayout(self)
        column.addWidget(self.example_bar)
        column.addWidget(self._in_card(theme, self.strip, "card_strip"))
        column.addLayout(self._middle, 1)
        column.addWidget(self._build_foot(theme))
        self.follower.walked.connect(self._walked)
        self.follower.moved.connect(self._moved)
        self.follower.pointed.connect(self._pointed)
        self.follower.undo_stack.indexChanged.connect(self._share_undo)
        workspace.refreshed.connect(self._show_moment)
        workspace.run_changed.connect(self._run_changed)
        for button in self.findChildren(QAbstractButton):
            button.installEventFilter(self)

    # ------------------------------------------------------------------ parts

    @staticmethod
    def _in_card(theme: Theme, widget: QWidget, name: str) -> Card:
        card = Card(theme, "", name)
        card.body.addWidget(widget)
        return card

    def _build_left(self, theme: Theme) -> QWidget:
        """The stage as pictures; for a small network also as a graph."""
        self.graph_card = GraphCard(self.follower, theme)
        self.graph_card.chosen.connect(self.stage_card.show_stage)
        pictures = QHBoxLayout()
        pictures.setSpacing(14)
        pictures.addWidget(self.graph_card, 2)
        pictures.addWidget(self.stage_card, 3)
        self._words_or_guess = QStackedWidget()
        self._words_or_guess.addWidget(self.words)
        self.guess = GuessCard(theme)
        self.guess.guessed.connect(self._reveal)
        self._words_or_guess.addWidget(self.guess)
        left = QWidget()
        self._left = QVBoxLayout(left)
        self._left.setContentsMargins(0, 0, 0, 0)
        self._left.setSpacing(12)
        self._left.addLayout(pictures, 1)
        self._left.addWidget(self._words_or_guess)
        return left

    def _build_side(self, theme: Theme) -> QWidget:
        self._formula = FormulaView(theme, "formula_general", "The formula")
        self._worked = FormulaView(theme, "formula_worked", "The formula with numbers", 16, True)
        self._code = CodeView(theme, "code_stage")
        self._formulas = formulas = Card(theme, "Formula", "card_formula")
        formulas.body.addWidget(self._formula)
        formulas.body.addWidget(self._worked)
        self._code_card = Card(theme, "The code that ran", "card_code")
        self._code_card.body.addWidget(self._code)
        self._code_card.body.addStretch(1)
        self._show_code = QToolButton()
        self._show_code.setObjectName("button_show_code")
        self._show_code.setText("Code")
        self._show_code.setToolTip("The source lines that ran, in place of the words")
        self._show_code.setCheckable(True)
        self._show_code.toggled.connect(self._choose_code)
        set_role(self._show_code, "flat")
        formulas.add_header_widget(self._show_code)
        self._side_widget = QWidget()
        self._side = QVBoxLayout(self._side_widget)
        self._side.setContentsMargins(0, 0, 0, 0)
        self._side.setSpacing(12)
        self._side.addWidget(formulas)
        self._side.addWidget(self._code_card, 1)
        return self._side_widget

    def _build_foot(self, theme: Theme) -> Card:
        foot = Card(theme, "", "card_foot")
        self.back = QPushButton()
        self.back.setObjectName("button_back")
        self.back.setToolTip("The stage before (←)")
        self.back.clicked.connect(lambda: self._step(-1))
        self.next = QPushButton()
        self.next.setObjectName("button_next")
        self.next.setToolTip("The next stage (→)")
        self.next.clicked.connect(lambda: self._step(1))
        self.set_in_lesson(False)
        self.play = QPushButton("Play")
        self.play.setObjectName("button_play")
        self.play.setCheckable(True)
        self.play.setToolTip("Go on by itself (P)")
        self.play.toggled.connect(self._play)
        self.predict = QCheckBox("Predict first")
        self.predict.setObjectName("check_predict")
        self.predict.setToolTip("Hide each result until you have guessed its number")
        self.predict.toggled.connect(self._moved)
        self._progress = QProgressBar()
        self._progress.setObjectName("progress_stages")
        self._progress.setTextVisible(False)
        self._place = QLabel()
        self._place.setObjectName("label_place")
        self._place.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        set_role(self._place, "subtitle")
        self._revealed = QLabel()
        self._revealed.setObjectName("label_revealed")
        self._moment = QLabel()
        self._moment.setObjectName("label_pinned")
        set_role(self._moment, "subtitle")
        self.take = QToolButton()
        self.take.setObjectName("button_take_current")
        self.take.setText("Take the current network")
        self.take.setToolTip(
            "The pictures hold still while training goes on; this takes the network as it is now"
        )
        set_role(self.take, "link")
        self.take.clicked.connect(self.follower.pin)
        row = QHBoxLayout()
        row.setSpacing(10)
        widget: QWidget
        for widget in (self.back, self.next, self.play, self.predict, self._revealed):
            row.addWidget(widget)
        self._progress.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row.addWidget(self._progress, 1)
        for widget in (self._place, self._moment, self.take):
            row.addWidget(widget)
        foot.body.addLayout(row)
        return foot

    def set_in_lesson(self, on: bool) -> None:
        """Next and Back are the lesson's own while one is on."""
        self.back.setText("‹ Stage" if on else "‹ Back")
        self.next.setText("Stage ›" if on else "Next ›")
        set_role(self.next, "" if on else "primary")

    # ------------------------------------------------------------------ large and small windows

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window the words stand beside the pictures, and the code waits behind a button."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Give the pictures their room; a graph beside them needs more of the width."""
        is_wide, is_tight = self.width() >= WIDE_PX, self.width() < TIGHT_PX
        low = self.height() < LOW_PX or is_tight
        has_graph = not self.graph_card.isHidden()
        is_stacked = is_tight or (has_graph and not is_wide and not low)
        if is_tight != self._is_tight:
            self._make_tight(is_tight)
        if is_stacked != self._is_stacked:
            self._stack(is_stacked)
        if low != self._is_low:
            self._is_low = low
            self.strip.set_low(low)
        aside = low or is_stacked
        if aside != self._words_aside:
            self._words_aside = aside
            (self._side if aside else self._left).addWidget(self._words_or_guess, 1 if aside else 0)
            self._words_or_guess.setMinimumHeight(0)
            self._words_or_guess.setMaximumHeight(QWIDGETSIZE_MAX if aside else WORDS_PX)
            self._show_code.setVisible(aside)
            self._choose_code()
        self._progress.setVisible(is_wide)  # the strip shows the place as well
        if is_stacked:
            self._side_widget.setFixedHeight(TIGHT_SIDE_PX if is_tight else STACKED_SIDE_PX)
        else:
            self._side_widget.setFixedWidth(SIDE_PX if is_wide else NARROW_SIDE_PX)
        self.graph_card.setMinimumWidth(GRAPH_PX if is_wide else NARROW_GRAPH_PX)

    def _make_tight(self, tight: bool) -> None:
        """Leave out what can be missed, where there is little width too."""
        self._is_tight = tight
        margin = 8 if tight else 14
        self._column.setContentsMargins(margin, margin, margin, margin)
        self._column.setSpacing(8 if tight else 12)
        self._middle.setSpacing(8 if tight else 14)
        self.example_bar.set_tight(tight)
        self.stage_card.set_tight(tight)
        self.play.setVisible(not tight)
        self._moment.setVisible(not tight)

    def _stack(self, stacked: bool) -> None:
        """Let formula and words stand below the pictures, beside each other; or at their right."""
        self._is_stacked = stacked
        down, along = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._middle.setDirection(down if stacked else along)
        self._side.setDirection(along if stacked else down)
        self._side_widget.setMinimumSize(0, 0)
        self._side_widget.setMaximumSize(QWIDGETSIZE_MAX, QWIDGETSIZE_MAX)
        self._side.setStretchFactor(self._formulas, 1 if stacked else 0)

    def _choose_code(self) -> None:
        shows_code = not self._words_aside or self._show_code.isChecked()
        self._code_card.setVisible(shows_code)
        self._words_or_guess.setVisible(not self._words_aside or not shows_code)

    # ------------------------------------------------------------------ showing

    def parts(self) -> list[Callable[[], None]]:
        """Nothing here moves by itself but the words on the moment."""
        return [self._show_moment]

    def showEvent(self, event: QShowEvent) -> None:
        """Take the network as it is when the page is first shown after a change."""
        super().showEvent(event)
        if self._is_stale and self.workspace.run is not None:
            self._is_stale = False
            self.follower.pin()
        self._share_undo()

    def hideEvent(self, event: QHideEvent) -> None:
        """Playing ends with the page."""
        self.play.setChecked(False)
        super().hideEvent(event)
        self._share_undo()

    def _share_undo(self) -> None:
        """While numbers are set by hand here, Ctrl+Z takes them back; otherwise edits of the experiment."""
        by_hand = self.isVisible() and self.follower.undo_stack.count() > 0
        (self.follower.undo_stack if by_hand else self.workspace.undo_stack).setActive(True)

    def _run_changed(self) -> None:
        self._is_stale = not self.isVisible()
        if not self._is_stale:
            self.follower.pin()

    def _walked(self) -> None:
        walkthrough = self.follower.walkthrough
        assert walkthrough is not None
        self._arrange()
        self.strip.set_walkthrough(walkthrough, self.workspace.dataset.image_shape)
        self._progress.setRange(0, len(walkthrough.stages) - 1)
        self._moved()
        if self.example_bar.number.hasFocus():
            self.setFocus()  # the number is taken: the arrow keys step again
        self._formula.prefetch([stage.formula for stage in walkthrough.stages])

    def _moved(self) -> None:
        follower = self.follower
        if follower.walkthrough is None:
            return
        self._revealed.clear()
        stage, count = follower.stage, len(follower.walkthrough.stages)
        self._hide_result(self.predict.isChecked() and stage.phase != "after" and stage.index > 0)
        self.strip.set_current(stage.index)
        self.strip.set_covered_from(stage.index if self.stage_card.hidden_result else None)
        self._progress.setUpdatesEnabled(False)  # or it would paint at once, and all the page with it
        self._progress.setValue(stage.index)
        self._progress.setUpdatesEnabled(True)
        self._place.setText(f"stage {stage.index} of {count - 1}")
        self.back.setEnabled(stage.index > 0)
        self.next.setEnabled(not follower.cursor.at_end)
        self._code.set_code(stage.code.place, stage.code.lines, stage.code.lit, self._role())
        self._formula.set_formula(stage.formula, readable(stage.formula))
        self._formula.setToolTip(legend(stage))
        self._show_worked()
        self._show_moment()

    def _role(self) -> str:
        return {"backward": "backward", "update": "accent", "after": "accent"}.get(
            self.follower.stage.phase, "forward"
        )

    def _pointed(self) -> None:
        if self.follower.walkthrough is not None:
            self._show_worked()
            if self.stage_card.hidden_result:
                self._ask()

    def _show_worked(self) -> None:
        stage, choice = self.follower.stage, self.follower.choice
        self._worked.setVisible(not self.stage_card.hidden_result)
        latex = stage.worked(choice)
        self._worked.set_formula(latex, readable(latex))

    def _show_moment(self) -> None:
        snapshot = self.follower.snapshot
        if snapshot is None or self.workspace.run is None:
            return
        now = self.workspace.snapshot.step if self.workspace.snapshot else 0
        behind = now != snapshot.step
        words = f"pinned at step {format_number(snapshot.step)}"
        self._moment.setText(f"{words}, now at {format_number(now)}" if behind else words)
        self.take.setVisible(behind)

    # ------------------------------------------------------------------ pictures of it

    def view_state(self) -> dict[str, Any]:
        """Example, stage, and what was pointed at or set by hand."""
        return self.follower.view_state()

    def set_view_state(self, state: Mapping[str, Any]) -> None:
        """Go there again; ValueError if there is no such example or stage."""
        self.follower.set_view_state(state)

    def moment(self) -> Snapshot | None:
        """The network that is stepped through, as it was when it was pinned."""
        return self.follower.snapshot

    def about_picture(self) -> str:
        """Which example a picture of this page is about."""
        follower = self.follower
        label = follower.label
        is_of = "" if label is None else f", labelled {self.workspace.dataset.classes[label]}"
        if follower.index is None:
            return f"drawn by hand{is_of}"
        return f"{follower.split_name} example {follower.index}{is_of}"

    def numbers(self) -> dict[str, NDArray]:
        """The quantities of the stage on show, its result first."""
        stage = self.follower.stage
        quantities = [stage.result, *(each for each in stage.quantities if each is not stage.result)]
        return {quantity.name: np.asarray(quantity.values) for quantity in quantities}

    # ------------------------------------------------------------------ moving

    def _step(self, by: int) -> None:
        self.follower.step(by)

    def _play(self, on: bool) -> None:
        self.play.setText("Stop" if on else "Play")
        if on:
            if self.follower.cursor.at_end:
                self.follower.jump(0)
            self._player.start()
        else:
            self._player.stop()

    def _play_on(self) -> None:
        self._step(1)
        if self.follower.cursor.at_end:
            self.play.setChecked(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrows step from a button too, in place of going to the next button."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in ARROWS:
            self.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows step, Home and End go to the ends, P plays."""
        count = self.follower.cursor.count
        match event.key():
            case Qt.Key.Key_Right:
                self._step(1)
            case Qt.Key.Key_Left:
                self._step(-1)
            case Qt.Key.Key_Home:
                self._step(-count)
            case Qt.Key.Key_End:
                self._step(count)
            case Qt.Key.Key_P:
                self.play.toggle()
            case _:
                super().keyPressEvent(event)

    # ------------------------------------------------------------------ predict, then reveal

    def _hide_result(self, hide: bool) -> None:
        self.stage_card.hidden_result = hide
        self._words_or_guess.setCurrentIndex(1 if hide else 0)
        gives_away = hide and self.follower.stage.phase in ("forward", "loss")
        self.example_bar.cover_answer(gives_away)
        self.graph_card.show_stage(gives_away)
        if hide:
            self._ask()
        self.stage_card.show_stage()

    def _ask(self) -> None:
        stage, choice = self.follower.stage, self.follower.choice
        entry = f"{choice.source}, {choice.unit}" if stage.result.values.ndim == 2 else str(choice.unit)
        self.guess.ask(stage.result.name + (f"[{entry}]" if stage.result.values.ndim else ""))

    def _reveal(self, guess: str) -> None:
        if not self.stage_card.hidden_result:
            return
        self._hide_result(False)
        self._show_worked()
        self._revealed.setText(judged(guess, self.stage_card.result_value()))


PAGE = StepThroughPage
