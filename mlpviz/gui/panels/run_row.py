"""One run in the list of the Compare page: its line, its name, what differs, and how it stands."""

import math

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QFrame, QHBoxLayout, QSizePolicy, QWidget

from mlpviz.figures.numbers import format_number, format_percent
from mlpviz.gui.compared_run import ComparedRun
from mlpviz.gui.compared_words import missing_seconds, told_differences
from mlpviz.gui.comparison import Comparison
from mlpviz.gui.theme import DASHES, Theme, text_font
from mlpviz.gui.widgets.legend import line_pen

SMALL_PX = 12
MOST_LINES = 4
"""So many lines of differences; more of them are told under the pointer."""
EXAMPLES_AVERAGED = 1000
_SAMPLE_PX = 26
_PAD_PX = 8


class RunButton(QAbstractButton):
    """The run itself: checked while it is the chosen one. Arrow keys go to the next."""

    def __init__(self, theme: Theme, run: ComparedRun, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._slot = theme, run.slot
        self._differences = self._numbers = self._state = ""
        self._lines: list[tuple[list[str], list[str], list[str]]] = []
        self.setObjectName(f"button_run_{run.slot}")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # spare what lies below
        theme.changed.connect(self.update)

    def tell(self, name: str, differences: str, numbers: str, state: str, validated: str) -> None:
        """Write name, what differs, the newest numbers and the state; what validation measured as a tip."""
        held = name, differences, state
        if (*held, numbers) == (self.text(), self._differences, self._state, self._numbers):
            return
        lines = sum(map(len, self._lines[0])) if self._lines else 0
        if held != (self.text(), self._differences, self._state):
            self._lines.clear()
        self.setText(name)
        self._differences, self._numbers, self._state = differences, numbers, state
        if self._lines:
            self._lines[0] = *self._lines[0][:2], self._numbers_in_lines()
        if sum(map(len, self._broken())) != lines:  # else the whole page would be arranged anew each time
            self.updateGeometry()
        self.setAccessibleName(f"{name}: {differences}, {numbers}, {state}")
        self.setToolTip("\n".join(filter(None, (name, differences, f"newest batches: {numbers}", validated))))
        self.update()

    @property
    def _line_px(self) -> int:
        """How long a line may be."""
        return self.width() - 2 * _PAD_PX - 4

    def _broken(self) -> tuple[list[str], list[str], list[str]]:
        """Name, differences and numbers in lines that fit."""
        if not self._lines:
            small, bold = text_font(SMALL_PX), text_font(bold=True)
            state_px = QFontMetrics(small).horizontalAdvance(self._state)
            name = in_lines(self.text(), bold, self._line_px - _SAMPLE_PX - 8 - state_px - 6, 2)
            differences = in_lines(self._differences, small, self._line_px, MOST_LINES) or [""]
            self._lines.append((name or [""], differences, self._numbers_in_lines()))
        return self._lines[0]

    def _numbers_in_lines(self) -> list[str]:
        return in_lines(self._numbers, text_font(SMALL_PX), self._line_px, 2)

    def sizeHint(self) -> QSize:
        lines = sum(map(len, self._broken()))
        return QSize(200, lines * (self.fontMetrics().height() + 1) + 12)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lines.clear()
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        return QSize(150, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("card"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        chosen = self.isChecked()
        if chosen or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("accent_soft" if chosen else "hover"))
            painter.drawRoundedRect(frame, 6, 6)
        line = self.fontMetrics().height() + 1
        room = frame.adjusted(_PAD_PX, 5, -_PAD_PX, 0)
        middle = room.top() + line / 2
        painter.setPen(
            line_pen(
                self._theme, self._slot, DASHES[self._slot % len(DASHES)], 2.5 * self._theme.pixel_ratio(self)
            )
        )
        painter.drawLine(QLineF(room.left(), middle, room.left() + _SAMPLE_PX, middle))
        painter.setFont(text_font(SMALL_PX))
        painter.setPen(self._theme.color("error" if self._state == "diverged" else "secondary"))
        state_px = painter.fontMetrics().horizontalAdvance(self._state)
        self._write(painter, room.adjusted(room.width() - state_px - 1, 0, 1, 0), line, self._state)
        painter.setPen(self._theme.color("text"))
        painter.setFont(text_font(bold=True))
        name, differences, numbers = self._broken()
        for words in name:
            self._write(painter, room.adjusted(_SAMPLE_PX + 8, 0, -state_px - 6, 0), line, words)
            room.translate(0, line)
        painter.setFont(text_font(SMALL_PX))
        for color, lines in (("secondary", differences), ("text", numbers)):
            painter.setPen(self._theme.color(color))
            for words in lines:
                self._write(painter, room, line, words)
                room.translate(0, line)
        if self.hasFocus():
            painter.setPen(QPen(self._theme.color("accent"), 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame, 6, 6)
        painter.end()

    @staticmethod
    def _write(painter: QPainter, room: QRectF, line: int, words: str) -> None:
        painter.drawText(
            QRectF(room.left(), room.top(), room.width(), line),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
            words,
        )


def in_lines(words: str, font: QFont, width: float, most: int) -> list[str]:
    """Words broken into at most so many lines of a width in pixels; the last one ends in … if it must."""
    metrics, lines = QFontMetrics(font), [""]
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if not lines[-1] or len(lines) == most or metrics.horizontalAdvance(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return [metrics.elidedText(line, Qt.TextElideMode.ElideRight, int(width)) for line in lines if line]


class RunRow(QFrame):
    """A run with a box that shows and hides its curves."""

    def __init__(
        self, comparison: Comparison, theme: Theme, run: ComparedRun, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._comparison, self.run = comparison, run
        self.setObjectName(f"row_run_{run.slot}")
        self.button = RunButton(theme, run)
        self.shown = QCheckBox()
        self.shown.setObjectName(f"field_run_{run.slot}_shown")
        self.shown.setToolTip("Show or hide its curves and bars")
        self.shown.setFixedWidth(22)
        self.shown.setChecked(run.shown)
        self.shown.clicked.connect(lambda checked: comparison.show(run, checked))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.shown)
        row.addWidget(self.button, 1)
        self.refresh()

    def refresh(self) -> None:
        """Show the newest numbers."""
        run = self.run
        self.shown.setAccessibleName(f"show {run.name}")
        comparison = self._comparison
        missing = missing_seconds(run) if comparison.measure == "seconds" else ""
        told = [missing, told_differences(comparison.runs, run)]
        self.button.tell(run.name, "; ".join(filter(None, told)), _numbers(run), _state(run), _validated(run))


def _numbers(run: ComparedRun) -> str:
    """Step, loss and accuracy; the last two as means over the newest examples, for one batch says little."""
    told = [f"step {format_number(run.trainer.index)}"]
    if len(run.history):
        told.append(f"loss {format_number(_recent(run, 'loss'))}")
        accuracy = _recent(run, "accuracy")
        if accuracy == accuracy:
            told.append(format_percent(accuracy))
    return " · ".join(told)


def _validated(run: ComparedRun) -> str:
    loss, accuracy = run.history.last("validation_loss"), run.history.last("validation_accuracy")
    if loss is None:
        return ""
    words = f"validation: loss {format_number(loss)}"
    return words if accuracy is None or accuracy != accuracy else f"{words}, {format_percent(accuracy)}"


def _recent(run: ComparedRun, name: str) -> float:
    size = run.experiment.batch_size or EXAMPLES_AVERAGED
    return float(run.history.view(name)[1][-math.ceil(EXAMPLES_AVERAGED / size) :].mean())


def _state(run: ComparedRun) -> str:
    if run.trainer.divergence is not None:
        return "diverged"
    return "finished" if run.trainer.finished else ""
