"""One example large, what the network says of it, and the way to step through it."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from mlpviz.figures.numbers import format_number
from mlpviz.gui.assessor import Assessor
from mlpviz.gui.panels.gallery_card import whole_percent
from mlpviz.gui.theme import Theme, set_role
from mlpviz.gui.widgets.bars import Bars
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.widgets.names import in_words
from mlpviz.gui.widgets.tensor_image import TensorImage
from mlpviz.training.judgement import UNSAID

PICTURE_PX = 116


class VerdictCard(Card):
    """The chosen example."""

    def __init__(self, assessor: Assessor, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "", "card_verdict", parent=parent)
        self.setAccessibleName("The chosen example")
        self._assessor = assessor
        self.picture = TensorImage(theme, "image_chosen", "The chosen example", scale="pixel")
        self.picture.setFixedSize(PICTURE_PX, PICTURE_PX)
        self.picture.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # there is nothing to choose in it
        self._words = QLabel()
        self._words.setObjectName("label_verdict")
        self._words.setTextFormat(Qt.TextFormat.RichText)
        self._words.setWordWrap(True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._words.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.bars = Bars(theme, "bars_verdict", "How certain the network is of each class")
        self.step = QPushButton("Step through")
        self.step.setObjectName("button_step_through_example")
        self.step.setToolTip("Follow this example through the network and back, one operation at a time")
        set_role(self.step, "primary")
        self.step.clicked.connect(self._step_through)
        left = QVBoxLayout()
        left.addWidget(self._words, 1)
        left.addWidget(self.step, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self.picture)
        row.addLayout(left, 2)
        row.addWidget(self.bars, 3)
        self.body.addLayout(row)
        assessor.example_changed.connect(self.refresh)
        theme.changed.connect(self.refresh)

    def refresh(self) -> None:
        """Show the chosen example."""
        assessor = self._assessor
        if assessor.workspace.run is None:
            return
        dataset, found, example = assessor.workspace.dataset, assessor.assessment, assessor.example
        is_known = found is not None and example is not None
        self.picture.setVisible(is_known and dataset.image_shape is not None)
        self.bars.setVisible(is_known and bool(dataset.classes))
        self.step.setEnabled(is_known)
        if found is None or example is None:
            self._words.setText("None is chosen.")
            return
        judgement = found.judgement
        stored = assessor.split.inputs_at(np.array([example]))[0]
        if dataset.image_shape is not None:
            high = float(dataset.value_range[1]) if dataset.value_range else None
            self.picture.set_array(stored.reshape(dataset.image_shape), high)
        if judgement.labels is None or judgement.predictions is None or judgement.shares is None:
            said, target = judgement.outputs[example], judgement.targets[example]
            self._words.setText(
                f"{self._name(example)}: the target is <b>{_numbers(target)}</b>, the network says "
                f"<b>{_numbers(said)}</b>, {_numbers(said - target, signed=True)} off. {self._inputs(stored)}"
            )
            return
        self.bars.set_values(judgement.shares[example], dataset.classes, 1.0)
        self.bars.set_highlighted(int(judgement.labels[example]))
        self.bars.setToolTip("How certain the network is of each class, 0 to 1; the true one is marked")
        self._words.setText(f"{self._verdict(example)} {self._inputs(stored)}")

    def numbers(self) -> dict[str, NDArray]:
        """The outputs for the example, and how certain the network is of each class."""
        found, example = self._assessor.assessment, self._assessor.example
        if found is None or example is None:
            return {}
        outputs, shares = found.judgement.outputs, found.judgement.shares
        numbers = {"output": outputs[example]}
        return numbers if shares is None else {**numbers, "certainty": shares[example]}

    def _verdict(self, example: int) -> str:
        found, names = self._assessor.assessment, self._assessor.workspace.dataset.classes
        assert found is not None
        judgement = found.judgement
        assert judgement.labels is not None
        assert judgement.predictions is not None
        truth, said = int(judgement.labels[example]), int(judgement.predictions[example])
        name = f"{self._name(example)} is a <b>{in_words(names[truth])}</b>."
        if said == UNSAID:
            return f"{name} The network's outputs for it are not finite numbers."
        is_right = said == truth
        color = self.theme.palette.good if is_right else self.theme.palette.error
        answer = f"<b style='color:{color}'>{in_words(names[said])} {'✓' if is_right else '✗'}</b>"
        sure = whole_percent(float(judgement.certainty[example]))
        words = f"{name} The network says {answer}, {sure} certain."
        if self._assessor.gives_probabilities:
            return words
        quiet = self.theme.palette.secondary
        note = "Squared error: that is the output itself, no probability."
        return f"{words} <span style='color:{quiet}'>{note}</span>"

    def _name(self, example: int) -> str:
        return f"{self._assessor.split_name.capitalize()} example {example}"

    def _inputs(self, stored) -> str:
        """The inputs in words, where they are no picture."""
        dataset = self._assessor.workspace.dataset
        if dataset.image_shape is not None or dataset.n_in > 8:
            return ""
        names = dataset.input_names or tuple(f"x{i}" for i in range(dataset.n_in))
        return "; ".join(f"{name} {format_number(float(v))}" for name, v in zip(names, stored, strict=True))

    def _step_through(self) -> None:
        if self._assessor.example is not None:
            self._assessor.step_through(self._assessor.example)


def _numbers(values, signed: bool = False) -> str:
    return ", ".join(format_number(float(value), signed=signed) for value in values)
