"""Reads a lesson file: front matter in TOML, then steps in Markdown; a mistake is named with its line."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mlpviz.data import unknown_name
from mlpviz.lessons.expressions import Expression
from mlpviz.lessons.glossary import unknown_terms
from mlpviz.lessons.lesson import PAGES, Claim, Lesson, LessonStep, Question, Stage, Task, Wrong
from mlpviz.lessons.quantities import QUANTITIES
from mlpviz.lessons.verbs import check_verb
from mlpviz.training.experiment import LIVE_SETTINGS
from mlpviz.training.presets import load_preset

MOST_BYTES = 1 << 20
NUMBERS = (int, float)

_FENCE = re.compile(r"^```(\w+)\s*$")
_PLACE = re.compile(r"(?<!\\)\{([a-z_][a-z0-9_]*)\}")
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)|\(at end of document\)")


class LessonError(ValueError):
    """A mistake in a lesson file, with its line."""

    def __init__(self, path: Path, line: int, sentence: str) -> None:
        super().__init__(f"{path}, line {line}: {sentence}")
        self.line = line


def read_lesson(path: Path) -> Lesson:
    """The lesson in a file.

    Raises
    ------
    ValueError
        If it is none; the sentence names file and line.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError(f"{path} is larger than a lesson can be")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not a text file in UTF-8, so not a lesson") from error
    return _Reader(path, text).lesson()


