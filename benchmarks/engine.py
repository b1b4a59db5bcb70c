"""How much more than its bare matrix products does training cost, and when do more threads pay?"""

import json
from dataclasses import replace

import numpy as np

from benchmarks.cases import Case, PlainLoop, Products, Training, steps_at_a_time
from benchmarks.timing import in_turn, median_ratio
from mlpviz.training.blas import use_blas_threads

UNITS = (30, 100, 300, 800, 2000)
BATCH_SIZES = (1, 10, 100, 1000)
HIDDEN_LAYERS = (2, 3, 5, 7)  # besides one: with the last, 2 to 8 affine layers

CASES = [Case((units,), size) for units in UNITS for size in BATCH_SIZES]
CASES += [Case((300,) * n) for n in HIDDEN_LAYERS]
OF_GOALS = (Case((100,)), Case((800,)))


def over_products(case: Case, steps: int = 0) -> dict[str, float]:
    """The time of a step of training, and over that of its products; timed over `steps`, if given.

    On the one side stands all that the trainer does: batches gathered and scaled, both ways through the
    network, update, every probe, the history, and the validation where it falls into the stretch. On the
    other stand the matrix products of the same steps and of the same validations.
    """
    use_blas_threads(case.threads)
    training, products = Training(case), Products(case)
    n = steps or steps_at_a_time(training.run, case, case in OF_GOALS)
    trained, bare = in_turn(lambda: training.run(n), lambda: products.run(n, training.validations))
    return {
        "ms a step": 1000 * float(np.median(trained)) / n,
        "over bare products": median_ratio(trained, bare),
    }


def plain_loop_over_products(case: Case, steps: int = 0) -> float:
    """What the same updates cost, written out in NumPy with nothing measured, over the products."""
    use_blas_threads(case.threads)
    loop, products = PlainLoop(case), Products(case)
    n = steps or steps_at_a_time(loop.run, case)
    plain, bare = in_turn(lambda: loop.run(n), lambda: products.run(n))
    return median_ratio(plain, bare)


def with_two_threads(case: Case, steps: int = 0) -> float:
    """How many times as fast two threads are as one."""
    one, two = Training(case), Training(replace(case, threads=2))
    n = steps or steps_at_a_time(one.run, case)
    alone, together = in_turn(lambda: one.run(n), lambda: two.run(n))
    return median_ratio(alone, together)


def measure() -> dict[str, float]:
    """Of every network the row of a table."""
    results = {}
    for case in CASES:
        row = over_products(case) | {"times as fast with two threads": with_two_threads(case)}
        results |= {f"{case} | {name}": value for name, value in row.items()}
    for case in OF_GOALS:
        results[f"a plain loop of {case} | over bare products"] = plain_loop_over_products(case)
    return results


if __name__ == "__main__":
    print(json.dumps(measure()))
