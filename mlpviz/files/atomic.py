"""Writing so that a crash or a full disk leaves the old file or the new one, never half of one.

A file or folder is written under a temporary name beside its place, flushed, and renamed into place. A file
takes the place of an old one in one rename. For folders Linux and macOS can exchange two names in one step;
elsewhere the old folder is moved aside first, and `recover_folder` moves it back if the program died then.

Whoever writes holds a lock on what it writes. So what carries a temporary name and is not locked was left by
a program that died, and the next writer to the same place takes it away.
"""

import contextlib
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import IO

from mlpviz.files.locks import try_lock

Content = bytes | Callable[[IO[bytes]], object]
"""What a file is to hold: bytes, or a function that writes them."""

UNFINISHED, MOVED_ASIDE = ".unfinished", ".replaced"


def write_file(path: Path, content: Content) -> None:
    """Write a file under a temporary name, flush it to the disk, and rename it into place.

    Raises
    ------
    OSError
        If it cannot be written; an old file of that name is then still whole.
    """
    path = path.resolve()  # behind a link: the link stays
    remove_leftovers(path)
    with _reserved(path, _new_file) as temporary:
        _fill(temporary, content)
        os.replace(temporary, path)
    _flush_folder(path.parent)


def write_folder(path: Path, files: Mapping[str, Content], names: Collection[str] = ()) -> None:
    """Write a folder of files beside its place, flush it, and rename it into place.

    A folder of that name is replaced only if it holds nothing but files of the given names, and of `names`.

    Raises
    ------
    ValueError
        If the path is taken by something else.
    OSError
        If it cannot be written; what was there before is then still whole.
    """
    recover_folder(path)
    check_can_write(path, {*files, *names})
    path = path.resolve()  # behind a link, or ".": what has to move is the folder itself
    remove_leftovers(path)
    with _reserved(path, os.mkdir) as temporary:
        for name, content in files.items():
            _fill(temporary / name, content)
        _flush_folder(temporary)
        if not path.exists():
            temporary.rename(path)
        elif not _exchange(temporary, path):
            aside = temporary.with_suffix(MOVED_ASIDE)
            path.rename(aside)
            try:
                temporary.rename(path)
            except BaseException:
                aside.rename(path)
                raise
            shutil.rmtree(aside, ignore_errors=True)
    _flush_folder(path.parent)


def recover_folder(path: Path) -> None:
    """Give a folder its name back if the program died between two renames; else do nothing."""
    if path.exists():
        return
    path = path.resolve()
    for aside in _beside(path, MOVED_ASIDE):
        new = aside.with_suffix(UNFINISHED)
        if not new.exists() or _is_abandoned(new):
            with contextlib.suppress(OSError):  # another process may have been quicker
                aside.rename(path)
            return


def remove_leftovers(path: Path) -> None:
    """Take away what programs that died while writing to a place have left beside it."""
    found = _beside(path, UNFINISHED)
    if path.exists():
        found += _beside(path, MOVED_ASIDE)
    for leftover in found:
        if _is_abandoned(leftover):
            _remove(leftover)


def check_can_write(path: Path, names: Collection[str]) -> None:
    """See to it before a long computation that a folder could be written in the end.

    Raises
    ------
    ValueError
        With a sentence that says why not.
    """
    if path.resolve() == Path.cwd():
        raise ValueError(f"{path} is the folder you are in: give a new folder inside it, such as run")
    if path.exists():
        if not path.is_dir():
            raise ValueError(f"{path} is a file: give a folder to write to")
        foreign = sorted(entry.name for entry in path.iterdir() if entry.name not in names)
        if foreign:
            raise ValueError(
                f"{path} holds {foreign[0]!r}, which is no part of a saved run: "
                "give a new folder, so that nothing of yours is replaced"
            )
    _check_place(path, "folder")


def check_can_write_file(path: Path) -> None:
    """See to it before a long computation that a file could be written in the end.

    Raises
    ------
    ValueError
        With a sentence that says why not.
    """
    if path.is_dir():
        raise ValueError(f"{path} is a folder: give the name of a file to write to")
    _check_place(path, "file")


def _check_place(path: Path, what: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error.strerror}; give another {what}") from error


# ---------------------------------------------------------------------- temporary names


@contextlib.contextmanager
def _reserved(path: Path, create: Callable[[Path], None]) -> Iterator[Path]:
    """A new file or folder beside its place, locked; whatever still has its name at the end is removed."""
    while True:
        temporary = path.parent / f".{path.name[:200]}.{secrets.token_hex(4)}{UNFINISHED}"
        try:
            create(temporary)
        except FileExistsError:
            continue
        lock = _locked(temporary)
        if temporary.exists():
            break
        _close(lock)  # whoever clears up here had it before it was locked
    try:
        yield temporary
    finally:
        _remove(temporary)
        _close(lock)


def _new_file(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))


def _beside(path: Path, ending: str) -> list[Path]:
    """Temporary names of a place, the newest first."""
    start = f".{path.name[:200]}."
    try:
        names = [name for name in os.listdir(path.parent) if name.startswith(start) and name.endswith(ending)]
    except OSError:
        return []
    found = [path.parent / name for name in names if len(name) == len(start) + 8 + len(ending)]
    return sorted(found, key=_modified, reverse=True)


def _modified(path: Path) -> float:
    with contextlib.suppress(OSError):
        return path.stat().st_mtime
    return 0.0


def _is_abandoned(path: Path) -> bool:
    """Whether nobody writes it any more."""
    lock = _locked(path)
    _close(lock)
    return lock is not None


def _locked(path: Path) -> int | None:
    """A handle that holds the lock; None if somebody else has it, or the system cannot tell."""
    if os.name != "posix":  # a folder cannot be opened, nor a file renamed that is open
        return None
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return None
    if try_lock(handle):
        return handle
    os.close(handle)
    return None


def _close(handle: int | None) -> None:
    if handle is not None:
        os.close(handle)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


# ---------------------------------------------------------------------- what the system does


def _fill(path: Path, content: Content) -> None:
    """Write a file where no one looks yet, and wait until it is on the disk."""
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o666), "wb") as file:
        if isinstance(content, bytes):
            file.write(content)
        else:
            content(file)
        file.flush()
        os.fsync(file.fileno())


def _exchange(one: Path, other: Path) -> bool:
    """Let two names change places in one step; False where the system or the disk cannot."""
    import ctypes

    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "linux":
            at_working_folder, exchange = -100, 2
            return not libc.renameat2(
                at_working_folder, os.fsencode(one), at_working_folder, os.fsencode(other), exchange
            )
        if sys.platform == "darwin":
            swap = 2
            return not libc.renamex_np(os.fsencode(one), os.fsencode(other), swap)
    except (OSError, AttributeError, TypeError):  # no such library, no such function
        pass
    return False


def _flush_folder(path: Path) -> None:
    """Make a rename last through a power cut, where the system can (Windows opens no folders)."""
    if os.name == "posix":
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
