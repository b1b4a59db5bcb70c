"""A lesson on paper: its text, formulas and the pictures of each step, as HTML or PDF."""

import base64
import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSizeF, Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QImage,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextBlock,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)

from mlpviz import __version__
from mlpviz.figures.formulas import render
from mlpviz.figures.numbers import format_number
from mlpviz.files.recipes import View
from mlpviz.gui.figures.catalogue import FIGURES, figure_entry, figure_of
from mlpviz.gui.figures.contents import SeedRuns, raced, standing
from mlpviz.gui.figures.exporting import image_of, picture_file
from mlpviz.gui.figures.frame import FAMILY, load_fonts
from mlpviz.gui.figures.still import StillRun
from mlpviz.gui.theme import LIGHT, own_font, text_font
from mlpviz.gui.widgets.formula_text import FORMULA, set_text
from mlpviz.lessons.answers import right_answer
from mlpviz.lessons.lesson import Lesson, LessonStep, Question
from mlpviz.lessons.playing import Play
from mlpviz.lessons.quantities import names_of
from mlpviz.training.comparisons import load_comparison
from mlpviz.training.fork import fork
from mlpviz.training.sweep import seeds_of
from mlpviz.training.verdict import criterion

HANDOUT_ENDINGS = (".html", ".pdf")
TEXT_PX, TEXT_WIDTH_PX = 15, 660
PAGE_PX, MARGIN_PX, FOOT_PX = (794, 1123), 67, 11  # A4 at 96 dots per inch
BODY_HEIGHT_PX = PAGE_PX[1] - 2 * MARGIN_PX
PICTURE_SCALE, FORMULA_SCALE = 2.0, 2.5
SHRUNK = 0.7
"""Of a picture on paper: its letters are then a little smaller than those of the text."""
PAGE_FIGURES = {
    "evaluate": "confusion",
    "compare": "compared-loss",
    "many_seeds": "seed-ends",
    "step_through": "stage",
    "learn": "",
}
WITHIN = {
    "plot_cost": "cost",
    "label_cost_marks": "cost",
    "mosaic_weights": "weights",
    "panel_unit": "weights",
    "color_bar_weights": "weights",
    "plot_confusion": "confusion",
    "bars_factors": "depth",
}
"""Parts that a step lights, by object name, and the picture that they are in."""
PAPER_SIZES = {"stage": (1180, 640), "biases": (720, 480)}
SMALLER = 0.76
"""Sizes of pictures on paper, and what is made of others: large enough to be read, two steps on a page."""
MOST_RACED = 200
PICTURE, FORMULA_SCHEME = "picture", "formula"
ANSWERS = ("Answer.", "Hint.", "To “")
DIGITS = "The digits are from the MNIST database by Yann LeCun, Corinna Cortes and Christopher Burges."

_CSS = """
body { font-family: 'DejaVu Sans', Verdana, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem;
       line-height: 1.5; color: #1d2025; }
h1 { font-size: 1.7rem; } h2 { font-size: 1.25rem; margin-top: 2.2rem; }
img.picture { width: 100%; border: 1px solid #e3e3de; border-radius: 8px; margin: .6rem 0; }
.shown { text-align: center; margin: .8rem 0; }
.task, .question, .answer { padding: .1rem .9rem; border-radius: 8px; margin: .6rem 0; }
.task { background: #f6f6f3; } .question { background: #eeeafa; }
.answer { background: #e8f3ea; } .foot { font-size: .8rem; color: #5c626b; margin-top: 2.5rem; }
code { background: #f6f6f3; padding: 0 .2em; }
@media print { h2 { break-after: avoid; } img, .question, .task { break-inside: avoid; } }
"""


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A step with its picture, what the question's answer is, and the wrong ones it has words for."""

    step: LessonStep
    view: View | None
    run: StillRun
    answer: str
    wrong: tuple[str, ...]


def handout(lesson: Lesson, ending: str, for_teacher: bool) -> bytes:
    """A lesson as the content of a file.

    Parameters
    ----------
    lesson
    ending
        ``".html"``, with all pictures in it, or ``".pdf"``.
    for_teacher
        With the answers, the hints, and what to say to common mistakes.

    Raises
    ------
    ValueError
        If the ending is another one, or a step cannot be gone through.
    """
    if ending not in HANDOUT_ENDINGS:
        raise ValueError(f"a handout ends in {' or '.join(HANDOUT_ENDINGS)}, not {ending!r}")
    load_fonts()
    parts = _parts(lesson)
    return _html(lesson, parts, for_teacher) if ending == ".html" else _pdf(lesson, parts, for_teacher)


