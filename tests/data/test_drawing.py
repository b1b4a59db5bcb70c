"""Pen strokes to a digit: rendered, fitted into the box, centred by mass."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mlpviz.data import load_dataset
from mlpviz.data.drawing import (
    PEN,
    SIDE,
    centre_by_mass,
    fit_box,
    prepare,
    render_strokes,
    smooth_stroke,
)
from mlpviz.training import Trainer
from mlpviz.training.presets import load_preset

TURN = np.linspace(0.0, 2.0 * np.pi, 60)
ZERO = [np.column_stack([0.5 + 0.22 * np.sin(TURN), 0.5 - 0.35 * np.cos(TURN)])]
ONE = [np.array([[0.52, 0.15], [0.48, 0.85]])]
TWO = [np.array([[0.3, 0.3], [0.4, 0.17], [0.58, 0.17], [0.65, 0.3], [0.55, 0.5], [0.3, 0.82], [0.72, 0.8]])]
FOUR = [
    np.array([[0.3, 0.15], [0.25, 0.5], [0.7, 0.5]]),
    np.array([[0.66, 0.15], [0.62, 0.88]]),
]
SEVEN = [np.array([[0.25, 0.2], [0.72, 0.2], [0.45, 0.85]])]
DRAWN = {0: ZERO, 1: ONE, 2: TWO, 4: FOUR, 7: SEVEN}
SHAPES = st.tuples(st.integers(8, 40), st.integers(8, 40))
ON_CANVAS = st.floats(0.0, 1.0)


def polylines(coordinates: st.SearchStrategy[float]) -> st.SearchStrategy[list]:
    line = hnp.arrays(np.float64, st.tuples(st.integers(1, 6), st.just(2)), elements=coordinates)
    return st.lists(line, min_size=1, max_size=4)


def mass_centre(image: np.ndarray) -> np.ndarray:
    ink = image.astype(np.float64)
    rows, columns = np.indices(ink.shape)
    return np.array([(rows * ink).sum(), (columns * ink).sum()]) / ink.sum()


def extent(image: np.ndarray) -> tuple[int, int]:
    """Rows and columns from the first to the last with ink."""
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    return int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


@pytest.fixture(scope="module")
def trained() -> Trainer:
    """The digits preset after two epochs."""
    trainer = Trainer(load_preset("digits").with_settings({"epochs": 2}))
    for _step in trainer.steps():
        pass
    return trainer


# The network's view of it


@pytest.mark.parametrize("digit", DRAWN)
@pytest.mark.parametrize("size", [1.0, 0.6, 0.4])
def test_a_digit_drawn_anywhere_and_in_any_size_is_named_right(trained, digit, size):
    strokes = [(stroke - 0.5) * size + 0.5 - 0.4 * (1 - size) for stroke in DRAWN[digit]]
    x = trained.splits.test.scaled(prepare(strokes).digit.reshape(1, -1))
    assert trained.network.predict(x)[0].argmax() == digit


def test_without_the_steps_a_small_digit_in_a_corner_is_not(trained):
    strokes = [0.5 * stroke for stroke in SEVEN]
    x = trained.splits.test.scaled(prepare(strokes, fit=False, centre=False).digit.reshape(1, -1))
    assert trained.network.predict(x)[0].argmax() != 7


def test_what_mnist_was_made_by_leaves_its_digits_as_they_are():
    dataset = load_dataset("digits")
    for digit in dataset.test.inputs[:300].reshape(-1, 28, 28):
        large = digit.repeat(6, axis=0).repeat(6, axis=1)
        again = centre_by_mass(fit_box(large, 20), (28, 28))
        assert np.abs(again - digit).max() < 0.01


def test_the_pen_leaves_as_much_ink_as_mnist_has():
    dataset = load_dataset("digits")
    for label, strokes in DRAWN.items():
        mnist = dataset.test.inputs[dataset.test.labels == label].mean()
        assert prepare(strokes).digit.mean() == pytest.approx(mnist, rel=0.35)


# Rendering


def test_a_line_is_as_wide_as_the_pen_and_soft_at_its_edge():
    ink = render_strokes([np.array([[0.0, 0.5], [1.0, 0.5]])], side=280)
    assert ink.shape == (280, 280)
    assert ink.dtype == np.float32
    assert ink[:, 140].sum() == pytest.approx(PEN * 280, abs=0.3)
    assert {0.0, 1.0} < set(np.unique(ink))


def test_a_single_point_is_a_round_dot():
    ink = render_strokes([np.array([[0.5, 0.5]])])
    assert ink.sum() == pytest.approx(np.pi * (PEN * SIDE / 2) ** 2, rel=0.01)
    np.testing.assert_allclose(ink, ink.T, atol=1e-6)
    np.testing.assert_allclose(ink, ink[::-1], atol=1e-6)


def test_a_turn_or_two_strokes_over_each_other_are_no_darker():
    line = np.array([[0.2, 0.3], [0.8, 0.6]])
    np.testing.assert_allclose(render_strokes([line, line[::-1]]), render_strokes([line]), atol=0.05)


def test_what_leaves_the_canvas_is_cut_off_at_its_edge():
    inside = render_strokes([np.array([[0.5, 0.5], [1.2, 0.5]])])
    far = render_strokes([np.array([[0.5, 0.5], [1e6, 0.5]])])
    np.testing.assert_allclose(far, inside, atol=0.05)
    assert not render_strokes([np.array([[2.0, 2.0], [3.0, -1.0]])]).any()


def test_no_strokes_leave_the_canvas_empty():
    assert not render_strokes([]).any()
    assert not render_strokes([np.zeros((0, 2))]).any()


@pytest.mark.parametrize("stroke", [np.zeros(2), np.zeros((3, 3)), np.array([[0.0, np.nan]])])
def test_what_is_not_a_polyline_is_refused(stroke):
    with pytest.raises(ValueError, match=r"stroke 1 .*points \(x, y\)"):
        render_strokes([np.zeros((1, 2)), stroke])


def test_a_pen_and_a_canvas_have_a_size():
    with pytest.raises(ValueError, match="greater than zero"):
        render_strokes(ONE, pen=0.0)
    with pytest.raises(ValueError, match="greater than zero"):
        render_strokes(ONE, side=0)


@given(polylines(st.floats(-1e9, 1e9)))
def test_ink_is_a_number_from_0_to_1_wherever_the_pen_went(strokes):
    ink = render_strokes(strokes, side=28)
    assert ((ink >= 0) & (ink <= 1)).all()


# The steps


def test_the_box_keeps_the_aspect_ratio_and_the_mean_of_areas():
    image = np.zeros((50, 60))
    image[10:50, 20:30] = 1.0
    fitted = fit_box(image, 20)
    assert fitted.shape == (20, 5)
    np.testing.assert_allclose(fitted, 1.0, atol=1e-6)
    checks = np.indices((40, 40)).sum(axis=0) % 2
    np.testing.assert_allclose(fit_box(checks, 20), 0.5, atol=1e-6)


def test_the_box_makes_small_ink_larger():
    image = np.zeros((9, 9))
    image[4, 4:6] = 1.0
    fitted = fit_box(image, 20)
    assert fitted.shape == (10, 20)
    np.testing.assert_allclose(fitted, 1.0, atol=1e-6)


def test_the_centre_of_mass_goes_where_mnist_has_it():
    image = np.zeros((28, 28))
    image[3, 5] = 200.0
    centred = centre_by_mass(image)
    assert centred[14, 14] == 200.0
    assert centred.sum() == 200.0


@pytest.mark.parametrize("step", [fit_box, centre_by_mass])
def test_a_step_needs_ink(step):
    with pytest.raises(ValueError, match="nothing is drawn yet: press and move the pen"):
        step(np.zeros((28, 28)))


def test_a_box_needs_a_pixel():
    with pytest.raises(ValueError, match="box is 0"):
        fit_box(np.ones((3, 3)), 0)


# All together


def test_the_steps_are_told_in_order():
    prepared = prepare(SEVEN)
    assert [title for title, _ in prepared.steps] == ["Pen stroke", "Fit into 20 × 20", "Centre by mass"]
    for (_, picture), same in zip(
        prepared.steps, (prepared.stroke, prepared.fitted, prepared.digit), strict=True
    ):
        assert picture is same
        assert picture.shape == (28, 28)
        assert picture.dtype == np.uint8
        assert not picture.flags.writeable
    assert prepared.lost == 0.0


@pytest.mark.parametrize(
    ("fit", "centre", "titles"),
    [
        (True, False, ["Pen stroke", "Fit into 20 × 20"]),
        (False, True, ["Pen stroke", "Centre by mass"]),
        (False, False, ["Pen stroke"]),
    ],
)
def test_a_step_that_is_off_changes_nothing(fit, centre, titles):
    prepared = prepare(SEVEN, fit, centre)
    assert [title for title, _ in prepared.steps] == titles
    assert (prepared.fitted == prepared.stroke).all() == (not fit)
    assert (prepared.digit == prepared.fitted).all() == (not centre)


def test_the_plain_drawing_is_the_canvas_made_small():
    by_blocks = render_strokes(FOUR).reshape(28, SIDE // 28, 28, SIDE // 28).mean(axis=(1, 3))
    np.testing.assert_allclose(prepare(FOUR).stroke, 255 * by_blocks, atol=0.51)


def test_a_single_dot_is_a_drawing():
    prepared = prepare([np.array([[0.1, 0.9]])])
    assert extent(prepared.digit) == (20, 20)


@pytest.mark.parametrize("strokes", [[], [np.zeros((0, 2))], [np.array([[3.0, 3.0]])]])
@pytest.mark.parametrize("fit", [True, False])
def test_an_empty_drawing_says_what_to_do(strokes, fit):
    with pytest.raises(ValueError, match="nothing is drawn yet: press and move the pen"):
        prepare(strokes, fit=fit)


def test_a_picture_has_pixels():
    with pytest.raises(ValueError, match="shape is 0 x 28"):
        prepare(SEVEN, shape=(0, 28))


def test_how_far_it_was_scaled_and_moved_is_told():
    line = [np.array([[0.1, 0.2], [0.1, 0.2 + 10 / 28 - PEN]])]  # ten pixels long
    prepared = prepare(line)
    assert prepared.scale == pytest.approx(2.0, rel=0.05)
    np.testing.assert_array_equal(prepared.digit, np.roll(prepared.fitted, prepared.shift, (0, 1)))
    as_drawn = prepare(line, fit=False)
    assert as_drawn.scale == 1.0
    assert as_drawn.shift == pytest.approx((14 - (28 * 0.2 + (10 - 2.4) / 2 - 0.5), 14 - 2.3), abs=0.51)
    assert prepare(line, centre=False).shift == (0, 0)


def test_ink_that_is_pushed_over_the_edge_is_told():
    heavy = [np.array([[0.02, 0.05 + 0.01 * k], [0.3, 0.05 + 0.01 * k]]) for k in range(90)]
    long = [*heavy, np.array([[0.0, 0.5], [1.0, 0.5]])]
    prepared = prepare(long, fit=False)
    assert prepared.lost == pytest.approx(1 - prepared.digit.sum() / prepared.fitted.sum(), abs=1e-3)
    assert 0 < prepared.lost < 0.2


def test_preparing_takes_a_few_milliseconds():
    seconds = []
    for _ in range(20):
        start = time.perf_counter()
        prepare(ZERO)
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.005


@given(polylines(ON_CANVAS), SHAPES)
def test_the_ink_is_as_long_as_the_box_and_its_mass_in_the_middle(strokes, shape):
    prepared = prepare(strokes, shape=shape)
    assert prepared.digit.shape == shape
    assert abs(max(extent(prepared.fitted)) - round(min(shape) * 20 / 28)) <= 1
    if prepared.lost == 0:
        assert abs(mass_centre(prepared.digit) - np.array(shape) // 2).max() <= 0.5 + 0.01


@given(polylines(ON_CANVAS), st.integers(-20, 20), st.integers(-20, 20), st.booleans())
def test_where_the_digit_is_drawn_does_not_matter(strokes, right, down, centre):
    half = [0.25 + 0.5 * stroke for stroke in strokes]
    moved = [stroke + np.array([right, down]) / SIDE for stroke in half]
    here, there = prepare(half, centre=centre).digit, prepare(moved, centre=centre).digit
    np.testing.assert_allclose(there.astype(int), here, atol=2)


@given(st.sampled_from(sorted(DRAWN)), st.floats(-0.07, 0.07), st.floats(-0.07, 0.07))
def test_nor_do_parts_of_a_pixel_but_for_the_rounding_of_the_centre(digit, right, down):
    moved = [stroke + np.array([right, down]) for stroke in DRAWN[digit]]
    here, there = prepare(DRAWN[digit]).digit.astype(float), prepare(moved).digit.astype(float)
    shifts = [(row, column) for row in (-1, 0, 1) for column in (-1, 0, 1)]
    assert min(np.abs(np.roll(there, shift, (0, 1)) - here).mean() for shift in shifts) < 0.03 * 255


# Smoothing


def test_smoothing_keeps_the_ends_and_straight_lines():
    line = np.column_stack([np.linspace(0.1, 0.9, 9)] * 2)
    smooth = smooth_stroke(line)
    np.testing.assert_array_equal(smooth[[0, -1]], line[[0, -1]])
    np.testing.assert_allclose(smooth[:, 0], smooth[:, 1])
    assert len(smooth) > len(line)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_there_is_nothing_to_smooth_in_two_points(n):
    points = np.arange(2.0 * n).reshape(n, 2)
    np.testing.assert_array_equal(smooth_stroke(points), points)


def test_smoothing_rounds_a_curve_but_keeps_a_sharp_turn():
    rough = np.column_stack([np.sin(TURN[::6]), np.cos(TURN[::6])]) / 20
    turned = np.diff(smooth_stroke(rough), axis=0)
    angles = np.diff(np.unwrap(np.arctan2(turned[:, 1], turned[:, 0])))
    assert np.abs(angles).max() < 0.8 * 2 * np.pi / 10
    assert np.hypot(*(smooth_stroke(SEVEN[0]) - SEVEN[0][1]).T).min() < 0.02


@given(polylines(ON_CANVAS))
def test_smoothing_never_leaves_the_neighbourhood(strokes):
    for stroke in strokes:
        smooth = smooth_stroke(stroke)
        assert (smooth >= stroke.min(axis=0) - 1e-9).all()
        assert (smooth <= stroke.max(axis=0) + 1e-9).all()
