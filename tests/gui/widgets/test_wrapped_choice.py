"""An answer to choose, in as many lines as it needs."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from mlpviz.gui.widgets.wrapped_choice import WrappedChoice, wrapped

WORDS = "It jumps over the star, further away each time"


def shown(qtbot, width: int) -> WrappedChoice:
    holder = QWidget()
    qtbot.addWidget(holder)
    choice = WrappedChoice(WORDS)
    choice.holder = holder  # or it would be gone
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(choice)
    holder.resize(width, 200)
    holder.show()
    qtbot.waitExposed(holder)
    return choice


def test_lines_are_no_wider_than_their_room():
    lines = wrapped(WORDS, 20, len)
    assert " ".join(lines) == WORDS
    assert all(len(line) <= 20 for line in lines)


def test_a_word_that_is_wider_stands_alone():
    assert wrapped("a backpropagation b", 5, len) == ["a", "backpropagation", "b"]


def test_in_a_narrow_place_it_has_several_lines_and_grows(qtbot):
    wide, narrow = shown(qtbot, 600), shown(qtbot, 200)
    assert wide.text() == WORDS
    assert narrow.text().count("\n") >= 1
    qtbot.waitUntil(lambda: narrow.height() > wide.height())
    metrics = narrow.fontMetrics()
    assert all(metrics.horizontalAdvance(line) < narrow.width() for line in narrow.text().split("\n"))


def test_it_is_read_out_as_one_sentence(qtbot):
    assert shown(qtbot, 200).accessibleName() == WORDS
