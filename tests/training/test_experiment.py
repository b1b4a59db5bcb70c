"""An experiment: written to TOML and read back the same; whatever is wrong is said in one sentence."""

import itertools
import math
import shutil
import tomllib
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpviz.data import DATASETS, SCALINGS, Reading
from mlpviz.locations import resource_path
from mlpviz.nn import LOSSES, OPTIMIZERS
from mlpviz.training import LIVE_SETTINGS, SETTINGS, Experiment, History, LayerSpec, Trainer, parse_assignment
from mlpviz.training.experiment import OWN_DATA
from mlpviz.training.fork import fork, from_the_start
from mlpviz.training.presets import find_experiment, load_preset, preset_names

AFFINE = {"kind": "affine", "units": 3}


@pytest.fixture
def digits():
    return load_preset("digits")


def refused(call, *arguments):
    """The sentence with which a call refuses its arguments."""
    with pytest.raises(ValueError, match=r".") as raised:
        call(*arguments)
    sentence = str(raised.value)
    assert "\n" not in sentence
    return sentence


def table(**settings):
    return {"layers": [AFFINE], **settings}


numbers = st.floats(min_value=1e-12, max_value=1e12) | st.integers(1, 10**6)
counts = st.integers(0, 10**12)
# A line end in TOML is \n whatever the file has, and no file can hold half of a surrogate pair.
texts = st.text(st.characters(exclude_categories=["Cs"])).filter(lambda text: "\r\n" not in text)
initializers = st.sampled_from(["he", "glorot", "lecun", "normal", "zeros", "normal(0.1)", "normal(1e-3)"])
layers = st.one_of(
    st.fixed_dictionaries(
        {"kind": st.just("affine"), "units": st.integers(1, 20)},
        optional={"initializer": initializers, "bias_initializer": initializers},
    ),
    st.sampled_from(["relu", "sigmoid", "tanh", "batch_norm"]).map(lambda kind: {"kind": kind}),
    st.fixed_dictionaries({"kind": st.just("leaky_relu")}, optional={"slope": st.floats(-1, 1) | st.just(0)}),
    st.fixed_dictionaries({"kind": st.just("dropout"), "rate": st.floats(0, 0.95)}),
)
settings = st.fixed_dictionaries(
    {"layers": st.lists(layers, min_size=1, max_size=6)},
    optional={
        "title": texts,
        "description": texts,
        "dataset": st.sampled_from(list(DATASETS)),
        "input_scaling": st.sampled_from(list(SCALINGS)),
        "training_size": counts,
        "validation_size": counts,
        "loss": st.sampled_from(list(LOSSES)),
        "loss_scaling": st.sampled_from(["sum", "mean", "half"]),
        "optimizer": st.sampled_from(list(OPTIMIZERS)),
        "learning_rate": numbers,
        "weight_decay": numbers | st.just(0),
        "batch_size": counts,
        "epochs": st.integers(1, 10**12),
        "seed": st.integers(0, 2**70),
        "blas_threads": st.integers(1, 64),
    },
)
momenta = st.fixed_dictionaries({"momentum": st.floats(0.01, 0.99), "nesterov": st.booleans()})


