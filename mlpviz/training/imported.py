"""Weights that were made elsewhere: what a file of them holds, layer by layer."""

import hashlib
import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from mlpviz.training.array_files import AnyArray, ArrayFile, read_arrays, short
from mlpviz.training.weight_names import NUMPY_ONLY, TORCH_ONLY, NamedLayer, NamedLayers, named_layers

Float32: TypeAlias = npt.NDArray[np.float32]

LAYOUTS = {
    "torch": "(out, in), as PyTorch stores them",
    "numpy": "(in, out), as mlpviz and NumPy code store them",
}
"""The two ways in which the weight of a layer can lie in a file."""

LAYOUT_KEY = "mlpviz_layout"
"""Where mlpviz writes the layout into the metadata of its own files."""

_MOST_TRIED = 8  # so many layers without numbers can be brought into an order by trying


@dataclass(frozen=True, slots=True, eq=False)
class ImportedLayer:
    """One layer with parameters, as mlpviz understood it.

    Attributes
    ----------
    kind
        ``"affine"``, ``"linear"`` or ``"batch_norm"``.
    name
        What the file calls it.
    n_in, n_out
        Numbers of inputs and outputs.
    params, statistics
        As in `mlpviz.nn`, float32 and read-only: ``weight`` is (n_in, n_out).
    words
        What was read, such as ``"0.weight (100, 784) transposed to (784, 100)"``.
    """

    kind: str
    name: str
    n_in: int
    n_out: int
    params: Mapping[str, Float32]
    statistics: Mapping[str, Float32]
    words: str


@dataclass(frozen=True, slots=True, eq=False)
class ImportedWeights:
    """One way to understand a file of weights.

    Attributes
    ----------
    path
        The file.
    layout
        A key of `LAYOUTS`.
    layers
        Those with parameters, in order.
    gaps
        How many operations without parameters the file's numbering leaves room for before each layer; None
        where the names do not tell.
    notes
        What else there is to say: types that were converted, arrays that were ignored.
    metadata
        The file's words about itself.
    """

    path: Path
    layout: str
    layers: tuple[ImportedLayer, ...]
    gaps: tuple[int, ...] | None
    notes: tuple[str, ...]
    metadata: Mapping[str, str]

    @property
    def n_in(self) -> int:
        return self.layers[0].n_in

    @property
    def n_out(self) -> int:
        return self.layers[-1].n_out

    @property
    def sizes(self) -> tuple[int, int]:
        """Numbers of inputs and outputs."""
        return self.n_in, self.n_out

    @property
    def sha256(self) -> str:
        """Of the numbers as understood: the same for the same network, in whatever file it is."""
        return weights_sha256([{**layer.params, **layer.statistics} for layer in self.layers])

    @property
    def sentences(self) -> list[str]:
        """All that was understood, a sentence each."""
        return [*(layer.words for layer in self.layers), *self.notes]


def read_weights(path: Path) -> tuple[ImportedWeights, ...]:
    """The weights in a safetensors or NPZ file; more than one answer where nothing tells how they lie.

    Raises
    ------
    ValueError
        If the file is damaged, its names or shapes make no network, or a number is not finite; the sentence
        names file and array, and says what would be right.
    """
    file = read_arrays(path)
    named = named_layers(file)
    sequences = {layout: _in_order(file, named, layout) for layout in LAYOUTS}
    possible = [layout for layout, layers in sequences.items() if layers]
    if not possible:
        raise ValueError(_broken_chain(file, named, _evidence(file) or _likely(file)))
    known = _evidence(file)
    if len(possible) > 1 and known:
        possible = [known]
    return tuple(_understood(file, named, sequences[layout], layout) for layout in possible)


def the_reading(
    path: Path, layout: str = "", sizes: Collection[tuple[int, int]] | None = None
) -> ImportedWeights:
    """The one way to read a file of weights.

    Parameters
    ----------
    layout
        A key of `LAYOUTS`: how the weights lie, where nothing else tells.
    sizes
        The numbers of inputs and outputs that are wanted: they may tell it, too.

    Raises
    ------
    ValueError
        As `read_weights`; and if nothing tells how they lie, or not as `layout` has it.
    """
    readings = read_weights(path)
    chosen = [reading for reading in readings if layout in ("", reading.layout)]
    fitting = [reading for reading in chosen if sizes is not None and reading.sizes in sizes]
    if len(fitting or chosen) == 1:
        return (fitting or chosen)[0]
    if chosen:
        ways = " or ".join(f"{name!r} for {words}" for name, words in LAYOUTS.items())
        raise ValueError(f"{path}: its shapes do not tell how the weights lie: say the layout, {ways}")
    raise ValueError(
        f"{path}: its weights lie {LAYOUTS[readings[0].layout]}, so they cannot be read as {layout!r}: leave "
        "the layout out"
    )


