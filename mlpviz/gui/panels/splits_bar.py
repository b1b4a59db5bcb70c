"""Accuracy and loss on training, validation and test; a click chooses which is looked at in detail."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QLabel, QSizePolicy, QWidget

from mlpviz.figures.numbers import THIN_SPACE, format_number
from mlpviz.gui.assessor import Assessment, Assessor
from mlpviz.gui.theme import TEXT_PX, Theme, set_role, text_font
from mlpviz.gui.widgets.card import Card
from mlpviz.training.regression import fit_of

WORDS = {
    "training": "What the network learns from: it may know these examples by heart",
    "validation": "Set aside: never trained on, but looked at while training goes on",
    "test": "Never trained on: how good the network is on what it has not seen",
}
_PAD_PX = 12


def accuracy_in_words(accuracy: float) -> str:
    """An accuracy, 0 to 1, as a percentage with two digits: "97.32 %"; as `mlpviz evaluate` prints it."""
    return f"{100 * accuracy:.2f}{THIN_SPACE}%"


class SplitButton(QAbstractButton):
    """A split, its number of examples, accuracy and loss; checked while it is looked at in detail."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.setObjectName(f"button_split_{name}")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(f"{WORDS[name]}. A click shows its examples")
        self.setText(name.capitalize())
        self._theme = theme
        self.score = self.loss = self.below = ""
        theme.changed.connect(self.update)

    def show_numbers(self, found: Assessment | None, n: int, is_current: bool) -> None:
        """Show how good the network is on the split of n examples; `is_current`: the network on show."""
        examples = f"{format_number(n)} example" + ("s" if n > 1 else "")
        self.below, self.score, self.loss = examples, "…", ""
        if found is not None:
            judgement = found.judgement
            self.loss = f"loss {format_number(judgement.loss)}"
            if judgement.accuracy is not None:
                self.score = accuracy_in_words(judgement.accuracy)
            else:
                self.score = f"R² {format_number(float(fit_of(judgement).r_squared.mean()))}"
            if not is_current:
                self.below = f"at step {format_number(found.snapshot.step)}"
        words = f"{self.text()}: {examples}, {self.score} {self.loss}"
        self.setAccessibleName(words)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(236, 2 * self.fontMetrics().height() + 18)

    def minimumSizeHint(self) -> QSize:
        return QSize(176, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        ground = "accent_soft" if self.isChecked() else "hover" if self.underMouse() else "card"
        line = "accent" if self.isChecked() or self.hasFocus() else "line"
        painter.setPen(QPen(self._theme.color(line), 2.0 if self.hasFocus() else 1.0))
        painter.setBrush(self._theme.color(ground))
        painter.drawRoundedRect(frame, 7, 7)
        height = self.fontMetrics().height()
        rows = [frame.adjusted(_PAD_PX, 7, -_PAD_PX, 0), frame.adjusted(_PAD_PX, 8 + height, -_PAD_PX, 0)]
        for row in rows:
            row.setHeight(height)
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        ink, quiet = self._theme.color("text"), self._theme.color("secondary")
        metrics, room = self.fontMetrics(), rows[1].width() - 6
        both = metrics.horizontalAdvance(self.below) + metrics.horizontalAdvance(self.loss)
        bold = QFontMetricsF(text_font(TEXT_PX, True))
        name_room = room - bold.horizontalAdvance(self.score)
        name = bold.elidedText(self.text(), Qt.TextElideMode.ElideRight, name_room)
        for row, flag, words, color, is_bold in (
            (rows[0], left, name, ink, True),
            (rows[0], right, self.score, ink, True),
            (rows[1], left, self.below, quiet, False),
            (rows[1], right, self.loss if both < room else "", quiet, False),
        ):
            self._write(painter, row, flag, words, color, is_bold)
        painter.end()

    @staticmethod
    def _write(
        painter: QPainter, row: QRectF, flag: Qt.AlignmentFlag, words: str, color: QColor, is_bold: bool
    ) -> None:
        painter.setFont(text_font(TEXT_PX, is_bold))
        painter.setPen(color)
        painter.drawText(row, flag | Qt.AlignmentFlag.AlignVCenter, words)


class SplitsBar(Card):
    """A button for each split, and at which step the network was judged."""

    def __init__(self, assessor: Assessor, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "", "card_splits", parent=parent)
        self._assessor = assessor
        self._buttons: dict[str, SplitButton] = {}
        self._group = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(8)
        for name in WORDS:
            button = SplitButton(theme, name)
            button.clicked.connect(lambda _on, name=name: assessor.choose_split(name))
            self._group.addButton(button)
            self._buttons[name] = button
            row.addWidget(button)
        self._moment = QLabel()
        self._moment.setObjectName("label_as_of")
        self._moment.setToolTip(
            "The step of the network that these numbers speak of; while it trains it is judged again now and "
            "then, and when it rests at once"
        )
        self._moment.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        set_role(self._moment, "subtitle")
        row.addWidget(self._moment, 1)
        self.body.addLayout(row)
        assessor.assessed.connect(self.refresh)
        assessor.split_changed.connect(self.refresh)
        assessor.failed.connect(self._moment.setText)

    def refresh(self) -> None:
        """Show what is known of each split."""
        assessor = self._assessor
        if assessor.workspace.run is None:
            return
        chosen = assessor.assessment
        for name, button in self._buttons.items():
            split, found = assessor.splits.get(name), assessor.assessments.get(name)
            button.setVisible(split is not None)
            button.setChecked(name == assessor.split_name)
            if split is not None:
                is_current = found is None or chosen is None or found.snapshot is chosen.snapshot
                button.show_numbers(found, len(split), is_current)
        step = None if chosen is None else chosen.snapshot.step
        self._moment.setText("judging …" if step is None else f"as of step {format_number(step)}")
