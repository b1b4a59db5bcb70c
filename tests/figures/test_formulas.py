"""Formulas as SVG: where they may be cut, what is rendered, and how the pieces are set in a width."""

import pytest

from mlpviz.figures.formulas import (
    INK,
    Drawing,
    FormulaCache,
    Piece,
    arrange,
    pieces_of,
    render,
)
from mlpviz.training import Trainer
from mlpviz.training.presets import load_preset
from mlpviz.walkthrough import Choice, walk

SUM = r"z[0] = \sum_i x[i]\,W[i, 0] + b[0] = 0.108 + (-0.3) = -0.192"


def latex_of(latex: str) -> list[str]:
    return [piece.latex for piece in pieces_of(latex)]


def fake(latex: str) -> Drawing:
    """Each letter is half an em wide; what says "bad" cannot be rendered."""
    if "bad" in latex:
        raise ValueError(latex)
    return Drawing(f"<svg {latex}>", len(latex) / 2, -0.7, 0.2)


def lines_of(latex: str, width: float, size_px: float = 20.0, smallest_px: float = 11.0) -> list[str]:
    """What stands on each line, read off where the pieces were placed."""
    pieces = pieces_of(latex)
    arrangement = arrange(pieces, [fake(piece.latex) for piece in pieces], size_px, smallest_px, width)
    lines: dict[float, str] = {}
    for piece, placed in zip(pieces, arrangement.placed, strict=True):
        lines[placed.y] = lines.get(placed.y, "") + piece.latex.removeprefix("{}")
    assert len(lines) == arrangement.lines
    return list(lines.values())


def test_a_formula_is_cut_before_relations_and_signs_between_terms():
    assert latex_of(SUM) == [
        "z[0]",
        r"{}= \sum_i x[i]\,W[i, 0]",
        "{}+ b[0]",
        "{}= 0.108",
        "{}+ (-0.3)",
        "{}= -0.192",
    ]


@pytest.mark.parametrize(
    "latex",
    [
        r"\frac{1 + a = 2}{b - c}",
        r"\left( a + b \right)",
        r"[a = b]",
        r"\text{a = b}",
        r"\{ a + b \}",
        r"\begin{matrix} a = b \end{matrix}",
        "-3",
        "= -3",
        "x",
    ],
)
def test_nothing_is_cut_inside_brackets_or_before_a_leading_sign(latex):
    assert len(pieces_of(latex)) == 1


def test_a_wide_space_parts_clauses():
    assert pieces_of(r"a = 1, \quad b \qquad c") == (
        Piece("a"),
        Piece("{}= 1,", 2),
        Piece("b", 1, 1.0),
        Piece("c", 1, 2.0),
    )


def test_an_empty_formula_has_no_pieces():
    assert pieces_of("") == pieces_of("  ") == ()


def test_pieces_side_by_side_are_as_wide_as_the_whole():
    pieces = sum(render(latex).width for latex in latex_of(SUM))
    assert pieces == pytest.approx(render(SUM).width, abs=0.01)


def test_a_drawing_tells_its_size_and_takes_a_colour():
    drawing = render("x")
    assert 0.2 < drawing.width < 1.0
    assert -0.7 < drawing.top < -0.3
    assert -0.1 < drawing.bottom < 0.1
    assert INK.encode() not in drawing.colored("#ff0000")
    assert b"#ff0000" in drawing.colored("#ff0000")


def test_a_negative_number_has_no_space_after_its_sign():
    assert render("{}= -1").width < render("{}= 1").width + 1.0
    assert render("(-1)").width < render("(0 - 1)").width - 0.8


@pytest.mark.parametrize("latex", [r"\nonsense = 3", r"\frac{1}{", "a_{", "x^", r"\left("])
def test_what_cannot_be_rendered_is_a_value_error(latex):
    with pytest.raises(ValueError, match="formula"):
        render(latex)


