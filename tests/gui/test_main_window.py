"""The window as a whole: the same bits as without it, a clean end, what it remembers, what can be reached."""

import gc
import logging
import random
import re
import subprocess
import sys
import textwrap
import threading
import time

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSettings, Qt
from PySide6.QtGui import QAccessible, QAction, QColor
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QScrollBar,
    QToolBar,
    QToolButton,
    QWidget,
    QWidgetAction,
)

from mlpviz.figures.colors import signed_scale
from mlpviz.gui.application import remembered_trainer
from mlpviz.gui.main_window import MainWindow
from mlpviz.gui.theme import DARK, LIGHT
from mlpviz.gui.widgets.mosaic_view import MosaicView, cell_center
from mlpviz.gui.widgets.tensor_image import TensorImage
from mlpviz.gui.workspace import Workspace
from mlpviz.training import Trainer
from mlpviz.training.presets import load_preset

SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def parameters(network) -> list[np.ndarray]:
    return [array for layer in network.layers for _, array in sorted(layer.params.items())]


def same(left, right) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(parameters(left), parameters(right), strict=True))


# ---------------------------------------------------------------------- the same bits


@pytest.fixture
def demanding(digits):
    """Momentum and dropout have a memory of their own; 600 steps."""
    layers = [
        {"kind": "affine", "units": 16},
        {"kind": "relu"},
        {"kind": "dropout", "rate": 0.2},
        {"kind": "affine", "units": 10},
        {"kind": "sigmoid"},
    ]
    return digits.with_settings({"layers": layers, "momentum": 0.9, "batch_size": 10, "epochs": 10})


def train_straight(screen) -> None:
    screen.click("button_train")


def train_with_pauses(screen) -> None:
    chance, pauses = random.Random(7), 0
    while not screen.workspace.finished:
        screen.press(Qt.Key.Key_Space)
        goal = screen.steps + chance.randint(1, 60)
        while screen.workspace.training and screen.steps < goal:
            QApplication.processEvents()
        if screen.workspace.training:
            screen.press(Qt.Key.Key_Space)
            pauses += 1
        screen.wait_for_rest()
    assert pauses >= 3


def train_by_steps(screen) -> None:
    screen.step(3)
    for _ in range(3):
        screen.click("button_epoch")
        screen.wait_for_rest()
        screen.step(2)
    assert screen.steps == 3 * 60 + 2
    screen.click("button_train")


def train_slowly_for_a_while(screen) -> None:
    slider = screen.find("slider_speed")
    slider.setValue(5)
    screen.click("button_train")
    screen.wait(lambda: screen.steps >= 5)
    slider.setValue(slider.maximum())


def train_under_observation(screen) -> None:
    workspace = screen.workspace
    image = np.full((1, 784), 0.5, np.float32)
    target = np.zeros((1, 10), np.float32)
    screen.click("button_train")
    looks = 0
    while workspace.training:
        workspace.fetch()
        workspace.snapshot.network.trace(image, target, workspace.run.trainer.loss)
        QApplication.processEvents()
        looks += 1
    assert looks > 3


@pytest.mark.parametrize(
    "train",
    [train_straight, train_with_pauses, train_by_steps, train_slowly_for_a_while, train_under_observation],
)
def test_the_window_changes_no_bit(open_window, headless, demanding, train):
    screen = open_window(demanding)
    train(screen)
    screen.wait(lambda: screen.workspace.finished)
    screen.wait_for_rest()
    assert screen.steps == 600
    assert screen.workspace.refresher.rounds > 0 or screen.workspace.snapshot.step == 600
    without = headless(demanding)
    assert same(screen.workspace.snapshot.network, without.network)
    assert same(screen.workspace.run.trainer.network, without.network)
    losses = screen.workspace.history.view("loss")[1]
    assert len(losses) == 600
    assert np.isfinite(losses).all()


def test_the_page_is_repainted_while_it_trains(open_window, digits):
    screen = open_window(digits.with_settings({"epochs": 1_000_000}))
    mosaic = screen.find("mosaic_weights")
    pictures = []
    screen.click("button_train")
    for _ in range(3):
        round_ = screen.workspace.refresher.rounds
        screen.wait(lambda round_=round_: screen.workspace.refresher.rounds > round_)
        pictures.append(mosaic.viewport().grab().toImage())
    assert pictures[0] != pictures[1] != pictures[2]


