"""A file or folder is written whole or not at all, whatever goes wrong on the way."""

import errno
import os
import pathlib
import signal
import sys

import pytest

from mlpviz.files import atomic
from mlpviz.files.atomic import check_can_write, recover_folder, write_file, write_folder

OLD = {"a.txt": b"old", "b.txt": b"old too"}
NEW = {"a.txt": b"new", "b.txt": b"new too"}


class DiskFullError(OSError):
    def __init__(self):
        super().__init__(errno.ENOSPC, "No space left on device")


def failing(right, at):
    """A function that finds the disk full at one of its calls, counted from 0."""
    calls = iter(range(10**9))

    def fail_once(*arguments, **options):
        if next(calls) == at:
            raise DiskFullError
        return right(*arguments, **options)

    return fail_once


class Reluctant:
    """A file that takes half of what is written to it, and then finds the disk full."""

    def __init__(self, file):
        self.file = file

    def __enter__(self):
        return self

    def __exit__(self, *details):
        self.file.close()

    def write(self, content):
        self.file.write(content[: len(content) // 2])
        self.file.flush()
        raise DiskFullError


@pytest.fixture(params=["fsync", "write", "midway", "replace", "interrupt"])
def trouble(request, monkeypatch):
    """One thing that goes wrong while a file is written, and the error that is to be seen."""
    if request.param == "write":
        opened = os.fdopen
        monkeypatch.setattr(os, "fdopen", lambda handle, mode: Reluctant(opened(handle, mode)))
        return DiskFullError
    if request.param == "interrupt":

        def interrupted(handle):
            raise KeyboardInterrupt

        monkeypatch.setattr(os, "fsync", interrupted)
        return KeyboardInterrupt
    if request.param == "midway":  # half of it is there when the disk is full
        monkeypatch.setattr(atomic, "_fill", half_filled)
        return DiskFullError
    if request.param == "replace":
        monkeypatch.setattr(pathlib.Path, "rename", failing(pathlib.Path.rename, 0))
        monkeypatch.setattr(atomic, "_exchange", failing(atomic._exchange, 0))
    monkeypatch.setattr(os, request.param, failing(getattr(os, request.param), 0))
    return DiskFullError


def half_filled(path, content):
    path.write_bytes(content[: len(content) // 2])
    raise DiskFullError


@pytest.fixture
def umask():
    """A function that sets the umask until the test is over."""
    usual = os.umask(0o022)
    yield os.umask
    os.umask(usual)


class TestFile:
    def test_is_written(self, folder, tree):
        write_file(folder / "new.bin", bytes(range(256)))
        assert tree(folder) == {"new.bin": bytes(range(256))}

    def test_may_be_empty(self, folder, tree):
        write_file(folder / "new.bin", b"")
        assert tree(folder) == {"new.bin": b""}

    def test_replaces_an_old_one(self, folder, tree):
        (folder / "a").write_bytes(b"a long old content")
        write_file(folder / "a", b"new")
        assert tree(folder) == {"a": b"new"}

    def test_has_its_name_only_once_it_is_whole(self, folder, monkeypatch):
        """Whoever looks at any moment finds the old content or the new one."""
        (folder / "a").write_bytes(b"old")
        found = []
        for name in ("fsync", "replace"):
            right = getattr(os, name)

            def look(*arguments, right=right):
                found.append((folder / "a").read_bytes())
                done = right(*arguments)
                found.append((folder / "a").read_bytes())
                return done

            monkeypatch.setattr(os, name, look)
        write_file(folder / "a", b"new")
        assert set(found) == {b"old", b"new"}
        assert found == sorted(found, reverse=True)

    def test_is_on_the_disk_before_it_has_its_name(self, folder, monkeypatch):
        done = []
        for name in ("fsync", "replace"):
            right = getattr(os, name)
            monkeypatch.setattr(os, name, lambda *a, n=name, right=right: (done.append(n), right(*a)))
        write_file(folder / "a", b"new")
        assert done[:2] == ["fsync", "replace"]

    def test_that_fails_leaves_the_old_one_and_no_other(self, folder, tree, trouble):
        (folder / "a").write_bytes(b"old")
        with pytest.raises(trouble):
            write_file(folder / "a", b"new" * 1000)
        assert tree(folder) == {"a": b"old"}

    def test_that_fails_leaves_nothing_where_nothing_was(self, folder, tree, trouble):
        with pytest.raises(trouble):
            write_file(folder / "a", b"new" * 1000)
        assert tree(folder) == {}

    @pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
    def test_may_be_read_by_whom_the_umask_allows(self, folder, umask, mask, mode):
        umask(mask)
        write_file(folder / "a", b"")
        assert (folder / "a").stat().st_mode & 0o777 == mode
        assert os.umask(mask) == mask  # still what it was

    def test_into_no_folder_is_an_error(self, folder):
        with pytest.raises(FileNotFoundError):
            write_file(folder / "none" / "a", b"")


class TestFolder:
    @pytest.fixture
    def old(self, folder):
        """A folder with a file of each name."""
        path = folder / "run"
        write_folder(path, OLD)
        return path

    def test_is_written(self, folder, tree):
        write_folder(folder / "run", NEW)
        assert tree(folder) == {"run": None, "run/a.txt": b"new", "run/b.txt": b"new too"}

    def test_replaces_an_old_one(self, folder, old, tree):
        write_folder(old, NEW)
        assert tree(folder) == {"run": None, "run/a.txt": b"new", "run/b.txt": b"new too"}

    def test_may_be_an_empty_one_that_is_there(self, folder, tree):
        (folder / "run").mkdir()
        write_folder(folder / "run", NEW)
        assert tree(folder / "run") == NEW

    def test_takes_away_old_files_of_its_names_that_are_not_written_again(self, old, tree):
        with pytest.raises(ValueError, match=r"b\.txt"):
            write_folder(old, {"a.txt": b"new"})
        assert tree(old) == OLD

    def test_that_fails_leaves_the_old_one_and_no_other(self, folder, old, tree, trouble):
        with pytest.raises(trouble):
            write_folder(old, NEW)
        assert tree(folder) == {"run": None, **{f"run/{name}": content for name, content in OLD.items()}}

    def test_that_fails_leaves_nothing_where_nothing_was(self, folder, tree, trouble):
        with pytest.raises(trouble):
            write_folder(folder / "run", NEW)
        assert tree(folder) == {}

    @pytest.mark.parametrize("renames", [0, 1])
    def test_that_cannot_be_put_in_its_place_leaves_the_old_one(
        self, folder, old, tree, monkeypatch, renames
    ):
        """Between two renames the old folder has another name: it gets its own back."""
        with monkeypatch.context() as patch:
            patch.setattr(atomic, "_exchange", lambda *_: False)
            patch.setattr(pathlib.Path, "rename", failing(pathlib.Path.rename, renames))
            with pytest.raises(DiskFullError):
                write_folder(old, NEW)
            patch.undo()
        assert tree(folder) == {"run": None, **{f"run/{name}": content for name, content in OLD.items()}}

    @pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o755), (0o077, 0o700)])
    def test_may_be_opened_by_whom_the_umask_allows(self, folder, umask, mask, mode):
        umask(mask)
        write_folder(folder / "run", NEW)
        assert (folder / "run").stat().st_mode & 0o777 == mode

    def test_behind_a_link_is_written_whole(self, folder, tree):
        """A person may keep runs on another disk; the link stays or becomes the folder, nothing is left."""
        (folder / "elsewhere").mkdir()
        (folder / "run").symlink_to("elsewhere")
        write_folder(folder / "run", NEW)
        assert {path.name: path.read_bytes() for path in (folder / "run").iterdir()} == NEW
        assert {path.name for path in folder.iterdir()} <= {"elsewhere", "run"}

    def test_is_refused_where_something_else_is(self, folder, tree):
        (folder / "run").mkdir()
        (folder / "run" / "thesis.tex").write_bytes(b"mine")
        before = tree(folder)
        with pytest.raises(ValueError, match=r"thesis\.tex"):
            write_folder(folder / "run", NEW)
        assert tree(folder) == before

    def test_replaces_an_old_one_where_names_cannot_be_exchanged(self, folder, old, tree, monkeypatch):
        monkeypatch.setattr(atomic, "_exchange", lambda *_: False)
        write_folder(old, NEW)
        assert tree(folder) == {"run": None, "run/a.txt": b"new", "run/b.txt": b"new too"}

    @pytest.mark.skipif(sys.platform != "linux", reason="other systems have other ways, or none")
    def test_is_at_its_place_at_every_moment(self, folder, old, monkeypatch):
        """Linux exchanges the old and the new one in one step: nothing is renamed."""
        monkeypatch.setattr(pathlib.Path, "rename", failing(pathlib.Path.rename, 0))
        write_folder(old, NEW)
        assert (old / "a.txt").read_bytes() == b"new"


class TestAfterADeath:
    """A program that is killed cleans nothing up."""

    @pytest.fixture
    def die(self, monkeypatch):
        """A function that writes and dies: all that follows a point is not done, not even the cleaning up."""

        def die(write, at):
            def killed(*_):
                raise SystemError

            with monkeypatch.context() as patch:
                patch.setattr(*at, killed)
                patch.setattr(atomic, "_remove", lambda path: None)
                with pytest.raises(SystemError):
                    write()

        return die

    def test_a_file_that_was_not_finished_is_gone_after_the_next(self, folder, tree, die):
        die(lambda: write_file(folder / "a", b"half"), (os, "replace"))
        assert len(tree(folder)) == 1
        write_file(folder / "a", b"new")
        assert tree(folder) == {"a": b"new"}

    def test_a_folder_that_was_not_finished_is_gone_after_the_next(self, folder, tree, die):
        die(lambda: write_folder(folder / "run", OLD), (pathlib.Path, "rename"))
        assert len(tree(folder)) > 1
        write_folder(folder / "run", NEW)
        assert set(tree(folder)) == {"run", "run/a.txt", "run/b.txt"}

    def test_a_folder_that_was_moved_aside_comes_back(self, folder, tree, monkeypatch):
        """Where names cannot be exchanged, there is a moment in which none has it."""
        write_folder(folder / "run", OLD)
        rename = pathlib.Path.rename

        def killed_at_the_second(path, to):
            if path.suffix == atomic.UNFINISHED:
                raise SystemError
            if path.suffix != atomic.MOVED_ASIDE:  # who died moves nothing back
                rename(path, to)

        with monkeypatch.context() as patch:
            patch.setattr(atomic, "_exchange", lambda *_: False)
            patch.setattr(pathlib.Path, "rename", killed_at_the_second)
            patch.setattr(atomic, "_remove", lambda path: None)
            with pytest.raises(SystemError):
                write_folder(folder / "run", NEW)
        assert not (folder / "run").exists()
        recover_folder(folder / "run")
        assert tree(folder / "run") == OLD
        write_folder(folder / "run", NEW)
        assert set(tree(folder)) == {"run", "run/a.txt", "run/b.txt"}

    def test_nothing_comes_back_where_nothing_was(self, folder, tree):
        recover_folder(folder / "run")
        recover_folder(folder / "none" / "run")
        assert tree(folder) == {}

    @pytest.mark.skipif(os.name != "posix", reason="elsewhere an open file cannot be removed anyway")
    def test_what_another_program_is_writing_is_left_alone(self, folder):
        def write_the_same(file):
            write_file(folder / "a", b"the quick one")
            file.write(b"the slow one")

        write_file(folder / "a", write_the_same)
        assert (folder / "a").read_bytes() == b"the slow one"

    def test_files_that_only_look_alike_are_left_alone(self, folder, tree):
        names = {".a.original", ".a.unfinished", ".a.12345678.unfinished.bak", ".b.12345678.unfinished"}
        for name in names:
            (folder / name).write_bytes(b"mine")
        write_file(folder / "a", b"new")
        assert set(tree(folder)) == {"a", *names}


class TestFullDisk:
    """The system itself says that there is no room, somewhere in the middle."""

    @pytest.fixture
    def little_room(self):
        resource = pytest.importorskip("resource")
        usual = resource.getrlimit(resource.RLIMIT_FSIZE)
        handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, usual[1]))
        yield
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
        signal.signal(signal.SIGXFSZ, handler)

    def test_leaves_the_old_file_whole(self, folder, tree, little_room):
        write_file(folder / "a", b"old")
        with pytest.raises(OSError, match="too large"):
            write_file(folder / "a", b"new" * 10_000)
        assert tree(folder) == {"a": b"old"}

    def test_leaves_the_old_folder_whole(self, folder, tree, little_room):
        write_folder(folder / "run", OLD)
        with pytest.raises(OSError, match="too large"):
            write_folder(folder / "run", {**NEW, "b.txt": b"new" * 10_000})
        assert tree(folder / "run") == OLD
        assert os.listdir(folder) == ["run"]


