"""One way to read a digit: its pictures, its score of each class, and its answer."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStackedWidget, QToolTip, QVBoxLayout, QWidget

from mlpviz.figures.numbers import MINUS, format_number
from mlpviz.gui.theme import Theme, set_role, text_metrics
from mlpviz.gui.widgets.bars import Bars
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.widgets.gallery_view import Caption, GalleryView
from mlpviz.gui.widgets.names import in_words
from mlpviz.training.reading import standardized

PICTURE_LIMIT = 3.0
"""The end of the colour scale, in standard deviations of each picture."""

_SMALLEST_PX = 38
_BARS_PX = 80


class _ScoreBars(Bars):
    """Bars of standardised scores, which tell the scores themselves too."""

    def __init__(self, theme: Theme, object_name: str, name: str) -> None:
        super().__init__(theme, object_name, name)
        self.scores: NDArray = np.zeros(0)

    def words(self, i: int) -> str:
        """A bar in words."""
        return (
            f"{self._labels[i]}: score {format_number(float(self.scores[i]), signed=True)}, which is "
            f"{format_number(float(self.values[i]), signed=True)} standard deviations\n"
            "from the mean score of all classes"
        )

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and 0 <= (i := self.bar_at(event.pos().x())) < len(self.scores):
            QToolTip.showText(event.globalPos(), self.words(i), self)
            return True
        return super().event(event)


class WayCard(Card):
    """Pictures of weights with a caption each, bars of standardised scores, and the answer."""

    def __init__(self, theme: Theme, title: str, key: str, noun: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, title, f"card_{key}", parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # all equally wide
        self.pictures = GalleryView(theme, f"mosaic_{key}", f"{title}: pictures", "signed", noun)
        self.pictures.smallest_cell_px = _SMALLEST_PX
        self._says = QLabel()
        self._says.setObjectName(f"label_{key}_answer")
        self._says.setTextFormat(Qt.TextFormat.RichText)
        self._accuracy = QLabel()
        self._says.setWordWrap(True)  # for long names of classes
        self._accuracy.setObjectName(f"label_{key}_accuracy")
        self._words = QLabel()
        self._words.setObjectName(f"label_{key}_words")
        for label in (self._words, self._accuracy):
            label.setWordWrap(True)
            set_role(label, "subtitle")
        self._words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._words.setMinimumHeight(2 * text_metrics().lineSpacing())
        self.bars = _ScoreBars(theme, f"bars_{key}", f"{title}: the score of each class")
        self.bars.setFixedHeight(_BARS_PX)
        content = QWidget()
        box = QVBoxLayout(content)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        scale = QLabel("score − mean score, in σ")
        scale.setObjectName(f"label_{key}_scale")
        scale.setToolTip(
            "The scores of the three ways have units of their own. To compare them, each bar is a score less "
            "the mean of all,\nin their standard deviations σ. The score itself is told where you point at a "
            "bar. The frame marks the true class"
        )
        scale.setWordWrap(True)
        set_role(scale, "subtitle")
        box.addWidget(scale)
        box.addWidget(self.bars)
        box.addWidget(self._words)
        box.addWidget(self.pictures, 1)
        self._sentence = QLabel()
        self._sentence.setObjectName(f"label_{key}_missing")
        self._sentence.setWordWrap(True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        set_role(self._sentence, "subtitle")
        self._stack = QStackedWidget()
        self._stack.addWidget(content)
        self._stack.addWidget(self._sentence)
        self.body.addWidget(self._accuracy)
        self.body.addWidget(self._says)
        self.body.setSpacing(4)
        self.body.addWidget(self._stack, 1)
        self.say("")

    def say(self, sentence: str) -> None:
        """Show a sentence in place of everything."""
        self._accuracy.setText("")
        self._says.setText("")
        self._sentence.setText(sentence)
        self._stack.setCurrentIndex(1)

    def numbers(self) -> dict[str, NDArray]:
        """The score of each class, not standardised."""
        return {f"{self.title}: score": self.bars.scores} if len(self.bars.scores) else {}

    def show_answer(
        self, scores: NDArray, names: Sequence[str], truth: int | None, accuracy: str, words: str
    ) -> int | None:
        """Show scores (n_classes,) and the answer they give; returns it, None where they are not finite."""
        self._stack.setCurrentIndex(0)
        self._accuracy.setText(accuracy)
        self._words.setText(words)
        n = len(scores)
        known = bool(np.isfinite(scores).all())
        shown = standardized(scores.astype(np.float64)) if known else np.zeros(n)
        self.bars.set_values(shown, names, (n - 1) / n**0.5)  # no standardised score can be larger
        answer = int(scores.argmax()) if known else None
        self.bars.scores = np.asarray(scores)
        self.bars.set_highlighted(truth)
        if answer is None:
            self._says.setText("scores not finite")
            return None
        color = self.theme.palette.text
        if truth is not None:
            color = self.theme.palette.good if answer == truth else self.theme.palette.error
        mark = "" if truth is None else " ✓" if answer == truth else " ✗"
        true = f", it is a <b>{in_words(names[truth])}</b>" if truth is not None and answer != truth else ""
        self._says.setText(f"says <b style='color:{color}'>{in_words(names[answer])}{mark}</b>{true}")
        return answer

    def show_pictures(
        self, pictures: NDArray, captions: Sequence[Caption], labels: Sequence[str], truth: int | None
    ) -> None:
        """Show pictures (m, h, w) of weights, each standardised, so that one scale fits them all.

        That of the true class is framed, if there is one.
        """
        m = len(pictures)
        flat = standardized(pictures.reshape(m, -1).astype(np.float32))
        self.pictures.set_pictures(flat.reshape(pictures.shape), PICTURE_LIMIT, captions, labels)
        self.pictures.set_selected(truth)


def caption(left: str, value: float, is_wrong: bool = False) -> Caption:
    """What stands below a picture of weights: short, for there is little room."""
    if not np.isfinite(value):
        return Caption(left, format_number(value), is_wrong)
    text = f"{value:+.0f}" if abs(value) >= 10 else f"{value:+.1f}"
    return Caption(left, text.replace("-", MINUS), is_wrong)
