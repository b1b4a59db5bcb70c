"""What lasts: files that are written whole or not at all."""

from mlpviz.files.atomic import check_can_write, write_folder
from mlpviz.files.checkpoints import (
    LoadedRun,
    RunCopy,
    check_can_save,
    copy_run,
    is_run,
    load_checkpoint,
    load_history,
    load_run,
    load_trained,
    save_checkpoint,
    save_run,
)

__all__ = [
    "LoadedRun",
    "RunCopy",
    "check_can_save",
    "check_can_write",
    "copy_run",
    "is_run",
    "load_checkpoint",
    "load_history",
    "load_run",
    "load_trained",
    "save_checkpoint",
    "save_run",
    "write_folder",
]
