"""How two ways to do the same work are timed: in turn, several times, and the median of the ratios."""

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray


def seconds(work: Callable[[], object]) -> float:
    """How long a piece of work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def in_turn(*works: Callable[[], object], rounds: int = 3, rest_s: float = 0.0) -> NDArray[np.float64]:
    """Seconds of each piece of work in each round, (works, rounds), after a round that warms the machine.

    What slows a machine for a while slows both sides of a ratio within a round. Before each piece of work
    stands a rest, if one is asked for.
    """

    def rested(work: Callable[[], object]) -> float:
        time.sleep(rest_s)
        return seconds(work)

    return np.array([[rested(work) for work in works] for _ in range(1 + rounds)])[1:].T


def median_ratio(over: NDArray[np.float64], under: NDArray[np.float64]) -> float:
    """The median over the rounds of the time of one piece of work over that of another."""
    return float(np.median(over / under))
