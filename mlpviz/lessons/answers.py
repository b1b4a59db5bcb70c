"""Tells whether an answer is right, and what to say to it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlpviz.lessons.lesson import Question

RIGHT = "Right."
NOT_YET = "Not yet."
SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an answer is right, and a sentence or two about it."""

    is_right: bool
    words: str


def verdict(question: Question, answer: float, names: Mapping[str, Any]) -> Verdict:
    """Judge an answer by the run as it stands.

    Parameters
    ----------
    question
    answer
        A number; the place of a choice; or the index of what was clicked.
    names
        What formulas may speak of.

    Raises
    ------
    ValueError
        If the right answer cannot be computed now.
    """
    right = right_answer(question, names)
    if _is_same(question, answer, right):
        return Verdict(True, f"{RIGHT} {question.right}".strip())
    for wrong in question.wrong:
        if _is_same(question, answer, float(wrong.answer.value(names))):
            return Verdict(False, wrong.say)
    return Verdict(False, f"{NOT_YET} {question.hint}")


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
