"""How much room text takes, estimated without a font engine, and whether it stands clear.

The widths are those of Helvetica and its metric twins, from the Adobe Font Metrics of the 14
standard PostScript fonts, rounded and grouped; most sans serif fonts of screens are near.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livingsurvey.charts.looks import find_word, text_size
from livingsurvey.charts.shapes import TextLine
from livingsurvey.diagnostics import Code, Diagnostic, Severity, diagnose
from livingsurvey.markup.letters import HIDDEN_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from livingsurvey.charts.shapes import Mark
    from livingsurvey.model import Location

_GROUPS = {
    0.22: "ijl'|\u2018\u2019",
    0.28: " !,./:;ftI[]\\\u00b7",
    0.34: '()-r`"{}*\u00b0\u2010\u2011\u201c\u201d',
    0.5: "cksvxyzJ^",
    0.56: "0123456789abdeghnopquL_?$#\u00a3\u20ac\u2013",
    0.61: "FTZ+<>=~\u00b1\u00d7\u2212\u2248\u2264\u2265",
    0.67: "ABEKPSVXY&",
    0.72: "CDHNRUw",
    0.78: "GOQ",
    0.84: "mM",
    0.89: "%",
    0.95: "W",
    1.0: "@\u2014\u2026\u2190\u2192\u221e",
}
_WIDTHS = {character: width for width, group in _GROUPS.items() for character in group}
_BOLD = 1.07
_MONO = 0.6
_ASCENT = 0.74
_DESCENT = 0.21
MARGIN = 1.08
"""Fonts are wider than the estimate here and there."""
_SLACK = 1.5  # pixels by which an estimate may be wrong before it is reported
_STRIP = 40  # pixels
_MOST_TEXTS = 200  # of a strip that later ones are held against; a drawing has tens
_LONGEST = 1000  # characters of a text that are looked at; no picture has room for more
_MOST_LINES = 4
_PARTS = re.compile(r"[^-]*-+|[^-]+")


@dataclass(frozen=True, slots=True)
class Box:
    """The place that something takes."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        """Whether two places share more than an error of the estimate, in both directions."""
        across = min(self.right, other.right) - max(self.left, other.left)
        return min(across, min(self.bottom, other.bottom) - max(self.top, other.top)) > _SLACK

    def leaves(self, width: float, height: float) -> bool:
        """Whether it sticks out of a picture by more than an error of the estimate."""
        outside = max(-self.left, -self.top, self.right - width, self.bottom - height)
        return outside > _SLACK


def measure(text: str, size: float, *, bold: bool = False, mono: bool = False) -> float:
    """Return the estimated width in pixels of a text of the given size."""
    if mono:
        return sum(max(_MONO, _measure_wide(char)) for char in text if not _is_zero(char)) * size
    return sum(map(_measure_character, text)) * (_BOLD if bold else 1) * size


def measure_text(text: TextLine) -> float:
    """Return the estimated width in pixels of a text shape."""
    bold, mono = "bold" in text.classes, "mono" in text.classes
    return measure(text.text, text_size(text.classes), bold=bold, mono=mono)


def locate_text(text: TextLine) -> Box:
    """Return the estimated place of a text shape."""
    width, size = measure_text(text), text_size(text.classes)
    anchor = find_word(text.classes, "anchor")
    left = text.x - {"": 0.0, "middle": width / 2, "end": width}[anchor]
    return Box(left, text.y - _ASCENT * size, left + width, text.y + _DESCENT * size)


def wrap(text: str, width: float, size: float, *, bold: bool = False) -> tuple[str, ...]:
    """Return the lines of a text that is to fit a width; at least one line.

    Lines break at spaces and after hyphens, and within words that alone are too wide. Of a text
    of more than four lines, the fourth one ends in an ellipsis.
    """
    text = HIDDEN_CHARACTERS.sub("", text)[:_LONGEST]
    lines = [""]
    for piece in _cut(text, width, size, bold):
        joined = lines[-1] + piece
        if lines[-1] and measure(joined.rstrip(), size, bold=bold) > width:
            lines.append(piece.lstrip())
        else:
            lines[-1] = joined
    lines = [line.rstrip() for line in lines]
    if len(lines) > _MOST_LINES:
        last = truncate(f"{lines[_MOST_LINES - 1]}…", width, size, bold=bold)
        lines[_MOST_LINES - 1 :] = [last]
    return tuple(lines)


def truncate(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """Return the text, or as much of its beginning as fits the width with an ellipsis."""
    text = " ".join(HIDDEN_CHARACTERS.sub("", text)[:_LONGEST].split())
    if measure(text, size, bold=bold) <= width:
        return text
    kept = text.rstrip("…")
    while kept and measure(f"{kept.rstrip()}…", size, bold=bold) > width:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def _cut(text: str, width: float, size: float, bold: bool) -> Iterable[str]:
    # The pieces between which a line may break, each with the space before it.
    for number, word in enumerate(text.split()):
        space = " " if number else ""
        for part in _PARTS.findall(word):
            piece = ""
            for character in part:
                if piece and measure(piece + character, size, bold=bold) > width:
                    yield space + piece
                    piece = space = ""
                piece += character
            yield space + piece
            space = ""


def _measure_character(character: str) -> float:
    if character in _WIDTHS:
        return _WIDTHS[character]
    if _is_zero(character):
        return 0.0
    if decomposed := unicodedata.decomposition(character):
        # Letters with accents are as wide as without; super- and subscripts are smaller.
        first, _, rest = decomposed.partition(" ")
        if first in {"<super>", "<sub>"}:
            return 0.36
        if not first.startswith("<") and rest:
            return _WIDTHS.get(chr(int(first, 16)), 0.6)
    return _measure_wide(character) or (0.67 if character.isupper() else 0.58)


def _measure_wide(character: str) -> float:
    return 1.0 if unicodedata.east_asian_width(character) in {"W", "F"} else 0.0


def _is_zero(character: str) -> bool:
    return unicodedata.category(character) in {"Mn", "Me", "Cf", "Cc", "Cs"}


def check_texts(
    marks: Iterable[tuple[Mark, Location]], width: float, height: float
) -> Iterator[Diagnostic]:
    """Yield a warning for each text that leaves the picture or overlaps an earlier one."""
    # By strips of the picture, so that a text is held against its neighbors only.
    strips: dict[int, list[tuple[TextLine, Box, Location]]] = {}
    for mark, place in marks:
        if not isinstance(mark, TextLine):
            continue
        box = locate_text(mark)
        if box.leaves(width, height):
            message = f"the text '{mark.text}' leaves the picture"
            yield diagnose(Code.DRAWING, message, place, severity=Severity.WARNING)
        top, bottom = max(0.0, box.top), min(box.bottom, height)
        below = range(int(top // _STRIP), int(bottom // _STRIP) + 1)
        near = [neighbor for strip in below for neighbor in strips.get(strip, ())]
        found = next((neighbor for neighbor in near if box.overlaps(neighbor[1])), None)
        for strip in below:
            if len(strips.setdefault(strip, [])) < _MOST_TEXTS:
                strips[strip].append((mark, box, place))
        if found is not None:
            message = f"the text '{mark.text}' overlaps '{found[0].text}' of line {found[2].line}"
            hint = "move or shorten one of them"
            yield diagnose(Code.DRAWING, message, place, hint, severity=Severity.WARNING)