class TestTOML:
    @pytest.mark.parametrize("name", preset_names())
    def test_every_preset_is_read_back_the_same(self, name):
        preset = load_preset(name)
        assert Experiment.from_toml(preset.to_toml()) == preset

    @given(settings, momenta | st.just({}))
    def test_whatever_is_allowed_is_read_back_the_same(self, given_settings, sgd):
        if sgd:
            given_settings = {**given_settings, **sgd, "optimizer": "sgd"}
        experiment = Experiment.from_table(given_settings)
        again = Experiment.from_toml(experiment.to_toml())
        assert again == experiment
        assert again.as_table() == experiment.as_table()
        for name, value in given_settings.items():
            if name != "layers":
                assert getattr(again, name) == value

    def test_a_file_holds_all_settings(self, digits):
        """What a default becomes in a later version does not change an old file."""
        settings = {
            name
            for name, field in SETTINGS.items()
            if field.metadata["group"] != OWN_DATA and not field.metadata["optional"]
        }
        assert set(tomllib.loads(digits.to_toml())) == settings

    def test_what_a_file_leaves_out_keeps_its_default(self):
        experiment = Experiment.from_toml("layers = [{kind = 'affine', units = 2}]")
        assert experiment == Experiment(layers=(LayerSpec("affine", {"units": 2}),))
        assert (experiment.dataset, experiment.epochs, experiment.momentum) == ("digits", 10, 0)

    def test_a_whole_number_will_do_for_a_number(self):
        experiment = Experiment.from_toml("learning_rate = 1\nlayers = [{kind = 'dropout', rate = 0}]")
        assert type(experiment.learning_rate) is float
        assert type(experiment.layers[0].options["rate"]) is float

    def test_layers_are_read_in_order_with_their_options(self):
        text = """
            [[layers]]
            kind = "affine"
            units = 30
            initializer = "normal(0.1)"
            [[layers]]
            kind = "leaky_relu"
            slope = 0.2
            """
        first, second = Experiment.from_toml(text).layers
        assert (first.kind, first.units) == ("affine", 30)
        assert first.options["initializer"] == "normal(0.1)"
        assert (second.kind, second.units, second.options["slope"]) == ("leaky_relu", None, 0.2)

    def test_a_file_is_read_as_utf8(self, tmp_path):
        path = tmp_path / "mine.toml"
        path.write_bytes("title = '784 → 10, ∂L/∂W'\nlayers = [{kind = 'relu'}]".encode())
        assert Experiment.read(path).title == "784 → 10, ∂L/∂W"


def test_an_experiment_does_not_change(digits):
    with pytest.raises(FrozenInstanceError):
        digits.learning_rate = 1.0


class TestRefuses:
    """Everything that a person can get wrong, each with a sentence that names it."""

    @pytest.mark.parametrize("name", [name for name in SETTINGS if name != "layers"])
    @pytest.mark.parametrize("value", [[1], {"a": 1}])
    def test_a_list_or_a_table_for_any_setting(self, name, value):
        assert refused(Experiment.from_table, table(**{name: value})).startswith(f"{name} must be ")

    @pytest.mark.parametrize(
        ("names", "wrong", "right"),
        [
            (
                ["title", "description", "dataset", "input_scaling", "loss", "loss_scaling", "optimizer"],
                [1, 0.5, True],
                "a text",
            ),
            (
                ["training_size", "validation_size", "batch_size", "epochs", "seed", "blas_threads"],
                ["10", 10.0, True, False, math.nan],
                "a whole number",
            ),
            (["learning_rate", "momentum", "weight_decay"], ["0.1", "fast", True, False], "a number"),
            (["nesterov"], [0, 1, "true", "yes", 1.0], "true or false"),
        ],
    )
    def test_a_value_of_the_wrong_type(self, names, wrong, right):
        for name in names:
            for value in wrong:
                sentence = refused(Experiment.from_table, table(**{name: value}))
                assert sentence == f"{name} must be {right}, not {value!r}"

    def test_every_setting_is_of_a_type_tested_above(self):
        assert {f.type for f in SETTINGS.values() if f.name != "layers"} == {str, int, float, bool}

    @pytest.mark.parametrize("value", [-1, -1.0, 0, 0.0, -1e-300])
    def test_a_learning_rate_that_is_not_above_0(self, value):
        assert refused(Experiment.from_table, table(learning_rate=value)) == (
            f"learning_rate must be greater than 0, not {float(value)}"
        )

    @pytest.mark.parametrize("name", ["learning_rate", "momentum", "weight_decay"])
    @pytest.mark.parametrize("value", ["nan", "inf", "-inf", "+nan"])
    def test_a_number_that_is_not_finite(self, name, value):
        text = f"{name} = {value}\nlayers = [{{kind = 'relu'}}]"
        assert refused(Experiment.from_toml, text).startswith(f"{name} must be a finite number, not ")

    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [
            ("momentum", 1.0, "less than 1"),
            ("momentum", 1.5, "less than 1"),
            ("momentum", -0.1, "at least 0"),
            ("weight_decay", -1e-9, "at least 0"),
            ("batch_size", -1, "at least 0"),
            ("training_size", -5, "at least 0"),
            ("validation_size", -5, "at least 0"),
            ("epochs", -3, "at least 0"),
            ("seed", -1, "at least 0"),
            ("blas_threads", 0, "at least 1"),
        ],
    )
    def test_a_number_out_of_its_range(self, name, value, words):
        sentence = refused(Experiment.from_table, table(**{name: value}))
        assert sentence == f"{name} must be {words}, not {value}"

    @pytest.mark.parametrize("name", ["learning_rate", "momentum", "weight_decay", "seed"])
    def test_a_number_with_more_digits_than_any_number_has(self, name):
        for digits in (400, 5000):
            text = f"{name} = -{'9' * digits}\nlayers = [{{kind = 'relu'}}]"
            refused(Experiment.from_toml, text)

    @pytest.mark.parametrize(
        ("name", "typed", "meant"),
        [
            ("dataset", "digit", "digits"),
            ("dataset", "spiral", "spirals"),
            ("loss", "squared_eror", "squared_error"),
            ("loss_scaling", "means", "mean"),
            ("optimizer", "rmspropp", "rmsprop"),
            ("input_scaling", "standart", "standard"),
        ],
    )
    def test_an_unknown_name_with_the_one_that_was_meant(self, name, typed, meant):
        sentence = refused(Experiment.from_table, table(**{name: typed}))
        assert sentence.startswith(f"unknown {name} {typed!r}; known are: ")
        assert sentence.endswith(f"; did you mean {meant!r}?")

    def test_an_unknown_name_like_no_other_with_all_there_are(self):
        sentence = refused(Experiment.from_table, table(optimizer="qqq"))
        assert sentence == "unknown optimizer 'qqq'; known are: sgd, rmsprop, adam"

    def test_an_unknown_setting_with_the_one_that_was_meant(self):
        sentence = refused(Experiment.from_table, table(learning_rat=0.1))
        assert "unknown setting 'learning_rat'" in sentence
        assert sentence.endswith("did you mean 'learning_rate'?")
        for name in SETTINGS:
            assert name in sentence

    @pytest.mark.parametrize("setting", [{"momentum": 0.9}, {"nesterov": True}])
    @pytest.mark.parametrize("optimizer", [name for name in OPTIMIZERS if name != "sgd"])
    def test_momentum_where_the_optimizer_has_its_own(self, optimizer, setting):
        sentence = refused(Experiment.from_table, table(optimizer=optimizer, **setting))
        assert sentence.startswith("momentum and nesterov belong to the optimizer 'sgd'")
        assert repr(optimizer) in sentence

    def test_nesterov_without_momentum(self):
        assert refused(Experiment.from_table, table(nesterov=True)).startswith("nesterov needs a momentum")


