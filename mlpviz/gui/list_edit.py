"""Edits of the list of compared runs, so that they can be undone: the list before, and after."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtGui import QUndoCommand

from mlpviz.gui.compared_run import ComparedRun
from mlpviz.training.comparisons import Comparison as ReadyMade


@dataclass(frozen=True, slots=True)
class ListState:
    """What the list holds; each run keeps its colour and stands where it stands.

    Attributes
    ----------
    runs
        In the order of the list.
    about
        The ready-made comparison that the list began with, if it did.
    measure
        What the race goes by; None where that is no part of the edit.
    """

    runs: tuple[ComparedRun, ...]
    about: ReadyMade | None
    measure: str | None = None


class Editable(Protocol):
    """A list whose edits can be undone."""

    def state(self, with_measure: bool = False) -> ListState:
        """The list as it is now."""

    def restore(self, state: ListState) -> None:
        """Let the list be what it was."""


class ListEdit(QUndoCommand):
    """One edit of the list. It is done before it goes on the stack.

    Attributes
    ----------
    before
        The list before it; None until the run that it adds has joined.
    is_done
        Whether it is on the stack.
    """

    def __init__(self, owner: Editable, words: str, before: ListState | None = None) -> None:
        super().__init__(words)
        self._owner, self.before = owner, before
        self._after: ListState | None = None
        self.is_done = False

    def undo(self) -> None:
        assert self.before is not None
        # Taken only now: the runs of a ready-made comparison join one by one.
        self._after = self._owner.state(self.before.measure is not None)
        self._owner.restore(self.before)

    def redo(self) -> None:
        if self._after is not None:
            self._owner.restore(self._after)


@dataclass(frozen=True, slots=True, eq=False)
class Ticket:
    """What a run that is being made ready is meant for.

    Attributes
    ----------
    list
        The number of the list; a later one has no place for it.
    edit
        What adds it.
    forked
        Whether it is made out of another run of the list.
    then
        To be called once it has joined.
    """

    list: int
    edit: ListEdit
    forked: bool = False
    then: Callable[[], None] | None = None
