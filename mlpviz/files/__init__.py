"""What lasts: files that are written whole or not at all."""

from mlpviz.files.atomic import check_can_write, write_folder
from mlpviz.files.checkpoints import load_checkpoint, load_history, load_trained, save_checkpoint

__all__ = [
    "check_can_write",
    "load_checkpoint",
    "load_history",
    "load_trained",
    "save_checkpoint",
    "write_folder",
]
