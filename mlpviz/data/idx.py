"""The reader of IDX, the file format of the MNIST digits."""

import math
import struct
import zlib
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np
from numpy.typing import NDArray

IDX_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
MAX_DIMENSIONS = 8
MAX_BYTES = 1 << 30
"""So much is read of a file, and so much memory the examples may fill."""
CHUNK_BYTES = 1 << 20
LARGE_BYTES = 1 << 25
"""So much is copied into an array of NumPy's own, in whose large pages of memory rows are found sooner. For
less the copy costs more: the bytes it gives back make C's allocator hold on to what is given back later."""

KINDS = {1: "labels", 3: "images"}
_GZIP = 31  # of zlib's wbits: header and checksum are those of gzip


class Stream(Protocol):
    """Bytes one after the other, such as of a file."""

    def read(self, size: int, /) -> bytes:
        """Up to so many bytes, none only at the end."""


def read_idx(path: Path | str, dimensions: int | None = None) -> NDArray[Any]:
    """Read an IDX file, plain or compressed with gzip.

    Parameters
    ----------
    path : Path or str
    dimensions : int, optional
        How many dimensions the file must have: 3 for images, 1 for labels.

    Returns
    -------
    ndarray
        uint8, int8, int16, int32, float32 or float64, with the dimensions that the header gives.

    Raises
    ------
    ValueError
        When the file is not IDX, is damaged, is cut short or goes on too long, announces more than 1 GiB, or
        has another number of dimensions. No more memory is taken than the file really fills.

    Notes
    -----
    The format: two zero bytes, a type code, the number of dimensions, each dimension as a big-endian 32-bit
    number, then the values in big-endian order, last dimension fastest.
    """
    path = Path(path)
    with path.open("rb") as file:
        compressed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        if not compressed:
            if path.suffix == ".gz":
                raise ValueError(f"{path} is not a gzip file, though named .gz: compress it or rename it")
            return _parse(file, path, dimensions)
        try:
            return _parse(_Unpacked(file), path, dimensions)
        except (EOFError, zlib.error) as error:
            raise ValueError(f"{path} is a damaged gzip file: get a fresh copy ({error})") from error


class _Unpacked:
    """What a gzip file holds, in few long calls of zlib: after each of them other threads are waited for."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._packed = file, b""
        self._member = zlib.decompressobj(_GZIP)

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes, at least 1; none at the end."""
        while packed := self._packed or self._file.read(CHUNK_BYTES):
            if self._member.eof:
                self._packed = b""
                if not (packed := packed.lstrip(b"\0")):  # it may be padded
                    continue
                self._member = zlib.decompressobj(_GZIP)
            values = self._member.decompress(packed, size)
            self._packed = self._member.unconsumed_tail or self._member.unused_data
            if values:
                return values
        if not self._member.eof:
            raise EOFError("it is cut short")
        return b""


def _parse(stream: Stream, path: Path, dimensions: int | None) -> NDArray[Any]:
    magic = read_up_to(stream, 4)
    if len(magic) < 4 or magic[:2] != b"\0\0":
        raise ValueError(
            f"{path} begins with the bytes {magic.hex(' ') or '(none)'}: "
            "an IDX file begins with 00 00, a type code and the number of dimensions"
        )
    type_code, n_dimensions = magic[2], magic[3]
    if type_code not in IDX_TYPES:
        known = ", ".join(f"{code:02x}" for code in IDX_TYPES)
        raise ValueError(f"{path} has the type code {type_code:02x}: IDX knows {known} (08 for pixels)")
    if not 1 <= n_dimensions <= MAX_DIMENSIONS:
        raise ValueError(f"{path} has {n_dimensions} dimensions: 1 to {MAX_DIMENSIONS} can be read")
    if dimensions is not None and n_dimensions != dimensions:
        raise ValueError(
            f"{path} has {_dimensions(n_dimensions)} where {_dimensions(dimensions)} should be: "
            "are the images and the labels file swapped?"
        )
    header = read_up_to(stream, 4 * n_dimensions)
    if len(header) < 4 * n_dimensions:
        raise ValueError(f"{path} ends inside its header, which should be {4 + 4 * n_dimensions} bytes long")
    shape = struct.unpack(f">{n_dimensions}I", header)
    return _read_values(stream, path, np.dtype(IDX_TYPES[type_code]), shape)


def _read_values(stream: Stream, path: Path, dtype: np.dtype[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    sizes = " x ".join(map(str, shape))
    if math.prod(max(size, 1) for size in shape) * dtype.itemsize > MAX_BYTES:
        raise ValueError(f"{path} announces {sizes} values: at most 1 GiB can be read")
    expected = math.prod(shape) * dtype.itemsize
    values = read_up_to(stream, expected)
    if len(values) < expected:
        raise ValueError(
            f"{path} is cut short: it holds {len(values)} bytes of values where its header announces {sizes} "
            f"({expected} bytes)"
        )
    if stream.read(1):
        raise ValueError(f"{path} goes on after the {sizes} values ({expected} bytes) its header announces")
    array = np.frombuffer(values, dtype).reshape(shape)
    return array.astype(dtype.newbyteorder("="), copy=expected >= LARGE_BYTES)


def read_up_to(stream: Stream, size: int) -> bytearray:
    """Up to `size` bytes, taking memory only for what is really there."""
    data = bytearray()
    while len(data) < size and (chunk := stream.read(min(size - len(data), CHUNK_BYTES))):
        data += chunk
    return data


def _dimensions(count: int) -> str:
    kind = f" ({KINDS[count]})" if count in KINDS else ""
    return f"{count} dimension{'s' if count > 1 else ''}{kind}"
