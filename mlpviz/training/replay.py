"""Trains a run again up to a step, with all that was measured and changed on the way."""

from collections.abc import Iterator, Sequence

from mlpviz.training.experiment import Experiment
from mlpviz.training.history import History
from mlpviz.training.parameters import ParameterPath
from mlpviz.training.trainer import Change, Step, Trainer


class Replay:
    """A run that is to be brought to where an earlier one stood. Whoever pulls its steps sets the pace.

    Parameters
    ----------
    experiment, changes
        What was trained, and the settings that were changed meanwhile.
    until
        The step to come to.
    diverges
        Whether the run stopped there by itself.
    path_from
        The step from which the parameters are taken down.

    Attributes
    ----------
    trainer, history, path, path_from
        As after the steps made so far.
    """

    def __init__(
        self,
        experiment: Experiment,
        changes: Sequence[Change] = (),
        until: int = 0,
        diverges: bool = False,
        path_from: int = 0,
    ) -> None:
        self.trainer, self.history = Trainer(experiment, changes=changes), History()
        self.path: ParameterPath | None = None
        self.until, self._diverges, self.path_from = until, diverges, path_from
        self._take_down()

    def steps(self) -> Iterator[Step]:
        """One mini-batch per iteration, until the run stands where it is to stand.

        Raises
        ------
        ValueError
            If it ends before.
        """
        steps = self.trainer.steps()
        # A run may diverge one step later, which is then taken back.
        while self.trainer.index < self.until + 2 * self._diverges:
            step = next(steps, None)
            if step is None:
                break
            self.history.append(step)
            self._take_down()
            yield step
        if self.trainer.index > self.until:
            raise ValueError(f"the run goes on after step {self.until}, where it is said to have diverged")
        if self.trainer.index < self.until:
            raise ValueError(
                f"the run ends at step {self.trainer.index}, not at step {self.until}: "
                "give a step that it reaches"
            )
        self.trainer.make_due_changes()

    def _take_down(self) -> None:
        if self.trainer.index < self.path_from:
            return
        if self.path is None and self.trainer.index == self.path_from:
            self.path = ParameterPath.of(self.trainer.network)
        if self.path is not None:
            self.path.append(self.trainer.index, self.trainer.network)
