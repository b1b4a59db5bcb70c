"""An application without a display, for pictures made from the command line."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from mlpviz.gui.display import use_no_display


@contextmanager
def headless_application() -> Iterator[None]:
    """Within it pictures can be made; the one there is, where there is one."""
    use_no_display()
    from PySide6.QtWidgets import QApplication

    from mlpviz.gui.theme import Theme

    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    Theme("light").prepare(application)
    yield
