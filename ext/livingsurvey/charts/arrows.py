"""Arrow heads as shapes, so that every output draws the same ones in the line's own color."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from livingsurvey.charts.palette import find_word, line_width
from livingsurvey.charts.shapes import Line, Path, Polygon, Polyline

if TYPE_CHECKING:
    from livingsurvey.charts.shapes import Mark, Point

_LENGTH, _SPREAD = 4.5, 1.8  # of the head, in pixels, plus what the width of the line adds
_LENGTH_BY_WIDTH, _SPREAD_BY_WIDTH = 2.0, 1.0


def split_arrow(mark: Mark) -> tuple[Mark, Polygon | None]:
    """Return a shape without its arrow head, a little shorter, and the head.

    A shape without the class ``arrow``, or one that has no direction, comes back as it is.
    """
    if "arrow" not in mark.classes or not isinstance(mark, Line | Polyline | Path):
        return mark, None
    before, tip = _ending(mark)
    distance = math.dist(before, tip)
    if not distance:
        return mark, None
    width = line_width(mark.classes)
    length = _LENGTH + _LENGTH_BY_WIDTH * width
    spread = _SPREAD + _SPREAD_BY_WIDTH * width
    dx, dy = (tip[0] - before[0]) / distance, (tip[1] - before[1]) / distance
    back = (tip[0] - length * dx, tip[1] - length * dy)
    notch = (tip[0] - 0.72 * length * dx, tip[1] - 0.72 * length * dy)
    points = (
        tip,
        (back[0] - spread * dy, back[1] + spread * dx),
        notch,
        (back[0] + spread * dy, back[1] - spread * dx),
    )
    stroke = find_word(mark.classes, "stroke") or "stroke-ink"
    head = Polygon(points=points, classes=(stroke.replace("stroke-", "fill-"),))
    # The line ends inside the head, lest its blunt end show beside the tip.
    return _shorten(mark, notch if distance > length else before), head


def _ending(mark: Line | Polyline | Path) -> tuple[Point, Point]:
    """Return the last point and the point whence the line comes to it."""
    if isinstance(mark, Line):
        return (mark.x1, mark.y1), (mark.x2, mark.y2)
    points = mark.points if isinstance(mark, Polyline) else _points_of(mark)
    tip = points[-1]
    return next((one for one in reversed(points) if one != tip), tip), tip


def _points_of(path: Path) -> tuple[Point, ...]:
    """Return the points of the last part of a path, with those that bend it."""
    points: list[Point] = []
    for command, numbers in path.segments:
        if command == "M":
            points = []
        if command == "Z" and points:
            points.append(points[0])
        points.extend(zip(numbers[::2], numbers[1::2], strict=True))
    return tuple(points)


def _shorten(mark: Line | Polyline | Path, end: Point) -> Mark:
    if isinstance(mark, Line):
        return replace(mark, x2=end[0], y2=end[1])
    if isinstance(mark, Polyline):
        return replace(mark, points=(*mark.points[:-1], end))
    command, numbers = mark.segments[-1]
    if command == "Z":
        return mark
    return replace(mark, segments=(*mark.segments[:-1], (command, (*numbers[:-2], *end))))