class TestCheck:
    """Before a long computation: could its result be written?"""

    NAMES = ("a.txt", "b.txt")

    def refused(self, path):
        with pytest.raises(ValueError, match=r".") as raised:
            check_can_write(path, self.NAMES)
        sentence = str(raised.value)
        assert sentence.startswith(f"{path} ")
        assert "\n" not in sentence
        return sentence

    @pytest.mark.parametrize("content", [{}, {"a.txt": b"1"}, OLD])
    def test_passes_a_folder_that_is_empty_or_holds_an_older_result(self, folder, tree, content):
        for name, each in content.items():
            (folder / name).write_bytes(each)
        check_can_write(folder, self.NAMES)
        assert tree(folder) == content

    def test_passes_a_new_folder_and_leaves_nothing_in_its_place(self, folder, tree):
        check_can_write(folder / "run", self.NAMES)
        assert tree(folder) == {}

    def test_passes_a_new_folder_in_new_folders(self, folder):
        check_can_write(folder / "2025" / "may" / "run", self.NAMES)
        write_folder(folder / "2025" / "may" / "run", NEW)
        assert (folder / "2025" / "may" / "run" / "a.txt").read_bytes() == b"new"

    def test_what_it_passes_can_be_written(self, folder, monkeypatch):
        """The folder one stands in is a folder like others."""
        monkeypatch.chdir(folder)
        for path in (pathlib.Path("."), pathlib.Path("run"), pathlib.Path("../folder/other")):
            try:
                check_can_write(path, self.NAMES)
            except ValueError:
                continue  # said in time
            write_folder(path, NEW)
            assert (path / "a.txt").read_bytes() == b"new"
            for name in self.NAMES:
                (path / name).unlink()
            if path.name:
                path.rmdir()

    def test_refuses_a_file(self, folder):
        (folder / "run").write_bytes(b"")
        assert self.refused(folder / "run") == f"{folder / 'run'} is a file: give a folder to write to"

    def test_refuses_a_folder_with_anything_else_and_names_it(self, folder):
        for name in ("a.txt", "zebra.txt", "holiday.jpg"):
            (folder / name).write_bytes(b"")
        sentence = self.refused(folder)
        assert "'holiday.jpg'" in sentence
        assert "give a new folder" in sentence

    def test_refuses_a_folder_below_a_file(self, folder):
        (folder / "run").write_bytes(b"")
        sentence = self.refused(folder / "run" / "one")
        assert "cannot be written: " in sentence
        assert "give another folder" in sentence

    @pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
    def test_refuses_a_folder_that_may_not_be_written(self, folder):
        folder.chmod(0o500)
        sentence = self.refused(folder / "run")
        folder.chmod(0o700)
        assert "cannot be written: Permission denied" in sentence

    @pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs a folder that nobody can write to")
    def test_refuses_a_place_where_nobody_can_write(self):
        assert "cannot be written: " in self.refused(pathlib.Path("/proc/self/run"))

    def test_refuses_a_name_that_is_too_long(self, folder):
        path = folder / ("a" * 300)
        with pytest.raises((ValueError, OSError)):
            check_can_write(path, self.NAMES)
