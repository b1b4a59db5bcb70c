"""What the specifications of files share."""

import pytest


@pytest.fixture
def folder(tmp_path):
    """An empty folder, so that whatever is left behind shows."""
    path = tmp_path / "folder"
    path.mkdir()
    return path


@pytest.fixture(scope="session")
def tree():
    """A function that lists everything below a folder: its files with their contents, and its folders."""

    def tree(folder):
        return {
            str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
            for path in sorted(folder.rglob("*"))
        }

    return tree
