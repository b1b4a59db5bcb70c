"""The File menu: opening anything, saving the run or its experiment, and the files used lately."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox

from mlpviz.gui.closing import asks_to_save, set_asks_to_save
from mlpviz.gui.menu_entry import add_entry
from mlpviz.gui.models import choose_model, export_model
from mlpviz.gui.opening import dialog_filters, open_path
from mlpviz.gui.own_data import choose_data_file

if TYPE_CHECKING:
    from mlpviz.gui.main_window import MainWindow

AS_FILE = "Run as one file (*.mlpviz)"
AS_FOLDER = "Run as a folder (*)"


def build_file_menu(window: "MainWindow", menu: QMenu) -> None:
    """Fill the menu."""
    menu.setToolTipsVisible(True)
    for name, text, keys, tip, do in (
        ("open", "Open …", "Ctrl+O", "An experiment, a run, or whatever else mlpviz knows", _open),
        (
            "open_folder",
            "Open folder …",
            "Ctrl+Shift+O",
            "A run that was saved as a folder, or a folder of images or IDX files to learn from",
            _open_folder,
        ),
        ("open_data", "Open data …", "Ctrl+D", "Your own examples: a table, NPZ or IDX", choose_data_file),
        ("open_model", "Open model …", "", "Weights of PyTorch (safetensors) or NumPy (NPZ)", choose_model),
        ("recent", "", "", "", None),
        ("save_run", "Save run", "Ctrl+S", "Keep the run where it was saved or opened last", save_run),
        (
            "save_run_as",
            "Save run as …",
            "Ctrl+Shift+S",
            "Keep the run as it stands: as one file, or as a folder; training can go on from it",
            save_run_as,
        ),
        (
            "save_experiment",
            "Save experiment as …",
            "",
            "Only the settings, as a text file: to train the same run from its beginning",
            _save_experiment,
        ),
        ("ask", "", "", "", None),
    ):
        if name == "recent":
            _add_recent(window, menu)
            menu.addSeparator()
        elif name == "ask":
            menu.addSeparator()
            _add_ask(window, menu)
        else:
            assert do is not None
            add_entry(window, menu, name, text, keys, partial(do, window)).setToolTip(tip)
    menu.addSeparator()
    export = add_entry(
        window,
        menu,
        "export_picture",
        "Export picture …",
        "Ctrl+Shift+E",
        lambda: window.exporter.open_dialog(),
    )
    export.setToolTip("A picture of what is on screen, as PNG, SVG, PDF or film, or the numbers behind it")
    words = "The network as it is now, for PyTorch, NumPy, ONNX, or as a script"
    add_entry(window, menu, "export_model", "Export model …", "", lambda: export_model(window)).setToolTip(
        words
    )
    menu.addSeparator()
    window.addAction(
        add_entry(window, menu, "quit", "Quit", "Ctrl+Q", window.close)
    )  # also without the menu bar


def _add_ask(window: "MainWindow", menu: QMenu) -> None:
    action = window.action_ask_to_save
    action.setText("Ask to save when closing")
    action.setObjectName("action_ask_to_save")
    action.setToolTip("Ask when a run that trained for a while and is not saved would be lost")
    action.setCheckable(True)
    action.setChecked(asks_to_save(window))
    action.setEnabled(window.settings is not None)
    action.toggled.connect(partial(set_asks_to_save, window))
    menu.addAction(action)


# ---------------------------------------------------------------------- opening


def _open(window: "MainWindow") -> None:
    name, _ = QFileDialog.getOpenFileName(window, "Open", _folder(window), dialog_filters())
    if name:
        open_path(window, Path(name))


def _open_folder(window: "MainWindow") -> None:
    name = QFileDialog.getExistingDirectory(window, "Open folder", _folder(window))
    if name:
        open_path(window, Path(name))


def _add_recent(window: "MainWindow", menu: QMenu) -> None:
    recent = menu.addMenu("Open &recent")
    recent.setObjectName("menu_recent")
    recent.setToolTipsVisible(True)
    recent.aboutToShow.connect(partial(_fill_recent, window, recent))

    def enable() -> None:
        recent.menuAction().setEnabled(bool(window.recent.paths))

    window.recent.changed.connect(enable)
    enable()


def _fill_recent(window: "MainWindow", menu: QMenu) -> None:
    for action in menu.actions():
        menu.removeAction(action)
        action.deleteLater()
    for i, path in enumerate(window.recent.paths):
        there = path.exists()
        words = f"{path.name} – {_short(path.parent)}".replace("&", "&&")
        mark = f"&{i + 1}  " if i < 9 else "1&0  "
        action = add_entry(window, menu, f"recent_{i}", mark + words, "", partial(open_path, window, path))
        action.setEnabled(there)
        action.setToolTip(str(path) if there else f"{path} is not there any more")
        if not there:
            action.setText(f"{action.text()} (not there any more)")
    menu.addSeparator()
    add_entry(window, menu, "clear_recent", "&Clear", "", window.recent.clear)


def _short(folder: Path) -> str:
    """A folder as people write it, below their own."""
    try:
        return str(Path("~") / folder.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(folder)


# ---------------------------------------------------------------------- saving


def save_run(window: "MainWindow") -> None:
    """Save the run where it was saved or opened last; ask for a place the first time."""
    if window.keeper.path is None:
        save_run_as(window)
    else:
        window.keeper.save(window.keeper.path)


def save_run_as(window: "MainWindow") -> None:
    """Ask for a place, and save the run there."""
    if window.workspace.run is None:
        return
    known = window.keeper.path
    suggestion = known or Path(_folder(window)) / f"{_file_name(window.workspace.experiment.title)}.mlpviz"
    name, chosen = QFileDialog.getSaveFileName(
        window, "Save run", str(suggestion), f"{AS_FILE};;{AS_FOLDER}", _filter_of(known)
    )
    if not name:
        return
    path = Path(name)
    if chosen == AS_FILE and path.suffix.lower() != ".mlpviz":
        path = path.with_name(f"{path.name}.mlpviz")
        if path.exists() and not _may_replace(window, path):
            return
    window.keeper.save(path)


def _save_experiment(window: "MainWindow") -> None:
    if window.workspace.run is None:
        return
    suggestion = Path(_folder(window)) / f"{_file_name(window.workspace.experiment.title)}.toml"
    name, _ = QFileDialog.getSaveFileName(
        window, "Save experiment", str(suggestion), "Experiments (*.toml);;All files (*)"
    )
    if not name:
        return
    from mlpviz.files.atomic import write_file

    try:
        write_file(Path(name), window.workspace.experiment.to_toml().encode())
    except OSError as error:
        window.state_line.say(f"{name} could not be written ({error.strerror}): choose another place")
        return
    window.recent.add(Path(name))
    window.state_line.say(f"Saved the experiment to {name}", "good")


def _filter_of(path: Path | None) -> str:
    return AS_FILE if path is None or path.suffix.lower() == ".mlpviz" else AS_FOLDER


def _may_replace(window: "MainWindow", path: Path) -> bool:
    buttons = QMessageBox.StandardButton
    answer = QMessageBox.question(
        window, "mlpviz", f"{path.name} is there already. Replace it?", buttons.Yes | buttons.No, buttons.No
    )
    return answer == buttons.Yes


def _folder(window: "MainWindow") -> str:
    """Where the dialog begins: beside the file that was used last."""
    for path in window.recent.paths:
        if path.parent.is_dir():
            return str(path.parent)
    return ""


def _file_name(title: str) -> str:
    """A title as the name of a file that every system takes."""
    words = "".join(c if c.isalnum() or c in " -_,.()" else " " for c in title)
    return " ".join(words.split()).strip(". ")[:80] or "run"
