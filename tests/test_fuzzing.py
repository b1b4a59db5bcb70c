"""Damaged files: each reader gives a valid result or one sentence, soon and in little memory."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

FUZZING = Path(__file__).parent / "fuzzing.py"
READERS = ("idx", "npz", "csv", "images", "weights", "runs", "figures", "experiments")


@pytest.mark.parametrize("reader", READERS)
def test_no_damaged_file_gets_a_reader_into_trouble(reader):
    command = [sys.executable, str(FUZZING), reader, "--count", "200", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    told, wrong = done.stdout.strip().split("\n")
    assert json.loads(wrong) == []
    assert f"{reader}: 200 damaged files" in told
    assert done.returncode == 0, done.stderr
