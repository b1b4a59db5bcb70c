"""Data that somebody brings: IDX files, NPZ archives, CSV tables and folders of images, read with care."""

import stat
from collections.abc import Callable
from pathlib import Path

from mlpviz.data.readers.idx import find_pairs, is_idx_name, pairs_in, read_idx_files
from mlpviz.data.readers.images import find_folders, has_images, read_images
from mlpviz.data.readers.layout import column_name
from mlpviz.data.readers.npz import holds_examples, read_npz
from mlpviz.data.readers.records import (
    HEADERS,
    TARGETS,
    CancelledError,
    OwnData,
    Progress,
    Reading,
    Understanding,
    unheeded,
)
from mlpviz.data.readers.table import layout_of, read_table

__all__ = [
    "FORMATS",
    "HEADERS",
    "TARGETS",
    "CancelledError",
    "OwnData",
    "Reading",
    "Understanding",
    "columns_of",
    "files_of",
    "format_of",
    "looks_like_data",
    "read_data",
]

Reader = Callable[[Path, Reading, Progress], OwnData]

FORMATS: dict[str, Reader] = {
    "idx": read_idx_files,
    "npz": read_npz,
    "csv": read_table,
    "images": read_images,
}
"""The readers by format."""

TABLE_ENDINGS = (".csv", ".tsv")
KNOWN_STARTS = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"%PDF": "a PDF document",
    b"SQLite": "a database",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word document: save it as CSV",
    b"7z\xbc\xaf": "a 7z archive: unpack it",
    b"Rar!": "a RAR archive: unpack it",
    b"\xfd7zXZ": "an xz archive: unpack it",
    b"BZh": "a bzip2 archive: unpack it",
    b"\x93NUMPY": "a single array: save inputs and labels together with numpy.savez",
    b"\x80\x04\x95": "a pickle, which could run any program: save arrays with numpy.savez",
    b"\xff\xfe": "text in UTF-16: save it as CSV in UTF-8",
    b"\xfe\xff": "text in UTF-16: save it as CSV in UTF-8",
}


def read_data(path: Path | str, reading: Reading | None = None, progress: Progress = unheeded) -> OwnData:
    """The data set in a file or folder, and what was understood of it.

    Stored numbers stay as they are: nothing is rescaled or centred.

    Raises
    ------
    ValueError
        When it cannot be read as a data set; one sentence names the file, the place and the remedy.
    """
    path = Path(path)
    try:
        return FORMATS[format_of(path)](path, reading or Reading(), progress)
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror or error}") from error
    except MemoryError:
        raise ValueError(
            f"{path}: there is not enough memory for these examples: give fewer of them"
        ) from None


def format_of(path: Path) -> str:
    """The name in `FORMATS` of what a file or folder is, by its first bytes and its name.

    Raises
    ------
    ValueError
        When it is none of them.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return "idx" if pairs_in(path) else "images"
        if not stat.S_ISREG(mode):
            raise ValueError(f"{path} is neither a file nor a folder: give one of these")
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror or error}") from error
    if not start:
        raise ValueError(
            f"{path} is empty: give a CSV table, an NPZ archive, IDX files or a folder of images"
        )
    if start[:4] == b"PK\3\4" or start[:4] == b"PK\5\6":
        return "npz"
    if start[:2] == b"\0\0" or start[:2] == b"\x1f\x8b" or is_idx_name(path):
        return "idx"
    for known, what in KNOWN_STARTS.items():
        if start.startswith(known):
            hint = ": give the folder that holds the folders of images" if "image" in what else ""
            raise ValueError(
                f"{path} is {what}{hint}" if ":" in what or hint else f"{path} is {what}, not a data set"
            )
    if path.suffix.lower() == ".npz":
        raise ValueError(f"{path} is not an NPZ archive, though named so: get a fresh copy or rename it")
    return "csv"


def files_of(path: Path) -> tuple[Path, ...]:
    """The files that hold the examples, found by their names; a file that is read by itself is the only one.

    Raises
    ------
    ValueError
        When there are none.
    """
    kind = format_of(path)
    if kind == "idx":
        training, test = find_pairs(path)
        return (*training, *(test or ()))
    if kind == "images":
        training_folders, test_folders = find_folders(path)
        return (*training_folders.paths(), *(() if test_folders is None else test_folders.paths()))
    return (path,)


def looks_like_data(path: Path | str) -> bool:
    """Whether a file or folder looks like a data set: by its name and a few bytes, not read in full."""
    path = Path(path)
    try:
        if path.is_dir():
            is_run = (path / "experiment.toml").exists()
            return not is_run and (bool(pairs_in(path)) or has_images(path))
        if not path.is_file():
            return False
        suffix = path.suffix.lower()
        if suffix == ".npz":
            return holds_examples(path)
        return suffix in TABLE_ENDINGS or (is_idx_name(path) and format_of(path) == "idx")
    except (ValueError, OSError):
        return False


def columns_of(path: Path, reading: Reading | None = None) -> tuple[str, ...]:
    """The names of the columns of a CSV table, from its first rows; empty for other formats.

    Raises
    ------
    ValueError
        When its first rows are no table.
    """
    if path.is_dir() or format_of(path) != "csv":
        return ()
    wanted = reading or Reading()
    layout = layout_of(path, Reading(header=wanted.header))
    return tuple(column_name(layout.names, i) for i in range(layout.width))
