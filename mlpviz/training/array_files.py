"""Arrays by name from files that anyone may have made: what they announce is checked before it is read."""

import io
import json
import math
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from mlpviz.data.npy import read_npy, read_npy_header

AnyArray = npt.NDArray[Any]

MOST_BYTES = 2**30
"""A file whose arrays need more memory than this is not read."""
MOST_ARRAYS = 10_000
_LONGEST_HEADER = 2**22  # of a safetensors file; 10,000 arrays need a quarter of it

BFLOAT16 = "bfloat16"
_SAFETENSORS_TYPES = {
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": BFLOAT16,
    "I64": "int64", "I32": "int32", "I16": "int16", "I8": "int8",
    "U64": "uint64", "U32": "uint32", "U16": "uint16", "U8": "uint8", "BOOL": "bool",
}  # fmt: skip
_BROKEN_ZIP = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, NotImplementedError,
    UnicodeDecodeError, OverflowError,
)  # fmt: skip
_PICKLED = (
    "is a pickle, which can run any code when it is opened, so mlpviz does not read it: write the weights "
    "with `safetensors.torch.save_file(model.state_dict(), 'model.safetensors')` and give that file"
)


@dataclass(frozen=True, slots=True, eq=False)
class ArrayFile:
    """What a file of arrays holds.

    Attributes
    ----------
    path
        Where it was read from.
    arrays
        By name, in the file's order. bfloat16, which NumPy does not know, comes as float32, exactly.
    stored_as
        The type of each array in the file, such as ``"float16"`` or ``"bfloat16"``.
    metadata
        Words about the file; in an NPZ file, its arrays of text.
    """

    path: Path
    arrays: Mapping[str, AnyArray]
    stored_as: Mapping[str, str]
    metadata: Mapping[str, str] = field(default_factory=dict)


def read_arrays(path: Path, most_bytes: int = MOST_BYTES) -> ArrayFile:
    """The arrays in a safetensors or NPZ file; which of the two it is, its first bytes tell.

    Raises
    ------
    ValueError
        As `read_safetensors` and `read_npz`, and for other known formats with what to do instead.
    """
    start = _first_bytes(path)
    if start[:2] == b"PK":
        return read_npz(path, most_bytes)
    if start[:1] == b"\x80" and start[1:2] in b"\x02\x03\x04\x05":
        raise ValueError(f"{path} {_PICKLED}")
    if start[:6] == b"\x93NUMPY":
        raise ValueError(f"{path} is a single array: give all weights in one file, written with `np.savez`")
    if start[:4] == b"\x89HDF":
        raise ValueError(
            f"{path} is an HDF5 file: write the weights with "
            "`np.savez('model.npz', *model.get_weights())` and give that file"
        )
    if path.suffix.lower() == ".onnx":
        raise ValueError(
            f"{path}: mlpviz writes ONNX, but does not read it: give the weights as safetensors or NPZ"
        )
    return read_safetensors(path, most_bytes)


def read_safetensors(path: Path, most_bytes: int = MOST_BYTES) -> ArrayFile:
    """The arrays in a safetensors file.

    Parameters
    ----------
    most_bytes
        Memory that the arrays may need.

    Raises
    ------
    ValueError
        If the file cannot be read, is damaged, is too large or holds a type of number that is not known; the
        sentence names file and array.
    """
    try:
        with _regular(path).open("rb") as file:
            return _safetensors(path, file, most_bytes)
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror or error}") from error


def safetensors_in(path: Path, content: bytes, most_bytes: int = MOST_BYTES) -> ArrayFile:
    """The arrays in the content of a safetensors file that was read already; as `read_safetensors`."""
    return _safetensors(path, io.BytesIO(content), most_bytes)


