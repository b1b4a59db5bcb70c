"""What the tool bar and the state line drive and tell of: the current run, or a race."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from mlpviz.gui.refresher import Refresher
from mlpviz.gui.stretch_thread import Stretch

if TYPE_CHECKING:
    from mlpviz.training.health import Finding


@dataclass(frozen=True, slots=True)
class Progress:
    """How far training has come.

    Attributes
    ----------
    words
        Such as ``"Epoch 3 of 10"``.
    part
        From 0 to 1.
    steps
        Batches made so far, for the pace.
    steps_left
        About how many are still to come; None where nobody knows.
    rest
        What to say instead of the pace: "ready", "paused", "finished in 2.3 s".
    badge
        The validation accuracy, or nothing.
    """

    words: str
    part: float
    steps: int
    steps_left: float | None
    rest: str
    badge: str = ""


@dataclass(frozen=True, slots=True)
class BarWords:
    """What the tool bar calls its verbs: the first one's name, and a sentence for each."""

    train: str
    train_tip: str
    batch_tip: str
    epoch_tip: str
    reset_tip: str
    new_seed_tip: str


class Driver(Protocol):
    """Something that trains: verbs, what can be done now, how far it has come, and signals that say when."""

    words: BarWords
    refresher: Refresher
    run_changed: Any
    training_changed: Any
    settings_changed: Any
    loading: Any
    refused: Any
    refreshed: Any

    @property
    def ready(self) -> bool:
        """Whether there is something to train."""

    @property
    def training(self) -> bool:
        """Whether it trains now."""

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to train."""

    @property
    def is_loading(self) -> bool:
        """Whether something is being made ready."""

    @property
    def can_take_new_seed(self) -> bool:
        """Whether it can begin again from other initial weights."""

    @property
    def steps_per_second(self) -> float | None:
        """The pace it keeps to; None for as fast as it goes."""

    def set_steps_per_second(self, rate: float | None) -> None:
        """Keep to a pace."""

    def train(self, stretch: Stretch = Stretch.ALL, steps: int = 1) -> None:
        """Train for a stretch."""

    def pause(self) -> None:
        """Come to rest after the step under way."""

    def reset(self) -> None:
        """Go back to the beginning."""

    def new_seed(self) -> None:
        """Begin again from other initial weights."""

    def over_tip(self) -> str:
        """Why there is nothing left to train, and what can be done; for when it has finished."""

    def progress(self) -> Progress | None:
        """How far it has come; None while there is nothing."""

    def findings(self) -> "list[Finding]":
        """How it is doing, in words."""

    def step_words(self) -> str:
        """Where it is, such as ``"Step 1 812"``."""
