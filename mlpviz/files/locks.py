"""Locks that end with their process, however it ends."""

import os
import sys


def try_lock(handle: int) -> bool:
    """Lock an open file (on Linux and macOS also a folder) for this process, without waiting.

    The lock is released when the handle is closed, at the latest when the process ends.

    Returns
    -------
    bool
        False if somebody else holds the lock, or the disk knows no locks.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(handle, 0, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
