"""In a race the one that is behind makes the next step, and no run notices the others."""

import itertools

import numpy as np
import pytest

from mlpviz.training import Trainer
from mlpviz.training.race import Contender, Race, batches_each, epoch_each
from mlpviz.training.standings import standings


@pytest.fixture
def contender(experiment):
    """A function that makes a contender of the three clouds: 120 examples, 5 batches of 25 an epoch."""

    def contender(name="one", *arguments, **settings):
        return Contender(name, Trainer(experiment(*arguments, **settings)))

    return contender


def order(race, steps, goal=None):
    """The names of those that make the next steps."""
    return "".join(who.name for _ in range(steps) if (who := race.advance(goal)))


class TestWhoseTurnItIs:
    def test_by_steps_each_makes_one_batch_in_turn(self, contender):
        race = Race([contender("a"), contender("b", batch_size=10), contender("c", batch_size=0)])
        assert order(race, 9) == "abcabcabc"

    def test_by_examples_the_large_batch_waits_for_the_small_ones(self, contender):
        race = Race([contender("a", batch_size=30), contender("b", batch_size=10)], "examples")
        assert order(race, 9) == "abbbabbba"

    def test_by_seconds_the_one_that_trained_least_goes_on(self, contender):
        race = Race([contender("a"), contender("b")], "seconds")
        for _ in range(20):
            behind = min(race.contenders, key=lambda c: c.seconds)
            assert race.advance() is behind

    def test_one_that_joins_late_catches_up_first(self, contender):
        race = Race([contender("a")])
        order(race, 3)
        race.contenders.append(contender("b"))
        assert order(race, 5) == "bbbab"

    def test_who_has_finished_drops_out_and_the_others_go_on(self, contender):
        race = Race([contender("a", epochs=1), contender("b", epochs=2)])
        assert order(race, 99) == "ab" * 5 + "b" * 5
        assert race.finished
        assert race.advance() is None

    def test_who_diverges_drops_out_and_the_others_go_on(self, contender):
        unbounded = ({"kind": "affine", "units": 3},)
        race = Race([contender("a", unbounded, learning_rate=1e30), contender("b", epochs=2)])
        while race.advance():
            pass
        diverged, other = race.contenders
        assert diverged.trainer.divergence is not None
        assert other.trainer.index == 10

    def test_there_is_nothing_to_do_in_an_empty_race(self):
        race = Race()
        assert race.finished
        assert race.advance() is None

    def test_an_unknown_measure_is_refused(self):
        with pytest.raises(ValueError, match="unknown measure 'miles'"):
            Race([], "miles")


class TestGoals:
    def test_some_batches_each(self, contender):
        race = Race([contender("a"), contender("b", batch_size=0)], "examples")
        goal = batches_each(race.contenders, 2)
        assert sorted(order(race, 99, goal)) == ["a", "a", "b", "b"]

    def test_an_epoch_each(self, contender):
        race = Race([contender("a"), contender("b", batch_size=50)])
        order(race, 2)
        order(race, 99, epoch_each(race.contenders))
        assert [c.trainer.progress for c in race.contenders] == [1, 1]
        order(race, 99, epoch_each(race.contenders))
        assert [c.trainer.progress for c in race.contenders] == [2, 2]


@pytest.mark.parametrize("measure", ["steps", "examples", "seconds"])
def test_racing_changes_no_bit(contender, experiment, any_layer, told, bits, measure):
    runs = {"a": {"optimizer": "adam"}, "b": {"batch_size": 7, "momentum": 0.9}, "c": {"seed": 5}}
    race = Race([contender(name, any_layer, **settings) for name, settings in runs.items()], measure)
    while race.advance():
        pass
    for raced, settings in zip(race.contenders, runs.values(), strict=True):
        alone = Trainer(experiment(any_layer, **settings))
        losses = [step.loss for step in alone.steps()]
        assert raced.trainer.finished
        assert bits(raced.trainer.network) == bits(alone.network)
        assert raced.history.view("loss")[1].tolist() == losses


class TestCurves:
    def test_against_steps_and_examples(self, contender):
        one = contender(batch_size=50)
        for _ in range(4):
            one.advance()
        steps, losses = one.curve("loss", "steps")
        assert steps.tolist() == [1, 2, 3, 4]
        examples, again = one.curve("loss", "examples")
        assert examples.tolist() == [50, 100, 120, 170]
        assert again.tolist() == losses.tolist()

    def test_what_is_measured_now_and_then_stands_where_it_was_measured(self, contender):
        one = contender(batch_size=50)
        for _ in range(7):
            one.advance()
        examples, _ = one.curve("validation_loss", "examples")
        assert examples.tolist() == [120, 240]

    def test_against_seconds(self, contender):
        one = contender()
        for _ in range(6):
            one.advance()
        seconds, losses = one.curve("loss", "seconds")
        assert len(seconds) == len(losses) == 6
        assert (np.diff(seconds) > 0).all()
        assert seconds[0] > 0
        assert seconds[-1] == one.seconds
        at, _ = one.curve("validation_loss", "seconds")
        assert at.tolist() == [seconds[4]]

    def test_seconds_are_known_of_the_steps_made_in_a_race_only(self, contender):
        one = contender()
        for step in itertools.islice(one.trainer.steps(), 3):
            one.history.append(step)
        joined = Contender("late", one.trainer, one.history)
        assert len(joined.curve("loss", "seconds")[0]) == 0
        joined.advance(), joined.advance()
        seconds, losses = joined.curve("loss", "seconds")
        assert len(seconds) == 2
        assert losses.tolist() == joined.history.view("loss")[1][3:].tolist()

    def test_a_column_that_nobody_measured_is_empty(self, contender):
        one = contender()
        one.advance()
        for measure in ("steps", "examples", "seconds"):
            assert len(one.curve("nothing", measure)[0]) == 0

    def test_a_run_that_brings_its_seconds_along_goes_on_from_there(self, contender):
        one = contender()
        for _ in range(3):
            one.advance()
        joined = Contender("b", one.trainer, one.history, seconds=7.0)
        other = joined.fork("c")
        joined.advance()
        seconds, losses = joined.curve("loss", "seconds")
        assert seconds[0] == other.seconds == 7
        assert joined.seconds == seconds[1] > 7
        assert losses.tolist() == joined.history.view("loss")[1][2:].tolist()
        assert other.seconds_before == 7

    def test_a_fork_counts_its_parents_seconds(self, contender):
        one = contender()
        for _ in range(5):
            one.advance()
        other = one.fork("other", {"learning_rate": 0.1})
        assert other.seconds == one.seconds > 0
        assert (other.started_at, one.started_at) == (5, 0)
        other.advance()
        assert other.seconds > one.seconds
        assert len(other.curve("loss", "seconds")[0]) == 6


def test_standings_tell_what_differs_and_how_good_each_is(contender):
    race = Race([contender("a"), contender("b", learning_rate=0.1, epochs=2)])
    while race.advance():
        pass
    first, other = standings(race)
    assert (first["name"], first["differs"], first["status"], first["steps"]) == ("a", [], "finished", 20)
    assert other["differs"] == ["learning rate 0.3 → 0.1", "epochs 4 → 2"]
    assert other["examples"] == 240
    trainer = race.contenders[1].trainer
    assert other["train_loss"] == trainer.evaluate("training").loss
    assert other["validation_accuracy"] == trainer.evaluate("validation").accuracy
    assert other["test_accuracy"] == trainer.evaluate("test").accuracy
