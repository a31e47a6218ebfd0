"""The elements of a drawing: which attributes they have, and the shapes that they stand for."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from livingsurvey.charts.shapes import (
    SEGMENT_LENGTHS,
    Circle,
    Ellipse,
    Line,
    Path,
    Polygon,
    Polyline,
    Rect,
    Text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from livingsurvey.charts.shapes import Mark, Point, Segment

ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "svg": ("viewBox", "width", "height"),
    "title": (),
    "desc": (),
    "g": ("transform", "class"),
    "rect": ("x", "y", "width", "height", "rx", "class"),
    "line": ("x1", "y1", "x2", "y2", "class"),
    "polyline": ("points", "class"),
    "polygon": ("points", "class"),
    "circle": ("cx", "cy", "r", "class"),
    "ellipse": ("cx", "cy", "rx", "ry", "class"),
    "path": ("d", "class"),
    "text": ("x", "y", "class"),
}
"""The elements of a drawing and the attributes that each may have."""

_PAINT = (
    "style fill stroke stroke-width stroke-dasharray font-size font-weight font-family"
    " text-anchor opacity marker-end"
)
HINTS: Mapping[str, str] = {
    "tspan": "write one <text> for each line",
    "marker": "give the line the class arrow",
    "defs": "write each shape where it stands",
    "use": "write each shape where it stands",
    "transform": "put the shape into <g transform>",
    "id": "nothing can refer to it",
    **dict.fromkeys(_PAINT.split(), "looks come from class alone"),
}
"""What to do instead of elements and attributes that drawing programs like to write."""

_OPTIONAL = frozenset({"x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "rx"})
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_TOKEN = re.compile(r"([A-Za-z])|(" + _NUMBER.pattern + r")|[\s,]+|(.)", re.DOTALL)
_LARGEST = 100_000.0


class Problem(ValueError):  # noqa: N818 (a drawing's fault, not the program's)
    """What keeps an element from being a shape, with a suggestion or ``""``."""

    def __init__(self, message: str, suggestion: str = "") -> None:
        super().__init__(message)
        self.suggestion = suggestion


def parse_number(text: str) -> float:
    """Return a plain number.

    Raises:
        ValueError: It is none, has a unit, or is larger than any drawing.
    """
    if not _NUMBER.fullmatch(text.strip()):
        raise ValueError(f"'{text}' is no plain number")
    value = float(text)
    if not math.isfinite(value) or abs(value) > _LARGEST:
        raise ValueError(f"'{text}' is too large")
    return value


def parse_numbers(text: str) -> tuple[float, ...]:
    """Return numbers with spaces or commas between them.

    Raises:
        ValueError: Something else stands there.
    """
    return tuple(parse_number(part) for part in re.split(r"[\s,]+", text.strip()) if part)


def parse_shape(name: str, attributes: Mapping[str, str], dx: float, dy: float) -> Mark:
    """Return the shape that an element stands for, moved by (dx, dy), without classes.

    Raises:
        Problem: It stands for none.
    """

    def get(attribute: str) -> float:
        text = attributes.get(attribute)
        if text is None:
            if attribute in _OPTIONAL and not (name == "ellipse" and attribute == "rx"):
                return 0.0
            raise Problem(f"<{name}> needs the attribute '{attribute}'")
        try:
            value = parse_number(text)
        except ValueError as error:
            raise Problem(f"attribute '{attribute}' of <{name}>: {error}") from None
        if value < 0 and attribute in {"width", "height", "r", "rx", "ry"}:
            raise Problem(f"attribute '{attribute}' of <{name}> is negative")
        return value

    match name:
        case "rect":
            width, height = get("width"), get("height")
            radius = min(get("rx"), width / 2, height / 2)
            return Rect(x=get("x") + dx, y=get("y") + dy, width=width, height=height, radius=radius)
        case "line":
            return Line(x1=get("x1") + dx, y1=get("y1") + dy, x2=get("x2") + dx, y2=get("y2") + dy)
        case "polyline":
            return Polyline(points=_parse_points(name, attributes, dx, dy))
        case "polygon":
            return Polygon(points=_parse_points(name, attributes, dx, dy))
        case "circle":
            return Circle(cx=get("cx") + dx, cy=get("cy") + dy, r=get("r"))
        case "ellipse":
            return Ellipse(cx=get("cx") + dx, cy=get("cy") + dy, rx=get("rx"), ry=get("ry"))
        case "path":
            return Path(segments=tuple(_parse_path(attributes.get("d", ""), dx, dy)))
        case "text":
            return Text(x=get("x") + dx, y=get("y") + dy, text="")
        case _:
            raise Problem(f"<{name}> is not supported")


def _parse_points(
    name: str, attributes: Mapping[str, str], dx: float, dy: float
) -> tuple[Point, ...]:
    try:
        numbers = parse_numbers(attributes.get("points", ""))
    except ValueError as error:
        raise Problem(f"points of <{name}>: {error}") from None
    if len(numbers) < 4 or len(numbers) % 2:
        raise Problem(f"<{name}> needs at least two points, each of two numbers")
    return tuple((x + dx, y + dy) for x, y in zip(numbers[::2], numbers[1::2], strict=True))


def _parse_path(data: str, dx: float, dy: float) -> Iterator[Segment]:
    """Yield the segments of a path; H and V become L, repeated commands are written out."""
    x = y = 0.0
    start = (0.0, 0.0)
    first = True
    for command, numbers in _split_path(data):
        if first and command != "M":
            raise Problem("a path begins with M")
        first = False
        if command == "Z":
            x, y = start
            yield ("Z", ())
            continue
        if command in "HV":
            x, y = (numbers[0], y) if command == "H" else (x, numbers[0])
            yield ("L", (x + dx, y + dy))
            continue
        x, y = numbers[-2:]
        if command == "M":
            start = (x, y)
        moved = (value + (dy if place % 2 else dx) for place, value in enumerate(numbers))
        yield (command, tuple(moved))
    if first:
        raise Problem("<path> needs the attribute 'd'")


def _split_path(data: str) -> Iterator[tuple[str, tuple[float, ...]]]:
    lengths = SEGMENT_LENGTHS | {"H": 1, "V": 1}
    for command, numbers in _group_tokens(data):
        if command not in lengths:
            suggestion = "use the absolute commands M L H V C Q Z"
            raise Problem(f"command '{command}' of a path is not supported", suggestion)
        length = lengths[command]
        if (len(numbers) % length if length else len(numbers)) or (length and not numbers):
            needed = f"{length} numbers" if length != 1 else "one number"
            raise Problem(f"command '{command}' of a path takes {needed if length else 'none'}")
        if not length:
            yield command, ()
        for place in range(0, len(numbers), length or 1):
            # Further pairs after M are lines, as in SVG.
            name = "L" if command == "M" and place else command
            yield name, tuple(numbers[place : place + length])


def _group_tokens(data: str) -> Iterator[tuple[str, list[float]]]:
    command, numbers = "", list[float]()
    for match in _TOKEN.finditer(data):
        letter, number, other = match.groups()
        if other or (number and not command):
            raise Problem(f"a path cannot hold '{other or number}' here")
        if number:
            try:
                numbers.append(parse_number(number))
            except ValueError as error:
                raise Problem(f"d of <path>: {error}") from None
        elif letter:
            if command:
                yield command, numbers
            command, numbers = letter, []
    if command:
        yield command, numbers