class TestRefusesLayers:
    """Errors name the layer by its position and the option."""

    def refused(self, *layers):
        return refused(Experiment.from_table, {"layers": list(layers)})

    @pytest.mark.parametrize("given_table", [{}, {"layers": []}])
    def test_none_at_all(self, given_table):
        sentence = refused(Experiment.from_table, given_table)
        assert sentence.startswith("layers must list at least one layer")

    @pytest.mark.parametrize("value", [5, "relu", True, ["relu"], [["relu"]], {"kind": "relu"}, [AFFINE, 1]])
    def test_anything_but_a_list_of_tables(self, value):
        assert refused(Experiment.from_table, {"layers": value}).startswith("layers must be a list of tables")

    def test_an_unknown_kind(self):
        sentence = self.refused(AFFINE, {"kind": "rely"})
        assert "layers.1" in sentence
        assert "'rely'" in sentence
        assert sentence.endswith("did you mean 'relu'?")

    def test_no_kind(self):
        sentence = self.refused(AFFINE, {"units": 3})
        assert "layers.1" in sentence
        assert "kind" in sentence
        assert "leaky_relu" in sentence

    @pytest.mark.parametrize("kind", [1, True, ["relu"], {"relu": 1}])
    def test_a_kind_that_is_no_text(self, kind):
        sentence = self.refused({"kind": kind})
        assert "layers.0" in sentence
        assert "kind" in sentence

    def test_an_unknown_option(self):
        sentence = self.refused({"kind": "affine", "unit": 3})
        assert sentence.startswith("layers.0: affine has no option 'unit'")
        assert "units" in sentence.replace("'unit'", "")
        assert "rate" in self.refused({"kind": "dropout", "p": 0.5}).split(":")[-1]
        assert self.refused(AFFINE, {"kind": "relu", "slope": 0.1}).startswith("layers.1: relu has no option")

    @pytest.mark.parametrize("name", ["rng", "dtype", "n_in", "n_out", "n"])
    def test_what_the_network_decides(self, name):
        assert f"has no option {name!r}" in self.refused({**AFFINE, name: 1})

    def test_a_width_that_is_missing(self):
        assert self.refused(AFFINE, {"kind": "affine"}).startswith("layers.1: affine needs units")

    @pytest.mark.parametrize("units", [0, -3, 10**9, 10**30])
    def test_an_impossible_width(self, units):
        sentence = self.refused(AFFINE, {"kind": "relu"}, {"kind": "affine", "units": units})
        assert sentence.startswith("layers.2.units must be ")
        assert sentence.endswith(f"not {units}")

    @pytest.mark.parametrize("units", [3.0, "3", True, None])
    def test_a_width_that_is_no_whole_number(self, units):
        assert self.refused({"kind": "affine", "units": units}).startswith(
            "layers.0.units must be a whole number, not "
        )

    @pytest.mark.parametrize("rate", [1.0, 1.5, -0.1, math.nan, math.inf, "half", True])
    def test_an_impossible_dropout_rate(self, rate):
        sentence = self.refused(AFFINE, {"kind": "dropout", "rate": rate})
        assert "layers.1" in sentence
        assert "rate" in sentence

    @pytest.mark.parametrize("slope", [math.nan, -math.inf, "0.1", False])
    def test_an_impossible_slope(self, slope):
        assert "layers.0.slope must be a" in self.refused({"kind": "leaky_relu", "slope": slope})

    @pytest.mark.parametrize("option", ["initializer", "bias_initializer"])
    @pytest.mark.parametrize("value", ["hee", "normal(x)", "normal(-1)", "normal(nan)", "normal(", "", 0.1])
    def test_an_impossible_initializer(self, option, value):
        sentence = self.refused({**AFFINE, option: value})
        assert "layers.0" in sentence
        assert "initializer" in sentence


