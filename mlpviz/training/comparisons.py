"""The comparisons that come with the program: which runs, what they are measured by, what to look at."""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlpviz.data import unknown_name
from mlpviz.locations import resource_path
from mlpviz.training.experiment import Experiment
from mlpviz.training.presets import find_experiment
from mlpviz.training.race import MEASURES

DEFAULT_COMPARISON = "depth"
LOOKS = ("loss", "accuracy", "gradients", "shrinking", "weights")
"""What a comparison can be about."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a comparison: what it is called, and what it trains."""

    name: str
    experiment: Experiment


@dataclass(frozen=True, slots=True)
class Comparison:
    """Runs to lay side by side.

    Attributes
    ----------
    title, description
        For the menu, and two or three sentences on what to look for.
    measure
        A key of `MEASURES`: what the race and the axis go by.
    look
        One of `LOOKS`.
    runs
        At least two.
    """

    title: str
    description: str
    measure: str
    look: str
    runs: tuple[Run, ...]

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> "Comparison":
        """The comparison that a TOML table describes.

        Raises
        ------
        ValueError
            If something is missing, unknown or impossible; the sentence names it.
        """
        wanted = ("title", "description", "measure", "look", "runs")
        for key in table:
            if key not in wanted:
                raise unknown_name("setting", key, wanted)
        for key in wanted:
            if key not in table:
                raise ValueError(f"{key} is missing")
        if table["measure"] not in MEASURES:
            raise unknown_name("measure", str(table["measure"]), MEASURES)
        if table["look"] not in LOOKS:
            raise unknown_name("look", str(table["look"]), LOOKS)
        runs = tuple(_run(entry, i) for i, entry in enumerate(table["runs"]))
        if len(runs) < 2 or len({run.name for run in runs}) < len(runs):
            raise ValueError("runs must be at least two, each with a name of its own")
        words = " ".join(str(table["description"]).split())
        return cls(str(table["title"]), words, table["measure"], table["look"], runs)

    @classmethod
    def read(cls, path: Path) -> "Comparison":
        """The comparison in a TOML file; errors name the file."""
        try:
            return cls.from_table(tomllib.loads(path.read_text(encoding="utf-8")))
        except OSError as error:
            raise ValueError(f"{path}: cannot be read: {error.strerror}") from error
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error


def comparison_names() -> list[str]:
    """The names of all comparisons: the default first, the others in alphabetical order."""
    names = sorted(path.stem for path in resource_path("comparisons").glob("*.toml"))
    return sorted(names, key=lambda name: name != DEFAULT_COMPARISON)


@functools.cache
def load_comparison(name: str) -> Comparison:
    """The comparison of that name.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    if name not in comparison_names():
        raise unknown_name("comparison", name, comparison_names())
    return Comparison.read(resource_path("comparisons", f"{name}.toml"))


def of_experiments(names: list[str], measure: str) -> Comparison:
    """The comparison of presets or TOML files, each called by its name.

    Raises
    ------
    ValueError
        If there are fewer than two, one twice, or one that is no experiment.
    """
    if len(names) < 2:
        raise ValueError(
            f"{names[0]!r} is no comparison that comes with mlpviz ({', '.join(comparison_names())}): "
            "name at least two experiments to compare"
        )
    if len(set(names)) < len(names):
        raise ValueError("an experiment compared with itself is twice the same run, to the last bit")
    runs = tuple(Run(name, find_experiment(name)) for name in names)
    return Comparison(" and ".join(names), "", measure, "loss", runs)


def _run(entry: Mapping[str, Any], place: int) -> Run:
    for key in ("name", "experiment"):
        if not isinstance(entry.get(key), str):
            raise ValueError(f"runs.{place} needs its {key}")
    for key in entry:
        if key not in ("name", "experiment", "settings"):
            raise unknown_name(f"setting in runs.{place},", key, ("name", "experiment", "settings"))
    try:
        experiment = find_experiment(entry["experiment"]).with_settings(entry.get("settings", {}))
    except ValueError as error:
        raise ValueError(f"runs.{place} ({entry['name']}): {error}") from error
    return Run(entry["name"], experiment)
