"""A run as one file or as a folder: the same parts, the same bits to go on with, nothing taken on trust."""

import io
import itertools
import json
import os
import shutil
import struct
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpviz.files import copy_run, is_run, load_checkpoint, load_history, load_run, save_checkpoint, save_run
from mlpviz.files.checkpoints import CHECKPOINT_FILES, FORMAT, KNOWN_FILES, title_and_step
from mlpviz.training import Experiment, History, Trainer

NET = [
    {"kind": "affine", "units": 8},
    {"kind": "batch_norm"},
    {"kind": "relu"},
    {"kind": "dropout", "rate": 0.25},
    {"kind": "affine", "units": 3},
    {"kind": "sigmoid"},
]
OPTIMIZERS = [
    {"optimizer": "sgd"},
    {"optimizer": "sgd", "momentum": 0.9},
    {"optimizer": "sgd", "momentum": 0.9, "nesterov": True},
    {"optimizer": "rmsprop"},
    {"optimizer": "adam"},
]
CHANGES = [(2, "learning_rate", 0.05), (3, "batch_size", 20), (6, "epochs", 6), (7, "weight_decay", 0.001)]


def started(steps, layers=NET, changes=(), **settings):
    """A run so many steps old, with live changes on the way, and its history."""
    basis = {"dataset": "blobs", "validation_size": 30, "batch_size": 25, "epochs": 4, "learning_rate": 0.02}
    trainer, history = Trainer(Experiment.from_table({**basis, **settings, "layers": layers})), History()
    train(trainer, steps, history, changes)
    return trainer, history


def train(trainer, steps, history, changes=()):
    while trainer.index < steps and not trainer.finished:
        for index, setting, value in changes:
            if index == trainer.index:
                trainer.change(setting, value)
        for step in itertools.islice(trainer.steps(), 1):
            history.append(step)


