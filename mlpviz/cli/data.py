"""Own data on the command line: `mlpviz inspect`, and what train and evaluate do with --data."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from mlpviz.cli.common import print_json


def add_commands(commands: Any) -> None:
    """Add the commands of this module to a parser's."""
    command = commands.add_parser("inspect", help="what mlpviz understands of your own data")
    command.add_argument(
        "path", type=Path, metavar="PATH", help="a CSV table, an NPZ archive, IDX files or a folder of images"
    )
    add_reading(command)
    command.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    command.set_defaults(run=_inspect)


def add_data(command: argparse.ArgumentParser, help: str) -> None:
    """Let a command take own data, and how to read them."""
    command.add_argument("--data", type=Path, metavar="PATH", help=help)
    add_reading(command)


def add_reading(command: argparse.ArgumentParser) -> None:
    """Let a command be told how own data are to be read."""
    command.add_argument(
        "--label-column", metavar="C", help="of a CSV table: the label's column, by name or number from 1"
    )
    command.add_argument(
        "--header", choices=("auto", "yes", "no"), help="of a CSV table; found out by default"
    )
    command.add_argument(
        "--targets", choices=("auto", "classes", "numbers"), help="what the labels are; found out by default"
    )


def reading_of(options: argparse.Namespace, before: Any = None) -> Any:
    """How own data are to be read: as the options say, or else as before."""
    from dataclasses import replace

    from mlpviz.data import Reading

    given = {name: getattr(options, name) for name in ("label_column", "header", "targets")}
    return replace(before or Reading(), **{name: value for name, value in given.items() if value is not None})


def check_reading_belongs(options: argparse.Namespace) -> None:
    """Refuse what says how to read own data where there are none."""
    if options.data is None:
        for name in ("label_column", "header", "targets"):
            if getattr(options, name) is not None:
                raise ValueError(f"--{name.replace('_', '-')} belongs to --data: add --data PATH")


def experiment_on(options: argparse.Namespace, chosen: Any) -> Any:
    """The experiment for --data: the chosen one's settings on them, or a proposed one if none is chosen.

    What was found out about the data, rather than told by them, goes to standard error,
    but for --json: `mlpviz inspect --json` tells it.
    """
    from mlpviz.data import dataset_sha256
    from mlpviz.data.own import read_own
    from mlpviz.training.proposal import on_data, propose_experiment

    path, reading = Path(os.path.abspath(options.data)), reading_of(options)
    own = read_own(path, reading)
    sha256 = dataset_sha256(path)
    if chosen is None:
        experiment = propose_experiment(own.dataset, path, reading, sha256)
        told = [experiment.description]
    else:
        experiment, told = on_data(chosen, own.dataset, path, reading, sha256), []
    for sentence in () if options.json else (*told, *own.understood.notes, *own.understood.warnings):
        print(f"mlpviz: {sentence}", file=sys.stderr)
    return experiment


def report_on_data(options: argparse.Namespace, trainer: Any) -> dict[str, Any]:
    """How good a trained network is on --data."""
    from dataclasses import replace

    from mlpviz.data.readers import read_data
    from mlpviz.training.other_data import splits_of
    from mlpviz.training.report import report_on

    reading = reading_of(options, trainer.experiment.reading)
    if reading.targets == "auto":
        reading = replace(reading, targets="classes" if trainer.dataset.classes else "numbers")
    dataset = read_data(options.data, reading).dataset
    return report_on(trainer, splits_of(trainer, dataset), dataset.name)


def _inspect(options: argparse.Namespace) -> int:
    from mlpviz.data import dataset_sha256
    from mlpviz.data.readers import read_data
    from mlpviz.data.readers.telling import as_table, as_text

    own = read_data(options.path, reading_of(options))
    sha256 = dataset_sha256(options.path)
    if options.json:
        print_json(as_table(own, sha256))
        return 0
    from mlpviz.training.proposal import propose_experiment

    print(as_text(own, sha256))
    experiment = propose_experiment(own.dataset, options.path, reading_of(options))
    hidden = experiment.layers[0].units
    print(f"\nNothing was rescaled. {experiment.description.partition('. ')[2] or experiment.description}")
    print(
        f"`mlpviz train --data {options.path}` proposes {hidden} hidden units and {experiment.epochs} epochs."
    )
    return 0
