"""How many threads a matrix product may use: the last bits of its result depend on it."""

import functools
from typing import Any


@functools.cache
def _libraries() -> list[Any]:
    from threadpoolctl import ThreadpoolController  # looks through all loaded libraries: not at start-up

    return ThreadpoolController().select(user_api="blas").lib_controllers


def use_blas_threads(n: int) -> None:
    """Set the number of threads, for the whole process; costs less than a microsecond.

    It is set before each step and never set back: a value restored by one thread in the middle of
    another's step would change the other's bits.
    """
    for library in _libraries():
        if library.get_num_threads() != n:
            if hasattr(library, "clear_controlling_thread"):  # OpenBLAS: it obeys the first thread only
                library.clear_controlling_thread(force=True)
            library.set_num_threads(n)
