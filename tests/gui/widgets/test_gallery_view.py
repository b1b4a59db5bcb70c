"""Pictures with captions: of a readable size, and scrolling where there are many."""

import numpy as np
import pytest

from mlpviz.gui.widgets.gallery_view import LARGEST_PX, SMALLEST_PX, Caption, GalleryView


@pytest.fixture
def view(qtbot, theme):
    widget = GalleryView(theme, "mosaic_gallery", "Examples")
    qtbot.addWidget(widget)
    widget.resize(480, 300)
    widget.show()
    return widget


def show(view, n):
    pictures = np.random.default_rng(0).random((n, 28, 28)).astype(np.float32)
    captions = [Caption(f"{i}→1", "98\u202f%", i % 2 == 0) for i in range(n)]
    view.set_pictures(pictures, 1.0, captions, [f"example {i}" for i in range(n)])


@pytest.mark.parametrize("n", [1, 3, 12, 40, 300])
def test_pictures_are_neither_tiny_nor_huge(view, n):
    show(view, n)
    width = view.cell_rect(0).width()
    assert SMALLEST_PX - 0.01 <= width <= LARGEST_PX + 8
    assert (view.verticalScrollBar().maximum() > 0) == (n >= 40)
    right = max(view.cell_rect(i).right() for i in range(n))
    assert right <= view.viewport().width() + 0.01


def test_there_is_room_for_the_caption_below_each_picture(view):
    show(view, 6)
    rect = view.cell_rect(0)
    assert rect.height() - rect.width() >= view.fontMetrics().height()


def test_captions_are_painted_those_of_mistakes_in_another_colour(view):
    show(view, 2)
    image = view.grab().toImage()

    def has_error_color(i):
        rect = view.cell_rect(i).toRect()
        error = view.theme.color("error")
        return any(
            image.pixelColor(x, y).hue() == error.hue() and image.pixelColor(x, y).saturation() > 150
            for x in range(rect.left(), rect.left() + rect.width() // 2)
            for y in range(rect.bottom() - 14, rect.bottom())
        )

    assert has_error_color(0)
    assert not has_error_color(1)


def test_nothing_to_show(view):
    show(view, 0)
    view.grab()
    assert view.selection is None
