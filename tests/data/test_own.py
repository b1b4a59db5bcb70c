"""Own data by reference: found, checked by their fingerprint, read once, and read anew when they change."""

import gc
import hashlib
import os
import shutil

import numpy as np
import pytest

from mlpviz.data import Reading, dataset_sha256, is_path, load_dataset
from mlpviz.data.own import read_own
from mlpviz.locations import resource_path

IRIS = resource_path("data", "iris.csv")
TABLE = "a,b,label\n1,2,x\n3,4,y\n5,6,x\n7,8,y\n"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "some.csv"
    path.write_text(TABLE)
    return path


@pytest.mark.parametrize(
    ("reference", "answer"),
    [("digits", False), ("spiral", False), ("x.csv", True), ("a/b", True), ("~me", True), ("/a", True)],
)
def test_a_path_is_told_from_a_name(reference, answer):
    assert is_path(reference) is answer


def test_the_fingerprint_of_a_file_is_that_of_its_content(table):
    assert dataset_sha256(table) == hashlib.sha256(TABLE.encode()).hexdigest()


def test_the_fingerprint_of_a_folder_is_that_of_what_sha256sum_prints(tmp_path):
    shutil.copytree(resource_path("data", "mnist"), tmp_path / "copy")
    (tmp_path / "copy" / "notes.txt").write_text("not read, so not counted")
    names = sorted(path.name for path in (tmp_path / "copy").glob("*.gz"))
    listing = "".join(
        f"{hashlib.sha256((tmp_path / 'copy' / name).read_bytes()).hexdigest()}  {name}\n" for name in names
    )
    assert len(names) == 4
    assert dataset_sha256(tmp_path / "copy") == hashlib.sha256(listing.encode()).hexdigest()
    assert dataset_sha256(tmp_path / "copy" / names[2]) == dataset_sha256(resource_path("data", "mnist"))


def test_own_data_are_read_once_as_long_as_somebody_holds_them(table):
    first = load_dataset(str(table))
    load_dataset(str(IRIS))  # the newest now, so that only our hold keeps the first
    assert load_dataset(str(table)) is first
    assert load_dataset(str(table), Reading(label_column="b", targets="numbers")) is not first


def test_own_data_that_nobody_holds_are_not_kept(table):
    places = []
    for k in range(3):
        path = table.with_name(f"{k}.csv")
        path.write_text(TABLE)
        places.append(id(load_dataset(str(path))))
    gc.collect()
    from mlpviz.data import own

    assert len([key for key in own._alive if str(table.parent) in key[0]]) == 1


def test_what_was_looked_at_is_not_read_again_when_it_is_taken(table):
    looked_at = read_own(table, Reading())
    assert load_dataset(str(table), Reading(), dataset_sha256(table)) is looked_at.dataset


def test_changed_data_are_read_anew(table):
    before = load_dataset(str(table))
    table.write_text(TABLE.replace("5,6", "50,6"))
    after = load_dataset(str(table))
    assert before.training.inputs[2, 0] == 5
    assert after.training.inputs[2, 0] == 50


def test_changed_data_are_not_taken_for_the_ones_they_were(table):
    sha256 = dataset_sha256(table)
    assert load_dataset(str(table), sha256=sha256.upper()).n_in == 2
    table.write_text(TABLE.replace("5,6", "50,6"))
    with pytest.raises(ValueError, match=r"some\.csv is not what it was .* restore it, or take it as it is"):
        load_dataset(str(table), sha256=sha256)
    assert load_dataset(str(table)).n_in == 2


def test_data_that_are_gone(table):
    table.unlink()
    with pytest.raises(
        ValueError, match=r"some\.csv is not there: put the data back, or name where they are"
    ):
        load_dataset(str(table))


def test_the_home_folder_is_known(table, monkeypatch):
    monkeypatch.setenv("HOME", str(table.parent))
    assert load_dataset(f"~{os.sep}some.csv").n_in == 2


def test_the_examples_of_own_data_cannot_be_written(table):
    with pytest.raises(ValueError, match="read-only"):
        load_dataset(str(table)).training.inputs[0] = np.float32(0)
