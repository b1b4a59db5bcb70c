"""Own data by reference: a path in place of a data set's name, checked by its fingerprint, read once."""

import functools
import hashlib
import os
import threading
import weakref
from pathlib import Path
from typing import TypeAlias

from mlpviz.data.dataset import Dataset
from mlpviz.data.readers import OwnData, Reading, files_of, read_data
from mlpviz.data.readers.records import Progress, unheeded

CHUNK_BYTES = 1 << 20

FileState: TypeAlias = tuple[str, int, int]
Key: TypeAlias = tuple[str, Reading, tuple[FileState, ...]]

_lock = threading.Lock()
_alive: weakref.WeakValueDictionary[Key, Dataset] = weakref.WeakValueDictionary()
_newest: list[tuple[Key, OwnData]] = []


def is_path(reference: str) -> bool:
    """Whether what stands in place of a data set's name is the path of own data."""
    return any(sign in reference for sign in {"/", os.sep, "."}) or reference.startswith("~")


def read_own(path: Path, reading: Reading, progress: Progress = unheeded) -> OwnData:
    """As `read_data`; what was read last is kept, so that taking what was looked at reads nothing again.

    Raises
    ------
    ValueError
        As `read_data`.
    """
    key = _key(path, reading)
    with _lock:
        for known, own in _newest:
            if known == key:
                return own
    own = read_data(path, reading, progress)
    with _lock:
        _newest[:] = [(key, own)]
        _alive[key] = own.dataset
    return own


def load_own(path: Path, reading: Reading, sha256: str = "") -> Dataset:
    """The data set in a file or folder; shared with whoever still holds it, if the files are the same.

    Parameters
    ----------
    path : Path
    reading : Reading
    sha256 : str
        What `dataset_sha256` must give; "" is not checked.

    Raises
    ------
    ValueError
        When it is gone, has changed, or cannot be read; the sentence says what to do.
    """
    if not os.path.exists(path):  # False, too, for what is no path at all
        raise ValueError(
            f"{path} is not there: put the data back, or name where they are now with --set dataset=PATH "
            "or File, Open data"
        )
    if sha256 and (found := dataset_sha256(path)) != sha256.lower():
        raise ValueError(
            f"{path} is not what it was when this experiment was made (sha256 {found[:12]}…, not "
            f'{sha256[:12]}…): restore it, or take it as it is with --set dataset_sha256=""'
        )
    with _lock:
        alive = _alive.get(_key(path, reading))
    return alive if alive is not None else read_own(path, reading).dataset


def dataset_sha256(path: Path | str) -> str:
    """The fingerprint of a data set: 64 hexadecimal digits.

    Of one file it is the sha256 of its content. Of several it is that of the lines that `sha256sum` prints
    for them, in the order of their names, which are relative to their folder. It is kept for files whose
    size and time of change stay the same.

    Raises
    ------
    ValueError
        When it cannot be read.
    """
    path = Path(path)
    return _known_sha256(path, _states(path))


@functools.lru_cache(maxsize=8)
def _known_sha256(path: Path, states: tuple[FileState, ...]) -> str:
    files = files_of(path)
    try:
        if files == (path,):
            return _sha256_of(path)
        folder = path if path.is_dir() else path.parent
        names = {file.relative_to(folder).as_posix(): file for file in files}
        whole = hashlib.sha256()
        for name, file in sorted(names.items()):
            whole.update(f"{_sha256_of(file)}  ".encode() + os.fsencode(name) + b"\n")
        return whole.hexdigest()
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror or error}") from error


def _sha256_of(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _key(path: Path, reading: Reading) -> Key:
    return os.path.abspath(path), reading, _states(path)


def _states(path: Path) -> tuple[FileState, ...]:
    """What tells whether files have changed since, without reading them."""
    try:
        states = [(file, file.stat()) for file in files_of(path)]
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror or error}") from error
    return tuple((str(file), state.st_mtime_ns, state.st_size) for file, state in states)
