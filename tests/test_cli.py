"""The command line: what each command prints, and that every mistake costs one sentence and exit 2."""

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import mlpviz
from mlpviz.cli import main
from mlpviz.data import DATASETS
from mlpviz.files import load_checkpoint, load_run
from mlpviz.nn import LAYERS, LOSSES, OPTIMIZERS, Affine
from mlpviz.training import Experiment, Trainer
from mlpviz.training.comparisons import comparison_names
from mlpviz.training.presets import preset_names

GATE = """
title = "And"
dataset = "gate_and"
learning_rate = 2.0
batch_size = 0
epochs = 50

[[layers]]
kind = "affine"
units = 1

[[layers]]
kind = "sigmoid"
"""

CLOUDS = """
title = "Clouds"
dataset = "blobs"
validation_size = 30
batch_size = 30
epochs = 4
momentum = 0.9

[[layers]]
kind = "affine"
units = 8

[[layers]]
kind = "batch_norm"

[[layers]]
kind = "relu"

[[layers]]
kind = "affine"
units = 3
"""

KEYS = {
    "experiment",
    "seed",
    "epochs",
    "steps",
    "seconds",
    "status",
    "diverged_step",
    "train_loss",
    "train_accuracy",
    "validation_accuracy",
    "test_accuracy",
    "out",
}


@pytest.fixture
def gate(tmp_path):
    """The path of an experiment that is trained in no time: one neuron, four examples."""
    path = tmp_path / "gate.toml"
    path.write_text(GATE)
    return str(path)


@pytest.fixture
def clouds(tmp_path):
    """The path of an experiment with something of everything."""
    path = tmp_path / "clouds.toml"
    path.write_text(CLOUDS)
    return str(path)


@pytest.fixture
def run(capsys):
    """A function that runs a command and returns its status, standard output and standard error."""

    def run(*arguments):
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as end:
            status = end.code or 0
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


@pytest.fixture
def answer(run):
    """A function that runs a command with --json and returns what it answers."""

    def refuse(word):
        raise AssertionError(f"{word} is no JSON")

    def answer(*arguments, status=0):
        found, out, err = run(*arguments, "--json")
        assert (found, err) == (status, "")
        assert out.endswith("}\n")
        return json.loads(out, parse_constant=refuse)

    return answer


@pytest.fixture
def refused(run):
    """A function that runs a command that cannot be done, and returns the sentence that says why."""

    def refused(*arguments):
        status, out, err = run(*arguments)
        assert status == 2
        assert out == ""
        assert err.startswith("mlpviz: ")
        assert err.endswith("\n")
        assert err.count("\n") == 1
        return err.removeprefix("mlpviz: ").removesuffix("\n")

    return refused


