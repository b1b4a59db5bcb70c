"""Many seeds: each the same bits as alone, however many at a time; stopped at once; errors in a sentence."""

import os
import threading

import numpy as np
import pytest

from mlpviz.training import Trainer
from mlpviz.training import sweep as sweep_module
from mlpviz.training.seed_result import kept_places, running_mean
from mlpviz.training.sweep import pays, seeds_of, sweep, train_seed

XOR_NET = (
    {"kind": "affine", "units": 2, "initializer": "normal", "bias_initializer": "normal"},
    {"kind": "sigmoid"},
    {"kind": "affine", "units": 1, "initializer": "normal", "bias_initializer": "normal"},
    {"kind": "sigmoid"},
)


@pytest.fixture(scope="module")
def xor(experiment):
    """Learnt from seed 1, for good on a plateau from seed 4."""
    return experiment(
        XOR_NET, dataset="gate_xor", validation_size=0, batch_size=0, learning_rate=10.0, epochs=1500
    )


def by_seed(results):
    return sorted(results, key=lambda result: result.seed)


def test_a_seed_is_trained_as_it_would_be_alone(experiment):
    tiny = experiment()
    alone = Trainer(tiny.with_settings({"seed": 7}))
    steps = list(alone.steps())
    result = train_seed(tiny, 7)
    assert (result.seed, result.steps, result.epochs) == (7, alone.index, 4)
    assert result.train_loss == alone.evaluate("training").loss
    assert result.validation_accuracy == alone.evaluate("validation").accuracy
    assert result.test_loss == alone.evaluate("test").loss
    assert result.curve.steps == tuple(step.index for step in steps)
    assert result.curve.loss == tuple(step.loss for step in steps)
    assert result.curve.accuracy == tuple(step.accuracy for step in steps)


def test_a_run_that_learns_says_since_when(xor):
    result = train_seed(xor, 1)
    assert (result.status, result.learnt, result.verdict, result.message) == ("finished", True, "learnt", "")
    right = [step.accuracy == 1 for step in Trainer(xor.with_settings({"seed": 1})).steps()]
    assert all(right[result.learnt_step - 1 :])
    assert not right[result.learnt_step - 2]


def test_a_run_that_stays_on_a_plateau_is_named_with_its_evidence(xor):
    result = train_seed(xor, 4)
    assert (result.status, result.learnt, result.learnt_step) == ("plateau", False, None)
    assert result.train_loss == pytest.approx(0.125, rel=0.01)
    assert 0 < result.gradient_norm < 1e-3
    assert result.message == f"seed 4 stands on a plateau: loss 0.125, gradient {result.gradient_norm:.1e}"


def test_a_run_that_has_not_had_time_is_on_no_plateau(xor):
    result = train_seed(xor.with_settings({"epochs": 20}), 4)
    assert (result.status, result.verdict) == ("finished", "not learnt")


def test_a_run_that_diverges_says_so(experiment):
    wild = experiment(({"kind": "affine", "units": 1},), dataset="plane", learning_rate=1e6, epochs=40)
    result = train_seed(wild, 0)
    assert (result.status, result.verdict, result.learnt) == ("diverged", "diverged", False)
    assert "learning rate" in result.message


def test_results_are_the_same_however_many_at_a_time(xor):
    short = xor.with_settings({"epochs": 30})
    one = list(sweep(short, range(3, 8), jobs=1))
    assert [result.seed for result in one] == [3, 4, 5, 6, 7]
    assert by_seed(sweep(short, range(3, 8), jobs=2)) == one
    assert by_seed(sweep(short, range(3, 8))) == one


def test_no_process_is_left_waiting_and_none_knew_qt(xor, monkeypatch):
    def where(experiment, seed, share, stop_file):
        import os
        import sys

        return os.getpid(), any(name.startswith("PySide6") for name in sys.modules)

    monkeypatch.setattr(sweep_module, "_train_elsewhere", where)
    seen = set(sweep(xor, range(8), jobs=2))
    assert {knows for _, knows in seen} == {False}
    for process, _ in seen:
        assert process != os.getpid()
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
    assert not [thread for thread in threading.enumerate() if "seeds_watcher" in thread.name]


