"""The training loop: what a step does, how steps are counted, what is measured of accuracy and when."""

import numpy as np
import pytest

from mlpviz.data import Dataset, Examples, load_dataset
from mlpviz.nn import SquaredError
from mlpviz.training import Trainer

LINEAR = ({"kind": "affine", "units": 1},)


def run(trainer):
    return list(trainer.steps())


def take(trainer, n):
    return [step for _, step in zip(range(n), trainer.steps(), strict=False)]


def seen(trainer):
    """The examples of each step to come, as lists of positions."""
    return [trainer.snapshot().batch.tolist() for _ in trainer.steps()]


def one_output(n, targets, name="made_up"):
    """n points in the plane with a single target each; two classes."""
    x = np.random.default_rng(0).normal(size=(n, 2)).astype(np.float32)
    labels = np.arange(n) % 2
    t = np.array(targets, np.float32)[labels].reshape(-1, 1)
    return Dataset(name, "Made up", "Points.", Examples(x, t, labels), classes=("no", "yes"))


class TestStep:
    @pytest.mark.parametrize("decay", [0.0, 0.1])
    def test_of_plain_gradient_descent_goes_against_the_gradient(self, experiment, decay):
        """w ← w − η (∂L/∂w + λ w), of the batch that the snapshot names."""
        trainer = Trainer(experiment(learning_rate=0.4, weight_decay=decay))
        for _ in range(7):
            before = trainer.network.copy()
            [step] = take(trainer, 1)
            x, targets = trainer.splits.training.batch(trainer.snapshot().batch)
            loss, gradients = before.loss_and_gradients(x, targets, SquaredError())
            assert step.loss == pytest.approx(loss, rel=1e-6)
            for old, new, gradient in zip(before.params, trainer.network.params, gradients, strict=True):
                for name in old:
                    expected = old[name] - 0.4 * (gradient[name] + decay * old[name])
                    np.testing.assert_allclose(new[name], expected, rtol=1e-5, atol=1e-7)
                    assert not np.array_equal(new[name], old[name])

    def test_by_hand(self, experiment):
        """One weight from 0: the gradient of (1/N) Σ (w x + b − y)² is −(2/N) Σ x y, and −(2/N) Σ y for b."""
        settings = {"dataset": "line", "validation_size": 0, "batch_size": 0, "learning_rate": 0.1}
        trainer = Trainer(experiment([{**LINEAR[0], "initializer": "zeros"}], **settings))
        data = load_dataset("line").training
        x, y = data.inputs.astype(float), data.targets.astype(float)
        [step] = take(trainer, 1)
        assert step.loss == pytest.approx((y**2).mean())
        params = trainer.network.layers[0].params
        assert params["weight"][0, 0] == pytest.approx(0.2 * (x * y).mean(), rel=1e-5)
        assert params["bias"][0] == pytest.approx(0.2 * y.mean(), rel=1e-5)

    def test_loss_and_accuracy_are_those_before_its_update(self, experiment):
        trainer = Trainer(experiment(batch_size=0))
        for _ in range(4):
            before = trainer.evaluate("training")
            [step] = take(trainer, 1)
            assert step.loss == pytest.approx(before.loss, rel=1e-6)
            assert step.accuracy == pytest.approx(before.accuracy)

    def test_trains_with_dropout_and_judges_without(self, experiment):
        layers = [
            {"kind": "affine", "units": 50},
            {"kind": "dropout", "rate": 0.5},
            {"kind": "affine", "units": 3},
        ]
        trainer = Trainer(experiment(layers, batch_size=0, learning_rate=1e-9))
        first, second = (step.loss for step in take(trainer, 2))
        assert first != pytest.approx(second, rel=1e-3)  # other units were dropped
        assert trainer.evaluate("training").loss == pytest.approx(trainer.evaluate("training").loss, rel=0)

    def test_moves_running_statistics_by_a_tenth(self, experiment):
        trainer = Trainer(experiment([{"kind": "batch_norm"}, {"kind": "affine", "units": 3}]))
        take(trainer, 1)
        x, _ = trainer.splits.training.batch(trainer.snapshot().batch)
        statistics = trainer.network.layers[0].statistics
        np.testing.assert_allclose(statistics["mean"], 0.1 * x.mean(axis=0), rtol=1e-5)
        np.testing.assert_allclose(statistics["variance"], 0.9 + 0.1 * x.var(axis=0, ddof=1), rtol=1e-5)

    def test_uses_float32(self, experiment):
        trainer = Trainer(experiment(optimizer="adam"))
        take(trainer, 3)
        assert all(a.dtype == np.float32 for params in trainer.network.params for a in params.values())

    def test_learns(self, experiment):
        trainer = Trainer(experiment(epochs=40))
        start = trainer.evaluate("test")
        run(trainer)
        end = trainer.evaluate("test")
        assert end.loss < start.loss / 4
        assert end.accuracy > 0.97


