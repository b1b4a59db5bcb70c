"""The form that makes a second run out of a run of the list, with one thing changed."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QFormLayout, QFrame, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from mlpviz.figures.numbers import format_number
from mlpviz.gui.compared_run import ComparedRun
from mlpviz.gui.comparison import Comparison
from mlpviz.gui.theme import Theme, set_role
from mlpviz.gui.widgets.choice import Choice
from mlpviz.gui.widgets.flow_layout import FlowLayout
from mlpviz.gui.widgets.number_field import NumberField
from mlpviz.training import LIVE_SETTINGS, SETTINGS, Experiment

ACTIVATIONS = ("relu", "leaky_relu", "sigmoid", "tanh")
USUAL_RATES = {"sgd": 0.1, "rmsprop": 0.001, "adam": 0.001}
REBUILT = ("optimizer", "loss", "loss_scaling", "activation")
"""With another one of these a run can still stand where its parent stands."""

OFFERED = (*LIVE_SETTINGS, *REBUILT, "units", "input_scaling", "seed")
LABELS = {"activation": "Activation", "units": "Units of layer 1", "loss_scaling": "Loss scaling"}
HELP = {
    "activation": "What follows the weighted sums of the hidden layers.",
    "units": "How many hidden units the first layer has.",
}


class ForkForm(QFrame):
    """Choose one setting and its value; fork where the run stands, or begin beside it from the start."""

    def __init__(self, comparison: Comparison, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("form_fork")
        self._comparison = comparison
        self._run: ComparedRun | None = None
        self._value: NumberField | Choice = NumberField("field_fork_value", whole=False)
        self.setting = Choice()
        self.setting.setObjectName("field_fork_setting")
        self.setting.setAccessibleName("What is changed in the fork")
        self.setting.setToolTip("The one thing that is different in the new run")
        self.setting.activated.connect(lambda _row: self._setting_chosen())
        self._rate = NumberField("field_fork_rate", whole=False)
        self._rate.setToolTip("A learning rate says nothing across optimizers, so the new one needs its own")
        self._rate.setAccessibleName("Learning rate of the new optimizer")
        self._form = QFormLayout()
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setVerticalSpacing(5)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for field in (self.setting, self._rate):
            _fit(field)
        self._form.addRow("Change", self.setting)
        self._form.addRow("to", self._value)
        self._form.addRow("Learning rate", self._rate)
        self._error = QLabel()
        self._error.setObjectName("error_fork")
        self._error.setWordWrap(True)
        set_role(self._error, "error")
        self._hint = QLabel()
        self._hint.setObjectName("label_fork_hint")
        self._hint.setWordWrap(True)
        set_role(self._hint, "subtitle")
        self._here = self._button("button_fork_here", "Fork here", lambda: self._fork(False))
        self._here.setToolTip(
            "A copy of the run as it stands, with this one thing changed, and the same batches to come"
        )
        self._start = self._button("button_fork_start", "From the start", lambda: self._fork(True))
        self._rate.returnPressed.connect(self._fork_by_key)
        self._rate.textEdited.connect(lambda _text: self._forgive())
        self._start.setToolTip("A run beside it from its first step, with the same seed and the same batches")
        cancel = self._button("button_fork_cancel", "Cancel", self.hide)
        set_role(cancel, "link")
        buttons = QWidget()
        flow = FlowLayout(buttons, spacing_px=6, line_spacing_px=4)
        for button in (self._here, self._start, cancel):
            flow.addWidget(button)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 4, 0, 0)
        box.setSpacing(6)
        box.addLayout(self._form)
        box.addWidget(self._hint)
        box.addWidget(buttons)
        box.addWidget(self._error)  # below the buttons, or they would move from under the pointer
        self.hide()

    @staticmethod
    def _button(name: str, text: str, do: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.clicked.connect(lambda: do())
        return button

    def open(self, run: ComparedRun) -> None:
        """Ask what is to be different in a fork of this run."""
        self._run = run
        self.setting.clear()
        for name in OFFERED:
            if _applies(name, run.experiment):
                self.setting.addItem(_label(name), name)
        self._setting_chosen()
        self.show()
        self._value.setFocus()
        if isinstance(self._value, NumberField):
            self._value.selectAll()  # so that typing replaces the suggestion

    def _setting_chosen(self) -> None:
        run = self._run
        if run is None:
            return
        name = self.setting.currentData()
        self.setting.setToolTip(_help(name))
        self._replace_value(_field(name, run.experiment))
        self._form.setRowVisible(self._rate, name == "optimizer")
        self._optimizer_chosen()
        self._error.hide()
        begun = run.trainer.index > 0
        can_stand = name in LIVE_SETTINGS or name in REBUILT
        self._here.setVisible(begun and can_stand)
        self._start.setText("From the start" if begun else "Add beside it")
        goes_on = begun and can_stand and not self._raises_epochs()
        set_role(self._here, "primary" if goes_on else "")
        set_role(self._start, "" if goes_on else "primary")
        if begun and can_stand and not goes_on:
            words = (
                f"This run is over: it has made all of its {_epochs(run.experiment.epochs)}. From the start "
                "the new one gets as many; forked here it goes on for as many more, to "
                f"{format_number(2 * run.experiment.epochs)}."
            )
        elif goes_on:
            words = f"It stands at step {format_number(run.trainer.index)}; seed and batches stay the same."
        elif begun:
            words = "This decides how a run begins, so the new one starts beside it from the beginning."
        else:
            words = "Same seed, same initial weights, same batches."
        self._hint.setText(words)

    def _raises_epochs(self) -> bool:
        """Whether a fork that stands where its parent stands needs more epochs to have anything to do."""
        run = self._run
        return (
            run is not None
            and run.trainer.finished
            and run.trainer.divergence is None
            and self.setting.currentData() != "epochs"
        )

    def _replace_value(self, field: NumberField | Choice) -> None:
        self._form.removeRow(self._value)
        self._value = field
        _fit(field)
        self._form.insertRow(1, "to", field)
        field.show()  # now, not with the next event, so that it can take the focus
        if isinstance(field, Choice):
            field.activated.connect(lambda _row: self._optimizer_chosen())
            field.activated.connect(lambda _row: self._forgive())
        else:
            field.textEdited.connect(lambda _text: self._forgive())
            field.returnPressed.connect(self._fork_by_key)

    def _optimizer_chosen(self) -> None:
        if self._run is not None and self.setting.currentData() == "optimizer":
            assert isinstance(self._value, Choice)
            self._rate.set_value(USUAL_RATES.get(self._value.currentData(), 0.01))

    def _settings(self, experiment: Experiment) -> dict[str, Any]:
        name = self.setting.currentData()
        value = self._value.currentData() if isinstance(self._value, Choice) else self._value.value
        if name == "activation":
            return {f"layers.{i}.kind": value for i in _activations(experiment)}
        if name == "units":
            return {f"layers.{_hidden(experiment)}.units": value}
        settings = {name: value}
        if name == "optimizer":
            settings["learning_rate"] = self._rate.value
            if value != "sgd":
                settings |= {"momentum": 0.0, "nesterov": False}
        return settings

    def _fork(self, from_start: bool) -> None:
        run = self._run
        if run is None or run not in self._comparison.runs:
            self.hide()
            return
        settings = self._settings(run.experiment)
        if self._raises_epochs() and not from_start:
            settings["epochs"] = 2 * run.experiment.epochs
        try:
            wanted = run.experiment.with_settings(settings)
        except ValueError as error:
            self._refuse(_in_its_words(str(error), settings))
            return
        if wanted == run.experiment and from_start and not run.trainer.index:
            self._refuse("That would be the same run twice, to the last bit: choose another value.")
            return
        self._comparison.fork(run, settings, from_start)
        self.hide()

    def _fork_by_key(self) -> None:
        """Enter in the field does what the coloured button does."""
        self._fork(from_start=self._here.isHidden() or self._raises_epochs())

    def _forgive(self) -> None:
        """What was wrong is being corrected."""
        self._error.hide()
        for field in (self._value, self._rate):
            if isinstance(field, NumberField):
                field.set_invalid(False)

    def _refuse(self, sentence: str) -> None:
        self._error.setText(sentence)
        self._error.show()
        if isinstance(self._value, NumberField):
            self._value.set_invalid(True)


def _fit(field: QWidget) -> None:
    """Let a field be as narrow as its place."""
    field.setMinimumWidth(60)
    field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)


def _label(name: str) -> str:
    return LABELS.get(name) or str(SETTINGS[name].metadata["label"])


def _in_its_words(sentence: str, settings: dict[str, Any]) -> str:
    """What is wrong with a setting, called as in the form."""
    for name in settings:
        if sentence.startswith((f"{name} ", f"{name}:")):
            label = _label(name) if name in SETTINGS or name in LABELS else LABELS["units"]
            return label + sentence.removeprefix(name)
    return sentence


def _epochs(n: int) -> str:
    return "1 epoch" if n == 1 else f"{format_number(n)} epochs"


def _help(name: str) -> str:
    return HELP.get(name) or str(SETTINGS[name].metadata["help"])


def _applies(name: str, experiment: Experiment) -> bool:
    if name in ("momentum", "nesterov"):
        return experiment.optimizer == "sgd" and (name == "momentum" or experiment.momentum > 0)
    if name == "loss_scaling":
        return experiment.loss == "squared_error"
    if name == "activation":
        return bool(_activations(experiment))
    if name == "units":
        return _hidden(experiment) is not None
    return True


def _activations(experiment: Experiment) -> list[int]:
    """The places of the hidden activations that take no options, so that one can stand for another."""
    return [
        i for i, layer in enumerate(experiment.layers[:-1]) if layer.kind in ACTIVATIONS and not layer.options
    ]


def _hidden(experiment: Experiment) -> int | None:
    """The place of the first layer whose number of units is free; None where there is only the last."""
    places = [i for i, layer in enumerate(experiment.layers) if layer.units]
    return places[0] if len(places) > 1 else None


def _field(name: str, experiment: Experiment) -> NumberField | Choice:
    """A field for the value, with a suggestion that differs from what is there."""
    field: NumberField | Choice
    metadata = SETTINGS[name].metadata if name in SETTINGS else {}
    if name == "activation":
        field = _choice(ACTIVATIONS, experiment.layers[_activations(experiment)[0]].kind)
    elif name in SETTINGS and SETTINGS[name].type is bool:
        field = _choice((False, True), getattr(experiment, name))
    elif metadata.get("choices"):
        field = _choice(metadata["choices"], getattr(experiment, name))
    elif name == "units":
        place = _hidden(experiment)
        assert place is not None
        field = NumberField("", whole=True)
        field.set_value(2 * (experiment.layers[place].units or 1))
    else:
        field = NumberField("", whole=SETTINGS[name].type is int)
        field.set_value(_suggested(name, getattr(experiment, name)))
    field.committed.connect(field.set_value) if isinstance(field, NumberField) else None
    field.setObjectName("field_fork_value")
    field.setAccessibleName(f"{_label(name)} of the fork")
    field.setToolTip(_help(name))
    return field


def _suggested(name: str, value: Any) -> Any:
    """Another value that is worth a try."""
    if name == "momentum":
        return 0.9 if not value else 0.0
    if name == "weight_decay":
        return 0.0001 if not value else 0.0
    if name == "learning_rate":
        return value / 10
    if name == "batch_size":
        return 10 if value > 10 or not value else 100
    return value + 1 if name == "seed" else 2 * max(1, value)


def _choice(values: Any, present: Any) -> Choice:
    """A list of all values, the next one after the present one chosen."""
    choice = Choice()
    for value in values:
        choice.addItem({False: "off", True: "on"}.get(value, str(value).replace("_", " ")), value)
    choice.setCurrentIndex((list(values).index(present) + 1) % len(values) if present in values else 0)
    return choice
