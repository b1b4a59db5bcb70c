"""IDX files are found by their names, in a folder or beside each other."""

import gzip
import shutil
import struct

import numpy as np
import pytest

from mlpviz.data.readers import files_of, looks_like_data, read_data

CODES = {"u1": 0x08, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}
IMAGES = np.random.default_rng(0).integers(0, 256, (6, 4, 3), np.uint8)
LABELS = np.array([0, 1, 2, 0, 1, 2], np.uint8)


def idx(array):
    header = bytes([0, 0, CODES[array.dtype.str[1:]], array.ndim])
    sizes = struct.pack(f">{array.ndim}I", *array.shape)
    return header + sizes + array.astype(array.dtype.newbyteorder(">")).tobytes()


@pytest.fixture
def folder(tmp_path):
    """Writes IDX files, compressed where the name ends so."""

    def write(**arrays):
        for name, array in arrays.items():
            name = name.replace("__", "-").replace("_dot_", ".")
            content = idx(array)
            (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return tmp_path

    return write


@pytest.mark.parametrize("ending", ["", "_dot_gz"])
@pytest.mark.parametrize("dot", ["__", "_dot_"])
@pytest.mark.parametrize("test", ["t10k", "test"])
def test_the_four_files_of_mnist_in_all_spellings(folder, ending, dot, test):
    path = folder(
        **{
            f"train__images{dot}idx3__ubyte{ending}": IMAGES,
            f"train__labels{dot}idx1__ubyte{ending}": LABELS,
            f"{test}__images{dot}idx3__ubyte{ending}": IMAGES[:3],
            f"{test}__labels{dot}idx1__ubyte{ending}": LABELS[:3],
        }
    )
    own = read_data(path)
    assert (own.dataset.image_shape, own.dataset.value_range) == ((4, 3), (0, 255))
    np.testing.assert_array_equal(own.dataset.training.inputs, IMAGES.reshape(6, 12))
    np.testing.assert_array_equal(own.dataset.test.inputs, IMAGES[:3].reshape(3, 12))
    assert own.dataset.training.labels.tolist() == LABELS.tolist()
    assert (own.understood.counts, own.understood.test_counts) == ((2, 2, 2), (1, 1, 1))
    assert len(own.understood.files) == 4
    assert looks_like_data(path)


def test_one_images_file_finds_its_labels_and_the_test_files_beside_it(folder):
    path = folder(
        train__images__idx3__ubyte=IMAGES,
        train__labels__idx1__ubyte_dot_gz=LABELS,
        t10k__images__idx3__ubyte=IMAGES,
        t10k__labels__idx1__ubyte=LABELS,
    )
    own = read_data(path / "train-images-idx3-ubyte")
    assert own.understood.training == own.understood.test == 6
    assert any("train-labels-idx1-ubyte.gz" in note for note in own.understood.notes)
    alone = read_data(path / "t10k-images-idx3-ubyte")
    assert alone.understood.test == 0
    assert [file.name for file in files_of(path / "t10k-images-idx3-ubyte")] == [
        "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte",
    ]


def test_plain_numbers_and_labels_of_other_types(folder):
    numbers = np.random.default_rng(0).normal(size=(6, 5))
    labels = (np.arange(6) % 2 + 7).astype("i4")
    own = read_data(folder(train__images__idx3__ubyte=numbers, train__labels__idx1__ubyte=labels))
    assert (own.dataset.image_shape, own.dataset.value_range, own.dataset.classes) == (None, None, ("7", "8"))
    np.testing.assert_array_equal(own.dataset.training.inputs, numbers.astype(np.float32))


class TestMistakes:
    def test_no_labels_beside_the_images(self, folder):
        path = folder(train__images__idx3__ubyte=IMAGES)
        with pytest.raises(ValueError, match="labels file is not beside it"):
            read_data(path / "train-images-idx3-ubyte")

    def test_several_data_sets(self, folder):
        path = folder(
            letters__train__images__idx3__ubyte=IMAGES,
            letters__train__labels__idx1__ubyte=LABELS,
            marks__train__images__idx3__ubyte=IMAGES,
            marks__train__labels__idx1__ubyte=LABELS,
        )
        with pytest.raises(ValueError, match="holds several data sets"):
            read_data(path)
        assert read_data(path / "marks-train-images-idx3-ubyte").understood.training == 6

    def test_swapped(self, folder):
        path = folder(train__images__idx3__ubyte=LABELS, train__labels__idx1__ubyte=IMAGES)
        with pytest.raises(ValueError, match=r"train-labels-idx1-ubyte has 3 dimensions.*swapped"):
            read_data(path)

    def test_fewer_labels_than_images(self, folder):
        path = folder(train__images__idx3__ubyte=IMAGES, train__labels__idx1__ubyte=LABELS[:4])
        with pytest.raises(ValueError, match="train-labels-idx1-ubyte, example 0: there are 4 labels for 6"):
            read_data(path)

    def test_test_images_of_another_size(self, folder):
        path = folder(
            train__images__idx3__ubyte=IMAGES,
            train__labels__idx1__ubyte=LABELS,
            t10k__images__idx3__ubyte=IMAGES[:, :3],
            t10k__labels__idx1__ubyte=LABELS,
        )
        with pytest.raises(
            ValueError, match=r"t10k-images.* has the shape 3 x 3, but .*train-images.* has 4 x 3"
        ):
            read_data(path)

    def test_a_number_that_is_not_finite(self, folder):
        numbers = np.zeros((6, 5))
        numbers[3, 1] = np.inf
        path = folder(train__images__idx3__ubyte=numbers, train__labels__idx1__ubyte=LABELS)
        with pytest.raises(ValueError, match="train-images-idx3-ubyte, example 3: input 2 is infinite"):
            read_data(path)

    def test_pictures_too_large_to_show(self, folder):
        path = folder(
            train__images__idx3__ubyte=np.zeros((6, 300, 300), np.uint8), train__labels__idx1__ubyte=LABELS
        )
        with pytest.raises(ValueError, match="an example has 90,000 inputs: mlpviz shows up to 65,536"):
            read_data(path)

    def test_a_folder_with_half_of_a_pair(self, folder):
        path = folder(train__labels__idx1__ubyte=LABELS)
        with pytest.raises(ValueError, match="holds no images"):
            read_data(path)

    def test_a_folder_that_is_gone(self, folder):
        path = folder(train__labels__idx1__ubyte=LABELS)
        shutil.rmtree(path)
        with pytest.raises(ValueError, match="cannot be read: No such file"):
            read_data(path)