class TestCounting:
    def test_steps_and_epochs_count_from_1(self, experiment):
        steps = run(Trainer(experiment(epochs=3)))
        assert [step.index for step in steps] == list(range(1, 16))
        assert [step.epoch for step in steps] == [1] * 5 + [2] * 5 + [3] * 5
        assert [step.examples for step in steps] == [
            *(25, 50, 75, 100, 120),
            *(145, 170, 195, 220, 240),
            *(265, 290, 315, 340, 360),
        ]

    def test_the_last_batch_of_an_epoch_takes_what_is_left(self, experiment):
        assert [len(batch) for batch in seen(Trainer(experiment(epochs=2)))] == [25, 25, 25, 25, 20] * 2

    def test_no_empty_batch_where_sizes_divide(self, experiment):
        assert [len(batch) for batch in seen(Trainer(experiment(epochs=2, batch_size=40)))] == [40] * 6

    @pytest.mark.parametrize("size", [0, 120])
    def test_batch_size_0_takes_all(self, experiment, size):
        assert [sorted(batch) for batch in seen(Trainer(experiment(batch_size=size)))] == [
            list(range(120))
        ] * 4

    def test_single_examples(self, experiment):
        assert [len(batch) for batch in seen(Trainer(experiment(batch_size=1, epochs=1)))] == [1] * 120

    @pytest.mark.parametrize("size", [1, 7, 25, 119])
    def test_every_example_is_seen_once_an_epoch(self, experiment, size):
        found = np.concatenate(seen(Trainer(experiment(batch_size=size, epochs=2)))).tolist()
        assert sorted(found[:120]) == sorted(found[120:]) == list(range(120))

    def test_only_training_examples_are_trained_on(self, experiment):
        """Rubbish in place of the others changes no bit of the weights."""
        blobs = load_dataset("blobs")
        trainer = Trainer(experiment(), blobs)
        run(trainer)
        inputs = np.full_like(blobs.training.inputs, 1e9)
        inputs[trainer.splits.training.rows] = blobs.training.inputs[trainer.splits.training.rows]
        spoilt = Examples(inputs, blobs.training.targets, blobs.training.labels)
        other = Trainer(experiment(), Dataset("blobs", "", "", spoilt, classes=blobs.classes))
        run(other)
        for a, b in zip(trainer.network.params, other.network.params, strict=True):
            assert all(np.array_equal(a[name], b[name]) for name in a)

    def test_training_size_takes_so_many(self, experiment):
        assert [len(b) for b in seen(Trainer(experiment(training_size=60, epochs=1)))] == [25, 25, 10]

    def test_progress(self, experiment):
        trainer = Trainer(experiment(epochs=2))
        assert (trainer.progress, trainer.finished, trainer.at_epoch_end) == (0, False, True)
        take(trainer, 3)
        assert (trainer.progress, trainer.finished, trainer.at_epoch_end) == (75 / 120, False, False)
        take(trainer, 2)
        assert (trainer.progress, trainer.finished, trainer.at_epoch_end) == (1, False, True)
        take(trainer, 5)
        assert (trainer.progress, trainer.finished, trainer.at_epoch_end) == (2, True, True)
        assert run(trainer) == []

    def test_can_be_stopped_and_taken_up_by_another_loop(self, experiment):
        trainer = Trainer(experiment(epochs=1))
        assert [step.index for step in take(trainer, 2)] == [1, 2]
        assert [step.index for step in run(trainer)] == [3, 4, 5]

    def test_more_epochs_take_up_a_finished_run(self, experiment):
        trainer, longer = Trainer(experiment(epochs=1)), Trainer(experiment(epochs=2))
        run(trainer)
        trainer.change("epochs", 2)
        assert not trainer.finished
        assert [step.index for step in run(trainer)] == [6, 7, 8, 9, 10]
        run(longer)
        assert np.array_equal(trainer.network.params[0]["weight"], longer.network.params[0]["weight"])

    def test_fewer_epochs_end_with_the_one_under_way(self, experiment):
        trainer = Trainer(experiment(epochs=4))
        take(trainer, 7)
        trainer.change("epochs", 1)
        assert [step.index for step in run(trainer)] == [8, 9, 10]


