"""The training loop: each step takes one mini-batch forward, back, and against the gradient."""

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mlpviz.data import Dataset, load_dataset, split, unknown_name
from mlpviz.nn import BatchNorm
from mlpviz.nn.arrays import Array, Arrays, column_sums
from mlpviz.nn.vector import joined, new_vector, parted
from mlpviz.training.blas import use_blas_threads
from mlpviz.training.construction import accuracy_threshold, build_loss, build_network, build_optimizer
from mlpviz.training.evaluation import Evaluation, evaluate, named
from mlpviz.training.experiment import LIVE_SETTINGS, Experiment
from mlpviz.training.initial_weights import as_state, initial_weights_of, pinned
from mlpviz.training.probes import SPARSELY, Passed, can_die, measured, planned
from mlpviz.training.seeds import stream
from mlpviz.training.snapshot import Snapshot, freeze, frozen, frozen_all, frozen_optimizer
from mlpviz.training.state import (
    StateError,
    changes_in,
    divergence_in,
    generator_in,
    memories_in,
    parameters_in,
    position_in,
    remembered_by,
)

BETWEEN_MARKS_S = 0.2
"""To take back an update, training is repeated from a state kept before: for so long at most."""


@dataclass(slots=True)  # to freeze it would cost a tiny network one percent of its time
class Step:
    """What one step measured.

    Attributes
    ----------
    index, epoch
        Counted from 1: step 1 is the first mini-batch, epoch 1 the first pass.
    examples
        How many examples the run has seen, this batch included.
    loss, accuracy
        Of the batch, before its update; accuracy from 0 to 1, None for a task without classes.
    probes, sparse_probes
        Measurements by column name, those of every step and those taken now and then.
    validation
        Of the whole validation split, after the update, where it was due.
    """

    index: int
    epoch: int
    examples: int
    loss: float
    accuracy: float | None
    probes: Mapping[str, float]
    sparse_probes: Mapping[str, float]
    validation: Evaluation | None


@dataclass(frozen=True, slots=True)
class Change:
    """A setting that was changed while training, between step ``step`` and the next."""

    step: int
    setting: str
    value: Any


@dataclass(frozen=True, slots=True)
class Divergence:
    """Why a run stopped by itself: at which step, in which layer (None: in the loss), and in words."""

    step: int
    layer: int | None
    sentence: str


