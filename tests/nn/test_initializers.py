"""Where weights start: the right spread, the same numbers for the same generator, and clear refusals."""

import math

import numpy as np
import pytest

from mlpviz.nn import INITIALIZERS, initialize
from mlpviz.nn.initializers import standard_deviation

SHAPE = (300, 500)
DEVIATIONS = {
    "he": math.sqrt(2 / 300),  # 0.081650
    "glorot": math.sqrt(2 / (300 + 500)),  # 0.05
    "lecun": math.sqrt(1 / 300),  # 0.057735
    "normal": 1.0,
    "zeros": 0.0,
    "templates": 0.0,  # not drawn, but made of the examples
    "normal(0.1)": 0.1,
    "normal( 2e-3 )": 0.002,
    "normal(0)": 0.0,
}
DRAWING = [name for name, deviation in DEVIATIONS.items() if deviation > 0]
STILL = [name for name, deviation in DEVIATIONS.items() if deviation == 0]


def draw(name, seed=0, dtype=np.float64, shape=SHAPE):
    return initialize(name, shape, 300, 500, np.random.default_rng(seed), dtype)


def test_every_initializer_of_the_table_is_specified_here():
    assert set(INITIALIZERS) <= set(DEVIATIONS)


@pytest.mark.parametrize("name", DEVIATIONS)
def test_standard_deviation(name):
    assert standard_deviation(name, 300, 500) == pytest.approx(DEVIATIONS[name], rel=1e-15)


@pytest.mark.parametrize("name", DRAWING)
def test_the_sample_has_the_mean_spread_and_shape_of_a_normal_distribution(name, dtype):
    sample, n, sigma = draw(name, dtype=dtype), 300 * 500, DEVIATIONS[name]
    assert (sample.shape, sample.dtype) == (SHAPE, dtype)
    # five standard errors: of the mean σ/√n, of the standard deviation σ/√(2n)
    assert float(sample.mean(dtype=np.float64)) == pytest.approx(0, abs=5 * sigma / math.sqrt(n))
    assert float(sample.std(dtype=np.float64)) == pytest.approx(sigma, rel=5 / math.sqrt(2 * n))
    # 68.27 % of a normal distribution lies within one standard deviation (of a uniform one 57.74 %)
    assert (np.abs(sample) < sigma).mean() == pytest.approx(0.6827, abs=0.007)


@pytest.mark.parametrize("name", STILL)
def test_zeros_draw_nothing_and_need_no_generator(name, dtype):
    rng = np.random.default_rng(0)
    before = rng.bit_generator.state
    zeros = initialize(name, (3, 2), 3, 2, rng, dtype)
    assert rng.bit_generator.state == before
    np.testing.assert_array_equal(zeros, np.zeros((3, 2)))
    assert zeros.dtype == initialize(name, (3, 2), 3, 2, None, dtype).dtype == dtype


@pytest.mark.parametrize("name", DRAWING)
def test_float32_values_are_the_float64_ones_rounded(name):
    np.testing.assert_array_equal(draw(name, dtype=np.float32), draw(name).astype(np.float32))


@pytest.mark.parametrize("name", DRAWING)
def test_the_generator_decides(name):
    np.testing.assert_array_equal(draw(name, seed=3), draw(name, seed=3))
    assert (draw(name, seed=3) != draw(name, seed=4)).all()
    rng = np.random.default_rng(3)
    first, second = (initialize(name, SHAPE, 300, 500, rng, np.float64) for _ in range(2))
    assert (first != second).all(), "a generator goes on, it does not start again"


def test_names_only_scale_the_same_draw():
    """So that two experiments that differ in the initializer start from comparable weights."""
    np.testing.assert_allclose(draw("he") / DEVIATIONS["he"], draw("normal"), rtol=1e-14)


def test_a_bias_is_drawn_with_the_sizes_of_its_layer():
    bias = initialize("he", (500,), 300, 500, np.random.default_rng(0), np.float64)
    assert bias.shape == (500,)
    assert bias.std() == pytest.approx(DEVIATIONS["he"], rel=5 / math.sqrt(1000))


def test_float32_unless_told_otherwise():
    assert initialize("he", (2, 3), 2, 3, np.random.default_rng(0)).dtype == np.float32
    assert initialize("zeros", (2, 3), 2, 3, None).dtype == np.float32


@pytest.mark.parametrize(
    "name", ["xavier", "", "He", "normal()", "normal(0.1", "normal 0.1", "he(0.1)", "normal(1)x"]
)
def test_an_unknown_name_is_refused_with_the_known_ones(name):
    with pytest.raises(ValueError, match=r"unknown initializer") as refusal:
        draw(name)
    assert repr(name) in str(refusal.value)
    assert all(known in str(refusal.value) for known in INITIALIZERS)


@pytest.mark.parametrize("number", ["-0.1", "nan", "inf", "-inf", "wide", "0.1.2", "1e999", "0,1"])
def test_a_bad_number_in_brackets_is_refused(number):
    with pytest.raises(ValueError, match=r"the standard deviation must be a number of at least 0") as refusal:
        draw(f"normal({number})")
    assert f"normal({number})" in str(refusal.value)


@pytest.mark.parametrize("name", DRAWING)
def test_drawing_without_a_generator_is_refused(name):
    with pytest.raises(ValueError, match=r"draws random numbers: pass rng=") as refusal:
        initialize(name, (3, 2), 3, 2, None)
    assert repr(name) in str(refusal.value)