def test_a_click_is_answered_at_once_while_it_trains(open_window, digits):
    screen = open_window(digits.with_settings({"epochs": 1_000_000, "layers.0.units": 100}))
    mosaic = screen.find("mosaic_weights")
    screen.click("button_train")
    screen.wait(lambda: screen.workspace.refresher.rounds > 1)
    answers = []
    for unit in (3, 17, 42, 61, 99):
        started = time.perf_counter()
        screen.qtbot.mouseClick(mosaic.viewport(), Qt.MouseButton.LeftButton, pos=cell_center(mosaic, unit))
        assert f"Unit {unit}<" in screen.text("label_unit")
        answers.append(time.perf_counter() - started)
        QApplication.processEvents()
    assert sorted(answers)[2] < 0.05


# ---------------------------------------------------------------------- one run after another


def slow_trainer(experiment, gate: threading.Event):
    def make() -> Trainer:
        gate.wait(5)
        return Trainer(experiment)

    return make


def test_the_window_can_be_used_while_another_experiment_loads(screen, moons):
    gate = threading.Event()
    screen.workspace.open(slow_trainer(moons, gate))
    assert not screen.find("button_train").isEnabled()
    screen.find("choice_view").setFocus()
    screen.choose("choice_view", "histogram")
    assert screen.shows("histogram_weights")
    screen.wait_for_new_run(gate.set)
    assert screen.window.windowTitle() == "Moons – mlpviz"
    assert screen.find("button_train").isEnabled()


def test_of_two_that_load_the_last_is_shown(screen, moons, plane):
    gate = threading.Event()
    screen.workspace.open(slow_trainer(moons, gate))
    screen.wait_for_new_run(lambda: screen.workspace.open_experiment(plane))
    gate.set()
    screen.qtbot.wait(100)
    assert screen.window.windowTitle() == "Plane – mlpviz"
    assert screen.find("choice_layer").count() == 1


def test_a_picture_holds_still_when_the_run_under_it_is_replaced_while_training(open_window, digits, plane):
    """From many layers to one, with all that the page had chosen."""
    screen = open_window(digits.with_settings({"epochs": 1_000_000}))
    screen.choose("choice_layer", "layer 2: 16 → 10")
    screen.find("card_weights").choose_unit(9)
    screen.click("choice_update")
    screen.click("button_train")
    screen.wait(lambda: screen.workspace.refresher.rounds > 1)
    screen.wait_for_new_run(lambda: screen.workspace.open_experiment(plane))
    assert "Unit 0<" in screen.text("label_unit")
    assert screen.find("card_weights").title == "Update of layer 1"
    screen.step()
    screen.wait_for_new_run(lambda: screen.workspace.open_experiment(digits))
    assert not screen.workspace.training


# ---------------------------------------------------------------------- the end


@pytest.mark.parametrize("speed", [0, 10])
def test_closing_while_it_trains_ends_within_a_second(open_window, digits, speed):
    screen = open_window(digits.with_settings({"epochs": 1_000_000}))
    screen.find("slider_speed").setValue(speed)
    screen.click("button_train")
    run = screen.workspace.run
    screen.wait(lambda: len(run.history) > 0)
    started = time.monotonic()
    screen.window.close()
    assert time.monotonic() - started < 1
    assert run.isFinished()
    screen.settle()


def test_closing_while_it_loads(screen, moons):
    gate = threading.Event()
    screen.workspace.open(slow_trainer(moons, gate))
    threading.Timer(0.05, gate.set).start()
    started = time.monotonic()
    screen.window.close()
    assert time.monotonic() - started < 1
    screen.settle()


def test_closing_before_the_first_run_is_there(open_window, moons):
    screen = open_window(experiment=None)
    screen.workspace.open(lambda: Trainer(moons))
    screen.window.close()
    screen.settle()


def test_closing_right_after_a_change(screen):
    """What the thread had still to say finds nobody, and nothing is raised."""
    screen.step()
    screen.type("field_learning_rate", "0.25")
    screen.workspace.run.between_steps(lambda: None)  # the thread has said so, nobody has heard it yet
    screen.window.close()
    screen.qtbot.wait(20)


