"""A trainer's saved state, looked through before any of it is used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mlpviz.nn import Optimizer
from mlpviz.nn.arrays import Array, Arrays
from mlpviz.nn.vector import joined, parted
from mlpviz.training.experiment import LIVE_SETTINGS, Experiment
from mlpviz.training.initial_weights import as_state

if TYPE_CHECKING:
    from mlpviz.training.trainer import Trainer

AnyArray = npt.NDArray[Any]

STEP = "step"
"""What an optimizer remembers under this name is one number, the same for all parameters."""


class StateError(ValueError):
    """A part of a state that cannot be: ``part`` is its key."""

    def __init__(self, part: str, sentence: str) -> None:
        super().__init__(sentence)
        self.part = part


@dataclass(frozen=True, slots=True)
class Position:
    """How far a run has come, in steps and in examples; the place in the epoch follows."""

    step: int
    examples: int


@dataclass(frozen=True, slots=True)
class Memories:
    """What layers and probes remember, by the layer's position, and the optimizer: copies."""

    statistics: dict[int, Arrays]
    optimizer: Arrays
    last_fired: dict[int, AnyArray]


def parameters_in(trainer: "Trainer", saved: Mapping[str, AnyArray]) -> Array:
    """The saved parameters as one vector, in the order of the trainer's network."""
    fresh = {
        f"{i}.{name}": a for i, params in enumerate(trainer.network.params) for name, a in params.items()
    }
    _check_names("parameters", saved, fresh)
    for key, array in fresh.items():
        _check_like("parameters", key, saved[key], array)
    return joined([{key: saved[key] for key in fresh}])


def memories_in(trainer: "Trainer", saved: Mapping[str, AnyArray]) -> Memories:
    """Copies of all other saved arrays."""
    found = Memories({}, {}, {})
    wanted: dict[str, AnyArray] = {}
    for i, layer in enumerate(trainer.network.layers):
        for name, array in layer.statistics.items():
            wanted[f"statistics.{i}.{name}"] = array
            found.statistics.setdefault(i, {})[name] = _copy(saved, f"statistics.{i}.{name}", array)
    for i, steps in trainer.last_fired.items():
        wanted[f"last_fired.{i}"] = steps
        found.last_fired[i] = _copy(saved, f"last_fired.{i}", steps)
    for key in trainer.optimizer.remembers:
        parts = _optimizer_parts(key, trainer.network.params)
        if any(full in saved for full in parts):
            wanted |= parts
            copies = {full: _copy(saved, full, like) for full, like in parts.items()}
            found.optimizer[key] = _as_one(key, copies)
    if found.optimizer and len(found.optimizer) < len(trainer.optimizer.remembers):
        raise StateError("arrays", "the optimizer's memory is not whole")
    wanted |= as_state(trainer.start)
    _check_names("arrays", saved, wanted)
    return found


def remembered_by(optimizer: Optimizer, params: Sequence[Arrays]) -> dict[str, AnyArray]:
    """What an optimizer remembers, of each parameter by itself: copies."""
    kept: dict[str, AnyArray] = {}
    for key, memory in optimizer.memory.items():
        parts = _optimizer_parts(key, params)
        shares = [memory] * len(parts) if key == STEP else parted(memory, [parts])[0].values()
        kept |= {full: np.array(share) for full, share in zip(parts, shares, strict=True)}
    return kept


def position_in(trainer: "Trainer", saved: Any) -> Position:
    """The saved position, if a run of this length can be there."""
    keys = ("step", "examples")
    if not isinstance(saved, Mapping) or sorted(saved) != sorted(keys):
        raise StateError("position", f"the position must have {' and '.join(keys)}, and nothing else")
    if not all(type(saved[key]) is int and saved[key] >= 0 for key in keys):
        raise StateError("position", "step and examples must be whole numbers of at least 0")
    position = Position(saved["step"], saved["examples"])
    most = position.step * len(trainer.splits.training)
    if not position.step <= position.examples <= most:
        raise StateError(
            "position",
            f"{position.step} steps cannot have seen {position.examples} examples, but {most} at most",
        )
    return position


def changes_in(trainer: "Trainer", saved: Any) -> tuple[list[tuple[int, str, Any]], Experiment]:
    """The saved changes of settings, each a step, a setting and a value; and the experiment after them."""
    if not isinstance(saved, Sequence) or isinstance(saved, str):
        raise StateError("changes", "changes must be a list of [step, setting, value]")
    changes, experiment = [], trainer.original
    for item in saved:
        if not isinstance(item, Sequence) or len(item) != 3 or type(item[0]) is not int:
            raise StateError("changes", f"{item!r} is not of the form [step, setting, value]")
        if item[1] not in LIVE_SETTINGS:
            raise StateError("changes", f"{item[1]!r} is no setting that can change while training")
        try:
            experiment = trainer.check_change(item[1], item[2], before=experiment)
        except ValueError as error:
            raise StateError("changes", str(error)) from error
        changes.append((item[0], item[1], item[2]))
    return changes, experiment


def generator_in(saved: Any) -> np.random.Generator:
    """A generator in the saved state."""
    rng = np.random.default_rng(0)
    try:
        rng.bit_generator.state = saved
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise StateError("dropout", f"the state of the random generator cannot be: {error}") from error
    return rng


def divergence_in(saved: Any) -> tuple[int, int | None, str] | None:
    """Step, layer and sentence of a divergence, or None."""
    if saved is None:
        return None
    well_formed = isinstance(saved, Sequence) and not isinstance(saved, str) and len(saved) == 3
    if not well_formed or type(saved[0]) is not int or type(saved[2]) is not str:
        raise StateError("divergence", "divergence must be nothing, or [step, layer, sentence]")
    if saved[1] is not None and type(saved[1]) is not int:
        raise StateError("divergence", "the layer of a divergence must be a position or nothing")
    return saved[0], saved[1], saved[2]


def _optimizer_parts(key: str, params: Sequence[Arrays]) -> Arrays:
    """The names that a state has for what an optimizer remembers of each parameter, and arrays like it."""
    return {
        f"optimizer.{i}.{name}.{key}": np.zeros(()) if key == STEP else weight
        for i, layer in enumerate(params)
        for name, weight in layer.items()
    }


def _as_one(key: str, parts: Arrays) -> Array:
    """What an optimizer remembers under a name, of all parameters."""
    if key != STEP:
        return joined([parts])
    steps = {float(step) for step in parts.values()}
    if len(steps) > 1:
        raise StateError("arrays", "the optimizer must have made equally many steps with each parameter")
    return np.array(steps.pop())


def _copy(saved: Mapping[str, AnyArray], key: str, like: AnyArray) -> AnyArray:
    if key not in saved:
        raise StateError("arrays", f"{key} is missing")
    _check_like("arrays", key, saved[key], like)
    return np.array(saved[key])


def _check_like(part: str, key: str, array: AnyArray, like: AnyArray) -> None:
    if array.shape != like.shape or array.dtype != like.dtype:
        raise StateError(
            part,
            f"{key} is {array.dtype} of shape {array.shape}, but this experiment's is {like.dtype} of shape "
            f"{like.shape}",
        )


def _check_names(part: str, saved: Mapping[str, AnyArray], wanted: Mapping[str, AnyArray]) -> None:
    for key in saved:
        if key not in wanted:
            raise StateError(part, f"{key} does not belong to this experiment")
    for key in wanted:
        if key not in saved:
            raise StateError(part, f"{key} is missing")
