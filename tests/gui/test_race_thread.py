"""A race off the window's thread changes no bit; it rests, goes on and ends when it is told to."""

import threading

import numpy as np
import pytest

from mlpviz.gui.race_thread import Lane, RaceThread
from mlpviz.gui.stretch_thread import Stretch
from mlpviz.training import Trainer
from mlpviz.training.race import Contender


@pytest.fixture
def thread(qtbot):
    thread = RaceThread()
    yield thread
    thread.stop()
    assert thread.wait(5000)


@pytest.fixture
def join(qtbot, thread):
    """A function that lets an experiment join the race, and waits until it has."""

    def join(name, experiment) -> Lane:
        with qtbot.waitSignal(thread.joined, timeout=5000) as joined:
            thread.add(lambda: Contender(name, Trainer(experiment)))
        return joined.args[0]

    return join


def rest(qtbot, thread, *stretch):
    with qtbot.waitSignal(thread.rested, timeout=10_000):
        thread.go(*stretch)


def places(thread):
    return [lane.contender.trainer.index for lane in thread.lanes]


def bits(network):
    return [array.tobytes() for params in network.params for array in params.values()]


def test_racing_to_the_end_gives_the_bits_of_training_alone(qtbot, thread, join, moons, headless):
    other = moons.with_settings({"learning_rate": 0.1, "batch_size": 7})
    join("a", moons), join("b", other)
    rest(qtbot, thread, Stretch.ALL)
    for lane, experiment in zip(thread.lanes, (moons, other), strict=True):
        assert bits(lane.contender.trainer.network) == bits(headless(experiment).network)
        assert bits(lane.mailbox.take().network) == bits(headless(experiment).network)


def test_batches_of_each_add_up_however_fast_they_are_asked_for(qtbot, thread, join, moons):
    join("a", moons), join("b", moons.with_settings({"batch_size": 60}))
    for _ in range(4):
        thread.go(Stretch.STEPS)
    qtbot.waitUntil(lambda: not thread.training, timeout=5000)
    assert places(thread) == [4, 4]


def test_an_epoch_of_each(qtbot, thread, join, moons):
    join("a", moons), join("b", moons.with_settings({"batch_size": 60}))
    rest(qtbot, thread, Stretch.EPOCH)
    assert [lane.contender.trainer.progress for lane in thread.lanes] == [1, 1]


def test_it_pauses_and_goes_on(qtbot, thread, join, digits):
    join("a", digits.with_settings({"epochs": 1_000_000})), join("b", digits.with_settings({"epochs": 99}))
    thread.go(Stretch.ALL)
    qtbot.waitUntil(lambda: places(thread)[0] > 5)
    rest(qtbot, thread, Stretch.NONE)
    assert not thread.training
    at = places(thread)
    qtbot.wait(30)
    assert places(thread) == at
    rest(qtbot, thread, Stretch.STEPS, 2)
    assert places(thread) == [place + 2 for place in at]


def test_one_can_join_and_leave_while_it_races(qtbot, thread, join, digits):
    endless = digits.with_settings({"epochs": 1_000_000})
    first = join("a", endless)
    thread.go(Stretch.ALL)
    second = join("b", endless)
    qtbot.waitUntil(lambda: second.contender.trainer.index > 3, timeout=5000)
    thread.remove(first)
    qtbot.waitUntil(lambda: thread.lanes == (second,))
    at = first.contender.trainer.index
    before = second.contender.trainer.index
    qtbot.waitUntil(lambda: second.contender.trainer.index > before)
    assert first.contender.trainer.index == at


def test_they_begin_again_where_they_joined(qtbot, thread, join, moons, headless):
    lane = join("a", moons)
    rest(qtbot, thread, Stretch.STEPS, 5)
    joined = bits(headless(moons, 5).network)
    with qtbot.waitSignal(thread.joined) as told:
        thread.add(lambda: lane.contender.fork("b", {"learning_rate": 0.1}))
    rest(qtbot, thread, Stretch.STEPS, 3)
    with qtbot.waitSignal(thread.began_again):
        thread.begin_again()
    assert places(thread) == [0, 5]
    assert len(lane.contender.history) == 0
    assert len(told.args[0].contender.history) == 5
    assert bits(told.args[0].contender.trainer.network) == joined
    rest(qtbot, thread, Stretch.STEPS, 5)
    assert bits(lane.contender.trainer.network) == joined


def test_a_run_that_cannot_be_made_stays_out_with_a_sentence(qtbot, thread, join, moons):
    join("a", moons)
    with qtbot.waitSignal(thread.stayed_out) as told:
        thread.add(lambda: Contender("b", Trainer(moons.with_settings({"batch_size": 10_000}))), 3)
    ticket, sentence = told.args
    assert ticket == 3
    assert sentence.startswith("batch_size must be at most")
    rest(qtbot, thread, Stretch.STEPS)
    assert places(thread) == [1]


def test_it_keeps_a_pace_and_pausing_does_not_wait_for_it(qtbot, thread, join, moons):
    join("a", moons)
    thread.set_steps_per_second(0.5)
    thread.go(Stretch.ALL)
    qtbot.waitUntil(lambda: places(thread) == [1])
    rest(qtbot, thread, Stretch.NONE)
    assert places(thread) == [1]


def test_a_slow_window_slows_nothing_and_finds_the_newest(qtbot, thread, join, moons):
    lane = join("a", moons)
    rest(qtbot, thread, Stretch.STEPS, 9)  # nobody takes a snapshot meanwhile
    assert lane.mailbox.take().step == 9
    assert lane.mailbox.empty


def test_something_can_be_done_between_two_steps(qtbot, thread, join, digits):
    lane = join("a", digits.with_settings({"epochs": 1_000_000}))
    thread.go(Stretch.ALL)
    made = []
    thread.between_steps(lambda: made.append((threading.get_ident(), lane.contender.fork("twin"))))
    assert made[0][0] != threading.get_ident()
    with pytest.raises(ValueError, match="no"):
        thread.between_steps(lambda: (_ for _ in ()).throw(ValueError("no")))


def test_once_it_has_ended_what_was_to_be_done_between_two_steps_is_done_all_the_same(
    qtbot, thread, join, moons
):
    join("a", moons)
    thread.stop()
    thread.wait(5000)
    done = []
    thread.between_steps(lambda: done.append(True))
    assert done == [True]


def test_all_look_at_the_same_examples(qtbot, thread, join, moons):
    first, second = join("a", moons), join("b", moons.with_settings({"batch_size": 7}))
    assert np.array_equal(first.x, second.x)
    assert len(first.x) == 100
