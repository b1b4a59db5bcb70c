"""Files of arrays are read whole or refused in a sentence, whatever is in them and whoever made them."""

import os
import tracemalloc
import zipfile

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mlpviz.training.array_files import MOST_BYTES, npz_kinds, read_arrays, read_npz, read_safetensors

TYPES = ("float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint64", "uint8", "bool")


def header(table: bytes, data: bytes = b"") -> bytes:
    return len(table).to_bytes(8, "little") + table + data


def entry(name: str = "w", dtype: str = "F32", shape: str = "[2]", offsets: str = "[0,8]") -> bytes:
    return f'{{"{name}":{{"dtype":"{dtype}","shape":{shape},"data_offsets":{offsets}}}}}'.encode()


@pytest.fixture
def write(tmp_path):
    def write(content: bytes, name: str = "model.safetensors"):
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    return write


def refused(path, *words: str, read=read_arrays) -> str:
    """The sentence with which a file is refused; it names the file, in one line."""
    with pytest.raises(ValueError, match=r"\S") as raised:
        read(path)
    sentence = str(raised.value)
    assert str(path) in sentence
    assert "\n" not in sentence
    assert all(word in sentence for word in words), sentence
    return sentence


class TestWhatIsRead:
    @given(hnp.arrays(st.sampled_from(TYPES), hnp.array_shapes(min_dims=0, max_dims=3, min_side=0)))
    def test_arrays_come_back_bit_for_bit(self, tmp_path_factory, array):
        folder = tmp_path_factory.mktemp("arrays")
        (folder / "a.safetensors").write_bytes(safetensors.numpy.save({"a": array}))
        np.savez(folder / "a.npz", a=array)
        np.savez_compressed(folder / "packed.npz", a=np.asarray(array, order="F"))
        for name in ("a.safetensors", "a.npz", "packed.npz"):
            found = read_arrays(folder / name)
            assert found.arrays["a"].dtype == array.dtype
            assert found.arrays["a"].shape == array.shape
            assert found.arrays["a"].tobytes() == array.tobytes()
            assert found.stored_as == {"a": str(array.dtype)}

    def test_bfloat16_becomes_float32_exactly(self, write):
        halves = np.array([0x3F80, 0xC000, 0x3EAA, 0x0000], "<u2")  # 1, -2, 0.33203125, 0
        found = read_arrays(write(header(entry(dtype="BF16", shape="[4]"), halves.tobytes())))
        np.testing.assert_array_equal(found.arrays["w"], np.float32([1, -2, 0.33203125, 0]))
        assert found.arrays["w"].dtype == np.float32
        assert found.stored_as == {"w": "bfloat16"}

    def test_words_about_the_file(self, write, tmp_path):
        content = safetensors.numpy.save({"a": np.zeros(2)}, {"format": "pt"})
        assert read_arrays(write(content)).metadata == {"format": "pt"}
        np.savez(tmp_path / "a.npz", a=np.zeros(2), format=np.array("mine"))
        found = read_arrays(tmp_path / "a.npz")
        assert found.metadata == {"format": "mine"}
        assert list(found.arrays) == ["a"]

    def test_the_content_counts_not_the_ending(self, tmp_path):
        np.savez(tmp_path / "a.npz", a=np.arange(3))
        os.rename(tmp_path / "a.npz", tmp_path / "a.safetensors")
        np.testing.assert_array_equal(read_arrays(tmp_path / "a.safetensors").arrays["a"], np.arange(3))

    def test_kinds_of_numbers_without_reading_them(self, tmp_path):
        np.savez(tmp_path / "a.npz", W1=np.zeros(2), y=np.zeros(2, np.uint8), words=np.array("a"))
        assert npz_kinds(tmp_path / "a.npz") == {"W1": "f", "y": "u", "words": "U"}


class TestOtherFormats:
    @pytest.mark.parametrize(
        ("start", "words"),
        [
            (b"\x80\x02}q\x00.", "pickle"),
            (b"\x93NUMPY\x01\x00", "single array"),
            (b"\x89HDF\r\n\x1a\n", "HDF5"),
        ],
    )
    def test_are_told_what_to_do_instead(self, write, start, words):
        refused(
            write(start + bytes(100), "model.pt"), words, "np.savez" if "pickle" not in words else "save_file"
        )

    def test_a_model_as_torch_save_writes_it(self, tmp_path):
        with zipfile.ZipFile(tmp_path / "model.pt", "w") as archive:
            archive.writestr("model/data.pkl", b"\x80\x02.")
        refused(tmp_path / "model.pt", "pickle", "save_file")

    def test_onnx(self, write):
        refused(write(b"\x08\x08\x12\x06mlpviz", "model.onnx"), "does not read it")

    def test_what_is_no_file(self, tmp_path):
        refused(tmp_path, "folder")
        refused(tmp_path / "none.safetensors", "not there")
        os.mkfifo(tmp_path / "pipe.npz")  # which would be waited for without end
        refused(tmp_path / "pipe.npz", "plain file")

    def test_an_empty_file(self, write):
        refused(write(b""), "empty")


