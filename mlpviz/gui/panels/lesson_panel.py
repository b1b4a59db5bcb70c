"""The lesson beside the living program: a step's text, what to do, a question, and the way on."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mlpviz.gui.panels.question_box import QuestionBox
from mlpviz.gui.panels.training_bar import ROOMY_PX
from mlpviz.gui.theme import TEXT_PX, Theme, set_role, text_font
from mlpviz.gui.tutor import Tutor
from mlpviz.gui.widgets.formula_label import FormulaLabel
from mlpviz.lessons.answers import Typed, Verdict, told_right

WIDTH_PX, NARROW_PX = 380, 310
LARGE_PX, LARGE_IN_SMALL_PX = 21, 17
LARGE_WIDTH_PX = 620
PAGE_PX = 640  # what a page needs beside the panel


class LessonPanel(QFrame):
    """What the learner reads and answers.

    Parameters
    ----------
    tutor : Tutor
    theme : Theme
    parent : QWidget, optional
    """

    term_wanted = Signal(str)
    """A word of the glossary was followed."""

    def __init__(self, tutor: Tutor, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lesson_panel")
        self.setAccessibleName("Lesson")
        set_role(self, "panel")
        self._tutor = tutor
        self._is_large = False
        self._window_px = ROOMY_PX
        self._shown: tuple[str, int] | None = None
        self._build_head()
        self._build_body(theme)
        self._build_foot()
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 12, 16, 12)
        box.setSpacing(8)
        box.addLayout(self._head)
        box.addWidget(self._progress)
        box.addWidget(self._area, 1)
        box.addLayout(self._foot)
        self._fit()
        tutor.changed.connect(self.refresh)
        tutor.stage_ready.connect(self._put_focus)  # a page that is shown takes it
        tutor.refused.connect(self._refused)
        tutor.verdict_outdated.connect(self.question.forget_verdict)
        self.hide()

    # ------------------------------------------------------------------ parts

    def _build_head(self) -> None:
        self._title = QLabel()
        self._title.setObjectName("label_lesson")
        self._title.setWordWrap(True)
        set_role(self._title, "subtitle")
        leave = QToolButton()
        leave.setObjectName("button_leave_lesson")
        leave.setText("Leave")
        leave.setToolTip("End the lesson; your own run comes back as it was")
        set_role(leave, "link")
        leave.clicked.connect(self._tutor.leave)
        self._head = QHBoxLayout()
        self._head.addWidget(self._title, 1)
        self._head.addWidget(leave, 0, Qt.AlignmentFlag.AlignTop)
        self._progress = QProgressBar()
        self._progress.setObjectName("progress_lesson")
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(4)

    def _build_body(self, theme: Theme) -> None:
        self._heading = QLabel()
        self._heading.setObjectName("label_lesson_step")
        self._heading.setWordWrap(True)
        self._heading.setFont(text_font(TEXT_PX + 5, bold=True))
        self._text = FormulaLabel(theme, "text_lesson", "Text of the lesson")
        self._task = QFrame()
        self._task.setObjectName("box_task")
        set_role(self._task, "card")
        self._words = FormulaLabel(theme, "label_task", "What to do")
        self._do = QToolButton()
        self._do.setObjectName("button_do_it")
        self._do.setToolTip("The program does it, the same way you would")
        set_role(self._do, "link")
        self._do.clicked.connect(self._tutor.do_it)
        task = QVBoxLayout(self._task)
        task.setContentsMargins(12, 10, 12, 10)
        task.setSpacing(4)
        task.addWidget(self._words)
        task.addWidget(self._do)
        self._return = QToolButton()
        self._return.setObjectName("button_return_to_picture")
        self._return.setText("‹ Back to this step's picture")
        self._return.setToolTip("Page, example and stage as this step speaks of them; the run stays as it is")
        set_role(self._return, "link")
        self._return.clicked.connect(self._tutor.return_to_picture)
        self._ask = QFrame()
        self._ask.setObjectName("frame_question")
        set_role(self._ask, "card")
        self.question = QuestionBox(theme)
        self.question.answered.connect(self.answer)
        self.question.typed.connect(self.answer_typed)
        ask = QVBoxLayout(self._ask)
        ask.setContentsMargins(12, 10, 12, 10)
        ask.addWidget(self.question)
        for label in (self._text, self._words, *self.question.findChildren(FormulaLabel)):
            label.followed.connect(self._follow)
        self._error = QLabel()
        self._error.setObjectName("error_lesson")
        self._error.setWordWrap(True)
        set_role(self._error, "error")
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 4, 6, 4)
        column.setSpacing(12)
        for widget in (self._heading, self._return, self._text, self._task, self._ask, self._error):
            column.addWidget(widget)
        column.addStretch(1)
        self._area = QScrollArea()
        self._area.setObjectName("scroll_lesson")
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(content)

    def _build_foot(self) -> None:
        self.back = QPushButton("‹ Back")
        self.back.setObjectName("button_lesson_back")
        self.back.setToolTip("The step before (Alt+Left)")
        self.back.clicked.connect(self._tutor.back)
        self.next = QPushButton("Next ›")
        self.next.setObjectName("button_lesson_next")
        self.next.clicked.connect(self._tutor.next)
        set_role(self.next, "primary")
        self._place = QLabel()
        self._place.setObjectName("label_lesson_place")
        self._place.setAlignment(Qt.AlignmentFlag.AlignCenter)
        set_role(self._place, "subtitle")
        self._foot = QHBoxLayout()
        self._foot.addWidget(self.back)
        self._foot.addWidget(self._place, 1)
        self._foot.addWidget(self.next)
        for keys, do in (("Alt+Left", self._tutor.back), ("Alt+Right", self._tutor.next)):
            QShortcut(QKeySequence(keys), self).activated.connect(do)

    # ------------------------------------------------------------------ showing

    def refresh(self) -> None:
        """Show the step on show, and what of it is done."""
        tutor = self._tutor
        self.setVisible(tutor.lesson is not None)
        if tutor.lesson is None:
            self._shown = None
            return
        lesson, step = tutor.lesson, tutor.step
        is_new = self._shown != (lesson.name, tutor.index)
        if is_new:
            self._shown = lesson.name, tutor.index
            self._title.setText(lesson.title)
            self._heading.setText(step.title)
            self._text.set_markdown(lesson.told(step.text))
            self._progress.setRange(0, len(lesson.steps))
            self._progress.setValue(tutor.index + 1)
            self._place.setText(f"{tutor.index + 1} of {len(lesson.steps)}")
            question = step.question
            told = "" if question is None else lesson.told(question.ask)
            self.question.set_question(question, told, "" if question is None else lesson.told(question.hint))
            if question is not None and tutor.answered:
                self.question.show_verdict(Verdict(True, lesson.told(told_right(question))))
            self._error.clear()
            self._area.verticalScrollBar().setValue(0)
        self._return.setVisible(tutor.is_away)
        self._ask.setVisible(step.question is not None)
        self._task.setVisible(step.task is not None)
        if step.task is not None:
            words = f"**To do:** {lesson.told(step.task.words)}"
            if self._words.markdown != words:
                self._words.set_markdown(words)
            self._do.setText("✓ Done" if tutor.task_done else "Do it for me")
            self._do.setEnabled(not tutor.task_done)
        self.back.setEnabled(tutor.index > 0)
        done = tutor.can_go_on
        self.next.setText("Finish" if tutor.at_end else "Next ›" if done else "Skip ›")
        set_role(self.next, "primary" if done else "")
        where = "To the list of lessons" if tutor.at_end else "On to the next step"
        self.next.setToolTip(f"{where}{'' if done else ', without what this step asks'} (Alt+Right)")
        if is_new:
            self._put_focus()

    def _put_focus(self) -> None:
        """Where the step wants keys: the answer, the program's shortcuts for a task, or the way on."""
        if self._tutor.can_go_on:
            self.next.setFocus()
        elif self._tutor.step.task is not None or not self.question.begin_answer():
            self.setFocus()

    def answer_typed(self, readings: tuple[Typed, ...]) -> None:
        """Judge a typed number, which is right if one of its meanings is."""
        for typed in readings:
            found = self.answer(typed.value, typed.decimals)
            if found is None or found.is_right:
                return

    def answer(self, answer: float, decimals: int | None = None) -> Verdict | None:
        """Judge an answer and show what is said to it; None if it cannot be judged now."""
        assert self._tutor.lesson is not None
        try:
            found = self._tutor.answer(answer, decimals)
        except ValueError as error:
            self._error.setText(str(error))
            return None
        told = Verdict(found.is_right, self._tutor.lesson.told(found.words))
        self.question.show_verdict(told)
        return told

    def set_window_width(self, width_px: int) -> None:
        """Leave more of a small window to the program."""
        self._window_px = width_px
        self._fit()

    def set_large(self, large: bool) -> None:
        """Large type, for a projector."""
        self._is_large = large
        self._fit()

    def _fit(self) -> None:
        is_small = self._window_px < ROOMY_PX
        if self._is_large:
            size = LARGE_IN_SMALL_PX if is_small else LARGE_PX
            width = min(LARGE_WIDTH_PX, max(WIDTH_PX, self._window_px - PAGE_PX))
        else:
            size = TEXT_PX
            width = NARROW_PX if is_small else WIDTH_PX
        self._heading.setFont(text_font(size + 5, bold=True))
        for label in (self._text, self._words):
            label.set_size_px(size)
        for kind in (QAbstractButton, QLineEdit):
            for control in self.findChildren(kind):
                control.setFont(text_font(size))
        self.question.set_size_px(size)
        self.setFixedWidth(width)

    def _refused(self, sentence: str) -> None:
        self._error.setText(sentence)

    def _follow(self, address: str) -> None:
        if address.startswith("term:"):
            self.term_wanted.emit(address.removeprefix("term:"))
