"""Drawings by hand: the subset of SVG that every builder can draw, read into a picture.

The subset: ``<svg viewBox>`` with ``<title>``, ``<desc>``, ``<g transform="translate(x,y)">``,
``<rect>``, ``<line>``, ``<polyline>``, ``<polygon>``, ``<circle>``, ``<ellipse>``, ``<path>`` with
absolute commands and ``<text>``; looks come from ``class`` alone, by the words of
:mod:`livingsurvey.charts.looks`. Whatever else stands in the file is reported with its place.
"""

from __future__ import annotations

import math
import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from livingsurvey.charts.looks import DRAWING_WORDS, check_classes, find_word, inherit
from livingsurvey.charts.measure import check_texts
from livingsurvey.charts.shapes import (
    ELEMENTS,
    LENGTHS,
    SEGMENT_LENGTHS,
    Line,
    Path,
    Picture,
    Polygon,
    Polyline,
    Rect,
    TextLine,
)
from livingsurvey.diagnostics import Code, Diagnostic, Severity, diagnose, did_you_mean
from livingsurvey.model import Location

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from livingsurvey.charts.shapes import Mark, Point, Segment

ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "svg": ("viewBox", "width", "height"),
    "title": (),
    "desc": (),
    "g": ("transform", "class"),
    **{name: (*LENGTHS[shape], "class") for name, shape in ELEMENTS.items()},
    **dict.fromkeys(("polyline", "polygon"), ("points", "class")),
    "path": ("d", "class"),
}
"""The elements of a drawing and the attributes that each may have."""

_PAINT = "style fill stroke stroke-width stroke-dasharray opacity marker-end"
_FONT = "font-size font-weight font-family text-anchor"
HINTS: Mapping[str, str] = {
    "tspan": "write one <text> for each line",
    "marker": "give the line the class arrow",
    "defs": "write each shape where it stands",
    "use": "write each shape where it stands",
    "transform": "put the shape into <g transform>",
    "id": "nothing can refer to it",
    **dict.fromkeys(f"{_PAINT} {_FONT}".split(), "looks come from class alone"),
}
"""What to do instead of elements and attributes that drawing programs like to write."""

