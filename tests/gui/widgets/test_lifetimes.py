"""Widgets die when they are deleted, and take everything of theirs along."""

import gc
import weakref

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent

from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.calibration_view import CalibrationView
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.widgets.color_bar import ColorBar
from mlpviz.gui.widgets.confusion_map import ConfusionMap
from mlpviz.gui.widgets.cost_view import CostView
from mlpviz.gui.widgets.curve_plot import CurvePlot
from mlpviz.gui.widgets.data_table import Column, DataTable
from mlpviz.gui.widgets.gallery_view import Caption, GalleryView
from mlpviz.gui.widgets.level_bar import LevelBar
from mlpviz.gui.widgets.mosaic_view import MosaicView
from mlpviz.gui.widgets.residuals_view import ResidualsView
from mlpviz.gui.widgets.seed_curves import SeedCurves
from mlpviz.gui.widgets.seed_dots import SeedDots
from mlpviz.gui.widgets.tensor_image import HeatMap, TensorImage


def curve_plot(theme):
    plot = CurvePlot(theme, "Loss", "plot_loss")
    plot.add_series("a", "a", "training", markers=True)
    plot.set_data("a", np.arange(10), np.arange(10.0))
    plot.set_marks([(3, "mark")])
    return plot


def mosaic(theme):
    view = MosaicView(theme, "mosaic")
    view.set_images(np.zeros((4, 3, 3)))
    return view


def confusion_map(theme):
    view = ConfusionMap(theme, "plot")
    view.set_matrix(np.eye(3, dtype=int), np.ones(3, int), ("a", "b", "c"))
    return view


def gallery(theme):
    view = GalleryView(theme, "mosaic", "Examples")
    view.set_pictures(np.zeros((2, 3, 3)), 1.0, [Caption("a", "b", False)] * 2, ["a", "b"])
    return view


def data_table(theme):
    table = DataTable(theme, "table", "Numbers")
    table.set_columns([Column("number", "A number", np.arange(3.0))])
    return table


MAKERS = {
    "card": lambda theme: Card(theme, "title", "card"),
    "color_bar": lambda theme: ColorBar(theme, "bar"),
    "cost_view": lambda theme: CostView(theme, "plot_cost"),
    "curve_plot": curve_plot,
    "level_bar": lambda theme: LevelBar(theme, "bar"),
    "mosaic": mosaic,
    "seed_curves": SeedCurves,
    "seed_dots": SeedDots,
    "tensor_image": lambda theme: TensorImage(theme, "image"),
    "confusion_map": confusion_map,
    "gallery": gallery,
    "calibration_view": lambda theme: CalibrationView(theme, "plot"),
    "residuals_view": lambda theme: ResidualsView(theme, "plot"),
    "data_table": data_table,
    "heat_map": lambda theme: HeatMap(theme, "heat", "row", "column"),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_a_deleted_widget_is_gone_and_the_theme_forgets_it(qapp, make):
    theme = Theme("light")
    widget = make(theme)
    widget.resize(200, 150)
    widget.grab()
    wrapper = weakref.ref(widget)
    parts = [part for part in widget.children() if shiboken6.isValid(part)]
    widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not shiboken6.isValid(widget)
    assert not any(shiboken6.isValid(part) for part in parts)
    theme.set_mode("dark")
    del widget, parts
    gc.collect()
    assert wrapper() is None