class TestRefusesWhatDoesNotFitTheData:
    """Known only once the data set is there: a trainer refuses it."""

    def refused(self, experiment):
        return refused(Trainer, experiment)

    def test_a_last_layer_that_does_not_match_the_classes(self, digits):
        sentence = self.refused(digits.with_settings({"layers.2.units": 9}))
        assert sentence.startswith("layers: ")
        assert "9 outputs" in sentence
        assert "'digits' needs 10 (one for each class)" in sentence
        assert "units = 10" in sentence

    def test_a_last_layer_that_does_not_match_the_target(self, experiment):
        sentence = self.refused(experiment([AFFINE], dataset="plane"))
        assert "3 outputs" in sentence
        assert "'plane' needs 1 (one for each target)" in sentence

    def test_a_network_that_has_nothing_to_learn_with(self, experiment):
        sentence = self.refused(experiment([{"kind": "relu"}], dataset="line"))
        assert "no affine layer" in sentence

    def test_a_softmax_over_one_output(self, experiment):
        one = [{"kind": "affine", "units": 1}]
        sentence = self.refused(experiment(one, dataset="moons", loss="softmax_cross_entropy"))
        assert sentence.startswith("loss: softmax_cross_entropy")
        assert "binary_cross_entropy" in sentence

    def test_a_batch_larger_than_the_data(self, experiment):
        assert self.refused(experiment(batch_size=121)) == (
            "batch_size must be at most 120, the number of training examples, not 121"
        )
        Trainer(experiment(batch_size=120))

    def test_batches_of_one_with_batch_normalisation(self, experiment):
        layers = [AFFINE, {"kind": "batch_norm"}]
        assert self.refused(experiment(layers, batch_size=1)).startswith("batch_size must be at least 2")
        Trainer(experiment(layers, batch_size=2))

    @pytest.mark.parametrize(
        ("sizes", "name"),
        [
            ({"validation_size": 150}, "validation_size"),
            ({"validation_size": 10**20}, "validation_size"),
            ({"training_size": 121}, "training_size"),
            ({"training_size": 10**20}, "training_size"),
        ],
    )
    def test_more_examples_than_there_are(self, experiment, sizes, name):
        sentence = self.refused(experiment(**sizes))
        assert sentence.startswith(f"{name} is {sizes[name]}")
        assert "'blobs'" in sentence

    def test_a_scaling_that_the_data_cannot_have(self, experiment):
        assert "scaling 'signed'" in self.refused(experiment(input_scaling="signed"))


