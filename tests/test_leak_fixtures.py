"""The fixture that fails a test for what it leaves behind, tried on tests that do and tests that do not."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

LEAKING = """
    import threading
    import pytest
    from PySide6.QtCore import QObject, QThread, QTimer
    from PySide6.QtWidgets import QLabel, QWidget

    kept = []

    def test_leaks_thread():
        stop = threading.Event()
        kept.append(stop)
        threading.Thread(target=stop.wait, name="forgotten", daemon=True).start()

    def test_leaks_widget(qapp):
        kept.append(QLabel(windowTitle="forgotten"))

    def test_leaks_timer(qapp):
        kept.append(QTimer(objectName="forgotten"))
        kept[-1].start(1000)

    def test_leaks_child_timer(qapp):
        kept.append(QObject())
        QTimer(kept[-1], objectName="child").start(1000)

    def test_leaks_qthread(qapp):
        kept.append(QThread(objectName="forgotten"))
        kept[-1].start()

    def test_fails_and_leaks(qapp):
        kept.append(QLabel())
        assert False, "first things first"

    def test_stops_what_the_others_left():
        # A QThread that is destroyed while it runs ends the process.
        for thing in kept:
            if isinstance(thing, QThread):
                thing.quit()
                thing.wait()
            elif isinstance(thing, threading.Event):
                thing.set()
"""

CLEAN = """
    import threading
    import pytest
    from PySide6.QtCore import QThread, QTimer
    from PySide6.QtWidgets import QLabel, QMenu, QWidget

    @pytest.fixture(scope="module")
    def shared(qapp):
        widget = QWidget()
        yield widget
        widget.deleteLater()

    def test_joins_its_thread():
        thread = threading.Thread(target=int)
        thread.start()
        thread.join()

    def test_thread_about_to_end():
        threading.Timer(0.2, int).start()

    def test_widget_given_to_qtbot(qtbot):
        widget = QWidget()
        qtbot.addWidget(widget)
        timer = QTimer(widget)
        timer.start(1000)

    def test_widget_deleted_later(qapp):
        widget = QWidget()
        widget.deleteLater()

    def test_widget_in_a_reference_cycle(qapp):
        widget = QWidget()
        widget.itself = widget
        widget.menu = QMenu()

    def test_widget_of_a_wider_fixture(shared):
        assert shared

    def test_timer_stopped(qapp):
        timer = QTimer(qapp)
        timer.start(1000)
        timer.stop()

    def test_qthread_waited_for(qapp):
        class Worker(QThread):
            def run(self):
                threading.current_thread()

        worker = Worker()
        worker.start()
        worker.wait()
"""


@pytest.fixture
def run_tests(pytester: pytest.Pytester):
    def run(source: str) -> pytest.RunResult:
        pytester.makeconftest((Path(__file__).parent / "conftest.py").read_text())
        pytester.makeini("[pytest]\nqt_api = pyside6\nfilterwarnings = error")
        pytester.makepyfile(source)
        return pytester.runpytest_subprocess("-q")

    return run


def test_reports_what_is_left(run_tests):
    result = run_tests(LEAKING)
    result.assert_outcomes(passed=6, failed=1, errors=5)
    result.stdout.fnmatch_lines_random(
        [
            "the test left behind: thread forgotten",
            "the test left behind: QLabel 'forgotten'",
            "the test left behind: QTimer 'forgotten'",
            "the test left behind: QTimer 'child' of QObject",
            "the test left behind: QThread 'forgotten'",
            "*first things first*",
        ]
    )


def test_says_nothing_about_tests_that_clean_up(run_tests):
    run_tests(CLEAN).assert_outcomes(passed=8)
