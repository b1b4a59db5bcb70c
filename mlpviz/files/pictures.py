"""Recipes in picture files: put into PNG, SVG, PDF and GIF, and found there again."""

import re
import struct
import zlib
from collections.abc import Callable
from html import unescape
from pathlib import Path
from xml.sax.saxutils import escape

from mlpviz.files.recipes import MOST_BYTES, Recipe

KEY = "mlpviz recipe"
MOST_PICTURE_BYTES = 1 << 28
"""What a picture of ours never reaches; more is not read."""

PNG_BEGINNING = b"\x89PNG\r\n\x1a\n"
_GIF_CUT = "the GIF file is cut short"
_PNG_DAMAGED = "the recipe in the PNG file is damaged"
_SVG_OPENING, _SVG_CLOSING = '<metadata id="mlpviz-recipe">', "</metadata>"
_PDF_RECIPE = re.compile(rb"/MlpvizRecipe\s*<([0-9A-Fa-f\s]{2,2097152})>")
_PDF_TRAILER = re.compile(rb"trailer\s*<<(.*?)>>\s*startxref\s+(\d+)\s+%%EOF\s*$", re.DOTALL)


# ---------------------------------------------------------------------- into a file


def with_recipe(picture: bytes, ending: str, recipe: Recipe) -> bytes:
    """A picture file that carries its recipe.

    Parameters
    ----------
    picture
        A PNG or PDF file. SVG takes its recipe as it is written (`svg_metadata`), GIF as its comment.
    ending
        ``".png"`` or ``".pdf"``.
    """
    return {".png": _into_png, ".pdf": _into_pdf}[ending](picture, recipe.to_json())


def svg_metadata(recipe: Recipe) -> str:
    """The element of an SVG file that holds a recipe."""
    return f"{_SVG_OPENING}{escape(recipe.to_json())}{_SVG_CLOSING}\n"


def _into_png(picture: bytes, text: str) -> bytes:
    # A chunk iTXt: keyword, not compressed, no language, no translated keyword, the text.
    body = b"iTXt" + KEY.encode() + b"\0\0\0\0\0" + text.encode()
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    end = picture.rindex(b"IEND") - 4
    return picture[:end] + chunk + picture[end:]


def _into_pdf(picture: bytes, text: str) -> bytes:
    """The file with an update at its end, as the format provides: the document's information, and one more.

    PDF 1.7 (ISO 32000-1), 7.5.6, "Incremental updates".
    """
    trailer = _PDF_TRAILER.search(picture)
    assert trailer is not None  # the writer of the picture always ends so
    entries, old_table = trailer[1], trailer[2]
    reference = re.search(rb"/Info\s+(\d+)\s+0\s+R", entries)
    assert reference is not None
    number = reference[1]
    info = re.search(rb"(?:^|\n)" + number + rb"\s+0\s+obj\s*<<(.*?)>>\s*endobj", picture, re.DOTALL)
    assert info is not None
    place = len(picture) + 1
    updated = b"%s 0 obj\n<<%s\n/MlpvizRecipe <%s>\n>>\nendobj\n" % (
        number,
        info[1],
        text.encode().hex().encode(),
    )
    table = place + len(updated)
    return b"".join(
        (
            picture,
            b"\n",
            updated,
            b"xref\n%s 1\n%010d 00000 n \n" % (number, place),
            b"trailer\n<<%s/Prev %s\n>>\nstartxref\n%d\n%%%%EOF\n" % (entries, old_table, table),
        )
    )


# ---------------------------------------------------------------------- out of a file


def looks_like_picture(path: Path) -> bool:
    """Whether a path is a file that, by its first bytes, may be a picture with a recipe."""
    try:
        with path.open("rb") as file:
            return _reader_of(file.read(1024)) is not None
    except OSError:
        return False


def read_recipe(path: Path) -> Recipe:
    """The recipe that a picture carries.

    Raises
    ------
    ValueError
        If it is no picture, carries none, or the recipe cannot be; the sentence names the file.
    """
    try:
        if path.stat().st_size > MOST_PICTURE_BYTES:
            raise ValueError(f"{path}: too large for a picture of mlpviz, so nothing of it was read")
        content = path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    reader = _reader_of(content[:1024])
    if reader is None:
        raise ValueError(f"{path} is no picture that can carry a recipe: those are PNG, SVG, PDF and GIF")
    try:
        text = reader(content)
        if text is None:
            raise ValueError(
                "it carries no recipe: mlpviz did not make it, or another program saved it again since"
            )
        return Recipe.from_json(text)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def kind_of(content: bytes) -> str:
    """The ending that a picture file of this content should have; empty if it is none of ours."""
    reader = _reader_of(content[:1024])
    return next((ending for ending, known in _READERS.items() if known is reader), "")


