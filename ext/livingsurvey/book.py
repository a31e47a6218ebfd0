"""The book after Sphinx: running LaTeX safely, and reading in its log what a reader would notice.

Nothing in a book can read, write or run what it should not, or hang. LaTeX ends with exit code 0
though letters are missing, links lead nowhere and lines stick out; its log knows. The forms of
these messages are those of TeX Live's ``latex.ltx``, hyperref, XeTeX and xdvipdfmx.
"""

from __future__ import annotations

import enum
import os
import re
import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

OVERFULL_LIMIT = 10.0
"""Points by which a line may stick out before it is reported."""
WRAPPED_AT = 79
"""TeX breaks its lines here, in the middle of words, unless ``max_print_line`` says otherwise."""


class FaultKind(enum.StrEnum):
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
class BookDiagnostic:
    """A fault of a book.

    Attributes:
        kind: What kind of fault.
        message: What LaTeX says, in a line.
        sheet: The sheet of the PDF, counted from 1, where it is known; TeX reports while it
            gathers a page, so the fault may stand on the sheet before or after. Else 0.
        page: The number printed on the page, where LaTeX names it; else ``""``.
        line: The line of the .tex; 0 if unknown.
    """

    kind: FaultKind
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


def scan_log(path: Path, overfull_limit: float = OVERFULL_LIMIT) -> list[BookDiagnostic]:
    """Return what is wrong with the book of a log.

    Raises:
        OSError: The log cannot be read.
    """
    return scan_text(path.read_text(encoding="utf-8", errors="replace"), overfull_limit)


def scan_text(text: str, overfull_limit: float = OVERFULL_LIMIT) -> list[BookDiagnostic]:
    """Return what is wrong by the text of a log, in its order, each once."""
    lines = _number_sheets(join_lines(text))
    found = (_read_message(line, sheet, overfull_limit) for sheet, line in lines)
    return list(dict.fromkeys(filter(None, found)))


def join_lines(text: str) -> Iterator[str]:
    """Yield the lines of a log, with those that TeX broke or that a warning continues joined."""
    joined = [""]
    is_broken = False
    for line in text.splitlines():
        if is_broken:
            joined[-1] += line
        elif continued := _CONTINUED.match(line):
            joined[-1] += " " + line[continued.end() :].strip()
        else:
            joined.append(line)
        # TeX counts bytes or characters, which differ where letters are not ASCII.
        is_broken = WRAPPED_AT in (len(line), len(line.encode("utf-8", "replace")))
    return filter(None, joined)


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


# How messages read in the log, and how they are told; the first pattern that fits counts.
_PATTERNS: dict[str, tuple[FaultKind, str]] = {
    r"^(?:!|\S+?:(?P<line>\d+):) (?P<what>.+)": (FaultKind.ERROR, "{what}"),
    r"Missing character: There is no (?P<character>\S+)(?: \(.*?\))? in font (?P<font>.+?)!":
        (FaultKind.MISSING_CHARACTER, "no {character} ({codes}) in {font}"),
    r"(?:Reference|Hyper reference|Citation) [`'](?P<label>.*?)' on page(?P<page>.*?)"
    r" ?undefined on input line (?P<line>\d+)":
        (FaultKind.UNDEFINED_REFERENCE, "no label {label}"),
    r"Label [`'](?P<label>.*?)' multiply defined":
        (FaultKind.DUPLICATE_LABEL, "two labels {label}"),
    r"xdvipdfmx:warning: .*Object @(?P<label>\S+) already defined":
        (FaultKind.DUPLICATE_LABEL, "two labels {label}"),
    r"Overfull \\[hv]box \((?P<points>[\d.]+)pt too (?P<way>wide|high)\)(?:\D*(?P<line>\d+))?":
        (FaultKind.OVERFULL, "{points} pt too {way}"),
    r"(?:LaTeX Font|Package fontspec) Warning: (?P<what>.+?)"
    r"(?:\s*on input line (?P<line>\d+)\.?)?\s*$": (FaultKind.FONT, "{what}"),
    r"(?P<what>LaTeX Warning: Label\(s\) may have changed.*)": (FaultKind.UNSETTLED, "{what}"),
}  # fmt: skip
_PLACED = {FaultKind.ERROR, FaultKind.MISSING_CHARACTER, FaultKind.OVERFULL, FaultKind.FONT}


def _read_message(line: str, sheet: int, overfull_limit: float) -> BookDiagnostic | None:
    """Return what a line of a log says, if it is anything that a reader would notice."""
    for pattern, (kind, template) in _PATTERNS.items():
        match = re.search(pattern, line)
        if match is None:
            continue
        words = {name: value or "" for name, value in match.groupdict().items()}
        if kind is FaultKind.OVERFULL and float(words["points"]) <= overfull_limit:
            return None
        codes = " ".join(f"U+{ord(char):04X}" for char in words.get("character", ""))
        return BookDiagnostic(
            kind=kind,
            message=template.format(codes=codes, **words).strip(),
            sheet=sheet if kind in _PLACED else 0,
            page=words.get("page", "").strip(),
            line=int(words.get("line") or 0),
        )
    return None