def run_process(*arguments, **options):
    """Run a command in a process of its own, as a shell does."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    basis = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "env": environment}
    return subprocess.run([sys.executable, "-m", "mlpviz", *arguments], **{**basis, **options}, timeout=60)


class TestTrain:
    def test_answers_with_all_there_is_to_know(self, answer, gate):
        result = answer("train", gate)
        assert set(result) >= KEYS
        assert result["experiment"] == gate
        assert (result["seed"], result["epochs"], result["steps"]) == (0, 50, 50)
        assert (result["status"], result["diverged_step"], result["out"]) == ("finished", None, None)
        assert 0 < result["seconds"] < 10
        assert 0 < result["train_loss"] < 0.3
        assert result["train_accuracy"] == 1

    def test_answers_null_where_a_task_has_none(self, answer, gate, tmp_path):
        result = answer("train", gate)
        assert result["validation_accuracy"] is result["test_accuracy"] is None
        line = tmp_path / "line.toml"
        line.write_text("dataset = 'line'\nbatch_size = 0\nlayers = [{kind = 'affine', units = 1}]")
        result = answer("train", line)
        assert result["train_accuracy"] is None
        assert result["train_loss"] > 0

    def test_answers_with_metrics_over_whole_splits_in_evaluation_mode(self, answer, clouds):
        result = answer("train", clouds)
        trainer = Trainer(Experiment.read(Path(clouds)))
        list(trainer.steps())
        for name, which in (("train", "training"), ("validation", "validation"), ("test", "test")):
            x, targets = getattr(trainer.splits, which).batch(slice(None))
            y = trainer.network.predict(x)
            right = (y.argmax(axis=1) == targets.argmax(axis=1)).mean()
            assert result[f"{name}_accuracy"] == pytest.approx(right)
            assert result[f"{name}_loss"] == pytest.approx(trainer.loss.value(y, targets), rel=1e-5)
        assert result["test_accuracy"] > 0.5

    def test_gives_the_same_answer_each_time(self, answer, clouds):
        first, second = answer("train", clouds), answer("train", clouds)
        assert {**first, "seconds": 0} == {**second, "seconds": 0}

    def test_tells_a_person_in_a_few_lines(self, run, clouds):
        status, out, err = run("train", clouds)
        assert (status, err) == (0, "")
        assert out.startswith("Clouds: 16 steps in ")
        for word in ("training", "validation", "test"):
            [line] = [line for line in out.splitlines() if line.strip().startswith(word)]
            assert "loss" in line
            assert "%" in line

    def test_takes_settings(self, answer, clouds):
        settings = ("--set", "epochs=2", "--set", "batch_size=60", "--set", "layers.0.units=5")
        assert answer("train", clouds, *settings)["steps"] == 4
        plain, other = answer("train", clouds), answer("train", clouds, "--set", "learning_rate=0.01")
        assert plain["train_loss"] != other["train_loss"]

    def test_takes_epochs_and_a_seed(self, answer, clouds):
        result = answer("train", clouds, "--epochs", "2", "--seed", "7")
        assert (result["epochs"], result["seed"], result["steps"]) == (2, 7, 8)
        assert result["train_loss"] != answer("train", clouds, "--epochs", "2")["train_loss"]
        set_both = answer("train", clouds, "--set", "epochs=2", "--set", "seed=7")
        assert set_both["train_loss"] == result["train_loss"]

    def test_takes_a_seed_of_0(self, answer, clouds):
        assert answer("train", clouds, "--set", "seed=3", "--seed", "0")["seed"] == 0

    def test_takes_a_preset(self, answer):
        small = ("--set", "training_size=500", "--set", "validation_size=100", "--epochs", "1")
        result = answer("train", "digits-adam", *small)
        assert (result["experiment"], result["steps"]) == ("digits-adam", 5)

    def test_trains_the_digits_if_nothing_is_named(self, answer):
        small = ("--set", "training_size=500", "--set", "validation_size=100", "--epochs", "1")
        assert answer("train", *small)["experiment"] == "digits"

    def test_is_quiet_where_nobody_is_looking(self, run, gate):
        _, out, err = run("train", gate, "--json")
        assert err == ""
        assert out.count("\n") == 1

    def test_needs_no_qt(self, gate):
        code = "import sys; sys.modules['PySide6'] = None; from mlpviz.cli import main; sys.exit(main())"
        done = subprocess.run([sys.executable, "-c", code, "train", gate, "--json"], capture_output=True)
        assert (done.returncode, done.stderr) == (0, b"")


class TestOut:
    def test_holds_a_checkpoint_to_go_on_from(self, answer, clouds, tmp_path):
        out = tmp_path / "runs" / "first"
        result = answer("train", clouds, "--epochs", "2", "--out", out)
        assert result["out"] == str(out)
        again = load_checkpoint(out)
        again.change("epochs", 4)
        list(again.steps())
        whole = answer("train", clouds)
        assert again.evaluate("training").loss == whole["train_loss"]
        assert again.evaluate("test").accuracy == whole["test_accuracy"]

    def test_may_be_written_again(self, answer, clouds, tmp_path):
        for epochs in (1, 2):
            answer("train", clouds, "--epochs", epochs, "--out", tmp_path / "run")
        assert load_checkpoint(tmp_path / "run").epoch == 2

    def test_is_said(self, run, gate, tmp_path):
        assert f"Saved to {tmp_path / 'run'}\n" in run("train", gate, "--out", tmp_path / "run")[1]

    def test_that_cannot_be_written_is_said_before_the_training(self, refused, gate, tmp_path, monkeypatch):
        def steps(self):
            raise AssertionError("it was trained")

        monkeypatch.setattr(Trainer, "steps", steps)
        assert refused("train", gate, "--out", gate) == f"{gate} is a file: give a folder to write to"
        assert "'gate.toml'" in refused("train", gate, "--out", tmp_path)
        assert "cannot be written" in refused("train", gate, "--out", f"{gate}/run")

    def test_that_is_the_folder_one_stands_in(self, run, gate, tmp_path, monkeypatch):
        """Either it works, or it is refused before the training."""
        here = tmp_path / "here"
        here.mkdir()
        monkeypatch.chdir(here)
        trained = []
        steps = Trainer.steps
        monkeypatch.setattr(Trainer, "steps", lambda self: (trained.append(1), steps(self))[1])
        status, _, _ = run("train", gate, "--out", ".")
        assert load_checkpoint(here).finished if status == 0 else not trained

    def test_of_a_run_that_is_refused_leaves_nothing(self, refused, gate, tmp_path):
        refused("train", gate, "--set", "epochs=-1", "--out", tmp_path / "run")
        assert [path.name for path in tmp_path.iterdir()] == ["gate.toml"]

    def test_of_a_diverged_run_holds_the_last_good_network(self, answer, clouds, tmp_path):
        result = answer("train", clouds, "--set", "learning_rate=1e9", "--out", tmp_path / "run")
        assert result["status"] == "diverged"
        again = load_checkpoint(tmp_path / "run")
        assert again.divergence.step == result["diverged_step"]
        assert all(abs(a).max() < float("inf") for params in again.network.params for a in params.values())


class TestDivergence:
    def test_is_a_status_with_its_step(self, answer, clouds):
        result = answer("train", clouds, "--set", "learning_rate=1e9")
        assert result["status"] == "diverged"
        assert 1 <= result["diverged_step"] <= 16
        assert set(result) >= KEYS
        assert result["steps"] < result["diverged_step"]

    def test_gives_null_for_what_is_no_number(self, answer, gate, monkeypatch):
        """The last good network may still have a loss that is no number on another split."""
        monkeypatch.setattr("mlpviz.nn.SquaredError.value", lambda self, y, targets: float("nan"))
        result = answer("train", gate)
        assert (result["status"], result["diverged_step"]) == ("diverged", 1)
        assert result["train_loss"] is None

    def test_is_told_to_a_person_with_its_likely_cause(self, run, clouds):
        status, out, _ = run("train", clouds, "--set", "learning_rate=1e9")
        assert status == 0
        [line] = [line for line in out.splitlines() if "iverged" in line]
        assert "learning rate 1e+09 is the likely cause" in line


class TestInterrupt:
    """Ctrl-C at any moment, here in the middle of a step."""

    @pytest.fixture
    def ctrl_c(self, monkeypatch):
        """A function that has Ctrl-C pressed in the n-th call of a method of the affine layers."""

        def ctrl_c(method, n):
            right, calls = getattr(Affine, method), iter(range(1, 10**9))

            def pressed(self, *arguments):
                if next(calls) == n:
                    signal.raise_signal(signal.SIGINT)
                return right(self, *arguments)

            monkeypatch.setattr(Affine, method, pressed)

        before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job ignores it
        yield ctrl_c
        after = signal.signal(signal.SIGINT, before)
        assert after is signal.default_int_handler

    def test_keeps_a_checkpoint_and_exits_130(self, run, clouds, tmp_path, ctrl_c):
        ctrl_c("gradients", 13)  # two layers: in the middle of step 7
        status, out, err = run("train", clouds, "--out", tmp_path / "run")
        assert (status, out) == (130, "")
        assert err.startswith("mlpviz: interrupted at step ")
        assert str(tmp_path / "run") in err
        assert err.count("\n") == 1
        assert load_checkpoint(tmp_path / "run").index in (6, 7)

    @pytest.mark.parametrize("method", ["forward", "gradients"])
    def test_the_checkpoint_goes_on_as_if_nothing_had_happened(
        self, run, answer, clouds, tmp_path, ctrl_c, method
    ):
        whole = answer("train", clouds)
        ctrl_c(method, 13)
        run("train", clouds, "--out", tmp_path / "run")
        again = load_checkpoint(tmp_path / "run")
        assert not again.finished
        list(again.steps())
        assert again.index == whole["steps"]
        assert again.evaluate("training").loss == whole["train_loss"]

    @pytest.mark.parametrize("name", ["run", "run.mlpviz"])
    def test_the_run_is_resumed_to_the_same_end(self, run, answer, clouds, tmp_path, ctrl_c, name):
        whole = answer("train", clouds, "--out", tmp_path / "whole")
        ctrl_c("gradients", 13)
        out = tmp_path / name
        assert run("train", clouds, "--out", out)[0] == 130
        resumed = answer("train", "--resume", out)
        for key in ("steps", "train_loss", "test_loss", "facts", "seed", "epochs", "status"):
            assert resumed[key] == whole[key]
        assert (resumed["experiment"], resumed["out"]) == (str(out), str(out))
        again, expected = load_run(out), load_run(tmp_path / "whole")
        assert again.trainer.finished
        assert len(again.history) == whole["steps"]
        for name in expected.history.names:
            for column, other in zip(again.history.view(name), expected.history.view(name), strict=True):
                assert column.tobytes() == other.tobytes()
        for params, others in zip(again.trainer.network.params, expected.trainer.network.params, strict=True):
            assert all(params[key].tobytes() == others[key].tobytes() for key in params)

    def test_without_out_says_that_nothing_was_saved(self, run, clouds, ctrl_c):
        ctrl_c("gradients", 13)
        status, out, err = run("train", clouds)
        assert (status, out) == (130, "")
        assert "nothing was saved" in err
        assert err.count("\n") == 1

    def test_elsewhere_is_a_word_and_no_traceback(self, run, monkeypatch):
        def interrupted():
            raise KeyboardInterrupt

        monkeypatch.setattr("mlpviz.training.presets.preset_names", interrupted)
        status, _, err = run("list", "experiments")
        assert (status, err) == (130, "mlpviz: interrupted\n")


class TestResume:
    """A saved run is gone on with, with more epochs or other live settings."""

    @pytest.fixture
    def saved(self, answer, clouds, tmp_path):
        answer("train", clouds, "--epochs", "2", "--out", tmp_path / "run.mlpviz")
        return tmp_path / "run.mlpviz"

    def test_for_more_epochs_as_if_it_had_never_ended(self, answer, clouds, saved):
        whole = answer("train", clouds, "--epochs", "5")
        more = answer("train", "--resume", saved, "--epochs", "5")
        for key in ("steps", "epochs", "train_loss", "test_accuracy"):
            assert more[key] == whole[key]
        assert load_run(saved).trainer.epoch == 5
        assert more["seconds"] > 0

    def test_elsewhere_leaves_the_run_as_it_was(self, answer, saved, tmp_path):
        before = saved.read_bytes()
        answer("train", "--resume", saved, "--epochs", "3", "--out", tmp_path / "more")
        assert saved.read_bytes() == before
        assert load_run(tmp_path / "more").trainer.epoch == 3

    def test_records_what_is_changed(self, answer, saved):
        answer("train", "--resume", saved, "--epochs", "3", "--set", "learning_rate=0.01")
        found = load_run(saved).trainer
        assert {(change.setting, change.value) for change in found.changes} == {
            ("epochs", 3),
            ("learning_rate", 0.01),
        }
        assert found.original.epochs == 2

    def test_seconds_add_up(self, answer, saved):
        before = load_run(saved).seconds
        answer("train", "--resume", saved, "--epochs", "3")
        assert load_run(saved).seconds > before > 0

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            ([], "has trained all of its 2 epochs: to go on, raise them, such as --epochs 4"),
            (["--epochs", "2"], "has trained all of its 2 epochs"),
            (["--seed", "3"], "live setting 'seed'"),
            (["--set", "learning_rate=-1"], "learning_rate must be greater than 0"),
            (["--seeds", "3"], "--resume goes on with one saved run: leave out --seeds"),
            (["--epochs", "3", "--out", "/proc/none/run"], "cannot be written"),
        ],
    )
    def test_refuses(self, refused, saved, arguments, words):
        before = saved.read_bytes()
        assert words in refused("train", "--resume", saved, *arguments)
        assert saved.read_bytes() == before

    def test_refuses_an_experiment_beside_it(self, refused, saved, clouds):
        assert "leave out EXPERIMENT" in refused("train", clouds, "--resume", saved)

    def test_refuses_what_is_no_run(self, refused, clouds, tmp_path):
        assert "not a zip file" in refused("train", "--resume", clouds)
        assert "is not there" in refused("train", "--resume", tmp_path / "none")

    def test_refuses_one_that_diverged(self, answer, refused, clouds, tmp_path):
        answer("train", clouds, "--set", "learning_rate=1e9", "--out", tmp_path / "run")
        assert "cannot go on: The " in refused("train", "--resume", tmp_path / "run", "--epochs", "9")

    def test_its_runs_are_taken_by_the_other_commands(self, run, saved):
        assert "seed 0" in run("evaluate", saved)[1]
        assert "Stage 0" in run("explain", saved, "--stage", "0")[1]


class TestMistakes:
    @pytest.mark.parametrize("command", ["train", "check"])
    @pytest.mark.parametrize(
        ("setting", "words"),
        [
            ("learning_rate=-1", "learning_rate must be greater than 0, not -1.0"),
            ("learning_rate=0", "learning_rate must be greater than 0"),
            ("learning_rate=nan", "learning_rate must be a finite number"),
            ("learning_rate=inf", "learning_rate must be a finite number"),
            ("learning_rate=fast", "learning_rate must be a number, not 'fast'"),
            ("epochs=1.5", "epochs must be a whole number, not 1.5"),
            ("epochs=true", "epochs must be a whole number, not True"),
            ("nesterov=yes", "nesterov must be true or false, not 'yes'"),
            ("nesterov=true", "nesterov needs a momentum"),
            ("batch_size=5", "batch_size must be at most 4"),
            ("batch_size=1e3", "batch_size must be a whole number"),
            ("dataset=digit", "did you mean 'digits'"),
            ("layers.0.units=0", "layers.0.units must be from 1"),
            ("layers.0.units=-3", "layers.0.units must be from 1"),
            ("layers.0.units=1000000000", "layers.0.units must be from 1"),
            ("layers.0.units=2", "ends with 2 outputs"),
            ("layers.1.kind=sigmoyd", "did you mean 'sigmoid'"),
            ("layers.1.kind=[1]", "kind"),
            ("layers.7.units=3", "'7' must be a position from 0 to 1"),
            ("layers=[]", "layers must list at least one layer"),
            ("learningrate=1", "did you mean 'learning_rate'"),
            ("epochs", "'epochs' is not of the form KEY=VALUE"),
            ("learning_rate=" + "9" * 400, "learning_rate"),
        ],
        ids=lambda value: value[:30],
    )
    def test_in_a_setting(self, refused, gate, command, setting, words):
        assert words in refused(command, gate, "--set", setting)

    def test_in_a_setting_that_needs_another(self, refused, gate):
        sentence = refused("train", gate, "--set", "optimizer=adam", "--set", "momentum=0.9")
        assert "momentum and nesterov belong to the optimizer 'sgd'" in sentence

    @pytest.mark.parametrize("command", ["train", "check", "screenshot"])
    def test_in_the_name_of_an_experiment(self, refused, command, tmp_path):
        out = [tmp_path / "out.png", "--experiment"] if command == "screenshot" else []
        assert "did you mean 'digits-adam'?" in refused(command, *out, "digits-adm")

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"learning_rate 0.1", "not valid TOML"),
            (b"\xff\xfe", "UTF-8"),
            (b"", "layers must list at least one layer"),
            (b"layers = 3", "layers must be a list of tables"),
            (GATE.replace("2.0", "-2.0").encode(), "learning_rate must be greater than 0"),
            (GATE.replace("epochs", "epocs").encode(), "did you mean 'epochs'"),
        ],
    )
    def test_in_a_file(self, refused, tmp_path, content, words):
        path = tmp_path / "bad.toml"
        path.write_bytes(content)
        sentence = refused("train", path)
        assert sentence.startswith(f"{path}: ")
        assert words in sentence

    def test_in_a_path(self, refused, tmp_path):
        assert "No such file" in refused("train", tmp_path / "none.toml")
        assert "directory" in refused("train", tmp_path)
        refused("train", "")
        refused("train", "a" * 300)

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--epochs", "-1"], "epochs must be at least 0"),
            (["--seed", "-1"], "seed must be at least 0"),
        ],
    )
    def test_in_a_short_form(self, refused, gate, arguments, words):
        assert words in refused("train", gate, *arguments)

    @pytest.mark.parametrize(
        "arguments",
        [
            ["train", "--epochs", "ten"],
            ["train", "--seed", "1.5"],
            ["train", "--frobnicate"],
            ["train", "one.toml", "two.toml"],
            ["train", "--set"],
            ["list"],
            ["list", "nothing"],
            ["compare"],
            ["compare", "depth", "--by", "miles"],
            ["check", "--entries", "many"],
            ["screenshot"],
            ["screenshot", "out.png", "--theme", "pink"],
        ],
        ids=" ".join,
    )
    def test_in_the_form_of_a_command(self, run, arguments):
        status, out, err = run(*arguments)
        assert (status, out) == (2, "")
        last = err.splitlines()[-1]
        assert last.startswith("mlpviz")
        assert "Traceback" not in err

    @pytest.mark.parametrize("arguments", [["--examples", "0"], ["--entries", "-1"], ["--examples", "-5"]])
    def test_in_the_numbers_of_a_check(self, refused, gate, arguments):
        assert arguments[0] in refused("check", gate, *arguments)

    @pytest.mark.parametrize(
        "arguments",
        [
            ["--size", "big"],
            ["--size", "0x900"],
            ["--size", "1440"],
            ["--size", "x"],
            ["--scale", "0"],
            ["--scale", "nan"],
            ["--scale", "9"],
            ["--steps", "-1"],
        ],
        ids=" ".join,
    )
    def test_in_the_numbers_of_a_screenshot(self, refused, tmp_path, arguments):
        assert arguments[0] in refused("screenshot", tmp_path / "out.png", *arguments)
        assert list(tmp_path.iterdir()) == []

    def test_that_asks_for_more_memory_than_there_is(self, gate):
        """Two hidden layers of 100,000 units are 40 GB; the process may have four."""
        layers = "layers=[" + "{kind='affine',units=100000}," * 2 + "{kind='affine',units=1}]"
        limit = 4 * 2**30
        done = run_process(
            *("train", gate, "--set", layers),
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("mlpviz: ")
        assert done.stderr.count("\n") == 1
        assert "defect" not in done.stderr

    def test_that_is_ours_is_said_to_be_and_leaves_no_traceback(self, run, gate, monkeypatch):
        def defect(self):
            raise ZeroDivisionError("division by zero")

        monkeypatch.setattr(Trainer, "steps", defect)
        monkeypatch.delenv("MLPVIZ_DEBUG", raising=False)
        status, out, err = run("train", gate)
        assert (status, out) == (70, "")
        assert err.startswith("mlpviz: a defect in mlpviz")
        assert "ZeroDivisionError" in err
        assert err.count("\n") == 1
        monkeypatch.setenv("MLPVIZ_DEBUG", "1")
        with pytest.raises(ZeroDivisionError):
            main(["train", gate])


NAMES = {
    "experiments": preset_names(),
    "comparisons": comparison_names(),
    "datasets": list(DATASETS),
    "layers": list(LAYERS),
    "losses": list(LOSSES),
    "optimizers": list(OPTIMIZERS),
}


class TestList:
    @pytest.mark.parametrize("what", NAMES)
    def test_has_a_line_a_name(self, run, what):
        status, out, err = run("list", what)
        assert (status, err) == (0, "")
        lines = out.splitlines()
        assert [line.split()[0] for line in lines] == NAMES[what]
        assert all(len(line.split()) > 1 for line in lines)
        columns = {len(line) - len(line.split(maxsplit=1)[1]) for line in lines}
        assert len(columns) == 1  # the words stand below each other

    @pytest.mark.parametrize("what", NAMES)
    def test_has_a_name_and_words_for_each_in_json(self, answer, what):
        result = answer("list", what)
        assert list(result) == [what]
        assert [entry["name"] for entry in result[what]] == NAMES[what]
        for entry in result[what]:
            assert isinstance(entry["title"], str)
            assert entry["title"]


class TestCompare:
    def test_races_a_comparison_that_comes_with_the_program(self, answer):
        result = answer("compare", "depth", "--steps", "3")
        assert (result["comparison"], result["by"], result["remarks"]) == ("depth", "steps", [])
        sigmoid, relu = result["runs"]
        assert (sigmoid["name"], sigmoid["steps"], sigmoid["status"]) == ("Sigmoid", 3, "stopped")
        assert relu["examples"] == 300
        assert relu["differs"] == ["sigmoid → relu"]
        assert sigmoid["first_gradient_ratio"] > 100 > 10 > relu["first_gradient_ratio"]

    def test_races_experiments_to_their_end(self, answer, run, gate, clouds):
        result = answer("compare", gate, clouds, "--epochs", "2", "--by", "examples")
        assert [(row["name"], row["epochs"], row["status"]) for row in result["runs"]] == [
            (str(gate), 2, "finished"),
            (str(clouds), 2, "finished"),
        ]
        assert result["comparison"] is None
        assert "different data" in result["remarks"][0]
        status, out, err = run("compare", gate, clouds, "--epochs", "2")
        assert (status, err) == (0, "")
        assert f"{clouds} differs from {gate}: dataset" in out
        assert "The loss is the training examples': " in out

    def test_a_race_gives_what_training_alone_gives(self, answer, gate, clouds):
        alone = answer("train", clouds)
        raced = answer("compare", gate, clouds)["runs"][1]
        assert {key: raced[key] for key in ("steps", "train_loss", "test_accuracy")} == {
            key: alone[key] for key in ("steps", "train_loss", "test_accuracy")
        }

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["digits"], "name at least two experiments to compare"),
            (["digits", "digits"], "twice the same run"),
            (["digits", "nonsense"], "unknown experiment 'nonsense'"),
            (["depth", "--steps", "0"], "--steps must be at least 1"),
            (["depth", "--epochs", "-1"], "epochs must be at least 0"),
        ],
        ids=str,
    )
    def test_is_refused_with_a_sentence(self, refused, arguments, words):
        assert words in refused("compare", *arguments)


class TestCheck:
    def test_prints_a_row_an_array(self, run, clouds):
        status, out, err = run("check", clouds)
        assert (status, err) == (0, "")
        rows = [line.split() for line in out.splitlines() if line.endswith(("ok", "WRONG"))]
        assert [(row[0], row[1], row[2]) for row in rows] == [
            ("0", "affine", "weight"),
            ("0", "affine", "bias"),
            ("1", "batch_norm", "gamma"),
            ("1", "batch_norm", "beta"),
            ("3", "affine", "weight"),
            ("3", "affine", "bias"),
        ]
        assert all(row[-1] == "ok" for row in rows)
        assert "2 x 8" in out
        assert "8 x 3" in out

    def test_answers_in_json(self, answer, clouds):
        result = answer("check", clouds, "--entries", "0", "--examples", "20")
        assert (result["experiment"], result["examples"]) == (clouds, 20)
        first = result["arrays"][0]
        assert (first["layer"], first["kind"], first["name"], first["shape"]) == (
            0,
            "affine",
            "weight",
            [2, 8],
        )
        assert first["checked"] + first["kinks"] == 16
        for array in result["arrays"]:
            assert array["passed"] is True
            assert array["largest"] > 0 or array["name"] == "bias"

    def test_checks_so_many_entries(self, answer, clouds):
        found = answer("check", clouds, "--entries", "5")["arrays"][0]
        assert found["checked"] + found["kinks"] == 5

    @pytest.mark.parametrize("name", ["weight", "bias"])
    def test_exits_1_where_a_gradient_is_wrong_by_a_hundredth(self, run, answer, gate, monkeypatch, name):
        right = Affine.gradients

        def wrong(self, upstream, x):
            gradients = right(self, upstream, x)
            gradients[name] = 1.01 * gradients[name]
            return gradients

        monkeypatch.setattr(Affine, "gradients", wrong)
        status, out, _ = run("check", gate)
        assert status == 1
        rows = {line.split()[2]: line.split()[-1] for line in out.splitlines() if line.startswith("0 affine")}
        assert rows == {"weight": "ok", "bias": "ok", name: "WRONG"}
        arrays = answer("check", gate, status=1)["arrays"]
        assert {array["name"]: array["passed"] for array in arrays} == {
            "weight": True,
            "bias": True,
            name: False,
        }

    def test_exits_1_where_what_is_passed_down_is_wrong(self, run, clouds, monkeypatch):
        right = Affine.backward
        monkeypatch.setattr(Affine, "backward", lambda self, u, x: 1.01 * right(self, u, x))
        assert run("check", clouds)[0] == 1

    def test_checks_the_digits_if_nothing_is_named(self, run):
        status, out, _ = run("check", "--entries", "5", "--examples", "3")
        assert status == 0
        assert "784 x 100" in out

    def test_takes_settings(self, run, clouds):
        assert "2 x 11" in run("check", clouds, "--set", "layers.0.units=11")[1]

    def test_one_example_will_do(self, run, gate, clouds):
        assert run("check", gate, "--examples", "1")[0] == 0
        assert run("check", clouds, "--examples", "1")[0] == 0


class TestHelp:
    def test_names_the_commands(self, run):
        status, out, err = run("--help")
        assert (status, err) == (0, "")
        for command in ("open", "train", "compare", "list", "check", "screenshot"):
            assert command in out

    @pytest.mark.parametrize("command", ["open", "train", "compare", "list", "check", "screenshot"])
    def test_of_each_command(self, run, command):
        status, out, err = run(command, "--help")
        assert (status, err) == (0, "")
        assert out.startswith(f"usage: mlpviz {command} ")

    def test_version(self, run):
        assert run("--version") == (0, f"mlpviz {mlpviz.__version__}\n", "")


class TestProcess:
    def test_a_reader_who_has_seen_enough_is_no_error(self):
        """As in `mlpviz list datasets | head -1`: nobody reads, and nothing is said of it."""
        read, write = os.pipe()
        os.close(read)
        try:
            done = run_process("list", "datasets", stdout=write)
        finally:
            os.close(write)
        assert done.stderr == ""
        assert done.returncode in (0, -signal.SIGPIPE, 128 + signal.SIGPIPE)

    def test_without_a_display_the_window_is_refused_with_what_to_do_instead(self, tmp_path):
        screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
        environment = {name: value for name, value in os.environ.items() if name not in screens}
        done = run_process(env=environment, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("mlpviz: there is no display")
        assert "`mlpviz train`" in done.stderr
        assert done.stderr.count("\n") == 1

    def test_a_title_that_cannot_be_saved_is_refused_by_its_name(self, gate, tmp_path):
        """Bytes that are no UTF-8, as a shell hands them over."""
        done = run_process("train", gate, "--set", b"title=\xff", "--out", str(tmp_path / "run"))
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("mlpviz: ")
        assert "title" in done.stderr
