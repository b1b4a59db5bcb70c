"""Every comparison that comes with the program loads, explains itself and starts."""

import re

import pytest

from mlpviz.training import Trainer
from mlpviz.training.comparisons import (
    DEFAULT_COMPARISON,
    LOOKS,
    Comparison,
    comparison_names,
    load_comparison,
    of_experiments,
)
from mlpviz.training.race import MEASURES, Contender, Race, batches_each
from mlpviz.training.standings import standings

EVERY = pytest.mark.parametrize("name", comparison_names())


def race_of(name, **settings):
    runs = load_comparison(name).runs
    return Race([Contender(run.name, Trainer(run.experiment.with_settings(settings))) for run in runs])


@EVERY
def test_explains_itself_in_two_or_three_sentences(name):
    comparison = load_comparison(name)
    assert comparison.measure in MEASURES
    assert comparison.look in LOOKS
    assert 2 <= len(comparison.runs) <= 8
    sentences = re.split(r"(?<=[.!?]) ", comparison.description)
    assert 2 <= len(sentences) <= 4
    assert all(sentence.endswith(".") and len(sentence) > 15 for sentence in sentences)


@EVERY
def test_its_runs_start_with_the_same_batches_where_their_size_is_the_same(name):
    race = race_of(name)
    while (
        race.advance(batches_each(race.contenders, 2)) and min(c.trainer.index for c in race.contenders) < 2
    ):
        pass
    assert [contender.trainer.index for contender in race.contenders] == [2] * len(race.contenders)
    assert all(contender.trainer.divergence is None for contender in race.contenders)
    seen = {}
    for contender in race.contenders:
        key = contender.experiment.dataset, contender.experiment.batch_size
        batch = contender.trainer.snapshot().batch.tolist()
        assert seen.setdefault(key, batch) == batch


def test_the_default_comes_first():
    first, *others = comparison_names()
    assert first == DEFAULT_COMPARISON
    assert others == sorted(others)
    assert {"batches", "classes", "optimizers", "scaling"} <= set(others)


def test_deep_sigmoids_lose_the_gradient_and_deep_relus_do_not():
    race = race_of("depth")
    race.advance(), race.advance()
    sigmoid, relu = standings(race)
    assert sigmoid["first_gradient_ratio"] > 100
    assert relu["first_gradient_ratio"] < 10
    assert relu["differs"] == ["sigmoid → relu"]


TABLE = {
    "title": "Two",
    "description": "Two runs. They differ.",
    "measure": "steps",
    "look": "loss",
    "runs": [
        {"name": "A", "experiment": "digits"},
        {"name": "B", "experiment": "digits", "settings": {"learning_rate": 0.1}},
    ],
}


class TestATable:
    def test_gives_each_run_its_preset_and_settings(self):
        first, second = Comparison.from_table(TABLE).runs
        assert (first.name, first.experiment.learning_rate) == ("A", 0.5)
        assert (second.name, second.experiment.learning_rate) == ("B", 0.1)

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"colour": "red"}, "unknown setting 'colour'"),
            ({"measure": "miles"}, "unknown measure 'miles'"),
            ({"look": "everything"}, "unknown look 'everything'"),
            ({"runs": TABLE["runs"][:1]}, "at least two, each with a name of its own"),
            ({"runs": TABLE["runs"][:1] * 2}, "at least two, each with a name of its own"),
            ({"runs": [{"name": "A"}]}, "runs.0 needs its experiment"),
            ({"runs": [{"name": "A", "experiment": "digit"}]}, r"runs.0 \(A\): unknown experiment 'digit'"),
            (
                {"runs": [{"name": "A", "experiment": "digits", "seed": 1}]},
                "unknown setting in runs.0, 'seed'",
            ),
        ],
        ids=str,
    )
    def test_is_refused_with_a_sentence(self, change, sentence):
        with pytest.raises(ValueError, match=sentence):
            Comparison.from_table({**TABLE, **change})

    def test_must_be_whole(self):
        for key in TABLE:
            with pytest.raises(ValueError, match=f"{key} is missing"):
                Comparison.from_table({name: value for name, value in TABLE.items() if name != key})

    def test_names_its_file(self, tmp_path):
        path = tmp_path / "two.toml"
        path.write_text("title = ")
        with pytest.raises(ValueError, match=re.escape(str(path))):
            Comparison.read(path)


def test_experiments_can_be_compared_by_their_names():
    comparison = of_experiments(["digits", "digits-adam"], "seconds")
    assert [run.name for run in comparison.runs] == ["digits", "digits-adam"]
    assert comparison.measure == "seconds"
    with pytest.raises(ValueError, match=r"'digits' is no comparison .* name at least two experiments"):
        of_experiments(["digits"], "steps")
    with pytest.raises(ValueError, match="twice the same run"):
        of_experiments(["digits", "digits"], "steps")
    with pytest.raises(ValueError, match="unknown comparison 'dept'"):
        load_comparison("dept")
