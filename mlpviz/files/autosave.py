"""Copies of a run in case of a crash: a folder of its own for each running mlpviz, and those that were left.

A running mlpviz holds a lock on its folder, which ends with it, however it ends: what is not locked was left
behind. The folder goes when its mlpviz is closed, so that only a crash or a power cut leaves one.
"""

import contextlib
import errno
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from mlpviz.files.checkpoints import LoadedRun, RunCopy, load_run, save_run, title_and_step
from mlpviz.files.locks import try_lock

RUN, LOCK = "run.mlpviz", "lock"


def autosave_folder() -> Path:
    """Where all of a user's running programs keep their copies."""
    import platformdirs

    return platformdirs.user_state_path("mlpviz", appauthor=False) / "autosave"


class Autosave:
    """The place of this process; nobody else writes there. It is made with the first copy.

    Parameters
    ----------
    root : Path
        The folder of all places.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder: Path | None = None
        self._lock: int | None = None

    @property
    def exists(self) -> bool:
        """Whether there is a copy."""
        return self._folder is not None and (self._folder / RUN).exists()

    def write(self, run: RunCopy, saved_as: Path | None = None) -> None:
        """Replace the copy; `saved_as` is where the user saved the run last.

        Raises
        ------
        OSError
            If it cannot be written; the copy before is then still whole.
        """
        if self._folder is None:
            self._make_folder()
        assert self._folder is not None
        # Never as text: this is done again and again, and nobody reads it.
        save_run(self._folder / RUN, run, saved_as, longest_csv=0)

    def clear(self) -> None:
        """Take the copy away, for it is no longer needed."""
        if self._folder is not None:
            with contextlib.suppress(OSError):
                (self._folder / RUN).unlink(missing_ok=True)

    def close(self) -> None:
        """Leave nothing behind."""
        if self._folder is not None:
            _remove(self._folder, self._lock)
            self._folder = self._lock = None

    def adopt(self, leftover: "Leftover") -> None:
        """Go on with what another program has left: its copy is ours from now on."""
        self.close()
        self._folder, self._lock = leftover.folder, leftover.lock

    def _make_folder(self) -> None:
        for _ in range(5):
            folder = self._root / f"{os.getpid()}-{secrets.token_hex(4)}"
            folder.mkdir(parents=True)
            self._lock = _lock(folder)
            if self._lock is not None:
                self._folder = folder
                return
            # A program that starts right now took the empty folder for one that was left behind.
            shutil.rmtree(folder, ignore_errors=True)
        raise OSError(errno.ENOLCK, "This disk knows no locks", str(self._root))


@dataclass(frozen=True, slots=True)
class Leftover:
    """A copy that a program left behind when it ended unexpectedly. It is ours until it is released.

    Attributes
    ----------
    title, step
        Of what, and how far.
    saved_at
        When, in seconds since 1970.
    """

    title: str
    step: int
    saved_at: float
    folder: Path
    lock: int

    def load(self) -> LoadedRun:
        """The run, ready to go on; ValueError if it cannot be read."""
        return load_run(self.folder / RUN)

    def remove(self) -> None:
        """It is not wanted, or was taken over and is safe elsewhere."""
        _remove(self.folder, self.lock)

    def release(self) -> None:
        """Leave it for another time."""
        with contextlib.suppress(OSError):
            os.close(self.lock)


def leftovers(root: Path) -> list[Leftover]:
    """What programs that ended unexpectedly have left, the newest first.

    Each is locked for this process: call `remove` or `release` for every one. Folders without a copy are
    taken away; a copy that cannot be read is left where it is.
    """
    found = []
    for folder in sorted(root.iterdir()) if root.is_dir() else []:
        lock = _lock(folder) if folder.is_dir() else None
        if lock is None:
            continue  # its program is running
        copy = folder / RUN
        if not copy.exists():
            _remove(folder, lock)
            continue
        try:
            title, step = title_and_step(copy)
            found.append(Leftover(title, step, copy.stat().st_mtime, folder, lock))
        except (ValueError, OSError):
            os.close(lock)
    return sorted(found, key=lambda leftover: leftover.saved_at, reverse=True)


def _lock(folder: Path) -> int | None:
    """A handle that holds the folder's lock; None if another process has it."""
    try:
        handle = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError:
        return None
    if try_lock(handle) and (folder / LOCK).exists():
        return handle
    os.close(handle)
    return None


def _remove(folder: Path, lock: int | None) -> None:
    """Take a folder away: the copy first, so that one which is half removed offers nothing."""
    with contextlib.suppress(OSError):
        (folder / RUN).unlink(missing_ok=True)
    if lock is not None and os.name != "posix":
        os.close(lock)  # or the file that it locks could not be removed
    shutil.rmtree(folder, ignore_errors=True)
    if lock is not None and os.name == "posix":
        os.close(lock)
