"""What a file or folder is, is known by its content; what it is not, is said."""

import json

import numpy as np
import pytest
from PIL import Image

from mlpviz.data import Reading
from mlpviz.data.readers import CancelledError, columns_of, format_of, looks_like_data, read_data
from mlpviz.data.readers.telling import as_table, as_text
from mlpviz.locations import resource_path

IRIS = resource_path("data", "iris.csv")
MNIST = resource_path("data", "mnist")


@pytest.mark.parametrize(
    ("path", "kind"), [(IRIS, "csv"), (MNIST, "idx"), (MNIST / "t10k-images-idx3-ubyte.gz", "idx")]
)
def test_formats_are_recognised(path, kind):
    assert format_of(path) == kind
    assert looks_like_data(path)


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"\x89PNG\r\n\x1a\n", "a PNG image: give the folder"),
        (b"%PDF-1.5", "a PDF document, not a data set"),
        (b"\x80\x04\x95abcd", "a pickle"),
        (b"\x93NUMPY\1\0", "a single array"),
        (b"", "is empty"),
    ],
)
def test_other_files_are_called_by_their_name(tmp_path, start, words):
    path = tmp_path / "some.csv"
    path.write_bytes(start)
    with pytest.raises(ValueError, match=words):
        read_data(path)


def test_what_does_not_look_like_data(tmp_path):
    (tmp_path / "experiment.toml").write_text("title = 'x'")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert not looks_like_data(tmp_path / "experiment.toml")
    assert not looks_like_data(tmp_path / "picture.png")
    assert not looks_like_data(tmp_path)  # a checkpoint, by its experiment
    assert not looks_like_data(tmp_path / "gone.csv")


def test_a_folder_of_class_folders_looks_like_data(tmp_path):
    (tmp_path / "train" / "cat").mkdir(parents=True)
    assert not looks_like_data(tmp_path)
    Image.fromarray(np.zeros((3, 3), np.uint8)).save(tmp_path / "train" / "cat" / "1.png")
    assert looks_like_data(tmp_path)
    assert looks_like_data(tmp_path / "train")


def test_only_tables_have_columns():
    assert columns_of(MNIST) == ()
    assert columns_of(IRIS)[-1] == "species"


@pytest.mark.parametrize("setting", ["header", "targets"])
def test_a_way_of_reading_that_there_is_not(setting):
    with pytest.raises(ValueError, match=f"unknown {setting} 'maybe'"):
        Reading(**{setting: "maybe"})


def test_the_program_s_own_files_are_read_as_they_are():
    mnist = read_data(MNIST).dataset
    assert (len(mnist.training), len(mnist.test), mnist.classes) == (60_000, 10_000, tuple("0123456789"))
    iris = read_data(IRIS)
    assert iris.understood.counts == (50, 50, 50)
    assert iris.understood.notes == iris.understood.warnings == ()


@pytest.mark.parametrize("path", [IRIS, MNIST])
def test_progress_is_told_and_reading_can_be_cancelled(path):
    parts = []
    read_data(path, progress=parts.append)
    assert parts == sorted(parts)
    assert parts[-1] > 0
    assert all(0 <= part <= 1 for part in parts)

    def cancel(_part):
        raise CancelledError

    with pytest.raises(CancelledError):
        read_data(path, progress=cancel)


def test_what_was_understood_is_told_in_numbers_and_in_words():
    own = read_data(IRIS)
    told = as_table(own, "0" * 64)
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["classes"][1] == {"name": "versicolor", "training": 50, "test": 0}
    assert (told["inputs"], told["outputs"], told["task"], told["header"]) == (4, 3, "classes", True)
    text = as_text(own, "0" * 64)
    for words in (
        str(IRIS),
        "CSV table",
        "150",
        "sepal_length_cm",
        "0.1 to 7.9",
        "column 'species'",
        "virginica",
    ):
        assert words in text
