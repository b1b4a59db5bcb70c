"""Where the program finds the files that come with it."""

import pytest

from mlpviz.locations import resource_path


def test_finds_a_folder_and_a_file():
    assert resource_path().is_dir()
    assert resource_path("data", "iris.csv").is_file()


def test_names_what_is_missing():
    with pytest.raises(FileNotFoundError, match=r"^resources/data/nothing\.csv is missing"):
        resource_path("data", "nothing.csv")


def test_the_copy_in_the_package_comes_first(tmp_path, monkeypatch):
    package = tmp_path / "mlpviz"
    for resources in (package / "resources", tmp_path / "resources"):
        resources.mkdir(parents=True)
        (resources / "both.txt").touch()
    (tmp_path / "resources" / "beside.txt").touch()
    monkeypatch.setattr("mlpviz.locations.PACKAGE", package)
    assert resource_path("both.txt") == package / "resources" / "both.txt"
    assert resource_path("beside.txt") == tmp_path / "resources" / "beside.txt"
