"""Goes through a lesson before a class does: what is asked for is done, and every answer is computed."""

from collections.abc import Iterator

from mlpviz.lessons.answers import right_answer, verdict
from mlpviz.lessons.lesson import Lesson, LessonStep, Question
from mlpviz.lessons.playing import Play
from mlpviz.lessons.quantities import names_of


def faults(lesson: Lesson) -> Iterator[str]:
    """A sentence for each thing in a lesson that cannot be done, answered or said, with its line."""
    play = Play(lesson)
    try:
        for step in play.steps():
            yield from _faults_of_task(play, step)
            if step.question is not None:
                yield from _faults_of_question(play, step.question)
    except ValueError as error:
        yield f"{lesson.name}: {error}"


def _faults_of_task(play: Play, step: LessonStep) -> Iterator[str]:
    task = step.task
    if task is None:
        return
    play.do_task(step)
    if not task.until.value(names_of(play.live())):
        yield f"line {step.line}: the task is not done by what is done in it: {task.until.text!r} is not so"


def _faults_of_question(play: Play, question: Question) -> Iterator[str]:
    names = names_of(play.live())
    try:
        right = right_answer(question, names)
        if not verdict(question, right, names).is_right:
            answer = f"the answer {question.answer.text!r} is {right:g}"
            yield f"line {question.line}: {answer}, which nobody can give"
        for wrong in question.wrong:
            if verdict(question, float(wrong.answer.value(names)), names).is_right:
                yield f"line {question.line}: the wrong answer {wrong.answer.text!r} counts as right"
    except ValueError as error:
        yield f"line {question.line}: {error}"
