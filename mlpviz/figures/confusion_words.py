"""What a cell of a confusion matrix means, in words."""

from mlpviz.figures.numbers import format_number, format_percent

_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def spelt(name: str) -> str:
    """A class in words: digits are spelt, other names are as they are."""
    return _DIGITS[int(name)] if name.isdecimal() and len(name) == 1 else name


def counted(count: int, name: str) -> str:
    """So many examples of a class: "12 fours", "1 six", "no versicolor"."""
    number = format_number(count) if count else "no"
    word = spelt(name)
    if word == name or count < 2:
        return f"{number} {word}"
    return f"{number} {word}es" if word.endswith("x") else f"{number} {word}s"


def read_as(count: int, true: str, said: str, of: int) -> str:
    """A cell in words: "12 fours were read as nine, 1.22 % of the 982 examples".

    Parameters
    ----------
    count, of
        The cell, and how many examples the true class has.
    """
    verb = "were" if count > 1 else "was"
    how = f"rightly read as {spelt(said)}" if true == said else f"read as {spelt(said)}"
    share = f", {format_percent(count / of)} of them all" if count and of > 1 else ""
    return f"{counted(count, true)} {verb} {how}{share}"
