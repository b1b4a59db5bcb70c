"""A picture carries its recipe and stays what it was; whatever a file holds is a recipe or a sentence."""

import io
import re
import struct
import subprocess
import tracemalloc
import zlib
from shutil import which
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from mlpviz.files.pictures import (
    KEY,
    MOST_PICTURE_BYTES,
    looks_like_picture,
    read_recipe,
    svg_metadata,
    with_recipe,
)
from mlpviz.files.recipes import MOST_BYTES, Recipe, View
from mlpviz.training import Experiment

MOONS = Experiment.from_table(
    {"title": "Moons, <&> „ü“", "dataset": "moons", "loss": "binary_cross_entropy",
     "layers": [{"kind": "affine", "units": 1}]}
)  # fmt: skip
RECIPE = Recipe(View("boundary", caption="a < b & c > 'd' \"e\""), MOONS, (), 5, False, 0, {"Qt": "6"})
PIXELS = np.random.default_rng(0).integers(0, 256, (12, 16, 3)).astype(np.uint8)


def png():
    file = io.BytesIO()
    Image.fromarray(PIXELS).save(file, "PNG")
    return file.getvalue()


def pdf():
    """A PDF file of one empty page, laid out as Qt's writer lays it out."""
    objects = [
        b"<<\n/Title (\xfe\xff\x00M)\n/CreationDate (D:20260101000000Z)\n>>",
        b"<<\n/Type /Catalog\n/Pages 3 0 R\n>>",
        b"<<\n/Type /Pages\n/Kids [4 0 R]\n/Count 1\n>>",
        b"<<\n/Type /Page\n/Parent 3 0 R\n/MediaBox [0 0 72 36]\n/Resources <<>>\n>>",
    ]
    content, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(content)
    content += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return content + (b"trailer\n<<\n/Size 5\n/Info 1 0 R\n/Root 2 0 R\n>>\nstartxref\n%d\n%%%%EOF\n" % table)


def svg():
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg">\n'
    return f'{head}{svg_metadata(RECIPE)}<text x="1">words</text>\n</svg>\n'.encode()


def gif(comment=None, frames=2):
    file = io.BytesIO()
    images = [Image.fromarray(np.roll(PIXELS, k, 0)).quantize() for k in range(frames)]
    images[0].save(
        file, "GIF", save_all=True, append_images=images[1:], comment=comment or RECIPE.to_json().encode()
    )
    return file.getvalue()


FILES = {
    ".png": with_recipe(png(), ".png", RECIPE),
    ".pdf": with_recipe(pdf(), ".pdf", RECIPE),
    ".svg": svg(),
    ".gif": gif(),
}
every_kind = pytest.mark.parametrize("ending", FILES)


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """A function that writes bytes to a file and reads the recipe from it."""
    folder = tmp_path_factory.mktemp("pictures")

    def read(content, name="picture"):
        path = folder / name
        path.write_bytes(content)
        return read_recipe(path)

    return read


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def with_chunk(kind, body):
    """A PNG file with one chunk more."""
    end = png().rindex(b"IEND") - 4
    return png()[:end] + chunk(kind, body) + png()[end:]


