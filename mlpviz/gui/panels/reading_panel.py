"""Three ways to read a digit beside each other: mean images, a linear layer, this network's hidden units."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from mlpviz.figures.numbers import format_number
from mlpviz.figures.weights import column_images
from mlpviz.gui.assessor import Assessor
from mlpviz.gui.background import Task
from mlpviz.gui.panels.splits_bar import accuracy_in_words
from mlpviz.gui.panels.way_card import PICTURE_LIMIT, WayCard, caption
from mlpviz.gui.theme import Theme, set_role
from mlpviz.gui.widgets.card import GAP_PX, Card
from mlpviz.gui.widgets.color_bar import ColorBar
from mlpviz.gui.widgets.number_field import NumberField
from mlpviz.gui.widgets.tensor_image import TensorImage
from mlpviz.training.blas import use_blas_threads
from mlpviz.training.reading import (
    Reader,
    class_scores,
    linear_reader,
    telling_units,
    template_reader,
    weight_layers,
)

MOST_UNITS = 9  # three by three leave room for the number of a unit beside its share
DIGIT_PX = 190
WAY_PX = 180
TIGHT_PX, TIGHT_DIGIT_PX, TIGHT_WAY_PX = 720, 126, 142


@dataclass(frozen=True, slots=True)
class _Readers:
    """The two readers that this panel makes for itself; a sentence where one could not be made."""

    templates: Reader | str
    linear: Reader | str


class ReadingPanel(QWidget):
    """The chosen example, or a drawn digit, read in three ways."""

    picked = Signal(int)
    """Another example of the split is chosen, here."""

    def __init__(self, assessor: Assessor, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel_reading")
        self._assessor = assessor
        self._background = assessor.workspace.make_background()
        self._readers: _Readers | None = None
        self._readers_are_for: tuple | None = None
        self._drawn: NDArray[np.uint8] | None = None
        self._digit = Card(theme, "The picture", "card_read_digit")
        self.picture = TensorImage(theme, "image_read_digit", "The picture that is read", scale="pixel")
        self.picture.setMinimumSize(96, 96)
        self.picture.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # there is nothing to choose in it
        self.picture.setMaximumHeight(DIGIT_PX)
        self._words = QLabel()
        self._words.setObjectName("label_read_digit")
        self._words.setWordWrap(True)
        self._rng = np.random.default_rng()  # which example comes up need not be reproducible
        self.number = NumberField("field_read_example", whole=True)
        self.number.setFixedWidth(52)
        self.number.setAccessibleName("Number of the example to be read")
        self.number.setToolTip("Which example of the split chosen above: its place there, from 0")
        self.number.committed.connect(self._number_given)
        self._error = QLabel()
        self._error.setObjectName("error_read_example")
        self._error.setWordWrap(True)
        set_role(self._error, "error")
        self._error.hide()
        self._links: list[QToolButton] = []
        picker = QHBoxLayout()
        picker.setSpacing(3)
        picker.addWidget(self.number)
        for name, title, tip, press in (
            ("random", "Random", "Any example of the split chosen above", self._random),
            ("mistake", "Mistake", "One that the network gets wrong; again: the next", self._next_mistake),
        ):
            button = QToolButton()
            button.setObjectName(f"button_read_{name}")
            button.setText(title)
            button.setToolTip(tip)
            set_role(button, "link")
            button.clicked.connect(press)
            picker.addWidget(button)
            self._links.append(button)
        picker.addStretch(1)
        self._back = QToolButton()
        self._back.setObjectName("button_read_example")
        self._back.setText("‹ The chosen example")
        self._back.setToolTip("Read the example that is chosen among the examples, not the drawing")
        set_role(self._back, "link")
        self._back.clicked.connect(lambda: self.show_drawing(None))
        self._hint = hint = QLabel(
            "Each score is one sum: pixel times weight, added up over the picture. A template's weights "
            "are a mean image, a linear layer's were learnt; the network first asks its hidden units, and "
            "adds up their votes."
        )
        hint.setWordWrap(True)
        set_role(hint, "subtitle")
        self._legend = legend = ColorBar(
            theme, "color_bar_reading", "signed", "weight, in standard deviations of its picture"
        )
        legend.set_limit(PICTURE_LIMIT)
        self._digit.body.addWidget(self.picture, 100)
        self._digit.body.addWidget(self._words)
        self._digit.body.addLayout(picker)
        self._digit.body.addWidget(self._error)
        self._digit.body.addWidget(self._back)
        self._digit.body.addStretch(1)
        self._digit.body.addWidget(hint)
        self._digit.body.addWidget(legend)
        self.templates = WayCard(theme, "Mean images", "templates", "class")
        self.templates.setToolTip(
            "The mean image of each class, less its mean, divided by its standard deviation, is its template"
        )
        self.linear = WayCard(theme, "A linear layer", "linear", "class")
        self.network = WayCard(theme, "This network", "network", "unit")
        for card in (self.templates, self.linear, self.network):
            card.bars.setToolTip(
                "The score of each class less the mean of all, in standard deviations; the true one is framed"
            )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP_PX)
        row.addWidget(self._digit)
        for card in (self.templates, self.linear, self.network):
            row.addWidget(card, 1)
        self._background.failed.connect(self._failed)
        theme.changed.connect(self.refresh)
        self._make_tight(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little width, as beside a lesson, the digit leaves its room to the three ways."""
        super().resizeEvent(event)
        self._make_tight(event.size().width() < TIGHT_PX)

    def _make_tight(self, tight: bool) -> None:
        self._digit.setFixedWidth(TIGHT_DIGIT_PX if tight else DIGIT_PX + 50)
        for widget in (self._hint, self._legend, *self._links):
            widget.setVisible(not tight)
        for card in (self.templates, self.linear, self.network):
            card.setMinimumWidth(TIGHT_WAY_PX if tight else WAY_PX)

    @property
    def judged_on(self) -> str:
        """The split on which all three are judged: test, or else validation, or else training."""
        return list(self._assessor.splits)[-1]

    @property
    def drawn(self) -> NDArray[np.uint8] | None:
        """The drawing that is read, (h, w); None where an example is."""
        return self._drawn

    def show_drawing(self, digit: NDArray[np.uint8] | None) -> None:
        """Read a drawn digit (h, w), or again the chosen example."""
        self._drawn = digit
        self.refresh()

    # ------------------------------------------------------------------ which digit

    def _pick(self, index: int) -> None:
        """Read another example of the split."""
        n = len(self._assessor.split)
        if not 0 <= index < n:
            self._say(f"there is no {self._assessor.split_name} example {index}: they are 0 to {n - 1}")
            return
        self._drawn = None
        self.picked.emit(index)
        self.refresh()

    def _say(self, sentence: str) -> None:
        self._error.setText(sentence)
        self._error.show()

    def _number_given(self, value: object) -> None:
        if isinstance(value, int):
            self._pick(value)
        else:
            self._say(f"the number of an example is a whole number, not {value!r}")

    def _random(self) -> None:
        self._pick(int(self._rng.integers(len(self._assessor.split))))

    def _next_mistake(self) -> None:
        found = self._assessor.assessment
        if found is None:
            return
        if not len(found.worst):
            self._say("the network makes no mistake on these examples")
            return
        here = np.flatnonzero(found.worst == self._assessor.example)
        self._pick(int(found.worst[(here[0] + 1) % len(found.worst) if len(here) else 0]))

    def forget_run(self) -> None:
        """A new run may have other examples."""
        self._drawn = None

    # ------------------------------------------------------------------ the readers

    def _key(self) -> tuple:
        """What the readers depend on: the data, and how they are split and scaled."""
        e = self._assessor.workspace.experiment
        data = id(self._assessor.workspace.dataset)
        return data, e.seed, e.validation_size, e.training_size, e.input_scaling

    def _need_readers(self) -> None:
        workspace = self._assessor.workspace
        if workspace.run is None or self._key() == self._readers_are_for:
            return
        self._readers, self._readers_are_for = None, self._key()
        self.templates.say("Averaging the training images …")
        self.linear.say("Training a linear layer on the same data …")
        experiment, dataset, which = workspace.experiment, workspace.dataset, self.judged_on
        splits = workspace.run.trainer.splits
        high = float(dataset.value_range[1]) if dataset.value_range else 1.0

        def work(task: Task) -> _Readers:
            use_blas_threads(experiment.blas_threads)
            found: list[Reader | str] = []
            for make in (
                lambda: template_reader(splits.training, splits.by_name()[which], len(dataset.classes), high),
                lambda: linear_reader(experiment, dataset, which, lambda: task.cancelled),
            ):
                try:
                    found.append(make() or "")
                except ValueError as error:
                    found.append(f"{str(error)[0].upper()}{str(error)[1:]}.")
            return _Readers(*found)

        self._background.ask(work, self._take)

    def _take(self, readers: _Readers) -> None:
        self._readers = readers
        self.refresh()

    def _failed(self, sentence: str) -> None:
        self.templates.say(sentence)
        self.linear.say(sentence)

    # ------------------------------------------------------------------ showing

    def refresh(self) -> None:
        """Read the digit with the newest network."""
        assessor = self._assessor
        workspace = assessor.workspace
        if not self.isVisible() or workspace.run is None:
            return
        dataset, found, example = workspace.dataset, assessor.assessment, assessor.example
        if dataset.image_shape is None or not dataset.classes or found is None:
            return
        self._need_readers()
        self._error.hide()
        self.number.set_value(example or 0)
        self._back.setVisible(self._drawn is not None)
        truth: int | None = None
        if self._drawn is not None:
            stored = self._drawn.reshape(-1)
            self._words.setText("Your drawing")
        elif example is not None:
            stored = assessor.split.inputs_at(np.array([example]))[0]
            truth = int(assessor.split.labels_at(np.array([example]))[0])
            self._words.setText(
                f"{assessor.split_name.capitalize()} example {example}: a {dataset.classes[truth]}"
            )
        else:
            self._words.setText("No example is chosen.")
            return
        high = float(dataset.value_range[1]) if dataset.value_range else None
        self.picture.set_array(stored.reshape(dataset.image_shape), high)
        if self._readers is not None:
            self._show_reader(self.templates, self._readers.templates, stored, truth)
            self._show_reader(self.linear, self._readers.linear, stored, truth)
        self._show_network(stored, truth)

    def _accuracy(self, accuracy: float | None) -> str:
        if accuracy is None:
            return ""
        return f"{accuracy_in_words(accuracy)} of {self.judged_on} right"

    def _show_reader(self, card: WayCard, reader: Reader | str, stored: NDArray, truth: int | None) -> None:
        if isinstance(reader, str):
            card.say(reader)
            return
        dataset = self._assessor.workspace.dataset
        assert dataset.image_shape is not None
        scores = reader.scores(self._assessor.split, stored)
        answer = card.show_answer(
            scores,
            dataset.classes,
            truth,
            self._accuracy(reader.accuracy),
            f"{reader.words}. Class, score:",
        )
        images = column_images(reader.layer.weight, dataset.image_shape)
        labels = [
            f"the picture for {name}: its score is {format_number(float(score), signed=True)}"
            for name, score in zip(dataset.classes, scores, strict=True)
        ]
        captions = [
            caption(name, float(score), truth is not None and k == answer != truth)
            for k, (name, score) in enumerate(zip(dataset.classes, scores, strict=True))
        ]
        card.show_pictures(images, captions, labels, truth)

    def _show_network(self, stored: NDArray, truth: int | None) -> None:
        assessor = self._assessor
        dataset, found = assessor.workspace.dataset, assessor.assessment
        assert found is not None
        assert dataset.image_shape is not None
        network, names = found.snapshot.network, dataset.classes
        x = assessor.split.scaled(stored[None])
        with np.errstate(all="ignore"):
            scores = class_scores(network, x)
            answer_now = int(np.nan_to_num(scores, nan=-np.inf).argmax())
            votes = telling_units(network, x, answer_now, MOST_UNITS)
        first = network.layers[weight_layers(network)[0]].params["weight"]
        judged = assessor.assessments.get(self.judged_on)
        accuracy = self._accuracy(None if judged is None else judged.judgement.accuracy)
        if votes is None:
            card_words = "no hidden units: its weights are one picture a class, each with its score"
        else:
            card_words = f"units that matter most for {names[answer_now]}: unit, activation × vote"
        self.network.show_answer(scores, names, truth, accuracy, card_words)
        if votes is None:
            k = first.shape[1]  # a single output speaks for the second class
            captions = [caption(name, float(s)) for name, s in zip(names[-k:], scores[-k:], strict=True)]
            labels = [f"the weights for {name}" for name in names[-k:]]
            images = column_images(first, dataset.image_shape)
            self.network.show_pictures(images, captions, labels, truth if k > 1 else None)
            return
        captions = [
            caption(str(unit), float(share)) for unit, share in zip(votes.units, votes.shares, strict=True)
        ]
        labels = [
            f"unit {unit}: activation {format_number(float(a))}, times its vote "
            f"{format_number(float(v), signed=True)} for {names[answer_now]}: "
            f"{format_number(float(s), signed=True)}"
            for unit, a, v, s in zip(votes.units, votes.activations, votes.votes, votes.shares, strict=True)
        ]
        images = column_images(first[:, votes.units], dataset.image_shape)
        self.network.show_pictures(images, captions, labels, None)