class TestFiles:
    def read(self, path):
        sentence = refused(Experiment.read, path)
        assert sentence.startswith(f"{path}: ")
        return sentence.removeprefix(f"{path}: ")

    def test_one_that_is_missing(self, tmp_path):
        assert "No such file" in self.read(tmp_path / "none.toml")

    def test_a_folder(self, tmp_path):
        assert "directory" in self.read(tmp_path)

    @pytest.mark.parametrize("text", ["= 3", "learning_rate 0.1", "[[layers]", "a = 1\na = 2", "\0", '"""'])
    def test_not_toml(self, tmp_path, text):
        path = tmp_path / "bad.toml"
        path.write_text(text)
        sentence = self.read(path)
        assert sentence.startswith("not valid TOML: ")
        assert "line" in sentence or "end of document" in sentence

    @pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"title = '\xe9'", bytes(range(128, 256))])
    def test_not_text(self, tmp_path, content):
        path = tmp_path / "bad.toml"
        path.write_bytes(content)
        assert "UTF-8" in self.read(path)

    def test_nested_deeper_than_anyone_would(self, tmp_path):
        path = tmp_path / "deep.toml"
        path.write_text("title = " + "[" * 5000)
        self.read(path)

    def test_a_setting_that_is_impossible(self, tmp_path):
        path = tmp_path / "bad.toml"
        path.write_text("epochs = -2\nlayers = [{kind = 'relu'}]")
        assert self.read(path) == "epochs must be at least 0, not -2"

    @given(st.binary(max_size=200))
    def test_anything_else_never_with_another_error(self, tmp_path_factory, content):
        path = tmp_path_factory.getbasetemp() / "any.toml"
        path.write_bytes(content)
        sentence = f"{path}: "
        try:
            Experiment.read(path)
        except ValueError as error:
            sentence = str(error)
        assert sentence.startswith(f"{path}: ")


class TestByName:
    def test_a_preset(self):
        assert find_experiment("digits-adam") == load_preset("digits-adam")
        assert find_experiment("digits-adam").optimizer == "adam"

    def test_a_file(self, tmp_path, digits):
        path = tmp_path / "mine.toml"
        path.write_text(digits.with_settings({"title": "Mine"}).to_toml())
        assert find_experiment(str(path)).title == "Mine"

    def test_a_file_by_any_other_ending(self, tmp_path, digits):
        path = tmp_path / "mine"
        path.write_text(digits.to_toml())
        assert find_experiment(str(path)) == digits

    def test_a_file_called_like_a_preset_does_not_hide_it(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "digits").mkdir()
        assert find_experiment("digits") == load_preset("digits")

    def test_an_unknown_preset_with_the_one_that_was_meant(self):
        sentence = refused(find_experiment, "digit-adam")
        assert sentence.startswith("unknown experiment 'digit-adam'; known are: digits, ")
        assert sentence.endswith("did you mean 'digits-adam'?")

    def test_a_missing_file_is_not_taken_for_a_preset(self, tmp_path):
        path = str(tmp_path / "digits.toml")
        assert refused(find_experiment, path).startswith(f"{path}: cannot be read: ")

    def test_a_folder(self, tmp_path):
        assert refused(find_experiment, str(tmp_path)).startswith(f"{tmp_path}: ")


