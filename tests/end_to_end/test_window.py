"""The program for real: started on a virtual screen, trained with the space bar, closed with Ctrl+Q."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mlpviz.training import Experiment
from mlpviz.training.presets import load_preset

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("Xvfb", "xdotool"))),
    reason="needs the system packages xvfb and xdotool: a screen without a screen, and a hand at its keys",
)

PATIENCE_S = 30


def wait_until(condition: Callable[[], object], what: str) -> object:
    deadline = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        if time.monotonic() > deadline:
            pytest.fail(f"waited in vain until {what}")
        time.sleep(0.05)
    return found


class Screen:
    """A virtual screen, whose pixels lie in a file."""

    def __init__(self, display: str, pixels: Path) -> None:
        self.display, self._pixels = display, pixels

    def xdotool(self, *words: str) -> str:
        done = subprocess.run(
            ["xdotool", *words], env={**os.environ, "DISPLAY": self.display}, capture_output=True, text=True
        )
        return done.stdout.strip()

    def picture(self) -> bytes:
        return self._pixels.read_bytes()

    def changes(self) -> bool:
        """Whether the picture is another one half a second later."""
        before = self.picture()
        deadline = time.monotonic() + 0.5
        while time.monotonic() < deadline:
            if self.picture() != before:
                return True
            time.sleep(0.02)
        return False


@pytest.fixture
def screen(tmp_path) -> Iterator[Screen]:
    read, write = os.pipe()
    server = subprocess.Popen(
        [
            "Xvfb",
            "-displayfd",
            str(write),
            "-screen",
            "0",
            "1440x900x24",
            "-fbdir",
            str(tmp_path),
            "-nolisten",
            "tcp",
            "-noreset",  # or it would begin anew each time that xdotool, its only client, is done
        ],
        pass_fds=[write],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as number:
        display = f":{number.readline().strip()}"
    yield Screen(display, tmp_path / "Xvfb_screen0")
    server.terminate()
    server.wait(10)


@pytest.fixture
def start(screen, tmp_path) -> Iterator[Callable[..., subprocess.Popen]]:
    """Starts the program, and waits until its window is there and holds still."""
    started: list[subprocess.Popen] = []

    def start(*arguments: str) -> subprocess.Popen:
        environment = {k: v for k, v in os.environ.items() if k not in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY")}
        environment |= {"DISPLAY": screen.display, "XDG_CONFIG_HOME": str(tmp_path / "config")}
        environment |= {"XDG_STATE_HOME": str(tmp_path / "state")}
        program = subprocess.Popen(
            [sys.executable, "-m", "mlpviz", *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(program)
        window = wait_until(
            lambda: (
                program.poll() is not None
                or screen.xdotool("search", "--onlyvisible", "--name", " – mlpviz$")
            ),
            "there is a window",
        )
        assert program.poll() is None, program.communicate()[1]
        screen.xdotool("windowfocus", "--sync", str(window).split()[0])
        wait_until(lambda: not screen.changes(), "the window holds still")
        return program

    yield start
    for program in started:
        if program.poll() is None:
            program.kill()
        program.communicate()


def close(screen: Screen, program: subprocess.Popen) -> None:
    screen.xdotool("key", "ctrl+q")
    out, err = program.communicate(timeout=10)
    assert (program.returncode, out, err) == (0, "", "")


def test_the_space_bar_trains_and_pauses_and_ctrl_q_quits(screen, start, tmp_path):
    program = start()
    screen.xdotool("key", "space")
    wait_until(screen.changes, "the picture moves")
    assert screen.changes(), "it moves on"
    screen.xdotool("key", "space")
    wait_until(lambda: not screen.changes(), "it holds still again")
    close(screen, program)
    settings = (tmp_path / "config" / "mlpviz" / "mlpviz.ini").read_text(encoding="utf-8")
    assert 'dataset = \\"digits\\"' in settings


def test_it_quits_while_it_trains(screen, start, tmp_path):
    path = tmp_path / "endless.toml"
    endless: Experiment = load_preset("digits").with_settings({"epochs": 100_000})
    path.write_text(endless.to_toml(), encoding="utf-8")
    program = start(str(path))
    screen.xdotool("key", "space")
    wait_until(screen.changes, "the picture moves")
    started = time.monotonic()
    close(screen, program)
    assert time.monotonic() - started < 3


def test_after_a_kill_the_run_is_offered_and_gone_on_with(screen, start, tmp_path):
    path = tmp_path / "endless.toml"
    endless: Experiment = load_preset("digits").with_settings({"epochs": 100_000, "title": "Endless"})
    path.write_text(endless.to_toml(), encoding="utf-8")
    program = start(str(path))
    screen.xdotool("key", "space")
    copies = tmp_path / "state" / "mlpviz" / "autosave"
    wait_until(lambda: list(copies.glob("*/run.mlpviz")), "there is a copy")
    program.kill()
    program.communicate()
    program = start()  # on the experiment of last time, which is another one

    def gone_on() -> str:
        screen.xdotool("key", "alt+g")
        return screen.xdotool("search", "--onlyvisible", "--name", r"^Endless\* – mlpviz$")

    wait_until(gone_on, "the run is open, and not saved")
    close(screen, program)
    assert list(copies.iterdir()) == []
