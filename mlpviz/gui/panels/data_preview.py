"""The preview of own data: what was understood of a file or folder, before it is taken."""

import os
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from mlpviz.data import HEADERS, SCALINGS, TARGETS, Dataset, Reading, dataset_sha256
from mlpviz.data.own import read_own
from mlpviz.data.readers import CancelledError, OwnData, columns_of
from mlpviz.figures.numbers import format_number
from mlpviz.gui.background import Background, Task
from mlpviz.gui.panels.data_examples import DataExamples
from mlpviz.gui.panels.data_facts import DataFacts
from mlpviz.gui.theme import Theme, set_role
from mlpviz.gui.widgets.card import GAP_PX
from mlpviz.gui.widgets.choice import Choice
from mlpviz.training.proposal import propose_experiment, proposed_scaling, scaling_effect

POLL_MS = 100
MOST_COLUMNS = 1000
"""So many columns of a table can be chosen from for the label."""


class DataPreview(QDialog):
    """Reads a file or folder off the window's thread, and shows what was understood of it.

    Parameters
    ----------
    theme : Theme
    background : Background
        Where it reads.
    parent : QWidget, optional
    """

    taken = Signal(object)
    """The data were taken: an Experiment that learns them."""

    def __init__(self, theme: Theme, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dialog_data")
        self._theme, self._background = theme, background
        self._path, self._reading = Path(), Reading()
        self._own: OwnData | None = None
        self._sha256 = ""
        self._task: Task | None = None
        self._columns: tuple[str, ...] = ()
        self._shown_columns: tuple[str, ...] = ()
        self._scaling_chosen = False
        self._poll = QTimer(self)
        self._poll.setObjectName("timer_reading")
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(self._show_progress)
        background.failed.connect(self._failed)
        self._build()

    # ------------------------------------------------------------------ parts

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(GAP_PX, GAP_PX, GAP_PX, GAP_PX)
        box.setSpacing(10)
        self._where = self._label("label_data_path", "subtitle")
        self._error = self._label("error_data", "error")
        self._error.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._progress = QProgressBar()
        self._progress.setObjectName("progress_data")
        self._progress.setAccessibleName("How much is read")
        self._progress.setRange(0, 1000)
        policy = self._progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # so that nothing moves when it comes and goes
        self._progress.setSizePolicy(policy)
        self._waiting = self._label("label_data_waiting", "subtitle")
        self._waiting.setText("Reading …")
        box.addWidget(self._where)
        box.addWidget(self._progress)
        box.addWidget(self._build_message(), 1)
        middle = QHBoxLayout()
        middle.setSpacing(GAP_PX)
        self.facts = DataFacts(self._theme)
        middle.addWidget(self.facts)
        self.examples = DataExamples(self._theme)
        middle.addWidget(self.examples, 1)
        self._understood = QWidget()
        self._understood.setObjectName("data_understood")
        middle.setContentsMargins(0, 0, 0, 0)
        self._understood.setLayout(middle)
        box.addWidget(self._understood, 1)
        box.addWidget(self._build_choices())
        box.addLayout(self._build_buttons())

    def _build_message(self) -> QWidget:
        """What stands in the middle as long as there is nothing to look at."""
        self._message = QWidget()
        inside = QVBoxLayout(self._message)
        inside.addStretch(1)
        for label in (self._waiting, self._error):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            inside.addWidget(label)
        inside.addStretch(1)
        return self._message

    def _build_choices(self) -> QWidget:
        self._choices = QWidget()
        self._form = form = QFormLayout(self._choices)
        form.setContentsMargins(0, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.name = QLineEdit()
        self.name.setObjectName("field_data_name")
        self.name.setAccessibleName("Name")
        self.name.setToolTip("What the experiment is called")
        self.label_column = self._choice(
            "field_label_column", "Label column", "The column that says what each example is"
        )
        self.header = self._choice(
            "field_header", "Header", "Whether the first row holds the names of the columns", HEADERS
        )
        self.targets = self._choice(
            "field_targets", "Labels are", "Whether the labels are classes, or numbers to predict", TARGETS
        )
        for choice in (self.label_column, self.header, self.targets):
            choice.activated.connect(self._read_again)
        self.scaling = self._choice(
            "field_data_scaling",
            "Input scaling",
            "What is done to the inputs before the network sees them; the file stays as it is",
            SCALINGS,
        )
        self.scaling.activated.connect(self._scaling_was_chosen)
        self._effect = self._label("label_data_scaling", "subtitle")
        self._label_label, self._header_label = QLabel("Label column"), QLabel("Header")
        reading = QHBoxLayout()
        reading.setSpacing(8)
        for widget in (self.label_column, self._header_label, self.header):
            reading.addWidget(widget)
        reading.setStretch(0, 1)
        self._kind = self._label("label_data_targets", "subtitle")
        kind = QHBoxLayout()
        kind.setSpacing(8)
        kind.addWidget(self.targets)
        kind.addWidget(self._kind, 1)
        scaling = QHBoxLayout()
        scaling.setSpacing(8)
        scaling.addWidget(self.scaling)
        scaling.addWidget(self._effect, 1)
        form.addRow("Name", self.name)
        form.addRow(self._label_label, reading)
        self._reading_row = reading
        form.addRow("Labels are", kind)
        form.addRow("Input scaling", scaling)
        return self._choices

    def _build_buttons(self) -> QHBoxLayout:
        self._given_up = self._label("label_data_given_up", "subtitle")
        self._given_up.setWordWrap(False)
        self.cancel = QPushButton("Cancel")
        self.cancel.setObjectName("button_cancel_data")
        self.cancel.setToolTip("Leave everything as it was (Esc)")
        self.cancel.clicked.connect(self.reject)
        self.take = QPushButton("Take")
        self.take.setObjectName("button_take_data")
        self.take.setToolTip("Make a network that learns these data, ready to train")
        self.take.setDefault(True)
        set_role(self.take, "primary")
        self.take.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addWidget(self._given_up)
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.take)
        return row

    @staticmethod
    def _label(name: str, role: str) -> QLabel:
        label = QLabel()
        label.setObjectName(name)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)  # it may hold names out of the file
        set_role(label, role)
        return label

    @staticmethod
    def _choice(name: str, title: str, tip: str, table: dict[str, str] | None = None) -> Choice:
        choice = Choice()
        choice.setObjectName(name)
        choice.setAccessibleName(title)
        choice.setToolTip(tip)
        for key, words in (table or {}).items():
            choice.addItem(key, key)
            choice.setItemData(choice.count() - 1, words, Qt.ItemDataRole.ToolTipRole)
        return choice

    # ------------------------------------------------------------------ reading

    @property
    def busy(self) -> bool:
        """Whether it is reading."""
        return self._task is not None

    @property
    def own(self) -> OwnData | None:
        """What was read; None while there is nothing to take."""
        return self._own

    def open_path(self, path: Path, steps_at_stake: int = 0) -> None:
        """Read a file or folder, and show what is in it.

        Parameters
        ----------
        path : Path
        steps_at_stake : int
            How many steps the run on show has made, which taking the data gives up.
        """
        self._path, self._reading = Path(os.path.abspath(path)), Reading()
        self._columns = self._shown_columns = ()
        self._scaling_chosen = False
        self.setWindowTitle(f"{self._path.name} – open data")
        self._where.setText(str(self._path))
        self.name.setText("")
        self._given_up.setText(
            f"Taking it gives up the run on show, which has made {_steps(steps_at_stake)}."
            if steps_at_stake
            else ""
        )
        self.examples.clear()
        for part in (self._understood, self._choices, self._given_up):
            part.hide()
        self._fit_to_screen()
        self.open()
        self._read()

    def _fit_to_screen(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            self.resize(min(1080, parent.width() - 40), min(760, parent.height() - 40))

    def _read(self) -> None:
        path, reading = self._path, self._reading
        self._own = None
        self.take.setEnabled(False)
        self._error.hide()
        self._waiting.show()
        self._message.setVisible(not self._understood.isVisible())

        def work(task: Task) -> tuple[OwnData, str] | None:
            def progress(part: float) -> None:
                task.progress = part
                if task.cancelled:
                    raise CancelledError

            try:
                self._columns = columns_of(path, reading)
                return read_own(path, reading, progress), dataset_sha256(path)
            except CancelledError:
                return None

        self._task = self._background.ask(work, self._show)
        self._poll.start()
        self._progress.setValue(0)
        self._progress.show()

    def _show_progress(self) -> None:
        if self._task is not None:
            self._progress.setValue(int(1000 * self._task.progress))

    def _read_again(self) -> None:
        """With what is chosen now."""
        column = self.label_column.currentData() or ""
        wanted = Reading(column, self.header.currentData(), self.targets.currentData())
        if wanted.header != self._reading.header:
            wanted = replace(wanted, label_column="")  # its columns have other names now
        if wanted != self._reading:
            self._reading = wanted
            self._read()

    def _come_to_rest(self) -> None:
        self._task = None
        self._poll.stop()
        self._progress.hide()

    def _failed(self, sentence: str) -> None:
        if self._task is None:
            return
        self._come_to_rest()
        self._error.setText(sentence)
        self._error.show()
        self._waiting.hide()
        self._message.show()
        self._understood.hide()
        self._given_up.hide()
        self._choices.setVisible(bool(self._columns))
        self._show_reading(bool(self._columns))
        self.cancel.setFocus()

    # ------------------------------------------------------------------ showing

    def _show(self, answer: tuple[OwnData, str] | None) -> None:
        if answer is None:
            return
        self._come_to_rest()
        self._own, self._sha256 = answer
        self.facts.show_data(self._own)
        self.examples.show_data(self._own.dataset)
        self._show_reading(bool(self._own.understood.columns))
        self._show_scalings(self._own.dataset)
        if not self.name.text():
            self.name.setText(self._own.dataset.title)
        self._message.hide()
        self._understood.show()
        self._choices.show()
        self._given_up.show()
        self.take.setEnabled(True)
        self.take.setFocus()

    def _show_reading(self, is_table: bool) -> None:
        """Offer what can be read in another way, with what was found out chosen."""
        self._form.setRowVisible(self._reading_row, is_table)
        if self._columns != self._shown_columns:
            self._shown_columns = self._columns
            self.label_column.clear()
            for i, name in enumerate(self._columns[:MOST_COLUMNS]):
                self.label_column.addItem(name, name if self._columns.count(name) == 1 else str(i + 1))
        found = None if self._own is None else self._own.understood.label_column
        if found is not None:
            self.label_column.setCurrentIndex(found if found < self.label_column.count() else -1)
        self.header.setCurrentIndex(self.header.findData(self._reading.header))
        self.targets.setCurrentIndex(self.targets.findData(self._reading.targets))
        self._kind.setText(TARGETS[self._reading.targets] + ".")

    def _show_scalings(self, dataset: Dataset) -> None:
        item = self.scaling.model().item(self.scaling.findData("signed"))  # type: ignore[attr-defined]
        item.setEnabled(dataset.value_range is not None)
        if not self._scaling_chosen or (
            self.scaling.currentData() == "signed" and dataset.value_range is None
        ):
            self.scaling.setCurrentIndex(self.scaling.findData(proposed_scaling(dataset)))
        self._show_effect()

    def _scaling_was_chosen(self) -> None:
        self._scaling_chosen = True
        self._show_effect()

    def _show_effect(self) -> None:
        if self._own is not None:
            self._effect.setText(scaling_effect(self._own.dataset, self.scaling.currentData()))

    # ------------------------------------------------------------------ answers

    def accept(self) -> None:
        """Take the data."""
        if self._own is None:
            return
        experiment = propose_experiment(
            self._own.dataset,
            self._path,
            self._reading,
            self._sha256,
            title=self.name.text().strip(),
            scaling=self.scaling.currentData(),
        )
        super().accept()
        self.taken.emit(experiment)

    def reject(self) -> None:
        """Leave everything as it was."""
        self._background.cancel()
        self._come_to_rest()
        super().reject()

    def done(self, result: int) -> None:
        """Hold nothing once it is closed."""
        self._own = None
        self.examples.clear()
        super().done(result)


def _steps(n: int) -> str:
    return f"{format_number(n)} step{'s' if n != 1 else ''}"
