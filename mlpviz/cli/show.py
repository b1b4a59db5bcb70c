"""Commands that show: the window, and a picture of it."""

import argparse
from pathlib import Path
from typing import Any

from mlpviz.cli.common import experiment_of, parse_size


def add_commands(commands: Any) -> None:
    """Add the commands of this module to a parser's."""
    command = commands.add_parser("open", help="open the window")
    command.add_argument("file", nargs="?", metavar="FILE", help="an experiment, or a run that was saved")
    command.set_defaults(run=_open)

    command = commands.add_parser("screenshot", help="a picture of the window")
    command.add_argument("out", type=Path, metavar="OUT.png")
    command.add_argument("--experiment", default="digits", metavar="E", help="a preset or a TOML file")
    command.add_argument("--page", default="train", metavar="P", help="which page to show")
    command.add_argument("--steps", type=int, default=0, metavar="N", help="train so many steps first")
    command.add_argument("--digit", type=int, metavar="N", help="which example to step through, from 0")
    command.add_argument("--stage", type=int, metavar="K", help="which stage to show, from 0")
    command.add_argument("--comparison", metavar="NAME", help="a comparison to race on --page compare")
    command.add_argument("--size", default="1440x900", metavar="WxH", help="of the window, in pixels")
    command.add_argument("--theme", choices=("light", "dark"), default="light")
    command.add_argument("--scale", type=float, default=1.0, metavar="S", help="2 for a sharp screen")
    command.set_defaults(run=_screenshot)


def _open(options: argparse.Namespace) -> int:
    from mlpviz.gui.application import run

    return run(options.file)


def _screenshot(options: argparse.Namespace) -> int:
    from mlpviz.gui.screenshot import save_screenshot

    size = parse_size(options.size)
    if not 0.5 <= options.scale <= 4:
        raise ValueError(f"--scale must be from 0.5 to 4, not {options.scale:g}")
    if options.steps < 0:
        raise ValueError(f"--steps must be at least 0, not {options.steps}")
    save_screenshot(
        options.out,
        experiment=experiment_of(options.experiment, []),
        page=options.page,
        steps=options.steps,
        digit=options.digit,
        stage=options.stage,
        comparison=options.comparison,
        size=size,
        theme=options.theme,
        scale=options.scale,
    )
    return 0
