"""Which example is followed: by number, by class, at random, a mistake, an unsure one, or drawn."""

from functools import partial

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QWidget

from mlpviz.data.ink import DRAW_TIP, why_no_drawing
from mlpviz.gui.follower import Follower
from mlpviz.gui.theme import Theme, set_role, text_font
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.widgets.choice import Choice
from mlpviz.gui.widgets.mosaic_view import MosaicView
from mlpviz.gui.widgets.names import LONGEST, in_words
from mlpviz.gui.widgets.number_field import NumberField

NEIGHBOURS = 12
ROOMY_PX = 1000
WIDEST_CLASSES_PX = 180  # names can be long
TITLES = {"mistakes": "A mistake", "least_sure": "Unsure"}


class ExampleBar(Card):
    """Chooses the example, and says what the network makes of it."""

    def __init__(self, follower: Follower, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "", "card_example", parent=parent)
        self._follower = follower
        self._rng = np.random.default_rng()  # which example comes up need not be reproducible
        self._lists: dict[str, tuple[tuple[object, str], np.ndarray, int]] = {}
        self._first = 0
        self._is_covered = self._is_tight = False
        self._finding = ""  # the list that is looked for
        self.splits = QToolButton()
        self.splits.setObjectName("button_split")
        self.splits.setToolTip("Which examples: of the test, the validation or the training split")
        self.splits.setFont(text_font(bold=True))
        self._split_menu = QMenu(self.splits)  # not the button's own, for which it would keep room
        self.splits.clicked.connect(self._offer_splits)
        set_role(self.splits, "flat")
        self.number = NumberField("field_example", whole=True)
        self.number.setFixedWidth(54)
        self.number.setAccessibleName("Number of the example")
        self.number.setToolTip("Which example: its place in the file, from 0")
        self.number.committed.connect(self._number_given)
        self._neighbours = MosaicView(theme, "mosaic_examples", "Examples nearby", "pixel", "example")
        self._neighbours.setFixedHeight(40)
        self._neighbours.setMinimumWidth(88)
        self._neighbours.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._neighbours.selected.connect(lambda i: self._show(self._first + i))
        self._answer = QLabel()
        self._answer.setObjectName("label_answer")
        self._answer.setTextFormat(Qt.TextFormat.RichText)
        self.classes = Choice()
        self.classes.setObjectName("choice_class")
        self.classes.setAccessibleName("Only examples of a class")
        self.classes.setToolTip("Go to the next example of a class")
        self.classes.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.classes.setMaximumWidth(WIDEST_CLASSES_PX)
        self.classes.activated.connect(self._class_chosen)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.splits)
        row.addWidget(self.number)
        self._nearby = QWidget()
        nearby_row = QHBoxLayout(self._nearby)
        nearby_row.setContentsMargins(0, 0, 0, 0)
        nearby_row.addWidget(self._neighbours)
        row.addWidget(self._nearby, 1)
        row.addWidget(self._answer)
        row.addWidget(self.classes)
        self._buttons = [
            self._button("random", "Random", "Any example", self._random),
            self._button(
                "mistake",
                TITLES["mistakes"],
                "One that the network gets wrong, the surest first; again: the next",
                partial(self._next_of, "mistakes"),
            ),
            self._button(
                "unsure",
                TITLES["least_sure"],
                "The one whose two largest outputs lie closest; again: the next",
                partial(self._next_of, "least_sure"),
            ),
            self._button("draw", "Draw …", DRAW_TIP, self._draw),
        ]
        for button in self._buttons:
            row.addWidget(button)
        self.body.addLayout(row)
        self._error = QLabel()
        self._error.setObjectName("error_example")
        set_role(self._error, "error")
        self._error.hide()
        self.body.addWidget(self._error)
        follower.walked.connect(self.refresh)
        follower.finding_failed.connect(self._finding_failed)
        follower.workspace.run_changed.connect(self._stop_finding)
        theme.changed.connect(self._restyle)

    @staticmethod
    def _button(name: str, text: str, tip: str, press) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"button_{name}")
        button.setText(text)
        button.setToolTip(tip)
        button.clicked.connect(press)
        return button

    def refresh(self) -> None:
        """Show which example is followed."""
        follower, dataset = self._follower, self._follower.workspace.dataset
        has_images, has_classes = dataset.image_shape is not None, bool(dataset.classes)
        self._stop_finding()
        self._error.hide()
        name = "drawn" if follower.index is None else follower.split_name
        self.splits.setText(f"{name.capitalize()} ▾")
        bold = QFontMetrics(text_font(bold=True))
        self.splits.setFixedWidth(bold.horizontalAdvance(self.splits.text()) + 24)
        self.splits.setAccessibleName(f"Which examples: {name}")
        self._build_splits(list(follower.splits))
        self.number.setVisible(follower.index is not None)
        self.number.set_value(follower.index if follower.index is not None else 0)
        names = ["any class", *dataset.classes]
        if [self.classes.itemText(i) for i in range(self.classes.count())] != names:
            self.classes.clear()
            self.classes.addItems(names)
        self.classes.setVisible(has_classes and not self._is_tight)
        for button in self._buttons[1:3]:
            button.setVisible(has_classes)
        reason = why_no_drawing(dataset)
        self._buttons[3].setVisible(has_images and has_classes)
        self._buttons[3].setEnabled(not reason)
        self._buttons[3].setToolTip(reason or DRAW_TIP)
        self._neighbours.setVisible(has_images)
        if has_images:
            self._show_neighbours()
        self._answer.setText(self._words())

    def set_tight(self, tight: bool) -> None:
        """Leave out what there are other ways to, where there is little width."""
        self._is_tight = tight
        self._nearby.setVisible(not tight)
        self.classes.setVisible(not tight and self.classes.count() > 1)
        self._restyle()

    def cover_answer(self, covered: bool) -> None:
        """Hide what the network says until the learner has guessed."""
        if covered != self._is_covered:
            self._is_covered = covered
            self._answer.setText(self._words())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say it in fewer words where there is less room."""
        super().resizeEvent(event)
        if (event.oldSize().width() >= ROOMY_PX) != (event.size().width() >= ROOMY_PX):
            self._restyle()

    def _restyle(self) -> None:
        if self._follower.walkthrough is not None:
            self._answer.setText(self._words())

    def _show_neighbours(self) -> None:
        follower, dataset = self._follower, self._follower.workspace.dataset
        assert dataset.image_shape is not None
        n = len(follower.split)
        at = follower.index if follower.index is not None else self._first
        if not self._first <= at < self._first + NEIGHBOURS:
            self._first = max(0, min(at - NEIGHBOURS // 2, n - NEIGHBOURS))
        here = np.arange(self._first, min(self._first + NEIGHBOURS, n))
        labels = [f"example {i}" for i in here]
        if dataset.classes:
            names = follower.split.labels_at(here)
            labels = [f"example {i}: a {dataset.classes[k]}" for i, k in zip(here, names, strict=True)]
        images = follower.split.inputs_at(here).reshape(-1, *dataset.image_shape)
        high = dataset.value_range[1] if dataset.value_range else None
        self._neighbours.set_images(images, high, labels)
        self._neighbours.set_selected(None if follower.index is None else follower.index - self._first)

    def _words(self) -> str:
        follower, dataset = self._follower, self._follower.workspace.dataset
        assert follower.walkthrough is not None
        y = follower.walkthrough.trace.outputs[-1]
        if not dataset.classes or follower.label is None:
            return ""
        is_roomy = self.width() >= ROOMY_PX
        names = [in_words(name, LONGEST if is_roomy else LONGEST // 2) for name in dataset.classes]
        says = "the network says" if is_roomy else "says" if self._is_tight else "read as"
        threshold = follower.workspace.run.trainer.threshold  # type: ignore[union-attr]
        said = int(y[0].argmax()) if y.shape[1] > 1 else int(y[0, 0] > threshold)
        if follower.index is None:
            target = names[follower.label]
            return f"the network says <b>{names[said]}</b>; the target is {target}, choose another →"
        if self._is_covered:
            return f"a <b>{names[follower.label]}</b>; {says} <b>?</b>"
        right = said == follower.label
        color = self.theme.palette.good if right else self.theme.palette.error
        mark = "✓" if right else "✗"
        truth = f"a <b>{names[follower.label]}</b>"
        words = f"{truth}; {says} <b style='color:{color}'>{names[said]} {mark}</b>"
        return f"{words} (changed by hand)" if follower.edits else words

    # ------------------------------------------------------------------ choosing

    def _show(self, index: int) -> None:
        try:
            self._follower.show_example(index)
        except ValueError as error:
            self._say(str(error))

    def _build_splits(self, names: list[str]) -> None:
        """Offer the splits that hold examples."""
        menu = self._split_menu
        if [action.data() for action in menu.actions()] == names:
            return
        menu.clear()
        for name in names:
            action = menu.addAction(name.capitalize())
            action.triggered.connect(partial(self._split_chosen, name))
            action.setData(name)
            action.setObjectName(f"action_split_{name}")

    def _offer_splits(self) -> None:
        self._split_menu.popup(self.splits.mapToGlobal(self.splits.rect().bottomLeft()))

    def _split_chosen(self, name: str, _checked: bool = False) -> None:
        self._follower.show_example(0, name)

    def _say(self, sentence: str) -> None:
        self._error.setText(sentence)
        self._error.show()

    def _number_given(self, value: object) -> None:
        if isinstance(value, int):
            self._show(value)
        else:
            self._say(f"the number of an example is a whole number, not {value!r}")

    def _random(self) -> None:
        self._show(int(self._rng.integers(len(self._follower.split))))

    def _class_chosen(self, place: int) -> None:
        if place == 0:
            return
        labels = self._follower.split.labels_at(slice(None))
        if self._follower.index is None and self._follower.drawn is not None:
            self._follower.show_drawing(self._follower.drawn, place - 1)
            return
        members = np.flatnonzero(labels == place - 1)
        if not len(members):
            self._say(f"there is no {self.classes.currentText()} among these examples")
            return
        at = self._follower.index if self._follower.index is not None else -1
        later = members[members > at]
        self._show(int(later[0] if len(later) else members[0]))

    def _next_of(self, what: str, _checked: bool = False) -> None:
        """The next of the mistakes, or of the least sure, of the pinned network; looked for if need be."""
        key, found, place = self._lists.get(what, ((None, ""), np.zeros(0, np.int64), -1))
        if key[0] is self._follower.snapshot and key[1] == self._follower.split_name:
            self._take(what, found, place)
            return
        if what == self._finding:
            return  # it comes
        self._stop_finding()
        self._finding = what
        self._button_of(what).setText("Looking …")
        find = self._follower.find_mistakes if what == "mistakes" else self._follower.find_least_sure
        find(lambda found: self._take(what, found, -1))

    def _take(self, what: str, found: np.ndarray, place: int) -> None:
        """Show the one after a place in a list."""
        self._stop_finding()
        if not len(found):
            self._say("the network makes no mistake on these examples")
            return
        place = (place + 1) % len(found)
        self._lists[what] = ((self._follower.snapshot, self._follower.split_name), found, place)
        self._show(int(found[place]))

    def _button_of(self, what: str) -> QToolButton:
        return self._buttons[1 if what == "mistakes" else 2]

    def _stop_finding(self) -> None:
        """Look for nothing any more: it is found, or something else was chosen meanwhile."""
        if self._finding:
            self._button_of(self._finding).setText(TITLES[self._finding])
            self._finding = ""
            self._follower.stop_finding()

    def _finding_failed(self, sentence: str) -> None:
        self._stop_finding()
        self._say(sentence)

    def _draw(self) -> None:
        from mlpviz.gui.panels.drawing import draw_example

        draw_example(self._follower, self.theme, self.window())
