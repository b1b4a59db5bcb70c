"""What a stage says: numbers, names, formulas in plain characters, the code that ran; and the cursor."""

import inspect
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpviz.nn import SGD, Affine, BatchNorm, BinaryCrossEntropy, LeakyReLU, Network, Sigmoid, SquaredError
from mlpviz.nn import layers as nn_layers
from mlpviz.nn import losses as nn_losses
from mlpviz.walkthrough import Choice, walk
from mlpviz.walkthrough.cursor import Cursor
from mlpviz.walkthrough.example import choose
from mlpviz.walkthrough.narration import describe, narrate, readable
from mlpviz.walkthrough.stages import code_of
from mlpviz.walkthrough.symbols import at, derivative, factor, number, plain, products, told
from mlpviz.walkthrough.updating import loss_change


@pytest.mark.parametrize(
    ("value", "latex"),
    [
        (0, "0"),
        (-0.0, "0"),
        (1, "1"),
        (-2.0, "{-}2"),
        (999, "999"),
        (0.5, "0.500"),
        (0.00123, "0.00123"),
        (0.0012345, "0.00123"),
        (-0.379556, "{-}0.380"),
        (12.345, "12.3"),
        (-8.34e-5, r"{-}8.34\cdot 10^{{-}5}"),
        (9.999e-5, r"1.00\cdot 10^{{-}4}"),
        (123.4, "123"),
        (1.5e7, r"1.50\cdot 10^{7}"),
        (-1e300, r"{-}1.00\cdot 10^{300}"),
        (np.float32(0.1), "0.100"),
        (float("nan"), r"\mathrm{NaN}"),
        (float("inf"), r"\infty"),
        (float("-inf"), r"-\infty"),
    ],
)
def test_number(value, latex):
    assert number(value) == latex


@given(st.floats(-1e300, 1e300))
def test_a_number_is_right_to_three_digits(value):
    text = re.sub(r"\\cdot 10\^\{(.*)\}", r"e\1", number(value).replace("{-}", "-"))
    whole, _, less = text.partition(" - ")  # what is close to 1 may be told by what is missing
    assert float(whole) - float(less or 0) == pytest.approx(value, rel=0.00501, abs=1e-323)
    assert "\\" not in readable(number(value))


def test_words_for_numbers_and_names():
    assert factor(-0.5) == "({-}0.500)"
    assert factor(1e-7) == r"(1.00\cdot 10^{{-}7})"
    assert factor(0.5) == "0.500"
    assert at("W_1", 3, 7) == r"W_1[3,\,7]"
    assert [told(v) for v in (0.12345, -0.0, -3, 1e-7)] == ["0.123", "0", "−3", "1·10⁻⁷"]
    assert plain(derivative("W_1")) == "∂L/∂W₁"
    assert [plain(s) for s in (r"\gamma_12", r"\Delta b_2", "x", r"\delta_3")] == ["γ₁₂", "Δb₂", "x", "δ₃"]
    few, many = np.array([1.0, -2.0]), np.arange(5.0)
    assert products(few, few) == r"1 \cdot 1 + ({-}2) \cdot ({-}2)"
    assert products(many, many) == "30"


@given(st.integers(1, 30), st.lists(st.integers(-100, 100)))
def test_the_cursor_stays_within(count, jumps):
    cursor = Cursor(count)
    for jump in jumps:
        before = cursor.index
        assert cursor.step(jump) == (cursor.index != before)
        assert cursor.index == min(max(before + jump, 0), count - 1)
        assert cursor.at_end == (cursor.index == count - 1)


def test_the_cursor_jumps():
    cursor = Cursor(5)
    assert cursor.jump(3)
    assert not cursor.jump(3)
    assert cursor.jump(99)
    assert (cursor.index, cursor.at_end) == (4, True)
    assert cursor.jump(-1)
    assert cursor.index == 0


def test_every_stage_can_be_read(trainer, walk_of):
    w = walk_of(trainer)
    for stage in w.stages:
        for choice in {choose(w, stage), Choice()}:
            text = narrate(stage, choice, len(w.stages))
            assert "\\" not in text, text
            assert not set("{}«»") & set(text), text
            assert "  " not in readable(stage.worked(choice))
            assert text.startswith(f"Stage {stage.index} of {len(w.stages) - 1} · {stage.phase} · ")
            assert stage.title in text
            assert stage.words(choice) in text
            assert stage.words(choice).endswith(".")
            for q in stage.quantities:
                assert describe(q) in text


def number_in(latex):
    """The last number of a formula."""
    text = latex.rpartition("= ")[2].replace("{-}", "-")
    return float(re.sub(r"\\cdot 10\^\{(.*)\}", r"e\1", text))


def test_the_number_told_is_the_number_of_the_stage(trainer, walk_of):
    w = walk_of(trainer)
    for stage in w.stages:
        values = stage.result.values
        if stage.phase == "after" or stage.operation == "Loss" or not values.ndim:
            continue
        for index in [tuple(n - 1 for n in values.shape), tuple(0 for _ in values.shape)]:
            worked = stage.worked(Choice(index[-1], index[0]))
            value = values[index]
            if stage.phase == "update":  # told to as many digits as show the change
                value = float(stage.quantities[0].values[index]) + float(value)
                value = pytest.approx(value, rel=0.00501)
                assert worked.endswith(f"= {number(0)}") or value == number_in(worked), worked
            else:
                assert worked.endswith(f"= {number(value)}"), (stage.title, worked)
            assert at("", *index) in worked


