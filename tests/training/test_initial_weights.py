"""A run that starts from a file of weights is a run like any other: reset, forked, saved, had again."""

import itertools

import numpy as np
import pytest
import safetensors.numpy

from mlpviz.files import load_checkpoint, save_checkpoint
from mlpviz.training import Experiment, History, Trainer
from mlpviz.training import initial_weights as module
from mlpviz.training.fork import fork
from mlpviz.training.starting import starting_at

LAYERS = [
    {"kind": "affine", "units": 5},
    {"kind": "batch_norm"},
    {"kind": "relu"},
    {"kind": "dropout", "rate": 0.2},
    {"kind": "linear", "units": 3},
]
SETTINGS = {
    "dataset": "blobs",
    "loss": "softmax_cross_entropy",
    "batch_size": 25,
    "epochs": 4,
    "layers": LAYERS,
}


@pytest.fixture(autouse=True)
def forget():
    """Nothing is left of the weights that an earlier test read."""
    module._kept.clear()


def arrays_of(seed=0):
    """Weights as PyTorch would have them: linear, batch normalisation, linear without bias."""
    rng = np.random.default_rng(seed)
    sizes = {
        "0.weight": (5, 2),
        "0.bias": 5,
        "1.weight": 5,
        "1.bias": 5,
        "1.running_mean": 5,
        "4.weight": (3, 5),
    }
    arrays = {name: rng.normal(size=size).astype(np.float32) for name, size in sizes.items()}
    return {**arrays, "1.running_var": np.full(5, 2, np.float32)}


