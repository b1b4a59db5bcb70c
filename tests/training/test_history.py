"""Columns that only grow: what was read stays, while more is written and while others read."""

import csv
import io
import itertools
import math
import sys
import threading

import numpy as np
import pytest

from mlpviz.training import Evaluation, Experiment, History, Step, Trainer


def step(index, **changes):
    """A step whose numbers can be told from its index."""
    sparse = {"largest": index / 8} if index % 10 == 1 else {}
    validation = Evaluation(index * 100, index / 1000) if index % 50 == 0 else None
    settings = {
        "index": index,
        "epoch": 1 + index // 300,
        "examples": 25 * index,
        "loss": 1 / index,
        "accuracy": index / 10_000,
        "probes": {"norm": math.sqrt(index)},
        "sparse_probes": sparse,
        "validation": validation,
    }
    return Step(**{**settings, **changes})


def filled(n):
    history = History()
    for index in range(1, n + 1):
        history.append(step(index))
    return history


def table(history):
    """The CSV as rows by column name."""
    file = io.StringIO()
    history.write_csv(file)
    file.seek(0)
    return list(csv.DictReader(file))


class TestColumns:
    def test_of_an_empty_history(self):
        history = History()
        assert len(history) == 0
        assert history.names == []
        assert history.last("loss") is None
        steps, values = history.view("loss")
        assert len(steps) == len(values) == 0

    def test_of_a_name_that_nobody_recorded(self):
        history = filled(3)
        assert history.last("nothing") is None
        assert [len(part) for part in history.view("nothing")] == [0, 0]

    def test_hold_every_step(self):
        history = filled(5)
        assert len(history) == 5
        steps, losses = history.view("loss")
        assert steps.tolist() == [1, 2, 3, 4, 5]
        assert losses.tolist() == [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5]
        assert history.view("epoch")[1].tolist() == [1] * 5
        assert history.view("examples")[1].tolist() == [25, 50, 75, 100, 125]
        assert history.view("accuracy")[1].tolist() == [1e-4, 2e-4, 3e-4, 4e-4, 5e-4]
        assert history.view("norm")[1].tolist() == [math.sqrt(i) for i in range(1, 6)]

    def test_hold_what_is_measured_now_and_then_with_its_own_steps(self):
        history = filled(120)
        steps, values = history.view("largest")
        assert steps.tolist() == [1 + 10 * i for i in range(12)]
        assert values.tolist() == [(1 + 10 * i) / 8 for i in range(12)]
        steps, values = history.view("validation_loss")
        assert steps.tolist() == [50, 100]
        assert values.tolist() == [5000, 10000]
        assert history.view("validation_accuracy")[1].tolist() == [0.05, 0.1]

    def test_have_names(self):
        assert set(filled(49).names) == {"epoch", "examples", "loss", "accuracy", "norm", "largest"}
        assert set(filled(50).names) - set(filled(49).names) == {"validation_loss", "validation_accuracy"}

    def test_last(self):
        history = filled(64)
        assert history.last("loss") == 1 / 64
        assert history.last("largest") == 61 / 8
        assert history.last("validation_loss") == 5000
        assert type(history.last("loss")) is float

    def test_an_accuracy_that_there_is_not_is_no_number(self):
        history = History()
        history.append(step(1, accuracy=None, validation=Evaluation(2.0, None)))
        assert np.isnan(history.last("accuracy"))
        assert np.isnan(history.last("validation_accuracy"))

    def test_do_not_mix_up_steps_whose_measurements_come_in_another_order(self):
        history = History()
        history.append(step(1, probes={"a": 1.0, "b": 2.0}))
        history.append(step(2, probes={"b": 4.0, "a": 3.0}))
        assert history.view("a")[1].tolist() == [1, 3]
        assert history.view("b")[1].tolist() == [2, 4]


