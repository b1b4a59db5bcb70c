"""Where the files that come with the program lie, whether it was installed or runs from a checkout."""

from pathlib import Path

PACKAGE = Path(__file__).parent


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
    # A wheel carries the resources inside the package; in a checkout they lie beside it.
    for resources in (PACKAGE / "resources", PACKAGE.parent / "resources"):
        path = resources.joinpath(*parts)
        if path.exists():
            return path
    name = "/".join(("resources", *parts))
    raise FileNotFoundError(
        f"{name} is missing: looked in {PACKAGE} and in {PACKAGE.parent}; reinstall mlpviz or check the name"
    )
