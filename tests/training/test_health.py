"""What is said of a run: for each complaint a run that deserves it, and a similar one that does not."""

import itertools
import math
from dataclasses import replace

import pytest

from mlpviz.training import Evaluation, Experiment, History, Step, Trainer
from mlpviz.training.health import findings
from mlpviz.training.presets import load_preset

SPARSE = ("update_ratio", "gradient_largest", "dead_share", "saturated_share")


def network(*kinds, **settings):
    """An experiment with layers such as "affine" and "relu"; all affine layers have ten units."""
    layers = [{"kind": kind, "units": 10} if kind == "affine" else {"kind": kind} for kind in kinds]
    return Experiment.from_table({"layers": layers, **settings})


TWO_LAYERS = network("affine", "relu", "affine", "sigmoid")


def history(steps=50, loss=1.0, validation=None, **columns):
    """A history with these numbers; a number may be a function of the step, and _ stands for the dot."""

    def at(value, index):
        return float(value(index) if callable(value) else value)

    basis = {
        "gradient_norm.0.weight": 0.1,
        "gradient_norm.2.weight": 0.1,
        "update_ratio.0.weight": 0.001,
        "update_ratio.2.weight": 0.001,
        "dead_share.1": 0,
        "saturated_share.3": 0.1,
    }
    columns = basis | {name.replace("__", "."): value for name, value in columns.items()}
    grown = History()
    for index in range(1, steps + 1):
        now = {name: at(value, index) for name, value in columns.items()}
        sparse = {name: value for name, value in now.items() if name.startswith(SPARSE)}
        dense = {name: value for name, value in now.items() if name not in sparse}
        due = index % 10 == 1
        judged = validation[index // 10 - 1] if validation and index % 10 == 0 else None
        grown.append(
            Step(
                index,
                1 + (index - 1) // 10,
                100 * index,
                at(loss, index),
                0.5,
                dense,
                sparse if due else {},
                None if judged is None else Evaluation(judged, 0.5),
            )
        )
    return grown


def said(experiment, history):
    """Severity and text of every finding."""
    return [
        (found.severity, found.text.replace("\N{NO-BREAK SPACE}", " "))
        for found in findings_of(experiment, history)
    ]


def findings_of(experiment, history):
    found = findings(experiment, history, None)
    for each in found:
        assert each.severity in ("good", "warning", "error")
        assert each.text.endswith(".")
        assert each.advice.endswith(".")
        assert "e+" not in each.text
        assert "nan" not in each.text.lower()
    return found


def texts(experiment, history):
    return " ".join(text for _, text in said(experiment, history))


class TestAlways:
    def test_nothing_is_said_before_the_first_step(self):
        assert findings(TWO_LAYERS, History(), None) == []

    def test_something_is_said_from_the_first_step_on(self):
        for steps in (1, 2, 9, 10, 11):
            assert said(TWO_LAYERS, history(steps))

    def test_the_most_serious_comes_first(self):
        bad = history(
            loss=lambda i: 2 if i < 5 else 1,
            saturated_share__3=1,
            update_ratio__2__weight=0,
            dead_share__1=0.5,
        )
        assert [severity for severity, _ in said(TWO_LAYERS, bad)] == ["error", "warning"]


class TestHealthy:
    def test_is_said_with_its_numbers(self):
        good = history(update_ratio__0__weight=0.002, update_ratio__2__weight=0.0013, dead_share__1=0.1)
        [(severity, text)] = said(TWO_LAYERS, good)
        assert severity == "good"
        assert (
            text == "Healthy: a step moves the weights by 0.2 % of their size, 10 % of the ReLUs never fire."
        )

    def test_says_nothing_of_relus_where_there_are_none(self):
        [(_, text)] = said(network("affine", "tanh", "affine"), history())
        assert "ReLU" not in text

    def test_is_what_a_run_of_the_digits_is(self):
        assert [finding.severity for finding in self.run("digits", training_size=5000, epochs=2)] == ["good"]

    @pytest.mark.parametrize("name", ["digits-momentum", "digits-cross-entropy", "digits-batchnorm"])
    def test_nothing_serious_is_said_of_the_other_digits(self, name):
        found = self.run(name, training_size=5000, epochs=1)
        assert "error" not in [finding.severity for finding in found]

    def run(self, name, **settings):
        experiment = load_preset(name).with_settings({"validation_size": 500, **settings})
        trainer, grown = Trainer(experiment), History()
        for step in trainer.steps():
            grown.append(step)
        return findings(experiment, grown, trainer.divergence)


class TestRising:
    @pytest.mark.parametrize(("rate", "rises"), [(3.5, True), (3.2, False), (0.3, False)])
    def test_of_all_examples_is_seen_after_four_steps(self, rate, rises):
        """Of `line` any rate above 3.24 diverges; below it the loss falls with every step."""
        experiment = load_preset("line").with_settings({"learning_rate": rate})
        grown = History()
        for step in itertools.islice(Trainer(experiment).steps(), 5):
            grown.append(step)
        assert ("loss rises with every step, from 2.87 to 7.05" in texts(experiment, grown)) == rises

    def test_of_a_mini_batch_is_chance(self):
        grown = history(loss=lambda i: 1.5 ** (i - 50) if i > 46 else 1)
        assert "rises" not in texts(replace(TWO_LAYERS, batch_size=10), grown)
        assert "rises" in texts(replace(TWO_LAYERS, batch_size=0), grown)


class TestDivergence:
    def test_is_all_that_is_said(self, experiment):
        start = experiment([{"kind": "affine", "units": 3}], learning_rate=1e5)
        trainer, grown = Trainer(start), History()
        for step in trainer.steps():
            grown.append(step)
        [finding] = findings(start, grown, trainer.divergence)
        assert finding.severity == "error"
        assert finding.text == trainer.divergence.sentence
        assert "learning rate" in finding.advice

    def test_is_said_even_where_no_step_was_made(self, experiment):
        trainer = Trainer(experiment())
        trainer.network.layers[0].params["weight"][0, 0] = math.nan
        assert list(trainer.steps()) == []
        [finding] = findings(trainer.experiment, History(), trainer.divergence)
        assert finding.severity == "error"


STUCK = {
    "loss": lambda i: 2 if i < 5 else 1,
    "saturated_share__3": lambda i: 0.2 if i < 5 else 1,
    "update_ratio__2__weight": lambda i: 5 if i < 5 else 0,
}


class TestSaturatedOutputs:
    def test_that_learn_nothing_are_an_error_that_names_the_learning_rate(self):
        rate30 = replace(TWO_LAYERS, learning_rate=30)
        [finding] = findings_of(rate30, history(**STUCK))
        assert finding.severity == "error"
        assert "100" in finding.text
        assert "saturated" in finding.text
        assert "learning rate 30" in finding.advice

    def test_are_found_while_momentum_still_moves_the_weights(self):
        experiment = load_preset("digits").with_settings({"momentum": 0.9})
        grown = History()
        for step in itertools.islice(Trainer(experiment).steps(), 60):
            grown.append(step)
        [finding] = findings_of(experiment, grown)
        assert finding.severity == "error"
        assert "learning rate 0.5, which momentum makes 10 times larger, is probably" in finding.advice

    @pytest.mark.parametrize(
        "changes",
        [
            {"saturated_share__3": 0.9},  # a tenth still passes a gradient
            {"update_ratio__2__weight": 0.001},  # it moves
            {"loss": lambda i: 2 if i < 15 else 0.01},  # it is right, and sure of it
        ],
        ids=["some pass", "moves", "has learnt"],
    )
    def test_but_not_if_it_learns_or_has_learnt(self, changes):
        assert "error" not in dict(said(TWO_LAYERS, history(**{**STUCK, **changes})))

    @pytest.mark.parametrize("epochs", [1, 2])
    def test_of_the_digits_at_learning_rate_30_are_recognised(self, epochs):
        """No number becomes infinite there: all outputs saturate, the gradient is 0, 9.8 % are right."""
        experiment = load_preset("digits").with_settings(
            {"training_size": 5000, "validation_size": 0, "learning_rate": 30, "epochs": epochs}
        )
        trainer, grown = Trainer(experiment), History()
        for step in trainer.steps():
            grown.append(step)
        assert trainer.divergence is None
        assert trainer.evaluate("test").accuracy == pytest.approx(0.098, abs=0.003)
        finding = findings_of(experiment, grown)[0]
        assert finding.severity == "error"
        assert "saturated" in finding.text
        assert "learning rate 30" in finding.advice


class TestDeadReLUs:
    def test_more_than_a_quarter_are_a_warning(self):
        [(severity, text)] = said(TWO_LAYERS, history(dead_share__1=0.61))
        assert severity == "warning"
        assert text == "Layer 1: 61 % of the ReLUs never fired in the last 100 steps."

    def test_a_quarter_is_not(self):
        assert "never fired" not in texts(TWO_LAYERS, history(dead_share__1=0.25))

    def test_those_that_woke_up_are_forgotten(self):
        assert "never fired" not in texts(TWO_LAYERS, history(dead_share__1=lambda i: 0.9 if i < 41 else 0))

    def test_the_layer_is_named_by_its_number_on_screen(self):
        deep = network("affine", "relu", "batch_norm", "affine", "dropout", "relu", "affine")
        grown = history(
            dead_share__5=0.5, **{"gradient_norm__3__weight": 0.1, "gradient_norm__6__weight": 0.1}
        )
        assert "Layer 2: 50 % of the ReLUs" in texts(deep, grown)
        assert "Layer 1" not in texts(deep, grown)


class TestSaturatedHiddenUnits:
    @pytest.mark.parametrize("kind", ["sigmoid", "tanh"])
    def test_more_than_half_are_a_warning(self, kind):
        [(severity, text)] = said(network("affine", kind, "affine"), history(saturated_share__1=0.7))
        assert severity == "warning"
        assert text == f"Layer 1: 70 % of the {kind} outputs are saturated."

    def test_half_are_not(self):
        [(severity, _)] = said(network("affine", "tanh", "affine"), history(saturated_share__1=0.5))
        assert severity == "good"

    def test_those_of_the_output_may_be_saturated(self):
        """Certain of the right answer is what they should become."""
        [(severity, _)] = said(TWO_LAYERS, history(saturated_share__3=0.95))
        assert severity == "good"

    def test_of_raw_pixels_are_recognised(self):
        experiment = load_preset("digits-book").with_settings(
            {"input_scaling": "raw", "training_size": 500, "validation_size": 0, "epochs": 10}
        )
        trainer, grown = Trainer(experiment), History()
        for step in trainer.steps():
            grown.append(step)
        assert "of the sigmoid outputs are saturated" in texts(experiment, grown)


class TestVanishingGradients:
    DEEP = network("affine", "sigmoid", "affine", "sigmoid", "affine", "sigmoid")

    def test_a_hundredfold_is_a_warning(self):
        grown = history(gradient_norm__0__weight=0.001, gradient_norm__4__weight=0.4)
        [(severity, text)] = said(self.DEEP, grown)
        assert severity == "warning"
        assert text == "The gradient of layer 1 is 400 times smaller than that of layer 3."

    def test_less_is_not(self):
        grown = history(gradient_norm__0__weight=0.01, gradient_norm__4__weight=0.4)
        assert "smaller" not in texts(self.DEEP, grown)

    def test_two_layers_are_not_deep(self):
        grown = history(gradient_norm__0__weight=0.001, gradient_norm__2__weight=0.4)
        assert "smaller" not in texts(TWO_LAYERS, grown)

    def test_a_gradient_of_zero_is_no_ratio(self):
        grown = history(gradient_norm__0__weight=0, gradient_norm__4__weight=0.4)
        said(self.DEEP, grown)  # and is no reason to fail

    @pytest.mark.parametrize(("kind", "vanishes"), [("sigmoid", True), ("relu", False)])
    def test_in_five_layers_of_sigmoids_and_not_of_relus(self, kind, vanishes):
        hidden = [{"kind": "affine", "units": 30, "initializer": "lecun"}, {"kind": kind}] * 5
        last = [{"kind": "affine", "units": 10, "initializer": "lecun"}, {"kind": "sigmoid"}]
        experiment = load_preset("digits").with_settings(
            {"layers": hidden + last, "training_size": 1000, "validation_size": 0, "epochs": 1}
        )
        trainer, grown = Trainer(experiment), History()
        for step in trainer.steps():
            grown.append(step)
        assert ("times smaller than that of layer 6" in texts(experiment, grown)) is vanishes


class TestUpdateSize:
    def test_a_tenth_of_the_weights_in_a_step_is_a_warning(self):
        [(severity, text)] = said(TWO_LAYERS, history(update_ratio__2__weight=0.44))
        assert severity == "warning"
        assert text == "Layer 2: a step moves the weights by 44 % of their size."

    def test_less_is_not(self):
        [(severity, _)] = said(TWO_LAYERS, history(update_ratio__2__weight=0.09))
        assert severity == "good"

    def test_many_times_their_size_is_said_in_plain_digits(self):
        assert "800 % of their size" in texts(TWO_LAYERS, history(update_ratio__2__weight=8))

    def test_large_steps_at_the_start_are_forgotten(self):
        grown = history(200, update_ratio__0__weight=lambda i: 3 if i < 50 else 0.001)
        assert [severity for severity, _ in said(TWO_LAYERS, grown)] == ["good"]

    def test_a_ratio_to_weights_that_are_zero_is_left_out(self):
        [(severity, _)] = said(TWO_LAYERS, history(update_ratio__0__weight=math.nan))
        assert severity == "good"


class TestOverfitting:
    def test_a_training_loss_that_is_no_lower_is_another_matter(self):
        collapsed = history(50, validation=(0.5, 0.4, 0.3, 0.35, 0.4), loss=0.4)
        assert "validation" not in texts(TWO_LAYERS, collapsed)

    def judge(self, *validation):
        return texts(TWO_LAYERS, history(10 * len(validation), validation=validation, loss=0.1))

    def test_a_validation_loss_that_rises_is_a_warning(self):
        assert self.judge(0.5, 0.4, 0.3, 0.35, 0.4) == "The validation loss is 33 % above its lowest value."

    @pytest.mark.parametrize(
        "validation",
        [
            (0.5, 0.4, 0.3, 0.31, 0.32),  # hardly
            (0.5, 0.4, 0.35, 0.3, 0.4),  # once
            (0.5, 0.4, 0.3, 0.4, 0.3),  # up and down
            (0.5, 0.4, 0.3, 0.29, 0.28),  # it falls
            (0.3, 0.4, 0.5),  # too early to tell
        ],
    )
    def test_one_that_does_not_is_none(self, validation):
        assert "validation" not in self.judge(*validation)


def test_a_loss_that_grows_is_said_to_diverge(experiment):
    one = ({"kind": "affine", "units": 1},)
    settings = {"dataset": "line_bias", "validation_size": 0, "batch_size": 0, "loss_scaling": "mean"}
    for rate, diverges in ((0.5, True), (0.1, False)):
        trainer, history = Trainer(experiment(one, **settings, learning_rate=rate, epochs=100)), History()
        for step in trainer.steps():
            history.append(step)
        first = findings(trainer.experiment, history, trainer.divergence)[0]
        assert ("the run diverges" in first.text) == diverges
        if diverges:
            assert first.severity == "error"
            assert "learning rate 0.5" in first.advice
