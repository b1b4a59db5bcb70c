"""A question in the place where it comes up: a sentence, and a button for each answer."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QLabel, QToolButton, QVBoxLayout, QWidget

from mlpviz.gui.theme import set_role
from mlpviz.gui.widgets.flow_layout import FlowLayout


class Question(QFrame):
    """Hidden until it is asked; every answer hides it.

    Parameters
    ----------
    name : str
        ``notice_<name>`` and ``label_<name>`` are its object names.
    answers : sequence of (object name, words, what to do)
    cancel : str
        The object name of the button that does nothing.
    """

    def __init__(
        self,
        name: str,
        answers: tuple[tuple[str, str, Callable[[], None]], ...],
        cancel: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(f"notice_{name}")
        self._words = QLabel()
        self._words.setObjectName(f"label_{name}")
        self._words.setWordWrap(True)
        set_role(self._words, "warning")
        buttons = QWidget()
        flow = FlowLayout(buttons, spacing_px=6, line_spacing_px=4)
        for button_name, words, do in answers:
            button = self._button(button_name, words)
            button.clicked.connect(lambda _checked=False, do=do: do())
            flow.addWidget(button)
        link = self._button(cancel, "Cancel")
        set_role(link, "link")
        flow.addWidget(link)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 6)
        box.setSpacing(6)
        box.addWidget(self._words)
        box.addWidget(buttons)
        self.hide()

    def ask(self, sentence: str) -> None:
        """Show it."""
        self._words.setText(sentence)
        self.show()

    def _button(self, name: str, words: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setText(words)
        button.clicked.connect(self.hide)
        return button
