"""The words that mlpviz uses: reads the glossary, finds an entry by a word or a place, and links entries."""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from urllib.parse import unquote

from mlpviz.locations import resource_path

_FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+)\$", re.DOTALL)
_PICTURE = re.compile(r"!\[([^\]]*)\]\(picture:([^)]*)\)")
_TABLE_ROW = re.compile(r"^\|.*$", re.MULTILINE)
_END_OF_SENTENCE = re.compile(r"[.?](?=\s|$)")
_LEFT_ALONE = r"\$\$.+?\$\$|\$[^$\n]+\$|`[^`\n]*`|!?\[[^\]]*\]\([^)]*\)|\*[^*\n]+\*|^\|[^\n]*$"
_TERM_LINK = re.compile(r"\]\(<?term:([^)>]*)>?\)")
_PLACE = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Entry:
    """A word and what it means.

    Attributes
    ----------
    term
        The word, as it is written in a sentence.
    aliases
        Other names of the same thing.
    places
        Object names of what in the window shows it.
    text
        Markdown, with LaTeX between dollar signs and pictures as ``![words](picture:name)``.
    line
        In the file.
    """

    term: str
    aliases: tuple[str, ...]
    places: tuple[str, ...]
    text: str
    line: int

    @property
    def names(self) -> tuple[str, ...]:
        """The term and its aliases."""
        return (self.term, *self.aliases)

    @property
    def formulas(self) -> tuple[str, ...]:
        """The LaTeX of each formula."""
        return tuple((found[1] or found[2]).strip() for found in _FORMULA.finditer(self.text))

    @property
    def pictures(self) -> tuple[str, ...]:
        """The names of its pictures."""
        return tuple(found[2] for found in _PICTURE.finditer(self.text))

    @property
    def prose(self) -> str:
        """Its sentences, without the formulas, pictures and tables that stand by themselves."""
        bare = re.sub(r"\$\$.+?\$\$", "", self.text, flags=re.DOTALL)
        return " ".join(_TABLE_ROW.sub("", _PICTURE.sub("", bare)).split())

    @property
    def n_sentences(self) -> int:
        """How many sentences it has."""
        return len(_END_OF_SENTENCE.findall(self.prose))


class Glossary:
    """All entries.

    Parameters
    ----------
    entries : iterable of Entry
        No name and no place may be there twice.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(sorted(entries, key=lambda entry: entry.term.casefold()))
        self._by_name = {_key(name): entry for entry in self.entries for name in entry.names}
        self._by_place = {place: entry for entry in self.entries for place in entry.places}

    def find(self, words: str) -> Entry:
        """The entry of a term or an alias: upper or lower case, one or many, spaced or joined by hyphens.

        Raises
        ------
        ValueError
            If there is none.
        """
        key = _key(unquote(words))
        for each in (key, *_singulars(key)):
            if each in self._by_name:
                return self._by_name[each]
        near = difflib.get_close_matches(key, self._by_name, n=1)
        suggestion = f"; did you mean {self._by_name[near[0]].term!r}?" if near else ""
        raise ValueError(f"the glossary has no entry {words!r}{suggestion}")

    def at(self, object_name: str) -> Entry | None:
        """The entry for a place in the window."""
        return self._by_place.get(object_name)

    def search(self, words: str) -> list[Entry]:
        """The entries with a name that has these words in it: first the best match, then in their order."""
        wanted = _key(words)

        def rank(entry: Entry) -> int:
            keys = [_key(name) for name in entry.names]
            if not any(wanted in key for key in keys):
                return 4
            if wanted == keys[0]:
                return 0
            if wanted in keys:
                return 1
            return 2 if any(key.startswith(wanted) for key in keys) else 3

        ranked = [(rank(entry), entry) for entry in self.entries]
        return [entry for place, entry in sorted(ranked, key=lambda each: each[0]) if place < 4]

    def linked(self, entry: Entry) -> str:
        """The text of an entry in which the first mention of each other one is a link to it."""
        seen = {entry.term}

        def link(found: re.Match[str]) -> str:
            if found["word"] is None:
                return found[0]
            other = self.find(found["word"])
            if other.term in seen:
                return found[0]
            seen.add(other.term)
            return f"[{found[0]}]({address(other.term)})"

        return self._mentions.sub(link, entry.text)

    @cached_property
    def _mentions(self) -> re.Pattern[str]:
        """What finds any name, one or many of it; the longest first, so that no part of one is taken."""
        names = sorted((name for entry in self.entries for name in entry.names), key=len, reverse=True)
        words = "|".join(_form(name) for name in names)
        flags = re.DOTALL | re.MULTILINE | re.IGNORECASE
        return re.compile(rf"{_LEFT_ALONE}|(?<![\w-])(?P<word>{words})(?![\w-])", flags)


def address(term: str) -> str:
    """What a link to an entry is written as: ``term:hidden-layer``."""
    return f"term:{_key(term).replace(' ', '-')}"


def unknown_terms(markdown: str) -> list[str]:
    """A sentence for each link of a text to an entry that does not exist."""
    sentences = []
    for words in _TERM_LINK.findall(markdown):
        try:
            glossary().find(words)
        except ValueError as error:
            sentences.append(str(error))
    return sentences


@cache
def glossary() -> Glossary:
    """The glossary that comes with the program."""
    return read_glossary(resource_path("glossary.md"))


def read_glossary(path: Path) -> Glossary:
    """The glossary in a file; what stands above its first entry is for those who write it.

    Raises
    ------
    ValueError
        If it has a mistake; the sentence names file and line.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not a text file in UTF-8, so not a glossary") from error
    heads = [i for i, line in enumerate(lines) if line.startswith("## ")]
    if not heads:
        raise ValueError(f"{path}: a glossary needs entries, each under a heading such as ## weight")
    entries = [
        _entry(path, lines, head, end) for head, end in zip(heads, [*heads[1:], len(lines)], strict=True)
    ]
    _check_once(path, entries, lambda entry: [_key(name) for name in entry.names], "called")
    _check_once(path, entries, lambda entry: entry.places, "at")
    return Glossary(entries)


