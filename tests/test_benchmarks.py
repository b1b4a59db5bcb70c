"""What `make bench` runs, with very few steps: that it measures what it says. Nothing here is timed."""

import json
import re
import subprocess

import numpy as np
import pytest

from benchmarks import __main__ as bench
from benchmarks import engine, exports, peers, reach, scaling, timing
from benchmarks.cases import Case, PlainLoop, Products, Training, digits, steps_at_a_time
from benchmarks.goals import GOALS, at_least, at_most
from benchmarks.plot import write_plot
from benchmarks.table import goal_lines, lines
from mlpviz.training import Trainer
from mlpviz.training.presets import load_preset

SMALL = Case((4,), batch_size=5, validation_size=59_980)
"""Twenty examples to train on: four steps an epoch."""


@pytest.fixture
def growth():
    """Returns made-up results of `scaling`: costs in proportion, PyTorch's twice as much."""
    results = {}
    for sweep in scaling.SWEEPS:
        for side, factor in (("mlpviz", 1.0), ("PyTorch", 2.0), ("matrix products", 0.5)):
            results |= {sweep.key(size, side): factor * size for size in sweep.cases}
            results[sweep.slope_key(side)] = 1.0
    return results


# ---------------------------------------------------------------------- timing


def test_pieces_of_work_take_turns_after_a_round_that_does_not_count():
    done = []
    times = timing.in_turn(lambda: done.append("a"), lambda: done.append("b"), rounds=2)
    assert "".join(done) == "ababab"
    assert times.shape == (2, 2)
    assert (times > 0).all()


def test_a_ratio_is_the_median_of_the_rounds_own():
    assert timing.median_ratio(np.array([2.0, 30.0, 8.0]), np.array([1.0, 10.0, 2.0])) == 3.0


# ---------------------------------------------------------------------- both sides


def test_the_bare_products_are_those_of_a_step_and_of_a_validation():
    products = Products(Case((4,), batch_size=5, validation_size=1200))
    forwards = [((5, 784), (784, 4)), ((5, 4), (4, 10))]
    backwards = [((4, 5), (5, 10)), ((5, 10), (10, 4)), ((784, 5), (5, 4))]
    assert [(a.shape, b.shape) for a, b in products.step] == forwards + backwards
    sizes = (250, 250, 250, 250, 200)
    pieces = [((n, n_in), (n_in, n_out)) for n in sizes for n_in, n_out in ((784, 4), (4, 10))]
    assert [(a.shape, b.shape) for a, b in products.validation] == pieces
    assert {array.dtype for pair in products.step + products.validation for array in pair} == {
        np.dtype(np.float32)
    }
    products.run(steps=2, validations=1)


def test_training_tells_how_often_it_judged_the_validation_split():
    training = Training(SMALL)
    training.run(3)
    assert (len(training.history), training.validations) == (3, 0)
    training.run(6)
    assert (len(training.history), training.validations) == (9, 2)


def test_a_stretch_holds_whole_epochs_where_they_are_short():
    n = steps_at_a_time(lambda steps: None, SMALL)
    assert n > 0
    assert n % 4 == 0


@pytest.mark.parametrize("case", [Case((800,)), Case((300,) * 3, 10, threads=2)], ids=str)
def test_a_case_trains_what_its_name_says(case):
    trainer = Trainer(case.experiment, digits())
    widths = [trainer.dataset.n_in, *(layer.n_out for layer in trainer.network.layers if layer.params)]
    assert tuple(widths) == case.widths
    assert (trainer.experiment.batch_size, trainer.experiment.blas_threads) == (case.batch_size, case.threads)
    assert str(case) in ("784-800-10, batch 100", "784-3x300-10, batch 10, 2 threads")


def test_bare_numpy_makes_the_updates_of_the_preset():
    trainer, bare = Trainer(load_preset(reach.PRESET)), reach.BareNumPy()
    steps = trainer.steps()
    for _ in range(60):
        next(steps)
    bare.run(60)
    reach.check_same_weights(trainer, bare)
    bare.run(61)
    with pytest.raises(AssertionError):
        reach.check_same_weights(trainer, bare)


