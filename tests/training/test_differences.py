"""What tells two experiments apart, in words; what of their runs cannot be compared, in sentences."""

import pytest

from mlpviz.training.differences import cannot_subtract, differences, remarks


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, []),
        ({"title": "Another", "description": "Words."}, []),
        ({"learning_rate": 2.0}, ["learning rate 0.3 → 2"]),
        ({"loss_scaling": "mean"}, ["loss scaling sum → mean"]),
        ({"loss": "softmax_cross_entropy"}, ["loss squared error → softmax cross entropy"]),
        ({"optimizer": "adam", "seed": 3}, ["optimizer sgd → adam", "seed 0 → 3"]),
        ({"momentum": 0.9, "nesterov": True}, ["momentum 0 → 0.9", "nesterov off → on"]),
        ({"layers.1.kind": "sigmoid"}, ["relu → sigmoid"]),
        ({"layers.0.units": 50}, ["units 6 → 50 in layer 1"]),
        ({"layers.2.initializer": "lecun"}, ["initializer default → lecun in layer 2"]),
    ],
    ids=str,
)
def test_differences_are_told_in_the_words_of_the_form(experiment, settings, words):
    first = experiment()
    assert differences(first, first.with_settings(settings)) == words


def test_other_layers_are_told_by_their_sizes_and_kinds(experiment):
    first = experiment()
    small = experiment([{"kind": "affine", "units": 3}])
    assert differences(first, small) == ["units 6-3 → 3", "without relu", "without sigmoid"]
    assert differences(small, first) == ["units 3 → 6-3", "with relu", "with sigmoid"]


def test_one_change_in_many_places_is_told_once(experiment):
    net = [{"kind": "affine", "units": 5}, {"kind": "sigmoid"}]
    deep = experiment([*net, *net, *net, {"kind": "affine", "units": 3}])
    other = deep.with_settings({f"layers.{i}.kind": "tanh" for i in (1, 3, 5)})
    assert differences(deep, other) == ["sigmoid → tanh"]


class TestRemarks:
    def test_runs_that_can_be_compared_need_none(self, experiment):
        assert remarks({"a": experiment(), "b": experiment(learning_rate=0.1, optimizer="adam")}) == []
        assert remarks({"a": experiment()}) == remarks({}) == []

    def test_with_different_data_nothing_else_is_said(self, experiment):
        other = experiment(dataset="moons", loss="squared_error", seed=3)
        (said,) = remarks({"a": experiment(), "b": other})
        assert "different data" in said

    @pytest.mark.parametrize(
        ("settings", "words"),
        [
            ({"dataset": "moons"}, "different data (blobs, moons)"),
            ({"loss": "softmax_cross_entropy"}, "(squared error (sum), softmax cross entropy)"),
            ({"loss_scaling": "mean"}, "(squared error (sum), squared error (mean))"),
            ({"seed": 1}, "the luck of the draw"),
            ({"validation_size": 10}, "different numbers of training or validation examples"),
        ],
        ids=str,
    )
    def test_what_cannot_be_compared_is_one_sentence(self, experiment, settings, words):
        (said,) = remarks({"a": experiment(), "b": experiment(**settings), "c": experiment()})
        assert words in said
        assert said.endswith(".")


class TestSubtraction:
    def test_equal_shapes_on_the_same_data_can_be_subtracted(self, experiment):
        assert cannot_subtract(experiment(), experiment(seed=1), (2, 6), (2, 6)) is None

    def test_other_data_or_shapes_cannot(self, experiment):
        said = cannot_subtract(experiment(), experiment(dataset="moons"), (2, 6), (2, 6))
        assert (
            said
            == "The runs learn from different data (blobs and moons): their weights cannot be subtracted."
        )
        assert "(2 × 6 and 2 × 5)" in cannot_subtract(experiment(), experiment(), (2, 6), (2, 5))
