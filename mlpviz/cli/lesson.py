"""`mlpviz lesson`: a teacher's own lessons checked, and handouts."""

import argparse
from pathlib import Path
from typing import Any


def add_commands(commands: Any) -> None:
    """Add the commands of this module to a parser's."""
    command = commands.add_parser("lesson", help="check a lesson, or make a handout of it")
    verbs = command.add_subparsers(title="what to do", required=True, metavar="VERB")
    check = verbs.add_parser("check", help="see whether it can be read, and whether what it claims is so")
    check.add_argument("file", metavar="FILE", help="a lesson's file or name")
    check.set_defaults(run=_check)
    export = verbs.add_parser("export", help="a handout: text, formulas and the pictures of each step")
    export.add_argument("file", metavar="NAME", help="a lesson's name or file")
    export.add_argument("out", type=Path, metavar="OUT", help="ending in .html or .pdf")
    export.add_argument("--answers", action="store_true", help="with the answers, for the teacher")
    export.set_defaults(run=_export)


def _check(options: argparse.Namespace) -> int:
    from mlpviz.lessons.claims import experiment_of, look, trained
    from mlpviz.lessons.shelf import find_lesson
    from mlpviz.lessons.trying import faults

    lesson = find_lesson(options.file)
    findings = [look(claim, trained(experiment_of(claim), claim.steps)) for claim in lesson.claims]
    for finding in findings:
        print(f"line {finding.claim.line}: {finding.sentence}")
    wrong = sum(not finding.holds for finding in findings)
    found = list(faults(lesson))
    for fault in found:
        print(fault)
    claims = f"{len(findings)} claims, {f'{wrong} do not hold' if wrong else 'all hold'}"
    steps = f"{len(found)} faults" if found else "all can be done and answered"
    print(f"{lesson.title}: {claims}; {len(lesson.steps)} steps, {steps}")
    return 1 if wrong or found else 0


def _export(options: argparse.Namespace) -> int:
    from mlpviz.files.atomic import write_file
    from mlpviz.gui.figures.headless import headless_application
    from mlpviz.lessons.shelf import find_lesson

    lesson = find_lesson(options.file)
    with headless_application():
        from mlpviz.gui.handout import check_handout, handout

        check_handout(options.out)
        if not options.out.parent.is_dir():
            raise ValueError(f"{options.out}: there is no folder {options.out.parent}")
        write_file(options.out, handout(lesson, options.out.suffix.lower(), options.answers))
    return 0
