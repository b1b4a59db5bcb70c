"""Taking pictures out of the window: the menus of pictures, the dialog, the clipboard; nothing else moves."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from mlpviz.files.pictures import read_recipe
from mlpviz.gui import exporting
from mlpviz.gui.exporting import WHY_NOT
from mlpviz.gui.figures.exporting import recipe_of
from mlpviz.gui.figures.reproducing import replay_of
from mlpviz.gui.figures.taking import taken_from
from mlpviz.gui.panels.export_dialog import ExportDialog
from mlpviz.gui.theme import DARK, LIGHT
from mlpviz.training import Trainer


def opened_menu():
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def entries(menu):
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def menu_of(plot):
    """A plot's own menu as it is once it shows."""
    plot.menu.aboutToShow.emit()
    return plot.menu


def copy(plot):
    (action,) = [a for a in menu_of(plot).actions() if a.objectName() == "action_copy_picture"]
    action.trigger()


def right_click(widget):
    """As a person does: the event goes up until somebody takes it."""
    middle = widget.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, middle, widget.mapToGlobal(middle))
    QApplication.sendEvent(widget, event)


def menu_key(window):
    focused = window.focusWidget() or window
    place = focused.rect().center()
    QApplication.sendEvent(
        focused, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, focused.mapToGlobal(place))
    )


@pytest.fixture
def in_dialog(qtbot):
    """A function that opens a dialog and does something in it while it is open; then it is closed."""

    def in_dialog(open_it, do):
        found, failures = [], []

        def act():
            dialog = QApplication.activeModalWidget()
            try:
                assert isinstance(dialog, ExportDialog)
                found.append(dialog)
                do(dialog)
            except BaseException as error:
                failures.append(error)
            finally:
                if dialog is not None and dialog.isVisible():
                    dialog.reject()

        QTimer.singleShot(0, act)
        open_it()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        if failures:
            raise failures[0]
        assert found

    return in_dialog


@pytest.fixture
def saved_as(monkeypatch):
    """A function that says what a person answers when asked where to save; and what was proposed."""
    asked = []

    def saved_as(path):
        def ask(_parent, _title, proposed, _filter):
            asked.append(proposed)
            return str(path), ""

        monkeypatch.setattr(
            exporting, "QFileDialog", type("Fake", (), {"getSaveFileName": staticmethod(ask)})
        )
        return asked

    return saved_as


class TestMenus:
    @pytest.mark.parametrize(
        ("page", "pointed_at", "figure"),
        [
            ("train", "mosaic_weights", "weights"),
            ("train", "panel_unit", "weights"),
            ("evaluate", "plot_confusion", "confusion"),
            ("evaluate", "mosaic_gallery", "mistakes"),
            ("step_through", "strip_stages", "stage"),
            ("step_through", "code_stage", "stage"),
        ],
    )
    def test_a_right_click_on_a_picture_offers_to_take_it(
        self, screen, monkeypatch, page, pointed_at, figure
    ):
        screen.step()
        screen.window.show_page(page)
        screen.settle()
        taken = []
        monkeypatch.setattr(screen.window.exporter, "copy", lambda entry: taken.append(entry.name))
        widget = screen.find(pointed_at)
        right_click(widget.viewport() if hasattr(widget, "viewport") else widget)
        menu = opened_menu()
        assert entries(menu)[:3] == ["Copy picture", "Save picture …", "Save its numbers …"]
        menu.actions()[0].trigger()
        menu.close()
        assert taken == [figure]

    def test_of_a_function_its_units_and_its_cost(self, open_window, moons):
        screen = open_window(moons)
        for name in ("field_output", "mosaic_units"):
            widget = screen.find(name)
            right_click(widget.viewport() if hasattr(widget, "viewport") else widget)
            assert entries(opened_menu())[0] == "Copy picture"
            opened_menu().close()

    def test_the_menu_key_is_for_the_picture_that_has_the_focus(self, screen):
        screen.step()
        screen.find("mosaic_weights").setFocus()
        menu_key(screen.window)
        assert entries(opened_menu())[0] == "Copy picture"
        opened_menu().close()

    def test_a_click_beside_all_pictures_offers_nothing(self, screen):
        screen.step()
        right_click(screen.find("panel_experiment"))
        popup = QApplication.activePopupWidget()
        assert popup is None or "Copy picture" not in entries(popup)
        if popup is not None:
            popup.close()

    def test_plots_offer_it_in_the_menu_of_their_own(self, screen):
        for plot in ("plot_loss", "plot_accuracy", "plot_measures"):
            menu = menu_of(screen.find(plot))
            assert set(entries(menu)) >= {"Copy picture", "Save picture …", "Save its numbers …"}
            assert entries(menu_of(screen.find(plot))).count("Copy picture") == 1  # also the second time

    def test_a_menu_may_be_clicked_with_the_mouse_and_is_gone_afterwards(self, screen):
        screen.step()
        right_click(screen.find("mosaic_weights").viewport())
        menu = opened_menu()
        copy = menu.actions()[0]
        screen.qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(copy).center())
        screen.settle()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        assert not QGuiApplication.clipboard().image().isNull()
        assert screen.window.findChildren(QMenu, "menu_picture") == []