def test_a_run_in_this_process_asks_after_each_step_whether_it_is_still_wanted(xor):
    asked = []

    def cancelled():
        asked.append(None)
        return len(asked) > 5

    assert train_seed(xor, 1, cancelled=cancelled) is None
    assert len(asked) == 6


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_sweep_can_be_cancelled(xor, jobs):
    endless = xor.with_settings({"epochs": 10_000_000})
    asked = threading.Event()
    timer = threading.Timer(0.3, asked.set)
    timer.start()
    assert list(sweep(endless, range(4), jobs=jobs, cancelled=asked.is_set)) == []
    timer.join()


def test_whoever_wants_no_more_need_not_wait(xor):
    results = sweep(xor.with_settings({"epochs": 30}), range(1000), jobs=2)
    assert next(results).seed in range(1000)
    results.close()


def test_a_process_that_dies_gives_a_sentence(xor, monkeypatch):
    def die(experiment, seed, share, stop_file):
        import os

        os._exit(1)

    monkeypatch.setattr(sweep_module, "_train_elsewhere", die)
    with pytest.raises(ChildProcessError, match="ended unexpectedly"):
        list(sweep(xor, range(4), jobs=2))


def test_bad_input_in_another_process_gives_its_sentence(experiment):
    wrong = experiment(({"kind": "affine", "units": 2},))
    with pytest.raises(ValueError, match="ends with 2 outputs, but dataset 'blobs' needs 3"):
        list(sweep(wrong, range(4), jobs=2))


def test_processes_pay_where_they_save_more_than_they_cost():
    assert pays(99, 0.2, processors=2)
    assert not pays(99, 0.01, processors=2)
    assert not pays(99, 10.0, processors=1)
    assert not pays(1, 10.0, processors=2)
    assert not pays(0, 10.0, processors=2)


def test_seeds_are_counted_from_the_experiments_own(xor):
    assert seeds_of(xor.with_settings({"seed": 5}), 3) == range(5, 8)
    for count in (0, -3):
        with pytest.raises(ValueError, match=f"must be at least 1, not {count}"):
            seeds_of(xor, count)


def test_nothing_to_do_is_told(xor):
    with pytest.raises(ValueError, match="at least one seed"):
        next(sweep(xor, []))
    with pytest.raises(ValueError, match="number of jobs must be at least 1, not 0"):
        next(sweep(xor, [1], jobs=0))


def test_a_long_curve_keeps_its_spikes_and_its_ends():
    losses = np.linspace(2, 1, 5000)
    losses[1234], losses[4321] = 50.0, 0.01
    places = kept_places(losses)
    assert len(places) <= 202
    assert places == sorted(set(places))
    assert {0, 1234, 4321, 4999} <= set(places)
    assert kept_places(losses[:150]) == list(range(150))


def test_a_backend_chosen_outside_is_used(xor):
    """As README says of Dask and Ray; threads stand for them here."""
    import joblib

    short = xor.with_settings({"epochs": 30})
    with joblib.parallel_config(backend="threading", n_jobs=2):
        elsewhere = by_seed(sweep(short, range(4)))
    assert elsewhere == list(sweep(short, range(4), jobs=1))


def test_a_running_mean_takes_an_epoch_of_batches():
    assert running_mean([4.0, 2.0, 6.0, 1.0], 2).tolist() == [4, 3, 4, 3.5]
    assert running_mean([4.0, 2.0, 6.0, 1.0], 9).tolist() == [4, 3, 4, 3.25]
    assert running_mean([0.1, 0.7], 1).tolist() == [0.1, 0.7]


def test_a_curve_of_noisy_batches_has_its_mean_over_an_epoch(experiment):
    result = train_seed(experiment(), 0)
    assert result.curve.mean_loss[-1] == pytest.approx(
        np.mean(result.curve.loss[-5:])
    )  # 120 in batches of 25


def test_a_curve_of_whole_epochs_is_its_own_mean(xor):
    curve = train_seed(xor.with_settings({"epochs": 30}), 0).curve
    assert curve.mean_loss == curve.loss
