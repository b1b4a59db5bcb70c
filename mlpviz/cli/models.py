"""`mlpviz import`: a run that starts from weights that were made elsewhere."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from mlpviz.cli.common import print_json

_CHOICES = ("activation", "output", "loss", "loss_scaling", "input_scaling")


def add_commands(commands: Any) -> None:
    """Add the commands of this module to a parser's."""
    command = commands.add_parser(
        "import",
        help="a run that starts from weights of PyTorch or NumPy",
        description="Reads weights, says what it understood, and makes a run that starts from them. "
        "What no file of weights tells (dataset, activations, loss, input scaling) is as usual "
        "unless you say it.",
    )
    command.add_argument(
        "weights", type=Path, metavar="WEIGHTS", help="a state dict in safetensors, or an NPZ file"
    )
    command.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="DIR",
        help="write a checkpoint to this folder, or the experiment to this file if it ends with .toml",
    )
    command.add_argument("--dataset", default="", metavar="D", help="else the first one that fits")
    command.add_argument("--activation", metavar="A", help="after each hidden layer; by default relu")
    command.add_argument(
        "--output", metavar="A", help="after the last layer: none (by default), sigmoid or tanh"
    )
    command.add_argument("--loss", metavar="L", help="by default cross-entropy for classes")
    command.add_argument("--loss-scaling", metavar="S", help="of the squared error: sum, mean or half")
    command.add_argument(
        "--input-scaling",
        metavar="S",
        help="by default natural: pixels from 0 to 1 as of PyTorch's ToTensor(), other numbers as they are; "
        "signed is ToTensor() with Normalize((0.5,), (0.5,))",
    )
    command.add_argument(
        "--layout",
        default="",
        choices=("torch", "numpy"),
        help="how the weights lie, where the file does not tell: torch is (out, in), numpy (in, out)",
    )
    command.add_argument(
        "--set",
        action="append",
        default=[],
        dest="settings",
        metavar="KEY=VALUE",
        help="change a setting of the experiment, such as learning_rate=0.1",
    )
    command.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    command.set_defaults(run=_import)


def _import(options: argparse.Namespace) -> int:
    from mlpviz.data import load_dataset
    from mlpviz.files.models.opening import (
        all_sizes,
        assumptions,
        chosen,
        default_choices,
        experiment_of,
        likely_dataset,
    )
    from mlpviz.training import Trainer, parse_assignment
    from mlpviz.training.imported import the_reading

    named = load_dataset(options.dataset) if options.dataset else None
    sizes = all_sizes() if named is None else {(named.n_in, named.n_out)}
    weights = the_reading(options.weights, options.layout, sizes)
    given = {name: getattr(options, name) for name in _CHOICES if getattr(options, name) is not None}
    dataset = options.dataset or likely_dataset(weights)
    data = named or load_dataset(dataset)
    choices = chosen(default_choices(weights, dataset, data), **given)
    experiment = experiment_of(weights, choices, data)
    if options.settings:
        experiment = experiment.with_settings(dict(map(parse_assignment, options.settings)))
    trainer = Trainer(experiment)
    _write(options.out, trainer)
    report = {
        "weights": str(options.weights),
        "layout": weights.layout,
        "layers": [
            {"name": layer.name, "kind": layer.kind, "n_in": layer.n_in, "n_out": layer.n_out}
            for layer in weights.layers
        ],
        "understood": weights.sentences,
        "assumed": assumptions(weights, choices),
        "experiment": trainer.experiment.as_table(),
        "out": str(options.out),
    }
    print_json(report) if options.json else _print(report, trainer)
    return 0


def _write(out: Path, trainer: Any) -> None:
    from mlpviz.files import save_checkpoint
    from mlpviz.files.atomic import write_file
    from mlpviz.training import History

    if out.suffix.lower() != ".toml":
        save_checkpoint(out, trainer, History())
        return
    if out.is_dir():
        raise ValueError(f"{out} is a folder: give the name of a file that ends with .toml")
    weights = Path(trainer.experiment.initial_weights)
    if weights.is_relative_to(out.absolute().parent):  # then they can be moved together
        weights = weights.relative_to(out.absolute().parent)
    write_file(out, replace(trainer.experiment, initial_weights=str(weights)).to_toml().encode())


def _print(report: dict[str, Any], trainer: Any) -> None:
    print(f"{report['weights']}:")
    for sentence in (*report["understood"], *report["assumed"]):
        print(f"  {sentence}")
    experiment = trainer.experiment
    kinds = ", ".join(
        f"{layer.kind} {layer.units}" if layer.units else layer.kind for layer in experiment.layers
    )
    print(f"Network on {experiment.dataset}: {kinds}")
    print(f"Saved to {report['out']}")
    if not str(report["out"]).endswith(".toml"):
        print(f"How good it is, `mlpviz evaluate {report['out']}` tells.")
