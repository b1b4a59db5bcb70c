"""The command line: parse, call, report."""

import argparse
import json
import math
import os
import signal
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import mlpviz

COMMANDS = ("open", "train", "evaluate", "compare", "list", "check", "explain", "screenshot")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns 0, 1 for a failed check, 2 for bad input, 70 for a defect, 130 for Ctrl-C."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or (arguments[0] not in COMMANDS and not arguments[0].startswith("-")):
        arguments.insert(0, "open")  # `mlpviz FILE` is short for it
    options = _parser().parse_args(arguments)
    try:
        status = int(options.run(options))
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("mlpviz: interrupted", file=sys.stderr)
        return 130
    except (ValueError, OSError) as error:
        print(f"mlpviz: {error}", file=sys.stderr)
        return 2
    except MemoryError:
        print("mlpviz: there is not enough memory for this: try fewer units or examples", file=sys.stderr)
        return 2
    except Exception as error:
        if os.environ.get("MLPVIZ_DEBUG"):
            raise
        print(
            f"mlpviz: a defect in mlpviz, not in what you typed ({type(error).__name__}: {error}); "
            "MLPVIZ_DEBUG=1 shows where",
            file=sys.stderr,
        )
        return 70


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mlpviz",
        description="Watch a neural network learn. Without a command: open the window; "
        "`mlpviz FILE` opens it on an experiment in TOML or a checkpoint.",
    )
    parser.add_argument("--version", action="version", version=f"mlpviz {mlpviz.__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    command = commands.add_parser("open", help="open the window")
    command.add_argument("file", nargs="?", metavar="FILE", help="an experiment or a checkpoint")
    command.set_defaults(run=_open)

    command = commands.add_parser("train", help="train without a window")
    _add_experiment(command)
    command.add_argument("--epochs", type=int, metavar="N", help="short for --set epochs=N")
    command.add_argument("--seed", type=int, metavar="N", help="short for --set seed=N")
    command.add_argument(
        "--out", type=Path, metavar="DIR", help="write a checkpoint to this folder; with --seeds, tables"
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

    command = commands.add_parser("evaluate", help="accuracy, loss and confusion of a trained network")
    command.add_argument(
        "checkpoint", type=Path, metavar="CHECKPOINT", help="a folder written by train --out"
    )
    command.add_argument(
        "--split", choices=("training", "validation", "test", "all"), default="all", help="by default all"
    )
    command.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    command.set_defaults(run=_evaluate)
    command = commands.add_parser("compare", help="train several runs in turn and lay them side by side")
    command.add_argument(
        "names", nargs="+", metavar="NAME", help="a comparison's name, or two or more experiments"
    )
    command.add_argument(
        "--by", choices=("steps", "examples", "seconds"), help="what keeps the runs level; steps by default"
    )
    command.add_argument("--epochs", type=int, metavar="N", help="how often each goes through its examples")
    command.add_argument("--steps", type=int, metavar="N", help="stop each run after so many steps")
    command.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    command.set_defaults(run=_compare)

    command = commands.add_parser("list", help="what there is")
    command.add_argument(
        "what", choices=("experiments", "comparisons", "datasets", "layers", "losses", "optimizers")
    )
    command.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    command.set_defaults(run=_list)

    command = commands.add_parser("check", help="compare gradients with central differences")
    _add_experiment(command)
    command.add_argument(
        "--entries",
        type=int,
        default=1000,
        metavar="N",
        help="how many entries of each array to check, drawn at random beside the largest; 0 for all",
    )
    command.add_argument(
        "--examples", type=int, default=10, metavar="N", help="how many training examples to check on"
    )
    command.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    command.set_defaults(run=_check)

    command = commands.add_parser("explain", help="one example through the network and back, as text")
    command.add_argument("file", metavar="CHECKPOINT_OR_EXPERIMENT")
    command.add_argument("--digit", type=int, default=0, metavar="N", help="which example, from 0")
    command.add_argument(
        "--split", choices=("training", "validation", "test"), help="where it is from; test, if there is one"
    )
    command.add_argument("--stage", type=int, metavar="K", help="only this stage, from 0")
    command.add_argument("--unit", type=int, metavar="J", help="the unit whose numbers are put in")
    command.add_argument("--source", type=int, metavar="I", help="the input of that unit, where there is one")
    command.add_argument("--steps", type=int, default=0, metavar="N", help="train so many steps first")
    command.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    command.set_defaults(run=_explain)

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
    return parser


def _add_experiment(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "experiment", nargs="?", default="digits", metavar="EXPERIMENT", help="a preset's name or a TOML file"
    )
    command.add_argument(
        "--set",
        action="append",
        default=[],
        dest="settings",
        metavar="KEY=VALUE",
        help="change a setting, such as learning_rate=0.1 or layers.0.units=30",
    )


def _open(options: argparse.Namespace) -> int:
    from mlpviz.gui.application import run

    return run(options.file)


def _train(options: argparse.Namespace) -> int:
    from mlpviz.files import check_can_write, save_checkpoint
    from mlpviz.files.checkpoints import CHECKPOINT_FILES
    from mlpviz.training import History, Trainer

    settings = [f"{name}={getattr(options, name)}" for name in ("epochs", "seed")]
    settings = [*options.settings, *(s for s in settings if not s.endswith("=None"))]
    experiment = _experiment(options.experiment, settings)
    if options.seeds is not None:
        return _train_seeds(options, experiment)
    for name in ("jobs", "learnt"):
        if getattr(options, name) is not None:
            raise ValueError(f"--{name} belongs to --seeds: add --seeds 100, for instance")
    trainer = Trainer(experiment)
    if options.out is not None:
        check_can_write(options.out, CHECKPOINT_FILES)
    history = History()
    start = time.perf_counter()
    with _Interrupt() as interrupt:
        for step in _with_progress(trainer):
            history.append(step)
            if interrupt.came:
                break
    seconds = time.perf_counter() - start
    if options.out is not None:
        save_checkpoint(options.out, trainer, history)
    if interrupt.came:
        kept = f"the run so far is in {options.out}" if options.out else "nothing was saved"
        print(f"mlpviz: interrupted at step {trainer.index}; {kept}", file=sys.stderr)
        return 130
    report = _report(options, trainer, history, seconds)
    _print_json(report) if options.json else _print_report(report, trainer)
    return 0


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
    with _Interrupt() as interrupt:
        coming = sweep(experiment, seeds, options.learnt, options.jobs, lambda: interrupt.came)
        for result in _with_bar(coming, len(seeds), " seeds"):
            results.append(result)
    seconds = time.perf_counter() - start
    if results:
        if options.out is not None:
            save_sweep(options.out, experiment, results)
        report = as_table(options.experiment, experiment, results, options.learnt, seconds)
        report["out"] = None if options.out is None else str(options.out)
        _print_json(report) if options.json else print(as_text(report))
    if len(results) < len(seeds):
        kept = f"; what is done is in {options.out}" if options.out is not None and results else ""
        print(f"mlpviz: interrupted after {len(results)} of {len(seeds)} seeds{kept}", file=sys.stderr)
        return 130
    return 0


class _Interrupt:
    """Ctrl-C while inside: noted, so that the step under way is finished and what there is can be saved."""

    def __enter__(self) -> "_Interrupt":
        self.came = False
        self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def _note(self, number: int, frame: object) -> None:
        self.came = True

    def __exit__(self, *error: object) -> None:
        signal.signal(signal.SIGINT, self._before)


def _with_progress(trainer: Any) -> Any:
    """The trainer's steps, with a progress bar where a person is looking."""
    return _with_bar(trainer.steps(), _steps_in(trainer))


def _with_bar(items: Iterable[Any], total: int, unit: str = " steps") -> Iterable[Any]:
    """Items one by one, with a progress bar where a person is looking."""
    if not sys.stderr.isatty():
        return items
    from tqdm import tqdm

    return tqdm(items, total=total, unit=unit, dynamic_ncols=True, leave=False)


def _steps_in(trainer: Any) -> int:
    """How many steps a run has, from its beginning to its end."""
    n = len(trainer.splits.training)
    return int(trainer.experiment.epochs * math.ceil(n / (trainer.experiment.batch_size or n)))


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


def _evaluate(options: argparse.Namespace) -> int:
    from mlpviz.files import load_trained
    from mlpviz.training.blas import use_blas_threads
    from mlpviz.training.report import as_text, report

    trainer = load_trained(options.checkpoint)
    use_blas_threads(trainer.experiment.blas_threads)
    told = report(trainer, options.split)
    _print_json(told) if options.json else print(as_text(told))
    return 0


def _compare(options: argparse.Namespace) -> int:
    from mlpviz.training import Trainer
    from mlpviz.training.comparisons import comparison_names, load_comparison, of_experiments
    from mlpviz.training.differences import remarks
    from mlpviz.training.race import Contender, Race, batches_each
    from mlpviz.training.standings import standings

    if options.steps is not None and options.steps < 1:
        raise ValueError(f"--steps must be at least 1, not {options.steps}")
    names = options.names
    is_known = len(names) == 1 and names[0] in comparison_names()
    comparison = load_comparison(names[0]) if is_known else of_experiments(names, options.by or "steps")
    settings = {} if options.epochs is None else {"epochs": options.epochs}
    contenders = [Contender(r.name, Trainer(r.experiment.with_settings(settings))) for r in comparison.runs]
    race = Race(contenders, options.by or comparison.measure)
    goal = None if options.steps is None else batches_each(contenders, options.steps)
    most = math.inf if options.steps is None else options.steps
    total = sum(min(_steps_in(contender.trainer), most) for contender in contenders)
    with _Interrupt() as interrupt:
        for _ in _with_bar(iter(lambda: race.advance(goal), None), int(total)):
            if interrupt.came:
                break
    if interrupt.came:
        print("mlpviz: interrupted", file=sys.stderr)
        return 130
    rows = standings(race)
    said = remarks({contender.name: contender.experiment for contender in contenders})
    if options.json:
        by = {"comparison": names[0] if is_known else None, "title": comparison.title, "by": race.measure}
        _print_json({**by, "remarks": said, "runs": rows})
    else:
        _print_standings(comparison.title, rows, said)
    return 0


def _print_standings(title: str, rows: list[dict[str, Any]], remarks: list[str]) -> None:
    width = max(len(row["name"]) for row in rows)
    print(f"{title}\n")
    print(f"{'':{width}}{'steps':>9}{'examples':>11}{'seconds':>9}{'loss':>10}{'training':>10}{'test':>9}")
    for row in rows:
        training, test = (
            "" if row[key] is None else f"{100 * row[key]:.2f} %"
            for key in ("train_accuracy", "test_accuracy")
        )
        print(
            f"{row['name']:{width}}{row['steps']:9}{row['examples']:11}{row['seconds']:9.1f}"
            f"{row['train_loss']:10.4g}{training:>10}{test:>9}"
        )
    print()
    for row in rows[1:]:
        print(f"{row['name']} differs from {rows[0]['name']}: {', '.join(row['differs']) or 'in nothing'}.")
    for row in rows:
        if row["message"]:
            print(f"{row['name']} diverged. {row['message']}")
    for remark in remarks:
        print(remark)


def _list(options: argparse.Namespace) -> int:
    entries = _entries(options.what)
    if options.json:
        _print_json({options.what: [{"name": name, "title": title} for name, title in entries.items()]})
    else:
        width = max(map(len, entries))
        for name, title in entries.items():
            print(f"{name:{width}}  {title}")
    return 0


def _entries(what: str) -> dict[str, str]:
    from mlpviz.data import DATASETS, load_dataset
    from mlpviz.nn import LAYERS, LOSSES, OPTIMIZERS, sentence
    from mlpviz.training.comparisons import comparison_names, load_comparison
    from mlpviz.training.presets import load_preset, preset_names

    if what == "experiments":
        return {name: load_preset(name).title for name in preset_names()}
    if what == "comparisons":
        return {name: load_comparison(name).title for name in comparison_names()}
    if what == "datasets":
        return {name: load_dataset(name).description for name in DATASETS}
    tables: dict[str, dict[str, Any]] = {"layers": LAYERS, "losses": LOSSES, "optimizers": OPTIMIZERS}
    return {name: sentence(kind) for name, kind in tables[what].items()}


def _check(options: argparse.Namespace) -> int:
    from mlpviz.nn import check_gradients
    from mlpviz.training import Trainer
    from mlpviz.training.blas import use_blas_threads

    if options.examples < 1 or options.entries < 0:
        raise ValueError("--examples must be at least 1, and --entries at least 0 (all of them)")
    trainer = Trainer(_experiment(options.experiment, options.settings))
    use_blas_threads(trainer.experiment.blas_threads)
    x, targets = trainer.splits.training.batch(slice(0, options.examples))
    training = len(x) > 1  # batch normalisation needs more than one example
    checks = check_gradients(
        trainer.network, x, targets, trainer.loss, entries=options.entries or None, training=training
    )
    kinds = [layer.kind for layer in trainer.experiment.layers]
    if options.json:
        arrays = [{**asdict(check), "kind": kinds[check.layer], "passed": check.passed} for check in checks]
        _print_json({"experiment": options.experiment, "examples": len(x), "arrays": arrays})
    else:
        print(f"Gradients of {len(x)} examples against central differences in float64, h = 1e-05.")
        print("error: largest |analytic − central| over the array's largest |gradient|\n")
        print(
            f"{'layer':16}{'parameter':11}{'shape':12}{'largest':>11}{'error':>11}{'checked':>9}{'kinks':>7}"
        )
        for check in checks:
            layer = f"{check.layer} {kinds[check.layer]}"
            shape = " x ".join(map(str, check.shape))
            print(
                f"{layer:16}{check.name:11}{shape:12}{check.largest:11.3g}{check.error:11.2g}"
                f"{check.checked:9}{check.kinks:7}  {'ok' if check.passed else 'WRONG'}"
            )
    return 0 if all(check.passed for check in checks) else 1


def _explain(options: argparse.Namespace) -> int:
    from mlpviz.walkthrough.example import choose_each, follow, trainer_at
    from mlpviz.walkthrough.narration import narrate, readable

    trainer = trainer_at(_trainer(options.file), options.steps)
    example, walkthrough = follow(trainer, options.digit, options.split)
    stages = list(walkthrough.stages)
    if options.stage is not None:
        if not 0 <= options.stage < len(stages):
            raise ValueError(f"--stage must be from 0 to {len(stages) - 1}, not {options.stage}")
        stages = [stages[options.stage]]
    choices = choose_each(walkthrough, stages, options.unit, options.source)
    if options.json:
        told = [
            {
                "index": stage.index,
                "phase": stage.phase,
                "operation": stage.operation,
                "title": stage.title,
                "formula": stage.formula,
                "worked": readable(stage.worked(choice)),
                "sentence": stage.words(choice),
                "quantities": [
                    {"name": q.name, "shape": list(q.values.shape), "values": q.values.tolist()}
                    for q in stage.quantities
                ],
            }
            for stage, choice in zip(stages, choices, strict=True)
        ]
        _print_json({"example": asdict(example), "loss": walkthrough.trace.loss, "stages": told})
        return 0
    label = "" if example.label is None else f"label {example.label}, "
    print(f"Example {example.index} of the {example.split} split, {label}{example.answer}\n")
    for stage, choice in zip(stages, choices, strict=True):
        print(narrate(stage, choice, len(walkthrough.stages)), end="\n\n")
    return 0


def _trainer(name_or_path: str) -> Any:
    """The trainer of a checkpoint folder, or a fresh one of an experiment."""
    from mlpviz.files import load_checkpoint
    from mlpviz.training import Trainer

    path = Path(name_or_path)
    return load_checkpoint(path) if path.is_dir() else Trainer(_experiment(name_or_path, []))


def _screenshot(options: argparse.Namespace) -> int:
    from mlpviz.gui.screenshot import save_screenshot

    width, cross, height = options.size.partition("x")
    if not (cross and width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise ValueError(f"--size must be of the form WIDTHxHEIGHT, such as 1440x900, not {options.size!r}")
    if not 0.5 <= options.scale <= 4:
        raise ValueError(f"--scale must be from 0.5 to 4, not {options.scale:g}")
    if options.steps < 0:
        raise ValueError(f"--steps must be at least 0, not {options.steps}")
    save_screenshot(
        options.out,
        experiment=_experiment(options.experiment, []),
        page=options.page,
        steps=options.steps,
        digit=options.digit,
        stage=options.stage,
        comparison=options.comparison,
        size=(int(width), int(height)),
        theme=options.theme,
        scale=options.scale,
    )
    return 0


def _experiment(name_or_path: str, settings: Sequence[str]) -> Any:
    from mlpviz.training import parse_assignment
    from mlpviz.training.presets import find_experiment

    experiment = find_experiment(name_or_path)
    return experiment.with_settings(dict(map(parse_assignment, settings))) if settings else experiment


def _print_json(value: Any) -> None:
    print(json.dumps(_strict(value), allow_nan=False))


def _strict(value: Any) -> Any:
    """The value with null in place of what JSON has no number for."""
    if isinstance(value, dict):
        return {key: _strict(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_strict(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
