"""The command line: parse, call, report."""

import argparse
import os
import sys
from collections.abc import Sequence

import mlpviz
from mlpviz.cli import compare, data, export, lesson, models, show, tell, train

COMMANDS = (
    "open",
    "train",
    "import",
    "evaluate",
    "compare",
    "list",
    "check",
    "explain",
    "inspect",
    "screenshot",
    "export",
    "reproduce",
    "lesson",
)


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
        "`mlpviz FILE` opens it on an experiment in TOML or a run that was saved.",
    )
    parser.add_argument("--version", action="version", version=f"mlpviz {mlpviz.__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for module in (show, train, models, compare, tell, data, export, lesson):
        module.add_commands(commands)
    return parser