def _safetensors(path: Path, file: IO[bytes], most_bytes: int) -> ArrayFile:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    n_header = int.from_bytes(file.read(8), "little")
    if size < 8 or n_header > size - 8:
        wanted = f"a header of {n_header} bytes is announced" if size >= 8 else "8 bytes are the least"
        raise ValueError(
            f"{path}: not a safetensors file, or cut off: it has {size} bytes, but {wanted}; "
            "write or copy it again"
        )
    if n_header > _LONGEST_HEADER:
        raise ValueError(
            f"{path}: its header is {n_header} bytes long, and no network's is longer than "
            f"{_LONGEST_HEADER}: this is no file of weights that mlpviz can use"
        )
    table = _header(path, file.read(n_header))
    metadata = table.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(each, str) for each in metadata.values()):
        raise ValueError(f"{path}: damaged: its metadata are not words by name")
    if len(table) > MOST_ARRAYS:
        raise ValueError(f"{path}: holds {len(table)} arrays, and {MOST_ARRAYS} are the most that is read")
    entries = {name: _entry(path, name, entry) for name, entry in table.items()}
    _check_places(path, entries, size - 8 - n_header)
    _check_memory(path, sum(e.memory for e in entries.values()), most_bytes)
    arrays = {}
    for name, entry in entries.items():
        file.seek(8 + n_header + entry.begin)
        arrays[name] = _read_into(path, name, file, entry)
    return ArrayFile(path, arrays, {name: entry.type for name, entry in entries.items()}, metadata)


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where an array lies, counted from the end of the header, and what it is."""

    type: str
    shape: tuple[int, ...]
    begin: int
    end: int

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype("uint16" if self.type == BFLOAT16 else self.type).newbyteorder("<")

    @property
    def memory(self) -> int:
        return (self.end - self.begin) * (2 if self.type == BFLOAT16 else 1)


def _header(path: Path, content: bytes) -> dict[str, Any]:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        table = dict(pairs)
        if len(table) < len(pairs):
            raise ValueError("a name stands there twice")
        return table

    try:
        table = json.loads(content.decode("utf-8"), object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        raise ValueError(
            f"{path}: not a safetensors file, or damaged: its header cannot be read ({one_line(error)})"
        ) from error
    if not isinstance(table, dict):
        raise ValueError(f"{path}: not a safetensors file: its header is not a table of arrays")
    return table


def _entry(path: Path, name: str, entry: Any) -> _Entry:
    where = f"{path}: {short(name)}"
    if not isinstance(entry, dict) or sorted(entry) != ["data_offsets", "dtype", "shape"]:
        raise ValueError(f"{where}: damaged: an array needs dtype, shape and data_offsets, and nothing else")
    shape, offsets, kind = entry["shape"], entry["data_offsets"], entry["dtype"]
    if not isinstance(kind, str) or kind not in _SAFETENSORS_TYPES:
        raise ValueError(
            f"{where} is stored as {short(str(kind))}, which mlpviz does not read: save it as float32"
        )
    if not _are_sizes(shape) or len(shape) > 32:
        raise ValueError(f"{where}: damaged: its shape {short(str(shape))} is no list of whole numbers")
    if not _are_sizes(offsets) or len(offsets) != 2 or offsets[0] > offsets[1]:
        raise ValueError(f"{where}: damaged: it cannot lie at {short(str(offsets))}")
    found = _Entry(_SAFETENSORS_TYPES[kind], tuple(shape), *offsets)
    needed = math.prod(shape) * found.dtype.itemsize
    if needed != found.end - found.begin:
        raise ValueError(
            f"{where}: damaged: {found.type} of shape {_shape_words(shape)} needs {short(str(needed))} "
            f"bytes, but {found.end - found.begin} are announced"
        )
    return found


def _check_places(path: Path, entries: Mapping[str, _Entry], size: int) -> None:
    """See to it that the arrays lie one after the other, and fill the file."""
    end = 0
    for name, entry in sorted(entries.items(), key=lambda item: (item[1].begin, item[1].end)):
        if entry.begin != end:
            what = "overlaps the one before it" if entry.begin < end else "leaves a gap before it"
            raise ValueError(f"{path}: {short(name)}: damaged: it {what} in the file")
        end = entry.end
    if end != size:
        what = "cut off" if end > size else "damaged"
        raise ValueError(
            f"{path}: {what}: its arrays need {end} bytes, but {size} follow the header; write or copy it "
            "again"
        )


def _read_into(path: Path, name: str, file: IO[bytes], entry: _Entry) -> AnyArray:
    flat = np.empty(math.prod(entry.shape), entry.dtype)
    if flat.size and file.readinto(flat.view(np.uint8)) != flat.nbytes:  # type: ignore[attr-defined]
        raise ValueError(f"{path}: {short(name)}: cut off while it was read; try again")
    if entry.type == BFLOAT16:
        flat = (flat.astype(np.uint32) << 16).view(np.float32)  # the upper half of a float32
    elif entry.type == "bool":
        flat = flat.view(np.uint8) != 0
    return flat.astype(flat.dtype.newbyteorder("="), copy=False).reshape(entry.shape)


def read_npz(path: Path, most_bytes: int = MOST_BYTES) -> ArrayFile:
    """The arrays in an NPZ file; an array of Python objects, which would be a pickle, is refused.

    Parameters and errors as for `read_safetensors`.
    """
    try:
        with zipfile.ZipFile(_regular(path)) as archive:
            entries = _npz_entries(path, archive)
            _check_memory(path, sum(entry.file_size for entry in entries.values()), most_bytes)
            arrays: dict[str, AnyArray] = {}
            for name, entry in entries.items():
                with archive.open(entry) as file:
                    arrays[name] = read_npy(file, f"{path}: {short(name)}")
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror or error}") from error
    except _BROKEN_ZIP as error:
        raise ValueError(
            f"{path}: not an NPZ file, or damaged: {one_line(error)}; write or copy it again"
        ) from error
    metadata = {name: str(array) for name, array in arrays.items() if array.dtype.kind == "U"}
    arrays = {name: array for name, array in arrays.items() if name not in metadata}
    return ArrayFile(path, arrays, {name: str(array.dtype) for name, array in arrays.items()}, metadata)


def npz_kinds(path: Path) -> dict[str, str]:
    """The kind of number in each array of an NPZ file, as ``dtype.kind``; the arrays are not read.

    Raises
    ------
    ValueError
        As `read_npz`.
    """
    try:
        with zipfile.ZipFile(_regular(path)) as archive:
            kinds: dict[str, str] = {}
            for name, entry in _npz_entries(path, archive).items():
                with archive.open(entry) as file:
                    kinds[name] = read_npy_header(file, f"{path}: {short(name)}").dtype.kind
            return kinds
    except (OSError, *_BROKEN_ZIP) as error:
        raise ValueError(f"{path}: not an NPZ file, or damaged: {one_line(error)}") from error


def _npz_entries(path: Path, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    infos = archive.infolist()
    if len(infos) > MOST_ARRAYS:
        raise ValueError(f"{path}: holds {len(infos)} arrays, and {MOST_ARRAYS} are the most that is read")
    entries: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        if info.filename.endswith("data.pkl"):
            raise ValueError(f"{path} {_PICKLED}")
        name = info.filename.removesuffix(".npy")
        if name == info.filename:
            raise ValueError(
                f"{path}: {short(info.filename)} is no array: give an NPZ file as `np.savez` writes it"
            )
        if name in entries:
            raise ValueError(f"{path}: {short(name)} is in there twice: give every array a name of its own")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or info.flag_bits & 1:
            raise ValueError(
                f"{path}: {short(name)} is packed in a way that `np.savez` does not use: write it anew with "
                "that"
            )
        entries[name] = info
    return entries


# ---------------------------------------------------------------------- words and checks for both


def one_line(error: Exception) -> str:
    """What an error says, in one short line."""
    return short(" ".join(str(error).split()) or type(error).__name__)


def short(words: str) -> str:
    """Words of any file, fit for a sentence: printable, and not too many."""
    words = "".join(c if c.isprintable() else "?" for c in words[:200])
    return words if len(words) <= 100 else words[:97] + "..."


def _shape_words(shape: Any) -> str:
    return short(str(tuple(shape)))


def _are_sizes(numbers: Any) -> bool:
    return isinstance(numbers, list) and all(type(n) is int and 0 <= n < 2**62 for n in numbers)


def _check_memory(path: Path, needed: int, most: int) -> None:
    if needed > most:
        raise ValueError(
            f"{path}: its arrays need {needed / 2**20:,.0f} MB of memory, and {most / 2**20:,.0f} MB are the "
            "most that is read: give a smaller network"
        )


def _regular(path: Path) -> Path:
    """The path, if it leads to a plain file: a pipe or a device could go on for ever."""
    if path.is_dir():
        raise ValueError(f"{path} is a folder: give a file of weights")
    if not path.exists():
        raise ValueError(f"{path} is not there: give the file of weights")
    if not path.is_file():
        raise ValueError(f"{path} is not a plain file: give a file of weights")
    return path


def _first_bytes(path: Path) -> bytes:
    try:
        with _regular(path).open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror or error}") from error
    if not start:
        raise ValueError(f"{path} is empty: write or copy it again")
    return start
