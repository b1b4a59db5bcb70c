"""Icons from the small SVG files in ``resources/icons``, in the theme's colours and sharp on any screen."""

import math

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt
from PySide6.QtGui import QAction, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton

from mlpviz.gui.theme import Theme
from mlpviz.locations import resource_path

_SIDE_PX = 20


def icon(name: str, theme: Theme, role: str = "text", checked_role: str = "accent") -> QIcon:
    """Return an icon in the colours on show; :func:`set_icon` also follows a change of theme.

    Parameters
    ----------
    name : str
        A file of ``resources/icons`` without its ending: ``"train"``, ``"play"``.
    theme : Theme
    role : str
        The colour's name in ``Palette``; ``"accent_text"`` on a primary button.
    checked_role : str
        The same while its button is checked.
    """
    source = resource_path("icons", f"{name}.svg").read_text(encoding="utf-8")
    scales = {1, 2, *(math.ceil(screen.devicePixelRatio()) for screen in QGuiApplication.screens())}
    result = QIcon()
    for color, mode, states in (
        (role, QIcon.Mode.Normal, (QIcon.State.Off,)),
        (checked_role, QIcon.Mode.Normal, (QIcon.State.On,)),
        ("disabled", QIcon.Mode.Disabled, (QIcon.State.Off, QIcon.State.On)),
    ):
        renderer = QSvgRenderer(
            QByteArray(source.replace("currentColor", getattr(theme.palette, color)).encode())
        )
        for scale in scales:
            pixmap = _drawn(renderer, scale)
            for state in states:
                result.addPixmap(pixmap, mode, state)
    return result


def set_icon(
    target: QAbstractButton | QAction,
    name: str,
    theme: Theme,
    role: str = "text",
    checked_role: str = "accent",
) -> None:
    """Give a button or action an icon that follows the theme; calling it again replaces the icon."""
    keeper = target.findChild(_Keeper, options=Qt.FindChildOption.FindDirectChildrenOnly)
    if keeper is None:
        keeper = _Keeper(target, theme)
    keeper.keep(name, theme, role, checked_role)


def _drawn(renderer: QSvgRenderer, scale: int) -> QPixmap:
    side = _SIDE_PX * scale
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return pixmap


class _Keeper(QObject):
    """Lives and dies with its button and draws its icon anew when the theme changes."""

    def __init__(self, target: QAbstractButton | QAction, theme: Theme) -> None:
        super().__init__(target)
        self._arguments: tuple[str, Theme, str, str] | None = None
        theme.changed.connect(self.show_icon)

    def keep(self, name: str, theme: Theme, role: str, checked_role: str) -> None:
        """Show this icon from now on; the one that is there already is not drawn again."""
        arguments = name, theme, role, checked_role
        if arguments != self._arguments:
            self._arguments = arguments
            self.show_icon()

    def show_icon(self) -> None:
        target = self.parent()
        if isinstance(target, QAbstractButton | QAction) and self._arguments is not None:
            target.setIcon(icon(*self._arguments))