class TestInto:
    @every_kind
    def test_a_recipe_comes_out_as_it_went_in(self, read, ending):
        assert read(FILES[ending]) == RECIPE

    @every_kind
    def test_the_name_of_the_file_does_not_matter(self, read, ending):
        assert read(FILES[ending], "renamed.txt") == RECIPE

    @every_kind
    def test_a_file_is_known_by_its_beginning(self, tmp_path, ending):
        (tmp_path / "x").write_bytes(FILES[ending])
        assert looks_like_picture(tmp_path / "x")

    def test_other_files_are_not(self, tmp_path):
        (tmp_path / "x.png").write_bytes(b"dataset = 'moons'")
        assert not looks_like_picture(tmp_path / "x.png")
        assert not looks_like_picture(tmp_path)
        assert not looks_like_picture(tmp_path / "none.png")

    def test_a_png_has_the_same_pixels_in_another_reader(self):
        with Image.open(io.BytesIO(FILES[".png"])) as image:
            image.load()
            assert np.array_equal(np.array(image), PIXELS)
            assert image.text[KEY] == RECIPE.to_json()
        with Image.open(io.BytesIO(FILES[".png"])) as image:
            image.verify()

    def test_a_pdf_has_a_second_table_that_leads_to_the_first(self):
        """ISO 32000-1, 7.5.6: every place in a table is where its object begins."""
        content = FILES[".pdf"]
        tables = [int(place) for place in re.findall(rb"startxref\s+(\d+)\s+%%EOF", content)]
        assert len(tables) == 2
        assert all(content[place:].startswith(b"xref\n") for place in tables)
        last = content[tables[1] :]
        assert b"/Prev %d\n" % tables[0] in last
        number, place = re.search(rb"xref\n(\d+) 1\n(\d{10}) 00000 n \n", last).groups()
        assert content[int(place) :].startswith(number + b" 0 obj\n")
        assert b"/Info %s 0 R" % number in last
        assert content.startswith(pdf())

    @pytest.mark.skipif(which("pdfinfo") is None, reason="pdfinfo is not installed")
    def test_a_pdf_opens_without_a_complaint_and_keeps_its_information(self, tmp_path):
        (tmp_path / "x.pdf").write_bytes(FILES[".pdf"])
        told = subprocess.run(
            ["pdfinfo", "-custom", tmp_path / "x.pdf"], check=True, capture_output=True, text=True
        )
        assert told.stderr == ""
        assert "MlpvizRecipe" in told.stdout
        told = subprocess.run(["pdfinfo", tmp_path / "x.pdf"], check=True, capture_output=True, text=True)
        assert re.search(r"Title: +M\n", told.stdout)
        assert re.search(r"Pages: +1\n", told.stdout)

    def test_an_svg_stays_xml_with_the_recipe_as_its_metadata(self):
        root = ElementTree.fromstring(FILES[".svg"])
        metadata = root.find("{http://www.w3.org/2000/svg}metadata")
        assert Recipe.from_json(metadata.text) == RECIPE

    def test_a_gif_has_it_as_its_comment_in_another_reader(self):
        with Image.open(io.BytesIO(FILES[".gif"])) as image:
            assert image.info["comment"].decode() == RECIPE.to_json()
            assert image.n_frames == 2


class TestRewritten:
    """Programs that write a file anew may keep the recipe in another form."""

    @pytest.mark.parametrize("compressed", [False, True])
    def test_a_png_that_pillow_wrote_anew(self, read, compressed):
        info = PngImagePlugin.PngInfo()
        info.add_itxt(KEY, RECIPE.to_json(), zip=compressed)
        file = io.BytesIO()
        Image.fromarray(PIXELS).save(file, "PNG", pnginfo=info)
        assert read(file.getvalue()) == RECIPE

    @pytest.mark.parametrize("compressed", [False, True])
    def test_a_png_whose_text_went_into_a_chunk_of_the_older_kinds(self, read, compressed):
        info = PngImagePlugin.PngInfo()
        info.add_text(KEY, RECIPE.to_json(), zip=compressed)
        file = io.BytesIO()
        Image.fromarray(PIXELS).save(file, "PNG", pnginfo=info)
        assert read(file.getvalue()) == RECIPE

    def test_a_pdf_whose_digits_are_broken_into_lines(self, read):
        broken = re.sub(rb"(?<=<)([0-9a-f]{64})", rb"\1\n", FILES[".pdf"])
        assert read(broken) == RECIPE

    def test_of_several_updates_of_a_pdf_the_last_one_holds(self, read):
        later = Recipe(View("cost"), MOONS, (), 9, False, 0, {})
        assert read(FILES[".pdf"] + with_recipe(pdf(), ".pdf", later)) == later

    def test_an_svg_with_a_byte_order_mark_and_room_before_it(self, read):
        assert read(b"\xef\xbb\xbf" + svg().partition(b"\n")[2]) == RECIPE

    def test_a_gif_with_another_comment_first(self, read):
        content = gif()
        end = 13 + (3 << (content[10] & 7) + 1)
        assert read(content[:end] + b"\x21\xfe\x05hello\x00" + content[end:]) == RECIPE


