"""The menus of the window: every verb, with its shortcut."""

import platform
from functools import partial
from typing import TYPE_CHECKING

import PySide6
from PySide6.QtGui import QActionGroup, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QMessageBox

import mlpviz
from mlpviz.gui.file_menu import build_file_menu
from mlpviz.gui.menu_entry import add_entry
from mlpviz.gui.theme import MODES

if TYPE_CHECKING:
    from mlpviz.gui.main_window import MainWindow


def build_menus(window: "MainWindow") -> None:
    """Give the window its menu bar."""
    bar = window.menuBar()
    bar.setObjectName("menu_bar")
    build_file_menu(window, bar.addMenu("&File"))
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
    _add_bring_back(window, run)
    add_entry(window, run, "fork_for_comparison", "Fork for comparison", "Ctrl+K", window.fork_for_comparison)
    _build_view(window, bar.addMenu("&View"))
    _build_help(window, bar.addMenu("&Help"))


def _build_help(window: "MainWindow", menu: QMenu) -> None:
    # The key asks for what is pointed at, which after a way through the menu is nothing that was meant.
    add_entry(window, menu, "glossary", "Glossary\tF1", "", lambda: window.glossary.bring_up())
    here = QShortcut(QKeySequence("F1"), window)
    here.setObjectName("shortcut_glossary")
    here.activated.connect(lambda: window.glossary.bring_up_here())
    add_entry(window, menu, "about", "About mlpviz", "", lambda: _about(window))


def _add_bring_back(window: "MainWindow", menu: QMenu) -> None:
    keeper = window.keeper
    action = add_entry(window, menu, "bring_back", "Bring back the run before", "Ctrl+B", keeper.bring_back)
    action.setToolTip("After Reset, New seed or Open: go on with the run that was replaced")
    keeper.changed.connect(lambda: action.setEnabled(keeper.can_bring_back))
    action.setEnabled(False)
    menu.setToolTipsVisible(True)


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
        action = add_entry(window, themes, f"theme_{mode}", title, "", choose)
        action.setCheckable(True)
        action.setChecked(window.theme.mode == mode)
        group.addAction(action)
    present = add_entry(
        window, menu, "present", "Present the lesson", "F5", lambda: _toggle_presenting(window)
    )
    present.setToolTip("Large type, locked controls and no distractions, for a lesson on a projector")
    full = add_entry(window, menu, "full_screen", "Full screen", "F11", lambda: _toggle_full_screen(window))
    full.setCheckable(True)
    # The keys of a menu are dead while the menu bar is hidden, and while a lesson is presented it is.
    window.addActions([present, full])


def _toggle_presenting(window: "MainWindow") -> None:
    if window.teaching.tutor.lesson is None:
        window.state_line.say("There is no lesson to present: begin one on the page Learn (Ctrl+6)")
        return
    window.teaching.present(not window.teaching.is_presenting)


def _toggle_full_screen(window: "MainWindow") -> None:
    if window.isFullScreen():
        window.showNormal()
    else:
        window.showFullScreen()


def _about(window: "MainWindow") -> None:
    import numpy as np

    QMessageBox.about(
        window,
        "About mlpviz",
        f"<b>mlpviz {mlpviz.__version__}</b><br>See how a neural network learns.<br><br>"
        f"Python {platform.python_version()}, NumPy {np.__version__}, Qt for Python {PySide6.__version__}<br>"
        "The digits: Yann LeCun, Corinna Cortes, Christopher Burges.",
    )
