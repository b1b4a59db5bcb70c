"""`mlpviz train`: one run, or one experiment from many seeds."""

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from mlpviz.cli.common import (
    DEFAULT_EXPERIMENT,
    Interrupt,
    add_experiment,
    changed,
    experiment_of,
    print_json,
    with_bar,
    with_progress,
)
from mlpviz.cli.data import add_data, check_reading_belongs, experiment_on


def add_commands(commands: Any) -> None:
    """Add the commands of this module to a parser's."""
    command = commands.add_parser("train", help="train without a window")
    add_experiment(command)
    command.set_defaults(experiment=None)  # to know whether it was given
    command.add_argument(
        "--resume",
        type=Path,
        metavar="RUN",
        help="go on with a saved run, bit for bit; it is saved in its place again, or to --out",
    )
    add_data(command, "learn from your own data; without EXPERIMENT, one is proposed")
    command.add_argument("--epochs", type=int, metavar="N", help="short for --set epochs=N")
    command.add_argument("--seed", type=int, metavar="N", help="short for --set seed=N")
    command.add_argument(
        "--out",
        type=Path,
        metavar="RUN",
        help="save the run to this folder, or as one file if it ends in .mlpviz; with --seeds, tables",
    )
    command.add_argument("--seeds", type=int, metavar="N", help="train from so many seeds, --seed the first")
    command.add_argument(
        "--jobs", type=int, metavar="J", help="with --seeds: so many at a time; otherwise as many as pay"
    )
    command.add_argument(
        "--learnt",
        type=float,
        metavar="A",
        help="with --seeds: the share of the training examples that must be right in the end to have learnt, "
        "such as 0.97; otherwise all of up to 20 examples, and 0.95 of more",
    )
    command.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    command.set_defaults(run=_train)


def _train(options: argparse.Namespace) -> int:
    from mlpviz.training import Trainer

    settings = [f"{name}={getattr(options, name)}" for name in ("epochs", "seed")]
    settings = [*options.settings, *(s for s in settings if not s.endswith("=None"))]
    if options.resume is not None:
        return _resume(options, settings)
    experiment = _experiment(options, settings)
    if options.seeds is not None:
        return _train_seeds(options, experiment)
    for name in ("jobs", "learnt"):
        if getattr(options, name) is not None:
            raise ValueError(f"--{name} belongs to --seeds: add --seeds 100, for instance")
    return _train_one(options, Trainer(experiment))


def _resume(options: argparse.Namespace, settings: list[str]) -> int:
    """Go on with a saved run: only what may change while a network trains can be other than it was."""
    from mlpviz.files import load_run
    from mlpviz.training import parse_assignment

    others = (("EXPERIMENT", options.experiment), ("--seeds", options.seeds), ("--data", options.data))
    for name, given in others:
        if given is not None:
            raise ValueError(f"--resume goes on with one saved run: leave out {name}")
    run = load_run(options.resume)
    trainer = run.trainer
    if trainer.divergence is not None:
        raise ValueError(f"{options.resume} cannot go on: {trainer.divergence.sentence}")
    for setting, value in map(parse_assignment, settings):
        trainer.change(setting, value)
    if trainer.finished:
        raise ValueError(
            f"{options.resume} has trained all of its {trainer.experiment.epochs} epochs: to go on, raise "
            f"them, such as --epochs {2 * trainer.experiment.epochs or 10}"
        )
    options.experiment = str(options.resume)
    options.out = options.out or options.resume
    return _train_one(options, trainer, run.history, run.seconds)


def _train_one(
    options: argparse.Namespace, trainer: Any, history: Any = None, seconds_before: float = 0.0
) -> int:
    from mlpviz.files import check_can_save, save_checkpoint
    from mlpviz.training import History

    if options.out is not None:
        check_can_save(options.out)
    history = History() if history is None else history
    start = time.perf_counter() - seconds_before
    with Interrupt() as interrupt:
        for step in with_progress(trainer):
            history.append(step)
            if interrupt.came:
                break
    seconds = time.perf_counter() - start
    if options.out is not None:
        save_checkpoint(options.out, trainer, history, seconds)
    if interrupt.came:
        kept = f"the run so far is in {options.out}" if options.out else "nothing was saved"
        print(f"mlpviz: interrupted at step {trainer.index}; {kept}", file=sys.stderr)
        return 130
    report = _report(options, trainer, history, seconds)
    print_json(report) if options.json else _print_report(report, trainer)
    return 0


