"""An experiment: everything that decides a run, validated, read from TOML and written to it."""

import math
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Self

import tomli_w

from mlpviz.data import DATASETS, HEADERS, SCALINGS, TARGETS, Reading, found_from, is_path, unknown_name
from mlpviz.nn import LOSSES, OPTIMIZERS, SquaredError
from mlpviz.training.layer_spec import TYPE_WORDS, LayerSpec, as_float


def _setting(
    default: Any,
    label: str,
    help: str,
    *,
    group: str,
    minimum: float | None = None,
    above: float | None = None,
    below: float | None = None,
    choices: tuple[str, ...] = (),
    or_path: bool = False,
    live: bool = False,
    optional: bool = False,
) -> Any:
    """A field with what the form, the command line and the validation need to know of it.

    ``live`` settings may be changed while the network trains; all others need a new run. With ``or_path``,
    a path may stand in place of a choice. ``optional`` ones, and those of the group "own data" where the data
    set comes with the program, are left out of a file where they are at their default.
    """
    metadata = {
        "label": label,
        "help": help,
        "group": group,
        "minimum": minimum,
        "above": above,
        "below": below,
        "choices": choices,
        "or_path": or_path,
        "live": live,
        "optional": optional,
    }
    return field(default=default, metadata=metadata)


OWN_DATA = "own data"
SHA256 = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True)
class Experiment:
    """Everything that decides a run: the same experiment gives the same bits.

    Raises
    ------
    ValueError
        If a setting is impossible; the sentence names the setting, its value and what would be right.
    """

    title: str = _setting("Untitled", "Title", "What the experiment is called.", group="about")
    description: str = _setting("", "Description", "What to look for.", group="about")
    dataset: str = _setting(
        "digits",
        "Dataset",
        "The examples to learn from: a name, or the path of your own.",
        group="data",
        choices=tuple(DATASETS),
        or_path=True,
    )
    dataset_sha256: str = _setting(
        "", "Fingerprint", "The sha256 that own data must have; empty is not checked.", group=OWN_DATA
    )
    label_column: str = _setting(
        "",
        "Label column",
        "Of a CSV table: the name or number, from 1, of the column with the labels; empty finds it.",
        group=OWN_DATA,
    )
    header: str = _setting(
        "auto",
        "Header",
        "Of a CSV table: whether its first row holds the names of the columns.",
        group=OWN_DATA,
        choices=tuple(HEADERS),
    )
    targets: str = _setting(
        "auto",
        "Targets",
        "Whether the labels of own data are classes, or numbers to predict.",
        group=OWN_DATA,
        choices=tuple(TARGETS),
    )
    input_scaling: str = _setting(
        "natural",
        "Input scaling",
        "What is done to the inputs before the network sees them.",
        group="data",
        choices=tuple(SCALINGS),
    )
    training_size: int = _setting(
        0,
        "Training size",
        "How many examples to train on; 0 takes all that validation leaves.",
        group="data",
        minimum=0,
    )
    validation_size: int = _setting(
        0,
        "Validation size",
        "Examples set aside: never trained on, but measured as training goes.",
        group="data",
        minimum=0,
    )
    layers: tuple[LayerSpec, ...] = _setting(
        (), "Layers", "The operations of the network, from input to output.", group="network"
    )
    initial_weights: str = _setting(
        "",
        "Initial weights",
        "A file of weights to start from, safetensors or NPZ; without one they are drawn. "
        "In an experiment's file, counted from its folder.",
        group="initial weights",
        optional=True,
    )
    initial_weights_sha256: str = _setting(
        "",
        "SHA-256 of the initial weights",
        "Tells whether they are still the same: of the numbers, not of the file's bytes.",
        group="initial weights",
        optional=True,
    )
    loss: str = _setting(
        "squared_error", "Loss", "How wrong an output is, as one number.", group="loss", choices=tuple(LOSSES)
    )
    loss_scaling: str = _setting(
        "sum",
        "Scaling",
        "Of the squared error: sum over the outputs (L2 loss), mean over them (MSE), or half the sum.",
        group="loss",
        choices=SquaredError.scalings,
    )
    optimizer: str = _setting(
        "sgd", "Optimizer", "How gradients become updates.", group="training", choices=tuple(OPTIMIZERS)
    )
    learning_rate: float = _setting(
        0.1,
        "Learning rate",
        "How far one step goes against the gradient. Too small is slow, too large never settles.",
        group="training",
        above=0,
        live=True,
    )
    momentum: float = _setting(
        0.0,
        "Momentum",
        "How much of the last step carries over into this one, from 0 to just below 1.",
        group="training",
        minimum=0,
        below=1,
        live=True,
    )
    nesterov: bool = _setting(
        False, "Nesterov", "With momentum: look ahead along it before stepping.", group="training", live=True
    )
    weight_decay: float = _setting(
        0.0,
        "Weight decay",
        "Pulls every parameter towards zero by this share of itself, added to its gradient.",
        group="training",
        minimum=0,
        live=True,
    )
    batch_size: int = _setting(
        100,
        "Batch size",
        "How many examples are averaged for one step; 0 takes the whole training split.",
        group="training",
        minimum=0,
        live=True,
    )
    epochs: int = _setting(
        10,
        "Epochs",
        "How often to go through the training split; 0 leaves the network as it starts.",
        group="training",
        minimum=0,
        live=True,
    )
    seed: int = _setting(
        0,
        "Seed",
        "Decides the split, the order of the examples, the initial weights and dropout.",
        group="training",
        minimum=0,
    )
    blas_threads: int = _setting(
        1,
        "Threads",
        "Threads for matrix products. The last bits of a run depend on it; 1 leaves a core to the window.",
        group="training",
        minimum=1,
    )

    def __post_init__(self) -> None:
        for f in fields(self):
            object.__setattr__(self, f.name, _checked(f, getattr(self, f.name)))
        self._check_own_data()
        if not self.layers:
            raise ValueError("layers must list at least one layer, such as {kind = 'affine', units = 10}")
        if self.initial_weights_sha256 and not re.fullmatch("[0-9a-f]{64}", self.initial_weights_sha256):
            raise ValueError("initial_weights_sha256 must be 64 digits from 0 to f, or left out")
        if self.initial_weights_sha256 and not self.initial_weights:
            raise ValueError("initial_weights_sha256 belongs to initial_weights: give both or neither")
        if self.optimizer != "sgd" and (self.momentum or self.nesterov):
            raise ValueError(
                f"momentum and nesterov belong to the optimizer 'sgd': with {self.optimizer!r} "
                "leave them at 0 and false"
            )
        if self.nesterov and not self.momentum:
            raise ValueError("nesterov needs a momentum above 0, such as momentum = 0.9")

    def _check_own_data(self) -> None:
        """Own data are known by an absolute path, and only they have settings of their own."""
        if self.has_own_data:
            path = Path(os.path.expanduser(self.dataset))
            object.__setattr__(self, "dataset", os.path.abspath(path))
            if self.dataset_sha256 and not SHA256.fullmatch(self.dataset_sha256):
                raise ValueError(
                    f"dataset_sha256 must be 64 hexadecimal digits, or empty, not {self.dataset_sha256!r}"
                )
            return
        for f in fields(self):
            if f.metadata["group"] == OWN_DATA and getattr(self, f.name) != f.default:
                raise ValueError(
                    f"{f.name} belongs to own data, not to dataset {self.dataset!r}: leave it out, or give "
                    "the path of your data as dataset"
                )

    @property
    def has_own_data(self) -> bool:
        """Whether the examples are somebody's own, found by their path."""
        return self.dataset not in DATASETS

    @property
    def dataset_name(self) -> str:
        """The name of the data set; of own data that of the file."""
        return Path(self.dataset).name if self.has_own_data else self.dataset

    @property
    def reading(self) -> Reading:
        """How own data are to be read."""
        return Reading(self.label_column, self.header, self.targets)

    @property
    def data_source(self) -> tuple[str, Reading, str]:
        """What `load_dataset` takes; equal for experiments that learn from the same examples."""
        return self.dataset, self.reading, self.dataset_sha256

    def with_settings(self, settings: Mapping[str, Any]) -> Self:
        """A copy with other settings; ``layers.0.units`` reaches into the list of layers.

        Raises
        ------
        ValueError
            If a key is unknown or a value impossible.
        """
        table = self.as_table()
        for key, value in settings.items():
            _assign(table, key, value)
        return self.from_table(table)

    def as_table(self) -> dict[str, Any]:
        """All settings as plain values, in order, as they stand in a TOML file."""
        table = {
            f.name: getattr(self, f.name)
            for f in fields(self)
            if not (_may_be_left_out(f) and getattr(self, f.name) == f.default)
        }
        table["layers"] = [layer.as_table() for layer in self.layers]
        return table

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> Self:
        """The experiment that a TOML table describes; what it leaves out keeps its default."""
        known = [f.name for f in fields(cls)]
        for key in table:
            if key not in known:
                raise unknown_name("setting", key, known)
        settings = dict(table)
        layers = settings.get("layers", ())
        if not isinstance(layers, (list, tuple)) or not all(isinstance(item, Mapping) for item in layers):
            raise ValueError("layers must be a list of tables, such as [[layers]] kind = 'relu'")
        settings["layers"] = tuple(LayerSpec.from_table(item, i) for i, item in enumerate(layers))
        return cls(**settings)

    def found_from(self, folder: Path) -> Self:
        """The experiment with its initial weights looked for from a folder, or in it by name."""
        if not self.initial_weights:
            return self
        given = Path(self.initial_weights)
        places = [(folder / given).absolute(), (folder / given.name).absolute()]
        found = next((place for place in places if place.is_file()), places[0])
        return replace(self, initial_weights=str(found))

    def to_toml(self) -> str:
        """The experiment as the text of a TOML file."""
        return tomli_w.dumps(self.as_table(), multiline_strings=True)

    @classmethod
    def from_toml(cls, text: str, folder: Path | None = None) -> Self:
        """The experiment that a TOML text describes; relative paths in it count from `folder`."""
        try:
            table = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise ValueError(f"not valid TOML: {error}") from error
        if folder is None:
            return cls.from_table(table)
        if isinstance(table.get("dataset"), str):
            table["dataset"] = found_from(folder, table["dataset"])
        return cls.from_table(table).found_from(folder)

    @classmethod
    def read(cls, path: Path) -> Self:
        """The experiment in a TOML file; errors name the file."""
        try:
            return cls.from_toml(path.read_text(encoding="utf-8"), path.parent)
        except OSError as error:
            raise ValueError(f"{path}: cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise ValueError(f"{path}: not a text file in UTF-8, so not an experiment in TOML") from error
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error


SETTINGS: dict[str, Field[Any]] = {f.name: f for f in fields(Experiment)}
"""Every setting's field, with its metadata, by name."""

LIVE_SETTINGS = tuple(name for name, f in SETTINGS.items() if f.metadata["live"])
"""The settings that may be changed while the network trains."""


def _may_be_left_out(f: Field[Any]) -> bool:
    return bool(f.metadata["optional"]) or f.metadata["group"] == OWN_DATA


def parse_assignment(text: str) -> tuple[str, Any]:
    """``"learning_rate=0.1"`` as a key and a value; the value is TOML, or else taken as a word.

    Raises
    ------
    ValueError
        If there is no ``=``.
    """
    key, equals, value = text.partition("=")
    key = key.strip()
    if not equals or not key:
        raise ValueError(f"{text!r} is not of the form KEY=VALUE, such as learning_rate=0.1")
    try:
        return key, tomllib.loads(f"value = {value}")["value"]
    except RecursionError as error:
        raise ValueError(f"{key}: the value is nested too deeply") from error
    except tomllib.TOMLDecodeError:
        return key, value.strip()


def _checked(f: Field[Any], value: Any) -> Any:
    """The value as its field's type, or a sentence on what is wrong with it."""
    name, rules = f.name, f.metadata
    if name == "layers":
        return tuple(value)
    wanted: Any = f.type
    if wanted is float and type(value) is int:
        value = as_float(value)
    if type(value) is not wanted:
        raise ValueError(f"{name} must be {TYPE_WORDS[wanted]}, not {value!r:.80}")
    if wanted is str and not value.isascii() and not _can_be_saved(value):
        raise ValueError(f"{name} has characters that no text file can hold: {value!a}")
    if rules["choices"] and value not in rules["choices"] and not (rules["or_path"] and is_path(value)):
        raise unknown_name(name, value, rules["choices"])
    if wanted is float and not math.isfinite(value):
        raise ValueError(f"{name} must be a finite number, not {value}")
    if rules["above"] is not None and not value > rules["above"]:
        raise ValueError(f"{name} must be greater than {rules['above']}, not {value}")
    if rules["minimum"] is not None and not value >= rules["minimum"]:
        raise ValueError(f"{name} must be at least {rules['minimum']}, not {value}")
    if rules["below"] is not None and not value < rules["below"]:
        raise ValueError(f"{name} must be less than {rules['below']}, not {value}")
    return value


def _can_be_saved(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _assign(table: dict[str, Any], key: str, value: Any) -> None:
    """Set ``table[key]``, where the key may be a path such as ``layers.0.units``."""
    *path, last = key.split(".")
    place: Any = table
    for part in path:
        place = _inside(place, part, key)
    if isinstance(place, list):
        place[_position(place, last, key)] = value
    elif isinstance(place, dict):
        place[last] = value
    else:
        raise ValueError(f"{key!r} leads nowhere: {path[-1]!r} holds no settings of its own")


def _inside(place: Any, part: str, key: str) -> Any:
    if isinstance(place, list):
        return place[_position(place, part, key)]
    if isinstance(place, dict) and part in place:
        return place[part]
    raise ValueError(f"{key!r} leads nowhere: there is no {part!r}")


def _position(place: list[Any], part: str, key: str) -> int:
    if not part.isdecimal() or int(part) >= len(place):
        raise ValueError(f"{key!r}: {part!r} must be a position from 0 to {len(place) - 1}")
    return int(part)
