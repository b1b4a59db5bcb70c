"""Many seeds as a folder of tables."""

import csv

import pytest

from mlpviz.files.sweeps import COLUMNS, save_sweep
from mlpviz.training import Experiment

NEURON = Experiment.from_table({"dataset": "gate_or", "layers": [{"kind": "affine", "units": 1}]})


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_sweep_is_a_row_a_seed_and_a_row_a_point(tmp_path, seed_result):
    save_sweep(tmp_path / "sweep", NEURON, [seed_result(8, 0.25, "plateau"), seed_result(7, 0.5)])
    assert Experiment.read(tmp_path / "sweep" / "experiment.toml") == NEURON
    first, second = rows(tmp_path / "sweep" / "seeds.csv")
    assert tuple(first) == COLUMNS
    assert (first["seed"], first["status"], first["learnt"], first["train_loss"]) == (
        "7",
        "finished",
        "1",
        "0.5",
    )
    assert (second["seed"], second["status"], second["learnt"], second["learnt_step"]) == (
        "8",
        "plateau",
        "0",
        "",
    )
    curves = rows(tmp_path / "sweep" / "curves.csv")
    assert [(row["seed"], row["step"]) for row in curves] == [(s, t) for s in "78" for t in "123"]
    assert [float(row["loss"]) for row in curves] == [1.0, 0.75, 0.5, 1.0, 0.625, 0.25]
    assert {row["accuracy"] for row in curves} == {""}


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path, seed_result):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ValueError, match=r"notes\.txt"):
        save_sweep(tmp_path, NEURON, [seed_result(0)])
    assert (tmp_path / "notes.txt").read_text() == "mine"