class TestBrokenSafetensors:
    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"{}", "not a safetensors file"),
            ((10 * 2**30).to_bytes(8, "little") + b"{}", "10737418240 bytes"),
            (header(b"not JSON"), "header cannot be read"),
            (header(b"\xff\xfe"), "header cannot be read"),
            (header(b"[" * 100_000), "header cannot be read"),
            (header(b"[1, 2]"), "not a table"),
            (header(b'{"a":1,"a":2}'), "twice"),
            (header(b'{"__metadata__":{"a":1}}'), "metadata"),
            (header(b'{"w":1}'), "w: damaged"),
            (header(entry(dtype="F8_E4M3"), bytes(8)), "F8_E4M3"),
            (header(entry(dtype="C64"), bytes(8)), "C64"),
            (header(entry(shape='"2"'), bytes(8)), "shape"),
            (header(entry(shape="[-2]"), bytes(8)), "shape"),
            (header(entry(shape="[2.0]"), bytes(8)), "shape"),
            (header(entry(shape="[true]"), bytes(8)), "shape"),
            (header(entry(shape="[3]"), bytes(8)), "needs 12 bytes, but 8"),
            (header(entry(shape="[4611686018427387903,4]"), bytes(8)), "needs"),
            (header(entry(offsets="[8,0]"), bytes(8)), "cannot lie"),
            (header(entry(offsets="[-8,0]"), bytes(8)), "cannot lie"),
            (header(entry(offsets="[0,8,16]"), bytes(8)), "cannot lie"),
            (header(entry(offsets="[4,12]"), bytes(12)), "gap"),
            (header(entry(), bytes(4)), "cut off"),
            (header(entry(), bytes(12)), "12 follow"),
            (
                header(entry()[:-1] + b"," + entry("v", offsets="[4,12]")[1:], bytes(12)),
                "v: damaged: it overlaps",
            ),
        ],
    )
    def test_is_told_with_its_place(self, write, content, words):
        refused(write(content), words)

    @pytest.mark.parametrize("length", range(0, 90, 7))
    def test_cut_off_anywhere(self, write, length):
        content = safetensors.numpy.save({"a": np.zeros((2, 3), np.float32)})
        refused(write(content[:length]))

    def test_a_long_name_does_not_fill_the_screen(self, write):
        sentence = refused(write(header(entry(name="w" * 5000, shape="[3]"), bytes(8))))
        assert len(sentence) < 500


class TestBrokenNPZ:
    def test_a_pickle_inside_is_never_opened(self, tmp_path):
        class Bomb:
            def __reduce__(self):
                return os.mkdir, (str(tmp_path / "exploded"),)

        np.savez(tmp_path / "a.npz", W1=np.array([Bomb()], object))
        refused(tmp_path / "a.npz", "W1", "pickle")
        assert not (tmp_path / "exploded").exists()

    def test_a_zip_bomb_costs_no_memory(self, tmp_path):
        with (
            zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
            archive.open("W1.npy", "w", force_zip64=True) as member,
        ):
            header = {"descr": "<f4", "fortran_order": False, "shape": (2**28, 2)}
            np.lib.format.write_array_header_1_0(member, header)
            for _ in range(2**5):
                member.write(bytes(2**20))
        content = (tmp_path / "a.npz").read_bytes()
        place = content.rindex(b"PK\x01\x02") + 24
        # The directory tells the truth, 32 MB; then what the array announces, 2 GB.
        (tmp_path / "b.npz").write_bytes(
            content[:place] + (2**31).to_bytes(4, "little") + content[place + 4 :]
        )
        for name, words in (("a.npz", "W1"), ("b.npz", "2,048 MB")):
            tracemalloc.start()
            refused(tmp_path / name, words)
            assert tracemalloc.get_traced_memory()[1] < 2**24
            tracemalloc.stop()

    def test_many_small_bombs_are_added_up(self, tmp_path):
        with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive:
            for i in range(5):
                archive.writestr(f"W{i}.npy", bytes(2**20))
        refused(tmp_path / "a.npz", "5 MB", "4 MB", read=lambda path: read_npz(path, 2**22))

    def test_other_kinds_of_arrays(self, tmp_path):
        for array, words in (
            (np.zeros(2, complex), "no plain number"),
            (np.zeros(2, "datetime64[s]"), "no plain number"),
            (np.zeros(2, [("a", "f4"), ("b", "f4")]), "columns"),
        ):
            np.savez(tmp_path / "a.npz", W1=array)
            refused(tmp_path / "a.npz", "W1", words)

    def test_a_file_that_is_no_array(self, tmp_path):
        with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
            archive.writestr("readme.txt", "hello")
        refused(tmp_path / "a.npz", "readme.txt")

    def test_a_header_that_cannot_be(self, tmp_path):
        for text in (
            "{'descr': '<f4', 'fortran_order': False, 'shape': (" + "9" * 40 + ",), }",
            "()",
            "x" * 99,
        ):
            with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
                content = b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()
                archive.writestr("W1.npy", content)
            refused(tmp_path / "a.npz", "W1", "damaged")

    def test_words_that_hold_no_characters(self, tmp_path):
        for code in (b"\xff\xff\xff\x7f", b"\x00\xd8\x00\x00"):  # beyond Unicode; half of a pair
            np.savez(tmp_path / "a.npz", note=np.array("mlp"))
            with zipfile.ZipFile(tmp_path / "a.npz") as archive:
                content = archive.read("note.npy")
            with zipfile.ZipFile(tmp_path / "b.npz", "w") as archive:
                archive.writestr("note.npy", content[:-4] + code)
            refused(tmp_path / "b.npz", "note", "no character")

    def test_a_damaged_sum(self, tmp_path):
        np.savez(tmp_path / "a.npz", W1=np.arange(100.0))
        content = bytearray((tmp_path / "a.npz").read_bytes())
        content[len(content) // 2] ^= 1
        (tmp_path / "a.npz").write_bytes(content)
        refused(tmp_path / "a.npz", "write or copy it again")


def test_what_is_too_large_is_not_read(tmp_path):
    content = safetensors.numpy.save({"a": np.zeros(2**18, np.float32)})
    (tmp_path / "a.safetensors").write_bytes(content)
    refused(tmp_path / "a.safetensors", "1 MB", read=lambda path: read_safetensors(path, 2**19))
    assert MOST_BYTES <= 2**30
