"""A lesson on paper: its text, formulas and the pictures of each step, as HTML or PDF."""

import base64
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QUrl
from PySide6.QtGui import QColor, QImage, QPageSize, QPdfWriter, QTextCursor, QTextDocument, QTextFormat

from mlpviz.figures.formulas import render
from mlpviz.figures.numbers import format_number
from mlpviz.files.recipes import View
from mlpviz.gui.figures.catalogue import FIGURES, figure_entry, figure_of
from mlpviz.gui.figures.contents import raced
from mlpviz.gui.figures.exporting import image_of, picture_file
from mlpviz.gui.figures.frame import FAMILY, load_fonts
from mlpviz.gui.figures.still import StillRun
from mlpviz.gui.theme import LIGHT, own_font, text_font
from mlpviz.gui.widgets.formula_text import FORMULA, set_text
from mlpviz.lessons.answers import right_answer
from mlpviz.lessons.lesson import Lesson, LessonStep
from mlpviz.lessons.playing import Play
from mlpviz.lessons.quantities import names_of
from mlpviz.training.comparisons import load_comparison
from mlpviz.training.fork import fork

HANDOUT_ENDINGS = (".html", ".pdf")
TEXT_PX, TEXT_WIDTH_PX = 15, 660
PICTURE_SCALE = 2.5
PAGE_FIGURES = {
    "evaluate": "confusion",
    "compare": "compared-loss",
    "many_seeds": "",
    "step_through": "stage",
    "learn": "",
}
MOST_RACED = 200

_CSS = """
body { font-family: 'DejaVu Sans', Verdana, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem;
       line-height: 1.5; color: #1d2025; }
h1 { font-size: 1.7rem; } h2 { font-size: 1.25rem; margin-top: 2.2rem; }
img.picture { width: 100%; border: 1px solid #e3e3de; border-radius: 8px; margin: .6rem 0; }
.shown { text-align: center; margin: .8rem 0; }
.task, .question, .answer { padding: .1rem .9rem; border-radius: 8px; margin: .6rem 0; }
.task { background: #f6f6f3; } .question { background: #eeeafa; }
.answer { background: #e8f3ea; } code { background: #f6f6f3; padding: 0 .2em; }
@media print { h2 { break-after: avoid; } img, .question, .task { break-inside: avoid; } }
"""


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A step with its picture, and what the question's answer is."""

    step: LessonStep
    view: View | None
    run: StillRun
    answer: str


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
    for step in play.steps():
        run = StillRun(*fork(play.trainer, play.history), play.path)
        view = _view(play, step, run)
        told = "" if view is None else repr((view, run.now.step, run.trainer.experiment))
        shown = view if told != before else None  # the same picture need not be there twice
        before = told or before
        if step.task is not None and step.question is not None:
            play.do(step.task.do)  # the question is about what then is to be seen
            yield _Part(step, shown, run, _answer(play, step))
            continue
        yield _Part(step, shown, run, _answer(play, step))


def _answer(play: Play, step: LessonStep) -> str:
    if step.question is None:
        return ""
    right = right_answer(step.question, names_of(play.live()))
    if step.question.choices:
        return step.question.choices[int(right)]
    return f"number {int(right)}" if step.question.click else format_number(right, 4)


def _view(play: Play, step: LessonStep, run: StillRun) -> View | None:
    """The picture of a step: what it lights, or else what its page is about."""
    place = play.place
    lit = [entry for name in step.stage.look_at if (entry := figure_of(name)) is not None]
    name = lit[0].name if lit else ""
    if not name and step.stage.view:
        name = next((e.name for e in FIGURES if e.parts == (f"card_{step.stage.view}",)), "")
    if not name and (step.stage.page or step.stage.look_at):
        name = PAGE_FIGURES.get(place.page, "boundary" if run.trainer.dataset.n_in <= 2 else "weights")
    if not name:
        return None
    entry = figure_entry(name)
    if entry.page == "compare":
        *_, run.content = raced(load_comparison(place.comparison or "depth"), place.raced or MOST_RACED)
    choices: dict[str, object] = {}
    if name == "stage":
        state: dict[str, object] = {"example": place.example, "stage": place.stage}
        choices = {"page_step_through": {**state, **({"split": place.split} if place.split else {})}}
    return View(name, choices, "light", *entry.size)


