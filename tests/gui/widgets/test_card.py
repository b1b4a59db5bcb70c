"""Cards, and the layout of their legends."""

from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.widgets.flow_layout import FlowLayout


def test_a_card_shows_title_controls_and_body(qtbot):
    card = Card(Theme("light"), "Weights", "card_weights", "100 units")
    qtbot.addWidget(card)
    button, body = QPushButton("x"), QLabel("body")
    card.add_header_widget(button)
    card.body.addWidget(body)
    card.resize(400, 200)
    card.show()
    assert (card.objectName(), card.title, card.accessibleName()) == ("card_weights", "Weights", "Weights")
    assert button.isVisible()
    assert button.mapTo(card, button.rect().topLeft()).x() > 300
    assert body.mapTo(card, body.rect().topLeft()).y() > button.mapTo(card, button.rect().bottomLeft()).y()
    card.set_title("Gradient")
    card.set_subtitle("")
    assert card.accessibleName() == "Gradient"


def test_a_card_without_title_has_no_header(qtbot):
    card = Card(Theme("light"), "", "card_plain")
    qtbot.addWidget(card)
    body = QLabel("body")
    card.body.addWidget(body)
    card.resize(200, 100)
    card.show()
    assert body.y() < 20


def test_a_flow_goes_on_in_the_next_line(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    flow = FlowLayout(widget, spacing_px=10, line_spacing_px=5)
    for _ in range(3):
        part = QWidget()
        part.setFixedSize(40, 20)
        flow.addWidget(part)
    assert flow.heightForWidth(140) == 20
    assert flow.heightForWidth(100) == 45
    assert flow.heightForWidth(10) == 70
    widget.resize(100, 60)
    widget.show()
    places = [flow.itemAt(i).geometry().getRect()[:2] for i in range(3)]
    assert places == [(0, 0), (50, 0), (0, 25)]
    assert flow.itemAt(3) is None
    assert flow.takeAt(0).widget() is not None
    assert flow.count() == 2
