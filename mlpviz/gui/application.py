"""Starts the program: one application, one theme, one workspace, one window."""

import gc
import logging
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from mlpviz.gui.display import check_display

AFTER_PAINTING_MS = 20
"""So long after it opened the window is painted, and whatever takes long may begin."""


def run(file: str | None) -> int:
    """Open the window, on a file if one is given, and return the exit status once it is closed.

    Raises
    ------
    ValueError
        If there is no display, or the file holds nothing to show.
    """
    check_display()
    gc.disable()  # until the window is there: imports make many objects, and none of them is garbage
    if file is not None and not Path(file).exists():
        from mlpviz.training.presets import load_preset

        load_preset(file)  # raises for what is neither a file nor a preset
    from PySide6.QtCore import QSettings, QTimer
    from PySide6.QtWidgets import QApplication

    from mlpviz.gui.main_window import MainWindow
    from mlpviz.gui.opening import trainer_of
    from mlpviz.gui.theme import MODES, Theme
    from mlpviz.gui.workspace import Workspace

    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("mlpviz")
    application.setDesktopFileName("mlpviz")
    settings = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "mlpviz", "mlpviz")
    mode = str(settings.value("window/theme", "system"))
    theme = Theme(mode if mode in MODES else "system")
    theme.prepare(application)
    workspace = Workspace()
    window = MainWindow(workspace, theme, settings, slows_small=True)
    theme.apply(application)
    window.show()
    gc.freeze()
    gc.enable()
    _log_defects(window.state_line.say)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C in the terminal ends the program
    make = trainer_of(file) if file is not None else remembered_trainer(settings.value("experiment"))
    QTimer.singleShot(AFTER_PAINTING_MS, workspace, lambda: workspace.open(make))
    return application.exec()


def remembered_trainer(toml: object):
    """The trainer for the experiment of last time; for the digits if there was none that can be read."""
    from mlpviz.training import Experiment, Trainer
    from mlpviz.training.presets import DEFAULT_PRESET, load_preset

    def make() -> Trainer:
        try:
            return Trainer(Experiment.from_toml(str(toml)))
        except ValueError:
            return Trainer(load_preset(DEFAULT_PRESET))

    return make


def _log_defects(say: Callable[[str], None]) -> None:
    """Let a defect of ours cost a sentence, not the window: the details go to a file."""
    import platformdirs

    log = platformdirs.user_log_path("mlpviz", appauthor=False, ensure_exists=True) / "mlpviz.log"
    logging.basicConfig(
        filename=log, level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s"
    )

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        logging.getLogger("mlpviz").error("a defect", exc_info=(kind, error, trace))
        say(f"Something went wrong in mlpviz ({kind.__name__}); the details are in {log}")

    sys.excepthook = hook
