"""The dialog for taking a picture out of the window: which, how large, in which look, and as what."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from mlpviz.files.recipes import LARGEST_PX, MOST_FRAMES, SMALLEST_PX, THEMES, View
from mlpviz.gui.figures.catalogue import FigureEntry
from mlpviz.gui.theme import Theme, inset_text, set_role
from mlpviz.gui.widgets.choice import Choice

FORMATS = {
    ".png": ("PNG, pixels", "For slides and web pages."),
    ".svg": ("SVG, vectors", "With real text; for web pages and drawing programs."),
    ".pdf": ("PDF, vectors", "With real text; for papers and books."),
    ".gif": ("GIF, a film", "From the first step until now; for web pages and slides."),
    ".csv": ("CSV, numbers", "What is behind the picture, as a table to read."),
    ".npz": ("NPZ, numbers", "All arrays behind the picture by name, for NumPy."),
    ".npy": ("NPY, numbers", "The first array behind the picture, for NumPy."),
}
PICTURES = (".png", ".svg", ".pdf", ".gif")
FILMED_PAGES = ("train", "evaluate", "step_through")
PIXELS = (".png", ".gif")
FRAMES = 60
PREVIEW_AFTER_MS = 150
SIDE_PX = 300


class ExportDialog(QDialog):
    """Shows the picture as it will be; `view` and `ending` say what was decided.

    Parameters
    ----------
    theme : Theme
    entries : sequence of FigureEntry
        What can be chosen.
    first : FigureEntry
        What is chosen at first.
    view_of : callable
        The view of an entry as it is on screen.
    paint : callable
        A view as an image.
    save : callable
        What saving does, with a view and an ending; True if it is done, and the dialog may close. What
        cannot be saved raises a ValueError with a sentence.
    """

    def __init__(
        self,
        theme: Theme,
        entries: Sequence[FigureEntry],
        first: FigureEntry,
        view_of: Callable[[FigureEntry], View],
        paint: Callable[[View], QImage],
        save: Callable[[View, str], bool],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("dialog_export")
        self.setWindowTitle("Export picture")
        self._theme, self._entries, self._view_of = theme, tuple(entries), view_of
        self._paint, self._save = paint, save
        self._preview = _Preview(theme)
        self._build_fields()
        self._build_buttons()
        side = QVBoxLayout()
        side.addLayout(self._form)
        side.addWidget(self._told)
        side.addStretch(1)
        side.addLayout(self._buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 14, 14, 14)
        row.setSpacing(14)
        row.addWidget(self._preview, 1)
        row.addLayout(side)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(PREVIEW_AFTER_MS)
        self._later.timeout.connect(self.show_preview)
        self.picture.setCurrentIndex(self._entries.index(first))
        self._picture_chosen()
        self.resize(1000, 620)
        self.save_button.setFocus()

    # ------------------------------------------------------------------ parts

    def _build_fields(self) -> None:
        self.picture = self._choice("choice_export_picture", "Which picture")
        for entry in self._entries:
            self.picture.addItem(entry.title)
        self.picture.currentIndexChanged.connect(self._picture_chosen)
        self.format = self._choice("choice_export_format", "What kind of file")
        for ending, (name, tip) in FORMATS.items():
            self.format.addItem(name, ending)
            self.format.setItemData(self.format.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.format.currentIndexChanged.connect(self._format_chosen)
        self.look = self._choice("choice_export_theme", "Light for print, dark for dark slides")
        self.look.addItems([theme.capitalize() for theme in THEMES])
        self.width_px, self.height_px = self._number("width"), self._number("height")
        self.scale = self._choice(
            "choice_export_scale",
            "Pixels of the file for each pixel of the picture: 2 and more are sharp in print",
        )
        self.scale.addItems([f"{k}x" for k in range(1, 5)])
        self.scale.setCurrentIndex(1)
        self.frames = QSpinBox()
        self.frames.setObjectName("field_export_frames")
        self.frames.setRange(2, MOST_FRAMES)
        self.frames.setValue(FRAMES)
        self.frames.setAccessibleName("Frames")
        self.frames.setToolTip("How many moments of training the film shows, more of them at its beginning")
        inset_text(self.frames)
        self.caption = QLineEdit()
        self.caption.setObjectName("field_export_caption")
        self.caption.setToolTip("The words below the picture; empty for none")
        self.caption.setAccessibleName("Caption")
        self._form = QFormLayout()
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._rows: dict[str, tuple[QLabel, QWidget]] = {}
        for name, field in (
            ("Picture", self.picture),
            ("File", self.format),
            ("Look", self.look),
            ("Width", self.width_px),
            ("Height", self.height_px),
            ("Scale", self.scale),
            ("Frames", self.frames),
            ("Caption", self.caption),
        ):
            label = QLabel(name)
            label.setBuddy(field)
            field.setFixedWidth(SIDE_PX)
            self._rows[name] = label, field
            self._form.addRow(label, field)
        self.look.currentIndexChanged.connect(self._changed)
        self.scale.currentIndexChanged.connect(self._changed)
        self.caption.textChanged.connect(self._changed)
        self._told = QLabel()
        self._told.setObjectName("label_export")
        self._told.setWordWrap(True)
        self._told.setFixedWidth(SIDE_PX + 60)
        set_role(self._told, "subtitle")

    def _choice(self, name: str, tip: str) -> Choice:
        choice = Choice()
        choice.setObjectName(name)
        choice.setAccessibleName(tip)
        choice.setToolTip(tip)
        return choice

    def _number(self, side: str) -> QSpinBox:
        field = QSpinBox()
        field.setObjectName(f"field_export_{side}")
        field.setRange(SMALLEST_PX, LARGEST_PX)
        field.setSingleStep(20)
        field.setSuffix(" px")
        field.setAccessibleName(side.capitalize())
        field.setToolTip(
            f"The {side} of the picture; letters keep their size, so a smaller picture has larger ones"
        )
        inset_text(field)
        field.valueChanged.connect(self._changed)
        return field

    def _build_buttons(self) -> None:
        self.copy_button = QPushButton("Copy")
        self.copy_button.setObjectName("button_export_copy")
        self.copy_button.setToolTip("Put the picture on the clipboard")
        self.copy_button.clicked.connect(self._copy)
        cancel = QPushButton("Cancel")
        cancel.setObjectName("button_export_cancel")
        cancel.clicked.connect(self.reject)
        self.save_button = QPushButton("Save …")
        self.save_button.setObjectName("button_export_save")
        self.save_button.setDefault(True)
        set_role(self.save_button, "primary")
        self.save_button.clicked.connect(self._save_it)
        self._buttons = QHBoxLayout()
        for button in (self.copy_button, cancel, self.save_button):
            self._buttons.addWidget(button)

    # ------------------------------------------------------------------ what was decided

    @property
    def ending(self) -> str:
        """Of the file: ``".png"`` and so on."""
        return str(self.format.currentData())

    @property
    def view(self) -> View:
        """The picture as it was decided."""
        return replace(
            self._on_screen,
            theme=THEMES[self.look.currentIndex()],
            width=self.width_px.value(),
            height=self.height_px.value(),
            scale=float(self.scale.currentIndex() + 1) if self.ending in PIXELS else 1.0,
            caption=None if self.caption.text() == self._on_screen.caption else self.caption.text(),
        )

    def _picture_chosen(self) -> None:
        """Another picture: its own size, and the words that go with it."""
        self._on_screen = self._view_of(self._entries[self.picture.currentIndex()])
        fields = (self.width_px, self.height_px, self.look, self.caption)
        for field in fields:
            field.blockSignals(True)
        self.width_px.setValue(self._on_screen.width)
        self.height_px.setValue(self._on_screen.height)
        self.look.setCurrentIndex(THEMES.index(self._on_screen.theme))
        self.caption.setText(self._on_screen.caption or "")
        self.caption.setCursorPosition(0)  # what it begins with is to be read
        for field in fields:
            field.blockSignals(False)
        is_window = not self._entries[self.picture.currentIndex()].page
        for widget in self._rows["Caption"]:
            widget.setVisible(not is_window)
        filmed = self._entries[self.picture.currentIndex()].page in FILMED_PAGES
        gif = self.format.findData(".gif")
        self.format.model().item(gif).setEnabled(filmed)  # type: ignore[attr-defined]
        if not filmed and self.format.currentIndex() == gif:
            self.format.setCurrentIndex(0)
        self._format_chosen()

    def _format_chosen(self) -> None:
        is_picture = self.ending in PICTURES
        for name in ("Look", "Width", "Height", "Caption"):
            for widget in self._rows[name]:
                widget.setEnabled(is_picture)
        for widget in self._rows["Scale"]:
            widget.setEnabled(self.ending in PIXELS)
        for widget in self._rows["Frames"]:
            widget.setVisible(self.ending == ".gif")
        self.copy_button.setEnabled(is_picture and self.ending != ".gif")
        self._changed()

    def _changed(self) -> None:
        self._later.start()

    # ------------------------------------------------------------------ verbs

    def show_preview(self) -> None:
        """Show the picture as it is decided now."""
        self._later.stop()
        view = self.view
        try:
            self._preview.show_image(self._paint(replace(view, scale=1.0)))
        except ValueError as error:
            self.tell(str(error), "error")
            return
        width, height = round(view.width * view.scale), round(view.height * view.scale)
        words = [FORMATS[self.ending][1]]
        if self.ending in PIXELS:
            words.append(f"{width} x {height} pixels.")
        elif self.ending in PICTURES:
            words.append(f"{view.width * 25.4 / 96:.0f} x {view.height * 25.4 / 96:.0f} mm.")
        if self.ending in PICTURES:
            words.append("It carries its recipe: mlpviz can make it again from that, and open where it was.")
        self.tell(" ".join(words))

    def tell(self, words: str, role: str = "subtitle") -> None:
        """Say something below the fields."""
        set_role(self._told, role)
        self._told.setText(words)

    def _copy(self) -> None:
        self._catch_up()
        try:
            image = self._paint(self.view)
        except ValueError as error:
            self.tell(str(error), "error")
            return
        image.setDevicePixelRatio(1.0)
        QGuiApplication.clipboard().setImage(image)
        self.tell("The picture is on the clipboard.", "good")

    def _save_it(self) -> None:
        self._catch_up()
        try:
            if self._save(self.view, self.ending):
                self.accept()
        except ValueError as error:
            self.tell(str(error), "error")

    def _catch_up(self) -> None:
        """Show what was decided last, or it would soon be told over what is told now."""
        if self._later.isActive():
            self.show_preview()


class _Preview(QWidget):
    """A picture, as large as fits."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("preview_export")
        self.setAccessibleName("Preview")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._theme, self._image = theme, QImage()

    def show_image(self, image: QImage) -> None:
        image.setDevicePixelRatio(1.0)
        self._image = image
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(560, 520)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("ground"))
        if not self._image.isNull():
            room = QRectF(self.rect()).adjusted(10, 10, -10, -10)
            size = self._image.size().scaled(room.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
            if size.width() > self._image.width():
                size = self._image.size()
            target = QRectF(0, 0, size.width(), size.height())
            target.moveCenter(room.center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(target, self._image)
            painter.setPen(self._theme.color("line"))
            painter.drawRect(target)
        painter.end()
