"""The IDX reader gives back what was written, and any damage is one clear ValueError."""

import gzip
import struct
import tracemalloc
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mlpviz.data import read_idx

CODES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}
GIB = 1 << 30

arrays = st.sampled_from(list(CODES)).flatmap(
    lambda kind: hnp.arrays(np.dtype(kind), hnp.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=5))
)


def idx(array):
    header = bytes([0, 0, CODES[array.dtype.str[1:]], array.ndim]) + struct.pack(
        f">{array.ndim}I", *array.shape
    )
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("idx") / "some-idx"


@pytest.fixture(scope="module")
def gz_path(tmp_path_factory):
    return tmp_path_factory.mktemp("idx") / "some-idx.gz"


@settings(deadline=None)
@given(arrays, st.booleans())
def test_an_array_comes_back_as_it_was_written(path, array, compressed):
    path.write_bytes(gzip.compress(idx(array)) if compressed else idx(array))
    read = read_idx(path)
    assert read.dtype == array.dtype
    assert read.dtype.isnative
    np.testing.assert_array_equal(read, array)


@settings(deadline=None)
@given(arrays, st.floats(0, 1), st.integers(0, 9))
def test_a_gzip_file_may_come_in_pieces_and_be_padded(gz_path, array, where, padding):
    whole = idx(array)
    cut = int(where * len(whole))
    gz_path.write_bytes(gzip.compress(whole[:cut]) + gzip.compress(whole[cut:]) + bytes(padding))
    np.testing.assert_array_equal(read_idx(gz_path), array)


@settings(deadline=None)
@given(arrays, st.floats(0, 1, exclude_max=True))
def test_a_file_cut_short_anywhere_is_a_value_error(path, array, where):
    whole = idx(array)
    path.write_bytes(whole[: int(where * len(whole))])
    with pytest.raises(ValueError, match="some-idx"):
        read_idx(path)


@settings(deadline=None)
@given(arrays, st.floats(0, 1, exclude_max=True))
def test_a_gzip_file_cut_short_anywhere_is_a_value_error(gz_path, array, where):
    whole = gzip.compress(idx(array))
    gz_path.write_bytes(whole[: int(where * len(whole))])
    with pytest.raises(ValueError, match=r"some-idx\.gz"):
        read_idx(gz_path)


@settings(deadline=None)
@given(arrays, st.data())
def test_a_changed_byte_is_a_value_error_or_harmless(gz_path, array, data):
    damaged = bytearray(gzip.compress(idx(array)))
    damaged[data.draw(st.integers(0, len(damaged) - 1))] ^= data.draw(st.integers(1, 255))
    gz_path.write_bytes(damaged)
    with suppress(ValueError):
        np.testing.assert_array_equal(read_idx(gz_path), array)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_an_array_or_a_value_error(path, content):
    path.write_bytes(content)
    with suppress(ValueError):
        assert read_idx(path).ndim >= 1


LABELS = idx(np.arange(5, dtype=np.uint8))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", r"begins with the bytes \(none\): an IDX file begins with 00 00"),
        (b"PK\x03\x04 and more", "begins with the bytes 50 4b 03 04: an IDX file begins with 00 00"),
        (b"\0\0\x0a\x01" + LABELS[4:], "type code 0a: IDX knows 08, 09, 0b, 0c, 0d, 0e"),
        (b"\0\0\x08\x00", "has 0 dimensions"),
        (b"\0\0\x08\x09" + bytes(36), "has 9 dimensions"),
        (LABELS[:6], "ends inside its header, which should be 8 bytes long"),
        (LABELS[:-1], r"cut short: it holds 4 bytes of values where its header announces 5 \(5 bytes\)"),
        (LABELS + b"\0", r"goes on after the 5 values \(5 bytes\)"),
        (gzip.compress(LABELS)[:-4], "damaged gzip file: .*cut short"),
        (gzip.compress(LABELS)[:-8] + b"\xff" + gzip.compress(LABELS)[-7:], "damaged gzip file: .*check"),
        (gzip.compress(LABELS) + b"more", "damaged gzip file"),
        (gzip.compress(LABELS + b"\0"), "goes on after"),
        (
            b"\0\0\x08\x03" + struct.pack(">3I", 60_000, 1000, 1000),
            "60000 x 1000 x 1000 values: at most 1 GiB",
        ),
        (b"\0\0\x08\x03" + struct.pack(">3I", 0, 2**32 - 1, 2**32 - 1), "at most 1 GiB"),
    ],
)
def test_what_is_wrong_is_said(path, content, sentence):
    path.write_bytes(content)
    with pytest.raises(ValueError, match=sentence):
        read_idx(path)


def test_a_file_named_gz_must_be_compressed(gz_path):
    gz_path.write_bytes(LABELS)
    with pytest.raises(ValueError, match=r"is not a gzip file, though named \.gz"):
        read_idx(gz_path)


def test_labels_where_images_should_be_are_refused(path):
    path.write_bytes(LABELS)
    assert read_idx(path, dimensions=1).tolist() == [0, 1, 2, 3, 4]
    with pytest.raises(
        ValueError, match=r"has 1 dimension \(labels\) where 3 dimensions \(images\) .* swapped\?"
    ):
        read_idx(path, dimensions=3)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_header_is_not_believed_for_more_than_the_file_holds(path, pack):
    path.write_bytes(pack(b"\0\0\x08\x01" + struct.pack(">I", GIB) + bytes(1000)))
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="cut short: it holds 1000 bytes"):
            read_idx(path)
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


def test_a_small_file_that_unpacks_to_much_is_not_unpacked(path):
    path.write_bytes(gzip.compress(LABELS + bytes(50_000_000), compresslevel=1))
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="goes on after"):
            read_idx(path)
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


def test_a_missing_file_is_not_found(path):
    with pytest.raises(FileNotFoundError):
        read_idx(path.with_name("nothing"))
