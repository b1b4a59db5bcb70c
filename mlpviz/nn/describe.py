"""What a layer, loss or optimizer is called, and what it does, as its own docstring says."""


def sentence(kind: type) -> str:
    """The first line of the docstring: its name, a colon, and what it does."""
    return str(kind.__doc__).strip().splitlines()[0]


def title(kind: type) -> str:
    """The name for people, such as "Leaky ReLU"."""
    return sentence(kind).split(":")[0]
