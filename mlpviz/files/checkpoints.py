"""A run as a folder that a person can look into, and that training can go on from bit for bit."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy
from safetensors import SafetensorError

from mlpviz.files.atomic import write_folder
from mlpviz.training import Experiment, History, Trainer

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
        trainer.experiment.to_toml().encode(),
        safetensors.numpy.save(_contiguous(parameters)),
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
    trainer = Trainer(experiment)
    state: dict[str, Any] = {}
    try:
        name = "state.json"
        state = json.loads((path / name).read_text(encoding="utf-8"))
        for key, name in (("parameters", "parameters.safetensors"), ("arrays", "state.safetensors")):
            state[key] = safetensors.numpy.load_file(path / name)
        trainer.restore(state)
    except (SafetensorError, OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"{path / name}: damaged, or not of this experiment ({error})") from error
    return trainer


def _contiguous(arrays: dict[str, np.ndarray[Any, Any]]) -> dict[str, np.ndarray[Any, Any]]:
    """Safetensors writes the memory as it lies, so it has to lie in rows."""
    return {name: np.ascontiguousarray(array) for name, array in arrays.items()}
