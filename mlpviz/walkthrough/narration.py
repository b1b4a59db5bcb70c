"""A stage as text: for the terminal, the clipboard and screen readers."""

import re

import numpy as np

from mlpviz.walkthrough.stages import Choice, Quantity, Stage
from mlpviz.walkthrough.symbols import plain

SHOWN = 10  # numbers of a quantity that are written out


def narrate(stage: Stage, choice: Choice, count: int) -> str:
    """A stage in words: title, formula, formula with numbers, sentence, quantities."""
    lines = [
        f"Stage {stage.index} of {count - 1} · {stage.phase} · {stage.operation}: {stage.title}",
        f"  {readable(stage.formula)}",
        f"  {readable(stage.worked(choice))}",
        f"  {stage.words(choice)}",
        *(f"  {describe(quantity)}" for quantity in stage.quantities),
    ]
    return "\n".join(lines)


def describe(quantity: Quantity) -> str:
    """Name, shape and the first numbers of a quantity."""
    values = quantity.values
    shape = " x ".join(map(str, values.shape)) or "a number"
    flat = values.reshape(-1)
    if len(flat) <= SHOWN:
        numbers = ", ".join(f"{value:.6g}" for value in flat)
    else:
        norm = float(np.sqrt(np.sum(np.square(flat.astype(np.float64)))))
        numbers = f"from {flat.min():.6g} to {flat.max():.6g}, norm {norm:.6g}"
    return f"{quantity.name} ({shape}): {numbers.replace('-', '−')}"


def readable(latex: str) -> str:
    """A formula in plain characters, as far as they go."""
    text = latex.replace("{-}", "-")
    for pattern, replacement in _SIMPLE:
        text = text.replace(pattern, replacement)
    while (changed := _FRACTION.sub(_fraction, text)) != text:
        text = changed
    text = re.sub(r"\\(?:text|mathrm)\{([^{}]*)\}", r"\1", text)
    text = re.sub(r"\\mathbb\{R\}\^\{(\d+)\}", r"ℝ^\1", text)
    text = re.sub(r"([A-Za-zγβ])_(\d+)", lambda m: plain(m[0]), text)
    text = re.sub(r"10\^\{(-?\d+)\}", r"10^\1", text)
    text = re.sub(r"\^\{([^{}]*)\}", r"^(\1)", text)
    text = re.sub(r"_\{?([^{}\s]+)\}?", r"_\1", text)
    return re.sub(r"\s+", " ", text.replace("{", "").replace("}", "")).replace("-", "−").strip()


_FRACTION = re.compile(r"\\frac\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}")
_SIMPLE = (
    (r"\,", " "),
    (r"\quad", "  "),
    (r"\qquad", "   "),
    (r"\partial ", "∂"),
    (r"\sum", "Σ"),
    (r"\cdot", "·"),
    (r"\circ", "∘"),
    (r"\top", "ᵀ"),
    ("^ᵀ", "ᵀ"),
    (r"\leftarrow", "←"),
    (r"\approx", "≈"),
    (r"\in ", "∈ "),
    (r"\eta", "η"),
    (r"\theta", "θ"),
    (r"\Delta", "Δ"),
    (r"\gamma", "γ"),
    (r"\beta", "β"),
    (r"\mu", "μ"),
    (r"\sigma", "σ"),
    (r"\varepsilon", "ε"),
    (r"\sqrt", "√"),
    (r"\hat ", ""),
    (r"\max", "max"),
    (r"\tanh", "tanh"),
    (r"\log", "log"),
    (r"\infty", "∞"),
)


def _fraction(match: re.Match[str]) -> str:
    above, below = match[1].strip(), match[2].strip()
    if above.startswith("∂") and below.startswith("∂"):
        return f"{above}/{below}"
    return f"({above}) / ({below})" if " " in below or " " in above else f"{above}/{below}"