@pytest.mark.parametrize("preset", ["digits", "digits-batchnorm", "digits-cross-entropy", "digits-dropout"])
def test_every_formula_of_a_walkthrough_can_be_rendered(preset):
    trainer = Trainer(load_preset(preset).with_settings({"training_size": 500}))
    x, target = trainer.splits.training.batch([0])
    stages = walk(trainer.network, x, target, trainer.loss, trainer.optimizer).stages
    cache = FormulaCache(1000)
    for stage in stages:
        for latex in (stage.formula, stage.worked(Choice(0, 0))):
            assert pieces_of(latex)
            assert cache.drawings(pieces_of(latex)) is not None, latex


def test_a_drawing_is_made_once():
    rendered: list[str] = []
    cache = FormulaCache(10, lambda latex: (rendered.append(latex), fake(latex))[1])
    pieces = pieces_of("a = b")
    assert not cache.has(pieces)
    first = cache.drawings(pieces)
    assert cache.has(pieces)
    assert cache.drawings(pieces) == first
    cache.drawings(pieces_of("c = b"))
    assert rendered == ["a", "{}= b", "c"]


def test_the_cache_is_bounded_and_forgets_what_was_not_wanted_for_longest():
    cache = FormulaCache(3, fake)
    for latex in ("a", "b", "c", "a", "d"):
        cache.drawings(pieces_of(latex))
    assert len(cache) == 3
    assert cache.has(pieces_of("a"))
    assert not cache.has(pieces_of("b"))


def test_a_formula_with_one_bad_piece_has_no_drawings_and_is_not_tried_again():
    tried: list[str] = []
    cache = FormulaCache(10, lambda latex: (tried.append(latex), fake(latex))[1])
    assert cache.drawings(pieces_of("a = bad")) is None
    assert cache.drawings(pieces_of("a = bad")) is None
    assert tried == ["a", "{}= bad"]


def test_where_there_is_room_a_formula_is_one_line_of_the_wanted_size():
    pieces = pieces_of("a = b")
    arrangement = arrange(pieces, [fake(piece.latex) for piece in pieces], 20.0, 11.0, 500.0)
    assert (arrangement.size_px, arrangement.lines) == (20.0, 1)
    assert arrangement.width == pytest.approx(20.0 * 3.0)  # a, and {}= b


def test_a_little_too_wide_is_made_smaller_and_much_too_wide_is_broken_at_relations_first():
    latex = "aaaa = bbbb + cc = dddddd"
    assert lines_of(latex, 240.0) == ["aaaa= bbbb+ cc= dddddd"]
    assert lines_of(latex, 180.0) == ["aaaa= bbbb+ cc", "= dddddd"]
    assert lines_of(latex, 80.0) == ["aaaa= bbbb", "+ cc", "= dddddd"]


def test_clauses_are_the_best_place_to_break_a_line():
    assert lines_of(r"aaaaa = bbbbb \qquad ccccc = dddddd", 180.0) == ["aaaaa= bbbbb", "ccccc= dddddd"]


def test_a_sum_begins_a_line_of_its_own_if_it_does_not_fit_behind_another():
    lines = lines_of("a = bbbbbbbb + cc = ddd + eeeeeee + ffffff", 100.0)
    assert all(not line.startswith("+") or "=" not in line for line in lines)


def test_a_relation_stands_below_the_one_before():
    pieces = pieces_of("aa = bbbbbbbbbb = cccccccccc")
    arrangement = arrange(pieces, [fake(piece.latex) for piece in pieces], 20.0, 11.0, 200.0)
    assert arrangement.lines == 2
    assert arrangement.placed[1].x == arrangement.placed[2].x > 0.0


def test_letters_shrink_below_the_smallest_size_only_where_no_break_helps():
    for width in range(60, 400, 7):
        pieces = pieces_of("aa = bb + cc = dd + ee = ff")
        arrangement = arrange(pieces, [fake(piece.latex) for piece in pieces], 18.0, 11.0, width)
        assert arrangement.size_px >= 11.0
        assert arrangement.width <= width + 1e-6
    pieces = pieces_of("a" * 50)
    assert arrange(pieces, [fake("a" * 50)], 18.0, 11.0, 100.0).width <= 100.0 + 1e-6