def test_the_way_to_an_accuracy_ends_where_the_network_reads_so_many():
    trainer = reach.train_until(0.5)
    assert trainer.index % reach.LOOKED_AT_EVERY == 0
    assert trainer.evaluate("test").accuracy >= 0.5


def test_the_button_of_the_window_trains_until_the_steps_are_made(qapp):
    window = reach.Window()
    try:
        window.make_ready()
        assert len(window.workspace.history) == 0
        window.run(3)
        assert len(window.workspace.history) >= 3
        window.rest()
    finally:
        window.close()


def test_the_plain_loop_makes_the_updates_of_mlpviz():
    case = Case((6, 5), batch_size=20)
    trainer, loop = Trainer(case.experiment, digits()), PlainLoop(case)
    for _ in zip(range(8), trainer.steps(), strict=False):
        loop.step(*trainer.splits.training.batch(trainer.snapshot().batch))
    layers = [layer for layer in trainer.network.layers if layer.params]
    for layer, weight, bias in zip(layers, loop.weights, loop.biases, strict=True):
        np.testing.assert_allclose(weight, layer.weight, rtol=0, atol=1e-6)
        np.testing.assert_allclose(bias, layer.bias, rtol=0, atol=1e-6)
    loop.run(3)
    assert not np.array_equal(loop.weights[0], layers[0].weight)


# ---------------------------------------------------------------------- peers


@pytest.mark.parametrize("side", ["PyTorch", "PyTorch, update by hand"])
def test_pytorch_makes_the_updates_of_mlpviz(side):
    torch = pytest.importorskip("torch")
    trainer = Trainer(SMALL.experiment, digits())
    peer = peers.SIDES[side][1](SMALL)
    own = [trainer.network.layers[i] for i in (0, 2)]
    theirs = [peer.model[i] for i in (0, 2)]
    with torch.no_grad():
        for layer, linear in zip(own, theirs, strict=True):
            linear.weight.copy_(torch.from_numpy(layer.weight.T.copy()))
            linear.bias.copy_(torch.from_numpy(layer.bias.copy()))
    steps = trainer.steps()
    for _ in range(8):
        next(steps)
        x, targets = trainer.splits.training.batch(trainer.snapshot().batch)
        peer.step(torch.from_numpy(x), torch.from_numpy(targets))
    for layer, linear in zip(own, theirs, strict=True):
        np.testing.assert_allclose(linear.weight.detach().numpy().T, layer.weight, rtol=0, atol=1e-6)
        np.testing.assert_allclose(linear.bias.detach().numpy(), layer.bias, rtol=0, atol=1e-6)


@pytest.mark.parametrize("side", ["PyTorch", "PyTorch with its DataLoader"])
def test_pytorch_goes_through_all_examples_in_another_order_each_epoch(side):
    pytest.importorskip("torch")
    batches = peers.SIDES[side][1](SMALL).batches()
    epochs = [np.concatenate([next(batches)[0].numpy() for _ in range(4)]) for _ in range(2)]
    pixels, _ = peers.scaled_digits(SMALL)
    for epoch in epochs:
        np.testing.assert_array_equal(np.sort(epoch, axis=0), np.sort(pixels, axis=0))
    assert not np.array_equal(*epochs)


def test_the_peers_judge_the_validation_split_after_each_epoch_as_mlpviz_does():
    for name, make in peers.installed_sides().items():
        peer = make(SMALL)
        peer.run(3)
        assert not peer.judged, name
        peer.run(4 if name == "scikit-learn" else 5)  # its epochs begin anew with each stretch
        assert len(peer.judged) == (1 if name == "scikit-learn" else 2), name
        assert all(0 <= np.ravel(each)[-1] <= 1 for each in peer.judged)