class TestWithSettings:
    def test_changes_what_it_names_and_nothing_else(self, digits):
        changed = digits.with_settings({"learning_rate": 0.25, "layers.0.units": 30, "seed": 7})
        assert (changed.learning_rate, changed.layers[0].units, changed.seed) == (0.25, 30, 7)
        back = changed.with_settings({"learning_rate": 0.5, "layers.0.units": 100, "seed": 0})
        assert back == digits

    def test_leaves_the_original_as_it_was(self, digits):
        digits.with_settings({"layers.0.units": 30, "layers.1.kind": "tanh"})
        assert digits == load_preset("digits")
        assert digits.layers[0].units == 100

    def test_may_name_an_option_that_was_left_to_its_default(self, digits):
        assert digits.with_settings({"layers.0.bias_initializer": "normal"}).layers[0].options == {
            "units": 100,
            "initializer": "he",
            "bias_initializer": "normal",
        }

    def test_may_replace_a_layer_or_all_layers(self, digits):
        changed = digits.with_settings({"layers.1": {"kind": "leaky_relu", "slope": 0.2}})
        assert [layer.kind for layer in changed.layers] == ["affine", "leaky_relu", "affine", "sigmoid"]
        changed = digits.with_settings({"layers": [{"kind": "affine", "units": 10}]})
        assert changed.layers == (LayerSpec("affine", {"units": 10}),)

    def test_settings_that_only_make_sense_together(self, digits):
        changed = digits.with_settings({"nesterov": True, "momentum": 0.9})
        assert (changed.nesterov, changed.momentum) == (True, 0.9)

    @pytest.mark.parametrize(
        ("key", "words"),
        [
            ("learning_rat", "did you mean 'learning_rate'"),
            ("", "unknown setting ''"),
            ("layers.4.units", "'4' must be a position from 0 to 3"),
            ("layers.-1.units", "'-1' must be a position from 0 to 3"),
            ("layers.first.units", "'first' must be a position from 0 to 3"),
            ("layers.9", "'9' must be a position from 0 to 3"),
            ("layers.0.unit", "affine has no option 'unit'"),
            ("layers.0.units.more", "'units' holds no settings of its own"),
            ("learning_rate.more", "'learning_rate' holds no settings of its own"),
            ("network.layers", "there is no 'network'"),
            ("layers..units", "'' must be a position"),
            ("layers.", "'' must be a position"),
            (".", "leads nowhere"),
        ],
    )
    def test_refuses_a_key_that_leads_nowhere(self, digits, key, words):
        sentence = refused(digits.with_settings, {key: 3})
        assert words in sentence

    def test_refuses_all_if_one_is_wrong(self, digits):
        refused(digits.with_settings, {"learning_rate": 0.25, "epochs": -1})
        assert digits == load_preset("digits")


class TestAssignment:
    @pytest.mark.parametrize(
        ("text", "key", "value"),
        [
            ("epochs=3", "epochs", 3),
            ("learning_rate=0.1", "learning_rate", 0.1),
            ("learning_rate=1e-3", "learning_rate", 1e-3),
            ("learning_rate=inf", "learning_rate", math.inf),
            ("nesterov=true", "nesterov", True),
            ("optimizer=adam", "optimizer", "adam"),
            ('optimizer="adam"', "optimizer", "adam"),
            (" epochs = 3 ", "epochs", 3),
            ("title=two words", "title", "two words"),
            ("title=a=b", "title", "a=b"),
            ("title=", "title", ""),
            ("layers.0.initializer=normal(0.1)", "layers.0.initializer", "normal(0.1)"),
            ("layers=[{kind='relu'}]", "layers", [{"kind": "relu"}]),
            ("nesterov=True", "nesterov", "True"),
        ],
    )
    def test_is_a_key_and_a_value_in_toml_or_a_word(self, text, key, value):
        assert parse_assignment(text) == (key, value)
        assert type(parse_assignment(text)[1]) is type(value)

    @pytest.mark.parametrize("text", ["epochs", "", "=3", " =3", "epochs:3"])
    def test_needs_both(self, text):
        assert refused(parse_assignment, text).startswith(f"{text!r} is not of the form KEY=VALUE")

    def test_refuses_a_value_nested_deeper_than_anyone_would(self):
        refused(parse_assignment, "title=" + "[" * 5000)

    @given(st.text())
    def test_anything_else_never_with_another_error(self, text):
        try:
            key, _ = parse_assignment(text)
        except ValueError:
            return
        assert key == text.partition("=")[0].strip()


def test_live_settings_are_those_that_need_no_new_network():
    assert set(LIVE_SETTINGS) == {
        "learning_rate",
        "momentum",
        "nesterov",
        "weight_decay",
        "batch_size",
        "epochs",
    }


def test_every_setting_says_what_it_is():
    for field in SETTINGS.values():
        assert field.metadata["label"]
        assert field.metadata["help"].endswith(".")


