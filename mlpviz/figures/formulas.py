"""LaTeX formulas as SVG, in pieces that can stand on one line or on several."""

import re
import warnings
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

INK = "#010203"
"""The colour in which pieces are rendered; :meth:`Drawing.colored` puts another one in its place."""

CLAUSE, RELATION, TERM = 1, 2, 3
"""What begins with a piece, from the best place to break a line to the last resort; 0 is the first piece."""

_RENDERED_PX = 24.0
_SPACES = {r"\quad": 1.0, r"\qquad": 2.0}
_RELATIONS = frozenset(("=", r"\approx", r"\leftarrow", r"\leq", r"\geq"))
_OPENING = frozenset((*"{([", r"\{", r"\begin"))
_CLOSING = frozenset((*"})]", r"\}", r"\end"))
_TOKEN = re.compile(r"\\[a-zA-Z]+|\\.| [+-](?=\s)|.", re.DOTALL)  # a sign between spaces joins terms
_UNARY_MINUS = re.compile(r"(?<![^\s({\[,])-(?=[^\s}])")

_LINE_GAP = 0.45
_ASCENT, _DESCENT = 0.75, 0.25  # a line is at least as high, so that most formulas are equally high
_COMFORT = 0.72  # smaller than this part of the wanted size only if breaking the line does not help


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a formula that stays on one line.

    Attributes
    ----------
    latex
        To be rendered by itself; an operator at its start has its usual spaces.
    begins
        0 for the first piece, or CLAUSE, RELATION, TERM.
    space
        What keeps it off the piece before it on the same line, in em.
    """

    latex: str
    begins: int = 0
    space: float = 0.0


@dataclass(frozen=True, slots=True)
class Drawing:
    """A rendered piece. All lengths are in em; the base line is at 0, and down is positive."""

    svg: str
    width: float
    top: float
    bottom: float

    def colored(self, color: str) -> bytes:
        """The SVG file in a colour, such as ``#1D2025``."""
        return self.svg.replace(INK, color).encode()


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a drawing goes, in pixels from the top left of the formula."""

    drawing: Drawing
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A formula set in lines.

    Attributes
    ----------
    size_px
        The size of its letters.
    lines
        How many.
    width, height
        In pixels.
    """

    size_px: float
    lines: int
    width: float
    height: float
    placed: tuple[Placed, ...]


def pieces_of(latex: str) -> tuple[Piece, ...]:
    """Cut a formula before each ``=``, `` + ``, `` - `` and after each ``\\quad`` outside all brackets."""
    pieces: list[Piece] = []
    text, bare, depth, begins, space = "", True, 0, 0, 0.0  # bare: nothing but an operator so far

    def end() -> None:
        if text.strip():
            operator = "{}" if begins in (RELATION, TERM) else ""
            pieces.append(Piece(operator + text.strip(), begins, space))

    for token in _TOKEN.findall(latex):
        depth += (token in _OPENING) - (token in _CLOSING)
        if depth == 0 and token in _SPACES:
            end()
            text, bare, begins, space = "", True, CLAUSE, _SPACES[token]
            continue
        cut = RELATION if token in _RELATIONS else TERM if token in (" +", " -") else 0
        if cut and depth == 0 and not bare:
            end()
            text, bare, begins, space = token, True, cut, 0.0
            continue
        text += token
        bare = bare and token.isspace()
    end()
    return tuple(pieces)


def render(latex: str) -> Drawing:
    """Render a formula.

    Raises
    ------
    ValueError
        If it cannot be rendered.
    """
    with warnings.catch_warnings():
        # importlib.resources.path is deprecated in Python 3.11 and 3.12 only; ziamath calls it when imported.
        warnings.filterwarnings("ignore", r"path is deprecated\. Use files\(\)", DeprecationWarning)
        from ziamath.config import config
        from ziamath.zmath import Latex

    config.svg2 = False  # QtSvg does not draw SVG 2
    try:
        formula = Latex(_spaced(latex), size=_RENDERED_PX, color=INK, margin=0)
        unknown = [word for word in formula.mathml.itertext() if "\\" in word]
        svg = formula.svgxml()
        top, height = (float(number) for number in svg.attrib["viewBox"].split()[1::2])
        text = formula.svg()
    except Exception as error:  # whatever a parser trips over
        raise ValueError(
            f"the formula {latex!r} cannot be rendered: {str(error) or type(error).__name__}"
        ) from error
    if unknown:
        raise ValueError(f"the formula {latex!r} has the unknown command {unknown[0]}")
    em = _RENDERED_PX
    return Drawing(text, float(svg.attrib["width"]) / em, top / em, (top + height) / em)


def _spaced(latex: str) -> str:
    """The formula with the spaces that ziamath gets wrong: none after a sign, some around a small circle."""
    return _UNARY_MINUS.sub("{-}", latex).replace(r"\circ ", r"\:\circ\:")


