"""`mlpviz lesson`: a teacher's own lessons, checked."""

import argparse
from typing import Any


def add_commands(commands: Any) -> None:
    """Add the commands of this module to a parser's."""
    command = commands.add_parser("lesson", help="check a lesson")
    verbs = command.add_subparsers(title="what to do", required=True, metavar="VERB")
    check = verbs.add_parser("check", help="see whether it can be read, and whether what it claims is so")
    check.add_argument("file", metavar="FILE", help="a lesson's file or name")
    check.set_defaults(run=_check)


def _check(options: argparse.Namespace) -> int:
    from mlpviz.lessons.claims import experiment_of, look, trained
    from mlpviz.lessons.shelf import find_lesson

    lesson = find_lesson(options.file)
    findings = [look(claim, trained(experiment_of(claim), claim.steps)) for claim in lesson.claims]
    for finding in findings:
        print(f"line {finding.claim.line}: {finding.sentence}")
    wrong = sum(not finding.holds for finding in findings)
    told = f"{len(lesson.steps)} steps, {len(findings)} claims"
    print(f"{lesson.title}: {told}, {f'{wrong} do not hold' if wrong else 'all hold'}")
    return 1 if wrong else 0