def assert_go_on_alike(one, other):
    for _ in range(2):
        for a, b in zip(one.network.layers, other.network.layers, strict=True):
            for arrays, others in ((a.params, b.params), (a.statistics, b.statistics)):
                assert all(array.tobytes() == others[name].tobytes() for name, array in arrays.items())
        assert one.index == other.index
        assert [*map(repr, one.steps())] == [*map(repr, other.steps())]


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A run as one file, to make broken copies of."""
    path = tmp_path_factory.mktemp("good") / "run.mlpviz"
    trainer, history = started(8, optimizer="adam")
    save_checkpoint(path, trainer, history, seconds=12.5)
    return path


@pytest.fixture
def parts(good):
    with zipfile.ZipFile(good) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def packed(tmp_path):
    """A function that packs parts into a file, as any zip program would."""

    def packed(parts, compression=zipfile.ZIP_DEFLATED):
        path = tmp_path / "made.mlpviz"
        with zipfile.ZipFile(path, "w", compression) as archive:
            for name, content in parts.items() if isinstance(parts, dict) else parts:
                archive.writestr(name, content)
        return path

    return packed


def refused(path, load=load_run):
    with pytest.raises(ValueError, match=r".") as raised:
        load(path)
    sentence = str(raised.value)
    assert str(path) in sentence
    assert "\n" not in sentence
    return sentence


class TestGoesOn:
    @pytest.mark.parametrize("name", ["run", "run.mlpviz"])
    @pytest.mark.parametrize("settings", OPTIMIZERS, ids=lambda s: "-".join(map(str, s.values())))
    def test_bit_for_bit_from_the_middle_of_an_epoch(self, tmp_path, name, settings):
        """With dropout, batch normalisation, and settings that were changed on the way."""
        trainer, history = started(8, changes=CHANGES, **settings)
        assert not trainer.at_epoch_end
        save_checkpoint(tmp_path / name, trainer, history, seconds=3.25)
        again = load_run(tmp_path / name)
        assert again.trainer.experiment == trainer.experiment
        assert again.seconds == 3.25
        uninterrupted = started(20, changes=CHANGES, **settings)
        train(again.trainer, 20, again.history)
        assert_same_history(again.history, uninterrupted[1])
        assert_go_on_alike(again.trainer, uninterrupted[0])

    def test_from_a_copy_while_the_run_itself_went_on(self, tmp_path):
        trainer, history = started(8, optimizer="adam")
        copy = copy_run(trainer, history, 1.0)
        train(trainer, 15, history)
        save_run(tmp_path / "run.mlpviz", copy)
        again = load_run(tmp_path / "run.mlpviz")
        assert (again.trainer.index, len(again.history), copy.step) == (8, 8, 8)
        train(again.trainer, 15, again.history)
        assert_same_history(again.history, history)
        assert_go_on_alike(again.trainer, trainer)

    def test_from_a_copy_that_was_never_written(self):
        trainer, history = started(8, optimizer="rmsprop")
        again = copy_run(trainer, history, 2.0).revive()
        train(trainer, 12, history)
        train(again.trainer, 12, again.history)
        assert_same_history(again.history, history)
        assert_go_on_alike(again.trainer, trainer)

    def test_a_diverged_run_as_diverged(self, tmp_path):
        trainer, history = started(100, [{"kind": "affine", "units": 3}], learning_rate=1e10)
        save_checkpoint(tmp_path / "run.mlpviz", trainer, history)
        again = load_run(tmp_path / "run.mlpviz")
        assert again.trainer.divergence == trainer.divergence
        assert again.trainer.finished


def assert_same_history(one, other):
    assert one.names == other.names
    for name in one.names:
        for a, b in zip(one.view(name), other.view(name), strict=True):
            np.testing.assert_array_equal(a, b)


class TestOneFile:
    def test_holds_the_files_of_the_folder(self, tmp_path, parts):
        trainer, history = started(8, optimizer="adam")
        save_checkpoint(tmp_path / "run", trainer, history, seconds=12.5)
        assert {each.name: each.read_bytes() for each in (tmp_path / "run").iterdir()} == parts
        assert set(parts) == set(CHECKPOINT_FILES)

    def test_can_be_unpacked_to_a_folder_and_packed_again(self, tmp_path, good, packed):
        with zipfile.ZipFile(good) as archive:
            archive.extractall(tmp_path / "run")
        assert load_checkpoint(tmp_path / "run").index == 8
        again = packed({each.name: each.read_bytes() for each in (tmp_path / "run").iterdir()})
        assert load_run(again).seconds == 12.5

    def test_can_be_opened_under_any_name(self, tmp_path, good):
        shutil.copy(good, tmp_path / "mail attachment.zip")
        assert load_run(tmp_path / "mail attachment.zip").trainer.index == 8
        assert is_run(tmp_path / "mail attachment.zip")

    def test_tells_title_and_step_without_being_loaded(self, good):
        assert title_and_step(good) == ("Untitled", 8)

    def test_is_not_written_where_a_folder_is(self, tmp_path):
        (tmp_path / "run.mlpviz").mkdir()
        trainer, history = started(1)
        with pytest.raises(ValueError, match=r"run\.mlpviz is a folder"):
            save_checkpoint(tmp_path / "run.mlpviz", trainer, history)


class TestHistory:
    @pytest.mark.parametrize("name", ["run", "run.mlpviz"])
    def test_a_long_one_is_kept_as_arrays(self, tmp_path, name):
        trainer, history = started(20)
        save_run(tmp_path / name, copy_run(trainer, history), longest_csv=19)
        assert_same_history(load_history(tmp_path / name), history)
        with_arrays = load_run(tmp_path / name)
        assert_same_history(with_arrays.history, history)

    def test_the_arrays_can_be_read_with_numpy(self, tmp_path):
        trainer, history = started(20)
        save_run(tmp_path / "run", copy_run(trainer, history), longest_csv=0)
        assert not (tmp_path / "run" / "history.csv").exists()
        with np.load(tmp_path / "run" / "history.npz") as arrays:
            np.testing.assert_array_equal(arrays["loss"], history.view("loss")[1])
            np.testing.assert_array_equal(arrays["step"], history.view("loss")[0])
            np.testing.assert_array_equal(arrays["step.validation"], history.view("validation_loss")[0])

    def test_a_longer_one_takes_the_place_of_a_short_one(self, tmp_path):
        trainer, history = started(20)
        for longest, names in ((20, {"history.csv"}), (0, {"history.npz"}), (20, {"history.csv"})):
            save_run(tmp_path / "run", copy_run(trainer, history), longest_csv=longest)
            found = {each.name for each in (tmp_path / "run").iterdir()}
            assert found & {"history.csv", "history.npz"} == names

    def test_an_empty_one(self, tmp_path):
        trainer, history = started(0)
        for longest in (0, -1):
            save_run(tmp_path / "run", copy_run(trainer, history), longest_csv=longest)
            again = load_run(tmp_path / "run")
            train(again.trainer, 3, again.history)
            assert len(again.history) == 3

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            (lambda a: a.pop("step"), "as long as step"),
            (lambda a: a.update(loss=a["loss"][:-1]), "loss is float64 of shape"),
            (lambda a: a.update(loss=a["loss"].astype(np.float32)), "loss.npy: float32"),
            (lambda a: a.update(loss=np.array([{}], dtype=object)), "loss.npy"),
            (lambda a: a.update(loss=np.ones((2, 3))), "loss.npy: float64 of shape"),
            (lambda a: a.update(step=a["step"][::-1].copy()), "whole numbers that grow"),
            (lambda a: a.update(step=np.full(20, np.inf)), "whole numbers that grow"),
            (lambda a: a.update(step=a["step"] + 0.5), "whole numbers that grow"),
        ],
    )
    def test_arrays_that_do_not_fit_are_refused(self, tmp_path, change, words):
        trainer, history = started(20)
        save_run(tmp_path / "run", copy_run(trainer, history), longest_csv=0)
        arrays = dict(history.arrays())
        change(arrays)
        np.savez(tmp_path / "run" / "history.npz", **arrays)
        assert words in refused(tmp_path / "run")
        assert "history.npz" in refused(tmp_path / "run")

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("step,loss\n1,0.5\n1,0.4\n", "row 3: step must be"),
            ("step,loss\n,0.5\n", "row 2: step must be"),
            ("step,loss\n1.5,0.5\n", "row 2: step must be"),
            ("step,loss\ninf,0.5\n", "row 2: step must be"),
            ("step,loss\n1,zero\n", "row 2: could not convert"),
            ("step,loss\n1\n", "row 2 has 1 cells, not 2"),
            ("step,loss\n1," + "9" * 200_000 + "\n", "row 2: field larger"),
            ("loss,step\n", "first of them step"),
            ("step," + ",".join(map(str, range(20_000))) + "\n", "20001 columns"),
            ("", "first of them step"),
            ("step,\xff\n1,\n", "history.csv"),
        ],
    )
    def test_a_table_that_makes_no_sense_is_refused(self, tmp_path, text, words):
        trainer, history = started(2)
        save_checkpoint(tmp_path / "run", trainer, history)
        (tmp_path / "run" / "history.csv").write_bytes(text.encode("latin-1"))
        assert words in refused(tmp_path / "run")


class TestFormat:
    def test_is_written(self, parts):
        state = json.loads(parts["state.json"])
        assert state["format"] == FORMAT
        assert state["seconds"] == 12.5

    def test_an_older_one_without_a_number_is_read(self, packed, parts):
        state = json.loads(parts["state.json"])
        for key in ("format", "mlpviz", "seconds"):
            del state[key]
        again = load_run(packed({**parts, "state.json": json.dumps(state)}))
        assert (again.trainer.index, again.seconds, len(again.history)) == (8, 0.0, 8)

    def test_a_newer_one_says_so_whatever_else_is_in_it(self, packed, parts):
        state = {"format": 3, "something": "else"}
        newer = {**parts, "state.json": json.dumps(state), "experiment.toml": b"[[layers]]\nkind='attention'"}
        path = packed(newer)
        assert refused(path) == (
            f"{path} was saved by a newer mlpviz (format 3); this one reads up to 2: update mlpviz"
        )

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("format", "2"),
            ("format", 0),
            ("format", True),
            ("seconds", -1),
            ("seconds", "long"),
            ("saved_as", 3),
        ],
    )
    def test_nonsense_is_refused(self, packed, parts, key, value):
        state = {**json.loads(parts["state.json"]), key: value}
        assert f"state.json: {key} must be" in refused(packed({**parts, "state.json": json.dumps(state)}))

    def test_seconds_without_end_are_refused(self, packed, parts):
        state = {**json.loads(parts["state.json"]), "seconds": float("nan")}
        assert "seconds must be" in refused(packed({**parts, "state.json": json.dumps(state)}))


class TestSuspicion:
    """A file from a stranger costs a sentence, never memory, time or other files."""

    @pytest.mark.parametrize(
        "name",
        ["../escaped.txt", "/etc/passwd", "run/state.json", "notes.txt", "state.json/", "a" * 60_000],
        ids=range(6),
    )
    def test_any_other_name_is_refused(self, packed, parts, name):
        assert "no part of a saved run" in refused(packed({**parts, name: b"x"}))

    def test_a_name_that_comes_twice_is_refused(self, packed, parts):
        with pytest.warns(UserWarning, match="Duplicate"):
            path = packed([*parts.items(), ("state.json", b"{}")])
        assert "state.json twice" in refused(path)

    def test_an_encrypted_part_is_refused(self, good, tmp_path):
        """The flag is set in both places where it stands."""
        content = bytearray(good.read_bytes())
        for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
            place = content.index(mark)
            content[place + offset] |= 1
        (tmp_path / "secret.mlpviz").write_bytes(content)
        assert "experiment.toml: encrypted" in refused(tmp_path / "secret.mlpviz")

    def test_unknown_packing_is_refused(self, packed, parts):
        assert "store or deflate" in refused(packed(parts, zipfile.ZIP_BZIP2))

    @pytest.mark.parametrize("name", ["state.json", "history.csv", "parameters.safetensors"])
    def test_a_bomb_is_refused_before_it_unpacks(self, packed, parts, name):
        path = packed({**parts, name: bytes(300_000_000)})
        assert path.stat().st_size < 400_000
        tracemalloc.start()
        sentence = refused(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert f"{name}: would unpack to 286 MB" in sentence
        assert peak < 10_000_000

    def test_a_bomb_that_lies_about_its_size_unpacks_no_further(self, packed, parts, tmp_path):
        path = packed({**parts, "state.json": bytes(300_000_000)})
        content = bytearray(path.read_bytes())
        place = content.rindex(b"PK\1\2", 0, content.rindex(b"state.json"))
        struct.pack_into("<L", content, place + 24, 1000)
        path.write_bytes(content)
        tracemalloc.start()
        refused(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 10_000_000

    def test_a_bomb_inside_the_arrays_is_refused(self, packed, parts):
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("step.npy", bytes(300_000_000))
        sentence = refused(packed({**parts, "history.npz": inner.getvalue()}))
        assert "step.npy: would unpack" in sentence

    def test_a_table_of_contents_without_end_is_refused_unread(self, good, tmp_path):
        content = bytearray(good.read_bytes())
        struct.pack_into("<L", content, len(content) - 10, 2**31 - 1)
        (tmp_path / "long.mlpviz").write_bytes(content)
        assert "more files than mlpviz writes" in refused(tmp_path / "long.mlpviz")

    def test_a_pickle_is_not_touched(self, packed, parts, tmp_path):
        class Evil:
            def __reduce__(self):
                return os.mkdir, (str(tmp_path / "evil"),)

        arrays = io.BytesIO()
        np.savez(arrays, step=np.array([Evil()], dtype=object), allow_pickle=True)
        assert "step.npy" in refused(packed({**parts, "history.npz": arrays.getvalue()}))
        assert not (tmp_path / "evil").exists()

    @pytest.mark.parametrize("content", [b"", b"PK", b"PK\3\4", b"PK\5\6" + bytes(18), bytes(1000), b"hello"])
    def test_what_is_no_zip_file_is_refused(self, tmp_path, content):
        (tmp_path / "x.mlpviz").write_bytes(content)
        refused(tmp_path / "x.mlpviz")

    @given(st.floats(0, 0.999))
    def test_a_file_that_was_cut_off_is_refused(self, good, part):
        path = good.with_name("cut.mlpviz")
        content = good.read_bytes()
        path.write_bytes(content[: int(part * len(content))])
        refused(path)

    def test_a_part_that_is_missing_is_named(self, packed, parts):
        for name in CHECKPOINT_FILES:
            left = {other: content for other, content in parts.items() if other != name}
            assert f"it has no {name}" in refused(packed(left))

    @settings(max_examples=300, report_multiple_bugs=False)
    @given(st.data())
    def test_bytes_that_changed_are_noticed_or_harmless(self, good, data):
        """A checksum guards every part: what loads is the run that was saved, bit for bit."""
        content = bytearray(good.read_bytes())
        for _ in range(data.draw(st.integers(1, 3))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        path = good.with_name("changed.mlpviz")
        path.write_bytes(content)
        try:
            again = load_run(path)
        except ValueError as error:
            sentence = str(error)
            assert str(path) in sentence
            assert "\n" not in sentence
        else:
            for one, other in zip(
                again.trainer.network.params, load_checkpoint(good).network.params, strict=True
            ):
                assert all(one[name].tobytes() == other[name].tobytes() for name in one)

    def test_nothing_is_left_open(self, good, tmp_path):
        """Windows could not remove or replace the file otherwise."""
        shutil.copy(good, tmp_path / "run.mlpviz")
        load_run(tmp_path / "run.mlpviz")
        fds = Path("/proc/self/fd")
        if fds.exists():
            assert str(tmp_path / "run.mlpviz") not in {
                os.readlink(fd) for fd in fds.iterdir() if fd.is_symlink()
            }


class TestIsRun:
    def test_by_the_names_in_it(self, tmp_path, good, parts):
        assert is_run(good)
        (tmp_path / "run").mkdir()
        assert not is_run(tmp_path / "run")
        for name in ("experiment.toml", "state.json"):
            (tmp_path / "run" / name).write_bytes(parts[name])
        assert is_run(tmp_path / "run")

    def test_not_by_being_a_zip_file(self, tmp_path):
        np.savez(tmp_path / "data.npz", x=np.zeros(3))
        assert not is_run(tmp_path / "data.npz")
        assert not is_run(tmp_path / "nowhere")

    def test_knows_every_name_that_is_written(self):
        assert set(KNOWN_FILES) == {*CHECKPOINT_FILES, "history.npz"}