def test_scikit_learn_trains_the_same_network_in_the_same_precision():
    pytest.importorskip("sklearn")
    peer = peers.ScikitLearn(SMALL)
    peer.run(6)
    assert [weights.shape for weights in peer.model.coefs_] == [(784, 4), (4, 10)]
    assert {weights.dtype for weights in peer.model.coefs_} == {np.dtype(np.float32)}
    assert peer.model.t_ == 30  # examples seen: an epoch of four batches, and two more


def test_each_peer_that_is_installed_is_compared():
    sides = peers.installed_sides()
    found = peers.compare(SMALL, sides, steps=2)
    assert list(found) == list(sides)
    assert all(ratio > 0 for ratio in found.values())


def test_a_peer_that_is_not_installed_is_left_out(monkeypatch, capsys):
    monkeypatch.setattr(peers, "find_spec", lambda package: None)
    assert peers.measure() == {}
    assert capsys.readouterr().err.splitlines() == [
        "PyTorch is not installed, so it is left out",
        "scikit-learn is not installed, so it is left out",
    ]


# ---------------------------------------------------------------------- subjects


def test_the_engine_has_a_row_for_each_network(monkeypatch):
    monkeypatch.setattr(engine, "CASES", [SMALL])
    monkeypatch.setattr(engine, "OF_GOALS", (SMALL,))
    monkeypatch.setattr(engine, "steps_at_a_time", lambda *_: 4)
    columns = ("ms a step", "over bare products", "times as fast with two threads")
    results = engine.measure()
    assert list(results) == [
        *(f"784-4-10, batch 5 | {column}" for column in columns),
        "a plain loop of 784-4-10, batch 5 | over bare products",
    ]
    assert all(value > 0 for value in results.values())


@pytest.mark.parametrize("sweep", scaling.SWEEPS, ids=lambda sweep: sweep.title)
def test_each_side_is_timed_at_a_size(sweep):
    times = dict(scaling.times_of(sweep, min(sweep.cases), with_pytorch=False, steps=1))
    assert list(times) == ["mlpviz", "matrix products"]
    assert all(ms > 0 for ms in times.values())


def test_a_slope_is_the_power_of_the_size_over_the_range_it_is_taken_of():
    times = {1: 500.0, 10: 200.0, 100: 3 * 100**1.5, 1000: 3 * 1000**1.5}
    assert scaling.slope(times, linear_from=100) == pytest.approx(1.5)
    assert scaling.slope(times, linear_from=1) < 1.5


def test_pictures_are_written_in_each_format_and_models_too(qapp):
    times = exports.pictures(["boundary", "weights"], {"digits": 1, "moons": 2})
    kinds = ("PNG", "SVG", "PDF")
    assert list(times) == [
        f"{row} | {kind}, seconds" for row in ("weights of digits", "boundary of moons") for kind in kinds
    ]
    times |= exports.models(exports.trained("moons", 1))
    assert {"model of digits | npz, ms", "model of digits | safetensors, ms"} <= set(times)
    assert all(value > 0 for value in times.values())


def test_every_goal_is_one_of_something_that_is_measured():
    rows = {str(case) for case in engine.CASES} & {str(case) for case in (*peers.CASES, Case((800,)))}
    rows |= {reach.ROW} | {sweep.slope_key("mlpviz").partition(" | ")[0] for sweep in scaling.SWEEPS}
    assert {name.partition(" | ")[0] for name in GOALS if " | " in name} <= rows


# ---------------------------------------------------------------------- what is printed and written


def test_numbers_stand_in_a_table_under_their_columns():
    results = {"a | ms": 1.5, "a | ratio": 2.0, "bb | ms": 1234.5, "bb | ratio": 0.25, "alone": 3.0}
    assert [re.split(r"\s{2,}", line.strip()) for line in lines(results)] == [
        ["ms", "ratio"],
        ["a", "1.500", "2.000"],
        ["bb", "1,234.500", "0.250"],
        ["alone", "3.000"],
    ]


