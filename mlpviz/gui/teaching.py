"""Puts lessons into the window: panel, light, progress, and the mode for a projector."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from mlpviz.gui.lesson_progress import LessonProgress
from mlpviz.gui.panels.lesson_panel import LessonPanel
from mlpviz.gui.tutor import Tutor
from mlpviz.gui.widgets.confusion_map import ConfusionMap
from mlpviz.gui.widgets.mosaic_view import MosaicView
from mlpviz.gui.widgets.spotlight import Spotlight
from mlpviz.gui.widgets.tensor_image import TensorImage
from mlpviz.lessons.shelf import load_lesson

if TYPE_CHECKING:
    from mlpviz.gui.main_window import MainWindow

BESIDE = QPoint(24, 48)
"""From the panel's corner to that of the glossary."""

_SWALLOWED = (
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseButtonDblClick,
    QEvent.Type.Wheel,
    QEvent.Type.KeyPress,
    QEvent.Type.ContextMenu,
)


class Teaching(QObject):
    """What a lesson needs of a window, made when the first one begins.

    Attributes
    ----------
    tutor, panel, spotlight
    progress
    is_presenting
        Whether the type is large, and nothing but the lesson can be pressed.
    """

    def __init__(self, window: "MainWindow", progress: LessonProgress) -> None:
        super().__init__(window)
        self._window, self.progress = window, progress
        self.tutor = Tutor(window)
        self.panel = LessonPanel(self.tutor, window.theme)
        self.spotlight = Spotlight(window.theme, window)
        self.is_presenting = False
        self._listening: QWidget | None = None
        self._put_for: tuple[str, int] | None = None
        self.tutor.changed.connect(self._changed)
        self.tutor.stage_ready.connect(self._light)
        self.tutor.finished.connect(self._finished)
        self.panel.term_wanted.connect(self._tell_term)

    def begin(self, name: str) -> None:
        """Start a lesson, where it was left."""
        try:
            lesson = load_lesson(name)
        except ValueError as error:
            self._window.state_line.say(str(error))
            return
        place = self.progress.place(name)
        self.tutor.begin(lesson, place if place < len(lesson.steps) else 0)

    def present(self, on: bool) -> None:
        """Large type, locked controls, nothing that distracts; or the usual window again."""
        if on == self.is_presenting:
            return
        self.is_presenting = on
        window = self._window
        self.panel.set_large(on)
        for widget in (window.menuBar(), window.state_line, window.rail, window.training_bar):
            widget.setVisible(not on)
        self._put_experiment()
        if on:
            QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]
        else:
            QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """While presenting, only the lesson takes presses; F5 and Esc still end it."""
        if event.type() not in _SWALLOWED or not isinstance(watched, QWidget):
            return False
        if watched.window() is not self._window:
            return False
        if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:  # type: ignore[attr-defined]
            self.present(False)
            return True
        if watched is self._window:
            return False
        inside = watched is self.panel or self.panel.isAncestorOf(watched)
        if inside or watched is self._clickable():
            return False
        if event.type() == QEvent.Type.KeyPress:
            return event.key() not in (Qt.Key.Key_F5, Qt.Key.Key_F11)  # type: ignore[attr-defined]
        return True

    # ------------------------------------------------------------------ what follows what

    def _changed(self) -> None:
        tutor = self.tutor
        if tutor.lesson is None:
            self.spotlight.light(())
            self._listen(None)
            self.present(False)
            self._window.show_experiment_in_lesson(None)
            self._put_for = None
            return
        if self._put_for != (tutor.lesson.name, tutor.index):  # then the learner may open and close it
            self._put_for = tutor.lesson.name, tutor.index
            self._put_experiment()
        self.progress.reach(tutor.lesson.name, tutor.index)
        question = tutor.step.question
        if question is None or not question.click or tutor.answered:
            self._listen(None)

    def _light(self) -> None:
        """The stage is set: light what the step speaks of, and listen where something is to be clicked."""
        if self.tutor.lesson is None:
            return
        self._scroll_experiment()
        self.spotlight.light(self.tutor.step.stage.look_at)
        question = self.tutor.step.question
        if question is not None and question.click and not self.tutor.answered:
            self._listen(self._window.page.findChild(QWidget, question.click))

    def _put_experiment(self) -> None:
        """The experiment takes room, so it is shown by steps that speak of something in it."""
        if self.tutor.lesson is not None:
            names = () if self.is_presenting else self.tutor.step.stage.look_at
            panel = self._window.experiment_panel
            is_told_of = panel.objectName() in names or any(panel.findChildren(QWidget, n) for n in names)
            self._window.show_experiment_in_lesson(is_told_of)

    def _scroll_experiment(self) -> None:
        """Bring into view what the step speaks of in the experiment."""
        panel = self._window.experiment_panel
        area = panel.findChild(QScrollArea, "scroll_experiment")
        if isinstance(area, QScrollArea):
            for name in self.tutor.step.stage.look_at:
                for widget in panel.findChildren(QWidget, name):
                    area.ensureWidgetVisible(widget)

    def _tell_term(self, term: str) -> None:
        glossary = self._window.glossary
        was_open = glossary.isVisible()
        try:
            glossary.bring_up_term(term)
        except ValueError as error:
            self._window.state_line.say(str(error))
            return
        if not was_open:  # beside the text that sent one there
            glossary.move(self.panel.mapToGlobal(self.panel.rect().topRight()) + BESIDE)

    def _finished(self, name: str) -> None:
        self.progress.finish(name)
        self.tutor.leave()
        self._window.show_page("learn")
        self._window.page.offer_after(name)  # type: ignore[attr-defined]

    def _clickable(self) -> QWidget | None:
        return self._listening.viewport() if isinstance(self._listening, MosaicView) else self._listening

    def _listen(self, widget: QWidget | None) -> None:
        """Take a click on a widget as an answer."""
        if self._listening is not None:
            self._signal(self._listening).disconnect(self._clicked)
        self._listening = None
        if widget is not None and self._signal(widget) is not None:
            self._listening = widget
            self._signal(widget).connect(self._clicked)

    @staticmethod
    def _signal(widget: QWidget):
        if isinstance(widget, MosaicView):
            return widget.selected
        if isinstance(widget, TensorImage):
            return widget.cell_clicked
        return widget.chosen if isinstance(widget, ConfusionMap) else None

    def _clicked(self, what: object) -> None:
        """A unit, a cell or a place as one number: rows times columns for a picture."""
        widget = self._listening
        if isinstance(what, int):
            index = what
        elif isinstance(widget, TensorImage):
            index = what.row * widget.array.shape[1] + what.column  # type: ignore[attr-defined]
        else:
            row, column = what if isinstance(what, tuple) else (None, None)
            n = len(self._window.workspace.dataset.classes)
            index = -1 if row is None or column is None else row * n + column
        self.panel.answer(float(index))
