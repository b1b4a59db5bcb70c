"""Recipes: what a picture was made of, carried by the picture itself, so that it can be made again."""

import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from mlpviz.training import Experiment
from mlpviz.training.experiment import LIVE_SETTINGS
from mlpviz.training.trainer import Change

FORMAT = 1
MOST_BYTES = 1 << 20
"""A recipe takes some kilobytes; a longer one is none."""

SMALLEST_PX, LARGEST_PX = 120, 8000
SCALES = (1.0, 4.0)
MOST_FRAMES, FRAME_MS, FRAME_DEFAULT_MS = 1000, (20, 10_000), 120
THEMES = ("light", "dark")
SCREEN_SCALE = "screen scale"
"""Among the versions of a picture of the window: pixels of the screen per pixel of its own."""
MOST_STEPS, MOST_CHANGES, MOST_LETTERS = 100_000_000, 5000, 1000


@dataclass(frozen=True, slots=True)
class View:
    """What is on show, and how.

    Attributes
    ----------
    figure
        Its name in the catalogue of pictures.
    choices
        What was chosen on it: by the names of controls, plain values.
    theme
        ``"light"`` or ``"dark"``.
    width, height
        In pixels, before scaling.
    scale
        Pixels of a PNG per pixel of the view, 1 to 4.
    caption
        The words below the picture; None for those that say what it shows.
    frames
        Of a film: the steps that it shows, ascending; empty for a picture that stands still.
    frame_ms
        How long each is shown, in milliseconds.
    """

    figure: str
    choices: Mapping[str, Any] = field(default_factory=dict)
    theme: str = "light"
    width: int = 720
    height: int = 560
    scale: float = 1.0
    caption: str | None = None
    frames: tuple[int, ...] = ()
    frame_ms: int = FRAME_DEFAULT_MS

    def __post_init__(self) -> None:
        if self.theme not in THEMES:
            raise ValueError(f"theme must be light or dark, not {self.theme!r}")
        for name in ("width", "height"):
            value = getattr(self, name)
            if not SMALLEST_PX <= value <= LARGEST_PX:
                raise ValueError(f"{name} must be from {SMALLEST_PX} to {LARGEST_PX} pixels, not {value}")
        if not SCALES[0] <= self.scale <= SCALES[1]:
            raise ValueError(f"scale must be from {SCALES[0]:g} to {SCALES[1]:g}, not {self.scale:g}")
        if self.caption is not None and len(self.caption) > MOST_LETTERS:
            raise ValueError(f"a caption has at most {MOST_LETTERS} characters, not {len(self.caption)}")
        if len(self.frames) > MOST_FRAMES:
            raise ValueError(f"a film has at most {MOST_FRAMES} frames, not {len(self.frames)}")
        if list(self.frames) != sorted(set(self.frames)) or min(self.frames, default=0) < 0:
            raise ValueError("the frames of a film must be steps of at least 0, ascending")
        if not FRAME_MS[0] <= self.frame_ms <= FRAME_MS[1]:
            raise ValueError(
                f"a frame is shown for {FRAME_MS[0]} to {FRAME_MS[1]} milliseconds, not {self.frame_ms}"
            )


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that a picture of a run is made of: the same recipe gives the same picture.

    Attributes
    ----------
    view
    experiment
        As the run began.
    changes
        Settings that were changed while it trained.
    step
        How many steps it had made.
    diverged
        Whether it stopped by itself there, because its numbers were no longer finite.
    path_from
        The step from which the path of the parameters is known; 0 where the run was trained from its start.
    versions
        What it was made with, by name.
    content
        What a page of several runs shows, in plain values; empty on other pages.
    why_not
        Why the picture cannot be made again, in words; empty where it can.
    """

    view: View
    experiment: Experiment
    changes: tuple[Change, ...]
    step: int
    diverged: bool
    path_from: int
    versions: Mapping[str, str]
    content: Mapping[str, Any] = field(default_factory=dict)
    why_not: str = ""

    def to_json(self) -> str:
        """The recipe as one JSON object, in plain letters."""
        table = {
            "mlpviz_recipe": FORMAT,
            "view": {**asdict(self.view), "choices": dict(self.view.choices)},
            "experiment": self.experiment.to_toml(),
            "changes": [[change.step, change.setting, change.value] for change in self.changes],
            "step": self.step,
            "diverged": self.diverged,
            "path_from": self.path_from,
            "seed": self.experiment.seed,
            "versions": dict(self.versions),
            "content": dict(self.content),
            "why_not": self.why_not,
        }
        return json.dumps(table)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The recipe in a JSON text.

        Raises
        ------
        ValueError
            If it is none, or of a newer version, saying which part cannot be.
        """
        if len(text) > MOST_BYTES:
            raise ValueError("the recipe is longer than a recipe can be")
        try:
            table = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"the recipe is not JSON: {' '.join(str(error).split())}") from error
        if not isinstance(table, dict) or type(table.get("mlpviz_recipe")) is not int:
            raise ValueError("the recipe is not one of mlpviz: it has no mlpviz_recipe")
        if table["mlpviz_recipe"] > FORMAT:
            raise ValueError(
                f"the recipe has format {table['mlpviz_recipe']}, which a newer mlpviz wrote; "
                f"this one reads up to {FORMAT}: update mlpviz"
            )
        step = _whole(table, "step", MOST_STEPS)
        view, experiment = _view_in(table.get("view")), _experiment_in(table.get("experiment"))
        if view.frames and view.frames[-1] > step:
            raise ValueError(f"the recipe's frames end at step {view.frames[-1]}, but its run at step {step}")
        return cls(
            view,
            experiment,
            # What diverged may have made one step more, which was then taken back.
            _changes_in(table.get("changes"), experiment, step + (table.get("diverged") is True)),
            step,
            table.get("diverged") is True,
            _whole(table, "path_from", step),
            _versions_in(table.get("versions")),
            _content_in(table.get("content", {})),
            str(table.get("why_not", "")),
        )


