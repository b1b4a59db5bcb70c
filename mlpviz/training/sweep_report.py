"""A sweep over seeds as one table of plain values, and as text for a terminal."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from mlpviz.training.experiment import Experiment
from mlpviz.training.seed_result import SeedResult
from mlpviz.training.sweep_summary import summary
from mlpviz.training.trainer import Trainer
from mlpviz.training.verdict import criterion

MOST_NAMED = 12
"""So many seeds are named in the text; the table has all."""


def as_table(
    name: str, experiment: Experiment, results: Sequence[SeedResult], share: float | None, seconds: float
) -> dict[str, Any]:
    """All that a sweep found, as plain values.

    Parameters
    ----------
    name
        How the experiment was called: a preset's name or a file.
    results
        At least one, in any order; the table has them in the order of their seeds.
    share
        What was asked of a seed to have learnt, if anything.
    seconds
        How long it took.
    """
    judged = criterion(Trainer(experiment), share)
    runs = sorted(results, key=lambda run: run.seed)
    return {
        "experiment": name,
        "title": experiment.title,
        "seeds": len(runs),
        "first_seed": runs[0].seed,
        "epochs": experiment.epochs,
        "seconds": round(seconds, 3),
        "criterion": {"words": judged.words, "accuracy": judged.accuracy},
        **summary(runs).as_table(),
        "results": [_row(run) for run in runs],
    }


def _row(run: SeedResult) -> dict[str, Any]:
    """A result without its curve: of those the table has the quantiles."""
    row = {f.name: getattr(run, f.name) for f in fields(run) if f.name != "curve"}
    return {**row, "verdict": run.verdict}


def as_text(table: dict[str, Any]) -> str:
    """The table of `as_table` in a few lines."""
    runs, count = table["results"], table["seeds"]
    last = runs[-1]["seed"]
    range_ = f"seed {last}" if count == 1 else f"{count} seeds, {runs[0]['seed']} to {last}"
    lines = [f"{table['title']}: {range_}, in {table['seconds']:.1f} s", f"  {table['sentence']}"]
    lines.append(f"  learnt: {table['criterion']['words']}")
    for level in table["plateaus"]:
        lines.append(
            f"  plateau at loss {level['loss']:.3g}, gradients up to {level['gradient_norm']:.1e}: "
            f"{_named(level['seeds'])}"
        )
    for verdict in ("diverged", "not learnt"):
        seeds = [run["seed"] for run in runs if run["verdict"] == verdict]
        if seeds:
            lines.append(f"  {verdict}: {_named(seeds)}")
    steps = sorted(run["learnt_step"] for run in runs if run["learnt_step"] is not None)
    if steps:
        lines.append(f"  learnt at step {steps[len(steps) // 2]:,} (median; {steps[0]:,} to {steps[-1]:,})")
    lines.append("")
    lines.append(
        f"  {'at the end':20}{'lowest':>10}{'quartile':>10}{'median':>10}{'quartile':>10}{'highest':>10}"
    )
    for key, label in (("train_loss", "training loss"), ("train_accuracy", "training accuracy")):
        quantiles = table["quantiles"][key]
        if quantiles is not None:
            lines.append(f"  {label:20}" + "".join(f"{value:10.3g}" for value in quantiles.values()))
    if table["out"]:
        lines.append(f"Saved to {table['out']}")
    return "\n".join(lines)


def _named(seeds: Sequence[int]) -> str:
    words = ", ".join(map(str, seeds[:MOST_NAMED]))
    more = f" and {len(seeds) - MOST_NAMED} more" if len(seeds) > MOST_NAMED else ""
    return f"{'seed' if len(seeds) == 1 else 'seeds'} {words}{more}"
