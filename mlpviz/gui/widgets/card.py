"""A card: a titled frame that holds one thing."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from mlpviz.gui.theme import Theme, set_role

MARGIN_PX = 14
_CHILDREN = Qt.FindChildOption.FindDirectChildrenOnly
GAP_PX = 14


class Card(QFrame):
    """A framed part of a page with a title, controls at the right of it, and a body.

    Parameters
    ----------
    theme : Theme
    title : str
        Empty for a card without a header (adding to the header shows it).
    object_name : str
    subtitle : str
        Beside the title, quieter.
    parent : QWidget, optional

    Attributes
    ----------
    body : QVBoxLayout
        Where the content goes.
    middle_is_below : bool
        Whether what belongs between title and controls has a row of its own.
    """

    def __init__(
        self, theme: Theme, title: str, object_name: str, subtitle: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self.setObjectName(object_name)
        self.setAccessibleName(title)
        set_role(self, "card")
        self._title, self._subtitle = QLabel(title), QLabel(subtitle)
        self._subtitle.setObjectName(f"subtitle_{object_name}")
        set_role(self._title, "title")
        set_role(self._subtitle, "subtitle")
        self._header_row = QWidget(self)
        self._header_row.setVisible(bool(title or subtitle))
        self._middle: QWidget | None = None
        self._in_its_place: QWidget | None = None
        self.middle_is_below = False
        self._header = QHBoxLayout(self._header_row)
        self._header.setContentsMargins(0, 0, 0, 0)
        self._header.setSpacing(8)
        self._header.addWidget(self._title)
        self._header.addWidget(self._subtitle)
        self._header.addStretch(1)
        self._subtitle.setVisible(bool(subtitle))  # not before it has a parent, or it would be a window
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN_PX, 10, MARGIN_PX, 12)
        layout.setSpacing(8)
        layout.addWidget(self._header_row)
        layout.addLayout(self.body, 1)

    @property
    def title(self) -> str:
        """What the card says it shows."""
        return self._title.text()

    def set_title(self, title: str) -> None:
        """Change the title."""
        self._title.setText(title)
        self.setAccessibleName(title)
        self._header_row.show()

    def set_title_widget(self, widget: QWidget) -> None:
        """Let a control, a menu of what can be shown for one, stand in the title's place."""
        self._title.hide()
        self._in_its_place = widget
        self._header.insertWidget(0, widget, 0, Qt.AlignmentFlag.AlignVCenter)
        widget.show()  # at once, so that it counts when room is shared out
        self._header_row.show()

    def set_title_words(self, words: str) -> None:
        """Say in words what the control in the title's place says; a picture shows them."""
        self._title.setText(words)

    def show_title(self) -> None:
        """Show the title in words, and not the control that may stand in its place."""
        self._title.setVisible(bool(self._title.text()))
        if self._in_its_place is not None:
            self._in_its_place.hide()
        both = self._title.sizeHint().width() + self._header.spacing() + self._subtitle.sizeHint().width()
        if both > self.width() - 2 * MARGIN_PX:
            self._subtitle.hide()  # rather than cut the title off

    def set_subtitle(self, subtitle: str) -> None:
        """Change the quiet words beside the title; none where empty."""
        self._subtitle.setText(subtitle)
        self._subtitle.setVisible(bool(subtitle))

    def add_header_widget(self, widget: QWidget) -> None:
        """Add a control at the right of the header."""
        self._header.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        self._header_row.show()

    def set_header_middle(self, widget: QWidget) -> None:
        """Let a widget, a legend for one, take the room between title and controls; once at most."""
        self._header.takeAt(2)  # the stretch between title and controls
        self._header.insertWidget(2, widget, 1, Qt.AlignmentFlag.AlignVCenter)
        self._middle, self.middle_is_below = widget, False

    def place_middle(self, width_px: int) -> None:
        """Give that widget, which is so wide in one line, a row of its own where the header has no room."""
        assert self._middle is not None
        taken = sum(
            widget.sizeHint().width() + self._header.spacing()
            for widget in self._header_row.findChildren(QWidget, options=_CHILDREN)
            if widget is not self._middle and not widget.isHidden()
        )
        below = self.width() > 0 and taken + width_px > self.width() - 2 * MARGIN_PX
        if below == self.middle_is_below:
            return
        self.middle_is_below = below
        if below:
            self._header.removeWidget(self._middle)
            self._header.insertStretch(2, 1)
            self.body.insertWidget(0, self._middle)
        else:
            self.body.removeWidget(self._middle)
            self._header.takeAt(2)
            self._header.insertWidget(2, self._middle, 1, Qt.AlignmentFlag.AlignVCenter)
