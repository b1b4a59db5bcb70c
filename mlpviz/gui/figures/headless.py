"""An application without a display, for pictures made from the command line."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mlpviz.gui.display import use_no_display

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

_SCALING = ("QT_SCALE_FACTOR", "QT_SCALE_FACTOR_ROUNDING_POLICY")
_SCALE = re.compile(r"[1-4](\.\d{1,6})?")


@contextmanager
def headless_application(screen_scale: str = "1") -> Iterator[None]:
    """Within it pictures can be made.

    Parameters
    ----------
    screen_scale
        Pixels of the screen that there would be per pixel of the program; where there is an application
        already, its own stays.
    """
    use_no_display()
    from PySide6.QtWidgets import QApplication

    from mlpviz.gui.theme import Theme

    application = QApplication.instance()
    if application is None:
        application = _application_at(screen_scale)
    assert isinstance(application, QApplication)
    Theme("light").prepare(application)
    yield


def _application_at(screen_scale: str) -> "QApplication":
    """A new application; the scale may be one of a recipe, which may say anything."""
    from PySide6.QtWidgets import QApplication

    before = {name: os.environ.get(name) for name in _SCALING}
    if _SCALE.fullmatch(screen_scale):
        os.environ |= dict(zip(_SCALING, (screen_scale, "PassThrough"), strict=True))
    try:
        return QApplication(sys.argv[:1])
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
