"""The glossary: each word is found, told in few sentences with a formula or a picture, and linked."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from mlpviz.figures.formulas import render
from mlpviz.lessons.glossary import Entry, Glossary, address, glossary, read_glossary, unknown_terms
from mlpviz.lessons.glossary_pictures import PICTURES, draw
from mlpviz.lessons.reading import LessonError, read_lesson
from mlpviz.lessons.shelf import lesson_paths
from mlpviz.nn import INITIALIZERS, LAYERS, LOSSES, OPTIMIZERS, title
from mlpviz.training.probes import PROBES

ENTRIES = glossary().entries
NAMES = [entry.term for entry in ENTRIES]
WIDEST_EM = 26.0
WORDS_OF_THE_PROGRAM = """
experiment, run, step, epoch, history, snapshot, trace, walkthrough, stage, figure, page, lesson,
example, feature, target, prediction, one-hot, parameter, hyper-parameter, weight, bias, unit,
layer, hidden layer, activation, softmax, score, probability, forward pass, loss, cost, gradient,
derivative, partial derivative, chain rule, backpropagation, upstream gradient, downstream gradient,
Jacobian, automatic differentiation, gradient check, central difference, gradient descent, learning
rate, batch, mini-batch, full batch, stochastic, momentum, Nesterov, weight decay, update, promised
change, initial weights, seed, checkpoint, training split, validation split, test split, accuracy,
overfitting, confusion matrix, precision, recall, F1, calibration, certainty, saturation, dead ReLU,
vanishing gradient, exploding gradient, plateau, minimum, convex, cost surface, level line, closed
form, least squares, linear separability, decision boundary, threshold, Adaline, perceptron, gate,
XOR, template, vote, norm, RMS, histogram, scaling, standardisation, convention, xW, Wx, xWᵀ
"""
NAMES_OF_COLORS = """
card hover text secondary field_line accent accent_soft forward backward training validation validation_text
good warning error
"""
COLORS = dict.fromkeys(NAMES_OF_COLORS.split(), "#102030")


def entry(term: str, text: str = "It is so. It matters.", aliases=(), places=()) -> Entry:
    return Entry(term, tuple(aliases), tuple(places), text, 1)


@pytest.fixture
def read(tmp_path):
    def read(text: str) -> Glossary:
        path = tmp_path / "words.md"
        path.write_text(text, encoding="utf-8")
        return read_glossary(path)

    return read


# ---------------------------------------------------------------------- what comes with the program


@pytest.mark.parametrize("entry", ENTRIES, ids=NAMES)
def test_an_entry_is_two_or_three_sentences_with_a_formula_or_a_picture(entry):
    assert 2 <= entry.n_sentences <= 3
    assert len(entry.prose.split()) <= 75
    assert entry.formulas or entry.pictures
    for formula in entry.formulas:
        assert render(formula).width <= WIDEST_EM
    for picture in entry.pictures:
        draw(picture, COLORS, dark=False)


def test_every_word_of_the_program_is_told():
    words = [word.strip() for word in WORDS_OF_THE_PROGRAM.split(",")]
    tables = (LAYERS, LOSSES, OPTIMIZERS)
    kinds = [kind for table in tables for kind in table.values() if kind is not OPTIMIZERS["sgd"]]
    words += [title(kind).removesuffix(", on scores") for kind in kinds]
    words += [name for name in INITIALIZERS if name not in ("zeros", "templates")]
    words += [
        probe.title for key, probe in PROBES.items() if key not in ("gradient_norm", "gradient_largest")
    ]
    missing = [word for word in words if not finds(word)]
    assert not missing


def finds(word: str) -> bool:
    try:
        glossary().find(word)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("entry", ENTRIES, ids=NAMES)
def test_what_an_entry_mentions_is_a_link_that_leads_somewhere(entry):
    linked = glossary().linked(entry)
    assert not unknown_terms(linked)
    targets = re.findall(r"\]\(term:([^)]*)\)", linked)
    assert len(targets) == len(set(targets)), "each is linked once"
    assert address(entry.term).removeprefix("term:") not in targets, "none to itself"
    assert re.sub(r"\[([^\]]*)\]\(term:[^)]*\)", r"\1", linked) == entry.text


def test_every_entry_can_be_reached_from_another_one():
    reached = {
        glossary().find(words).term
        for entry in ENTRIES
        for words in re.findall(r"\]\(term:([^)]*)\)", glossary().linked(entry))
    }
    # What nothing speaks of is found by its name, its place in the window, or in a lesson.
    assert len(reached) > 0.6 * len(ENTRIES)
    assert {"weight", "gradient", "loss", "layer", "step", "hidden layer", "gate"} <= reached


@pytest.mark.parametrize("path", lesson_paths().values(), ids=list(lesson_paths()))
def test_the_terms_of_a_lesson_have_entries(path):
    assert not unknown_terms(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", [*PICTURES, "colour_scale"])
@pytest.mark.parametrize("dark", [False, True])
def test_a_picture_holds_its_words_and_is_legible(name, dark):
    sketch = draw(name, COLORS, dark)
    root = ElementTree.fromstring(sketch.svg())
    assert sketch.width <= 470
    marks = list(root.iter())
    assert len(marks) > 3
    for text in root.iter("{http://www.w3.org/2000/svg}text"):
        assert float(text.attrib["font-size"]) >= 11
        width = 7.2 * len(text.text or "")
        before = {"start": 0.0, "middle": 0.5, "end": 1.0}[text.attrib["text-anchor"]] * width
        left = float(text.attrib["x"]) - before
        assert left >= 0, text.text
        assert left + width <= sketch.width, text.text
        assert 10 <= float(text.attrib["y"]) <= sketch.height, text.text
    assert "nan" not in sketch.svg()
    used = set(re.findall(r"(?:fill|stroke)=\"([^\"]*)\"", sketch.svg()))
    assert all(color == "none" or re.fullmatch("#[0-9A-Fa-f]{6}", color) for color in used)


def test_a_picture_that_does_not_exist_is_told():
    with pytest.raises(ValueError, match="no picture 'relo'; known are: batches"):
        draw("relo", COLORS, dark=False)


def test_the_pictures_of_functions_are_drawn_by_the_layers_themselves(monkeypatch):
    from mlpviz.nn import Sigmoid

    before = draw("sigmoid", COLORS, False).svg()
    right = Sigmoid.forward
    monkeypatch.setattr(Sigmoid, "forward", lambda self, x: right(self, 2 * x))
    assert draw("sigmoid", COLORS, False).svg() != before


# ---------------------------------------------------------------------- finding


def test_a_term_is_found_by_any_of_its_names_however_it_is_written():
    words = Glossary([entry("hidden layer", aliases=["middle"]), entry("batch"), entry("probability")])
    for written in (
        "hidden layer",
        "Hidden Layer",
        "hidden-layer",
        "hidden_layer",
        "hidden%20layer",
        "middle",
    ):
        assert words.find(written).term == "hidden layer"
    assert words.find("hidden layers").term == "hidden layer"
    assert words.find("batches").term == "batch"
    assert words.find("Probabilities").term == "probability"


def test_what_is_not_found_is_told_with_what_may_have_been_meant():
    with pytest.raises(ValueError, match="no entry 'gradiemt'; did you mean 'gradient'"):
        glossary().find("gradiemt")


def test_a_place_has_its_entry():
    words = Glossary([entry("bias", places=["card_biases", "bars_biases"])])
    assert words.at("bars_biases") is words.find("bias")
    assert words.at("card_weights") is None


def test_the_best_match_comes_first():
    words = Glossary(
        [entry("update ratio"), entry("ratio", aliases=["part"]), entry("rate", aliases=["ratio of"])]
    )
    assert [found.term for found in words.search("RATIO")] == ["ratio", "rate", "update ratio"]
    assert [found.term for found in words.search("part")] == ["ratio"]
    assert [found.term for found in words.search("")] == ["rate", "ratio", "update ratio"]
    assert words.search("xyz") == []


def test_links_leave_alone_what_is_no_mention():
    words = Glossary([entry("loss"), entry("step"), entry("gate", aliases=["OR"]), entry("cost loss")])
    text = (
        "Losses or *the step* or `step` and $loss$. ![a step](picture:step) OR [step](term:x), crossstep, "
        "one-step; the cost\nloss.\n\n$$step$$\n\n| step |\n|---|\n\nOf steps a STEP."
    )
    assert words.linked(entry("other", text)) == (
        "[Losses](term:loss) or *the step* or `step` and $loss$. ![a step](picture:step) [OR](term:gate) "
        "[step](term:x), crossstep, one-step; the [cost\nloss](term:cost-loss).\n\n$$step$$\n\n| step |\n"
        "|---|\n\nOf [steps](term:step) a STEP."
    )


# ---------------------------------------------------------------------- reading


def test_a_file_is_read(read):
    words = read(
        "# Words\n\nHow to write it.\n\n## bias\nalso: offset, shift\nat: card_a,  card_b\n\nOne $b$.\nTwo.\n"
    )
    (found,) = words.entries
    assert found == Entry("bias", ("offset", "shift"), ("card_a", "card_b"), "One $b$.\nTwo.", 5)
    assert found.names == ("bias", "offset", "shift")
    assert found.formulas == ("b",)
    assert found.n_sentences == 2


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("# Nothing\n", "needs entries"),
        ("## a\n\nOne.\n\n## b\nalso: A\n\nTwo.\n", r"line 5: 'b' is called 'a', and so is 'a' in line 1"),
        ("## a\nat: x\n\nOne.\n\n## b\nat: x\n\nTwo.\n", r"line 6: 'b' is at 'x', and so is 'a' in line 1"),
        ("## a\naslo: x\n\nOne.\n", r"line 2: below a heading come also: and at:, not aslo:"),
        ("## a\nat: Card One\n\nOne.\n", r"line 1: 'Card One' is not an object name"),
        ("## a\nalso: b\n\n", r"line 1: an entry needs a heading and sentences"),
    ],
)
def test_a_mistake_is_named_with_its_line(read, text, sentence):
    with pytest.raises(ValueError, match=sentence):
        read(text)


def test_a_file_that_is_none(tmp_path):
    with pytest.raises(ValueError, match="cannot be read"):
        read_glossary(tmp_path / "missing.md")
    (tmp_path / "bytes.md").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(ValueError, match="not a text file in UTF-8"):
        read_glossary(tmp_path / "bytes.md")


def test_a_lesson_with_a_link_to_nowhere_is_refused_with_the_line(tmp_path):
    path = tmp_path / "mine.md"
    front = '+++\ntitle = "T"\nsummary = "S"\norder = 1\nminutes = 1\n+++\n\n## One\n\n'
    path.write_text(front + "Of [weights](term:weight).\n", encoding="utf-8")
    assert read_lesson(path).title == "T"
    path.write_text(front + "Of\n[weights](term:wieght).\n", encoding="utf-8")
    with pytest.raises(
        LessonError, match="line 11: the glossary has no entry 'wieght'; did you mean 'weight'"
    ):
        read_lesson(path)
