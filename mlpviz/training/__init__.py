"""The training loop and what it leaves behind: steps, history, snapshots."""

from mlpviz.training.evaluation import Evaluation, evaluate
from mlpviz.training.experiment import LIVE_SETTINGS, SETTINGS, Experiment, parse_assignment
from mlpviz.training.history import History
from mlpviz.training.layer_spec import LayerSpec
from mlpviz.training.snapshot import Mailbox, Snapshot
from mlpviz.training.trainer import Change, Divergence, Step, Trainer

__all__ = [
    "LIVE_SETTINGS",
    "SETTINGS",
    "Change",
    "Divergence",
    "Evaluation",
    "Experiment",
    "History",
    "LayerSpec",
    "Mailbox",
    "Snapshot",
    "Step",
    "Trainer",
    "evaluate",
    "parse_assignment",
]