def _experiment(options: argparse.Namespace, settings: list[str]) -> Any:
    """The experiment that is wanted; `options.experiment` is what it is called from here on."""
    check_reading_belongs(options)
    is_proposed = options.data is not None and options.experiment is None
    if options.experiment is None:
        options.experiment = DEFAULT_EXPERIMENT
    if options.data is None:
        return experiment_of(options.experiment, settings)
    if not is_proposed:
        return experiment_on(options, experiment_of(options.experiment, settings))
    experiment = changed(experiment_on(options, None), settings)
    options.experiment = experiment.title
    return experiment


def _train_seeds(options: argparse.Namespace, experiment: Any) -> int:
    from mlpviz.files import check_can_write
    from mlpviz.files.sweeps import SWEEP_FILES, save_sweep
    from mlpviz.training.sweep import seeds_of, sweep
    from mlpviz.training.sweep_report import as_table, as_text

    if options.seeds < 1:
        raise ValueError(f"--seeds must be at least 1, not {options.seeds}")
    if options.jobs is not None and options.jobs < 1:
        raise ValueError(f"--jobs must be at least 1, not {options.jobs}")
    if options.out is not None:
        check_can_write(options.out, SWEEP_FILES)
    seeds, results = seeds_of(experiment, options.seeds), []
    start = time.perf_counter()
    with Interrupt() as interrupt:
        coming = sweep(experiment, seeds, options.learnt, options.jobs, lambda: interrupt.came)
        for result in with_bar(coming, len(seeds), " seeds"):
            results.append(result)
    seconds = time.perf_counter() - start
    if results:
        if options.out is not None:
            save_sweep(options.out, experiment, results)
        report = as_table(
            options.experiment or DEFAULT_EXPERIMENT, experiment, results, options.learnt, seconds
        )
        report["out"] = None if options.out is None else str(options.out)
        print_json(report) if options.json else print(as_text(report))
    if len(results) < len(seeds):
        kept = f"; what is done is in {options.out}" if options.out is not None and results else ""
        print(f"mlpviz: interrupted after {len(results)} of {len(seeds)} seeds{kept}", file=sys.stderr)
        return 130
    return 0


def _report(options: argparse.Namespace, trainer: Any, history: Any, seconds: float) -> dict[str, Any]:
    from mlpviz.training.cautions import cautions
    from mlpviz.training.facts import facts, shown_by

    report: dict[str, Any] = {
        "experiment": options.experiment,
        "seed": trainer.experiment.seed,
        "epochs": trainer.experiment.epochs,
        "steps": trainer.index,
        "seconds": round(seconds, 3),
        "status": "finished" if trainer.divergence is None else "diverged",
        "diverged_step": None if trainer.divergence is None else trainer.divergence.step,
        "message": None if trainer.divergence is None else trainer.divergence.sentence,
    }
    for name, which in (("train", "training"), ("validation", "validation"), ("test", "test")):
        evaluation = trainer.evaluate(which)
        report[f"{name}_loss"] = None if evaluation is None else evaluation.loss
        report[f"{name}_accuracy"] = None if evaluation is None else evaluation.accuracy
    report["facts"] = {
        fact.key: {**fact.numbers, "sentence": fact.sentence} for fact in facts(shown_by(trainer, history))
    }
    report["cautions"] = [
        finding.text for finding in cautions(trainer.dataset, trainer.splits, trainer.network)
    ]
    report["out"] = None if options.out is None else str(options.out)
    return report


def _print_report(report: dict[str, Any], trainer: Any) -> None:
    print(f"{trainer.experiment.title}: {report['steps']} steps in {report['seconds']:.1f} s")
    if report["message"]:
        print(f"Diverged: {report['message']}")
    for name, label in (("train", "training"), ("validation", "validation"), ("test", "test")):
        loss, accuracy = report[f"{name}_loss"], report[f"{name}_accuracy"]
        if loss is not None:
            percent = "" if accuracy is None else f", accuracy {100 * accuracy:.2f} %"
            print(f"  {label:10} loss {loss:.4g}{percent}")
    for fact in report["facts"].values():
        print(f"  {fact['sentence']}")
    for caution in report["cautions"]:
        print(f"  Caution: {caution}")
    if report["out"]:
        print(f"Saved to {report['out']}")
