"""Names out of somebody's data stand in labels as they are, and leave room for the rest."""

import numpy as np
import pytest

from mlpviz.gui.widgets.gallery_view import Caption, GalleryView
from mlpviz.gui.widgets.names import in_words


def test_signs_mean_only_themselves():
    assert in_words("<b>a & b</b>") == "&lt;b&gt;a &amp; b&lt;/b&gt;"


def test_a_long_name_keeps_its_beginning_and_its_end():
    assert in_words("seven") == "seven"
    short = in_words("an exceedingly long name of a class, number 7")
    assert short.startswith("an ex")
    assert short.endswith("number 7")
    assert len(short) <= 28


@pytest.mark.parametrize("shape", [(28, 28), (20, 12), (10, 40), (1, 30), (64, 2)])
def test_pictures_of_any_size_have_room_for_their_captions(qtbot, theme, shape):
    view = GalleryView(theme, "some", "Some")
    qtbot.addWidget(view)
    view.resize(600, 400)
    captions = [Caption("an exceedingly long name→another one", "99 %", True)] * 30
    view.set_pictures(np.zeros((30, *shape), np.uint8), 255.0, captions, ["one"] * 30)
    view.show()
    view.grab()
    cell = view.cell_rect(0)
    assert cell.width() > 20
    assert cell.height() * (1 - shape[0] / (shape[0] + max(1, round(0.4 * min(shape))))) >= 10
