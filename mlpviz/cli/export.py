"""`mlpviz export` and `mlpviz reproduce`: pictures and numbers of a run, and the same picture once more."""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from mlpviz.cli.common import experiment_of, parse_size, with_bar

WHAT_HELP = (
    "weights, curves, loss, accuracy, gradients, boundary, units, cost, network, collapsed, biases, "
    "confusion, mistakes, classes, calibration, verdict, ways, stage or window; of a comparison "
    "compared-loss, compared-accuracy, compared-gradients, depth or differences; of many seeds seed-curves "
    "or seed-ends; or model, for PyTorch, NumPy, ONNX, or as a script"
)


def add_commands(commands: Any) -> None:
    """Add the commands of this module to a parser's."""
    command = commands.add_parser(
        "export", help="a picture of a run, or its numbers", description=f"WHAT is {WHAT_HELP}."
    )
    command.add_argument("source", metavar="RUN", help="a checkpoint, or an experiment's name or TOML file")
    command.add_argument("what", metavar="WHAT", help=WHAT_HELP)
    command.add_argument(
        "out",
        type=Path,
        metavar="OUT",
        help="ends in .png, .svg, .pdf, .gif, .csv, .npz, .npy",
    )
    command.add_argument("--steps", type=int, metavar="N", help="train so many steps first (an experiment)")
    command.add_argument("--layer", type=int, metavar="K", help="which layer, from 1, as on the screen")
    command.add_argument("--quantity", metavar="Q", help="weights, gradient, update or change")
    command.add_argument("--unit", type=int, metavar="J", help="one unit in detail, from 0")
    command.add_argument("--units", metavar="J,J,…", help="only these units, such as 3,7,10-12")
    command.add_argument("--measure", metavar="M", help="what gradients show, such as 'Update ratio'")
    command.add_argument("--split", choices=("training", "validation", "test"), help="which examples")
    command.add_argument("--digit", type=int, metavar="N", help="which example the stage is of, from 0")
    command.add_argument("--stage", type=int, metavar="K", help="which stage, from 0")
    command.add_argument("--page", metavar="P", help="which page the window shows")
    command.add_argument(
        "--choose",
        action="append",
        default=[],
        metavar="CONTROL=VALUE",
        help="set a control of the picture by its name, such as choice_order='by norm'",
    )
    command.add_argument("--seeds", type=int, default=20, metavar="N", help="of seed-curves and seed-ends")
    command.add_argument("--theme", choices=("light", "dark"), default="light")
    command.add_argument("--scale", type=float, default=1.0, metavar="S", help="of a PNG, 1 to 4")
    command.add_argument("--size", metavar="WxH", help="in pixels before scaling")
    command.add_argument(
        "--frames", type=int, default=60, metavar="N", help="of a film (.gif, or .mp4 with mlpviz[film])"
    )
    command.add_argument("--frame-ms", type=int, default=120, metavar="MS", help="how long each is shown")
    command.add_argument("--caption", metavar="TEXT", help="the words below; '' for none")
    command.set_defaults(run=_export)

    command = commands.add_parser("reproduce", help="make a picture again from the recipe it carries")
    command.add_argument("figure", type=Path, metavar="FIGURE", help="a PNG, SVG, PDF or GIF of mlpviz")
    command.add_argument(
        "-o", "--out", type=Path, metavar="OUT", help="where to; by default NAME-again beside FIGURE"
    )
    command.set_defaults(run=_reproduce)


