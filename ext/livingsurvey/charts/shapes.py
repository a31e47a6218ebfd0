"""The picture as a value: shapes with places and words for their looks.

Lengths are CSS pixels, x grows to the right, y grows downwards, as in SVG. Nothing here knows a
color: ``classes`` are words of the vocabulary in :mod:`livingsurvey.charts.looks`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, TypeAlias

from livingsurvey.charts.looks import find_word, line_width

if TYPE_CHECKING:
    from collections.abc import Sequence

Point: TypeAlias = tuple[float, float]
Target: TypeAlias = tuple[str, str]
"""What a link leads to: ``("category", tag)`` or ``("paper", key)``; the client knows where."""
Segment: TypeAlias = tuple[str, tuple[float, ...]]
"""A command of a path and its absolute coordinates: M, L (x, y), Q (4), C (6) or Z (none)."""

SEGMENT_LENGTHS = {"M": 2, "L": 2, "Q": 4, "C": 6, "Z": 0}
"""How many coordinates each command of a path takes."""


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What all shapes have."""

    classes: tuple[str, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True, slots=True)
class Rect(_Drawn):
    """A rectangle; *rx* rounds its corners, *tip* is said of it on hovering."""

    x: float
    y: float
    width: float
    height: float
    rx: float = 0
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Line(_Drawn):
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Polyline(_Drawn):
    """An open line through at least two points."""

    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Polygon(_Drawn):
    """A closed line through at least two points."""

    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Circle(_Drawn):
    """A circle."""

    cx: float
    cy: float
    r: float


@dataclass(frozen=True, slots=True)
class Ellipse(_Drawn):
    """An ellipse with its axes along the page's."""

    cx: float
    cy: float
    rx: float
    ry: float


@dataclass(frozen=True, slots=True)
class Path(_Drawn):
    """A path of absolute segments; the first one is an M."""

    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class TextLine(_Drawn):
    """One line of plain text; *y* is its base line."""

    x: float
    y: float
    text: str = ""


Outline: TypeAlias = Rect | Line | Polyline | Polygon | Circle | Ellipse | Path
Mark: TypeAlias = Outline | TextLine
"""A shape that is drawn."""

ELEMENTS: dict[str, type[Mark]] = {
    "rect": Rect, "line": Line, "polyline": Polyline, "polygon": Polygon, "circle": Circle,
    "ellipse": Ellipse, "path": Path, "text": TextLine,
}  # fmt: skip
"""The shapes by what SVG calls them."""

LENGTHS: dict[type[Mark], tuple[str, ...]] = {
    shape: tuple(field.name for field in fields(shape) if field.type == "float")
    for shape in ELEMENTS.values()
}
"""The lengths of a shape, as SVG names and orders them; annotations are texts in this module."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkArea:
    """Shapes that lead somewhere together.

    Attributes:
        target: Where to; shapes whose target cannot be resolved are drawn without a link.
        label: What it is called; it holds the text that one sees.
        children: What is drawn. A rectangle of class ``hit`` is the area that can be clicked.
    """

    target: Target
    label: str
    children: tuple[Mark, ...]


Shape: TypeAlias = Mark | LinkArea


def link(target: Target | None, label: str, area: Rect, marks: Sequence[Mark]) -> Sequence[Shape]:
    """Return shapes with the area in which they can be clicked; without a target the shapes."""
    if target is None:
        return marks
    return (LinkArea(target=target, label=label, children=(area, *marks)),)


@dataclass(frozen=True, slots=True)
class DataTable:
    """The data of a picture, for those who cannot see it.

    Attributes:
        header: The titles of the columns.
        rows: As many cells in each row as there are columns; the first one names the row.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A whole picture.

    Attributes:
        width: Its width in pixels.
        height: Its height in pixels.
        shapes: From back to front.
        title: Its name in a few words.
        description: What one sees, in a sentence or two, or ``""``.
        table: Its data, where it shows data.
    """

    width: float
    height: float
    shapes: tuple[Shape, ...]
    title: str
    description: str = ""
    table: DataTable | None = None

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Every shape that is drawn, links opened."""
        marks: list[Mark] = []
        for shape in self.shapes:
            marks.extend(shape.children if isinstance(shape, LinkArea) else (shape,))
        return tuple(marks)

    @property
    def links(self) -> tuple[LinkArea, ...]:
        """The links in their order."""
        return tuple(shape for shape in self.shapes if isinstance(shape, LinkArea))


_LENGTH, _SPREAD = 4.5, 1.8  # of an arrow head, in pixels, plus what the width of the line adds
_LENGTH_BY_WIDTH, _SPREAD_BY_WIDTH = 2.0, 1.0


def split_arrow(mark: Outline) -> tuple[Outline, ...]:
    """Return a shape without its arrow head, a little shorter, and the head if it has one.

    The head is a shape too, so that every output draws the same one in the line's own color. A
    shape without the class ``arrow``, or one that has no direction, comes back as it is.
    """
    if "arrow" not in mark.classes or not isinstance(mark, Line | Polyline | Path):
        return (mark,)
    before, tip = _find_ending(mark)
    distance = math.dist(before, tip)
    if not distance:
        return (mark,)
    width = line_width(mark.classes)
    length = _LENGTH + _LENGTH_BY_WIDTH * width
    spread = _SPREAD + _SPREAD_BY_WIDTH * width
    dx, dy = (tip[0] - before[0]) / distance, (tip[1] - before[1]) / distance
    back = (tip[0] - length * dx, tip[1] - length * dy)
    notch = (tip[0] - 0.72 * length * dx, tip[1] - 0.72 * length * dy)
    left = (back[0] - spread * dy, back[1] + spread * dx)
    right = (back[0] + spread * dy, back[1] - spread * dx)
    stroke = find_word(mark.classes, "stroke") or "stroke-ink"
    head = Polygon((tip, left, notch, right), classes=(stroke.replace("stroke-", "fill-"),))
    # The line ends inside the head, lest its blunt end show beside the tip.
    return _move_end(mark, notch if distance > length else before), head


def _find_ending(mark: Line | Polyline | Path) -> tuple[Point, Point]:
    """Return the point from which a line comes to its end, and its end."""
    if isinstance(mark, Line):
        return (mark.x1, mark.y1), (mark.x2, mark.y2)
    points = list(mark.points) if isinstance(mark, Polyline) else []
    for command, numbers in mark.segments if isinstance(mark, Path) else ():
        # Only the last part of a path counts, with the points that bend it.
        points = [] if command == "M" else points
        points += points[:1] if command == "Z" else zip(numbers[::2], numbers[1::2], strict=True)
    tip = points[-1]
    return next((point for point in reversed(points) if point != tip), tip), tip


def _move_end(mark: Line | Polyline | Path, end: Point) -> Outline:
    if isinstance(mark, Line):
        return replace(mark, x2=end[0], y2=end[1])
    if isinstance(mark, Polyline):
        return replace(mark, points=(*mark.points[:-1], end))
    command, numbers = mark.segments[-1]
    if command == "Z":
        return mark
    return replace(mark, segments=(*mark.segments[:-1], (command, (*numbers[:-2], *end))))
