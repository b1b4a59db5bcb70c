"""Without a display the program says so in a sentence; Qt itself would abort."""

import os
import shutil
import subprocess
import sys

import pytest

from mlpviz.cli import main
from mlpviz.gui import display


@pytest.fixture(autouse=True)
def _bare(monkeypatch):
    """A Linux session without any display, whose system libraries are all there."""
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(display, "_check_library", lambda *_: None)


def test_no_display_is_a_sentence_that_says_what_works_without():
    with pytest.raises(ValueError, match="no display") as error:
        display.check_display()
    assert "`mlpviz train`" in str(error.value)
    assert "`mlpviz screenshot" in str(error.value)


def test_a_display_that_does_not_answer_is_named(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":987")
    with pytest.raises(ValueError, match=r"':987' does not answer.*`mlpviz train`"):
        display.check_display()


def test_a_display_that_cannot_be_is_named(monkeypatch):
    monkeypatch.setenv("DISPLAY", "nonsense")
    with pytest.raises(ValueError, match="'nonsense' does not answer"):
        display.check_display()


@pytest.mark.parametrize(
    ("name", "value"), [("QT_QPA_PLATFORM", "offscreen"), ("WAYLAND_DISPLAY", "wayland-0")]
)
def test_another_platform_needs_no_x_server(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    display.check_display()


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_systems_have_a_display(monkeypatch, platform):
    monkeypatch.setattr(sys, "platform", platform)
    display.check_display()


def test_a_server_that_answers_is_enough(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(display, "_x_server_answers", lambda: True)
    display.check_display()


LOOK = """
from mlpviz.gui.display import check_display
check_display()
print("it answers", flush=True)
input()
"""


@pytest.mark.skipif(not shutil.which("Xvfb"), reason="needs the system package xvfb")
def test_looking_for_a_server_does_not_make_it_begin_anew(monkeypatch):
    """A server whose last client leaves begins anew (here: ends), and Qt, which comes next, would abort."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-terminate", "-displayfd", str(write), "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as number:
        monkeypatch.setenv("DISPLAY", f":{number.readline().strip()}")
    looking = subprocess.Popen(
        [sys.executable, "-c", LOOK], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert looking.stdout.readline() == "it answers\n"
        with pytest.raises(subprocess.TimeoutExpired):
            server.wait(0.5)
    finally:
        looking.communicate("\n")
        server.terminate()
        server.wait(10)


def test_a_missing_library_is_named_with_its_package(monkeypatch):
    monkeypatch.undo()
    with pytest.raises(ValueError, match=r"libno-such\.so\.0 is missing.*apt-get install libno-such0"):
        display._check_library("libno-such.so.0", "libno-such0")


def test_without_a_display_pictures_are_painted_into_memory(monkeypatch):
    display.use_no_display()
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"
    monkeypatch.setenv("QT_QPA_PLATFORM", "minimal")
    display.use_no_display()
    assert os.environ["QT_QPA_PLATFORM"] == "minimal"


@pytest.mark.parametrize("arguments", [[], ["open"], ["digits-adam"]])
def test_the_command_says_it_and_exits_with_2(capsys, arguments):
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("mlpviz: there is no display")
    assert printed.err.count("\n") == 1


def test_a_real_process_ends_without_a_core_dump():
    environment = {k: v for k, v in os.environ.items() if k not in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY")}
    done = subprocess.run(
        [sys.executable, "-m", "mlpviz"],
        env={**environment, "DISPLAY": ":987"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("mlpviz: ")
    assert done.stderr.count("\n") == 1