def _export(options: argparse.Namespace) -> int:
    if options.what == "model":
        return _export_model(options)
    from mlpviz.files.atomic import write_file
    from mlpviz.files.recipes import View
    from mlpviz.gui.figures.headless import headless_application

    with headless_application(_screen_scale(options)):
        from mlpviz.gui.figures.catalogue import figure_entry
        from mlpviz.gui.figures.exporting import check_ending, exported
        from mlpviz.gui.figures.film import FILM_ENDINGS, check_film
        from mlpviz.gui.figures.wishes import choices_for

        _check_folder(options.out)
        is_film = options.out.suffix.lower() in FILM_ENDINGS
        if is_film:
            check_film(options.out.suffix.lower())
        else:
            check_ending(options.out)
        entry = figure_entry(options.what)
        width, height = entry.size if options.size is None else parse_size(options.size)
        names = ("layer", "quantity", "unit", "units", "measure", "split", "digit", "stage", "page")
        choices = choices_for(entry.name, {name: getattr(options, name) for name in names})
        choices |= dict(map(_choice, options.choose))
        view = View(entry.name, choices, options.theme, width, height, options.scale, options.caption)
        if entry.page in ("compare", "many_seeds"):
            run = _several(entry.page, options)
        elif is_film:
            return _film(_replay_of(options.source, options.steps), view, options)
        else:
            run = _run_of(options.source, options.steps, view)
        write_file(options.out, exported(view, run, options.out))
    return 0


def _screen_scale(options: argparse.Namespace) -> str:
    """Icons of the window are made of the screen's pixels: as fine as the picture, or fine for vectors."""
    if options.what != "window":
        return "1"
    return f"{options.scale:g}" if options.out.suffix.lower() not in (".svg", ".pdf") else "4"


def _export_model(options: argparse.Namespace) -> int:
    """The network itself, for other programs."""
    from mlpviz.files import is_run, load_checkpoint
    from mlpviz.files.models import MODEL_FORMATS, export_model

    if options.out.suffix.lower() not in MODEL_FORMATS:
        raise ValueError(f"{options.out}: a model ends in {', '.join(MODEL_FORMATS)}")
    _check_folder(options.out)
    if is_run(Path(options.source)):
        trainer = load_checkpoint(Path(options.source))
    else:
        replay = _replay_of(options.source, options.steps)
        for _ in with_bar(replay.steps(), replay.until):
            pass
        trainer = replay.trainer
    print(export_model(trainer, options.out))
    return 0


def _film(replay: Any, view: Any, options: argparse.Namespace) -> int:
    """The same picture at many steps, from the first to where the run stands."""
    from mlpviz.files.atomic import write_file
    from mlpviz.gui.figures.film import frame_steps, takes

    frames = frame_steps(replay.until, options.frames)
    view = replace(view, frames=frames, frame_ms=options.frame_ms)
    runs = [run for run in with_bar(takes(replay, frames), replay.until) if run is not None]
    write_file(options.out, _painted(view, runs, options.out.suffix.lower()))
    return 0


def _painted(view: Any, runs: Any, ending: str) -> bytes:
    """A film as the content of a file."""
    from mlpviz.gui.figures.film import Film

    film = Film(view, runs, ending)
    for _ in with_bar(film.paint(), len(film), " pictures"):
        pass
    return film.content


def _several(page: str, options: argparse.Namespace) -> Any:
    """What a page of several runs is to show: a ready-made comparison, or an experiment from many seeds."""
    from mlpviz.gui.figures.contents import content_again, raced
    from mlpviz.gui.figures.still import StillRun
    from mlpviz.training import History, Trainer
    from mlpviz.training.comparisons import load_comparison
    from mlpviz.training.sweep import seeds_of

    if page == "compare":
        comparison = load_comparison(options.source)
        experiment = comparison.runs[0].experiment
        steps = raced(comparison, None if options.steps is None else _checked_steps(options.steps))
    else:
        experiment = experiment_of(options.source, [])
        if options.steps is not None:
            raise ValueError("--steps: each seed is trained to the end of the experiment's epochs")
        seeds = list(seeds_of(experiment, options.seeds))
        told = {"experiment": experiment.to_toml(), "seeds": seeds, "asked": len(seeds), "share": None}
        steps = content_again(page, told)
    run = StillRun(Trainer(experiment), History())
    run.content = _last(steps)
    return run


def _last(steps: Any) -> Any:
    """The last of what comes, which is what the others led to."""
    *_, content = with_bar(steps, 0)
    return content


