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
    "share of headless steps per second": at_least(0.8),
    "repaints per second of each picture": at_least(10),
    "lateness of a 5 ms timer, 99th percentile, ms": at_most(16),
    "boundary: share of headless steps per second": at_least(0.85),
    "boundary: repaints per second": at_least(10),
    "sweep: share of headless runs per second": at_least(0.9),
    "sweep side by side: share of headless runs per second": at_least(0.9),
    "next stage of 784-100-10, median, ms": at_most(16),
    "next stage of 784-100-10, 99th percentile, ms": at_most(33),
    "next stage of 784-800-10, median, ms": at_most(32),
    "next stage of 784-800-10, 99th percentile, ms": at_most(66),
    "evaluate page filled, at rest, seconds": at_most(1),
    "evaluate page filled, while training, seconds": at_most(1),
    "confusion cell to its pictures, at rest, 95th percentile, ms": at_most(100),
    "confusion cell to its pictures, while training, 95th percentile, ms": at_most(100),
    "steps per second with the evaluate page judging": at_least(0.95),
    "window on screen over a bare window": at_most(1.5),
}
"""Beside a peer's name stands how many times as fast mlpviz is: 0.91 is 1.1 times its time."""