class Trainer:
    """Trains one experiment. Knows nothing of threads, pausing or windows: whoever pulls sets the pace.

    Parameters
    ----------
    experiment
        What to train.
    dataset
        The examples; loaded by the experiment's name for them if not given.
    changes
        Changes of settings from an earlier run, made again at the same steps: an exact replay.

    Raises
    ------
    ValueError
        If network, dataset and settings do not fit together.

    Attributes
    ----------
    experiment, original
        With all changes made so far, and as it was given.
    rebuilt_at
        The step at which it took over what a run of another experiment had come to; 0 where it did not.
    start
        The weights that the network started from, where they came from a file.
    """

    def __init__(
        self, experiment: Experiment, dataset: Dataset | None = None, changes: Sequence[Change] = ()
    ) -> None:
        self.start = initial_weights_of(experiment)
        experiment = pinned(experiment, self.start)
        self.experiment = self.original = experiment
        self.dataset = load_dataset(*experiment.data_source) if dataset is None else dataset
        self.splits = split(
            self.dataset,
            stream(experiment.seed, "split"),
            validation_size=experiment.validation_size,
            training_size=experiment.training_size,
            scaling=experiment.input_scaling,
        )
        self.network = build_network(experiment, self.dataset, self.splits.training, self.start)
        self._check_batch_size(experiment.batch_size)
        self.loss = build_loss(experiment)
        self.optimizer = build_optimizer(experiment)
        self.threshold = accuracy_threshold(self.dataset, self.loss)
        self.changes: list[Change] = []
        self.rebuilt_at = 0
        self.divergence: Divergence | None = None
        self.index = 0
        self.epoch = 0
        self.examples = 0
        self._scheduled = list(changes)
        self._due = list(changes)
        self._dropout_rng = stream(experiment.seed, "dropout")
        self._order: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self._offset = 0
        self._nothing: list[Arrays] = [{} for _ in self.network.layers]
        self._parameters: Array
        self._gradient: Array
        self._gradients: list[Arrays]
        self._hold(joined(self.network.params))
        self._batch: npt.NDArray[np.int64]
        self._caches: list[Any]
        self._upstreams: dict[int, Array]
        self._marks: list[dict[str, Any]]
        self._next_mark_s: float
        self._forget_steps()
        self._with_statistics = [i for i, layer in enumerate(self.network.layers) if layer.statistics]
        self._always = planned(self.network.layers, 1)
        self._sparsely = planned(self.network.layers, SPARSELY)
        self._sparsely_of_updates = planned(self.network.layers, SPARSELY, of_update=True)
        self.last_fired = {
            i: np.zeros(width, np.int64)
            for i, width in self._widths().items()
            if can_die(self.network.layers[i])
        }

    # ------------------------------------------------------------------ the loop

    @property
    def finished(self) -> bool:
        """Whether all epochs are done, or the run diverged."""
        done = self.epoch >= self.experiment.epochs and self.at_epoch_end
        return done or self.divergence is not None

    @property
    def at_epoch_end(self) -> bool:
        """Whether the next step begins a new epoch."""
        return self._offset >= len(self._order)

    @property
    def progress(self) -> float:
        """How many epochs are done, the part of the one under way included."""
        return self.examples / len(self.splits.training)

    def steps(self) -> Iterator[Step]:
        """One mini-batch per iteration, to the end of the last epoch or until the run diverges."""
        if not self._held():
            self._hold(joined(self.network.params))
        while True:
            self.make_due_changes()  # which may give a run that has come to its end more epochs
            if self.finished:
                return
            step = self._step()
            if step is None:
                return
            yield step

    @np.errstate(over="ignore", invalid="ignore", divide="ignore")  # looked for in `_diverged`
    def _step(self) -> Step | None:
        """One mini-batch: forward, backward, update. None if the numbers are no longer finite."""
        self._mark_way_back()
        use_blas_threads(self.experiment.blas_threads)
        batch = self._next_batch()
        x, targets, labels = self.splits.training.labelled_batch(batch)
        outputs, caches = self.network.forward(x, training=True, rng=self._dropout_rng)
        loss = self.loss.value(outputs[-1], targets)
        accuracy = self._accuracy(outputs[-1], labels)
        self._note_silence(outputs)
        upstreams = self.network.backward(self.loss.gradient(outputs[-1], targets), caches)
        gradients = self.network.gradients(upstreams, caches, out=self._gradients)
        passed = Passed(
            self.index + 1, self.network.layers, outputs, gradients, self._gradients, self.last_fired
        )
        probes = measured(self._always, passed)
        if self._diverged(loss, gradients, probes):
            return None
        due = self.index % SPARSELY == 0
        sparse = measured(self._sparsely, passed) if due else {}
        update = self.optimizer.update(self._parameters, self._gradient)  # in the gradient's place
        if due:
            sparse |= measured(self._sparsely_of_updates, passed)
        self._parameters += update
        self._note_statistics(caches)
        self._batch, self._caches, self._upstreams = batch, caches, upstreams
        self.index += 1
        self.examples += len(batch)
        validation = self.evaluate("validation") if self._validation_is_due() else None
        return Step(self.index, self.epoch, self.examples, loss, accuracy, probes, sparse, validation)

    def _next_batch(self) -> npt.NDArray[np.int64]:
        """Positions in the training split; the last batch of an epoch may be smaller."""
        if self.at_epoch_end:
            self.epoch += 1
            self._order = self._shuffled(self.epoch)
            self._offset = 0
        size = self.experiment.batch_size or len(self._order)
        batch = self._order[self._offset : self._offset + size]
        self._offset += size
        return batch

    def _go_to(self, examples: int) -> None:
        """Stand where so many examples have been seen."""
        n = len(self.splits.training)
        self.epoch = math.ceil(examples / n)
        self._offset = examples - n * max(0, self.epoch - 1)
        self._order = self._shuffled(self.epoch) if self.epoch else np.empty(0, np.int64)

    def _shuffled(self, epoch: int) -> npt.NDArray[np.int64]:
        return stream(self.experiment.seed, "order", epoch).permutation(len(self.splits.training))

    def _hold(self, parameters: Array) -> None:
        """Let the network's parameters be parts of one vector, which an update changes all at once."""
        shapes = self.network.params
        self._parameters, self._gradient = parameters, new_vector(len(parameters), parameters.dtype)
        self._gradients = parted(self._gradient, shapes)
        for layer, params in zip(self.network.layers, parted(parameters, shapes), strict=True):
            layer.params = params

    def _held(self) -> bool:
        """Whether they still are, and no array was put in the place of one."""
        arrays = (array for params in self.network.params for array in params.values())
        return all(np.may_share_memory(array, self._parameters) for array in arrays)

    def _note_statistics(self, caches: list[Any]) -> None:
        for i in self._with_statistics:
            layer = self.network.layers[i]
            layer.statistics.update(layer.new_statistics(caches[i]))

    # ------------------------------------------------------------------ what is measured

    def _accuracy(self, y: Array, labels: npt.NDArray[np.int64] | None) -> float | None:
        """The share of a batch that is right, None for a task without classes."""
        if self.threshold is None or labels is None:
            return None
        return np.count_nonzero(named(y, self.threshold) == labels) / len(y)

    def _note_silence(self, outputs: list[Array]) -> None:
        for i, last_fired in self.last_fired.items():
            fired = column_sums(outputs[i]) > 0  # none of them is negative
            last_fired[fired] = self.index + 1

    def _validation_is_due(self) -> bool:
        """At the end of each epoch; in the first also at steps 100, 1000 and 10,000."""
        if len(self.splits.validation) == 0:
            return False
        return self.at_epoch_end or (self.epoch == 1 and self.index in (100, 1000, 10_000))

    def evaluate(self, which: str) -> Evaluation | None:
        """Loss and accuracy over ``"training"``, ``"validation"`` or ``"test"``; None if there is none."""
        use_blas_threads(self.experiment.blas_threads)
        examples = getattr(self.splits, which)
        if examples is None or len(examples) == 0:
            return None
        return evaluate(self.network, examples, self.loss, self.threshold)

    # ------------------------------------------------------------------ when it goes wrong

    def _diverged(self, loss: float, gradients: list[Arrays], norms: Mapping[str, float]) -> bool:
        """Whether the numbers are no longer finite; if so the last good network is back in place."""
        step, layer = self.index + 1, None
        if not math.isfinite(loss):
            what = f"The loss became {'NaN' if math.isnan(loss) else 'infinite'}"
        else:
            if all(map(math.isfinite, norms.values())):
                return False  # a norm is finite only if every entry is
            bad = [i for i, g in enumerate(gradients) if not all(np.isfinite(a).all() for a in g.values())]
            if not bad:
                return False  # only the sum of squares was too large for a float
            layer = bad[-1]  # the gradient travels backwards: it went wrong here first
            what = f"The gradient of operation {layer} ({self.experiment.layers[layer].kind}) is not finite"
        if self.index:
            cause = f"learning rate {self.experiment.learning_rate:g} is the likely cause"
        else:
            cause = "no update was made yet, so the inputs or initial weights are the likely cause"
        sentence = f"{what} at step {step}; {cause}. The last good network is kept."
        self._go_back(self.index if layer is not None else max(0, self.index - 1))  # that update led to it
        self.divergence = Divergence(step, layer, sentence)
        return True

    def _mark_way_back(self) -> None:
        """Now and then keep the state as it is, for `_go_back` to begin with."""
        now = time.perf_counter()
        if now >= self._next_mark_s:
            self._marks = [*self._marks[-1:], self.state()]
            self._next_mark_s = now + BETWEEN_MARKS_S

    def _go_back(self, step: int) -> None:
        """To what it was after a step, bit for bit: to a state kept before it, and on again from there.

        Where no state so old is kept, at the beginning or after `restore`, to the oldest there is.
        """
        changes, old = self.changes, [mark for mark in self._marks if mark["position"]["step"] < step]
        self.restore(old[-1] if old else self._marks[0])
        while self.index < step and self._step() is not None:
            pass
        for change in changes[len(self.changes) :]:
            self.change(change.setting, change.value)
        self.changes = changes

    # ------------------------------------------------------------------ changing, looking, keeping

    def change(self, setting: str, value: Any) -> None:
        """Change a live setting from the next step on, and record it.

        Raises
        ------
        ValueError
            If the setting is not a live one or the value impossible; nothing is changed.
        """
        self.experiment = self.check_change(setting, value)
        if hasattr(self.optimizer, setting):
            setattr(self.optimizer, setting, getattr(self.experiment, setting))
        self.changes.append(Change(self.index, setting, value))
        self._next_mark_s = 0.0  # between two marks nothing is changed

    @property
    def why_not_again(self) -> str:
        """Why training its experiment from the beginning would not lead here; empty where it does."""
        if not self.rebuilt_at:
            return ""
        return (
            f"the run was forked at step {self.rebuilt_at} from one of another experiment, "
            "so training it from the beginning leads elsewhere"
        )

    def make_due_changes(self) -> None:
        """Make the changes of an earlier run that fell between the last step and the next."""
        while self._due and self._due[0].step <= self.index:
            change = self._due.pop(0)
            self.change(change.setting, change.value)

    def check_change(self, setting: str, value: Any, before: Experiment | None = None) -> Experiment:
        """The experiment as it would be after a change; raises as `change` does, and changes nothing.

        `before` is the experiment to be changed, if it is not the present one.
        """
        if setting not in LIVE_SETTINGS:
            raise unknown_name("live setting", setting, LIVE_SETTINGS)
        experiment = (before or self.experiment).with_settings({setting: value})
        self._check_batch_size(experiment.batch_size)
        return experiment

    def _check_batch_size(self, size: int) -> None:
        if size > len(self.splits.training):
            raise ValueError(
                f"batch_size must be at most {len(self.splits.training)}, the number of training examples, "
                f"not {size}"
            )
        if size == 1 and any(isinstance(layer, BatchNorm) for layer in self.network.layers):
            raise ValueError("batch_size must be at least 2 with batch_norm: one example has no variance")

    def snapshot(self) -> Snapshot:
        """A frozen copy of the network as it is now, with the gradients and updates of the last step."""
        return Snapshot(
            self.index,
            self.epoch,
            freeze(self.network.copy()),
            frozen_optimizer(self.optimizer),
            frozen_all(parted(self._gradient.copy(), self.network.params) if self._caches else self._nothing),
            frozen(self._batch.copy()),
            self._upstreams,
            self._caches,
        )

    def _forget_steps(self) -> None:
        """There is no last step to look at, and none to go back to."""
        self._batch = np.empty(0, np.int64)
        self._caches, self._upstreams = [], {}
        self._marks, self._next_mark_s = [], 0.0

    def initial_snapshot(self) -> Snapshot:
        """The network before the first step, made anew."""
        network = freeze(build_network(self.original, self.dataset, self.splits.training, self.start))
        nothing: list[Arrays] = [{} for _ in network.layers]
        optimizer = build_optimizer(self.original)
        return Snapshot(0, 0, network, optimizer, nothing, np.empty(0, np.int64))

    def state(self) -> dict[str, Any]:
        """Everything that `restore` needs to go on bit for bit: copies of arrays, and plain values."""
        arrays: dict[str, npt.NDArray[Any]] = {
            f"last_fired.{i}": steps.copy() for i, steps in self.last_fired.items()
        }
        for i, layer in enumerate(self.network.layers):
            arrays |= {f"statistics.{i}.{name}": array.copy() for name, array in layer.statistics.items()}
        arrays |= remembered_by(self.optimizer, self.network.params)
        arrays |= as_state(self.start)
        return {
            "parameters": {
                f"{i}.{name}": array.copy()
                for i, params in enumerate(self.network.params)
                for name, array in params.items()
            },
            "arrays": arrays,
            "position": {"step": self.index, "examples": self.examples},
            "dropout": self._dropout_rng.bit_generator.state,
            "changes": [[change.step, change.setting, change.value] for change in self.changes],
            "divergence": None
            if self.divergence is None
            else [self.divergence.step, self.divergence.layer, self.divergence.sentence],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a state of the same experiment, as if training had never stopped.

        Raises
        ------
        ValueError
            If the state is of another experiment, or damaged; nothing is changed.
        """
        for key in ("parameters", "arrays", "position", "dropout", "changes", "divergence"):
            if key not in state:
                raise StateError(key, f"the state has no {key}")
        parameters = parameters_in(self, state["parameters"])
        memories = memories_in(self, state["arrays"])
        position = position_in(self, state["position"])
        changes, experiment = changes_in(self, state["changes"])
        dropout_rng = generator_in(state["dropout"])
        divergence = divergence_in(state["divergence"])
        # All of it is good: from here on nothing can fail.
        self.experiment = experiment
        self.optimizer = build_optimizer(self.experiment)
        self.optimizer.memory = memories.optimizer
        self.changes = [Change(*change) for change in changes]
        self._due = list(self._scheduled)
        for change in self.changes:
            if change in self._due:
                self._due.remove(change)
        self.divergence = None if divergence is None else Divergence(*divergence)
        self._hold(parameters)
        for i, layer in enumerate(self.network.layers):
            layer.statistics = memories.statistics.get(i, {})
        self.last_fired = memories.last_fired
        self._dropout_rng = dropout_rng
        self.index, self.examples = position.step, position.examples
        self._go_to(self.examples)
        self._forget_steps()

    def _widths(self) -> dict[int, int]:
        """The number of outputs of each layer."""
        widths, width = {}, self.dataset.n_in
        for i, layer in enumerate(self.network.layers):
            width = layer.n_out or width
            widths[i] = width
        return widths