def _parts(lesson: Lesson) -> Iterator[_Part]:
    play, before = Play(lesson), ""
    chosen: dict[str, dict[str, object]] = {}
    for step in play.steps():
        here = chosen.setdefault(play.place.page, {})
        for name, value in play.place.choices.items():
            here.pop(name, None)
            here[name] = value  # of buttons of which one is pressed, the last one
        play.do_task(step)  # the question, if there is one, is about what then is to be seen
        run = StillRun(*fork(play.trainer, play.history), play.path)
        view = _view(play, step, run, chosen.get(play.place.page, {}))
        told = (
            "" if view is None else repr((view, run.now.step, run.trainer.experiment, play.trainer.changes))
        )
        shown = view if told != before or step.stage.makes_run else None  # the same need not be there twice
        before = told or before
        yield _Part(step, shown, run, *_answers(play, step))


def _answers(play: Play, step: LessonStep) -> tuple[str, tuple[str, ...]]:
    """The right one, and those for which there are words."""
    if step.question is None:
        return "", ()
    names = names_of(play.live())
    wrong = [float(each.answer.value(names)) for each in step.question.wrong]
    right = _told(play, step.question, right_answer(step.question, names))
    return right, tuple(_told(play, step.question, each) for each in wrong)


def _told(play: Play, question: Question, right: float) -> str:
    """An answer in words."""
    if question.choices:
        return f"“{question.choices[int(right)]}”"
    if question.click == "plot_confusion":
        names = play.trainer.dataset.classes
        row, column = divmod(int(right), len(names))
        return f"{names[row]} taken for {names[column]}"
    if question.click:
        return f"number {int(right)}"
    return format_number(int(right)) if right == int(right) else format_number(right, 4)


def _view(play: Play, step: LessonStep, run: StillRun, chosen: Mapping[str, object]) -> View | None:
    """The picture of a step: what it lights, or else what its page is about."""
    place = play.place
    name = _figure_name(play, step)
    if not name:
        return None
    entry = figure_entry(name)
    if entry.page == "compare":
        has_raced = play.race is not None and any(run.trainer.index for run in play.race.contenders)
        if play.race is not None and has_raced:
            run.content = standing(play.race)
        else:
            *_, run.content = raced(load_comparison(place.comparison or "depth"), MOST_RACED)
    if entry.page == "many_seeds":
        if not play.seeds:
            return None
        experiment = play.trainer.experiment
        words = criterion(play.trainer, None).words
        run.content = SeedRuns(experiment, seeds_of(experiment, len(play.seeds)), None, words, play.seeds)
    choices = dict(chosen) if entry.page == place.page else {}
    if name == "stage":
        state: dict[str, object] = {"example": place.example, "stage": place.stage, "chosen": place.chosen}
        choices["page_step_through"] = {**state, **({"split": place.split} if place.split else {})}
    if name == "weights" and "panel_unit" in step.stage.look_at:
        choices["card_weights"] = {"unit": place.unit, "enlarged": True}
    width, height = entry.size
    smaller = (round(SMALLER * width), round(SMALLER * height)) if entry.page == "train" else entry.size
    return View(name, choices, "light", *PAPER_SIZES.get(name, smaller))


def _figure_name(play: Play, step: LessonStep) -> str:
    """Of the picture of a step in the catalogue; empty where there is none."""
    place, run = play.place, play.trainer
    view = next((e.name for e in FIGURES if place.view and e.parts == (f"card_{place.view}",)), "")
    entries = (figure_of(name) for name in step.stage.look_at)
    lit = [entry.name for entry in entries if entry is not None]
    if lit:
        return view if view in lit else lit[0]
    within = next((WITHIN[name] for name in step.stage.look_at if name in WITHIN), "")
    if within:
        return within
    if any(name.startswith("card_draw") for name in step.stage.look_at):
        return ""  # everybody draws another one
    if not (step.stage.page or step.stage.view or step.stage.look_at):
        return ""
    if place.page == "train" and view:
        return view
    if place.page == "train" and step.stage.look_at and all(map(_is_control, step.stage.look_at)):
        return ""  # the step is about what is set there, and no picture shows that
    return PAGE_FIGURES.get(place.page, "boundary" if run.dataset.n_in <= 2 else "weights")


