"""A snapshot is a frozen copy of one moment; a mailbox holds at most one."""

import itertools
import threading
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from mlpviz.training import Mailbox, Trainer


@pytest.fixture
def trainer(experiment, any_layer):
    """A run of every kind of layer, seven steps old."""
    trainer = Trainer(experiment(any_layer, momentum=0.9, learning_rate=0.05))
    list(itertools.islice(trainer.steps(), 7))
    return trainer


def arrays(snapshot):
    """Every array in a snapshot, by a name of its own."""
    found = {"batch": snapshot.batch}
    for i, layer in enumerate(snapshot.network.layers):
        for kind, part in (("params", layer.params), ("statistics", layer.statistics)):
            found |= {f"{kind}.{i}.{name}": array for name, array in part.items()}
    for kind in ("gradients", "updates"):
        for i, part in enumerate(getattr(snapshot, kind)):
            found |= {f"{kind}.{i}.{name}": array for name, array in part.items()}
    for name, memory in snapshot.optimizer.memory.items():
        found[f"memory.{name}"] = memory
    return found


class TestSnapshot:
    def test_knows_its_step(self, trainer):
        snapshot = trainer.snapshot()
        assert (snapshot.step, snapshot.epoch) == (7, 2)

    def test_cannot_be_written(self, trainer):
        snapshot = trainer.snapshot()
        assert len(arrays(snapshot)) == 1 + 3 * 10 + 2 + 1
        assert [name for name, array in arrays(snapshot).items() if array.flags.writeable] == []
        with pytest.raises(ValueError, match="read-only"):
            snapshot.network.layers[0].params["weight"][0, 0] = 0
        with pytest.raises(FrozenInstanceError):
            snapshot.step = 8

    def test_is_not_touched_by_further_training(self, trainer):
        snapshot = trainer.snapshot()
        before = {name: array.copy() for name, array in arrays(snapshot).items()}
        for layer in trainer.network.layers:
            for array in layer.params.values():
                array += 1  # in place, as a user who overwrites a weight does
        list(trainer.steps())
        for name, array in arrays(snapshot).items():
            np.testing.assert_array_equal(array, before[name])

    def test_leaves_the_run_free_to_train_and_to_be_written(self, trainer):
        trainer.snapshot()
        for layer in trainer.network.layers:
            for array in layer.params.values():
                array[...] = 0
        assert len(list(trainer.steps())) == 13

    def test_network_is_that_of_the_moment(self, trainer):
        snapshot = trainer.snapshot()
        x, targets = trainer.splits.validation.batch(slice(None))
        np.testing.assert_array_equal(snapshot.network.predict(x), trainer.network.predict(x))
        one, other = (
            network.trace(x, targets, trainer.loss) for network in (snapshot.network, trainer.network)
        )
        assert one.loss == other.loss

    def test_update_is_what_the_step_added(self, trainer):
        before = trainer.snapshot()
        next(trainer.steps())
        after = trainer.snapshot()
        for old, new, updates in zip(before.network.params, after.network.params, after.updates, strict=True):
            assert old.keys() == new.keys() == updates.keys()
            for name in old:
                np.testing.assert_array_equal(new[name], old[name] + updates[name])
                if np.abs(updates[name]).max() > 1e-6:  # a bias before batch_norm has no gradient
                    np.testing.assert_allclose(new[name] - old[name], updates[name], rtol=1e-2, atol=1e-6)

    def test_gradients_are_those_of_its_batch_at_the_network_before(self, experiment):
        trainer = Trainer(experiment())
        before = trainer.snapshot()
        for _ in trainer.steps():
            after = trainer.snapshot()
            x, targets = trainer.splits.training.batch(after.batch)
            _, gradients = before.network.loss_and_gradients(x, targets, trainer.loss)
            for expected, found in zip(gradients, after.gradients, strict=True):
                assert expected.keys() == found.keys()
                for name in expected:
                    np.testing.assert_allclose(found[name], expected[name], rtol=1e-4, atol=1e-7)
            before = after

    def test_before_the_first_step_has_the_initial_network_and_no_gradients(self, experiment):
        snapshot = Trainer(experiment()).snapshot()
        assert (snapshot.step, snapshot.epoch) == (0, 0)
        assert list(snapshot.gradients) == list(snapshot.updates) == [{}, {}, {}, {}]
        assert len(snapshot.batch) == 0
        assert snapshot.network.layers[0].params["weight"].shape == (2, 6)

    def test_has_a_batch_of_positions_in_the_training_split(self, trainer):
        batch = trainer.snapshot().batch
        assert len(batch) == 25
        assert set(batch.tolist()) <= set(range(120))

    def test_may_be_taken_twice(self, trainer):
        one, other = arrays(trainer.snapshot()), arrays(trainer.snapshot())
        assert all(np.array_equal(one[name], other[name]) for name in one)
        assert not any(np.shares_memory(one[name], other[name]) for name in one if name.startswith("params"))


class TestMailbox:
    @pytest.fixture
    def letter(self, experiment):
        """A function that makes a snapshot that can be told by its step."""
        snapshot = Trainer(experiment()).snapshot()
        return lambda step: replace(snapshot, step=step)

    def test_is_empty_at_first(self):
        mailbox = Mailbox()
        assert mailbox.empty
        assert mailbox.take() is None

    def test_taking_empties_it(self, letter):
        mailbox, sent = Mailbox(), letter(1)
        mailbox.put(sent)
        assert not mailbox.empty
        assert mailbox.take() is sent
        assert mailbox.empty
        assert mailbox.take() is None

    def test_holds_one_and_that_is_the_newest(self, letter):
        mailbox = Mailbox()
        letters = [letter(i) for i in range(3)]
        for each in letters:
            mailbox.put(each)
        assert mailbox.take() is letters[-1]
        assert mailbox.take() is None

    def test_between_two_threads_gives_each_letter_at_most_once_and_in_order(self, letter):
        mailbox, sent, taken = Mailbox(), [], []

        def write():
            for i in range(5000):
                if mailbox.empty:
                    mailbox.put(letter(i))
                    sent.append(i)

        writer = threading.Thread(target=write)
        writer.start()
        while writer.is_alive() or not mailbox.empty:
            found = mailbox.take()
            if found is not None:
                taken.append(found.step)
        writer.join()
        assert taken
        assert taken == sent
