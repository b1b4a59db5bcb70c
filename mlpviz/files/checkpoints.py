"""A run as a folder that a person can look into, and that training can go on from bit for bit."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy

from mlpviz.files.atomic import write_folder
from mlpviz.training import Experiment, History, Trainer
from mlpviz.training.array_files import MOST_BYTES, read_safetensors
from mlpviz.training.imported import LAYOUT_KEY
from mlpviz.training.initial_weights import remember
from mlpviz.training.presets import preset_names
from mlpviz.training.state import StateError

MOST_STATE_BYTES = 4 * MOST_BYTES
"""A run's state may hold its weights as they began, and twice what an optimizer remembers of each."""

CHECKPOINT_FILES = (
    "experiment.toml",
    "parameters.safetensors",
    "history.csv",
    "state.safetensors",
    "state.json",
)


def save_checkpoint(path: Path, trainer: Trainer, history: History) -> None:
    """Write a run to a folder: its experiment, parameters, history, and all that going on needs.

    Raises
    ------
    ValueError, OSError
        If the folder cannot be written; what was there before is then still whole.
    """
    state = trainer.state()
    parameters, arrays = state.pop("parameters"), state.pop("arrays")
    table = io.StringIO()
    history.write_csv(table)
    contents = (
        trainer.original.to_toml().encode(),
        safetensors.numpy.save(_contiguous(parameters), {LAYOUT_KEY: "numpy"}),
        table.getvalue().encode(),
        safetensors.numpy.save(_contiguous(arrays)),
        json.dumps(state, indent=1).encode(),
    )
    write_folder(path, dict(zip(CHECKPOINT_FILES, contents, strict=True)))


def load_checkpoint(path: Path) -> Trainer:
    """A trainer that goes on from the checkpoint in a folder, bit for bit.

    Raises
    ------
    ValueError
        If the folder is no checkpoint, or one of its files is damaged; the sentence names the file.
    """
    for name in CHECKPOINT_FILES:
        if not (path / name).is_file():
            raise ValueError(f"{path} is not a checkpoint: it has no {name}")
    experiment = Experiment.read(path / "experiment.toml")
    arrays = _read_arrays(path / "state.safetensors")
    remember(experiment, arrays)
    try:
        trainer = Trainer(experiment)
    except ValueError as error:
        raise ValueError(f"{path / 'experiment.toml'}: {error}") from error
    state = _read_json(path / "state.json")
    state["parameters"] = _read_arrays(path / "parameters.safetensors")
    state["arrays"] = arrays
    try:
        trainer.restore(state)
    except StateError as error:
        file = {"parameters": "parameters.safetensors", "arrays": "state.safetensors"}.get(
            error.part, "state.json"
        )
        raise ValueError(f"{path / file}: damaged, or not of this experiment: {error}") from error
    return trainer


def load_trained(path: Path) -> Trainer:
    """The trainer of a checkpoint folder, for what needs a trained network.

    Raises
    ------
    ValueError
        As `load_checkpoint`; an experiment's name or file, or what is not there, is answered with what to do.
    """
    if path.is_dir():
        return load_checkpoint(path)
    if str(path) in preset_names() or (path.is_file() and path.suffix == ".toml"):
        raise ValueError(
            f"{path} is an experiment, which has no trained network: train it first with "
            f"`mlpviz train {path} --out DIR`, then give DIR"
        )
    what = "is a file, not a folder" if path.exists() else "is not there"
    raise ValueError(f"{path} {what}: give a folder that `mlpviz train --out` wrote")


def load_history(path: Path) -> History:
    """The history of the checkpoint in a folder.

    Raises
    ------
    ValueError
        If the file is no history; the sentence names file and row.
    """
    try:
        with (path / "history.csv").open(encoding="utf-8", newline="") as file:
            return History.read_csv(file)
    except (OSError, ValueError) as error:
        raise ValueError(f"{path / 'history.csv'}: {_one_line(error)}") from error


def _read_json(path: Path) -> dict[str, Any]:
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ValueError(f"{path}: cannot be read as JSON: {_one_line(error)}") from error
    if not isinstance(state, dict):
        raise ValueError(f"{path}: must hold one JSON object, not {type(state).__name__}")
    return state


def _read_arrays(path: Path) -> dict[str, np.ndarray[Any, Any]]:
    return dict(read_safetensors(path, MOST_STATE_BYTES).arrays)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _contiguous(arrays: dict[str, np.ndarray[Any, Any]]) -> dict[str, np.ndarray[Any, Any]]:
    """Safetensors writes the memory as it lies, so it has to lie in rows."""
    return {name: np.asarray(array, order="C") for name, array in arrays.items()}
