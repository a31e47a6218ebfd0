"""The picture as a value: shapes with places and words for their looks.

Lengths are CSS pixels, x grows to the right, y grows downwards, as in SVG. Nothing here knows a
color: ``classes`` are words of the vocabulary in :mod:`livingsurvey.charts.palette`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]
Target: TypeAlias = tuple[str, str]
"""What a link leads to: ``("category", tag)`` or ``("paper", key)``; the client knows where."""
Segment: TypeAlias = tuple[str, tuple[float, ...]]
"""A command of a path and its absolute coordinates: M, L (x, y), Q (4), C (6) or Z (none)."""

SEGMENT_LENGTHS = {"M": 2, "L": 2, "Q": 4, "C": 6, "Z": 0}
"""How many coordinates each command of a path takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rect:
    """A rectangle; *radius* rounds its corners, *tip* is said of it on hovering."""

    x: float
    y: float
    width: float
    height: float
    radius: float = 0
    tip: str = ""
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Polyline:
    """An open line through at least two points."""

    points: tuple[Point, ...]
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Polygon:
    """A closed line through at least two points."""

    points: tuple[Point, ...]
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """A circle."""

    cx: float
    cy: float
    r: float
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ellipse:
    """An ellipse with its axes along the page's."""

    cx: float
    cy: float
    rx: float
    ry: float
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A path of absolute segments; the first one is an M."""

    segments: tuple[Segment, ...]
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One line of plain text; *y* is its base line."""

    x: float
    y: float
    text: str
    classes: tuple[str, ...] = ()


Mark: TypeAlias = Rect | Line | Polyline | Polygon | Circle | Ellipse | Path | Text
"""A shape that is drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Shapes that lead somewhere together.

    Attributes:
        target: Where to; shapes whose target cannot be resolved are drawn without a link.
        label: What it is called; it holds the text that one sees.
        children: What is drawn. A rectangle of class ``hit`` is the area that can be clicked.
    """

    target: Target
    label: str
    children: tuple[Mark, ...]


Shape: TypeAlias = Mark | Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The data of a picture, for those who cannot see it.

    Attributes:
        header: The titles of the columns.
        rows: As many cells in each row as there are columns; the first one names the row.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
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
    table: Table | None = None

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Every shape that is drawn, links opened."""
        found: list[Mark] = []
        for shape in self.shapes:
            if isinstance(shape, Link):
                found.extend(shape.children)
            else:
                found.append(shape)
        return tuple(found)

    @property
    def links(self) -> tuple[Link, ...]:
        """The links in their order."""
        return tuple(shape for shape in self.shapes if isinstance(shape, Link))
