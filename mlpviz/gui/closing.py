"""Before the window closes on a run that took a while: whether to save it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QCheckBox, QMessageBox

if TYPE_CHECKING:
    from mlpviz.gui.main_window import MainWindow

WORTH_ASKING_S = 30.0
"""A run that has trained for less since it was saved is soon had again, bit for bit."""

KEY = "runs/ask_to_save"


def asks_to_save(window: "MainWindow") -> bool:
    """Whether the user wants to be asked; not in a window that remembers nothing, such as a test's."""
    return window.settings is not None and bool(window.settings.value(KEY, True, bool))


def set_asks_to_save(window: "MainWindow", asks: bool) -> None:
    """Remember whether to ask."""
    if window.settings is not None:
        window.settings.setValue(KEY, asks)


def must_ask(window: "MainWindow") -> bool:
    """Whether closing now would lose a run that is worth a question."""
    return asks_to_save(window) and window.keeper.seconds_unsaved >= WORTH_ASKING_S


def ask(window: "MainWindow", save: Callable[[], None], close: Callable[[], None]) -> None:
    """Ask; then save and close, close, or stay. Returns at once."""
    run = window.workspace.run
    assert run is not None
    buttons = QMessageBox.StandardButton
    box = QMessageBox(
        QMessageBox.Icon.Question,
        "mlpviz",
        f"Save the run “{window.keeper.name}” before closing?",
        buttons.Save | buttons.Discard | buttons.Cancel,
        window,
    )
    box.setObjectName("dialog_save_before_closing")
    box.setInformativeText(f"It has trained for {_duration(run.seconds)}, and would have to train again.")
    for button, words in (
        (buttons.Save, "&Save"),
        (buttons.Discard, "&Don’t save"),
        (buttons.Cancel, "Cancel"),
    ):
        box.button(button).setText(words)
        box.button(button).setIcon(QIcon())
    box.setDefaultButton(buttons.Save)
    never = QCheckBox("Do not ask again")
    never.setObjectName("check_do_not_ask")
    never.setToolTip("File > Ask to save when closing brings the question back")
    box.setCheckBox(never)

    def answered(answer: int) -> None:
        box.deleteLater()
        if answer == buttons.Cancel.value:
            return
        if never.isChecked():
            window.action_ask_to_save.setChecked(False)
        save() if answer == buttons.Save.value else close()

    box.finished.connect(answered)
    box.open()


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 2:
        return f"{seconds:.0f} seconds"
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"
