"""What a lesson can do for the learner: a verb and what it takes, such as ``"set learning_rate 2"``."""

from dataclasses import dataclass

from mlpviz.data import unknown_name

VERBS: dict[str, str] = {
    "batch": "N: so many mini-batches, 1 if not said",
    "epoch": "to the end of the pass",
    "train": "until all epochs are done",
    "train_to": "N: until that step",
    "reset": "back to the first step",
    "new_seed": "from other initial weights",
    "set": "NAME VALUE: a setting of the experiment",
    "preset": "NAME: another experiment",
    "click": "OBJECT: press a button",
    "choose": "OBJECT TEXT: take an entry of a menu",
    "pick": "OBJECT N: a picture, a cell or a unit",
    "page": "NAME: show a page",
    "stage": "N: go to a stage of the walkthrough",
    "draw": "x,y x,y …: a stroke on the board, from 0 to 1",
    "race": "N: so many steps of each run that is compared",
}
"""What each is followed by, and does."""

_WORDS = {
    "set": 2,
    "choose": 2,
    "pick": 2,
    "train_to": 1,
    "preset": 1,
    "click": 1,
    "page": 1,
    "stage": 1,
    "race": 1,
    "draw": 1,
}
_NUMBERS = ("train_to", "stage", "race")


MAKES_STEPS = frozenset(("batch", "epoch", "train", "train_to", "reset", "new_seed", "set", "preset", "race"))
"""Verbs on which later steps of a lesson build: they change the run, not what is looked at."""


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing to do, with its words."""

    name: str
    words: tuple[str, ...]

    @property
    def count(self) -> int:
        """The number that it takes, the last word; 1 where there is none."""
        return int(self.words[-1]) if self.words else 1


def check_verb(text: str) -> Verb:
    """The verb in a text.

    Raises
    ------
    ValueError
        If there is no such verb, or it takes something else.
    """
    name, _, rest = text.strip().partition(" ")
    if name not in VERBS:
        raise unknown_name("verb", name, VERBS)
    most = _WORDS.get(name, 1 if name == "batch" else 0)
    words = tuple(rest.strip().split(" ", most - 1)) if rest.strip() else ()
    if len(words) < _WORDS.get(name, 0) or len(words) > most:
        raise ValueError(f"{text!r}: {name} is followed by {VERBS[name]}")
    if (name in _NUMBERS or name == "pick" or (name == "batch" and words)) and not words[-1].isdecimal():
        raise ValueError(f"{text!r}: {name} takes a whole number, not {words[-1]!r}")
    if name == "draw":
        stroke_of(words[0])
    return Verb(name, words)


def stroke_of(words: str) -> list[tuple[float, float]]:
    """The points of a stroke, such as ``"0.3,0.2 0.7,0.2"``.

    Raises
    ------
    ValueError
        If they are not at least two points of the board.
    """
    try:
        points = [(float(x), float(y)) for x, y in (point.split(",") for point in words.split())]
    except ValueError:
        points = []
    if len(points) < 2 or not all(0 <= place <= 1 for point in points for place in point):
        raise ValueError(f"draw {words}: a stroke is at least two points x,y with x and y from 0 to 1")
    return points