def _entry(path: Path, lines: list[str], head: int, end: int) -> Entry:
    given: dict[str, tuple[str, ...]] = {"also": (), "at": ()}
    i = head + 1
    while i < end and (found := re.match(r"([a-z]+):(?= |$)", lines[i])):
        if found[1] not in given:
            raise ValueError(f"{path}, line {i + 1}: below a heading come also: and at:, not {found[1]}:")
        given[found[1]] = tuple(word.strip() for word in lines[i][found.end() :].split(",") if word.strip())
        i += 1
    for place in given["at"]:
        if not _PLACE.fullmatch(place):
            raise ValueError(f"{path}, line {head + 1}: {place!r} is not an object name")
    term, text = lines[head][3:].strip(), "\n".join(lines[i:end]).strip()
    if not term or not text:
        raise ValueError(f"{path}, line {head + 1}: an entry needs a heading and sentences below it")
    return Entry(term, given["also"], given["at"], text, head + 1)


def _check_once(
    path: Path, entries: list[Entry], names_of: Callable[[Entry], "list[str] | tuple[str, ...]"], how: str
) -> None:
    owner: dict[str, Entry] = {}
    for entry in entries:
        for name in names_of(entry):
            if name in owner:
                raise ValueError(
                    f"{path}, line {entry.line}: {entry.term!r} is {how} {name!r}, "
                    f"and so is {owner[name].term!r} in line {owner[name].line}"
                )
            owner[name] = entry


def _key(words: str) -> str:
    return " ".join(re.split(r"[\s_-]+", words.strip().casefold()))


def _singulars(key: str) -> Iterator[str]:
    """What a word in the plural may be the plural of."""
    for ending, instead in (("s", ""), ("es", ""), ("ies", "y")):
        if key.endswith(ending):
            yield key.removesuffix(ending) + instead


def _form(name: str) -> str:
    """What matches a name in a sentence, also broken over two lines, and its plural."""
    words = r"[\s-]+".join(re.escape(word) for word in re.split(r"[\s-]+", name))
    if name.isupper():  # OR is a gate, or is not
        return rf"(?-i:{words})"
    stem = rf"{words[:-1]}(?:y|ies)" if name.endswith("y") else words
    return rf"{stem}(?:e?s)?" if name[-1].isalpha() else words