def _is_control(name: str) -> bool:
    return name.startswith(("button_", "field_", "list_"))


# ---------------------------------------------------------------------- as Markdown


def _paragraphs(lesson: Lesson, part: _Part, for_teacher: bool) -> Iterator[tuple[str, str]]:
    """What a step says: a kind of paragraph, and Markdown; nothing for the picture."""
    step = part.step
    if step.text:
        yield "text", lesson.told(step.text)
    if step.task is not None:
        yield "task", f"**To do.** {lesson.told(step.task.words)}"
    if part.view is not None:
        yield "picture", ""
    if step.question is not None:
        question = step.question
        choices = "".join(f"\n\n- {lesson.told(choice)}" for choice in question.choices)
        yield "question", f"**Question.** {lesson.told(question.ask)}{choices}"
        if for_teacher:
            yield "answer", lesson.told(f"**Answer.** {part.answer}. {question.right}".strip())
            yield "answer", f"**Hint.** {lesson.told(question.hint)}"
            for told, wrong in zip(part.wrong, question.wrong, strict=True):
                words = told if told.startswith("“") else f"“{told}”"
                yield "answer", lesson.told(f"**To {words}:** {wrong.say}")


def _foot(has_digits: bool) -> str:
    """Where it comes from, and whose the digits are."""
    made = f"Made with mlpviz {__version__}, which is under the MIT licence."
    return f"{made} {DIGITS}" if has_digits else made


def _shows_digits(part: _Part) -> bool:
    return part.view is not None and part.run.trainer.experiment.dataset.startswith("digits")


def _without_terms(markdown: str) -> str:
    """On paper nothing can be followed: words of the glossary are words."""
    return re.sub(r"\[([^\]]*)\]\(term:[^)]*\)", r"\1", markdown)


# ---------------------------------------------------------------------- HTML


def _html(lesson: Lesson, parts: Iterator[_Part], for_teacher: bool) -> bytes:
    body = [f"<h1>{html.escape(lesson.title)}</h1>", f"<p>{html.escape(lesson.summary)}</p>"]
    has_digits = False
    for part in parts:
        has_digits |= _shows_digits(part)
        body.append(f"<h2>{html.escape(part.step.title)}</h2>")
        for kind, markdown in _paragraphs(lesson, part, for_teacher):
            if kind != "picture":
                body.append(f'<div class="{kind}">{_to_html(_without_terms(markdown))}</div>')
                continue
            assert part.view is not None
            picture = base64.b64encode(picture_file(part.view, part.run, ".svg")).decode()
            body.append(
                f'<img class="picture" alt="{html.escape(part.step.title)}" '
                f'src="data:image/svg+xml;base64,{picture}">'
            )
    body.append(f'<p class="foot">{html.escape(_foot(has_digits))}</p>')
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8">'
        f"<title>{html.escape(lesson.title)}</title><style>{_CSS}</style></head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    ).encode()


def _to_html(markdown: str) -> str:
    """Markdown as plain HTML, formulas as SVG in their lines."""
    formulas: list[str] = []

    def keep(found: re.Match[str]) -> str:
        formulas.append(_svg(found))
        return f"\u2997{len(formulas) - 1}\u2998"

    document = QTextDocument()
    document.setMarkdown(FORMULA.sub(keep, markdown))
    whole = document.toHtml()
    inside = re.search(r"<body[^>]*>(.*)</body>", whole, re.DOTALL)
    text = inside[1] if inside else html.escape(markdown)
    text = re.sub(r'<span style="[^"]*font-weight:[67]00[^"]*">(.*?)</span>', r"<b>\1</b>", text)
    text = re.sub(r'<span style="[^"]*font-style:italic[^"]*">(.*?)</span>', r"<i>\1</i>", text)
    text = re.sub(r'<span style="[^"]*mono[^"]*">(.*?)</span>', r"<code>\1</code>", text)
    text = re.sub(r' (style|class|align|type)="[^"]*"', "", text)
    text = re.sub(r"</?span>", "", text)
    return re.sub("\u2997(\\d+)\u2998", lambda found: formulas[int(found[1])], text)


