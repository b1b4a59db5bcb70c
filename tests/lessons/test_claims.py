"""Every number that a lesson tells is seen in the run that it speaks of."""

from dataclasses import replace
from functools import cache

import pytest

from mlpviz.lessons.claims import experiment_of, look, trained
from mlpviz.lessons.quantities import names_of
from mlpviz.lessons.shelf import all_lessons, load_lesson
from mlpviz.training.presets import load_preset

LESSONS, MISTAKES = all_lessons()
CLAIMS = [(lesson, claim) for lesson in LESSONS for claim in lesson.claims]


@cache
def run(toml: str, steps: int | None):
    """Claims of one run share its training."""
    from mlpviz.training import Experiment

    return trained(Experiment.from_toml(toml), steps)


def test_every_lesson_can_be_read():
    assert not MISTAKES
    assert LESSONS
    orders = [lesson.order for lesson in LESSONS]
    assert orders == list(range(1, len(orders) + 1))


@pytest.mark.parametrize(("lesson", "claim"), CLAIMS, ids=[f"{a.name}-{b.name}" for a, b in CLAIMS])
def test_a_claim_holds(lesson, claim):
    finding = look(claim, run(experiment_of(claim).to_toml(), claim.steps))
    assert finding.holds, finding.sentence


@pytest.mark.parametrize(("lesson", "claim"), CLAIMS, ids=[f"{a.name}-{b.name}" for a, b in CLAIMS])
def test_what_is_shown_is_what_is_claimed(lesson, claim):
    number = claim.shown.replace("\u202f", "").replace(" ", "").replace(",", "").replace("−", "-").rstrip("%")
    told = float(number) / (100 if claim.shown.endswith("%") else 1)
    assert abs(told - claim.states) <= max(claim.tolerance, 1e-9)


@pytest.mark.parametrize(("trained_at", "is_done"), [(0.3, False), (3.5, True)])
def test_a_rate_that_was_only_typed_does_not_do_the_task_of_lesson_1(trained_at, is_done):
    lesson = load_lesson("01-a-line-through-points")
    (task,) = [step.task for step in lesson.steps if step.title == "Longer steps"]
    live = trained(load_preset("line").with_settings({"learning_rate": trained_at}), 5)
    names = names_of(replace(live, experiment=live.experiment.with_settings({"learning_rate": 3.5})))
    assert bool(task.until.value(names)) == is_done
