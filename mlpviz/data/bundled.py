"""Finds the data files that come with the program."""

from pathlib import Path

from mlpviz.locations import resource_path


def bundled_file(*parts: str, directory: Path | None = None) -> Path:
    """The path of a data file.

    Parameters
    ----------
    *parts : str
        The path inside `resources/data/`, one name each.
    directory : Path, optional
        Where to look instead for a file of that name.

    Raises
    ------
    FileNotFoundError
        With a sentence saying which file is missing, where it should be and what restores it.
    """
    if directory is None:
        return resource_path("data", *parts)
    path = Path(directory) / parts[-1]
    if not path.is_file():
        raise FileNotFoundError(
            f"{parts[-1]} is missing: it should be in {directory}; reinstalling mlpviz restores its own copy"
        )
    return path
