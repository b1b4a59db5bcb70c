"""Is there a screen to open a window on? Qt itself answers by aborting the process."""

import ctypes
import os
import sys

NO_DISPLAY = (
    "there is no display to open a window on. Train without one: `mlpviz train`; "
    "or take a picture of the window: `mlpviz screenshot OUT.png`"
)


def check_display() -> None:
    """Make sure a window can be opened.

    Raises
    ------
    ValueError
        With a sentence that says what is missing and what can be done without it.
    """
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return
    if os.environ.get("WAYLAND_DISPLAY"):
        return
    if not os.environ.get("DISPLAY"):
        raise ValueError(NO_DISPLAY)
    _check_library("libxcb-cursor.so.0", "libxcb-cursor0")
    if not _x_server_answers():
        raise ValueError(f"the display {os.environ['DISPLAY']!r} does not answer, so {NO_DISPLAY}")


def use_no_display() -> None:
    """Let Qt paint into memory if there is no screen; call before Qt is first used."""
    if sys.platform.startswith("linux"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def _check_library(name: str, package: str) -> None:
    try:
        ctypes.CDLL(name)
    except OSError:
        raise ValueError(
            f"the system library {name} is missing, without which Qt opens no window: "
            f"sudo apt-get install {package}"
        ) from None


def _x_server_answers() -> bool:
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # cannot tell; Qt will
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    if xcb.xcb_connection_has_error(connection):
        xcb.xcb_disconnect(connection)
        return False
    # It stays open: a server begins anew when its last client leaves, just when Qt would come.
    return True
