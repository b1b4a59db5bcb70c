"""Commands that tell: evaluate, list, check and explain."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mlpviz.cli.common import add_experiment, experiment_of, print_json, trainer_of
from mlpviz.cli.data import add_data, check_reading_belongs, report_on_data


def add_commands(commands: Any) -> None:
    """Add the commands of this module to a parser's."""
    command = commands.add_parser("evaluate", help="accuracy, loss and confusion of a trained network")
    command.add_argument(
        "checkpoint", type=Path, metavar="CHECKPOINT", help="a run that was saved: a folder or a .mlpviz file"
    )
    command.add_argument(
        "--split",
        choices=("training", "validation", "test", "all"),
        help="by default a table of all, and the details of test, or else of the last",
    )
    add_data(command, "judge it on your own data instead: a file or folder with the same inputs and classes")
    command.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    command.set_defaults(run=_evaluate)

    command = commands.add_parser("list", help="what there is")
    command.add_argument(
        "what",
        choices=("experiments", "comparisons", "datasets", "layers", "losses", "optimizers", "lessons"),
    )
    command.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    command.set_defaults(run=_list)

    command = commands.add_parser("check", help="compare gradients with central differences")
    add_experiment(command)
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


def _evaluate(options: argparse.Namespace) -> int:
    from mlpviz.files import load_trained
    from mlpviz.training.blas import use_blas_threads
    from mlpviz.training.report import as_text, report

    check_reading_belongs(options)
    if options.data is not None and options.split is not None:
        raise ValueError("--split chooses examples of the run, --data other ones: leave one of them out")
    trainer = load_trained(options.checkpoint)
    use_blas_threads(trainer.experiment.blas_threads)
    told = (
        report(trainer, options.split or "all") if options.data is None else report_on_data(options, trainer)
    )
    if options.json:
        print_json(told)
    else:
        print(as_text(told, in_detail=None if options.split else list(told["splits"])[-1]))
    return 0


def _list(options: argparse.Namespace) -> int:
    entries = _entries(options.what)
    if options.json:
        print_json({options.what: [{"name": name, "title": title} for name, title in entries.items()]})
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
    if what == "lessons":
        from mlpviz.lessons.shelf import all_lessons

        return {lesson.name: lesson.title for lesson in all_lessons()[0]}
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
    trainer = Trainer(experiment_of(options.experiment, options.settings))
    use_blas_threads(trainer.experiment.blas_threads)
    x, targets = trainer.splits.training.batch(slice(0, options.examples))
    training = len(x) > 1  # batch normalisation needs more than one example
    checks = check_gradients(
        trainer.network, x, targets, trainer.loss, entries=options.entries or None, training=training
    )
    kinds = [layer.kind for layer in trainer.experiment.layers]
    if options.json:
        arrays = [{**asdict(check), "kind": kinds[check.layer], "passed": check.passed} for check in checks]
        print_json({"experiment": options.experiment, "examples": len(x), "arrays": arrays})
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

    trainer = trainer_at(trainer_of(options.file), options.steps)
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
        print_json({"example": asdict(example), "loss": walkthrough.trace.loss, "stages": told})
        return 0
    label = "" if example.label is None else f"label {example.label}, "
    print(f"Example {example.index} of the {example.split} split, {label}{example.answer}\n")
    for stage, choice in zip(stages, choices, strict=True):
        print(narrate(stage, choice, len(walkthrough.stages)), end="\n\n")
    return 0
