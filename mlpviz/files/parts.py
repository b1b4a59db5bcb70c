"""Named files in one folder, or in one zip file: written whole, and read with suspicion."""

import os
import time
import zipfile
import zlib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import IO

from mlpviz.files.atomic import Content, recover_folder, write_file, write_folder

FILE_ENDING = ".mlpviz"
"""What is written to a name with this ending is one file."""

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
    UnicodeDecodeError,
)
LONGEST_REASON = 240
LARGEST = 2**31
"""Bytes: more than that in one part is no run that could be shown."""

PACKED_WELL, ALWAYS_FINE = 50, 2**26
"""A packed part may unpack to so many times its size, or to so many bytes."""

DIRECTORY_LIMIT = 2**16
_END = b"PK\5\6"
_END_SIZE = 22
_CHUNK = 2**20


def is_one_file(path: Path) -> bool:
    """Whether a run of that name is one file rather than a folder."""
    return path.is_file() if path.exists() else path.suffix.lower() == FILE_ENDING


def write_parts(path: Path, parts: Mapping[str, Content], names: Collection[str] = ()) -> None:
    """Write files into one zip file if `path` ends in ``.mlpviz``, else into a folder; all or nothing.

    Parameters
    ----------
    names
        Of files that an older folder in this place may hold; any other keeps it from being replaced.

    Raises
    ------
    ValueError, OSError
        If it cannot be written; what was there before is then still whole.
    """
    if path.suffix.lower() == FILE_ENDING:
        if path.is_dir():
            raise ValueError(f"{path} is a folder: give the name of a file to write to")
        write_file(path, lambda file: _write_zip(file, parts))
    else:
        write_folder(path, parts, names)


def read_parts(path: Path, wanted: Collection[str], known: Collection[str]) -> dict[str, bytes]:
    """Those of the wanted files that are there, by name.

    Memory is bounded by what lies on the disk: what is packed too well to be true is refused.

    Parameters
    ----------
    known
        The names that one file may hold; any other is refused. A folder may hold what it likes.

    Raises
    ------
    ValueError
        If there is nothing to read, or it is not what it should be; the sentence names file and place.
    """
    recover_folder(path)
    if path.is_dir():
        return _read_folder(path, wanted)
    if not path.exists():
        raise ValueError(f"{path} is not there: give a run that mlpviz saved, a folder or one file")
    try:
        with path.open("rb") as file:
            return read_zip(file, path, wanted, known)
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror}") from error


def part_names(path: Path) -> list[str]:
    """The names of the files in a folder, or in one file; empty if it is neither."""
    try:
        if path.is_dir():
            return os.listdir(path)
        with path.open("rb") as file:
            _check_end(file, path)
            return [info.filename for info in zipfile.ZipFile(file).infolist()]
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
        return []


# ---------------------------------------------------------------------- a folder


def _read_folder(path: Path, wanted: Collection[str]) -> dict[str, bytes]:
    while True:  # until no other program put a new folder in its place while we read
        before = path.stat()
        found = {name: _read_file(path / name) for name in wanted if (path / name).is_file()}
        after = path.stat()
        if (before.st_ino, before.st_dev) == (after.st_ino, after.st_dev):
            return found


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > LARGEST:
                raise ValueError(f"{path}: larger than {LARGEST / 2**30:g} GB, which no run of mlpviz is")
            return file.read(size)  # room for so much is taken before anything is read
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror}") from error


# ---------------------------------------------------------------------- one file


def _write_zip(file: IO[bytes], parts: Mapping[str, Content]) -> None:
    """Text is packed; arrays of floats would hardly shrink."""
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, time.localtime()[:6])
            info.external_attr = 0o644 << 16
            is_text = not name.endswith((".safetensors", ".npz"))
            info.compress_type = zipfile.ZIP_DEFLATED if is_text else zipfile.ZIP_STORED
            if isinstance(content, bytes):
                archive.writestr(info, content)
            else:
                with archive.open(info, "w", force_zip64=True) as part:
                    content(part)


def read_zip(
    file: IO[bytes], path: Path, wanted: Collection[str] | None = None, known: Collection[str] | None = None
) -> dict[str, bytes]:
    """The wanted files in a zip file, by name; all of them by default.

    Raises
    ------
    ValueError
        If it is no zip file, damaged, encrypted, a bomb, or holds a name twice or one that is not known.
    """
    _check_end(file, path)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _check_entries(entries, path, known)
            return {
                info.filename: _unpacked(archive, info, path)
                for info in entries
                if wanted is None or info.filename in wanted
            }
    except _BROKEN as e:
        raise ValueError(f"{path}: damaged ({in_one_line(e)}): take another copy of it") from e


def _check_end(file: IO[bytes], path: Path) -> None:
    """Look at the end of the file before its table of contents is read, which may claim to be huge."""
    size = file.seek(0, os.SEEK_END)
    if not size:
        raise ValueError(f"{path} is empty")
    file.seek(0)
    if file.read(4) not in (b"PK\3\4", _END):
        raise ValueError(f"{path}: not a zip file, so nothing that mlpviz saved")
    file.seek(max(0, size - _END_SIZE - 20))
    tail = file.read()
    end = tail[-_END_SIZE:]
    if end[:4] != _END or b"PK\6\7" in tail[:-_END_SIZE]:
        raise ValueError(f"{path}: cut off, or something was added at its end: take another copy of it")
    if int.from_bytes(end[12:16], "little") > DIRECTORY_LIMIT:
        raise ValueError(f"{path} holds more files than mlpviz writes")
    file.seek(0)


def _check_entries(entries: list[zipfile.ZipInfo], path: Path, known: Collection[str] | None) -> None:
    seen: set[str] = set()
    for info in entries:
        name = info.filename
        if known is not None and name not in known:
            raise ValueError(f"{path} holds {name!r:.80}, which is no part of a saved run")
        if name in seen:
            raise ValueError(f"{path} holds {name} twice")
        seen.add(name)
        if info.flag_bits & 1:
            raise ValueError(f"{path / name}: encrypted: mlpviz reads no passwords, so unpack the file first")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError(f"{path / name}: packed in a way that mlpviz does not read: store or deflate it")
        most = min(LARGEST, max(ALWAYS_FINE, PACKED_WELL * info.compress_size))
        if info.file_size > most:
            raise ValueError(
                f"{path / name}: would unpack to {info.file_size / 2**20:,.0f} MB, which cannot be"
            )


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> bytes:
    """The content of a part; in pieces, for zipfile would unpack more than was announced before it stops."""
    pieces, left = [], info.file_size
    with archive.open(info) as part:
        while piece := part.read(min(_CHUNK, left + 1)):
            left -= len(piece)
            pieces.append(piece)
    if left:
        raise ValueError(f"{path / info.filename}: cut off, {left} bytes are missing: take another copy")
    return b"".join(pieces)


def in_one_line(error: Exception) -> str:
    """What an error says, without what a damaged file may have put into it by the thousand letters."""
    words = " ".join(str(error).split()) or type(error).__name__
    return words if len(words) <= LONGEST_REASON else f"{words[:LONGEST_REASON]}…"
