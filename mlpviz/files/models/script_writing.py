"""A network as a Python script that a learner can read: NumPy alone, a line or two for each operation."""

import json
from string import Template

import numpy as np

from mlpviz.nn import (
    Affine,
    BatchNorm,
    BinaryCrossEntropy,
    Dropout,
    Layer,
    LeakyReLU,
    Linear,
    ReLU,
    Sigmoid,
    SoftmaxCrossEntropy,
    Tanh,
)
from mlpviz.training import Trainer
from mlpviz.training.array_files import AnyArray

MOST_EMBEDDED = 200
"""So many numbers can stand in the script itself; more go into an NPZ file beside it."""

_SCRIPT = Template('''\
"""$title: a trained network, rebuilt with NumPy alone. Written by mlpviz."""
$imports
import numpy as np

$load

# ---- The network: rows of x are examples, and the inputs are the numbers as they are stored.


def network(x):
$lines
    return x


$helpers# ---- An example: number $index of the $which examples.

x = $example
scores = network(x)
print("scores:", scores[0])
$answer''')


def script(trainer: Trainer, beside: str) -> tuple[str, dict[str, AnyArray]]:
    """The script's text, and the arrays for a file `beside` it; none where it holds them itself."""
    arrays = _arrays(trainer)
    which, example = _example(trainer)
    embedded = sum(array.size for array in arrays.values()) + example.size <= MOST_EMBEDDED
    if embedded:
        load = "\n".join(f"{name} = {_literal(array)}" for name, array in arrays.items()) + "\n"
    else:
        load = f"with np.load(Path(__file__).with_name({_text(beside)})) as file:\n    weights = dict(file)\n"
        load += "\n".join(f'{name} = weights["{name}"]' for name in arrays) + "\n"
        arrays["example"] = example
    text = _SCRIPT.substitute(
        title=_quoted(trainer.experiment.title),
        imports="" if embedded else "\nfrom pathlib import Path\n",
        load=load,
        lines="\n".join(f"    {line}" for line in _lines(trainer)),
        helpers=_helpers(trainer),
        index=0,
        which=which,
        example=_literal(example) if embedded else 'weights["example"]',
        answer=_answer(trainer, which),
    )
    return text, {} if embedded else arrays


def _arrays(trainer: Trainer) -> dict[str, AnyArray]:
    """Every array that the script needs, by the name of its variable."""
    split = trainer.splits.training
    arrays: dict[str, AnyArray] = {}
    for name, array in (("shift", np.asarray(split.shift)), ("factor", np.asarray(split.factor))):
        if array.ndim:
            arrays[name] = array
    for number, layer in _numbered(trainer):
        if isinstance(layer, Linear):
            arrays[f"W{number}"] = layer.weight
            if isinstance(layer, Affine):
                arrays[f"b{number}"] = layer.bias
        elif isinstance(layer, BatchNorm):
            arrays |= {
                f"{name}{number}": array for name, array in {**layer.params, **layer.statistics}.items()
            }
    return arrays


def _numbered(trainer: Trainer) -> list[tuple[int, Layer]]:
    """Each layer with the number of the layer of weighted sums that it belongs to."""
    numbered, number = [], 0
    for layer in trainer.network.layers:
        number += isinstance(layer, Linear)
        numbered.append((number, layer))
    return numbered


def _lines(trainer: Trainer) -> list[str]:
    """The body of the function: scaling, then a line for each operation."""
    lines = []
    split, name = trainer.splits.training, trainer.experiment.input_scaling
    shift = "shift" if isinstance(split.shift, np.ndarray) else _number(split.shift)
    factor = "factor" if isinstance(split.factor, np.ndarray) else _number(split.factor)
    if shift != "0.0":
        lines.append(f"x = (x - {shift}) * {factor}  # input scaling: {name}")
    elif factor != "1.0":
        lines.append(f"x = x * {factor}  # input scaling: {name}")
    return lines + [line for number, layer in _numbered(trainer) for line in _operation(number, layer)]


def _operation(k: int, layer: Layer) -> list[str]:
    match layer:
        case Affine():
            return [f"x = x @ W{k} + b{k}  # ({layer.n_in}) to ({layer.n_out})"]
        case Linear():
            return [f"x = x @ W{k}  # ({layer.n_in}) to ({layer.n_out})"]
        case BatchNorm():
            return [
                f"x = (x - mean{k}) / np.sqrt(variance{k} + {layer.epsilon})  # batch normalisation",
                f"x = gamma{k} * x + beta{k}",
            ]
        case LeakyReLU():
            return [f"x = np.where(x > 0, x, {layer.slope} * x)  # leaky ReLU"]
        case ReLU():
            return ["x = np.maximum(0, x)  # ReLU"]
        case Sigmoid():
            return ["x = sigmoid(x)"]
        case Tanh():
            return ["x = np.tanh(x)"]
        case Dropout():
            return [f"# dropout of {layer.rate:g} works in training only"]
    raise ValueError(f"no line of NumPy is known for {type(layer).__name__}")


_SIGMOID = """def sigmoid(x):
    e = np.exp(-np.abs(x))  # never too large
    return np.where(x >= 0, 1, e) / (1 + e)


"""
_SOFTMAX = """def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


"""


def _helpers(trainer: Trainer) -> str:
    uses_sigmoid = any(isinstance(layer, Sigmoid) for layer in trainer.network.layers)
    text = _SIGMOID if uses_sigmoid or isinstance(trainer.loss, BinaryCrossEntropy) else ""
    return text + (_SOFTMAX if isinstance(trainer.loss, SoftmaxCrossEntropy) else "")


def _example(trainer: Trainer) -> tuple[str, AnyArray]:
    """The split of the example, and the example itself as stored, (1, n_in)."""
    which = "test" if trainer.splits.test is not None else "training"
    split = trainer.splits.test or trainer.splits.training
    return which, split.inputs_at([0]).astype(np.float32)


def _answer(trainer: Trainer, which: str) -> str:
    """The lines that say what the scores mean."""
    data = trainer.dataset
    split = trainer.splits.test or trainer.splits.training
    if not data.classes:
        return f'print("it should be:", {split.batch([0])[1][0].tolist()})\n'
    names, label = list(data.classes), str(data.classes[int(split.labels_at([0])[0])])
    lines = f"classes = {_text(names)}\n"
    if isinstance(trainer.loss, SoftmaxCrossEntropy):
        lines += 'print("probabilities:", softmax(scores)[0].round(4))\n'
    elif isinstance(trainer.loss, BinaryCrossEntropy):
        lines += 'print("probabilities:", sigmoid(scores)[0].round(4))\n'
    if data.n_out == 1:
        where = f"scores[0, 0] > {trainer.threshold!r}"
        return f'{lines}print("answer:", classes[int({where})], "- it should be", {_text(label)})\n'
    return f'{lines}print("answer:", classes[scores[0].argmax()], "- it should be", {_text(label)})\n'


def _literal(array: AnyArray) -> str:
    """An array as Python, every bit of it."""
    text = np.array2string(
        array, separator=", ", threshold=array.size + 1, floatmode="unique", max_line_width=96, prefix="    "
    )
    return f"np.array(\n    {text},\n    np.float32,\n)"


def _number(value: "np.float32 | AnyArray") -> str:
    """A float32 as Python, every bit of it."""
    return repr(float(value))


def _text(value: str | list[str]) -> str:
    """Words as Python, in double quotes."""
    return json.dumps(value, ensure_ascii=False)


def _quoted(text: str) -> str:
    """Words of the user's, fit to stand in a string of the script."""
    return "".join(c if c.isprintable() and c not in '"\\' else "_" for c in text)
