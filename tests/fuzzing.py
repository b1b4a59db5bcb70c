"""Feeds damaged files to the readers: each must give a valid result or one sentence, soon, in little memory.

    python tests/fuzzing.py [READER …] [--count N] [--seed N] [--keep FOLDER]

`READERS` is the table: to fuzz another reader, add a function that makes valid files and one that reads them.
"""

import argparse
import gzip
import io
import json
import random
import re
import resource
import shutil
import signal
import struct
import sys
import tempfile
import time
import warnings
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # as a script, from wherever it is called

LONGEST_S = 2.0
HANG_S = 20
MOST_MEMORY = 1 << 30
LONGEST_SENTENCE = 700

Files = dict[str, bytes]


@dataclass(frozen=True)
class Sample:
    """Valid input for a reader.

    Attributes
    ----------
    files
        Contents by their paths in a folder.
    entry
        The path that the reader is given; "" is the folder itself.
    pack
        What is done to the files before they are written, such as compressing. Damage is done before it,
        which reaches what lies inside, or after it, which hits the container.
    """

    files: Files
    entry: str = ""
    pack: Callable[[Files], Files] = dict


@dataclass(frozen=True)
class Fuzzed:
    """A reader: samples to start from, and how a path is read."""

    samples: Callable[[], list[Sample]]
    read: Callable[[Path], object]


# ---------------------------------------------------------------------- damage

HUGE = [0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 0x7FFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF]
WORDS = [
    b"nan",
    b"inf",
    b"-1",
    b"1e999",
    b"99999999999999999999",
    b"0",
    b'"',
    b"\0",
    b"\n",
    b",",
    b"word",
    b"'O'",
]
WORDS += [
    "\ufeff".encode(),
    b"\xff",
    b"{",
    b"}",
    b"[",
    b"null",
    b"../../x",
    b"|O",
    b"<f8",
    "é".encode("latin-1"),
]


def flip(data: bytearray, rng: random.Random) -> None:
    for _ in range(rng.choice([1, 1, 2, 8, 64])):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def overwrite(data: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(data))
    size = min(rng.choice([1, 2, 4, 16, 256]), len(data) - at)
    data[at : at + size] = rng.randbytes(size)


def truncate(data: bytearray, rng: random.Random) -> None:
    del data[rng.randrange(len(data)) :]


def remove(data: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(data))
    del data[at : at + rng.choice([1, 2, 4, 100, 4000])]


def insert(data: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(data) + 1)
    data[at:at] = rng.choice([rng.randbytes(rng.choice([1, 4, 100])), rng.choice(WORDS), bytes(5000)])


def repeat(data: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(data))
    piece = bytes(data[at : at + rng.choice([1, 8, 100, 2000])])
    data[at:at] = piece * rng.choice([1, 2, 20, 200])


def huge_number(data: bytearray, rng: random.Random) -> None:
    """Numbers in headers are near the beginning, of zip archives near the end."""
    size = rng.choice([1, 2, 4, 8])
    number = (rng.choice(HUGE) & (1 << 8 * size) - 1).to_bytes(size, rng.choice(["little", "big"]))
    near = rng.choice([range(64), range(len(data)), range(max(0, len(data) - 400), len(data))])
    at = min(rng.choice(near), max(0, len(data) - size))
    data[at : at + size] = number


def other_word(data: bytearray, rng: random.Random) -> None:
    """Another word or number in place of one of the text."""
    found = list(re.finditer(rb"[A-Za-z]+|[\d.]+", bytes(data[:20_000])))
    if found:
        chosen = rng.choice(found)
        data[chosen.start() : chosen.end()] = rng.choice([*WORDS, str(rng.choice(HUGE)).encode()])


DAMAGES = (flip, overwrite, truncate, remove, insert, repeat, huge_number, other_word)


def damage(files: Files, rng: random.Random) -> Files:
    """The files with one to three of them damaged, swapped, emptied or missing."""
    damaged = dict(files)
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        name = rng.choice(sorted(damaged))
        kind = rng.random()
        if kind < 0.02 and len(damaged) > 1:
            del damaged[name]
        elif kind < 0.04:
            damaged[name] = b""
        elif kind < 0.06:
            other = rng.choice(sorted(damaged))
            damaged[name], damaged[other] = damaged[other], damaged[name]
        elif damaged[name]:
            data = bytearray(damaged[name])
            rng.choice(DAMAGES)(data, rng)
            damaged[name] = bytes(data)
    return damaged


def damaged_sample(sample: Sample, rng: random.Random) -> Files:
    if rng.random() < 0.5:
        return sample.pack(damage(sample.files, rng))
    return damage(sample.pack(sample.files), rng)


# ---------------------------------------------------------------------- valid files


