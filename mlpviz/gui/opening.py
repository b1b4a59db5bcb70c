"""What mlpviz opens, in one table: how each kind of file is known, what it is called, and how it is opened.

Imported before Qt is, to refuse a file in the terminal: what looks at a file must not need Qt.
"""

import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlpviz.gui.main_window import MainWindow

DATA_PATTERNS = ("*.csv", "*.tsv", "*.txt", "*.npz", "*.gz", "*ubyte", "*.idx*")
LARGEST_TEXT = 2**20
"""Bytes; a longer file is no experiment."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file or folder that can be opened.

    Attributes
    ----------
    words
        What one is called: "run".
    title, patterns
        Its line in the dialog, "Runs", and the names of such files; none where there are only folders.
    looks_like
        Whether a file or folder is one, by a short look, without Qt; what is damaged may still be one.
    open
        Opens it in a window; what cannot be is told there, and the run that was open goes on.
    needs_run
        Whether something must be on show before.
    """

    words: str
    title: str
    patterns: tuple[str, ...]
    looks_like: Callable[[Path], bool]
    open: Callable[["MainWindow", Path], None]
    needs_run: bool = False


@dataclass(slots=True, eq=False)
class FromFile:
    """Makes the trainer for a file that was opened; kept with the run, to know where it came from.

    Attributes
    ----------
    path
        The file; None where there is none yet.
    is_run
        Whether the run can be saved there.
    is_saved
        Whether the file holds the run as it is made.
    """

    make: Callable[[], Any]
    path: Path | None
    is_run: bool = False
    is_saved: bool = False

    def __call__(self) -> Any:
        return self.make()


# ---------------------------------------------------------------------- experiments


def looks_like_experiment(path: Path) -> bool:
    """Whether a file is an experiment in TOML: by its ending, or else by its contents."""
    if not path.is_file():
        return False
    if path.suffix.lower() == ".toml":
        return True
    import tomllib

    try:
        if not 0 < path.stat().st_size <= LARGEST_TEXT:
            return False
        return "layers" in tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False


def open_experiment(window: "MainWindow", path: Path) -> None:
    """Make a run of the experiment in a file."""
    from mlpviz.training import Experiment, Trainer

    window.workspace.open(FromFile(lambda: Trainer(Experiment.read(path)), path))


# ---------------------------------------------------------------------- runs


def looks_like_run(path: Path) -> bool:
    """Whether a folder or file is a run that mlpviz saved."""
    from mlpviz.files import is_run

    return is_run(path)


def open_run(window: "MainWindow", path: Path) -> None:
    """Go on with a saved run."""
    from mlpviz.files import load_run

    window.workspace.open(FromFile(lambda: load_run(path), path, is_run=True, is_saved=True))


# ---------------------------------------------------------------------- data


def looks_like_dataset(path: Path) -> bool:
    """Whether a file or folder holds examples to learn from."""
    from mlpviz.data.readers import looks_like_data

    return looks_like_data(path)


def open_dataset(window: "MainWindow", path: Path) -> None:
    """Show what was understood of own data, to be taken or left."""
    from mlpviz.gui.own_data import open_data

    open_data(window, path)


# ---------------------------------------------------------------------- models


def looks_like_weights(path: Path) -> bool:
    """Whether a file holds the weights of a network."""
    from mlpviz.files.models import looks_like_model

    return looks_like_model(path)


def open_weights(window: "MainWindow", path: Path) -> None:
    """Show what was understood of a file of weights, to be made a run or left."""
    from mlpviz.gui.models import open_model

    open_model(window, path)


# ---------------------------------------------------------------------- pictures


def looks_like_figure(path: Path) -> bool:
    """Whether a file is a picture that may carry its recipe."""
    from mlpviz.files.pictures import looks_like_picture

    return path.is_file() and looks_like_picture(path)


def open_figure(window: "MainWindow", path: Path) -> None:
    """Go where a picture was taken."""
    from mlpviz.gui.figures import reopening

    reopening.open_figure(window, path)


KINDS: tuple[Kind, ...] = (
    Kind("experiment", "Experiments", ("*.toml",), looks_like_experiment, open_experiment),
    Kind("run", "Runs", ("*.mlpviz",), looks_like_run, open_run),
    Kind("figure", "Figures", ("*.png", "*.svg", "*.pdf", "*.gif"), looks_like_figure, open_figure),
    Kind("data set", "Data", DATA_PATTERNS, looks_like_dataset, open_dataset, needs_run=True),
    Kind("model", "Models", ("*.safetensors", "*.npz"), looks_like_weights, open_weights, needs_run=True),
)
"""The first that a file looks like is what it is."""


# ---------------------------------------------------------------------- whatever it is


def kind_of(path: Path) -> Kind:
    """What a file or folder is.

    Raises
    ------
    ValueError
        If it is nothing that mlpviz opens; the sentence says what that would be.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            is_empty = next(path.iterdir(), None) is None
        elif stat.S_ISREG(mode):
            is_empty = not path.stat().st_size
            with path.open("rb"):
                pass  # whether it may be read
        else:
            raise ValueError(f"{path} is neither a file nor a folder")
    except FileNotFoundError as error:
        raise ValueError(f"{path} is not there") from error
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    if is_empty:
        raise ValueError(f"{path} is empty")
    for kind in KINDS:
        if kind.looks_like(path):
            return kind
    what = "holds nothing" if stat.S_ISDIR(mode) else "is none of the files"
    raise ValueError(f"{path} {what} that mlpviz opens: {_all_kinds()}")


def open_path(window: "MainWindow", path: Path, note: str = "") -> bool:
    """Open a file or folder in a window, whatever it is; False if it was refused, which the window tells.

    `note` is said once it is open.
    """
    path = path.absolute()
    try:
        kind = kind_of(path)
        kind.open(window, path)
    except (ValueError, OSError) as error:
        window.state_line.say(str(error))
        return False
    window.note_opening(path, kind, note)
    return True


def dialog_filters() -> str:
    """The lines of the dialog: first everything, then each kind."""
    known = [kind for kind in KINDS if kind.patterns]
    everything = " ".join(pattern for kind in known for pattern in kind.patterns)
    lines = [f"All that mlpviz opens ({everything})"]
    lines += [f"{kind.title} ({' '.join(kind.patterns)})" for kind in known]
    return ";;".join([*lines, "All files (*)"])


def _all_kinds() -> str:
    words = [f"{kind.title.lower()} ({', '.join(kind.patterns)})" for kind in KINDS if kind.patterns]
    return ", ".join(words)