def weights_sha256(layers: Iterable[Mapping[str, AnyArray]]) -> str:
    """SHA-256 of the arrays of all layers that have any: numbers, names and shapes, in order."""
    digest = hashlib.sha256()
    for i, arrays in enumerate(layers):
        for name in sorted(arrays):
            array = np.ascontiguousarray(arrays[name], "<f4")
            digest.update(f"{i}.{name} {array.shape}\n".encode())
            digest.update(array.tobytes())
    return digest.hexdigest()


# ---------------------------------------------------------------------- how they lie, and in which order


def _evidence(file: ArrayFile) -> str:
    """The layout that metadata, names or the folder tell; empty where they do not."""
    said = file.metadata.get(LAYOUT_KEY)
    if said in LAYOUTS:
        return said
    if file.metadata.get("format") == "pt" or any(name.endswith(TORCH_ONLY) for name in file.arrays):
        return "torch"
    if any(name.endswith(NUMPY_ONLY) for name in file.arrays):
        return "numpy"
    in_checkpoint = file.path.name == "parameters.safetensors"
    return "numpy" if in_checkpoint and (file.path.parent / "experiment.toml").is_file() else ""


def _likely(file: ArrayFile) -> str:
    return "torch" if file.path.suffix == ".safetensors" else "numpy"


def _sizes(layer: NamedLayer, layout: str) -> tuple[int, int]:
    """Inputs and outputs of a layer, if its weights lie so."""
    if layer.is_batch_norm:
        return len(layer.arrays["gamma"]), len(layer.arrays["gamma"])
    first, second = layer.arrays["weight"].shape
    return (second, first) if layout == "torch" else (first, second)


def _break(layers: Sequence[NamedLayer], layout: str) -> int | None:
    """The place of the first layer that does not fit itself or the one before it."""
    for i, layer in enumerate(layers):
        n_in, n_out = _sizes(layer, layout)
        if "bias" in layer.arrays and len(layer.arrays["bias"]) != n_out:
            return i
        if i and _sizes(layers[i - 1], layout)[1] != n_in:
            return i
    return None


def _in_order(file: ArrayFile, named: NamedLayers, layout: str) -> tuple[NamedLayer, ...]:
    """The layers in the order of their names, or else in the only one that fits; empty where none does."""
    if named.in_order:
        return () if _break(named.layers, layout) is not None else named.layers
    if len(named.layers) > _MOST_TRIED or any(layer.is_batch_norm for layer in named.layers):
        raise ValueError(
            f"{file.path}: the names of its {len(named.layers)} layers do not tell their order: number them, "
            "such as 'fc1.weight', 'fc2.weight'"
        )
    fitting = _chains((), named.layers, layout)
    found = list(itertools.islice(fitting, 2))
    if len(found) > 1:
        names = " and ".join(short(layer.name) for layer in named.layers[:2])
        raise ValueError(
            f"{file.path}: its layers ({names}, …) fit together in more than one order: number them, such as "
            "'fc1.weight', 'fc2.weight'"
        )
    return found[0] if found else ()


def _chains(
    begun: tuple[NamedLayer, ...], rest: Sequence[NamedLayer], layout: str
) -> Iterable[tuple[NamedLayer, ...]]:
    if not rest:
        yield begun
    for layer in rest:
        if _break((*begun[-1:], layer), layout) is None:
            yield from _chains((*begun, layer), [other for other in rest if other is not layer], layout)


def _broken_chain(file: ArrayFile, named: NamedLayers, layout: str) -> str:
    """What is wrong with the shapes."""
    if not named.in_order:
        return (
            f"{file.path}: its layers fit together in no order: each must take as many inputs as the one "
            "before it has units"
        )
    place = _break(named.layers, layout)
    assert place is not None
    layer = named.layers[place]
    n_in, n_out = _sizes(layer, layout)
    name = short(layer.names.get("weight") or layer.names["gamma"])
    lie = f"with weights {LAYOUTS[layout]}"
    if "bias" in layer.arrays and len(layer.arrays["bias"]) != n_out:
        return (
            f"{file.path}: {name} has {n_out} units {lie}, but {short(layer.names['bias'])} has "
            f"{len(layer.arrays['bias'])} numbers: a bias has one for each unit"
        )
    before = named.layers[place - 1]
    return (
        f"{file.path}: {name} takes {n_in} inputs {lie}, but the layer before it, {short(before.name)!r}, "
        f"has {_sizes(before, layout)[1]} units: the layers of a network must fit together, and stand in "
        "order"
    )


