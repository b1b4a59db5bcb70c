"""Runs every benchmark and prints a table; with ``--json FILE`` writes the numbers too."""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

TARGETS = {
    "epoch over bare products": "at most 1.6",
    "share of headless steps per second": "at least 0.80",
    "repaints per second of each picture": "at least 10",
    "lateness of a 5 ms timer, 99th percentile, ms": "less than 16",
    "boundary: share of headless steps per second": "at least 0.85",
    "boundary: repaints per second": "at least 10",
    "next stage of 784-100-10, median, ms": "at most 16",
    "next stage of 784-100-10, 99th percentile, ms": "at most 33",
    "next stage of 784-800-10, median, ms": "at most 32",
    "next stage of 784-800-10, 99th percentile, ms": "at most 66",
    "evaluate page filled, at rest, seconds": "at most 1",
    "evaluate page filled, while training, seconds": "at most 1",
    "confusion cell to its pictures, at rest, 95th percentile, ms": "less than 100",
    "confusion cell to its pictures, while training, 95th percentile, ms": "less than 100",
    "steps per second with the evaluate page judging": "at least 0.95 of those without",
    "window on screen over a bare window": "at most 1.5",
}


def on_a_display(module: str) -> dict[str, float]:
    """Run a benchmark that opens windows: on the display, on a virtual one, or in memory."""
    command = [sys.executable, "-m", module]
    environment = dict(os.environ)
    has_display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if sys.platform.startswith("linux") and not has_display:
        if shutil.which("xvfb-run"):
            command = ["xvfb-run", "-a", "-s", "-screen 0 1440x900x24", *command]
        else:
            environment["QT_QPA_PLATFORM"] = "offscreen"
    printed = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
    return json.loads(printed.splitlines()[-1])


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers to this file too")
    options = parser.parse_args()
    from benchmarks import engine

    results = engine.measure()
    for name in ("window", "boundary", "stages", "evaluate", "startup"):
        results |= on_a_display(f"benchmarks.{name}")
    width = max(map(len, results))
    for name, value in results.items():
        target = TARGETS.get(name, "")
        print(f"{name:{width}}  {value:10.3f}  {target}")
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
