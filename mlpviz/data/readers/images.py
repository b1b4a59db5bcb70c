"""The reader of folders of images: a folder for each class, all images of one size, taken as grey."""

import os
import stat
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mlpviz.data.idx import MAX_BYTES
from mlpviz.data.readers.assembling import Findings, Part, assemble
from mlpviz.data.readers.records import (
    MAX_CLASSES,
    MAX_INPUTS,
    OwnData,
    Progress,
    Reading,
    brief,
    unheeded,
)

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".pgm", ".ppm")
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "PPM")
TRAINING_NAMES = ("train", "training")
TEST_NAMES = ("test", "testing", "validation", "valid", "val")
DEEP_MODES = ("I", "I;16", "I;16B", "I;16L", "F")
MOST_FILES = 1_000_000
TOLD_EVERY = 200


@dataclass(slots=True)
class ClassFolders:
    """The images of each class, and how many other things lie among them."""

    images: dict[str, list[Path]] = field(default_factory=dict)
    others: int = 0

    def __len__(self) -> int:
        return sum(map(len, self.images.values()))

    def paths(self) -> list[Path]:
        """All images, class by class."""
        return [image for images in self.images.values() for image in images]


def read_images(path: Path, reading: Reading, progress: Progress = unheeded) -> OwnData:
    """The images in the class folders of a folder; or in those of its folders train and test.

    Raises
    ------
    ValueError
        When there are none, or they are not of one size; the sentence names the odd one.
    """
    training, test = find_folders(path)
    found = Findings(path, "folder of images", (), label="the name of the folder an image is in")
    total = len(training) + (0 if test is None else len(test))
    others = training.others + (0 if test is None else test.others)
    if others:
        what = "other file or folder lies" if others == 1 else "other files or folders lie"
        found.notes.append(f"{others:,} {what} among the images: left out.")
    reader = _Reader(path, total, progress)
    parts = [reader.part(folders) for folders in (training, test) if folders is not None]
    found.files = tuple(reader.read)
    if reader.coloured:
        found.notes.append(f"{reader.coloured:,} of {total:,} images are in colour: they are taken as grey.")
    if reader.moving:
        found.notes.append(f"{reader.moving:,} images have several frames: the first is taken.")
    return assemble(parts[0], parts[1] if test is not None else None, found, reading)


def find_folders(path: Path) -> tuple[ClassFolders, ClassFolders | None]:
    """The class folders to learn from, and to test with where there are such.

    Raises
    ------
    ValueError
        When there are no images in class folders.
    """
    below = {name.lower(): path / name for name, kind in _entries(path) if kind == "folder"}
    training = next((below[name] for name in TRAINING_NAMES if name in below), None)
    if training is not None and _class_folders(training).images:
        test = next((below[name] for name in TEST_NAMES if name in below), None)
        tests = None if test is None else _class_folders(test)
        return _checked(training), tests if tests is not None and tests.images else None
    return _checked(path), None


def has_images(path: Path) -> bool:
    """Whether there is an image in a folder of the folder; looks at the first names only."""
    for i, (name, kind) in enumerate(_entries(path)):
        if i > 200:
            return False
        if kind == "folder":
            for j, (inner, inner_kind) in enumerate(_entries(path / name)):
                if inner_kind == "file" and inner.lower().endswith(ENDINGS):
                    return True
                if inner_kind == "folder" and name.lower() in TRAINING_NAMES and has_images(path / name):
                    return True
                if j > 50:
                    break
    return False


def _checked(path: Path) -> ClassFolders:
    folders = _class_folders(path)
    if folders.images:
        if len(folders.images) > MAX_CLASSES:
            raise ValueError(
                f"{path} has {len(folders.images):,} class folders: up to {MAX_CLASSES:,} can be told apart"
            )
        return folders
    loose = sum(1 for name, kind in _entries(path) if kind == "file" and name.lower().endswith(ENDINGS))
    if loose:
        raise ValueError(
            f"{path} holds {loose:,} image{'s' * (loose > 1)} but no class folders: put the images of each "
            "class into a "
            "folder named like the class"
        )
    raise ValueError(
        f"{path} holds no images: give a folder with a folder for each class, and in it images "
        f"({', '.join(ending[1:] for ending in ENDINGS)})"
    )


