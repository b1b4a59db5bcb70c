"""A picture of the window itself, after some steps of training; needs no display."""

import os
import sys
import time
from pathlib import Path

from mlpviz.gui.display import use_no_display
from mlpviz.training import Experiment, Trainer

SETTLING_MS = 300
PATIENCE_S = 30.0  # with work in the background that the picture is to show


def save_screenshot(
    out: Path,
    experiment: Experiment,
    page: str,
    steps: int,
    size: tuple[int, int],
    theme: str,
    scale: float,
    digit: int | None = None,
    stage: int | None = None,
    comparison: str | None = None,
) -> None:
    """Train some steps and write what the window then shows as a PNG file.

    Parameters
    ----------
    digit, stage
        For the page that steps through an example: which one, and how far.
    comparison
        For the page that compares: the ready-made one whose runs race for `steps` steps each.
    size
        Of the window in pixels before scaling, (width, height).
    theme
        ``"light"`` or ``"dark"``.
    scale
        Pixels of the picture per pixel of the window.

    Raises
    ------
    ValueError
        If there is no such page, example or stage, or OUT cannot be written or is not named ``.png``.
    """
    if out.suffix.lower() != ".png":
        raise ValueError(f"{out}: a screenshot is a PNG file, so its name must end in .png")
    if not out.parent.is_dir():
        raise ValueError(f"{out}: there is no folder {out.parent}")
    use_no_display()
    os.environ["QT_SCALE_FACTOR"] = f"{scale:g}"
    os.environ.setdefault("QT_SCALE_FACTOR_ROUNDING_POLICY", "PassThrough")
    from PySide6.QtCore import QBuffer, QEventLoop, QIODevice, QTimer
    from PySide6.QtWidgets import QApplication

    from mlpviz.files.atomic import write_file
    from mlpviz.gui.main_window import MainWindow
    from mlpviz.gui.stretch_thread import Stretch
    from mlpviz.gui.theme import Theme
    from mlpviz.gui.workspace import Workspace

    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    look = Theme(theme)
    look.apply(application)
    workspace = Workspace()
    window = MainWindow(workspace, look)
    loop = QEventLoop()
    problems: list[str] = []
    try:
        window.show_page(page)
        window.resize(*size)
        window.show()
        workspace.run_changed.connect(loop.quit)
        workspace.refused.connect(problems.append)
        workspace.refused.connect(loop.quit)
        workspace.open(lambda: Trainer(experiment))
        loop.exec()
        if problems:
            raise ValueError(problems[0])
        driver = window.page.driver if comparison is not None else workspace
        if comparison is not None:
            _compare(window.page, comparison)
            driver.run_changed.connect(lambda: None if driver.is_loading else loop.quit())
            loop.exec()
        if steps and not driver.finished:
            driver.training_changed.connect(lambda: None if driver.training else loop.quit())
            driver.train(Stretch.STEPS, steps)
            loop.exec()
        if digit is not None or stage is not None:
            _step_through(window.page, digit, stage)
        QTimer.singleShot(SETTLING_MS, loop.quit)  # lets what was told be laid out
        loop.exec()
        deadline = time.monotonic() + PATIENCE_S
        while workspace.busy and time.monotonic() < deadline:
            QTimer.singleShot(SETTLING_MS // 10, loop.quit)
            loop.exec()
        picture = window.grab()
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        picture.save(buffer, "PNG")
        write_file(out, bytes(buffer.data().data()))
    finally:
        window.close()
        window.deleteLater()


def _compare(page: object, comparison: str) -> None:
    """Put the runs of a comparison into the list."""
    from mlpviz.gui.pages.compare import ComparePage

    if not isinstance(page, ComparePage):
        raise ValueError("--comparison belongs to --page compare")
    page.comparison.add_ready_made(comparison)


def _step_through(page: object, digit: int | None, stage: int | None) -> None:
    """Go to an example and a stage."""
    from mlpviz.gui.pages.step_through import StepThroughPage

    if not isinstance(page, StepThroughPage):
        raise ValueError("--digit and --stage belong to --page step_through")
    page.follower.pin()
    if digit is not None:
        page.follower.show_example(digit)
    if stage is not None:
        last = page.follower.cursor.count - 1
        if not 0 <= stage <= last:
            raise ValueError(f"there is no stage {stage}: they are 0 to {last}")
        page.follower.jump(stage)
