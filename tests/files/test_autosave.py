"""Copies in case of a crash: each program has a place of its own; only what a dead one left is offered."""

import itertools
import os
import subprocess
import sys
import textwrap

import pytest

from mlpviz.files import copy_run
from mlpviz.files.autosave import RUN, Autosave, autosave_folder, leftovers
from mlpviz.training import Experiment, History, Trainer

EXPERIMENT = Experiment.from_table(
    {"title": "Blobs", "dataset": "blobs", "epochs": 100, "layers": [{"kind": "affine", "units": 3}]}
)


def run_of(steps):
    trainer, history = Trainer(EXPERIMENT), History()
    for step in itertools.islice(trainer.steps(), steps):
        history.append(step)
    return copy_run(trainer, history, 1.5)


@pytest.fixture
def root(tmp_path):
    return tmp_path / "autosave"


@pytest.fixture
def crash(root):
    """A function that lets another process make a copy and die."""

    def crash(steps, saved_as=None, then="os._exit(9)"):
        source = f"""
            import itertools, os, pathlib
            from mlpviz.files import copy_run
            from mlpviz.files.autosave import Autosave
            from mlpviz.training import Experiment, History, Trainer
            trainer, history = Trainer(Experiment.from_toml({EXPERIMENT.to_toml()!r})), History()
            for step in itertools.islice(trainer.steps(), {steps}):
                history.append(step)
            place = Autosave(pathlib.Path({str(root)!r}))
            saved_as = {None if saved_as is None else str(saved_as)!r}
            place.write(copy_run(trainer, history, 1.5), saved_as and pathlib.Path(saved_as))
            {then}
            """
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run([sys.executable, "-c", textwrap.dedent(source)], env=environment)
        assert done.returncode == 9

    return crash


def test_a_crash_leaves_a_run_to_go_on_with(root, crash, tmp_path):
    crash(7, saved_as=tmp_path / "mine.mlpviz")
    (left,) = leftovers(root)
    assert (left.title, left.step) == ("Blobs", 7)
    run = left.load()
    assert (run.trainer.index, len(run.history), run.seconds) == (7, 7, 1.5)
    assert run.saved_as == tmp_path / "mine.mlpviz"
    left.remove()
    assert leftovers(root) == []
    assert list(root.iterdir()) == []


def test_the_newest_comes_first(root, crash):
    for steps in (3, 9):
        crash(steps)
    for left in leftovers(root):
        os.utime(left.folder / RUN, (1e9 - left.step, 1e9 - left.step))
        left.release()
    found = leftovers(root)
    assert [left.step for left in found] == [3, 9]
    assert found[0].saved_at == 1e9 - 3
    for left in found:
        left.release()


def test_what_is_put_off_is_offered_again(root, crash):
    crash(3)
    for _ in range(2):
        (left,) = leftovers(root)
        left.release()


def test_a_living_program_keeps_its_own(root):
    place = Autosave(root)
    place.write(run_of(2))
    assert place.exists
    assert leftovers(root) == []
    place.close()
    assert list(root.iterdir()) == []


def test_two_do_not_touch_each_other(root):
    one, other = Autosave(root), Autosave(root)
    one.write(run_of(2))
    other.write(run_of(3))
    other.close()
    assert one.exists
    one.close()


def test_what_is_offered_here_is_not_offered_elsewhere(root, crash):
    crash(3)
    (left,) = leftovers(root)
    assert leftovers(root) == []
    left.release()
    (again,) = leftovers(root)
    again.release()


def test_a_closed_program_leaves_nothing(root, crash):
    crash(2, then="place.close(); os._exit(9)")
    assert list(root.iterdir()) == []


def test_folders_without_a_copy_are_cleaned_away(root, crash):
    crash(2, then="place.clear(); os._exit(9)")
    assert len(list(root.iterdir())) == 1
    assert leftovers(root) == []
    assert list(root.iterdir()) == []


def test_a_copy_that_cannot_be_read_is_neither_offered_nor_removed(root, crash):
    crash(2)
    (folder,) = root.iterdir()
    (folder / RUN).write_bytes(b"scratched disk")
    assert leftovers(root) == []
    assert (folder / RUN).read_bytes() == b"scratched disk"


def test_what_was_left_is_gone_on_with_in_its_place(root, crash):
    """From the moment it is open until it is saved there is always one copy."""
    crash(4)
    (left,) = leftovers(root)
    place = Autosave(root)
    place.write(run_of(1))
    place.adopt(left)
    assert place.exists
    assert [each.name for each in root.iterdir()] == [left.folder.name]
    assert leftovers(root) == []
    place.write(run_of(6))
    place.close()
    assert list(root.iterdir()) == []


def test_clearing_and_closing_twice_is_no_error(root):
    place = Autosave(root)
    place.clear()
    place.close()
    place.write(run_of(1))
    for _ in range(2):
        place.clear()
        assert not place.exists
        place.close()


def test_no_folder_is_no_leftover(root):
    assert leftovers(root) == []
    assert not root.exists()


def test_it_is_kept_with_the_state_of_the_user():
    assert autosave_folder().name == "autosave"
    assert "mlpviz" in str(autosave_folder())


def test_never_writes_text(root, tmp_path):
    """A long history as text takes half a second; as arrays, next to nothing."""
    from mlpviz.files.parts import part_names

    place = Autosave(root)
    place.write(run_of(1))
    (folder,) = root.iterdir()
    assert "history.npz" in part_names(folder / RUN)
    place.close()
