"""Networks written for use elsewhere: for PyTorch, for NumPy, as ONNX, and as a script."""

import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy

from mlpviz.files.atomic import write_file
from mlpviz.files.models.opening import EXPERIMENT_KEY
from mlpviz.files.models.sequential import sequential_source, state_dict
from mlpviz.training import Trainer
from mlpviz.training.array_files import AnyArray
from mlpviz.training.imported import LAYOUT_KEY

MODEL_FORMATS: dict[str, str] = {
    ".safetensors": "PyTorch: the state dict of an nn.Sequential",
    ".npz": "NumPy: arrays by name",
    ".onnx": "ONNX: the whole network, input scaling included",
    ".py": "Python: a script that rebuilds the network with NumPy alone",
}
"""The endings of files that a network can be written to, and what each is."""


def export_model(trainer: Trainer, out: Path) -> str:
    """Write the network as it is now, in the format that the ending of `out` names.

    Parameters
    ----------
    trainer
        No step of it may be under way.
    out
        A name that ends with one of `MODEL_FORMATS`. A file of that name is replaced.

    Returns
    -------
    str
        One sentence that says what was written, and how to use it.

    Raises
    ------
    ValueError
        If the ending is another one, or a package is missing.
    OSError
        If the file cannot be written; an old one is then still whole.
    """
    suffix = out.suffix.lower()
    if suffix not in _WRITERS:
        known = ", ".join(MODEL_FORMATS)
        raise ValueError(f"{out}: a model is written by its ending, one of {known}, not {suffix or 'none'!r}")
    return _WRITERS[suffix](trainer, out)


def _write_torch(trainer: Trainer, out: Path) -> str:
    source = sequential_source(trainer.network)
    metadata = {"format": "pt", LAYOUT_KEY: "torch", "sequential": source, **_about(trainer)}
    write_file(out, safetensors.numpy.save(state_dict(trainer.network, trainer.index), metadata))
    return (
        f"Wrote the state dict to {out}: load it with `model = {source}` and "
        f"`model.load_state_dict(safetensors.torch.load_file({out.name!r}))`; {inputs_words(trainer)}."
    )


def _write_npz(trainer: Trainer, out: Path) -> str:
    arrays = named_arrays(trainer)
    words = {LAYOUT_KEY: "numpy", **_about(trainer)}
    write_file(out, npz({**arrays, **{name: np.array(text) for name, text in words.items()}}))
    return (
        f"Wrote {len(arrays)} arrays to {out}: `numpy.load({out.name!r})['0.weight']` is the first weight, "
        f"(in, out), as in x @ weight + bias; {inputs_words(trainer)}."
    )


def _write_onnx(trainer: Trainer, out: Path) -> str:
    from mlpviz.files.models.onnx_writing import onnx_bytes

    content, outputs = onnx_bytes(trainer)
    write_file(out, content)
    return (
        f"Wrote the network to {out}: it takes the {trainer.dataset.n_in} numbers of an example as they are "
        f"stored, float32, and gives {outputs}; the input scaling is part of it."
    )


def _write_script(trainer: Trainer, out: Path) -> str:
    from mlpviz.files.models.script_writing import script

    text, arrays = script(trainer, f"{out.stem}_weights.npz")
    if arrays:
        beside = out.with_name(f"{out.stem}_weights.npz")
        write_file(beside, npz(arrays))
        write_file(out, text.encode())
        return (
            f"Wrote {out} and its weights to {beside}: run it with `python {out.name}`; it needs NumPy alone."
        )
    write_file(out, text.encode())
    return f"Wrote {out}, the weights in it: run it with `python {out.name}`; it needs NumPy alone."


_WRITERS: dict[str, Callable[[Trainer, Path], str]] = {
    ".safetensors": _write_torch,
    ".npz": _write_npz,
    ".onnx": _write_onnx,
    ".py": _write_script,
}


def named_arrays(trainer: Trainer) -> dict[str, AnyArray]:
    """All parameters and statistics by position and name, such as ``0.weight``, (in, out)."""
    return {
        f"{i}.{name}": array
        for i, layer in enumerate(trainer.network.layers)
        for name, array in {**layer.params, **layer.statistics}.items()
    }


def npz(arrays: Mapping[str, AnyArray]) -> bytes:
    """Arrays as the content of an NPZ file."""
    file = io.BytesIO()
    np.savez(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def inputs_words(trainer: Trainer) -> str:
    """What the network wants as its inputs, in words."""
    name, split = trainer.experiment.input_scaling, trainer.splits.training
    if isinstance(split.shift, np.ndarray):
        return f"its inputs are scaled ({name}: each input has its own mean and deviation)"
    if split.shift == 0 and split.factor == 1:
        return "its inputs are the numbers as they are stored"
    shift = f" − {float(split.shift):g}" if split.shift else ""
    return f"its inputs are (stored{shift}) · {float(split.factor):.9g}"


def _about(trainer: Trainer) -> dict[str, str]:
    """What a file of weights cannot tell by itself, as metadata."""
    experiment = trainer.experiment
    table: dict[str, Any] = {
        key: getattr(experiment, key) for key in ("title", "dataset", "loss", "loss_scaling", "input_scaling")
    }
    table["layers"] = [{"kind": layer.kind, **_kept(layer.options)} for layer in experiment.layers]
    split = trainer.splits.training
    scaling = {"shift": np.asarray(split.shift).tolist(), "factor": np.asarray(split.factor).tolist()}
    return {EXPERIMENT_KEY: json.dumps(table), "input": json.dumps({"(stored - shift) * factor": scaling})}


def _kept(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a layer but for how its weights were drawn."""
    return {name: value for name, value in options.items() if "initializer" not in name}
