"""Does the cost of training grow linearly in the examples of a step, the units, the layers and the steps?

Each line is a sweep of one of them; the others stay as they are. Its slope on logarithmic axes is taken where
the arithmetic outweighs what each step costs whatever its size. One thread, no validation. The layers of the
third sweep are so wide that the first one, which has more inputs but sends no gradient down, does the work of
two others, and the last one next to none: so the work is in proportion to their number.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.cases import Case, Products, Training, steps_at_a_time
from benchmarks.peers import PyTorch, is_installed
from benchmarks.timing import in_turn
from mlpviz.training.blas import use_blas_threads

UNITS = 300
DEEP_UNITS = 256


@dataclass(frozen=True)
class Sweep:
    """One quantity at several sizes.

    Attributes
    ----------
    title
        What grows.
    fixed
        What stays.
    cases
        The network of each size.
    linear_from
        The smallest size that the slope is taken of.
    of_steps
        Whether the sizes are numbers of steps, each timed as a whole; else the time of one step is told.
    """

    title: str
    fixed: str
    cases: dict[int, Case]
    linear_from: int
    of_steps: bool = False

    @property
    def unit(self) -> str:
        """What its times are."""
        return "ms" if self.of_steps else "ms a step"

    def key(self, size: int, side: str) -> str:
        """The name of one number."""
        return f"{self.title}, {size} | {side}, {self.unit}"

    def slope_key(self, side: str) -> str:
        """The name of a slope."""
        last = max(self.cases)
        return f"{self.title}, {self.linear_from} to {last} | {side}, slope"

    def times(self, results: dict[str, float], side: str) -> dict[int, float]:
        """Of one side, by size; empty where it was left out."""
        keys = {size: self.key(size, side) for size in self.cases}
        return {size: results[key] for size, key in keys.items() if key in results}


def _case(units: int = 100, layers: int = 2, batch_size: int = 100) -> Case:
    return Case((units,) * (layers - 1), batch_size, validation_size=0)


SWEEPS = (
    Sweep(
        "examples a step",
        f"784-{UNITS}-10",
        {n: _case(UNITS, batch_size=n) for n in (1, 10, 100, 300, 1000)},
        100,
    ),
    Sweep(
        "hidden units",
        "784-n-10, batches of 100",
        {n: _case(n) for n in (30, 100, 300, 800, 2000)},
        300,
    ),
    Sweep(
        "affine layers",
        f"784-{DEEP_UNITS}-…-10, batches of 100",
        {n: _case(DEEP_UNITS, n) for n in (2, 3, 4, 6, 8)},
        2,
    ),
    Sweep(
        "steps", "784-100-10, batches of 100", {n: _case() for n in (30, 100, 300, 1000)}, 30, of_steps=True
    ),
)

SIDES = ("mlpviz", "PyTorch", "matrix products")


def is_among(results: dict[str, float]) -> bool:
    """Whether all of it was measured."""
    return all(sweep.slope_key("mlpviz") in results for sweep in SWEEPS)


def slope(times: dict[int, float], linear_from: int) -> float:
    """The slope of the straight line through the points on logarithmic axes, from a size on."""
    sizes = [size for size in times if size >= linear_from]
    return float(np.polyfit(np.log(sizes), np.log([times[size] for size in sizes]), 1)[0])


def times_of(sweep: Sweep, size: int, with_pytorch: bool, steps: int = 0) -> Iterator[tuple[str, float]]:
    """The time of each side at one size, in ms; over `steps`, if given."""
    case = sweep.cases[size]
    use_blas_threads(case.threads)
    sides = {"mlpviz": Training(case), "matrix products": Products(case)}
    if with_pytorch:
        sides["PyTorch"] = PyTorch(case)
    n = steps or (size if sweep.of_steps else steps_at_a_time(sides["mlpviz"].run, case))
    times = in_turn(*(lambda side=side: side.run(n) for side in sides.values()))
    for name, seconds in zip(sides, times, strict=True):
        yield name, 1000 * float(np.median(seconds)) / (1 if sweep.of_steps else n)


def measure() -> dict[str, float]:
    """The points of every line, and the slopes."""
    with_pytorch = is_installed("torch")
    results = {
        sweep.key(size, side): ms
        for sweep in SWEEPS
        for size in sweep.cases
        for side, ms in times_of(sweep, size, with_pytorch)
    }
    for sweep in SWEEPS:
        for side in SIDES:
            if times := sweep.times(results, side):
                results[sweep.slope_key(side)] = slope(times, sweep.linear_from)
    return results


if __name__ == "__main__":
    print(json.dumps(measure()))
