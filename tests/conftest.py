"""What holds for every test: no screen, a home of its own, one BLAS thread, and nothing left running."""

import atexit
import gc
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# These must be in the environment before the first import of Qt or NumPy, which is why they are not fixtures.
HOME = Path(tempfile.mkdtemp(prefix="mlpviz-tests-"))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
os.environ["HOME"] = str(HOME)
for variable in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
    os.environ[variable] = str(HOME / variable)
# To watch a test in a window: MLPVIZ_TEST_PLATFORM=xcb make test ARGS="-k name"
os.environ["QT_QPA_PLATFORM"] = os.environ.get("MLPVIZ_TEST_PLATFORM", "offscreen")
# A second thread makes small products slower, and adds numbers in another order on another machine.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# No deadlines, because a busy machine is not a bug; the same examples each time, so that a failure can be
# had again. HYPOTHESIS_PROFILE=explore looks at new ones.
settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", settings.get_profile("steady"), derandomize=False, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

GRACE_S = 1.0
failed = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    item.stash[failed] = item.stash.get(failed, False) or report.failed
    return report


@pytest.fixture(autouse=True)
def forget_settings() -> Iterator[None]:
    """Let no test see what another one saved for the user."""
    yield
    shutil.rmtree(HOME / "XDG_CONFIG_HOME", ignore_errors=True)


@pytest.fixture(scope="session")
def state_of():
    """A function that takes down all that an object holds: every bit, and which arrays hold them."""

    import numpy  # here, for the environment above must be set first

    def state_of(thing):
        if isinstance(thing, numpy.ndarray):
            return id(thing), thing.dtype.str, thing.shape, thing.flags.writeable, thing.tobytes()
        if isinstance(thing, dict):
            return {key: state_of(value) for key, value in thing.items()}
        if isinstance(thing, list | tuple):
            return [state_of(value) for value in thing]
        if hasattr(thing, "__dict__"):
            return id(thing), state_of(vars(thing))
        return thing

    return state_of


@pytest.fixture(scope="session")
def seed_result():
    """A function that makes up the result of a seed; its curve falls in a straight line to its loss."""

    import numpy  # here, for the environment above must be set first

    from mlpviz.training.seed_result import Curve, SeedResult

    def seed_result(seed, loss=0.1, verdict="learnt", steps=3, **more):
        status = verdict if verdict in ("plateau", "diverged") else "finished"
        learnt = None if verdict == "trained" else verdict == "learnt"
        known = {"train_accuracy": 1.0 if learnt else 0.5, "gradient_norm": 1e-5, "message": ""}
        known |= {"learnt_step": 2 if learnt else None}
        losses = tuple(numpy.linspace(1.0, loss, steps).tolist())
        curve = Curve(tuple(range(1, steps + 1)), losses, (), losses)
        nothing = dict.fromkeys(("validation_loss", "validation_accuracy", "test_loss", "test_accuracy"))
        return SeedResult(
            seed=seed, status=status, learnt=learnt, steps=steps, epochs=steps, train_loss=loss, curve=curve,
            **{**nothing, **known, **more},
        )  # fmt: skip

    return seed_result


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a thread, a running QThread, an active QTimer or a top-level widget."""
    # Kept as lists, not as ids, for an id can be given again.
    threads, qt_objects = running_threads(), live_qt_objects()
    yield
    # The traceback of a failed test holds its objects, and one message is enough.
    if request.node.stash.get(failed, False):
        return
    left = [f"thread {thread.name}" for thread in still_there(running_threads, threads)]
    left += [describe(leftover) for leftover in still_there(live_qt_objects, qt_objects)]
    if left:
        pytest.fail("the test left behind: " + ", ".join(left), pytrace=False)


def still_there(look: Callable[[], list], before: list) -> list:
    """Return what `look` finds that was not there before, once it had time to end."""
    deadline = time.monotonic() + GRACE_S
    while left := [found for found in look() if not any(found is known for known in before)]:
        if time.monotonic() > deadline:
            break
        del left  # or this list would keep alive what the collector is to take
        gc.collect()
        time.sleep(0.01)
    return left


def running_threads() -> list[threading.Thread]:
    return [
        thread
        for thread in threading.enumerate()
        # Python keeps the dummy of a QThread that has ended; and tqdm keeps one monitor for good.
        if not isinstance(thread, threading._DummyThread) and type(thread).__name__ != "TMonitor"
    ]


def live_qt_objects() -> list:
    """Return running QThreads, active QTimers and top-level widgets; none before there is a QApplication."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    application = widgets and widgets.QApplication.instance()
    if not application:
        return []
    import shiboken6
    from PySide6.QtCore import QCoreApplication, QEvent, QThread, QTimer

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    main_thread = application.thread()
    found = []
    for wrapper in shiboken6.getAllValidWrappers():
        if isinstance(wrapper, QThread):
            if wrapper is not main_thread and wrapper.isRunning():
                found.append(wrapper)
        elif isinstance(wrapper, QTimer) and wrapper.isActive():
            found.append(wrapper)
    return found + application.topLevelWidgets()


def describe(qt_object) -> str:
    kind, name = type(qt_object).__name__, qt_object.objectName()
    title = getattr(qt_object, "windowTitle", str)()
    parent = qt_object.parent()
    words = [kind, *(repr(word) for word in (name, title) if word)]
    return " ".join([*words, f"of {type(parent).__name__}"] if parent else words)