def _svg(found: re.Match[str]) -> str:
    is_shown = found["shown"] is not None
    latex = (found["shown"] or found["inline"]).strip()
    try:
        drawing = render(latex)
    except ValueError:
        return html.escape(latex)
    em = 1.35 if is_shown else 1.15
    height, below = (drawing.bottom - drawing.top) * em, drawing.bottom * em
    data = base64.b64encode(drawing.colored(LIGHT.text)).decode()
    image = (
        f'<img alt="{html.escape(latex, quote=True)}" style="height:{height:.3f}em;'
        f'vertical-align:{-below:.3f}em" src="data:image/svg+xml;base64,{data}">'
    )
    return f'<span class="shown" style="display:block">{image}</span>' if is_shown else image


# ---------------------------------------------------------------------- PDF


def _pdf(lesson: Lesson, parts: Iterator[_Part], for_teacher: bool) -> bytes:
    document, images, has_digits = QTextDocument(), list[QImage](), False
    markdown = [f"# {lesson.title}", lesson.summary]
    for part in parts:
        has_digits |= _shows_digits(part)
        markdown.append(f"## {part.step.title}")
        for kind, words in _paragraphs(lesson, part, for_teacher):
            if kind == "picture":
                assert part.view is not None
                image = image_of(replace(part.view, scale=PICTURE_SCALE), part.run)
                image.setDevicePixelRatio(1.0)
                images.append(image.convertToFormat(QImage.Format.Format_RGB32))
                words = f"![picture](picture:{len(images) - 1})"
            markdown.append(_without_terms(words))
    text = "\n\n".join(markdown)
    with own_font(FAMILY):
        colors = (QColor(LIGHT.text), QColor(LIGHT.accent))
        set_text(document, text, text_font(TEXT_PX), *colors, FORMULA_SCALE, TEXT_WIDTH_PX)
    for k, image in enumerate(images):
        document.addResource(QTextDocument.ResourceType.ImageResource, QUrl(f"picture:{k}"), image)
    _fit_pictures(document, images)
    document.setDocumentMargin(0.0)
    document.setPageSize(QSizeF(TEXT_WIDTH_PX, BODY_HEIGHT_PX))
    _dress(document)
    break_pages(document, BODY_HEIGHT_PX)
    title = f"{lesson.title} · with answers" if for_teacher else lesson.title
    return _printed(document, title, _foot(has_digits))


