"""Where the files that come with the program lie, whether it was installed or runs from a checkout."""

from importlib.resources import files
from pathlib import Path


def resource_path(*parts: str) -> Path:
    """Return the path of a file or folder that comes with the program.

    Parameters
    ----------
    *parts : str
        The path inside ``resources/``, one name each: ``resource_path("experiments", "xor.toml")``.
        Without parts, the resources folder itself.

    Raises
    ------
    FileNotFoundError
        Where no such resource came with the program.
    """
    package = Path(str(files("mlpviz")))
    # A wheel carries the resources inside the package; in a checkout they lie beside it.
    for resources in (package / "resources", package.parent / "resources"):
        path = resources.joinpath(*parts)
        if path.exists():
            return path
    name = "/".join(("resources", *parts))
    raise FileNotFoundError(
        f"{name} is missing: looked in {package} and in {package.parent}; reinstall mlpviz or check the name"
    )
