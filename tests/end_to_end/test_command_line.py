"""The installed program, from outside: a process, its files and what it prints."""

import json
import subprocess
import sysconfig
from pathlib import Path

import pytest

MLPVIZ = Path(sysconfig.get_path("scripts")) / "mlpviz"

pytestmark = pytest.mark.skipif(not MLPVIZ.exists(), reason="mlpviz is not installed here")


def test_one_epoch_of_the_digits_reads_more_than_92_percent(tmp_path):
    """And the checkpoint it leaves is the network it judged."""
    out = tmp_path / "run"
    done = subprocess.run(
        [MLPVIZ, "train", "digits", "--epochs", "1", "--out", out, "--json"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    result = json.loads(done.stdout)
    assert result["status"] == "finished"
    assert (result["steps"], result["epochs"], result["seed"]) == (550, 1, 0)
    assert 0.92 < result["test_accuracy"] < 0.96
    assert abs(result["validation_accuracy"] - result["test_accuracy"]) < 0.02
    names = {"experiment.toml", "parameters.safetensors", "history.csv", "state.safetensors", "state.json"}
    assert {path.name for path in out.iterdir()} == names
    assert len((out / "history.csv").read_text().splitlines()) == 551


def test_a_mistake_costs_a_sentence(tmp_path):
    done = subprocess.run(
        [MLPVIZ, "train", "digits", "--set", "learning_rate=-1"], capture_output=True, text=True, cwd=tmp_path
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "mlpviz: learning_rate must be greater than 0, not -1.0\n"
