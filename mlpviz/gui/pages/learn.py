"""The Learn page: the path of lessons, with what is done."""

from functools import partial
from html import escape

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from mlpviz.gui.lesson_progress import LessonProgress
from mlpviz.gui.pages.page import Page
from mlpviz.gui.theme import Theme, set_role, text_font
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.workspace import Workspace
from mlpviz.lessons.lesson import Lesson
from mlpviz.lessons.shelf import all_lessons, own_folder
from mlpviz.locations import resource_path

WIDE_PX = 980


class LearnPage(Page):
    """A card for each lesson; what is done has a mark, and what was begun goes on where it was left."""

    key = "learn"

    def __init__(self, workspace: Workspace, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(workspace, theme, parent)
        self.lessons: list[Lesson] = []
        self._cards: dict[str, _LessonCard] = {}
        self._progress: LessonProgress | None = None
        title = QLabel("Learn how a network learns")
        title.setObjectName("label_learn")
        title.setFont(text_font(20, bold=True))
        about = QLabel(
            "Each lesson takes eight to fifteen minutes in the program itself: it sets the stage, lights "
            "what matters, and asks. Your own run is kept, and comes back when you leave."
        )
        about.setObjectName("label_learn_about")
        about.setWordWrap(True)
        set_role(about, "subtitle")
        self._mistakes = QLabel()
        self._mistakes.setObjectName("error_lessons")
        self._mistakes.setWordWrap(True)
        set_role(self._mistakes, "error")
        self._mistakes.hide()
        content = QWidget()
        self._grid = QGridLayout(content)
        self._grid.setContentsMargins(0, 0, 8, 0)
        self._grid.setSpacing(12)
        self._area = area = QScrollArea()
        area.setObjectName("scroll_lessons")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        manual = QUrl.fromLocalFile(str(resource_path("lessons") / "README.md")).toString()
        self._own = QLabel(
            f"Lessons of your own go into {escape(str(own_folder()))}: "
            f"<a href='{manual}' style='color: {theme.palette.accent}'>how they are written</a>"
        )
        self._own.setOpenExternalLinks(True)
        self._own.setObjectName("label_own_lessons")
        self._own.setWordWrap(True)
        self._own.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        set_role(self._own, "subtitle")
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 14)
        column.setSpacing(8)
        for widget in (title, about, self._mistakes):
            column.addWidget(widget)
        column.addWidget(area, 1)
        column.addWidget(self._own)
        self._read()

    def set_progress(self, progress: LessonProgress) -> None:
        """Show what is done from now on."""
        self._progress = progress
        progress.changed.connect(self._show_progress)
        self._show_progress()

    def offer_after(self, name: str) -> None:
        """Bring the lesson that follows one into view, its button ready for Return."""
        names = list(self._cards)
        place = names.index(name) + 1 if name in names else len(names)
        if place < len(names):
            card = self._cards[names[place]]
            self._grid.activate()
            self._area.ensureWidgetVisible(card)
            card.start.setFocus()

    def _read(self) -> None:
        lessons, mistakes = all_lessons()
        self._mistakes.setText("\n".join(mistakes))
        self._mistakes.setVisible(bool(mistakes))
        if lessons == self.lessons:
            return
        self.lessons = lessons
        for card in self._cards.values():
            self._grid.removeWidget(card)
            card.deleteLater()
        self._cards = {lesson.name: _LessonCard(self.theme, lesson) for lesson in lessons}
        for i, (name, card) in enumerate(self._cards.items()):
            card.start.clicked.connect(partial(self.workspace.lesson_wanted.emit, name))
            self._grid.addWidget(card, i // 2, i % 2)
        self._grid.setRowStretch((len(lessons) + 1) // 2, 1)
        self._show_progress()

    def _show_progress(self) -> None:
        if self._progress is not None:
            for name, card in self._cards.items():
                card.show_progress(self._progress.is_done(name), self._progress.place(name))

    def showEvent(self, event: QShowEvent) -> None:
        """A lesson that was written meanwhile is there too."""
        super().showEvent(event)
        self._read()


class _LessonCard(Card):
    """One lesson: what it is about, how long it takes, and a button to begin."""

    def __init__(self, theme: Theme, lesson: Lesson) -> None:
        name = lesson.name.replace("-", "_")
        super().__init__(theme, f"{lesson.order}  {lesson.title}", f"card_lesson_{name}")
        self._steps = len(lesson.steps)
        summary = QLabel(lesson.summary)
        summary.setWordWrap(True)
        summary.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._state = QLabel()
        set_role(self._state, "subtitle")
        self._minutes = f"about {lesson.minutes} minutes"
        self.start = QPushButton("Begin")
        self.start.setObjectName(f"button_begin_{name}")
        self.start.setAccessibleName(f"Begin lesson {lesson.order}, {lesson.title}")
        foot = QHBoxLayout()
        foot.addWidget(self._state, 1)
        foot.addWidget(self.start)
        self.body.addWidget(summary, 1)
        self.body.addLayout(foot)
        self.show_progress(False, 0)

    def show_progress(self, is_done: bool, place: int) -> None:
        """Done, begun or new."""
        words = "✓ done" if is_done else self._minutes
        self._state.setText(f"{words} · step {place + 1} of {self._steps}" if place else words)
        set_role(self._state, "good" if is_done else "subtitle")
        self.start.setText("Go on" if place else "Again" if is_done else "Begin")


PAGE = LearnPage
