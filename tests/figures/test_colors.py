"""What the colour scales promise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpviz.figures.colors import (
    GAP,
    HIGHEST,
    LOWEST,
    NOT_FINITE,
    NOT_FINITE_COLOR,
    ZERO,
    colorize,
    pixel_indices,
    pixel_scale,
    scale_strip,
    signed_indices,
    signed_limit,
    signed_limits,
    signed_scale,
)

SCALES = [signed_scale(False), signed_scale(True), pixel_scale(False), pixel_scale(True)]


def lightness(rgb: np.ndarray) -> np.ndarray:
    """CIE lightness of sRGB colours."""
    c = np.asarray(rgb, float)[..., :3] / 255.0
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    y = linear @ [0.2126, 0.7152, 0.0722]
    return np.where(y > 0.008856, 116.0 * np.cbrt(y) - 16.0, 903.3 * y)


def as_seen_without_green(rgb: np.ndarray) -> np.ndarray:
    """Colours as a deuteranope sees them, about: Viénot, Brettel and Mollon (1999)."""
    c = np.asarray(rgb, float)[..., :3] / 255.0
    linear = c**2.2
    mixed = 0.29275 * linear[..., 0] + 0.70725 * linear[..., 1]
    blue = np.clip(-0.02234 * linear[..., 0] + 0.02234 * linear[..., 1] + linear[..., 2], 0.0, 1.0)
    return 255.0 * np.stack([mixed, mixed, blue], axis=-1) ** (1.0 / 2.2)


@pytest.mark.parametrize("lut", SCALES)
def test_every_table_has_256_opaque_colours_but_for_the_gap(lut):
    assert lut.shape == (256, 4)
    assert lut.dtype == np.uint8
    assert tuple(lut[GAP]) == (0, 0, 0, 0)
    assert (lut[1:, 3] == 255).all()
    assert not lut.flags.writeable


@pytest.mark.parametrize("lut", SCALES)
def test_what_is_not_finite_looks_like_nothing_on_the_scale(lut):
    assert tuple(lut[NOT_FINITE]) == NOT_FINITE_COLOR
    distance = np.abs(scale_strip(lut)[:, :3].astype(int) - NOT_FINITE_COLOR[:3]).sum(axis=1)
    assert distance.min() > 90


@pytest.mark.parametrize("dark", [False, True])
def test_both_sides_of_the_signed_scale_are_equally_strong(dark):
    light = lightness(signed_scale(dark))
    below, above = light[LOWEST:ZERO][::-1], light[ZERO + 1 : HIGHEST + 1]
    np.testing.assert_allclose(below, above, atol=2.0)
    steps = np.diff(light[ZERO : HIGHEST + 1])
    assert (steps > -0.6).all() if dark else (steps < 0.6).all()


def test_zero_is_neutral_and_close_to_the_ground():
    light, dark = signed_scale(False)[ZERO].astype(int), signed_scale(True)[ZERO].astype(int)
    assert np.ptp(light[:3]) <= 4
    assert np.ptp(dark[:3]) <= 8
    assert lightness(light) > 92
    assert lightness(dark) < 20


@pytest.mark.parametrize("dark", [False, True])
def test_blue_is_below_gold_above_also_for_the_colour_blind(dark):
    low, high = signed_scale(dark)[LOWEST].astype(int), signed_scale(dark)[HIGHEST].astype(int)
    assert low[2] > low[0] + 80
    assert high[0] > high[2] + 80
    low, high = as_seen_without_green(low), as_seen_without_green(high)
    assert low[2] > low[0] + 50
    assert high[0] > high[2] + 50


def test_pixels_are_ink_on_paper_or_light_on_dark():
    assert tuple(pixel_scale(False)[[LOWEST, HIGHEST], 0]) == (255, 0)
    assert pixel_scale(True)[LOWEST, 0] < 20
    assert pixel_scale(True)[HIGHEST, 0] > 240


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_signed_indices_by_hand(dtype):
    indices = signed_indices(np.array([[-4, -2, 0, 2, 4]], dtype), 4.0)
    assert indices.dtype == np.uint8
    assert indices.tolist() == [[LOWEST, 65, ZERO, 191, HIGHEST]]


def test_what_lies_beyond_the_limit_gets_the_ends():
    assert signed_indices(np.array([-9.0, 9.0]), 1.0).tolist() == [LOWEST, HIGHEST]
    assert pixel_indices(np.array([-9.0, 0.0, 1.0, 9.0])).tolist() == [LOWEST, LOWEST, HIGHEST, HIGHEST]


def test_not_finite_entries_are_told_and_disturb_no_other():
    values = np.array([np.nan, np.inf, -np.inf, 0.0, 1.0], np.float32)
    assert signed_indices(values, 1.0).tolist() == [NOT_FINITE] * 3 + [ZERO, HIGHEST]
    assert pixel_indices(values).tolist() == [NOT_FINITE] * 3 + [LOWEST, HIGHEST]


def test_a_pixel_scale_may_start_elsewhere():
    assert pixel_indices(np.array([2.0, 4.0, 6.0]), 6.0, 2.0).tolist() == [LOWEST, ZERO, HIGHEST]


@given(st.lists(st.floats(-(2.0**100), 2.0**100, width=32), min_size=1), st.floats(1e-20, 1e30))
def test_signed_indices_mirror_and_keep_order(values, limit):
    values = np.sort(np.array(values, np.float32))
    indices = signed_indices(values, limit).astype(int)
    assert ((indices >= LOWEST) & (indices <= HIGHEST)).all()
    assert (np.diff(indices) >= 0).all()
    assert (indices[values == 0.0] == ZERO).all()
    mirrored = signed_indices(-values, limit).astype(int)
    assert (np.abs(indices + mirrored - 2 * ZERO) <= 1).all()


def test_one_limit_for_each_image():
    images = np.array([[[1.0, -2.0]], [[10.0, 20.0]], [[0.0, 0.0]]])
    limits = signed_limits(images)
    assert limits.tolist() == [2.0, 20.0, 1.0]
    indices = signed_indices(images, limits[:, None, None])
    assert indices[:, 0].tolist() == [[191, LOWEST], [191, HIGHEST], [ZERO, ZERO]]


@pytest.mark.parametrize(
    ("array", "limit"),
    [
        ([1.0, -3.0, 2.0], 3.0),
        ([], 1.0),
        ([0.0, 0.0], 1.0),
        ([np.nan, -2.0, np.inf], 2.0),
        ([np.nan], 1.0),
        ([-5, 3], 5.0),
    ],
)
def test_signed_limit(array, limit):
    assert signed_limit(np.array(array)) == limit


def test_limits_of_images_that_are_not_finite():
    images = np.array([[[np.nan, -2.0]], [[np.nan, np.nan]]])
    assert signed_limits(images).tolist() == [2.0, 1.0]


@pytest.mark.parametrize("limit", [0.0, -1.0, np.nan])
def test_a_limit_must_be_greater_than_zero(limit):
    with pytest.raises(ValueError, match="greater than zero"):
        signed_indices(np.ones(3), limit)


def test_colorize_looks_up_each_entry():
    indices = np.array([[GAP, NOT_FINITE, ZERO]], np.uint8)
    colors = colorize(indices, signed_scale(False))
    assert colors.shape == (1, 3, 4)
    assert colors.flags.c_contiguous
    np.testing.assert_array_equal(colors[0], signed_scale(False)[[GAP, NOT_FINITE, ZERO]])