# ---------------------------------------------------------------------- as Markdown


def _paragraphs(lesson: Lesson, part: _Part, for_teacher: bool) -> Iterator[tuple[str, str]]:
    """What a step says: a kind of paragraph, and Markdown."""
    step = part.step
    if step.text:
        yield "text", lesson.told(step.text)
    if step.task is not None:
        yield "task", f"**To do.** {lesson.told(step.task.words)}"
    if step.question is not None:
        question = step.question
        choices = "".join(f"\n\n- {choice}" for choice in question.choices)
        yield "question", f"**Question.** {lesson.told(question.ask)}{choices}"
        if for_teacher:
            yield "answer", f"**Answer.** {part.answer}. {lesson.told(question.right)}".strip()
            yield "answer", f"**Hint.** {lesson.told(question.hint)}"
            for wrong in question.wrong:
                yield "answer", f"**To {wrong.answer.text}:** {lesson.told(wrong.say)}"


def _without_terms(markdown: str) -> str:
    """On paper nothing can be followed: words of the glossary are words."""
    return re.sub(r"\[([^\]]*)\]\(term:[^)]*\)", r"\1", markdown)


# ---------------------------------------------------------------------- HTML


def _html(lesson: Lesson, parts: Iterator[_Part], for_teacher: bool) -> bytes:
    body = [f"<h1>{html.escape(lesson.title)}</h1>", f"<p>{html.escape(lesson.summary)}</p>"]
    for part in parts:
        body.append(f"<h2>{html.escape(part.step.title)}</h2>")
        for kind, markdown in _paragraphs(lesson, part, for_teacher):
            body.append(f'<div class="{kind}">{_to_html(_without_terms(markdown))}</div>')
        if part.view is not None:
            picture = base64.b64encode(picture_file(part.view, part.run, ".svg")).decode()
            body.append(
                f'<img class="picture" alt="{html.escape(part.step.title)}" '
                f'src="data:image/svg+xml;base64,{picture}">'
            )
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
    document, images = QTextDocument(), []
    markdown = [f"# {lesson.title}", lesson.summary]
    for part in parts:
        markdown.append(f"## {part.step.title}")
        markdown += [_without_terms(words) for _, words in _paragraphs(lesson, part, for_teacher)]
        if part.view is not None:
            view = View(
                part.view.figure, part.view.choices, "light", part.view.width, part.view.height, PICTURE_SCALE
            )
            image = image_of(view, part.run)
            image.setDevicePixelRatio(1.0)
            images.append(image)
            markdown.append(f"![picture](picture:{len(images) - 1})")
    text, colors = "\n\n".join(markdown), (QColor(LIGHT.text), QColor(LIGHT.accent))
    with own_font(FAMILY):
        set_text(document, text, text_font(TEXT_PX), *colors, PICTURE_SCALE, TEXT_WIDTH_PX)
    for k, image in enumerate(images):
        document.addResource(QTextDocument.ResourceType.ImageResource, QUrl(f"picture:{k}"), image)
    _fit_pictures(document, images)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(lesson.title)
    writer.setCreator("mlpviz")
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))  # printing a document leaves 2 cm by itself
    writer.setResolution(96)
    document.print_(writer)
    del writer
    return bytes(buffer.data().data())


def _fit_pictures(document: QTextDocument, images: list[QImage]) -> None:
    """Pictures as wide as the text."""
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
            width = min(TEXT_WIDTH_PX, image.width() / PICTURE_SCALE)
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