class TestClipboard:
    def test_a_copy_is_the_picture_at_twice_the_size(self, screen):
        screen.step()
        QGuiApplication.clipboard().clear()
        copy(screen.find("plot_loss"))
        image = QGuiApplication.clipboard().image()
        assert (image.width(), image.height()) == (1440, 840)
        assert image.pixelColor(4, 4).name().upper() == LIGHT.card
        assert "clipboard: loss" in screen.health

    def test_in_the_look_of_the_window(self, screen):
        screen.window.theme.set_mode("dark")
        screen.step()
        copy(screen.find("plot_loss"))
        image = QGuiApplication.clipboard().image()
        assert image.pixelColor(4, 4).name().upper() == DARK.card
        screen.window.theme.set_mode("light")

    def test_before_there_is_a_run_it_says_so(self, open_window):
        screen = open_window(None)
        screen.choose_action("action_export_picture")
        assert WHY_NOT in screen.health


class TestDialog:
    @pytest.fixture
    def opened(self, screen, in_dialog):
        screen.step(2)
        return lambda do: in_dialog(lambda: screen.choose_action("action_export_picture"), do)

    def test_has_its_keys(self, screen):
        assert screen.action("action_export_picture").shortcut().toString() == "Ctrl+Shift+E"

    def test_opens_with_what_is_on_the_page_as_it_is(self, opened):
        def do(dialog):
            titles = [dialog.picture.itemText(i) for i in range(dialog.picture.count())]
            assert titles == [
                "Weights",
                "Loss and accuracy",
                "Loss",
                "Accuracy",
                "Gradients and other sizes of each layer",
                "The window",
            ]
            view = dialog.view
            assert (view.figure, view.theme, view.width, view.height) == ("weights", "light", 760, 640)
            assert (view.scale, dialog.ending) == (2.0, ".png")
            assert dialog.caption.text() == "Digits · step 2 · epoch 1 of 3 · seed 0"
            assert view.caption is None  # nobody wrote one: each picture of a film gets its own
            assert "1520 x 1280 pixels" in dialog._told.text()

        opened(do)

    def test_every_control_has_a_name_and_a_tip(self, opened):
        def do(dialog):
            for field in (
                dialog.picture,
                dialog.format,
                dialog.look,
                dialog.width_px,
                dialog.scale,
                dialog.caption,
            ):
                assert field.objectName()
                assert field.accessibleName()
                assert field.toolTip()

        opened(do)

    def test_each_choice_is_in_the_view_and_the_preview(self, opened, qtbot):
        def do(dialog):
            previews = [dialog._preview._image.copy()]

            def shows_another():
                qtbot.waitUntil(lambda: dialog._preview._image != previews[-1], timeout=3000)
                previews.append(dialog._preview._image.copy())

            dialog.picture.setCurrentIndex(2)
            assert (dialog.view.figure, dialog.width_px.value()) == ("loss", 720)
            shows_another()
            dialog.look.setCurrentIndex(1)
            assert dialog.view.theme == "dark"
            shows_another()
            assert previews[-1].pixelColor(4, 4).name().upper() == DARK.card
            dialog.width_px.setValue(400)
            dialog.height_px.setValue(300)
            assert (dialog.view.width, dialog.view.height) == (400, 300)
            shows_another()
            assert (previews[-1].width(), previews[-1].height()) == (400, 300)
            dialog.caption.setText("Mine")
            assert dialog.view.caption == "Mine"
            shows_another()
            dialog.scale.setCurrentIndex(3)
            assert dialog.view.scale == 4.0
            dialog.format.setCurrentIndex(dialog.format.findData(".svg"))
            assert (dialog.ending, dialog.view.scale) == (".svg", 1.0)
            assert not dialog.scale.isEnabled()
            qtbot.waitUntil(lambda: "106 x 79 mm" in dialog._told.text(), timeout=3000)
            dialog.format.setCurrentIndex(dialog.format.findData(".csv"))
            assert not dialog.look.isEnabled()
            assert not dialog.copy_button.isEnabled()

        opened(do)

    def test_of_the_window_there_is_no_caption(self, opened):
        def do(dialog):
            assert dialog.caption.isVisible()
            dialog.picture.setCurrentIndex(dialog.picture.count() - 1)
            assert not dialog.caption.isVisible()
            assert (dialog.view.figure, dialog.view.width) == ("window", 1240)

        opened(do)

    def test_copy_puts_the_picture_on_the_clipboard_and_says_so(self, opened):
        QGuiApplication.clipboard().clear()

        def do(dialog):
            dialog.scale.setCurrentIndex(0)
            dialog.copy_button.click()
            image = QGuiApplication.clipboard().image()
            assert (image.width(), image.height()) == (760, 640)
            assert "on the clipboard" in dialog._told.text()

        opened(do)

    @pytest.mark.parametrize("ending", [".png", ".svg", ".pdf", ".csv", ".npz", ".npy"])
    def test_save_writes_the_file_and_closes(self, opened, screen, saved_as, tmp_path, ending):
        asked = saved_as(tmp_path / "mine")  # the ending is added

        def do(dialog):
            dialog.format.setCurrentIndex(dialog.format.findData(ending))
            dialog.save_button.click()
            assert not dialog.isVisible()

        opened(do)
        path = tmp_path / f"mine{ending}"
        assert [each.name for each in tmp_path.iterdir()] == [path.name]
        assert Path(asked[0]).name == f"digits-weights-step-2{ending}"
        assert f"Saved {path}" in screen.health
        if ending in (".png", ".svg", ".pdf"):
            recipe = read_recipe(path)
            assert (recipe.step, recipe.view.figure) == (2, "weights")

    def test_the_next_file_is_proposed_beside_the_last_one(self, opened, saved_as, tmp_path):
        asked = saved_as(tmp_path / "a.png")
        opened(lambda dialog: dialog.save_button.click())
        opened(lambda dialog: dialog.save_button.click())
        assert Path(asked[1]).parent == tmp_path

    def test_nothing_chosen_writes_nothing_and_the_dialog_stays(self, opened, saved_as, tmp_path):
        saved_as("")

        def do(dialog):
            dialog.save_button.click()
            assert dialog.isVisible()

        opened(do)
        assert list(tmp_path.iterdir()) == []

    def test_a_file_that_cannot_be_written_is_told_where_one_looks(self, opened, saved_as, tmp_path):
        (tmp_path / "file").write_text("")
        saved_as(tmp_path / "file" / "x.png")

        def do(dialog):
            dialog.save_button.click()
            assert dialog.isVisible()
            assert "x.png could not be written: Not a directory" in dialog._told.text()
            assert dialog._told.property("role") == "error"

        opened(do)

    def test_numbers_that_there_are_not_are_told_too(self, screen, in_dialog, saved_as, tmp_path):
        screen.click("choice_gradient")  # of no step
        saved_as(tmp_path / "x.csv")

        def do(dialog):
            dialog.format.setCurrentIndex(dialog.format.findData(".csv"))
            dialog.save_button.click()
            assert dialog.isVisible()
            assert "there are no numbers behind the picture 'weights'" in dialog._told.text()

        in_dialog(lambda: screen.choose_action("action_export_picture"), do)
        assert list(tmp_path.iterdir()) == []


