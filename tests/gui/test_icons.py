"""Icons are drawn, in the colours of the theme."""

import gc

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QAction, QIcon, QImage
from PySide6.QtWidgets import QMenu, QToolButton

from mlpviz.gui.icons import icon, set_icon
from mlpviz.gui.theme import DARK, LIGHT, Theme
from mlpviz.locations import resource_path

NAMES = sorted(path.stem for path in resource_path("icons").glob("*.svg"))


def inks(picture: QIcon, mode=QIcon.Mode.Normal, state=QIcon.State.Off) -> set[str]:
    """The colours of the opaque pixels."""
    image: QImage = picture.pixmap(QSize(20, 20), 2.0, mode, state).toImage()
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return {pixel.name().upper() for pixel in pixels if pixel.alpha() == 255}


@pytest.mark.parametrize("name", NAMES)
def test_every_icon_leaves_ink(qapp, name):
    assert inks(icon(name, Theme("light")))


def test_an_icon_has_the_colour_of_its_role_and_state(qapp):
    play = icon("play", Theme("light"), "secondary")
    assert inks(play) == {LIGHT.secondary}
    assert inks(play, state=QIcon.State.On) == {LIGHT.accent}
    assert inks(play, mode=QIcon.Mode.Disabled) == {LIGHT.disabled}


def test_an_icon_is_sharp_on_a_fine_screen(qapp):
    assert icon("train", Theme("light")).pixmap(QSize(20, 20), 2.0).size() == QSize(40, 40)


@pytest.mark.parametrize("kind", [QAction, QToolButton])
def test_a_set_icon_follows_the_theme(qtbot, kind):
    theme, target = Theme("light"), kind()
    if kind is QToolButton:
        qtbot.addWidget(target)
    set_icon(target, "pause", theme)
    set_icon(target, "play", theme)
    assert len(target.children()) == 1
    theme.set_mode("dark")
    assert inks(target.icon()) == {DARK.text}


def test_the_icon_of_an_action_that_only_its_menu_keeps_follows_too(qtbot):
    theme, menu = Theme("light"), QMenu()
    qtbot.addWidget(menu)
    set_icon(menu.addAction("Play"), "play", theme)
    gc.collect()
    theme.set_mode("dark")
    assert inks(menu.actions()[0].icon()) == {DARK.text}


def test_an_icon_that_is_not_there_is_told(qapp):
    with pytest.raises(FileNotFoundError, match=r"icons/nothing\.svg"):
        icon("nothing", Theme("light"))
