"""A process that saves and autosaves without end, killed again and again; run by test_kills.py, prints JSON.

One process starts all the others by forking, which is quicker than starting Python each time, and looks
afterwards at what each has left: `python kills.py FOLDER KILLS SEED`.
"""

import itertools
import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from mlpviz.files import atomic, copy_run, load_run, save_run
from mlpviz.files.autosave import Autosave, leftovers
from mlpviz.training import Experiment, History, Trainer

NET = [{"kind": "affine", "units": 200}, {"kind": "relu"}, {"kind": "affine", "units": 3}]
EXPERIMENT = Experiment.from_table(
    {"dataset": "blobs", "batch_size": 20, "epochs": 10**6, "optimizer": "adam", "layers": NET}
)


def save_for_ever(root: Path, exchanges: bool) -> None:
    """Train a little, save everywhere, and so on; steps never go back."""
    if not exchanges:
        without_exchange()
    trainer, history = newest(root)
    place = Autosave(root / "autosave")
    while True:
        for step in itertools.islice(trainer.steps(), 5):
            history.append(step)
        copy = copy_run(trainer, history)
        save_run(root / "run", copy)
        save_run(root / "run.mlpviz", copy)
        place.write(copy)
        if trainer.index % 50 == 0:
            place.close()  # as when the window is closed


def without_exchange() -> None:
    """As where names cannot be exchanged; the moment in which neither folder has the name is made longer."""
    rename = Path.rename

    def slow_rename(path: Path, to: Path) -> None:
        rename(path, to)
        time.sleep(0.01)

    atomic._exchange = lambda *_: False
    Path.rename = slow_rename


def newest(root: Path) -> tuple[Trainer, History]:
    if (root / "run.mlpviz").exists():
        return load_run(root / "run.mlpviz")[:2]
    return Trainer(EXPERIMENT), History()


def check(root: Path, last: dict[str, int]) -> dict[str, int]:
    """The steps of whatever there is; raises if something cannot be opened, is half, or is gone."""
    found = {}
    for name in ("run", "run.mlpviz"):
        with_leftovers = [entry for entry in os.listdir(root) if entry.startswith(f".{name}.")]
        if (root / name).exists() or with_leftovers:
            try:
                run = load_run(root / name)
            except ValueError as error:
                if name in last or (root / name).exists() or "is not there" not in str(error):
                    raise
                continue  # its very first save was not finished
            assert len(run.history) == run.trainer.index, "history and state are of different steps"
            next(run.trainer.steps())
            found[name] = run.trainer.index
    for leftover in leftovers(root / "autosave"):
        run = leftover.load()
        assert len(run.history) == run.trainer.index == leftover.step
        found["autosave"] = leftover.step
        leftover.remove()
    assert not any((root / "autosave").glob("*")), "what holds no copy is taken away"
    return found


def main(root: Path, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    told = {"kills": 0, "steps": 0, "autosaves": 0, "leftovers": 0, "recovered": 0}
    last: dict[str, int] = {}
    while told["kills"] < kills:
        child = os.fork()
        if child == 0:
            try:
                save_for_ever(root, exchanges=told["kills"] % 2 == 0)
            finally:
                os._exit(1)
        time.sleep(chance.uniform(0, 0.15))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), "it ended by itself"
        told["kills"] += 1
        told["leftovers"] += sum(entry.startswith(".") for entry in os.listdir(root))
        told["recovered"] += last.get("run") is not None and not (root / "run").exists()
        found = check(root, last)
        for name in ("run", "run.mlpviz"):
            assert found.get(name, 0) >= last.get(name, 0), f"{name} went back"
        told["autosaves"] += "autosave" in found
        last = found
    told["steps"] = last["run.mlpviz"]
    trainer, history = newest(root)
    for name in ("run", "run.mlpviz"):
        save_run(root / name, copy_run(trainer, history))
    told["left"] = sorted(os.listdir(root))
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
