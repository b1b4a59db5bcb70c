"""How two ways to do the same work are timed: in turn, several times, and the median of the ratios."""

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

REST_S = 0.05  # in which the threads of a library that has done its work fall asleep


def seconds(work: Callable[[], object]) -> float:
    """How long a piece of work takes, begun on a machine at rest."""
    time.sleep(REST_S)
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def in_turn(*works: Callable[[], object], rounds: int = 3) -> NDArray[np.float64]:
    """Seconds of each piece of work in each round, (works, rounds), after a round that warms the machine.

    What slows a machine for a while slows both sides of a ratio within a round.
    """
    return np.array([[seconds(work) for work in works] for _ in range(1 + rounds)])[1:].T


def median_ratio(over: NDArray[np.float64], under: NDArray[np.float64]) -> float:
    """The median over the rounds of the time of one piece of work over that of another."""
    return float(np.median(over / under))