class TestOwnData:
    LAYERS = "\n[[layers]]\nkind = 'affine'\nunits = 3\n"

    @pytest.fixture
    def flowers(self, tmp_path):
        return shutil.copy(resource_path("data", "iris.csv"), tmp_path / "flowers.csv")

    def test_have_settings_that_stand_in_no_file_of_the_other_data_sets(self, digits):
        own = {name for name, field in SETTINGS.items() if field.metadata["group"] == OWN_DATA}
        assert own == {"dataset_sha256", "label_column", "header", "targets"}
        assert not own & set(digits.as_table())

    def test_and_settings_are_read_back_the_same(self, digits, flowers):
        experiment = digits.with_settings(
            {"dataset": str(flowers), "dataset_sha256": "0a" * 32, "label_column": "1", "header": "yes"}
        )
        again = Experiment.from_toml(experiment.to_toml())
        assert again == experiment
        assert again.reading == Reading(label_column="1", header="yes")
        assert (again.has_own_data, again.dataset_name) == (True, "flowers.csv")
        assert 'targets = "auto"' not in experiment.to_toml()

    @pytest.mark.parametrize(
        ("setting", "value"),
        [("label_column", "1"), ("header", "yes"), ("targets", "numbers"), ("dataset_sha256", "0" * 64)],
    )
    def test_settings_are_refused_with_a_data_set_that_comes_along(self, digits, setting, value):
        assert f"{setting} belongs to own data, not to dataset 'digits'" in refused(
            digits.with_settings, {setting: value}
        )

    def test_a_fingerprint_that_is_none_is_refused(self, digits):
        sentence = refused(digits.with_settings, {"dataset": "/x.csv", "dataset_sha256": "12"})
        assert sentence == "dataset_sha256 must be 64 hexadecimal digits, or empty, not '12'"

    def test_a_path_counts_from_the_working_folder(self, digits, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        assert digits.with_settings({"dataset": "some.csv"}).dataset == str(tmp_path / "some.csv")

    @pytest.mark.parametrize(
        "reference", ["flowers.csv", "./flowers.csv", "/gone/flowers.csv", "gone/flowers.csv"]
    )
    def test_a_path_in_a_file_counts_from_the_file_and_is_looked_for_beside_it(self, flowers, reference):
        file = flowers.with_name("experiment.toml")
        file.write_text(f"dataset = '{reference}'{self.LAYERS}")
        assert Experiment.read(file).dataset == str(flowers)

    def test_they_are_looked_for_beside_the_folder_of_a_checkpoint(self, flowers, tmp_path):
        (tmp_path / "run").mkdir()
        (tmp_path / "run" / "experiment.toml").write_text(f"dataset = '/gone/flowers.csv'{self.LAYERS}")
        assert Experiment.read(tmp_path / "run" / "experiment.toml").dataset == str(flowers)

    def test_a_folder_beside_the_file_needs_no_stroke_in_its_name(self, tmp_path):
        (tmp_path / "animals").mkdir()
        (tmp_path / "experiment.toml").write_text(f"dataset = 'animals'{self.LAYERS}")
        assert Experiment.read(tmp_path / "experiment.toml").dataset == str(tmp_path / "animals")

    def test_a_run_of_them_goes_on_bit_for_bit(self, flowers):
        experiment = Experiment.from_toml(f"dataset = '{flowers}'\nbatch_size = 9\nepochs = 3{self.LAYERS}")
        one, other = Trainer(experiment), Trainer(experiment)
        for _ in itertools.islice(one.steps(), 7):
            pass
        other.restore(one.state())
        for trainer in (one, other):
            for _ in trainer.steps():
                pass
        assert other.network.params[0]["weight"].tobytes() == one.network.params[0]["weight"].tobytes()
        assert one.dataset is other.dataset

    def test_a_fork_with_another_label_column_has_another_past(self, flowers):
        experiment = Experiment.from_toml(f"dataset = '{flowers}'{self.LAYERS}")
        trainer = Trainer(experiment)
        assert "it must start from the beginning" in refused(fork, trainer, History(), {"label_column": "1"})
        beside = from_the_start(trainer, {"label_column": "1", "targets": "numbers", "layers.0.units": 1})
        assert beside.dataset.classes == ()
        assert from_the_start(trainer, {"seed": 3}).dataset is trainer.dataset
