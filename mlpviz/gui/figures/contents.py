"""What pages of several runs show: taken between two steps, told in plain values, and had again from them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mlpviz.gui.race_thread import first_batch
from mlpviz.nn.arrays import Array
from mlpviz.training import Experiment, Snapshot
from mlpviz.training.comparisons import Comparison as ReadyMade
from mlpviz.training.experiment import LIVE_SETTINGS
from mlpviz.training.race import MEASURES, Contender, Race, batches_each
from mlpviz.training.replay import Replay
from mlpviz.training.seed_result import SeedResult
from mlpviz.training.sweep import seeds_of, sweep
from mlpviz.training.trainer import Change, Trainer
from mlpviz.training.verdict import criterion

MOST_RUNS, MOST_SEEDS = 8, 10_000
NO_SECONDS = "it shows seconds, which are never the same twice: lay the runs over steps or examples for that"


@dataclass(frozen=True, slots=True, eq=False)
class StillContender:
    """One run of a comparison as it stands, with what its widgets read of a lane.

    Attributes
    ----------
    contender
        Of its own.
    started_at
        The step at which it joined.
    slot, shown
        Of its line.
    """

    contender: Contender
    started_at: int
    slot: int
    shown: bool

    def parts(self) -> tuple[Snapshot, Snapshot, Array, Array]:
        """Its network now and before the first step, and the examples to compare gradients on."""
        trainer = self.contender.trainer
        return trainer.snapshot(), trainer.initial_snapshot(), *first_batch(trainer)


@dataclass(frozen=True, slots=True, eq=False)
class ComparedRuns:
    """What the Compare page shows."""

    runs: tuple[StillContender, ...]
    measure: str

    def told(self) -> dict[str, Any]:
        """How to have it again, in plain values."""
        return {
            "measure": self.measure,
            "runs": [
                {
                    "name": run.contender.name,
                    "experiment": run.contender.trainer.original.to_toml(),
                    "changes": [[c.step, c.setting, c.value] for c in run.contender.trainer.changes],
                    "step": run.contender.trainer.index,
                    "diverged": run.contender.trainer.divergence is not None,
                    "started_at": run.started_at,
                    "slot": run.slot,
                    "shown": run.shown,
                }
                for run in self.runs
            ],
        }

    def why_not(self) -> str:
        """Why it cannot be had again; empty where it can."""
        if self.measure == "seconds":
            return NO_SECONDS
        return next(filter(None, (run.contender.trainer.why_not_again for run in self.runs)), "")

    @classmethod
    def again(cls, told: Mapping[str, Any]) -> "Iterator[ComparedRuns | None]":
        """Train what plain values tell of; None for each step, and at last the whole."""
        runs = told.get("runs")
        if told.get("measure") not in MEASURES or not isinstance(runs, list) or len(runs) > MOST_RUNS:
            raise ValueError("the recipe's comparison has no measure, or no runs")
        found = []
        for run in runs:
            replay, slot, started_at = _replay_in(run), run.get("slot"), run.get("started_at")
            if type(slot) is not int or not 0 <= slot < MOST_RUNS or type(started_at) is not int:
                raise ValueError("the recipe's comparison has a run without a slot or a start")
            for _ in replay.steps():
                yield None
            contender = Contender(str(run.get("name", "")), replay.trainer, replay.history)
            found.append(StillContender(contender, started_at, slot, run.get("shown") is True))
        yield cls(tuple(found), told["measure"])


@dataclass(frozen=True, slots=True, eq=False)
class SeedRuns:
    """What the Seeds page shows."""

    experiment: Experiment
    seeds: range
    share: float | None
    words: str
    results: tuple[SeedResult, ...]

    def told(self) -> dict[str, Any]:
        """How to have it again, in plain values."""
        return {
            "experiment": self.experiment.to_toml(),
            "seeds": [result.seed for result in self.results],
            "asked": len(self.seeds),
            "share": self.share,
        }

    def why_not(self) -> str:
        """It can always be had again."""
        return ""

    @classmethod
    def again(cls, told: Mapping[str, Any]) -> "Iterator[SeedRuns | None]":
        """Train what plain values tell of; None for each seed, and at last the whole."""
        experiment = _experiment_in(told)
        seeds, asked, share = told.get("seeds"), told.get("asked"), told.get("share")
        if (
            not isinstance(seeds, list)
            or len(seeds) > MOST_SEEDS
            or not all(type(seed) is int and seed >= 0 for seed in seeds)
            or type(asked) is not int
            or not (share is None or isinstance(share, (int, float)))
        ):
            raise ValueError("the recipe's seeds must be a list of whole numbers")
        results = []
        for result in sweep(experiment, seeds, share) if seeds else ():
            results.append(result)
            yield None
        words = criterion(Replay(experiment).trainer, share).words
        in_order = tuple(sorted(results, key=lambda each: each.seed))
        yield cls(experiment, seeds_of(experiment, asked), share, words, in_order)


Content = ComparedRuns | SeedRuns

KINDS: dict[str, type[ComparedRuns] | type[SeedRuns]] = {"compare": ComparedRuns, "many_seeds": SeedRuns}
"""By the key of the page."""


def content_again(page: str, told: Mapping[str, Any]) -> Iterator[Content | None]:
    """Train what a recipe tells of the content of a page; None for each step, and at last the content.

    Raises
    ------
    ValueError
        If the page has no such content.
    """
    if page not in KINDS:
        raise ValueError(f"the recipe tells of the content of a page {page!r:.20}, which has none")
    yield from KINDS[page].again(told)


def raced(comparison: ReadyMade, steps: int | None) -> Iterator[Content | None]:
    """Race a ready-made comparison for so many steps each, or to its end, likewise."""
    contenders = [Contender(run.name, Trainer(run.experiment)) for run in comparison.runs]
    race = Race(contenders, comparison.measure)
    goal = None if steps is None else batches_each(contenders, steps)
    while race.advance(goal) is not None:
        yield None
    yield standing(race)


def standing(race: Race) -> ComparedRuns:
    """The runs of a race as they stand, each of its own."""
    twins = [contender.fork(contender.name) for contender in race.contenders]
    runs = [StillContender(twin, 0, slot, True) for slot, twin in enumerate(twins)]
    return ComparedRuns(tuple(runs), race.measure)


def _experiment_in(told: Any) -> Experiment:
    if not isinstance(told, dict) or not isinstance(told.get("experiment"), str):
        raise ValueError("the recipe has no experiment")
    return Experiment.from_toml(told["experiment"])


def _replay_in(told: Any) -> Replay:
    """The run that plain values tell of, to be trained."""
    experiment = _experiment_in(told)
    changes, step = told.get("changes", []), told.get("step")
    if type(step) is not int or step < 0 or not isinstance(changes, list):
        raise ValueError("the recipe's comparison has a run without a step")
    for change in changes:
        if not isinstance(change, list) or len(change) != 3 or change[1] not in LIVE_SETTINGS:
            raise ValueError(
                f"the recipe's changes: {change!r:.40} is not of the form [step, setting, value]"
            )
    made = [Change(*change) for change in changes]
    return Replay(experiment, made, step, told.get("diverged") is True)