class _Reader:
    def __init__(self, path: Path, text: str) -> None:
        self._path, self._lines = path, text.split("\n")

    def lesson(self) -> Lesson:
        for i, line in enumerate(self._lines):
            for sentence in unknown_terms(line):
                raise self._error(i + 1, sentence)
        front, body_at = self._front()
        claims = tuple(self._claim(entry, 1) for entry in self._list(front, "claims", 1))
        names = {claim.name: claim for claim in claims}
        if len(names) < len(claims):
            raise self._error(1, "two claims have the same name")
        steps = tuple(self._steps(body_at, names))
        if not steps:
            raise self._error(body_at + 1, "a lesson needs steps, each under a heading such as ## One weight")
        used = {name for step in steps for name in _PLACE.findall(_without_formulas(step.text))}
        lesson = Lesson(
            self._path.stem,
            self._text(front, "title", 1),
            self._text(front, "summary", 1),
            self._whole(front, "order", 1),
            self._whole(front, "minutes", 1),
            claims,
            steps,
            self._path,
        )
        for key in front:
            if key not in ("title", "summary", "order", "minutes", "claims"):
                raise self._error(
                    1, str(unknown_name("setting", key, ["title", "summary", "order", "minutes", "claims"]))
                )
        for claim in claims:
            if claim.name not in used and claim.name not in self._told_elsewhere(steps):
                raise self._error(
                    claim.line, f"the claim {claim.name!r} is told nowhere: write {{{claim.name}}}"
                )
        return lesson

    @staticmethod
    def _told_elsewhere(steps: tuple[LessonStep, ...]) -> set[str]:
        words = [
            words
            for step in steps
            if step.question is not None
            for words in (
                step.question.ask,
                step.question.hint,
                step.question.right,
                *(w.say for w in step.question.wrong),
            )
        ]
        return {name for each in words for name in _PLACE.findall(each)}

    # ------------------------------------------------------------------ front matter and blocks

    def _front(self) -> tuple[dict[str, Any], int]:
        if self._lines[0].strip() != "+++":
            raise self._error(1, "a lesson begins with +++, its title and so on in TOML, and +++ again")
        try:
            end = next(i for i in range(1, len(self._lines)) if self._lines[i].strip() == "+++")
        except StopIteration:
            raise self._error(1, "the front matter has no end: a line with +++") from None
        return self._toml(self._lines[1:end], 2), end + 1

    def _toml(self, lines: list[str], at: int) -> dict[str, Any]:
        try:
            return tomllib.loads("\n".join(lines))
        except tomllib.TOMLDecodeError as error:
            found = _AT_LINE.search(str(error))
            line = at + (int(found[1]) - 1 if found and found[1] else len(lines) - 1)
            raise self._error(line, f"not valid TOML: {_AT_LINE.sub('', str(error)).strip()}") from error
        except RecursionError as error:
            raise self._error(at, "nested too deeply") from error

    def _steps(self, start: int, claims: Mapping[str, Claim]) -> Iterator[LessonStep]:
        heads = [i for i in range(start, len(self._lines)) if self._lines[i].startswith("## ")]
        for i in range(start, heads[0] if heads else len(self._lines)):
            if self._lines[i].strip():
                raise self._error(i + 1, "text belongs below the heading of a step, such as ## One weight")
        for k, head in enumerate(heads):
            end = heads[k + 1] if k + 1 < len(heads) else len(self._lines)
            yield self._step(head, end, claims)

    def _step(self, head: int, end: int, claims: Mapping[str, Claim]) -> LessonStep:
        text: list[str] = []
        stage, task, question = Stage(), None, None
        i = head + 1
        while i < end:
            fence = _FENCE.match(self._lines[i])
            if fence is None or fence[1] not in ("stage", "task", "question"):
                text.append(self._lines[i])
                i += 1
                continue
            close = next((j for j in range(i + 1, end) if self._lines[j].strip() == "```"), None)
            if close is None:
                raise self._error(i + 1, f"the block {fence[1]} has no end: a line with ```")
            table, at = self._toml(self._lines[i + 1 : close], i + 2), i + 1
            if fence[1] == "stage":
                stage = self._stage(table, at)
            elif fence[1] == "task":
                task = self._task(table, at)
            else:
                question = self._question(table, at)
            i = close + 1
        whole = "\n".join(text).strip()
        for name in _PLACE.findall(_without_formulas(whole)):
            if name not in claims:
                raise self._error(head + 1, f"the text has {{{name}}}, but there is no claim of that name")
        return LessonStep(self._lines[head][3:].strip(), whole, stage, task, question, head + 1)

    # ------------------------------------------------------------------ parts

    def _claim(self, table: Any, at: int) -> Claim:
        at = self._line_of(f'name = "{table.get("name", "")}"', at)
        self._known(table, at, ("name", "preset", "set", "steps", "value", "is", "within", "shown"))
        name = self._text(table, "name", at)
        if not re.fullmatch(r"[a-z_][a-z0-9_]*", name):
            raise self._error(at, f"a claim's name is of small letters, digits and _, not {name!r}")
        states, within = table.get("is"), table.get("within")
        if type(states) not in NUMBERS or type(within) not in NUMBERS or within < 0:
            raise self._error(at, f"the claim {name!r} needs numbers: is = …, within = …")
        steps = table.get("steps", "end")
        if steps != "end" and (type(steps) is not int or steps < 0):
            raise self._error(at, f"the claim {name!r}: steps is a whole number, or 'end'")
        experiment, settings = self._experiment(table, at)
        if not experiment:
            raise self._error(at, f"the claim {name!r} needs a preset to be seen in")
        return Claim(
            name,
            experiment,
            settings,
            None if steps == "end" else steps,
            self._formula(table, "value", at),
            float(states),
            float(within),
            str(table.get("shown", f"{states:g}")),
            at,
        )

    def _stage(self, table: dict[str, Any], at: int) -> Stage:
        keys = ("preset", "set", "train_to", "page", "view", "choose", "example", "split", "stage")
        self._known(table, at, (*keys, "comparison", "change", "look_at"))
        experiment, settings = self._experiment(table, at)
        page = str(table.get("page", ""))
        if page and page not in PAGES:
            raise self._error(at, str(unknown_name("page", page, PAGES)))
        for key in ("train_to", "example", "stage"):
            if key in table and (type(table[key]) is not int or table[key] < 0):
                raise self._error(at, f"{key} must be a whole number of at least 0, not {table[key]!r}")
        changes = table.get("change", {})
        for name in changes:
            if name not in LIVE_SETTINGS:
                raise self._error(at, str(unknown_name("live setting", name, LIVE_SETTINGS)))
        look_at = table.get("look_at", [])
        return Stage(
            experiment,
            settings,
            table.get("train_to", 0),
            page,
            str(table.get("view", "")),
            table.get("choose", {}),
            table.get("example"),
            str(table.get("split", "")),
            table.get("stage"),
            str(table.get("comparison", "")),
            changes,
            (look_at,) if isinstance(look_at, str) else tuple(map(str, look_at)),
        )

    def _task(self, table: dict[str, Any], at: int) -> Task:
        self._known(table, at, ("words", "until", "do"))
        do = table.get("do", [])
        verbs = tuple([do] if isinstance(do, str) else map(str, do))
        if not verbs:
            raise self._error(at, 'a task needs do = …: what does it for the learner, such as "batch 3"')
        for verb in verbs:
            try:
                check_verb(verb)
            except ValueError as error:
                raise self._error(at, str(error)) from error
        return Task(self._text(table, "words", at), self._formula(table, "until", at), verbs)

    def _question(self, table: dict[str, Any], at: int) -> Question:
        keys = ("ask", "answer", "choices", "click", "tolerance", "hint", "right", "wrong")
        self._known(table, at, keys)
        choices = tuple(map(str, table.get("choices", ())))
        if len(choices) == 1 or len(set(choices)) < len(choices):
            raise self._error(at, "choices must be at least two, each another one")
        tolerance = table.get("tolerance", 0.02)
        if type(tolerance) not in NUMBERS or not 0 <= tolerance < 1:
            raise self._error(at, f"tolerance is a part of the answer, from 0 to 1, not {tolerance!r}")
        wrong = tuple(
            Wrong(self._formula(entry, "answer", at), self._text(entry, "say", at))
            for entry in self._list(table, "wrong", at)
        )
        return Question(
            self._text(table, "ask", at),
            self._formula(table, "answer", at),
            choices,
            str(table.get("click", "")),
            float(tolerance),
            self._text(table, "hint", at),
            wrong,
            str(table.get("right", "")),
            at,
        )

    def _experiment(self, table: Mapping[str, Any], at: int) -> tuple[str, dict[str, Any]]:
        name, settings = str(table.get("preset", "")), table.get("set", {})
        if not isinstance(settings, dict):
            raise self._error(at, "set must be a table, such as set = {seed = 1}")
        if settings and not name:
            raise self._error(at, "set changes settings of a preset, and there is none")
        if name:
            try:
                load_preset(name).with_settings(settings)
            except ValueError as error:
                raise self._error(at, str(error)) from error
        return name, settings

    # ------------------------------------------------------------------ small things

    def _formula(self, table: Mapping[str, Any], key: str, at: int) -> Expression:
        value = table.get(key)
        if type(value) in (int, float):
            value = repr(value)
        if not isinstance(value, str) or not value.strip():
            raise self._error(at, f'{key} is missing: a number, or a formula such as "weight(1)[0, 0]"')
        try:
            expression = Expression(value)
            expression.check_names(frozenset(QUANTITIES))
        except ValueError as error:
            raise self._error(at, str(error)) from error
        return expression

    def _text(self, table: Mapping[str, Any], key: str, at: int) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self._error(at, f"{key} is missing, or no text")
        return value.strip()

    def _whole(self, table: Mapping[str, Any], key: str, at: int) -> int:
        value = table.get(key)
        if type(value) is not int:
            raise self._error(at, f"{key} is missing, or no whole number")
        return value

    def _list(self, table: Mapping[str, Any], key: str, at: int) -> list[dict[str, Any]]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise self._error(at, f"{key} must be written as [[{key}]]")
        return value

    def _known(self, table: Mapping[str, Any], at: int, keys: tuple[str, ...]) -> None:
        for key in table:
            if key not in keys:
                raise self._error(at, str(unknown_name("setting", key, keys)))

    def _line_of(self, text: str, otherwise: int) -> int:
        return next((i for i, line in enumerate(self._lines, 1) if line.strip() == text), otherwise)

    def _error(self, line: int, sentence: str) -> LessonError:
        return LessonError(self._path, line, sentence)


def _without_formulas(text: str) -> str:
    """A text without what stands between dollar signs, where braces belong to LaTeX, and without code."""
    return re.sub(r"\$\$.*?\$\$|\$[^$\n]*\$|`[^`\n]*`", "", text, flags=re.DOTALL)
