"""Predict, then reveal: asks for a number before it is shown, and says how good the guess was."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from mlpviz.figures.numbers import format_number
from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.card import Card


class GuessCard(Card):
    """A question and a field for the answer."""

    guessed = Signal(str)
    """What was typed, when the number is to be shown."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Predict, then reveal", "card_guess", parent=parent)
        self._name = ""
        self._question = QLabel()
        self._question.setObjectName("label_question")
        self._question.setWordWrap(True)
        self._guess = QLineEdit()
        self._guess.setObjectName("field_guess")
        self._guess.setAccessibleName("Your guess")
        self._guess.setPlaceholderText("your guess")
        self._guess.returnPressed.connect(self._tell)
        reveal = QPushButton("Reveal")
        reveal.setObjectName("button_reveal")
        reveal.clicked.connect(self._tell)
        row = QHBoxLayout()
        row.addWidget(self._guess)
        row.addWidget(reveal)
        self.body.addWidget(self._question)
        self.body.addLayout(row)
        self.body.addStretch(1)

    def ask(self, name: str) -> None:
        """Ask what a number will be; what was typed stays while the question is the same."""
        if name == self._name:
            return
        self._name = name
        self._question.setText(
            f"What will <b>{name}</b> be? The pictures and the formula hold all that is needed; "
            "a sign and a size will do."
        )
        self._guess.clear()

    def _tell(self) -> None:
        text = self._guess.text().strip()
        if text and not is_number(text):
            self._guess.setPlaceholderText(f"a number, such as 0.5, not {text}")
            self._guess.clear()
            return
        self.guessed.emit(text)


def is_number(text: str) -> bool:
    """Whether a text can be read as a number."""
    try:
        _number(text)
    except ValueError:
        return False
    return True


def _number(text: str) -> float:
    return float(text.strip().replace("−", "-").replace(",", "."))


def judged(guess: str, truth: float) -> str:
    """How good a guess was, in a sentence; it may be no number at all."""
    shown = format_number(truth, 4)
    if not is_number(guess):
        return f"It is {shown}."
    number = _number(guess)
    if abs(number - truth) <= 0.1 * abs(truth):
        verdict = "within a tenth."
    elif number * truth > 0:
        verdict = "the right sign."
    else:
        verdict = "look again." if truth else "it is nothing at all."
    return f"You said {format_number(number)}, it is {shown}: {verdict}"
