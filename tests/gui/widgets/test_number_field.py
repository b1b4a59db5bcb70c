"""A number field takes what people type, and says so once."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from mlpviz.gui.widgets.number_field import NumberField


@pytest.fixture
def make(qtbot):
    def make(whole: bool = False, value: float = 0.5) -> NumberField:
        field = NumberField("field_test", whole)
        qtbot.addWidget(field)
        field.told = []
        field.committed.connect(field.told.append)
        field.set_value(value)
        field.show()
        field.activateWindow()
        field.setFocus()
        qtbot.waitUntil(field.hasFocus)
        return field

    return make


def enter(qtbot, field: NumberField, text: str, end: Qt.Key = Qt.Key.Key_Return) -> None:
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    for character in text:  # keyClicks knows no character beyond ASCII
        press = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, character)
        QApplication.sendEvent(field, press)
    qtbot.keyClick(field, end)


@pytest.mark.parametrize(
    ("typed", "value"),
    [("0.25", 0.25), ("1e-3", 0.001), ("−2", -2.0), ("-2", -2.0), ("0,1", 0.1), (" 3 ", 3.0), (".5e1", 5.0)],
)
def test_what_is_typed_is_told_as_a_number(qtbot, make, typed, value):
    field = make()
    enter(qtbot, field, typed)
    assert field.told == [value]
    assert type(field.told[0]) is float


@pytest.mark.parametrize(("typed", "value"), [("12", 12), ("−3", -3), ("007", 7)])
def test_a_whole_number_is_an_int(qtbot, make, typed, value):
    field = make(whole=True, value=5)
    enter(qtbot, field, typed)
    assert field.told == [value]
    assert type(field.told[0]) is int


@pytest.mark.parametrize(("whole", "typed"), [(False, "abc"), (False, ""), (True, "2.5"), (True, "1e3")])
def test_what_is_no_number_is_told_as_it_was_typed(qtbot, make, whole, typed):
    field = make(whole, 5)
    enter(qtbot, field, typed)
    assert field.told == [typed]


def test_the_same_number_again_is_told_to_nobody(qtbot, make):
    field = make()
    enter(qtbot, field, "0.50")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.told == []


def test_a_wrong_number_is_told_until_it_is_put_right(qtbot, make):
    field = make()
    enter(qtbot, field, "-1")
    field.set_invalid(True)
    enter(qtbot, field, "0.5")
    assert field.told == [-1.0, 0.5]


def test_leaving_the_field_tells_it_once(qtbot, make):
    field = make()
    field.selectAll()
    qtbot.keyClicks(field, "0.1")
    field.clearFocus()
    assert field.told == [0.1]


@pytest.mark.parametrize(
    ("whole", "start", "key", "told"),
    [
        (False, 0.5, Qt.Key.Key_Up, 1.0),
        (False, 0.5, Qt.Key.Key_Down, 0.25),
        (True, 5, Qt.Key.Key_Up, 6),
        (True, 5, Qt.Key.Key_Down, 4),
        (True, 0, Qt.Key.Key_Down, 0),
    ],
)
def test_arrows_step(qtbot, make, whole, start, key, told):
    field = make(whole, start)
    qtbot.keyClick(field, key)
    assert field.told in ([told], []) if told == start else field.told == [told]


def test_an_arrow_starts_from_what_is_typed(qtbot, make):
    field = make(True, 5)
    field.selectAll()
    qtbot.keyClicks(field, "20")
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert field.told == [21]
    field.set_value(21)
    assert field.text() == "21", "what the arrow made of it is shown"


def test_arrows_leave_words_alone(qtbot, make):
    field = make()
    field.selectAll()
    qtbot.keyClicks(field, "abc")
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert field.told == []
    assert field.text() == "abc"


@pytest.mark.parametrize("typed", ["inf", "nan", "1e999"])
def test_arrows_survive_what_is_not_finite(qtbot, make, typed):
    field = make(value=0.5)
    field.selectAll()
    qtbot.keyClicks(field, typed)
    qtbot.keyClick(field, Qt.Key.Key_Up)


def test_escape_takes_back_what_was_typed(qtbot, make):
    field = make()
    field.selectAll()
    qtbot.keyClicks(field, "7")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    field.clearFocus()
    assert field.text() == "0.5"
    assert field.told == []


def test_typing_is_not_disturbed_by_the_program(qtbot, make):
    field = make()
    field.selectAll()
    qtbot.keyClicks(field, "0.2")
    field.set_value(0.75)
    assert field.text() == "0.2"
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.told == [0.2]


@pytest.mark.parametrize(
    ("value", "text"), [(0.5, "0.5"), (1e-05, "1e-05"), (3, "3"), (0.1 + 0.2, "0.3"), (2.0, "2")]
)
def test_numbers_are_shown_plainly(make, value, text):
    assert make(value=value).text() == text


def test_a_wrong_value_is_framed_until_a_good_one_comes(make):
    field = make()
    field.set_invalid(True)
    assert field.property("invalid") is True
    field.set_value(0.75)
    assert field.property("invalid") is False
    assert field.text() == "0.75"


def test_the_shortcut_that_forks_is_the_windows(make):
    field = make()
    event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    QApplication.sendEvent(field, event)
    assert not event.isAccepted()


@pytest.mark.parametrize(
    ("key", "letter", "is_windows"), [(Qt.Key.Key_B, "b", True), (Qt.Key.Key_E, "e", False)]
)
def test_letters_of_no_number_are_left_to_shortcuts(make, key, letter, is_windows):
    press = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier, letter)
    press.ignore()
    QApplication.sendEvent(make(), press)
    assert press.isAccepted() != is_windows