def test_a_defect_is_told_in_a_sentence_and_the_window_stays_usable(screen, digits, caplog):
    class Defective(Trainer):
        def _step(self):
            if self.index == 2:
                raise KeyError("traceback words")
            return super()._step()

    screen.wait_for_new_run(lambda: screen.workspace.open(lambda: Defective(digits)))
    with caplog.at_level(logging.ERROR), screen.qtbot.waitSignal(screen.workspace.refused):
        screen.click("button_train")
    screen.settle()
    assert "defect" in screen.health
    assert "traceback words" not in screen.health
    assert "KeyError" not in screen.health
    assert [record.exc_info[0] for record in caplog.records] == [KeyError]
    assert screen.text("button_train") == "Train"
    assert screen.steps == 2
    if screen.find("button_train").isEnabled():
        screen.click("button_train")
        screen.settle()
    assert screen.text("button_train") == "Train", "nothing trains, yet the button says Pause"
    screen.wait_for_new_run(lambda: screen.click("button_new_seed"))
    screen.step()
    assert screen.steps == 1


# ---------------------------------------------------------------------- what it remembers


@pytest.fixture
def settings(tmp_path) -> QSettings:
    return QSettings(str(tmp_path / "mlpviz.ini"), QSettings.Format.IniFormat)


def reopened(settings: QSettings) -> QSettings:
    settings.sync()
    return QSettings(settings.fileName(), QSettings.Format.IniFormat)


