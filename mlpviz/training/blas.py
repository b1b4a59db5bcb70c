"""How many threads a matrix product may use: the last bits of its result depend on it."""

import functools
from collections.abc import Callable
from typing import Any


@functools.cache
def _libraries() -> list[tuple[Any, Callable[[], int]]]:
    """Each loaded library, and what tells its number of threads."""
    from threadpoolctl import ThreadpoolController  # looks through all loaded libraries: not at start-up

    found = ThreadpoolController().select(user_api="blas").lib_controllers
    return [(library, _teller(library)) for library in found]


def _teller(library: Any) -> Callable[[], int]:
    """OpenBLAS' own function, which threadpoolctl looks up by name each time, or else its method."""
    if library.internal_api == "openblas" and library.threading_layer != "openmp":
        for symbol in library.check_symbols:
            if hasattr(library.dynlib, symbol):
                return getattr(library.dynlib, symbol)
    return library.get_num_threads


def use_blas_threads(n: int) -> None:
    """Set the number of threads, for the whole process; costs less than a microsecond.

    It is set before each step and never set back: a value restored by one thread in the middle of
    another's step would change the other's bits.
    """
    for library, get_num_threads in _libraries():
        if get_num_threads() != n:
            if hasattr(library, "clear_controlling_thread"):  # OpenBLAS: it obeys the first thread only
                library.clear_controlling_thread(force=True)
            library.set_num_threads(n)
