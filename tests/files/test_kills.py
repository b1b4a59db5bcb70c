"""Killed at random moments while saving and autosaving: every file opens, and none is half-written.

MLPVIZ_KILLS=200 kills more often.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

KILLS = int(os.environ.get("MLPVIZ_KILLS", "20"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the processes to be killed are forked")
def test_whatever_is_left_can_be_opened(tmp_path):
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("kills.py"), tmp_path, str(KILLS), "1"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["kills"] == KILLS
    assert told["steps"] > KILLS, "it was killed before it did anything"
    assert told["leftovers"] > 0, "it was never killed while it wrote"
    assert told["autosaves"] > 0
    assert told["recovered"] > 0 or KILLS < 100, "it was never killed between two renames"
    assert [name for name in told["left"] if name.startswith(".")] == [], "the next save cleans up"