@pytest.fixture
def weights(tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(safetensors.numpy.save(arrays_of()))
    return path


def experiment(weights, **settings):
    return Experiment.from_table({**SETTINGS, "initial_weights": str(weights), **settings})


def after(trainer, steps):
    """The trainer so many steps later, with its history."""
    history = History()
    for step in itertools.islice(trainer.steps(), steps):
        history.append(step)
    return trainer, history


def numbers(network):
    return [{**layer.params, **layer.statistics} for layer in network.layers]


def assert_alike(one, other):
    for a, b in zip(numbers(one), numbers(other), strict=True):
        assert a.keys() == b.keys()
        assert all(a[name].tobytes() == b[name].tobytes() for name in a)


class TestTheRun:
    def test_starts_at_the_very_weights(self, weights):
        trainer, given = Trainer(experiment(weights)), arrays_of()
        layers = trainer.network.layers
        np.testing.assert_array_equal(layers[0].params["weight"], given["0.weight"].T)
        np.testing.assert_array_equal(layers[0].params["bias"], given["0.bias"])
        np.testing.assert_array_equal(layers[1].params["gamma"], given["1.weight"])
        np.testing.assert_array_equal(layers[1].statistics["mean"], given["1.running_mean"])
        np.testing.assert_array_equal(layers[1].statistics["variance"], given["1.running_var"])
        np.testing.assert_array_equal(layers[4].params["weight"], given["4.weight"].T)

    def test_has_the_same_batches_as_one_whose_weights_were_drawn(self, weights):
        drawn = Trainer(Experiment.from_table(SETTINGS))
        started = Trainer(experiment(weights))
        next(drawn.steps()), next(started.steps())
        np.testing.assert_array_equal(drawn.snapshot().batch, started.snapshot().batch)

    def test_goes_back_to_them(self, weights):
        trainer = Trainer(experiment(weights))
        start = trainer.network.copy()
        after(trainer, 10)
        assert_alike(trainer.initial_snapshot().network, start)
        assert_alike(Trainer(trainer.experiment, trainer.dataset).network, start)

    def test_goes_back_to_them_when_the_file_has_gone(self, weights):
        trainer = Trainer(experiment(weights))
        start = trainer.network.copy()
        weights.unlink()
        after(trainer, 3)
        assert_alike(trainer.initial_snapshot().network, start)
        assert_alike(Trainer(trainer.experiment).network, start)

    def test_does_not_write_into_them(self, weights):
        trainer = Trainer(experiment(weights))
        for layer in trainer.network.layers:
            for array in (*layer.params.values(), *layer.statistics.values()):
                array += 1
        assert_alike(trainer.initial_snapshot().network, Trainer(trainer.experiment).network)

    def test_is_the_same_each_time(self, weights):
        one, other = (after(Trainer(experiment(weights)), 12)[0] for _ in range(2))
        assert_alike(one.network, other.network)

    def test_another_seed_keeps_the_weights_and_deals_other_batches(self, weights):
        one, other = Trainer(experiment(weights)), Trainer(experiment(weights, seed=1))
        assert_alike(one.network, other.network)
        next(one.steps()), next(other.steps())
        assert list(one.snapshot().batch) != list(other.snapshot().batch)

    def test_is_forked_where_it_stands(self, weights):
        trainer, history = after(Trainer(experiment(weights)), 6)
        twin, _ = fork(trainer, history)
        assert_alike(after(trainer, 6)[0].network, after(twin, 6)[0].network)
        other, _ = fork(trainer, history, {"optimizer": "adam"})
        assert_alike(other.network, trainer.network)
        assert_alike(other.initial_snapshot().network, trainer.initial_snapshot().network)

    def test_cannot_be_forked_onto_other_initial_weights(self, weights):
        trainer, history = after(Trainer(experiment(weights)), 1)
        with pytest.raises(ValueError, match="initial_weights: with another initial weights"):
            fork(trainer, history, {"initial_weights": "", "initial_weights_sha256": ""})

    def test_a_starting_point_of_ones_own_takes_their_place(self, tmp_path):
        path = tmp_path / "w.npz"
        np.savez(path, W1=np.ones((2, 1)), b1=np.zeros(1))
        settings = {**SETTINGS, "dataset": "plane", "loss": "squared_error"}
        trainer = Trainer(
            Experiment.from_table(
                {**settings, "layers": [{"kind": "affine", "units": 1}], "initial_weights": str(path)}
            )
        )
        network = trainer.network.copy()
        network.layers[0].params["weight"][:] = 7
        moved = Trainer(starting_at(trainer.experiment, network))
        np.testing.assert_array_equal(moved.network.layers[0].params["weight"], [[7], [7]])


class TestTheHash:
    def test_is_filled_in(self, weights):
        trainer = Trainer(experiment(weights))
        assert trainer.experiment == trainer.original
        assert len(trainer.experiment.initial_weights_sha256) == 64

    def test_tells_other_weights_in_a_file_of_that_name(self, weights):
        pinned = Trainer(experiment(weights)).experiment
        module._kept.clear()
        weights.write_bytes(safetensors.numpy.save(arrays_of(seed=1)))
        with pytest.raises(ValueError, match=r"initial_weights: .*model\.safetensors holds other weights"):
            Trainer(pinned)

    def test_takes_the_same_weights_in_another_file(self, weights, tmp_path):
        pinned = Trainer(experiment(weights))
        module._kept.clear()
        doubles = {name: array.astype(np.float64) for name, array in arrays_of().items()}
        np.savez(tmp_path / "model.npz", **doubles)
        again = Trainer(pinned.experiment.with_settings({"initial_weights": str(tmp_path / "model.npz")}))
        assert_alike(again.network, pinned.network)

    def test_decides_how_a_square_lies(self, tmp_path):
        path = tmp_path / "square.npz"
        np.savez(path, W1=[[1.0, 2.0], [3.0, 4.0]], W2=[[5.0, 6.0], [7.0, 8.0]], W3=[[1.0, 0.0], [2.0, 1.0]])
        layers = [{"kind": "linear", "units": 2}, {"kind": "relu"}] * 2 + [{"kind": "linear", "units": 2}]
        table = {"dataset": "spirals", "loss": "softmax_cross_entropy", "layers": layers}
        table["initial_weights"] = str(path)
        one = Experiment.from_table(table)
        with pytest.raises(
            ValueError, match=r"set initial_weights_sha256 to '([0-9a-f]{64})' for torch or '"
        ) as asked:
            module.initial_weights_of(one)
        torch, numpy = (word for word in str(asked.value).split("'") if len(word) == 64)
        for sha256, layout in ((torch, "torch"), (numpy, "numpy")):
            found = module.initial_weights_of(one.with_settings({"initial_weights_sha256": sha256}))
            assert found.layout == layout

    @pytest.mark.parametrize("value", ["abc", "g" * 64, "A" * 64])
    def test_must_be_one(self, value):
        with pytest.raises(ValueError, match="initial_weights_sha256 must be 64 digits"):
            experiment("x.npz", initial_weights_sha256=value)

    def test_belongs_to_a_file(self):
        with pytest.raises(ValueError, match="belongs to initial_weights"):
            experiment("", initial_weights_sha256="0" * 64)


class TestTheExperiment:
    def test_says_nothing_of_weights_that_are_drawn(self):
        drawn = Experiment.from_table(SETTINGS)
        assert "initial_weights" not in drawn.to_toml()
        assert Experiment.from_toml(drawn.to_toml()) == drawn

    def test_finds_the_file_from_its_folder(self, weights, tmp_path):
        (tmp_path / "here.toml").write_text(experiment("model.safetensors").to_toml())
        (tmp_path / "below").mkdir()
        (tmp_path / "below" / "there.toml").write_text(experiment("../model.safetensors").to_toml())
        for name in ("here.toml", "below/there.toml"):
            Trainer(Experiment.read(tmp_path / name))

    def test_finds_the_file_by_its_name_when_both_were_moved(self, weights, tmp_path):
        (tmp_path / "e.toml").write_text(experiment("/gone/long/ago/model.safetensors").to_toml())
        found = Experiment.read(tmp_path / "e.toml")
        assert found.initial_weights == str(weights)

    def test_names_a_file_that_is_not_there(self, tmp_path):
        (tmp_path / "e.toml").write_text(experiment("none.npz").to_toml())
        with pytest.raises(ValueError, match=r"initial_weights: .*none\.npz is not there"):
            Trainer(Experiment.read(tmp_path / "e.toml"))

    @pytest.mark.parametrize(
        ("settings", "words"),
        [
            (
                {"layers.0.units": 6},
                "'0' in .* is affine of 2 x 5, but layers.0 of this network is affine of 2 x 6",
            ),
            (
                {"layers.4.kind": "affine"},
                "'4' in .* is linear of 5 x 3, but layers.4 of this network is affine",
            ),
            ({"layers": LAYERS[2:]}, "has 3 layers with parameters, but this network has 1"),
        ],
    )
    def test_must_list_the_layers_of_the_file(self, weights, settings, words):
        with pytest.raises(ValueError, match=words):
            Trainer(experiment(weights).with_settings(settings))


class TestTheCheckpoint:
    @pytest.fixture
    def saved(self, weights, tmp_path):
        trainer, history = after(Trainer(experiment(weights)), 7)
        save_checkpoint(tmp_path / "run", trainer, history)
        module._kept.clear()
        return trainer, tmp_path / "run"

    def test_goes_on_bit_for_bit(self, saved):
        trainer, path = saved
        again = load_checkpoint(path)
        assert again.experiment == trainer.experiment
        assert_alike(after(again, 9)[0].network, after(trainer, 9)[0].network)

    def test_opens_and_resets_when_the_file_has_gone(self, saved, weights):
        trainer, path = saved
        weights.unlink()
        again = load_checkpoint(path)
        assert_alike(again.network, trainer.network)
        assert_alike(again.initial_snapshot().network, trainer.initial_snapshot().network)
        assert_alike(Trainer(again.experiment).network, trainer.initial_snapshot().network)

    def test_opens_when_the_file_has_become_another(self, saved, weights):
        trainer, path = saved
        weights.write_bytes(safetensors.numpy.save(arrays_of(seed=1)))
        assert_alike(load_checkpoint(path).initial_snapshot().network, trainer.initial_snapshot().network)

    def test_does_not_take_a_changed_copy_for_the_weights_it_started_from(self, saved, weights):
        _, path = saved
        arrays = safetensors.numpy.load_file(path / "state.safetensors")
        arrays["initial.0.weight"] = arrays["initial.0.weight"] + 1
        (path / "state.safetensors").write_bytes(safetensors.numpy.save(arrays))
        weights.unlink()
        with pytest.raises(ValueError, match=r"experiment\.toml.*model\.safetensors is not there"):
            load_checkpoint(path)

    def test_a_copy_that_lacks_a_part_is_damage(self, saved):
        _, path = saved
        arrays = safetensors.numpy.load_file(path / "state.safetensors")
        del arrays["initial.1.mean"]
        (path / "state.safetensors").write_bytes(safetensors.numpy.save(arrays))
        with pytest.raises(ValueError, match=r"state\.safetensors.*initial\.1\.mean is missing"):
            load_checkpoint(path)

    def test_its_own_parameters_are_weights_to_start_from(self, tmp_path):
        layers = [LAYERS[0], {"kind": "relu"}, {"kind": "affine", "units": 3}]
        trainer, history = after(Trainer(Experiment.from_table({**SETTINGS, "layers": layers})), 5)
        save_checkpoint(tmp_path / "run", trainer, history)
        path = tmp_path / "run" / "parameters.safetensors"
        assert_alike(Trainer(experiment(path, layers=layers)).network, trainer.network)
