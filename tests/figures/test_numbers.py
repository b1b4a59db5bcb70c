"""How numbers are written."""

import numpy as np
import pytest

from mlpviz.figures.numbers import MINUS, THIN_SPACE, format_number, format_percent


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.00123, "0.00123"),
        (-0.34, "−0.340"),
        (1.2e-5, "1.20e−05"),
        (9.996, "10.0"),
        (0.0, "0"),
        (-0.0, "0"),
        (1812, "1 812"),
        (-1812, "−1 812"),
        (55000.0, "55 000"),
        (1e6, "1.00e+06"),
        (np.float32(0.1), "0.100"),
        (np.int64(79510), "79 510"),
        (float("nan"), "NaN"),
        (float("inf"), "∞"),
        (float("-inf"), "−∞"),
    ],
)
def test_format_number(value, text):
    assert format_number(value) == text.replace(" ", THIN_SPACE)


def test_digits_and_sign_can_be_chosen():
    assert format_number(0.123456, digits=5) == "0.12346"
    assert format_number(0.34, signed=True) == "+0.340"
    assert format_number(-0.34, signed=True) == f"{MINUS}0.340"
    assert format_number(0, signed=True) == "0"


@pytest.mark.parametrize(
    ("part", "text"),
    [(0.968, "96.8"), (1.0, "100"), (0.0, "0"), (0.9996, "99.96"), (0.99999, "99.999"), (0.05, "5.00")],
)
def test_format_percent(part, text):
    assert format_percent(part) == f"{text}{THIN_SPACE}%"


def test_a_percentage_may_be_not_a_number():
    assert format_percent(float("nan")) == f"NaN{THIN_SPACE}%"