class TestViews:
    def test_never_change_while_the_history_grows_through_many_doublings(self):
        history, taken = History(), []
        for index in range(1, 5001):
            history.append(step(index))
            if index % 37 == 0 or index in (255, 256, 257, 511, 512, 513, 1024, 1025):
                views = [history.view(name) for name in ("loss", "norm", "largest", "validation_loss")]
                taken.append([(array, array.copy()) for view in views for array in view])
        for array, then in itertools.chain(*taken):
            np.testing.assert_array_equal(array, then)
        newest = history.view("loss")
        for snapshot in taken:
            (steps, _), (losses, _), *_ = snapshot
            np.testing.assert_array_equal(steps, newest[0][: len(steps)])
            np.testing.assert_array_equal(losses, newest[1][: len(losses)])
        assert [len(part) for part in newest] == [5000, 5000]

    def test_steps_and_values_are_of_one_length(self):
        history = History()
        for index in range(1, 600):
            history.append(step(index))
            for name in history.names:
                steps, values = history.view(name)
                assert steps.shape == values.shape

    @pytest.fixture
    def eager_threads(self):
        """Let threads take turns a thousand times more often than they do."""
        usual = sys.getswitchinterval()
        sys.setswitchinterval(5e-6)
        yield
        sys.setswitchinterval(usual)

    def test_are_right_while_another_thread_writes(self, eager_threads):
        history, wrong = History(), set()

        def write():
            for index in range(1, 20_001):
                history.append(step(index))

        def looks_right(name, expected):
            steps, values = history.view(name)
            return len(steps) == len(values) and np.array_equal(values, expected(steps))

        writer = threading.Thread(target=write)
        writer.start()
        lengths, held = [], []
        while writer.is_alive() or not lengths:
            lengths.append(len(history))
            if not looks_right("loss", lambda steps: 1 / steps):
                wrong.add("loss")
            if not looks_right("norm", np.sqrt):
                wrong.add("norm")
            if not looks_right("largest", lambda steps: steps / 8):
                wrong.add("largest")
            if not looks_right("validation_loss", lambda steps: steps * 100):
                wrong.add("validation_loss")
            held.append((history.view("loss")[1], history.last("loss")))
        writer.join()
        assert wrong == set()
        assert lengths == sorted(lengths)
        assert len(set(lengths)) > 10  # the two threads did take turns
        _, losses = history.view("loss")
        assert len(losses) == 20_000
        assert all(np.array_equal(view, losses[: len(view)]) for view, _ in held[:: len(held) // 50 + 1])


class TestCSV:
    def test_has_a_row_a_step_and_a_column_a_name(self):
        rows = table(filled(120))
        assert [row["step"] for row in rows] == [str(i) for i in range(1, 121)]
        assert set(rows[0]) == {"step", *filled(120).names}

    def test_parses_back_to_the_same_numbers(self):
        history = filled(301)
        rows = table(history)
        for name in history.names:
            found = [(float(row["step"]), float(row[name])) for row in rows if row[name]]
            steps, values = history.view(name)
            assert found == list(zip(steps.tolist(), values.tolist(), strict=True))

    def test_leaves_a_cell_empty_where_nothing_was_measured(self):
        rows = table(filled(100))
        assert [row["step"] for row in rows if row["validation_loss"]] == ["50", "100"]
        assert [row["step"] for row in rows if row["largest"]] == [str(1 + 10 * i) for i in range(10)]
        assert all(row["loss"] for row in rows)

    def test_leaves_a_cell_empty_for_what_is_no_number(self):
        history = History()
        history.append(step(1, accuracy=None, probes={"ratio": float("nan")}))
        [row] = table(history)
        assert row["accuracy"] == row["ratio"] == ""

    def test_writes_whole_numbers_as_such(self):
        [row] = table(filled(1))
        assert (row["step"], row["epoch"], row["examples"]) == ("1", "1", "25")

    def test_of_an_empty_history_has_a_heading_only(self):
        file = io.StringIO()
        History().write_csv(file)
        assert file.getvalue() == "step\n"

    def test_of_a_real_run_parses_back(self, experiment):
        layers = [{"kind": "affine", "units": 6}, {"kind": "relu"}, {"kind": "affine", "units": 3}]
        trainer, history = Trainer(experiment(layers, learning_rate=0.05)), History()
        steps = list(trainer.steps())
        for each in steps:
            history.append(each)
        rows = table(history)
        assert len(rows) == len(steps) == 20
        for row, each in zip(rows, steps, strict=True):
            assert int(row["step"]) == each.index
            assert float(row["loss"]) == each.loss
            assert float(row["accuracy"]) == each.accuracy
            for name, value in {**each.probes, **each.sparse_probes}.items():
                assert row[name] == "" if np.isnan(value) else float(row[name]) == value
            measured = {name for name, cell in row.items() if cell and "." in name}
            assert measured <= {*each.probes, *each.sparse_probes}
            assert row["validation_loss"] == ("" if each.validation is None else repr(each.validation.loss))


@pytest.mark.parametrize("length", [255, 256, 257, 512, 1025])
def test_no_row_is_lost_where_the_columns_grow(length):
    steps, losses = filled(length).view("loss")
    assert steps.tolist() == list(range(1, length + 1))
    assert losses.tolist() == [1 / i for i in range(1, length + 1)]


class TestPrefix:
    """What another thread writes to the disk while training goes on."""

    def test_stays_as_it_is_while_the_history_grows(self, trained):
        history, more = trained(30)
        prefix = history.prefix()
        before = {name: values.copy() for name, values in prefix.arrays().items()}
        more(700)  # the columns grow, and move
        assert len(history) == 730
        assert len(prefix) == 30
        for name, values in prefix.arrays().items():
            np.testing.assert_array_equal(values, before[name])

    def test_that_grows_on_its_own_leaves_the_history_alone(self, trained):
        history, more = trained(30)
        prefix = history.prefix()
        more(1)
        before = {name: values.copy() for name, values in history.arrays().items()}
        prefix._record("every step", {"step": 31, "loss": -1.0})
        assert prefix.last("loss") == -1.0
        for name, values in history.arrays().items():
            np.testing.assert_array_equal(values, before[name])

    def test_of_nothing_can_grow(self):
        prefix = History().prefix()
        prefix._record("every step", {"step": 1, "loss": 0.5})
        assert len(prefix) == 1

    def test_arrays_and_table_tell_the_same(self, trained):
        history, _ = trained(50)
        table = io.StringIO()
        history.write_csv(table)
        table.seek(0)
        for again in (History.from_arrays(history.arrays()), History.read_csv(table)):
            assert again.names == history.names
            for name in history.names:
                for one, other in zip(again.view(name), history.view(name), strict=True):
                    np.testing.assert_array_equal(one, other)

    @pytest.fixture
    def trained(self):
        """A function that makes a history of so many steps, and one that adds some to it."""

        def trained(steps):
            layers = [{"kind": "affine", "units": 3}, {"kind": "relu"}, {"kind": "affine", "units": 3}]
            basis = {"dataset": "blobs", "validation_size": 30, "batch_size": 25, "epochs": 1000}
            trainer, history = Trainer(Experiment.from_table({**basis, "layers": layers})), History()

            def more(steps):
                for step in itertools.islice(trainer.steps(), steps):
                    history.append(step)

            more(steps)
            return history, more

        return trained
