"""The experiments that come with the program, by name."""

from pathlib import Path

from mlpviz.data import unknown_name
from mlpviz.data.readers import looks_like_data
from mlpviz.locations import resource_path
from mlpviz.training.experiment import Experiment

DEFAULT_PRESET = "digits"


def preset_names() -> list[str]:
    """The names of all presets: the default first, the others in alphabetical order."""
    names = sorted(path.stem for path in resource_path("experiments").glob("*.toml"))
    return sorted(names, key=lambda name: name != DEFAULT_PRESET)


def load_preset(name: str) -> Experiment:
    """The preset of that name.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    if name not in preset_names():
        raise unknown_name("experiment", name, preset_names())
    return Experiment.read(resource_path("experiments", f"{name}.toml"))


def find_experiment(name_or_path: str) -> Experiment:
    """The experiment in a TOML file, or the preset of that name.

    Raises
    ------
    ValueError
        If there is neither, or the file is no experiment.
    """
    path = Path(name_or_path)
    if name_or_path not in preset_names() and path.suffix != ".toml" and looks_like_data(path):
        raise ValueError(
            f"{path} holds data, not an experiment: give it with --data, or open it in the window"
        )
    if name_or_path not in preset_names() and (path.suffix == ".toml" or path.exists()):
        return Experiment.read(path)
    return load_preset(name_or_path)