def _class_folders(path: Path) -> ClassFolders:
    found = ClassFolders()
    for name, kind in sorted(_entries(path)):
        if kind != "folder":
            found.others += not name.startswith(".")
            continue
        images = []
        for inner, inner_kind in _entries(path / name):
            if inner_kind == "file" and inner.lower().endswith(ENDINGS) and not inner.startswith("."):
                images.append(path / name / inner)
            else:
                found.others += not inner.startswith(".")
            if len(images) > MOST_FILES:
                raise ValueError(f"{path / name} holds more than {MOST_FILES:,} images: give fewer of them")
        if images:
            found.images[name] = sorted(images)
        else:
            found.others += not name.startswith(".")
    return found


def _entries(path: Path) -> Iterator[tuple[str, str]]:
    """The names in a folder with "file", "folder" or "other"; links to folders are not followed."""
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                try:
                    if entry.is_dir(follow_symlinks=False):
                        yield entry.name, "folder"
                    elif stat.S_ISREG(entry.stat().st_mode):
                        yield entry.name, "file"
                    else:
                        yield entry.name, "other"
                except OSError:  # a link that leads nowhere, or round in a circle
                    yield entry.name, "other"
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error


class _UnfitError(Exception):
    """An image is sound, but does not fit; the sentence says why."""


class _Reader:
    """Reads images into one array, and counts what it meets."""

    def __init__(self, path: Path, total: int, progress: Progress) -> None:
        self.path, self.total, self.progress = path, total, progress
        self.size: tuple[int, int] | None = None
        self.read: list[Path] = []
        self.coloured = 0
        self.moving = 0

    def part(self, folders: ClassFolders) -> Part:
        paths = folders.paths()
        labels = [name for name, images in folders.images.items() for _ in images]
        first = self._image(paths[0])
        if len(paths) * first.size > MAX_BYTES:
            raise ValueError(f"{self.path}: the images fill more than 1 GiB: give fewer or smaller ones")
        inputs = np.empty((len(paths), *first.shape), np.uint8)
        inputs[0] = first
        for i, path in enumerate(paths[1:], start=1):
            inputs[i] = self._image(path)
        return Part(inputs, labels, lambda i: str(paths[i]))

    def _image(self, path: Path) -> NDArray[np.uint8]:
        """A picture, (height, width), 0 (black) to 255 (white)."""
        from PIL import Image, UnidentifiedImageError

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what Pillow warns of is checked or raised here
                with Image.open(path, formats=FORMATS) as image:
                    self._check_size(path, image.size)
                    if image.mode in DEEP_MODES:
                        raise _UnfitError(f"{path} has more than 8 bits a pixel: save it with 8")
                    self.moving += getattr(image, "n_frames", 1) > 1
                    image.seek(0)
                    grey = np.asarray(image.convert("L"))
                    self.coloured += image.mode not in ("L", "1", "LA") and _is_coloured(image)
        except _UnfitError as error:
            raise ValueError(str(error)) from error
        except UnidentifiedImageError as error:
            raise ValueError(f"{path} is no image that can be read: is it damaged, or misnamed?") from error
        except MemoryError:
            raise
        except Exception as error:  # Pillow raises a dozen kinds for damaged files
            raise ValueError(f"{path} cannot be read as an image: {brief(error)}") from error
        self.read.append(path)
        if len(self.read) % TOLD_EVERY == 0:
            self.progress(len(self.read) / self.total)
        return grey

    def _check_size(self, path: Path, size: tuple[int, int]) -> None:
        """Before the pixels are read: a file of a few bytes can announce an enormous picture."""
        width, height = size
        if self.size is None:
            if width * height > MAX_INPUTS:
                raise _UnfitError(
                    f"{path} has {height:,} x {width:,} pixels: mlpviz shows up to {MAX_INPUTS:,}, such as "
                    "256 x 256; "
                    "make the images smaller"
                )
            self.size = size
        if size != self.size:
            raise _UnfitError(
                f"{path} has {height:,} x {width:,} pixels, but those before it have {self.size[1]} x "
                f"{self.size[0]}: "
                "all images must be of one size"
            )


def _is_coloured(image) -> bool:  # type: ignore[no-untyped-def]
    """Whether the channels of a picture differ anywhere."""
    channels = np.asarray(image.convert("RGB"))
    return bool((channels != channels[:, :, :1]).any())
