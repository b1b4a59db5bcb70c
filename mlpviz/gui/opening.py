"""What a file that was opened holds: an experiment, or a checkpoint to go on from."""

from collections.abc import Callable
from pathlib import Path

from mlpviz.training import History, Trainer
from mlpviz.training.presets import find_experiment


def trainer_of(name: str) -> Callable[[], Trainer | tuple[Trainer, History]]:
    """A function that makes the trainer for an experiment file, a preset's name or a checkpoint folder.

    It may take a while, and raises ValueError with a sentence if the file is no such thing.
    """
    if Path(name).is_dir():
        from mlpviz.files import load_checkpoint, load_history

        return lambda: (load_checkpoint(Path(name)), load_history(Path(name)))
    return lambda: Trainer(find_experiment(name))
