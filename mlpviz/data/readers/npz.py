"""The reader of NPZ archives: named arrays, of which a pair or two are inputs and labels."""

import math
import re
import struct
import sys
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from mlpviz.data.idx import read_up_to
from mlpviz.data.readers.assembling import Findings, Part, assemble
from mlpviz.data.readers.records import MAX_BYTES, OwnData, Progress, Reading, brief, unheeded

PAIRS = (
    ("x_train", "y_train", "x_test", "y_test"),
    ("train_x", "train_y", "test_x", "test_y"),
    ("train_images", "train_labels", "test_images", "test_labels"),
    ("training_images", "training_labels", "test_images", "test_labels"),
    ("train_inputs", "train_targets", "test_inputs", "test_targets"),
    ("x", "y", "x_test", "y_test"),
    ("inputs", "targets", "", ""),
    ("inputs", "labels", "", ""),
    ("images", "labels", "", ""),
    ("images", "targets", "", ""),
    ("features", "labels", "", ""),
    ("data", "target", "", ""),
    ("data", "labels", "", ""),
    ("data", "label", "", ""),
    ("arr_0", "arr_1", "", ""),
)
CLASS_NAMES = ("classes", "class_names", "target_names", "label_names")
INPUT_NAMES = ("feature_names", "input_names", "columns")
LARGEST_DIRECTORY = 1 << 20
LONGEST_HEADER = 10_000
DESCR = re.compile(r"'descr'\s*:\s*'([<>|=]?)([a-zA-Z])(\d*)'")
ORDER = re.compile(r"'fortran_order'\s*:\s*(True|False)")
SHAPE = re.compile(r"'shape'\s*:\s*\(([\d\s,L]*)\)")


def read_npz(path: Path, reading: Reading, progress: Progress = unheeded) -> OwnData:
    """The examples in an NPZ archive. Nothing that is pickled is ever loaded.

    Raises
    ------
    ValueError
        When the archive is damaged or holds no inputs and labels; the sentence names the member.
    """
    with open_archive(path) as archive:
        members = _members(archive)
        x, y, x_test, y_test = _pair(path, members)
        found = Findings(path, "NPZ archive", (path,), label=f"array {y!r}")
        training = _part(archive, path, members, x, y)
        progress(0.6)
        test = _part(archive, path, members, x_test, y_test) if x_test in members else None
        progress(0.9)
        found.class_names = _names(archive, path, members, CLASS_NAMES)
        found.input_names = _names(archive, path, members, INPUT_NAMES)
        used = {x, y, *((x_test, y_test) if test is not None else ())}
    if found.input_names and (
        training.inputs.ndim != 2 or len(found.input_names) != training.inputs.shape[1]
    ):
        found.input_names = ()
    left = [name for name in members.values() if name.lower() not in used | {*CLASS_NAMES, *INPUT_NAMES}]
    found.notes.append(f"Inputs are the array {members[x]!r}, labels {members[y]!r}.")
    if left:
        more = ", …" if len(left) > 5 else ""
        found.notes.append(f"Not used: {', '.join(repr(brief(name)) for name in left[:5])}{more}.")
    found.label = f"array {members[y]!r}"
    return assemble(training, test, found, reading)


def holds_examples(path: Path) -> bool:
    """Whether the names in an archive are those of inputs and labels."""
    try:
        with open_archive(path) as archive:
            members = _members(archive)
            return any(x in members and y in members for x, y, _, _ in PAIRS)
    except (ValueError, OSError):
        return False


def open_archive(path: Path) -> zipfile.ZipFile:
    """An archive whose directory is not too long to be read.

    Raises
    ------
    ValueError
        When it is, or the file is no archive.
    """
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(f"{path} is larger than 1 GiB: give fewer examples")
    with path.open("rb") as file:
        file.seek(-min(path.stat().st_size, 1 << 16), 2)
        tail = file.read()
    end = tail.rfind(b"PK\5\6")
    if end >= 0 and len(tail) >= end + 16:
        (size,) = struct.unpack_from("<I", tail, end + 12)
        if size > LARGEST_DIRECTORY:
            raise ValueError(f"{path} announces a directory of {size:,} bytes: an NPZ holds a few arrays")
    try:
        return zipfile.ZipFile(path)
    except (
        zipfile.BadZipFile,
        EOFError,
        struct.error,
        NotImplementedError,
        UnicodeError,
        IndexError,
    ) as error:
        raise ValueError(
            f"{path} is damaged or not an NPZ archive: get a fresh copy ({brief(error)})"
        ) from error


def read_member(archive: zipfile.ZipFile, path: Path, name: str) -> NDArray[Any]:
    """An array of numbers or words in an archive.

    No more memory is taken than the member really fills.

    Raises
    ------
    ValueError
        When it is damaged, too large, or holds Python objects.
    """
    place = f"{path}, array {name!r}"
    info = archive.getinfo(f"{name}.npy")
    if info.file_size > MAX_BYTES:
        raise ValueError(f"{place} announces {info.file_size:,} bytes: at most 1 GiB can be read")
    try:
        with archive.open(info) as stream:
            return _parse(stream, place)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        RuntimeError,  # encrypted; NotImplementedError: compressed in another way
        struct.error,
        UnicodeError,
    ) as error:
        raise ValueError(f"{place} is damaged: get a fresh copy ({brief(error)})") from error


