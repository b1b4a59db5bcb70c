"""A small drawing in the colours of a theme, as SVG: curves, dots and words over two axes."""

from collections.abc import Iterable, Mapping
from html import escape

from mlpviz.nn.arrays import Array

TEXT_PX = 12
Point = tuple[float, float]


class Sketch:
    """Collects marks; `place` turns coordinates of the drawing into pixels.

    Parameters
    ----------
    colors : mapping
        The colours by their names in the theme's palette, as ``#RRGGBB``; a colour may also be given itself.
    x, y : pair of float
        What lies between left and right, and between bottom and top; by default pixels from the top left.
    width, height : int
        In pixels.
    margin : int
        Around the axes, in pixels.
    """

    def __init__(
        self,
        colors: Mapping[str, str],
        x: Point | None = None,
        y: Point | None = None,
        width: int = 320,
        height: int = 200,
        margin: int = 22,
    ) -> None:
        self._colors, self.width, self.height, self._margin = colors, width, height, margin
        self._x, self._y = x or (margin, width - margin), y or (height - margin, margin)
        self._marks: list[str] = []

    def place(self, point: Point) -> Point:
        """Where a point is, in pixels."""
        (x0, x1), (y0, y1), m = self._x, self._y, self._margin
        across = m + (point[0] - x0) / (x1 - x0) * (self.width - 2 * m)
        return across, self.height - m - (point[1] - y0) / (y1 - y0) * (self.height - 2 * m)

    def line(
        self,
        points: Iterable[Point],
        color: str = "text",
        px: float = 2.0,
        dash: str = "",
        closed: bool = False,
    ) -> None:
        """Join points."""
        placed = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(self.place, points))
        kind = "polygon" if closed else "polyline"
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self._marks.append(
            f'<{kind} points="{placed}" fill="none" stroke="{self._color(color)}" stroke-width="{px:g}"'
            f' stroke-linejoin="round" stroke-linecap="round"{dashes}/>'
        )

    def curve(self, x: Array, y: Array, color: str = "text", px: float = 2.0, dash: str = "") -> None:
        """Draw a function."""
        self.line(zip(x.tolist(), y.tolist(), strict=True), color, px, dash)

    def axes(self, at: Point = (0.0, 0.0)) -> None:
        """Draw both axes through a point."""
        self.line([(self._x[0], at[1]), (self._x[1], at[1])], "field_line", 1.0)
        self.line([(at[0], self._y[0]), (at[0], self._y[1])], "field_line", 1.0)

    def arrow(self, start: Point, end: Point, color: str = "text", px: float = 1.5) -> None:
        """Draw a line with a head at its end."""
        (x0, y0), (x1, y1) = self.place(start), self.place(end)
        length = max(1e-6, ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5)
        u, v = (x1 - x0) / length, (y1 - y0) / length
        back = x1 - 7 * u, y1 - 7 * v
        head = f"{x1:.1f},{y1:.1f} " + " ".join(
            f"{back[0] + side * 4 * v:.1f},{back[1] - side * 4 * u:.1f}" for side in (1, -1)
        )
        shade = self._color(color)
        self._marks.append(
            f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{back[0]:.1f}" y2="{back[1]:.1f}" stroke="{shade}"'
            f' stroke-width="{px:g}"/><polygon points="{head}" fill="{shade}"/>'
        )

    def dot(self, at: Point, color: str = "text", radius: float = 5.0, filled: bool = True) -> None:
        """Draw a dot, or a ring."""
        x, y = self.place(at)
        fill = self._color(color) if filled else self._color("card")
        self._marks.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{fill}" stroke="{self._color(color)}"'
            ' stroke-width="2"/>'
        )

    def box(self, at: Point, to: Point, color: str, edge: str = "", round_px: float = 0.0) -> None:
        """Fill a rectangle between two corners; an empty colour leaves it empty."""
        (x0, y0), (x1, y1) = self.place(at), self.place(to)
        fill = self._color(color) if color else "none"
        stroke = f' stroke="{self._color(edge)}" stroke-width="1.5"' if edge else ""
        self._marks.append(
            f'<rect x="{min(x0, x1):.1f}" y="{min(y0, y1):.1f}" width="{abs(x1 - x0):.1f}"'
            f' height="{abs(y1 - y0):.1f}" rx="{round_px:g}" fill="{fill}"{stroke}/>'
        )

    def words(
        self, at: Point, text: str, color: str = "text", anchor: str = "middle", bold: bool = False
    ) -> None:
        """Write words whose middle is at a height; `anchor` is "start", "middle" or "end"."""
        x, y = self.place(at)
        weight = ' font-weight="600"' if bold else ""
        self._marks.append(
            f'<text x="{x:.1f}" y="{y + 0.36 * TEXT_PX:.1f}" font-size="{TEXT_PX}" text-anchor="{anchor}"'
            f' fill="{self._color(color)}"{weight}>{escape(text)}</text>'
        )

    def svg(self) -> str:
        """The drawing as an SVG file."""
        size = f'width="{self.width}" height="{self.height}" viewBox="0 0 {self.width} {self.height}"'
        return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(self._marks)}</svg>'

    def _color(self, name: str) -> str:
        return self._colors.get(name, name)
