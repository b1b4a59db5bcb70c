"""The menus of the window: every verb, with its shortcut."""

import platform
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import PySide6
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox

import mlpviz
from mlpviz.gui.models import choose_model, export_model
from mlpviz.gui.opening import trainer_of
from mlpviz.gui.theme import MODES

if TYPE_CHECKING:
    from mlpviz.gui.main_window import MainWindow


def build_menus(window: "MainWindow") -> None:
    """Give the window its menu bar."""
    bar = window.menuBar()
    bar.setObjectName("menu_bar")
    _build_file(window, bar.addMenu("&File"))
    edit = bar.addMenu("&Edit")
    group = window.workspace.undo_group
    for name, action, keys in (
        ("undo", group.createUndoAction(window), QKeySequence.StandardKey.Undo),
        ("redo", group.createRedoAction(window), QKeySequence.StandardKey.Redo),
    ):
        action.setObjectName(f"action_{name}")
        action.setShortcut(QKeySequence(keys))
        edit.addAction(action)
    run = bar.addMenu("&Run")
    for action in window.training_bar.actions_in_order:
        run.addAction(action)
    run.addSeparator()
    _add(window, run, "fork_for_comparison", "Fork for comparison", "Ctrl+K", window.fork_for_comparison)
    _build_view(window, bar.addMenu("&View"))
    help_menu = bar.addMenu("&Help")
    _add(window, help_menu, "about", "About mlpviz", "", lambda: _about(window))


def _add(window: "MainWindow", menu: QMenu, name: str, text: str, shortcut: str, do) -> QAction:
    action = QAction(text, window)
    action.setObjectName(f"action_{name}")
    action.setShortcut(QKeySequence(shortcut))
    action.triggered.connect(lambda: do())
    menu.addAction(action)
    return action


def _build_file(window: "MainWindow", menu: QMenu) -> None:
    _add(window, menu, "open_experiment", "Open experiment …", "Ctrl+O", lambda: _open_experiment(window))
    _add(window, menu, "open_checkpoint", "Open checkpoint …", "", lambda: _open_checkpoint(window))
    _add(window, menu, "open_model", "Open model …", "", lambda: choose_model(window))
    menu.addSeparator()
    _add(window, menu, "save_experiment", "Save experiment as …", "Ctrl+S", lambda: _save_experiment(window))
    _add(window, menu, "save_checkpoint", "Save checkpoint as …", "", lambda: _save_checkpoint(window))
    _add(window, menu, "export_model", "Export model …", "", lambda: export_model(window))
    menu.addSeparator()
    _add(window, menu, "quit", "Quit", "Ctrl+Q", window.close)


def _build_view(window: "MainWindow", menu: QMenu) -> None:
    menu.addActions(window.page_actions.actions())
    menu.addSeparator()
    menu.addAction(window.action_experiment)
    menu.addSeparator()
    themes = menu.addMenu("&Theme")
    group = QActionGroup(window)
    for mode in MODES:
        title = {"system": "As the &system", "light": "&Light", "dark": "&Dark"}[mode]
        choose = partial(window.theme.set_mode, mode)
        action = _add(window, themes, f"theme_{mode}", title, "", choose)
        action.setCheckable(True)
        action.setChecked(window.theme.mode == mode)
        group.addAction(action)
    full = _add(window, menu, "full_screen", "Full screen", "F11", lambda: _toggle_full_screen(window))
    full.setCheckable(True)


def _toggle_full_screen(window: "MainWindow") -> None:
    if window.isFullScreen():
        window.showNormal()
    else:
        window.showFullScreen()


def _open_experiment(window: "MainWindow") -> None:
    name, _ = QFileDialog.getOpenFileName(window, "Open experiment", "", "Experiments (*.toml)")
    if name:
        window.workspace.open(trainer_of(name))


def _open_checkpoint(window: "MainWindow") -> None:
    name = QFileDialog.getExistingDirectory(window, "Open checkpoint (a folder)")
    if name:
        window.workspace.open(trainer_of(name))


def _save_experiment(window: "MainWindow") -> None:
    if window.workspace.run is None:
        return
    name, _ = QFileDialog.getSaveFileName(
        window, "Save experiment", "experiment.toml", "Experiments (*.toml)"
    )
    if not name:
        return
    from mlpviz.files.atomic import write_file

    try:
        write_file(Path(name), window.workspace.experiment.to_toml().encode())
    except OSError as error:
        _say(window, f"{name} could not be written: {error.strerror}. Choose another place.")
        return
    window.state_line.say(f"Saved the experiment to {name}", "good")


def _save_checkpoint(window: "MainWindow") -> None:
    run = window.workspace.run
    if run is None:
        return
    name, _ = QFileDialog.getSaveFileName(window, "Save checkpoint (a new folder)", "checkpoint")
    if not name:
        return
    from mlpviz.files import save_checkpoint

    try:
        run.between_steps(lambda: save_checkpoint(Path(name), run.trainer, run.history))
    except (OSError, ValueError) as error:
        _say(window, f"The checkpoint could not be written: {error}")
        return
    window.state_line.say(f"Saved a checkpoint to {name}", "good")


def _say(window: "MainWindow", sentence: str) -> None:
    box = QMessageBox(QMessageBox.Icon.Warning, "mlpviz", sentence, parent=window)
    box.setObjectName("dialog_message")
    box.exec()


def _about(window: "MainWindow") -> None:
    QMessageBox.about(
        window,
        "About mlpviz",
        f"<b>mlpviz {mlpviz.__version__}</b><br>See how a neural network learns.<br><br>"
        f"Python {platform.python_version()}, NumPy {np.__version__}, Qt for Python {PySide6.__version__}<br>"
        "The digits: Yann LeCun, Corinna Cortes, Christopher Burges.",
    )
