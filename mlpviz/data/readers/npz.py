"""The reader of NPZ archives: named arrays, of which a pair or two are inputs and labels."""

import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from mlpviz.data.idx import MAX_BYTES
from mlpviz.data.npy import read_npy
from mlpviz.data.readers.assembling import Findings, Part, assemble
from mlpviz.data.readers.records import OwnData, Progress, Reading, brief, unheeded

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
            return read_npy(stream, place)
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
