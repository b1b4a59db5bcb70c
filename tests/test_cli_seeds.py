"""``mlpviz train --seeds``: one JSON object or a few lines; every mistake costs one sentence."""

import json
import os
import re
import signal
import subprocess
import sys
import termios
from pathlib import Path

import pytest

import mlpviz
from mlpviz.cli import main
from mlpviz.training import Experiment

XOR = Experiment.from_table(
    {
        "title": "XOR",
        "dataset": "gate_xor",
        "loss_scaling": "mean",
        "learning_rate": 10.0,
        "batch_size": 0,
        "epochs": 1500,
        "layers": [
            {"kind": "affine", "units": 2, "initializer": "normal", "bias_initializer": "normal"},
            {"kind": "sigmoid"},
            {"kind": "affine", "units": 1, "initializer": "normal", "bias_initializer": "normal"},
            {"kind": "sigmoid"},
        ],
    }
)


@pytest.fixture
def xor(tmp_path):
    path = tmp_path / "xor.toml"
    path.write_text(XOR.to_toml())
    return str(path)


@pytest.fixture
def run(capsys):
    """A function that runs a command and returns its status, standard output and standard error."""

    def run(*arguments):
        status = main(["train", *map(str, arguments)])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def refuse(word):
    raise AssertionError(f"{word} is no JSON")


def test_json_is_one_strict_object_with_a_result_a_seed(run, xor):
    status, out, err = run(xor, "--seeds", 6, "--json")
    assert (status, err) == (0, "")
    answer = json.loads(out, parse_constant=refuse)
    assert (answer["experiment"], answer["seeds"], answer["first_seed"]) == (xor, 6, 0)
    assert (answer["learnt"], answer["plateau"], answer["diverged"]) == (4, 2, 0)
    assert answer["criterion"] == {
        "words": "all of the training examples are right at the end",
        "accuracy": 1.0,
    }
    assert answer["sentence"] == "4 of 6 learnt it; 2 stand on a plateau at loss 0.125"
    assert answer["plateaus"][0]["seeds"] == [3, 4]
    assert [result["seed"] for result in answer["results"]] == list(range(6))
    assert answer["results"][3]["message"].startswith("seed 3 stands on a plateau: loss 0.125, gradient ")
    losses = answer["quantiles"]["train_loss"]
    assert losses["lowest"] < 0.01 < losses["highest"] < 0.13
    assert answer["quantiles"]["loss_curve"]["steps"][-1] == 1500
    assert answer["out"] is None


def test_text_says_who_learnt_and_names_the_plateau(run, xor):
    status, out, err = run(xor, "--seeds", 6)
    assert (status, err) == (0, "")
    assert "XOR: 6 seeds, 0 to 5" in out
    assert "4 of 6 learnt it; 2 stand on a plateau at loss 0.125" in out
    assert ": seeds 3, 4\n" in out
    assert "training loss" in out


def test_the_first_seed_and_the_steps_are_chosen_as_for_one_run(run, xor):
    _, out, _ = run(xor, "--seeds", 2, "--seed", 9, "--epochs", 5, "--set", "learning_rate=1", "--json")
    answer = json.loads(out)
    assert [result["seed"] for result in answer["results"]] == [9, 10]
    assert {result["steps"] for result in answer["results"]} == {5}


def test_what_counts_as_learnt_can_be_set(run, xor):
    _, out, _ = run(xor, "--seeds", 6, "--learnt", 0.5, "--json")
    assert json.loads(out)["learnt"] == 6


def test_out_holds_tables(run, xor, tmp_path):
    status, out, _ = run(xor, "--seeds", 2, "--epochs", 5, "--out", tmp_path / "sweep")
    assert status == 0
    assert f"Saved to {tmp_path / 'sweep'}" in out
    assert sorted(os.listdir(tmp_path / "sweep")) == ["curves.csv", "experiment.toml", "seeds.csv"]
    assert Experiment.read(tmp_path / "sweep" / "experiment.toml") == XOR.with_settings({"epochs": 5})


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--seeds", 0], "--seeds must be at least 1, not 0"),
        (["--seeds", -5], "--seeds must be at least 1, not -5"),
        (["--seeds", 3, "--jobs", 0], "--jobs must be at least 1, not 0"),
        (["--seeds", 3, "--learnt", 2], "above 0 and up to 1"),
        (["--jobs", 2], "--jobs belongs to --seeds"),
        (["--learnt", 0.9], "--learnt belongs to --seeds"),
    ],
)
def test_a_mistake_costs_a_sentence(run, xor, arguments, sentence):
    status, out, err = run(xor, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("mlpviz: ")
    assert sentence in err
    assert err.count("\n") == 1


def test_ctrl_c_keeps_what_is_done_and_says_so(xor, tmp_path):
    """As a terminal sends it: to all processes of the sweep, while its bar tells how far it is."""
    (tmp_path / "short.toml").write_text(XOR.with_settings({"epochs": 200}).to_toml())
    command = [sys.executable, "-m", "mlpviz", "train", str(tmp_path / "short.toml"), "--seeds", "1000"]
    try:
        terminal, its_end = os.openpty()
    except OSError:
        pytest.skip("this machine has no pseudo-terminals, and without a terminal there is no bar to watch")
    termios.tcsetwinsize(its_end, (24, 100))  # without columns there would be no bar
    with subprocess.Popen(
        [*command, "--jobs", "2", "--out", str(tmp_path / "sweep")],
        cwd=Path(mlpviz.__file__).parents[1],
        stdout=subprocess.PIPE,
        stderr=its_end,
        text=True,
        start_new_session=True,
    ) as process:
        os.close(its_end)
        err = ""
        while not re.search(r" [1-9]\d*/1000 ", err):
            err += os.read(terminal, 10_000).decode()
        os.killpg(process.pid, signal.SIGINT)
        out, _ = process.communicate(timeout=20)
    err = os.read(terminal, 100_000).decode()
    os.close(terminal)
    assert process.returncode == 130
    assert "learnt it" in out
    assert re.search(r"mlpviz: interrupted after \d+ of 1000 seeds; what is done is in ", err)
    assert len((tmp_path / "sweep" / "seeds.csv").read_text().splitlines()) > 1
    assert "Traceback" not in err
