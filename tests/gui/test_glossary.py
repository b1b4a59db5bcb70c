"""The glossary in the window: by key, menu, link and right click; searched and read by keyboard alone."""

import subprocess
import sys

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QAction, QCursor, QImage, QTextDocument
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidget, QWidget

from mlpviz.gui.panels.glossary import GlossaryDialog
from mlpviz.gui.widgets.formula_label import FormulaLabel
from mlpviz.lessons.glossary import glossary


@pytest.fixture
def opened(screen) -> GlossaryDialog:
    """The glossary, opened by the menu."""
    screen.choose_action("action_glossary")
    return shown(screen)


def shown(screen) -> GlossaryDialog:
    dialog = screen.window.glossary
    screen.settle()
    assert dialog.isVisible()
    return dialog


def point_at(screen, name: str) -> None:
    widget = screen.find(name)
    assert widget.isVisible()
    QCursor.setPos(widget.mapToGlobal(QPoint(6, 6)))
    screen.settle()


def type_into_search(screen, words: str) -> None:
    screen.find("field_glossary_search").clear()
    screen.qtbot.keyClicks(screen.find("field_glossary_search"), words)


def listed(screen) -> list[str]:
    found = screen.find("list_glossary")
    assert isinstance(found, QListWidget)
    return [found.item(i).text() for i in range(found.count())]


# ---------------------------------------------------------------------- opening


def test_every_place_of_the_glossary_is_in_the_window(screen):
    for key in ("train", "step_through", "evaluate", "compare", "many_seeds", "learn"):
        screen.window.show_page(key)
        screen.settle()
    names = {widget.objectName() for widget in screen.window.findChildren(QWidget)}
    places = {place for entry in glossary().entries for place in entry.places}
    assert places
    assert not places - names


def test_the_menu_opens_it_at_the_first_entry(screen, opened):
    assert screen.text("label_glossary_term") == "Experiment"
    assert not opened.isModal()
    assert QApplication.focusWidget() is screen.find("field_glossary_search")
    assert len(listed(screen)) == len(glossary().entries)


def test_f1_tells_what_the_pointer_is_at(screen):
    point_at(screen, "card_weights")
    screen.press(Qt.Key.Key_F1)
    assert shown(screen).shown.term == "weight"