class TestWithout:
    @pytest.mark.parametrize(
        "content",
        [png(), pdf(), b'<svg xmlns="http://www.w3.org/2000/svg"/>', gif(b"hello")],
        ids=list(FILES),
    )
    def test_a_picture_without_a_recipe_says_so(self, read, content):
        with pytest.raises(ValueError, match="picture: it carries no recipe: mlpviz did not make it, or"):
            read(content)

    def test_a_file_that_is_no_picture_says_which_can_be(self, read):
        with pytest.raises(ValueError, match=r"notes is no picture.*PNG, SVG, PDF and GIF"):
            read(b"notes", "notes")

    def test_an_empty_file_is_no_picture(self, read):
        with pytest.raises(ValueError, match=r"empty\.png is no picture"):
            read(b"", "empty.png")

    def test_a_file_that_is_not_there(self, tmp_path):
        with pytest.raises(ValueError, match=r"none\.png cannot be read: No such file"):
            read_recipe(tmp_path / "none.png")

    def test_a_folder(self, tmp_path):
        with pytest.raises(ValueError, match="cannot be read: Is a directory"):
            read_recipe(tmp_path)

    def test_a_recipe_of_a_newer_program_names_the_file(self, read):
        newer = RECIPE.to_json().replace('"mlpviz_recipe": 1', '"mlpviz_recipe": 2')
        with pytest.raises(ValueError, match=r"new\.gif: .*newer mlpviz.*update mlpviz"):
            read(gif(newer.encode()), "new.gif")


class TestDamaged:
    def test_a_recipe_that_fails_its_checksum(self, read):
        broken = FILES[".png"].replace(b'"step": 5', b'"step": 6')
        with pytest.raises(ValueError, match="recipe in the PNG file is damaged"):
            read(broken)

    def test_a_compressed_recipe_that_cannot_be_unpacked(self, read):
        body = KEY.encode() + b"\0\1\0\0\0" + b"no zlib"
        with pytest.raises(ValueError, match="damaged"):
            read(with_chunk(b"iTXt", body))

    @pytest.mark.parametrize("rest", [b"", b"\0", b"\0\0", b"\0\0no end of words", b"\0\0\0\0\xff\xfe"])
    def test_a_chunk_that_ends_too_soon_or_is_no_text(self, read, rest):
        with pytest.raises(ValueError, match="damaged"):
            read(with_chunk(b"iTXt", KEY.encode() + b"\0" + rest))

    def test_an_svg_whose_recipe_never_ends(self, read):
        with pytest.raises(ValueError, match="recipe in the SVG file is cut short"):
            read(FILES[".svg"].replace(b"</metadata>", b""))

    def test_a_pdf_with_half_a_digit_pair(self, read):
        with pytest.raises(ValueError, match="recipe in the PDF file is damaged"):
            read(re.sub(rb"[0-9a-f]>", b">", FILES[".pdf"]))

    def test_a_gif_with_an_unknown_block(self, read):
        with pytest.raises(ValueError, match="GIF file is damaged"):
            read(gif(b"hello")[:-1] + b"\x99")


def is_told(read, content):
    """Whether it was a recipe, or a sentence, and nothing else."""
    try:
        return isinstance(read(content), Recipe)
    except ValueError as error:
        return "\n" not in str(error) and len(str(error)) < 1000