_OPTIONAL = frozenset({"x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "rx"})
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_TOKEN = re.compile(r"([A-Za-z])|(" + _NUMBER.pattern + r")|[\s,]+|(.)", re.DOTALL)
_LARGEST = 100_000.0


_NAMESPACE = "http://www.w3.org/2000/svg"
_DECLARATION = re.compile(r"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_TRANSLATE = re.compile(r"\s*translate\(([^()]*)\)\s*")
_TEXTS = frozenset({"title", "desc", "text"})
_MAX_LENGTH = 2_000_000
_MAX_WIDTH = 4000


def read_drawing(text: str, path: str) -> tuple[Picture | None, list[Diagnostic]]:
    """Read a drawing.

    Never raises. What cannot be used is left out and reported; the picture is None if the text
    is no SVG at all. Texts that seem to overlap or to leave the picture are warnings, from an
    estimate of their widths.

    Args:
        text: The text of the file.
        path: Its name in diagnostics.
    """
    reader = _DrawingReader(path)
    text = text.removeprefix("\ufeff")
    if len(text) > _MAX_LENGTH:
        reader.report("the drawing is larger than two million characters", place=Location(path))
    elif match := _DECLARATION.search(text):
        line = text.count("\n", 0, match.start()) + 1
        place = Location(path, line, match.start() - text.rfind("\n", 0, match.start()))
        message = f"<!{match[1]}> is not allowed in a drawing"
        reader.report(message, "remove it; SVG inside HTML needs none", place)
    else:
        try:
            return reader.parse(text), reader.diagnostics
        except expat.ExpatError as error:
            place = Location(path, error.lineno, error.offset + 1)
            reason = expat.ErrorString(error.code)
            reader.report(f"the drawing is not well-formed XML: {reason}", place=place)
        except UnicodeEncodeError:  # half of a surrogate pair
            reader.report("the drawing holds characters that are no text", place=Location(path))
    return None, reader.diagnostics


@dataclass(slots=True)
class _Level:
    """An element that is open, what its children inherit from it, and the characters in it.

    Attributes:
        mark: The text that a ``<text>`` draws.
    """

    name: str
    place: Location
    dx: float = 0
    dy: float = 0
    classes: tuple[str, ...] = ()
    skipped: bool = False
    mark: TextLine | None = None
    pieces: list[str] = field(default_factory=list)


class _DrawingReader:
    def __init__(self, path: str) -> None:
        self.path = path
        self.diagnostics: list[Diagnostic] = []
        self.levels: list[_Level] = []
        self.marks: list[tuple[Mark, Location]] = []
        self.size: tuple[float, float] | None = None
        self.words: dict[str, str] = {}
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.read_characters
        self.parser.ProcessingInstructionHandler = self.skip_instruction

    def parse(self, text: str) -> Picture | None:
        self.parser.Parse(text, True)
        if self.size is None:
            return None
        width, height = self.size
        if "title" not in self.words:
            self.report("the drawing has no <title>", "name what it shows", Location(self.path))
        self.diagnostics += check_texts(self.marks, width, height)
        shapes = tuple(mark for mark, _ in self.marks)
        title, description = self.words.get("title", ""), self.words.get("desc", "")
        return Picture(width, height, shapes, title, description)

    def report(self, message: str, suggestion: str = "", place: Location | None = None) -> None:
        self.diagnostics.append(diagnose(Code.DRAWING, message, place or self.here(), suggestion))

    def here(self) -> Location:
        line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber
        return Location(self.path, line, column + 1)

    def start(self, full_name: str, attributes: dict[str, str]) -> None:
        namespace, _, name = full_name.rpartition(" ")
        outer = self.levels[-1] if self.levels else None
        level = _Level(name, self.here())
        if outer is not None:
            level = replace(outer, name=name, place=level.place, mark=None, pieces=[])
        self.levels.append(level)
        try:
            if outer is None:
                self.open_root(namespace, name, attributes)
            elif not level.skipped:
                self.open_element(level, outer.name, namespace, attributes)
        except DrawingError as error:
            self.report(str(error), error.suggestion)
            level.skipped = True

    def open_root(self, namespace: str, name: str, attributes: dict[str, str]) -> None:
        if name != "svg":
            raise DrawingError(f"the drawing begins with <{name}>, not with <svg>")
        if namespace != _NAMESPACE:
            self.report("<svg> is not in the namespace of SVG", f'write xmlns="{_NAMESPACE}"')
        self.check_attributes(name, attributes)
        box = _find_numbers(attributes.get("viewBox", ""))
        if len(box) != 4 or not all(0 < length <= _MAX_WIDTH for length in box[2:]):
            raise DrawingError("<svg> needs a viewBox of four numbers: 0 0 width height")
        if any(box[:2]):
            self.report("the viewBox must begin at 0 0")
        self.size = (box[2], box[3])

    def open_element(
        self, level: _Level, outer: str, namespace: str, attributes: dict[str, str]
    ) -> None:
        name = level.name
        known = [element for element in ATTRIBUTES if element != "svg"]
        if namespace != _NAMESPACE or name not in known:
            hint = HINTS.get(name) or did_you_mean(name, known)
            raise DrawingError(f"<{name}> is not supported", hint)
        if outer not in {"svg", "g"}:
            raise DrawingError(f"<{name}> inside <{outer}> is not supported")
        self.check_attributes(name, attributes)
        if name == "g":
            level.classes = inherit(self.check_group(attributes), level.classes)
            self.translate(level, attributes.get("transform", ""))
        elif name in ELEMENTS:
            self.open_shape(level, attributes)

    def open_shape(self, level: _Level, attributes: dict[str, str]) -> None:
        mark = parse_shape(level.name, attributes, level.dx, level.dy)
        own, is_text = _split_classes(attributes), isinstance(mark, TextLine)
        faults = check_classes(own, text=is_text, words=DRAWING_WORDS)
        for fault in faults:
            self.report(*fault)
        # A group may say how its texts and how its shapes look.
        inherited = (name for name in level.classes if not check_classes((name,), text=is_text))
        mark = replace(mark, classes=inherit(own, tuple(inherited)))
        if isinstance(mark, TextLine):
            level.mark = mark
            return
        if not faults:
            self.check_looks(level, mark)
        self.marks.append((mark, level.place))

    def end(self, _name: str) -> None:
        level = self.levels.pop()
        text = " ".join("".join(level.pieces).split())
        if text and level.mark is not None:
            self.marks.append((replace(level.mark, text=text), level.place))
        elif text:
            self.words.setdefault(level.name, text)

    def read_characters(self, characters: str) -> None:
        if not self.levels or self.levels[-1].skipped:
            return
        if self.levels[-1].name in _TEXTS:
            self.levels[-1].pieces.append(characters)
        elif characters.strip():
            self.report(f"text outside <text>: '{characters.strip()[:40]}'")

    def skip_instruction(self, target: str, _data: str) -> None:
        self.report(f"<?{target}?> is not supported")

    def check_attributes(self, name: str, attributes: dict[str, str]) -> None:
        known = ATTRIBUTES[name]
        for attribute in (name for name in attributes if name not in known):
            shown = attribute.rpartition(" ")[2]
            hint = HINTS.get(shown) or did_you_mean(shown, known)
            self.report(f"attribute '{shown}' of <{name}> is not supported", hint)

    def check_group(self, attributes: Mapping[str, str]) -> tuple[str, ...]:
        classes = _split_classes(attributes)
        for name in classes:
            if name not in DRAWING_WORDS:
                self.report(f"unknown class '{name}'", did_you_mean(name, DRAWING_WORDS))
        return tuple(name for name in classes if name in DRAWING_WORDS)

    def check_looks(self, level: _Level, mark: Mark) -> None:
        fill, stroke = find_word(mark.classes, "fill"), find_word(mark.classes, "stroke")
        if not stroke and (isinstance(mark, Line | Polyline) or fill in {"", "fill-none"}):
            message = f"<{level.name}> shows nothing"
            hint = "give it a class such as stroke-ink or fill-1"
            warning = diagnose(Code.DRAWING, message, level.place, hint, severity=Severity.WARNING)
            self.diagnostics.append(warning)

    def translate(self, level: _Level, transform: str) -> None:
        match = _TRANSLATE.fullmatch(transform or "translate(0)")
        numbers = _find_numbers(match[1]) if match else ()
        if len(numbers) not in {1, 2}:
            self.report(f"transform '{transform}' is not supported", "write translate(x,y)")
            return
        level.dx += numbers[0]
        level.dy += numbers[1] if len(numbers) == 2 else 0


def _find_numbers(text: str) -> tuple[float, ...]:
    """Return the numbers of a text that holds nothing else, or none."""
    with suppress(DrawingError):
        return parse_numbers(text, "")
    return ()


def _split_classes(attributes: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(attributes.get("class", "").split()))


class DrawingError(Exception):
    """What keeps an element from being a shape, with a suggestion or ``""``."""

    def __init__(self, message: str, suggestion: str = "") -> None:
        super().__init__(message)
        self.suggestion = suggestion


def parse_number(text: str, what: str) -> float:
    """Return a plain number.

    Raises:
        DrawingError: *what* is none, has a unit, or is larger than any drawing.
    """
    if not _NUMBER.fullmatch(text.strip()):
        raise DrawingError(f"{what}: '{text}' is no plain number")
    value = float(text)
    if not math.isfinite(value) or abs(value) > _LARGEST:
        raise DrawingError(f"{what}: '{text}' is too large")
    return value


def parse_numbers(text: str, what: str) -> tuple[float, ...]:
    """Return numbers with spaces or commas between them.

    Raises:
        DrawingError: Something else stands there.
    """
    return tuple(parse_number(part, what) for part in re.split(r"[\s,]+", text.strip()) if part)


def parse_shape(name: str, attributes: Mapping[str, str], dx: float, dy: float) -> Mark:
    """Return the shape that an element stands for, moved by (dx, dy), without classes.

    Raises:
        DrawingError: It stands for none.
    """

    def get(attribute: str) -> float:
        text = attributes.get(attribute)
        if text is None:
            if attribute in _OPTIONAL and not (name == "ellipse" and attribute == "rx"):
                return 0.0
            raise DrawingError(f"<{name}> needs the attribute '{attribute}'")
        value = parse_number(text, f"attribute '{attribute}' of <{name}>")
        if value < 0 and attribute in {"width", "height", "r", "rx", "ry"}:
            raise DrawingError(f"attribute '{attribute}' of <{name}> is negative")
        return value

    shape = ELEMENTS[name]
    if shape in {Polyline, Polygon}:
        return shape(_parse_points(name, attributes, dx, dy))
    if shape is Path:
        return Path(tuple(_parse_path(attributes.get("d", ""), dx, dy)))
    lengths: dict[str, Any] = {length: get(length) for length in LENGTHS[shape]}
    if shape is Rect:
        lengths["rx"] = min(lengths["rx"], lengths["width"] / 2, lengths["height"] / 2)
    for length in lengths:
        # x, x1, x2 and cx are places across.
        lengths[length] += {"x": dx, "y": dy}.get(length.strip("c12"), 0)
    return shape(**lengths)


def _parse_points(
    name: str, attributes: Mapping[str, str], dx: float, dy: float
) -> tuple[Point, ...]:
    numbers = parse_numbers(attributes.get("points", ""), f"points of <{name}>")
    if len(numbers) < 4 or len(numbers) % 2:
        raise DrawingError(f"<{name}> needs at least two points, each of two numbers")
    return tuple((x + dx, y + dy) for x, y in zip(numbers[::2], numbers[1::2], strict=True))


def _parse_path(data: str, dx: float, dy: float) -> Iterator[Segment]:
    """Yield the segments of a path; H and V become L, repeated commands are written out."""
    x, y = start = (0.0, 0.0)
    for place, (command, numbers) in enumerate(_split_path(data)):
        if not place and command != "M":
            raise DrawingError("a path begins with M")
        values = {"H": (*numbers, y), "V": (x, *numbers)}.get(command, numbers)
        x, y = values[-2:] or start
        start = (x, y) if command == "M" else start
        moved = (value + (dy if number % 2 else dx) for number, value in enumerate(values))
        yield ("L" if command in "HV" else command, tuple(moved))


def _split_path(data: str) -> Iterator[Segment]:
    lengths = SEGMENT_LENGTHS | {"H": 1, "V": 1}
    for command, numbers in _group_tokens(data):
        if command not in lengths:
            suggestion = "use the absolute commands M L H V C Q Z"
            raise DrawingError(f"command '{command}' of a path is not supported", suggestion)
        length = lengths[command]
        if bool(numbers) != bool(length) or (length and len(numbers) % length):
            needed = {0: "none", 1: "one number"}.get(length, f"{length} numbers")
            raise DrawingError(f"command '{command}' of a path takes {needed}")
        # Further pairs after M are lines, as in SVG.
        for place in range(0, max(len(numbers), 1), length or 1):
            name = "L" if command == "M" and place else command
            yield name, tuple(numbers[place : place + length])


def _group_tokens(data: str) -> Iterator[tuple[str, list[float]]]:
    command, numbers = "", list[float]()
    for match in _TOKEN.finditer(data):
        letter, number, other = match.groups()
        if other or (number and not command):
            raise DrawingError(f"a path cannot hold '{other or number}' here")
        if number:
            numbers.append(parse_number(number, "d of <path>"))
        elif letter:
            if command:
                yield command, numbers
            command, numbers = letter, []
    if not command:
        raise DrawingError("<path> needs the attribute 'd'")
    yield command, numbers
