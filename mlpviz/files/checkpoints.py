"""A saved run: a folder or one file that a person can look into, and that goes on bit for bit."""

import io
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import safetensors.numpy

import mlpviz
from mlpviz.files.atomic import check_can_write, check_can_write_file
from mlpviz.files.columns import read_columns
from mlpviz.files.parts import FILE_ENDING, in_one_line, part_names, read_parts, write_parts
from mlpviz.training import Experiment, History, Trainer
from mlpviz.training.array_files import MOST_BYTES, safetensors_in
from mlpviz.training.imported import LAYOUT_KEY
from mlpviz.training.initial_weights import remember
from mlpviz.training.parameters import ParameterPath
from mlpviz.training.presets import preset_names
from mlpviz.training.state import StateError

FORMAT = 2
"""Of what is written. Format 1 had no number, no seconds and no ``history.npz``; it is still read."""

MOST_STATE_BYTES = 4 * MOST_BYTES
"""A run's state may hold its weights as they began, and twice what an optimizer remembers of each."""

CHECKPOINT_FILES = (
    "experiment.toml",
    "parameters.safetensors",
    "history.csv",
    "state.safetensors",
    "state.json",
)
LONG_HISTORY = "history.npz"
"""Takes the place of ``history.csv`` in a long run."""

KNOWN_FILES = (*CHECKPOINT_FILES, LONG_HISTORY)
NEEDED = tuple(name for name in CHECKPOINT_FILES if name != "history.csv")

LONGEST_CSV = 20_000
"""Steps. A hundred thousand of them take half a second and 16 MB as text, 2 ms and 7 MB as arrays."""


@dataclass(frozen=True, slots=True)
class RunCopy:
    """All that is needed to go on with a run from where it stood; nothing in it changes any more.

    Attributes
    ----------
    experiment
        As the run began.
    state
        What `Trainer.state` gave.
    history
        Up to there.
    seconds
        How long it had trained.
    """

    experiment: Experiment
    state: dict[str, Any]
    history: History
    seconds: float = 0.0

    @property
    def step(self) -> int:
        """How many steps were made."""
        return int(self.state["position"]["step"])

    def revive(self) -> "LoadedRun":
        """A trainer that goes on from here."""
        trainer = Trainer(self.experiment)
        trainer.restore(self.state)
        return LoadedRun(trainer, self.history.prefix(), self.seconds)


class LoadedRun(NamedTuple):
    """A run that was opened, ready to go on.

    Attributes
    ----------
    seconds
        How long it has trained.
    saved_as
        Where its user had saved it, if this is a copy that was made in case of a crash.
    path
        Where its parameters were at each step, where that is known.
    """

    trainer: Trainer
    history: History
    seconds: float
    saved_as: Path | None = None
    path: ParameterPath | None = None


def copy_run(trainer: Trainer, history: History, seconds: float = 0.0) -> RunCopy:
    """What a run is between two steps; quick, so that training need not wait while it is written."""
    return RunCopy(trainer.original, trainer.state(), history.prefix(), seconds)


def save_run(path: Path, run: RunCopy, saved_as: Path | None = None, longest_csv: int = LONGEST_CSV) -> None:
    """Write a run: into one file if `path` ends in ``.mlpviz``, else into a folder of the same files.

    Parameters
    ----------
    saved_as
        Where its user saved it last, if this is but a copy in case of a crash.
    longest_csv
        A history of more steps is written as ``history.npz``.

    Raises
    ------
    ValueError, OSError
        If it cannot be written; what was there before is then still whole.
    """
    about = {"format": FORMAT, "mlpviz": mlpviz.__version__, "seconds": run.seconds}
    if saved_as is not None:
        about["saved_as"] = str(saved_as)
    state = {key: value for key, value in run.state.items() if key not in ("parameters", "arrays")}

    def write_arrays(file: IO[bytes]) -> None:
        np.savez(file, **run.history.arrays())  # type: ignore[arg-type]

    short = len(run.history) <= longest_csv
    write_parts(
        path,
        {
            "experiment.toml": run.experiment.to_toml().encode(),
            "parameters.safetensors": safetensors.numpy.save(
                _contiguous(run.state["parameters"]), {LAYOUT_KEY: "numpy"}
            ),
            **({"history.csv": _csv(run.history)} if short else {LONG_HISTORY: write_arrays}),
            "state.safetensors": safetensors.numpy.save(_contiguous(run.state["arrays"])),
            "state.json": json.dumps({**about, **state}, indent=1).encode(),
        },
        KNOWN_FILES,
    )


def save_checkpoint(path: Path, trainer: Trainer, history: History, seconds: float = 0.0) -> None:
    """Write a run as it stands; as `save_run`."""
    save_run(path, copy_run(trainer, history, seconds))


def check_can_save(path: Path) -> None:
    """See to it before a long training that a run could be saved in the end.

    Raises
    ------
    ValueError
        With a sentence that says why not.
    """
    if path.suffix.lower() == FILE_ENDING:
        check_can_write_file(path)
    else:
        check_can_write(path, KNOWN_FILES)


def is_run(path: Path) -> bool:
    """Whether a folder or file is a saved run, by the names in it; what it holds may still be damaged."""
    return path.suffix.lower() == FILE_ENDING or {"experiment.toml", "state.json"} <= set(part_names(path))