def _run_of(name: str, steps: int | None, view: Any) -> Any:
    """The run to be shown: of a checkpoint as it is, where that holds all there is to show."""
    from mlpviz.files import is_run, load_run
    from mlpviz.gui.figures.still import StillRun
    from mlpviz.gui.figures.taking import taken_from_replay

    if is_run(Path(name)) and steps is None and not _needs_the_way(view):
        saved = load_run(Path(name))
        return StillRun(saved.trainer, saved.history)
    replay = _replay_of(name, steps)
    for _ in with_bar(replay.steps(), replay.until):
        pass
    return taken_from_replay(replay)


def _replay_of(name: str, steps: int | None) -> Any:
    """The run that is to be trained again, up to where it stands."""
    from mlpviz.files import is_run, load_checkpoint
    from mlpviz.training.replay import Replay

    if not is_run(Path(name)):
        return Replay(experiment_of(name, []), until=_checked_steps(steps))
    if steps is not None:
        raise ValueError("--steps is for an experiment: a checkpoint stands at a step of its own")
    trainer = load_checkpoint(Path(name))
    return Replay(trainer.original, trainer.changes, trainer.index, trainer.divergence is not None)


def _needs_the_way(view: Any) -> bool:
    """Whether a picture shows what a checkpoint does not hold: the last step's gradients, or the path."""
    names = ("choice_gradient", "choice_update", "choice_edge_gradients")
    return view.figure in ("cost", "window") or any(view.choices.get(name) for name in names)


def _checked_steps(steps: int | None) -> int:
    if steps is not None and steps < 0:
        raise ValueError(f"--steps must be at least 0, not {steps}")
    return steps or 0


def _check_folder(out: Path) -> None:
    if not out.parent.is_dir():
        raise ValueError(f"{out}: there is no folder {out.parent}")


def _choice(text: str) -> tuple[str, Any]:
    """``"choice_order=by norm"`` as a control and a value: JSON, or else taken as words."""
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"--choose must be of the form CONTROL=VALUE, not {text!r}")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _reproduce(options: argparse.Namespace) -> int:
    from mlpviz.files.atomic import write_file
    from mlpviz.files.pictures import kind_of, read_recipe
    from mlpviz.files.recipes import SCREEN_SCALE
    from mlpviz.gui.figures.headless import headless_application

    recipe = read_recipe(options.figure)
    with headless_application(recipe.versions.get(SCREEN_SCALE, "1")):
        from mlpviz.gui.figures.catalogue import page_of
        from mlpviz.gui.figures.contents import content_again
        from mlpviz.gui.figures.exporting import picture_file
        from mlpviz.gui.figures.film import takes
        from mlpviz.gui.figures.reproducing import beside, other_here, replay_of, verdict
        from mlpviz.gui.figures.taking import taken_from_replay

        ending = options.figure.suffix.lower()
        out = options.out or beside(options.figure)
        if out.suffix.lower() != ending:
            raise ValueError(f"{out}: the picture is made again as it was, so its name must end in {ending}")
        _check_folder(out)
        old = options.figure.read_bytes()  # before OUT is written, which may be the same file
        if recipe.why_not:
            raise ValueError(f"{options.figure} cannot be made again: {recipe.why_not}")
        if kind_of(old) != ending:
            raise ValueError(
                f"{options.figure}: it is a file of the kind {kind_of(old)}: let its name end so"
            )
        replay = replay_of(recipe)
        if recipe.view.frames:
            runs = [each for each in with_bar(takes(replay, recipe.view.frames), replay.until) if each]
            new = _painted(recipe.view, runs, ending)
        else:
            for _ in with_bar(replay.steps(), replay.until):
                pass
            run = taken_from_replay(replay)
            if recipe.content:
                run.content = _last(content_again(page_of(recipe.view), recipe.content))
            new = picture_file(recipe.view, run, ending)
        write_file(out, new)
        same, sentence = verdict(old, new, ending, other_here(recipe))
    print(f"{out}: {sentence}")
    return 0 if same else 1
