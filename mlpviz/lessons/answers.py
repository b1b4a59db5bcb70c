"""Tells whether an answer is right, and what to say to it."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlpviz.lessons.lesson import Question

RIGHT = "Right."
NOT_YET = "Not yet."
NEARLY = "Nearly: give one more decimal."
SAME = 1e-9
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_SPACED = re.compile(r"[+-]?\d{1,3}(?:\s\d{3})+(?:[.,]\d+)?")
_PLAIN = re.compile(r"[+-]?(?:\d+\.?(?P<decimals>\d*)|\.(?P<only>\d+))(?P<power>[eE][+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class Typed:
    """A number that was typed, and how many decimals it was given; None where that says nothing."""

    value: float
    decimals: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an answer is right, and a sentence or two about it."""

    is_right: bool
    words: str


def readings(text: str) -> tuple[Typed, ...]:
    """What a typed number may mean; nothing if it is none.

    Thousands may stand in groups, with spaces or commas between them; a comma may also begin the decimals.
    So "1,234" means two things, and "0,182" only one, for no group follows a leading 0.
    """
    text = text.replace("\u2212", "-").strip()
    if text[:1] in ("+", "-"):
        text = text[0] + text[1:].lstrip()
    if _SPACED.fullmatch(text):
        text = re.sub(r"\s", "", text)
    found = []
    if _GROUPED.fullmatch(text):
        found.append(text.replace(",", ""))
    if text.count(",") == 1 and "." not in text:
        found.append(text.replace(",", "."))
    return tuple(_typed(match) for match in map(_PLAIN.fullmatch, found or [text]) if match)


def _typed(match: re.Match[str]) -> Typed:
    decimals = match["decimals"] or match["only"] or ""
    return Typed(float(match[0]), None if match["power"] else len(decimals))


def verdict(
    question: Question, answer: float, names: Mapping[str, Any], decimals: int | None = None
) -> Verdict:
    """Judge an answer by the run as it stands.

    Parameters
    ----------
    question
    answer
        A number; the place of a choice; or the index of what was clicked.
    names
        What formulas may speak of.
    decimals
        How many of them a typed number has: one that is right as far as it goes is told to go further.

    Raises
    ------
    ValueError
        If the right answer cannot be computed now.
    """
    right = right_answer(question, names)
    if _is_same(question, answer, right):
        return Verdict(True, told_right(question))
    for wrong in question.wrong:
        if _is_same(question, answer, float(wrong.answer.value(names))):
            return Verdict(False, wrong.say)
    if decimals is not None and answer and abs(answer - right) <= 0.5 * 10.0**-decimals + SAME:
        return Verdict(False, NEARLY)
    return Verdict(False, f"{NOT_YET} {question.hint}")


def told_right(question: Question) -> str:
    """What is said to the right answer."""
    return f"{RIGHT} {question.right}".strip()


def right_answer(question: Question, names: Mapping[str, Any]) -> float:
    """The answer, computed from the run as it stands."""
    right = float(question.answer.value(names))
    if question.choices and right not in range(len(question.choices)):
        raise ValueError(f"{question.answer.text!r} is {right:g}, which is no place of a choice")
    return right


def _is_same(question: Question, answer: float, wanted: float) -> bool:
    if question.choices or question.click:
        return answer == wanted
    if not math.isfinite(wanted):
        return False
    return abs(answer - wanted) <= question.tolerance * abs(wanted) + SAME