def _reader_of(beginning: bytes) -> Callable[[bytes], str | None] | None:
    if beginning.startswith(PNG_BEGINNING):
        return _out_of_png
    if beginning.startswith(b"%PDF-"):
        return _out_of_pdf
    if beginning.startswith((b"GIF87a", b"GIF89a")):
        return _out_of_gif
    text = beginning.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith((b"<svg", b"<?xml")) and (b"<svg" in text or b"<?xml" in text[:5]):
        return _out_of_svg
    return None


def _out_of_png(content: bytes) -> str | None:
    place = len(PNG_BEGINNING)
    while place + 12 <= len(content):
        length, kind = struct.unpack(">I4s", content[place : place + 8])
        body = content[place + 8 : place + 8 + length]
        if len(body) < length:
            raise ValueError("the PNG file is cut short")
        start = KEY.encode() + b"\0"
        if kind in _PNG_TEXTS and body.startswith(start):
            (crc,) = struct.unpack(">I", content[place + 8 + length : place + 12 + length].ljust(4, b"\0"))
            if crc != zlib.crc32(kind + body):
                raise ValueError(_PNG_DAMAGED)
            return _PNG_TEXTS[kind](body[len(start) :])
        if kind == b"IEND":
            return None
        place += 12 + length
    raise ValueError("the PNG file is cut short")


def _itxt(body: bytes) -> str:
    """The text of a chunk iTXt after its keyword."""
    parts = body[2:].split(b"\0", 2)  # language, translated keyword, text
    if len(body) < 2 or len(parts) < 3:
        raise ValueError(_PNG_DAMAGED)
    return _unpacked(parts[2]) if body[0] else _decoded(parts[2])


def _unpacked(packed: bytes) -> str:
    """A text that was compressed, or of a long one the beginning."""
    try:
        return _decoded(zlib.decompressobj().decompress(packed, MOST_BYTES + 1))
    except zlib.error as error:
        raise ValueError(_PNG_DAMAGED) from error


# Programs that write a file anew may compress its texts, or choose an older kind for plain letters.
_PNG_TEXTS: dict[bytes, Callable[[bytes], str]] = {
    b"iTXt": _itxt,
    b"tEXt": lambda body: _decoded(body),
    b"zTXt": lambda body: _unpacked(body[1:]),
}


def _out_of_svg(content: bytes) -> str | None:
    start = content.find(_SVG_OPENING.encode())
    if start < 0:
        return None
    start += len(_SVG_OPENING)
    end = content.find(_SVG_CLOSING.encode(), start, start + 2 * MOST_BYTES)
    if end < 0:
        raise ValueError("the recipe in the SVG file is cut short")
    return unescape(_decoded(content[start:end]))


def _out_of_pdf(content: bytes) -> str | None:
    every = _PDF_RECIPE.findall(content)
    if not every:
        return None
    digits = b"".join(every[-1].split())  # the last one holds
    if len(digits) % 2:
        raise ValueError("the recipe in the PDF file is damaged")
    return _decoded(bytes.fromhex(digits.decode()))


def _out_of_gif(content: bytes) -> str | None:
    """The comment, found block by block: CompuServe, "Graphics Interchange Format", version 89a."""
    if len(content) < 13:
        raise ValueError(_GIF_CUT)
    place = 13 + (3 << (content[10] & 7) + 1 if content[10] & 0x80 else 0)
    while place < len(content):
        kind = content[place]
        if kind == 0x3B:
            return None
        if kind == 0x21:
            is_comment = content[place + 1 : place + 2] == b"\xfe"
            body, place = _sub_blocks(content, place + 2)
            if is_comment and body.startswith(b"{"):
                return _decoded(body)
        elif kind == 0x2C:
            if place + 10 > len(content):
                raise ValueError(_GIF_CUT)
            table = content[place + 9]
            place += 10 + (3 << (table & 7) + 1 if table & 0x80 else 0) + 1
            _, place = _sub_blocks(content, place, keeps=False)
        else:
            raise ValueError("the GIF file is damaged")
    raise ValueError(_GIF_CUT)


def _sub_blocks(content: bytes, place: int, keeps: bool = True) -> tuple[bytes, int]:
    """What the blocks from a place on hold together, and the place after them."""
    body = bytearray()
    while place < len(content):
        size = content[place]
        place += 1
        if size == 0:
            return bytes(body), place
        if keeps and len(body) <= MOST_BYTES:
            body += content[place : place + size]
        place += size
    raise ValueError(_GIF_CUT)


def _decoded(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise ValueError("the recipe is damaged: it is not text") from error


_READERS: dict[str, Callable[[bytes], str | None]] = {
    ".png": _out_of_png,
    ".svg": _out_of_svg,
    ".pdf": _out_of_pdf,
    ".gif": _out_of_gif,
}