class TestAnything:
    @every_kind
    def test_cut_short_anywhere(self, read, ending):
        whole = FILES[ending]
        for end in range(0, len(whole), 7):
            assert is_told(read, whole[:end])

    @every_kind
    def test_a_part_of_a_recipe_is_never_taken_for_one(self, read, ending):
        whole = FILES[ending]
        places = range(0, len(whole), 7)
        for end in places:
            try:
                assert read(whole[:end]) == RECIPE  # what was cut came after it
            except ValueError:
                continue

    @every_kind
    @settings(max_examples=150)
    @given(data=st.data())
    def test_with_bytes_changed_taken_out_or_put_in(self, read, ending, data):
        whole = bytearray(FILES[ending])
        for _ in range(data.draw(st.integers(1, 4))):
            place = data.draw(st.integers(0, len(whole) - 1))
            match data.draw(st.sampled_from(["change", "drop", "insert"])):
                case "change":
                    whole[place] = data.draw(st.integers(0, 255))
                case "drop":
                    del whole[place : place + data.draw(st.integers(1, 40))]
                case "insert":
                    whole[place:place] = data.draw(st.binary(max_size=20))
            if not whole:
                break
        assert is_told(read, bytes(whole))

    @settings(max_examples=200)
    @given(
        st.sampled_from([b"\x89PNG\r\n\x1a\n", b"%PDF-", b"GIF89a", b"<svg", b"<?xml"]),
        st.binary(max_size=200),
    )
    def test_with_nothing_right_but_the_beginning(self, read, beginning, rest):
        assert is_told(read, beginning + rest)


class TestBombs:
    """Small files that would take much room, and large ones."""

    @pytest.fixture
    def memory(self):
        """A function that gives the most bytes that were in use at once while something was done."""

        def memory(do):
            tracemalloc.start()
            try:
                do()
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

        return memory

    @pytest.mark.parametrize(
        ("kind", "head"), [(b"iTXt", b"\0\1\0\0\0"), (b"zTXt", b"\0\0")], ids=["iTXt", "zTXt"]
    )
    def test_a_text_that_unpacks_to_a_hundred_megabytes(self, read, memory, kind, head):
        packed = zlib.compress(b"[" * 100_000_000, 9)
        content = with_chunk(kind, KEY.encode() + head + packed)

        def do():
            with pytest.raises(ValueError, match="longer than a recipe can be"):
                read(content)

        assert memory(do) < 40 * MOST_BYTES

    def test_a_file_too_large_for_a_picture_is_not_read(self, tmp_path, memory):
        path = tmp_path / "huge.png"
        with path.open("wb") as file:
            file.write(b"\x89PNG\r\n\x1a\n")
            file.truncate(MOST_PICTURE_BYTES + 1)

        def do():
            with pytest.raises(ValueError, match=r"huge\.png: too large for a picture of mlpviz"):
                read_recipe(path)

        assert memory(do) < 1 << 20

    def test_a_png_that_claims_a_chunk_of_two_gigabytes(self, read, memory):
        content = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", (1 << 31) - 1) + b"iTXt" + KEY.encode()

        def do():
            with pytest.raises(ValueError, match="cut short"):
                read(content)

        assert memory(do) < 1 << 20

    def test_a_gif_with_a_comment_of_many_megabytes(self, read, memory):
        comment = b"\xff" + b"{" * 255
        content = gif()[:-1] + b"\x21\xfe" + comment * 40_000 + b"\0;"
        content = content.replace(b"\x21\xfe", b"\x21\xf1", 1)  # the recipe that is there comes first

        def do():
            with pytest.raises(ValueError, match=r"longer than a recipe can be"):
                read(content)

        assert memory(do) < 60 << 20

    def test_a_pdf_of_digits_without_end(self, read):
        with pytest.raises(ValueError, match="no recipe"):
            read(b"%PDF-1.4\n/MlpvizRecipe <" + b"61" * 5_000_000)

    def test_an_svg_of_a_recipe_without_end(self, read):
        with pytest.raises(ValueError, match="cut short"):
            read(b'<svg><metadata id="mlpviz-recipe">' + b"{" * 10_000_000)

    def test_entities_of_an_svg_are_not_unfolded(self, read):
        laughs = '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">]><svg>'
        with pytest.raises(ValueError, match="not JSON"):
            read((laughs + '<metadata id="mlpviz-recipe">&a;&a;</metadata></svg>').encode())
