"""`mlpviz compare`: several runs trained in turn."""

import argparse
import math
import sys
from typing import Any

from mlpviz.cli.common import Interrupt, print_json, steps_in, with_bar
from mlpviz.figures.numbers import format_number


def add_commands(commands: Any) -> None:
    """Add the commands of this module to a parser's."""
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
    total = sum(min(steps_in(contender.trainer), most) for contender in contenders)
    with Interrupt() as interrupt:
        for _ in with_bar(iter(lambda: race.advance(goal), None), int(total)):
            if interrupt.came:
                break
    if interrupt.came:
        print("mlpviz: interrupted", file=sys.stderr)
        return 130
    rows = standings(race)
    said = remarks({contender.name: contender.experiment for contender in contenders})
    if options.json:
        by = {"comparison": names[0] if is_known else None, "title": comparison.title, "by": race.measure}
        print_json({**by, "remarks": said, "runs": rows})
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
            f"{row['name']:{width}}{row['steps']:9}{row['examples']:11}{format_number(row['seconds']):>9}"
            f"{row['train_loss']:10.4g}{training:>10}{test:>9}"
        )
    print(f"\nThe loss is the training examples': {_losses(rows)}. Training and test are accuracies.\n")
    for row in rows[1:]:
        print(f"{row['name']} differs from {rows[0]['name']}: {', '.join(row['differs']) or 'in nothing'}.")
    for row in rows:
        if row["message"]:
            print(f"{row['name']} diverged. {row['message']}")
    for remark in remarks:
        print(remark)


def _losses(rows: list[dict[str, Any]]) -> str:
    """What the loss is called, once where it is the same for all runs, or else with each run's name."""
    if len({row["loss"] for row in rows}) == 1:
        return str(rows[0]["loss"])
    return ", ".join(f"{row['loss']} of {row['name']}" for row in rows)
