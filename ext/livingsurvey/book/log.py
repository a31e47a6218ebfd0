"""What a log of LaTeX says that a reader would notice in print.

LaTeX ends with exit code 0 though letters are missing, links lead nowhere and lines stick out; its
log knows. The forms of these messages are those of TeX Live's ``latex.ltx``, hyperref, XeTeX and
xdvipdfmx.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

OVERFULL_LIMIT = 10.0
"""Points by which a line may stick out before it is a finding."""
WRAPPED_AT = 79
"""TeX breaks its lines here, in the middle of words, unless ``max_print_line`` says otherwise."""


class Kind(enum.StrEnum):
    """What kind of fault it is."""

    ERROR = "error"
    """LaTeX stopped, or went on only because it was told to."""
    MISSING_CHARACTER = "missing-character"
    """A font has no such letter; nothing is printed in its place."""
    UNDEFINED_REFERENCE = "undefined-reference"
    """A link or a number leads to a label that does not exist."""
    DUPLICATE_LABEL = "duplicate-label"
    """Two places have the same label; links lead to one of them."""
    OVERFULL = "overfull"
    """A line or a page sticks out."""
    FONT = "font"
    """Another font was taken than the one that was asked for."""
    UNSETTLED = "unsettled"
    """Page numbers may be wrong, since the last pass moved them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A fault of a book.

    Attributes:
        kind: What kind of fault.
        message: What LaTeX says, in a line.
        sheet: The sheet of the PDF, counted from 1, where it is known; TeX reports while it
            gathers a page, so the fault may stand on the sheet before or behind. Else 0.
        page: The number printed on the page, where LaTeX names it; else ``""``.
        line: The line of the .tex; 0 if unknown.
    """

    kind: Kind
    message: str
    sheet: int = 0
    page: str = ""
    line: int = 0

    def __str__(self) -> str:
        """Return where and what, in one line."""
        places = [
            f"page {self.page}" if self.page else "",
            f"about sheet {self.sheet}" if self.sheet else "",
            f"line {self.line} of the .tex" if self.line else "",
        ]
        where = ", ".join(place for place in places if place)
        return f"{self.kind}: {self.message}" + (f" ({where})" if where else "")


def scan_log(path: Path, overfull_limit: float = OVERFULL_LIMIT) -> list[Finding]:
    """Return what is wrong with the book of a log.

    Raises:
        OSError: The log cannot be read.
    """
    return list(scan_text(path.read_text(encoding="utf-8", errors="replace"), overfull_limit))


def scan_text(text: str, overfull_limit: float = OVERFULL_LIMIT) -> Iterator[Finding]:
    """Yield the findings of the text of a log, in its order, each once."""
    seen: set[Finding] = set()
    for sheet, line in _number_sheets(join_lines(text)):
        for pattern, make in _PATTERNS:
            match = pattern.search(line)
            if match is not None:
                finding = make(match, sheet, overfull_limit)
                if finding is not None and finding not in seen:
                    seen.add(finding)
                    yield finding
                break


def join_lines(text: str) -> Iterator[str]:
    """Yield the lines of a log, with those that TeX broke or that a warning continues joined."""
    joined = ""
    is_broken = False
    for line in text.splitlines():
        if is_broken:
            joined += line
        elif continued := _CONTINUED.match(line):
            joined += " " + line[continued.end() :].strip()
        else:
            if joined:
                yield joined
            joined = line
        # TeX counts bytes or characters, which differ where letters are not ASCII.
        is_broken = WRAPPED_AT in (len(line), len(line.encode("utf-8", "replace")))
    if joined:
        yield joined


def _number_sheets(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield each line with the sheet that TeX was gathering; lines that show boxes are left out."""
    sheet = 1
    is_box = False
    for line in lines:
        if is_box:
            # The text of the box follows, which may hold numbers in brackets, up to " []".
            is_box = not line.startswith(" []") or bool(line[3:].strip())
            continue
        yield sheet, line
        is_box = _BOX.match(line) is not None
        if not is_box:
            sheet += len(_SHIPPED.findall(line))