PROGRAMS = ("latexmk", "xelatex", "xdvipdfmx")
TIME_LIMIT = 600.0
INSTALL_HINT = (
    "The book needs TeX Live with XeTeX. "
    "Debian, Ubuntu: apt install latexmk texlive-xetex texlive-latex-recommended "
    "texlive-latex-extra texlive-fonts-recommended fonts-freefont-otf fonts-noto-cjk "
    "fonts-symbola. "
    "Fedora: dnf install latexmk texlive-scheme-medium texlive-collection-latexextra "
    "gnu-free-serif-fonts gnu-free-sans-fonts gnu-free-mono-fonts google-noto-serif-cjk-fonts "
    "gdouros-symbola-fonts. "
    "macOS: brew install --cask mactex."
)
_SAFETY: Mapping[str, str] = {
    # TeX reads and writes below the folder of the book only, and starts no program.
    "openin_any": "p",
    "openout_any": "p",
    "shell_escape": "f",
    # Whole lines in the log.
    "max_print_line": "10000",
    # What Sphinx's latexmkrc adds to each run.
    "LATEXOPTS": "-no-shell-escape -interaction=nonstopmode -halt-on-error -file-line-error",
}
# Settings of the user that would let TeX find other files than those of the book.
_DROPPED = ("TEXINPUTS", "TEXMFOUTPUT", "TEXMF_OUTPUT_DIRECTORY", "BIBINPUTS")
_LEFTOVERS = ("aux", "toc", "out", "fdb_latexmk", "fls", "xdv", "idx", "ind", "ilg")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a book.

    Attributes:
        pdf: The file, or None if there is none.
        diagnostics: What is wrong; empty for a clean book.
        output: What the programs printed.
        timed_out: Whether the run was ended for taking too long.
    """

    pdf: Path | None
    diagnostics: tuple[BookDiagnostic, ...]
    output: str
    timed_out: bool = False


def find_missing_programs() -> list[str]:
    """Return the programs that a book needs and that are not installed."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


def typeset(
    tex: Path,
    *,
    seconds: float = TIME_LIMIT,
    overfull_limit: float = OVERFULL_LIMIT,
    variables: Mapping[str, str] | None = None,
) -> Result:
    """Make a PDF of a .tex that Sphinx has written, as often as its page numbers need.

    Args:
        tex: The file; everything happens in its folder.
        seconds: The time after which the run is ended, with all programs that it started.
        overfull_limit: See :func:`scan_log`.
        variables: Further variables of the environment; those of safety cannot be changed.

    Raises:
        FileNotFoundError: latexmk is not installed, or there is no such file.
    """
    if not tex.is_file():
        raise FileNotFoundError(tex)
    log, pdf = tex.with_suffix(".log"), tex.with_suffix(".pdf")
    log.unlink(missing_ok=True)
    environment = {name: value for name, value in os.environ.items() if name not in _DROPPED}
    environment |= {**(variables or {}), **_SAFETY}
    output, status = _run(["latexmk", "-xelatex", "-g", tex.name], tex.parent, environment, seconds)
    diagnostics = scan_log(log, overfull_limit) if log.exists() else []
    diagnostics += (said for said in scan_text(output) if said.kind is FaultKind.DUPLICATE_LABEL)
    if status is None or (status and not any(said.kind is FaultKind.ERROR for said in diagnostics)):
        ended = f"latexmk ended with code {status}"
        message = f"no end after {seconds:g} seconds" if status is None else ended
        diagnostics.insert(0, BookDiagnostic(kind=FaultKind.ERROR, message=message))
    is_made = status == 0 and pdf.exists()
    if not is_made:
        # Labels are found in the next pass only, to which it did not come.
        kept = {FaultKind.ERROR, FaultKind.FONT}
        diagnostics = [said for said in diagnostics if said.kind in kept]
        # What a broken run leaves behind would break the next one too.
        for suffix in (*_LEFTOVERS, "pdf"):
            tex.with_suffix(f".{suffix}").unlink(missing_ok=True)
    found = tuple(dict.fromkeys(diagnostics))
    return Result(pdf if is_made else None, found, output, timed_out=status is None)


def lacks_files(result: Result) -> bool:
    """Whether the run ended since a font or style is not installed."""
    errors = (said.message for said in result.diagnostics if said.kind is FaultKind.ERROR)
    return any(map(_NOT_INSTALLED.search, errors))


_NOT_INSTALLED = re.compile(r"cannot be found|\.(?:sty|cls|tfm)' not found|not loadable")


def _run(
    arguments: list[str], folder: Path, environment: dict[str, str], seconds: float
) -> tuple[str, int | None]:
    """Return the output and the exit code; None if time ran out."""
    # A session of its own, so that the end of time ends XeTeX too and not only latexmk.
    process = subprocess.Popen(  # noqa: S603 - fixed arguments, no shell
        arguments,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    try:
        return process.communicate(timeout=seconds)[0], process.returncode
    except subprocess.TimeoutExpired:
        _end(process)
        return process.communicate()[0], None
    except BaseException:
        _end(process)
        process.communicate()
        raise


def _end(process: subprocess.Popen[str]) -> None:
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):  # it has ended by itself, just now
            os.killpg(process.pid, signal.SIGKILL)
    else:  # Windows has no such groups
        process.kill()
