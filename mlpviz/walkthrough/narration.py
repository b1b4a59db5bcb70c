"""A stage as text: for the terminal, the clipboard and screen readers."""

import re
from collections.abc import Callable

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


def legend(stage: Stage) -> str:
    """What each symbol of the stage's formula means, a line each."""
    lines = [f"{quantity.name}: {quantity.meaning}" for quantity in stage.quantities]
    lines += [words for sign, words in _SIGNS.items() if sign in stage.formula]
    return "\n".join(lines)


def readable(latex: str) -> str:
    """A formula in plain characters, as far as they go."""
    text = latex.replace("{-}", "-")
    for pattern, replacement in _SIMPLE:
        text = text.replace(pattern, replacement)
    text = _tell_command(text, r"\frac", 2, _fraction)
    text = _tell_command(text, r"\sqrt", 1, lambda below: f"√{_bracketed(below)}")
    text = re.sub(r"\\(?:text|mathrm)\{([^{}]*)\}", r"\1", text)
    text = re.sub(r"\\mathbb\{R\}\^\{(\d+)\}", r"ℝ^\1", text)
    text = re.sub(r"([A-Za-zγβ])_(\d+)", lambda m: plain(m[0]), text)
    text = re.sub(r"10\^\{(-?\d+)\}", r"10^\1", text)
    text = re.sub(r"\^\{([^{}]*)\}", r"^(\1)", text)
    text = re.sub(r"_\{?([^{}\s]+)\}?", r"_\1", text)
    return re.sub(r"\s+", " ", text.replace("{", "").replace("}", "")).replace("-", "−").strip()


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
    (r"\hat ", ""),
    (r"\max", "max"),
    (r"\tanh", "tanh"),
    (r"\log", "log"),
    (r"\infty", "∞"),
)


def _tell_command(text: str, command: str, count: int, tell: Callable[..., str]) -> str:
    """Replace a LaTeX command and its arguments in braces, the innermost first."""
    while (start := text.rfind(command)) >= 0:
        place, arguments = start + len(command), []
        for _ in range(count):
            depth, begin = 1, place + 1
            place = begin
            while depth:
                depth += {"{": 1, "}": -1}.get(text[place], 0)
                place += 1
            arguments.append(text[begin : place - 1].strip())
        text = text[:start] + tell(*arguments) + text[place:]
    return text


def _fraction(above: str, below: str) -> str:
    if above.startswith("∂") and below.startswith("∂"):
        return f"{above}/{below}"
    if " " in above + re.sub(r"\\sqrt", " ", below):
        return f"{_bracketed(above)} / {_bracketed(below)}"
    return f"{above}/{below}"


def _bracketed(text: str) -> str:
    """In brackets if it is more than one term."""
    return f"({text})" if " " in text and not text.startswith(r"\sqrt") else text


_SIGNS = {
    r"\top": "ᵀ: rows and columns exchanged",
    r"\circ": "∘: times, entry by entry",
    r"\sum": "Σ: the sum over all",
    r"\partial": "∂L/∂…: the slope of L in …, with all else held fixed",
    r"\eta": "η: the learning rate",
    r"\theta": "θ: every weight and bias in turn",
    r"\Delta": "Δ: a change",
    r"\mu": "μ, σ²: mean and variance gathered in training",
    r"\varepsilon": "ε: 0.00001, so that nothing is divided by 0",
    "> 0]": "[… > 0]: 1 where it is so, else 0",
    r"\mathbb{R}": "ℝⁿ: n numbers",
}
