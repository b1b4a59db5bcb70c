"""A 2-2-1 network with nine given parameters: every number worked out by hand, and told digit for digit.

x = (1, 0), t = 1, squared error, learning rate 0.5.

    W1 = 0.5  -0.3    b1 = 0.1  -0.1    W2 =  0.7    b2 = 0.2
         0.8   0.2                           -0.4

Forward
    z1 = (1·0.5 + 0·0.8 + 0.1, 1·(-0.3) + 0·0.2 - 0.1) = (0.6, -0.4)
    a1 = (1/(1 + e^-0.6), 1/(1 + e^0.4)) = (1/1.548812, 1/2.491825) = (0.645656, 0.401312)
    z2 = 0.645656·0.7 + 0.401312·(-0.4) + 0.2 = 0.451959 - 0.160525 + 0.2 = 0.491434
    a2 = 1/(1 + e^-0.491434) = 1/1.611748 = 0.620444
    L  = (0.620444 - 1)² = (-0.379556)² = 0.144063
Backward
    ∂L/∂a2 = 2·(-0.379556) = -0.759111
    slope of a2 = 0.620444·0.379556 = 0.235493
    ∂L/∂z2 = -0.759111·0.235493 = -0.178766
    ∂L/∂W2 = (0.645656, 0.401312)·(-0.178766) = (-0.115421, -0.071741);  ∂L/∂b2 = -0.178766
    ∂L/∂a1 = -0.178766·(0.7, -0.4) = (-0.125136, 0.071506)
    slopes of a1 = (0.645656·0.354344, 0.401312·0.598688) = (0.228784, 0.240261)
    ∂L/∂z1 = (-0.125136·0.228784, 0.071506·0.240261) = (-0.028629, 0.017180)
    ∂L/∂W1 = row of x[0]: 1·(-0.028629, 0.017180), row of x[1]: (0, 0);  ∂L/∂b1 = (-0.028629, 0.017180)
    ∂L/∂x  = (-0.028629·0.5 + 0.017180·(-0.3), -0.028629·0.8 + 0.017180·0.2) = (-0.019469, -0.019467)
Update, ΔW = -0.5 ∂L/∂W
    ΔW1 = (0.014315, -0.008590), (0, 0);  Δb1 = (0.014315, -0.008590)
    ΔW2 = (0.057711, 0.035870);  Δb2 = 0.089383
After
    promised = -0.5·(2·(0.028629² + 0.017180²) + 0.115421² + 0.071741² + 0.178766²)
             = -0.5·(0.002230 + 0.013322 + 0.005147 + 0.031957) = -0.026328
    with the new numbers z1 = (0.628629, -0.417180), a1 = (0.652179, 0.397192),
    z2 = 0.652179·0.757711 + 0.397192·(-0.364130) + 0.289383 = 0.638918, a2 = 0.654508,
    L = (0.345492)² = 0.119365, so measured = 0.119365 - 0.144063 = -0.024698
"""

import numpy as np
import pytest

from mlpviz.walkthrough import Choice
from mlpviz.walkthrough.narration import readable

# Operation, symbol of the result, its numbers
STAGES = [
    ("forward", "Input", "x", [1, 0]),
    ("forward", "Affine 1", "z₁", [0.6, -0.4]),
    ("forward", "Sigmoid 1", "a₁", [0.645656, 0.401312]),
    ("forward", "Affine 2", "z₂", [0.491434]),
    ("forward", "Sigmoid 2", "a₂", [0.620444]),
    ("loss", "Loss", "L", 0.144063),
    ("backward", "Loss", "∂L/∂a₂", [-0.759111]),
    ("backward", "Sigmoid 2", "∂L/∂z₂", [-0.178766]),
    ("backward", "Affine 2", "∂L/∂W₂", [[-0.115421], [-0.071741]]),
    ("backward", "Affine 2", "∂L/∂b₂", [-0.178766]),
    ("backward", "Affine 2", "∂L/∂a₁", [-0.125136, 0.071506]),
    ("backward", "Sigmoid 1", "∂L/∂z₁", [-0.028629, 0.017180]),
    ("backward", "Affine 1", "∂L/∂W₁", [[-0.028629, 0.017180], [0, 0]]),
    ("backward", "Affine 1", "∂L/∂b₁", [-0.028629, 0.017180]),
    ("backward", "Affine 1", "∂L/∂x", [-0.019469, -0.019467]),
    ("update", "Affine 1", "ΔW₁", [[0.014315, -0.008590], [0, 0]]),
    ("update", "Affine 1", "Δb₁", [0.014315, -0.008590]),
    ("update", "Affine 2", "ΔW₂", [[0.057711], [0.035870]]),
    ("update", "Affine 2", "Δb₂", [0.089383]),
    ("after", "After", "ΔL measured", -0.024698),
]

