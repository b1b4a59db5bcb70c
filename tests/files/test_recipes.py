"""A recipe says all that a picture is made of, and comes back from its text as it went."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpviz.files.recipes import FORMAT, MOST_BYTES, Recipe, View, differences, versions
from mlpviz.training import Experiment
from mlpviz.training.trainer import Change

MOONS = Experiment.from_table(
    {"title": "Two moons → „ü“", "dataset": "moons", "loss": "binary_cross_entropy", "seed": 4,
     "layers": [{"kind": "affine", "units": 3}, {"kind": "tanh"}, {"kind": "affine", "units": 1}]}
)  # fmt: skip


def recipe(view=None, **parts):
    basis = {"experiment": MOONS, "changes": (), "step": 7, "diverged": False, "path_from": 0, "versions": {}}
    return Recipe(**{"view": View("weights") if view is None else view, **basis, **parts})


def table(**parts):
    """The JSON of a recipe with some parts replaced; those that are `...` are left out."""
    whole = {**json.loads(recipe().to_json()), **parts}
    return json.dumps({key: value for key, value in whole.items() if value is not ...})


def view_table(**parts):
    whole = {**json.loads(recipe().to_json())["view"], **parts}
    return table(view={key: value for key, value in whole.items() if value is not ...})


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
views = st.builds(
    View,
    figure=st.text(),
    choices=st.dictionaries(st.text(), plain, max_size=3),
    theme=st.sampled_from(["light", "dark"]),
    width=st.integers(120, 8000),
    height=st.integers(120, 8000),
    scale=st.floats(1, 4),
    caption=st.none() | st.text(),
    frames=st.sets(st.integers(0, 10**6), max_size=5).map(lambda steps: tuple(sorted(steps))),
    frame_ms=st.integers(20, 10_000),
)
changes = st.lists(
    st.builds(Change, st.integers(0, 10**6), st.just("learning_rate"), st.floats(1e-6, 1e3)), max_size=3
).map(lambda found: tuple(sorted(found, key=lambda change: change.step)))


class TestThereAndBack:
    @given(
        view=views,
        changes=changes,
        step=st.integers(10**6, 10**8),
        diverged=st.booleans(),
        made_with=st.dictionaries(st.text(), st.text(), max_size=3),
    )
    def test_a_recipe_comes_back_as_it_went(self, view, changes, step, diverged, made_with):
        first = recipe(
            view, changes=changes, step=step, diverged=diverged, path_from=step // 2, versions=made_with
        )
        assert Recipe.from_json(first.to_json()) == first

    def test_the_text_is_in_plain_letters_which_every_kind_of_file_can_hold(self):
        text = recipe(View("weights", caption="ü → ∂L")).to_json()
        assert text.isascii()
        assert Recipe.from_json(text).view.caption == "ü → ∂L"

    def test_a_person_can_read_experiment_seed_step_and_view_in_it(self):
        found = json.loads(recipe(View("weights", {"choice_order": "by norm"})).to_json())
        assert found["mlpviz_recipe"] == FORMAT
        assert 'dataset = "moons"' in found["experiment"]
        assert (found["seed"], found["step"]) == (4, 7)
        assert found["view"]["choices"] == {"choice_order": "by norm"}

    def test_what_a_later_program_of_the_same_format_may_add_is_passed_over(self):
        assert Recipe.from_json(table(more="to come")) == recipe()

    def test_a_picture_of_before_there_were_films_has_none(self):
        view = Recipe.from_json(view_table(frames=..., frame_ms=...)).view
        assert (view.frames, view.frame_ms) == ((), 120)


BROKEN = {
    "not JSON": ("{", "not JSON"),
    "no object": ("[1]", "not one of mlpviz"),
    "another program's object": ('{"experiment": ""}', "not one of mlpviz"),
    "a format that is no number": (table(mlpviz_recipe="1"), "not one of mlpviz"),
    "a newer format": (table(mlpviz_recipe=FORMAT + 1), "newer mlpviz wrote.*update mlpviz"),
    "nested without end": ("[" * 100_000, "not JSON"),
    "too long": (table(more="x" * MOST_BYTES), "longer than a recipe can be"),
    "no view": (table(view=...), "no view with the name of a figure"),
    "a view without figure": (view_table(figure=...), "no view with the name of a figure"),
    "choices as a list": (view_table(choices=[1]), "must have choices"),
    "a theme that is none": (view_table(theme="blue"), "theme must be light or dark, not 'blue'"),
    "a width that is no number": (view_table(width="720"), "must have width, not '720'"),
    "a width that is nearly one": (view_table(width=True), "must have width, not True"),
    "a width that is NaN": (view_table(width=math.nan), "must have width, not nan"),
    "a picture too large": (view_table(height=8001), "height must be from 120 to 8000 pixels, not 8001"),
    "a picture too small": (view_table(width=119), "width must be from 120 to 8000 pixels, not 119"),
    "a scale that is NaN": (view_table(scale=math.nan), "scale must be from 1 to 4, not nan"),
    "a scale that is infinite": (view_table(scale=math.inf), "scale must be from 1 to 4, not inf"),
    "a scale of many digits": (view_table(scale=10**400), "recipe's view"),
    "a scale that is no number": (view_table(scale="2"), "scale must be a number, not '2'"),
    "a caption that is no text": (view_table(caption=3), "caption must be a text or nothing"),
    "a caption without end": (view_table(caption="x" * 100_000), "caption has at most"),
    "frames that are no list": (view_table(frames=4), "frames must be a list"),
    "frames that are no steps": (view_table(frames=[1.5]), "frames must be a list"),
    "frames out of order": (view_table(frames=[4, 2]), "ascending"),
    "frames below 0": (view_table(frames=[-1, 2]), "at least 0, ascending"),
    "too many frames": (view_table(frames=list(range(1001))), "at most 1000 frames, not 1001"),
    "frames beyond the step": (view_table(frames=[3, 8]), "frames.*step 8.*step 7"),
    "frames shown too long": (view_table(frame_ms=10**9), "20 to 10000 milliseconds"),
    "no experiment": (table(experiment=...), "no experiment"),
    "an experiment that is no TOML": (table(experiment="= ="), "recipe's experiment: "),
    "an experiment with an unknown layer": (
        table(experiment='dataset = "moons"\n[[layers]]\nkind = "conv"'),
        "recipe's experiment: .*conv",
    ),
    "no step": (table(step=...), "step must be a whole number from 0"),
    "a step below 0": (table(step=-1), "step must be a whole number from 0"),
    "a step that is not whole": (table(step=1.5), "step must be a whole number from 0"),
    "a step beyond all runs": (table(step=10**12), "step must be a whole number from 0"),
    "a path from beyond the step": (table(path_from=8), "path_from must be a whole number from 0 to 7"),
    "changes that are no list": (table(changes="none"), "changes must be a list"),
    "changes that are a table": (table(changes={}), "changes must be a list"),
    "a change without value": (table(changes=[[1, "learning_rate"]]), "not of the form"),
    "a change at no step": (table(changes=[["1", "learning_rate", 1.0]]), "not of the form"),
    "a change of an unknown setting": (table(changes=[[1, "colour", 1.0]]), "'colour' is no setting"),
    "a change of a list": (table(changes=[[1, ["layers"], 1.0]]), "is no setting"),
    "a change of what decides the start": (table(changes=[[1, "seed", 2]]), "'seed' is no setting"),
    "a change to an impossible value": (table(changes=[[1, "learning_rate", "fast"]]), "learning_rate"),
    "changes out of order": (
        table(changes=[[5, "learning_rate", 1.0], [2, "learning_rate", 0.1]]),
        "in the order of their steps.*step 2 comes after one at step 5",
    ),
    "a change after the end": (table(changes=[[8, "learning_rate", 1.0]]), "from 0 to 7: one at step 8"),
    "versions that are no texts": (table(versions={"Qt": 6}), "versions must be texts by name"),
}  # fmt: skip


def is_told(text):
    """Whether it was a recipe, or a sentence, and nothing else."""
    try:
        return isinstance(Recipe.from_json(text), Recipe)
    except ValueError as error:
        return "\n" not in str(error)


class TestBroken:
    @pytest.mark.parametrize("broken", BROKEN)
    def test_is_told_in_one_sentence_that_names_the_part(self, broken):
        text, words = BROKEN[broken]
        with pytest.raises(ValueError, match=words) as told:
            Recipe.from_json(text)
        sentence = str(told.value)
        assert "\n" not in sentence
        assert len(sentence) < 500
        assert "recipe" in sentence

    @given(st.text() | plain.map(json.dumps))
    def test_whatever_it_holds_it_is_a_sentence_and_nothing_else(self, text):
        with pytest.raises(ValueError, match="recipe"):
            Recipe.from_json(text)

    @given(st.sampled_from(sorted(json.loads(recipe().to_json()))), plain)
    def test_any_part_may_be_anything(self, part, value):
        assert is_told(table(**{part: value}))

    @given(st.sampled_from(sorted(json.loads(recipe().to_json())["view"])), plain)
    def test_any_part_of_the_view_may_be_anything(self, part, value):
        assert is_told(view_table(**{part: value}))


class TestView:
    @pytest.mark.parametrize("scale", [0.99, 4.01, math.nan, math.inf])
    def test_has_a_scale_from_1_to_4(self, scale):
        with pytest.raises(ValueError, match="scale must be from 1 to 4"):
            View("weights", scale=scale)

    def test_has_a_size_that_can_be_painted(self):
        with pytest.raises(ValueError, match="width must be from 120 to 8000 pixels, not 8001"):
            View("weights", width=8001)


class TestVersions:
    def test_name_all_that_decides_the_bits(self):
        found = versions(Qt="6.9.3")
        assert list(found) == ["mlpviz", "NumPy", "matrix products", "processor", "Qt"]
        assert all(isinstance(value, str) and value for value in found.values())

    def test_what_is_other_is_told_with_both(self):
        there, here = {"NumPy": "1.26", "Qt": "6.9"}, {"NumPy": "2.0", "Qt": "6.9", "processor": "x86_64"}
        assert differences(there, here) == [
            "NumPy 1.26 there, 2.0 here",
            "processor unknown there, x86_64 here",
        ]
        assert differences(here, here) == []