class TestAccuracy:
    def by_hand(self, trainer, right):
        """Each step's accuracy beside the share of examples that `right` accepts, before the update."""
        for _ in range(12):
            before = trainer.network.copy()
            [step] = take(trainer, 1)
            x, targets = trainer.splits.training.batch(trainer.snapshot().batch)
            y = before.predict(x)
            yield step.accuracy, np.mean([right(row, t) for row, t in zip(y, targets, strict=True)])

    def check(self, trainer, right):
        pairs = list(self.by_hand(trainer, right))
        for measured, expected in pairs:
            assert measured == pytest.approx(expected)
        assert len({expected for _, expected in pairs}) > 3  # or a constant could pass

    @pytest.mark.parametrize("loss", ["squared_error", "softmax_cross_entropy", "binary_cross_entropy"])
    def test_of_several_outputs_goes_by_the_largest(self, experiment, loss):
        trainer = Trainer(experiment([{"kind": "affine", "units": 3}], loss=loss, batch_size=15, epochs=9))
        self.check(trainer, lambda y, t: list(y).index(max(y)) == list(t).index(1))

    def test_of_one_output_with_targets_0_and_1_begins_at_one_half(self, experiment):
        trainer = Trainer(experiment(LINEAR, batch_size=15, epochs=9), one_output(150, (0, 1)))
        self.check(trainer, lambda y, t: (y[0] > 0.5) == (t[0] == 1))

    def test_of_one_output_with_targets_minus_1_and_1_begins_at_0(self, experiment):
        trainer = Trainer(experiment(LINEAR, batch_size=15, epochs=9), one_output(150, (-1, 1)))
        self.check(trainer, lambda y, t: (y[0] > 0) == (t[0] == 1))

    def test_of_one_score_begins_at_0(self, experiment):
        settings = {"loss": "binary_cross_entropy", "batch_size": 15, "epochs": 9}
        trainer = Trainer(experiment(LINEAR, **settings), one_output(150, (0, 1)))
        self.check(trainer, lambda z, t: (z[0] > 0) == (t[0] == 1))

    def test_of_the_sets_that_come_with_the_program(self, experiment):
        for name, reached in (("gate_and", 1), ("gate_or", 1), ("iris_two", 1), ("moons", 0.8)):
            linear = experiment(
                LINEAR, dataset=name, validation_size=0, batch_size=0, epochs=300, input_scaling="standard"
            )
            trainer = Trainer(linear.with_settings({"learning_rate": 0.1}))
            steps = run(trainer)
            assert steps[-1].accuracy >= reached
            assert trainer.evaluate("training").accuracy >= reached

    @pytest.mark.parametrize("name", ["line", "line_bias", "plane"])
    def test_of_a_regression_there_is_none(self, experiment, name):
        trainer = Trainer(experiment(LINEAR, dataset=name, validation_size=5))
        assert {step.accuracy for step in run(trainer)} == {None}
        assert trainer.evaluate("training").accuracy is None
        assert trainer.evaluate("validation").accuracy is None

    def test_of_a_small_last_batch_is_its_own_share(self, experiment):
        steps = run(Trainer(experiment(epochs=2)))
        assert (steps[4].accuracy * 20) % 1 == pytest.approx(0)
        assert all((step.accuracy * 25) % 1 == pytest.approx(0, abs=1e-9) for step in steps[:4])


class TestValidation:
    def test_is_measured_at_the_end_of_each_epoch(self, experiment):
        steps = run(Trainer(experiment()))
        assert [step.index for step in steps if step.validation] == [5, 10, 15, 20]

    def test_in_the_first_epoch_also_after_100_1000_and_10000_steps(self, experiment):
        dataset = one_output(10_150, (0, 1))
        settings = {"validation_size": 50, "batch_size": 1, "epochs": 1, "learning_rate": 0.01}
        trainer = Trainer(experiment(LINEAR, **settings), dataset)
        assert [step.index for step in trainer.steps() if step.validation] == [100, 1000, 10_000, 10_100]

    def test_but_not_in_a_later_one(self, experiment):
        trainer = Trainer(experiment(batch_size=2, epochs=2))
        assert [step.index for step in run(trainer) if step.validation] == [60, 120]

    def test_is_of_the_whole_split_after_the_update(self, experiment):
        trainer = Trainer(experiment())
        for step in trainer.steps():
            if step.validation:
                x, targets = trainer.splits.validation.batch(slice(None))
                assert len(x) == 30
                y = trainer.network.predict(x)
                assert step.validation.loss == pytest.approx(((y - targets) ** 2).sum() / 30, rel=1e-5)
                right = np.mean(y.argmax(axis=1) == targets.argmax(axis=1))
                assert step.validation.accuracy == pytest.approx(right)

    def test_is_not_measured_without_examples_for_it(self, experiment):
        trainer = Trainer(experiment(validation_size=0))
        assert not any(step.validation for step in run(trainer))
        assert trainer.evaluate("validation") is None

    def test_of_a_set_without_test_examples_there_is_none(self, experiment):
        assert Trainer(experiment(LINEAR, dataset="line", batch_size=0)).evaluate("test") is None


