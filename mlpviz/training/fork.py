"""Forks: a second run that stands where the first one stands, with one thing changed if wanted."""

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from mlpviz.training.differences import differences
from mlpviz.training.experiment import LIVE_SETTINGS, SETTINGS, Experiment
from mlpviz.training.history import History
from mlpviz.training.initial_weights import STATE_PREFIX
from mlpviz.training.trainer import Trainer

FROM_THE_START = (
    *("dataset", "dataset_sha256", "label_column", "header", "targets"),
    *("input_scaling", "training_size", "validation_size", "seed"),
    *("initial_weights", "initial_weights_sha256"),
)
"""What decides the examples and the initial weights: a run with another one has another past."""

KEPT = ("statistics.", STATE_PREFIX)
"""What a run keeps of its state beside parameters and position when it is rebuilt."""

WORDS_ABOUT = ("title", "description")


def fork(
    trainer: Trainer, history: History, settings: Mapping[str, Any] | None = None
) -> tuple[Trainer, History]:
    """A copy that stands where its parent stands; both can go on, and neither notices the other.

    With nothing changed it goes on bit for bit as its parent does. Live settings are changed as while
    training, and recorded. With another optimizer, loss or activation it keeps parameters, position,
    batches and dropout's stream, and the optimizer's memory begins anew. A run that had diverged can go on
    from its last good network, if anything is changed.

    Parameters
    ----------
    trainer, history
        The parent; no step of it may be under way.
    settings
        What to change, by name; ``layers.1.kind`` reaches into the list of layers.

    Raises
    ------
    ValueError
        If a setting is impossible, or a run with it could not have come to stand here; nothing is changed.
    """
    now = trainer.experiment
    wanted = now.with_settings(settings or {})
    changed = [name for name in SETTINGS if getattr(wanted, name) != getattr(now, name)]
    kept = history.copy(until=trainer.index)
    if any(name not in LIVE_SETTINGS + WORDS_ABOUT for name in changed):
        return _rebuilt(trainer, wanted), kept
    twin = _copy(trainer)
    about = {name: getattr(wanted, name) for name in WORDS_ABOUT}
    twin.experiment, twin.original = replace(twin.experiment, **about), replace(twin.original, **about)
    for name in _in_order(changed, wanted):
        twin.change(name, getattr(wanted, name))
    if changed:
        twin.divergence = None
    return twin, kept


def from_the_start(trainer: Trainer, settings: Mapping[str, Any]) -> Trainer:
    """A new run beside another one: what it is now with some settings changed, at its first step.

    Raises
    ------
    ValueError
        If a setting is impossible, or network and examples do not fit together.
    """
    wanted = trainer.experiment.with_settings(settings)
    return Trainer(wanted, trainer.dataset if wanted.data_source == trainer.experiment.data_source else None)


def _copy(trainer: Trainer) -> Trainer:
    """A trainer equal in every bit; the examples, which never change, are shared."""
    shared = {id(each): each for each in (trainer.dataset, trainer.splits)}
    return copy.deepcopy(trainer, shared)


def _in_order(changed: list[str], wanted: Experiment) -> list[str]:
    """Live settings in an order in which each change is possible: Nesterov needs a momentum."""
    live = [name for name in changed if name in LIVE_SETTINGS]
    return sorted(live, key=lambda name: 1 if name != "nesterov" else 2 if wanted.nesterov else 0)


def _rebuilt(trainer: Trainer, wanted: Experiment) -> Trainer:
    """A trainer of another experiment in the parent's place."""
    now = trainer.experiment
    for name in FROM_THE_START:
        if getattr(wanted, name) != getattr(now, name):
            label = SETTINGS[name].metadata["label"].lower()
            raise ValueError(
                f"{name}: with another {label} a run cannot stand where this one stands: "
                "it must start from the beginning"
            )
    _check_same_weights(now, wanted)
    words = ", ".join(differences(now, wanted))
    told = f"{wanted.description.strip()} Forked at step {trainer.index}: {words}.".strip()
    twin = Trainer(replace(wanted, description=told), trainer.dataset)
    if _shapes(twin) != _shapes(trainer):
        raise ValueError(
            "layers: with other sizes a run cannot stand where this one stands: "
            "it must start from the beginning"
        )
    state = trainer.state()
    arrays = {key: array for key, array in state["arrays"].items() if key.startswith(KEPT)}
    for i, fresh in twin.last_fired.items():  # a ReLU that is new here has not been silent before
        known = trainer.last_fired.get(i)
        arrays[f"last_fired.{i}"] = np.full_like(fresh, trainer.index) if known is None else known.copy()
    twin.restore({**state, "arrays": arrays, "changes": [], "divergence": None})
    twin.rebuilt_at = trainer.index
    return twin


def _check_same_weights(now: Experiment, wanted: Experiment) -> None:
    if len(now.layers) != len(wanted.layers):
        raise ValueError(
            "layers: with more or fewer layers a run cannot stand where this one stands: "
            "it must start from the beginning"
        )
    for i, (before, after) in enumerate(zip(now.layers, wanted.layers, strict=True)):
        for option in ("initializer", "bias_initializer"):
            if before.kind == after.kind and before.options.get(option) != after.options.get(option):
                raise ValueError(
                    f"layers.{i}.{option}: initial weights are drawn before the first step: "
                    "a run with others must start from the beginning"
                )


def _shapes(trainer: Trainer) -> list[dict[str, tuple[int, ...]]]:
    return [{name: array.shape for name, array in params.items()} for params in trainer.network.params]
