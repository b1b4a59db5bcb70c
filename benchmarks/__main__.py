"""Runs the benchmarks, or those that are named; prints their numbers, and which bounds are met."""

import argparse
import ast
import json
import os
import platform
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from benchmarks.table import goal_lines, lines
from mlpviz.files.recipes import versions

SUBJECTS = (
    "engine",
    "peers",
    "scaling",
    "reach",
    "window",
    "large",
    "boundary",
    "stages",
    "evaluate",
    "startup",
    "memory",
    "exports",
)
"""Each a module whose `measure` gives numbers by name."""


def subjects_here() -> list[str]:
    """Those that there are."""
    return [name for name in SUBJECTS if find_spec(f"benchmarks.{name}") is not None]


def question(subject: str) -> str:
    """What a subject asks: the first line of its module."""
    source = Path(__file__).with_name(f"{subject}.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


def measured(subject: str) -> dict[str, float]:
    """The numbers of a subject, from a process of its own: on the display, on a virtual one, or in memory."""
    command = [sys.executable, "-m", f"benchmarks.{subject}"]
    environment = dict(os.environ)
    has_display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if sys.platform.startswith("linux") and not has_display:
        if shutil.which("xvfb-run"):
            command = ["xvfb-run", "-a", "-s", "-screen 0 1440x900x24", *command]
        else:
            environment["QT_QPA_PLATFORM"] = "offscreen"
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout
    return json.loads(printed.splitlines()[-1])


def write_plots(results: dict[str, float], files: list[Path]) -> None:
    """The picture of how the cost grows, where that was measured."""
    from benchmarks.plot import write_plot
    from benchmarks.scaling import is_among

    for file in files:
        if is_among(results):
            write_plot(results, file)


def main(arguments: list[str] | None = None) -> None:
    """Measure, and tell."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "subjects", nargs="*", metavar="SUBJECT", help=f"of {', '.join(subjects_here())}; or all"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers to this file too")
    parser.add_argument(
        "--plot",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="draw what `scaling` found, .png or .svg; may be given twice",
    )
    options = parser.parse_args(arguments)
    for subject in options.subjects:
        if subject not in subjects_here():
            parser.error(f"there is no {subject!r}: the subjects are {', '.join(subjects_here())}")
    machine = versions(Python=platform.python_version(), processors=str(os.cpu_count()))
    print(", ".join(f"{name} {what}" for name, what in machine.items()))
    results: dict[str, float] = {}
    failed = []
    for subject in options.subjects or subjects_here():
        print(f"\n{subject}: {question(subject)}", flush=True)
        try:
            found = measured(subject)
        except (subprocess.CalledProcessError, ValueError, IndexError) as error:
            print(f"{subject} is left out: {error}", file=sys.stderr)
            failed.append(subject)
            continue
        print("\n".join(lines(found)), flush=True)
        results |= found
    if goals := list(goal_lines(results)):
        print("", "goals", *goals, sep="\n")
    if options.json:
        options.json.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    write_plots(results, options.plot)
    if failed:
        raise SystemExit(f"not measured: {', '.join(failed)}")


if __name__ == "__main__":
    main()
