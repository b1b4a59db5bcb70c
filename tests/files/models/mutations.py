"""Valid files of weights in every way of writing them, and what becomes of them when bytes are changed."""

import io
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import safetensors.numpy

DATA = Path(__file__).parent.parent / "data"


def safetensors_files() -> list[bytes]:
    """Files that open: of PyTorch, of mlpviz, with metadata, in several types of numbers."""
    rng = np.random.default_rng(0)
    own = {"0.weight": rng.normal(size=(4, 3)).astype(np.float32), "0.bias": np.zeros(3, np.float32)}
    norm = {f"1.{name}": np.ones(3, np.float32) for name in ("gamma", "beta", "mean", "variance")}
    mixed = {"fc1.weight": rng.normal(size=(3, 4)), "fc1.bias": np.zeros(3, np.float16)}
    return [
        *(path.read_bytes() for path in sorted(DATA.glob("torch_*.safetensors"))),
        safetensors.numpy.save({**own, **norm}, {"mlpviz_layout": "numpy"}),
        safetensors.numpy.save(mixed),
    ]


def npz_files() -> list[bytes]:
    """Files that open: named in several ways, packed or not, with words in them."""
    rng = np.random.default_rng(0)
    w1, w2 = rng.normal(size=(4, 3)).astype(np.float32), rng.normal(size=(3, 2)).astype(np.float32)
    b1, b2 = np.zeros(3, np.float32), np.zeros(2)
    found = []
    for save in (np.savez, np.savez_compressed):
        for named in (
            {"W1": w1, "b1": b1, "W2": w2, "b2": b2},
            {"layer1/weight": np.asfortranarray(w1.T), "layer2/weight": w2.T.astype(np.float16)},
            {"arr_0": w1, "arr_1": b1, "arr_2": w2, "arr_3": b2},
            {"0.weight": w1, "0.bias": b1, "mlpviz_layout": np.array("numpy")},
        ):
            file = io.BytesIO()
            save(file, **named)
            found.append(file.getvalue())
    return found


def mutated(content: bytes, rng: np.random.Generator) -> bytes:
    """The content with a few things changed: bits, bytes, numbers, its length, the order of its parts."""
    changed = bytearray(content)
    for _ in range(int(rng.integers(1, 5))):
        if not changed:
            return bytes(changed)
        place = int(rng.integers(len(changed)))
        match int(rng.integers(8)):
            case 0:
                changed[place] ^= 1 << int(rng.integers(8))
            case 1:
                changed[place] = int(rng.integers(256))
            case 2:  # what does most harm to text, for it stays readable
                changed[place] = int(rng.choice(np.frombuffer(b"0123456789-.e\"'{}[](),:<>OUVf|", np.uint8)))
            case 3:
                del changed[place:]
            case 4:
                del changed[place : place + int(rng.integers(1, 20))]
            case 5:
                changed[place:place] = changed[place : place + int(rng.integers(1, 40))]
            case 6:  # a size or an offset that lies
                size = int(rng.choice([0, 1, 255, 2**16, 2**31 - 1, 2**32 - 1, 2**63 - 1]))
                changed[place : place + 8] = struct.pack("<Q", size)[: int(rng.choice([1, 2, 4, 8]))]
            case _:
                other = int(rng.integers(len(changed)))
                n = int(rng.integers(1, 32))
                changed[place : place + n] = changed[other : other + n]
    return bytes(changed)


def mutations(files: list[bytes], n: int, seed: int = 0) -> Iterator[bytes]:
    """So many broken files."""
    rng = np.random.default_rng(seed)
    for i in range(n):
        yield mutated(files[i % len(files)], rng)
