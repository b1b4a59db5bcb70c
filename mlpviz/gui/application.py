"""Starts the program: one application, one theme, one workspace, one window."""

import gc
import logging
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from mlpviz.gui.display import check_display

if TYPE_CHECKING:
    from mlpviz.gui.main_window import MainWindow
    from mlpviz.gui.opening import Kind

AFTER_PAINTING_MS = 20
"""So long after it opened the window is painted, and whatever takes long may begin."""

ONCE_AT_REST_MS = 700
"""So long after it opened nobody waits for it any more."""


def run(file: str | None) -> int:
    """Open the window, on a file if one is given, and return the exit status once it is closed.

    Raises
    ------
    ValueError
        If there is no display, or the file holds nothing to show.
    """
    check_display()
    gc.disable()  # until the window is there: imports make many objects, and none of them is garbage
    kind = None if file is None else kind_of_argument(file)
    from PySide6.QtCore import QSettings, QTimer
    from PySide6.QtWidgets import QApplication

    from mlpviz.gui.main_window import MainWindow
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
    fit_screen(window)
    window.show()
    gc.freeze()
    gc.enable()
    _log_defects(window.state_line.say)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C in the terminal ends the program
    QTimer.singleShot(AFTER_PAINTING_MS, workspace, lambda: begin(window, file, kind))
    QTimer.singleShot(ONCE_AT_REST_MS, window, lambda: _keep_safe(window))
    return application.exec()


def fit_screen(window: "MainWindow") -> None:
    """Make a window no larger than its screen, such as a projector's: not every desktop does so by itself."""
    window.resize(window.size().boundedTo(window.screen().availableSize()))


def kind_of_argument(file: str) -> "Kind | None":
    """What the argument is; None for a preset's name. Refused in the terminal is what is neither."""
    path = Path(file)
    if _is_preset(file):
        return None
    if not path.exists() and path.suffix == "":
        from mlpviz.training.presets import load_preset

        load_preset(file)  # raises, with the names there are
    from mlpviz.gui.opening import kind_of

    return kind_of(path)


def _is_preset(name: str) -> bool:
    from mlpviz.training.presets import preset_names

    return name in preset_names() and not Path(name).is_dir()


def begin(window: "MainWindow", file: str | None, kind: "Kind | None") -> None:
    """Open a file, or a preset where it is of no kind; without one, the experiment of last time."""
    from mlpviz.gui.opening import open_path
    from mlpviz.training import Trainer
    from mlpviz.training.presets import load_preset

    workspace = window.workspace
    assert window.settings is not None
    last = remembered_trainer(window.settings.value("experiment"))
    if file is None:
        workspace.open(last)
        return
    if kind is None:
        workspace.open(lambda: Trainer(load_preset(file)))
        return
    path = Path(file)
    if kind.needs_run:
        _once_there_is_a_run(window, lambda: open_path(window, path))
        workspace.open(last)
        return

    def refused(sentence: str) -> None:
        """Show something all the same, and why it is not what was wanted."""
        if not workspace.ready:
            _once_there_is_a_run(window, lambda: window.state_line.say(sentence))
            workspace.open(last)

    workspace.refused.connect(refused)
    if not open_path(window, path):
        workspace.open(last)


def _once_there_is_a_run(window: "MainWindow", do: Callable[[], object]) -> None:
    """Do something when the first run is on show, after all who show it."""

    def ready() -> None:
        window.workspace.run_changed.disconnect(ready)
        do()

    window.workspace.run_changed.connect(ready)


def _keep_safe(window: "MainWindow") -> None:
    from mlpviz.files.autosave import autosave_folder
    from mlpviz.gui.recovery import keep_safe

    keep_safe(window, autosave_folder())


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
