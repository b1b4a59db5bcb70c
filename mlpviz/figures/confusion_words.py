"""What a cell of a confusion matrix means, in words."""

from mlpviz.figures.numbers import format_number, format_percent


def counted(count: int, name: str) -> str:
    """So many examples of a class: "12 examples of 4", "1 example of 6", "no example of versicolor"."""
    number = format_number(count) if count else "no"
    return f"{number} example{'s' if count > 1 else ''} of {name}"


def read_as(count: int, true: str, said: str, of: int) -> str:
    """A cell in words: "12 examples of 4 were read as 9, 1.22 % of them all".

    Parameters
    ----------
    count, of
        The cell, and how many examples the true class has.
    """
    verb = "were" if count > 1 else "was"
    how = f"rightly read as {said}" if true == said else f"read as {said}"
    share = f", {format_percent(count / of)} of them all" if count and of > 1 else ""
    return f"{counted(count, true)} {verb} {how}{share}"