class TestNothingElse:
    """Taking a picture is looked at by nobody: neither window nor run notices."""

    def looks(self, window):
        image = QImage(window.size(), QImage.Format.Format_RGB32)
        window.render(image)
        return image

    def test_the_window_looks_as_before(self, screen, view_of_every_kind, qapp):
        screen.step(3)
        before = self.looks(screen.window), qapp.font(), qapp.palette(), qapp.styleSheet()
        fonts = [widget.font() for widget in screen.window.findChildren(QWidget)]
        for take in view_of_every_kind(screen):
            take()
        screen.settle()
        assert (self.looks(screen.window), qapp.font(), qapp.palette(), qapp.styleSheet()) == before
        assert [widget.font() for widget in screen.window.findChildren(QWidget)] == fonts
        assert screen.window.isActiveWindow()

    @pytest.fixture
    def view_of_every_kind(self):
        from mlpviz.files.recipes import View
        from mlpviz.gui.figures.exporting import picture_file

        def views(screen):
            run = taken_from(screen.workspace.run)
            for figure, ending in (
                ("weights", ".png"),
                ("curves", ".svg"),
                ("window", ".pdf"),
                ("stage", ".svg"),
            ):
                view = View(figure, {}, "dark", 600, 500)
                yield lambda view=view, ending=ending: picture_file(view, run, ending)

        return views

    def test_training_goes_on_bit_for_bit_and_the_numbers_are_of_one_step(
        self, screen, view_of_every_kind, digits
    ):
        experiment = digits.with_settings({"epochs": 60})
        screen.wait_for_new_run(lambda: screen.workspace.open(lambda: Trainer(experiment)))
        screen.click("button_train")
        screen.wait(lambda: screen.steps > 5)
        while screen.workspace.training:
            for take in itertools.islice(view_of_every_kind(screen), 2):
                take()
            taken = taken_from(screen.workspace.run)
            assert taken.now.step == taken.trainer.index == len(taken.history)
            assert taken.path is None or taken.path.view()[0][-1] == taken.now.step
            screen.settle()
            if screen.steps > 60:
                screen.workspace.pause()
        screen.wait_for_rest()
        trainer = screen.workspace.run.trainer
        alone = Trainer(experiment)
        for step in alone.steps():
            if step.index == trainer.index:
                break
        for ours, theirs in zip(alone.network.params, trainer.network.params, strict=True):
            assert all(np.array_equal(ours[name], theirs[name]) for name in ours)

    def test_what_was_taken_while_it_trained_is_trained_again_to_the_same(self, screen, view_of_every_kind):
        from mlpviz.files.recipes import View

        screen.click("button_train")
        screen.wait(lambda: screen.steps > 3)
        taken = taken_from(screen.workspace.run)
        screen.workspace.pause()
        screen.wait_for_rest()
        replay = replay_of(recipe_of(View("weights"), taken))
        for _ in replay.steps():
            pass
        for ours, theirs in zip(replay.trainer.network.params, taken.trainer.network.params, strict=True):
            assert all(np.array_equal(ours[name], theirs[name]) for name in ours)
