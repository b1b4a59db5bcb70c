"""What the commands share: experiments by name, Ctrl-C, progress bars and strict JSON."""

import argparse
import json
import math
import signal
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

DEFAULT_EXPERIMENT = "digits"


def add_experiment(command: argparse.ArgumentParser) -> None:
    """Let a command take an experiment, and changes to its settings."""
    command.add_argument(
        "experiment",
        nargs="?",
        default=DEFAULT_EXPERIMENT,
        metavar="EXPERIMENT",
        help="a preset's name or a TOML file",
    )
    command.add_argument(
        "--set",
        action="append",
        default=[],
        dest="settings",
        metavar="KEY=VALUE",
        help="change a setting, such as learning_rate=0.1 or layers.0.units=30",
    )


def experiment_of(name_or_path: str, settings: Sequence[str]) -> Any:
    """The experiment of a name or file, with settings such as ``"learning_rate=0.1"`` changed."""
    from mlpviz.training.presets import find_experiment

    return changed(find_experiment(name_or_path), settings)


def changed(experiment: Any, settings: Sequence[str]) -> Any:
    """The experiment with settings such as ``"learning_rate=0.1"`` changed."""
    from mlpviz.training import parse_assignment

    return experiment.with_settings(dict(map(parse_assignment, settings))) if settings else experiment


def trainer_of(name_or_path: str) -> Any:
    """The trainer of a saved run, or a fresh one of an experiment."""
    from mlpviz.files import is_run, load_checkpoint
    from mlpviz.training import Trainer

    path = Path(name_or_path)
    if path.is_dir() or is_run(path):
        return load_checkpoint(path)
    return Trainer(experiment_of(name_or_path, []))


def parse_size(text: str) -> tuple[int, int]:
    """``"1440x900"`` as width and height in pixels."""
    width, cross, height = text.partition("x")
    if not (cross and width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise ValueError(f"--size must be of the form WIDTHxHEIGHT, such as 1440x900, not {text!r}")
    return int(width), int(height)


class Interrupt:
    """Ctrl-C while inside: noted, so that the step under way is finished and what there is can be saved."""

    def __enter__(self) -> "Interrupt":
        self.came = False
        self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def _note(self, number: int, frame: object) -> None:
        self.came = True

    def __exit__(self, *error: object) -> None:
        signal.signal(signal.SIGINT, self._before)


def with_progress(trainer: Any) -> Any:
    """The trainer's steps, with a progress bar where a person is looking."""
    return with_bar(trainer.steps(), steps_in(trainer), done=trainer.index)


def with_bar(items: Iterable[Any], total: int, unit: str = " steps", done: int = 0) -> Iterable[Any]:
    """Items one by one, with a progress bar where a person is looking."""
    if not sys.stderr.isatty():
        return items
    from tqdm import tqdm

    return tqdm(items, total=total, initial=done, unit=unit, dynamic_ncols=True, leave=False)


def steps_in(trainer: Any) -> int:
    """How many steps a run has, from its beginning to its end."""
    n = len(trainer.splits.training)
    return int(trainer.experiment.epochs * math.ceil(n / (trainer.experiment.batch_size or n)))


def print_json(value: Any) -> None:
    print(json.dumps(_strict(value), allow_nan=False))


def _strict(value: Any) -> Any:
    """The value with null in place of what JSON has no number for."""
    if isinstance(value, dict):
        return {key: _strict(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_strict(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
