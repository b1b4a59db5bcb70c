"""NPZ archives: usual names and shapes are understood; nothing malicious is believed or loaded."""

import io
import pickle
import tracemalloc
import zipfile

import numpy as np
import pytest

from mlpviz.data.readers import Reading, looks_like_data, read_data

PICTURES = np.random.default_rng(0).integers(0, 256, (6, 4, 3), np.uint8)
LABELS = np.array([0, 1, 2, 0, 1, 2])


@pytest.fixture
def read(tmp_path):
    def read(**arrays):
        np.savez(tmp_path / "some.npz", **arrays)
        return read_data(tmp_path / "some.npz")

    return read


@pytest.fixture
def refused(tmp_path):
    """The sentence with which an archive is refused: of arrays, of members as bytes, or bytes as a whole."""

    def refused(whole=None, members=(), **arrays):
        path = tmp_path / "some.npz"
        if whole is not None:
            path.write_bytes(whole)
        elif members:
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, content in dict(members).items():
                    archive.writestr(name, content)
        else:
            np.savez_compressed(path, **arrays)
        with pytest.raises(ValueError, match=r"\A[^\n]+\Z") as caught:
            read_data(path)
        assert str(path) in str(caught.value)
        return str(caught.value)

    return refused


def npy(array):
    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    return file.getvalue()


def header(descr="'<f4'", shape="(6, 2)", order="False"):
    text = f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


class TestWhatIsUnderstood:
    def test_pictures_to_learn_from_and_to_test_with(self, read):
        own = read(x_train=PICTURES, y_train=LABELS, x_test=PICTURES[:3], y_test=LABELS[:3])
        assert (own.dataset.image_shape, own.dataset.value_range) == ((4, 3), (0, 255))
        np.testing.assert_array_equal(own.dataset.training.inputs, PICTURES.reshape(6, 12))
        np.testing.assert_array_equal(own.dataset.test.inputs, PICTURES[:3].reshape(3, 12))
        assert own.dataset.classes == ("0", "1", "2")
        assert (own.understood.counts, own.understood.test_counts) == ((2, 2, 2), (1, 1, 1))

    @pytest.mark.parametrize(
        ("x", "y"), [("x", "y"), ("X", "y"), ("inputs", "targets"), ("images", "labels"), ("data", "target")]
    )
    def test_the_usual_names(self, read, x, y):
        own = read(**{x: np.eye(6, dtype=np.float32), y: LABELS})
        assert (own.dataset.n_in, own.dataset.classes) == (6, ("0", "1", "2"))
        assert any(f"'{x}'" in note and f"'{y}'" in note for note in own.understood.notes)

    def test_what_is_not_used_is_told(self, read):
        own = read(x=np.eye(6), y=LABELS, extra=np.zeros(3))
        assert "Not used: 'extra'." in own.understood.notes

    @pytest.mark.parametrize("shape", [(6, 4, 3, 1), (6, 1, 4, 3), (6, 4, 3)])
    def test_one_channel_is_no_dimension(self, read, shape):
        assert read(x=PICTURES.reshape(shape), y=LABELS).dataset.image_shape == (4, 3)

    def test_flat_rows_are_pictures_where_they_can_be(self, read):
        pixels = np.random.default_rng(0).integers(0, 256, (6, 64), np.uint8)
        assert read(x=pixels, y=LABELS).dataset.image_shape == (8, 8)
        assert read(x=pixels[:, :60], y=LABELS).dataset.image_shape is None

    def test_bytes_stay_bytes_and_numbers_stay_numbers(self, read):
        numbers = np.random.default_rng(0).normal(size=(6, 5))
        own = read(x=numbers, y=LABELS)
        assert (own.dataset.training.inputs.dtype, own.dataset.value_range) == (np.float32, None)
        np.testing.assert_array_equal(own.dataset.training.inputs, numbers.astype(np.float32))
        assert read(x=PICTURES, y=LABELS).dataset.training.inputs.dtype == np.uint8

    def test_whole_numbers_in_pictures_are_kept_exactly_as_bytes(self, read):
        own = read(x=PICTURES.astype(np.int64), y=LABELS)
        assert own.dataset.training.inputs.dtype == np.uint8
        np.testing.assert_array_equal(own.dataset.training.inputs, PICTURES.reshape(6, 12))

    def test_pictures_from_0_to_1(self, read):
        own = read(x=PICTURES / 255, y=LABELS)
        assert (own.dataset.image_shape, own.dataset.value_range) == ((4, 3), (0, 1))
        np.testing.assert_array_equal(own.dataset.training.inputs, np.float32(PICTURES.reshape(6, 12) / 255))

    @pytest.mark.parametrize("order", ["C", "F"])
    @pytest.mark.parametrize("kind", ["<f4", ">f8", "<f2", ">i2", "<i8", "|b1"])
    def test_every_order_and_type(self, read, kind, order):
        numbers = np.asarray(np.arange(30).reshape(6, 5) % 2 * 3, np.dtype(kind), order=order)
        np.testing.assert_array_equal(
            read(x=numbers, y=LABELS).dataset.training.inputs, numbers.astype(np.float32)
        )

    def test_words_one_hot_rows_and_names_of_classes(self, read):
        words = np.array(["a", "b", "c", "a", "b", "c"])
        assert read(x=np.eye(6), y=words).dataset.classes == ("a", "b", "c")
        own = read(x=np.eye(6), y=np.eye(3)[LABELS], class_names=np.array(["ant", "bee", "cat"]))
        assert own.dataset.classes == ("ant", "bee", "cat")
        assert own.dataset.training.labels.tolist() == LABELS.tolist()

    def test_several_numbers_to_predict(self, read):
        targets = np.random.default_rng(0).normal(size=(6, 2))
        own = read(x=np.eye(6), y=targets)
        assert (own.dataset.classes, own.dataset.n_out) == ((), 2)
        np.testing.assert_array_equal(own.dataset.training.targets, targets.astype(np.float32))


