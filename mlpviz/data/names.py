"""The error for a name that is not in a table."""

import difflib
from collections.abc import Iterable


def unknown_name(kind: str, name: str, known: Iterable[str]) -> ValueError:
    """The error to raise: it lists the known names and suggests the nearest."""
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1)
    suggestion = f"; did you mean {near[0]!r}?" if near else ""
    return ValueError(f"unknown {kind} {name!r:.80}; known are: {', '.join(names)}{suggestion}")
