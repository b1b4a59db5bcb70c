"""After a crash: offers what was left of a run, and from then on keeps copies of the one that is open."""

from pathlib import Path
from typing import TYPE_CHECKING

from mlpviz.files.autosave import Leftover, leftovers
from mlpviz.gui.autosave import INTERVAL_S, Autosaver
from mlpviz.gui.opening import FromFile
from mlpviz.gui.panels.recovery_bar import RecoveryBar

if TYPE_CHECKING:
    from mlpviz.gui.main_window import MainWindow


def keep_safe(window: "MainWindow", root: Path, interval_s: float = INTERVAL_S) -> None:
    """Look for what other programs have left, and keep copies of this window's run.

    Parameters
    ----------
    root : Path
        Where all of a user's running programs keep their copies.
    interval_s : float
        How long to wait between two copies at least.
    """
    window.autosaver = Autosaver(window.workspace, window.keeper, root, interval_s, window)
    found = leftovers(root)
    if not found:
        return
    bar = RecoveryBar(found, window.theme)
    bar.go_on.connect(lambda leftover: _go_on(window, leftover))
    window.workspace.shutting_down.connect(bar.put_off)
    window.show_above(bar)


def _go_on(window: "MainWindow", leftover: Leftover) -> None:
    """Open what was left; it is ours once it is open, and stays for another time if it cannot be."""
    workspace = window.workspace
    source = FromFile(leftover.load, None, is_run=True)

    def answered(*_: object) -> None:
        workspace.run_changed.disconnect(answered)
        workspace.refused.disconnect(answered)
        if workspace.run is not None and workspace.run.source is source and window.autosaver is not None:
            window.autosaver.adopt(leftover)
        else:
            leftover.release()

    workspace.run_changed.connect(answered)
    workspace.refused.connect(answered)
    workspace.open(source)