def test_panel_theme_and_experiment_are_remembered(open_window, settings, moons, theme):
    screen = open_window(moons, settings)
    screen.step()
    screen.type("field_learning_rate", "0.125")
    screen.wait(lambda: screen.workspace.experiment.learning_rate == 0.125)
    screen.click("button_collapse_experiment")
    screen.choose_action("action_theme_dark")
    screen.window.resize(1000, 720)  # no wider, for the screen of the offscreen platform is narrow
    screen.window.close()
    kept = reopened(settings)
    assert kept.value("window/theme") == "dark"
    assert kept.value("window/page") == "train"
    assert remembered_trainer(kept.value("experiment"))().experiment == moons.with_settings(
        {"learning_rate": 0.125}
    )
    again = open_window(moons, kept, size=None)
    assert not again.shows("panel_experiment")
    assert not again.action("action_show_experiment").isChecked()
    assert (again.window.width(), again.window.height()) == (1000, 720)
    again.press(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert again.shows("panel_experiment")


def test_it_opens_on_the_page_that_was_left_and_makes_no_other(open_window, settings, moons):
    screen = open_window(moons, settings)
    screen.click("button_page_evaluate")
    screen.window.close()
    again = open_window(moons, reopened(settings))
    assert list(again.window.pages) == ["evaluate"]
    again.click("button_page_train")
    again.step()
    assert again.window.page.key == "train"
    assert again.window.page.loss.numbers()["step"].tolist() == [1]


def test_nothing_is_forgotten_by_closing_before_the_first_run(open_window, settings, moons):
    settings.setValue("experiment", moons.to_toml())
    open_window(None, settings).window.close()
    assert remembered_trainer(reopened(settings).value("experiment"))().experiment == moons


@pytest.mark.parametrize("garbage", [None, "", "not = [toml", "learning_rate = -1", ["a", "b"], b"\xff"])
def test_a_broken_experiment_falls_back_to_the_digits(garbage):
    assert remembered_trainer(garbage)().experiment == load_preset("digits")


@pytest.mark.parametrize(
    ("key", "garbage"),
    [
        ("window/geometry", "garbage"),
        ("window/geometry", b"garbage"),
        ("window/experiment", "perhaps"),
        ("window/page", "no_such_page"),
        ("window/page", ["a", "b"]),
    ],
)
def test_a_broken_settings_file_does_not_keep_the_window_from_opening(
    open_window, settings, moons, key, garbage
):
    settings.setValue(key, garbage)
    screen = open_window(moons, reopened(settings))
    assert screen.window.page.key == "train"
    assert screen.shows("panel_experiment")


SECOND_START = """
    import sys
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

    application = QApplication([])

    def look() -> None:
        windows = [w for w in application.topLevelWidgets() if w.objectName() == "main_window"]
        if not windows or windows[0].workspace.run is None:
            QTimer.singleShot(20, look)
            return
        window = windows[0]
        panel = window.findChild(QWidget, "panel_experiment")
        field = window.findChild(QLineEdit, "field_learning_rate")
        action = window.findChild(QAction, "action_theme_dark")
        print(window.windowTitle(), window.theme.mode, panel.isVisible(), field.text(), action.isChecked())
        if "change" in sys.argv:
            from mlpviz.training.presets import load_preset
            window.workspace.run_changed.connect(lambda: change(window))
            window.workspace.open_experiment(load_preset("digits-book").with_settings({"epochs": 77}))
        else:
            window.close()

    def change(window) -> None:
        for name in ("action_theme_dark", "action_show_experiment"):
            window.findChild(QAction, name).trigger()
        QTimer.singleShot(0, window.close)

    QTimer.singleShot(0, look)
    from mlpviz.gui.application import run
    sys.exit(run(None))
"""


def start(*arguments: str) -> str:
    command = [sys.executable, "-c", textwrap.dedent(SECOND_START), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


def test_the_program_starts_as_it_was_left():
    assert start("change") == "Digits – mlpviz system True 0.5 False"
    book = load_preset("digits-book")
    expected = f"{book.title} – mlpviz dark False {book.learning_rate:g} True"
    assert start() == expected


# ---------------------------------------------------------------------- light and dark


def pixel(widget: QWidget, x: int, y: int) -> QColor:
    return widget.grab().toImage().pixelColor(x, y)


def test_the_theme_changes_plots_and_pictures_at_once(screen):
    screen.step(3)
    mosaic, plot = screen.find("mosaic_weights"), screen.find("plot_loss_plot")
    middle = signed_scale(False)[128], signed_scale(True)[128]
    # The first pixel of every picture of a digit is blank, so its weights never move from the start.
    screen.click("choice_change")
    for mode, palette, zero in (("light", LIGHT, middle[0]), ("dark", DARK, middle[1])):
        screen.choose_action(f"action_theme_{mode}")
        assert pixel(plot, plot.width() - 4, 3) == QColor(palette.card)
        corner = mosaic.cell_rect(0).topLeft().toPoint()
        image = mosaic.viewport().grab().toImage()
        assert image.pixelColor(corner.x() + 1, corner.y() + 1) == QColor(*map(int, zero))
        assert image.pixelColor(mosaic.viewport().width() - 1, 0) == QColor(palette.card)
        assert screen.action(f"action_theme_{mode}").isChecked()


def test_the_theme_restyles_the_whole_program(open_window, theme, qapp, digits):
    sheet, palette, font = qapp.styleSheet(), qapp.palette(), qapp.font()
    style = qapp.style().objectName()
    try:
        theme.apply(qapp)
        screen = open_window(digits)
        for mode, colors in (("dark", DARK), ("light", LIGHT)):
            screen.choose_action(f"action_theme_{mode}")
            assert qapp.palette().window().color() == QColor(colors.ground)
            assert pixel(screen.find("panel_experiment"), 3, 300) in (
                QColor(colors.card),
                QColor(colors.ground),
            )
            assert colors.text in qapp.styleSheet()
    finally:
        screen.window.close()
        restore_application(qapp, sheet, palette, font, style)


def restore_application(qapp, sheet, palette, font, style) -> None:
    qapp.setStyleSheet(sheet)
    qapp.setPalette(palette)
    qapp.setFont(font)
    qapp.setStyle(style)


# ---------------------------------------------------------------------- a small window


@pytest.fixture
def styled(qapp, theme):
    """The program's own style, as in real life."""
    before = qapp.styleSheet(), qapp.palette(), qapp.font(), qapp.style().objectName()
    theme.apply(qapp)
    yield
    restore_application(qapp, *before)


def text_of(widget: QLabel | QAbstractButton) -> str:
    """What it shows, without marks."""
    return re.sub(r"<[^>]+>", "", widget.text()).replace("&", "")


def cut_off(window: QWidget) -> list[str]:
    """Labels and buttons whose words do not fit into them, or that stick out of what they lie in."""
    bad = []
    for widget in (*window.findChildren(QLabel), *window.findChildren(QAbstractButton)):
        if not widget.isVisible() or not text_of(widget):
            continue
        if isinstance(widget, QToolButton):
            style = widget.toolButtonStyle()
            if style == Qt.ToolButtonStyle.ToolButtonIconOnly and not widget.icon().isNull():
                continue
        name = f"{type(widget).__name__} {widget.objectName()!r} {text_of(widget)[:40]!r}"
        wraps = isinstance(widget, QLabel) and widget.wordWrap()
        if wraps:
            if widget.height() < widget.heightForWidth(widget.width()) - 1:
                bad.append(f"{name}: {widget.height()} px high")
        else:
            wanted = max(widget.fontMetrics().horizontalAdvance(line) for line in text_of(widget).split("\n"))
            if widget.width() < wanted or widget.height() < widget.fontMetrics().height() - 2:
                bad.append(f"{name}: {widget.width()} px wide, its words {wanted}")
        parent = widget.parentWidget()
        while parent is not None and parent is not window.window():
            left = widget.mapTo(parent, widget.rect().topLeft()).x()
            if left < 0 or left + widget.width() > parent.width():
                bad.append(f"{name}: sticks out of {parent.objectName() or type(parent).__name__}")
                break
            parent = parent.parentWidget()
    return bad


@pytest.mark.parametrize("size", [(1024, 700), (1440, 900)])
@pytest.mark.parametrize("kind", ["digits", "moons", "plane"])
def test_nothing_is_cut_off(open_window, styled, request, size, kind):
    experiment = request.getfixturevalue(kind)
    screen = open_window(experiment, size=size)
    assert (screen.window.width(), screen.window.height()) == size
    found = {"ready": cut_off(screen.window)}
    screen.click("button_epoch")
    screen.wait_for_rest()
    screen.click("button_layer_0")
    screen.settle()
    found["a layer open"] = cut_off(screen.window)
    screen.type("field_seed", "12345")
    screen.type("field_learning_rate", "-1")
    screen.settle()
    found["a notice and an error"] = cut_off(screen.window)
    screen.click("button_discard_changes")
    screen.click("button_train")
    screen.wait_for_rest()
    screen.settle()
    found["finished"] = cut_off(screen.window)
    assert found == {moment: [] for moment in found}
    for bar in screen.window.findChildren(QWidget, "qt_toolbar_ext_button"):
        assert not bar.isVisible(), "the tool bar does not fit"


def test_the_presets_fit_a_small_window_too(open_window, styled):
    screen = open_window(load_preset("digits"), size=(1024, 700))
    assert cut_off(screen.window) == []
    box = screen.find("field_preset")
    box.showPopup()
    assert box.view().sizeHintForColumn(0) <= box.view().viewport().width(), "the list cuts its names off"
    box.hidePopup()


# ---------------------------------------------------------------------- names, keys, order


def test_every_action_has_a_name_words_and_something_to_do(screen):
    bad = []
    menus = [menu.menuAction() for menu in screen.window.findChildren(QMenu)]
    of_qt = [bar.toggleViewAction() for bar in screen.window.findChildren(QToolBar)]
    for action in screen.window.findChildren(QAction):
        if action.isSeparator() or action in menus or action in of_qt or isinstance(action, QWidgetAction):
            continue
        name = action.objectName()
        if not SNAKE_CASE.fullmatch(name):
            bad.append(f"{action.text()!r} of {action.parent().objectName()!r} is called {name!r}")
        if not action.text():
            bad.append(f"{name} has no words")
        listeners = action.receivers("2triggered(bool)") + action.receivers("2toggled(bool)")
        if listeners == 0 and action.actionGroup() is None:
            bad.append(f"{name} does nothing")
    assert bad == []


def test_no_two_actions_share_a_key(screen):
    keys = [
        action.shortcut().toString()
        for action in screen.window.findChildren(QAction)
        if not action.shortcut().isEmpty() and action.shortcutContext() != Qt.ShortcutContext.WidgetShortcut
    ]
    assert len(keys) == len(set(keys))
    assert {"Space", "B", "E", "Ctrl+Z", "Ctrl+Q", "Ctrl+1"} <= set(keys)


def controls(window: QWidget) -> list[QWidget]:
    """Whatever a person can press, choose from, type into or point at; inner parts of Qt's own left out."""
    kinds = (QAbstractButton, QComboBox, QLineEdit, QAbstractSlider, MosaicView, TensorImage)
    return [
        widget
        for widget in window.findChildren(QWidget)
        if isinstance(widget, kinds)
        and not isinstance(widget, QScrollBar)
        and not isinstance(widget.parent(), QComboBox)
        and not widget.objectName().startswith("qt_")
        and not any(isinstance(each, QMenu) for each in ancestors(widget))
    ]


def ancestors(widget: QObject) -> list[QObject]:
    found = []
    while (widget := widget.parent()) is not None:
        found.append(widget)
    return found


def test_every_control_has_a_name_for_programs_and_one_for_people(screen):
    screen.step()
    screen.click("button_layer_0")
    screen.settle()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    unnamed, unspoken, seen = [], [], controls(screen.window)
    assert len(seen) > 50
    for widget in seen:
        if not SNAKE_CASE.fullmatch(widget.objectName()):
            unnamed.append(f"{type(widget).__name__} {widget.objectName()!r}")
        spoken = QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
        if not spoken:
            unspoken.append(widget.objectName())
    assert unnamed == []
    assert unspoken == []
    names = [widget.objectName() for widget in seen]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_the_tab_key_reaches_every_control(screen):
    screen.step()
    screen.click("button_layer_0")
    screen.settle()
    wanted = {
        widget.objectName()
        for parent in ("training_bar", "panel_experiment")
        for widget in controls(screen.find(parent))
        if widget.isVisible() and widget.isEnabled()
    }
    assert {"button_train", "slider_speed", "field_preset", "field_layers_0_units", "field_epochs"} <= wanted
    reached = []
    screen.window.setFocus()
    for _ in range(200):
        screen.press(Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget().objectName())
        if reached.count(reached[0]) > 1:
            break
    assert wanted - set(reached) == set()
    fields = [name for name in reached if name.startswith("field_")]
    assert fields.index("field_preset") < fields.index("field_optimizer") < fields.index("field_epochs")


def test_a_field_reached_by_tab_can_be_seen(open_window, digits):
    """The panel scrolls to it in a small window."""
    screen = open_window(digits, size=(1024, 700))
    area = screen.find("scroll_experiment")
    for _ in range(200):
        screen.press(Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        if area.isAncestorOf(focus):
            middle = focus.mapTo(area.viewport(), focus.rect().center())
            assert area.viewport().rect().contains(middle), focus.objectName()
        if focus.objectName() == "field_validation_size":
            return
    pytest.fail("the last field was not reached")


def test_the_focus_can_be_seen(open_window, styled, digits):
    screen = open_window(digits)
    for name in ("button_train", "button_reset", "slider_speed", "field_learning_rate", "choice_gradient"):
        widget = screen.find(name)
        screen.find("page_train").setFocus()
        screen.settle()
        before = widget.grab().toImage()
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        screen.settle()
        assert widget.grab().toImage() != before, name


def test_no_control_looks_chosen_at_the_start(open_window):
    screen = open_window()
    assert QApplication.focusWidget() in (None, screen.window, screen.find("page_train"))


# ---------------------------------------------------------------------- memory


def widgets_alive() -> int:
    return sum(isinstance(wrapper, QObject) for wrapper in shiboken6.getAllValidWrappers())


def test_windows_leave_nothing_in_memory(qtbot, theme, moons):
    def open_and_close() -> None:
        workspace = Workspace()
        window = MainWindow(workspace, theme)
        window.show()
        with qtbot.waitSignal(workspace.run_changed):
            workspace.open(lambda: Trainer(moons))
        with qtbot.waitSignal(workspace.run.rested):
            workspace.train()
        window.close()
        window.deleteLater()
        workspace.deleteLater()
        del window, workspace
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QApplication.processEvents()

    def census() -> tuple[int, int, int]:
        for _ in range(3):
            gc.collect()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        kinds = ("MainWindow", "Workspace", "TrainingThread", "TrainPage", "CurvePlot", "Trainer", "QLabel")
        tracked = sum(type(each).__name__ in kinds for each in gc.get_objects())
        return widgets_alive(), tracked, len(QApplication.allWidgets())

    for _ in range(2):
        open_and_close()
    before = census()
    for _ in range(10):
        open_and_close()
    assert census() == before