def _printed(document: QTextDocument, title: str, made: str) -> bytes:
    """A document with its pages set, on A4, each with the title and its number below, the last with more."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setCreator("mlpviz")
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setResolution(96)
    painter = QPainter(writer)
    count = document.pageCount()
    with own_font(FAMILY):
        font = text_font(FOOT_PX)
    foot = QRectF(MARGIN_PX, PAGE_PX[1] - 0.9 * MARGIN_PX, TEXT_WIDTH_PX, 2.0 * FOOT_PX)
    for page in range(count):
        if page:
            writer.newPage()
        painter.save()
        painter.translate(MARGIN_PX, MARGIN_PX - page * BODY_HEIGHT_PX)
        document.drawContents(painter, QRectF(0, page * BODY_HEIGHT_PX, TEXT_WIDTH_PX, BODY_HEIGHT_PX))
        painter.restore()
        painter.setFont(font)
        painter.setPen(QColor(LIGHT.secondary))
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft, title)
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight, f"{page + 1} of {count}")
    last = foot.translated(0.0, 1.5 * FOOT_PX).adjusted(0.0, 0.0, 0.0, FOOT_PX)
    painter.drawText(last, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, made)
    painter.end()
    del writer
    return bytes(buffer.data().data())


def _blocks(document: QTextDocument) -> Iterator[QTextBlock]:
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()


def _dress(document: QTextDocument) -> None:
    """Pictures in the middle, room below lists, answers on a ground of their own."""
    for block in _blocks(document):
        cursor, style = QTextCursor(block), block.blockFormat()
        if block.text().startswith(ANSWERS):
            style.setBackground(QColor("#e8f3ea"))
            style.setLeftMargin(12.0)
        if PICTURE in _names(block):
            style.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            style.setTopMargin(6.0)
        if block.textList() is not None and block.next().textList() is None:
            style.setBottomMargin(0.6 * TEXT_PX)
        cursor.setBlockFormat(style)


def _names(block: QTextBlock) -> set[str]:
    """The schemes of the images in a paragraph."""
    found, fragments = set(), block.begin()
    while not fragments.atEnd():
        style = fragments.fragment().charFormat()
        if style.isImageFormat():
            found.add(style.toImageFormat().name().partition(":")[0])
        fragments += 1
    return found


def break_pages(document: QTextDocument, height_px: float) -> None:
    """Begin new pages so that what belongs together stays together.

    That is a heading, its text, picture and question, or as much of it as has room; or a paragraph.
    """
    blocks = list(_blocks(document))
    layout = document.documentLayout()
    _lay_out(document)
    for first in range(1, len(blocks)):
        for last in _together(blocks, first):
            top = layout.blockBoundingRect(blocks[first]).top()
            bottom = layout.blockBoundingRect(blocks[last]).bottom()
            page = int(top // height_px)
            fits = bottom - top < height_px  # a gap at the end of the page makes it look higher
            if bottom <= (page + 1) * height_px + 0.5:
                break
            if fits or last == first:
                style = blocks[first].blockFormat()
                style.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
                QTextCursor(blocks[first]).setBlockFormat(style)
                _lay_out(document)
                break


def _lay_out(document: QTextDocument) -> None:
    """Anew from the beginning: after a change of one paragraph Qt leaves the ones far below without lines."""
    size = document.pageSize()
    document.setPageSize(QSizeF(size.width(), 2.0 * size.height()))
    document.setPageSize(size)


def _end_of_list(blocks: list[QTextBlock], first: int) -> int:
    """Of what there is to choose from below a paragraph; itself where there is nothing."""
    after = [k for k in range(first + 1, len(blocks)) if blocks[k].textList() is None]
    return (after[0] if after else len(blocks)) - 1


def _together(blocks: list[QTextBlock], first: int) -> Iterator[int]:
    """Where what begins at a paragraph may end, at best first."""
    following = range(first + 1, len(blocks))
    if blocks[first].blockFormat().headingLevel() > 1:
        ends = [k for k in following if blocks[k].blockFormat().headingLevel() > 1]
        within = range(first + 1, ends[0] if ends else len(blocks))
        questions = [k for k in within if blocks[k].text().startswith("Question.")]
        yield from [_end_of_list(blocks, k) for k in questions[:1]] or within[-1:]
        yield from (k - 1 for k in questions[:1] if k - 1 > first)
        yield min(first + 2, len(blocks) - 1)
        yield min(first + 1, len(blocks) - 1)
    elif blocks[first].text().startswith(("Question.", "To do.")):
        yield _end_of_list(blocks, first)
    elif first + 1 < len(blocks) and FORMULA_SCHEME in _names(blocks[first + 1]):
        shown = blocks[first + 1].blockFormat().alignment() == Qt.AlignmentFlag.AlignHCenter
        yield first + 1 if shown else first
    yield first


def _fit_pictures(document: QTextDocument, images: list[QImage]) -> None:
    """Pictures in their size on paper."""
    block = document.begin()
    while block.isValid():
        fragments = block.begin()
        found = []
        while not fragments.atEnd():
            fragment = fragments.fragment()
            style = fragment.charFormat()
            if style.objectType() == QTextFormat.ObjectTypes.ImageObject.value or style.isImageFormat():
                found.append((fragment.position(), style.toImageFormat()))
            fragments += 1
        for position, style in found:
            name = style.name()
            if not name.startswith("picture:"):
                continue
            image = images[int(name.partition(":")[2])]
            width = min(TEXT_WIDTH_PX, SHRUNK * image.width() / PICTURE_SCALE)
            style.setWidth(width)
            style.setHeight(width * image.height() / image.width())
            cursor = QTextCursor(document)
            cursor.setPosition(position)
            cursor.setPosition(position + 1, QTextCursor.MoveMode.KeepAnchor)
            cursor.setCharFormat(style)
        block = block.next()


def check_handout(out: Path) -> None:
    """See to it that a handout can have this name; ValueError says what it may be."""
    if out.suffix.lower() not in HANDOUT_ENDINGS:
        raise ValueError(f"{out}: a handout ends in {' or '.join(HANDOUT_ENDINGS)}")
