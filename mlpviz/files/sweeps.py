"""Many seeds as a folder: the experiment, a row a seed, and the curves; for a spreadsheet or pandas."""

import csv
import io
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

from mlpviz.files.atomic import write_folder
from mlpviz.training.experiment import Experiment
from mlpviz.training.seed_result import SeedResult

SWEEP_FILES = ("experiment.toml", "seeds.csv", "curves.csv")

COLUMNS = tuple(f.name for f in fields(SeedResult) if f.name != "curve")


def save_sweep(path: Path, experiment: Experiment, results: Iterable[SeedResult]) -> None:
    """Write a folder with ``experiment.toml``, ``seeds.csv`` and ``curves.csv``, in the order of the seeds.

    ``curves.csv`` has a row for each point kept of each seed's curve: seed, step, loss, its mean over an
    epoch, accuracy.

    Raises
    ------
    ValueError, OSError
        If the folder cannot be written; what was there before is then still whole.
    """
    runs = sorted(results, key=lambda run: run.seed)
    seeds = _table(COLUMNS, ([getattr(run, name) for name in COLUMNS] for run in runs))
    curves = _table(
        ("seed", "step", "loss", "mean_loss", "accuracy"),
        (
            [run.seed, *point]
            for run in runs
            for point in zip(
                run.curve.steps,
                run.curve.loss,
                run.curve.mean_loss,
                run.curve.accuracy or [None] * len(run.curve.steps),
                strict=True,
            )
        ),
    )
    contents = (experiment.to_toml().encode(), seeds, curves)
    write_folder(path, dict(zip(SWEEP_FILES, contents, strict=True)))


def _table(header: tuple[str, ...], rows: Iterable[list[Any]]) -> bytes:
    """CSV: true and false as 1 and 0, nothing where there is no value."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return file.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)