def versions(**others: str) -> dict[str, str]:
    """What decides the bits of a run here, and of its picture with what the `others` are."""
    import numpy as np
    from threadpoolctl import threadpool_info

    import mlpviz

    blas = [pool for pool in threadpool_info() if pool.get("user_api") == "blas"]
    described = sorted(
        {f"{pool['internal_api']} {pool['version']} ({pool.get('architecture', '?')})" for pool in blas}
    )
    return {
        "mlpviz": mlpviz.__version__,
        "NumPy": np.__version__,
        "matrix products": ", ".join(described) or "unknown",
        "processor": platform.machine(),
        **others,
    }


def differences(made_with: Mapping[str, str], here: Mapping[str, str]) -> list[str]:
    """What is other here than where a picture was made, each in words."""
    names = dict.fromkeys([*made_with, *here])
    return [
        f"{name} {made_with.get(name, 'unknown')} there, {here.get(name, 'unknown')} here"
        for name in names
        if made_with.get(name) != here.get(name)
    ]


def _whole(table: Mapping[str, Any], key: str, most: int) -> int:
    value = table.get(key)
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError(f"the recipe's {key} must be a whole number from 0 to {most}, not {value!r:.40}")
    return value


def _view_in(table: Any) -> View:
    if not isinstance(table, dict) or type(table.get("figure")) is not str:
        raise ValueError("the recipe has no view with the name of a figure")
    wanted = {"choices": dict, "theme": str, "width": int, "height": int}
    for key, kind in wanted.items():
        if type(table.get(key)) is not kind:
            raise ValueError(f"the recipe's view must have {key}, not {table.get(key)!r:.40}")
    scale: Any = table.get("scale")
    caption = table.get("caption")
    if type(scale) not in (int, float):
        raise ValueError(f"the recipe's scale must be a number, not {scale!r:.40}")
    if caption is not None and type(caption) is not str:
        raise ValueError("the recipe's caption must be a text or nothing")
    frames, frame_ms = table.get("frames", []), table.get("frame_ms", FRAME_DEFAULT_MS)
    if not isinstance(frames, list) or not all(type(each) is int for each in [*frames, frame_ms]):
        raise ValueError("the recipe's frames must be a list of steps, and frame_ms a whole number")
    try:
        return View(
            table["figure"],
            table["choices"],
            table["theme"],
            table["width"],
            table["height"],
            float(scale),
            caption,
            tuple(frames),
            frame_ms,
        )
    except (ValueError, OverflowError) as error:
        raise ValueError(f"the recipe's view: {error}") from error


def _experiment_in(text: Any) -> Experiment:
    if type(text) is not str:
        raise ValueError("the recipe has no experiment")
    try:
        return Experiment.from_toml(text)
    except ValueError as error:
        raise ValueError(f"the recipe's experiment: {error}") from error


def _changes_in(items: Any, experiment: Experiment, until: int) -> tuple[Change, ...]:
    """The changes, if an experiment can have been changed so on the way to a step."""
    if not isinstance(items, list):
        raise ValueError("the recipe's changes must be a list of [step, setting, value]")
    if len(items) > MOST_CHANGES:
        raise ValueError(f"the recipe has at most {MOST_CHANGES} changes, not {len(items)}")
    before = 0
    for item in items:
        if not isinstance(item, list) or len(item) != 3 or type(item[0]) is not int:
            raise ValueError(f"the recipe's changes: {item!r:.40} is not of the form [step, setting, value]")
        step, setting, value = item
        if setting not in LIVE_SETTINGS:
            raise ValueError(f"the recipe's changes: {setting!r:.40} is no setting that can change")
        if not before <= step <= until:
            raise ValueError(
                f"the recipe's changes must be in the order of their steps, from 0 to {until}: "
                f"one at step {step} comes after one at step {before}"
            )
        try:
            experiment, before = experiment.with_settings({setting: value}), step
        except ValueError as error:
            raise ValueError(f"the recipe's changes: {error}") from error
    return tuple(Change(*item) for item in items)


def _content_in(table: Any) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise ValueError("the recipe's content must be an object")
    return table


def _versions_in(table: Any) -> dict[str, str]:
    if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
        raise ValueError("the recipe's versions must be texts by name")
    return dict(table)
