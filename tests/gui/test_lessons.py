"""Every lesson is taken from its start to its end in a real window, as a learner would."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QRadioButton, QWidget

from mlpviz.gui.widgets.confusion_map import ConfusionMap
from mlpviz.gui.widgets.mosaic_view import MosaicView, cell_center
from mlpviz.gui.widgets.spotlight import seen_part
from mlpviz.lessons.shelf import all_lessons

LESSONS, _ = all_lessons()
SMALLEST = (1024, 700)


def settled(screen) -> None:
    """Wait until the stage is set and whatever is done for the learner is done."""
    tutor = screen.window.teaching.tutor
    screen.wait(lambda: not tutor.is_busy)
    screen.settle()


def answer(screen, question, right: float) -> None:
    """Give an answer by the controls that there are."""
    if question.choices:
        button = screen.find(f"choice_answer_{int(right)}")
        at_its_ring = QPoint(8, button.height() // 2)
        screen.qtbot.mouseClick(button, Qt.MouseButton.LeftButton, pos=at_its_ring)
    elif question.click:
        view = screen.window.page.findChild(QWidget, question.click)
        if isinstance(view, ConfusionMap):
            cell = divmod(int(right), len(screen.workspace.dataset.classes))
            middle = view.cell_rect(*cell).center().toPoint()
            screen.qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle)
            screen.settle()
            return
        assert isinstance(view, MosaicView)
        screen.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=cell_center(view, int(right)))
    else:
        screen.type("field_answer", repr(float(right)), Qt.Key.Key_Return)
    screen.settle()


def assert_in_sight(screen, name: str) -> None:
    """A place to look at is there, and lit."""
    widgets = [widget for widget in screen.window.findChildren(QWidget, name) if widget.isVisible()]
    assert widgets, f"there is no {name} to be seen"
    whole = screen.window.rect()
    for widget in widgets:
        corner = widget.mapTo(screen.window, QPoint(0, 0))
        assert whole.contains(corner), f"{name} begins outside of the window"
        seen = seen_part(widget, screen.window)
        assert seen.width() * seen.height() > 0.5 * widget.width() * widget.height(), f"{name} is cut off"
    assert screen.window.teaching.spotlight.rects, f"{name} is not lit"


def assert_not_cut(screen) -> None:
    """The text of the panel fits its width, and so does every button's."""
    panel = screen.window.teaching.panel
    for button in (panel.back, panel.next):
        assert button.width() >= button.minimumSizeHint().width()
    for choice in panel.question.findChildren(QRadioButton):
        assert choice.sizeHint().width() <= choice.width(), f"{choice.text()!r} is cut off"
    area = screen.find("scroll_lesson")
    assert area.widget().width() <= area.viewport().width(), "something is wider than the panel: a choice?"
    for name in ("text_lesson", "label_task", "label_lesson_question", "label_verdict_on_answer"):
        label = screen.find(name)
        assert label.document().idealWidth() <= label.viewport().width() + 1, f"{name} is too wide"


@pytest.mark.parametrize("lesson", LESSONS, ids=[lesson.name for lesson in LESSONS])
def test_a_lesson_from_start_to_end(open_window, lesson):
    screen = open_window(size=SMALLEST)
    teaching = screen.window.teaching
    tutor = teaching.tutor
    own = screen.workspace.experiment
    screen.workspace.lesson_wanted.emit(lesson.name)
    settled(screen)
    for i, step in enumerate(lesson.steps):
        where = f"{lesson.path.name}, line {step.line}"
        assert tutor.index == i, where
        assert not screen.text("error_lesson"), f"{where}: {screen.text('error_lesson')}"
        for name in step.stage.look_at:
            assert_in_sight(screen, name)
        assert_not_cut(screen)
        if step.task is not None:
            assert not tutor.task_done, f"{where}: the task is done before anybody did it"
            screen.click("button_do_it")
            settled(screen)
            screen.wait(lambda: tutor.task_done)
        if step.question is not None:
            right = tutor.right_answer()
            for wrong in step.question.wrong:
                given = float(wrong.answer.value(tutor.names()))
                found = teaching.panel.answer(given)
                assert not found.is_right, f"{where}: {wrong.answer.text} is right"
                assert found.words == lesson.told(wrong.say), where
            answer(screen, step.question, right)
            assert tutor.answered, f"{where}: {teaching.panel.question.said}"
        assert tutor.can_go_on, where
        screen.click("button_lesson_next")
        settled(screen)
    assert teaching.progress.is_done(lesson.name)
    assert tutor.lesson is None
    screen.wait(lambda: screen.workspace.ready and not screen.workspace.is_loading)
    assert screen.workspace.experiment == own, "the learner's own run did not come back"