def load_run(path: Path) -> LoadedRun:
    """The run in a folder or file, ready to go on bit for bit.

    Raises
    ------
    ValueError
        If it is no saved run, or a part of it is damaged; the sentence names the part.
    """
    parts = read_parts(path, KNOWN_FILES, KNOWN_FILES)
    about, trainer = _trainer_in(path, parts)
    seconds, saved_as = about.get("seconds", 0.0), about.get("saved_as")
    if type(seconds) not in (int, float) or not 0 <= seconds < math.inf:
        raise ValueError(f"{path / 'state.json'}: seconds must be a number of at least 0, not {seconds!r}")
    if saved_as is not None and type(saved_as) is not str:
        raise ValueError(f"{path / 'state.json'}: saved_as must be a path, not {saved_as!r}")
    history = _history_in(path, parts)
    return LoadedRun(trainer, history, float(seconds), None if saved_as is None else Path(saved_as))


def load_checkpoint(path: Path) -> Trainer:
    """A trainer that goes on from the run in a folder or file, bit for bit; as `load_run`."""
    return _trainer_in(path, read_parts(path, NEEDED, KNOWN_FILES))[1]


def load_history(path: Path) -> History:
    """The history of the run in a folder or file; as `load_run`."""
    return _history_in(path, read_parts(path, ("history.csv", LONG_HISTORY), KNOWN_FILES))


def load_trained(path: Path) -> Trainer:
    """The trainer of a saved run, for what needs a trained network.

    Raises
    ------
    ValueError
        As `load_run`; an experiment's name or file, or what is not there, is answered with what to do.
    """
    if not path.is_dir() and (str(path) in preset_names() or (path.is_file() and path.suffix == ".toml")):
        raise ValueError(
            f"{path} is an experiment, which has no trained network: train it first with "
            f"`mlpviz train {path} --out RUN`, then give RUN"
        )
    return load_checkpoint(path)


def title_and_step(path: Path) -> tuple[str, int]:
    """The title of a saved run and how many steps it has made, without loading the rest of it.

    Raises
    ------
    ValueError
        If it is no saved run.
    """
    parts = read_parts(path, ("experiment.toml", "state.json"), KNOWN_FILES)
    _check_whole(path, parts, ("experiment.toml", "state.json"))
    position = _about_in(path, parts).get("position")
    step = position.get("step") if isinstance(position, Mapping) else None
    if type(step) is not int:
        raise ValueError(f"{path / 'state.json'}: there is no step in it")
    return _experiment_in(path, parts).title, step


# ---------------------------------------------------------------------- part by part


def _trainer_in(path: Path, parts: Mapping[str, bytes]) -> tuple[dict[str, Any], Trainer]:
    """What ``state.json`` tells, and the trainer."""
    _check_whole(path, parts, NEEDED)
    state = _about_in(path, parts)
    experiment = _experiment_in(path, parts)
    files = {"parameters": "parameters.safetensors", "arrays": "state.safetensors"}
    for part, name in files.items():
        state[part] = dict(safetensors_in(path / name, parts[name], MOST_STATE_BYTES).arrays)
    remember(experiment, state["arrays"])
    try:
        trainer = Trainer(experiment)
    except ValueError as error:
        raise ValueError(f"{path / 'experiment.toml'}: {error}") from error
    try:
        trainer.restore(state)
    except StateError as error:
        file = files.get(error.part, "state.json")
        raise ValueError(f"{path / file}: damaged, or not of this experiment: {error}") from error
    return state, trainer


def _check_whole(path: Path, parts: Mapping[str, bytes], needed: tuple[str, ...]) -> None:
    for name in needed:
        if name not in parts:
            raise ValueError(f"{path} is not a saved run: it has no {name}")


def _about_in(path: Path, parts: Mapping[str, bytes]) -> dict[str, Any]:
    """What ``state.json`` holds; looked at first, for a newer format may be unlike this one in all else."""
    place = path / "state.json"
    try:
        state = json.loads(parts["state.json"].decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{place}: cannot be read as JSON: {in_one_line(error)}") from error
    if not isinstance(state, dict):
        raise ValueError(f"{place}: must hold one JSON object, not {type(state).__name__}")
    number = state.get("format", 1)
    if type(number) is not int or number < 1:
        raise ValueError(f"{place}: format must be a whole number of at least 1, not {number!r}")
    if number > FORMAT:
        raise ValueError(
            f"{path} was saved by a newer mlpviz (format {number}); this one reads up to {FORMAT}: "
            "update mlpviz"
        )
    return state


def _experiment_in(path: Path, parts: Mapping[str, bytes]) -> Experiment:
    try:
        folder = path if path.is_dir() else path.parent
        return Experiment.from_toml(parts["experiment.toml"].decode("utf-8"), folder)
    except UnicodeDecodeError as error:
        raise ValueError(f"{path / 'experiment.toml'}: not a text file in UTF-8") from error
    except ValueError as error:
        raise ValueError(f"{path / 'experiment.toml'}: {error}") from error


def _history_in(path: Path, parts: Mapping[str, bytes]) -> History:
    name = LONG_HISTORY if LONG_HISTORY in parts else "history.csv"
    if name not in parts:
        raise ValueError(f"{path} is not a saved run: it has no {name}")
    place = path / name
    try:
        if name == LONG_HISTORY:
            return History.from_arrays(read_columns(parts[name], place))
        with io.TextIOWrapper(io.BytesIO(parts[name]), encoding="utf-8", newline="") as file:
            return History.read_csv(file)
    except ValueError as error:
        words = in_one_line(error)
        raise ValueError(words if words.startswith(str(place)) else f"{place}: {words}") from error


def _csv(history: History) -> bytes:
    table = io.StringIO()
    history.write_csv(table)
    return table.getvalue().encode()


def _contiguous(arrays: dict[str, np.ndarray[Any, Any]]) -> dict[str, np.ndarray[Any, Any]]:
    """Safetensors writes the memory as it lies, so it has to lie in rows."""
    return {name: np.asarray(array, order="C") for name, array in arrays.items()}
