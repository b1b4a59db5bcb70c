"""What the measured numbers are to come to, by their names."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Bound:
    """The least and the most that a number may be."""

    least: float = -math.inf
    most: float = math.inf

    def __contains__(self, value: float) -> bool:
        return self.least <= value <= self.most

    def __str__(self) -> str:
        if self.least == -math.inf:
            return f"at most {self.most:g}"
        return f"at least {self.least:g}" if self.most == math.inf else f"{self.least:g} to {self.most:g}"


def at_most(value: float) -> Bound:
    """No more than that."""
    return Bound(most=value)


def at_least(value: float) -> Bound:
    """No less than that."""
    return Bound(least=value)


IN_PROPORTION = Bound(0.9, 1.1)

PAGES = ("", "step_through: ", "evaluate: ", "many_seeds: ", "learn: ", "compare: ", "boundary: ")
LARGE = ("2,000 hidden units: ", "ten layers: ", "200,000 images: ", "a million steps: ")
SWEEPS = ("sweep: ", "sweep side by side: ")

# Beside a peer's name stands how many times as fast mlpviz is: 0.91 is 1.1 times its time.
GOALS = {
    "784-100-10, batch 100 | over bare products": at_most(1.3),
    "784-800-10, batch 100 | over bare products": at_most(1.15),
    "784-100-10, batch 100 | PyTorch": at_least(1.5),
    "784-100-10, batch 100 | scikit-learn": at_least(1.4),
    "784-800-10, batch 100 | PyTorch": at_least(0.91),
    "784-100-10, batch 1 | PyTorch": at_least(1.7),
    "784-100-10, batch 10 | PyTorch": at_least(1.7),
    "digits-cross-entropy to 97 % | window over bare NumPy": at_most(2.5),
    "examples a step, 100 to 1000 | mlpviz, slope": IN_PROPORTION,
    "hidden units, 300 to 2000 | mlpviz, slope": IN_PROPORTION,
    "affine layers, 2 to 8 | mlpviz, slope": IN_PROPORTION,
    "steps, 30 to 1000 | mlpviz, slope": IN_PROPORTION,
    "input to repaint, worst, ms": at_most(50),
    "repaints per second of each picture": at_least(10),
    "compare: repaints per second of each picture": at_least(10),
    "boundary: repaints per second": at_least(10),
    "next stage of 784-100-10, median, ms": at_most(16),
    "next stage of 784-100-10, 99th percentile, ms": at_most(33),
    "next stage of 784-800-10, median, ms": at_most(32),
    "next stage of 784-800-10, 99th percentile, ms": at_most(66),
    "evaluate page filled, at rest, seconds": at_most(1),
    "evaluate page filled, while training, seconds": at_most(1),
    "confusion cell to its pictures, at rest, 95th percentile, ms": at_most(100),
    "confusion cell to its pictures, while training, 95th percentile, ms": at_most(100),
    "steps per second with the evaluate page judging": at_least(0.95),
    "window on screen over a bare window": at_most(1.2),
    "digits ready after the window, seconds": at_most(0.5),
    "memory: resident after 100,000 steps, MB": at_most(450),
    "memory: growth per 10,000 steps besides the history, MB": at_most(1),
}
GOALS |= {f"{case}share of headless steps per second": at_least(0.9) for case in (*PAGES, *LARGE)}
GOALS |= {f"{case}share of headless runs per second": at_least(0.9) for case in SWEEPS}
for case in (*PAGES, *LARGE, *SWEEPS, "half a minute: "):
    GOALS[f"{case}lateness of a 5 ms timer, 99th percentile, ms"] = at_most(12)
    GOALS[f"{case}lateness of a 5 ms timer, worst, ms"] = at_most(40)