_BOX = re.compile(r"(?:Over|Under)full \\[hv]box \(.*\) (?:in (?:paragraph|alignment)|detected)")
_CONTINUED = re.compile(r"\((?:Font|hyperref|fontspec|xdvipdfmx)\) {3,}")
_SHIPPED = re.compile(r"(?<![\w\]])\[\d+(?=[\]\s<{]|$)")


def _error(match: re.Match[str], sheet: int, _limit: float) -> Finding:
    line = int(match["line"]) if match["line"] else 0
    return Finding(kind=Kind.ERROR, message=match["what"].strip(), sheet=sheet, line=line)


def _missing(match: re.Match[str], sheet: int, _limit: float) -> Finding:
    character, font = match["character"], match["font"]
    codes = " ".join(f"U+{ord(one):04X}" for one in character)
    message = f"no {character} ({codes}) in {font}"
    return Finding(kind=Kind.MISSING_CHARACTER, message=message, sheet=sheet)


def _undefined(match: re.Match[str], _sheet: int, _limit: float) -> Finding:
    return Finding(
        kind=Kind.UNDEFINED_REFERENCE,
        message=f"no label {match['label']}",
        page=match["page"].strip(),
        line=int(match["line"]),
    )


def _duplicate(match: re.Match[str], _sheet: int, _limit: float) -> Finding:
    return Finding(kind=Kind.DUPLICATE_LABEL, message=f"two labels {match['label']}")


def _overfull(match: re.Match[str], sheet: int, limit: float) -> Finding | None:
    if float(match["points"]) <= limit:
        return None
    line = int(match["line"]) if match["line"] else 0
    message = f"{match['points']} pt too {match['way']}"
    return Finding(kind=Kind.OVERFULL, message=message, sheet=sheet, line=line)


def _font(match: re.Match[str], sheet: int, _limit: float) -> Finding:
    line = re.search(r"on input line (\d+)", match["what"])
    message = re.sub(r"\s*on input line \d+\.?", "", match["what"]).strip()
    return Finding(kind=Kind.FONT, message=message, sheet=sheet, line=int(line[1]) if line else 0)


def _unsettled(match: re.Match[str], _sheet: int, _limit: float) -> Finding:
    return Finding(kind=Kind.UNSETTLED, message=match[0].strip())


_PATTERNS: tuple[tuple[re.Pattern[str], Callable[..., Finding | None]], ...] = (
    (re.compile(r"^(?:!|\S+?:(?P<line>\d+):) (?P<what>.+)"), _error),
    (
        re.compile(
            r"Missing character: There is no (?P<character>\S+)(?: \(.*?\))?"
            r" in font (?P<font>.+?)!"
        ),
        _missing,
    ),
    (
        re.compile(
            r"(?:Reference|Hyper reference|Citation) [`'](?P<label>.*?)' on page(?P<page>.*?)"
            r" ?undefined on input line (?P<line>\d+)"
        ),
        _undefined,
    ),
    (re.compile(r"Label [`'](?P<label>.*?)' multiply defined"), _duplicate),
    (re.compile(r"xdvipdfmx:warning: .*Object @(?P<label>\S+) already defined"), _duplicate),
    (
        re.compile(
            r"Overfull \\[hv]box \((?P<points>[\d.]+)pt too (?P<way>wide|high)\)"
            r"(?:\D*(?P<line>\d+))?"
        ),
        _overfull,
    ),
    (re.compile(r"LaTeX Font Warning: (?P<what>.+)"), _font),
    (re.compile(r"Package fontspec Warning: (?P<what>.+)"), _font),
    (re.compile(r"LaTeX Warning: Label\(s\) may have changed.*"), _unsettled),
)
