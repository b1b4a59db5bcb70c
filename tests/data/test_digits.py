"""The MNIST digits are complete, official and shared, and broken copies are refused."""

import gzip
import hashlib
import re
import shutil
import struct

import numpy as np
import pytest

from mlpviz.data import load_dataset
from mlpviz.data.digits import digits
from mlpviz.locations import resource_path

IMAGES, LABELS = "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"
TEST_IMAGES = "t10k-images-idx3-ubyte.gz"


def write(path, array):
    header = bytes([0, 0, 0x08, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    path.write_bytes(gzip.compress(header + array.tobytes()))


@pytest.fixture
def copy(tmp_path):
    """A folder like the program's own, whose training files hold three small pictures."""
    write(tmp_path / IMAGES, np.zeros((3, 28, 28), np.uint8))
    write(tmp_path / LABELS, np.array([1, 2, 3], np.uint8))
    return tmp_path


def test_the_digits_are_sixty_thousand_and_ten_thousand_pictures():
    data = digits()
    assert (len(data.training), len(data.test), data.n_in, data.n_out) == (60_000, 10_000, 784, 10)
    assert data.training.inputs.dtype == np.uint8
    assert (data.image_shape, data.value_range, data.classes) == ((28, 28), (0, 255), tuple("0123456789"))


def test_targets_are_one_hot_at_the_labels():
    for examples in (digits().training, digits().test):
        assert (examples.targets.sum(axis=1) == 1).all()
        assert np.array_equal(examples.targets.argmax(axis=1), examples.labels)


def test_the_pictures_are_the_well_known_ones():
    data = digits()
    assert data.training.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert data.test.labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert data.training.inputs.mean() / 255 == pytest.approx(0.1307, abs=5e-5)


def test_the_readme_gives_the_checksums_of_the_files():
    folder = resource_path("data", "mnist")
    readme = (folder / "README.md").read_text(encoding="utf-8")
    sums = re.findall(r"^([0-9a-f]{32}|[0-9a-f]{64})  (\S+\.gz)$", readme, re.MULTILINE)
    assert len(sums) == 8
    for checksum, name in sums:
        kind = "md5" if len(checksum) == 32 else "sha256"
        assert hashlib.new(kind, (folder / name).read_bytes(), usedforsecurity=False).hexdigest() == checksum


def test_they_are_loaded_once_and_shared():
    assert digits() is digits() is load_dataset("digits")


@pytest.mark.parametrize("name", [IMAGES, LABELS])
def test_a_missing_file_is_named_with_its_place_and_the_cure(copy, name):
    (copy / name).unlink()
    with pytest.raises(FileNotFoundError) as error:
        digits(copy)
    for part in (name, str(copy), "reinstall"):
        assert part in str(error.value)


def test_swapped_files_are_seen(copy):
    (copy / IMAGES).rename(copy / "other")
    (copy / LABELS).rename(copy / IMAGES)
    (copy / "other").rename(copy / LABELS)
    with pytest.raises(ValueError, match=rf"{IMAGES} has 1 dimension \(labels\) .* swapped\?"):
        digits(copy)


@pytest.mark.parametrize(
    ("name", "array", "sentence"),
    [
        (LABELS, np.zeros(2, np.uint8), "holds 2 labels, but .* holds 3 images"),
        (LABELS, np.array([1, 10, 3], np.uint8), "holds 10 at position 1: labels are 0 to 9"),
        (IMAGES, np.zeros((3, 28, 27), np.uint8), "pictures of 28 x 27 pixels: digits are 28 x 28"),
        (IMAGES, np.zeros((3, 28, 28), np.uint8), "holds 3 images: there should be 60000"),
    ],
)
def test_files_that_do_not_hold_the_digits_are_refused(copy, name, array, sentence):
    write(copy / name, array)
    with pytest.raises(ValueError, match=sentence) as error:
        digits(copy)
    assert str(copy / name) in str(error.value)


def test_digits_of_another_type_are_refused(copy):
    header = bytes([0, 0, 0x09, 1]) + struct.pack(">I", 3)
    (copy / LABELS).write_bytes(gzip.compress(header + bytes(3)))
    with pytest.raises(ValueError, match="holds int8: digits are stored as unsigned bytes"):
        digits(copy)


def test_the_test_files_are_checked_as_well(copy):
    for name in (IMAGES, LABELS):
        shutil.copy(resource_path("data", "mnist", name), copy / name)
    with pytest.raises(FileNotFoundError, match=TEST_IMAGES):
        digits(copy)


class TestImbalanced:
    """One in twenty of the 1s is left, to learn from; nothing else changes."""

    def test_keeps_one_in_twenty_of_the_ones(self):
        whole, few = load_dataset("digits"), load_dataset("digits_imbalanced")
        before, after = (np.bincount(data.training.labels) for data in (whole, few))
        assert after[1] == -(-before[1] // 20)
        others = np.arange(10) != 1
        assert np.array_equal(after[others], before[others])
        assert after[7] > 15 * after[1]

    def test_of_which_each_is_one_of_the_digits_with_its_label(self):
        whole, few = load_dataset("digits"), load_dataset("digits_imbalanced")
        assert np.array_equal(few.training.targets.argmax(axis=1), few.training.labels)
        sevens = [data.training.inputs[data.training.labels == 7] for data in (whole, few)]
        assert np.array_equal(*sevens)

    def test_is_judged_by_all_test_digits(self):
        assert load_dataset("digits_imbalanced").test is load_dataset("digits").test


def test_blank_digits_have_labels_and_nothing_to_see():
    blank, few = load_dataset("digits_blank"), load_dataset("digits_imbalanced")
    assert np.array_equal(blank.training.labels, few.training.labels)
    assert not blank.training.inputs.any()
    assert not blank.test.inputs.any()
    assert (blank.image_shape, blank.classes) == (few.image_shape, few.classes)
