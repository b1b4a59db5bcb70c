"""Drawing a digit: each step in sight and to be switched off, live scores, and the digit that comes of it."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QDialog, QLabel, QWidget

from mlpviz.data.drawing import prepare
from mlpviz.figures.numbers import THIN_SPACE
from mlpviz.gui.widgets.bars import Bars
from mlpviz.gui.widgets.draw_dialog import DrawDialog
from mlpviz.gui.widgets.draw_pad import DrawPad
from mlpviz.gui.widgets.tensor_image import TensorImage

SEVEN = [np.array([[0.1, 0.1], [0.5, 0.1], [0.2, 0.6]])]
NOTHING = "Nothing is drawn yet: press and move the pen."


class Network:
    """Stands for one: says what it was asked, and answers as it is told."""

    def __init__(self) -> None:
        self.asked: list[np.ndarray] = []
        self.scores = np.array([0.1, 0.7, 0.2])
        self.error = ""

    def __call__(self, digit):
        self.asked.append(digit)
        if self.error:
            raise ValueError(self.error)
        return self.scores, ("zero", "one", "two")


class Draw:
    """A dialog in front of a person."""

    def __init__(self, qtbot, dialog: DrawDialog) -> None:
        self.qtbot, self.dialog = qtbot, dialog
        self.pad = dialog.findChild(DrawPad, "draw_pad")

    def find(self, kind: type, name: str):
        found = self.dialog.findChildren(kind, name)
        assert len(found) == 1, f"{len(found)} widgets are called {name}"
        return found[0]

    def text(self, name: str) -> str:
        return self.find(QLabel, name).text()

    def picture(self, name: str) -> np.ndarray:
        return self.find(TensorImage, name).array

    def click(self, name: str) -> None:
        button = self.find(QAbstractButton, name)
        assert button.isVisible()
        assert button.isEnabled()
        place = button.rect().center()
        if isinstance(button, QCheckBox):
            place.setX(10)
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton, pos=place)

    def enabled(self, name: str) -> bool:
        return self.find(QAbstractButton, name).isEnabled()

    def draw(self, *points: tuple[float, float]) -> None:
        places = [self.pad.to_widget(*point).toPoint() for point in points]
        self.qtbot.mousePress(self.pad, Qt.MouseButton.LeftButton, pos=places[0])
        for place in places[1:]:
            self.qtbot.mouseMove(self.pad, place)
        self.qtbot.mouseRelease(self.pad, Qt.MouseButton.LeftButton, pos=places[-1])


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def open_dialog(qtbot, theme):
    def open_(shape=(28, 28), scores=None) -> Draw:
        dialog = DrawDialog(theme, shape, scores)
        qtbot.addWidget(dialog)
        dialog.show()
        dialog.activateWindow()
        qtbot.waitUntil(dialog.isActiveWindow)
        return Draw(qtbot, dialog)

    return open_


@pytest.fixture
def screen(open_dialog, network) -> Draw:
    return open_dialog(scores=network)


def test_at_first_nothing_is_drawn_and_it_says_so(screen, network):
    assert screen.dialog.digit is None
    assert network.asked == []
    assert not screen.enabled("button_use_drawing")
    assert screen.text("label_drawing_missing") == NOTHING
    assert screen.find(QWidget, "button_use_drawing").toolTip() == NOTHING
    assert not screen.enabled("button_undo_stroke")
    assert not screen.enabled("button_clear_drawing")
    assert not screen.picture("image_digit").any()
    assert screen.pad.hasFocus()
    assert (screen.dialog.objectName(), screen.dialog.windowTitle()) == ("dialog_draw", "Draw an example")


def test_what_is_drawn_is_prepared_step_by_step(screen):
    screen.draw((0.2, 0.2), (0.5, 0.2), (0.3, 0.7))
    prepared = prepare(screen.pad.strokes)
    np.testing.assert_array_equal(screen.dialog.digit, prepared.digit)
    for name, picture in (
        ("image_stroke", prepared.stroke),
        ("image_fitted", prepared.fitted),
        ("image_digit", prepared.digit),
    ):
        np.testing.assert_array_equal(screen.picture(name), picture)
        assert screen.find(TensorImage, name).limit == 255.0
    assert screen.enabled("button_use_drawing")
    assert screen.text("label_drawing_missing") == ""


def test_pictures_follow_the_pen_before_it_is_lifted(qtbot, screen):
    qtbot.mousePress(screen.pad, Qt.MouseButton.LeftButton, pos=screen.pad.to_widget(0.2, 0.2).toPoint())
    first = screen.dialog.digit
    qtbot.mouseMove(screen.pad, screen.pad.to_widget(0.2, 0.7).toPoint())
    assert not np.array_equal(screen.dialog.digit, first)
    qtbot.mouseRelease(screen.pad, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize(
    ("off", "fit", "centre"),
    [
        (("check_fit",), False, True),
        (("check_centre",), True, False),
        (("check_fit", "check_centre"), False, False),
    ],
)
def test_a_step_switched_off_leaves_the_picture_as_it_was(screen, off, fit, centre):
    screen.pad.set_strokes(SEVEN)
    whole = screen.dialog.digit
    for name in off:
        screen.click(name)
    np.testing.assert_array_equal(screen.dialog.digit, prepare(SEVEN, fit, centre).digit)
    assert not np.array_equal(screen.dialog.digit, whole)
    if not fit:
        np.testing.assert_array_equal(screen.picture("image_fitted"), screen.picture("image_stroke"))
    if not centre:
        np.testing.assert_array_equal(screen.picture("image_digit"), screen.picture("image_fitted"))
    for name in off:
        screen.click(name)
    np.testing.assert_array_equal(screen.dialog.digit, whole)


def test_a_sentence_says_what_was_done(screen):
    screen.pad.set_strokes(SEVEN)
    told = screen.text("label_drawing_told")
    assert told.startswith("Scaled by 1.2")
    assert "its longer side is 20 pixels" in told
    assert "until its centre of mass is in the middle: as the digits of MNIST were made." in told
    screen.click("check_centre")
    assert "may misread" in screen.text("label_drawing_told")
    assert "its box in the middle" in screen.text("label_drawing_told")
    screen.click("check_fit")
    assert screen.text("label_drawing_told").startswith("Left as it was drawn.")
    screen.click("check_centre")
    (rows, columns), px = prepare(SEVEN, fit=False).shift, f"{THIN_SPACE}px"
    told = screen.text("label_drawing_told")
    assert told.startswith(f"Left at its size, moved {rows}{px} down and {columns}{px} right until")


def test_it_says_when_ink_fell_off_the_edge_and_when_nothing_moved(screen):
    heavy = [np.array([[0.02, 0.05 + 0.01 * k], [0.3, 0.05 + 0.01 * k]]) for k in range(90)]
    screen.click("check_fit")
    screen.pad.set_strokes([*heavy, np.array([[0.0, 0.5], [1.0, 0.5]])])
    assert "of the ink fell off the edge." in screen.text("label_drawing_told")
    screen.pad.set_strokes([np.array([[0.518, 0.2], [0.518, 0.837]])])
    assert "not moved, for its centre of mass is in the middle" in screen.text("label_drawing_told")


def test_each_step_says_why_mnist_digits_need_it(screen):
    for name, title in (("check_fit", "Fit into 20 × 20"), ("check_centre", "Centre by mass")):
        check = screen.find(QCheckBox, name)
        assert check.text() == title
        assert check.isChecked()
        assert "MNIST" in check.toolTip()
        assert check.accessibleDescription() == check.toolTip()


def test_the_network_answers_live_and_in_words(screen, network):
    screen.pad.set_strokes(SEVEN)
    np.testing.assert_array_equal(network.asked[-1], screen.dialog.digit)
    assert network.asked[-1].dtype == np.uint8
    answer = "The network says one (score 0.700); next comes two (0.200)."
    assert screen.text("label_drawing_answer") == answer
    assert screen.find(Bars, "bars_scores").accessibleDescription() == answer
    network.scores = np.array([0.9, 0.0, 0.0])
    screen.dialog.refresh()
    assert screen.text("label_drawing_answer").startswith("The network says zero")


def test_what_cannot_be_scored_is_said(screen, network):
    network.scores = np.array([np.nan, 0.0, 0.0])
    screen.pad.set_strokes(SEVEN)
    assert "not finite" in screen.text("label_drawing_answer")
    network.error = "the network takes 64 pixels, not 784"
    screen.dialog.refresh()
    assert screen.text("label_drawing_answer") == network.error
    assert screen.enabled("button_use_drawing")


def test_without_a_network_there_are_no_scores(open_dialog):
    screen = open_dialog()
    screen.pad.set_strokes(SEVEN)
    assert screen.dialog.findChildren(Bars) == []
    np.testing.assert_array_equal(screen.dialog.digit, prepare(SEVEN).digit)


def test_strokes_are_undone_and_cleared(screen):
    screen.draw((0.2, 0.2), (0.6, 0.2))
    screen.draw((0.2, 0.8), (0.6, 0.8))
    screen.draw((0.2, 0.5), (0.6, 0.5))
    screen.click("button_undo_stroke")
    assert len(screen.pad.strokes) == 2
    screen.click("button_clear_drawing")
    assert screen.pad.strokes == []
    assert screen.dialog.digit is None
    assert not screen.enabled("button_use_drawing")


def test_strokes_beside_the_canvas_are_no_drawing_but_can_be_cleared(screen):
    screen.pad.set_strokes([np.array([[2.0, 2.0], [3.0, 3.0]])])
    assert screen.dialog.digit is None
    assert not screen.enabled("button_use_drawing")
    screen.click("button_clear_drawing")


def test_use_accepts_and_keeps_the_digit(qtbot, screen):
    screen.pad.set_strokes(SEVEN)
    with qtbot.waitSignal(screen.dialog.accepted):
        screen.click("button_use_drawing")
    np.testing.assert_array_equal(screen.dialog.digit, prepare(SEVEN).digit)


def test_enter_uses_the_digit_and_nothing_without_one(qtbot, screen):
    qtbot.keyClick(screen.pad, Qt.Key.Key_Return)
    assert screen.dialog.isVisible()
    screen.pad.set_strokes(SEVEN)
    with qtbot.waitSignal(screen.dialog.accepted):
        qtbot.keyClick(screen.pad, Qt.Key.Key_Return)


def test_cancel_and_escape_reject(qtbot, screen):
    with qtbot.waitSignal(screen.dialog.rejected):
        screen.click("button_cancel_drawing")
    screen.dialog.show()
    with qtbot.waitSignal(screen.dialog.rejected):
        qtbot.keyClick(screen.pad, Qt.Key.Key_Escape)
    assert screen.dialog.result() == QDialog.DialogCode.Rejected


@pytest.mark.parametrize("shape", [(8, 8), (20, 30)])
def test_other_shapes_have_their_own_box(open_dialog, shape):
    screen = open_dialog(shape)
    screen.pad.set_strokes(SEVEN)
    assert screen.dialog.digit.shape == shape
    box = round(20 / 28 * min(shape))
    assert screen.find(QCheckBox, "check_fit").text() == f"Fit into {box} × {box}"
    assert f"its longer side is {box} pixels" in screen.text("label_drawing_told")


def test_everything_to_press_can_be_reached_and_has_a_name(screen):
    screen.pad.set_strokes(SEVEN)
    reached, widget = [], screen.pad
    for _ in range(30):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisibleTo(screen.dialog):
            reached.append(widget.objectName())
        widget = widget.nextInFocusChain()
    assert {
        "draw_pad",
        "button_undo_stroke",
        "button_clear_drawing",
        "check_fit",
        "check_centre",
        "button_cancel_drawing",
        "button_use_drawing",
    } <= set(reached)


@pytest.mark.parametrize("size", [(960, 560), (1, 1)])
def test_nothing_covers_anything(screen, size):
    screen.pad.set_strokes(SEVEN)
    screen.dialog.resize(*size)
    screen.click("check_centre")  # the longest sentences
    told, picture = screen.find(QLabel, "label_drawing_told"), screen.find(TensorImage, "image_digit")
    assert told.height() >= told.heightForWidth(told.width())
    card = told.parentWidget()
    assert told.geometry().top() >= picture.geometry().bottom()
    assert card.rect().contains(told.geometry())


def test_dark_and_light_are_painted(screen, theme):
    screen.pad.set_strokes(SEVEN)
    light = screen.dialog.grab().toImage()
    theme.set_mode("dark")
    assert screen.dialog.grab().toImage() != light
