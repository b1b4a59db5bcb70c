"""The application's one style sheet, filled with the colours of a palette."""

from dataclasses import asdict
from string import Template
from typing import TYPE_CHECKING

from mlpviz.locations import resource_path

if TYPE_CHECKING:
    from mlpviz.gui.theme import Palette


def stylesheet(palette: "Palette") -> str:
    """Return the style sheet in the colours of `palette`; ``theme.set_role`` lets a widget choose a part."""
    names = {"arrow_down": "arrow_down", "arrow_up": "arrow_up", "tick": f"tick_on_{_tone(palette.accent)}"}
    pictures = {key: resource_path("icons", f"{name}.svg").as_posix() for key, name in names.items()}
    return _TEMPLATE.substitute(asdict(palette), **pictures)


def _tone(color: str) -> str:
    return "light" if sum(bytes.fromhex(color[1:])) > 3 * 128 else "dark"


_TEMPLATE = Template("""
QMainWindow, QDialog { background: $ground; }
QMainWindow > QWidget { widget-animation-duration: 0; }
QToolTip { background: $card; color: $text; border: 1px solid $field_line; padding: 4px 6px; }

QFrame[role="card"] { background: $card; border: 1px solid $line; border-radius: 9px; }
QFrame[role="panel"] { background: $card; border: none; }
QFrame[role="notice"] { background: $accent_soft; border: none; border-bottom: 1px solid $line; }
QFrame[role="drop"] { background: transparent; border: 3px dashed $accent; border-radius: 12px; }
QFrame[role="drop"] QLabel {
  background: $accent_soft; border: 1px solid $accent; border-radius: 9px; padding: 20px 28px;
  font-size: 18px; }
QFrame[role="drop"] QLabel[role="error"] { color: $error; border-color: $error; }
QFrame[role="rule"] { background: $line; border: none; max-height: 1px; min-height: 1px; }

QLabel { background: transparent; }
QLabel[role="title"] { font-weight: 600; }
QLabel[role="subtitle"] { color: $secondary; }
QLabel[role="caption"] { color: $secondary; font-size: 12px; font-weight: 600; }
QLabel[role="sign"] { color: $secondary; font-size: 20px; }
QLabel[role="cover"] {
    color: $secondary; font-size: 40px; background: $hover;
    border: 1px dashed $field_line; border-radius: 8px;
}
QLabel[role="badge"] {
    color: $validation_text; background: $hover; border: 1px solid $line; border-radius: 10px;
    padding: 2px 8px; font-size: 12px; font-weight: 600;
}
QLabel[role="good"] { color: $good; }
QLabel[role="warning"] { color: $warning; }
QLabel[role="error"] { color: $error; }

QPushButton, QToolButton {
    background: $card; border: 1px solid $field_line; border-radius: 6px; padding: 5px 12px;
}
QToolButton { padding: 4px 8px; }
QPushButton:hover, QToolButton:hover { background: $hover; }
QPushButton:pressed, QToolButton:pressed { background: $line; }
QPushButton:checked, QToolButton:checked { background: $accent_soft; border-color: $accent; color: $accent; }
QPushButton:focus, QToolButton:focus { border: 2px solid $accent; padding: 4px 11px; }
QToolButton:focus { padding: 3px 7px; }
QPushButton:disabled, QToolButton:disabled { background: transparent; border-color: $line; color: $disabled; }
QPushButton::menu-indicator { width: 0; }
QToolButton::menu-indicator { image: none; }

QPushButton[role="primary"], QToolButton[role="primary"] {
    background: $accent; border-color: $accent; color: $accent_text; font-weight: 600;
}
QPushButton[role="primary"]:focus, QToolButton[role="primary"]:focus { border: 2px solid $text; }
QPushButton[role="primary"]:disabled, QToolButton[role="primary"]:disabled {
    background: $line; border-color: $line; color: $disabled;
}
QPushButton[role="flat"], QToolButton[role="flat"] {
    background: transparent; border: 2px solid transparent; color: $secondary; padding: 2px 6px;
}
QPushButton[role="flat"]:hover, QToolButton[role="flat"]:hover { background: $hover; color: $text; }
QPushButton[role="flat"]:checked, QToolButton[role="flat"]:checked {
    background: $accent_soft; color: $accent;
}
QPushButton[role="flat"]:focus, QToolButton[role="flat"]:focus { border: 2px solid $accent; }
QPushButton[role="link"], QToolButton[role="link"] {
    background: transparent; border: 2px solid transparent; color: $accent; padding: 2px 4px;
}
QPushButton[role="link"]:hover, QToolButton[role="link"]:hover,
QToolButton[role="link"]:checked { text-decoration: underline; }
QPushButton[role="link"]:focus, QToolButton[role="link"]:focus { border: 2px solid $accent; }
QToolButton#button_do_it:disabled { border-color: transparent; color: $good; }
QPushButton[role="segment"], QToolButton[role="segment"] {
    background: transparent; border: 2px solid transparent; border-radius: 12px; color: $secondary;
    padding: 2px 6px;
}
QPushButton[role="segment"]:hover, QToolButton[role="segment"]:hover { color: $text; }
QPushButton[role="segment"]:checked, QToolButton[role="segment"]:checked {
    background: $hover; border: 1px solid $line; padding: 3px 7px; color: $text;
}
QPushButton[role="segment"]:focus, QToolButton[role="segment"]:focus {
    border: 2px solid $accent; padding: 2px 6px;
}
QToolButton[role="rail"] {
    background: transparent; border: none; border-left: 3px solid transparent; border-radius: 0;
    color: $secondary; padding: 8px 3px 8px 0; font-size: 11px;
}
QToolButton[role="rail"]:hover { background: $hover; color: $text; }
QToolButton[role="rail"]:checked {
    background: $accent_soft; border-left: 3px solid $accent; color: $accent; font-weight: 600;
}
QToolButton[role="rail"]:focus {
    border: 2px solid $accent; border-left: 3px solid $accent; padding: 6px 1px 6px 0;
}

QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QAbstractSpinBox {
    background: $card; border: 1px solid $field_line; border-radius: 6px; padding: 3px 7px;
    selection-background-color: $accent; selection-color: $accent_text;
}
QLineEdit, QComboBox, QAbstractSpinBox { min-height: 18px; }
QAbstractSpinBox { padding-right: 20px; }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit {
    border: none; border-radius: 0; padding: 0; min-height: 0; background: transparent;
}
QLineEdit:hover, QComboBox:hover, QAbstractSpinBox:hover { border-color: $secondary; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus, QAbstractSpinBox:focus {
    border: 2px solid $accent; padding: 2px 6px;
} QAbstractSpinBox:focus { padding-right: 19px; } QAbstractSpinBox QLineEdit:focus, QComboBox QLineEdit:focus
{ border: none; padding: 0; } QAbstractSpinBox QLineEdit:focus { padding-left: 5px; } QLineEdit:disabled,
QComboBox:disabled, QAbstractSpinBox:disabled { background: $ground; border-color: $line; }
QLineEdit[invalid="true"], QAbstractSpinBox[invalid="true"], QComboBox[invalid="true"] { border-color: $error;
} QComboBox { combobox-popup: 0; }
QComboBox::drop-down { border: none; width: 20px; } QComboBox::down-arrow { image: url("$arrow_down");
width: 10px; height: 10px; } QComboBox[role="flat"] { background: transparent; border-color: transparent;
color: $secondary; padding-left: 4px; } QComboBox[role="title"] {
    background: transparent; border-color: transparent; font-weight: 600; padding-left: 0;
}
QComboBox[role="title"]:hover { background: $hover; }
QComboBox[role="title"]:focus { border: 2px solid $accent; padding-left: 0; }
QComboBox[role="flat"]:hover { background: $hover; color: $text; }
QComboBox[role="flat"]:focus { border: 2px solid $accent; padding-left: 3px; } QComboBox QAbstractItemView {
    background: $card; border: 1px solid $field_line; border-radius: 0; outline: none;
    selection-background-color: $accent_soft; selection-color: $text;
}
QComboBox QAbstractItemView::item { min-height: 24px; padding: 0 6px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {
    subcontrol-origin: border; border: none; background: transparent; width: 18px;
}
QAbstractSpinBox::up-button { subcontrol-position: top right; margin-top: 2px; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; margin-bottom: 2px; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: $hover; }
QAbstractSpinBox::up-arrow { image: url("$arrow_up"); width: 8px; height: 8px; }
QAbstractSpinBox::down-arrow { image: url("$arrow_down"); width: 8px; height: 8px; }

QSlider { min-height: 22px; border: 1px solid transparent; border-radius: 6px; }
QSlider:focus { border-color: $accent; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $line; margin: 0 7px; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $accent; margin: 0 7px; }
QSlider::handle:horizontal {
    width: 12px; height: 12px; margin: -6px -7px; border: 2px solid $accent; border-radius: 8px; background:
    $card;
}
QSlider::handle:horizontal:hover { background: $accent_soft; }
QSlider::handle:horizontal:disabled { border-color: $field_line; }
QSlider::sub-page:horizontal:disabled { background: $line; }

QProgressBar {
    background: $line; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; color: $text;
}
QProgressBar::chunk { background: $accent; border-radius: 3px; }

QMenu { background: $card; border: 1px solid $field_line; border-radius: 6px; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 24px; border-radius: 4px; }
QMenu::item:selected { background: $accent_soft; color: $text; }
QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QMenu::icon { padding-left: 6px; }
QMenuBar { background: $card; border-bottom: 1px solid $line; }
QMenuBar::item { background: transparent; padding: 4px 10px; border-radius: 4px; }
QMenuBar::item:selected { background: $accent_soft; }
QToolBar { background: $card; border: none; border-bottom: 1px solid $line; spacing: 8px; padding: 8px 12px; }
QToolBar::separator { background: $line; width: 1px; margin: 4px 6px; }
QStatusBar { background: $card; border-top: 1px solid $line; color: $secondary; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: $secondary; padding: 0 6px; }
QStatusBar QLabel[role="good"] { color: $good; }
QStatusBar QLabel[role="warning"] { color: $warning; }
QStatusBar QLabel[role="error"] { color: $error; }

QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget { background: transparent; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 2px; }
QScrollBar::handle { background: $field_line; border-radius: 4px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: $secondary; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QGroupBox { border: none; margin-top: 20px; padding: 0; }
QGroupBox::title {
    subcontrol-origin: margin; subcontrol-position: top left; color: $secondary; font-weight: 600; padding: 0;
}
QAbstractItemView {
    background: $card; border: 1px solid $line; border-radius: 6px; alternate-background-color: $ground;
    selection-background-color: $accent_soft; selection-color: $text;
}
QAbstractItemView:focus { border-color: $accent; }
QTableView::item { padding: 0 6px; }
QTableView::item:selected { background: $accent_soft; color: $text; }
QHeaderView { border: none; }
QHeaderView::section {
    background: $card; color: $secondary; border: none; border-bottom: 1px solid $line; padding: 4px 6px;
}
QTabWidget::pane { border: none; border-top: 1px solid $line; }
QTabBar::tab {
    background: transparent; color: $secondary; padding: 6px 12px; border-bottom: 2px solid transparent;
}
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $accent; border-bottom: 2px solid $accent; }
QTabBar::tab:focus { background: $accent_soft; }
QSplitter::handle { background: transparent; }
QCheckBox, QRadioButton {
    spacing: 7px; background: transparent; border: 2px solid transparent; border-radius: 4px;
}
QCheckBox:focus, QRadioButton:focus { border-color: $accent; }
QCheckBox::indicator, QRadioButton::indicator {
    width: 14px; height: 14px; border: 1px solid $secondary; border-radius: 4px; background: $card;
}
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { background: $hover; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$tick"); }
QRadioButton::indicator:checked {
    width: 6px; height: 6px; border: 5px solid $accent; background: $accent_text;
}
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { border-color: $line; background: $ground; }
""")
