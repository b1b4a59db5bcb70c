"""Training of a very small network pauses for the window, and only then."""

import threading
import time

import numpy as np
import pytest

import mlpviz.gui.courtesy as courtesy_module


@pytest.fixture
def clock(monkeypatch) -> list[float]:
    """A clock that only steps and pauses move; its other entries are the pauses, by when they began."""
    times = [100.0]

    def sleep(_seconds: float) -> None:
        times.append(times[0])
        times[0] += 0.0001

    monkeypatch.setattr(courtesy_module.time, "perf_counter", lambda: times[0])
    monkeypatch.setattr(courtesy_module.time, "sleep", sleep)
    return times


def pauses(
    clock: list[float], courtesy: courtesy_module.Courtesy, step_s: float, for_s: float
) -> list[float]:
    """When it paused, in seconds from the beginning."""
    begun, already = clock[0], len(clock)
    while clock[0] < begun + for_s:
        clock[0] += step_s
        courtesy.made(1)
    return [at - begun for at in clock[already:]]


def test_short_steps_leave_a_pause_every_few_milliseconds_and_long_ones_none(clock):
    between = np.diff(pauses(clock, courtesy_module.Courtesy(), 0.0001, 0.4))
    assert len(between) > 5
    np.testing.assert_allclose(between, between[0], atol=2e-4)
    assert 0.01 < between[0] < 0.04  # that late the window answers at worst
    assert pauses(clock, courtesy_module.Courtesy(), 0.001, 0.2) == []


def test_it_pauses_when_the_window_is_to_repaint(clock):
    courtesy = courtesy_module.Courtesy()
    courtesy.release(due_at=clock[0] + 0.0025)
    assert pauses(clock, courtesy, 0.0001, 0.004) == [pytest.approx(0.0025, abs=2e-4)]


def test_it_rests_while_the_window_repaints_but_not_for_ever():
    courtesy = courtesy_module.Courtesy()
    courtesy.hold()
    for _ in range(100):
        courtesy._steps += 1000  # as if they had been short
    begun = time.perf_counter()
    courtesy.made(1)
    assert time.perf_counter() - begun >= courtesy_module.LONGEST_PAUSE_S
    courtesy.hold()
    threading.Timer(0.005, courtesy.release).start()
    courtesy._steps += 100_000
    begun = time.perf_counter()
    courtesy.made(1)
    assert time.perf_counter() - begun < courtesy_module.LONGEST_PAUSE_S
