"""The stage in words, and the questions one can ask of it: is it right, which paths, who pulls."""

from itertools import takewhile

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from mlpviz.gui.follower import Follower
from mlpviz.gui.theme import Theme, set_role
from mlpviz.gui.widgets.card import Card
from mlpviz.nn import Linear, Network, title
from mlpviz.walkthrough import last_change
from mlpviz.walkthrough.checking import EntryCheck, check_parameter, check_value
from mlpviz.walkthrough.narration import narrate
from mlpviz.walkthrough.paths import Factor, PathSum, paths_of_weight
from mlpviz.walkthrough.pulls import Pulls, pulls_on_weight
from mlpviz.walkthrough.symbols import told

MOST_PATHS = 5
MOST_PULLS = 3


class StageWords(Card):
    """A sentence, and below it the answer to the question that was pressed."""

    def __init__(self, follower: Follower, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Words", "card_words", parent=parent)
        self._follower = follower
        self._asked: str | None = None
        self._words = QLabel()
        self._words.setObjectName("label_words")
        self._answer = QLabel()
        self._answer.setObjectName("label_stage_answer")
        self._answer.setTextFormat(Qt.TextFormat.RichText)
        for label in (self._words, self._answer):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
        copy = QToolButton()
        copy.setObjectName("button_copy_stage")
        copy.setText("Copy")
        copy.setToolTip("Copy the stage as text: formulas, numbers and words")
        set_role(copy, "flat")
        copy.clicked.connect(self._copy)
        self._questions: dict[str, QToolButton] = {}
        for name, text, tip in (
            ("check", "Check", "Compare this gradient with a central difference, (L(w+h) − L(w−h)) / 2h"),
            ("paths", "Paths", "This weight's gradient as a sum over all ways from its unit to the loss"),
            ("pulls", "Batch", "What the examples of the last mini-batch say of this weight"),
        ):
            button = QToolButton()
            button.setObjectName(f"button_{name}")
            button.setText(text)
            button.setToolTip(tip)
            button.setCheckable(True)
            button.clicked.connect(lambda on, name=name: self.ask(name if on else None))
            self._questions[name] = button
            set_role(button, "link")
            self.add_header_widget(button)
        self.add_header_widget(copy)
        box = QVBoxLayout()
        box.setSpacing(8)
        box.addWidget(self._words)
        box.addWidget(self._answer)
        box.addStretch(1)
        box.setContentsMargins(0, 0, 0, 0)
        content = QWidget()
        content.setLayout(box)
        self._area = area = QScrollArea()
        area.setObjectName("scroll_words")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(content)
        self.body.addWidget(area)
        follower.walked.connect(self.refresh)
        follower.moved.connect(self.refresh)
        follower.pointed.connect(self._pointed)
        self._shown: tuple[object, ...] = ()

    @property
    def asked(self) -> str:
        """The question whose answer is on show: "check", "paths", "pulls", or empty."""
        pressed = [name for name, button in self._questions.items() if button.isChecked()]
        return pressed[0] if pressed else ""

    def refresh(self) -> None:
        """Tell the stage on show."""
        follower = self._follower
        if follower.walkthrough is None:
            return
        stage = follower.stage
        self._words.setText(stage.words(follower.choice))
        has_batch = follower.snapshot is not None and len(follower.snapshot.batch) > 0
        possible = {
            "check": stage.phase == "backward",
            "paths": self._weight() is not None,
            "pulls": has_batch and (self._weight() is not None or stage.phase == "after"),
        }
        for name, button in self._questions.items():
            button.setVisible(possible[name])
            button.setChecked(name == self._asked and possible[name])
        self._shown = (stage.index, follower.choice)
        answers = self._asked is not None and possible[self._asked]
        self._answer.setText(self._answer_words() if answers else "")
        self._answer.setVisible(answers)

    def _pointed(self) -> None:
        if self._follower.walkthrough is not None and self._shown != (
            self._follower.stage.index,
            self._follower.choice,
        ):
            self.refresh()

    def ask(self, name: str | None) -> None:
        """Ask something of the stage on show, "check", "paths" or "pulls"; or nothing."""
        self._asked = name
        self.refresh()
        if name is not None:  # once it is laid out
            bar = self._area.verticalScrollBar()
            QTimer.singleShot(0, self, lambda: bar.setValue(self._answer.y()))

    def _weight(self) -> tuple[int, int, int] | None:
        """Layer, source and unit of the weight that the stage's gradient speaks of."""
        stage = self._follower.stage
        if stage.phase != "backward" or stage.parameter != "weight" or stage.layer is None:
            return None
        return stage.layer, self._follower.choice.source, self._follower.choice.unit

    # ------------------------------------------------------------------ answers

    def _answer_words(self) -> str:
        weight = self._weight()
        if self._asked == "check":
            return check_words(self._check())
        if weight is None:
            return self._last_step_words()
        walkthrough = self._follower.walkthrough
        assert walkthrough is not None
        if self._asked == "paths":
            found = paths_of_weight(walkthrough.network, walkthrough.trace, *weight, most=MOST_PATHS)
            return paths_words(found, walkthrough.network)
        return self._pulls_words(weight)

    def _check(self) -> EntryCheck:
        follower = self._follower
        walkthrough, stage, choice = follower.walkthrough, follower.stage, follower.choice
        assert walkthrough is not None
        pass_ = (walkthrough.network, walkthrough.x, walkthrough.target, walkthrough.loss)
        if stage.layer is None:  # the loss: the gradient by the network's outputs
            return check_value(*pass_, layer=len(walkthrough.network.layers), unit=choice.unit)
        if stage.parameter is None:
            return check_value(*pass_, layer=stage.layer, unit=choice.unit)
        is_matrix = stage.result.values.ndim == 2
        index = (choice.source, choice.unit) if is_matrix else (choice.unit,)
        return check_parameter(*pass_, layer=stage.layer, name=stage.parameter, index=index)

    def _pulls_words(self, weight: tuple[int, int, int]) -> str:
        follower = self._follower
        snapshot, run, walkthrough = follower.snapshot, follower.workspace.run, follower.walkthrough
        assert snapshot is not None
        assert run is not None
        assert walkthrough is not None
        training = run.trainer.splits.training
        x, targets = training.batch(snapshot.batch)
        layer, source, unit = weight
        pulls = pulls_on_weight(walkthrough.network, x, targets, walkthrough.loss, layer, source, unit)
        names = [f"example {i}" for i in range(len(x))]
        classes = follower.workspace.dataset.classes
        if classes:
            names = [f"a {classes[k]}" for k in training.labels_at(snapshot.batch)]
        return pulls_words(pulls, names)

    def _last_step_words(self) -> str:
        """Promise and result of the last real step, on its batch."""
        snapshot, run = self._follower.snapshot, self._follower.workspace.run
        assert snapshot is not None
        assert run is not None
        x, targets = run.trainer.splits.training.batch(snapshot.batch)
        promised, measured = last_change(snapshot.network, snapshot.updates, x, targets, run.trainer.loss)
        return (
            f"The last real step, number {snapshot.step}, was made for its batch of {len(x)}: the gradient "
            f"promised <b>{told(promised)}</b>, the loss of the batch changed by <b>{told(measured)}</b> "
            "(as when the network is used: nothing dropped)."
        )

    def _copy(self) -> None:
        follower = self._follower
        if follower.walkthrough is not None:
            text = narrate(follower.stage, follower.choice, len(follower.walkthrough.stages))
            QGuiApplication.clipboard().setText(text)


def check_words(check: EntryCheck) -> str:
    """A check as a sentence."""
    if check.kink:
        return (
            f"Kink: between −h and +h (h = {check.h:g}) a ReLU changes side, so there is no derivative to "
            "compare with."
        )
    if check.error < 1e-6:
        verdict = "✓ they agree"
    else:
        verdict = "✓ they agree to rounding" if check.passed else "✗ they differ"
    return (
        f"Gradient {_long(check.analytic)}<br>central difference {_long(check.central)}<br>"
        f"<b>{verdict}</b>: the two differ by {told(check.error)} of the largest number in this gradient. "
        f"Both were worked out in float64, with h = {told(check.h)}."
    )


def paths_words(found: PathSum, network: Network) -> str:
    """The paths of a weight as lines of products."""
    lines = [
        " · ".join(_factor_words(factor, network) for factor in path.factors) for path in found.paths[:1]
    ]
    for path in found.paths:
        *hidden, output = path.units
        way = " → ".join([*(f"unit {unit}" for unit in hidden), f"output {output}"])
        product = " · ".join(told(factor.value, 4) for factor in path.factors)
        lines.append(f"{way}: {product} = <b>{told(path.value, 4)}</b>")
    rest = found.count - len(found.paths)
    if rest:
        lines.append(
            f"the other {rest} path{'s' if rest > 1 else ''} together: <b>{told(found.remainder)}</b>"
        )
    lines.append(f"sum: <b>{told(found.total)}</b>, the gradient of this weight")
    return "<br>".join(lines)


def _factor_words(factor: Factor, network: Network) -> str:
    if factor.kind == "loss":
        return "∂L/∂(output)"
    if factor.kind != "slope":
        return factor.kind
    following = network.layers[factor.layer + 1 :]
    passed = [
        title(type(layer)) for layer in takewhile(lambda layer: not isinstance(layer, Linear), following)
    ]
    return f"slope of the {' and '.join(name.lower() if name.istitle() else name for name in passed)}"


def pulls_words(pulls: Pulls, names: list[str]) -> str:
    """Who pulls a weight up and who down, and the mean that decides."""
    order = pulls.gradients.argsort()

    def some(indices: list[int]) -> str:
        return ", ".join(f"{names[i]} ({told(pulls.gradients[i])})" for i in indices)

    up = [int(i) for i in order[:MOST_PULLS] if pulls.gradients[i] < 0]
    down = [int(i) for i in order[::-1][:MOST_PULLS] if pulls.gradients[i] > 0]
    silent = int((pulls.gradients == 0).sum())
    direction = "up" if pulls.mean < 0 else "down"
    lines = [
        f"The last mini-batch had {len(names)} examples, each with a gradient of its own for this weight; "
        "a negative one pulls the weight up.",
        f"Up, most: {some(up)}." if up else "None pulls it up.",
        f"Down, most: {some(down)}." if down else "None pulls it down.",
        f"{silent} have nothing to say, for their input here is 0 or their path is silent." if silent else "",
        f"Mean: <b>{told(pulls.mean)}</b>, the batch's gradient: the weight goes {direction}.",
    ]
    return "<br>".join(line for line in lines if line)


def _long(value: float) -> str:
    return f"{value:.10g}".replace("-", "−")
