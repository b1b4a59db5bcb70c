"""A checkpoint is a folder that a person can look into, and that training goes on from bit for bit."""

import csv
import itertools
import json
import shutil

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mlpviz.files import load_checkpoint, load_run, save_checkpoint
from mlpviz.files.checkpoints import CHECKPOINT_FILES
from mlpviz.training import Experiment, History, Trainer

NET = [
    {"kind": "affine", "units": 8},
    {"kind": "batch_norm"},
    {"kind": "relu"},
    {"kind": "dropout", "rate": 0.25},
    {"kind": "affine", "units": 3},
    {"kind": "sigmoid"},
]
OTHER_NET = [{"kind": "affine", "units": 5}, {"kind": "relu"}, {"kind": "affine", "units": 3}]
OPTIMIZERS = [
    {"optimizer": "sgd"},
    {"optimizer": "sgd", "momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
    {"optimizer": "rmsprop"},
    {"optimizer": "adam"},
]


def started(steps=8, layers=NET, changes=(), **settings):
    """A run so many steps old, with live changes on the way, and its history."""
    basis = {"dataset": "blobs", "validation_size": 30, "batch_size": 25, "epochs": 4, "learning_rate": 0.02}
    trainer = Trainer(Experiment.from_table({**basis, **settings, "layers": layers}))
    return trainer, train(trainer, steps, changes)


def train(trainer, steps, changes=(), history=None):
    history = History() if history is None else history
    while trainer.index < steps and not trainer.finished:
        for index, setting, value in changes:
            if index == trainer.index:
                trainer.change(setting, value)
        for step in itertools.islice(trainer.steps(), 1):
            history.append(step)
    return history


def saved(path, *arguments, **settings):
    trainer, history = started(*arguments, **settings)
    save_checkpoint(path, trainer, history)
    return trainer


def assert_go_on_alike(one, other):
    for _ in range(2):
        for a, b in zip(one.network.layers, other.network.layers, strict=True):
            for kind in ("params", "statistics"):
                for name, array in getattr(a, kind).items():
                    assert array.tobytes() == getattr(b, kind)[name].tobytes()
        assert one.index == other.index
        assert [*map(repr, one.steps())] == [*map(repr, other.steps())]


class TestGoesOn:
    @pytest.mark.parametrize("settings", OPTIMIZERS, ids=lambda s: "-".join(map(str, s.values())))
    @pytest.mark.parametrize("steps", [0, 1, 5, 8, 20])
    def test_bit_for_bit(self, tmp_path, settings, steps):
        trainer = saved(tmp_path / "run", steps, **settings)
        again = load_checkpoint(tmp_path / "run")
        assert again.experiment == trainer.experiment
        assert (again.epoch, again.progress, again.finished) == (
            trainer.epoch,
            trainer.progress,
            trainer.finished,
        )
        assert_go_on_alike(trainer, again)

    def test_after_live_changes_which_it_remembers(self, tmp_path):
        changes = [(2, "learning_rate", 0.1), (3, "batch_size", 40), (4, "momentum", 0.5), (6, "epochs", 6)]
        trainer = saved(tmp_path / "run", 8, changes=changes)
        again = load_checkpoint(tmp_path / "run")
        assert [(c.step, c.setting, c.value) for c in again.changes] == changes
        assert again.experiment == trainer.experiment
        assert_go_on_alike(trainer, again)

    def test_after_a_divergence_as_diverged(self, tmp_path):
        linear = [{"kind": "affine", "units": 3}]
        trainer = saved(tmp_path / "run", 100, linear, learning_rate=1e10)
        again = load_checkpoint(tmp_path / "run")
        assert trainer.divergence
        assert again.divergence == trainer.divergence
        assert again.finished
        assert_go_on_alike(trainer, again)

    def test_through_a_second_checkpoint(self, tmp_path):
        trainer = saved(tmp_path / "one", 4, optimizer="adam")
        again = load_checkpoint(tmp_path / "one")
        history = train(again, 9)
        save_checkpoint(tmp_path / "two", again, history)
        train(trainer, 9)
        assert_go_on_alike(trainer, load_checkpoint(tmp_path / "two"))

    def test_saving_changes_nothing(self, tmp_path):
        one, other = started(8)[0], started(4)[0]
        for step in range(5, 9):
            save_checkpoint(tmp_path / "run", other, History())
            train(other, step)
        assert_go_on_alike(one, other)

    def test_makes_an_exact_replay_possible(self, tmp_path):
        """The recorded changes, made again from the experiment in the folder, give the same bits."""
        changes = [(2, "learning_rate", 0.1), (3, "batch_size", 40), (6, "weight_decay", 0.01)]
        trainer = saved(tmp_path / "run", 8, changes=changes)
        record = load_checkpoint(tmp_path / "run").changes
        replay = Trainer(Experiment.read(tmp_path / "run" / "experiment.toml"), changes=record)
        train(replay, 8)
        for a, b in zip(trainer.network.params, replay.network.params, strict=True):
            assert all(a[name].tobytes() == b[name].tobytes() for name in a)


class TestFolder:
    @pytest.fixture
    def run(self, tmp_path):
        return saved(tmp_path / "run", 8, optimizer="adam"), tmp_path / "run"

    def test_holds_five_files(self, run):
        _, path = run
        names = {
            "experiment.toml",
            "parameters.safetensors",
            "history.csv",
            "state.safetensors",
            "state.json",
        }
        assert {each.name for each in path.iterdir()} == names == set(CHECKPOINT_FILES)

    def test_parameters_are_named_by_their_position_in_the_network(self, run):
        trainer, path = run
        found = safetensors.numpy.load_file(path / "parameters.safetensors")
        assert set(found) == {"0.weight", "0.bias", "1.gamma", "1.beta", "4.weight", "4.bias"}
        for key, array in found.items():
            position, name = key.split(".")
            np.testing.assert_array_equal(array, trainer.network.layers[int(position)].params[name])
            assert array.dtype == np.float32

    def test_parameters_lie_in_rows_whatever_their_layout_was(self, tmp_path):
        """A weight that is a transposed view is written as it is meant, not as it lies."""
        trainer, history = started(3)
        weight = trainer.network.layers[0].params["weight"]
        trainer.network.layers[0].params["weight"] = np.asfortranarray(weight)
        save_checkpoint(tmp_path / "run", trainer, history)
        found = safetensors.numpy.load_file(tmp_path / "run" / "parameters.safetensors")["0.weight"]
        np.testing.assert_array_equal(found, weight)

    def test_experiment_is_one_that_can_be_trained_from_the_start(self, run):
        trainer, path = run
        assert Experiment.read(path / "experiment.toml") == trainer.experiment

    def test_history_has_a_row_a_step(self, run):
        _, path = run
        with (path / "history.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["step"] for row in rows] == [str(i) for i in range(1, 9)]
        assert [bool(row["validation_loss"]) for row in rows] == [False] * 4 + [True] + [False] * 3

    def test_state_is_strict_json(self, run):
        def refuse(word):
            raise AssertionError(word)

        _, path = run
        state = json.loads((path / "state.json").read_text(), parse_constant=refuse)
        assert state["position"]["step"] == 8

    def test_is_replaced_by_the_next(self, run):
        trainer, path = run
        train(trainer, 12)
        save_checkpoint(path, trainer, History())
        assert load_checkpoint(path).index == 12
        assert [each.name for each in path.parent.iterdir()] == ["run"]

    def test_of_someone_else_is_not_touched(self, run):
        trainer, path = run
        (path / "notes.txt").write_text("mine")
        with pytest.raises(ValueError, match=r"notes\.txt"):
            save_checkpoint(path, trainer, History())
        assert load_checkpoint(path).index == 8


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A checkpoint to make broken copies of."""
    path = tmp_path_factory.mktemp("good") / "run"
    saved(path, 8, momentum=0.9, changes=[(3, "learning_rate", 0.01)])
    return path


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    """A checkpoint of another experiment."""
    path = tmp_path_factory.mktemp("other") / "run"
    saved(path, 3, OTHER_NET, momentum=0.5)
    return path


@pytest.fixture(scope="module")
def broken(good, tmp_path_factory):
    """A function that puts other content into one file of a copy, and returns the copy's path."""
    path = tmp_path_factory.mktemp("broken") / "run"

    def broken(name, content):
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(good, path)
        (path / name).write_bytes(content)
        return path

    return broken


class TestDamage:
    """Whatever is wrong with a checkpoint is said in a sentence with the file's name."""

    def refused(self, path, name, load=load_checkpoint):
        with pytest.raises(ValueError, match=r".") as raised:
            load(path)
        sentence = str(raised.value)
        assert str(path) in sentence
        assert name in sentence
        assert "\n" not in sentence

    def loads_or_is_refused(self, path, name):
        """Some damage cannot be told from data; but then training does go on."""
        try:
            trainer = load_checkpoint(path)
        except ValueError as error:
            sentence = str(error)
            # An experiment that is valid but another one shows only in what does not fit it.
            assert str(path if name == "experiment.toml" else path / name) in sentence
        else:
            list(itertools.islice(trainer.steps(), 2))

    @pytest.mark.parametrize("name", CHECKPOINT_FILES)
    def test_a_file_that_is_missing(self, broken, name):
        path = broken(name, b"")
        (path / name).unlink()
        self.refused(path, name, load_run)

    def test_no_folder_at_all(self, tmp_path):
        self.refused(tmp_path / "none", "is not there")
        (tmp_path / "file").write_text("")
        self.refused(tmp_path / "file", "is empty")

    @pytest.mark.parametrize("name", [name for name in CHECKPOINT_FILES if name != "history.csv"])
    def test_an_empty_file(self, broken, name):
        self.refused(broken(name, b""), name)

    @pytest.mark.parametrize("name", ["parameters.safetensors", "state.safetensors", "state.json"])
    @given(st.floats(0, 0.999))
    def test_a_file_that_was_cut_off(self, good, broken, name, part):
        content = (good / name).read_bytes()
        self.refused(broken(name, content[: int(part * len(content))]), name)

    @pytest.mark.parametrize("name", ["parameters.safetensors", "state.safetensors"])
    def test_a_file_of_another_experiment(self, other, broken, name):
        path = broken(name, (other / name).read_bytes())
        self.refused(path, name)

    def test_the_experiment_of_another_checkpoint(self, other, broken):
        path = broken("experiment.toml", (other / "experiment.toml").read_bytes())
        self.refused(path, "")

    @pytest.mark.parametrize(
        ("right", "wrong"),
        [
            ("units = 3", "units = 2"),
            ('dataset = "blobs"', 'dataset = "iris_two"'),
            ("validation_size = 30", "validation_size = 300"),
            ("batch_size = 25", "batch_size = 250"),
            ("epochs = 4", "epochs = -4"),
        ],
    )
    def test_an_experiment_that_cannot_be(self, good, broken, right, wrong):
        text = (good / "experiment.toml").read_text()
        assert right in text
        self.refused(broken("experiment.toml", text.replace(right, wrong).encode()), "experiment.toml")

    @pytest.mark.parametrize(("name", "instead"), list(itertools.permutations(CHECKPOINT_FILES, 2)))
    def test_files_that_were_swapped(self, good, broken, name, instead):
        if name == "history.csv":
            return  # nothing is read from it
        self.refused(broken(name, (good / instead).read_bytes()), name)

    @pytest.mark.parametrize("name", [name for name in CHECKPOINT_FILES if name != "history.csv"])
    @given(st.binary(max_size=300))
    @example(b"[" * 100_000)
    @example(b"null")
    @example(b"{}")
    @example(b"[]")
    @example(b'{"position": 3}')
    def test_anything_in_place_of_a_file(self, broken, name, content):
        self.refused(broken(name, content), name)

    @pytest.mark.parametrize("name", [name for name in CHECKPOINT_FILES if name != "history.csv"])
    @settings(max_examples=60, report_multiple_bugs=False)
    @given(st.data())
    def test_a_few_bytes_that_changed(self, good, broken, name, data):
        content = bytearray((good / name).read_bytes())
        for _ in range(data.draw(st.integers(1, 3))):
            place = data.draw(st.integers(0, len(content) - 1))
            # Digits and signs do the most harm to text, for it stays readable.
            content[place] = data.draw(st.sampled_from(b"0123456789.-e\"' {}[]\n") | st.integers(0, 255))
        self.loads_or_is_refused(broken(name, bytes(content)), name)

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            (["position", "step"], "8"),
            (["position", "step"], -8),
            (["position", "epoch"], -1),
            (["position", "epoch"], 1.5),
            (["position", "offset"], 1.5),
            (["position", "offset"], -10),
            (["position", "offset"], None),
            (["position", "examples"], "many"),
            (["position"], [1, 2, 3, 4]),
            (["dropout"], {}),
            (["dropout"], {"bit_generator": "MT19937"}),
            (["dropout", "state", "state"], -1),
            (["dropout", "state", "state"], 10**80),
            (["changes"], [[1, 2]]),
            (["changes"], [[1, "seed", 3, 4]]),
            (["changes"], [[1, "learning_rat", 0.1]]),
            (["changes"], [[1, "learning_rate", -1]]),
            (["changes"], 5),
            (["divergence"], [1]),
            (["divergence"], "a text"),
        ],
        ids=lambda value: str(value)[:30],
    )
    def test_a_state_that_makes_no_sense(self, good, broken, path, value):
        state = json.loads((good / "state.json").read_text())
        *places, last = path
        part = state
        for place in places:
            part = part[place]
        part[last] = value
        self.refused(broken("state.json", json.dumps(state).encode()), "state.json")

    @pytest.mark.parametrize("name", ["position", "dropout", "changes", "divergence"])
    def test_a_state_that_lacks_a_part(self, good, broken, name):
        state = json.loads((good / "state.json").read_text())
        del state[name]
        self.refused(broken("state.json", json.dumps(state).encode()), "state.json")

    @pytest.mark.parametrize("name", ["parameters.safetensors", "state.safetensors"])
    @pytest.mark.parametrize("damage", ["none", "one less", "one more", "shape", "type"])
    def test_arrays_that_do_not_fit(self, good, broken, name, damage):
        arrays = safetensors.numpy.load_file(good / name)
        key = next(key for key in sorted(arrays) if arrays[key].ndim)
        if damage == "none":
            arrays = {}
        elif damage == "one less":
            del arrays[key]
        elif damage == "one more":
            arrays["99.weight"] = np.zeros(3, np.float32)
        elif damage == "shape":
            arrays[key] = np.zeros((7, *arrays[key].shape), arrays[key].dtype)
        else:
            arrays[key] = arrays[key].astype(np.float16)
        self.refused(broken(name, safetensors.numpy.save(arrays)), name)
