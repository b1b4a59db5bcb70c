"""The question of a lesson's step: a number to type, a choice to make, or something to click."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mlpviz.gui.theme import TEXT_PX, Theme, set_role, text_font
from mlpviz.gui.widgets.formula_label import FormulaLabel
from mlpviz.gui.widgets.wrapped_choice import WrappedChoice
from mlpviz.lessons.answers import Verdict, readings
from mlpviz.lessons.lesson import Question

NO_NUMBER = "Please type a number, such as 0.25 or -3."
CLICK = "Click it in the window."


class QuestionBox(QWidget):
    """Asks, and shows what is said to an answer.

    Parameters
    ----------
    theme : Theme
    parent : QWidget, optional
    """

    answered = Signal(float)
    """The place of a choice."""
    typed = Signal(object)
    """A number was typed: what it may mean, as a tuple of `mlpviz.lessons.answers.Typed`."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("box_question")
        self._question: Question | None = None
        self._ask = FormulaLabel(theme, "label_lesson_question", "Question")
        self._verdict = FormulaLabel(theme, "label_verdict_on_answer", "What is said to the answer")
        self._hint_said = FormulaLabel(theme, "label_hint", "Hint")
        self._field = QLineEdit()
        self._field.setObjectName("field_answer")
        self._field.setAccessibleName("Your answer")
        self._field.setPlaceholderText("a number")
        self._field.returnPressed.connect(self._answer_number)
        self._give = QPushButton("Answer")
        self._give.setObjectName("button_answer")
        self._give.clicked.connect(self._answer_number)
        self._number = QWidget()
        row = QHBoxLayout(self._number)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._field, 1)
        row.addWidget(self._give)
        self._choices = QWidget()
        self._choice_rows = QVBoxLayout(self._choices)
        self._choice_rows.setContentsMargins(0, 0, 0, 0)
        self._choice_rows.setSpacing(4)
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(lambda i: self.answered.emit(float(i)))
        self._hint = QToolButton()
        self._hint.setObjectName("button_hint")
        self._hint.setText("Hint")
        self._hint.setToolTip("Say a little more, without giving it away")
        set_role(self._hint, "link")
        self._hint.clicked.connect(self._show_hint)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        for widget in (self._ask, self._number, self._choices, self._verdict, self._hint_said):
            box.addWidget(widget)
        box.addWidget(self._hint)
        self._size_px = TEXT_PX

    def set_question(self, question: Question | None, told: str, hint: str) -> None:
        """Ask something else; `told` and `hint` are its words with numbers put in."""
        self._question, self._hint_words = question, hint
        self.setVisible(question is not None)
        self._verdict.set_markdown("")
        self._hint_said.set_markdown("")
        if question is None:
            return
        self._ask.set_markdown(told if not question.click else f"{told} *{CLICK}*")
        self._number.setVisible(not question.choices and not question.click)
        self._choices.setVisible(bool(question.choices))
        self._field.clear()
        self._hint.show()
        for button in self._group.buttons():
            self._group.removeButton(button)
            button.hide()
            button.deleteLater()
        for i, text in enumerate(question.choices):
            button = WrappedChoice(text)
            button.setObjectName(f"choice_answer_{i}")
            button.setFont(text_font(self._size_px))
            self._group.addButton(button, i)
            self._choice_rows.addWidget(button)

    def set_size_px(self, size_px: int) -> None:
        """Choose the size of the letters."""
        self._size_px = size_px
        for label in (self._ask, self._verdict, self._hint_said):
            label.set_size_px(size_px)
        for button in self._group.buttons():
            button.setFont(text_font(size_px))

    def show_verdict(self, found: Verdict) -> None:
        """Show what is said to an answer."""
        mark = "✓" if found.is_right else "✗"
        self._verdict.set_markdown(f"**{mark}** {found.words}")
        says_hint = self._hint_words in found.words
        if found.is_right or says_hint:
            self._hint_said.set_markdown("")
        self._hint.setVisible(not found.is_right and not says_hint and not self._hint_said.markdown)

    def begin_answer(self) -> bool:
        """Put the focus where an answer is given; False where it is clicked in the window."""
        if self._question is None or self._question.click:
            return False
        control = self._group.button(0) if self._question.choices else self._field
        control.setFocus()
        return True

    def forget_verdict(self) -> None:
        """What was said to the answer no longer applies, nor does a choice."""
        self._verdict.set_markdown("")
        self._group.setExclusive(False)
        for choice in self._group.buttons():
            choice.setChecked(False)
        self._group.setExclusive(True)
        self._hint_said.set_markdown("")
        self._hint.show()

    @property
    def said(self) -> str:
        """What was said to the answer."""
        return self._verdict.markdown

    def _answer_number(self) -> None:
        meant = readings(self._field.text())
        if meant:
            self.typed.emit(meant)
        else:
            self._verdict.set_markdown(NO_NUMBER)

    def _show_hint(self) -> None:
        self._hint_said.set_markdown(f"**Hint:** {self._hint_words}")
        self._hint.hide()
