"""What `mlpviz evaluate` tells of a trained network, as plain values and as text."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from mlpviz.data import Split
from mlpviz.training.calibration import calibration
from mlpviz.training.confusion import confusion_matrix, per_class, remarks
from mlpviz.training.judgement import Judgement, judge
from mlpviz.training.regression import fit_of
from mlpviz.training.trainer import Trainer

UNDEFINED = "–"


def chosen_splits(trainer: Trainer, which: str) -> dict[str, Split]:
    """The splits that "training", "validation", "test" or "all" stands for.

    Raises
    ------
    ValueError
        If the run has no such examples.
    """
    there = trainer.splits.by_name()
    if which == "all":
        return there
    if which not in there:
        names = ", ".join(there)
        raise ValueError(f"this run has no {which} examples: choose {names} or all")
    return {which: there[which]}


def report(trainer: Trainer, which: str = "all") -> dict[str, Any]:
    """How good a network is on splits, in numbers, strings, lists and dicts; NaN where not defined.

    Raises
    ------
    ValueError
        As `chosen_splits`.
    """
    return report_on(trainer, chosen_splits(trainer, which))


def report_on(trainer: Trainer, splits: Mapping[str, Split], dataset: str = "") -> dict[str, Any]:
    """As `report`, on splits that need not be the run's own; `dataset` is what they are called."""
    return {
        "experiment": trainer.experiment.title,
        "dataset": dataset or trainer.dataset.name,
        "seed": trainer.experiment.seed,
        "steps": trainer.index,
        "status": "diverged" if trainer.divergence else "finished" if trainer.finished else "unfinished",
        "message": trainer.divergence.sentence if trainer.divergence else None,
        "classes": list(trainer.dataset.classes),
        "splits": {name: _of_split(trainer, split) for name, split in splits.items()},
    }


def _of_split(trainer: Trainer, split: Split) -> dict[str, Any]:
    names = trainer.dataset.classes
    judgement = judge(trainer.network, split, trainer.loss, trainer.threshold, len(names))
    assert judgement is not None
    told: dict[str, Any] = {
        "n": len(judgement),
        "loss": judgement.loss,
        "accuracy": judgement.accuracy,
        "confusion": None,
        "per_class": None,
        "calibration_error": None,
        "rmse": None,
        "r_squared": None,
        "remarks": remarks(judgement, names),
    }
    return told | (_of_classes(judgement, names) if judgement.n_classes else _of_fit(judgement))


def _of_classes(judgement: Judgement, names: Sequence[str]) -> dict[str, Any]:
    classes = per_class(judgement)
    return {
        "confusion": confusion_matrix(judgement).tolist(),
        "per_class": [
            {
                "class": name,
                "precision": float(classes.precision[k]),
                "recall": float(classes.recall[k]),
                "f1": float(classes.f1[k]),
                "support": int(classes.support[k]),
            }
            for k, name in enumerate(names)
        ],
        "calibration_error": calibration(judgement.certainty, judgement.right).error,
    }


def _of_fit(judgement: Judgement) -> dict[str, Any]:
    fit = fit_of(judgement)
    return {"rmse": fit.rmse.tolist(), "r_squared": fit.r_squared.tolist()}


def as_text(told: dict[str, Any], in_detail: str | None = None) -> str:
    """A report for people: a table of the splits, then the confusion matrix and the classes.

    Parameters
    ----------
    told
        As `report` gives it.
    in_detail
        The split whose matrix and classes are told; None for all.
    """
    lines = [f"{told['experiment']}: seed {told['seed']}, {told['steps']} steps, {told['status']}"]
    if told["message"]:
        lines.append(f"Diverged: {told['message']}")
    lines += ["", *_splits_table(told["splits"])]
    for name, split in told["splits"].items():
        lines += [f"{name}: {sentence}" for sentence in split["remarks"]]
    for name, split in told["splits"].items():
        if split["confusion"] is not None and in_detail in (None, name):
            lines += ["", f"{name.capitalize()}: rows are the true class, columns what was said"]
            lines += _matrix_table(told["classes"], split["confusion"])
            lines += ["", *_class_table(split["per_class"])]
    return "\n".join(lines)


def _splits_table(splits: dict[str, dict[str, Any]]) -> list[str]:
    has_classes = any(split["accuracy"] is not None for split in splits.values())
    head = ("accuracy", "calibration error") if has_classes else ("RMSE", "R²")
    rows: list[tuple[str, ...]] = [("split", "examples", "loss", *head)]
    for name, split in splits.items():
        rest: tuple[str, ...]
        if has_classes:
            rest = (_percent(split["accuracy"]), _number(split["calibration_error"], ".4f"))
        else:
            rest = tuple(" ".join(_number(v, ".4g") for v in split[key]) for key in ("rmse", "r_squared"))
        rows.append((name, str(split["n"]), _number(split["loss"], ".4g"), *rest))
    return _aligned(rows)


def _matrix_table(names: Sequence[str], matrix: Sequence[Sequence[int]]) -> list[str]:
    rows = [("true \\ said", *names)]
    return _aligned([*rows, *((name, *map(str, row)) for name, row in zip(names, matrix, strict=True))])


def _class_table(classes: Sequence[dict[str, Any]]) -> list[str]:
    rows = [("class", "precision", "recall", "F1", "examples")]
    for each in classes:
        shares = (_percent(each[key]) for key in ("precision", "recall", "f1"))
        rows.append((each["class"], *shares, str(each["support"])))
    return _aligned(rows)


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Columns two spaces apart: the first to the left, numbers to the right."""
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return [
        "  ".join(f"{word:{'<' if k == 0 else '>'}{widths[k]}}" for k, word in enumerate(row)) for row in rows
    ]


def _percent(part: float) -> str:
    return f"{100 * part:.2f} %" if math.isfinite(part) else UNDEFINED


def _number(value: float, form: str) -> str:
    return UNDEFINED if math.isnan(value) else format(value, form)