class FormulaCache:
    """Rendered pieces, as many as there is room for; those that were not wanted for longest go first.

    Sizes and colours share a drawing: it is scaled, and its colour put in, when it is shown.

    Parameters
    ----------
    capacity : int
    renderer : callable
        What turns the LaTeX of a piece into a drawing.
    """

    def __init__(self, capacity: int, renderer: Callable[[str], Drawing] = render) -> None:
        self._capacity, self._renderer = capacity, renderer
        self._drawings: OrderedDict[str, Drawing | None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._drawings)

    def has(self, pieces: Sequence[Piece]) -> bool:
        """Whether no piece needs to be rendered."""
        return all(piece.latex in self._drawings for piece in pieces)

    def drawings(self, pieces: Sequence[Piece]) -> tuple[Drawing, ...] | None:
        """The drawings of all pieces; None if one cannot be rendered."""
        found = [self._drawing(piece.latex) for piece in pieces]
        drawings = tuple(drawing for drawing in found if drawing is not None)
        return drawings if len(drawings) == len(found) else None

    def _drawing(self, latex: str) -> Drawing | None:
        if latex in self._drawings:
            self._drawings.move_to_end(latex)
            return self._drawings[latex]
        try:
            drawing = self._renderer(latex)
        except ValueError:
            drawing = None
        self._drawings[latex] = drawing
        while len(self._drawings) > self._capacity:
            self._drawings.popitem(last=False)
        return drawing


def arrange(
    pieces: Sequence[Piece],
    drawings: Sequence[Drawing],
    size_px: float,
    smallest_px: float,
    width_px: float,
) -> Arrangement:
    """Set a formula in a width: on one line, a little smaller, or broken at the best places.

    Parameters
    ----------
    size_px
        The size that is wanted.
    smallest_px
        The size below which it goes only if no break makes it fit.
    width_px
        The room there is.
    """
    comfortable = max(smallest_px, _COMFORT * size_px)
    tiers = [0, *sorted({piece.begins for piece in pieces} - {0})]
    size, groups, indents = size_px, [list(range(len(pieces)))], [0.0]
    for tier in tiers:
        groups = _groups(pieces, tier)
        indents = _indents(pieces, drawings, groups, width_px / comfortable)
        widest = max(
            indent + sum(_advance(pieces, drawings, k, k == group[0]) for k in group)
            for group, indent in zip(groups, indents, strict=True)
        )
        size = min(size_px, width_px / widest) if widest > 0 else size_px
        if size >= comfortable:
            break
    return _set(pieces, drawings, groups, indents, size, width_px)


def _groups(pieces: Sequence[Piece], tier: int) -> list[list[int]]:
    """The pieces that stay together if lines break before what begins with `tier` or better."""
    groups: list[list[int]] = [[0]]
    for k in range(1, len(pieces)):
        if pieces[k].begins <= tier:
            groups.append([k])
        else:
            groups[-1].append(k)
    return groups


def _indents(
    pieces: Sequence[Piece], drawings: Sequence[Drawing], groups: Sequence[Sequence[int]], room: float
) -> list[float]:
    """Where a line that begins with each group starts, in em: relations of a clause below each other."""
    indents = []
    relation = 0.0
    for group in groups:
        first = pieces[group[0]]
        if first.begins in (0, CLAUSE):
            relation = drawings[group[0]].width
            relation = relation if relation <= 0.3 * room else 1.0
        indents.append({RELATION: relation, TERM: relation + 1.0}.get(first.begins, 0.0))
    return indents


def _rest_of_run(
    pieces: Sequence[Piece], drawings: Sequence[Drawing], groups: Sequence[Sequence[int]]
) -> float:
    """The width, in em, of the groups after the first that belong to it, such as the terms of a sum."""
    begins, width = pieces[groups[0][0]].begins, 0.0
    for group in groups[1:]:
        if pieces[group[0]].begins <= begins:
            break
        width += sum(_advance(pieces, drawings, k, False) for k in group)
    return width


def _advance(pieces: Sequence[Piece], drawings: Sequence[Drawing], k: int, first: bool) -> float:
    return drawings[k].width + (0.0 if first else pieces[k].space)


def _set(
    pieces: Sequence[Piece],
    drawings: Sequence[Drawing],
    groups: Sequence[Sequence[int]],
    indents: Sequence[float],
    size: float,
    width_px: float,
) -> Arrangement:
    lines: list[tuple[float, list[int]]] = []
    end = 0.0
    for number, (group, indent) in enumerate(zip(groups, indents, strict=True)):
        more = sum(_advance(pieces, drawings, k, False) for k in group)
        run = more
        if lines and not (len(lines[-1][1]) == 1 and pieces[lines[-1][1][0]].begins in (0, CLAUSE)):
            run += _rest_of_run(pieces, drawings, groups[number:])
        if lines and size * (end + run) <= width_px + 1e-6:
            lines[-1][1].extend(group)
            end += more
        else:
            lines.append((indent, list(group)))
            end = indent + more - pieces[group[0]].space
    placed: list[Placed] = []
    y = widest = 0.0
    for number, (x, line) in enumerate(lines):
        y += _LINE_GAP if number else 0.0
        base = y + max(_ASCENT, *(-drawings[k].top for k in line))
        for k in line:
            x += 0.0 if k == line[0] else pieces[k].space
            drawing = drawings[k]
            height = drawing.bottom - drawing.top
            box = (x, base + drawing.top, drawing.width, height)
            placed.append(Placed(drawing, *(size * length for length in box)))
            x += drawing.width
        widest = max(widest, x)
        y = base + max(_DESCENT, *(drawings[k].bottom for k in line))
    return Arrangement(size, len(lines), size * widest, size * y, tuple(placed))
