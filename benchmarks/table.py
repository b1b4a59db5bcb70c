"""Numbers by name as lines of text: what is called "row | column" stands in a table."""

from collections.abc import Iterator, Mapping
from itertools import groupby

from benchmarks.goals import GOALS

BETWEEN = " | "
_GAP = "  "


def lines(results: Mapping[str, float]) -> Iterator[str]:
    """A line for each row, after one for its columns where they are others than those of the row before."""
    rows: dict[str, dict[str, float]] = {}
    for name, value in results.items():
        row, _, column = name.partition(BETWEEN)
        rows.setdefault(row, {})[column] = value
    left = max(map(len, rows), default=0)
    for columns, group in groupby(rows, key=lambda row: list(rows[row])):
        widths = [max(len(column), 10) for column in columns]
        if any(columns):
            yield _line("", left, columns, widths)
        for row in group:
            yield _line(row, left, [f"{value:,.3f}" for value in rows[row].values()], widths)


def goal_lines(results: Mapping[str, float]) -> Iterator[str]:
    """A line for each number that has a bound: the number, the bound, and whether it is met."""
    judged = [(name, results[name], bound) for name, bound in GOALS.items() if name in results]
    left = max((len(name) for name, _, _ in judged), default=0)
    for name, value, bound in judged:
        verdict = "met" if value in bound else "MISSED"
        yield _GAP.join([f"{name:{left}}", f"{value:10,.3f}", f"{bound!s:14}", verdict])


def _line(row: str, left: int, cells: list[str], widths: list[int]) -> str:
    return _GAP.join(
        [f"{row:{left}}", *(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))]
    )
