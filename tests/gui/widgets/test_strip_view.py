"""The strip: each operation in its place, forwards, backwards and updates; a click jumps."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.strip_view import StripView, lay_out
from mlpviz.nn import (
    SGD,
    Affine,
    BatchNorm,
    Network,
    ReLU,
    Sigmoid,
    SoftmaxCrossEntropy,
    SquaredError,
)
from mlpviz.walkthrough import walk


def walked(*layers, loss=None, n_in=6, n_out=3):
    rng = np.random.default_rng(0)
    made = [Affine(*part, rng=rng) if isinstance(part, tuple) else part for part in layers]
    x, target = rng.random((1, n_in), np.float32), np.eye(n_out, dtype=np.float32)[:1]
    return walk(Network(made), x, target, loss or SquaredError(), SGD(0.1))


@pytest.fixture
def walkthrough():
    return walked((6, 4), ReLU(), (4, 3), Sigmoid())


@pytest.fixture
def theme(qapp) -> Theme:
    return Theme("light")


@pytest.fixture
def strip(qtbot, theme, walkthrough) -> StripView:
    strip = StripView(theme, "strip_test")
    qtbot.addWidget(strip)
    strip.resize(900, 138)
    strip.set_walkthrough(walkthrough, (2, 3))
    with qtbot.waitExposed(strip):
        strip.show()
    return strip


def cell_of(strip, index):
    return next(c for c in strip.cells if index in [s.index for s in c.stages])


def click(qtbot, strip, cell, button=Qt.MouseButton.LeftButton):
    qtbot.mouseClick(strip, button, pos=strip.cell_rect(cell).center().toPoint())


def test_columns_are_the_operations(walkthrough):
    _, columns = lay_out(walkthrough)
    assert columns == ["Input", "Affine 1", "ReLU 1", "Affine 2", "Sigmoid 2", "Loss"]
    _, columns = lay_out(walked((6, 3), loss=SoftmaxCrossEntropy()))
    assert columns == ["Input", "Affine 1", "Softmax", "Loss"]


@pytest.mark.parametrize(
    "layers",
    [[(6, 3)], [(6, 4), ReLU(), (4, 3), Sigmoid()], [(6, 4), BatchNorm(4), ReLU(), (4, 3)], [ReLU(), (6, 3)]],
)
@pytest.mark.parametrize("loss", [SquaredError(), SoftmaxCrossEntropy()])
def test_every_stage_has_one_place_below_its_operation(layers, loss):
    w = walked(*layers, loss=loss)
    cells, columns = lay_out(w)
    assert sorted(s.index for cell in cells for s in cell.stages) == list(range(len(w.stages)))
    assert len({(cell.row, cell.column) for cell in cells}) == len(cells)
    forward = {s.layer: c.column for c in cells if c.row == 0 for s in c.stages}
    for cell in cells:
        for stage in cell.stages:
            rows = {"forward": 0, "loss": 0, "backward": 1, "update": 2, "after": 2}
            assert cell.row == rows[stage.phase]
            if stage.layer is not None:
                assert cell.column == forward[stage.layer]
            elif stage.phase in ("backward", "after"):
                assert columns[cell.column] == "Loss"


def test_cells_do_not_overlap_and_lie_within(strip):
    rects = [strip.cell_rect(cell) for cell in strip.cells]
    for i, rect in enumerate(rects):
        assert strip.rect().toRectF().contains(rect)
        assert not any(rect.intersects(other) for other in rects[i + 1 :])


def test_forward_goes_right_and_backward_left(strip, walkthrough):
    places = [strip.cell_rect(cell_of(strip, s.index)).left() for s in walkthrough.stages]
    phases = [s.phase for s in walkthrough.stages]
    forward = [x for x, phase in zip(places, phases, strict=True) if phase in ("forward", "loss")]
    backward = [x for x, phase in zip(places, phases, strict=True) if phase == "backward"]
    assert forward == sorted(forward)
    assert backward == sorted(backward, reverse=True)


def test_a_click_tells_the_stage(strip, qtbot):
    told = []
    strip.stage_clicked.connect(told.append)
    for cell in strip.cells:
        click(qtbot, strip, cell)
    assert told[0] == 0
    assert told[1:] == [cell.stages[0].index for cell in strip.cells[1:]]


def test_again_tells_the_next_stage_of_the_cell(strip, qtbot):
    told = []
    strip.stage_clicked.connect(told.append)
    strip.stage_clicked.connect(strip.set_current)
    cell = next(c for c in strip.cells if len(c.stages) == 3)
    for _ in range(4):
        click(qtbot, strip, cell)
    first = cell.stages[0].index
    assert told == [first, first + 1, first + 2, first]


def test_elsewhere_and_other_buttons_tell_nothing(strip, qtbot):
    with qtbot.assertNotEmitted(strip.stage_clicked):
        qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))  # the name of the row
        click(qtbot, strip, strip.cells[1], Qt.MouseButton.RightButton)


def test_the_one_on_show_is_lit(strip):
    strip.set_current(0)
    before = strip.grab().toImage()
    strip.set_current(3)
    after = strip.grab().toImage()
    for index, changed in ((0, True), (3, True), (1, False)):
        rect = strip.cell_rect(cell_of(strip, index)).toRect()
        assert (before.copy(rect) != after.copy(rect)) == changed
    assert strip.accessibleDescription() == "stage 3"


def test_a_tool_tip_names_the_stages(strip, theme):
    cell = next(c for c in strip.cells if len(c.stages) == 3)
    place = strip.cell_rect(cell).center().toPoint()
    QApplication.sendEvent(strip, QHelpEvent(QEvent.Type.ToolTip, place, strip.mapToGlobal(place)))
    text = QToolTip.text()
    for stage in cell.stages:
        assert f"{stage.index}  {stage.operation}: {stage.title}" in text
    QToolTip.hideText()


def test_low_strip_is_lower_and_still_clickable(strip, qtbot):
    high = strip.sizeHint().height()
    strip.set_low(True)
    assert strip.sizeHint().height() < high
    strip.resize(500, strip.sizeHint().height())
    with qtbot.waitSignal(strip.stage_clicked) as signal:
        click(qtbot, strip, strip.cells[2])
    assert signal.args == [2]
    strip.grab()


def test_another_walkthrough(strip):
    strip.set_walkthrough(walked((6, 3)), None)
    assert len(strip.cells) == len({(c.row, c.column) for c in strip.cells})
    assert max(c.column for c in strip.cells) == 2
    strip.grab()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_broken_network_and_both_themes(strip, theme, mode):
    w = walked((6, 4), ReLU(), (4, 3), Sigmoid())
    w.network.layers[0].weight[:] = np.nan
    broken = walk(w.network, w.x, w.target, w.loss, SGD(0.1))
    theme.set_mode(mode)
    strip.set_walkthrough(broken, (2, 3))
    for index in range(len(broken.stages)):
        strip.set_current(index)
        strip.grab()