class TestChange:
    def test_holds_from_the_next_step_and_is_recorded(self, experiment):
        trainer = Trainer(experiment())
        take(trainer, 3)
        trainer.change("learning_rate", 0.01)
        take(trainer, 1)
        snapshot = trainer.snapshot()
        for update, gradient in zip(snapshot.updates, snapshot.gradients, strict=True):
            for name in update:
                np.testing.assert_allclose(update[name], -0.01 * gradient[name], rtol=1e-6)
        [change] = trainer.changes
        assert (change.step, change.setting, change.value) == (3, "learning_rate", 0.01)
        assert trainer.experiment.learning_rate == 0.01

    def test_of_momentum_and_weight_decay(self, experiment):
        trainer = Trainer(experiment())
        trainer.change("momentum", 0.5)
        trainer.change("weight_decay", 0.1)
        velocity = 0
        for _ in range(3):
            weight = trainer.network.params[0]["weight"].copy()
            take(trainer, 1)
            velocity = 0.5 * velocity + trainer.snapshot().gradients[0]["weight"] + 0.1 * weight
            update = trainer.snapshot().updates[0]["weight"]
            np.testing.assert_allclose(update, -0.3 * velocity, rtol=1e-4, atol=1e-7)

    @pytest.mark.parametrize("before", [5, 50])
    @pytest.mark.parametrize("after", [0, 1, 7, 60])
    def test_of_the_batch_size_in_mid_epoch_still_shows_each_example_once(self, experiment, before, after):
        trainer = Trainer(experiment(batch_size=before, epochs=2))
        found = []
        sizes = []
        for step in trainer.steps():
            found += trainer.snapshot().batch.tolist()
            sizes.append(len(trainer.snapshot().batch))
            if step.index == 2:
                trainer.change("batch_size", after)
        assert sorted(found[:120]) == sorted(found[120:]) == list(range(120))
        assert sizes[:3] == [before, before, min(after or 120, 120 - 2 * before)]

    @pytest.mark.parametrize(
        ("setting", "value", "words"),
        [
            ("learning_rate", 0, "learning_rate must be greater than 0"),
            ("learning_rate", float("nan"), "learning_rate must be a finite number"),
            ("learning_rate", "fast", "learning_rate must be a number"),
            ("momentum", 1.0, "momentum must be less than 1"),
            ("weight_decay", -1.0, "weight_decay must be at least 0"),
            ("nesterov", True, "nesterov needs a momentum"),
            ("batch_size", 121, "batch_size must be at most 120"),
            ("batch_size", 1.5, "batch_size must be a whole number"),
            ("epochs", -1, "epochs must be at least 0"),
            ("seed", 1, "unknown live setting 'seed'"),
            ("layers.0.units", 5, "unknown live setting 'layers.0.units'"),
            ("learning_rat", 1.0, "did you mean 'learning_rate'"),
        ],
    )
    def test_to_an_impossible_value_changes_nothing(self, experiment, told, setting, value, words):
        trainer, other = Trainer(experiment()), Trainer(experiment())
        take(trainer, 3)
        take(other, 3)
        before = trainer.experiment
        with pytest.raises(ValueError, match=words):
            trainer.change(setting, value)
        assert trainer.experiment is before
        assert trainer.changes == []
        assert told(run(trainer)) == told(run(other))

    def test_to_momentum_is_refused_where_the_optimizer_has_its_own(self, experiment):
        trainer = Trainer(experiment(optimizer="adam"))
        with pytest.raises(ValueError, match="momentum and nesterov belong to the optimizer 'sgd'"):
            trainer.change("momentum", 0.9)

    def test_can_be_tried_first(self, experiment):
        trainer = Trainer(experiment())
        assert trainer.check_change("learning_rate", 0.7).learning_rate == 0.7
        assert trainer.experiment.learning_rate == 0.3
        assert trainer.changes == []
