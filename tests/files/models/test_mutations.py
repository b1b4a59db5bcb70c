"""Broken files of weights: opened or refused in a sentence, quickly and in little memory."""

import importlib.util
import time
from pathlib import Path

import pytest

from mlpviz.files.models import looks_like_model
from mlpviz.training.imported import read_weights

# pytest imports each test by its own path, so that a module beside it has to be loaded by hand.
_spec = importlib.util.spec_from_file_location("mutations", Path(__file__).with_name("mutations.py"))
mutations = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(mutations)

READERS = {
    "model.safetensors": (mutations.safetensors_files, read_weights),
    "model.npz": (mutations.npz_files, read_weights),
}


@pytest.mark.parametrize("name", READERS)
def test_the_files_they_are_made_from_open(name, tmp_path):
    make, read = READERS[name]
    for content in make():
        (tmp_path / name).write_bytes(content)
        assert read(tmp_path / name)
        assert looks_like_model(tmp_path / name)


@pytest.mark.parametrize("name", READERS)
def test_broken_files_are_opened_or_refused_in_a_sentence(name, tmp_path):
    make, read = READERS[name]
    path, refused = tmp_path / name, 0
    for content in mutations.mutations(make(), 400):
        path.write_bytes(content)
        start = time.perf_counter()
        if sentence := sentence_of(read, path):
            refused += 1
            assert str(path) in sentence
            assert "\n" not in sentence
            assert len(sentence) < 300 + 3 * len(str(path))
        looks_like_model(path)
        assert time.perf_counter() - start < 2
    assert refused > 200


def sentence_of(read, path):
    """Why a file is refused; empty if it opens."""
    try:
        read(path)
    except ValueError as error:
        return str(error)
    return ""
