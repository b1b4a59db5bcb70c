"""Writing so that a crash or a full disk leaves the old file or the new one, never half of one."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path


def write_file(path: Path, content: bytes) -> None:
    """Write a file under a temporary name, flush it to the disk, and rename it into place.

    Raises
    ------
    OSError
        If it cannot be written; an old file of that name is then still whole.
    """
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _flush_folder(path.parent)


def write_folder(path: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder of files beside its place, flush it, and rename it into place.

    A folder of that name is replaced only if it holds nothing but files of the given names.

    Raises
    ------
    ValueError
        If the path is taken by something else.
    OSError
        If it cannot be written; what was there before is then still whole.
    """
    check_can_write(path, files)
    path = path.resolve()  # behind a link, or ".": what has to move is the folder itself
    temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        for name, content in files.items():
            write_file(temporary / name, content)
        temporary.chmod(0o777 & ~_umask())
        if path.exists():
            old = temporary.with_name(temporary.name + ".old")
            path.rename(old)
            try:
                temporary.rename(path)
            except BaseException:
                old.rename(path)
                raise
            shutil.rmtree(old)
        else:
            temporary.rename(path)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    _flush_folder(path.parent)


def check_can_write(path: Path, names: Mapping[str, bytes] | tuple[str, ...]) -> None:
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
                f"{path} holds {foreign[0]!r}, which is no part of a checkpoint: "
                "give a new folder, so that nothing of yours is replaced"
            )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error.strerror}; give another folder") from error


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask


def _flush_folder(path: Path) -> None:
    """Make a rename last through a power cut, where the system can (Windows opens no folders)."""
    if os.name == "posix":
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
