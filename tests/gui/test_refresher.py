"""What is visible is repainted in turns: cheap parts together, dear ones one at a time."""

import time

import pytest
from PySide6.QtCore import QObject

import mlpviz.gui.refresher as refresher_module
from mlpviz.gui.refresher import Refresher, Unhurried


class Rounds:
    """A refresher whose turns are written down: the numbers of the parts in each."""

    def __init__(self, parent: QObject) -> None:
        self.turns: list[list[int]] = []
        self.fetched_before: list[int] = []
        self.refresher = Refresher(self._fetch, parent, begins=lambda: self.turns.append([]))

    def _fetch(self) -> None:
        self.fetched_before.append(len(self.turns) - 1)

    def part(self, number: int, seconds: float = 0.0):
        def refresh() -> None:
            time.sleep(seconds)
            self.turns[-1].append(number)

        return refresh


@pytest.fixture
def rounds(qapp):
    parent = QObject()
    rounds = Rounds(parent)
    yield rounds
    rounds.refresher.stop()


def test_cheap_parts_are_refreshed_in_one_turn(rounds, qtbot):
    rounds.refresher.set_parts([rounds.part(i) for i in range(5)])
    rounds.refresher.start()
    qtbot.waitUntil(lambda: any(sorted(turn) == [0, 1, 2, 3, 4] for turn in rounds.turns))


def test_dear_parts_take_turns(rounds, qtbot):
    rounds.refresher.set_parts([rounds.part(i, 0.02) for i in range(3)])
    rounds.refresher.start()
    qtbot.waitUntil(lambda: len(rounds.turns) > 9)
    later = rounds.turns[-6:]
    assert all(len(turn) == 1 for turn in later)
    assert {turn[0] for turn in later} == {0, 1, 2}


def test_parts_that_do_not_fit_in_one_turn_come_equally_often(rounds, qtbot):
    """What one turn has no room for gets another one soon after, not the next round."""
    rounds.refresher.set_parts([rounds.part(i, 0.003) for i in range(4)])
    rounds.refresher.start()
    qtbot.waitUntil(lambda: len(rounds.turns) > 16)
    times = [sum(i in turn for turn in rounds.turns) for i in range(4)]
    assert max(times) - min(times) <= 1
    assert any(len(turn) > 1 for turn in rounds.turns)


def test_turns_that_begin_a_little_late_keep_to_the_rate(rounds, monkeypatch):
    clock, refresher = [1000.0], rounds.refresher
    monkeypatch.setattr(refresher_module.time, "perf_counter", lambda: clock[0])
    refresher.set_parts([rounds.part(0)])
    n = 40
    for _ in range(n):
        refresher._tick()
        refresher._painted()
        clock[0] += 0.001 * refresher._interval_ms() + 0.004
    assert n / (clock[0] - 1000.0) == pytest.approx(refresher_module.REFRESHES_PER_SECOND, rel=0.02)


def test_what_is_new_is_fetched_before_the_first_part(rounds, qtbot):
    rounds.refresher.set_parts([rounds.part(i) for i in range(3)])
    rounds.refresher.start()
    qtbot.waitUntil(lambda: len(rounds.turns) > 5)
    assert rounds.fetched_before == [k for k, turn in enumerate(rounds.turns) if 0 in turn]


def test_an_unhurried_part_comes_less_often(rounds, qtbot):
    rounds.refresher.set_parts([rounds.part(0), Unhurried(rounds.part(1), 3.0)])
    rounds.refresher.start()
    qtbot.waitUntil(lambda: sum(1 in turn for turn in rounds.turns) > 2)
    assert sum(0 in turn for turn in rounds.turns) > 2 * sum(1 in turn for turn in rounds.turns) - 2


def test_a_part_that_is_no_longer_visible_is_left_alone(rounds, qtbot):
    rounds.refresher.set_parts([rounds.part(0), rounds.part(1)])
    rounds.refresher.start()
    qtbot.waitUntil(lambda: len(rounds.turns) > 3)
    rounds.refresher.set_parts([rounds.part(2)])
    before = len(rounds.turns)
    qtbot.waitUntil(lambda: len(rounds.turns) > before + 3)
    assert {i for turn in rounds.turns[before:] for i in turn} == {2}
    rounds.refresher.stop()
    stopped = len(rounds.turns)
    qtbot.wait(200)
    assert len(rounds.turns) == stopped


def test_what_becomes_visible_later_is_refreshed_too(rounds, qtbot):
    rounds.refresher.start()
    rounds.refresher.set_parts([rounds.part(0)])
    qtbot.waitUntil(lambda: len(rounds.turns) > 2)
