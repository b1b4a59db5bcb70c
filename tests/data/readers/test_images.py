"""Folders of images: a folder for each class, all images of one size, as grey."""

import os
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from PIL import Image

from mlpviz.data.readers import files_of, looks_like_data, read_data

RNG = np.random.default_rng(0)
GREY = RNG.integers(0, 256, (4, 6, 5), np.uint8)


@pytest.fixture
def folder(tmp_path):
    """Writes arrays as images, by their paths in a folder."""

    def write(files, **options):
        for name, array in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(array, bytes):
                path.write_bytes(array)
            else:
                Image.fromarray(array).save(path, **options)
        return tmp_path

    return write


def animals(ending="png", pictures=GREY):
    names = ("cat/1", "cat/2", "dog/1", "dog/2")
    return {f"{name}.{ending}": picture for name, picture in zip(names, pictures, strict=True)}


def refused(path):
    with pytest.raises(ValueError, match=r"\A[^\n]+\Z") as caught:
        read_data(path)
    return str(caught.value)


def png_of_size(width, height):
    """A PNG file of a few bytes that announces so many pixels."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(100)))
        + chunk(b"IEND", b"")
    )


class TestWhatIsUnderstood:
    @pytest.mark.parametrize("ending", ["png", "bmp", "gif", "pgm", "PNG"])
    def test_each_class_has_its_folder_and_pixels_stay_as_they_are(self, folder, ending):
        own = read_data(folder(animals(ending)))
        assert (own.dataset.image_shape, own.dataset.value_range) == ((6, 5), (0, 255))
        assert (own.dataset.classes, own.understood.counts) == (("cat", "dog"), (2, 2))
        np.testing.assert_array_equal(own.dataset.training.inputs, GREY.reshape(4, 30))
        assert own.dataset.training.labels.tolist() == [0, 0, 1, 1]

    @pytest.mark.parametrize("ending", ["jpg", "jpeg", "webp"])
    def test_formats_with_losses(self, folder, ending):
        flat = np.full((4, 16, 16), 100, np.uint8)
        inputs = read_data(folder(animals(ending, flat))).dataset.training.inputs
        assert np.abs(inputs.astype(int) - 100).max() <= 2

    def test_colour_becomes_grey_and_that_is_told(self, folder):
        colour = RNG.integers(0, 256, (4, 6, 5, 3), np.uint8)
        own = read_data(folder(animals(pictures=colour)))
        assert own.dataset.image_shape == (6, 5)
        assert "4 of 4 images are in colour: they are taken as grey." in own.understood.notes

    def test_grey_in_three_channels_is_no_colour(self, folder):
        same = np.repeat(GREY[..., None], 3, axis=3)
        own = read_data(folder(animals(pictures=same)))
        assert own.understood.notes == ()
        np.testing.assert_array_equal(own.dataset.training.inputs, GREY.reshape(4, 30))

    def test_folders_to_learn_from_and_to_test_with(self, folder):
        files = {f"{part}/{name}": image for part in ("train", "test") for name, image in animals().items()}
        own = read_data(folder(files))
        assert (own.understood.counts, own.understood.test_counts) == ((2, 2), (2, 2))

    def test_what_is_no_image_is_left_out_and_told(self, folder):
        path = folder({**animals(), "cat/notes.txt": b"meow", "readme.md": b"#", "cat/.hidden.png": b""})
        own = read_data(path)
        assert own.understood.training == 4
        assert "2 other files or folders lie among the images: left out." in own.understood.notes
        assert len(files_of(path)) == len(own.understood.files) == 4

    def test_links_that_go_round_in_circles(self, folder):
        path = folder(animals())
        os.symlink(path, path / "cat" / "round")
        os.symlink("itself.png", path / "cat" / "itself.png")
        os.symlink(path / "gone.png", path / "dog" / "gone.png")
        assert read_data(path).understood.training == 4
        assert looks_like_data(path)

    def test_several_frames(self, folder):
        frames = [Image.fromarray(picture) for picture in GREY[:3]]
        path = folder(animals("gif"))
        frames[0].save(path / "cat" / "1.gif", save_all=True, append_images=frames[1:])
        own = read_data(path)
        np.testing.assert_array_equal(own.dataset.training.inputs[0], GREY[0].ravel())
        assert any("several frames" in note for note in own.understood.notes)


class TestMistakes:
    def test_the_odd_one_is_named(self, folder):
        sentence = refused(folder({**animals(), "dog/3.png": GREY[0, :5]}))
        assert "dog/3.png has 5 x 5 pixels, but those before it have 6 x 5" in sentence

    def test_a_folder_without_images(self, tmp_path):
        assert "holds no images" in refused(tmp_path)

    def test_images_without_class_folders(self, folder):
        sentence = refused(folder({"1.png": GREY[0], "2.png": GREY[1]}))
        assert "holds 2 images but no class folders" in sentence

    def test_one_class(self, folder):
        assert "all labels are 'cat'" in refused(folder({"cat/1.png": GREY[0], "cat/2.png": GREY[1]}))

    def test_a_damaged_image(self, folder):
        path = folder(animals())
        whole = (path / "dog/1.png").read_bytes()
        (path / "dog/1.png").write_bytes(whole[: len(whole) // 2])
        assert "dog/1.png cannot be read as an image" in refused(path)

    @pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\x89PNG\r\n\x1a\n"])
    def test_something_else_of_that_name(self, folder, content):
        assert "dog/3.png is no image that can be read" in refused(
            folder({**animals(), "dog/3.png": content})
        )

    @pytest.mark.parametrize("size", [(60_000, 60_000), (2**31 - 1, 2**31 - 1)])
    @pytest.mark.parametrize("name", ["cat/0.png", "dog/3.png"])
    def test_a_bomb_is_refused_before_it_is_unpacked(self, folder, name, size):
        path = folder({**animals(), name: png_of_size(*size)})
        tracemalloc.start()
        sentence = refused(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert name in sentence
        assert peak < 20e6

    def test_more_than_8_bits_a_pixel(self, folder):
        deep = (GREY[0].astype(np.uint16) * 257,)
        assert "has more than 8 bits a pixel" in refused(folder({**animals(), "cat/0.png": deep[0]}))

    def test_images_too_large_to_show(self, folder):
        sentence = refused(folder({"a/1.png": np.zeros((300, 300), np.uint8)}))
        assert "300 x 300 pixels: mlpviz shows up to 65,536, such as 256 x 256" in sentence
