"""How much more than its matrix products does an epoch of training cost?"""

import statistics
import time

import numpy as np

from mlpviz.data import load_dataset
from mlpviz.training import History, Trainer
from mlpviz.training.blas import use_blas_threads
from mlpviz.training.presets import load_preset

ROUNDS = 5


def bare_products(steps: int) -> float:
    """Seconds for the five matrix products of a step of 784-100-10, batch 100, so many times."""
    rng = np.random.default_rng(0)
    x, hidden, out = (rng.standard_normal((100, n)).astype(np.float32) for n in (784, 100, 10))
    w1 = rng.standard_normal((784, 100)).astype(np.float32)
    w2 = rng.standard_normal((100, 10)).astype(np.float32)
    started = time.perf_counter()
    for _ in range(steps):
        x @ w1  # forward
        hidden @ w2
        hidden.T @ out  # gradients of the weights
        out @ w2.T  # back to the hidden layer
        x.T @ hidden
    return time.perf_counter() - started


def epoch() -> tuple[float, int]:
    """Seconds for one epoch of `digits` with all probes and its validation, and its number of steps."""
    trainer = Trainer(load_preset("digits").with_settings({"epochs": 1}), load_dataset("digits"))
    history = History()
    started = time.perf_counter()
    for step in trainer.steps():
        history.append(step)
    return time.perf_counter() - started, len(history)


def measure() -> dict[str, float]:
    """The median of the ratio over several rounds, both sides timed one after the other."""
    use_blas_threads(1)
    epoch()  # warm
    ratios, rates = [], []
    for _ in range(ROUNDS):
        seconds, steps = epoch()
        ratios.append(seconds / bare_products(steps))
        rates.append(steps / seconds)
    return {
        "epoch over bare products": statistics.median(ratios),
        "headless steps per second": statistics.median(rates),
    }