@pytest.mark.parametrize("z", [1e-5, -3e-6, np.nan, 0.0, -0.5, 1e9])
def test_a_sigmoid_can_be_read_for_any_number(z):
    layer = Affine(1, 1, initializer="zeros", dtype=np.float64)
    layer.bias[:] = z
    w = walk(Network([layer, Sigmoid()]), np.ones((1, 1)), np.ones((1, 1)), SquaredError(), SGD(0.1))
    for stage in w.stages:
        text = narrate(stage, Choice(), len(w.stages))
        assert "\\" not in text, text


@pytest.mark.parametrize("make", [lambda: LeakyReLU(0.2), lambda: BatchNorm(2, np.float64)])
def test_all_numbers_are_put_in(make):
    """A formula with numbers holds no symbol any more but the name of what it computes."""
    layer = Affine(2, 2, initializer="zeros", dtype=np.float64)
    layer.bias[:] = [-0.5, 0.7]
    w = walk(Network([layer, make()]), np.ones((1, 2)), np.ones((1, 2)), SquaredError(), SGD(0.1))
    (stage,) = [s for s in w.stages if s.phase == "forward" and s.layer == 1]
    numbers = readable(stage.worked(Choice())).partition(" = ")[2]
    assert not re.search(r"[a-zγβμσε]", numbers.replace("max", "")), numbers


def test_binary_cross_entropy_takes_its_minus_for_both_terms():
    """−Σ t log p + (1−t) log(1−p) without a bracket would count the second term with a plus."""
    layer = Affine(2, 2, initializer="zeros", dtype=np.float64)
    w = walk(Network([layer]), np.ones((1, 2)), np.ones((1, 2)), BinaryCrossEntropy(), SGD(0.1))
    (stage,) = [s for s in w.stages if s.phase == "loss" and s.operation == "Loss"]
    formula = stage.formula.replace(r"\left", "").replace(r"\bigl", "").replace(r"\big", "")
    first, _, rest = formula.partition(r"\log")
    assert re.search(r"\\sum_j\s*[\[({]", formula) or (first.count("-"), rest.count("-")) >= (1, 3), formula


def test_long_quantities_are_told_by_range_and_norm(trainer_of, walk_of):
    w = walk_of(trainer_of("digits"))
    weight = w.stages[1].quantities[1]
    text = describe(weight)
    assert text.startswith("W₁ (784 x 100): from −")
    low, high, norm = re.findall(r"[−\d.e]+\d", text.partition(": ")[2])
    values = weight.values.astype(np.float64)
    assert float(low.replace("−", "-")) == pytest.approx(values.min(), rel=1e-5)
    assert float(high) == pytest.approx(values.max(), rel=1e-5)
    assert float(norm) == pytest.approx(np.linalg.norm(values), rel=1e-5)


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"z_1 = x\,W_1 + b_1", "z₁ = x W₁ + b₁"),
        (r"\frac{\partial L}{\partial W_1}[3,\,7]", "∂L/∂W₁[3, 7]"),
        (r"x^\top\,\frac{\partial L}{\partial z_2}", "xᵀ ∂L/∂z₂"),
        (r"W_1 \leftarrow W_1 - \eta\,\frac{\partial L}{\partial W_1}", "W₁ ← W₁ − η ∂L/∂W₁"),
        (r"{-}8.34\cdot 10^{{-}5}", "−8.34· 10^−5"),
        (r"\max(0,\, {-}0.5)", "max(0, −0.5)"),
    ],
)
def test_readable(latex, text):
    assert readable(latex) == text


def test_a_root_of_a_sum_is_told_as_one():
    assert readable(r"\frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}}") == "(x − μ) / √(σ^2 + ε)"


def source_lines(method):
    """The lines of a method without their margins."""
    return [line.strip() for line in inspect.getsource(method).splitlines() if line.strip()]


def test_the_code_is_that_of_the_method_that_ran(trainer, walk_of):
    w = walk_of(trainer)
    kinds = {i: type(layer) for i, layer in enumerate(trainer.network.layers)}
    for stage in w.stages:
        if stage.phase == "after":
            method = loss_change
        elif stage.phase == "update":
            method = type(trainer.optimizer).update
        elif stage.layer is not None:
            kind = kinds[stage.layer]
            back = kind.gradients if stage.parameter else kind.backward
            method = kind.forward if stage.phase == "forward" else back
        elif stage.operation == "Loss":
            kind = type(trainer.loss)
            method = kind.gradient if stage.phase == "backward" else kind.value
        elif stage.phase == "loss":
            method = nn_losses.softmax if stage.operation == "Softmax" else nn_layers.sigmoid
        else:
            method = Network.predict
        real = source_lines(method)
        shown = [line.strip() for line in stage.code.lines if line.strip()]
        assert shown, stage.title
        assert all(line in real for line in shown), stage.title
        assert shown[0].startswith(("def ", "@")), stage.title
        statements = [line for line in real if line.startswith("return")]
        assert all(line in shown for line in statements), stage.title
        assert '"""' not in "".join(shown)
        assert stage.code.place == f"{method.__module__.replace('.', '/')}.py · {method.__qualname__}"


def test_lit_lines_do_the_work(trainer, walk_of):
    for stage in walk_of(trainer).stages:
        lines = stage.code.lines
        assert stage.code.lit
        assert stage.code.lit <= set(range(len(lines)))
        lit = [lines[i] for i in sorted(stage.code.lit)]
        assert not any(line.lstrip().startswith("def ") for line in lit)
        if stage.phase == "backward" and stage.parameter is not None:
            assert all(f'"{stage.parameter}"' in line for line in lit)


def test_code_without_docstrings():
    def one(x):
        """One line."""
        return x

    def several(x):
        """Several.

        Lines.
        """
        for _ in range(2):
            x += 1
        return x

    assert code_of(one).lines == ("def one(x):", "    return x")
    code = code_of(several, "x +=")
    assert code.lines[1:] == ("    for _ in range(2):", "        x += 1", "    return x")
    assert code.lit == {2}
