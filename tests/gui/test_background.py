"""Long work is done off the window's thread; its answer comes back on it, and only the newest one counts."""

import threading
from collections.abc import Iterator

import pytest

from mlpviz.gui.background import Background


@pytest.fixture
def background(qtbot) -> Iterator[Background]:
    background = Background()
    yield background
    background.stop()
    assert background.wait(5000)


def test_the_work_is_done_elsewhere_and_the_answer_comes_back_here(qtbot, background):
    here, seen = threading.get_ident(), []
    background.ask(
        lambda task: threading.get_ident(), lambda there: seen.append((there, threading.get_ident()))
    )
    assert background.busy
    qtbot.waitUntil(lambda: seen != [])
    there, answered = seen[0]
    assert there != here
    assert answered == here
    assert not background.busy


def test_what_was_asked_for_last_wins(qtbot, background):
    begun, go_on, answers = threading.Event(), threading.Event(), []

    def slow(task):
        begun.set()
        go_on.wait(5)
        return "slow"

    first = background.ask(slow, answers.append)
    assert begun.wait(5)
    background.ask(lambda task: "skipped", answers.append)
    background.ask(lambda task: "newest", answers.append)
    assert first.cancelled
    go_on.set()
    qtbot.waitUntil(lambda: not background.busy)
    assert answers == ["newest"]


def test_cancelled_work_is_told_so_and_never_heard_of_again(qtbot, background):
    begun, ended, answers = threading.Event(), threading.Event(), []

    def patient(task):
        begun.set()
        while not task.cancelled:
            task.progress += 1e-6
        ended.set()

    task = background.ask(patient, answers.append)
    assert begun.wait(5)
    background.cancel()
    assert ended.wait(5)
    assert task.progress > 0
    background.ask(lambda task: "later", answers.append)
    qtbot.waitUntil(lambda: answers == ["later"])


def test_bad_input_is_answered_with_its_sentence(qtbot, background):
    def work(task):
        raise ValueError("class 3 has no example")

    with qtbot.waitSignal(background.failed) as failed:
        background.ask(work, lambda answer: pytest.fail("there is no answer"))
    assert failed.args == ["class 3 has no example"]
    assert not background.busy


def test_a_defect_is_logged_and_the_thread_lives_on(qtbot, background, caplog):
    with qtbot.waitSignal(background.failed) as failed:
        background.ask(lambda task: 1 / 0, lambda answer: pytest.fail("there is no answer"))
    assert "defect" in failed.args[0]
    assert "ZeroDivisionError" in caplog.text
    answers = []
    background.ask(lambda task: "still here", answers.append)
    qtbot.waitUntil(lambda: answers == ["still here"])


def test_a_workspace_ends_the_threads_it_made(qtbot, make_workspace, digits):
    workspace = make_workspace(digits)
    background = workspace.make_background()
    background.ask(lambda task: None, lambda answer: None)
    workspace.shut_down()
    assert background.isFinished()
