"""Valid files of mlpviz's own formats, and of weights, for the fuzzing of their readers."""

import importlib.util
import io
import tempfile
import zipfile
from pathlib import Path

from fuzzing import Files, Sample

HERE = Path(__file__).resolve().parent


def weight_samples() -> list[Sample]:
    """Files of weights in every way of writing them."""
    path = HERE / "files" / "models" / "mutations.py"
    spec = importlib.util.spec_from_file_location("mutations", path)
    assert spec is not None
    assert spec.loader is not None
    mutations = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(mutations)
    tensors = [Sample({"m.safetensors": each}, "m.safetensors") for each in mutations.safetensors_files()]
    return [*tensors, *(Sample({"m.npz": each}, "m.npz") for each in mutations.npz_files())]


def run_samples() -> list[Sample]:
    """A saved run as a folder, and as one file, whose parts are damaged before or after they are packed."""
    from mlpviz.files import save_checkpoint
    from mlpviz.training import History, Trainer
    from mlpviz.training.presets import load_preset

    trainer, history = Trainer(load_preset("xor")), History()
    for step, _ in zip(trainer.steps(), range(20), strict=False):
        history.append(step)
    with tempfile.TemporaryDirectory() as folder:
        save_checkpoint(Path(folder) / "run", trainer, history)
        files = {path.name: path.read_bytes() for path in (Path(folder) / "run").iterdir()}
        save_checkpoint(Path(folder) / "run.mlpviz", trainer, history)
        packed = (Path(folder) / "run.mlpviz").read_bytes()
    return [Sample(files), Sample({"r.mlpviz": packed}, "r.mlpviz"), Sample(files, "r.mlpviz", packed_run)]


def packed_run(files: Files) -> Files:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return {"r.mlpviz": file.getvalue()}


def figure_samples() -> list[Sample]:
    """Pictures that carry a recipe."""
    from PIL import Image

    from mlpviz.files.pictures import svg_metadata, with_recipe
    from mlpviz.files.recipes import Recipe, View
    from mlpviz.training.presets import load_preset

    recipe = Recipe(View("cost"), load_preset("xor"), (), 20, False, 0, {"NumPy": "2"})
    image = Image.new("RGB", (4, 3), "white")
    png, pdf, gif = io.BytesIO(), io.BytesIO(), io.BytesIO()
    image.save(png, "PNG")
    image.save(pdf, "PDF")
    image.save(gif, "GIF", comment=recipe.to_json().encode())
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3">{svg_metadata(recipe)}</svg>'
    files = {
        "f.png": with_recipe(png.getvalue(), ".png", recipe),
        "f.pdf": with_recipe(pdf.getvalue(), ".pdf", recipe),
        "f.gif": gif.getvalue(),
        "f.svg": svg.encode(),
    }
    return [Sample({name: content}, name) for name, content in files.items()]


def experiment_samples() -> list[Sample]:
    """Experiments as TOML."""
    from mlpviz.training.presets import load_preset

    names = ("xor", "digits", "xor-by-hand", "spiral")
    return [Sample({"e.toml": load_preset(name).to_toml().encode()}, "e.toml") for name in names]


def read_weights(path: Path) -> object:
    """What opening a file of weights does first."""
    from mlpviz.files.models import looks_like_model
    from mlpviz.training import imported

    looks_like_model(path)
    return imported.read_weights(path)


def read_run(path: Path) -> object:
    """What opening a run does."""
    from mlpviz.files import is_run, load_run

    is_run(path)
    return load_run(path)


def read_figure(path: Path) -> object:
    """What opening a figure does before anything is trained."""
    from mlpviz.files.pictures import looks_like_picture, read_recipe

    looks_like_picture(path)
    return read_recipe(path)


def read_experiment(path: Path) -> object:
    """What opening an experiment does before anything is trained."""
    from mlpviz.training import Experiment

    return Experiment.read(path)
