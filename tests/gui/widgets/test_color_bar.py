"""The legend of a scale shows its ends."""

import numpy as np
import pytest

from mlpviz.figures.colors import HIGHEST, LOWEST, signed_scale
from mlpviz.figures.numbers import MINUS
from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.color_bar import ColorBar


@pytest.fixture
def bar(qtbot) -> ColorBar:
    bar = ColorBar(Theme("light"), "bar_test", quantity="weight")
    qtbot.addWidget(bar)
    bar.resize(bar.sizeHint())
    return bar


def test_numbers_have_three_digits_and_a_real_minus(bar):
    bar.set_limit(0.34)
    assert bar.ends() == (f"{MINUS}0.340", "+0.340")
    assert bar.accessibleDescription() == f"weight: blue below zero, gold above, from {MINUS}0.340 to +0.340"


def test_other_scales(bar):
    bar.set_limit(None)
    assert bar.ends() == ("−max", "+max")
    bar.set_scale("pixel")
    assert bar.ends() == ("0", "max")
    bar.set_limit(1.0)
    bar.set_quantity("pixel")
    assert bar.ends() == ("0", "1.00")
    assert bar.toolTip() == "pixel: from 0 to 1.00"


def test_both_ends_of_the_scale_are_painted(bar):
    picture = bar.grab().toImage()
    colors = [picture.pixelColor(x, y) for x in range(picture.width()) for y in range(picture.height())]
    for end in (LOWEST, HIGHEST):
        wanted = np.array(signed_scale(False)[end], int)
        assert min(np.abs(wanted - color.getRgb()).sum() for color in colors) < 12
