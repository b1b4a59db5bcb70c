"""What is told of a place under the pointer in the map of a network's output, or in its fit."""

from numpy.typing import NDArray

from mlpviz.data import Dataset
from mlpviz.figures.fields import Task, right
from mlpviz.figures.numbers import format_number, format_percent
from mlpviz.gui.surveyor import Surveyor
from mlpviz.gui.widgets.data_view import table


def field_words(surveyor: Surveyor, dataset: Dataset, place: tuple[float, float], i: int | None) -> str:
    """Of a place in the plane, or of the example `i` that lies there."""
    task, points, unit = surveyor.task, surveyor.points, surveyor.unit
    assert task is not None
    assert points is not None
    if i is not None:
        place = float(points.inputs[i, 0]), float(points.inputs[i, 1])
    y = surveyor.predict(*place)
    if y is None:
        return ""
    names = dataset.input_names or ("x[0]", "x[1]")
    rows = [(name, format_number(value)) for name, value in zip(names, place, strict=True)]
    if unit is not None:
        return table(rows + _unit_rows(surveyor, y))
    rows += _answer(dataset, y, task)
    if i is not None:
        told = right(task, points, surveyor.survey().at_points)  # type: ignore[union-attr]
        held = " (held out)" if i >= points.n_training else ""
        if points.labels is None:
            rows.append((f"target{held}", format_number(float(points.targets[i, 0]))))
        else:
            verdict = "" if told is None else " ✓" if told[i] else " ✗"
            rows.append((f"the point{held}", dataset.classes[points.labels[i]] + verdict))
    return table(rows)


def fit_words(surveyor: Surveyor, dataset: Dataset, x: float, i: int | None) -> str:
    """Of a place on the line of inputs, or of the example `i` that lies there."""
    task, points, unit = surveyor.task, surveyor.points, surveyor.unit
    assert task is not None
    assert points is not None
    if i is not None:
        x = float(points.inputs[i, 0])
    y = surveyor.predict(x)
    if y is None:
        return ""
    rows = [(dataset.input_names[0] if dataset.input_names else "x", format_number(x))]
    if unit is not None:
        return table(rows + _unit_rows(surveyor, y))
    answer = float(task.answers(y[None])[0])
    if i is not None:
        held = " (held out)" if i >= points.n_training else ""
        rows.append((f"target{held}", format_number(float(points.targets[i, 0]))))
    rows.append(("prediction", format_number(answer)))
    if i is not None:
        rows.append(("residual", format_number(float(points.targets[i, 0]) - answer, signed=True)))
    return table(rows)


def _unit_rows(surveyor: Surveyor, y: NDArray) -> list[tuple[str, str]]:
    """The output of the unit on show, and its part in the answer if that is shown."""
    unit, weight = surveyor.unit, surveyor.part_weight
    assert unit is not None
    output = float(y[unit.unit])
    rows = [(f"unit {unit.unit}", format_number(output))]
    if weight is not None:
        rows.append((f"× weight {format_number(weight, signed=True)}", format_number(output * weight)))
    return rows


def _answer(dataset: Dataset, y: NDArray, task: Task) -> list[tuple[str, str]]:
    if task.kind == "value":
        return [("prediction", format_number(float(y[0])))]
    said = task.loss.probabilities(y[None])[0]
    if task.kind == "threshold":
        name = f"probability of {dataset.classes[1]}" if task.loss.on_scores else "output"
        return [(name, format_number(float(said[0])))]
    best = int(said.argmax())
    share = format_percent(float(said[best])) if task.loss.on_scores else format_number(float(said[best]))
    return [("says", f"{dataset.classes[best]} {share}")]
