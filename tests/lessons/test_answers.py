"""Numbers as learners type them, and what is said to them."""

import pytest

from mlpviz.lessons.answers import NEARLY, readings, verdict
from mlpviz.lessons.expressions import Expression
from mlpviz.lessons.lesson import Question, Wrong


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("79510", {79510}),
        (" 159 020 ", {159020}),
        ("159\u2009020", {159020}),
        ("159\u202f020", {159020}),
        ("1\u00a0159\u00a0020,5", {1159020.5}),
        ("159,020.5", {159020.5}),
        ("1,159,020", {1159020}),
        ("79,510", {79510, 79.51}),
        ("1,234", {1234, 1.234}),
        ("0,182", {0.182}),
        ("0,5", {0.5}),
        ("-0,25", {-0.25}),
        ("−0.25", {-0.25}),
        ("− 79 510", {-79510}),
        ("+3", {3}),
        (".5", {0.5}),
        ("5.", {5}),
        ("1e-3", {0.001}),
        ("", set()),
        ("nan", set()),
        ("inf", set()),
        ("1 2", set()),
        ("12 34", set()),
        ("1,23,4", set()),
        ("0.1.2", set()),
        ("two", set()),
    ],
)
def test_a_typed_number_means(text, meant):
    assert {typed.value for typed in readings(text)} == meant


def question(answer, tolerance=0.01):
    wrong = (Wrong(Expression("0.1"), "That is too much."),)
    return Question("?", Expression(answer), (), "", tolerance, "Think.", wrong, "So it is.", 1)


@pytest.mark.parametrize(
    ("text", "right", "words"),
    [
        ("0.0546", True, "Right. So it is."),
        ("0.055", True, "Right. So it is."),
        ("0.05", False, NEARLY),
        ("0,05", False, NEARLY),
        ("0.1", False, "That is too much."),
        ("0", False, "Not yet. Think."),
        ("0.06", False, "Not yet. Think."),
        ("5e-2", False, "Not yet. Think."),
    ],
)
def test_what_is_right_but_too_rough_is_told_so(text, right, words):
    (typed,) = readings(text)
    found = verdict(question("0.0546"), typed.value, {}, typed.decimals)
    assert (found.is_right, found.words) == (right, words)