# Stage, unit, source, the formula with the numbers of that choice, to three digits
WORKED = [
    (0, 1, 0, "x[1] = 0"),
    (1, 1, 0, "z₁[1] = Σ_i x[i] W₁[i, 1] + b₁[1] = 1 · (−0.300) + 0 · 0.200 + (−0.100) = −0.400"),
    (3, 0, 0, "z₂[0] = Σ_i a₁[i] W₂[i, 0] + b₂[0] = 0.646 · 0.700 + 0.401 · (−0.400) + 0.200 = 0.491"),
    (5, 0, 0, "(0.620 − 1)^2 = 0.144 L = 0.144"),
    (6, 0, 0, "∂L/∂a₂[0] = 2(0.620 − 1) = −0.759"),
    (7, 0, 0, "∂L/∂z₂[0] = (−0.759) · 0.235 = −0.179"),
    (8, 0, 1, "∂L/∂W₂[1, 0] = 0.401 · (−0.179) = −0.0717"),
    (9, 0, 0, "∂L/∂b₂[0] = −0.179"),
    (10, 1, 0, "∂L/∂a₁[1] = Σ_j ∂L/∂z₂[j] W₂[1, j] = (−0.179) · (−0.400) = 0.0715"),
    (11, 1, 0, "∂L/∂z₁[1] = 0.0715 · 0.240 = 0.0172"),
    (12, 1, 0, "∂L/∂W₁[0, 1] = 1 · 0.0172 = 0.0172"),
    (12, 0, 1, "∂L/∂W₁[1, 0] = 0 · (−0.0286) = 0"),
    (
        14,
        0,
        0,
        "∂L/∂x[0] = Σ_j ∂L/∂z₁[j] W₁[0, j] = (−0.0286) · 0.500 + 0.0172 · (−0.300) = −0.0195",
    ),
    (15, 1, 0, "W₁[0, 1] ← −0.300 − 0.500 · 0.0172 = −0.309"),
    (18, 0, 0, "b₂[0] ← 0.200 − 0.500 · (−0.179) = 0.289"),
    (19, 0, 0, "promised −0.0263, measured −0.0247"),
]

# Stage, unit, source, what the sentence must hold
WORDS = [
    (1, 1, 0, "Unit 1 multiplies each of its 2 inputs"),
    (1, 1, 0, "−0.4."),
    (2, 1, 0, "Unit 1: −0.4 becomes 0.401."),
    (5, 0, 0, "0.144."),
    (6, 0, 0, "the loss would fall"),
    (7, 0, 0, "Unit 0: slope 0.235."),
    (8, 0, 0, "−0.179"),
    (9, 0, 0, "−0.179."),
    (10, 1, 0, "0.0715."),
    (13, 0, 0, "−0.0286."),
    (14, 0, 0, "Training does not need it"),
    (19, 0, 0, "promised a fall of 0.0263"),
    (19, 0, 0, "the loss fell by 0.0247"),
]


def test_the_number_of_stages(hand):
    assert len(hand.stages) == len(STAGES)


@pytest.mark.parametrize("index", range(len(STAGES)))
def test_values(hand, index):
    phase, operation, name, values = STAGES[index]
    stage = hand.stages[index]
    assert (stage.index, stage.phase, stage.operation, stage.result.name) == (index, phase, operation, name)
    assert stage.result.values.shape == np.shape(values)
    assert np.abs(stage.result.values - values).max() < 1e-6


def test_the_promise(hand):
    before, promised, measured = (float(q.values) for q in hand.stages[-1].quantities)
    assert (before, promised, measured) == pytest.approx((0.144063, -0.026328, -0.024698), abs=1e-6)


@pytest.mark.parametrize(("index", "unit", "source", "text"), WORKED)
def test_worked(hand, index, unit, source, text):
    assert readable(hand.stages[index].worked(Choice(unit, source))) == text


@pytest.mark.parametrize(("index", "unit", "source", "text"), WORDS)
def test_words(hand, index, unit, source, text):
    assert text in hand.stages[index].words(Choice(unit, source))


def test_what_falls_does_not_fall_by_a_negative_number(hand):
    assert "fall: by −" not in hand.stages[6].words(Choice()), "a fall by −0.759 would be a rise"