# ---------------------------------------------------------------------- what was understood


def _understood(
    file: ArrayFile, named: NamedLayers, layers: tuple[NamedLayer, ...], layout: str
) -> ImportedWeights:
    gaps = None
    if named.sequential:
        positions = [-1, *(layer.numbers[0] for layer in layers)]
        gaps = tuple(after - before - 1 for before, after in itertools.pairwise(positions))
    notes = _conversions(file, layers)
    if not named.in_order:
        notes.append("The order of the layers follows from their shapes, for their names have no numbers.")
    if named.ignored:
        names = short(", ".join(named.ignored))
        notes.append(f"Not needed, so left out: {names}.")
    understood = tuple(_imported(file, layer, layout) for layer in layers)
    return ImportedWeights(file.path, layout, understood, gaps, tuple(notes), file.metadata)


def _conversions(file: ArrayFile, layers: Sequence[NamedLayer]) -> list[str]:
    """A note for each type of number that is not float32."""
    used = [name for layer in layers for name in layer.names.values()]
    types = dict.fromkeys(file.stored_as[name] for name in used)
    notes = []
    for kind in types:
        names = [name for name in used if file.stored_as[name] == kind]
        where = (
            "All arrays are"
            if len(names) == len(used)
            else short(", ".join(names)) + (" is" if len(names) == 1 else " are")
        )
        if kind in ("float16", "bfloat16"):
            notes.append(f"{where} stored as {kind}: taken as float32, which changes no number.")
        elif kind != "float32":
            notes.append(f"{where} stored as {kind}: rounded to float32, in which mlpviz trains.")
    return notes


def _imported(file: ArrayFile, layer: NamedLayer, layout: str) -> ImportedLayer:
    n_in, n_out = _sizes(layer, layout)
    arrays = {role: _finite(file, layer.names[role], array) for role, array in layer.arrays.items()}
    if layer.is_batch_norm:
        if (arrays["variance"] < 0).any():
            place = int(np.argmax(arrays["variance"] < 0))
            raise ValueError(f"{file.path}: {short(layer.names['variance'])}[{place}] is a negative variance")
        params = {name: arrays[name] for name in ("gamma", "beta")}
        statistics = {name: arrays[name] for name in ("mean", "variance")}
        names = [short(layer.names[role]) for role in ("gamma", "beta", "mean", "variance")]
        words = f"{', '.join(names)} ({n_in},)"
        return ImportedLayer("batch_norm", layer.name, n_in, n_out, params, statistics, words)
    weight, name = layer.arrays["weight"], short(layer.names["weight"])
    if layout == "torch":
        arrays["weight"] = np.ascontiguousarray(arrays["weight"].T)
        arrays["weight"].flags.writeable = False
        words = f"{name} {weight.shape} transposed to {weight.T.shape}"
    else:
        words = f"{name} {weight.shape}, as it is"
    bias = layer.names.get("bias")
    words += f"; {short(bias)} ({n_out},)" if bias else "; no bias"
    kind = "affine" if bias else "linear"
    params = {role: arrays[role] for role in ("weight", "bias") if role in arrays}
    return ImportedLayer(kind, layer.name, n_in, n_out, params, {}, words)


def _finite(file: ArrayFile, name: str, array: AnyArray) -> Float32:
    """The array in float32, read-only, if all of it is finite there."""
    with np.errstate(over="ignore", invalid="ignore"):
        converted = array.astype(np.float32, order="C")
    finite = np.isfinite(converted)
    if not finite.all():
        place = tuple(int(i) for i in np.unravel_index(int(np.argmin(finite)), finite.shape))
        value = array[place]
        what = f"is {value}" if not np.isfinite(value) else f"is {value:.3g}, too large for float32"
        raise ValueError(
            f"{file.path}: {short(name)}{list(place)} {what}: give weights that are finite, such as those "
            "from before training diverged"
        )
    converted.flags.writeable = False
    return converted
