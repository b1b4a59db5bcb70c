"""Sees for itself whether what a lesson's text claims is so."""

from dataclasses import dataclass

from mlpviz.lessons.lesson import Claim
from mlpviz.lessons.quantities import Live, names_of
from mlpviz.training import Experiment, History, Trainer
from mlpviz.training.presets import load_preset


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim beside what was measured."""

    claim: Claim
    measured: float

    @property
    def holds(self) -> bool:
        """Whether the two are as close as the claim says."""
        return abs(self.measured - self.claim.states) <= self.claim.tolerance

    @property
    def sentence(self) -> str:
        """What was found."""
        claim = self.claim
        words = "holds" if self.holds else "does not hold"
        return (
            f"{claim.name} {words}: {claim.value.text} is {self.measured:.6g}, "
            f"and the lesson says {claim.states:g} within {claim.tolerance:g}"
        )


def experiment_of(claim: Claim) -> Experiment:
    """What has to be trained to see a claim."""
    return load_preset(claim.experiment).with_settings(claim.settings)


def trained(experiment: Experiment, steps: int | None) -> Live:
    """A run of an experiment after some steps, or at its end."""
    trainer, history = Trainer(experiment), History()
    left = steps
    for step in trainer.steps() if steps != 0 else ():
        history.append(step)
        if left is not None:
            left -= 1
            if left <= 0:
                break
    return Live.of(trainer, history)


def look(claim: Claim, live: Live) -> Finding:
    """Measure what a claim speaks of in a run."""
    return Finding(claim, float(claim.value.value(names_of(live))))
