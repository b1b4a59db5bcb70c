"""How a race stands, as plain values: a row for each run."""

from typing import Any

from mlpviz.training.differences import differences, loss_words
from mlpviz.training.health import affine_layers
from mlpviz.training.probes import column
from mlpviz.training.race import Contender, Race

SPLITS = {"train": "training", "validation": "validation", "test": "test"}


def standings(race: Race) -> list[dict[str, Any]]:
    """A row for each run: how far it is, what differs from the first, and how good it is on whole splits."""
    first = race.contenders[0].experiment
    return [_standing(contender, differences(first, contender.experiment)) for contender in race.contenders]


def _standing(contender: Contender, differs: list[str]) -> dict[str, Any]:
    trainer = contender.trainer
    diverged = trainer.divergence
    status = "diverged" if diverged is not None else "finished" if trainer.finished else "stopped"
    row: dict[str, Any] = {
        "name": contender.name,
        "differs": differs,
        "loss": loss_words(contender.experiment),
        "seed": contender.experiment.seed,
        "steps": trainer.index,
        "examples": trainer.examples,
        "epochs": trainer.progress,
        "seconds": contender.seconds,
        "status": status,
        "diverged_step": None if diverged is None else diverged.step,
        "message": None if diverged is None else diverged.sentence,
    }
    for name, which in SPLITS.items():
        evaluation = trainer.evaluate(which)
        row[f"{name}_loss"] = None if evaluation is None else evaluation.loss
        row[f"{name}_accuracy"] = None if evaluation is None else evaluation.accuracy
    row["first_gradient_ratio"] = _first_gradient_ratio(contender)
    return row


def _first_gradient_ratio(contender: Contender) -> float | None:
    """The norm of the last layer's gradient over the first layer's, at the first step; None before it."""
    layers = affine_layers(contender.experiment)
    norms = [contender.history.view(column("gradient_norm", i, "weight"))[1] for i in layers]
    if not norms or not len(norms[0]) or not norms[0][0]:
        return None
    return float(norms[-1][0] / norms[0][0])