def test_f1_tells_what_the_keyboard_is_at(screen):
    point_at(screen, "card_weights")
    field = screen.find("field_learning_rate")
    field.setFocus(Qt.FocusReason.MouseFocusReason)
    screen.press(Qt.Key.Key_Tab)
    assert screen.window.focusWidget() is not field
    screen.press(Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert screen.window.focusWidget() is field
    screen.press(Qt.Key.Key_F1)
    assert shown(screen).shown.term == "learning rate"


def test_f1_where_nothing_is_to_be_told_opens_the_last_entry(screen, opened):
    opened.bring_up_term("momentum")
    opened.close()
    screen.window.page.setFocus()
    point_at(screen, "menu_bar")
    screen.window.activateWindow()
    screen.wait(screen.window.isActiveWindow)
    screen.press(Qt.Key.Key_F1)
    assert shown(screen).shown.term == "momentum"


def test_a_link_in_a_lesson_opens_it(screen):
    screen.workspace.lesson_wanted.emit("01-a-line-through-points")
    screen.wait(lambda: not screen.window.teaching.tutor.is_busy)
    for name in ("text_lesson", "label_task", "label_lesson_question", "label_verdict_on_answer"):
        screen.window.glossary.close()
        label = screen.find(name)
        assert isinstance(label, FormulaLabel)
        label.anchorClicked.emit(QUrl("term:hidden-layer"))
        assert shown(screen).shown.term == "hidden layer"
    screen.window.glossary.close()
    label.anchorClicked.emit(QUrl("term:hiden-layer"))
    screen.settle()
    assert not screen.window.glossary.isVisible()
    assert "no entry 'hiden-layer'; did you mean 'hidden layer'?" in screen.health
    screen.window.teaching.tutor.leave()
    screen.wait(lambda: screen.workspace.ready and not screen.workspace.is_loading)


def test_a_right_click_on_a_picture_offers_it(screen):
    from mlpviz.gui.figures.catalogue import figure_entry

    for name, term in (("cost", "cost surface"), ("stage", "walkthrough"), ("loss", "loss")):
        menu = screen.window.exporter.menu_for(figure_entry(name))
        (action,) = [action for action in menu.actions() if action.objectName() == "action_what_is_this"]
        action.trigger()
        assert shown(screen).shown.term == term
        menu.deleteLater()


def test_a_plot_offers_it_in_its_own_menu(screen):
    menu = screen.find("plot_loss_menu_list")
    menu.aboutToShow.emit()
    action = menu.findChild(QAction, "action_what_is_this")
    action.trigger()
    assert shown(screen).shown.term == "loss"


@pytest.mark.parametrize("size", [(1000, 640), (1024, 700), (1440, 900)])
def test_it_is_never_larger_than_the_window(open_window, size):
    screen = open_window(size=size)
    screen.choose_action("action_glossary")
    dialog = shown(screen)
    assert dialog.width() < screen.window.width()
    assert dialog.height() < screen.window.height()
    for entry in glossary().entries:
        dialog.bring_up(entry)
        text = screen.find("text_glossary")
        assert text.document().idealWidth() <= text.viewport().width() + 1, entry.term
    for name in ("button_glossary_back", "button_glossary_close"):
        assert screen.find(name).width() >= screen.find(name).minimumSizeHint().width()


def test_nothing_of_it_is_loaded_when_the_program_starts():
    words = "import sys, mlpviz.gui.main_window; print([m for m in sys.modules if 'glossary' in m])"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# ---------------------------------------------------------------------- reading


def test_typing_finds_a_term_and_shows_the_best_match(screen, opened):
    type_into_search(screen, "mse")
    assert listed(screen) == ["mean squared error"]
    assert opened.shown.term == "mean squared error"
    assert "MSE" in screen.text("label_glossary_aliases")
    type_into_search(screen, "gradient")
    assert opened.shown.term == "gradient"
    assert "vanishing gradient" in listed(screen)
    screen.qtbot.keyClicks(screen.find("field_glossary_search"), "x")
    assert listed(screen) == []
    assert screen.text("label_glossary_nothing") == "No term is called “gradientx”."
    assert opened.shown.term == "gradient"


def test_the_arrow_keys_go_through_the_list_from_the_search(screen, opened):
    type_into_search(screen, "gradient")
    terms = listed(screen)
    screen.press(Qt.Key.Key_Down)
    screen.press(Qt.Key.Key_Down)
    assert opened.shown.term == terms[2]
    screen.press(Qt.Key.Key_Up)
    assert opened.shown.term == terms[1]


def test_links_are_followed_by_keyboard_and_the_way_back_leaves_out_what_was_passed(screen, opened):
    type_into_search(screen, "hidden layer")
    screen.press(Qt.Key.Key_Return)
    text = screen.find("text_glossary")
    assert text.hasFocus()
    screen.press(Qt.Key.Key_Tab)
    screen.press(Qt.Key.Key_Return)
    assert opened.shown.term == "layer"
    screen.press(Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert opened.shown.term == "hidden layer"
    screen.click("button_glossary_back")
    assert opened.shown.term == "experiment"
    assert not screen.find("button_glossary_back").isEnabled()


def test_space_is_typed_and_does_not_train(screen, opened):
    type_into_search(screen, "hidden ")
    screen.press(Qt.Key.Key_Space)
    assert not screen.workspace.training


def test_escape_closes_it_and_the_entry_is_kept(screen, opened):
    opened.bring_up_term("tanh")
    screen.press(Qt.Key.Key_Escape)
    assert not opened.isVisible()
    screen.choose_action("action_glossary")
    assert shown(screen).shown.term == "tanh"


def test_opening_it_for_a_term_lists_all_terms_again(screen, opened):
    type_into_search(screen, "sigmoid")
    opened.bring_up_term("momentum")
    assert len(listed(screen)) == len(glossary().entries)
    assert screen.find("list_glossary").currentItem().text() == "momentum"


def test_everything_has_a_name_for_screen_readers(screen, opened):
    for name in ("field_glossary_search", "list_glossary", "text_glossary"):
        assert screen.find(name).accessibleName()
    opened.bring_up_term("sigmoid")
    assert "soft" in screen.find("text_glossary").accessibleDescription()


def test_pictures_follow_the_theme(screen, opened, theme):
    opened.bring_up_term("ReLU")
    text = screen.find("text_glossary")

    def picture() -> QImage:
        return text.document().resource(QTextDocument.ResourceType.ImageResource, QUrl("picture:relu"))

    light = picture()
    assert light.width() >= 300
    theme.set_mode("dark")
    screen.settle()
    assert picture() != light
    theme.set_mode("light")
    screen.settle()
    assert picture() == light


def test_a_picture_is_scaled_into_a_narrow_dialog(screen, opened):
    opened.bring_up_term("run")
    opened.resize(560, 400)
    screen.settle()
    text = screen.find("text_glossary")
    assert text.document().idealWidth() <= text.viewport().width() + 1


def test_the_dialog_is_taken_down_with_the_window(open_window):
    screen = open_window(experiment=None)
    screen.choose_action("action_glossary")
    assert isinstance(screen.find("field_glossary_search"), QLineEdit)
    screen.window.close()
    assert not screen.window.glossary.isVisible()
