"""The reader of pairs of IDX files, images and labels, named in MNIST's way."""

import re
from pathlib import Path

from mlpviz.data.idx import read_idx
from mlpviz.data.readers.assembling import Findings, Part, assemble
from mlpviz.data.readers.records import OwnData, Progress, Reading, unheeded

NAME = re.compile(
    r"(?P<prefix>.*?)(?P<kind>image|label)(?P<plural>s?)(?P<rest>.*)", re.IGNORECASE | re.DOTALL
)
TEST_WORDS = ("t10k", "test")


def pairs_in(folder: Path) -> dict[tuple[str, str], tuple[Path, Path]]:
    """The pairs of images and labels files in a folder, by what their names have in common."""
    halves: dict[tuple[str, str], dict[str, Path]] = {}
    for path in sorted(folder.iterdir()):
        key = _key(path)
        if key is not None and path.is_file():
            halves.setdefault(key[0], {}).setdefault(key[1], path)  # plain before gz
    return {key: (half["image"], half["label"]) for key, half in halves.items() if len(half) == 2}


def is_idx_name(path: Path) -> bool:
    """Whether a file is named as an IDX file of images or labels."""
    return _key(path) is not None


def read_idx_files(path: Path, reading: Reading, progress: Progress = unheeded) -> OwnData:
    """The examples in the IDX files of a folder, or in an images file with its labels file beside it.

    Raises
    ------
    ValueError
        When a file is missing or damaged, or there are several data sets in the folder.
    """
    training, test = find_pairs(path)
    files = (*training, *(test or ()))
    found = Findings(
        path=path,
        format="IDX files" if path.is_dir() else "IDX file",
        files=files,
        label=f"file {training[1].name}",
    )
    parts = []
    for done, (images, labels) in enumerate(pair for pair in (training, test) if pair is not None):
        values = read_idx(labels)
        if values.ndim != 1:
            raise ValueError(
                f"{labels} has {values.ndim} dimensions where labels have one: are the images and the labels "
                "file swapped?"
            )
        parts.append(Part(read_idx(images), values, _place(images), _place(labels)))
        progress((done + 1) / len(files) * 2)
    if not path.is_dir():
        found.notes.append(f"The labels are in {training[1].name}, beside the images.")
    if test is not None:
        found.notes.append(f"The test examples are those of {test[0].name} and {test[1].name}.")
    return assemble(parts[0], parts[1] if test else None, found, reading)


def find_pairs(path: Path) -> tuple[tuple[Path, Path], tuple[Path, Path] | None]:
    """The images and labels files to learn from, and to test with where there are such.

    Raises
    ------
    ValueError
        When there are none, or it is not clear which.
    """
    folder = path if path.is_dir() else path.parent
    pairs = pairs_in(folder)
    if path.is_dir():
        training = [key for key in pairs if not _is_test(key)]
        if len(training) > 1:
            names = ", ".join(pairs[key][0].name for key in training[:4])
            raise ValueError(
                f"{path} holds several data sets ({names}): open one of these images files instead"
            )
        if not training and len(pairs) != 1:
            raise ValueError(
                f"{path} holds no pair of IDX files to learn from: name them as MNIST's are, "
                "train-images-idx3-ubyte and train-labels-idx1-ubyte"
            )
        key = training[0] if training else next(iter(pairs))
    else:
        key = next((key for key, pair in pairs.items() if path in pair), ("", ""))
        if key not in pairs:
            raise ValueError(
                f"{path}: the labels file is not beside it: name the two as MNIST's are, such as "
                "train-images-idx3-ubyte and train-labels-idx1-ubyte"
            )
    if _is_test(key):
        return pairs[key], None
    tests = [other for other in pairs if _is_test(other) and _without_part(other) == _without_part(key)]
    return pairs[key], pairs[tests[0]] if tests else None


def _key(path: Path) -> tuple[tuple[str, str], str] | None:
    """What the names of a pair have in common, and which of the two this is."""
    name = path.name.lower()
    match = NAME.fullmatch(name)
    if match is None:
        return None
    rest = re.sub(r"[-_.]+", "-", re.sub(r"idx[13]", "idx", match["rest"].removesuffix(".gz")))
    if "idx" not in rest and "ubyte" not in rest:
        return None
    return (match["prefix"], rest.strip("-")), match["kind"]


def _is_test(key: tuple[str, str]) -> bool:
    return any(word in key[0] for word in TEST_WORDS)


def _without_part(key: tuple[str, str]) -> tuple[str, str]:
    """The key without the word for training or test."""
    return re.sub(r"training|train|t10k|testing|test|[-_. ]", "", key[0]), key[1]


def _place(path: Path):  # type: ignore[no-untyped-def]
    return lambda i: f"{path}, example {i:,}"