def test_a_goal_is_met_or_missed_and_one_that_was_not_measured_is_not_told(monkeypatch):
    bounds = {
        "fast": at_most(1.5),
        "many": at_least(10),
        "in between": GOALS["steps, 30 to 1000 | mlpviz, slope"],
    }
    monkeypatch.setattr("benchmarks.table.GOALS", {**bounds, "other": at_most(1)})
    told = goal_lines({"fast": 1.5, "many": 9.0, "in between": 1.2, "no goal": 7.0})
    assert [re.split(r"\s{2,}", line) for line in told] == [
        ["fast", "1.500", "at most 1.5", "met"],
        ["many", "9.000", "at least 10", "MISSED"],
        ["in between", "1.200", "0.9 to 1.1", "MISSED"],
    ]


def test_the_command_prints_and_writes_what_the_subjects_found(monkeypatch, capsys, tmp_path, growth, qapp):
    found = {"scaling": growth, "engine": {"784-100-10, batch 100 | over bare products": 1.25}}
    monkeypatch.setattr(bench, "measured", found.__getitem__)
    out, plot = tmp_path / "bench.json", tmp_path / "bench.svg"
    bench.main(["engine", "scaling", "--json", str(out), "--plot", str(plot)])
    assert json.loads(out.read_text(encoding="utf-8")) == found["engine"] | found["scaling"]
    printed = capsys.readouterr().out
    assert "engine: How much more than its bare matrix products does training cost" in printed
    assert re.search(r"over bare products +1\.250 +at most 1\.3 +met", printed)
    assert plot.is_file()


def test_there_is_no_picture_of_what_was_not_measured(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(bench, "measured", lambda subject: {"a": 1.0})
    bench.main(["window", "--plot", str(tmp_path / "bench.png")])
    assert list(tmp_path.iterdir()) == []


def test_a_subject_that_fails_costs_no_number_of_the_others_and_is_told(monkeypatch, capsys, tmp_path):
    def measured(subject):
        if subject == "window":
            raise subprocess.CalledProcessError(1, [subject])
        return {subject: 1.0}

    monkeypatch.setattr(bench, "measured", measured)
    with pytest.raises(SystemExit, match="not measured: window"):
        bench.main(["stages", "window", "evaluate", "--json", str(tmp_path / "bench.json")])
    assert json.loads((tmp_path / "bench.json").read_text()) == {"stages": 1.0, "evaluate": 1.0}
    assert "window is left out" in capsys.readouterr().err


def test_a_subject_that_there_is_not_is_named(capsys):
    with pytest.raises(SystemExit) as stopped:
        bench.main(["engines"])
    assert stopped.value.code == 2
    assert "there is no 'engines': the subjects are engine, peers" in capsys.readouterr().err


@pytest.mark.parametrize("subject", bench.subjects_here())
def test_every_subject_says_what_it_asks(subject):
    assert bench.question(subject).endswith("?")


def test_the_picture_names_each_line_with_its_slope(growth, tmp_path, qapp):
    growth["steps, 30 to 1000 | mlpviz, slope"] = 1.23
    write_plot(growth, tmp_path / "growth.svg")
    text = (tmp_path / "growth.svg").read_text(encoding="utf-8")
    for words in ("Examples a step", "Hidden units", "Affine layers", "PyTorch  1.00", "mlpviz  1.23"):
        assert words in text


def test_the_picture_can_do_without_pytorch(growth, tmp_path, qapp):
    write_plot(
        {name: value for name, value in growth.items() if "PyTorch" not in name}, tmp_path / "growth.svg"
    )
    assert "PyTorch" not in (tmp_path / "growth.svg").read_text(encoding="utf-8").partition("</title>")[2]


def test_the_picture_is_the_same_as_png(growth, tmp_path, qapp):
    from PySide6.QtGui import QImage

    write_plot(growth, tmp_path / "growth.png")
    image = QImage(str(tmp_path / "growth.png"))
    assert image.width() > 1000
    assert len({image.pixelColor(x, image.height() // 4).name() for x in range(image.width())}) > 3
