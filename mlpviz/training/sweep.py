"""One experiment from many seeds, side by side where that pays, with the same bits as one after the other."""

import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

from mlpviz.training.experiment import Experiment
from mlpviz.training.seed_result import Record, SeedResult
from mlpviz.training.trainer import Trainer
from mlpviz.training.verdict import criterion

USUAL_COUNT = 20
"""How many seeds, unless one says otherwise."""

STARTING_S = 1.0
"""What it costs to start processes, each of which imports NumPy and loads its examples."""

LOOK_EVERY_S = 0.1  # how often it is asked for a file that says that a run is no longer wanted

Asked = Callable[[], bool]


def never() -> bool:
    """Nobody cancels."""
    return False


def seeds_of(experiment: Experiment, count: int) -> range:
    """So many seeds from the experiment's own on.

    Raises
    ------
    ValueError
        If the count is not at least 1.
    """
    if count < 1:
        raise ValueError(f"the number of seeds must be at least 1, not {count}")
    return range(experiment.seed, experiment.seed + count)


def train_seed(
    experiment: Experiment, seed: int, share: float | None = None, cancelled: Asked = never
) -> SeedResult | None:
    """Train an experiment from one seed to its end; None if it was cancelled on the way.

    Parameters
    ----------
    share
        How much of the training examples must be right at the end, if not as `criterion` says.
    cancelled
        Asked after each step.

    Raises
    ------
    ValueError
        If the experiment does not fit its data, or the share is impossible.
    """
    if cancelled():
        return None
    trainer = Trainer(experiment.with_settings({"seed": seed}))
    record = Record(trainer, criterion(trainer, share))
    for step in trainer.steps():
        record.append(step.loss, step.accuracy)
        if cancelled():
            return None
    return record.result()


def sweep(
    experiment: Experiment,
    seeds: Sequence[int],
    share: float | None = None,
    jobs: int | None = None,
    cancelled: Asked = never,
) -> Iterator[SeedResult]:
    """Train an experiment from each seed, and hand over each result as it comes.

    What comes is the same whatever the number of jobs, but for its order: each run has its own
    generators, and as many BLAS threads as the experiment says.

    Parameters
    ----------
    seeds
        At least 0 each.
    jobs
        How many runs at a time; 1 stays in this process. If None, the first seed is trained here and
        timed, and the others side by side if `pays` says so; but with a backend chosen by
        ``joblib.parallel_config``, such as Dask or Ray, all of them go there.
    cancelled
        Asked after each step that is made in this process, or else several times a second; once it says
        so the runs under way are dropped and nothing more comes.

    Raises
    ------
    ValueError
        If there is nothing to train, or the experiment does not fit its data.
    ChildProcessError
        If a process of the sweep died, from lack of memory for one.
    """
    if not seeds:
        raise ValueError("give at least one seed to train")
    if jobs is not None and jobs < 1:
        raise ValueError(f"the number of jobs must be at least 1, not {jobs}")
    left = list(seeds)
    if jobs is None and not _elsewhere():
        started = time.monotonic()
        result = train_seed(experiment, left.pop(0), share, cancelled)
        seconds = time.monotonic() - started
        if result is not None:
            yield result
        jobs = processors() if pays(len(left), seconds, processors()) else 1
    if jobs == 1 or len(left) < 2:
        for seed in left:
            result = train_seed(experiment, seed, share, cancelled)
            if result is None:
                return
            yield result
    else:
        yield from _side_by_side(experiment, left, share, jobs, cancelled)


def pays(seeds: int, seconds_each: float, processors: int) -> bool:
    """Whether processes side by side would save more time than starting them costs."""
    saved_s = seeds * seconds_each * (1 - 1 / min(processors, max(seeds, 1)))
    return saved_s > STARTING_S


def processors() -> int:
    """How many processors this process may use."""
    from joblib import cpu_count

    return int(cpu_count())


def _elsewhere() -> bool:
    """Whether somebody chose with ``joblib.parallel_config`` where the work is done."""
    from joblib.parallel import get_active_backend

    backend, jobs = get_active_backend()
    return type(backend).__name__ != "LokyBackend" or jobs not in (None, 1)


def _side_by_side(
    experiment: Experiment, seeds: Sequence[int], share: float | None, jobs: int | None, cancelled: Asked
) -> Iterator[SeedResult]:
    from joblib import Parallel, delayed
    from joblib.externals.loky.process_executor import BrokenProcessPool

    with _stop_file(cancelled) as stop_file:
        parallel = Parallel(n_jobs=jobs, return_as="generator_unordered")
        with _without_interrupts():
            results = parallel(
                delayed(_train_elsewhere)(experiment, seed, share, stop_file)
                for seed in seeds
                if not stop_file.exists()
            )
        try:
            for result in results:
                if result is not None:
                    yield result
        except BrokenProcessPool as error:
            raise ChildProcessError(
                "a process that trained seeds ended unexpectedly, perhaps for lack of memory: "
                "try fewer jobs at a time"
            ) from error
        finally:
            stop_file.touch()  # whoever wants no more need not wait for what is under way
            for _ in results:
                pass
            _end_processes(parallel)


def _train_elsewhere(
    experiment: Experiment, seed: int, share: float | None, stop_file: Path
) -> SeedResult | None:
    return train_seed(experiment, seed, share, _seldom(stop_file.exists))


def _seldom(asked: Asked) -> Asked:
    """The answer to a question that takes longer than a step, asked anew every so often."""
    answer, ask_at = False, time.monotonic()

    def cancelled() -> bool:
        nonlocal answer, ask_at
        if time.monotonic() >= ask_at:
            answer, ask_at = asked(), time.monotonic() + LOOK_EVERY_S
        return answer

    return cancelled


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Processes started in here never see Ctrl-C, which a terminal sends to all; this one tells them."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # before: Python 3.11 lifts the block when it starts this one
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _stop_file(cancelled: Asked) -> Iterator[Path]:
    """A file that does not exist until it is time to stop: other processes can look for it.

    On another machine it never appears, and a run under way there is finished for nothing.
    """
    with tempfile.TemporaryDirectory(prefix="mlpviz-seeds-") as folder:
        stop_file, over = Path(folder, "stop"), threading.Event()

        def watch() -> None:
            while not over.wait(LOOK_EVERY_S):
                if cancelled():
                    stop_file.touch()
                    return

        watcher = threading.Thread(target=watch, name="seeds_watcher", daemon=True)
        watcher.start()
        try:
            yield stop_file
        finally:
            over.set()
            watcher.join()


def _end_processes(parallel: Any) -> None:
    """End joblib's own processes, which would otherwise wait for more work; those elsewhere stay."""
    from joblib._parallel_backends import LokyBackend
    from joblib.externals.loky import get_reusable_executor

    if isinstance(parallel._backend, LokyBackend):
        get_reusable_executor().shutdown(wait=True)