class TestMistakes:
    def test_a_pickle_is_never_loaded(self, refused, tmp_path):
        class Trap:
            def __reduce__(self):
                return (open, (str(tmp_path / "sprung"), "w"))

        array = np.empty(6, object)
        array[:] = [Trap() for _ in range(6)]
        content = header("'|O'", "(6,)") + pickle.dumps(array)
        sentence = refused(members={"x.npy": npy(np.eye(6)), "y.npy": content})
        assert "array 'y' holds Python objects (a pickle)" in sentence
        assert not (tmp_path / "sprung").exists()

    @pytest.mark.parametrize("shape", ["(6, 999999999999)", "(99999, 99999, 9)", "(0, 99999999999999)"])
    def test_a_shape_that_no_memory_holds(self, refused, shape):
        assert "at most 1 GiB can be read" in refused(
            members={"x.npy": header(shape=shape), "y.npy": npy(LABELS)}
        )

    def test_a_bomb_takes_no_memory_before_it_is_refused(self, refused):
        bomb = header(shape="(6, 2)") + bytes(300 << 20)
        tracemalloc.start()
        sentence = refused(members={"x.npy": bomb, "y.npy": npy(LABELS)})
        assert "goes on after the 48 bytes its header announces" in sentence
        tracemalloc.stop()
        del bomb
        small = header(shape="(6, 40000000)") + bytes(1000)
        tracemalloc.start()
        assert "is cut short: it holds 1,000 bytes" in refused(members={"x.npy": small, "y.npy": npy(LABELS)})
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 10e6

    def test_a_member_that_announces_more_than_is_read(self, refused, tmp_path):
        np.savez(tmp_path / "whole.npz", x=np.eye(6), y=LABELS)
        data = bytearray((tmp_path / "whole.npz").read_bytes())
        entry = data.find(b"PK\1\2")
        data[entry + 24 : entry + 28] = (0xFFFFFFF0).to_bytes(4, "little")
        assert "array 'x' announces 4,294,967,280 bytes" in refused(whole=bytes(data))

    def test_a_directory_without_end(self, refused, tmp_path):
        np.savez(tmp_path / "whole.npz", x=np.eye(6), y=LABELS)
        data = bytearray((tmp_path / "whole.npz").read_bytes())
        end = data.rfind(b"PK\5\6")
        data[end + 12 : end + 16] = (0x7FFFFFFF).to_bytes(4, "little")
        assert "announces a directory of 2,147,483,647 bytes" in refused(whole=bytes(data))

    def test_nan_in_row_and_column(self, refused):
        numbers = np.zeros((6, 5))
        numbers[4, 2] = np.nan
        assert "array 'x', example 4: input 3 is NaN" in refused(x=numbers, y=LABELS)

    def test_colour(self, refused):
        assert "three colour channels" in refused(x=np.zeros((6, 4, 3, 3), np.uint8), y=LABELS)

    def test_labels_for_too_few_or_for_classes_that_have_no_name(self, refused):
        assert "array 'y', example 0: there are 5 labels for 6 examples" in refused(x=np.eye(6), y=LABELS[:5])
        sentence = refused(x=np.eye(6), y=LABELS, classes=np.array(["a", "b"]))
        assert "array 'y', example 2: the label is 2, but there are 2 class names" in sentence

    def test_test_examples_of_a_class_that_is_not_learnt(self, refused):
        sentence = refused(x_train=np.eye(6), y_train=LABELS, x_test=np.eye(6)[:2], y_test=np.array([1, 10]))
        assert "array 'y_test', example 1: no training example has the label '10'" in sentence

    def test_other_names(self, refused):
        assert "holds 'weights', 'bias': name the arrays" in refused(weights=np.eye(3), bias=np.zeros(3))

    def test_a_spreadsheet_is_an_archive_too(self, refused):
        assert "save a table as CSV" in refused(members={"xl/workbook.xml": b"<a/>"})

    def test_cut_short(self, refused, tmp_path):
        np.savez(tmp_path / "whole.npz", x=np.eye(6), y=LABELS)
        whole = (tmp_path / "whole.npz").read_bytes()
        assert "damaged or not an NPZ archive" in refused(whole=whole[: len(whole) // 2])

    def test_something_else_of_that_name(self, refused):
        assert "is not an NPZ archive, though named so" in refused(whole=b"a,b\n1,2\n")

    def test_complex_numbers(self, refused):
        assert "array 'x' is of the type c16" in refused(x=np.eye(6) * 1j, y=LABELS)


def test_an_archive_of_weights_does_not_look_like_data(tmp_path):
    np.savez(tmp_path / "weights.npz", **{"0.weight": np.eye(3), "0.bias": np.zeros(3)})
    np.savez(tmp_path / "data.npz", x=np.eye(6), y=LABELS)
    assert not looks_like_data(tmp_path / "weights.npz")
    assert looks_like_data(tmp_path / "data.npz")


def test_labels_can_be_taken_as_numbers(tmp_path):
    np.savez(tmp_path / "data.npz", x=np.eye(6), y=LABELS)
    assert read_data(tmp_path / "data.npz", Reading(targets="numbers")).dataset.classes == ()
