"""One seed, many independent streams of random numbers: a change to one purpose leaves the others alone."""

import numpy as np

PURPOSES = ("split", "order", "initialization", "dropout")


def stream(seed: int, purpose: str, index: int = 0) -> np.random.Generator:
    """The generator for one purpose of one run; `index` tells layers, or epochs, apart."""
    return np.random.default_rng([seed, PURPOSES.index(purpose), index])
