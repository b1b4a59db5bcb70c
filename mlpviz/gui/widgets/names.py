"""Names that come with somebody's data, as they may stand in a label's rich text."""

from html import escape

LONGEST = 28


def in_words(name: str, longest: int = LONGEST) -> str:
    """A name for rich text: its signs mean only themselves, and a long one is cut in its middle."""
    if len(name) > longest:
        half = (longest - 1) // 2
        name = f"{name[:half].rstrip()}…{name[-half:].lstrip()}"
    return escape(name, quote=False)