def idx_bytes(array: np.ndarray) -> bytes:
    code = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}[array.dtype.str[1:]]
    header = bytes([0, 0, code, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


def npy_bytes(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    return file.getvalue()


def packed_zip(compression: int) -> Callable[[Files], Files]:
    def pack(files: Files) -> Files:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", compression) as archive:
            for name, content in files.items():
                archive.writestr(f"{name}.npy", content)
        return {"some.npz": file.getvalue()}

    return pack


def packed_gz(files: Files) -> Files:
    return {f"{name}.gz": gzip.compress(content, 1) for name, content in files.items()}


def with_right_sums(files: Files) -> Files:
    """PNG files whose chunks have the right checksums again, so that damage inside them is reached."""
    return {name: right_sums(content) for name, content in files.items()}


def right_sums(png: bytes) -> bytes:
    out, at = bytearray(png[:8]), 8
    while at + 12 <= len(png):
        (size,) = struct.unpack_from(">I", png, at)
        if at + 12 + size > len(png):
            break
        body = png[at + 4 : at + 8 + size]
        out += png[at : at + 4] + body + struct.pack(">I", zlib.crc32(body))
        at += 12 + size
    return bytes(out + png[at:])


def pictures(ending: str, mode: str = "L") -> Files:
    from PIL import Image

    rng = np.random.default_rng(0)
    files = {}
    for name in ("cat/1", "cat/2", "dog/1", "dog/2"):
        shape = (6, 5) if mode == "L" else (6, 5, len(mode))
        file = io.BytesIO()
        Image.fromarray(rng.integers(0, 256, shape, np.uint8), mode=None).save(file, ending.upper())
        files[f"{name}.{ending}"] = file.getvalue()
    return files


def image_samples() -> list[Sample]:
    inside = [
        Sample(pictures(ending, mode), pack=with_right_sums)
        for ending, mode in (("png", "L"), ("png", "RGBA"))
    ]
    plain = [Sample(pictures(ending)) for ending in ("png", "jpeg", "bmp", "gif", "webp", "ppm")]
    return [*inside, *plain, Sample(pictures("bmp", "RGB"))]


def idx_samples() -> list[Sample]:
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (6, 4, 3), np.uint8), np.array([0, 1, 2, 0, 1, 2], np.uint8)
    files = {
        "train-images-idx3-ubyte": idx_bytes(images),
        "train-labels-idx1-ubyte": idx_bytes(labels),
        "t10k-images-idx3-ubyte": idx_bytes(images[:3]),
        "t10k-labels-idx1-ubyte": idx_bytes(labels[:3]),
    }
    floats = {
        "train-images.idx3-ubyte": idx_bytes(rng.normal(size=(6, 5))),
        "train-labels.idx1-ubyte": idx_bytes(labels.astype(np.int32)),
    }
    return [
        Sample(files),
        Sample(files, pack=packed_gz),
        Sample(files, entry="train-images-idx3-ubyte"),
        Sample(floats, entry="train-images.idx3-ubyte"),
    ]


def npz_samples() -> list[Sample]:
    rng = np.random.default_rng(0)
    labels = np.array([0, 1, 2, 0, 1, 2])
    pictures = {
        "x_train": npy_bytes(rng.integers(0, 256, (6, 4, 3), np.uint8)),
        "y_train": npy_bytes(labels),
        "x_test": npy_bytes(rng.integers(0, 256, (3, 4, 3), np.uint8)),
        "y_test": npy_bytes(labels[:3]),
    }
    numbers = {
        "X": npy_bytes(np.asfortranarray(rng.normal(size=(6, 4)))),
        "y": npy_bytes(np.array(["a", "b", "a", "b", "c", "c"])),
        "feature_names": npy_bytes(np.array(["p", "q", "r", "s"])),
    }
    fit = {"data": npy_bytes(rng.normal(size=(6, 2)).astype(">f4")), "target": npy_bytes(rng.normal(size=6))}
    return [
        Sample(files, "some.npz", packed_zip(compression))
        for files in (pictures, numbers, fit)
        for compression in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    ]


def csv_samples() -> list[Sample]:
    plain = "\n".join(f"{i * 0.5},{i % 7},{'ab'[i % 2]}" for i in range(30))
    named = 'length,"width, cm",species\r\n' + "\r\n".join(
        f'{i},{-i}.25,"the {"xyz"[i % 3]}"' for i in range(12)
    )
    comma = "id;x;y\n" + "\n".join(f"{i};{i},5;{i % 2}" for i in range(20))
    pixels = "label\t" + "\t".join(f"pixel{i}" for i in range(64)) + "\n"
    pixels += "\n".join(
        f"{i % 3}\t" + "\t".join(str((i * 40 + j) % 256) for j in range(64)) for i in range(9)
    )
    return [Sample({"some.csv": text.encode()}, "some.csv") for text in (plain, named, comma, pixels)]


def read_own_data(path: Path) -> object:
    """Read, fingerprint, propose: what opening own data does."""
    from mlpviz.data.readers import looks_like_data, read_data

    looks_like_data(path)
    own = read_data(path)
    assert len(own.dataset.training) == own.understood.training
    return own


def own(name: str) -> Fuzzed:
    """A reader of `fuzz_own_formats`, which needs what stands here."""

    def module():
        sys.modules.setdefault("fuzzing", sys.modules[__name__])
        import fuzz_own_formats

        return fuzz_own_formats

    return Fuzzed(
        lambda: getattr(module(), f"{name}_samples")(),
        lambda path: getattr(module(), {"weight": "read_weights"}.get(name, f"read_{name}"))(path),
    )


READERS: dict[str, Fuzzed] = {
    "idx": Fuzzed(idx_samples, read_own_data),
    "npz": Fuzzed(npz_samples, read_own_data),
    "csv": Fuzzed(csv_samples, read_own_data),
    "images": Fuzzed(image_samples, read_own_data),
    "weights": own("weight"),
    "runs": own("run"),
    "figures": own("figure"),
    "experiments": own("experiment"),
}


# ---------------------------------------------------------------------- trying


class HangError(BaseException):
    """A reader took far too long; no reader may catch it."""


def _alarm(number: int, frame: object) -> None:
    raise HangError


def trouble(read: Callable[[Path], object], folder: Path, entry: str) -> tuple[str, bool]:
    """What is wrong with how files are read, "" if nothing is; and whether they could be read."""
    path = folder / entry if entry else folder
    signal.alarm(HANG_S)
    began = time.process_time()
    is_valid = False
    try:
        read(path)
        is_valid = True
    except (ValueError, OSError) as error:
        sentence = str(error)
        if type(error) in (UnicodeDecodeError, UnicodeEncodeError):
            return f"a raw {type(error).__name__}: {error}", False
        if "\n" in sentence or not sentence or len(sentence.replace(str(folder), "")) > LONGEST_SENTENCE:
            return f"not one sentence: {sentence[:2000]!r}", False
        if isinstance(error, ValueError) and str(folder) not in sentence:
            return f"the sentence names no file: {sentence!r}", False
    except HangError:
        return f"still at work after {HANG_S} s", False
    except MemoryError:
        return "more than 1 GiB of memory", False
    except Exception as error:
        return f"{type(error).__name__}: {error}", False
    finally:
        signal.alarm(0)
    seconds = time.process_time() - began
    return (f"took {seconds:.1f} s" if seconds > LONGEST_S else ""), is_valid


def fuzz(name: str, count: int, seed: int, keep: Path | None) -> list[str]:
    """Try one reader with so many damaged inputs; returns what went wrong, a line each."""
    fuzzed = READERS[name]
    samples = fuzzed.samples()
    wrong: list[str] = []
    valid = 0
    with tempfile.TemporaryDirectory(prefix="mlpviz-fuzz-") as work:
        folder = Path(work) / "in"
        for sample in samples:  # as they are, they must be read
            write(folder, sample.pack(sample.files))
            fuzzed.read(folder / entry_of(sample) if sample.entry else folder)
        for i in range(count):
            rng = random.Random(f"{name} {seed} {i}")
            sample = rng.choice(samples)
            write(folder, damaged_sample(sample, rng))
            problem, is_valid = trouble(fuzzed.read, folder, entry_of(sample))
            valid += is_valid
            if problem:
                wrong.append(f"{name}, seed {seed}, file {i}: {problem}")
                if keep is not None:
                    shutil.copytree(folder, keep / f"{name}-{seed}-{i}", dirs_exist_ok=True)
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name}: {count} damaged files, {valid} still read, {len(wrong)} wrong; peak {peak_mib:.0f} MiB")
    return wrong


def entry_of(sample: Sample) -> str:
    return sample.entry


def write(folder: Path, files: Files) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def bound_memory() -> None:
    """Let no more than 1 GiB be taken beside what the libraries have reserved."""
    import PIL.Image

    PIL.Image.init()
    with open("/proc/self/statm", encoding="ascii") as file:
        reserved = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (reserved + MOST_MEMORY, resource.RLIM_INFINITY))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "readers", nargs="*", metavar="READER", help=f"of {', '.join(READERS)}; all if none is named"
    )
    parser.add_argument("--count", type=int, default=20_000, help="damaged files for each reader")
    parser.add_argument("--seed", type=int, default=0, help="another seed gives other damage")
    parser.add_argument("--keep", type=Path, help="a folder for the files that a reader failed on")
    parser.add_argument("--json", action="store_true", help="print what went wrong as a JSON list")
    options = parser.parse_args()
    unknown = set(options.readers) - set(READERS)
    if unknown:
        parser.error(f"unknown reader {min(unknown)!r}; known are: {', '.join(READERS)}")
    signal.signal(signal.SIGALRM, _alarm)
    warnings.simplefilter("error")
    bound_memory()
    wrong = [
        line
        for name in options.readers or READERS
        for line in fuzz(name, options.count, options.seed, options.keep)
    ]
    if options.json:
        print(json.dumps(wrong))
    else:
        print("\n".join(wrong[:50]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
