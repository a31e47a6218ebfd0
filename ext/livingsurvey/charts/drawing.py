"""Drawings by hand: the subset of SVG that every builder can draw, read into a picture.

The subset: ``<svg viewBox>`` with ``<title>``, ``<desc>``, ``<g transform="translate(x,y)">``,
``<rect>``, ``<line>``, ``<polyline>``, ``<polygon>``, ``<circle>``, ``<ellipse>``, ``<path>`` with
absolute commands and ``<text>``; looks come from ``class`` alone, by the words of
:mod:`livingsurvey.charts.palette`. Whatever else stands in the file is reported with its place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from xml.parsers import expat

from livingsurvey.charts.elements import ATTRIBUTES, HINTS, Problem, parse_numbers, parse_shape
from livingsurvey.charts.legibility import check_texts
from livingsurvey.charts.palette import DRAWING_WORDS, check_classes, find_word, inherit
from livingsurvey.charts.shapes import Line, Picture, Polyline, Text
from livingsurvey.diagnostics import Code, Diagnostic, Severity, did_you_mean
from livingsurvey.model import Location

if TYPE_CHECKING:
    from livingsurvey.charts.shapes import Mark, Shape

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
    reader = _Reader(path)
    if len(text) > _MAX_LENGTH:
        reader.report("the drawing is larger than two million characters", Location(path))
        return None, reader.problems
    text = text.removeprefix("\ufeff")
    if match := _DECLARATION.search(text):
        line = text.count("\n", 0, match.start()) + 1
        column = match.start() - text.rfind("\n", 0, match.start())
        reader.report(
            f"<!{match[1]}> is not allowed in a drawing",
            Location(path, line, column),
            suggestion="remove it; SVG inside HTML needs none",
        )
        return None, reader.problems
    try:
        reader.parse(text)
    except expat.ExpatError as error:
        place = Location(path, error.lineno, error.offset + 1)
        reason = expat.ErrorString(error.code)
        reader.report(f"the drawing is not well-formed XML: {reason}", place)
        return None, reader.problems
    except UnicodeEncodeError:  # half of a surrogate pair
        reader.report("the drawing holds characters that are no text", Location(path))
        return None, reader.problems
    return reader.finish(), reader.problems


@dataclass(slots=True)
class _Level:
    """An element that is open, and what its children inherit from it."""

    name: str
    dx: float = 0
    dy: float = 0
    classes: tuple[str, ...] = ()
    skipped: bool = False


@dataclass(slots=True)
class _Pending:
    """A ``<title>``, ``<desc>`` or ``<text>`` whose characters are being read."""

    name: str
    place: Location
    mark: Mark | None = None
    pieces: list[str] = field(default_factory=list)


class _Reader:
    def __init__(self, path: str) -> None:
        self.path = path
        self.problems: list[Diagnostic] = []
        self.levels: list[_Level] = []
        self.marks: list[tuple[Mark, Location]] = []
        self.size: tuple[float, float] | None = None
        self.words: dict[str, str] = {}
        self.pending: _Pending | None = None
        self.parser = expat.ParserCreate(namespace_separator=" ")

    def parse(self, text: str) -> None:
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.read_characters
        self.parser.ProcessingInstructionHandler = self.skip_instruction
        self.parser.Parse(text, True)

    def finish(self) -> Picture | None:
        if self.size is None:
            return None
        width, height = self.size
        if "title" not in self.words:
            self.report(
                "the drawing has no <title>", Location(self.path), suggestion="name what it shows"
            )
        self.problems += check_texts(self.marks, width, height)
        shapes: tuple[Shape, ...] = tuple(mark for mark, _ in self.marks)
        return Picture(
            width=width,
            height=height,
            shapes=shapes,
            title=self.words.get("title", ""),
            description=self.words.get("desc", ""),
        )

    def report(
        self,
        message: str,
        place: Location,
        suggestion: str = "",
        severity: Severity = Severity.ERROR,
    ) -> None:
        self.problems.append(
            Diagnostic(
                code=Code.DRAWING,
                message=message,
                location=place,
                suggestion=suggestion,
                severity=severity,
            )
        )

    def here(self) -> Location:
        return Location(
            self.path, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        )

    def start(self, full_name: str, attributes: dict[str, str]) -> None:
        namespace, _, name = full_name.rpartition(" ")
        level = _Level(name)
        outer = self.levels[-1] if self.levels else None
        self.levels.append(level)
        if outer is None:
            level.skipped = not self.open_root(namespace, name, attributes)
            return
        level.dx, level.dy, level.classes = outer.dx, outer.dy, outer.classes
        level.skipped = outer.skipped
        if level.skipped:
            return
        level.skipped = not self.open_element(level, outer.name, namespace, attributes)

    def open_root(self, namespace: str, name: str, attributes: dict[str, str]) -> bool:
        if name != "svg":
            self.report(f"the drawing begins with <{name}>, not with <svg>", self.here())
            return False
        if namespace != _NAMESPACE:
            self.report(
                "<svg> is not in the namespace of SVG",
                self.here(),
                suggestion=f'write xmlns="{_NAMESPACE}"',
            )
        self.check_attributes(name, attributes)
        try:
            x, y, width, height = parse_numbers(attributes.get("viewBox", ""))
        except ValueError:
            width = height = 0
        if not (0 < width <= _MAX_WIDTH and 0 < height <= _MAX_WIDTH):
            self.report("<svg> needs a viewBox of four numbers: 0 0 width height", self.here())
            return False
        if x or y:
            self.report("the viewBox must begin at 0 0", self.here())
        self.size = (width, height)
        return True

    def open_element(
        self, level: _Level, outer: str, namespace: str, attributes: dict[str, str]
    ) -> bool:
        name, place = level.name, self.here()
        known = [one for one in ATTRIBUTES if one != "svg"]
        if namespace != _NAMESPACE or name not in known:
            suggestion = HINTS.get(name) or did_you_mean(name, known)
            self.report(f"<{name}> is not supported", place, suggestion)
            return False
        if outer not in {"svg", "g"}:
            self.report(f"<{name}> inside <{outer}> is not supported", place)
            return False
        self.check_attributes(name, attributes)
        own = tuple(dict.fromkeys(attributes.get("class", "").split()))
        if name == "g":
            level.classes = inherit(self.check_group(own), level.classes)
            self.translate(level, attributes.get("transform", ""))
            return True
        if name in {"title", "desc"}:
            self.pending = _Pending(name, place)
            return True
        try:
            mark = parse_shape(name, attributes, level.dx, level.dy)
        except Problem as problem:
            self.report(str(problem), place, problem.suggestion)
            return False
        is_text = isinstance(mark, Text)
        faults = check_classes(own, text=is_text, words=DRAWING_WORDS)
        for message, suggestion in faults:
            self.report(message, place, suggestion)
        inherited = tuple(
            one for one in level.classes if not check_classes((one,), text=is_text)
        )  # a group may say how its texts and how its shapes look
        mark = replace(mark, classes=inherit(own, inherited))
        if is_text:
            self.pending = _Pending(name, place, mark)
        else:
            if not faults:
                self.check_looks(name, mark, place)
            self.marks.append((mark, place))
        return True

    def end(self, _name: str) -> None:
        level = self.levels.pop()
        if self.pending is None or level.name != self.pending.name or level.skipped:
            return
        pending, self.pending = self.pending, None
        text = " ".join("".join(pending.pieces).split())
        if isinstance(pending.mark, Text):
            if text:
                self.marks.append((replace(pending.mark, text=text), pending.place))
        elif text:
            self.words.setdefault(pending.name, text)

    def read_characters(self, characters: str) -> None:
        if not self.levels or self.levels[-1].skipped:
            return
        if self.pending is not None and self.levels[-1].name in _TEXTS:
            self.pending.pieces.append(characters)
        elif characters.strip():
            self.report(f"text outside <text>: '{characters.strip()[:40]}'", self.here())

    def skip_instruction(self, target: str, _data: str) -> None:
        self.report(f"<?{target}?> is not supported", self.here())

    def check_attributes(self, name: str, attributes: dict[str, str]) -> None:
        known = ATTRIBUTES[name]
        for attribute in attributes:
            shown = attribute.rpartition(" ")[2]
            if attribute not in known:
                suggestion = HINTS.get(shown) or did_you_mean(shown, known)
                self.report(
                    f"attribute '{shown}' of <{name}> is not supported", self.here(), suggestion
                )

    def check_group(self, classes: tuple[str, ...]) -> tuple[str, ...]:
        for name in classes:
            if name not in DRAWING_WORDS:
                suggestion = did_you_mean(name, DRAWING_WORDS)
                self.report(f"unknown class '{name}'", self.here(), suggestion)
        return tuple(name for name in classes if name in DRAWING_WORDS)

    def check_looks(self, name: str, mark: Mark, place: Location) -> None:
        fill, stroke = find_word(mark.classes, "fill"), find_word(mark.classes, "stroke")
        if not stroke and (isinstance(mark, Line | Polyline) or fill in {"", "fill-none"}):
            self.report(
                f"<{name}> shows nothing",
                place,
                "give it a class such as stroke-ink or fill-1",
                Severity.WARNING,
            )

    def translate(self, level: _Level, transform: str) -> None:
        if not transform:
            return
        match = _TRANSLATE.fullmatch(transform)
        try:
            numbers = parse_numbers(match[1]) if match else ()
        except ValueError:
            numbers = ()
        if len(numbers) not in {1, 2}:
            self.report(
                f"transform '{transform}' is not supported",
                self.here(),
                suggestion="write translate(x,y)",
            )
            return
        level.dx += numbers[0]
        level.dy += numbers[1] if len(numbers) == 2 else 0