def _parse(stream: IO[bytes], place: str) -> NDArray[Any]:
    magic = read_up_to(stream, 8)
    if len(magic) < 8 or magic[:6] != b"\x93NUMPY" or magic[6] not in (1, 2, 3):
        raise ValueError(f"{place} does not begin as an array of NumPy does: save it with numpy.savez")
    length_bytes = 2 if magic[6] == 1 else 4
    length = int.from_bytes(read_up_to(stream, length_bytes), "little")
    if length > LONGEST_HEADER:
        raise ValueError(
            f"{place} announces a header of {length:,} bytes: at most {LONGEST_HEADER:,} can be read"
        )
    header = read_up_to(stream, length).decode("latin-1")
    dtype, shape = _type(header, place), _shape(header, place)
    expected = math.prod(shape) * dtype.itemsize
    if math.prod(max(size, 1) for size in shape) * dtype.itemsize > MAX_BYTES:
        raise ValueError(f"{place} announces the shape {shape}: at most 1 GiB can be read")
    values = read_up_to(stream, expected)
    if len(values) < expected:
        raise ValueError(
            f"{place} is cut short: it holds {len(values):,} bytes of values where its header announces "
            f"{expected:,}"
        )
    if stream.read(1):
        raise ValueError(f"{place} goes on after the {expected:,} bytes its header announces")
    if dtype.kind == "U":
        _check_characters(values, dtype, place)
    order = ORDER.search(header)
    array = np.frombuffer(values, dtype)
    array = array.reshape(shape, order="F" if order is not None and order[1] == "True" else "C")
    return array.astype(dtype.newbyteorder("="), copy=False)


def _type(header: str, place: str) -> np.dtype[Any]:
    match = DESCR.search(header)
    if match is None:
        raise ValueError(f"{place} is no plain array: give numbers or words, each array of one type")
    order, kind, size = match.groups()
    if kind == "O":
        raise ValueError(
            f"{place} holds Python objects (a pickle), which could run any program and are never loaded: "
            "save plain numbers or words, such as with array.astype(str)"
        )
    sizes = {"b": "1", "u": "1248", "i": "1248", "f": "248"}
    if kind == "U" and size and len(size) <= 4 and int(size) > 0:
        return np.dtype(f"{order}U{int(size)}")
    if size not in sizes.get(kind, "") or len(size) != 1:
        raise ValueError(f"{place} is of the type {kind}{size}: give whole numbers, floats or words")
    return np.dtype(f"{order}{kind}{size}")


def _check_characters(values: bytearray, dtype: np.dtype[Any], place: str) -> None:
    """Python ends with a SystemError where a number stands for no character."""
    codes = np.frombuffer(values, np.dtype("u4").newbyteorder(dtype.byteorder))
    if ((codes > sys.maxunicode) | ((codes >= 0xD800) & (codes < 0xE000))).any():
        raise ValueError(f"{place} is damaged: some of its words hold what is no character; get a fresh copy")


def _shape(header: str, place: str) -> tuple[int, ...]:
    match = SHAPE.search(header)
    sizes = [] if match is None else [size.strip(" L\n") for size in match[1].split(",") if size.strip()]
    if (
        match is None
        or len(sizes) > 8
        or not all(size.isascii() and size.isdigit() and len(size) < 20 for size in sizes)
    ):
        raise ValueError(f"{place} has no shape that can be read: save it with numpy.savez")
    return tuple(map(int, sizes))


def _members(archive: zipfile.ZipFile) -> dict[str, str]:
    """The names of the arrays, by their lower case."""
    names = [name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")]
    return {name.lower(): name for name in names}


def _pair(path: Path, members: dict[str, str]) -> tuple[str, str, str, str]:
    for pair in PAIRS:
        if pair[0] in members and pair[1] in members:
            if (pair[2] in members) != (pair[3] in members):
                there, missing = (pair[2], pair[3]) if pair[2] in members else (pair[3], pair[2])
                raise ValueError(f"{path} has {members[there]!r} but no {missing!r}: give both or neither")
            return pair
    if not members:
        raise ValueError(
            f"{path} is an archive without arrays: an NPZ is written by numpy.savez; save a table as CSV"
        )
    there = ", ".join(repr(brief(name)) for name in list(members.values())[:6])
    raise ValueError(f"{path} holds {there}: name the arrays x_train, y_train, x_test and y_test, or x and y")


def _part(archive: zipfile.ZipFile, path: Path, members: dict[str, str], x: str, y: str) -> Part:
    inputs, labels = (read_member(archive, path, members[name]) for name in (x, y))
    for name, array in ((x, inputs), (y, labels)):
        if array.ndim == 0:
            raise ValueError(f"{path}, array {members[name]!r} is a single value: give one per example")
    return Part(
        inputs,
        labels,
        lambda i: f"{path}, array {members[x]!r}, example {i:,}",
        lambda i: f"{path}, array {members[y]!r}, example {i:,}",
    )


def _names(
    archive: zipfile.ZipFile, path: Path, members: dict[str, str], known: tuple[str, ...]
) -> tuple[str, ...]:
    """Words in the archive that name something, if they are there."""
    name = next((name for name in known if name in members), None)
    if name is None:
        return ()
    words = read_member(archive, path, members[name])
    if words.ndim != 1 or words.dtype.kind != "U" or len(words) < 1:
        return ()
    names = tuple(str(word).strip() for word in words)
    return names if all(name and name.isprintable() for name in names) else ()
