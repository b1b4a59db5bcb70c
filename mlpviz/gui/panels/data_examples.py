"""Examples of own data: a few pictures of each class, or the first rows of numbers."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from mlpviz.data import Dataset
from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.widgets.data_table import Column, DataTable
from mlpviz.gui.widgets.gallery_view import Caption, GalleryView

MOST_PICTURES = 60
MOST_ROWS = 100
MOST_COLUMNS = 30


class DataExamples(Card):
    """A card with examples as they are stored."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Examples", "card_data_examples", parent=parent)
        self.pictures = GalleryView(theme, "gallery_data", "Some of the examples")
        self.table = DataTable(theme, "table_data_rows", "The first examples")
        self._views = QStackedWidget()
        self._views.addWidget(self.pictures)
        self._views.addWidget(self.table)
        inside = QVBoxLayout()
        inside.addWidget(self._views)
        self.body.addLayout(inside, 1)

    def show_data(self, dataset: Dataset) -> None:
        """Show some of the training examples."""
        if dataset.image_shape is not None:
            self._show_pictures(dataset, dataset.image_shape)
        else:
            self._show_rows(dataset)

    def clear(self) -> None:
        """Show nothing, and hold nothing."""
        self.pictures.set_pictures(np.zeros((0, 1, 1), np.uint8), None, [], [])
        self.table.set_columns([])

    def _show_pictures(self, dataset: Dataset, shape: tuple[int, int]) -> None:
        rows = some_of_each(dataset, MOST_PICTURES)
        names = label_words(dataset, rows)
        high = float(dataset.value_range[1]) if dataset.value_range else None
        pictures = dataset.training.inputs[rows].reshape(-1, *shape)
        captions = [Caption(name, "", False) for name in names]
        labels = [f"example {row}: {name}" for row, name in zip(rows.tolist(), names, strict=True)]
        self.pictures.set_pictures(pictures, high, captions, labels)
        self._views.setCurrentWidget(self.pictures)
        dark = "light" if self.theme.dark else "dark"
        self.set_subtitle(
            f"{'some of each class' if dataset.classes else 'the first'}; {dark} is a high number"
        )

    def _show_rows(self, dataset: Dataset) -> None:
        n = min(MOST_ROWS, len(dataset.training))
        inputs = dataset.training.inputs[:n]
        names = dataset.input_names or tuple(f"x[{i}]" for i in range(dataset.n_in))
        columns = [
            Column("#", "The place of the example, from 0", np.arange(n)),
            Column("label", "What it is, or the number to predict", label_words(dataset, np.arange(n))),
        ]
        columns += [
            Column(name, f"The input {name}, as stored", inputs[:, i].astype(np.float64))
            for i, name in enumerate(names[:MOST_COLUMNS])
        ]
        self.table.set_columns(columns)
        self._views.setCurrentWidget(self.table)
        said = f"the first {n} of {len(dataset.training):,}" if n < len(dataset.training) else "all"
        more = f", the first {MOST_COLUMNS} of {dataset.n_in:,} inputs" if dataset.n_in > MOST_COLUMNS else ""
        self.set_subtitle(said + more)


def some_of_each(dataset: Dataset, most: int) -> NDArray[np.int64]:
    """Places of the first few training examples of each class in turn, sorted by class; (n,)."""
    labels = dataset.training.labels
    if labels is None:
        return np.arange(min(most, len(dataset.training)))
    each = max(1, most // len(dataset.classes))
    places = [np.flatnonzero(labels == k)[:each] for k in range(min(most, len(dataset.classes)))]
    return np.concatenate(places)


def label_words(dataset: Dataset, rows: NDArray[np.int64]) -> list[str]:
    """What each of these training examples is."""
    labels = dataset.training.labels
    if labels is not None:
        return [dataset.classes[label] for label in labels[rows].tolist()]
    return [" ".join(f"{value:.4g}" for value in target[:3]) for target in dataset.training.targets[rows]]
